# SPDX-License-Identifier: MIT
"""Functions of a module read from its cache file: what several threads see of them, all asking for the first time."""
import importlib.util
import marshal
import os
import sys
import tempfile
import threading

N, THREADS = 60, 4
SOURCE = "".join(f"""
def plain{i}(a, b={i}, *c, key="k{i}"):
    '''Plain {i}.'''
    def inner(x, y=(1, {i})):
        "Inner."
        return [x + z for z in y] + [a, b]
    return inner(a), c, key

def bare{i}(a): return lambda: (a, {i}, 0.5, "text {i}", b"bytes", frozenset)

def generator{i}(n):
    try:
        for k in range(n): yield k * {i}
    finally:
        closed.append({i})

class Class{i}:
    "A class."
    def method(self, v): "Method."; return v in {{1, 2, {i}}}
    async def coroutine(self): return self
""" for i in range(N)) + "closed = []\n"

sys.dont_write_bytecode = False
folder = tempfile.mkdtemp()
with open(os.path.join(folder, "cached_module.py"), "w") as f:
    f.write(SOURCE)
sys.path.insert(0, folder)
importlib.import_module("cached_module")
del sys.modules["cached_module"]
module = importlib.import_module("cached_module") # from the cache file
fresh = {}
exec(compile(SOURCE, module.__file__, "exec"), fresh)
print(os.path.exists(importlib.util.cache_from_source(module.__file__)))

barrier = threading.Barrier(THREADS)
seen = [[] for _ in range(THREADS)]


def code_seen(code):
    inner = [c for c in code.co_consts if hasattr(c, "co_consts")]
    return [code.co_name, code.co_names, code.co_varnames, code.co_cellvars, code.co_freevars, list(code.co_lines())[:3],
            [c for c in code.co_consts if c not in inner], [code_seen(c) for c in inner]]


def work(k):
    out = seen[k]
    barrier.wait()
    for i in range(N):
        plain, bare, gen, cls = (getattr(module, f"{what}{i}") for what in ("plain", "bare", "generator", "Class"))
        out.append(plain(k, 2) == fresh[f"plain{i}"](k, 2))
        out.append([plain.__doc__, bare.__doc__, gen.__doc__, cls.__doc__, cls.method.__doc__])
        out.append(code_seen(bare.__code__))
        out.append([bare(3)(), sum(gen(4)), cls().method(i), cls().method(None)])
        out.append(gen.__code__ == fresh[f"generator{i}"].__code__)
        out.append(hash(cls.coroutine.__code__) == hash(fresh[f"Class{i}"].coroutine.__code__))
        out.append(marshal.loads(marshal.dumps(plain.__code__)) == plain.__code__)
    return


threads = [threading.Thread(target=work, args=(k,)) for k in range(THREADS)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(all(s == seen[0] for s in seen), len(seen[0]), len(module.closed))
print(*seen[0][:14], sep="\n")


# One thread: a function keeps its first code's text, and code that is read late is as good as any.
def documented():
    "The first."
def other():
    "The other."
documented.__code__ = other.__code__
print(documented.__doc__, documented())
del documented.__doc__
print(documented.__doc__)
documented.__doc__ = 5
print(documented.__doc__, type(documented).__dict__["__doc__"], type(other.__code__).__dict__["co_consts"])
del sys.modules["cached_module"]
again = importlib.import_module("cached_module")
again.plain1.__code__ = again.plain2.__code__
print(again.plain1.__doc__, again.plain2.__doc__, again.plain1(1)[2], again.plain3.__code__.replace(co_name="renamed").co_name)
print(len(again.plain4.__code__._varname_from_oparg(0)), list(again.plain5.__code__.co_positions())[5])
print(again.plain6.__code__.co_code == fresh["plain6"].__code__.co_code, again.plain7.__code__.co_exceptiontable,
      again.generator8.__code__.co_exceptiontable == fresh["generator8"].__code__.co_exceptiontable)
try:
    again.plain9()
except TypeError as e:
    print(e)
