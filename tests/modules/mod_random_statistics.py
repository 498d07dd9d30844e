# SPDX-License-Identifier: MIT
"""random with seeds (the very numbers CPython gives), statistics, secrets, fractions, decimal."""
import random, statistics
r = random.Random(12345)
print([r.random() for _ in range(3)], r.randint(1, 100), r.randrange(0, 1000, 7), r.choice("abcdef"), r.sample(range(100), 5), r.choices([1, 2, 3], weights=[5, 1, 1], k=8), r.uniform(1, 2), r.gauss(0, 1), r.normalvariate(0, 1), r.expovariate(2), r.betavariate(1, 2), r.gammavariate(2, 1), r.triangular(0, 1, 0.3), r.getrandbits(100), r.randbytes(5), r.lognormvariate(0, 1), r.paretovariate(3), r.vonmisesvariate(0, 4), r.weibullvariate(1, 2))
l = list(range(10)); r.shuffle(l); print(l)
state = r.getstate(); a = r.random(); r.setstate(state); print(a == r.random(), random.Random("text").random(), random.Random(1.5).random(), random.Random(b"bytes").random(), random.Random(2 ** 100).random(), random.Random(-5).random(), random.Random(None).random() < 1)
random.seed(7); print(random.random(), random.randint(0, 9), random.getrandbits(0), random.sample([1, 2, 3], counts=[2, 1, 1], k=2))
for bad in (lambda: r.choice([]), lambda: r.randrange(5, 5), lambda: r.sample([1], 2), lambda: r.sample({1}, 1), lambda: r.getrandbits(-1), lambda: random.Random([]), lambda: r.choices([], k=1), lambda: r.randint(1.5, 2)):
    try:
        print(bad())
    except (IndexError, ValueError, TypeError) as e:
        print(type(e).__name__, e)
d = [1, 2, 2, 3, 4, 7, 9]
print(statistics.mean(d), statistics.median(d), statistics.mode(d), statistics.stdev(d), statistics.pvariance(d), statistics.quantiles(d), statistics.fmean(d), statistics.harmonic_mean([1, 2, 4]), statistics.geometric_mean([1, 2, 4]), statistics.multimode("aabb"), statistics.correlation([1, 2, 3], [1, 2, 4]), statistics.linear_regression([1, 2, 3], [2, 4, 6]), statistics.NormalDist(0, 1).cdf(1), statistics.median_low(d))
from fractions import Fraction as F
print(F(3, 6), F("0.125"), F(0.5) + F(1, 3), F(7, 3) // 2, F(-7, 3) % 2, F(1, 3) ** 3, round(F(7, 3)), F(22, 7).limit_denominator(5), F(1, 2) == 0.5, hash(F(1, 2)) == hash(0.5), float(F(1, 3)), F(5, 3).__floor__(), max(F(1, 2), F(2, 3)), repr(F(1)))
from decimal import Decimal as D, getcontext, localcontext, ROUND_HALF_UP
print(D("1.1") + D("2.2"), D(1) / D(3), D("1.23456").quantize(D("0.01"), ROUND_HALF_UP), D(0.1), D("1E+5"), D("NaN"), D("-Infinity"), D(2).sqrt(), D("3.14").as_tuple(), D("10") % 3, -D("0"), D("1.0") == D("1.00"), hash(D("1.0")) == hash(1), f"{D('1234.5'):,.2f}", D("1e3").normalize(), D(5).compare(D(3)), int(D("7.9")), D("1.5").to_integral_value(), D("0.1").as_integer_ratio(), getcontext().prec)
with localcontext() as c:
    c.prec = 50
    print(D(1) / D(7), D(2).ln(), D(2) ** D("0.5"), D(1).exp())
for bad in (lambda: D(1) / 0, lambda: D("x"), lambda: D("sNaN") + 1, lambda: F(1, 0), lambda: F("x"), lambda: D(1) + 1.5):
    try:
        print(bad())
    except (ArithmeticError, ValueError, TypeError) as e:
        print(type(e).__name__)
