# SPDX-License-Identifier: MIT
"""Threads that call a function of a cache file for the first time wait for each other: their arguments live on meanwhile."""
import importlib
import os
import sys
import tempfile
import threading

N, THREADS = 250, 4
CONSTANTS = ", ".join(f"{k}.5, 'text {k}'" for k in range(1000))
SOURCE = "".join(f"""
def plain{i}(a, _): return a.value + {i} if a else [{CONSTANTS}]
def more{i}(a, _, *rest, b=2, **named): return a.value + {i} if a else [{CONSTANTS}]
""" for i in range(N))

sys.dont_write_bytecode = False
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "cached_calls.py"), "w") as f:
        f.write(SOURCE)
    sys.path.insert(0, folder)
    importlib.import_module("cached_calls")
    del sys.modules["cached_calls"]
    module = importlib.import_module("cached_calls")


class Thing:
    def __init__(self, value):
        self.value = value

    def __del__(self):
        died.append(self.value)


died, shared, totals = [], {}, [0] * THREADS
barrier = threading.Barrier(THREADS)


def work(k):
    for i in range(N):
        shared[k] = Thing(i)
        shared[-k - 1] = Thing(i)
        plain, more = getattr(module, f"plain{i}"), getattr(module, f"more{i}")
        barrier.wait()
        # What the dict held is the call's own then: nothing else refers to it.
        totals[k] += plain(shared[k], shared.__delitem__(k))
        totals[k] += more(shared[-k - 1], shared.__delitem__(-k - 1), b=3, c=4)


threads = [threading.Thread(target=work, args=(k,)) for k in range(THREADS)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(totals)
