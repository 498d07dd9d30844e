# SPDX-License-Identifier: MIT
"""An object that many refer to, or that threads count at the same time, is counted by each of them for itself.  When they
have ended and a full collection has run it dies with its last reference again: weak references and finalizers tell."""
import gc
import threading
import time
import weakref

try:
    from _heddle import sharing_state
except ImportError:
    sharing_state = None

told = []


def state_is(o, *wanted):
    """Whether o is in one of these states: always, where there are none."""
    return sharing_state is None or sharing_state(o) in wanted + ("local",)  # everything is, with a GIL


class Node:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        told.append("end of " + self.name)


class Plain:
    pass


def store_and_drop(o, rounds, start):
    start.wait()
    box = []
    for _ in range(rounds):
        box.append(o)
        box.append(o)
        box.pop()
        box.pop()


def contend(o, threads=4, rounds=2000):
    start = threading.Barrier(threads)
    workers = [threading.Thread(target=store_and_drop, args=(o, rounds, start)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def many_references():
    """Enough of them make an object HOT without a race."""
    o = Node("many")
    ref = weakref.ref(o, lambda _: told.append("callback"))
    holder = [o] * (1 << 24)
    shared = {"holder": holder}
    thread = threading.Thread(target=lambda: shared.setdefault("more", [o, o, o]))
    thread.start()
    thread.join()
    extra = [o for _ in range(100)]
    contend(o, 2, 500)
    print("many references", state_is(o, "hot"))
    shared.clear()
    del holder, extra
    gc.collect()
    print("settled", state_is(o, "shared"), ref() is o, told)
    extra = [o] * 10
    extra.clear()
    print("still there", ref() is o, told)
    return ref, [o]


def look_for_end(ref, box):
    """No collection is needed any more; a round of the handshake is, which comes by itself."""
    gc.disable()
    box.clear()
    for _ in range(5000):
        if ref() is None:
            break
        time.sleep(0.001)
    gc.enable()
    print("dropped", ref() is None, sorted(told))
    told.clear()


def contended(kind, name):
    """Whether the race makes it HOT or not, in the end it is as dead as others."""
    o = kind(name) if kind is Node else kind()
    o.name = name
    box = [o]
    ref = weakref.ref(o, lambda _: told.append("callback"))
    contend(o)
    gc.collect()
    print("settled", name, state_is(o, "shared"), ref() is o, told)
    contend(o, 2, 300)
    gc.collect()
    del o
    look_for_end(ref, box)


def hot_and_let_go(o):
    """A weak reference to o, which many referred to, until nobody but the caller does."""
    shared = [[o] * (1 << 24)]
    thread = threading.Thread(target=lambda: shared.append([o, o]))
    thread.start()
    thread.join()
    contend(o, 2, 100)
    shared.clear()
    return weakref.ref(o)


def no_reference_left():
    """Its last counted reference went while it was HOT: the collection finds nobody who has one."""
    ref = hot_and_let_go(Node("nobody"))
    gc.collect()
    gc.collect()
    return ref


def cycle():
    """A HOT object in a cycle is garbage like others."""
    o = Node("cycle")
    o.me = o
    return hot_and_let_go(o)


look_for_end(*many_references())
for kind in Node, Plain:
    for i in range(3):
        contended(kind, f"{kind.__name__} {i}")

ref = no_reference_left()
gc.collect()
print("nobody's", ref() is None, told)
told.clear()
ref = cycle()
for _ in range(3):
    gc.collect()
print("cycle", ref() is None, told)
