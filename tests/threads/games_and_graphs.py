# SPDX-License-Identifier: MIT
"""Searches split over threads: n-queens, sudoku, knapsack, game of life by strips, shortest paths, permutations, a maze; exact answers."""
import collections
import itertools
import threading


def parallel(jobs, threads=4):
    """Run callables from a shared list; results in order."""
    results, todo, lock, failures = [None] * len(jobs), iter(enumerate(jobs)), threading.Lock(), []

    def work():
        while True:
            with lock:
                i, job = next(todo, (None, None))
            if job is None:
                return
            try:
                results[i] = job()
            except Exception as e:
                failures.append(e)
    workers = [threading.Thread(target=work) for _ in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    if failures:
        raise failures[0]
    return results


def queens(n, cols):
    row = len(cols)
    if row == n:
        return 1
    return sum(queens(n, cols + (c,)) for c in range(n) if all(c != d and abs(c - d) != row - r for r, d in enumerate(cols)))


print(parallel([lambda c=c: queens(7, (c,)) for c in range(7)]), sum(parallel([lambda c=c: queens(6, (c,)) for c in range(6)])))
PUZZLES = ["530070000600195000098000060800060003400803001700020006060000280000419005000080079", "000260701680070090190004500820100040004602900050003028009300074040050036703018000"]


def candidates(grid, i):
    r, c = divmod(i, 9)
    used = {grid[r * 9 + k] for k in range(9)} | {grid[k * 9 + c] for k in range(9)} | {grid[(r // 3 * 3 + k // 3) * 9 + c // 3 * 3 + k % 3] for k in range(9)}
    return [d for d in "123456789" if d not in used]


def sudoku(grid):
    best = None
    for i, d in enumerate(grid):
        if d == "0":
            options = candidates(grid, i)
            if best is None or len(options) < len(best[1]):
                best = i, options
    if best is None:
        return "".join(grid)
    i, options = best
    for d in options:
        grid[i] = d
        if found := sudoku(grid):
            return found
    grid[i] = "0"
    return None


print(*parallel([lambda p=p: sudoku(list(p)) for p in PUZZLES]), sep="\n")


def life_strips(cells, size, steps, n):
    grids = [[[1 if (x, y) in cells else 0 for x in range(size)] for y in range(size)], [[0] * size for _ in range(size)]]
    barrier = threading.Barrier(n)

    def strip(k):
        for step in range(steps):
            old, new = grids[step % 2], grids[1 - step % 2]
            for y in range(k * size // n, (k + 1) * size // n):
                for x in range(size):
                    near = sum(old[(y + dy) % size][(x + dx) % size] for dx in (-1, 0, 1) for dy in (-1, 0, 1)) - old[y][x]
                    new[y][x] = 1 if near == 3 or near == 2 and old[y][x] else 0
            barrier.wait()
    threads = [threading.Thread(target=strip, args=(k,)) for k in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return {(x, y) for y in range(size) for x in range(size) if grids[steps % 2][y][x]}


glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
print(sorted(life_strips(glider, 12, 20, 3)), sorted(life_strips(glider, 12, 48, 4)) == sorted(glider))
graph = {i: {(i * 7 + 3) % 60: i % 5 + 1, (i * 11 + 1) % 60: i % 3 + 2, (i + 1) % 60: 4} for i in range(60)}


def bellman(start):
    dist = {start: 0}
    todo = collections.deque([start])
    while todo:
        a = todo.popleft()
        for b, w in graph[a].items():
            if dist[a] + w < dist.get(b, 10 ** 9):
                dist[b] = dist[a] + w
                todo.append(b)
    return sum(dist.values()), max(dist.values())


print(parallel([lambda s=s: bellman(s) for s in range(0, 60, 6)]))
items = [(w * 7 % 23 + 1, w * 13 % 37 + 1) for w in range(14)]


def knapsack(fixed, capacity=60):
    weight = sum(items[i][0] for i in fixed)
    if weight > capacity:
        return 0
    best = {weight: sum(items[i][1] for i in fixed)}
    for i in range(3, len(items)):
        for w, v in list(best.items()):
            nw = w + items[i][0]
            if nw <= capacity and best.get(nw, -1) < v + items[i][1]:
                best[nw] = v + items[i][1]
    return max(best.values())


print(max(parallel([lambda s=s: knapsack(s) for n in range(4) for s in itertools.combinations(range(3), n)])))


def tsp(first):
    cities = [(i * 37 % 50, i * 61 % 47) for i in range(8)]
    d = lambda a, b: round(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5, 9)
    rest = [c for c in range(1, 8) if c != first]
    return min((sum(d(cities[a], cities[b]) for a, b in zip((0, first) + p, (first,) + p + (0,))), (0, first) + p) for p in itertools.permutations(rest))


print(min(parallel([lambda f=f: tsp(f) for f in range(1, 8)])))


def collatz(lo, hi):
    best = (0, 0)
    for n in range(lo, hi):
        steps, m = 0, n
        while m != 1:
            m = m // 2 if m % 2 == 0 else 3 * m + 1
            steps += 1
        best = max(best, (steps, -n))
    return best


print(max(parallel([lambda lo=lo: collatz(lo, lo + 500) for lo in range(1, 4001, 500)])))
digits = parallel([lambda k=k: sum(1 for p in itertools.permutations("123456", 6) if int("".join(p)) % (k + 7) == 0) for k in range(4)])
print(digits)
try:
    parallel([lambda: 1, lambda: 1 // 0, lambda: 2])
except ZeroDivisionError as e:
    print("propagated:", e)
