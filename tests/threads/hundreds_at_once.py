# SPDX-License-Identifier: MIT
# Hundreds of threads that are alive at once: all wait, others go on making and dropping shared objects meanwhile, and
# what the waiting ones hold is alive until they are done, and dead after that.
import gc
import threading
import weakref

THREADS = 400


class Item:
    def __init__(self, number):
        self.number = number


def hold(item, gate, sums):
    kept = [item]
    gate.wait()
    sums.append(kept.pop().number + item.number)


def all_wait_on_an_event():
    gate, sums = threading.Event(), []
    items = [Item(i) for i in range(THREADS)]
    refs = [weakref.ref(item) for item in items]
    threads = [threading.Thread(target=hold, args=(item, gate, sums)) for item in items]
    for thread in threads:
        thread.start()
    del items
    box = {}
    for i in range(20000):
        box[i % 7] = [Item(i)]
    print("alive", threading.active_count() - 1, sum(ref() is not None for ref in refs))
    gate.set()
    for thread in threads:
        thread.join()
    del threads, thread
    gc.collect()
    print("sum", sum(sums), "left", sum(ref() is not None for ref in refs), threading.active_count())


def all_wait_for_a_lock():
    lock, order = threading.Lock(), []

    def take(i):
        with lock:
            order.append(i)

    with lock:
        threads = [threading.Thread(target=take, args=(i,)) for i in range(THREADS)]
        for thread in threads:
            thread.start()
        gc.collect()
        print("nobody", order)
    for thread in threads:
        thread.join()
    print("everybody", sorted(order) == list(range(THREADS)))


def borrowed_from_shared_slots():
    """A waiting frame's values come from shared slots that are emptied while it waits."""
    gate, ready, seen = threading.Event(), threading.Semaphore(0), []
    slots = [[Item(i)] for i in range(THREADS)]

    class Waiter:
        def __init__(self, i):
            self.i = i

        def wait(self, item):
            ready.release()
            gate.wait()
            return item.number

    def body(waiter):
        seen.append(waiter.wait(slots[waiter.i][0]))

    threads = [threading.Thread(target=body, args=(Waiter(i),)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for _ in threads:
        ready.acquire()
    for _ in range(3):
        for slot in slots:
            slot[0] = Item(-1)
        [Item(0) for _ in range(3000)]
    gate.set()
    for thread in threads:
        thread.join()
    print("seen", sorted(seen) == list(range(THREADS)))


all_wait_on_an_event()
all_wait_for_a_lock()
borrowed_from_shared_slots()
