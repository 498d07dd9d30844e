# SPDX-License-Identifier: MIT
"""collections: Counter, OrderedDict, defaultdict, deque, namedtuple, ChainMap, UserDict and friends, abc."""
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, abc, defaultdict, deque, namedtuple
c = Counter("abracadabra")
print(c, c.most_common(2), c["z"], sorted(c.elements()), c + Counter(a=1), c - Counter(a=3), c & Counter("ab"), c | Counter(z=2), +Counter(a=-1, b=1), -Counter(a=-1), c.total(), Counter([1, 1]) == Counter({1: 2}), Counter(a=1) <= Counter(a=2))
c.update("aaa"); c.subtract({"a": 2, "q": 1})
print(c["a"], c["q"], dict(c)["b"], Counter(a=1).copy(), list(Counter("hello")), Counter().most_common())
o = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
o.move_to_end("a"); print(o, list(reversed(o)))
o.move_to_end("c", last=False); print(o, o.popitem(), o.popitem(last=False), o, OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1) == {"a": 1}, o | {"z": 1}, o.pop("zz", 5))
d = defaultdict(list)
d["x"].append(1); d["y"]
print(d, d.default_factory, "q" in d, d.get("q"), defaultdict(int, a=1)["b"], d.copy(), defaultdict(lambda: 5)[0], d | {"n": 1})
q = deque([1, 2, 3], maxlen=4)
q.append(4); q.append(5); q.appendleft(0); print(q, q.maxlen)
q = deque(range(6)); q.rotate(2); print(q); q.rotate(-1); q.extend([7]); q.extendleft([8, 9]); q.remove(3); q.insert(2, "i"); q.reverse()
print(q, q[0], q[-1], q.pop(), q.popleft(), q.count(0), q.index(0), len(q), 5 in q, q.copy(), q + deque([1]), q * 2, deque([1]) < deque([2]), list(reversed(q)))
q[1] = "set"; del q[0]; q.clear(); print(q, bool(q))
for bad in (lambda: deque().pop(), lambda: deque([1])[5], lambda: deque([1]).remove(2), lambda: deque([1]).index(2), lambda: deque(maxlen=-1), lambda: deque(5), lambda: deque([1])[0:1], lambda: deque([1], 1).insert(0, 2), lambda: defaultdict(5), lambda: defaultdict()["x"], lambda: OrderedDict().popitem(), lambda: OrderedDict(a=1).move_to_end("z"), lambda: Counter(1), lambda: namedtuple("A", "x x"), lambda: namedtuple("A", "def"), lambda: namedtuple("1", "x"), lambda: namedtuple("A", "_x")):
    try:
        print(bad())
    except (IndexError, ValueError, TypeError, KeyError) as e:
        print(type(e).__name__, e)
m = deque([1, 2])
try:
    for x in m:
        m.append(x)
except RuntimeError as e:
    print(e)
P = namedtuple("P", "x y z", defaults=[0])
p = P(1, y=2)
print(p, p.x, p[1], p._asdict(), p._replace(x=9), P._fields, P._field_defaults, P._make([1, 2, 3]), p == (1, 2, 0), P.__doc__, p.__getnewargs__(), namedtuple("R", ["a", "class", "a"], rename=True)._fields, [*p], isinstance(p, tuple), P.x.__doc__, hash(p) == hash((1, 2, 0)))
for bad in (lambda: P(), lambda: P(1, 2, 3, 4), lambda: p._replace(q=1), lambda: setattr(p, "x", 5), lambda: P._make([1])):
    try:
        print(bad())
    except (TypeError, ValueError, AttributeError) as e:
        print(type(e).__name__, e)
cm = ChainMap({"a": 1}, {"a": 2, "b": 3})
cm["c"] = 5
print(cm, cm["a"], cm["b"], len(cm), sorted(cm), cm.parents, cm.new_child({"n": 1})["n"], cm.maps[0], cm.get("zz"), "b" in cm)
try:
    del cm["b"]
except KeyError as e:
    print(e)


class U(UserDict):
    def __setitem__(self, k, v): super().__setitem__(str(k), v)


u = U({1: "a"}); u[2] = "b"
print(u, u.data, UserList([1, 2]) + [3], UserString("abc").upper(), len(UserString("ab")), isinstance(u, abc.MutableMapping))
print([n for n, v in (("Hashable", 5), ("Iterable", []), ("Sized", {}), ("Callable", len), ("Container", ()), ("Sequence", "a"), ("MutableSequence", []), ("Set", frozenset()), ("Mapping", {}), ("Iterator", iter([])), ("Generator", (x for x in [])), ("Reversible", []), ("KeysView", {}.keys()), ("Awaitable", 5), ("Hashable", [])) if isinstance(v, getattr(abc, n))])


class Seq(abc.Sequence):
    def __init__(self, *a): self.a = a
    def __len__(self): return len(self.a)
    def __getitem__(self, i): return self.a[i]


class MySet(abc.MutableSet):
    def __init__(self, it=()): self.d = list(dict.fromkeys(it))
    def __contains__(self, x): return x in self.d
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
    def add(self, x): x in self.d or self.d.append(x)
    def discard(self, x): x in self.d and self.d.remove(x)


s = Seq(1, 2, 3, 2)
print(s.index(2), s.count(2), list(reversed(s)), 3 in s, list(MySet([1, 2]) | MySet([3])), list(MySet([1, 2]) & [2]), MySet([1]) <= MySet([1, 2]), MySet([1, 2]) == {1, 2})
try:
    abc.Sequence()
except TypeError as e:
    print(e)
