# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""What threads cost that are blocked, 500 at once, and what is left of them; then one after another."""
import gc
import threading
import time

N = 500


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4


def together():
    """KB a thread: while all are blocked, and after they have ended."""
    ready, go = threading.Semaphore(0), threading.Event()

    def work():
        ready.release()
        go.wait()

    threads = [threading.Thread(target=work) for _ in range(N)]
    before = resident()
    for thread in threads:
        thread.start()
    for _ in threads:
        ready.acquire()
    blocked = (resident() - before) / N
    go.set()
    for thread in threads:
        thread.join()
    threads.clear()
    gc.collect()
    return blocked, before


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


def one_after_another(n):
    for _ in range(n):
        thread = threading.Thread(target=deep, args=(300,))
        thread.start()
        thread.join()


def within(limit, value):
    return value <= limit or value


threading.stack_size(256 * 1024)
blocked, _ = together()
print(within(100, blocked))
_, before = together() # not what the first few of all needed

# What is given back is given back within a few tenths of a second.
for _ in range(50):
    left = (resident() - before) / N
    if left <= 30:
        break
    time.sleep(0.1)
print(within(30, left))

one_after_another(100)
before = resident()
one_after_another(1000)
print(within(2000, resident() - before))

# Deep in recursion, all at once: a stack's memory is not only its first page.
depths, gate = [], threading.Barrier(50)


def recurse():
    gate.wait()
    depths.append(deep(900))


for _ in range(3):
    threads = [threading.Thread(target=recurse) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(len(depths), set(depths))
