# SPDX-License-Identifier: MIT
"""Count primes by trial division over split ranges: `primes.py [THREADS]`.

Plain int loops in one half of the ranges, generator expressions in the other. The ranges are the same whatever the number
of threads; threads take them from a shared list.
"""
import os
import sys
import threading

CHUNK = 2000


def count_loop(lo, hi):
    """Primes in [lo, hi), with while loops only; also the sum of them."""
    found = total = 0
    n = lo if lo > 2 else 2
    while n < hi:
        if n < 4:
            prime = True
        elif n % 2 == 0 or n % 3 == 0:
            prime = False
        else:
            prime = True
            d = 5
            while d * d <= n:
                if n % d == 0 or n % (d + 2) == 0:
                    prime = False
                    break
                d += 6
        if prime:
            found += 1
            total += n
        n += 1
    return found, total


def count_generator(lo, hi):
    """The same with generator expressions."""
    found = total = 0
    for n in range(max(lo, 2), hi):
        if n % 2 == 0:
            prime = n == 2
        else:
            prime = all(n % d for d in range(3, int(n ** 0.5) + 1, 2))
        if prime:
            found += 1
            total += n
    return found, total


def main(threads, scale):
    limit = max(CHUNK, round(2_100_000 * scale) // CHUNK * CHUNK)
    ranges = [(i, lo, lo + CHUNK) for i, lo in enumerate(range(0, limit, CHUNK))]
    results = [None] * len(ranges)
    todo, lock = list(reversed(ranges)), threading.Lock()

    def work():
        while True:
            with lock:
                if not todo:
                    return
                i, lo, hi = todo.pop()
            results[i] = count_generator(lo, hi) if i % 4 == 3 else count_loop(lo, hi)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    check = 0
    for found, total in results:
        check = (check * 1_000_003 + found * 7919 + total) % (2 ** 61 - 1)
    print(f"{sum(r[0] for r in results)} primes below {limit}, sum {sum(r[1] for r in results)}, check {check}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2, float(os.environ.get("HEDDLE_WORKLOAD_SCALE", "1")))
