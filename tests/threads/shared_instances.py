# SPDX-License-Identifier: MIT
"""Instances shared between threads: attributes, methods, properties, class attributes, growing shapes, locked state."""
import threading

N = 6


def run(f, n=N):
    threads = [threading.Thread(target=f, args=(k,)) for k in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


class Account:
    opened = 0
    lock = threading.Lock()

    def __init__(self, balance):
        self.balance = balance
        self.lock = threading.Lock()
        self.history = []
        with Account.lock:
            Account.opened += 1

    @property
    def entries(self):
        return len(self.history)

    def move(self, amount, note):
        with self.lock:
            self.balance += amount
            self.history.append((amount, note))


accounts = [Account(1000) for _ in range(5)]


def transfer(k):
    for i in range(400):
        a, b = accounts[(i + k) % 5], accounts[(i * 3 + k + 1) % 5]
        if a is b:
            continue
        a.move(-5, k)
        b.move(5, k)


run(transfer)
print(sum(a.balance for a in accounts), sum(a.entries for a in accounts), Account.opened)


class Growing:
    pass


g = Growing()


def grow(k):
    for i in range(200):
        setattr(g, f"a{k}_{i}", (k, i))


run(grow)
print(len(vars(g)), all(getattr(g, f"a{k}_{i}") == (k, i) for k in range(N) for i in range(200)))


def shrink(k):
    for i in range(200):
        delattr(g, f"a{k}_{i}")


run(shrink)
print(vars(g))


class Node:
    __slots__ = ("value", "left", "right", "lock")

    def __init__(self, value):
        self.value, self.left, self.right, self.lock = value, None, None, threading.Lock()

    def insert(self, value):
        node = self
        while True:
            side = "left" if value < node.value else "right"
            with node.lock:
                child = getattr(node, side)
                if child is None:
                    setattr(node, side, Node(value))
                    return
            node = child

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


root = Node(500)
run(lambda k: [root.insert((i * 379 + k * 101) % 997) for i in range(150)])
flat = list(root)
print(len(flat), flat == sorted(flat), sum(flat))


class Cls:
    pass


def class_attributes(k):
    for i in range(100):
        setattr(Cls, f"c{k}_{i}", i)
        assert getattr(Cls, f"c{k}_{i}") == i
        assert Cls().__class__ is Cls


run(class_attributes)
print(len([n for n in vars(Cls) if n.startswith("c")]))
latest = Growing()
latest.item = {"version": 0, "double": 0}
bad = []


def publish(k):
    if k == 0:
        for i in range(3000):
            latest.item = {"version": i, "double": i * 2}
    else:
        last = 0
        for _ in range(3000):
            item = latest.item
            if item["double"] != item["version"] * 2 or item["version"] < last:
                bad.append(item)
            last = item["version"]


run(publish, 3)
print(bad, latest.item)


class Lazy:
    made = 0
    lock = threading.Lock()

    def __init__(self):
        self._value = None

    @property
    def value(self):
        if self._value is None:
            with self.lock:
                if self._value is None:
                    Lazy.made += 1
                    self._value = [1, 2, 3]
        return self._value


lazies = [Lazy() for _ in range(50)]
got = []
run(lambda k: got.append([id(l.value) for l in lazies]))
print(Lazy.made, all(g == got[0] for g in got), len(got))


class Meta(type):
    registry = []
    lock = threading.Lock()

    def __new__(mcs, name, bases, ns):
        cls = super().__new__(mcs, name, bases, ns)
        with mcs.lock:
            mcs.registry.append(name)
        return cls


def make_classes(k):
    for i in range(20):
        cls = Meta(f"C{k}_{i}", (), {"who": lambda self, k=k: k})
        assert cls().who() == k


run(make_classes)
print(len(Meta.registry), len(set(Meta.registry)))


def closures():
    n = 0
    lock = threading.Lock()

    def bump(k):
        nonlocal n
        for _ in range(1000):
            with lock:
                n += 1
    run(bump)
    return n


print(closures())
