# SPDX-License-Identifier: MIT
# Random operands through every operation in many contexts: results, flags and errors as CPython's _decimal gives them.
import random
from decimal import *

rng = random.Random(20240611)
ROUNDINGS = [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]
UNARY = ["abs", "minus", "plus", "next_minus", "next_plus", "normalize", "to_integral_value", "to_integral_exact", "sqrt", "logb",
         "logical_invert", "copy_abs", "copy_negate", "number_class", "to_sci_string", "to_eng_string", "is_normal", "is_subnormal"]
SLOW = ["exp", "ln", "log10"]
BINARY = ["add", "subtract", "multiply", "divide", "divide_int", "remainder", "divmod", "remainder_near", "compare", "compare_signal",
          "compare_total", "compare_total_mag", "max", "min", "max_mag", "min_mag", "quantize", "next_toward", "logical_and",
          "logical_or", "logical_xor", "rotate", "shift", "scaleb", "same_quantum", "copy_sign"]
SPECIAL = ["NaN", "-NaN123", "sNaN", "-sNaN7", "Inf", "-Inf", "0", "-0", "0E+5", "-0E-7", "1", "-1", "10", "0.5", "1E+9", "9" * 30]


def digits(n):
    kind = rng.random()
    if kind < 0.15:
        return "".join(rng.choice("01") for _ in range(n))
    if kind < 0.25:
        return "9" * n
    if kind < 0.35:
        return str(rng.randrange(1, 100)) + "0" * n
    if kind < 0.42:
        return rng.choice("14") + rng.choice(["0", "9"]) * n + rng.choice(["5", "4", "6", ""])
    return str(rng.randrange(10 ** n))


def number(c, near=None):
    if rng.random() < 0.08:
        return Decimal(rng.choice(SPECIAL))
    n = rng.choice([1, 2, 3, c.prec, c.prec + 1, 2 * c.prec, rng.randrange(1, 60)])
    exp = rng.choice([0, 0, -n, 1 - n, rng.randrange(-40, 40), rng.randrange(-3, 3), c.Emin + rng.randrange(-5, 5), c.Emax - n + rng.randrange(-5, 5)])
    if near is not None and near.is_finite() and rng.random() < 0.5:
        exp = near.as_tuple().exponent + rng.randrange(-12, 12)
    exp = max(-10 ** 9, min(10 ** 9, exp))
    return Decimal("%s%sE%d" % (rng.choice(["", "", "-"]), digits(n), exp))


def count(c):
    return Decimal(rng.randrange(-c.prec - 2, c.prec + 3))


def show(c, name, *args):
    c.clear_flags()
    try:
        result = getattr(c, name)(*args)
    except DecimalException as error:
        result = repr(error)
    flags = "".join("*" if on else "." for on in c.flags.values())
    print(name, *args, "->", result, flags)


def context(i):
    prec = rng.choice([1, 2, 3, 7, 9, 16, 19, 28, 28, 28, 34, 38, 50, 100])
    emax = rng.choice([0, 5, 50, 999, 999999, 999999999])
    c = Context(prec=prec, rounding=ROUNDINGS[i % 8], Emax=max(emax, 1), Emin=-emax, clamp=rng.choice([0, 0, 1]), capitals=rng.choice([0, 1]))
    if rng.random() < 0.85:
        c.clear_traps()
    return c


for i in range(64):
    c = context(i)
    print(c)
    for name in UNARY:
        for _ in range(3):
            show(c, name, number(c))
    for name in SLOW:
        show(c, name, number(c))
        show(c, name, Decimal(rng.randrange(1, 10 ** 6)) / 1000)
    for name in BINARY:
        for _ in range(6):
            a = number(c)
            b = count(c) if name in ("rotate", "shift", "scaleb") and rng.random() < 0.8 else number(c, a)
            show(c, name, a, b)
    for _ in range(4):
        a = number(c)
        show(c, "fma", a, number(c), number(c, a))
        show(c, "power", number(c), Decimal(rng.randrange(-30, 30)))
        show(c, "power", abs(Decimal(rng.randrange(1, 10 ** 5)) / 100), Decimal(rng.randrange(-10 ** 4, 10 ** 4)) / 100)
        show(c, "power", Decimal(rng.randrange(-100, 100)), Decimal(rng.randrange(-2, 100)), Decimal(rng.randrange(-50, 50)))
        show(c, "create_decimal", str(number(c)))

# ---- exact things, in the default context: text, conversions, hashes, comparison
setcontext(Context(prec=28, Emax=999999999, Emin=-999999999, traps=[]))
c = getcontext()
for _ in range(600):
    a, b = number(c), number(c)
    print(a, repr(a), a.to_eng_string(), a.as_tuple(), a.adjusted(), bool(a), a == b, a != b, a < b, a <= b, a > b, a >= b)
    if a.is_finite() and abs(a.adjusted()) < 300:
        print(hash(a), int(a), float(a), a.as_integer_ratio(), round(a), round(a, 2), a.__floor__(), a.__ceil__(), a == float(a), a < float(b) if b.is_finite() else "")
        print(hash(a) == hash(a.normalize()), a == a.as_integer_ratio()[0], a + 1, 1 - a, a * 3, 7 / a if a else "", a // 7, -7 % a if a else "")

for _ in range(1500):
    fill = rng.choice(["", "", "*", "0", "\u20ac"])
    align = rng.choice("<>=^") if fill else rng.choice(["", "<", ">", "=", "^"])
    spec = (fill + align + rng.choice(["", "", "z"]) + rng.choice(["", "+", "-", " "]) + rng.choice(["", "", "z"]) + rng.choice(["", "", "0"]) +
            rng.choice(["", str(rng.randrange(1, 40))]) + rng.choice(["", "", ","]) + rng.choice(["", ".%d" % rng.randrange(0, 12)]) +
            rng.choice(["", "e", "E", "f", "F", "g", "G", "n", "%", "N", "x"]))
    value = number(c)
    if value.is_finite() and abs(value.adjusted()) > 60:
        value = value.scaleb(-value.adjusted())
    try:
        print(value, repr(spec), repr(format(value, spec)))
    except (ValueError, DecimalException) as error:
        print(value, repr(spec), repr(error))
