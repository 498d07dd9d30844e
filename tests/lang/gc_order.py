# SPDX-License-Identifier: MIT
# In which order finalizers and callbacks of garbage run: that of births, whatever blocks of memory the objects got.
import gc, weakref
gc.disable()
class A:
    def __init__(self, name, n=0):
        self.name = name
        for i in range(n): setattr(self, "x%d" % i, i)
        self.me = self
    def __del__(self):
        if "hole" not in self.name: print("end of", self.name)
class S:
    __slots__ = ("name", "me", "__weakref__")
    def __del__(self):
        if "hole" not in self.name: print("end of slotted", self.name)
def s(name):
    x = S(); x.name = name; x.me = x
    return x
holes = [A("hole %d" % i) if i % 2 else s("hole") for i in range(20)]
for h in holes: h.me = None
for i in range(0, 20, 3): holes[i] = None
print("--")
for i in range(12):
    if i % 3: A(str(i), i)
    else: s(str(i))
    if i % 4 == 0:
        g = (lambda: (yield))()
print(gc.collect() > 0)
refs = []
def gone(r): print("gone", refs.index(r))
class W: pass
for i in range(10):
    w = W(); w.me = w; refs.append(weakref.ref(w, gone))
del w
gc.collect()
for h in holes:
    if h is not None: h.me = h
h = None
holes.clear()
gc.collect()
# what comes back, and what it brings with it
kept = []
class Back:
    def __del__(self): kept.append(self); print("back", self.name)
for i in range(4):
    b = Back(); b.name = i; b.me = b; b.other = A("of back %d" % i)
b = None
print(gc.collect() > 0, len(kept))
for b in kept: print(b.name, b.me is b, b.other.name)
b = None
kept.clear()
gc.collect()
print(gc.is_tracked(()), gc.is_tracked([]))
x = []
gc.freeze()
print(any(o is x for o in gc.get_objects()), gc.get_freeze_count() > 0)
y = [x]; x.append(y)
del x, y
print(gc.collect())
gc.unfreeze()
print(gc.collect(), gc.get_freeze_count())
