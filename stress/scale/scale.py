# SPDX-License-Identifier: MIT
"""The scaling suite: `scale.py [-n ITERATIONS] [-t THREADS,...] [-r RUNS] [--processes] [--check] [PATTERN...]`.

Runs every pattern of patterns.py (or those named; a group's name means the group) with each number of threads, all threads
doing the same n iterations, and prints

    ns       wall time of an iteration with one thread
    cpu      processor time of an iteration, with each number of threads: it grows when threads get into each other's way,
             and is the figure to trust on a busy machine
    speed    work a second with T threads against one: T when it scales perfectly
    of       with --processes: the work of T threads against that of T processes, which share nothing, run right behind them: 1
             when the threads get all that the machine has to give, also on one whose other cores come and go. The median of the runs
    and, in a build that counts (preset `counters`), per 1000 iterations with the most threads:
    rmw      atomic read-modify-writes       st      stores into SHARED slots, opcodes and cache words
    lock     object locks and mutexes        cont    locks found held
    hs       rounds of the handshake         hot     promotions

--check (a counting build): exits with status 1 when a pattern of the groups `read` and `private` writes anything shared, or
takes a lock, more often than EXCUSE says: what is below are the threads' start and meeting, rounds, collections and credits given
up by the clock. Patterns of the groups `write` and `pass` have a limit each for read-modify-writes, stores and locks of an
iteration of their loop (LIMITS in patterns.py). It is for one thread; several, which meet at a lock, may take CONTENDED times as
much. Rounds of the handshake are not in it: they may take a share of the time, however short an iteration is.

--tight: with one thread, exits with status 1 when a pattern takes less than half of its limit of read-modify-writes, which then says nothing.
"""
import argparse
import os
import statistics
import struct
import sys
import threading
import time

from patterns import LIMITS, PATTERNS, Shared

try:
    import _heddle
    counters = _heddle.counters if _heddle.counting else None
except ImportError:
    counters = None

WARM_UP = 20_000  # caches are warm, and what is counted all the time has credits, before anything is measured
EXCUSE = 10.0  # rmw + st + lock per 1000 iterations, besides ...
MEETING = 600  # ... what starting and meeting costs a run
CONTENDED = 1.5
ROUND = {"rmw": 16, "lock": 6}  # what a round takes, by whomever
COLUMNS = {"rmw": ("rmw",), "st": ("shared_stores", "code_writes"), "lock": ("object_locks", "locks"),
           "cont": ("contended",), "park": ("parks",), "hs": ("handshakes",), "hot": ("promotions",)}


def run(function, n, threads, shared, ready=lambda: None):
    """When the first thread started and the last one ended, in seconds; processor time; and what was counted meanwhile. All are
    warm when ready() is called, and start when it comes back."""
    warm, start, finish = (threading.Barrier(threads + 1) for _ in range(3))
    times = []

    def work():
        function(WARM_UP, shared)
        warm.wait()
        start.wait()
        began, used = time.perf_counter(), time.thread_time()
        function(n, shared)
        times.append((began, time.perf_counter(), time.thread_time() - used))
        finish.wait()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    warm.wait()
    ready()
    before = counters() if counters else {}
    start.wait()
    finish.wait()
    after = counters() if counters else {}
    for worker in workers:
        worker.join()
    began, ended = min(began for began, _, _ in times), max(end for _, end, _ in times)
    return began, ended, sum(used for _, _, used in times), {name: after[name] - before[name] for name in after}


def child(function, n, tell, go):
    """A process of its own: says by `tell` that it is warm, waits for a byte from `go`, tells when it started and ended."""
    def ready():
        os.write(tell, b"w")
        os.read(go, 1)

    status = 1
    try:
        began, ended, _, _ = run(function, n, 1, Shared(), ready)
        os.write(tell, struct.pack("dd", began, ended))
        status = 0
    finally:
        os._exit(status)


def run_processes(function, n, count):
    """Seconds from the first process's start to the last one's end, each with one thread."""
    go, started = os.pipe()
    told, pids = [], []
    for _ in range(count):
        told_by, tell = os.pipe()
        pid = os.fork()
        if not pid:
            child(function, n, tell, go)
        os.close(tell)
        told.append(told_by)
        pids.append(pid)
    warm = [os.read(pipe, 1) for pipe in told]
    os.write(started, b"g" * count)
    times = [struct.unpack("dd", os.read(pipe, 16)) for pipe in told if all(warm)]
    for pipe in (go, started, *told):
        os.close(pipe)
    if any([os.waitpid(pid, 0)[1] for pid in pids]):
        sys.exit("scale.py: a process failed")
    return max(ended for _, ended in times) - min(began for began, _ in times)


def measure(function, n, counts, runs, processes):
    wall, cpu, counted, shares = {}, {}, {}, {threads: [] for threads in counts}
    for _ in range(runs):
        for threads in counts:
            began, ended, used, events = run(function, n, threads, Shared())
            seconds = ended - began
            wall[threads] = min(wall.get(threads, seconds), seconds)
            if used <= cpu.get(threads, used):
                cpu[threads], counted[threads] = used, events
            if processes and threads > 1:
                shares[threads].append(run_processes(function, n, threads) / seconds)
    return wall, cpu, counted, shares


def per_thousand(events, n, threads):
    return {column: sum(events[name] for name in names) * 1000 / (n * threads) for column, names in COLUMNS.items()}


def broken(name, group, events, n, threads):
    """What a pattern did more often than it may, as text."""
    rates = per_thousand(events, n, threads)
    meeting = MEETING * 1000 / (n * threads)
    if group in ("write", "pass"):
        loop, *limits, _ = LIMITS[name]
        over = []
        for column, limit in zip(("rmw", "st", "lock"), limits):
            each = (rates[column] - meeting - ROUND.get(column, 0) * rates["hs"]) * loop / 1000
            if each > limit * (CONTENDED if threads > 1 else 1):
                over.append(f"{each:.2f} {column} of {limit}")
        return ", ".join(over)
    written = rates["rmw"] + rates["st"] + rates["lock"] - meeting
    return f"{written:.1f} writes in 1000" if written > EXCUSE else ""


def is_loose(name, events, n):
    loop, rmw, *_ = LIMITS[name]
    rates = per_thousand(events, n, 1)
    return (rates["rmw"] - ROUND["rmw"] * rates["hs"]) * loop / 1000 < rmw / 2


def chosen(words):
    unknown = [w for w in words if w not in PATTERNS and w not in {group for group, _ in PATTERNS.values()}]
    if unknown:
        sys.exit(f"scale.py: no pattern or group is called {unknown[0]!r}")
    return [(name, group, function) for name, (group, function) in PATTERNS.items()
            if (not words and group != "fault") or name in words or group in words]


def main():
    parser = argparse.ArgumentParser(description="The scaling suite")
    parser.add_argument("patterns", nargs="*", metavar="PATTERN")
    parser.add_argument("-n", type=int, default=200_000, help="iterations")
    parser.add_argument("-t", default="1,2", help="numbers of threads")
    parser.add_argument("-r", type=int, default=3, help="runs, of which the best counts")
    parser.add_argument("--processes", action="store_true", help="compare with processes")
    parser.add_argument("--check", action="store_true", help="fail when a read writes, or a write does more than it may")
    parser.add_argument("--tight", action="store_true", help="fail when a limit is twice what is needed")
    options = parser.parse_args()
    counts = [int(word) for word in options.t.split(",")]
    if (options.check or options.tight) and not counters:
        sys.exit("scale.py: --check and --tight need a build that counts (cmake --preset counters)")
    print(f"{'pattern':24} {'group':8} {'ns':>8}" + "".join(f" {f'cpu {t}':>8}" for t in counts) +
          "".join(f" {f'speed {t}':>8}" for t in counts[1:]) +
          "".join(f" {f'of {t}':>8}" for t in counts[1:] if options.processes) +
          ("".join(f" {column:>8}" for column in COLUMNS) if counters else ""))
    faults = []
    for name, group, function in chosen(options.patterns):
        wall, cpu, counted, shares = measure(function, options.n, counts, options.r, options.processes)
        line = f"{name:24} {group:8} {wall[counts[0]] * 1e9 / options.n:8.1f}"
        line += "".join(f" {cpu[t] * 1e9 / options.n / t:8.1f}" for t in counts)
        line += "".join(f" {wall[counts[0]] * t / counts[0] / wall[t]:8.2f}" for t in counts[1:])
        line += "".join(f" {statistics.median(shares[t]):8.2f}" for t in counts[1:] if options.processes)
        if counters:
            rates = per_thousand(counted[counts[-1]], options.n, counts[-1])
            line += "".join(f" {rates[column]:8.1f}" for column in COLUMNS)
            if options.check:
                for threads in counts:
                    over = broken(name, group, counted[threads], options.n, threads)
                    if over:  # not by itself: a collection, or credits given up, in a short run?
                        _, _, again, _ = measure(function, options.n * 4, [threads], 1, False)
                        over = broken(name, group, again[threads], options.n * 4, threads)
                    if over:
                        faults.append(f"{name} with {threads}: {over}")
            if options.tight and name in LIMITS and 1 in counts and is_loose(name, counted[1], options.n):
                faults.append(f"{name}: a limit of {LIMITS[name][1]} is too much")
        print(line, flush=True)
    if faults:
        sys.exit("over the limit:\n" + "\n".join(faults))


if __name__ == "__main__":
    main()
