# SPDX-License-Identifier: MIT
"""Decimals that threads share, a Context of all of them, and contexts of their own."""
import threading
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow, Rounded, getcontext, localcontext, setcontext

THREADS, ROUNDS = 6, 300
numbers = [Decimal(n) / 7 for n in range(1, 40)] + [Decimal(10) ** 60 + n for n in range(5)]
shared = Context(prec=30, traps=[])
start = threading.Barrier(THREADS)
results, errors = [None] * THREADS, []


def own_context(k):
    """Every thread starts with a context of its own; with statements nest in it."""
    getcontext().prec = 10 + k
    lengths = set()
    for _ in range(ROUNDS // 10):
        lengths.add(len((Decimal(1) / 3).as_tuple().digits))
        with localcontext() as inner:
            inner.prec = 5
            lengths.add(len((Decimal(1) / 3).as_tuple().digits))
    return sorted(lengths)


def read_shared(k):
    total = Decimal(0)
    with localcontext(prec=50):
        for n in range(ROUNDS):
            x = numbers[(n + k) % len(numbers)]
            total += x * x - x / 3
            hash(x), str(x), x == numbers[n % len(numbers)], x.as_tuple(), int(x)
        return sum((numbers[n] for n in range(len(numbers))), Decimal(0))


def work_in_shared(k):
    """All set flags and change fields of one context: each result is that of some precision that was set."""
    for n in range(ROUNDS):
        shared.prec = 20 + (n + k) % 10
        quotient = shared.divide(1, 3)
        if not 20 <= len(quotient.as_tuple().digits) < 30:
            errors.append(quotient)
        shared.flags[Overflow] = n % 2
        shared.flags.copy(), repr(shared), shared.copy(), shared == shared
        shared.create_decimal("x"), shared.power(2, 100), shared.sqrt(2)
    return None


def run(k):
    start.wait()
    results[k] = own_context(k), read_shared(k), work_in_shared(k)


threads = [threading.Thread(target=run, args=(k,)) for k in range(THREADS)]
for t in threads:
    t.start()
for t in threads:
    t.join()
for result in results:
    print(result)
print(errors, shared.flags[Inexact], shared.flags[Rounded], shared.flags[InvalidOperation], getcontext().prec)

# A context that one thread makes current and another changes.
setcontext(Context(prec=6))
mine = getcontext()
other = threading.Thread(target=lambda: (setattr(mine, "prec", 9), mine.flags.__setitem__(InvalidOperation, True)))
other.start()
other.join()
print(Decimal(1) / 3, getcontext())
