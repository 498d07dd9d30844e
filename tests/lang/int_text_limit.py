# SPDX-License-Identifier: MIT
"""Conversions of huge ints: the 4300 digit limit, its setters, other bases, big arithmetic across the library threshold."""
import sys

print(sys.get_int_max_str_digits(), sys.int_info.default_max_str_digits, sys.int_info.str_digits_check_threshold)
big = 10 ** 4300
for op in (lambda: str(big), lambda: repr(-big), lambda: int("1" * 4301), lambda: f"{big}", lambda: "%d" % big, lambda: f"{big:d}", lambda: eval("1" * 4301), lambda: sys.set_int_max_str_digits(5), lambda: sys.set_int_max_str_digits(-1), lambda: float(10 ** 400), lambda: 10 ** 400 / 3, lambda: int("9" * 10 + "x")):
    try:
        print(op())
    except Exception as e:
        print(type(e).__name__, str(e)[:150])
print(len(str(10 ** 4299)), len(hex(big)), len(f"{big:x}"), int("1" * 5000, 16).bit_length(), int("10" * 3000, 2).bit_length())
sys.set_int_max_str_digits(0)
s = str(7 ** 20000)
print(len(s), s[:20], s[-20:], int(s) == 7 ** 20000, sum(map(int, s)))
sys.set_int_max_str_digits(4300)
a, b = 3 ** 5000, 7 ** 3000
print((a * b) % 1000000007, a // b % 1000000007, a % b % 1000000007, (a + b) % 997, (a - b) % 997, (a & b) % 997, (a | b) % 997, (a ^ b) % 997, (a >> 1000) % 997, (a << 1001) % 997, pow(a, b, 10 ** 20 + 39), a > b, a == b, hash(a), hash(-a), (-a // b) % 997, (-a % b) % 997, divmod(-a, b)[1] % 997, ~a % 997, (-a >> 77) % 997, (-a & b) % 997)
import math
print(math.isqrt(a) % 997, math.gcd(a * 6, b * 4) , math.factorial(200) % 10007, math.comb(300, 150) % 10007, a.bit_length(), (a * a).bit_count(), math.isqrt(a * a) == a, int(math.log2(a)), float(3 ** 600), 3 ** 600 / 3 ** 599, int(1e300) % 997, round(a, -2000) % 997)
x = 1
for i in range(2000):
    x = (x * 6364136223846793005 + 1442695040888963407) & ((1 << 256) - 1)
print(x, x.to_bytes(32, "big").hex(), int.from_bytes(x.to_bytes(32, "little"), "little") == x)
