# SPDX-License-Identifier: MIT
"""threading.local: separate values, subclass with __init__, errors, finalization with the thread, many locals."""
import gc
import threading
import weakref

local = threading.local()
local.x = "main"
seen, lock = {}, threading.Lock()
barrier = threading.Barrier(6)


def work(k):
    had = hasattr(local, "x")
    local.x = k
    local.items = [k]
    barrier.wait()
    for i in range(500):
        local.x += 1
        local.items.append(i)
    barrier.wait()
    with lock:
        seen[k] = (had, local.x, len(local.items), sorted(local.__dict__))


threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(seen.items()), local.x)
inits = []


class Counter(threading.local):
    kind = "class attribute"

    def __init__(self, start, *, step=1):
        self.n, self.step = start, step
        inits.append(threading.current_thread() is threading.main_thread())

    def bump(self):
        self.n += self.step
        return self.n


c = Counter(10, step=5)
results = []


def use():
    for _ in range(3):
        c.bump()
    with lock:
        results.append(c.n)


threads = [threading.Thread(target=use) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
c.bump()
print(results, c.n, len(inits), inits.count(True), c.kind)
for bad in (lambda: local.missing, lambda: threading.local(1), lambda: delattr(local, "nope"), lambda: setattr(local, "__dict__", {})):
    try:
        bad()
    except (AttributeError, TypeError) as e:
        print(type(e).__name__, e)


class Thing:
    pass


refs = []


def hold():
    local.thing = Thing()
    refs.append(weakref.ref(local.thing))


t = threading.Thread(target=hold)
t.start()
t.join()
gc.collect()
print(refs[0]() is None)
many = [threading.local() for _ in range(50)]


def fill(k):
    for i, l in enumerate(many):
        l.v = (k, i)
    with lock:
        results.append(all(l.v == (k, i) for i, l in enumerate(many)))


results.clear()
threads = [threading.Thread(target=fill, args=(k,)) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(results, hasattr(many[0], "v"))
key = threading.local()


class Dies:
    def __del__(self):
        refs.append("local value died with its local")


key.v = Dies()
del key
gc.collect()
print(refs[-1])


class Slotted(threading.local):
    __slots__ = ("s",)


s = Slotted()
s.s = 1
t = threading.Thread(target=lambda: results.append(s.s))
t.start()
t.join()
print(results[-1], isinstance(s, threading.local))
