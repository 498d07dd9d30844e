# SPDX-License-Identifier: MIT
"""math: every function on ordinary, edge and wrong values."""
import math
inf, nan = math.inf, math.nan
one = [n for n in dir(math) if not n.startswith("_") and callable(getattr(math, n))]
values = [0, 1, -1, 0.5, -0.5, 2.5, 10, 1e-10, 1e10, -0.0, inf, -inf, nan, 170, 710, True, 10 ** 30]
for name in ("acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "degrees", "erf", "erfc", "exp", "exp2", "expm1", "fabs", "factorial", "floor", "frexp", "gamma", "isfinite", "isinf", "isnan", "isqrt", "lgamma", "log", "log10", "log1p", "log2", "modf", "radians", "sin", "sinh", "sqrt", "tan", "tanh", "trunc", "ulp"):
    row = []
    for v in values:
        try:
            r = getattr(math, name)(v)
            row.append(float(f"{r:.12g}") if isinstance(r, float) else len(str(r)) if isinstance(r, int) and abs(r) > 10 ** 30 else r)
        except (ValueError, OverflowError, TypeError) as e:
            row.append(f"{type(e).__name__}: {e}")
    print(name, row)
for name, args in (("atan2", [(1, 2), (0.0, -0.0), (inf, inf)]), ("comb", [(10, 3), (3, 10), (-1, 2), (100, 50)]), ("perm", [(10, 3), (5,), (3, 5)]), ("copysign", [(1, -0.0), (nan, -1)]), ("dist", [((1, 2), (4, 6)), ((1,), (1, 2))]), ("fmod", [(7, 3), (-7, 3), (inf, 2), (1, 0)]), ("fsum", [([0.1] * 10,), ([1e100, 1, -1e100],), ([inf, -inf],)]), ("gcd", [(12, 18), (), (0, 0), (7, 21, 35), (1.5, 2)]), ("lcm", [(4, 6), (), (0, 5)]), ("hypot", [(3, 4), (1, 2, 2), ()]), ("isclose", [(1, 1 + 1e-10), (1, 1.1), (nan, nan)]), ("ldexp", [(0.5, 3), (1, 5000), (1, -5000)]), ("log", [(8, 2), (100, 10), (1, 1), (-1, 2), (10 ** 400,)]), ("nextafter", [(1, 2), (0, -1), (nan, 1)]), ("pow", [(2, 10), (2, 0.5), (-2, 0.5), (0, -1), (1e308, 10)]), ("prod", [([1, 2, 3],), ([],), ([1.5, 2],), (["a"],)]), ("remainder", [(7, 3), (8, 3), (1, 0)]), ("sqrt", [("a",)])):
    for a in args:
        try:
            print(name, a, getattr(math, name)(*a))
        except (ValueError, OverflowError, TypeError, ZeroDivisionError) as e:
            print(name, a, type(e).__name__, e)
print(math.pi, math.e, math.tau, math.inf, math.nan, math.isclose(1, 1.05, rel_tol=0.1), math.isclose(0, 1e-12, abs_tol=1e-9), math.prod([2, 3], start=10), len(one))


class C:
    def __ceil__(self): return "ceil"
    def __floor__(self): return "floor"
    def __trunc__(self): return "trunc"
    def __float__(self): return 2.25
    def __index__(self): return 7


print(math.ceil(C()), math.floor(C()), math.trunc(C()), math.sqrt(C()), math.factorial(C()), math.gcd(C(), 14))
