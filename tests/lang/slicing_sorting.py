# SPDX-License-Identifier: MIT
"""Slices over all sequences, slice objects, sort keys, stability, big sorts, bisect-like use."""
import random

for seq in (list(range(8)), tuple(range(8)), "abcdefgh", b"abcdefgh", bytearray(b"abcdefgh"), range(8)):
    print(type(seq).__name__, seq[2:5], seq[:3], seq[-3:], seq[::2], seq[::-1], seq[5:1:-2], seq[-100:100], seq[3:3], seq[:-1:3], seq[None:None:None], seq[True:3])
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, s.indices(5), slice(None).indices(3), slice(None, None, -1).indices(4), s == slice(1, 10, 2), slice(3), slice("a", "b"))


class Show:
    def __getitem__(self, k):
        return k

    def __setitem__(self, k, v):
        print("set", k, v)

    def __delitem__(self, k):
        print("del", k)


w = Show()
print(w[1], w[1:2], w[::], w[1, 2], w[1:2, ..., None], w["k"], w[-1:], w[()], w[*[1, 2]], w[(1, 2):3])
w[1:2] = 3
w[0, 0] = 1
del w[::2]
w["a"] += "b"
r = random.Random(5)
data = [r.randrange(1000) for _ in range(5000)]
print(sorted(data)[:10], sorted(data)[-5:], sum(a <= b for a, b in zip(sorted(data), sorted(data)[1:])), sorted(data, reverse=True)[:5])
floats = [r.random() for _ in range(1000)]
print(sorted(floats)[0], sorted(floats)[-1], sorted(floats, key=lambda f: -f)[0])
mixed = [1, 2.5, True, -3, 0.0, 10 ** 20, -1e10]
print(sorted(mixed), sorted(mixed, key=abs), sorted(mixed, key=str))
strings = ["".join(r.choice("abAB é☃") for _ in range(r.randrange(6))) for _ in range(300)]
print(sorted(strings)[:20], sorted(strings, key=len)[-3:], sorted(strings, key=str.lower)[100:105])
tuples = [(r.randrange(5), r.choice("xyz"), i) for i in range(300)]
print(sorted(tuples)[:6], sorted(tuples, key=lambda t: t[1])[:6], sorted(sorted(tuples, key=lambda t: t[0]), key=lambda t: t[1])[50:54], sorted(tuples, key=lambda t: (t[1], -t[0]))[:4])
runs = list(range(100)) + list(range(200, 100, -1)) + list(range(50)) + [7] * 50
print(sorted(runs)[::25], len(sorted(runs)))
count = 0


class Counted:
    def __init__(self, v):
        self.v = v

    def __lt__(self, o):
        global count
        count += 1
        return self.v < o.v


done = sorted(map(Counted, range(100)))
print([c.v for c in done][:5], count)
count = 0
sorted(map(Counted, range(100, 0, -1)))
print(count)
partial = [3, 1, None, 2]
try:
    partial.sort()
except TypeError as e:
    print(e, sorted(map(str, partial)))
try:
    sorted([1, 2, 3], key=lambda x: 1 // (x - 2))
except ZeroDivisionError as e:
    print(e)
nan = float("nan")
print([str(v) for v in sorted([3.0, nan, 1.0])], sorted("hello world".split(), key=lambda s: s[::-1]), sorted(range(5), key=[3, 1, 4, 1, 5].__getitem__), sorted({"b": 2, "a": 1}.items(), key=lambda kv: kv[1]), sorted([[1, 2], [1], []]), sorted([b"b", b"a"]), sorted([(1, 2.0), (1, 1)]), sorted([False, True, False]), sorted([]), sorted("a"))
l = list(range(10))
l[2:5] = []
l[1:1] = "ab"
l[::2] = [0] * len(l[::2])
l[-1:] = [1, 2, 3]
del l[1:3], l[-1]
print(l)
for bad in (lambda: l.__setitem__(slice(None, None, 2), [1]), lambda: l[::0], lambda: l["a":], lambda: l.__setitem__(slice(0, 1), 5), lambda: "abc"[1.5:], lambda: range(5)[::0], lambda: slice(1, 2, 0).indices(3), lambda: slice(1).indices(-1), lambda: hash(slice(1)), lambda: "abc".__getitem__(slice("a"))):
    try:
        print(bad())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
