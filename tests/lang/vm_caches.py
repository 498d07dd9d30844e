# SPDX-License-Identifier: MIT
"""Sites that have been specialised for some classes meet others; what they cached changes under them."""

import sys


class Base:
    kind = "base"

    def __init__(self, a=1, b=2):
        self.a = a
        self.b = b

    def name(self):
        return "base"

    @staticmethod
    def still(x):
        return x

    @classmethod
    def made(cls, x):
        return cls.__name__, x


class One(Base):
    def name(self):
        return "one"


class Two(Base):
    kind = "two"

    def __init__(self):
        self.extra = 0
        super().__init__(3, 4)

    def name(self):
        return "two " + super().name()


class Three(Base):
    __slots__ = ("cell",)

    def __init__(self):
        super().__init__()
        self.cell = 7

    def name(self):
        return "three"


class Four:
    a = "class a"
    kind = property(lambda self: "four")

    def name(self):
        return "four"

    still = str
    made = None


class Slots:
    __slots__ = ("a", "kind")

    def __init__(self):
        self.a = 11
        self.kind = "slots"

    def name(self):
        return "slots"

    def still(self, x):
        return x


def visit(objects):
    out = []
    for o in objects:
        out.append((o.name(), o.a, o.kind))
    return out


def visit_calls(objects):
    return [o.still(5) for o in objects]


def store(objects, v):
    for o in objects:
        o.a = v
        o.b = v
        o.c = v
    return [(o.a, o.b, o.c) for o in objects]


classes = [Base, One, Two, Three]
for round in range(60):
    objects = [cls() for cls in classes]
    seen = visit(objects + [Four(), Slots()])
    calls = visit_calls(objects + [Four(), Slots()])
    stored = store(objects, round)
print(seen, calls, stored)

# more classes than a list of ways holds
many = [type(f"T{i}", (Base,), {"name": lambda self, i=i: i}) for i in range(12)]
for round in range(40):
    total = sum(n for n, _, _ in visit([cls() for cls in many]))
print(total)

# changes behind the caches
o, p = One(), Two()
for i in range(50):
    if i == 20:
        One.name = lambda self: "changed"
    if i == 30:
        o.name = lambda: "own"
    if i == 40:
        Base.kind = "new kind"
        del o.name
    if i == 45:
        p.__class__ = One
    got = visit([o, p])
    if i in (19, 20, 30, 40, 45, 49):
        print(i, got)

# super() follows the class of self
class Left(Base):
    def name(self):
        return "left/" + super().name()


class Right(Base):
    def name(self):
        return "right/" + super().name()


class Both(Left, Right):
    def name(self):
        return "both/" + super().name()


for i in range(40):
    names = [cls().name() for cls in (Left, Both, Right)]
print(names)
Base.name = lambda self: "BASE"
print([cls().name() for cls in (Left, Both, Right)])


class Meta(type):
    def __call__(cls, *args):
        return super().__call__(*args)

    def __new__(mcs, name, bases, ns):
        return super().__new__(mcs, name, bases, ns)


class Made(metaclass=Meta):
    def __init__(self, x):
        self.x = x


print([Made(i).x for i in range(20)][-1])


def super_without_class(self):
    return super().name()


for i in range(3):
    try:
        super_without_class(o)
    except RuntimeError as e:
        print(e)

# __init__ with defaults; what it returns; classes without one
class Returns:
    def __init__(self, value=None):
        self.__dict__["value"] = value

        if value == 15:
            self.other = 1
        if value == 18:
            return self.__init__(0)

    def __del__(self):
        pass


class Bad:
    def __init__(self, i):
        if i == 17:
            Bad.result = 5
        return Bad.result

    result = None


for i in range(20):
    Returns()
    Returns(i)
    try:
        Bad(i)
    except TypeError as e:
        print(i, e)


class Empty:
    pass


def make():
    return [Empty() for i in range(20)]


print(len({id(x) for x in make()}))
Empty.__init__ = lambda self: setattr(self, "late", 1)
print({x.late for x in make()})
try:
    Empty(1)
except TypeError as e:
    print(e)

# class and static methods, through the class and through instances
class Sub(Base):
    pass


for i in range(30):
    if i == 25:
        Base.made = staticmethod(lambda x: ("static", x))
        Base.still = classmethod(lambda cls, x: (cls.__name__, x))
    got = Base.made(i), Sub.made(i), Sub().made(i), Base.still(i), Sub().still(i)
print(got)

# builtins that are replaced
def lengths(xs):
    return [len(x) for x in xs]


class Sized:
    def __len__(self):
        return 42


for i in range(20):
    got = lengths([[1], (1, 2), "abc", {1: 2}, {1, 2}, Sized(), b"1234"])
print(got)
len = lambda x: "shadow"
print(lengths([[1]]))
del len
print(lengths([[1]]))


class Liar:
    __class__ = property(lambda self: int)


class Hook(type):
    def __instancecheck__(cls, x):
        return x == 5


class Hooked(metaclass=Hook):
    pass


def checks(x):
    return isinstance(x, int), isinstance(x, (str, int)), isinstance(x, Hooked), isinstance(x, Base), isinstance(x, object)


for i in range(20):
    got = [checks(x) for x in (1, True, "s", Liar(), One(), 5, 2.5, None)]
print(got)
try:
    isinstance(1, 5)
except TypeError as e:
    print(e)

# natives with optional parameters
d = {"k": 1}


class Key:
    def __hash__(self):
        sorted([3, 1, 2])
        return 5

    def __eq__(self, other):
        [x for x in range(3)]
        return isinstance(other, Key)


for i in range(20):
    got = d.get("k"), d.get("z"), d.get("z", i), d.pop("none", 3), "a b".split(), "a-b".split("-"), [3, 1].pop(), d.get(Key(), i)
print(got)


def wrong(i):
    return d.get() if i == 15 else d.get(1, 2, 3) if i == 16 else d.get(i)


for i in range(20):
    try:
        wrong(i)
    except TypeError as e:
        print(e)

# pairs in loops
def pairs(it):
    out = []
    for a, b in it:
        out.append((b, a))
    return out


for i in range(5):
    got = pairs({1: 2, 3: 4}.items()), pairs(enumerate("ab", 5)), pairs(zip([1, 2], "xy")), pairs([(1, 2)]), pairs(zip("ab", "c"))
print(got)


def changing(i):
    d = {1: 2, 3: 4}
    out = 0
    for a, b in d.items():
        out += a * b
        if i == 3:
            d[i + b] = 0
    return out


def strict(n):
    for a, b in zip([1, 2, 3], range(n), strict=True):
        pass


def three(it):
    for a, b in it:
        pass


for i in range(5):
    for call, arg in (changing, i), (strict, i), (three, zip([1], [2], [3])), (three, enumerate([], 2)), (three, ["abc"]):
        try:
            call(arg)
        except (RuntimeError, ValueError) as e:
            print(call.__name__, i, e)

it = zip(iter([1, 2, 3]), iter([4]))
for a, b in it:
    print(a, b, list(it))


# truth decided without a value
class Contains:
    def __contains__(self, x):
        if x == 7:
            raise KeyError(x)
        return x > 5


def member(x, c):
    if x in c:
        return "in"
    if x not in c and x is not None:
        return "out"
    return "else"


for i in range(10):
    try:
        got = member(i, Contains()), member(i, [1, 2]), member(i, {3: 4}), member(None, (1, None)), member("a", "cab")
        print(got)
    except KeyError as e:
        print("KeyError", e)


# methods called with locals() alive, tracing switched on in the middle
def with_locals(n):
    x = n
    return locals()


print(with_locals(1), with_locals(2))
events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name in ("name", "visit"):
        events.append((event, frame.f_code.co_name))
    return tracer


sys.settrace(tracer)
visit([One(), Two(), Left()])
sys.settrace(None)
print(len(events), events[:3], events[-1])

# generators resumed from C, from loops, from other generators
def numbers(n):
    got = yield 0
    for i in range(n):
        got = yield (i, got)
    return "end"


def relay(n):
    result = yield from numbers(n)
    yield result


for i in range(4):
    g = numbers(3)
    got = [next(g), next(g), g.send("x"), list(g)]
    r = relay(3)
    next(r)
    got += [r.send("y"), list(r), sum(x for x in range(5)), max(len(str(x)) for x in (1, 22, 333))]
print(got)
print(f"{1}{'é'}{2.5}{True}{None!r}{-(1 << 70)}{-0.0}", f"{'x'}", f"{12}{''}", -True, -(-(1 << 60)), not [], not None)



# operators with methods in Python: another class, another function, none, another number of parameters, an in-place method
class Plus:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return "plus", self.n

    def __eq__(self, other):
        return "eq", self.n

    def __getitem__(self, k):
        return "item", k

    def __setitem__(self, k, v):
        self.set = k, v

    def __len__(self):
        return self.n


class More(Plus):
    def __radd__(self, other):
        return "radd"

    def __eq__(self, other):
        return NotImplemented


def operators(a, b):
    total = a + b, a == b, a[0], len(a)
    a[0] = b
    both = a
    both += b
    return total, both


def outcome(a, b):
    try:
        return operators(a, b)
    except Exception as e:
        return type(e).__name__, str(e)


plus, more = Plus(3), More(4)
for round in range(420):
    seen = outcome(plus, plus), outcome(plus, 1), outcome(plus, more) if round > 60 else 0, outcome(more, 1) if round > 120 else 0
    if round % 60 == 59:
        print(seen)
    if round == 180:
        Plus.__add__ = lambda self, other, more=1: ("default", more)
        Plus.__len__ = lambda self: -self.n
    if round == 240:
        Plus.__iadd__ = lambda self, other: "iadd"
        Plus.__len__ = lambda self: 5
        Plus.__eq__ = lambda self, other: NotImplemented
    if round == 300:
        Plus.__getitem__ = staticmethod(lambda k: "static item")
        More.__iadd__ = None
    if round == 360:
        del Plus.__iadd__, Plus.__add__, More.__iadd__
for make in lambda: plus, lambda: [1], lambda: "s", lambda: more, lambda: (1, 2), lambda: {0: 1}:
    for round in range(60):
        a = make()
        seen = outcome(a, make())
    print(seen)

# Handlers that leave by a call instead of a jump would use up the C stack here.
class Half:
    value = 0.5


def floats(n):
    half, step, total = Half(), 1.25, 0.0
    for i in range(n):
        total = total + step
        total = step * total / 3.5 - step
        total += half.value
        if total - step > 100.0:
            return "large"
    return total


print("many floats", floats(300000))
