# SPDX-License-Identifier: MIT
"""Memory whose owner is blocked: `blocked_owner.py [OBJECTS] [ROUNDS]`.

A thread makes objects, puts them into a shared list and then waits for a lock. Other threads replace all of them, one after
the other, and wait as well. What their makers cannot take back themselves must serve those that follow. Prints the resident
memory after the first thread, after the last one, and their ratio: 1.0 when nothing is kept. Both are looked at when all
threads have rested for a while: what was wanted only for a moment is given back by then.
"""
import os
import sys
import threading
import time

REST = 0.5


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Node:
    def __init__(self, number):
        self.number = number
        self.items = [number, str(number)]


def main(objects, rounds):
    shared = [None] * objects
    gate, ready = threading.Lock(), threading.Semaphore(0)
    workers = []

    def fill():
        for i in range(objects):
            shared[i] = Node(i)
        ready.release()
        with gate:
            pass

    def run():
        workers.append(threading.Thread(target=fill))
        workers[-1].start()
        ready.acquire()
        time.sleep(REST)
        return resident()

    with gate:
        first = run()
        for _ in range(rounds):
            last = run()
    for worker in workers:
        worker.join()
    print(f"{first:.1f} MB after the first thread, {last:.1f} MB after {rounds} more: {last / first:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
