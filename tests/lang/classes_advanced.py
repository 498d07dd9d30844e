# SPDX-License-Identifier: MIT
"""Metaclasses, descriptors, __init_subclass__, __set_name__, __class_getitem__, __new__, __getattribute__, copying hooks."""
log = []


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        log.append(("prepare", name, kw))
        return {"injected": 1}

    def __new__(mcs, name, bases, ns, **kw):
        log.append(("new", name, sorted(k for k in ns if not k.startswith("__"))))
        return super().__new__(mcs, name, bases, ns)

    def __init__(cls, name, bases, ns, **kw):
        log.append(("init", name))
        super().__init__(name, bases, ns)

    def __call__(cls, *args, **kw):
        log.append(("call", cls.__name__, args))
        return super().__call__(*args, **kw)

    def __getattr__(cls, name):
        return f"meta:{name}"

    def __len__(cls):
        return 42

    def __instancecheck__(cls, obj):
        return obj == "magic" or super().__instancecheck__(obj)

    def __contains__(cls, x):
        return x == 1

    def __iter__(cls):
        return iter("meta")


class Base(metaclass=Meta, option=5):
    attr = 1

    def __init__(self, v):
        self.v = v


class Derived(Base, option=6):
    pass


print(Base(3).v, Base.injected, Base.unknown, len(Base), isinstance("magic", Base), isinstance(Base(1), Base), type(Derived) is Meta, 1 in Base, list(Derived))
print(*log, sep="\n")


class Typed:
    def __init__(self, kind):
        self.kind = kind

    def __set_name__(self, owner, name):
        self.name = name
        print("set_name", owner.__name__, name)

    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        return obj.__dict__.get(self.name, f"no {self.name}")

    def __set__(self, obj, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name} must be {self.kind.__name__}")
        obj.__dict__[self.name] = value

    def __delete__(self, obj):
        obj.__dict__.pop(self.name)


class NonData:
    def __get__(self, obj, owner):
        return ("nondata", obj is None, owner.__name__)


class Model:
    x = Typed(int)
    y = Typed(str)
    z = NonData()


m = Model()
m.x = 5
print(m.x, m.y, m.z, Model.z, type(Model.x).__name__)
try:
    m.y = 5
except TypeError as error:
    print(error)
m.__dict__["z"] = "instance wins"
m.__dict__["x"] = "data descriptor still wins"
print(m.z, m.x)
del m.x
print(m.x)


class Registry:
    plugins = {}

    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.plugins[tag or cls.__name__] = cls

    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item}]"


class P1(Registry, tag="one"):
    pass


class P2(P1):
    pass


print(sorted(Registry.plugins), Registry[int], P1["q"], P2[1, 2])
try:
    class P3(Registry, bogus=1):
        pass
except TypeError as error:
    print(error)


class Single:
    _instance = None

    def __new__(cls, *args):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.made = 0
        return cls._instance

    def __init__(self, *args):
        self.made += 1


print(Single() is Single(1), Single().made)


class Str(str):
    def __new__(cls, value, extra):
        self = super().__new__(cls, value.upper())
        self.extra = extra
        return self


t = Str("abc", 7)
print(t, t.extra, len(t), t + "x", type(t + "x").__name__, t == "ABC", {t: 1}["ABC"], repr(t))


class Other:
    def __new__(cls):
        return 5

    def __init__(self):
        print("never")


print(Other())


class Spy:
    a = 1

    def __getattribute__(self, name):
        if name == "secret":
            raise AttributeError(name)
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        return f"fallback {name}"

    def __dir__(self):
        return ["z", "a"]


s = Spy()
print(s.a, s.secret, s.other, dir(s))


class Cached:
    def __init__(self, f):
        self.f = f
        self.name = f.__name__

    def __get__(self, obj, owner):
        value = obj.__dict__[self.name] = self.f(obj)
        return value


class Lazy:
    @Cached
    def value(self):
        print("computed")
        return 10


z = Lazy()
print(z.value + z.value)


class IntLike:
    def __index__(self):
        return 3

    def __int__(self):
        return 30

    def __float__(self):
        return 3.5

    def __complex__(self):
        return 1j

    def __round__(self, n=None):
        return ("round", n)

    def __trunc__(self):
        return 33

    def __hash__(self):
        return 99

    def __bytes__(self):
        return b"bytes"

    def __sizeof__(self):
        return 1

    def __reversed__(self):
        return iter("rev")

    def __abs__(self):
        return "abs"


i = IntLike()
print([10, 20, 30, 40][i], int(i), float(i), complex(i), round(i), round(i, 2), hash(i), bytes(i), list(reversed(i)), abs(i), hex(i), "x" * i, range(i), [1, 2, 3, 4, 5][:i])


class Enumish(type):
    def __new__(mcs, name, bases, ns):
        cls = super().__new__(mcs, name, bases, dict(ns))
        cls.members = [k for k, v in ns.items() if isinstance(v, int)]
        return cls


class Color(metaclass=Enumish):
    RED = 1
    GREEN = 2


print(Color.members)
Animal = type("Animal", (), {"x": 1})
Animal.late = lambda self: "late " + str(self.x)
print(Animal().late())
obj = Animal()
obj.__class__ = type("New", (Animal,), {"x": 2})
print(obj.late(), type(obj).__name__)
for op in (lambda: setattr(obj, "__class__", int), lambda: type("A", (Base, int), {}), lambda: type("M", (), {}, metaclass=5), lambda: type(1, (), {}), lambda: len(obj), lambda: iter(obj), lambda: obj[0], lambda: obj(), lambda: obj < obj, lambda: next(obj), lambda: obj.__enter__()):
    try:
        op()
        print("fine")
    except (TypeError, AttributeError) as error:
        print(error)


class RetBad:
    def __len__(self):
        return -1

    def __bool__(self):
        return 5

    def __repr__(self):
        return 5

    def __hash__(self):
        return "x"

    def __index__(self):
        return "x"

    def __iter__(self):
        return 5

    def __init__(self, r=None):
        return r


for op in (lambda: len(RetBad()), lambda: bool(RetBad()), lambda: repr(RetBad()), lambda: hash(RetBad()), lambda: [1][RetBad()], lambda: iter(RetBad()), lambda: RetBad(5)):
    try:
        print(op())
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)


class Eq:
    def __eq__(self, o):
        return "truthy result"

    __ne__ = lambda self, o: []


print(Eq() == 1, Eq() != 1, Eq.__hash__, 1 == Eq(), [Eq()] == [1], Eq() in [2])
