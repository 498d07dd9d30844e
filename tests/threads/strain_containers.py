# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""Eight threads on one dict, list, set, deque, Counter, OrderedDict, bytearray, array and tree of instances."""
import array
import bisect
import collections
import heapq
import random
import struct
import threading


# ---- hammer ----------------------------------------------------------------------------------------------
N = 8
R = 800
d = {}
l = []
s = set()
q = collections.deque(maxlen=5000)
c = collections.Counter()
dd = collections.defaultdict(list)
od = collections.OrderedDict()
cm = collections.ChainMap({})
lk = threading.Lock()
b = threading.Barrier(N)
errors = []


def w(k):
    rnd = random.Random(k)
    b.wait()
    try:
        for i in range(R):
            d[k, i] = i
            l.append((k, i))
            s.add((k, i))
            q.append(i)
            with lk:
                c[i % 10] += 1
            dd[i % 7].append(k)
            od[k, i] = 1
            if i % 3 == 0:
                del d[k, i]
                s.discard((k, i))
                try:
                    od.move_to_end((k, i))
                except KeyError:  # popped by another thread
                    pass
            if i % 5 == 0:
                od.popitem(last=False)
                len(l)
            if i % 100 == 0:
                (list(d), list(s), list(q), dict(d), sorted(l[:50]), list(dd.items()), len(od), len(list(od)))
    except Exception as e:
        errors.append(repr(e))


ts = [threading.Thread(target=w, args=(k,)) for k in range(N)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(errors, len(d), len(l), len(set(l)), len(s), len(q), sorted(c.items()), sorted(((k, len(v)) for k, v in dd.items())), len(od))
ba = bytearray()


def wb(k):
    for i in range(R):
        ba.append(k)


ts = [threading.Thread(target=wb, args=(k,)) for k in range(N)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(ba), [ba.count(k) for k in range(N)])
u = {}


def ws(k):
    for i in range(R):
        u.setdefault(i, []).append(k)


ts = [threading.Thread(target=ws, args=(k,)) for k in range(N)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(u), all((sorted(v) == list(range(N)) for v in u.values())))


def wp(k):
    while True:
        try:
            x = d.popitem()
        except KeyError:
            return
        with lk:
            seen.append(x)


seen = []
n = len(d)
ts = [threading.Thread(target=wp, args=(k,)) for k in range(N)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(seen) == n, len(set(seen)) == n, d)


# ---- sharedobj -------------------------------------------------------------------------------------------
class P:

    def __init__(s):
        s.x = 0
        s.y = 'a'
        s.items = []
        s.map = {}

    def __enter__(s):
        return s

    def __exit__(s, *a):
        return False


ps = [P() for _ in range(5)]
ok = True


def w(k):
    global ok
    r = random.Random(k)
    for i in range(800):
        p = ps[r.randrange(5)]
        p.x = i
        p.y = str(i)
        p.items = [i] * 3
        p.map = {'i': i, 'k': k}
        a = p.items
        m = p.map
        if len(set(a)) != 1 or m['i'] < 0:
            ok = False
        setattr(p, f'a{i % 30}', (k, i))
        getattr(p, f'a{(i + 7) % 30}', None)
        if i % 50 == 0:
            try:
                delattr(p, f'a{i % 30}')
            except AttributeError:
                pass
        if i % 500 == 0:
            ps[r.randrange(5)] = P()


ts = [threading.Thread(target=w, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(ok)
g = 0


def counter():
    global g
    for _ in range(800):
        with lk:
            g += 1


lk = threading.Lock()
ts = [threading.Thread(target=counter) for _ in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(g)


def outer():
    n = 0
    l = threading.Lock()

    def inc():
        nonlocal n
        for _ in range(1000):
            with l:
                n += 1

    def get():
        return n
    return (inc, get)


inc, get = outer()
ts = [threading.Thread(target=inc) for _ in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(get())
m = memoryview(bytearray(800))


def mv(k):
    s = m[k * 100:(k + 1) * 100]
    for i in range(100):
        s[i] = k


ts = [threading.Thread(target=mv, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print([m[k * 100:(k + 1) * 100].tobytes() == bytes([k]) * 100 for k in range(8)])
a = array.array('q', [0] * 8)


def aw(k):
    for i in range(800):
        a[k] += 1


ts = [threading.Thread(target=aw, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(a)
big = []


def bw(k):
    x = 1
    for i in range(1, 200):
        x = x * i + k
    big.append((k, x % 1000003))


ts = [threading.Thread(target=bw, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(big))
s = ''


def sw(k):
    loc = ''
    for i in range(1000):
        loc += chr(97 + i % 26)
    out.append(hash(loc) == hash(''.join((chr(97 + i % 26) for i in range(1000)))))


out = []
ts = [threading.Thread(target=sw, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out)


# ---- tree ------------------------------------------------------------------------------------------------
class Node:
    __slots__ = ('k', 'l', 'r', 'lock')

    def __init__(s, k):
        s.k = k
        s.l = s.r = None
        s.lock = threading.Lock()


root = Node(5000)


def insert(k):
    n = root
    n.lock.acquire()
    while True:
        side = 'l' if k < n.k else 'r'
        m = getattr(n, side)
        if k == n.k:
            n.lock.release()
            return False
        if m is None:
            setattr(n, side, Node(k))
            n.lock.release()
            return True
        m.lock.acquire()
        n.lock.release()
        n = m


def w(s):
    r = random.Random(s)
    cnt[s] = sum((insert(r.randrange(10000)) for _ in range(1000)))


cnt = [0] * 8
ts = [threading.Thread(target=w, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()


def walk(n):
    if n:
        yield from walk(n.l)
        yield n.k
        yield from walk(n.r)


x = list(walk(root))
print(len(x) == sum(cnt) + 1, x == sorted(set(x)), x[:5], len(x))
h = []
hl = threading.Lock()
out = []


def hw(s):
    r = random.Random(s)
    for i in range(500):
        with hl:
            heapq.heappush(h, (r.random(), s, i))
        if i % 3 == 0:
            with hl:
                out.append(heapq.heappop(h))


ts = [threading.Thread(target=hw, args=(k,)) for k in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(h), len(out), len(set(out) | set(h)), len(heapq.nsmallest(3, h)))
