# SPDX-License-Identifier: MIT
"""Collections while other threads build and drop cyclic structures; the totals of survivors are exact."""
import gc
import threading
import weakref


class Node:
    def __init__(self, value):
        self.value, self.edges = value, []


def run(*targets):
    threads = [threading.Thread(target=t) for t in targets]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


survivors, refs, lock = [], [], threading.Lock()


def build(k):
    def f():
        for i in range(60):
            nodes = [Node((k, i, j)) for j in range(12)]
            for a in nodes:
                a.edges = [nodes[(a.value[2] * 5 + d) % 12] for d in range(3)]
                a.owner = a.edges
            if i % 10 == 0:
                survivors.append(nodes[0])
            refs.append(weakref.ref(nodes[5]))
    return f


def collector():
    for _ in range(10):
        gc.collect()


run(build(0), build(1), build(2), collector)
gc.collect()
print(len(survivors), sum(r() is not None for r in refs))


def reachable(node):
    seen, todo = set(), [node]
    while todo:
        n = todo.pop()
        if n.value not in seen:
            seen.add(n.value)
            todo += n.edges
    return len(seen)


print(sorted(reachable(n) for n in survivors) == [12] * 18, sorted({n.value[0] for n in survivors}))
survivors.clear()
gc.collect()
print(sum(r() is not None for r in refs))
graph = {}


def link(k):
    def f():
        for i in range(400):
            key = (k * 400 + i) % 300
            with lock:
                graph.setdefault(key, Node(key)).edges.append(graph.setdefault((key * 7 + k) % 300, Node(None)))
    return f


run(*[link(k) for k in range(4)], collector)
print(len(graph), sum(len(n.edges) for n in graph.values()))
probe = weakref.ref(graph[5])
graph.clear()
gc.collect()
print(probe())
nested = []


def nest(k):
    def f():
        for i in range(30):
            x = [k]
            for _ in range(300):
                x = [x, {"x": x} if i % 2 else (x,)]
            x.append(x)
            if i == 7:
                with lock:
                    nested.append(x)
    return f


run(*[nest(k) for k in range(4)])


def depth(x):
    d = 0
    while isinstance(x[0], list):
        x, d = x[0], d + 1
    return d, x[0]


print(sorted(depth(x) for x in nested))
nested.clear()
gc.collect()


class Holder:
    live = 0

    def __init__(self):
        with lock:
            Holder.live += 1
        self.me = self

    def __del__(self):
        done.append(1)


done = []


def churn():
    for _ in range(200):
        Holder()


run(churn, churn, churn, collector)
gc.collect()
print(Holder.live, len(done))
was = gc.isenabled()
gc.disable()
run(lambda: gc.enable())
print(was, gc.isenabled())
closures = []


def make_closures():
    for i in range(100):
        def f():
            return f, i
        closures.append(weakref.ref(f))


run(make_closures, make_closures)
gc.collect()
print(len(closures), sum(c() is not None for c in closures))
