# SPDX-License-Identifier: MIT
# oracle: unshared a thread-local object that is SHARED keeps its values: they are LOCAL to their threads
"""threading.local in a cycle with its values is collected, in the thread that made it."""
import gc
import threading
import weakref


class Node:
    pass


def ring(kind=threading.local):
    node = Node()
    node.local = kind()
    node.local.node = node
    return weakref.ref(node), node


def ring_is_collected():
    watch, node = ring()
    del node
    gc.collect()
    return watch() is None


print("in a cycle with its values:", ring_is_collected())
answers = []
helper = threading.Thread(target=lambda: answers.append(ring_is_collected()))
helper.start()
helper.join()
print("in a thread:", answers)


class Kept(threading.local):
    def __init__(self, n):
        self.items = [n]


watch, node = ring(lambda: Kept(3))
gc.collect()
print("reachable:", watch() is node, node.local.items, node.local.node is node)


def half_is_collected():
    rings = [ring() for _ in range(100)]
    for _, node in rings[::2]:
        node.local.extra = 1
    watches, kept = [watch for watch, _ in rings], rings[::2]
    del rings, node
    gc.collect()
    return sum(watch() is not None for watch in watches), all(node.local.node is node and node.local.extra for _, node in kept)


print("some of many:", half_is_collected())
