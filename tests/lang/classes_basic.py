# SPDX-License-Identifier: MIT
"""Classes: attributes, methods, class and static methods, properties, inheritance, super, MRO, slots, dunder protocol."""


class Animal:
    kind = "animal"
    count = 0

    def __init__(self, name):
        self.name = name
        Animal.count += 1

    def speak(self):
        return f"{self.name} makes a sound"

    @classmethod
    def create(cls, name):
        return cls(name)

    @staticmethod
    def helper(x):
        return x * 2

    @property
    def upper(self):
        return self.name.upper()

    @upper.setter
    def upper(self, value):
        self.name = value.lower()

    @upper.deleter
    def upper(self):
        self.name = "deleted"

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"


class Dog(Animal):
    kind = "dog"

    def __init__(self, name, tricks=()):
        super().__init__(name)
        self.tricks = list(tricks)

    def speak(self):
        return super().speak() + ": woof"


d = Dog.create("Rex")
print(d, d.speak(), Animal("x").speak(), Animal.count, Dog.count, d.kind, Animal.kind, d.helper(3), Dog.helper(4), d.upper)
d.upper = "FIDO"
print(d.name, d.__dict__, isinstance(d, Animal), issubclass(Dog, Animal), type(d) is Dog, d.__class__.__mro__, Dog.__bases__, Dog.__name__, Dog.__qualname__, Dog.__module__)
del d.upper
print(d.name, hasattr(d, "tricks"), getattr(d, "nope", "default"), vars(d), d.__doc__, Dog.speak.__qualname__)
d.extra = 1
setattr(d, "more", 2)
del d.extra
print(sorted(d.__dict__), Dog.__dict__["kind"], "speak" in Dog.__dict__, "helper" in Dog.__dict__)
for op in (lambda: d.extra, lambda: Dog.nope, lambda: delattr(d, "nope"), lambda: setattr(Animal("q"), "upper", 5), lambda: Dog(), lambda: Dog(1, 2, 3), lambda: Dog.speak(), lambda: d.speak(1), lambda: object().x, lambda: setattr(object(), "x", 1), lambda: setattr(int, "x", 1), lambda: type("T", (), {})(1), lambda: super().x, lambda: object(1), lambda: Dog.upper.fget(), lambda: type("X", (int, str), {}), lambda: type("X", (bool,), {})):
    try:
        print(op())
    except Exception as error:
        print(type(error).__name__, error)


class A:
    def who(self):
        return ["A"]


class B(A):
    def who(self):
        return ["B"] + super().who()


class C(A):
    def who(self):
        return ["C"] + super().who()


class D(B, C):
    def who(self):
        return ["D"] + super().who()


print(D().who(), [c.__name__ for c in D.__mro__], D.mro() == list(D.__mro__), super(B, D()).who(), A.__subclasses__())
try:
    class Bad(A, B):
        pass
except TypeError as error:
    print(error)


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = 1


s = Slotted()
print(s.a, hasattr(s, "b"), hasattr(s, "__dict__"), Slotted.__slots__, type(Slotted.a).__name__)
for op in (lambda: s.b, lambda: setattr(s, "c", 1), lambda: s.__dict__):
    try:
        op()
    except AttributeError as error:
        print(error)


class Vector:
    def __init__(self, *v):
        self.v = v

    def __add__(self, o):
        return Vector(*(a + b for a, b in zip(self.v, o.v))) if isinstance(o, Vector) else NotImplemented

    def __radd__(self, o):
        return ("radd", o)

    def __mul__(self, k):
        return Vector(*(a * k for a in self.v))

    __rmul__ = __mul__

    def __iadd__(self, o):
        self.v = tuple(a + 1 for a in self.v)
        return self

    def __neg__(self):
        return self * -1

    def __matmul__(self, o):
        return sum(a * b for a, b in zip(self.v, o.v))

    def __eq__(self, o):
        return isinstance(o, Vector) and self.v == o.v

    def __lt__(self, o):
        return self.v < o.v

    def __len__(self):
        return len(self.v)

    def __getitem__(self, i):
        return self.v[i]

    def __contains__(self, x):
        return x in self.v

    def __bool__(self):
        return any(self.v)

    def __call__(self, *a, **k):
        return a, k

    def __repr__(self):
        return f"V{self.v}"

    def __iter__(self):
        return iter(self.v)


v, w = Vector(1, 2), Vector(3, 4)
v2 = v
v2 += w
print(v + w, v * 3, 3 * v, -v, v @ w, v == Vector(2, 3), v != w, v < w, v > w, len(v), v[0], v[-1], 3 in v, bool(Vector(0)), v(1, k=2), list(v), v2 is v, 5 + v, [*w], sorted([w, v]))
for op in (lambda: v + 1, lambda: v - w, lambda: v <= w, lambda: hash(v), lambda: {v: 1}, lambda: v @ 5, lambda: v // 2):
    try:
        print(op())
    except (TypeError, AttributeError) as error:
        print(error)


class Attr:
    def __getattr__(self, name):
        if name.startswith("dyn_"):
            return name[4:]
        raise AttributeError(f"no {name}")

    def __setattr__(self, name, value):
        object.__setattr__(self, name, (value, "set"))

    def __delattr__(self, name):
        print("deleting", name)
        object.__delattr__(self, name)


a = Attr()
a.q = 1
print(a.q, a.dyn_foo, getattr(a, "zzz", None))
del a.q
print(a.__dict__, Attr.__getattr__(a, "dyn_x"))
T = type("T", (Dog,), {"kind": "made", "__init__": lambda self: None})
print(T().kind, T.__name__, T.__mro__[1].__name__, type(T), type(type), isinstance(T, type), T.__doc__)
m = d.speak
print(m.__self__ is d, m.__func__ is Dog.speak, m == d.speak, m is d.speak, repr(Dog.speak).split(" at")[0], str(m).split(" of")[0])


# What a class hands on to classes without methods of their own, before and after it changes.
class Getting:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * 10


class Plain(Getting):
    pass


class Other(Plain):
    def __getitem__(self, i):
        return "other"[i]


print(list(Plain()), list(Other()), Plain()[1], Other()[1])
del Getting.__getitem__
print(hasattr(Plain(), "__getitem__"), list(Other()))
Getting.__getitem__ = lambda self, i: [7, 8][i]
print(list(Plain()), Plain()[0])


class Ends:
    def __del__(self):
        print("ends", type(self).__name__)


class EndsToo(Ends):
    pass


class Silent(EndsToo):
    __del__ = None


EndsToo()
try:
    Silent.__del__ = lambda self: print("silent no more")
    Silent()
finally:
    del Silent.__del__
Silent()


class Base1:
    pass


class Base2:
    def __del__(self):
        print("base 2 ends", type(self).__name__)

    def __getitem__(self, i):
        return [1, 2, 3][i]

    def __new__(cls):
        return super().__new__(cls)


class Moves(Base1):
    pass


class Follows(Moves):
    pass


Follows()
Moves.__bases__ = (Base2,)
print(list(Follows()))
Moves.__bases__ = (Base1,)
Follows()
try:
    Follows()[0]
except TypeError as e:
    print(e)


class Named:
    def __set_name__(self, owner, name):
        print("named", owner.__name__, name)


class Names:
    one = 1
    two = Named()
    three = three_too = Named()


# Several bases that agree, and that do not.
class Left:
    def __lt__(self, other):
        return "left"

    def __getitem__(self, i):
        return "l" * (3 - i) or [][0]


class Right:
    __lt__ = int.__lt__

    def __add__(self, other):
        return "right"


class Both(Left, Right):
    pass


class BothInt(Right, int):
    pass


class IntBoth(Left, BothInt):
    pass


class Unhashed:
    __hash__ = None


class AlsoUnhashed:
    __hash__ = None

    def __eq__(self, other):
        return True


class TwiceUnhashed(Unhashed, AlsoUnhashed):
    pass


class Rehashed(Unhashed, AlsoUnhashed):
    def __hash__(self):
        return 5


print(Both() < 1, Both() + 1, list(Both()), BothInt(3) < 4, BothInt(3) + 1, IntBoth(3) < 4, IntBoth(3) + 1, list(IntBoth(3)))
for kind in TwiceUnhashed, Rehashed:
    try:
        print(hash(kind()), kind() == 3)
    except TypeError as e:
        print(e)


class MadeA:
    def __new__(cls):
        return super().__new__(cls)


class MadeB:
    def __new__(cls):
        print("made b", cls.__name__)
        return super().__new__(cls)


class MadeAB(MadeA, MadeB):
    pass


class MadeAC(MadeA, Left):
    pass


print(type(MadeAB()).__name__, type(MadeAC()).__name__, MadeAC()[1])
Left.__len__ = lambda self: 7
Right.__call__ = lambda self: "called"
print(len(Both()), Both()(), len(MadeAC()), bool(Both()))
del Left.__len__
try:
    len(Both())
except TypeError as e:
    print(e)
