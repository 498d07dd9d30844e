# SPDX-License-Identifier: MIT
# oracle: timeout 90
"""Conditions, barriers, semaphores, reader-writer locks, accounts, actors, a sieve of threads."""
import collections
import copy
import dataclasses
import enum
import heapq
import itertools
import json
import pickle
import queue
import random
import threading
import time


# ---- condpool --------------------------------------------------------------------------------------------
class BlockingStack:

    def __init__(self, cap):
        self.items = []
        self.cap = cap
        self.c = threading.Condition()

    def push(self, x):
        with self.c:
            self.c.wait_for(lambda: len(self.items) < self.cap)
            self.items.append(x)
            self.c.notify_all()

    def pop(self):
        with self.c:
            self.c.wait_for(lambda: self.items)
            x = self.items.pop()
            self.c.notify_all()
            return x


s = BlockingStack(3)
got = []
lock = threading.Lock()


def prod(k):
    for i in range(60):
        s.push((k, i))


def cons():
    n = 0
    while True:
        x = s.pop()
        if x is None:
            break
        with lock:
            got.append(x)


ps = [threading.Thread(target=prod, args=(k,)) for k in range(4)]
cs = [threading.Thread(target=cons) for _ in range(4)]
for t in ps + cs:
    t.start()
for t in ps:
    t.join()
while s.items:
    time.sleep(0.001)
for _ in cs:
    s.push(None)
for t in cs:
    t.join()
print(len(got), sorted(got) == [(k, i) for k in range(4) for i in range(60)], s.items)
c = threading.Condition()
for f in (c.wait, c.notify, c.notify_all, c.release):
    try:
        f()
    except RuntimeError as e:
        print(type(e).__name__, e)
print(c.acquire(), repr(c).split(' ')[0], c.wait(0.01), c.wait_for(lambda: 0, 0.01))
c.release()


# ---- barrier ---------------------------------------------------------------------------------------------
res = []


def act():
    res.append(sum(part))


part = [0] * 6
b = threading.Barrier(6, action=act)


def w(k):
    for r in range(20):
        part[k] = r * k
        i = b.wait()
        idx[k].append(i)


idx = [[] for _ in range(6)]
ts = [threading.Thread(target=w, args=(k,)) for k in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(res)
print([sorted((x[r] for x in idx)) == list(range(6)) for r in range(20)].count(True))
b = threading.Barrier(3, timeout=0.05)
errs = []


def w2():
    try:
        b.wait()
    except threading.BrokenBarrierError as e:
        errs.append(repr(e))


ts = [threading.Thread(target=w2) for _ in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(errs, b.broken, b.n_waiting, b.parties)
b.reset()
print(b.broken)


def bad():
    raise KeyError('x')


b = threading.Barrier(2, action=bad)


def w3():
    try:
        b.wait()
    except Exception as e:
        errs.append(type(e).__name__)


errs = []
ts = [threading.Thread(target=w3) for _ in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(errs), b.broken)
b = threading.Barrier(2)
t = threading.Thread(target=w3)
errs = []
t.start()
while not b.n_waiting:
    pass
b.abort()
t.join()
print(errs)


# ---- rw --------------------------------------------------------------------------------------------------
class RW:

    def __init__(s):
        s.c = threading.Condition()
        s.r = 0
        s.w = False

    def rd(s):
        with s.c:
            while s.w:
                s.c.wait()
            s.r += 1

    def ru(s):
        with s.c:
            s.r -= 1
            if not s.r:
                s.c.notify_all()

    def wd(s):
        with s.c:
            while s.w or s.r:
                s.c.wait()
            s.w = True

    def wu(s):
        with s.c:
            s.w = False
            s.c.notify_all()


rw = RW()
data = {'a': 0, 'b': 0}
bad = []


def reader():
    for _ in range(60):
        rw.rd()
        if data['a'] != data['b']:
            bad.append(1)
        rw.ru()


def writer():
    for _ in range(50):
        rw.wd()
        data['a'] += 1
        data['b'] += 1
        rw.wu()


ts = [threading.Thread(target=f) for f in [reader] * 5 + [writer] * 3]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(bad, data)
sem = threading.BoundedSemaphore(3)
cur = 0
mx = 0
lk = threading.Lock()


def s():
    global cur, mx
    for _ in range(100):
        with sem:
            with lk:
                cur += 1
                mx = max(mx, cur)
            with lk:
                cur -= 1


ts = [threading.Thread(target=s) for _ in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(cur, mx <= 3, sem._value)
try:
    sem.release()
except ValueError as e:
    print(e)
for bad in (lambda: threading.Semaphore(-1), lambda: threading.Semaphore().release(0)):
    try:
        bad()
    except ValueError as e:
        print(e)
print(threading.Semaphore(0).acquire(timeout=0.01), threading.Semaphore(0).acquire(False))
r = threading.RLock()


def deep(n):
    with r:
        return 0 if not n else 1 + deep(n - 1)


out = []
ts = [threading.Thread(target=lambda: out.append(deep(100))) for _ in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out)


def own():
    try:
        r.release()
    except RuntimeError as e:
        out.append(str(e))


out.clear()
r.acquire()
t = threading.Thread(target=own)
t.start()
t.join()
print(out)
r.release()
l = threading.Lock()
for f in (l.release, lambda: l.acquire(False, 1), lambda: l.acquire(True, -2), lambda: l.acquire(timeout=1e+20)):
    try:
        f()
        print('?')
    except Exception as e:
        print(type(e).__name__, e)
l.acquire()
t = threading.Thread(target=l.release)
t.start()
t.join()
print(l.locked(), l.acquire(timeout=0.1))


# ---- bank ------------------------------------------------------------------------------------------------
class Account:

    def __init__(s, n, b):
        s.n = n
        s.balance = b
        s.lock = threading.RLock()
        s.log = []

    def __getstate__(s):
        d = s.__dict__.copy()
        del d['lock']
        return d

    def __setstate__(s, d):
        s.__dict__.update(d)
        s.lock = threading.RLock()


acc = [Account(i, 1000) for i in range(10)]


class NoFunds(Exception):
    pass


def transfer(a, b, x):
    f, s = (a, b) if a.n < b.n else (b, a)
    with f.lock, s.lock:
        if a.balance < x:
            raise NoFunds(a.n)
        a.balance -= x
        b.balance += x
        a.log.append(-x)
        b.log.append(x)


fails = [0] * 8


def w(k):
    r = random.Random(k)
    for _ in range(200):
        a, b = r.sample(acc, 2)
        try:
            transfer(a, b, r.randrange(300))
        except NoFunds:
            fails[k] += 1


ts = [threading.Thread(target=w, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
c = []
for _ in range(20):
    for a in acc:
        a.lock.acquire()
    c.append(sum((a.balance for a in acc)))
    for a in acc:
        a.lock.release()
for t in ts:
    t.join()
print(set(c), sum((a.balance for a in acc)), all((1000 + sum(a.log) == a.balance for a in acc)), sum(fails) > 0)


def p(k):
    for _ in range(3):
        x = pickle.loads(pickle.dumps(acc))
        y = copy.deepcopy(x)
        z = json.loads(json.dumps([a.log for a in y]))
        assert z == [a.log for a in acc]
    done.append(k)


done = []
ts = [threading.Thread(target=p, args=(k,)) for k in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(done))


# ---- sieve -----------------------------------------------------------------------------------------------
class Chan:

    def __init__(s):
        s.q = queue.SimpleQueue()

    def send(s, x):
        s.q.put(x)

    def __iter__(s):
        while (x := s.q.get()) is not None:
            yield x


def source(c):
    for i in range(2, 120):
        c.send(i)
    c.send(None)


primes = []
ths = []


def filt(cin):
    p = None
    out = None
    for x in cin:
        if p is None:
            p = x
            primes.append(p)
        elif x % p:
            if out is None:
                out = Chan()
                t = threading.Thread(target=filt, args=(out,))
                ths.append(t)
                t.start()
            out.send(x)
    if out:
        out.send(None)


c = Chan()
t = threading.Thread(target=filt, args=(c,))
t.start()
source(c)
t.join()
for t in ths:
    t.join()
print(primes, len(ths))


# ---- actor -----------------------------------------------------------------------------------------------
@dataclasses.dataclass(frozen=True)
class Msg:
    kind: str
    body: object = None
    reply: object = None


class Actor(threading.Thread):

    def __init__(s):
        super().__init__()
        s.box = queue.Queue()
        s.state = {}

    def run(s):
        while True:
            match s.box.get():
                case Msg('stop'):
                    return
                case Msg('put', [k, v]):
                    s.state[k] = v
                case Msg('get', k, r):
                    r.put(s.state.get(k))
                case Msg('apply', f, r):
                    try:
                        r.put(('ok', f(s.state)))
                    except Exception as e:
                        r.put(('err', repr(e)))


actors = [Actor() for _ in range(5)]
for a in actors:
    a.start()


def user(k):
    r = queue.Queue()
    for i in range(100):
        a = actors[i % 5]
        a.box.put(Msg('put', ((k, i), i * i)))
        a.box.put(Msg('get', (k, i), r))
        assert r.get() == i * i
    a.box.put(Msg('apply', lambda s: s['nope'], r))
    res.append(r.get())


res = []
us = [threading.Thread(target=user, args=(k,)) for k in range(6)]
for u in us:
    u.start()
for u in us:
    u.join()
for a in actors:
    a.box.put(Msg('stop'))
    a.join()
print(res, sum((len(a.state) for a in actors)))
W = 24
g = [[(x * y + x) % 3 == 0 for x in range(W)] for y in range(W)]
nxt = [[0] * W for _ in range(W)]


def swap():
    global g, nxt
    g, nxt = (nxt, g)


bar = threading.Barrier(4, action=swap)


def life(k):
    for _ in range(15):
        for y in range(k, W, 4):
            for x in range(W):
                n = sum((g[(y + dy) % W][(x + dx) % W] for dy, dx in itertools.product((-1, 0, 1), repeat=2) if dy or dx))
                nxt[y][x] = n == 3 or (n == 2 and g[y][x])
        bar.wait()


ts = [threading.Thread(target=life, args=(k,)) for k in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sum(map(sum, g)), ''.join(('#' if x else '.' for x in g[5])))


# ---- queues ----------------------------------------------------------------------------------------------
def run(q, key=lambda x: x):
    out = []
    lk = threading.Lock()

    def prod(k):
        for i in range(100):
            q.put(key((k, i)))

    def cons():
        while True:
            x = q.get()
            if x[0] == 99:
                q.put(x)
                q.task_done()
                break
            with lk:
                out.append(x)
            q.task_done()
    P = [threading.Thread(target=prod, args=(k,)) for k in range(5)]
    C = [threading.Thread(target=cons) for _ in range(3)]
    for t in P + C:
        t.start()
    for t in P:
        t.join()
    q.put((99,))
    for t in C:
        t.join()
    return (sorted(out) == [(k, i) for k in range(5) for i in range(100)], len(out))


print(run(queue.Queue(10)), run(queue.Queue()))
print(run(queue.PriorityQueue()))
q = queue.LifoQueue()
for i in range(10):
    q.put(i)
print([q.get_nowait() for _ in range(10)])
for Q in (queue.Queue, queue.LifoQueue, queue.PriorityQueue):
    q = Q(1)
    q.put(1)
    for f in (lambda: q.put(2, timeout=0.01), lambda: q.put_nowait(2), lambda: (q.get(), q.get(timeout=0.01)), q.get_nowait, lambda: q.get(timeout=-1), lambda: (q.task_done(), q.task_done(), q.task_done())):
        try:
            f()
            print('?')
        except Exception as e:
            print(type(e).__name__, e)
s = queue.SimpleQueue()
tot = []
lk = threading.Lock()


def sp():
    for i in range(500):
        s.put(i)


def sc():
    n = 0
    while (x := s.get()) is not None:
        n += x
    with lk:
        tot.append(n)


P = [threading.Thread(target=sp) for _ in range(4)]
C = [threading.Thread(target=sc) for _ in range(4)]
for t in P + C:
    t.start()
for t in P:
    t.join()
for _ in C:
    s.put(None)
for t in C:
    t.join()
print(sum(tot), s.qsize(), s.empty())
q = queue.Queue()


def wk():
    while True:
        f = q.get()
        try:
            f()
        except ZeroDivisionError:
            pass
        finally:
            q.task_done()


for _ in range(4):
    threading.Thread(target=wk, daemon=True).start()
for i in range(200):
    q.put(lambda i=i: 1 // (i % 5))
q.join()
print('joined', q.unfinished_tasks)
