# SPDX-License-Identifier: MIT
"""json: encoding, decoding, options, errors, custom classes, floats and unicode."""
import collections, enum, io, json
for v in (None, True, 1, -1.5, 1e100, 1e-7, 10 ** 30, "text", "é☃😀\n\"\\\x00\u2028", [], {}, [1, [2, [3]]], {"a": {"b": []}}, (1, 2), {1: 2, None: 3, True: 4, 1.5: 5}, float("inf"), float("-inf"), "\ud800"):
    s = json.dumps(v)
    print(s, json.loads(s) == v, json.dumps(v, ensure_ascii=False).encode("utf-8", "surrogatepass"), json.dumps(v, indent=2), json.dumps(v, separators=(",", ":"), sort_keys=False))
print(json.dumps({"b": 1, "a": [1, {"c": 2}]}, sort_keys=True, indent="\t"), json.dumps(float("nan")), json.dumps([1, 2], indent=0), json.dumps({"k": [], "d": {}}, indent=1))
for text in ('{"a": [1, 2.5, -3e2, true, false, null, "x\\u00e9\\n\\ud83d\\ude00"]}', " [1 , 2 ] ", '"\\/"', "1e400", "-0", "-0.0", "[NaN, Infinity, -Infinity]", "123456789012345678901234567890", '{"a":1,"a":2}', b'"bytes"', bytearray(b"[1]"), '"\u00e9"', "[]", '{"":{}}'):
    print(text, json.loads(text))
for text in ("", "{", "[1,", '{"a"}', '{"a":}', "[1 2]", "{'a':1}", '"abc', '"\\x"', '"\\u12"', "01", "1.", ".5", "+1", "tru", "nul", "[1,]", '{"a":1,}', "1 2", '"\t"', "[" * 3, "nan", '{1:2}', "\ufeff[]", "-", "[1}"):
    try:
        print(repr(text), json.loads(text))
    except json.JSONDecodeError as e:
        print(repr(text), e, "|", e.pos, e.lineno, e.colno, e.msg)
for bad in (lambda: json.dumps(object), lambda: json.dumps({1, 2}), lambda: json.dumps({(1, 2): 3}), lambda: json.dumps(b"x"), lambda: json.dumps(float("nan"), allow_nan=False), lambda: json.loads(5), lambda: json.loads(None), lambda: json.dumps(1j), lambda: json.loads(b"\xff")):
    try:
        print(bad())
    except (TypeError, ValueError, UnicodeDecodeError) as e:
        print(type(e).__name__, e)
c = []; c.append(c)
try:
    json.dumps(c)
except ValueError as e:
    print(e)
class Enc(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, set): return sorted(o)
        if isinstance(o, complex): return {"re": o.real, "im": o.imag}
        return super().default(o)
print(json.dumps({"s": {3, 1, 2}, "c": 1j}, cls=Enc), json.dumps([{1}], default=list), list(json.JSONEncoder().iterencode([1, {"a": "b"}])), json.JSONEncoder(skipkeys=True).encode({(1,): 2, "a": 1}), json.dumps({(1, 2): 1, "k": 2}, skipkeys=True))
print(json.loads('{"x": 1, "y": {"z": 2}}', object_hook=lambda d: tuple(sorted(d.items()))), json.loads('{"b": 1, "a": 2}', object_pairs_hook=list), json.loads("[1.5, 2]", parse_float=str, parse_int=lambda s: int(s) * 10), json.loads("[NaN]", parse_constant=lambda s: f"const {s}"), json.JSONDecoder().raw_decode("[1] rest"), json.loads('{"a":1}', object_pairs_hook=collections.OrderedDict), json.loads('"a\nb"', strict=False))
class I(int):
    def __repr__(self): return "never"
class F(float): pass
class S(str): pass
class E(enum.IntEnum): A = 5
print(json.dumps([I(5), F(1.5), S("s"), E.A, True]), json.dumps(collections.OrderedDict(b=1, a=2)), json.dumps(collections.namedtuple("P", "x y")(1, 2)))
f = io.StringIO(); json.dump({"a": [1, 2]}, f, indent=1); f.seek(0); print(f.getvalue(), json.load(f))
big = {f"key{i}": [i, str(i), {"n": i / 3, "s": "é" * (i % 5)}] for i in range(500)}
print(json.loads(json.dumps(big)) == big, len(json.dumps(big)), json.loads(json.dumps(big, indent=3)) == big)
