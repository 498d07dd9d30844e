# SPDX-License-Identifier: MIT
"""The Mandelbrot set in plain floats: `mandelbrot.py [THREADS]`.

Rows are dealt out to the threads; each result goes to its own place in one shared list. Prints a small picture and a
checksum of all iteration counts.
"""
import os
import sys
import threading

LEFT, RIGHT, TOP, BOTTOM, DEPTH = -2.0, 0.6, -1.2, 1.2, 120


def row_counts(y, width, height):
    ci = TOP + (BOTTOM - TOP) * y / height
    step = (RIGHT - LEFT) / width
    counts = [0] * width
    cr = LEFT
    for x in range(width):
        zr = zi = 0.0
        n = 0
        while n < DEPTH:
            rr = zr * zr
            ii = zi * zi
            if rr + ii > 4.0:
                break
            zi = 2.0 * zr * zi + ci
            zr = rr - ii + cr
            n += 1
        counts[x] = n
        cr += step
    return counts


def main(threads, scale):
    height = max(8, round(860 * scale ** 0.5))
    width = height * 5 // 4
    rows = [None] * height

    def work(first):
        for y in range(first, height, threads):
            rows[y] = row_counts(y, width, height)

    workers = [threading.Thread(target=work, args=(k,)) for k in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    shades = " .:-=+*#%@"
    for y in range(0, height, max(1, height // 20)):
        print("".join(shades[min(9, rows[y][x] * 10 // DEPTH)] for x in range(0, width, max(1, width // 64))))
    check = 0
    for row in rows:
        for n in row:
            check = (check * 31 + n) % 1_000_000_007
    print(f"{width}x{height}, {sum(map(sum, rows))} iterations, check {check}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2, float(os.environ.get("HEDDLE_WORKLOAD_SCALE", "1")))
