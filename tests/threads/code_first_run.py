# SPDX-License-Identifier: MIT
"""Functions, generators, class bodies and modules that several threads run for the first time at the same moment."""
import threading

N, THREADS = 150, 4
source = "\n".join(f"""
def f{i}(a, b={i}, *c, k=1):
    def inner(x): return x + {i}
    return inner(a) + b + len(c) + k
def s{i}(a): return a + {i}
def g{i}(n):
    for i in range(n): yield i * {i}
class C{i}:
    def __init__(self, v): self.v = v
    @property
    def twice(self): return self.v * 2
    def m(self, d=3): return self.v + d
""" for i in range(N))
results = [None] * THREADS
barrier = threading.Barrier(THREADS)
namespace = {}
exec(compile(source, "<generated>", "exec"), namespace)
bodies = [compile(f"total = sum(range({i})); names = [n for n in 'abc']", f"<body{i}>", "exec") for i in range(N)]


def work(k):
    total = 0
    barrier.wait()
    for i in range(N):
        total += namespace[f"f{i}"](1) + namespace[f"f{i}"](1, 2, 3, k=4) + namespace[f"s{i}"](2)
        total += sum(namespace[f"g{i}"](3))
        c = namespace[f"C{i}"](i)
        total += c.twice + c.m() + c.m(1)
        own = {}
        exec(bodies[i], own)
        total += own["total"] + len(own["names"])
        total += (lambda x: x + i)(1)
    results[k] = total


threads = [threading.Thread(target=work, args=(k,)) for k in range(THREADS)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(results)


def never(a):
    return a


def recursive(n):
    return n and n + recursive(n - 1)


print(never.__code__.co_code == (lambda a: a).__code__.co_code, never.__code__.co_nlocals, recursive(50), never.__code__.replace(co_name="other").co_name, hash(never.__code__) == hash(never.__code__))
gen = namespace["g1"]
it = gen(2)
print(it.gi_frame.f_lasti >= 0, next(it), it.gi_frame.f_lineno == gen.__code__.co_firstlineno + 1, list(it))
