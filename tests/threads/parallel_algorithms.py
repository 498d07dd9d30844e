# SPDX-License-Identifier: MIT
"""Merge sort, matrix product, word count, Monte Carlo, sieve, map-reduce and dynamic programming split over threads."""
import collections
import math
import random
import re
import threading


class Result(threading.Thread):
    def __init__(self, f, *args):
        super().__init__()
        self.f, self.args, self.value = f, args, None
        self.start()

    def run(self):
        self.value = self.f(*self.args)

    def get(self):
        self.join()
        return self.value


def merge(a, b):
    out, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    return out + a[i:] + b[j:]


def merge_sort(values, depth):
    if len(values) < 2:
        return values
    mid = len(values) // 2
    if depth:
        left = Result(merge_sort, values[:mid], depth - 1)
        right = merge_sort(values[mid:], depth - 1)
        return merge(left.get(), right)
    return merge(merge_sort(values[:mid], 0), merge_sort(values[mid:], 0))


r = random.Random(1)
data = [r.randrange(10 ** 6) for _ in range(3000)]
print(merge_sort(data, 3) == sorted(data))


def product(a, b, rows):
    cols = list(zip(*b))
    return [[sum(x * y for x, y in zip(a[i], c)) for c in cols] for i in rows]


a = [[(i * j) % 7 - 3 for j in range(24)] for i in range(24)]
b = [[(i + 2 * j) % 5 - 2 for j in range(24)] for i in range(24)]
parts = [Result(product, a, b, range(k, k + 6)) for k in range(0, 24, 6)]
whole = [row for p in parts for row in p.get()]
print(whole == product(a, b, range(24)), sum(map(sum, whole)))
text = " ".join(r.choice("alpha beta gamma delta epsilon".split()) for _ in range(4000))
words = re.findall(r"\w+", text)
counts = collections.Counter()
for part in [Result(collections.Counter, words[k::4]) for k in range(4)]:
    counts.update(part.get())
print(sorted(counts.items()), counts == collections.Counter(words))


def inside(seed, n):
    r = random.Random(seed)
    return sum(r.random() ** 2 + r.random() ** 2 <= 1 for _ in range(n))


print(sum(p.get() for p in [Result(inside, s, 3000) for s in range(4)]))


def sieve(lo, hi, base):
    marks = bytearray([1]) * (hi - lo)
    for p in base:
        for m in range(max(p * p, -lo % p + lo), hi, p):
            marks[m - lo] = 0
    return sum(marks)


base = [n for n in range(2, 150) if all(n % d for d in range(2, int(n ** .5) + 1))]
print(sum(p.get() for p in [Result(sieve, max(2, k), k + 5000, base) for k in range(0, 20000, 5000)]))


def lcs_rows(a, b, table, rows, before, after):
    for i in rows:
        for j in range(1, len(b) + 1):
            table[i][j] = table[i - 1][j - 1] + 1 if a[i - 1] == b[j - 1] else max(table[i - 1][j], table[i][j - 1])


s1, s2 = ("".join(r.choice("ACGT") for _ in range(90)) for _ in range(2))
n = 91
table = [[0] * n for _ in range(n)]
barrier = threading.Barrier(3)


def diagonal(k):
    for d in range(2, 2 * n - 1):
        for i in range(max(1, d - n + 1) + k, min(n, d), 3):
            j = d - i
            if 1 <= j < n:
                table[i][j] = table[i - 1][j - 1] + 1 if s1[i - 1] == s2[j - 1] else max(table[i - 1][j], table[i][j - 1])
        barrier.wait()


for t in [Result(diagonal, k) for k in range(3)]:
    t.get()
expected = [[0] * n for _ in range(n)]
lcs_rows(s1, s2, expected, range(1, n), None, None)
print(table == expected, table[-1][-1])


def map_reduce(inputs, mapper, reducer, threads=4):
    grouped, lock = collections.defaultdict(list), threading.Lock()

    def work(chunk):
        local = [pair for x in chunk for pair in mapper(x)]
        with lock:
            for k, v in local:
                grouped[k].append(v)
    for t in [Result(work, inputs[k::threads]) for k in range(threads)]:
        t.get()
    return {k: reducer(v) for k, v in sorted(grouped.items())}


print(map_reduce(list(range(300)), lambda x: [(math.gcd(x, 12), x)], sum))


def quad(f, a, b, n):
    h = (b - a) / n
    return math.fsum((f(a + i * h) + f(a + (i + 1) * h)) * h / 2 for i in range(n))


pieces = [Result(quad, math.sin, k * math.pi / 4, (k + 1) * math.pi / 4, 500) for k in range(4)]
print(round(math.fsum(p.get() for p in pieces), 9))


def bfs(graph, start, workers):
    seen, frontier, levels = {start}, [start], []
    while frontier:
        levels.append(len(frontier))
        def expand(chunk):
            return {m for node in chunk for m in graph[node]}
        found = set().union(*(p.get() for p in [Result(expand, frontier[k::workers]) for k in range(workers)]))
        frontier = sorted(found - seen)
        seen |= found
    return levels


graph = {i: [(i * 2 + 1) % 500, (i * 3 + 2) % 500, (i + 1) % 500] for i in range(500)}
print(bfs(graph, 0, 3))
