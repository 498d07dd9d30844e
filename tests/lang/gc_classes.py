# SPDX-License-Identifier: MIT
# Classes live by marking: what keeps one alive is any instance, however it is found.
import gc
import weakref


def instance(kind):
    if kind == "str":
        class C(str):
            __slots__ = ()
        return C("a")
    if kind == "int":
        class C(int):
            __slots__ = ()
        return C(7)
    if kind == "object":
        class C:
            __slots__ = ()
        return C()
    if kind == "tuple":
        class C(tuple):
            __slots__ = ()
        return C()
    if kind == "long":
        class C(bytes):
            __slots__ = ()
        return C(b"x" * 5000)
    if kind == "dict":
        class C(dict):
            pass
        return C(a=1)

    class C:
        def __init__(self):
            self.me = self
    return C()


kinds = "str", "int", "object", "tuple", "long", "dict", "cycle"
kept = {kind: [instance(kind) for i in range(3)] for kind in kinds}
classes = [weakref.ref(type(o)) for kind in kinds for o in kept[kind]]
for i in range(3):
    gc.collect()
    print([type(x).__name__ for kind in kinds for x in kept[kind]], all(ref() is not None for ref in classes))
print({kind: gc.is_tracked(kept[kind][0]) for kind in ("str", "int", "object", "long", "dict", "cycle")})

# One is alive by a deep way only: through a list, a closure, a dict of an instance.
class Holder:
    pass


holder = Holder()
holder.table = {"way": [lambda o=instance("int"): type(o).__name__]}
gc.collect()
print(holder.table["way"][0]())

# They go when nothing is left.
del kept
gc.collect()
gc.collect()
print([ref() for ref in classes] == [None] * len(classes))

# A finalizer saves its class, and nothing else.
saved = []


def doomed():
    class Doomed:
        tag = "saved"

        def __del__(self):
            saved.append(type(self))
    one = Doomed()
    one.me = one
    return weakref.ref(Doomed)


ref = doomed()
gc.collect()
gc.collect()
print(len(saved), saved[0].tag, saved[0].__name__, ref() is saved[0], type(saved[0]()).__mro__[1])
again = saved.pop()
del again
gc.collect()
gc.collect()
gc.collect()
print(len(saved), ref() is None)

# The one that saves itself brings its class along.
def phoenix():
    class Phoenix:
        def __del__(self):
            saved.append(self)
    one = Phoenix()
    one.me = one


saved.clear()
phoenix()
gc.collect()
print(len(saved), type(saved[0]).__name__, saved[0].me is saved[0])
saved.clear()
print(gc.collect() >= 1, saved)
