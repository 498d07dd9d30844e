# SPDX-License-Identifier: MIT
"""A planetary system integrated step by step, one private copy a job: `nbody.py [THREADS]`.

Sixteen systems with different starting points are integrated independently (symplectic Euler); threads take them in turn. Instances with float
attributes, nested loops, no sharing. Prints each system's energy before and after.
"""
import os
import sys
import threading

SYSTEMS = 16


class Body:
    def __init__(self, mass, x, y, z, vx, vy, vz):
        self.mass = mass
        self.x, self.y, self.z = x, y, z
        self.vx, self.vy, self.vz = vx, vy, vz


def make_system(seed):
    """A heavy centre and four light bodies on slightly different, inclined circles (units in which G is 1)."""
    bodies = [Body(1000.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)]
    for k in range(1, 5):
        radius = 10.0 * k + seed * 0.25
        speed = (1000.0 / radius) ** 0.5
        tilt = 0.05 * ((seed + k) % 4)
        if k % 2:
            bodies.append(Body(0.5 * k, radius, 0.0, radius * tilt, 0.0, speed, 0.0))
        else:
            bodies.append(Body(0.5 * k, 0.0, -radius, 0.0, speed, 0.0, speed * tilt))
    px = sum(b.vx * b.mass for b in bodies)
    py = sum(b.vy * b.mass for b in bodies)
    pz = sum(b.vz * b.mass for b in bodies)
    sun = bodies[0]
    sun.vx, sun.vy, sun.vz = -px / sun.mass, -py / sun.mass, -pz / sun.mass
    return bodies


def energy(bodies):
    total = 0.0
    for i, a in enumerate(bodies):
        total += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
        for b in bodies[i + 1:]:
            dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
            total -= a.mass * b.mass / (dx * dx + dy * dy + dz * dz) ** 0.5
    return total


def advance(bodies, steps, dt):
    pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1:]]
    for _ in range(steps):
        for a, b in pairs:
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            square = dx * dx + dy * dy + dz * dz
            pull = dt / (square * square ** 0.5)
            ma = a.mass * pull
            mb = b.mass * pull
            a.vx -= dx * mb
            a.vy -= dy * mb
            a.vz -= dz * mb
            b.vx += dx * ma
            b.vy += dy * ma
            b.vz += dz * ma
        for body in bodies:
            body.x += dt * body.vx
            body.y += dt * body.vy
            body.z += dt * body.vz


def main(threads, scale):
    steps = max(20, round(44_000 * scale))
    lines = [None] * SYSTEMS

    def work(first):
        for seed in range(first, SYSTEMS, threads):
            bodies = make_system(seed)
            before = energy(bodies)
            advance(bodies, steps, 0.001)
            lines[seed] = f"system {seed:2}: energy {before:.9f} -> {energy(bodies):.9f}, first planet at {bodies[1].x!r}"

    workers = [threading.Thread(target=work, args=(k,)) for k in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    print(*lines, sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2, float(os.environ.get("HEDDLE_WORKLOAD_SCALE", "1")))
