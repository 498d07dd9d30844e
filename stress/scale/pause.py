# SPDX-License-Identifier: MIT
"""The pause of a collection: `pause.py [OBJECTS] [COLLECTIONS]`.

One thread collects while a million shared objects live; another one looks at the clock all the time. Prints the longest time
that the other thread was kept from running by a collection, beside the longest without one (what the machine does by itself).
"""
import gc
import sys
import threading
import time


class Node:
    __slots__ = ("next", "number")

    def __init__(self, next, number):
        self.next, self.number = next, number


kept = []


def watched(work):
    """Milliseconds: the longest time that another thread was kept from running meanwhile, and how long the work took."""
    watching, stop, longest = threading.Event(), threading.Event(), 0.0

    def watch():
        nonlocal longest
        last, stopped = time.perf_counter(), False
        watching.set()
        while not stopped:
            stopped = stop.is_set()  # what kept it from seeing this counts, too
            now = time.perf_counter()
            longest = max(longest, now - last)
            last = now
    watcher = threading.Thread(target=watch)
    watcher.start()
    watching.wait()
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    stop.set()
    watcher.join()
    return longest * 1000, took * 1000


def main(objects, collections):
    for i in range(objects // 100):
        node = None
        for j in range(100):
            node = Node(node, j)
        kept.append(node)
    without, _ = watched(lambda: time.sleep(1))
    longest, took = watched(lambda: [gc.collect() for _ in range(collections)])
    print(f"longest pause {longest:.1f} ms with collections of {took / collections:.1f} ms each, {without:.1f} ms without")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
