# SPDX-License-Identifier: MIT
"""Threads import the same and different modules at once, compile and define classes."""
import importlib
import os
import shutil
import sys
import tempfile
import threading

root = tempfile.mkdtemp()
sys.path.insert(0, root)
sys.dont_write_bytecode = True


def write(name, text):
    with open(os.path.join(root, name + ".py"), "w") as f:
        f.write(text)


write("slow_mod", "import time\nruns = globals().get('runs', 0) + 1\ntime.sleep(0.05)\nvalue = 'complete'\n")
for i in range(20):
    write(f"leaf{i}", f"value = {i}\nnext_value = {i} + 1\n")
importlib.invalidate_caches()
results, lock = [], threading.Lock()


def run(f, n):
    results.clear()
    barrier = threading.Barrier(n)

    def body(k):
        barrier.wait()
        r = f(k)
        with lock:
            results.append(r)
    threads = [threading.Thread(target=body, args=(k,)) for k in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return sorted(results, key=repr)


def slow(k):
    import slow_mod
    return slow_mod.value, slow_mod.runs


print(set(run(slow, 8)))
print(run(lambda k: sum(importlib.import_module(f"leaf{i}").value for i in (range(20) if k % 2 else reversed(range(20)))), 6))
print(run(lambda k: len({id(importlib.import_module(f"leaf{i}")) for i in range(20)}), 4))


def exec_source(k):
    space = {}
    exec(compile(f"def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\nr = f(12) + {k}", f"<made {k}>", "exec"), space)
    return space["r"]


print(run(exec_source, 6))
print(run(lambda k: eval(f"[x * {k} for x in range(5)]"), 4))


def define(k):
    class Local:
        tag = k

        def get(self):
            return self.tag, type(self).__name__
    return [Local().get() for _ in range(50)][-1]


print(run(define, 5))
shutil.rmtree(root)

# A module's lock that dies held is free for others.
from importlib._bootstrap import _ModuleLock

forgotten = _ModuleLock("forgotten")
forgotten.acquire()
del forgotten


def acquire_anew():
    lock = _ModuleLock("forgotten")
    print("acquired", lock.acquire())
    lock.release()


thread = threading.Thread(target=acquire_anew)
thread.start()
thread.join()
