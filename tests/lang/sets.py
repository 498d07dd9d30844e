# SPDX-License-Identifier: MIT
"""Sets and frozensets: algebra, order of small ints, methods, errors."""
s = {3, 1, 2}
print(s, {33, 2, 10}, {100, 5, 64, 8}, set(), set("a"), {1, 1.0, True}, frozenset([1, 2]), frozenset(), len(s), 2 in s, 9 in s)
s.add(5)
s.add(1)
s.discard(77)
s.remove(3)
s.update([7, 8], (9,), {10: 0})
print(s, s.pop() in {1, 2, 5, 7, 8, 9, 10}, len(s))
a, b = set(range(10)), set(range(5, 15))
print(a | b, a & b, a - b, a ^ b, a.union([20], [21]), a.intersection(b, [5, 6]), a.difference([1], [2]), a.symmetric_difference([0, 99]))
print(a <= b, {5} <= a, a < a, a <= a, {1, 2} < {1, 2, 3}, a.issubset(range(20)), a.issuperset([1]), a.isdisjoint([99]), a == set(range(10)), a != b, {1} == frozenset({1}), hash(frozenset({1, 2})) == hash(frozenset({2, 1})))
c = a.copy()
c &= b
print(c)
c |= {1}
c -= {5, 6}
c ^= {1, 2}
print(c, a is not c)
c.intersection_update([7, 2, 100])
c.difference_update([2])
c.symmetric_difference_update([50])
print(c, c.clear(), c)
for op in (lambda: {1}.remove(2), lambda: set().pop(), lambda: {[]}, lambda: set(5), lambda: {1} | [1], lambda: {1} < [1], lambda: {1}.foo, lambda: {1}[0], lambda: frozenset([1]).add(2), lambda: {1} + {2}, lambda: {{1}}, lambda: {1}.union(5), lambda: set(1, 2)):
    try:
        print(op())
    except Exception as error:
        print(type(error).__name__, error)
print({frozenset({1}), frozenset({2})} == {frozenset({2}), frozenset({1})}, {x % 3 for x in range(10)}, {c for c in "a"}, sorted({"b", "a", "c"}), {*range(3), *[7]}, {1, 2} & frozenset([2]), type({1} & frozenset([1])).__name__, type(frozenset([1]) | {2}).__name__)
m = {1, 2, 3}
try:
    for x in m:
        m.add(x + 10)
except RuntimeError as error:
    print(error)
big = set()
for i in range(5000):
    big.add(i * i % 7919)
for i in range(0, 7919, 3):
    big.discard(i)
print(len(big), sum(big), min(big), max(big), len(big & set(range(1000))), list(big)[:20])
small = set()
for i in (9, 17, 25, 1, 33, 8, 16):
    small.add(i)
    print(small, end=" ")
print()
for i in (17, 9, 33):
    small.remove(i)
small.add(41)
print(small, list({-1, -2, 0, 2 ** 40, 10 ** 20}), {0.5, 1.5} == {1.5, 0.5}, {"x"} == {"x"}, {(1, 2), (1, 2)}, {None, False, 0} == {None, 0}, bool(set()), {1: 2}.keys() & {1})


class Key:
    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return hash(self.v)

    def __eq__(self, other):
        print("eq", self.v, other.v)
        return self.v == other.v


k = {Key(1), Key(1), Key(2)}
print(len(k), Key(2) in k)
f = frozenset("abc")
print(f.copy() is f, frozenset(f) is f, f == set("abc"), f.union("d") == frozenset("abcd"), repr(frozenset({1})), f - set("ab"), {f: 1}[frozenset("cba")])


class MySet(set):
    pass


print(MySet([1]), type(MySet([1]) | {2}).__name__, MySet([1]) == {1}, set.__name__, set([1, 2]).__contains__(1), {1}.__or__({2}), {1}.__or__([2]), {1}.__sub__({1}))
