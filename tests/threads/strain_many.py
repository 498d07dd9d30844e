# SPDX-License-Identifier: MIT
# oracle: timeout 90
"""Threads by the thousand, deep recursion in many, daemon threads of every kind at exit."""
import atexit
import sys
import threading
import time


# ---- deep ------------------------------------------------------------------------------------------------
def rec(n):
    return 0 if n == 0 else 1 + rec(n - 1)


def inf():
    return inf()


class A:

    def __getattr__(s, n):
        return getattr(s, n + 'x')

    def __repr__(s):
        return repr(s)

    def __eq__(s, o):
        return s == o

    def __lt__(s, o):
        return sorted([s, o])


def nestl(n):
    l = []
    for _ in range(n):
        l = [l]
    return l


res = []
lk = threading.Lock()


def w(k):
    out = [rec(700)]
    a = A()
    for f in (inf, lambda: a.foo, lambda: repr(a), lambda: a == A(), lambda: a < A(), lambda: repr(nestl(100000)), lambda: nestl(50000) == nestl(50000), lambda: eval('(' * 150 + ')' * 150)):
        try:
            f()
            out.append('fine')
        except RecursionError as e:
            out.append('RE')
        except (SyntaxError, MemoryError) as e:
            out.append(type(e).__name__)
    with lk:
        res.append(out)


sys.setrecursionlimit(900)
ts = [threading.Thread(target=w, args=(k,)) for k in range(10)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(res[0])
print(all((r == res[0] for r in res)))
sys.setrecursionlimit(20000)
r = []
ts = [threading.Thread(target=lambda: r.append(rec(15000))) for _ in range(6)]
threading.stack_size(64 << 20)
for t in ts:
    t.start()
for t in ts:
    t.join()
print(r)


# ---- many ------------------------------------------------------------------------------------------------
N = 400
go = threading.Event()
n = 0
lk = threading.Lock()
res = []


def w(k):
    global n
    go.wait()
    with lk:
        n += 1
    res.append(k)


threading.stack_size(256 * 1024)
ts = [threading.Thread(target=w, args=(k,)) for k in range(N)]
for t in ts:
    t.start()
print(threading.active_count())
go.set()
for t in ts:
    t.join()
print(n, sorted(res) == list(range(N)), threading.active_count())


# ---- daemonexit ------------------------------------------------------------------------------------------
atexit.register(lambda: print('atexit'))


def spin():
    d = {}
    i = 0
    while True:
        i += 1
        d[i % 100] = [i]


def sleeper():
    while True:
        time.sleep(0.001)


def locker(l):
    while True:
        with l:
            pass


def printer():
    while True:
        sys.stderr.write('')


l = threading.Lock()
for _ in range(4):
    threading.Thread(target=spin, daemon=True).start()
    threading.Thread(target=sleeper, daemon=True).start()
    threading.Thread(target=locker, args=(l,), daemon=True).start()
    threading.Thread(target=printer, daemon=True).start()


said = threading.Event()


def late():
    said.wait()
    time.sleep(0.05)
    print('late done')


threading.Thread(target=late).start()
print('main done')
said.set()
