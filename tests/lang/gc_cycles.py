# SPDX-License-Identifier: MIT
"""The collector: cycles through every container kind, counts, callbacks, debug interface, generations, freezing."""
import gc
import weakref

gc.collect()
gc.disable()
print(gc.isenabled())


class Thing:
    pass


def dead(make):
    """Make garbage, return whether a weak reference into it dies at gc.collect."""
    t = Thing()
    r = weakref.ref(t)
    make(t)
    del t
    before = r() is not None
    gc.collect()
    return before, r() is None


def closure(t):
    def inner():
        return t
    t.f = inner


def in_generator(t):
    def g():
        x = t
        yield x
    t.g = g()
    next(t.g)


def in_exception(t):
    try:
        raise ValueError(t)
    except ValueError as e:
        t.e = e


def through_class(t):
    t.cls = type("Local", (), {"t": t})


def in_method(t):
    t.m = (lambda self: self).__get__(t)


def deep(t):
    chain = t
    for _ in range(1000):
        nxt = Thing()
        chain.next = nxt
        chain = nxt
    chain.next = t


cases = {
    "self": lambda t: setattr(t, "me", t), "list": lambda t: setattr(t, "l", [t]), "dict": lambda t: setattr(t, "d", {"k": t}), "dict key": lambda t: setattr(t, "d", {t: 1}), "set": lambda t: setattr(t, "s", {t}),
    "tuple": lambda t: setattr(t, "t", (1, (t,))), "closure": closure, "generator": in_generator, "exception": in_exception, "class": through_class, "method": in_method, "deep": deep,
    "frozenset": lambda t: setattr(t, "fs", frozenset([t])), "iterator": lambda t: setattr(t, "it", iter([t])), "zip": lambda t: setattr(t, "z", zip([t])), "map": lambda t: setattr(t, "mp", map(lambda x: t, [1])), "partial": lambda t: setattr(t, "p", __import__("functools").partial(print, t)),
    "property": lambda t: setattr(t, "pr", property(lambda s: t)), "deque": lambda t: setattr(t, "dq", __import__("collections").deque([t])), "enumerate": lambda t: setattr(t, "en", enumerate([t])), "view": lambda t: setattr(t, "v", {1: t}.items()), "reversed": lambda t: setattr(t, "rv", reversed([t])), "slice": lambda t: setattr(t, "sl", slice(t)), "bound builtin": lambda t: setattr(t, "bb", [t].append),
}
for name, make in cases.items():
    print(name, dead(make))
a = []
a.append(a)
del a
print(gc.collect() >= 1, gc.collect(), gc.garbage, gc.get_count()[1:] is not None, len(gc.get_threshold()))
gc.set_threshold(500, 5, 5)
print(gc.get_threshold())
gc.set_threshold(700, 10, 10)
x = [1]
y = [x]
print(gc.is_tracked(x), gc.is_tracked(5), gc.is_tracked("s"), gc.get_referents(y) == [x], y in gc.get_referrers(x), gc.is_finalized(x))
events = []
gc.callbacks.append(lambda phase, info: events.append((phase, info["generation"], sorted(info))))
gc.collect()
gc.collect(0)
gc.callbacks.clear()
print(events)
for bad in (lambda: gc.collect(5), lambda: gc.collect(-1), lambda: gc.collect("x"), lambda: gc.set_threshold()):
    try:
        print(bad())
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
print(len(gc.get_stats()), sorted(gc.get_stats()[0]), gc.get_debug())
gc.freeze()
print(gc.get_freeze_count() > 0)
gc.unfreeze()
print(gc.get_freeze_count())
gc.enable()
r = []
for i in range(5000):
    t = Thing()
    t.me = t
    r.append(weakref.ref(t))
del t
gc.collect()
print(sum(w() is not None for w in r), gc.isenabled())


# Referents of containers of numbers.
import gc

for containers in ([1, 3, 5],), ((1, 3, 5),), ({1: 3, 5: 7},), ([1, 2], {3: 4}, (0, 0, 0), {6, 7}, frozenset([8])), (1, "a", 4j), ([],):
    print(sorted(gc.get_referents(*containers)))
