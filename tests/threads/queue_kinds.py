# SPDX-License-Identifier: MIT
"""queue.Queue, LifoQueue, PriorityQueue and SimpleQueue between threads; join, task_done, timeouts, errors."""
import queue
import threading

q = queue.Queue(maxsize=10)
results, lock = [], threading.Lock()


def worker():
    while True:
        item = q.get()
        if item is None:
            q.task_done()
            return
        with lock:
            results.append(item * item)
        q.task_done()


threads = [threading.Thread(target=worker) for _ in range(4)]
for t in threads:
    t.start()
for i in range(500):
    q.put(i)
q.join()
print(len(results), sum(results), q.empty(), q.qsize(), q.full(), q.unfinished_tasks)
for _ in threads:
    q.put(None)
for t in threads:
    t.join()
small = queue.Queue(1)
small.put("x")
for bad in (lambda: small.put("y", block=False), lambda: small.put_nowait("y"), lambda: small.put("y", timeout=0.02), lambda: (small.get(), small.get_nowait()), lambda: small.get(timeout=0.02), lambda: small.get(block=False), lambda: small.get(timeout=-1), lambda: (small.task_done(), small.task_done(), small.task_done())):
    try:
        print(bad())
    except (queue.Full, queue.Empty, ValueError) as e:
        print(type(e).__name__, e)
lifo, prio, simple = queue.LifoQueue(), queue.PriorityQueue(), queue.SimpleQueue()
for i in (3, 1, 2):
    lifo.put(i)
    prio.put((i, f"item{i}"))
    simple.put(i)
print([lifo.get() for _ in range(3)], [prio.get() for _ in range(3)], [simple.get() for _ in range(3)], simple.empty(), simple.qsize())
for bad in (lambda: simple.get(timeout=0.02), lambda: simple.get_nowait(), lambda: simple.get(False), lambda: simple.get(timeout=-1)):
    try:
        bad()
    except (queue.Empty, ValueError) as e:
        print(type(e).__name__, e)
received = [[] for _ in range(3)]


def drain(k):
    while (x := simple.get()) is not None:
        received[k].append(x)


threads = [threading.Thread(target=drain, args=(k,)) for k in range(3)]
for t in threads:
    t.start()
producers = [threading.Thread(target=lambda k=k: [simple.put((k, i)) for i in range(300)]) for k in range(3)]
for t in producers:
    t.start()
for t in producers:
    t.join()
for _ in threads:
    simple.put(None)
for t in threads:
    t.join()
everything = sorted(x for r in received for x in r)
print(len(everything), everything[:3], everything == [(k, i) for k in range(3) for i in range(300)], all([i for p, i in r if p == k] == sorted(i for p, i in r if p == k) for r in received for k in range(3)))
stages = [queue.Queue() for _ in range(4)]


def stage(k, f):
    while (x := stages[k].get()) is not None:
        stages[k + 1].put(f(x))
    stages[k + 1].put(None)


threads = [threading.Thread(target=stage, args=(k, f)) for k, f in enumerate((lambda x: x + 1, lambda x: x * 2, lambda x: {"v": x}))]
for t in threads:
    t.start()
for i in range(100):
    stages[0].put(i)
stages[0].put(None)
out = []
while (x := stages[3].get()) is not None:
    out.append(x)
for t in threads:
    t.join()
print(len(out), out[:3], sum(o["v"] for o in out))
pq, merged = queue.PriorityQueue(), []
threads = [threading.Thread(target=lambda k=k: [pq.put((i * 4 + k, k)) for i in range(50)]) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
while not pq.empty():
    merged.append(pq.get()[0])
print(merged == list(range(200)))
