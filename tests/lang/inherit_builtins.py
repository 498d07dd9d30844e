# SPDX-License-Identifier: MIT
"""Subclasses of int, float, str, list, dict, tuple, set, bytes, Exception and others."""
import copy


class MyInt(int):
    def __add__(self, o):
        return MyInt(int(self) + int(o))

    def __repr__(self):
        return f"MyInt({int(self)})"


i = MyInt(5)
i.note = "attr"
print(i, i + 1, 1 + i, i * 2, type(i * 2).__name__, i == 5, hash(i) == hash(5), {5: "x"}[i], [10, 20, 30, 40, 50, 60][i], i.note, isinstance(i, int), range(i)[-1], f"{i:03d}", "%d" % i, int(i) is not i, sum([i, i]), max(i, 3), i.bit_length(), -i, type(-i).__name__)


class MyFloat(float):
    def __round__(self, n=0):
        return "rounded"


f = MyFloat(2.5)
print(f, f + 1, type(f + 1).__name__, round(f), f"{f:.1f}", f == 2.5, int(f), repr(f))


class MyStr(str):
    def __len__(self):
        return 99

    def __eq__(self, o):
        return True

    __hash__ = str.__hash__

    def shout(self):
        return MyStr(self.upper() + "!")


s = MyStr("abc")
print(s, len(s), s == "zzz", s.shout(), type(s + "d").__name__, type(s.upper()).__name__, s[1], "b" in s, ",".join([s, s]), {s: 1}["abc"], str(s), type(str(s)).__name__, f"{s}", s.__class__.__name__)


class MyList(list):
    def __init__(self, *a):
        super().__init__(a)
        self.extra = 1

    def append(self, x):
        super().append(x * 2)

    def __getitem__(self, i):
        return ("got", super().__getitem__(i))


m = MyList(1, 2)
m.append(5)
m += [7]
print(m, m[0], m[1:], len(m), list(m), [x for x in m], m.extra, m + [1], type(m + [1]).__name__, m == [1, 2, 10, 7], sorted(m), m.copy(), type(m.copy()).__name__, MyList() == [], bool(MyList()), isinstance(m, list), type(copy.copy(m)).__name__)


class Attr(dict):
    def __getattr__(self, k):
        try:
            return self[k]
        except KeyError:
            raise AttributeError(k) from None

    def __setattr__(self, k, v):
        self[k] = v

    def __setitem__(self, k, v):
        super().__setitem__(k, ("set", v))


d = Attr(a=1)
d.b = 2
d["c"] = 3
d.update(e=5)
d.setdefault("f", 6)
print(d, d.a, d.b, d.c, {**d}, dict(d), type(d.copy()).__name__, d | {}, type(d | {}).__name__, list(d), len(d), d == {"a": 1, "b": ("set", 2), "c": ("set", 3), "e": 5, "f": 6})
try:
    d.zzz
except AttributeError as e:
    print("AttributeError", e)


class Pt(tuple):
    __slots__ = ()

    def __new__(cls, x, y):
        return super().__new__(cls, (x, y))

    @property
    def x(self):
        return self[0]

    def __add__(self, o):
        return Pt(self[0] + o[0], self[1] + o[1])


p = Pt(1, 2)
a, b = p
print(p, p.x, p + (3, 4), type(p + p).__name__, a, b, p == (1, 2), hash(p) == hash((1, 2)), type(p[:]).__name__, p * 2, isinstance(p, tuple), p < (2,), "%d-%d" % p)


class MySet(set):
    def add(self, x):
        super().add(x)
        return self


t = MySet([1]).add(2).add(2)
print(t, type(t | {3}).__name__, type(t.copy()).__name__, len(t), t == {1, 2}, t & {1})


class Err(Exception):
    pass


class Coded(Err, ValueError):
    def __init__(self, code):
        self.code = code


try:
    raise Coded(7)
except ValueError as e:
    print(repr(e), e.args, e.code, str(e), isinstance(e, Err), [c.__name__ for c in type(e).__mro__])


class MyBytes(bytes):
    pass


class MyArray(bytearray):
    pass


class MyType(type):
    def __repr__(cls):
        return f"<MyType {cls.__name__}>"


class WithMeta(metaclass=MyType):
    pass


print(MyBytes(b"x"), type(MyBytes(b"x") + b"y").__name__, MyArray(b"q"), type(MyArray(b"q") + b"r").__name__, WithMeta, type(WithMeta()), complex.__mro__[0].__name__, type("C", (complex,), {})(1, 2))
for bases in ((bool,), (type(None),), (range,), (slice,), (type(lambda: 0),), (memoryview,), (type(...),), (int, str), (int, float), (list, dict), (dict, int), (object, int), (type(len),), (type([].append),)):
    try:
        type("X", bases, {})
        print("ok", [b.__name__ for b in bases])
    except TypeError as e:
        print(e)


class Base(list):
    __slots__ = ("z",)


b = Base([1])
b.z = 5
print(b, b.z, hasattr(b, "__dict__"))


class Prop(property):
    def __get__(self, o, t=None):
        return ("prop", super().__get__(o, t) if o is not None else None)


class UsesProp:
    @Prop
    def v(self):
        return 1


print(UsesProp().v, UsesProp.v)


class Static(staticmethod):
    pass


class CM(classmethod):
    pass


class S:
    a = Static(lambda: "static")
    b = CM(lambda cls: cls.__name__)


print(S.a(), S().b(), super(S, S()).__init__.__name__, S.__dict__["a"].__func__())
