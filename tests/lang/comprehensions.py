# SPDX-License-Identifier: MIT
"""Comprehensions of every kind, nesting, conditions, scope, walrus, evaluation order."""
order = []


def t(x, tag):
    order.append((tag, x))
    return x


print([x * 2 for x in range(5)], [x for x in range(10) if x % 2 if x % 3], [(x, y) for x in range(3) for y in range(x)], [[i * j for j in range(3)] for i in range(3)])
print({x % 3 for x in range(10)}, {x: x ** 2 for x in range(4)}, {k: v for k, v in [("a", 1), ("b", 2)]}, {(i, j): i + j for i in range(2) for j in range(2)}, list(x for x in "abc"))
print([x if x > 2 else -x for x in range(5)], [y for x in [[1, 2], [3]] for y in x], [a + b for a, b in zip("ab", "cd")], [first for first, *rest in ["abc", "de"]], [x for x, in [(1,), (2,)]])
print([t(x, "value") for x in t([1, 2], "iter") if t(x, "cond")], order)
order.clear()
print({t(k, "key"): t(k * 10, "val") for k in (1, 2)}, order)
print([y := 1, y ** 2], [last := x for x in range(3)], last, [z for x in range(5) if (z := x * x) > 3], z)
matrix = [[1, 2, 3], [4, 5, 6]]
print([[row[i] for row in matrix] for i in range(3)], [list(c) for c in zip(*matrix)], sum([sum(r) for r in matrix]), [cell for row in matrix for cell in row if cell % 2], [len(w) for w in "the quick brown".split()])
primes = [n for n in range(2, 60) if all(n % d for d in range(2, int(n ** 0.5) + 1))]
print(primes, [(a, b, c) for a in range(1, 20) for b in range(a, 20) for c in range(b, 20) if a * a + b * b == c * c])


def f(n):
    k = 5
    return [lambda: i + k for i in range(n)], [j + k + n for j in range(n)], {m: [m * k for _ in range(m)] for m in range(n)}


print([g() for g in f(3)[0]], f(2)[1:])


class C:
    size = 3
    squares = [i * i for i in range(size)]
    pairs = {i: [i] * 2 for i in range(size)}


print(C.squares, C.pairs, "i" in vars(C))
x = "outer"
print([x for x in range(2)], x, [[x for x in range(3)] for x in range(2)], x)
for source in ("[x for x in 5]", "[1/x for x in [1, 0]]", "{[]: 1 for _ in range(1)}", "{[] for _ in range(1)}", "[x for x in undefined_thing]", "[q for _ in range(1) if q]", "{k: v for k in [1]}", "[a, b for a in c]", "[*x for x in y]", "{**d for d in e}", "[x for x in]", "(x for x in range(3)) = 5", "[i for i in range(3) if (i := 5)]", "[(yield 1) for x in y]", "dict(x for x in y, 1)"):
    try:
        print(eval(source))
    except SyntaxError as e:
        print("SyntaxError", e.msg)
    except Exception as e:
        print(type(e).__name__, e)
gen = ((i, j) for i in range(3) if i for j in range(i) if j % 2 == 0)
print(next(gen), list(gen), sum(i for i in range(1000)), max(x * y % 7 for x in range(5) for y in range(5)), "".join(c.upper() for c in "abc" if c != "b"), sorted({c for c in "hello"}), dict(enumerate("ab")), set(map(abs, [-1, 1])), tuple(i for i in range(3)))
print([*(x for x in range(3)), *[9]], {**{k: 1 for k in "ab"}})
