# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""Finalizers and callbacks that take a lock, of objects dropped just before their thread takes it and keeps it for long."""
import gc
import threading
import time
import weakref

lock = threading.Lock()
rlock = threading.RLock()
condition = threading.Condition(lock)
dead = 0
called = 0


class Taker:
    def __del__(self):
        global dead
        with lock, rlock:
            dead += 1


def callback(ref):
    global called
    with lock:
        called += 1


box = []
kept = []
made = []


def fill(refs):
    for _ in range(20):
        item = Taker()
        refs.append(weakref.ref(item, callback))
        box.append(item)
    item = None
    made.append(20)
    box.clear()


def stay():
    for _ in range(12):  # longer than anybody waits for another thread to take over
        time.sleep(0.01)


def with_statement(refs):
    for i in range(60):
        fill(refs)
        with lock:
            if i == 59:
                stay()


def acquire_and_release(refs):
    for i in range(60):
        fill(refs)
        lock.acquire()
        if i == 59:
            stay()
        lock.release()


def computing(refs):
    for i in range(30):
        fill(refs)
        with lock, rlock:
            end = time.monotonic() + (0.15 if i == 29 else 0)
            while time.monotonic() < end:
                pass


def after_waiting(refs):
    for i in range(20):
        fill(refs)
        with condition:
            condition.wait(0.001)
            if i == 19:
                stay()


def let_go_by_another(refs):
    for i in range(20):
        mine = threading.Lock()
        mine.acquire()
        other = threading.Thread(target=mine.release)
        other.start()
        other.join()
        fill(refs)
        with lock:
            pass


def run(work):
    refs = []  # the thread's own until it ends
    work(refs)
    kept.append(refs)


for work in with_statement, acquire_and_release, computing, after_waiting, let_go_by_another:
    dead = called = 0
    made.clear()
    for n in 1, 3:
        threads = [threading.Thread(target=run, args=(work,)) for _ in range(n)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        for _ in range(100):
            gc.collect()
            if dead == called == sum(made):
                break
            time.sleep(0.01)
    print(work.__name__, dead, called)
