# SPDX-License-Identifier: MIT
"""RLock, Semaphore and BoundedSemaphore: ownership, nesting, counts, errors."""
import threading
import time

r = threading.RLock()
depth = []


def nested(n):
    with r:
        depth.append(n)
        if n:
            nested(n - 1)


nested(5)
print(depth, str(r)[:18], r._is_owned())
r.acquire()
r.acquire()
other = []
t = threading.Thread(target=lambda: other.append(r.acquire(blocking=False)))
t.start()
t.join()
r.release()
t = threading.Thread(target=lambda: other.append(r.acquire(timeout=0.05)))
t.start()
t.join()
r.release()
t = threading.Thread(target=lambda: (other.append(r.acquire(timeout=5)), r.release()))
t.start()
t.join()
print(other)


def wrong_release():
    try:
        r.release()
    except RuntimeError as e:
        other.append(str(e))


wrong_release()
r.acquire()
t = threading.Thread(target=wrong_release)
t.start()
t.join()
r.release()
print(other)
s = threading.Semaphore(3)
inside, peak, guard = 0, 0, threading.Lock()


def limited():
    global inside, peak
    for _ in range(20):
        with s:
            with guard:
                inside += 1
                peak = max(peak, inside)
            time.sleep(0.0005)
            with guard:
                inside -= 1


threads = [threading.Thread(target=limited) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(inside, peak <= 3, peak >= 1, s._value)
print([s.acquire(blocking=False) for _ in range(4)], s.acquire(timeout=0.01), s.release(3), s._value)
b = threading.BoundedSemaphore(1)
b.acquire()
b.release()
for bad in (lambda: b.release(), lambda: threading.Semaphore(-1), lambda: s.release(0), lambda: s.acquire(False, 1)):
    try:
        bad()
    except ValueError as e:
        print(e)
order = []
gate = threading.Semaphore(0)


def waiter(k):
    gate.acquire()
    with guard:
        order.append(k)


threads = [threading.Thread(target=waiter, args=(k,)) for k in range(5)]
for t in threads:
    t.start()
for _ in threads:
    gate.release()
for t in threads:
    t.join()
print(sorted(order))
