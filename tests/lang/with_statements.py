# SPDX-License-Identifier: MIT
"""with: protocol order, suppression, several managers, nested exceptions, contextlib helpers, wrong managers."""
import contextlib
import io


class M:
    def __init__(self, name, enter=None, exit=None, swallow=False):
        self.name, self.enter, self.exit, self.swallow = name, enter, exit, swallow

    def __enter__(self):
        print("enter", self.name)
        if self.enter:
            raise self.enter
        return self.name.upper()

    def __exit__(self, kind, value, tb):
        print("exit", self.name, kind and kind.__name__, value, tb is not None)
        if self.exit:
            raise self.exit
        return self.swallow


with M("a") as a, M("b") as b:
    print(a, b)
with (M("p1") as p1, M("p2"), M("p3") as p3,):
    print(p1, p3)
with M("s", swallow=True):
    raise ValueError("gone")
try:
    with M("outer"), M("inner"):
        raise KeyError("k")
except KeyError as e:
    print("got", e)
try:
    with M("o2"), M("bad", enter=RuntimeError("enter failed")):
        print("never")
except RuntimeError as e:
    print("got", e)
try:
    with M("x", exit=TypeError("exit failed")):
        raise ValueError("body")
except TypeError as e:
    print("got", e, repr(e.__context__))


def early():
    for i in range(3):
        with M(f"loop{i}"):
            if i == 0:
                continue
            if i == 1:
                return "returned"


print(early())
with M("target") as (first, *rest):
    print(first, rest)
obj = {}
with M("item") as obj["k"], M("attr") as early.attr:
    print(obj, early.attr)


@contextlib.contextmanager
def managed(name):
    print("before", name)
    try:
        yield name * 2
    except ValueError as e:
        print("handled", e)
    finally:
        print("after", name)


with managed("m") as v:
    print(v)
with managed("n"):
    raise ValueError("inside")
try:
    with managed("q"):
        raise KeyError("not handled")
except KeyError as e:
    print("escaped", e)


@managed("deco")
def decorated(x):
    print("in decorated", x)
    return x


print(decorated(5), decorated(6))
with contextlib.suppress(ZeroDivisionError, KeyError):
    1 / 0
with contextlib.redirect_stdout(io.StringIO()) as out:
    print("captured")
print(repr(out.getvalue()))
with contextlib.ExitStack() as stack:
    names = [stack.enter_context(M(f"s{i}")) for i in range(2)]
    stack.callback(lambda *a, **k: print("callback", a, k), 1, k=2)
    stack.push(lambda kind, v, tb: print("pushed", kind))
    print(names)
with contextlib.closing(io.StringIO("x")) as c:
    print(c.read(), c.closed)
print(c.closed, contextlib.nullcontext(5).__enter__())


@contextlib.contextmanager
def twice():
    yield 1
    yield 2


@contextlib.contextmanager
def never():
    if False:
        yield


for bad in (twice, never):
    try:
        with bad():
            pass
    except RuntimeError as e:
        print(e)


class NoExit:
    def __enter__(self):
        pass


class NoEnter:
    def __exit__(self, *a):
        pass


class Instance:
    def __init__(self):
        self.__enter__ = lambda: 1
        self.__exit__ = lambda *a: 1


for thing in (NoExit(), NoEnter(), 5, Instance()):
    try:
        with thing:
            pass
    except TypeError as e:
        print(str(e).replace("__main__.", ""))


def generator():
    with M("gen"):
        yield 1
        yield 2


g = generator()
print(next(g))
g.close()


class Reentrant:
    depth = 0

    def __enter__(self):
        self.depth += 1
        return self

    def __exit__(self, *a):
        self.depth -= 1


r = Reentrant()
with r:
    with r as same:
        print(r.depth, same is r)
print(r.depth)
with M("finally order"):
    try:
        print("body")
    finally:
        print("finally")
