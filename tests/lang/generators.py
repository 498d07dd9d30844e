# SPDX-License-Identifier: MIT
"""Generators: send, throw, close, return values, yield from, finalization, expressions, protocols, errors."""
import gc
import inspect


def count(n):
    i = 0
    while i < n:
        got = yield i
        if got is not None:
            i = got
        else:
            i += 1
    return "finished"


g = count(10)
print(next(g), next(g), g.send(7), next(g), list(g), list(g))
g = count(1)
next(g)
try:
    next(g)
except StopIteration as e:
    print("value", e.value, e.args)
try:
    count(3).send(5)
except TypeError as e:
    print(e)


def delegate():
    result = yield from count(3)
    print("got", result)
    result = yield from [10, 20]
    print("list gives", result)
    yield from "ab"
    return "delegate done"


def outer():
    return (yield from delegate())


o = outer()
print(list(o))


def catcher():
    while True:
        try:
            received = yield "ready"
            print("received", received)
        except ValueError as e:
            print("caught", e)
            yield "after error"
        except GeneratorExit:
            print("closing")
            raise
        finally:
            print("cleanup")


c = catcher()
print(next(c), c.send(1), c.throw(ValueError("x")), next(c))
c.close()
c.close()
print(next(c, "exhausted"))


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


s = stubborn()
next(s)
try:
    s.close()
except RuntimeError as e:
    print(e)


def raises_stop():
    yield 1
    raise StopIteration("inside")


try:
    print(list(raises_stop()))
except RuntimeError as e:
    print(e, repr(e.__cause__))


def reenter():
    yield next(self_gen)


self_gen = reenter()
try:
    next(self_gen)
except ValueError as e:
    print(e)


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


f = fib()
print([next(f) for _ in range(15)], (x * x for x in range(3)).__class__.__name__, sum(x for x in range(100) if x % 3 == 0), list(map(lambda p: p[0] + p[1], zip(fib(), range(6)))))


def tree(t):
    if t:
        left, value, right = t
        yield from tree(left)
        yield value
        yield from tree(right)


print(list(tree((((None, 1, None), 2, (None, 3, None)), 4, (None, 5, None)))))


def deep(n):
    if n:
        yield from deep(n - 1)
    yield n


print(sum(deep(300)))


def inspectable():
    x = 5
    yield x


i = inspectable()
print(inspect.getgeneratorstate(i), i.gi_frame.f_locals, i.gi_running, i.gi_yieldfrom)
next(i)
print(inspect.getgeneratorstate(i), i.gi_frame.f_locals, i.gi_code.co_name, i.__name__, i.__qualname__)
next(i, None)
print(inspect.getgeneratorstate(i), i.gi_frame)


def with_finally(log):
    try:
        yield 1
    finally:
        log.append("finalized")


log = []
w = with_finally(log)
next(w)
del w
gc.collect()
print(log)


class Sub:
    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration("sub value")

    def send(self, v):
        print("sub send", v)
        return v

    def throw(self, e):
        print("sub throw", type(e).__name__)
        raise StopIteration("thrown value")


class Sub2(Sub):
    n = 0

    def __next__(self):
        self.n += 1
        return self.n


def use(sub):
    r = yield from sub
    yield ("result", r)


print(list(use(Sub())))
u = use(Sub2())
print(next(u), next(u), u.send("hello"), u.throw(KeyError("k")))


def gen_with_context():
    try:
        raise ValueError("outer")
    except ValueError:
        yield "in handler"
        try:
            raise KeyError("later")
        except KeyError as k:
            yield repr(k.__context__)


print(list(gen_with_context()))
nums = [1, 2, 3]
lazy = (n * m for n in nums for m in (10, 100) if n != 2)
nums.append(4)
print(list(lazy), list(x for x in []), {*(c for c in "aab")} == {"a", "b"}, dict((k, v) for k, v in zip("ab", (1, 2))), any(x > 2 for x in nums), all(x for x in nums), max((len(w), w) for w in ["aa", "b"]))
z = (10 // n for n in [5, 0, 2])
print(next(z))
try:
    next(z)
except ZeroDivisionError as e:
    print(e, list(z))


def ping_pong():
    value = 1
    while value < 100:
        value = (yield value) or value * 3


print([v for v in ping_pong()])
p = ping_pong()
next(p)
print(p.send(50), list(p), iter(p) is p)
for op in (lambda: next(5), lambda: list(5), lambda: [*None], lambda: next(count(0)), lambda: p.send(), lambda: p.throw(5), lambda: p.throw("x")):
    try:
        print(op())
    except (TypeError, StopIteration) as e:
        print(type(e).__name__, e)


def pipeline(source, *stages):
    for stage in stages:
        source = stage(source)
    return list(source)


print(pipeline(range(20), lambda s: (x for x in s if x % 2), lambda s: (x * x for x in s), lambda s: zip(s, s)))


# throw() of a class that makes no exception, or raises one.
class E(Exception):
    def __new__(cls, *args, **kwargs): return cls
def boring(): yield
gen = boring()
for f in (lambda: gen.throw(E), lambda: next(gen)):
    try: print(f())
    except BaseException as e: print(type(e), e)
def g2():
    try: yield 1
    except Exception as e: print('in', repr(e)); yield 2
    yield 3
gen = g2(); next(gen)
for f in (lambda: gen.throw(E), lambda: next(gen)):
    try: print(f())
    except BaseException as e: print(type(e), e)
def g3():
    yield from g2()
gen = g3(); next(gen)
for f in (lambda: gen.throw(E), lambda: next(gen)):
    try: print(f())
    except BaseException as e: print(type(e), e)
gen = boring()
for f in (lambda: gen.throw(3), lambda: next(gen),lambda: gen.throw(ValueError(1),2), lambda: next(gen)):
    try: print(f())
    except BaseException as e: print(type(e), e)


class Raises(Exception):
    def __init__(self): raise KeyError("made")


gen = g3()
next(gen)
for f in (lambda: gen.throw(Raises), lambda: next(gen), lambda: boring().throw(Raises)):
    try: print(f())
    except BaseException as e: print(type(e), e)
