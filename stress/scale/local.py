# SPDX-License-Identifier: MIT
"""What it costs to have been shared: `local.py [SECONDS]`.

The same loops over the same kinds of objects in one computing thread: before the first thread is started (LOCAL); with one
idle helper thread beside it, on objects made before the helper started (SHARED) and after it did; and the counter of a Thread
subclass, which its own thread counts up. Prints nanoseconds an iteration and the ratio to LOCAL.

Virtual machines have slow phases of half a second and more, in which the same loop takes 1.3 to 1.9 times as long, on each
processor at another time, and a new thread begins on another one. So the counter and its LOCAL fellow are measured in turn,
PAIRS times, each in a process of its own, a pair on one processor; the quickest of each is compared.
"""
import os
import struct
import sys
import threading
import time

N = 100_000
PAIRS = 6


class Thing:
    def __init__(self):
        self.n = 0
        self.items = list(range(100))
        self.table = {f"key{i}": i for i in range(100)}

    def step(self, by):
        self.n += by
        return self.n


def count(thing):
    for _ in range(N):
        thing.n += 1


def calls(thing):
    for _ in range(N // 2):
        thing.step(1)


def containers(thing):
    items, table = thing.items, thing.table
    for i in range(N // 100):
        for item in items:
            pass
        table["key7"] = i
        items[7] = table["key7"]


def makes(thing):
    for i in range(N // 4):
        pair = (i, thing)
        [pair, thing.items]


LOOPS = (count, calls, containers, makes)


class Counter(threading.Thread):
    def __init__(self, seconds):
        super().__init__()
        self.n, self.seconds, self.best = 0, seconds, None

    def run(self):
        self.best = best(self.count, self.seconds)

    def count(self):
        for _ in range(N):
            self.n += 1


def best(function, seconds, *args):
    """Nanoseconds of the quickest of the runs that fit, by the thread's processor time."""
    quickest, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.thread_time_ns()
        function(*args)
        quickest = min(quickest, time.thread_time_ns() - began)
    return quickest / N


def counter(seconds):
    thread = Counter(seconds)
    thread.start()
    thread.join()
    return thread.best


def in_a_child(processor, measure, *args):
    """What measure(*args) returns, a float, called in a process on that processor that has not started a thread."""
    told_by, tell = os.pipe()
    if not (child := os.fork()):
        status = 1
        try:
            os.sched_setaffinity(0, {processor})
            os.write(tell, struct.pack("d", measure(*args)))
            status = 0
        finally:
            os._exit(status)
    os.close(tell)
    told = os.read(told_by, 8)
    os.close(told_by)
    if os.waitpid(child, 0)[1]:
        sys.exit("local.py: a process failed")
    return struct.unpack("d", told)[0]


published = []  # reachable from a module: what is put here while there are threads is SHARED


def main(seconds):
    processors = sorted(os.sched_getaffinity(0))
    pairs = [(in_a_child(on, best, count, seconds / 2, Thing()), in_a_child(on, counter, seconds / 2))
             for on in (processors * PAIRS)[:PAIRS]]
    alone, own = (min(column) for column in zip(*pairs))
    before = Thing()
    local = {loop: best(loop, seconds, Thing()) for loop in LOOPS}
    stop = threading.Event()
    helper = threading.Thread(target=stop.wait)
    helper.start()
    published.append(before)
    after = Thing()
    print(f"{'':12} {'LOCAL':>8} {'shared':>16} {'beside a thread':>16}   ns")
    for loop in LOOPS:
        shared, beside = best(loop, seconds, before), best(loop, seconds, after)
        print(f"{loop.__name__:12} {local[loop]:8.1f} {shared:9.1f} {shared / local[loop]:5.2f}x {beside:9.1f} {beside / local[loop]:5.2f}x")
    stop.set()
    helper.join()
    print(f"{'self.n += 1':12} {alone:8.1f} {own:9.1f} {own / alone:5.2f}x   a Thread's own counter")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 0.5)
