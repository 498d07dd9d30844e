# SPDX-License-Identifier: MIT
"""How long collections took: gc.get_stats(pauses=True), which CPython does not have."""
import gc
import threading


class Node:
    pass


nodes = [Node() for _ in range(1000)]
for node in nodes:
    node.me = node
worker = threading.Thread(target=gc.collect)
worker.start()
worker.join()
before = gc.get_stats(pauses=True)
gc.collect()
after = gc.get_stats(pauses=True)
print([set(row) for row in gc.get_stats()] == [{"collections", "collected", "uncollectable"}] * 3)
print([sorted(set(row) - {"collections", "collected", "uncollectable"}) for row in after])
print(all(0 <= row["longest"] <= row["seconds"] for row in after), after[2]["seconds"] > before[2]["seconds"])
old = after[2]
print(0 <= old["longest_stop"] <= old["stopped"] <= old["seconds"], 0 <= old["longest_wait"] <= old["waited"],
      (old["stops"] > before[2]["stops"]) == (old["stopped"] > before[2]["stopped"]))
try:
    gc.get_stats(True)
except TypeError as e:
    print(e)
