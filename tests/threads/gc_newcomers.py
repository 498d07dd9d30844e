# SPDX-License-Identifier: MIT
# A finalizer makes a new object, hangs it on the garbage it is part of, and lets it refer to garbage: what the new one refers
# to outlives it.
import gc
import threading

died = []


class Plain:
    def __init__(self, n): self.n = n
    def __del__(self): died.append("plain")


class Newcomer:
    def __init__(self, plain): self.plain = plain
    def __del__(self): died.append(f"newcomer of {type(self.plain).__name__} {self.plain.n}")


class Node:
    def __del__(self):
        died.append("node")
        self.attached = Newcomer(self.plain)


def make(n, kind):
    node = kind()
    node.me, node.plain = node, Plain(n)
    kept[0] = node # seen by all threads
    kept[0] = None


class Local(Node):
    def __del__(self):
        super().__del__()
        self.more = [Newcomer(self.plain), self.attached]


kept = [None]
threads = [threading.Thread(target=make, args=(n, Local if n % 2 else Node)) for n in range(20)]
for thread in threads:
    thread.start()
    thread.join()
for n in range(20, 30): make(n, Node)
for _ in range(3): gc.collect()
print({what: died.count(what) for what in sorted(set(died))})


# Classes made by the program are found by marking.
def make_class(n):
    class Own(Node): pass
    node = Own()
    node.me, node.plain, Own.node = node, Plain(n), node


died.clear()
for n in range(5): make_class(n)
for _ in range(3): gc.collect()
print({what: died.count(what) for what in sorted(set(died))})
