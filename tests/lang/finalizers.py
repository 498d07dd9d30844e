# SPDX-License-Identifier: MIT
"""__del__: prompt on last reference, in cycles, resurrection, errors in finalizers, order at function exit."""
import gc
import sys

log = []


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


def flush(label):
    print(label, log)
    log.clear()


n = Noisy("first")
n = None
flush("rebound")
x = [Noisy("in list"), Noisy("second in list")]
del x[0]
flush("del item")
x = None
flush("list gone")


def scope():
    a = Noisy("a")
    b = Noisy("b")
    log.append("leaving")


scope()
flush("function exit")
d = {"k": Noisy("dict value")}
d["k"] = 5
flush("overwritten")
Noisy("temporary")
flush("temporary")
try:
    t = Noisy("in try")
    raise ValueError
except ValueError:
    t = None
flush("try")


class Owner:
    def __init__(self):
        self.part = Noisy("part")

    def __del__(self):
        log.append("owner")


o = Owner()
del o
flush("owner then part")
a, b = Noisy("cycle a"), Noisy("cycle b")
a.other, b.other = b, a
del a, b
gc.collect()
log.sort()
flush("cycle")


class Phoenix:
    saved = None
    count = 0

    def __del__(self):
        Phoenix.count += 1
        Phoenix.saved = self


p = Phoenix()
p.value = 42
del p
print(Phoenix.saved.value, Phoenix.count)
Phoenix.saved = None
gc.collect()
print(Phoenix.saved, Phoenix.count)


class Bad:
    def __del__(self):
        raise ValueError("in finalizer")


caught = []
sys.unraisablehook = lambda u: caught.append((u.exc_type.__name__, str(u.exc_value), u.object.__qualname__, u.err_msg))
Bad()
gc.collect()
print(caught)
sys.unraisablehook = sys.__unraisablehook__


def gen():
    try:
        yield Noisy("held by generator")
    finally:
        log.append("generator finally")


g = gen()
held = next(g)
del held
flush("still suspended")
del g
gc.collect()
flush("generator dropped")


class Slots:
    __slots__ = ("v",)

    def __del__(self):
        log.append("slots")


s = Slots()
s.v = Noisy("slot value")
del s
flush("slots")


class Sub(Noisy):
    def __del__(self):
        log.append("sub")
        super().__del__()


Sub("base")
flush("subclass")
node = None
for i in range(5):
    node = (Noisy(i), node)
node = None
flush("linked tuple")
chain = None
for i in range(20000):
    chain = [chain]
chain = None
print("long chain dropped")


class Link:
    def __init__(self, next):
        self.next = next


head = None
for i in range(20000):
    head = Link(head)
head = None
print("long link dropped")
many = [Noisy(i) for i in range(5)]
many.clear()
flush("clear")
s = {Noisy("set member")}
s.clear()
flush("set clear")
f = lambda v=Noisy("default"): v
del f
flush("function default")


class Cls:
    attr = Noisy("class attribute")


del Cls
gc.collect()
flush("class collected")
pair = Noisy("left"), Noisy("right")
left, right = pair
del pair, left
flush("tuple shares")
del right
flush("right")
keep_until_exit = Noisy("never printed")


# A finalizer that comes after the class.
class Late:
    pass


class LateToo(Late):
    pass


Late.__del__ = lambda self: print("late", type(self).__name__)
Late()
LateToo()
del Late.__del__
Late()
