# SPDX-License-Identifier: MIT
# oracle: env HEDDLE_DEBUG=failonce=1000000000
"""Single allocations fail, and what is left goes on: sets that could not grow, code from a cache file."""
import importlib.machinery
import os
import sys
import tempfile

from _testcapi import remove_mem_hooks, set_nomemory

# ---- a set that never gets the memory to grow ----------------------------------------------------------------------------
s, missing, keys = set(), 0, range(1000, 1040)
s.add(0)
if sys.implementation.name != "cpython": # whose searches never end once the table is full
    for key in keys:
        set_nomemory(0)
        try:
            s.add(key)
        except MemoryError:
            pass
        finally:
            remove_mem_hooks()
        missing += 2000 in s
        s.discard(0)
    s.update(keys)
s |= set(keys)
print(missing, sorted(s - {0}) == list(keys))

# ---- code by way of the cache file's name ---------------------------------------------------------------------------------
sys.dont_write_bytecode = False
path = os.path.join(tempfile.mkdtemp(), "some_module.py")
with open(path, "w") as f:
    f.write("x = 1\n")
loader = importlib.machinery.SourceFileLoader("some_module", path)
wanted, good = loader.get_code("some_module"), True
for n in range(60 if sys.implementation.name != "cpython" else 0): # there all fail from then on
    set_nomemory(n)
    try:
        got = loader.get_code("some_module")
    except MemoryError:
        got = wanted
    finally:
        remove_mem_hooks()
    good = good and got == wanted
print(good)
