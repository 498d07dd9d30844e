# SPDX-License-Identifier: MIT
"""Runs bench.py under interpreters in turn, benchmark by benchmark, and prints the ratios.

    compare.py [-t SECONDS] [-r ROUNDS] PROGRAM[,PROGRAM...] [NAME...]

The first column is CPython (HEDDLE_ORACLE, or /usr/bin/python3.11), then each program with its ratio to it: above 1 is
faster than CPython.  The best of the rounds counts; the last line is the geometric mean.
"""

import math
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BENCH = os.path.join(HERE, "bench.py")


def names():
    sys.path.insert(0, HERE)
    sys.dont_write_bytecode = True
    import bench

    return [function.__name__ for function in bench.BENCHES]


def run(program, seconds, name):
    out = subprocess.run([program, BENCH, "-t", seconds, name], capture_output=True, text=True, timeout=300)
    if out.returncode:
        print(f"{program}: {name}: {out.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return math.nan
    return float(out.stdout.split()[1])


def main(arguments):
    seconds, rounds = "0.2", 2
    while arguments and arguments[0] in ("-t", "-r"):
        if arguments[0] == "-t":
            seconds = arguments[1]
        else:
            rounds = int(arguments[1])
        arguments = arguments[2:]
    if not arguments:
        sys.exit(__doc__)
    programs = [os.environ.get("HEDDLE_ORACLE", "/usr/bin/python3.11"), *arguments[0].split(",")]
    wanted = arguments[1:] or names()
    logs = [0.0] * len(programs)
    print(f"{'':<20}" + "".join(f"{os.path.basename(p):>14}{'':>7}" for p in programs))
    for name in wanted:
        best = [math.inf] * len(programs)
        for _ in range(rounds):
            for i, program in enumerate(programs):
                best[i] = min(best[i], run(program, seconds, name))
        line = f"{name:<20}{best[0]:14.2f}{'':>7}"
        for i, took in enumerate(best[1:], 1):
            logs[i] += math.log(best[0] / took)
            line += f"{took:14.2f}{best[0] / took:6.2f}x"
        print(line, flush=True)
    line = f"{'geometric mean':<20}{'':>21}"
    for i in range(1, len(programs)):
        line += f"{'':>14}{math.exp(logs[i] / len(wanted)):6.2f}x"
    print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
