# SPDX-License-Identifier: MIT
"""Generators shared and private, itertools.count and iterators used by several threads under a lock, re-entry errors."""
import itertools
import threading


def run(f, n=6):
    threads = [threading.Thread(target=f, args=(k,)) for k in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


lock = threading.Lock()


def numbers(n):
    for i in range(n):
        yield i


shared, taken = numbers(3000), []


def take(k):
    while True:
        with lock:
            x = next(shared, None)
            if x is None:
                return
            taken.append(x)


run(take)
print(len(taken), taken == list(range(3000)))
counter = itertools.count()
ids = []


def tick(k):
    mine = [next(counter) for _ in range(500)]
    with lock:
        ids.extend(mine)


run(tick)
print(len(ids), sorted(ids) == list(range(3000)))
started, go = threading.Event(), threading.Event()


def slow():
    started.set()
    go.wait(20)
    yield "value"


g, out = slow(), []
t = threading.Thread(target=lambda: out.append(next(g)))
t.start()
started.wait(20)
try:
    next(g)
except ValueError as e:
    print(e, g.gi_running)
go.set()
t.join()
print(out, next(g, "end"))


def pipeline(k):
    evens = (x for x in range(1000) if x % 2 == 0)
    squares = (x * x for x in evens)
    total = sum(x % 7 for x in squares)
    with lock:
        out.append(total)


out.clear()
run(pipeline)
print(out)


def made_here():
    x = [1, 2, 3]
    yield x
    x.append(4)
    yield x
    yield sum(x)


g = made_here()
first = next(g)
results = []
t = threading.Thread(target=lambda: results.extend([next(g), next(g)]))
t.start()
t.join()
print(first, results, next(g, "done"))


def closer():
    try:
        yield 1
    finally:
        results.append(threading.current_thread().name)


g = closer()
next(g)
t = threading.Thread(target=g.close, name="closing thread")
t.start()
t.join()
print(results[-1])


def fib(n):
    a, b = 0, 1
    for _ in range(n):
        yield a
        a, b = b, (a + b) % 1000003


sums = {}


def private(k):
    s = 0
    for x in fib(2000 + k):
        s = (s * 31 + x) % 1000000007
    sums[k] = s


run(private)
print(sorted(sums.items()))


async def co(n):
    total = 0
    for i in range(n):
        total += await Value(i)
    return total


class Value:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        yield
        return self.v


def drive(k):
    c = co(50 + k)
    try:
        while True:
            c.send(None)
    except StopIteration as e:
        with lock:
            sums[f"co{k}"] = e.value


run(drive)
print(sorted((k, v) for k, v in sums.items() if isinstance(k, str)))
cyc, seen = itertools.cycle([1, 2, 3]), []


def spin(k):
    for _ in range(300):
        with lock:
            seen.append(next(cyc))


run(spin)
print(len(seen), [seen.count(v) for v in (1, 2, 3)])
