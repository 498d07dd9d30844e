# SPDX-License-Identifier: MIT
"""copy, pickle, copyreg, marshal, shelve-free."""
import copy, copyreg, io, marshal, pickle
class P:
    def __init__(self, a): self.a, self.b = a, [a]
    def __eq__(self, o): return vars(self) == vars(o)
class S:
    __slots__ = ("x", "y")
class R:
    def __reduce__(self): return (R, (), {"state": 1})
class G:
    def __getstate__(self): return {"saved": 1}
    def __setstate__(self, s): self.restored = s
class N(tuple):
    def __new__(cls, a, b): return super().__new__(cls, (a, b))
    def __getnewargs__(self): return tuple(self)
class C:
    def __copy__(self): return "copied"
    def __deepcopy__(self, memo): return ["deep", len(memo) >= 0]
class L(list): pass
def func(): return 1
s = S(); s.x = 1
l = L([1]); l.attr = 2
shared = [1]; data = {"a": shared, "b": shared, "t": (shared, 2), "s": {1}, "f": frozenset([2]), "p": P(3), "n": None, "by": b"x", "r": range(3), "c": 1j, "i": 10 ** 30, "fl": 1.5, "bool": True, "e": ..., "ba": bytearray(b"q")}
data["self"] = data
d = copy.deepcopy(data)
print(d["a"] is d["b"], d["a"] is not shared, d["self"] is d, d["p"] == data["p"], d["t"][0] is d["a"], copy.copy(data)["a"] is shared, copy.copy(s).x, copy.deepcopy(l).attr, copy.copy(C()), copy.deepcopy(C()), copy.copy(func) is func, copy.deepcopy((1, 2)) is not None, type(copy.copy(l)).__name__)
for proto in range(6):
    for v in (data["t"], P(5), l, N(1, 2), func, int, len, [1, "é", b"\x00"], {1: {2: 3}}, {1, 2}, frozenset([1]), 1.5, -(10 ** 40), 2 ** 31, "x" * 300, (), None, True, ..., bytearray(b"a"), ValueError("e", 1), slice(1, 2), range(5), complex(1, 2), NotImplemented):
        r = pickle.loads(pickle.dumps(v, proto))
        if not (r == v or isinstance(v, Exception) and r.args == v.args or isinstance(v, slice)):
            print("MISMATCH", proto, v, r)
    g = pickle.loads(pickle.dumps(G(), proto)); print(proto, g.restored, pickle.loads(pickle.dumps(R(), proto)).state, len(pickle.dumps([1, 2, {"k": (1.5, None)}], proto)))
print(pickle.dumps([1, "a", {"k": None}], 0), pickle.dumps((1, 2.5, b"b", True), 4), pickle.dumps({"x": [10 ** 20]}, 2))
rec = []; rec.append(rec); r = pickle.loads(pickle.dumps(rec)); print(r[0] is r)
f = io.BytesIO(); pk = pickle.Pickler(f, 4); pk.dump([1]); pk.dump("two"); f.seek(0); up = pickle.Unpickler(f); print(up.load(), up.load())
for bad in (lambda: pickle.dumps(1, 99), lambda: pickle.dumps((x for x in [])), lambda: pickle.dumps(open("/dev/null")), lambda: copy.deepcopy(open("/dev/null")), lambda: copy.copy(x for x in [])):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
class Pers(pickle.Pickler):
    def persistent_id(self, o): return "ID" if o is shared else None
class UPers(pickle.Unpickler):
    def persistent_load(self, i): return ["persisted", i]
f = io.BytesIO(); Pers(f).dump([shared, 2]); f.seek(0); print(UPers(f).load())
copyreg.pickle(S, lambda o: (make, (o.x,)))
def make(x): o = S(); o.x = x * 10; return o
print(pickle.loads(pickle.dumps(s)).x, copy.copy(s).x)
for v in (1, -1, 2 ** 40, 1.5, "é", b"x", (1, (2,)), [1], {1: 2}, None, True, ..., 1j, {1}, frozenset([1]), compile("a+1", "f", "eval")):
    r = marshal.loads(marshal.dumps(v)); print(r == v, end=" ")
print(marshal.dumps([1, "a", None], 2), eval(marshal.loads(marshal.dumps(compile("2 + 3", "f", "eval")))), marshal.version)
for bad in (lambda: marshal.dumps(object()), lambda: marshal.loads(b""), lambda: marshal.loads(b"\xff")):
    try:
        bad()
    except (ValueError, EOFError, TypeError) as e:
        print(type(e).__name__, e)
