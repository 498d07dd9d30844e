# SPDX-License-Identifier: MIT
"""Small programs: life, a bank with events, an LRU cache, a text adventure's graph search, a matrix class, a tokenizer of numbers."""
import heapq
import random
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass, field


def life(cells, steps):
    for _ in range(steps):
        near = Counter((x + dx, y + dy) for x, y in cells for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)
        cells = {c for c, n in near.items() if n == 3 or n == 2 and c in cells}
    return cells


glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
print(sorted(life(glider, 4)), len(life({(0, 1), (1, 0), (1, 1), (1, 2), (2, 2)}, 60)))


@dataclass(order=True)
class Event:
    time: float
    order: int
    action: str = field(compare=False)
    data: dict = field(compare=False, default_factory=dict)


class Bank:
    def __init__(self, customers, tellers, seed):
        self.random, self.queue, self.waiting, self.free, self.n = random.Random(seed), [], deque(), tellers, 0
        self.served, self.total_wait, self.longest = 0, 0.0, 0
        for _ in range(customers):
            self.push(self.random.uniform(0, 100), "arrive")

    def push(self, time, action, **data):
        self.n += 1
        heapq.heappush(self.queue, Event(time, self.n, action, data))

    def run(self):
        while self.queue:
            e = heapq.heappop(self.queue)
            getattr(self, "on_" + e.action)(e)
        return self.served, round(self.total_wait, 6), self.longest

    def on_arrive(self, e):
        self.waiting.append(e.time)
        self.longest = max(self.longest, len(self.waiting))
        self.serve(e.time)

    def on_leave(self, e):
        self.free += 1
        self.served += 1
        self.serve(e.time)

    def serve(self, now):
        while self.free and self.waiting:
            self.free -= 1
            self.total_wait += now - self.waiting.popleft()
            self.push(now + self.random.expovariate(0.5), "leave")


print([Bank(100, t, 7).run() for t in (1, 2, 3)])


class LRU:
    def __init__(self, size):
        self.size, self.data, self.hits, self.misses = size, OrderedDict(), 0, 0

    def get(self, key, make):
        if key in self.data:
            self.hits += 1
            self.data.move_to_end(key)
        else:
            self.misses += 1
            self.data[key] = make(key)
            if len(self.data) > self.size:
                self.data.popitem(last=False)
        return self.data[key]


r = random.Random(3)
lru = LRU(20)
print(sum(lru.get(int(r.gauss(50, 12)), lambda k: k * k) for _ in range(2000)), lru.hits, lru.misses, list(lru.data)[:5])
maze = """
#########
#S  #   #
# # # # #
# #   #E#
#########""".strip().split("\n")


def solve(maze):
    where = {c: (x, y) for y, row in enumerate(maze) for x, c in enumerate(row)}
    start, end = where["S"], where["E"]
    previous, todo = {start: None}, deque([start])
    while todo:
        at = todo.popleft()
        if at == end:
            path = []
            while at:
                path.append(at)
                at = previous[at]
            return path[::-1]
        x, y = at
        for step in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            if maze[step[1]][step[0]] != "#" and step not in previous:
                previous[step] = at
                todo.append(step)


path = solve(maze)
print(len(path), path)


class Matrix:
    def __init__(self, rows):
        self.rows = [list(r) for r in rows]

    @classmethod
    def identity(cls, n):
        return cls([[int(i == j) for j in range(n)] for i in range(n)])

    def __matmul__(self, other):
        return Matrix([[sum(a * b for a, b in zip(r, c)) for c in zip(*other.rows)] for r in self.rows])

    def __pow__(self, n):
        result, base = Matrix.identity(len(self.rows)), self
        while n:
            if n & 1:
                result = result @ base
            base = base @ base
            n >>= 1
        return result

    def det(self):
        if len(self.rows) == 1:
            return self.rows[0][0]
        return sum((-1) ** i * v * Matrix([r[:i] + r[i + 1:] for r in self.rows[1:]]).det() for i, v in enumerate(self.rows[0]))

    def __repr__(self):
        return f"Matrix({self.rows})"


print(Matrix([[1, 1], [1, 0]]) ** 200, Matrix([[2, 0, 1, 3], [1, 1, 0, 2], [4, 5, 6, 1], [0, 1, 2, 2]]).det())


def dijkstra(graph, start):
    dist, heap = {start: 0}, [(0, start)]
    while heap:
        d, node = heapq.heappop(heap)
        if d > dist[node]:
            continue
        for nxt, w in graph[node]:
            if d + w < dist.get(nxt, float("inf")):
                dist[nxt] = d + w
                heapq.heappush(heap, (d + w, nxt))
    return dist


graph = defaultdict(list)
r = random.Random(11)
for _ in range(400):
    a, b, w = r.randrange(80), r.randrange(80), r.randrange(1, 30)
    graph[a].append((b, w))
    graph[b].append((a, w))
dist = dijkstra(graph, 0)
print(len(dist), sum(dist.values()), max(dist.items(), key=lambda kv: (kv[1], kv[0])))


def brainfuck(code, data=b""):
    jumps, stack = {}, []
    for i, c in enumerate(code):
        if c == "[":
            stack.append(i)
        elif c == "]":
            j = stack.pop()
            jumps[i], jumps[j] = j, i
    tape, at, pc, out, source = defaultdict(int), 0, 0, bytearray(), iter(data)
    while pc < len(code):
        c = code[pc]
        if c == ">": at += 1
        elif c == "<": at -= 1
        elif c == "+": tape[at] = (tape[at] + 1) % 256
        elif c == "-": tape[at] = (tape[at] - 1) % 256
        elif c == ".": out.append(tape[at])
        elif c == ",": tape[at] = next(source, 0)
        elif c == "[" and not tape[at] or c == "]" and tape[at]: pc = jumps[pc]
        pc += 1
    return bytes(out)


print(brainfuck("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+."))


def roman(n):
    out = ""
    for v, s in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while n >= v:
            out, n = out + s, n - v
    return out


print([roman(n) for n in (1, 4, 9, 14, 40, 90, 400, 1999, 2024)])
words = "it was the best of times it was the worst of times it was the age of wisdom".split()
chain = defaultdict(Counter)
for a, b in zip(words, words[1:]):
    chain[a][b] += 1
print({k: v.most_common(1)[0] for k, v in chain.items()}, Counter(words).most_common(3))
