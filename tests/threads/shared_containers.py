# SPDX-License-Identifier: MIT
"""Dicts, lists, sets and deques hammered by eight threads, each operation atomic by itself, plus locked totals."""
import threading
from collections import Counter, OrderedDict, defaultdict, deque

N, ROUNDS = 8, 1500


def run(f):
    threads = [threading.Thread(target=f, args=(k,)) for k in range(N)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


l, d, s, dq = [], {}, set(), deque()


def grow(k):
    for i in range(ROUNDS):
        l.append((k, i))
        d[k, i] = i
        s.add(k * ROUNDS + i)
        dq.append(i)


run(grow)
print(len(l), len(set(l)), len(d), sum(d.values()), len(s), sum(s), len(dq), sum(dq))
print(all([i for p, i in l if p == k] == list(range(ROUNDS)) for k in range(N)))


def shrink(k):
    for i in range(ROUNDS):
        d.pop((k, i))
        s.discard(k * ROUNDS + i)
        l.pop()
        dq.popleft()


run(shrink)
print(l, d, s, dq)
fixed = {k: 0 for k in range(100)}
array = [0] * 100


def own_cells(k):
    for r in range(ROUNDS):
        for c in range(k, 100, N):
            fixed[c] += 1
            array[c] += c


run(own_cells)
print(set(fixed.values()), sum(array), array[99])
once = {}


def first_wins(k):
    for i in range(500):
        once.setdefault(i, k)


run(first_wins)
print(len(once), set(once.values()) <= set(range(N)))
readers_ok = []
table = {i: i * i for i in range(200)}
stop = threading.Event()


def reader(k):
    good = True
    for r in range(60):
        for i in range(200):
            good = good and table[i] == i * i and table.get(i + 1000, 5) in (5, (i + 1000) ** 2)
    readers_ok.append(good)


def writer(k):
    for r in range(30):
        for i in range(1000 + 100 * k, 1100 + 100 * k):
            table[i] = i * i
        for i in range(1000 + 100 * k, 1100 + 100 * k):
            del table[i]


run(lambda k: reader(k) if k % 2 else writer(k))
print(readers_ok, len(table))
lock = threading.Lock()
counts, groups, ordered = Counter(), defaultdict(list), OrderedDict()


def locked(k):
    for i in range(400):
        with lock:
            counts[i % 5] += 1
            groups[i % 3].append(k)
            ordered[i] = ordered.get(i, 0) + k
            if i % 100 == 0:
                ordered.move_to_end(i)


run(locked)
print(sorted(counts.items()), [(g, len(v), sum(v)) for g, v in sorted(groups.items())], len(ordered), sum(ordered.values()))
work = deque(range(5000))
taken = [0] * N


def take(k):
    while True:
        try:
            x = work.popleft()
        except IndexError:
            return
        taken[k] += x


run(take)
print(sum(taken), len(work))
stack = list(range(5000))
taken = [0] * N


def pop(k):
    while stack:
        try:
            taken[k] += stack.pop()
        except IndexError:
            return


run(pop)
print(sum(taken), stack)
errors = []


def iterate(k):
    try:
        for r in range(20):
            if k % 2:
                total = sum(len(str(x)) for x in list(table.values()))
                sorted(table)
            else:
                for i in range(5000, 5050):
                    table[i] = i
    except RuntimeError as e:
        if "changed size" not in str(e):
            errors.append(e)


run(iterate)
print(errors, len(table))
