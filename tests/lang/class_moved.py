# SPDX-License-Identifier: MIT
"""`__class__` and `__bases__` assigned: which layouts fit each other, in words."""


def classes():
    class Empty: __slots__ = ()
    class Plain: pass
    class Slot: __slots__ = ("x",)
    class SameSlot: __slots__ = ("x",)
    class Below(Empty): pass
    class List(list): pass
    class Dict: __slots__ = ("__dict__",)
    class Weak: __slots__ = ("__weakref__",)
    class Int(int): pass
    class Error(Exception): pass
    class PlainBelow(Plain): pass
    class SlotBelow(Slot): pass
    return [c for c in locals().values()]


def attempt(what, kind, other, change):
    try:
        change()
        print(what, kind, other, "fits")
    except TypeError as e:
        print(what, kind, other, e)


def move(instance, kind):
    instance.__class__ = kind


def rebase(kind, base):
    kind.__bases__ = (base,)


n = len(classes())
for i in range(n):
    for j in range(n):
        kind, other = classes()[i], classes()[j]
        cs = classes()
        attempt("class", kind.__name__, other.__name__, lambda: move(cs[i](), cs[j]))
        attempt("bases", kind.__name__, other.__name__, lambda: rebase(cs[i], cs[j]))
for call in "type(1, x=1)", "type(x=1)", "type(1, 2)", "type(1, 2, 3, 4)", "sorted(1, start=1)", "sorted([], start=1)":
    try:
        eval(call)
    except TypeError as e:
        print(call, e)
