# SPDX-License-Identifier: MIT
# oracle: timeout 30
# A heap of many objects in every shape: what is reached in one way only lives, and what is not goes.
import gc
import threading
import weakref


class Node:
    def __init__(self, value):
        self.value = value


def ring(n):
    first = node = Node(0)
    for i in range(1, n):
        node.next = Node(i)
        node = node.next
    node.next = first
    return first


def tree(depth):
    if depth == 0:
        return Node(0)
    node = Node(depth)
    node.children = {"left": tree(depth - 1), "right": [tree(depth - 1)]}
    return node


def length(node):
    n, at = 1, node.next
    while at is not node:
        n, at = n + 1, at.next
    return n


def size(node):
    children = getattr(node, "children", None)
    return 1 + (size(children["left"]) + size(children["right"][0]) if children else 0)


def check():
    gc.collect()
    kept = {
        "ring": ring(40000),
        "tree": tree(13),
        "table": [(Node(i), [i]) for i in range(30000)],
        "dict": {i: {"self": Node(i)} for i in range(10000)},
        "set": {frozenset((i, "x")) for i in range(5000)},
    }
    kept["me"] = kept
    lost = [ring(1000) for i in range(20)]
    refs = [weakref.ref(node) for node in lost]
    del lost
    print(gc.collect() >= 20000, sum(ref() is not None for ref in refs))
    for i in range(2):
        print(length(kept["ring"]), size(kept["tree"]), sum(node.value == item[0] for node, item in kept["table"]),
              sum(d["self"].value == i for i, d in kept["dict"].items()), len(kept["set"]))
        gc.collect()
    probe = [weakref.ref(kept["tree"].children["right"][0]), weakref.ref(kept["table"][77][0]), weakref.ref(kept["ring"].next)]
    print([ref() is not None for ref in probe])
    del kept
    print(gc.collect() > 100000, [ref() for ref in probe])


check()
# The same while there are two threads, then in the other one.
go = threading.Event()
other = threading.Thread(target=lambda: (go.wait(), check()))
other.start()
check()
go.set()
other.join()
