# SPDX-License-Identifier: MIT
"""Classic problems: dining philosophers, readers and writers, a bounded bathroom, cigarette smokers with a monitor."""
import random
import threading
import time

N, MEALS = 5, 40
forks = [threading.Lock() for _ in range(N)]
eaten = [0] * N


def philosopher(k):
    first, second = sorted((k, (k + 1) % N))
    for _ in range(MEALS):
        with forks[first], forks[second]:
            eaten[k] += 1


def run(jobs):
    threads = [threading.Thread(target=f, args=a) for f, *a in jobs]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


run([(philosopher, k) for k in range(N)])
print(eaten)


class ReadWrite:
    def __init__(self):
        self.cond, self.readers, self.writing = threading.Condition(), 0, False

    def read(self):
        with self.cond:
            self.cond.wait_for(lambda: not self.writing)
            self.readers += 1

    def read_done(self):
        with self.cond:
            self.readers -= 1
            self.cond.notify_all()

    def write(self):
        with self.cond:
            self.cond.wait_for(lambda: not self.writing and not self.readers)
            self.writing = True

    def write_done(self):
        with self.cond:
            self.writing = False
            self.cond.notify_all()


rw, data, torn = ReadWrite(), {"a": 0, "b": 0}, []


def reader():
    for _ in range(100):
        rw.read()
        if data["a"] * 2 != data["b"]:
            torn.append(dict(data))
        rw.read_done()


def writer():
    for _ in range(50):
        rw.write()
        data["a"] += 1
        data["b"] = data["a"] * 2
        rw.write_done()


run([(reader,)] * 4 + [(writer,)] * 3)
print(data, torn)


class Smokers:
    ITEMS = ("paper", "tobacco", "match")

    def __init__(self):
        self.cond, self.table, self.smoked, self.done = threading.Condition(), None, dict.fromkeys(self.ITEMS, 0), False

    def agent(self, seed):
        r = random.Random(seed)
        for _ in range(60):
            with self.cond:
                self.cond.wait_for(lambda: self.table is None)
                self.table = frozenset(r.sample(self.ITEMS, 2))
                self.cond.notify_all()
        with self.cond:
            self.cond.wait_for(lambda: self.table is None)
            self.done = True
            self.cond.notify_all()

    def smoker(self, has):
        while True:
            with self.cond:
                self.cond.wait_for(lambda: self.done or self.table and has not in self.table)
                if self.done:
                    return
                self.table = None
                self.smoked[has] += 1
                self.cond.notify_all()


s = Smokers()
run([(s.agent, 4)] + [(s.smoker, i) for i in s.ITEMS])
print(s.smoked, sum(s.smoked.values()))


class Barber:
    def __init__(self, chairs):
        self.lock, self.ready, self.waiting, self.chairs = threading.Lock(), threading.Semaphore(0), [], chairs
        self.cut, self.turned_away = 0, 0

    def customer(self, k):
        seat = threading.Event()
        with self.lock:
            if len(self.waiting) >= self.chairs:
                self.turned_away += 1
                return
            self.waiting.append(seat)
        self.ready.release()
        seat.wait()

    def barber(self, total):
        while True:
            if not self.ready.acquire(timeout=0.3):
                return
            with self.lock:
                seat = self.waiting.pop(0)
            self.cut += 1
            seat.set()


b = Barber(3)
run([(b.barber, 20)] + [(b.customer, k) for k in range(20)])
print(b.cut + b.turned_away, b.waiting, b.cut >= 1)


class H2O:
    def __init__(self):
        self.h, self.o, self.bond = threading.Semaphore(2), threading.Semaphore(1), threading.Barrier(3)
        self.out, self.lock = [], threading.Lock()

    def atom(self, kind):
        sem = self.h if kind == "H" else self.o
        with sem:
            self.bond.wait()
            with self.lock:
                self.out.append(kind)
            self.bond.wait()


w = H2O()
run([(w.atom, k) for k in "HHHHHHHHOOOO"])
print([sorted(w.out[i:i + 3]) for i in range(0, 12, 3)])
steps, turn, cond = [], 0, threading.Condition()


def printer(k, words):
    global turn
    for w in words:
        with cond:
            cond.wait_for(lambda: turn % 3 == k)
            steps.append(w)
            turn += 1
            cond.notify_all()


run([(printer, 0, "adg"), (printer, 1, "beh"), (printer, 2, "cfi")])
print("".join(steps))
