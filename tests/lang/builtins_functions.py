# SPDX-License-Identifier: MIT
"""The builtin functions one after another."""
import sys
print(abs(-5), abs(-5.5), abs(3 + 4j), all([1, 0]), any([0, 1]), ascii("é"), bin(10), bool("x"), callable(len), callable(5), chr(8364), ord("€"), divmod(17, -5), hex(255), oct(8), id(None) == id(None), pow(2, 10), pow(2, 10, 1000), pow(2, -1, 5), round(2.567, 2), sum([1, 2], 3))
print(isinstance(5, (str, int)), isinstance(5, int | str), issubclass(bool, int), issubclass(int, (str, float)), type(5), type(type), hash("a") == hash("a"), len("abc"), repr("x"), str(5), int("5"), float("1.5"), complex(1, 2), list("ab"), tuple("ab"), set("a"), dict(a=1), frozenset("a"), bytes(2), bytearray(2), slice(1, 2), object().__class__)
print(sorted([3, 1, 2], reverse=True), list(reversed([1, 2])), list(zip([1, 2], "ab")), list(map(len, ["a", "bb"])), list(filter(str.isupper, "aBcD")), list(enumerate("ab")), list(range(3)), min(3, 1), max("ab", "c", key=len), min([], default=5), next(iter([1]), 2), getattr(5, "real"), getattr(5, "nope", "d"), hasattr(5, "imag"))
print(eval("1 + 2"), eval("x * 2", {"x": 5}), exec("y = 5"), y, compile("5", "f", "eval").co_filename, vars(type("T", (), {"a": 1}))["a"], dir(type("T", (), {"zz": 1}))[-1], format(5, "03"), globals()["__name__"], sorted(locals()) == sorted(globals()), __import__("math").pi, memoryview(b"a")[0], iter([]).__class__.__name__)
print("a", "b", sep="-", end="!\n")
print(*[1, 2, 3], sep="\n")
print("to", "stdout", file=sys.stdout, flush=True)
print()
print(end="")
print("x", None, True, 1.0, [1, "a"], {"k": (1,)}, sep=" | ")
o = type("O", (), {})()
setattr(o, "a", 1)
print(o.a, delattr(o, "a"), hasattr(o, "a"), property, staticmethod, classmethod, super, isinstance(property(), property))
for op in (lambda: abs("x"), lambda: chr("a"), lambda: ord(5), lambda: divmod(1), lambda: getattr(5, "nope"), lambda: getattr(5, 5), lambda: hash([]), lambda: hex("a"), lambda: int([]), lambda: isinstance(5, 5), lambda: issubclass(5, int), lambda: iter(5), lambda: len(5), lambda: max(), lambda: min([]), lambda: next([]), lambda: pow("a", 2), lambda: pow(2, 3, "x"), lambda: print(sep=5), lambda: round("x"), lambda: sorted(), lambda: sum([[]]), lambda: sum(5), lambda: type(1, 2), lambda: vars(5), lambda: zip(5), lambda: __import__(5), lambda: bytes("x"), lambda: float([]), lambda: complex("x"), lambda: complex("1", 2), lambda: int("5", 100), lambda: int(5, 10), lambda: bool(1, 2), lambda: str(b"x", "nope"), lambda: bytearray(-1), lambda: compile("1 +", "f", "eval"), lambda: compile("1", "f", "nope"), lambda: eval("x = 5"), lambda: eval(5), lambda: exec(5), lambda: format(5, 5), lambda: property().__get__(5), lambda: slice(), lambda: object.__new__(int), lambda: int.__new__(str), lambda: round(1.5, "x"), lambda: input.nope, lambda: enumerate(), lambda: filter(None), lambda: all(1), lambda: super()):
    try:
        print(op())
    except Exception as e:
        print(type(e).__name__, e)
print(int(), float(), str(), bytes(), list(), dict(), set(), bool(), complex(), tuple(), int(3.99), int(-3.99), int("-7"), int(True), float("  1e3 "), str(1.0), str([None]), complex("1e2-3j"), int(b"42"), int("٣"), float("٣.٥"))
print(sorted("bca", key=lambda c: -ord(c)), sorted({"b": 1, "a": 2}), sorted([(1, "b"), (1, "a")], key=lambda p: p[0]), sum((1, 2.5, 3)), sum([True, True]), sum([], []), round(-0.5), round(1e20), round(12.5), round(13.5), round(1.25, 1), round(-1.35, 1), divmod(-7, 2), divmod(7.5, 2), divmod(-0.0, 1))
print(type("X", (int,), {"double": lambda self: self * 2})(21).double(), isinstance(True, int), type(True) is int, type(None), type(...), type(NotImplemented), type(lambda: 0), type(print), type(print).__name__, type([].append), type(str.join), type(type.__dict__))
print(__name__, __doc__[:12], __builtins__.__name__, len.__name__, len.__doc__ is not None, len.__self__.__name__, [].append.__name__, str.upper.__name__, int.__add__(1, 2), (5).__add__(6), str.__len__("abc"), list.__getitem__([1, 2], 1), object.__repr__(None)[:8], int.from_bytes(b"\1", "big"), float.fromhex("0x1p-1"), dict.fromkeys("a", 1), str.maketrans("a", "b"), bytes.fromhex("41"))
print([f.__name__ for f in (sorted, abs, print, isinstance)], repr(len), repr(int), repr(str.join), repr(type), repr(...), repr(NotImplemented), repr(None), repr(slice(1, None, 2)), repr(range(2)), repr(property)[:7], repr(object)[:7])
