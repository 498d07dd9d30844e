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


def longest_gap(running):
    longest, last = 0.0, time.perf_counter()
    while running():
        now = time.perf_counter()
        longest = max(longest, now - last)
        last = now
    return longest * 1000


def main(objects, collections):
    stop = threading.Event()
    gaps = []
    for i in range(objects // 100):
        node = None
        for j in range(100):
            node = Node(node, j)
        kept.append(node)
    watcher = threading.Thread(target=lambda: gaps.append(longest_gap(lambda: not stop.is_set())))
    watcher.start()
    time.sleep(1)
    stop.set()
    watcher.join()
    stop.clear()
    watcher = threading.Thread(target=lambda: gaps.append(longest_gap(lambda: not stop.is_set())))
    watcher.start()
    began = time.perf_counter()
    for _ in range(collections):
        gc.collect()
    took = (time.perf_counter() - began) * 1000 / collections
    stop.set()
    watcher.join()
    print(f"longest pause {gaps[1]:.1f} ms with collections of {took:.1f} ms each, {gaps[0]:.1f} ms without")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
