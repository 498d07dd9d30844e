# SPDX-License-Identifier: MIT
"""What was contended is counted like others again when it has not been for a while, without a collection: it dies with its last
reference, whether the program computes or sleeps then."""
import gc
import threading
import time
import weakref

try:
    from _heddle import sharing_state
except ImportError:
    sharing_state = None


class Node:
    pass


def store_and_drop(o, stop):
    box = []
    while not stop.is_set():
        for _ in range(100):
            box.append(o)
            box.append(o)
            box.clear()


def contend(o):
    """Until it is HOT, or the machine gives no two processors at once for so long."""
    stop = threading.Event()
    workers = [threading.Thread(target=store_and_drop, args=(o, stop)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for _ in range(500):
        time.sleep(0.01)
        if sharing_state is None or sharing_state(o) in ("hot", "local"):  # everything is local, with a GIL
            break
    stop.set()
    for worker in workers:
        worker.join()


def sleeping():
    time.sleep(0.05)


def computing():
    sum(i for i in range(20000))


def dies(meanwhile):
    o = Node()
    ref = weakref.ref(o)
    contend(o)
    del o
    deadline = time.monotonic() + 60
    while ref() is not None and time.monotonic() < deadline:
        meanwhile()
    return ref() is None


gc.disable()
print("asleep", dies(sleeping))
print("computing", dies(computing))
