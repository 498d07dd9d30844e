# SPDX-License-Identifier: MIT
"""Dicts: order, methods, views, merging, deletion during iteration, key kinds, errors."""
d = {"b": 1, "a": 2}
d["c"] = 3
d["b"] = 10
del d["a"]
d["a"] = 4
print(d, len(d), list(d), d.keys(), d.values(), d.items(), "b" in d, "z" in d, d.get("z"), d.get("z", 0), d["c"])
print(d.pop("c"), d.pop("zz", None), d.setdefault("n", []), d.setdefault("b", 99), d.popitem(), d, d.copy() is d, d.copy() == d)
d.update({"x": 1}, y=2)
d.update([("z", 3), ("w", 4)])
print(d, d | {"b": 0, "new": 1}, {**d, "k": 1}, dict(a=1, b=2), dict([(1, 2)]), dict({1: 2}, z=3), dict.fromkeys("abc"), dict.fromkeys([1, 2], 0), dict(zip("ab", [1, 2])))
d |= {"q": 5}
d |= [("r", 6)]
print(d, list(reversed(d)), list(reversed(d.items()))[:2], {"a": 1, "b": 2} == {"b": 2, "a": 1}, {} == {}, {1: 1} != {1: 2})
print({1: "int", 1.0: "float", True: "bool"}, {(1, 2): "t"}[(1, 2)], {None: 0}, {"a": {"b": {"c": 1}}}["a"]["b"]["c"], {frozenset([1]): 2}, {x: x * x for x in range(5)}, {k: v for v, k in enumerate("abc")})
keys, other = d.keys(), {"b": 1, "nope": 2}.keys()
print(sorted(keys & other), sorted(keys - other), sorted(keys | other), sorted(keys ^ other), keys.isdisjoint({"zzz"}), {"b"} <= keys, ("b", 10) in d.items(), 10 in d.values(), keys == set(d), d.keys().mapping["b"])
d["later"] = 1
print(len(keys), "later" in keys, type(keys).__name__, sorted(map(str, d.items()))[:2])
for op in (lambda: d["missing"], lambda: {}.popitem(), lambda: {}.pop("k"), lambda: {[]: 1}, lambda: {{}: 1}, lambda: dict([1]), lambda: dict([(1, 2, 3)]), lambda: dict(5), lambda: {}.update(5), lambda: {1: 2} < {1: 3}, lambda: {} + {}, lambda: {}.__delitem__(3), lambda: {}[1, 2], lambda: dict(1, 2), lambda: {}.foo, lambda: {}.setdefault(), lambda: {} | []):
    try:
        print(op())
    except Exception as error:
        print(type(error).__name__, error)
for change in (lambda m: m.__setitem__("new", 1), lambda m: m.pop("k0"), lambda m: m.clear()):
    m = {f"k{i}": i for i in range(5)}
    try:
        for k in m:
            change(m)
        print("no error")
    except RuntimeError as error:
        print("RuntimeError", error)
m = {i: i for i in range(5)}
for k in m:
    m[k] = m[k] * 2
for k in list(m):
    if k % 2:
        del m[k]
print(m)
big = {}
for i in range(10000):
    big[(i * 7919) % 10007] = i
for i in range(0, 10007, 2):
    big.pop(i, None)
for i in range(3000):
    big[f"s{i}"] = i
print(len(big), sum(v for v in big.values()), list(big)[:5], list(big)[-3:], list(big.items())[2000])


class Collide:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return 7

    def __eq__(self, other):
        return isinstance(other, Collide) and self.n == other.n

    def __repr__(self):
        return f"C{self.n}"


c = {Collide(i): i for i in range(20)}
del c[Collide(3)]
c[Collide(5)] = "five"
print(c[Collide(7)], Collide(3) in c, c, len(c))


class Default(dict):
    def __missing__(self, key):
        self[key] = value = key * 2
        return value


m = Default(a=1)
print(m["q"], m["a"], m, m.get("none"), type(m).__name__, m == {"a": 1, "q": "qq"})
self_ref = {"x": 1}
self_ref["me"] = self_ref
print(self_ref, {1: [self_ref]} is None)
it = iter({"a": 1, "b": 2}.items())
print(next(it), next(it), next(it, "end"), it.__length_hint__(), max({"x": 3, "yy": 1}, key=len), sorted({"b": 1, "a": 2}.items(), key=lambda kv: kv[1]))


def kw(**kwargs):
    return kwargs


print(kw(**{"a": 1}, b=2), kw(**{"not identifier": 1}), [*{"a": 1}], {**{}, "z": 26})
for op in (lambda: kw(**{1: 2}), lambda: kw(**{"a": 1}, **{"a": 2}), lambda: kw(**5)):
    try:
        print(op())
    except TypeError as error:
        print(str(error).replace("__main__.", ""))
a, b = {"one": 1, "two": 2}
print(a, b, d.__contains__("b"), {}.__len__(), {1: 2}.__repr__(), bool({}), bool({0: 0}))


# Which side __eq__ is asked of.
class Told:
    def __init__(self, name): self.name = name
    def __hash__(self): return 1

    def __eq__(self, other):
        print(self.name, "==", other.name)
        return True


a, b = Told("a"), Told("b")
print({1: a} == {1: b}, {1: a} != {1: b}, {1: a}.items() == {1: b}.items(), {a: 1} == {b: 1})


# Keys that collide, come back, and make the table grow on the way.
for size in (5, 11, 100, 300, 70000):
    d = {}
    for i in range(size):
        d[i << 40 if i % 3 else i] = i
    for i in range(0, size, 7):
        d[i << 40 if i % 3 else i] = -i
        del d[i << 40 if i % 3 else i]
        d[i << 40 if i % 3 else i] = -i
    for i in range(0, size, 5):
        d[float(i) if i % 3 == 0 else i << 40] = "seen"
    print(size, len(d), sum(v for v in d.values() if v != "seen"), list(d)[:4], list(d)[-3:], sum(v == "seen" for v in d.values()))
