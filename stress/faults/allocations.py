# SPDX-License-Identifier: MIT
"""Threads that use a little of everything and take every MemoryError: for runs in which one allocation fails, or many do.

They wait for nothing that a MemoryError could keep from coming.  All locks are native, so that no Python code stands between
a lock and its release; nobody is told of a thread's end, the main thread asks.  So a run that stands still is a fault.
"""
import _thread
import collections
import itertools
import json
import queue
import re
import time
import weakref

lock, rlock, items, local = _thread.allocate_lock(), _thread.RLock(), queue.SimpleQueue(), _thread._local()
shared, things, died, numbers, ends = {}, [], [], set(), collections.deque(maxlen=50)


class Thing:
    def __init__(self, number):
        self.number = number
        self.attributes = {number: number}

    def __del__(self):
        died.append(1)


def objects(k, i):
    local.thing = shared[k, i] = thing = Thing(i)
    things.append(thing)
    weakref.ref(thing, died.append)
    cycle = Thing(i)
    cycle.me = [cycle]
    thing.late = {j: [j] for j in range(i)}
    setattr(thing, f"x{i % 7}", k)


def locked(k, i):
    with lock:
        shared.pop((k, i - 1), None)
    with rlock, rlock:
        shared[i] = [k] * i
    items.put([i] * 5)
    items.get()


def containers(k, i):
    for j in range(i * 20, i * 20 + 20):
        numbers.add(j)
        ends.append((k, j))
        shared[j, j] = numbers.copy()
    sorted(things[-20:], key=lambda thing: thing.number)
    for j in range(i * 20, i * 20 + 20):
        numbers.discard(j)
        shared.pop((j, j), None)
    dict(shared), list(shared.items()), things[:], {**shared}


def texts(k, i):
    json.loads(json.dumps({"a": [i] * 5, "b": str(k) * i}))
    re.sub("a(b)?", "x" * i, "abab" * i)
    f"{k:>{i}} {10 ** (i * 5)}".encode().decode()
    "".join(str(j) for j in range(i))


def code(k, i):
    made = type("Made", (Thing,), {"y": i})
    made.z = 1
    made(k).late = 1
    exec(f"def f(): return {i}\nf()")
    try:
        raise ValueError(i) from KeyError(k)
    except ValueError as error:
        error.__traceback__.tb_frame.f_locals
    generator = (j for j in itertools.count(i))
    next(generator)
    shared["generator", k] = generator


def work(k):
    for i in range(25):
        for step in objects, locked, containers, texts, code:
            try:
                step(k, i)
            except MemoryError:
                pass


for k in range(6):
    try:
        _thread.start_new_thread(work, (k,))
    except MemoryError:
        pass
while _thread._count():
    try:
        time.sleep(0.01)
    except MemoryError:
        pass
print("end", lock.locked(), rlock.acquire(False))
