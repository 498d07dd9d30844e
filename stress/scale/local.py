# SPDX-License-Identifier: MIT
"""What it costs to have been shared: `local.py [SECONDS]`.

The same loops over the same kinds of objects in one computing thread: before the first thread is started (LOCAL); with one
idle helper thread beside it, on objects made before the helper started (SHARED) and after it did; and the counter of a Thread
subclass, which its own thread counts up. Prints nanoseconds an iteration and the ratio to LOCAL.
"""
import sys
import threading
import time

N = 100_000


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


published = []  # reachable from a module: what is put here while there are threads is SHARED


def main(seconds):
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
    counter = Counter(seconds)
    counter.start()
    counter.join()
    print(f"{'self.n += 1':12} {local[count]:8.1f} {counter.best:9.1f} {counter.best / local[count]:5.2f}x   a Thread's own counter")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 0.5)
