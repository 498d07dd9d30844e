# SPDX-License-Identifier: MIT
"""Operators, subscripts and len() of classes that define them in Python, at sites that have run often."""

import gc
import sys
import threading
import traceback

WARM = 80


def where(tb):
    out = []
    while tb:
        code = tb.tb_frame.f_code
        positions = list(code.co_positions())[tb.tb_lasti // 2]
        first = code.co_firstlineno
        out.append((code.co_name, positions[0] - first, positions[1] - first, positions[2], positions[3]))
        tb = tb.tb_next
    return out[1:4]  # how deep a recursion goes is another matter


def attempt(f, *args):
    try:
        return f(*args)
    except BaseException as e:
        return type(e).__name__, str(e), where(e.__traceback__)


def warm(f, *args):
    """All that f answers, once each."""
    seen = []
    for i in range(WARM):
        answer = attempt(f, *args)
        if not seen or seen[-1] != answer:
            seen.append(answer)
    return seen


def add(a, b):
    return a + b


def iadd(a, b):
    a += b
    return a


def power(a, b):
    return a ** b


def matmul(a, b):
    return (a @ b, a // b, a % b, a | b, a & b, a ^ b, a << b, a >> b, a - b, a * b, a / b)


def compare(a, b):
    return (a == b, a != b, a < b, a <= b, a > b, a >= b)


def equal(a, b):
    return a == b


def less(a, b):
    return a < b


def branch(a, b):
    if a == b:
        return "equal"
    if a < b:
        return "less"
    while a > b:
        return "greater"
    return "none"


def item(a, k):
    return a[k]


def set_item(a, k, v):
    a[k] = v
    return a


def length(a):
    return len(a)


# ---- plain -----------------------------------------------------------------------------------------------------------------
class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        if not isinstance(other, Vec):
            return NotImplemented
        return Vec(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        if isinstance(k, Vec):
            return self.x * k.x + self.y * k.y
        return Vec(self.x * k, self.y * k)

    def __rmul__(self, k):
        return "rmul", k

    def __pow__(self, n, mod=None):
        return "pow", n, mod

    def __eq__(self, other):
        if not isinstance(other, Vec):
            return NotImplemented
        return self.x == other.x and self.y == other.y

    def __lt__(self, other):
        if not isinstance(other, Vec):
            return NotImplemented
        return (self.x, self.y) < (other.x, other.y)

    def __gt__(self, other):
        return other < self

    def __getitem__(self, i):
        if i == 0:
            return self.x
        if i == 1:
            return self.y
        raise IndexError(i)

    def __setitem__(self, i, v):
        if i == 0:
            self.x = v
        elif i == 1:
            self.y = v
        else:
            raise IndexError(i)
        return "ignored", object()

    def __len__(self):
        return 2

    def __repr__(self):
        return f"Vec({self.x}, {self.y})"


p, q = Vec(1, 2), Vec(3, 4)
print(warm(lambda: repr(add(p, q))), warm(lambda: repr(p + p)), warm(lambda: p + 1), warm(lambda: p + "x"))
print(warm(lambda: p * q), warm(lambda: repr(p * 2)), warm(lambda: 2 * p), warm(power, p, 3))
print(warm(lambda: p - q), warm(lambda: p + None), warm(lambda: p + [1]))
print(warm(branch, p, p), warm(branch, p, q), warm(branch, q, p), warm(branch, p, 1), warm(branch, p, None))
print(warm(equal, p, 1), warm(lambda: p != q), warm(lambda: p != 1), warm(less, p, 1), warm(lambda: p <= q))
print(warm(item, p, 0), warm(item, p, 1), warm(item, p, 2), warm(lambda: list(p)))
print(warm(lambda: repr(set_item(p, 0, 7))), warm(lambda: repr(set_item(p, 0, 1))), warm(set_item, p, 9, 1))
print(warm(length, p), [x for x in range(50) if p[0] + len(p) == x])


# ---- every operator --------------------------------------------------------------------------------------------------------
class All:
    pass


for name in "matmul floordiv mod or and xor lshift rshift sub mul truediv".split():
    setattr(All, f"__{name}__", eval(f"lambda self, other: ('{name}', type(other).__name__)"))
for name in "eq ne lt le gt ge".split():
    setattr(All, f"__{name}__", eval(f"lambda self, other: ('{name}', type(other).__name__)"))
print(warm(matmul, All(), All()), warm(matmul, All(), 1), warm(compare, All(), All()), warm(compare, All(), 1))


# ---- in place ---------------------------------------------------------------------------------------------------------------
class InPlace:
    def __init__(self):
        self.log = []

    def __iadd__(self, other):
        if other == "no":
            return NotImplemented
        self.log.append(other)
        return self

    def __add__(self, other):
        return "added", other


class Declines:
    def __iadd__(self, other):
        return NotImplemented

    def __isub__(self, other):
        return NotImplemented

    def __ipow__(self, other):
        return NotImplemented

    def __pow__(self, other):
        return "pow"

    def __ror__(self, other):
        return "ror", type(other).__name__


class Sub(Vec):
    def __radd__(self, other):
        return "sub radd"

    def __eq__(self, other):
        return "sub eq"

    def __gt__(self, other):
        return "sub gt"


def isub(a, b):
    a -= b
    return a


def ior(a, b):
    a |= b
    return a


def ipow(a, b):
    a **= b
    return a


v = InPlace()
print(warm(lambda: iadd(v, 1) is v), len(v.log), warm(iadd, v, "no"), warm(lambda: repr(iadd(p, q))), warm(iadd, p, 1))
print(warm(iadd, Declines(), 1), warm(isub, Declines(), 1), warm(ipow, Declines(), 1), warm(ior, Declines(), Declines()),
      warm(ior, 1, Declines()), warm(ior, Vec(0, 0), Declines()), warm(iadd, Declines(), Sub(1, 1)))

# ---- who goes first ------------------------------------------------------------------------------------------------------------
s = Sub(5, 6)
print(warm(add, p, s), warm(lambda: repr(add(s, p))), warm(equal, p, s), warm(less, p, s), warm(lambda: repr(add(s, s))))


def mixed(pairs):
    return [repr(attempt(add, a, b)) + repr(attempt(equal, a, b)) + repr(attempt(less, a, b)) for a, b in pairs]


pairs = [(a, b) for a in (p, s, 1, "x", None, 2.5, [1]) for b in (p, s, 1, "x", None, 2.5, [1])]
print(warm(mixed, pairs))


class Left:
    def __add__(self, other):
        return NotImplemented

    def __eq__(self, other):
        calls.append("left eq")
        return NotImplemented

    def __lt__(self, other):
        return NotImplemented


class Right:
    def __radd__(self, other):
        return "radd"

    def __eq__(self, other):
        calls.append("right eq")
        return NotImplemented

    def __gt__(self, other):
        return "right gt"


calls = []
l, r = Left(), Right()
print(warm(add, l, r), warm(add, l, l), warm(add, l, Left()), warm(less, l, r), warm(less, l, l), warm(add, r, l))
for pair in (l, r), (l, l), (l, Left()), (r, r), (l, 1), (l, None):
    calls.clear()
    print(warm(equal, *pair), len(calls), calls[:3])


class Number(int):
    def __add__(self, other):
        return NotImplemented if other == 13 else ("number", int(other))

    def __eq__(self, other):
        return NotImplemented

    __hash__ = int.__hash__

    def __len__(self):
        return Number(4)


class Items(list):
    def __add__(self, other):
        return NotImplemented

    def __mul__(self, other):
        return NotImplemented

    def __getitem__(self, i):
        return "item", i

    def __len__(self):
        return super().__len__() + 100


def times(a, b):
    return a * b


n, items = Number(5), Items([1, 2])
print(warm(add, n, 1), warm(add, n, 13), warm(add, n, Number(13)), warm(equal, n, 5), warm(equal, n, Number(5)), warm(equal, n, 6))
print(warm(lambda: (type(len(n)), len(n))), warm(add, items, [3]), warm(iadd, items, (3,)), warm(times, items, 2))
print(warm(lambda: item(items, 3)), warm(lambda: item(items, slice(1, 2))), warm(lambda: items[1:]), warm(length, items))


# ---- what the callee may be -----------------------------------------------------------------------------------------------------
def make(name, value):
    return type("Made", (), {name: value})()


def generator(self, other):
    yield other


async def coroutine(self, other):
    return other


class Callable:
    def __call__(self, *args):
        return "called", len(args)


class Descriptor:
    def __get__(self, obj, cls):
        return lambda *args: ("bound", obj is None, len(args))


def with_kwonly(self, other, *, k=5):
    return "kwonly", k


def closure():
    n = 0

    def method(self, other):
        nonlocal n
        n += 1
        self = other = None
        return "closure"
    return method


def returns_args(self, other):
    return (self, other)


for value in (lambda self, other: "lambda", lambda self, other, more=3: ("default", more), lambda *args: ("args", len(args)),
              lambda self, **kw: "kw", lambda self: "few", lambda: "none", staticmethod(lambda other: "static"), with_kwonly,
              classmethod(lambda cls, other: ("class", cls.__name__)), Callable(), Descriptor(), closure(), None, 5, print and len,
              property(lambda self: lambda other: "property")):
    print([warm(add, make("__add__", value), 1), warm(equal, make("__eq__", value), 1), warm(item, make("__getitem__", value), 1),
           warm(iadd, make("__iadd__", value), 1)])
for value in (lambda self: 3, lambda self, k=4: k, lambda *args: len(args), staticmethod(lambda: 5), classmethod(lambda cls: 6),
              lambda self, other: 1, None, Callable(), lambda self: -1, lambda self: "x", lambda self: 1.0, lambda self: True,
              lambda self: 1 << 70, lambda self: -1 << 70, lambda self: (1 << 62), lambda self: None, lambda self: 1 // 0,
              lambda self: make("__index__", lambda self: 9), lambda self: make("__index__", lambda self: -9),
              lambda self: make("__index__", lambda self: 1 // 0), lambda self: make("__index__", lambda self: "x")):
    print(warm(length, make("__len__", value)))
for f, name in (add, "__add__"), (equal, "__eq__"), (item, "__getitem__"), (iadd, "__iadd__"):
    print(warm(lambda: list(f(make(name, generator), 3))))

    def drive():
        c = f(make(name, coroutine), 4)
        try:
            c.send(None)
        except StopIteration as e:
            return e.value
    print(warm(drive))
    pair = make(name, returns_args)
    print(warm(lambda: f(pair, pair)[0] is pair), warm(lambda: len(f(make(name, returns_args), [1]))))


class InitGenerator:
    def __init__(self):
        yield


print(warm(lambda: InitGenerator()))


# ---- looked up by type ---------------------------------------------------------------------------------------------------------
class Hooked:
    def __getattribute__(self, name):
        raise RuntimeError("not asked")

    def __add__(self, other):
        return "type's"

    def __len__(self):
        return 8

    def __getitem__(self, k):
        return "type's item"


h = Hooked()
object.__setattr__(h, "__add__", lambda other: "own")
object.__setattr__(h, "__len__", lambda: 1)
print(warm(add, h, 1), warm(length, h), warm(item, h, 1))


class Meta(type):
    def __getitem__(cls, k):
        return "meta", k

    def __len__(cls):
        return 77

    def __or__(cls, other):
        return "meta or"

    def __lt__(cls, other):
        return "meta lt"


class WithMeta(metaclass=Meta):
    def __class_getitem__(cls, k):
        return "not asked"


print(warm(item, WithMeta, 1), warm(length, WithMeta), warm(lambda: WithMeta | int), warm(less, WithMeta, WithMeta))


# ---- changes behind a warm site ---------------------------------------------------------------------------------------------------
class Changes:
    def __add__(self, other):
        return "first"

    def __eq__(self, other):
        return "first"

    def __getitem__(self, k):
        return "first"

    def __len__(self):
        return 1

    def __setitem__(self, k, v):
        log.append("first")


class Child(Changes):
    pass


log = []


def all_of(c):
    c[0] = 1
    return add(c, 1), equal(c, 1), item(c, 1), length(c), log.pop()


for cls in Changes, Child:
    print(warm(all_of, cls()))
for name in "add eq getitem".split():
    setattr(Changes, f"__{name}__", lambda self, other: "second")
Changes.__len__ = lambda self: 2
Changes.__setitem__ = lambda self, k, v: log.append("second")
for cls in Child, Changes:
    print(warm(all_of, cls()))
Child.__add__ = lambda self, *other: "third"
Child.__len__ = lambda self, more=3: more
Child.__getitem__ = lambda self, k, more="third": more
print(warm(all_of, Child()))
Changes.__add__.__code__ = (lambda self, other: "new code").__code__
Changes.__eq__.__code__ = (lambda self, other, more="more": more).__code__
print(warm(all_of, Changes()))
Changes.__eq__.__defaults__ = ("defaults",)
print(warm(all_of, Changes()))
del Changes.__add__, Changes.__eq__, Changes.__getitem__, Changes.__len__
print(warm(add, Changes(), 1), warm(equal, Changes(), 1), warm(item, Changes(), 1), warm(length, Changes()))


class Iadd(Vec):
    pass


for i in range(3 * WARM):
    last = attempt(iadd, Iadd(1, 1), 1), repr(iadd(Iadd(1, 1), p))
    if i == WARM:
        print(last)
        Iadd.__iadd__ = lambda self, other: "iadd"
    if i == 2 * WARM:
        print(last)
        del Iadd.__iadd__
print(last)


class Turns:
    """Replaces its own method, or its instance's class, while the method runs."""

    def __add__(self, other):
        Turns.__add__ = lambda self, other: "turned"
        gc.collect()
        return "turning"

    def __eq__(self, other):
        self.__class__ = Turned
        return NotImplemented

    def __getitem__(self, k):
        del Turns.__getitem__
        return k

    def __len__(self):
        Turns.__len__ = lambda self: 1
        return -1


class Turned:
    def __eq__(self, other):
        return "turned"

    def __radd__(self, other):
        return "not asked"


t = Turns()
for i in range(WARM):
    add(p, p), equal(p, p), item(p, 0), length(p)
print(add(t, t), add(t, t), item(t, 5), attempt(item, t, 5), attempt(length, t), length(t), equal(t, t), type(t).__name__)


# ---- exceptions -----------------------------------------------------------------------------------------------------------------------
class Raises:
    def __add__(self, other):
        raise ValueError("add")

    def __eq__(self, other):
        return self.missing

    def __getitem__(self, k):
        raise KeyError(k)

    def __setitem__(self, k, v):
        raise KeyError(v)

    def __len__(self):
        raise OverflowError("len")

    def __iadd__(self, other):
        raise StopIteration("iadd")


def catches(x):
    out = []
    for f in add, equal, item, iadd:
        try:
            out.append([1, 2, f(x, 5)])
        except Exception as e:
            out.append(type(e).__name__)
    try:
        out.append((1, (2, x + x), 3))
    except ValueError as e:
        out.append((4, len(out), str(e)))
    try:
        x["k"] = 4
    except KeyError as e:
        out.append(e.args)
    try:
        out.append({1: len(x)})
    except OverflowError:
        out.append("len")
    return out


x = Raises()
print(warm(catches, x))
print(warm(add, x, 1), warm(equal, x, 1), warm(item, x, 1), warm(iadd, x, 1), warm(length, x), warm(set_item, x, 1, 2))


def multiline(a, b):
    return (a +
            b)[
        0]


def show(f, *args):
    text = None
    for i in range(WARM):
        try:
            f(*args)
        except Exception:
            lines = traceback.format_exc().splitlines()
            text = "\n".join(line for line in lines if not line.startswith("  File"))
    print(text)


show(lambda: x + 1 + 2)
show(lambda: [x[1], 2])
show(lambda: 1 + len(x))
show(multiline, x, 1)
show(lambda: p + 1)
show(lambda: (p, p < 1))
show(lambda: len(make("__len__", lambda self: -5)))


# ---- depth ------------------------------------------------------------------------------------------------------------------------------
class Deep:
    def __add__(self, other):
        return self + other

    def __eq__(self, other):
        return self == other

    def __getitem__(self, k):
        return self[k]

    def __len__(self):
        return len(self)

    def __setitem__(self, k, v):
        self[k] = v


def depth_kind(f, *args):
    try:
        f(*args)
    except RecursionError as e:
        return "deep", str(e)[:32]


d = Deep()
for round in range(5):
    print(depth_kind(add, d, 1), depth_kind(equal, d, 1), depth_kind(item, d, 1), depth_kind(length, d), depth_kind(set_item, d, 1, 2))


class Chain:
    def __init__(self, next):
        self.next = next

    def __len__(self):
        return 0 if self.next is None else 1 + len(self.next)

    def __getitem__(self, k):
        return k if self.next is None else self.next[k + 1]

    def __add__(self, k):
        return k if self.next is None else self.next + (k + 1)

    def __eq__(self, other):
        return self.next is other.next or self.next == other.next


def chain(n):
    c = None
    for i in range(n):
        c = Chain(c)
    return c


sys.setrecursionlimit(2500)
c, c2 = chain(800), chain(800)
print(warm(length, c), warm(item, c, 0), warm(add, c, 0), warm(equal, c, c2))
sys.setrecursionlimit(1000)


# ---- frames -----------------------------------------------------------------------------------------------------------------------------------
class Looks:
    def look(self, *args):
        f = sys._getframe(1)
        names = []
        while f and f.f_code.co_name != "<module>":
            names.append((f.f_code.co_name, f.f_lineno - f.f_code.co_firstlineno, sorted(f.f_locals)))
            f = f.f_back
        return names

    def __add__(self, other):
        local = 1
        return self.look()

    def __eq__(self, other):
        return self.look()

    def __getitem__(self, k):
        return self.look()

    def __len__(self):
        global looked
        looked = self.look()
        gc.collect()
        return 3

    def __iadd__(self, other):
        locals()["self"]
        frames.append(sys._getframe())
        return NotImplemented


frames = []
looks = Looks()
print(warm(add, looks, 1), warm(equal, looks, 1), warm(item, looks, 1), warm(length, looks), looked, len(warm(iadd, looks, 1)))
print({(f.f_code.co_name, f.f_locals["self"] is looks, f.f_back.f_code.co_name) for f in frames})


# ---- what dies --------------------------------------------------------------------------------------------------------------------------------
class Dies:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        deaths.append(self.name)

    def __add__(self, other):
        deaths.append("add")
        del self, other
        return 1

    def __eq__(self, other):
        return NotImplemented

    def __getitem__(self, k):
        deaths.append("getitem")
        return 1

    def __len__(self):
        return 3

    def __setitem__(self, k, v):
        return Dies("result")


def deadly():
    deaths.append(Dies("a") + Dies("b"))
    deaths.append(Dies("c") == Dies("d"))
    deaths.append(Dies("e")[Dies("f")])
    deaths.append(len(Dies("g")))
    Dies("h")[1] = Dies("i")
    return sorted(map(str, deaths))


deaths = []


def cleared():
    deaths.clear()
    return deadly()


print(warm(cleared))
big = [Dies(i) for i in range(5)]
before = sys.getrefcount(big[0]), sys.getrefcount(Dies.__add__)
for i in range(WARM):
    big[0] + big[1], big[0] == big[0], big[2][big[2]], len(big[3])
    big[0][big[0]] = big[0]
print(before == (sys.getrefcount(big[0]), sys.getrefcount(Dies.__add__)))
del big


# ---- callers that are generators, classes, modules -----------------------------------------------------------------------------------------------
def numbers(v):
    for i in range(WARM):
        yield repr(v + v), v == v, v[1], len(v)


print(set(numbers(p)))


async def gather(v):
    return {(repr(v + v), v == v, v[1], len(v)) for i in range(WARM)}


try:
    gather(p).send(None)
except StopIteration as e:
    print(e.value)


class Body:
    for i in range(WARM):
        total = Vec(1, 1) + Vec(2, 2), len(p), p[0], p == p
    del i


print(Body.total[1:], repr(Body.total[0]))


# ---- tracing ----------------------------------------------------------------------------------------------------------------------------------------
def traced(setter):
    events = []

    def trace(frame, event, arg):
        if frame.f_code.co_filename == __file__:
            events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno,
                           getattr(arg, "__name__", None) if event.startswith("c_") else None))
        return trace

    def body():
        try:
            add(p, q), equal(p, q), item(p, 1), length(p), iadd(p, q), set_item(p, 1, 2)
            add(p, 1)
        except TypeError:
            pass
        equal(p, 1)

    for i in range(WARM):
        body()
    setter(trace)
    body()
    setter(None)
    for i in range(WARM):
        body()
    setter(trace)
    body()
    setter(None)
    return events


print(traced(sys.settrace))
print(traced(sys.setprofile))


class Switches:
    """Turns tracing on, or off, in a frame that the instruction has entered."""

    def __add__(self, other):
        sys.settrace(other)
        return NotImplemented if other is None else 1

    def __eq__(self, other):
        sys.setprofile(other)
        return False

    def __len__(self):
        sys.setprofile(profile if switch else None)
        return 2


events = []
switch = False


def profile(frame, event, arg):
    events.append((event, frame.f_code.co_name, getattr(arg, "__name__", None) if event.startswith("c_") else None))


def tracer(frame, event, arg):
    events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


def switching(w):
    global switch
    out = [attempt(add, w, None), equal(w, None), length(w)]
    events.clear()
    out.append(add(w, tracer))
    out.append(less(1, 2))
    out.append(attempt(add, w, None))
    sys.setprofile(profile)
    out.append(len("abc"))
    out.append(equal(w, None))
    switch = True
    out.append(length(w))
    out.append(len("abc"))
    switch = False
    out.append(length(w))
    return out, list(events)


print(warm(switching, Switches()))


# ---- threads -------------------------------------------------------------------------------------------------------------------------------------------
class Shared:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Shared(self.n + (other.n if isinstance(other, Shared) else other))

    def __iadd__(self, other):
        return Shared(self.n + 1)

    def __eq__(self, other):
        return self.n == other.n if isinstance(other, Shared) else NotImplemented

    def __getitem__(self, k):
        return self.n + k

    def __setitem__(self, k, v):
        self.last = v

    def __len__(self):
        return self.n


def work(shared, out):
    total = 0
    for i in range(600):
        a = shared + i
        a += shared
        total += (a + a).n + shared[i] + len(shared) + (shared == a) + (shared == i)
        shared[i] = i
    out.append(total)


def change(stop):
    methods = [Shared.__add__, Shared.__eq__, Shared.__getitem__, Shared.__len__]
    while not stop.is_set():
        for m in methods:
            clone = type(m)(m.__code__, m.__globals__, m.__name__)
            setattr(Shared, m.__name__, clone)


shared, out, stop = Shared(10), [], threading.Event()
changer = threading.Thread(target=change, args=(stop,))
changer.start()
threads = [threading.Thread(target=work, args=(shared, out)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
stop.set()
changer.join()
print(set(out), len(out))
