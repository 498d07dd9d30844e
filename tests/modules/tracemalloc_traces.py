# SPDX-License-Identifier: MIT
# oracle: unshared what is SHARED dies after a handshake, not at once
# tracemalloc: what is traced, where it was allocated, and what stopping forgets.
import gc
import os
import subprocess
import sys
import threading
import tracemalloc

here = os.path.basename(__file__)


def where(obj):
    trace = tracemalloc.get_object_traceback(obj)
    return trace and [(os.path.basename(frame.filename), frame.lineno) for frame in trace]


class Thing:
    def __init__(self):
        self.items = [object() for _ in range(3)]


def make():
    return Thing()


before = Thing()
print("off:", tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc.get_object_traceback(before))
try:
    tracemalloc.take_snapshot()
except RuntimeError as error:
    print("off:", error)
for bad in (0, -1, 65536, "1"):
    try:
        tracemalloc.start(bad)
    except (ValueError, TypeError) as error:
        print("start:", type(error).__name__, error)

tracemalloc.start(3)
print("on:", tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())
thing = make()
data = b"x" * 1_000_000
text = "y" * len(data)
grown = []
for _ in range(1000):
    grown.append(None)
print("before:", where(before))
print("made by a call:", where(thing.items[0]))
print("bytes:", where(data), "str:", where(text))

# Sizes.
current, peak = tracemalloc.get_traced_memory()
print("current:", 2_000_000 < current < 2_200_000, "peak:", peak >= current)
line = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, __file__)]).statistics("lineno")[0]
print("largest:", os.path.basename(line.traceback[0].filename), 1_000_000 <= line.size < 1_001_000)
current, peak = tracemalloc.get_traced_memory()
del data
fallen = tracemalloc.get_traced_memory()
print("fallen by:", 900_000 <= current - fallen[0] < 1_010_000, fallen[1] == peak)
tracemalloc.reset_peak()
print("peak again:", tracemalloc.get_traced_memory()[1] < peak)
print("own memory:", tracemalloc.get_tracemalloc_memory() > 0)

# Comparing snapshots.
first = tracemalloc.take_snapshot()
kept = [bytes(1000) for _ in range(500)]
second = tracemalloc.take_snapshot()
differences = second.compare_to(first, "lineno")
largest = max((d for d in differences if d.traceback[0].filename == __file__), key=lambda d: d.size_diff)
print("difference:", largest.count_diff >= 500, 500_000 <= largest.size_diff < 600_000)
print("grouped:", {os.path.basename(s.traceback[0].filename) for s in second.statistics("filename")} >= {here})
trace = next(t for t in second.traces if t.size >= 1_000_000)
print("trace:", trace.domain, len(trace.traceback) <= 3, trace.traceback.total_nframe)

# What other threads allocate and free.
results = []


def worker(n):
    mine = [bytes(500) for _ in range(200)]
    results.append((mine, where(mine[0])))


threads = [threading.Thread(target=worker, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("threads:", all(len(trace) == 3 and trace[-1][0] == here for _, trace in results), results[0][1] == results[-1][1])
filled = tracemalloc.get_traced_memory()[0]
results.clear()
gc.collect()
print("their memory is back:", filled - tracemalloc.get_traced_memory()[0] > 350_000)

tracemalloc.clear_traces()
print("cleared:", where(thing.items[0]), tracemalloc.get_traced_memory()[0] < 100_000)
again = Thing()
print("goes on:", where(again.items[0]) is not None)
tracemalloc.stop()
print("stopped:", where(again.items[0]), tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
tracemalloc.start()
print("one frame:", where(make().items[0]) == [(here, 21)], tracemalloc.get_traceback_limit())
tracemalloc.stop()

# The options, and what warnings make of it.
program = "import tracemalloc as t; print(t.is_tracing(), t.get_traceback_limit())"


def run(*options, code=program, **environment):
    done = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, env={**os.environ, **environment})
    return done.returncode, done.stdout.strip(), done.stderr.strip().splitlines()[:1]


print(run(), run("-X", "tracemalloc"), run("-X", "tracemalloc=7"), run(PYTHONTRACEMALLOC="5"))
print(run("-X", "tracemalloc=3", PYTHONTRACEMALLOC="5"), run(PYTHONTRACEMALLOC="0"))
for bad in ("-1", "x"):
    print(run("-X", "tracemalloc=" + bad), run(PYTHONTRACEMALLOC=bad))
leak = "import sys\nf = open(sys.executable)\nf = None\n"
done = subprocess.run([sys.executable, "-X", "tracemalloc=2", "-W", "always", "-c", leak], capture_output=True, text=True)
print(done.stderr.splitlines()[1:])
