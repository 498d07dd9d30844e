# SPDX-License-Identifier: MIT
"""Iterators, the old sequence protocol, iter with a sentinel, builtins over iterables, loops with else, itertools."""
import itertools
import operator


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return CountIter(self.n)

    def __len__(self):
        return self.n

    def __reversed__(self):
        return iter(range(1, self.n + 1))


class CountIter:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1

    def __length_hint__(self):
        return self.n


class OldSequence:
    def __getitem__(self, i):
        if i >= 4:
            raise IndexError
        return i * 10


c = Countdown(4)
print(list(c), [*c], tuple(c), sum(c), max(c), sorted(c), 3 in c, 9 in c, list(reversed(c)), list(zip(c, c)), list(map(str, c)), list(enumerate(c, 1)), operator.length_hint(iter(c)), dict.fromkeys(c), set(c) == {1, 2, 3, 4})
o = OldSequence()
print(list(o), 20 in o, 25 in o, [x for x in o], iter(o).__class__.__name__, list(zip(o, "ab")), max(o))
values = iter([1, 2, 3, 0, 4])
print(list(iter(lambda: next(values), 0)), list(values))
for i in range(5):
    if i == 3:
        break
else:
    print("no break")
for i in []:
    pass
else:
    print("empty else")
n = 0
while n < 3:
    n += 1
    if n == 10:
        break
else:
    print("while else", n)
print(i, list(range(5, 0, -2)), range(0, 10, 3)[-1], len(range(10, 0, -3)), 6 in range(0, 10, 3), range(5) == range(0, 5), range(0) == range(2, 2), hash(range(3)) == hash(range(0, 3, 1)), range(10)[2:8:2], range(5).index(3), range(5).count(9), range(3), range(1, 2, 3), 10 ** 20 in range(10 ** 21), len(range(2 ** 40)), list(reversed(range(3))), range(2 ** 62, 2 ** 62 + 2)[1])
for op in (lambda: range(1.5), lambda: range(1, 2, 0), lambda: range(3)[5], lambda: range(), lambda: iter(5), lambda: iter(5, 1), lambda: next(iter([])), lambda: list(zip([1], [1, 2], strict=True)), lambda: enumerate(5), lambda: reversed({1}), lambda: sum(["a"]), lambda: max(1), lambda: len(iter([])), lambda: map(1), lambda: list(map(5, [1])), lambda: sorted(5), lambda: reversed(5), lambda: any(5), lambda: dict(zip("a")), lambda: min([]), lambda: sum("ab", "")):
    try:
        print(op())
    except (TypeError, ValueError, IndexError, StopIteration) as e:
        print(type(e).__name__, e)
it = iter([1, 2, 3])
print(next(it), list(it), next(it, "default"), it.__length_hint__(), list(filter(None, [0, 1, ""])), list(filter(lambda x: x > 1, [1, 2, 3])), list(map(lambda a, b: a + b, [1, 2], [10, 20, 30])), list(zip()), list(zip([1])), list(zip("abc", range(10))), all(()), any(()), sum([0.5] * 4), list(reversed("abc")), min("b", "a"), max([1, 5, 3], key=lambda v: -v), min({}, default=None))
islice, chain, count, cycle = itertools.islice, itertools.chain, itertools.count, itertools.cycle
print(list(islice(count(5, 3), 4)), list(islice(cycle("ab"), 5)), list(chain([1], "a", (2,))), list(chain.from_iterable([[1], [2]])), list(itertools.repeat(7, 3)), list(itertools.accumulate([1, 2, 3, 4])), list(itertools.accumulate([3, 1, 2], max, initial=0)))
print(list(itertools.product("ab", [1, 2])), list(itertools.product([0, 1], repeat=2)), list(itertools.permutations([1, 2, 3], 2)), list(itertools.combinations("abcd", 2)), list(itertools.combinations_with_replacement("ab", 2)))
print([(k, list(g)) for k, g in itertools.groupby("aaabbc")], [(k, [x[1] for x in g]) for k, g in itertools.groupby([(1, "a"), (1, "b"), (2, "c")], key=lambda p: p[0])], list(itertools.takewhile(lambda x: x < 3, range(9))), list(itertools.dropwhile(lambda x: x < 3, range(5))), list(itertools.filterfalse(lambda x: x % 2, range(5))), list(itertools.compress("abcd", [1, 0, 1])), list(itertools.starmap(pow, [(2, 3), (3, 2)])), list(itertools.zip_longest("ab", [1], fillvalue="-")), list(itertools.pairwise("abc")))
a, b = itertools.tee([1, 2, 3])
print(next(a), next(a), list(b), list(a), list(islice([1, 2, 3, 4, 5], 1, None, 2)), next(count()), count(2.5, 0.5), itertools.repeat(1, 2))


class Evil:
    def __iter__(self):
        return self

    def __next__(self):
        raise ValueError("broken iterator")


for consume in (list, tuple, set, sum, max, lambda e: [*e], lambda e: dict.fromkeys(e), lambda e: 1 in e, lambda e: [].extend(e), "".join, lambda e: print(*e), sorted):
    try:
        consume(Evil())
    except ValueError as e:
        print(e, end="; ")
print()


class NoStop:
    def __init__(self):
        self.i = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.i += 1
        if self.i == 3:
            raise StopIteration
        return self.i


ns = NoStop()
print(list(ns), list(islice(ns, 2)), [x for pair in zip(range(2), "xy") for x in pair], list(d := {"a": 1}), [*d.items()], sorted(d.values()))
