# SPDX-License-Identifier: MIT
"""Finalizers, weak references and cycles of objects made in one thread and dropped in another."""
import gc
import threading
import weakref

lock = threading.Lock()
died = []


class Thing:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        died.append(self.name)


def run(*targets):
    threads = [threading.Thread(target=t) for t in targets]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


box = [Thing(f"made in main {i}") for i in range(5)]
run(lambda: box.clear())
gc.collect()
print(sorted(died))
died.clear()
shelf = []
run(lambda: shelf.extend(Thing(f"made in thread {i}") for i in range(5)))
shelf.clear()
gc.collect()
print(sorted(died))
died.clear()


def cycles(k):
    def f():
        for i in range(20):
            a, b = Thing(f"a{k}.{i}"), Thing(f"b{k}.{i}")
            a.other, b.other = b, a
            a.me = a
    return f


run(*[cycles(k) for k in range(4)])
gc.collect()
gc.collect()
print(len(died), len(set(died)))
died.clear()
exchange = {}
ready = threading.Barrier(2)


def left():
    exchange["left"] = Thing("left")
    ready.wait()
    exchange["left"].other = exchange["right"]
    ready.wait()
    del exchange["right"]


def right():
    exchange["right"] = Thing("right")
    ready.wait()
    exchange["right"].other = exchange["left"]
    ready.wait()
    del exchange["left"]


run(left, right)
gc.collect()
print(sorted(died), exchange)
died.clear()
refs, callbacks = [], []


def make_refs():
    for i in range(30):
        t = Thing(i)
        t.me = t
        refs.append(weakref.ref(t, lambda r: callbacks.append(1)))


run(make_refs, make_refs)
gc.collect()
print(sum(r() is not None for r in refs), len(callbacks), len(died))
died.clear()
cache = weakref.WeakValueDictionary()
keep = {}


def fill(k):
    def f():
        for i in range(50):
            t = Thing((k, i))
            cache[k, i] = t
            if i % 2:
                with lock:
                    keep[k, i] = t
    return f


run(*[fill(k) for k in range(4)])
gc.collect()
print(len(cache), len(keep), sorted(cache) == sorted(keep))
keep.clear()
gc.collect()
print(len(cache))
died.clear()


class Phoenix:
    saved = []

    def __del__(self):
        Phoenix.saved.append(self)


def resurrect():
    for _ in range(3):
        p = Phoenix()
        p.me = p


run(resurrect, resurrect)
gc.collect()
print(len(Phoenix.saved))
Phoenix.saved.clear()
gc.collect()
print(len(Phoenix.saved))
log = []


def finalize_in_thread():
    t = Thing("finalized")
    weakref.finalize(t, log.append, "finalize ran")
    t.me = t


run(finalize_in_thread)
gc.collect()
print(log, died)
wr = []


def race_reader():
    for _ in range(2000):
        for r in list(wr):
            o = r()
            if o is not None and o.name != "raced":
                log.append("wrong object")


def race_maker():
    for _ in range(300):
        t = Thing("raced")
        wr.append(weakref.ref(t))
        if len(wr) > 5:
            wr.pop(0)
        del t


run(race_maker, race_reader, race_maker)
gc.collect()
print(log, all(r() is None for r in wr))


def collect_while_working(k):
    def f():
        for i in range(15):
            nodes = [Thing(("work", k)) for _ in range(20)]
            for a, b in zip(nodes, nodes[1:] + nodes[:1]):
                a.next = b
            if i % 5 == 0:
                gc.collect()
    return f


died.clear()
run(*[collect_while_working(k) for k in range(4)])
gc.collect()
print(len(died), sorted({d[1] for d in died}))
