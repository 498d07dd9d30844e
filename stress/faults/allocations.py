# SPDX-License-Identifier: MIT
"""Threads that use a little of everything and take every MemoryError: for runs in which one allocation fails, or all do."""
import contextlib
import json
import queue
import re
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

shared, things, died = {}, [], []
lock, items, local = threading.Lock(), queue.Queue(), threading.local()


class Thing:
    def __init__(self, number):
        self.number = number
        self.attributes = {number: number}

    def __del__(self):
        died.append(1)


def step(k, i):
    local.thing = shared[k, i] = thing = Thing(i)
    things.append(thing)
    weakref.ref(thing)
    with lock:
        shared.pop((k, i - 1), None)
    items.put(json.dumps({"a": [i] * 5}))
    json.loads(items.get_nowait())
    re.sub("a(b)?", "x" * i, "abab" * i)
    sorted(things[-20:], key=lambda thing: thing.number)
    made = type("Made", (Thing,), {"y": i})
    made.z = 1
    exec(f"def f(): return {i}\nf()")


def work(k):
    for i in range(40):
        with contextlib.suppress(MemoryError, queue.Empty):
            step(k, i)


with contextlib.suppress(MemoryError):
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(work, k) for k in range(6)]:
            with contextlib.suppress(MemoryError):
                future.result()
print("end")
