# SPDX-License-Identifier: MIT
"""Decorators on functions, methods and classes; stacking, arguments, order, functools helpers."""
import functools

log = []


def trace(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        log.append(f"call {f.__name__}{[a for a in args if isinstance(a, (int, str, type))]}{kwargs or str()}")
        return f(*args, **kwargs)
    return wrapper


def repeat(n, *, sep=","):
    def deco(f):
        @functools.wraps(f)
        def inner(*a):
            return sep.join(str(f(*a)) for _ in range(n))
        inner.times = n
        return inner
    return deco


def mark(tag):
    log.append(f"evaluated {tag}")

    def apply(obj):
        log.append(f"applied {tag} to {obj.__name__}")
        obj.marks = getattr(obj, "marks", ()) + (tag,)
        return obj
    return apply


@trace
@repeat(3, sep="-")
def greet(name):
    """Greets."""
    return f"hi {name}"


print(greet("bob"), greet.__name__, greet.__doc__, greet.__wrapped__.times, greet.__wrapped__.__wrapped__("x"))


@mark("outer")
@mark("inner")
class Marked:
    @mark("method")
    def m(self):
        return "m"

    @staticmethod
    @trace
    def s(x):
        return x + 1

    @classmethod
    @trace
    def c(cls, x):
        return cls.__name__, x

    @property
    @trace
    def p(self):
        return "prop"


print(Marked.marks, Marked().m(), Marked.m.marks, Marked.s(1), Marked().c(2), Marked().p)
print(*log, sep="\n")


class Register:
    def __init__(self):
        self.handlers = {}

    def __call__(self, event):
        def add(f):
            self.handlers.setdefault(event, []).append(f)
            return f
        return add

    def fire(self, event, *a):
        return [f(*a) for f in self.handlers.get(event, [])]


on = Register()


@on("start")
@on("stop")
def handler(x):
    return x * 2


@on("start")
def other(x):
    return -x


print(on.fire("start", 5), on.fire("stop", 5), on.fire("none"))


class Memo:
    def __init__(self, f):
        self.f, self.cache = f, {}
        functools.update_wrapper(self, f)

    def __call__(self, *a):
        if a not in self.cache:
            self.cache[a] = self.f(*a)
        return self.cache[a]

    def __get__(self, obj, owner=None):
        return self if obj is None else functools.partial(self, obj)


@Memo
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), len(fib.cache), fib.__name__)


@functools.lru_cache(maxsize=3)
def square(x):
    log.append(("square", x))
    return x * x


log.clear()
print([square(x) for x in (1, 2, 1, 3, 4, 1, 2)], square.cache_info(), log)
square.cache_clear()
print(square.cache_info(), square.cache_parameters())


class Shape:
    def __init__(self, r):
        self.r = r

    @functools.cached_property
    def area(self):
        log.append("area computed")
        return self.r * self.r

    @functools.singledispatchmethod
    def describe(self, arg):
        return f"default {arg}"

    @describe.register
    def _(self, arg: int):
        return f"int {arg}"

    @describe.register(str)
    def _(self, arg):
        return f"str {arg}"


log.clear()
s = Shape(3)
print(s.area, s.area, log, s.describe(1), s.describe("x"), s.describe(1.5))


@functools.total_ordering
class Version:
    def __init__(self, n):
        self.n = n

    def __eq__(self, o):
        return self.n == o.n

    def __lt__(self, o):
        return self.n < o.n


print(Version(1) <= Version(1), Version(2) > Version(1), Version(1) >= Version(2))


@functools.singledispatch
def kind(x):
    return "object"


@kind.register(int)
@kind.register(float)
def _(x):
    return "number"


@kind.register
def _(x: list):
    return "list of " + ",".join(kind(i) for i in x)


print(kind(1), kind(1.5), kind("s"), kind([1, "a", []]), kind(True), kind.dispatch(bool) is kind.registry[int])
print((lambda f: f)(5), [d for d in [functools.partial(pow, 2)]][0](5), functools.partial(int, base=2)("101"))


def deco_returns_other(f):
    return "not a function"


@deco_returns_other
def gone():
    pass


print(gone)
handlers = [lambda f: f, trace]


@handlers[1]
def by_index():
    return 1


@(lambda f: [f, f])
def any_expression():
    return 2


print(by_index(), any_expression[0]())
