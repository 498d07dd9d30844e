# SPDX-License-Identifier: MIT
"""The library's threads, queues and pools while allocations fail: the library may stand still then, Heddle may not.

threading.py and queue.py are Python code that a MemoryError can stop between a lock and its release (Condition.__exit__ makes
a tuple of its arguments), or before a new thread says that it has started; who waits for it waits for ever, under CPython
too.  So the threads here are watched for two seconds, and then left alone; a thread that collects garbage and one that is new
must get on all the same.
"""
import _thread
import gc
import json
import os
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

done, shared, items = _thread.allocate_lock(), {}, queue.Queue()
done.acquire()
condition, semaphore, barrier = threading.Condition(), threading.Semaphore(2), threading.Barrier(2)


def step(k, i):
    shared[k, i] = [i]
    items.put(json.dumps(shared[k, i]))
    json.loads(items.get_nowait())
    with condition:
        condition.notify_all()
        condition.wait(0.0001)
    with semaphore:
        threading.Event().wait(0.0001)
    try:
        barrier.wait(0.0001)
    except threading.BrokenBarrierError:
        barrier.reset()


def work(k):
    for i in range(20):
        try:
            step(k, i)
        except (MemoryError, queue.Empty, threading.BrokenBarrierError):
            pass


def pool():
    try:
        with ThreadPoolExecutor(4) as executor:
            for future in [executor.submit(work, k) for k in range(6)]:
                future.result()
        threads = [threading.Thread(target=work, args=(k,), daemon=True) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        done.release()


def main():
    _thread.start_new_thread(pool, ())
    done.acquire(timeout=2)
    gc.collect()
    alive = _thread.allocate_lock()
    alive.acquire()
    _thread.start_new_thread(alive.release, ())
    alive.acquire()
    print("end", flush=True)


status = 1
try:
    main()
    status = 0
finally:
    os._exit(status)
