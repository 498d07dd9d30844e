# SPDX-License-Identifier: MIT
"""Conditions, chained comparison, boolean operators, loops, nested break and continue, precedence, ternaries, del in loops."""
calls = []


def v(x):
    calls.append(x)
    return x


print(v(1) < v(2) < v(3), v(3) < v(2) < v(1), calls)
calls.clear()
print(v(0) or v("") or v("x") or v("y"), v(1) and v([]) and v(2), not v(0), calls)
print(1 < 2 == 2 < 3 != 4, 1 < 3 > 2, (1 < 2) == True, 1 < 2 == True, 1 in [1] == True, not 1 == 2, not (1 and 0) or 0, 5 if 0 else 6 if 1 else 7, None or 0, 0 and 1 / 0, [] or {} or "last")
print(2 + 3 * 4 ** 2 // 5 % 7, -2 ** 2, 2 ** -1, 2 ** 3 ** 2, ~5 & 3 | 8 ^ 1, 1 << 2 + 1, not 1 + 1, 10 - 5 - 2, 100 / 10 / 2, 7 // 2 * 2, 1 | 2 == 2, (lambda: 1 if 0 else 2)(), "a" "b" * 2, -1 // 2, -(1 // 2), 3 - -3, +-+5, not not [], 1 == 1 is True, 6 & 3 == 3)


def sieve(limit):
    found = []
    for n in range(2, limit):
        for p in found:
            if p * p > n:
                found.append(n)
                break
            if n % p == 0:
                break
        else:
            found.append(n)
    return found


print(sieve(60))


def search(grid, target):
    for y, row in enumerate(grid):
        for x, cell in enumerate(row):
            if cell is None:
                continue
            if cell == target:
                return x, y
            if cell < 0:
                break
        else:
            continue
        return "negative", y
    return None


print(search([[1, None, 3], [4, 5, 6]], 5), search([[1, -1, 3], [4, 5, 6]], 5), search([[1], [2]], 9))


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


print([collatz(n) for n in range(1, 30)], max(range(1, 3000), key=collatz))


def classify(n):
    if n < 0:
        return "neg"
    elif n == 0:
        return "zero"
    elif n < 10:
        if n % 2:
            return "small odd"
        else:
            return "small even"
    else:
        return "big"


print([classify(n) for n in (-5, 0, 3, 4, 50)])
i = 0
while True:
    i += 1
    if i % 2:
        continue
    if i > 8:
        break
    print(i, end=" ")
print()
for i in range(3):
    for j in range(3):
        if j == i:
            continue
        if j > i + 1:
            break
        print((i, j), end=" ")
print()
for i in range(2):
    try:
        for j in range(2):
            try:
                if j:
                    break
                continue
            finally:
                print("f", i, j, end=" ")
    finally:
        print("F", i, end=" ")
print()


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


print(gcd(1071, 462), [gcd(a, 36) for a in range(1, 13)])
x = 5
result = "many" if x > 3 else "few"
print(result, x > 3 and "yes" or "no", (x, -x)[x < 3], {True: "t", False: "f"}[x == 5], x if (x := 3) else 0, x)


class Truthy:
    def __init__(self, b):
        self.b = b

    def __bool__(self):
        print("bool called", end=" ")
        return self.b


print("yes" if Truthy(True) else "no", not Truthy(False), bool(Truthy(True) and Truthy(False)), [1 for _ in range(2) if Truthy(True)])


class Len:
    def __len__(self):
        return 0


print(bool(Len()), bool(object()), bool(0.0), bool(""), bool(" "), bool([0]), bool(None), bool(range(0)), bool(b""), bool(0j), bool(...))
for value in (5, "5", None, [], [0], 0.0, -1, (), {}):
    print("T" if value else "F", end="")
print()
assert True, "never shown"
if True: print("one line"); print("two")
for k in "ab": print(k, end=";")
print()
if 1:
    pass
else:
    print("no")


def bubble(values):
    values = list(values)
    n = len(values)
    swapped = True
    while swapped:
        swapped = False
        for i in range(1, n):
            if values[i - 1] > values[i]:
                values[i - 1], values[i] = values[i], values[i - 1]
                swapped = True
        n -= 1
    return values


print(bubble([5, 2, 9, 1, 5, 6]), bubble("hello"))


def hanoi(n, a="A", b="B", c="C"):
    return [] if n == 0 else hanoi(n - 1, a, c, b) + [a + c] + hanoi(n - 1, b, a, c)


print(hanoi(3), len(hanoi(8)))


def queens(n):
    solutions = []

    def place(row, cols):
        if row == n:
            solutions.append(tuple(cols))
            return
        for c in range(n):
            if all(c != d and abs(c - d) != row - r for r, d in enumerate(cols)):
                cols.append(c)
                place(row + 1, cols)
                cols.pop()
    place(0, [])
    return solutions


print(len(queens(6)), queens(6), len(queens(7)))
