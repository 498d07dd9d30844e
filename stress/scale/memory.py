# SPDX-License-Identifier: MIT
"""What things cost in memory: `memory.py [--check] [--threads N] [FIGURE...]`.

Each figure is taken in a process of its own, so that none is of memory that another gave back, and printed beside its limit:
the promise, or, where that is not met, what is needed, with the reason. --check exits with status 1 when one is over its limit.
Limits are Heddle's: CPython's figures, of `python3.11 memory.py`, are to compare with.
"""
import argparse
import gc
import subprocess
import sys
import threading
import time

N = 1_000_000


def resident():
    """Bytes, counted exactly: statm may be behind by some pages a processor."""
    with open("/proc/self/smaps_rollup") as rollup:
        return next(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Rss:"))


class Pair:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def learnt(cls):
    """One that was made when the class knew how many attributes its instances have."""
    return [cls(i, i) for i in range(100)][-1]


def growth(cls):
    learnt(cls)
    kept = [None] * N
    before = resident()
    for i in range(N):
        kept[i] = cls(1, 2)
    return (resident() - before) / N


def growth_alone(cls):
    gc.disable()
    return growth(cls)


def size(make):
    return sys.getsizeof(make()) / N


def list_growth(make):
    kept = [make(N) for _ in range(2)]  # not from memory that is there already
    before = resident()
    kept += [make(N) for _ in range(8)]
    return (resident() - before) / N / 8


def threads(count):
    """Resident KB after the last thread beside those after 1,000, all started and joined one after the other."""
    def work():
        kept[0] = object()  # not a list that grows with the number of threads: the allocator keeps some of that

    def some(n):
        for _ in range(n):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        time.sleep(1)  # what was wanted for a moment is given back
        return resident() // 1024

    kept = [None]
    first = some(1000)
    last = some(count - 1000)
    print(f"{first} KB after 1,000, {last} KB after {count:,}", file=sys.stderr)
    return last - first


# name: (unit, limit, figure, why the limit is above what was promised or above the bare minimum)
FIGURES = {
    "instance": ("bytes", 48, lambda n: sys.getsizeof(learnt(Pair)),
                 "promised: a header of 16, shape and count of cells 8, the word for more 8, two cells 16"),
    "instance_slots": ("bytes", 32, lambda n: sys.getsizeof(learnt(Slotted)), "a header and two cells"),
    "instance_resident": ("bytes", 48.6, lambda n: growth_alone(Pair),
                          "beside the 48 promised: what a page and a chunk say of their blocks"),
    "instance_collected": ("bytes", 51, lambda n: growth(Pair),
                           "promised 48, missed by the 2 MB, and never more than 4, that the C library keeps of the collector's marks and counts "
                           "for the next time (region.c says why): half a byte with four million"),
    "list_times_int": ("bytes an item", 8.1, lambda n: size(lambda: [0] * N), "promised; the items are in the list itself"),
    "list_times_float": ("bytes an item", 8.1, lambda n: size(lambda: [0.5] * N), "promised; as above"),
    "list_range": ("bytes an item", 8.1, lambda n: size(lambda: list(range(N))), "promised: as long as the range says"),
    "list_tuple": ("bytes an item", 8.1, lambda n: size(lambda: list(tuple(range(N)))), "promised"),
    "list_map": ("bytes an item", 9.1, lambda n: size(lambda: list(map(float, range(N)))),
                 "a map does not say how long it is: it grows by an eighth at a time"),
    "list_comprehension": ("bytes an item", 9.1, lambda n: size(lambda: [i * 0.5 for i in range(N)]), "the same"),
    "list_int_resident": ("bytes an item", 8.1, lambda n: list_growth(lambda n: list(range(n))), "promised; the mean of eight lists"),
    "list_float_resident": ("bytes an item", 8.1, lambda n: list_growth(lambda n: [0.5] * n), "the same"),
    "threads": ("KB", 400, threads, "promised: none, however many; what is there grows by some pages of stacks and begun blocks, and levels off"),
}


def main():
    parser = argparse.ArgumentParser(description="What things cost in memory")
    parser.add_argument("figures", nargs="*", metavar="FIGURE")
    parser.add_argument("--check", action="store_true", help="fail when a figure is over its limit")
    parser.add_argument("--threads", type=int, default=100_000, metavar="N", help="so many one after the other")
    parser.add_argument("--limit-factor", type=float, default=1, metavar="F", help="limits times F: to see that they can fail")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(FIGURES[options.one][2](options.threads))
        return
    for name in options.figures:
        if name not in FIGURES:
            sys.exit(f"memory.py: no figure is called {name!r}")
    over = []
    print(f"{'figure':20} {'':>12} {'limit':>9}")
    for name in options.figures or FIGURES:
        unit, limit, _, why = FIGURES[name]
        limit *= options.limit_factor
        child = subprocess.run([sys.executable, __file__, "--one", name, "--threads", str(options.threads)], capture_output=True, text=True)
        if child.returncode:
            sys.exit(f"{name}: {child.stderr}")
        figure = float(child.stdout)
        if figure > limit:
            over.append(name)
        print(f"{name:20} {figure:12,.3f} {limit:9,.2f} {unit:13} {why}" + (f" ({child.stderr.strip()})" if child.stderr else ""), flush=True)
    if options.check and over:
        sys.exit(f"over the limit: {', '.join(over)}")


if __name__ == "__main__":
    main()
