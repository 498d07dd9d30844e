# SPDX-License-Identifier: MIT
"""Bounded buffer over a Condition; wait_for, notify, notify_all, timeouts, errors."""
import threading
from collections import deque


class Buffer:
    def __init__(self, size):
        self.items, self.size = deque(), size
        self.changed = threading.Condition()
        self.most = 0

    def put(self, x):
        with self.changed:
            while len(self.items) >= self.size:
                self.changed.wait()
            self.items.append(x)
            self.most = max(self.most, len(self.items))
            self.changed.notify_all()

    def get(self):
        with self.changed:
            self.changed.wait_for(lambda: self.items)
            x = self.items.popleft()
            self.changed.notify_all()
            return x


buffer, got, lock = Buffer(5), [], threading.Lock()


def produce(k):
    for i in range(200):
        buffer.put((k, i))


def consume():
    while True:
        x = buffer.get()
        if x is None:
            return
        with lock:
            got.append(x)


producers = [threading.Thread(target=produce, args=(k,)) for k in range(4)]
consumers = [threading.Thread(target=consume) for _ in range(4)]
for t in producers + consumers:
    t.start()
for t in producers:
    t.join()
for _ in consumers:
    buffer.put(None)
for t in consumers:
    t.join()
print(len(got), len(set(got)), buffer.most <= 5, [sum(i for k, i in got if k == p) for p in range(4)], len(buffer.items))
c = threading.Condition()
with c:
    print(c.wait(timeout=0.02), c.wait_for(lambda: False, timeout=0.02), c.wait_for(lambda: "value"))
for bad in (c.wait, c.notify, c.notify_all, c.release):
    try:
        bad()
    except RuntimeError as e:
        print(e)
turn, log = 0, []


def alternate(me, n):
    global turn
    for i in range(5):
        with c:
            c.wait_for(lambda: turn % n == me)
            log.append((me, i))
            turn += 1
            c.notify_all()


threads = [threading.Thread(target=alternate, args=(k, 3)) for k in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(log)
shared = threading.RLock()
c1 = threading.Condition(shared)
with shared, shared:
    print(c1.wait(0.01))
ready = []


def sleeper(k):
    with c:
        ready.append(k)
        c.wait()
        ready.remove(k)


threads = [threading.Thread(target=sleeper, args=(k,)) for k in range(4)]
for t in threads:
    t.start()
while True:
    with c:
        if len(ready) == 4:
            c.notify(2)
            break
while True:
    with c:
        if len(ready) == 2:
            break
print(len(ready))
with c:
    c.notify_all()
for t in threads:
    t.join()
print(ready)
