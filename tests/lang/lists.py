# SPDX-License-Identifier: MIT
"""Lists: every method, slices and their assignment, sorting, aliasing, errors, mutation while iterating."""
a = [3, 1, 2]
a.append(4)
a.extend((5, 6))
a.insert(0, 0)
a.insert(100, 7)
a.insert(-1, 6.5)
print(a, len(a), a.index(2), a.count(1), a.pop(), a.pop(0), a.pop(-2), a, a[::-1], a[1:3], a[-2:], a[::2], a[10:], a[:-10])
a.remove(1)
a.reverse()
print(a, a + [9], a * 2, 2 * a, 5 in a, 9 not in a, a == list(a), a < [9], [1, 2] < [1, 2, 0], [] < [0], [1, "a"] == [1, "a"], a is not a[:])
b = list(range(10))
b[2:5] = ["x", "y"]
b[::3] = [0] * len(b[::3])
del b[1]
del b[-2:]
b[1:1] = [100, 101]
b[len(b):] = [-1]
print(b)
b[:] = (i * i for i in range(5))
del b[::2]
print(b, [*b, *"ab"], [[]] * 2, [0] * 0, list("abc"), list({1: 2}), list(map(str, b)))
c = [[0] * 2 for _ in range(2)]
c[0][1] = 5
d = [[0] * 2] * 2
d[0][1] = 5
print(c, d, c.copy(), c[:] == c, c[0] is c.copy()[0])
words = "the Quick brown Fox jumps over The lazy dog".split()
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=len, reverse=True), sorted(words, key=lambda w: (len(w), w)))
words.sort(key=lambda w: w[-1])
print(words, words.sort(), words, sorted([3, 1.5, 2, True, -1]), sorted([(2, "b"), (1, "z"), (2, "a")]), sorted([]), sorted([[2], [1, 5], [1]]))
seen = []
stable = [(i % 3, i) for i in range(12)]
stable.sort(key=lambda p: p[0])
print(stable, sorted(stable, key=lambda p: p[0], reverse=True))
for op in (lambda: [][0], lambda: [].pop(), lambda: [1].pop(5), lambda: [1].remove(2), lambda: [1].index(2), lambda: [1] + (2,), lambda: [1] * 1.5, lambda: sorted([1, "a"]), lambda: [1]["a"], lambda: [1].__setitem__(3, 1), lambda: [1, 2, 3].__setitem__(slice(0, 3, 2), [1]),
           lambda: [].__delitem__(0), lambda: [1] < 1, lambda: {[]: 1}, lambda: list(5), lambda: [1].extend(5), lambda: [1, 2].index(2, 5), lambda: [1].sort(lambda a: a), lambda: [1].append(), lambda: [1].append(1, 2), lambda: [].foo, lambda: [1, 2][1:2:0], lambda: [1].insert("a", 1)):
    try:
        print(op())
    except Exception as error:
        print(type(error).__name__, error)
e = [1, 2, 3, 4, 5, 6]
for x in e:
    if x % 2 == 0:
        e.remove(x)
print(e)
f = [1]
for x in f:
    if len(f) < 6:
        f.append(x + 1)
print(f, f.clear(), f)
g = [1, 2]
g.append(g)
print(g, g[2][2][0], repr(g) == str(g))
g += [3]
g *= 2
print(len(g))
h = [5, 3, 8]
h += "ab"
h2 = h
h = h + [1]
print(h, h2, h2.__iadd__([0]) is h2, [1, 2, 3].__contains__(2), list(reversed(h2)), [x for x in h2 if isinstance(x, int)], sum([[1], [2]], []))
try:
    bad = [3, 1, 2]

    def key(x):
        bad.append(x)
        return x
    bad.sort(key=key)
except ValueError as error:
    print(error, bad)
print(min([3, 1, 2]), max([3, 1, 2], key=lambda x: -x), max([], default="none"), any([0, 0, 3]), all([]), sum([1, 2, 3], 10), list(zip([1, 2, 3], "ab")), list(enumerate("ab", 5)), list(filter(None, [0, 1, "", "a"])))
first, *middle, last = [1, 2, 3, 4]
print(first, middle, last, [1, 2, 3][-1], [[1, 2], [3, 4]][1][0], [1, 2, 3, 4][slice(1, None, 2)], slice(1, 10, 3).indices(5))
