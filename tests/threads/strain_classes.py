# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""Classes made, changed and swapped while other threads use them; singletons, caches and properties made once."""
import abc
import collections
import dataclasses
import enum
import functools
import threading
import types
import typing


# ---- classes ---------------------------------------------------------------------------------------------
errs = []


def w(k):
    try:
        for i in range(6):

            @dataclasses.dataclass(order=True)
            class D:
                a: int
                b: str = 'x'
                c: list = dataclasses.field(default_factory=list, compare=False)
            assert sorted([D(2), D(1)])[0].a == 1 and repr(D(1)) == f"w.<locals>.D(a=1, b='x', c=[])", repr(D(1))

            class E(enum.Enum):
                A = 1
                B = 2
            assert E['A'] is E(1) and list(E) == [E.A, E.B]
            P = collections.namedtuple('P', 'x y')
            assert P(1, 2)._replace(x=5) == (5, 2)

            class Ab(abc.ABC):

                @abc.abstractmethod
                def f(self):
                    ...

            class Im(Ab):

                def f(self):
                    return k
            Ab.register(D)
            assert isinstance(D(1), Ab) and Im().f() == k
            try:
                Ab()
                assert 0
            except TypeError:
                pass

            class Meta(type):

                def __call__(c, *a):
                    return super().__call__(*a)

            class S(metaclass=Meta):
                __slots__ = ('a', 'b')
            s = S()
            s.a = 1
            try:
                s.b
            except AttributeError:
                pass
            typing.Optional[typing.List[D]]
    except BaseException as e:
        errs.append(repr(e))


ts = [threading.Thread(target=w, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(errs)


class Base:
    v = 0


class Sub(Base):
    pass


class Subsub(Sub):

    def m(s):
        return s.v


stop = False
seen = set()


def rd():
    o = Subsub()
    while not stop:
        seen.add(o.m())


def wr():
    for i in range(100):
        Base.v = i % 5
        Sub.v = i % 5
        try:
            del Sub.v
        except AttributeError:
            pass
        setattr(Subsub, f'x{i % 20}', i)


R = [threading.Thread(target=rd) for _ in range(4)]
W = [threading.Thread(target=wr) for _ in range(1)]
for t in R + W:
    t.start()
for t in W:
    t.join()
stop = True
for t in R:
    t.join()
print(seen <= set(range(5)), Base.v, 'v' in Sub.__dict__)


class X:

    def f(s):
        return 'X'


class Y:

    def f(s):
        return 'Y'


o = X()
seen2 = set()


def flip():
    for i in range(300):
        o.__class__ = Y if i % 2 else X


def call():
    for i in range(300):
        seen2.add(o.f())


def dct():
    for i in range(100):
        o.__dict__ = {'a': i}
        o.b = 1
        vars(o).get('a')


ts = [threading.Thread(target=f) for f in [flip, call, call, dct]]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(seen2 <= {'X', 'Y'})


# ---- lazy ------------------------------------------------------------------------------------------------
lk = threading.Lock()
made = 0


class Lazy:
    _i = None

    @classmethod
    def get(c):
        global made
        if c._i is None:
            with lk:
                if c._i is None:
                    made += 1
                    c._i = c()
        return c._i


ids = set()
b = threading.Barrier(8)


def w():
    b.wait()
    ids.add(id(Lazy.get()))


ts = [threading.Thread(target=w) for _ in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(made, len(ids))


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


out = []
ts = [threading.Thread(target=lambda: out.append(fib(150))) for _ in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(set(out), fib.cache_info().currsize)


class C:

    @functools.cached_property
    def x(s):
        calls.append(1)
        return object()


calls = []
c = C()
o = []
ts = [threading.Thread(target=lambda: o.append(c.x)) for _ in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(calls), len(set(map(id, o))))


@functools.singledispatch
def sd(x):
    return 'obj'


def reg(k):
    T = type(f'T{k}', (), {})
    sd.register(T, lambda x, k=k: k)
    if sd(T()) != k:
        bad.append(k)
    registered.wait()  # dispatching on a class that is not registered iterates over those that are
    for _ in range(50):
        if sd(T()) != k or sd(1) != 'obj':
            bad.append(k)


bad = []
registered = threading.Barrier(8)
ts = [threading.Thread(target=reg, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(bad, len(sd.registry))
