# SPDX-License-Identifier: MIT
"""Which comparison methods are called, on what, and how often: operators, subclasses, NotImplemented, and everything that compares."""
import bisect
import heapq
import itertools
import operator

OPERATORS = ["lt", "le", "eq", "ne", "gt", "ge"]
calls = []


def method(owner, name, answer):
    def compare(self, other):
        calls.append(f"{owner}({self.n}).{name}({getattr(other, 'n', other)!r})")
        if answer == "never":
            return NotImplemented
        if answer == "raise":
            raise ZeroDivisionError(name)
        result = getattr(operator, name)(self.n, getattr(other, "n", other))
        return [result] * result if answer == "list" else result
    return compare


def make(name, answers, *bases):
    body = {f"__{op}__": method(name, op, answer) for op, answer in answers.items()}
    body["__init__"] = lambda self, n: setattr(self, "n", n)
    body["__hash__"] = lambda self: 1
    body["__repr__"] = lambda self: f"{name}({self.n})"
    return type(name, bases, body)


class Base:
    pass


every = dict.fromkeys(OPERATORS, "truth")
Full = make("Full", every, Base)
Never = make("Never", dict.fromkeys(OPERATORS, "never"), Base)
Raises = make("Raises", dict.fromkeys(OPERATORS, "raise"), Base)
Lists = make("Lists", dict.fromkeys(OPERATORS, "list"), Base)
OnlyLess = make("OnlyLess", {"lt": "truth"}, Base)
OnlyGreater = make("OnlyGreater", {"gt": "truth"}, Base)
NeverLess = make("NeverLess", {"lt": "never", "gt": "truth", "eq": "never"}, Base)
OnlyEqual = make("OnlyEqual", {"eq": "truth"}, Base)
OnlyUnequal = make("OnlyUnequal", {"ne": "truth"}, Base)
Inherits = type("Inherits", (Full,), {"__hash__": Full.__hash__})
SubFull = make("SubFull", every, Full)
SubNever = make("SubNever", dict.fromkeys(OPERATORS, "never"), Full)
SubOfNever = make("SubOfNever", every, Never)
NeverOfNever = make("NeverOfNever", dict.fromkeys(OPERATORS, "never"), Never)


def make_builtin(base, answer):
    names = {f"__{op}__": method(f"{base.__name__}-{answer}", op, answer) for op in OPERATORS}
    return type(f"{base.__name__}_{answer}", (base,), {**names, "n": property(lambda self: base(self)), "__hash__": base.__hash__})


IntTruth, IntNever = make_builtin(int, "truth"), make_builtin(int, "never")
FloatNever, StrNever = make_builtin(float, "never"), make_builtin(str, "never")


class Plain:
    """No methods of its own."""
    n = 1


def show(what, call):
    calls.clear()
    try:
        result = call()
    except Exception as e:
        result = f"{type(e).__name__}: {e}"
    print(what, result, *calls, sep=" | ")


plain = Plain()
VALUES = [*(kind(n) for kind in (Full, Never, Raises, Lists, OnlyLess, OnlyGreater, NeverLess, OnlyEqual, OnlyUnequal, Inherits, SubFull, SubNever, SubOfNever, NeverOfNever)
            for n in (1, 2)), IntTruth(1), IntNever(2), FloatNever(1.0), StrNever("a"), 1, 2, 1.0, "a", None]
NAMES = [f"{type(v).__name__}{getattr(v, 'n', v)!r}" for v in VALUES]

for (a, x), (b, y) in itertools.product(zip(NAMES, VALUES), repeat=2):
    for op in OPERATORS:
        show(f"{a} {op} {b}", lambda: getattr(operator, op)(x, y))
    show(f"{a} in [{b}]", lambda: x in [y])
    show(f"{a} in ({b},)", lambda: x in (y,))
    show(f"{a} in iter", lambda: x in iter([y]))
    show(f"{a} in {{{b}}}", lambda: x in {y})
    show(f"{a} index {b}", lambda: [y].index(x))
    show(f"{a} count {b}", lambda: ([y].count(x), (y,).count(x)))
    show(f"{a} remove {b}", lambda: [y].remove(x))
    for op in OPERATORS:
        show(f"[{a}] {op} [{b}]", lambda: getattr(operator, op)([x], [y]))
        show(f"({a},) {op} ({b},)", lambda: getattr(operator, op)((x,), (y,)))
    show(f"[0, {a}] < [0, {b}, 3]", lambda: [0, x] < [0, y, 3])
    show(f"{{{a}}} == {{{b}}}", lambda: {0: x} == {0: y})
    show(f"sorted {a} {b}", lambda: sorted([x, y]))
    show(f"sorted reverse {a} {b}", lambda: sorted([x, y], reverse=True))
    show(f"sort key {a} {b}", lambda: sorted([0, 1], key=[x, y].__getitem__))
    show(f"sort tuples {a} {b}", lambda: sorted([(x, 0), (y, 0)]))
    show(f"sort lists {a} {b}", lambda: sorted([[x], [y]]))
    show(f"min {a} {b}", lambda: min(x, y))
    show(f"max {a} {b}", lambda: max([x, y]))
    show(f"bisect {a} {b}", lambda: (bisect.bisect_left([x], y), bisect.bisect_right([x], y)))
    show(f"heap {a} {b}", lambda: heapq.heapify([x, y]))
    show(f"heappushpop {a} {b}", lambda: heapq.heappushpop([x], y))
    show(f"nlargest {a} {b}", lambda: heapq.nlargest(1, [x, y]))
    show(f"merge {a} {b}", lambda: list(heapq.merge([x], [y])))

# Longer ones: every comparison of a whole sort, of one kind and of mixed ones.
for kinds in ([Full], [Never], [NeverLess], [OnlyLess], [OnlyGreater], [NeverLess, OnlyGreater], [Full, SubFull], [Full, SubNever], [Never, SubOfNever], [Full, Inherits],
              [NeverOfNever, SubOfNever], [Lists, Full], [IntNever], [int, IntNever], [IntNever, int], [int, IntTruth], [float, FloatNever], [IntTruth, float]):
    for order in ([3, 1, 2], [1, 2, 3, 4], [4, 3, 2, 1], [2, 2, 1, 1], [5, 1, 4, 2, 3, 0, 7, 6], [1, 2, 3, 9, 8, 7, 1, 2, 3]):
        values = [kinds[i % len(kinds)](n) for i, n in enumerate(order)]
        names = "+".join(k.__name__ for k in kinds)
        show(f"sort {names} {order}", lambda: sorted(values))
        show(f"sort reverse {names} {order}", lambda: sorted(values, reverse=True))
        show(f"sort key {names} {order}", lambda: sorted(range(len(values)), key=values.__getitem__))
        show(f"sort tuples {names} {order}", lambda: sorted((v, i) for i, v in enumerate(values)))
        show(f"min {names} {order}", lambda: min(values))
        show(f"max {names} {order}", lambda: max(values))
        show(f"insort {names} {order}", lambda: [bisect.insort(keep, v) for keep in [[]] for v in values])
        show(f"heap {names} {order}", lambda: (heapq.heapify(values[:]), heapq.nsmallest(2, values), heapq.nlargest(2, values)))
        show(f"heappop {names} {order}", lambda: [heapq.heappush(keep, v) for keep in [[]] for v in values] and heapq.heapreplace(values[:], values[0]))
        show(f"equal {names} {order}", lambda: (values == values[:], values < values[:], tuple(values) <= tuple(values[:])))
