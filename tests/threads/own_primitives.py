# SPDX-License-Identifier: MIT
"""Primitives built from other primitives: a thread pool, futures, a read-write lock, a latch, a bounded queue, a rate limiter, a cancellation token."""
import contextlib
import functools
import heapq
import itertools
import threading
import time


class Future:
    def __init__(self):
        self._cond, self._state, self._value, self._callbacks = threading.Condition(), "pending", None, []

    def _finish(self, state, value):
        with self._cond:
            if self._state != "pending":
                raise RuntimeError("already " + self._state)
            self._state, self._value = state, value
            self._cond.notify_all()
        for f in self._callbacks:
            f(self)

    def result(self, timeout=None):
        with self._cond:
            if not self._cond.wait_for(lambda: self._state != "pending", timeout):
                raise TimeoutError("no result yet")
        if self._state == "failed":
            raise self._value
        return self._value

    def then(self, f):
        nxt = Future()

        def run(done):
            try:
                nxt._finish("done", f(done.result()))
            except Exception as e:
                nxt._finish("failed", e)
        with self._cond:
            if self._state == "pending":
                self._callbacks.append(run)
                return nxt
        run(self)
        return nxt


class Pool:
    def __init__(self, n):
        self.heap, self.order, self.cond, self.closed = [], itertools.count(), threading.Condition(), False
        self.threads = [threading.Thread(target=self._work, name=f"pool-{i}") for i in range(n)]
        for t in self.threads:
            t.start()

    def _work(self):
        while True:
            with self.cond:
                self.cond.wait_for(lambda: self.heap or self.closed)
                if not self.heap:
                    return
                _, _, future, call = heapq.heappop(self.heap)
            try:
                value = call()
            except Exception as e:
                future._finish("failed", e)
            else:
                future._finish("done", value)

    def submit(self, f, *args, priority=0):
        future = Future()
        with self.cond:
            heapq.heappush(self.heap, (-priority, next(self.order), future, functools.partial(f, *args)))
            self.cond.notify()
        return future

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        with self.cond:
            self.closed = True
            self.cond.notify_all()
        for t in self.threads:
            t.join()


with Pool(3) as pool:
    futures = [pool.submit(pow, i, 3, 1009) for i in range(40)]
    print([f.result() for f in futures])
    bad = pool.submit(lambda: [][1])
    try:
        bad.result()
    except IndexError as e:
        print("failed with", e)
    chained = pool.submit(lambda: 5).then(lambda x: x * 2).then(str).then(lambda s: s + "!")
    print(chained.result(), end=" ")
    try:
        pool.submit(int, "x").then(lambda x: x).result()
    except ValueError as e:
        print(e)
    try:
        Future().result(0.01)
    except TimeoutError as e:
        print(e)
order = []
gate = threading.Event()
with Pool(1) as pool:
    pool.submit(gate.wait)
    time.sleep(0.01)
    for p in (1, 5, 3, 5, 2):
        pool.submit(order.append, p, priority=p)
    gate.set()
print(order)


class Latch:
    def __init__(self, n):
        self.n, self.cond = n, threading.Condition()

    def down(self):
        with self.cond:
            self.n -= 1
            if self.n == 0:
                self.cond.notify_all()

    def wait(self, timeout=None):
        with self.cond:
            return self.cond.wait_for(lambda: self.n <= 0, timeout)


latch, seen = Latch(5), []
threads = [threading.Thread(target=lambda i=i: (seen.append(i), latch.down())) for i in range(5)]
print(latch.wait(0.01), end=" ")
for t in threads:
    t.start()
print(latch.wait(), sorted(seen))


class SharedExclusive:
    def __init__(self):
        self.cond, self.readers, self.writer, self.waiting_writers = threading.Condition(), 0, False, 0

    @contextlib.contextmanager
    def shared(self):
        with self.cond:
            self.cond.wait_for(lambda: not self.writer and not self.waiting_writers)
            self.readers += 1
        try:
            yield
        finally:
            with self.cond:
                self.readers -= 1
                self.cond.notify_all()

    @contextlib.contextmanager
    def exclusive(self):
        with self.cond:
            self.waiting_writers += 1
            self.cond.wait_for(lambda: not self.writer and not self.readers)
            self.waiting_writers -= 1
            self.writer = True
        try:
            yield
        finally:
            with self.cond:
                self.writer = False
                self.cond.notify_all()


lock, pair, wrong = SharedExclusive(), [0, 0], []


def read():
    for _ in range(60):
        with lock.shared():
            a, b = pair
            if a != -b:
                wrong.append((a, b))


def write():
    for _ in range(40):
        with lock.exclusive():
            pair[0] += 1
            pair[1] -= 1


threads = [threading.Thread(target=f) for f in (read, write, read, write, read)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(pair, wrong)


class Cancelled(Exception):
    pass


class Token:
    def __init__(self, parent=None):
        self._event, self._children = threading.Event(), []
        if parent:
            parent._children.append(self)

    def cancel(self):
        self._event.set()
        for c in self._children:
            c.cancel()

    def check(self):
        if self._event.is_set():
            raise Cancelled


root = Token()
child = Token(root)
log, started = [], threading.Barrier(3)


def endless(token, name):
    started.wait()
    n = 0
    try:
        while True:
            n += 1
            token.check()
    except Cancelled:
        log.append((name, n > 0))


threads = [threading.Thread(target=endless, args=a) for a in ((root, "root"), (child, "child"))]
for t in threads:
    t.start()
started.wait()
root.cancel()
for t in threads:
    t.join()
print(sorted(log))


class OnceMap:
    """Every key is computed once, whoever asks; others wait for it."""

    def __init__(self, f):
        self.f, self.lock, self.futures, self.calls = f, threading.Lock(), {}, 0

    def __getitem__(self, key):
        with self.lock:
            future = self.futures.get(key)
            mine = future is None
            if mine:
                future = self.futures[key] = Future()
                self.calls += 1
        if mine:
            try:
                future._finish("done", self.f(key))
            except Exception as e:
                future._finish("failed", e)
        return future.result()


once = OnceMap(lambda n: n if n < 2 else once[n - 1] + once[n - 2])
results = []
threads = [threading.Thread(target=lambda: results.append(once[40])) for _ in range(6)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(set(results), once.calls)
