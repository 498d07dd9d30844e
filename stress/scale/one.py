# SPDX-License-Identifier: MIT
"""One pattern by itself, for heddle-compare: `one.py PATTERN [THREADS] [-n ITERATIONS]`.

    build/counters/heddle-compare --threads 1,2 stress/scale/one.py lock_section {threads}

Does ITERATIONS of a pattern of patterns.py in 48 equal parts, of which each thread takes its share, and prints a checksum of
what is left in the shared objects. It does not depend on the number of threads: an item that was lost, or a lock that did not
keep others out, changes it.
"""
import argparse
import os
import sys
import threading
import zlib

from patterns import PATTERNS, Shared

PARTS = 48


def main():
    parser = argparse.ArgumentParser(description="One pattern by itself")
    parser.add_argument("pattern", metavar="PATTERN")
    parser.add_argument("threads", nargs="?", type=int, default=2, metavar="THREADS")
    parser.add_argument("-n", type=int, default=4_800_000, help="iterations of all threads together (4,800,000); "
                        "HEDDLE_WORKLOAD_SCALE in the environment multiplies them")
    options = parser.parse_args()
    if options.pattern not in PATTERNS:
        sys.exit(f"one.py: no pattern is called {options.pattern!r}")
    if options.threads < 1:
        sys.exit("one.py: at least one thread is needed")
    _, function = PATTERNS[options.pattern]
    part = max(1, int(options.n * float(os.environ.get("HEDDLE_WORKLOAD_SCALE", 1))) // PARTS)
    shared, done = Shared(), []

    def work(first):
        for _ in range(first, PARTS, options.threads):
            function(part, shared)
            done.append(part)

    workers = [threading.Thread(target=work, args=(first,)) for first in range(options.threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"{options.pattern}: {sum(done):,} iterations, checksum {zlib.crc32(repr(shared.state()).encode()):08x}")


if __name__ == "__main__":
    main()
