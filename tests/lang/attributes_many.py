# SPDX-License-Identifier: MIT
"""Instances with many and changing attributes, __dict__ tricks, class changes seen by instances, deletion and order."""


class Plain:
    shared = "class"


a = Plain()
for i in range(100):
    setattr(a, f"attr{i}", i)
print(len(a.__dict__), a.attr50, a.attr99, sum(vars(a).values()), list(a.__dict__)[:3])
for i in range(0, 100, 2):
    delattr(a, f"attr{i}")
print(len(a.__dict__), hasattr(a, "attr2"), a.attr3, list(a.__dict__)[:3])
a.attr2 = "back"
print(list(a.__dict__)[-1], a.__dict__["attr2"])
objects = []
for i in range(50):
    o = Plain()
    if i % 2:
        o.x, o.y = i, -i
    else:
        o.y, o.x = -i, i
    if i % 3 == 0:
        o.z = "z"
    if i % 7 == 0:
        del o.x
    objects.append(o)
print(sum(getattr(o, "x", 0) for o in objects), sum(o.y for o in objects), sum(hasattr(o, "z") for o in objects), [list(vars(o)) for o in objects[:8]])


def total(seq):
    t = 0
    for o in seq:
        t += o.y * 2 + getattr(o, "x", 1)
    return t


print(total(objects), total(objects))
b = Plain()
b.__dict__["via dict"] = 1
b.__dict__.update(p=1, q=2)
b.__dict__ = {"fresh": True}
print(vars(b), b.fresh, hasattr(b, "p"))
b.__dict__["later"] = 2
del b.fresh
print(b.later, b.__dict__)
c = Plain()
c.__dict__ = d = {"one": 1}
c.two = 2
d["three"] = 3
print(d, c.three, c.__dict__ is d)
for bad in (5, None, [1]):
    try:
        c.__dict__ = bad
    except TypeError as e:
        print(e)
x = Plain()
print(x.shared)
Plain.shared = "changed"
print(x.shared)
x.shared = "instance"
print(x.shared, Plain.shared)
del x.shared
print(x.shared)
Plain.method = lambda self: "added later"
print(x.method())
Plain.prop = property(lambda self: "property now")
x.__dict__["prop"] = "hidden"
print(x.prop)
del Plain.prop
print(x.prop)


class Base:
    v = "base"

    def get(self):
        return self.v


class Derived(Base):
    pass


dv = Derived()
out = []
for i in range(12):
    out.append(dv.get())
    if i == 2:
        Derived.v = "derived"
    if i == 4:
        dv.v = "instance"
    if i == 6:
        del dv.v
    if i == 8:
        del Derived.v
    if i == 10:
        Base.get = lambda self: "new get"
print(out)


class New(Base):
    v = "other base"


obj = Derived()
obj.keep = 1
obj.__class__ = New
print(obj.get(), obj.v, obj.keep, isinstance(obj, Derived))
Derived.__bases__ = (New,)
print(Derived().v, [k.__name__ for k in Derived.__mro__])


class Private:
    def __init__(self):
        self.__secret = 1
        self.__dunder__ = 2
        self._single = 3

    def reveal(self):
        return self.__secret

    def __hidden(self):
        return "hidden"

    class __Inner:
        pass


p = Private()
print(p.reveal(), p._Private__secret, sorted(vars(p)), p._Private__hidden(), Private._Private__Inner.__name__)
try:
    p.__secret
except AttributeError as e:
    print(e)


class Slots2:
    __slots__ = ["a", "__private", "__dict__"]

    def set(self):
        self.__private = 5
        self.other = 6


s = Slots2()
s.set()
print(s._Slots2__private, s.__dict__)
for make in (lambda: type("X", (), {"__slots__": ("a", "a b")}), lambda: type("X", (), {"__slots__": ("a",), "a": 1}), lambda: type("X", (int,), {"__slots__": ("a",)}), lambda: type("X", (tuple,), {"__slots__": ("a",)}), lambda: type("X", (), {"__slots__": 5}), lambda: type("X", (), {"__slots__": "single"})().single):
    try:
        make()
        print("ok")
    except (TypeError, ValueError, AttributeError) as e:
        print(type(e).__name__, e)


class Counter:
    n = 0

    def bump(self):
        self.n += 1
        return self


k = Counter()
for _ in range(1000):
    k.bump()
print(k.n, Counter.n, vars(k))
big = type("Big", (), {f"m{i}": (lambda i: lambda self: i)(i) for i in range(300)})()
print(sum(getattr(big, f"m{i}")() for i in range(300)), len([n for n in dir(big) if n.startswith("m")]))


class Chain:
    def __getattr__(self, name):
        child = Chain()
        setattr(self, name, child)
        return child


root = Chain()
root.a.b.c.value = 7
print(root.a.b.c.value, list(vars(root)), list(vars(root.a)))
print(object.__getattribute__(root, "a") is root.a, type.__getattribute__(Plain, "shared"), Plain.__dict__["shared"], type(Plain.__dict__).__name__)
try:
    Plain.__dict__["x"] = 1
except TypeError as e:
    print(e)
