# SPDX-License-Identifier: MIT
# oracle: timeout 90
"""Finalizers, weakref callbacks and thread-locals whose code takes locks that their threads use, too."""
import gc
import sys
import threading
import weakref


# ---- weakcb ----------------------------------------------------------------------------------------------
class O:
    pass


lk = threading.Lock()
hits = 0


def cb(r):
    global hits
    with lk:
        hits += 1


wd = weakref.WeakValueDictionary()
ws = weakref.WeakSet()
wk = weakref.WeakKeyDictionary()
keep = [[] for _ in range(8)]
refs = []


def w(k):
    for i in range(200):
        o = O()
        o.k = (k, i)
        r = weakref.ref(o, cb)
        with lk:
            refs.append(r)
        wd[k, i] = o
        ws.add(o)
        wk[o] = i
        if i % 2:
            keep[k].append(o)


ts = [threading.Thread(target=w, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
o = None
gc.collect()
print(hits, len(wd), len(ws), len(wk))


def drop(k):
    keep[k].clear()


ts = [threading.Thread(target=drop, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
gc.collect()
print(hits, len(wd), len(ws), len(wk), all((r() is None for r in refs)))
f = []


def fin(x):
    with lk:
        f.append(x)


def w2(k):
    for i in range(50):
        o = O()
        weakref.finalize(o, fin, (k, i))


ts = [threading.Thread(target=w2, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
gc.collect()
print(len(f), len(set(f)))


class P:

    def __init__(s):
        s.v = 1


box = [P()]
stop = False
bad = []


def reader():
    while not stop:
        o = weakref.ref(box[0])()
        if o is not None and o.v != 1:
            bad.append(o)


def writer():
    for i in range(3000):
        box[0] = P()


R = [threading.Thread(target=reader) for _ in range(3)]
W = threading.Thread(target=writer)
for t in R:
    t.start()
W.start()
W.join()
stop = True
for t in R:
    t.join()
print(bad)
p = weakref.proxy(box[0])
res = []


def up():
    res.append(p.v)


ts = [threading.Thread(target=up) for _ in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(res)


# ---- cyclefinal ------------------------------------------------------------------------------------------
lock = threading.Lock()
dead = 0
cb = 0


class N:

    def __init__(self):
        self.peer = None
        self.blob = [self]

    def __del__(self):
        global dead
        with lock:
            dead += 1


def died(r):
    global cb
    with lock:
        cb += 1


refs = []


def w():
    mine = []
    for i in range(300):
        a, b = (N(), N())
        a.peer = b
        b.peer = a
        mine.append(weakref.ref(a, died))
    with lock:
        refs.extend(mine)


ts = [threading.Thread(target=w) for _ in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
gc.collect()
print(dead, cb, sum((r() is None for r in refs)))
saved = []


class R:

    def __del__(self):
        saved.append(self)


def w2():
    for i in range(50):
        r = R()
        r.me = r


ts = [threading.Thread(target=w2) for _ in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
gc.collect()
print(len(saved))
for s in saved:
    s.me = None
saved.clear()
del s
gc.collect()
print(len(saved), gc.garbage)
nodes = []


class M:

    def __del__(self):
        with lock:
            marks.append(1)


marks = []


def link(k):
    for i in range(200):
        m = M()
        m.others = box
        with lock:
            box.append(m)


box = []
ts = [threading.Thread(target=link, args=(k,)) for k in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(box))
box = None
gc.collect()
print(len(marks))


# ---- local -----------------------------------------------------------------------------------------------
class L(threading.local):
    made = 0
    x = 7

    def __init__(self, start):
        self.n = start
        with lock:
            type(self).made += 1
        self.items = []


l = L(3)
r = []
lock = threading.Lock()


def w(k):
    for i in range(100):
        l.n += k
        l.items.append(i)
    with lock:
        r.append((k, l.n, len(l.items), sorted(l.__dict__)))


ts = [threading.Thread(target=w, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(r))
print(l.n, l.items, L.made, l.x)


class O:

    def __init__(self, k):
        self.k = k

    def __del__(self):
        with lock:
            dead.append(self.k)


dead = []
pl = threading.local()


def w2(k):
    pl.o = O(k)
    pl.me = pl.o


ts = [threading.Thread(target=w2, args=(k,)) for k in range(10)]
for t in ts:
    t.start()
for t in ts:
    t.join()
gc.collect()
print(sorted(dead), hasattr(pl, 'o'))
go = threading.Event()
ready = threading.Barrier(5)
dead.clear()
pl2 = threading.local()


def w3(k):
    pl2.o = O(k)
    ready.wait()
    go.wait()


ts = [threading.Thread(target=w3, args=(k,)) for k in range(4)]
for t in ts:
    t.start()
ready.wait()
del pl2
gc.collect()
go.set()
for t in ts:
    t.join()
gc.collect()
print(sorted(dead))
try:
    threading.local(1)
except TypeError as e:
    print(e)
try:
    pl.nope
except AttributeError as e:
    print(e)


# ---- gcmix -----------------------------------------------------------------------------------------------
gc.set_threshold(50, 3, 3)


class Node:
    __slots__ = ('next', 'data', '__weakref__')


def ring(n):
    f = p = Node()
    for i in range(n):
        q = Node()
        q.data = [i]
        p.next = q
        p = q
    p.next = f
    f.data = []
    return f


alive = []
lk = threading.Lock()
cbs = []


def cb(phase, info):
    if phase == 'stop':
        cbs.append(info['generation'])


gc.callbacks.append(cb)


def w(k):
    refs = []
    for i in range(150):
        r = ring(5)
        refs.append(weakref.ref(r))
        if i % 30 == 0:
            gc.collect(i % 3)
        if i % 50 == 0:
            with lk:
                alive.append(r)
    r = None
    with lk:
        allrefs.extend(refs)


allrefs = []
ts = [threading.Thread(target=w, args=(k,)) for k in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
gc.callbacks.remove(cb)
gc.collect()
print(len(alive), sum((r() is not None for r in allrefs)), len(allrefs), set(cbs) <= {0, 1, 2})
alive.clear()
gc.collect()
print(sum((r() is not None for r in allrefs)))
gc.disable()


def w2():
    for i in range(300):
        ring(3)


ts = [threading.Thread(target=w2) for _ in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(gc.isenabled(), gc.collect() >= 0)
gc.enable()
gc.freeze()
print(gc.get_freeze_count() > 0)
gc.unfreeze()
print(gc.get_freeze_count())


def w3():
    for i in range(20):
        len(gc.get_objects())
        gc.get_referrers(alive)
        gc.get_referents(alive)
        gc.is_tracked([])


ts = [threading.Thread(target=w3) for _ in range(3)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print('ok')
