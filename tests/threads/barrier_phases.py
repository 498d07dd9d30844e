# SPDX-License-Identifier: MIT
"""Barrier: phases in step, the action, index values, timeout, abort, reset."""
import threading

N, PHASES = 4, 5
log, lock = [], threading.Lock()
actions = []
barrier = threading.Barrier(N, action=lambda: actions.append(len(log)))
indices = [[] for _ in range(PHASES)]


def work(k):
    for p in range(PHASES):
        with lock:
            log.append(p)
        i = barrier.wait()
        with lock:
            indices[p].append(i)


threads = [threading.Thread(target=work, args=(k,)) for k in range(N)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(log == sorted(log), actions[0], actions == sorted(actions), [sorted(i) for i in indices], barrier.parties, barrier.n_waiting, barrier.broken)
b = threading.Barrier(2)
result = []


def alone():
    try:
        b.wait(timeout=0.05)
    except threading.BrokenBarrierError as e:
        result.append((type(e).__name__, str(e)))


t = threading.Thread(target=alone)
t.start()
t.join()
print(result, b.broken)
try:
    b.wait()
except threading.BrokenBarrierError:
    print("still broken")
b.reset()
print(b.broken)
t = threading.Thread(target=lambda: result.append(b.wait()))
t.start()
mine = b.wait()
t.join()
print(sorted([mine, result[-1]]))
waiting = threading.Barrier(3)


def victim():
    try:
        waiting.wait()
    except threading.BrokenBarrierError:
        with lock:
            result.append("aborted")


threads = [threading.Thread(target=victim) for _ in range(2)]
for t in threads:
    t.start()
while waiting.n_waiting < 2:
    pass
waiting.abort()
for t in threads:
    t.join()
print(result[-2:], waiting.broken)


def failing():
    raise ValueError("action failed")


bad = threading.Barrier(1, failing)
try:
    bad.wait()
except ValueError as e:
    print(e, bad.broken)
for wrong in (0, -1):
    try:
        print(threading.Barrier(wrong).parties)
    except ValueError as e:
        print(e)
grid = [[(x * 7 + y * 3) % 11 for x in range(8)] for y in range(8)]
step = threading.Barrier(4)


def smooth(rows):
    global grid
    for _ in range(6):
        new = [[(grid[y][x] + grid[y - 1][x] + grid[y][x - 1]) % 1009 for x in range(8)] for y in rows]
        if step.wait() == 0:
            pass
        for y, row in zip(rows, new):
            grid[y] = row
        step.wait()


threads = [threading.Thread(target=smooth, args=([2 * k, 2 * k + 1],)) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(grid)
