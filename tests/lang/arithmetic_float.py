# SPDX-License-Identifier: MIT
"""Floats: printing, parsing, special values, rounding, comparison with ints, methods."""
values = [0.0, -0.0, 1.0, -1.5, 0.1, 1 / 3, 1e16, 1e15, 123456789.123, 1e22, 1e23, 1e-5, 1e-4, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308,
          float("inf"), float("-inf"), 2.0 ** 53, 2.0 ** 53 + 2, 1e100, 123e-7, 4.35, 0.5, 1.5, 2.5, 2.0 ** 257, 2.0 ** 256, 1.0000000000000002]
for v in values:
    print(repr(v), str(v), v == v, v + 1, v * 2, -v, abs(v), bool(v), hash(v))
nan = float("nan")
print(nan, nan == nan, nan != nan, nan is nan, nan in [nan], [nan] == [nan], nan < 1, nan > 1, min(1.0, nan), max(nan, 1.0))
for text in ("1", "1.", ".5", "1e5", "1E+5", "-1e-5", " 3.5 ", "1_0.0_1", "inf", "-Infinity", "NaN", "0x1p3", "", "1e", "1..2", "abc", "1__0"):
    try:
        print(repr(text), float(text))
    except ValueError as error:
        print("ValueError", error)
for a, b in [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (1e150, 1e-10), (0.0, 3.0), (5.0, float("inf")), (-5.0, float("inf"))]:
    print(a, b, a + b, a - b, a * b, a / b, a // b, a % b, divmod(a, b), a ** 2)
for op in (lambda: 1.0 / 0, lambda: 1 / 0, lambda: 1.0 // 0.0, lambda: 1.0 % 0, lambda: divmod(1.0, 0.0), lambda: 0.0 ** -1, lambda: int(float("nan")), lambda: int(float("inf")),
           lambda: 10.0 ** 400, lambda: 2.0 ** 10000, lambda: (-8.0) ** (1 / 3), lambda: float("inf").as_integer_ratio(), lambda: 1.5 & 1, lambda: round(float("nan"))):
    try:
        print(op())
    except Exception as error:
        print(type(error).__name__, error)
print([round(x) for x in (0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 1e20)], [round(x, 2) for x in (2.675, 1.005, 2.5, -2.345, 1e300)], round(1234.5678, -2), round(5.0, 0))
print([int(x) for x in (1.9, -1.9, 1e15, -0.0, 1e25)], [x.is_integer() for x in (1.0, 1.5, 1e300)])
print((0.75).as_integer_ratio(), (0.1).hex(), float.fromhex("0x1.8p1"), (3.0).conjugate(), (-0.0).hex(), float.fromhex("-inf"))
print(1 == 1.0, 2 ** 53 == 2.0 ** 53, 2 ** 53 + 1 == 2.0 ** 53, 2 ** 53 + 1 > 2.0 ** 53, 10 ** 400 > 1e308, -10 ** 400 < float("-inf"), 10 ** 22 == 1e22, 10 ** 23 == 1e23)
print(hash(1.0) == hash(1), hash(2.0 ** 70) == hash(2 ** 70), hash(0.5), hash(float("inf")), hash(-0.0), {1: "a"}[1.0], {1.0: "b"}[True])
for spec in ("", "f", ".2f", "e", ".3e", "g", ".3g", "%", ".1%", "10.2f", "<10.2f", "^+10.2f", "010.3f", ",.2f", "_.1f", "#.0f", ".0f", "n", " .1f", "G", "E", ".10", "5"):
    print(spec, [format(x, spec) for x in (0.0, 1.5, -2.25, 1234567.891, 1e-7, 1e20, float("inf"))])
print("%5.2f|%-8.3e|%+g|%g|%r|%s" % (3.14159, 31415.9, 2.5, 1e10, 0.1, 1e16))
total = 0.0
for i in range(1, 100001):
    total += 1.0 / (i * i)
print(total, sum([0.1] * 10), sum(x * 0.1 for x in range(20)), sum([1, 2.5, 3]))
x = 1.0
for _ in range(100):
    x = x * 1.1 - 0.05
print(x, x // 1, x % 1)
print(complex(1, 2) * complex(3, -1), (1 + 2j) ** 2, abs(3 + 4j), (1 + 2j).conjugate(), 1j ** 2, complex("1+2j"), repr(-0j), (2 + 0j) == 2, 1 / (1 + 1j))
print((0.1 + 0.2), 0.1 + 0.2 == 0.3, 1e16 + 1, 1.1 * 1.1, 100 * 1.1, 3 * 0.1)
