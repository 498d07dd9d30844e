# SPDX-License-Identifier: MIT
"""dict, list, set, tuple, str, bytes: copies, merges, comparisons and sorts that take shortcuts for plain values."""
from collections import Counter, defaultdict

# dict copies: with holes, of other value kinds, into dicts that have had keys; what shares nothing afterwards.
d = {i: [i] for i in range(50)}
for n in (0, 1, 10, 25, 48):
    e = {i: (i, str(i)) for i in range(50)}
    for i in range(n):
        del e[(i * 7) % 50]
    c = e.copy()
    c["new"] = 1
    u = {}
    u.update(e)
    u[3] = 0
    w = {"x": 1}
    del w["x"]
    w.update(e)
    print(n, len(c), len(u), c == {**e, "new": 1}, list(e)[:5], list(u)[:5], list(w) == list(e), dict(e) == e, e.get(3), (e | {3: 1})[3])
c = d.copy()
c[0].append("seen")
del c[1]
print(d[0], 1 in d, len(d), len(c), list({**{"a": 1}, **{"b": 2, "a": 3}}.items()))


class Word(str):
    pass


class Odd:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return 7

    def __eq__(self, other):
        return isinstance(other, Odd) and self.n % 2 == other.n % 2


print(Counter("abracadabra"), Counter([1, 1.0, True, 2, "1", Word("1"), None, None]), Counter([Odd(1), Odd(3), Odd(2)]).values())


class Loud(Counter):
    def __setitem__(self, key, value):
        print("set", key, value)
        super().__setitem__(key, value)


class Counted(Counter):
    def __delitem__(self, key):
        print("del", key)


Loud("aba")
big = Counter({"a": 2**31 - 1, "b": 2**70, "c": 1.5})
big.update("aabc")
print(big, Counted("aab"))
dd = defaultdict(int, a=1)
dd.update(Counter("ab"))
print(dd, dd.copy())

# Equality without asking: mixed kinds, NaN, -0.0, subclasses, equal but not identical.
nan = float("nan")
values = [0, 0.0, -0.0, 1, 1.0, True, False, "1", Word("1"), "", b"", None, (), nan, 2**70, float(2**70), 1e308 * 10, (1, "a"), (1.0, Word("a")), [1], Odd(1), Odd(3), Odd(2), 1 + 0j]
for a in values:
    print([([a] == [b]) * 4 + ((a,) == (b,)) * 2 + ([b].count(a) == 1) for b in values], [a].index(a), a in [a], a in values[:3], [a] != [a])
print([1, 2, 3] < [1, 2, 4], [1, "a"] == [1, "b"], (1, 2) < (1, 2, 0), [nan] == [nan], [nan] == [float("nan")], (0.0,) == (-0.0,), hash((1, "a")) == hash((1.0, "a")), hash((-1, -2)) == hash((-2, -1)), hash(-1) == hash((-2)))
print([0.0, -0.0].count(-0.0), ["x", Word("x")].index(Word("x")), ["a", "b"].count(Word("a")), [2**70].index(2.0**70))


class Mean:
    def __eq__(self, other):
        items.clear()
        return False


items = [1, Mean(), 3]
print(3 in items, items)
items = [1, Mean(), 3]
print(items == [1, 2, 3], items)

# Sorting tuples: the first difference decides, whatever kinds come together.
rows = [(i * 37 % 10, str(i * 7 % 5), i * 0.5 % 3, -i) for i in range(40)]
print(sorted(rows)[:6], sorted(rows, reverse=True)[:3], sorted(rows, key=lambda r: r[1:])[:3])
print(sorted([(1, 2), (1,), (), (1, 2, 0), (0, 9)]), sorted([(1.5, "b"), (1, "a"), (True, "c"), (1.0, "")]), sorted([("é", 1), ("e", 2), ("\u0101", 0), ("", 5), ("é", 0)]), sorted([(nan, 1), (nan, 0)]), sorted([(0.0, 2), (-0.0, 1)]))
print(sorted([(2**70, 1), (1, 2**70), (2**70, 0)]), sorted([((1, 2), 3), ((1,), 4)]), sorted([("a\0b",), ("a",), ("a\0",)]), sorted(["", "\0", "\0\0", "a", ""]))
for bad in ([(1, "a"), (1, 2)], [(None,), (None, 1), (0,)], [("a",), (1,)]):
    try:
        print(sorted(bad))
    except TypeError as e:
        print(e)

# Slices, extends, concatenations keep their own references.
base = [[i] for i in range(8)]
part, whole, grown = base[2:5], base[:], base + base[6:]
grown.extend(base[:2])
base[3].append("x")
del base[:]
print(part, len(whole), grown[-3:], [1, 2, 3][5:], [][:], [*part, *part][4:])

# Set algebra: results come from one operand's order of insertion, over values with and without Python comparisons.
a, b = set(range(0, 60, 3)), set(range(0, 60, 4))
print(a & b, a | b, a - b, a ^ b, {1, 1.0, True}, {"a", Word("a")}, {Odd(1)} & {Odd(3), Odd(2)} == {Odd(5)}, set("hello") & set("world") <= set("low"))
print({-1, -2} & {-2}, {(1, 2), (3, 4)} & {(3, 4)}, {2**70} & {float(2**70)}, frozenset({1, 2}) & {2, 3}, {1, 2}.intersection([2, 3], (2,)), {1, 2} & {1: 0, 2: 0}.keys())

# Text and bytes: joins, strips, splits, case, hexadecimal, in and out of Latin-1.
for words in ([], ["a"], ["a", "b"], ("a", "é", "\u0101"), ["é", ""], ["", "", ""], ("x",) * 3, [Word("w")], iter("abc")):
    words = list(words) if not isinstance(words, (list, tuple)) else words
    print([sep.join(words) for sep in ("", ",", "é", "\u0101", "--")])
for bad in (["a", 1], ["a", b"b"], 5, [None]):
    try:
        print(",".join(bad))
    except TypeError as e:
        print(e)
for parts in ([], [b"a"], [b"a", b"b"], (b"", b""), [bytearray(b"x"), b"y"], [memoryview(b"zz")], (b"q",)):
    print(b"".join(parts), b", ".join(parts), bytearray(b"-").join(parts))
text = "\t\x1c a\xa0b\x85\u2003c\n\x0b\rd\x1f \r\n\u2028e"
print(text.split(), text.strip(), text[:8].strip(), text[:8].split(), text.splitlines(), text[:7].splitlines(True), text.split(None, 2), "a\x85b\xa0".split(), " x ".lstrip(), " x ".rstrip())
print("aZ[`{@é".upper(), "aZ[`{@É".lower(), "AZ az 09 @[`{".upper(), "AZ az 09 @[`{".lower(), bytes(range(256)).hex() == bytes.fromhex(bytes(range(256)).hex()).hex(), bytes.fromhex("0aF f 00"[:2] + " Ff00 "), b"\x01\xab".hex(":"), b"abcde".hex("-", 2))
for bad in ("0", "0g", "00 0", "é0", "0\u0101", "zz"):
    try:
        print(bytes.fromhex(bad))
    except ValueError as e:
        print(e)
for s in ("a", "é", "\u0101", "a" * 100 + "é", "\U0001f600b", ""):
    print(len(s.encode()), s.encode().decode() == s, len(s.encode("latin-1", "replace")))
