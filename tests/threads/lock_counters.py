# SPDX-License-Identifier: MIT
"""Eight threads bump counters of every kind under a lock; totals are exact."""
import threading

N, ROUNDS = 8, 2000
lock = threading.Lock()
total = 0
shared_list, shared_dict, shared_set = [0] * 10, {}, set()


class Box:
    count = 0

    def __init__(self):
        self.value = 0


box = Box()


def work(k):
    global total
    for i in range(ROUNDS):
        with lock:
            total += 1
            shared_list[i % 10] += 1
            shared_dict[i % 7] = shared_dict.get(i % 7, 0) + 1
            shared_set.add((i * k) % 50)
            box.value += i
            Box.count += 1


threads = [threading.Thread(target=work, args=(k,)) for k in range(N)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total, shared_list, sorted(shared_dict.items()), sorted(shared_set), box.value, Box.count)
print(lock.locked(), lock.acquire(blocking=False), lock.locked(), lock.acquire(False), lock.acquire(timeout=0.01), lock.release(), lock.locked())
for bad in (lambda: lock.release(), lambda: lock.acquire(False, 5), lambda: lock.acquire(timeout=-5), lambda: lock.acquire(timeout=1e100)):
    try:
        print(bad())
    except (RuntimeError, ValueError, OverflowError) as e:
        print(type(e).__name__, e)
print(type(lock).__name__, str(lock).split(" object")[0], [t.is_alive() for t in threads])
