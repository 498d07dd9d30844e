# SPDX-License-Identifier: MIT
# When all other threads are asleep or at their end, what has been shared dies at once as it would without threads: weak
# sets are shorter, callbacks have run.  Not each time: a word on a C stack may look like a reference for a while.
#
# Where everything is shared or delayed on purpose (HEDDLE_DEBUG), and under a sanitizer, rounds take longer than they may
# each time, and the same is done for its own sake.
import os, threading, time, weakref

with open("/proc/self/maps") as maps:
    judged = "HEDDLE_DEBUG" not in os.environ and "san.so" not in maps.read()

class Node:
    def __init__(self, held): self.held = held

class Worker:
    def __init__(self):
        self.thread = threading.Thread(target=self.work)
    def work(self): pass

def joined(dead):
    alive = weakref.WeakSet()
    t = threading.Thread(target=len, args=(alive,))
    alive.add(t)
    t.start()
    t.join()
    del t
    return len(alive) == 0

def held_by_its_worker(dead):
    alive = weakref.WeakSet()
    worker = Worker()
    alive.add(worker.thread)
    worker.thread.start()
    worker.thread.join()
    del worker
    return len(alive) == 0

def deep_inside(dead):
    inner = Node(None)
    ref = weakref.ref(inner, dead.append)
    shared.append([Node({"key": (Node([inner]),)})])
    del inner
    shared.pop()
    return len(dead) == 1

class OwnRLock(type(threading.RLock())): pass

def after_held_locks(dead):
    for kind in threading.Lock, threading.RLock, OwnRLock:
        kind().acquire() # and destroyed
    taken_elsewhere = threading.RLock()
    t = threading.Thread(target=taken_elsewhere.acquire)
    t.start()
    t.join()
    del t, taken_elsewhere
    return joined(dead)

shared = []
go_on = threading.Event()
sleeper = threading.Thread(target=lambda: go_on.wait() and shared)
sleeper.start()
for trial in joined, held_by_its_worker, deep_inside, after_held_locks:
    times = 0
    for _ in range(30):
        time.sleep(0.01) # rounds may take a small part of the time only
        times += trial([])
    print(trial.__name__, times > 15 or not judged)
go_on.set()
