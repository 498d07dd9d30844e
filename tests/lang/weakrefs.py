# SPDX-License-Identifier: MIT
"""Weak references, their callbacks, weak dictionaries and sets, finalize."""
import gc
import weakref


class Node:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"Node({self.name})"

    def method(self):
        return self.name


n = Node("a")
r = weakref.ref(n)
print(r() is n, r is weakref.ref(n), r == weakref.ref(n), hash(r) == hash(n), weakref.getweakrefcount(n), type(r).__name__, isinstance(r, weakref.ReferenceType))
log = []
r2 = weakref.ref(n, lambda ref: log.append(("died", ref is r2, ref())))
del n
gc.collect()
print(r(), r2(), log)
p_target = Node("p")
p = weakref.proxy(p_target)
print(p.name, p.method(), isinstance(p, Node), type(p).__name__)
p.name = "changed"
print(p_target.name, p == p, str(p))
del p_target
gc.collect()
try:
    p.name
except ReferenceError as e:
    print(e)
d = weakref.WeakValueDictionary()
a, b = Node("a"), Node("b")
d["a"], d["b"] = a, b
print(sorted(d), d["a"], len(d), "b" in d)
del a
gc.collect()
print(sorted(d), d.get("a"), list(d.values()), dict(d))
k = weakref.WeakKeyDictionary()
c = Node("c")
k[b], k[c] = 1, 2
del c
gc.collect()
print(len(k), list(k.items()))
s = weakref.WeakSet([b])
t = Node("t")
s.add(t)
print(len(s), t in s)
del t
gc.collect()
print(len(s), list(s))
f_target = Node("f")
f = weakref.finalize(f_target, log.append, "finalized")
print(f.alive, f.peek()[2])
del f_target
gc.collect()
print(f.alive, log[-1], f())
m_target = Node("m")
m = weakref.WeakMethod(m_target.method)
print(m()(), weakref.ref(m_target)().name)
del m_target
gc.collect()
print(m())
for thing in (5, "s", (1,), [], {}, None, object()):
    try:
        weakref.ref(thing)
        print("ok")
    except TypeError as e:
        print(e)
print(weakref.ref({1})() is None, weakref.ref(len)() is len, weakref.ref(Node)() is Node, weakref.ref(print) is weakref.ref(print))


class Slotted:
    __slots__ = ("x", "__weakref__")


class NoWeak:
    __slots__ = ()


x = Slotted()
print(weakref.ref(x)() is x)
try:
    weakref.ref(NoWeak())
except TypeError as e:
    print(e)


class Ref(weakref.ref):
    __slots__ = ("key",)

    def __new__(cls, obj, callback, key):
        self = super().__new__(cls, obj, callback)
        self.key = key
        return self

    def __init__(self, obj, callback, key):
        super().__init__(obj, callback)


q = Node("q")
rq = Ref(q, lambda ref: log.append(ref.key), "the key")
print(rq().name, rq.key)
del q
gc.collect()
print(log[-1])


class Tree:
    def __init__(self, parent=None):
        self.parent = weakref.ref(parent) if parent else None
        self.children = []
        if parent:
            parent.children.append(self)


root = Tree()
child = Tree(root)
grand = Tree(child)
print(grand.parent() is child, child.parent() is root)
del root
gc.collect()
print(child.parent(), grand.parent() is child)


def order():
    out = []
    o = Node("o")
    refs = [weakref.ref(o, lambda r, i=i: out.append(i)) for i in range(4)]
    del o
    gc.collect()
    return out, [r() for r in refs]


print(order())
cyc = Node("cyc")
cyc.me = cyc
cyc_ref = weakref.ref(cyc, lambda r: log.append("cycle gone"))
del cyc
gc.collect()
print(cyc_ref(), log[-1])
