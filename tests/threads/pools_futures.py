# SPDX-License-Identifier: MIT
"""concurrent.futures: map, submit, callbacks, exceptions, as_completed, wait, cancel, shutdown, initializer."""
import concurrent.futures as cf
import threading
import time


def square(x):
    return x * x


def fail(x):
    raise ValueError(f"bad {x}")


with cf.ThreadPoolExecutor(max_workers=4) as pool:
    print(list(pool.map(square, range(20))), list(pool.map(lambda a, b: a + b, [1, 2], [10, 20])))
    f = pool.submit(fail, 7)
    print(type(f.exception()).__name__, f.exception(), f.done(), f.running(), f.cancelled())
    try:
        f.result()
    except ValueError as e:
        print("raised", e)
    futures = {pool.submit(square, i): i for i in range(10)}
    print(sorted((futures[f], f.result()) for f in cf.as_completed(futures)))
    done, pending = cf.wait([pool.submit(square, i) for i in range(5)])
    print(sorted(f.result() for f in done), len(pending))
    gate = threading.Event()
    slow = pool.submit(gate.wait, 20)
    done, pending = cf.wait([slow, pool.submit(square, 3)], return_when=cf.FIRST_COMPLETED)
    print([f.result() for f in done], slow in pending)
    try:
        slow.result(timeout=0.02)
    except cf.TimeoutError as e:
        print(type(e).__name__)
    gate.set()
    print(slow.result())
    log, lock = [], threading.Lock()
    futures = [pool.submit(square, i) for i in range(5)]
    for f in futures:
        f.add_done_callback(lambda f: log.append(f.result()))
    cf.wait(futures)
print(sorted(log))
for bad in (lambda: pool.submit(square, 1), lambda: cf.ThreadPoolExecutor(0), lambda: cf.ThreadPoolExecutor(-1), lambda: cf.ThreadPoolExecutor(1, initializer=5)):
    try:
        bad()
    except (RuntimeError, ValueError, TypeError) as e:
        print(type(e).__name__, e)
with cf.ThreadPoolExecutor(1) as pool:
    gate = threading.Event()
    running = pool.submit(gate.wait, 20)
    queued = [pool.submit(square, i) for i in range(3)]
    print([q.cancel() for q in queued[:2]], queued[0].cancelled(), running.cancel() if running.running() else False)
    gate.set()
    print(queued[2].result())
    try:
        queued[0].result()
    except cf.CancelledError as e:
        print(type(e).__name__)
try:
    with cf.ThreadPoolExecutor(2) as pool:
        print(list(pool.map(lambda x: 10 // x, [5, 2, 0, 1])))
except ZeroDivisionError as e:
    print(e)
inits = []
local = threading.local()


def init(tag):
    local.tag = tag
    inits.append(tag)


with cf.ThreadPoolExecutor(3, thread_name_prefix="pre", initializer=init, initargs=("t",)) as pool:
    names = set(pool.map(lambda _: (time.sleep(0.005), threading.current_thread().name[:4], local.tag)[1:], range(12)))
print(names, set(inits), len(inits) <= 3)
f = cf.Future()
f.set_running_or_notify_cancel()
t = threading.Thread(target=lambda: f.set_result("from thread"))
t.start()
print(f.result(5), f.done(), repr(f).split(" state=")[1])
t.join()
try:
    f.set_result(1)
except cf.InvalidStateError as e:
    print(str(e).split(":")[0])


def tree_sum(pool, lo, hi):
    if hi - lo <= 50:
        return sum(range(lo, hi))
    mid = (lo + hi) // 2
    left = cf.ThreadPoolExecutor(1)
    f = left.submit(tree_sum, None, lo, mid)
    right = tree_sum(None, mid, hi)
    result = f.result() + right
    left.shutdown()
    return result


print(tree_sum(None, 0, 400), sum(range(400)))
broken = cf.ThreadPoolExecutor(1, initializer=lambda: 1 / 0)
import logging
logging.disable(logging.CRITICAL)
try:
    broken.submit(square, 1).result()
except cf.BrokenExecutor as e:
    print(type(e).__name__)
with cf.ThreadPoolExecutor(4) as pool:
    words = "the quick brown fox jumps over the lazy dog the end".split()
    counts = {}
    for w, n in pool.map(lambda w: (w, words.count(w)), words):
        counts[w] = n
print(sorted(counts.items()))
