# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""400 threads, most of them killed by an exception, in every kind of block: locks are let go, nothing hangs."""
import queue
import threading

KINDS = [ValueError, SystemExit, KeyboardInterrupt, MemoryError, RecursionError, StopIteration, GeneratorExit]
killed = []
threading.excepthook = lambda args: killed.append(args.exc_type)
lock, condition, semaphore = threading.Lock(), threading.Condition(), threading.Semaphore(3)
items, shared = queue.Queue(5), {}


def boom(i, j):
    if (i * 7 + j * 13) % 29 == 0:
        raise KINDS[j % len(KINDS)]


def generator(i, j):
    try:
        yield 1
        boom(i, j)
        yield 2
    finally:
        boom(i, j + 1)


def work(i):
    for j in range(100):
        with lock:
            boom(i, j)
        with condition:
            condition.notify_all()
            boom(i, j + 1)
        with semaphore:
            boom(i, j + 2)
        try:
            items.put_nowait(i)
            boom(i, j + 3)
        except queue.Full:
            items.queue.clear()
        shared[i, j] = [i]
        boom(i, j + 4)
        for _ in generator(i, j + 5):
            pass
        sorted([3, 2, 1], key=lambda n: boom(i, j + 7) or n)


for batch in range(20):
    threads = [threading.Thread(target=work, args=(batch * 20 + n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(len(killed) > 100, lock.locked(), semaphore._value, condition._is_owned(), threading.active_count())
