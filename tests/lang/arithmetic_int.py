# SPDX-License-Identifier: MIT
"""Integer arithmetic: signs, floor division, powers, shifts, limits of the small representation, big values."""
import itertools

pairs = [(7, 3), (-7, 3), (7, -3), (-7, -3), (0, 5), (1 << 60, 7), (-(1 << 60), 7), ((1 << 60) - 1, 1 << 30), (10 ** 30, 10 ** 9 + 7)]
for a, b in pairs:
    print(a, b, a + b, a - b, a * b, a // b, a % b, divmod(a, b), a & b, a | b, a ^ b)

for base, exp in [(2, 10), (-2, 3), (0, 0), (3, 40), (7, 77), (-1, 101)]:
    print(base, exp, base ** exp, pow(base, exp, 1000003))
print(pow(3, -1, 7), pow(10, 18, 97), 2 ** -2, (-2) ** -3)
print(pow(2, 0.5) == 2 ** 0.5, (-8) ** 2, -8 ** 2)

edges = [2 ** 60 - 1, 2 ** 60, 2 ** 60 + 1, 2 ** 61 - 1, 2 ** 61, 2 ** 62, 2 ** 63 - 1, 2 ** 63, 2 ** 64 - 1, 2 ** 64, 2 ** 127, 2 ** 128 - 1]
for e in edges:
    print(e, -e, e + 1, -e - 1, e - 1, e * 2, e * e, hash(e), hash(-e), e.bit_length(), e.bit_count())
    print(e >> 1, -e >> 1, e << 3, ~e, -e // 3, -e % 3, e // -7, (e + e) // 2 == e, e * e // e == e)

for s in (0, 1, 30, 59, 60, 61, 62, 63, 64, 65, 127, 128):
    print(s, 1 << s, (-1) << s, (1 << 130) >> s, -(1 << 130) >> s)

print(int("0x_ff", 16), int("-0b1010", 0), int("0o17", 0), int("zz", 36), int("  42\n"), int("1_000"))
for text, base in [("12a", 10), ("", 10), ("9", 8), ("1__0", 10), ("_1", 10), ("0x", 16), ("5", 1)]:
    try:
        print(int(text, base))
    except ValueError as error:
        print("ValueError", error)
for op in (lambda: 1 // 0, lambda: 1 % 0, lambda: divmod(1, 0), lambda: 0 ** -1, lambda: 1 << -1, lambda: 1 >> -5, lambda: pow(2, -1, 4),
           lambda: pow(2, 3, 0), lambda: 1 + "a", lambda: "a" - 1, lambda: -"x", lambda: ~1.5):
    try:
        print(op())
    except Exception as error:
        print(type(error).__name__, error)

print(round(12345, -2), round(15, -1), round(25, -1), round(-15, -1), round(7), round(7, 3))
print((255).to_bytes(2, "big"), (-2).to_bytes(4, "little", signed=True), int.from_bytes(b"\x01\x00", "little"), int.from_bytes(b"\xff\xfe", "big", signed=True))
print((7).as_integer_ratio(), (5).conjugate(), (5).real, (5).imag, (12).numerator, (12).denominator)
print(hex(-255), oct(8), bin(-5), f"{255:#x} {255:08b} {-5:+d} {10 ** 20:,} {1234567:_}")
total = 0
for x, y, z in itertools.product(range(-3, 4), repeat=3):
    if y:
        total = total * 31 + (x // y) * 7 + x % y * z
    total &= (1 << 200) - 1
print(total)
factorial = 1
for i in range(1, 101):
    factorial *= i
print(factorial, len(str(factorial)), str(factorial) == f"{factorial:d}", int(str(factorial)) == factorial)
a, b = 0, 1
for _ in range(300):
    a, b = b, a + b
print(a)
print(True + True, True * 7, -True, ~True, True == 1, isinstance(True, int), bool(0), bool(-1), int(True))
