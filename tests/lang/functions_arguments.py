# SPDX-License-Identifier: MIT
"""Calls: defaults, keyword-only, positional-only, varargs, the messages of wrong calls, annotations, attributes of functions."""


def plain(a, b, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw


def posonly(a, b=2, /, c=3, *, k=4):
    return a, b, c, k


def nothing():
    pass


def one(a):
    return a


def two(a, b):
    return a, b


def kwonly(*, a, b, c=1):
    return a, b, c


print(plain(1, 2, d=4), plain(1, 2, 3, 4, 5, d=6, f=7), plain(b=1, a=2, d=3), plain(*[1, 2], **{"d": 4, "z": 5}))
print(posonly(1), posonly(1, 5, c=6, k=7), posonly(1, 2, 3), nothing(), one(a=1), kwonly(a=1, b=2))
for call in (lambda: nothing(1), lambda: nothing(x=1), lambda: one(), lambda: one(1, 2), lambda: one(b=1), lambda: one(1, a=2), lambda: two(), lambda: two(1), lambda: two(1, 2, 3), lambda: two(b=1), lambda: kwonly(), lambda: kwonly(a=1),
             lambda: kwonly(1), lambda: kwonly(a=1, b=2, z=3), lambda: posonly(), lambda: posonly(a=1), lambda: posonly(1, b=2), lambda: posonly(1, 2, 3, 4), lambda: plain(1, 2), lambda: plain(), lambda: plain(1, d=1), lambda: (lambda x, y: 0)(1), lambda: (lambda: 0)(1),
             lambda: one(*[1, 2]), lambda: one(*5), lambda: one(**{"a": 1, "b": 2}), lambda: one(**{1: 2}), lambda: 5(), lambda: None(), lambda: "s"(1), lambda: len(), lambda: len(1, 2), lambda: len(x=1), lambda: int(1, 2, 3), lambda: print(foo=1), lambda: abs("x"), lambda: [].append(x=1), lambda: isinstance(1), lambda: max(), lambda: dict.fromkeys(), lambda: plain(1, a=1, d=2)):
    try:
        print(call())
    except TypeError as error:
        print(error)


def mutable(x, acc=[]):
    acc.append(x)
    return acc


print(mutable(1), mutable(2), mutable(3, []), mutable(4))
n = 10


def early(x=n, y=lambda: n):
    return x, y()


n = 20
print(early(), early.__defaults__[0], kwonly.__kwdefaults__, plain.__code__.co_varnames, plain.__code__.co_argcount, plain.__code__.co_kwonlyargcount, posonly.__code__.co_posonlyargcount, plain.__name__, plain.__qualname__, plain.__module__, plain.__doc__)


def documented(a: int, b: "str" = "x", *c: float, d: list = None, **e: dict) -> bool:
    """The doc.

    More."""
    return True


print(documented.__doc__, documented.__annotations__, documented(1))
documented.custom = [1]
print(documented.custom, documented.__dict__, hasattr(documented, "nope"), callable(documented), documented.__class__.__name__)
documented.__name__ = "renamed"
documented.__defaults__ = ("new",)
print(documented.__name__, documented.__defaults__, repr(documented).split(" at ")[0])


def make_counter(start):
    count = start

    def increment(by=1):
        nonlocal count
        count += by
        return count
    return increment


c1, c2 = make_counter(0), make_counter(100)
print(c1(), c1(), c2(5), c1(10), c2(), c1.__closure__[0].cell_contents, c1.__code__.co_freevars, make_counter.__code__.co_cellvars, c1.__qualname__)


def order():
    log = []

    def t(x):
        log.append(x)
        return x

    def f(*a, **k):
        return a, k
    f(t(1), *[t(2), t(3)], k=t(4), **{"z": t(5)})
    d = {t("k1"): t("v1"), t("k2"): t("v2")}
    t("a") < t("b") < t("c")
    t([0])[t(0)] = t("val")
    return log, d


print(order())
print((lambda a, b=2, *c, d=4, **e: (a, b, c, d, e))(1), (lambda *, x: x)(x=1), (lambda: (yield))().__class__.__name__, [f(3) for f in [lambda x, i=i: x * i for i in range(4)]], [f() for f in [lambda: i for i in range(3)]])


def recurse(n):
    return 0 if n == 0 else 1 + recurse(n - 1)


def ack(m, n):
    return n + 1 if m == 0 else ack(m - 1, 1) if n == 0 else ack(m - 1, ack(m, n - 1))


print(recurse(500), ack(2, 5), (lambda f: f(f, 10))(lambda f, n: 1 if n < 2 else n * f(f, n - 1)))


def many(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, *rest, **kw):
    return sum((a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)) + sum(rest) + sum(kw.values())


print(many(*range(50), **{f"k{i}": i for i in range(300)}), many(*range(10)))
import functools
print(functools.partial(plain, 1, d=2)(3, e=4), functools.reduce(lambda a, b: a * b, range(1, 6)), max("abc", "abd", key=lambda s: s[-1]), sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))
try:
    recurse(10 ** 6)
except RecursionError as error:
    print(str(error)[:32])


# Keywords from a dict: the call reads the dict, it does not keep it.
def keep(*args, **kwargs):
    kwargs["added"] = args
    return kwargs


def forwards(n):
    given = {"a": 1, "b": 2}
    for _ in range(n):
        kept = keep(*(1,), **given)
    return given, kept, kept is given


print(forwards(1), forwards(20))


def takes_over(n):
    class Changing:
        def __iter__(self):
            given["late"] = True
            return iter((1, 2))

    for _ in range(n):
        given = {"early": True}
        kept = keep(*Changing(), **given)
    return sorted(given), sorted(kept)


print(takes_over(20))


def nine(**kwargs):
    return list(kwargs.items())


many = {f"k{i}": i for i in range(9)}
print([nine(*(), **dict(list(many.items())[:n])) for n in (0, 1, 8, 9)])


def wrong(given):
    try:
        return keep(*(), **given)
    except TypeError as e:
        return str(e)


print(wrong({1: 2}), wrong({"a": 1, 2: 3}))


def with_name(a, /, *rest, **kwargs):
    return a, rest, kwargs


print(with_name(*(1,), **{"a": 2}), with_name(1, 2, a=3, b=4))
