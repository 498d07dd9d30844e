# SPDX-License-Identifier: MIT
"""Comparisons, subscripts, loops, `in`, list.append and isinstance at sites that were specialised for other operands."""
def cmp_chain(c):
    r = 0
    for _ in range(30):
        if c == '"': r += 1
        if c != "a": r += 2
        if " " <= c <= "~": r += 4
        if c < "abc": r += 8
        if c >= "é": r += 16
        if c == "hello": r += 32
    return r
for c in ['"', "a", "z", "é", "☃", "hello", "help", "", "abc", "abd", "\U0001F600", "hel" + "lo"]:
    print(repr(c), cmp_chain(c))
def values(a, b):
    for _ in range(20):
        r = [a == b, a != b, a < b, a <= b, a > b, a >= b, a == b == "x", a < b < "y", a == b or "no", a != b and "yes"]
    return r
for a in ["x", "xy", "é", ""]:
    print([values(a, b) for b in ["x", "xz", "é", "☃", ""]])
def ll(a, b):
    n = 0
    for _ in range(20):
        if a == b: n += 1
        if a < b: n += 10
        if a >= b: n += 100
    return n
for a in ["x", "xy", "é", "☃", ""]:
    for b in ["x", "xz", "é", "☃", ""]:
        print(a, b, ll(a, b))
try: ll("a", 3)
except TypeError as e: print(e)
print(ll(3, 4), ll(2.0, 1))
def chars(s):
    out = []
    for c in s: out.append(c)
    return out
for s in ["abc", "héllo", "a☃b", "", "\U0001F600x", (1, 2), [3], "again"] * 3: print(chars(s))
def at(s, i):
    r = None
    for _ in range(20):
        c = s[i]
        r = c
    return r, s[i]
print(at("abc", 1), at("é☃", 1), at("é☃", 0), at([1, 2], 1), at((1, 2), 0), at("xyz", -1))
try: at("abc", 5)
except IndexError as e: print(e)
class L(list):
    def append(self, x): super().append((x, x))
def app(l, x):
    r = None
    for _ in range(10):
        l.append(x)
        r = l.append(x)
    return r, l
print(app([], 1), app(L(), 2), app([], "s"))
class D:
    def append(self, x): return x
print(app(D(), 1)[0])
l = []
app(l, l); print(len(l), l[0] is l)
def isin(v):
    r = 0
    for _ in range(20):
        r = (isinstance(v, (int, float)), isinstance(v, (str, bytes, list)), isinstance(v, ((int, str), dict)), isinstance(v, object), isinstance(v, dict))
    return r
class I(int): pass
class Fake:
    @property
    def __class__(self): return dict
for v in [1, 2.5, "s", b"", [], {}, True, None, I(3), Fake(), 1 << 80, object]: print(v.__class__.__name__, isin(v))
def bad(v):
    for _ in range(10): isinstance(v, (int, 3))
print(bad(1))
try: bad("x")
except TypeError as e: print(e)
def cont(c, where):
    r = None
    for _ in range(10): r = c in where, c not in where
    return r
print(cont("a", "abc"), cont("☃", "abc"), cont("é", "é" * 40), cont("", "x"), cont("bc", "abcd"), cont(1, {1: 2}), cont("k", {}), cont(3, [3]), cont("x", ""), cont("x", "a" * 30))
for bad_ in [(1, "a"), ([], {1: 2}), (1, 2)]:
    try: cont(*bad_)
    except TypeError as e: print(e)


def record(d):
    total = 0
    for _ in range(12):
        total += d["a"] * 100 + d["b"]
    return total


def record_of(holder):
    total = 0
    for _ in range(12):
        total += holder["in"]["b"]
    return total


class Quiet(dict):
    def __missing__(self, key):
        return 7


alike = [{"a": i, "b": i + 1} for i in range(3)]
others = [{"b": 5, "a": 6}, {"x": 0, "a": 1, "b": 2}, Quiet(a=1), {"a" + "": 3, "".join("b"): 4}]
for d in alike + others + alike:
    print(record(d), record_of({"out": 1, "in": d}))
gone = {"a": 1, "b": 2}
record(gone)
del gone["a"]
try:
    record(gone)
except KeyError as e:
    print("KeyError", e)
gone["a"] = 9
print(record(gone), list(gone))
gone.clear()
try:
    record_of({"in": gone})
except KeyError as e:
    print("KeyError", e)
for bad_ in ([1], "s", 3):
    try:
        record(bad_)
    except TypeError as e:
        print(e)
for items in (["a", "b"], ["é", "b"], ["☃"], ["\U0001F600", "x", "é"], [], ["ab", "", "c"]):
    print("".join(items), ", ".join(items), "é".join(items), "☃".join(items), "".join(items).isascii())


def cut(seq, a, b):
    r = None
    for _ in range(10):
        r = seq[a:b], seq[:b], seq[a:], seq[:]
    return r


class Sliced:
    def __getitem__(self, key):
        return key


class Text(str):
    pass


for seq in ("hello", "h☃llo", "", (1, 2, 3, 4), [1, 2, 3, 4], b"bytes", bytearray(b"array"), range(9), Text("text"), Sliced()):
    print([cut(seq, a, b) for a, b in ((1, 3), (-2, None), (3, 1), (None, -1), (0, 10 ** 30), (-9, 9))])
whole = (1, 2)
print(whole[:] is whole, whole[0:5] is whole)
for bad_ in (3, {1: 2}, None):
    try:
        cut(bad_, 1, 2)
    except TypeError as e:
        print(e)
try:
    cut("abc", "x", 1)
except TypeError as e:
    print(e)


def literals(i):
    a, b = "a", "b" * (i % 2 + 1)
    return [{"a": i, "b": 2}, {"x": 1, "x": 2, "y": i}, {a: 1, b: [i]}, {b: 1, "".join(["b"]): 2}, {1: i, "1": 2}, {i: i}, {},
            {"k0": 0, "k1": 1, "k2": 2, "k3": 3, "k4": 4, "k5": 5, "k6": 6, "k7": i}, {"p": {"q": {"r": i}}},
            {"k0": 0, "k1": 1, "k2": 2, "k3": 3, "k4": 4, "k5": 5, "k6": 6, "k7": i, "k8": 8}]


for i in range(12):
    made = literals(i)
for d in made:
    d["more"] = len(d)
    d.pop("a", None)
    print(d, list(d.items())[:1], "more" in d, d.get("k8"))
try:
    [{"a": 1, x: 2} for x in ([],)]
except TypeError as e:
    print(e)


class Drops:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("drop", self.name)


def dies():
    d = {"a": Drops("first"), "b": Drops("second")}
    print(len(d))


dies()


def appends(l, x):
    for i in range(12):
        l.append(x)
        l.append(i)
    return l


class Grown(list):
    def append(self, x):
        super().append([x])


print(appends([], "x"), appends([1], None)[-4:], appends(Grown(), 2.5)[:4])
loop = []
appends(loop, loop)
print(len(loop), loop[0] is loop, appends([], appends)[0] is appends)
try:
    appends((), 1)
except AttributeError as e:
    print(e)


def unbound(l):
    if l is None:
        x = 1
    l.append(x)


for arg in ([], [1]):
    try:
        unbound(arg)
    except UnboundLocalError as e:
        print(e)


class Manager:
    def __init__(self, name, answer=None):
        self.name, self.answer = name, answer

    def __enter__(self):
        print("enter", self.name)
        if self.answer == "no":
            raise KeyError(self.name)
        return self.answer

    def __exit__(self, kind, value, tb):
        print("exit", self.name, kind and kind.__name__, value)
        return self.answer == "swallow"


class Stars(Manager):
    def __exit__(self, *args):
        return super().__exit__(*args)


class Defaults(Manager):
    def __enter__(self, extra=1):
        return extra

    def __exit__(self, kind=1, value=2, tb=3, more=4):
        print(kind, value, type(tb).__name__, more)


class Odd:
    __enter__ = staticmethod(lambda: "static")
    __exit__ = classmethod(lambda cls, *args: print(cls.__name__, args[:2]))


def within(manager, fail=False):
    with manager as got:
        if fail:
            raise ValueError("inside")
        return got


def gen(manager):
    with manager as got:
        yield got


for _ in range(3):
    for m in (Manager("m", 7), Stars("s", [1]), Defaults("d"), Odd(), Manager("w", "swallow")):
        print(within(m), list(gen(m)))
        try:
            print(within(m, True))
        except ValueError as e:
            print("out", e)
for m in (Manager("n", "no"), object(), 3):
    try:
        within(m)
    except (KeyError, TypeError) as e:
        print(type(e).__name__, e)


def deep(n):
    with Manager(n) if n % 50 == 0 else Defaults(n):
        return deep(n - 1) if n else "bottom"


print(deep(100))


def checks(v, classes):
    n = 0
    for _ in range(10):
        if isinstance(v, classes):
            n += 1
        if not isinstance(v, int):
            n += 100
        n += isinstance([v], list) * 1000
        flag = isinstance(v, classes)
    return n, flag, isinstance(classes, type(classes))


for v in (1, True, "s", [], (int,), int, object()):
    for classes in (int, (int, str), (list, (tuple, type)), object):
        print(checks(v, classes))
keyed = {"": 0, "a": 1, "b": 2}
print([[c in keyed, c not in keyed] for c in ("", "a", "b", "c", "ab", "☃")], ["x" * i in keyed for i in range(3)])
try:
    "".join(["a", 1])
except TypeError as e:
    print(e)
