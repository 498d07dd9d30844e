# SPDX-License-Identifier: MIT
"""Threads walk and update one shared tree of instances, dicts and lists: `shared_tree.py [THREADS]`.

The tree is built once by the main thread. Every thread then takes jobs from a common counter: most jobs only read (search
a path, sum a branch, look up tags), some update a branch under that branch's lock, and some publish a fresh record with a
plain attribute store. All updates commute, so the final state does not depend on the order.
"""
import itertools
import os
import sys
import threading

FANOUT, DEPTH, BRANCHES = 4, 5, 16


class Node:
    """An inner node: children in a list, tags in a dict, statistics in an instance of its own."""

    def __init__(self, key, depth):
        self.key, self.depth = key, depth
        self.children = [Node(key * FANOUT + i + 1, depth - 1) for i in range(FANOUT)] if depth else []
        self.tags = {f"tag{key % 7}": key, "depth": depth, "weight": key * 37 % 101}
        self.visits = 0
        self.latest = Record(0, key)


class Record:
    def __init__(self, version, key):
        self.version, self.key, self.double = version, key, key * 2

    def consistent(self):
        return self.double == self.key * 2


class Branch:
    """A named part of the tree with the lock for its updates and what was added up in it."""

    def __init__(self, number):
        self.root = Node(number, DEPTH)
        self.lock = threading.Lock()
        self.added, self.log, self.seen = 0, [], {}


def find(node, path):
    for step in path:
        if not node.children:
            break
        node = node.children[step % FANOUT]
    return node


def weigh(node):
    total = node.tags["weight"] + node.tags["depth"]
    for child in node.children:
        total += weigh(child)
    return total


def read_job(branches, n):
    branch = branches[n % BRANCHES]
    node = find(branch.root, (n, n >> 2, n >> 4)[:1 + n % 3])
    if not node.latest.consistent():
        raise AssertionError("a record was seen half made")
    total = weigh(node)
    for key, value in node.tags.items():
        total += len(key) * value
    return total


def update_job(branches, n):
    branch = branches[n * 7 % BRANCHES]
    node = find(branch.root, (n, n >> 3))
    with branch.lock:
        branch.added += n % 13
        node.visits += 1
        branch.seen[n % 50] = branch.seen.get(n % 50, 0) + 1
        branch.log.append(n)
    node.latest = Record(n, node.key)
    return n % 13


def main(threads, scale):
    branches = [Branch(i) for i in range(BRANCHES)]
    jobs = max(50, round(130_000 * scale))
    counter = itertools.count()
    sums = [0] * threads

    def work(k):
        total = 0
        while (n := next(counter)) < jobs:
            total += update_job(branches, n) if n % 5 == 0 else read_job(branches, n)
        sums[k] = total

    workers = [threading.Thread(target=work, args=(k,)) for k in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()

    def visits(node):
        return node.visits + sum(visits(c) for c in node.children)

    print(f"{jobs} jobs, sum {sum(sums)}, added {sum(b.added for b in branches)}, visits {sum(visits(b.root) for b in branches)}")
    check = 0
    for b in branches:
        for n in sorted(b.log):
            check = (check * 31 + n) % 1_000_000_007
        for key, count in sorted(b.seen.items()):
            check = (check * 37 + key * count) % 1_000_000_007
    print(f"check {check}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2, float(os.environ.get("HEDDLE_WORKLOAD_SCALE", "1")))
