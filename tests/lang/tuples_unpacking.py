# SPDX-License-Identifier: MIT
"""Tuples, sequence unpacking, starred targets, swaps, multiple assignment, augmented assignment, del."""
t = (1, "two", 3.0)
print(t, len(t), t[0], t[-1], t[1:], t + (4,), t * 2, (), (1,), 1 in t, t.index("two"), t.count(1), t == (1, "two", 3.0), (1, 2) < (1, 3), (1, 2) < (1, 2, 3), hash((1, 2)) == hash((1, 2)), hash(()))
a, b, c = t
(d, e), [f, g] = (1, 2), (3, 4)
print(a, b, c, d, e, f, g)
a, b = b, a
a, b, c = c, a, b
first, *rest = range(5)
*init, last = "abc"
x, *mid, y = [1, 2]
p, (q, *r), s = 1, [2, 3, 4], 5
print(a, b, c, first, rest, init, last, x, mid, y, p, q, r, s)
i = j = k = []
i.append(1)
print(k, i is j)
for (m, n), *o in [((1, 2), 3, 4), ((5, 6),)]:
    print(m, n, o)
lst = [0, 0, 0]
idx = 0
idx, lst[idx] = 1, 2
print(idx, lst)
lst[0], lst[1], lst[2] = lst[2], lst[0], "z"
obj = type("O", (), {})()
obj.attr, lst[1:2] = 10, [7, 8, 9]
print(lst, obj.attr, [*range(3), *"ab"], (*[1], 2), {**{"a": 1}}, {*[1, 1]})
obj.attr += 5
lst[2] = lst[2] + 1
lst[0] += 100
lst[-1] *= 3
n = 10
n -= 3
n *= 2
n //= 4
n **= 3
n %= 10
n <<= 4
n |= 3
n ^= 1
n &= 0xff
n >>= 1
n /= 2
print(obj.attr, lst, n)
del lst[0], obj.attr
print(lst, hasattr(obj, "attr"))
for source in ("a, b = 1,", "a, b = 1, 2, 3", "a, *b = ()", "a, b = 5", "[a, b] = 'xyz'", "(a, b), c = 1, 2", "a, *b, c = [1]", "a, b = {1: 2}", "x = undefined_name", "del undefined_name", "(1, 2)[0] = 5", "t = (1, [2]); t[1] += [3]"):
    try:
        exec(source)
        print("ok", source)
    except Exception as error:
        print(type(error).__name__, error)
t = (1, [2])
try:
    t[1] += [3]
except TypeError as error:
    print(error, t)


def many():
    return 1, 2, 3


def star(*args, **kwargs):
    return args, kwargs


one, *_ = many()

print(one, _, star(*many(), 4, *"ab", k=1, **{"z": 2}))
print((lambda *a: a)(*[1, 2], *(3,)), [*map(lambda z: z * 2, (1, 2))], max(*[3, 9, 2]), print(*[1, 2], sep="-"), tuple(x for x in range(3)), tuple([1]), tuple("ab"), tuple())
head, (sub, *tail), *end = "a", ("b", "c", "d"), "e", "f"
print(head, sub, tail, end)
x = y, z = 1, 2
print(x, y, z)
x: int = 5
w: "list[int]"
print(x, __annotations__)
if (n := 10) > 5 and (m := n * 2):
    print(n, m, [last := v for v in range(3)], last, (q := 3) + q)
nested = ((1, 2), (3, (4, 5)))
for (a, b), (c, (d, e)) in [nested, nested]:
    print(a + b + c + d + e)
print((1, 2, 3)[::-1], ((1, 2),) * 2, (1, (2, 3)) == (1, (2, 3)), (1, 2) != [1, 2], sorted([(1, "b"), (1, "a"), (0, "z")]), min((3, 1), (2, 9)), isinstance((), tuple), repr((1,)), str(((),)))
