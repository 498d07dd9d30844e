# SPDX-License-Identifier: MIT
"""functools, itertools, operator, heapq, bisect."""
import bisect, functools, heapq, itertools as it, operator as op
f = functools.partial(lambda *a, **k: (a, k), 1, x=2)
print(f(3, y=4), f.func.__name__, f.args, f.keywords, functools.partial(f, 9)(), repr(functools.partial(int, base=2)), functools.reduce(op.add, [1, 2, 3]), functools.reduce(op.mul, [], 7), functools.cmp_to_key(lambda a, b: b - a)(1) < functools.cmp_to_key(lambda a, b: b - a)(0))
calls = []
@functools.lru_cache(maxsize=2)
def slow(x, *, y=1):
    calls.append((x, y)); return x + y
print([slow(1), slow(1, y=1), slow(2), slow(3), slow(1), slow(1)], slow.cache_info(), calls, slow.__wrapped__(5))
@functools.lru_cache(typed=True)
def typed(x): return type(x).__name__
print(typed(1), typed(1.0), typed(True), typed.cache_info())
class C:
    @functools.cached_property
    def p(self): calls.append("p"); return 5
    @functools.partialmethod
    def pm(self): return "pm"
    def m(self, a, b): return a, b
    half = functools.partialmethod(m, 1)
c = C(); print(c.p, c.p, calls.count("p"), c.half(2), c.__dict__)
for bad in (lambda: functools.reduce(op.add, []), lambda: functools.partial(), lambda: functools.partial(5), lambda: slow([]), lambda: functools.lru_cache(maxsize="x"), lambda: functools.reduce(1, [1, 2])):
    try:
        print(bad())
    except TypeError as e:
        print(e)
print(op.itemgetter(1)([1, 2]), op.itemgetter(0, 2)("abc"), op.attrgetter("real", "imag")(1j), op.attrgetter("__class__.__name__")(5), op.methodcaller("split", ",")("a,b"), op.add(1, 2), op.truediv(1, 2), op.contains([1], 1), op.countOf([1, 1], 1), op.indexOf("abc", "c"), op.index(True), op.concat([1], [2]), op.iadd([1], [2]), op.not_(0), op.is_(None, None), op.matmul.__name__, op.length_hint(iter([1, 2])), op.floordiv(7, 2), op.neg(5), op.inv(5), op.lt(1, 2), op.setitem({}, 1, 2), op.delitem([1], 0), op.getitem("abc", 1), op.truth([]), op.pow(2, 3), op.call(len, "abc"), repr(op.itemgetter(1)), repr(op.attrgetter("a.b")), repr(op.methodcaller("m", 1, k=2)))
print(list(it.accumulate("abc")), list(it.batched("abc", 2)) if hasattr(it, "batched") else "", list(it.chain("ab", [1])), list(it.combinations(range(4), 3)), list(it.islice(it.count(1, 0.5), 3)), list(it.groupby([1, 1, 2]))[0][0], list(it.islice("abcdef", 1, 5, 2)), list(it.permutations("abc"))[:3], list(it.product([1, 2], "ab", repeat=1)), list(it.repeat(None, 2)), list(it.starmap(max, [(1, 2), (5, 3)])), [list(t) for t in it.tee("ab", 3)], list(it.zip_longest([1, 2, 3], "a")), list(it.takewhile(str.isalpha, "ab1c")), list(it.pairwise([1, 2, 3])), list(it.filterfalse(None, [0, 1, ""])), list(it.compress("abc", [0, 1, 1])))
for bad in (lambda: it.islice([1], -1), lambda: it.combinations("abc", -1), lambda: it.count("x"), lambda: it.product(5), lambda: it.repeat(), lambda: list(it.starmap(max, [5])), lambda: it.tee([1], -1), lambda: it.chain.from_iterable(5), lambda: list(it.islice([1], 0, 1, 0)), lambda: it.permutations("a", "x")):
    try:
        print(bad())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
h = [5, 1, 8, 3, 2]; heapq.heapify(h); heapq.heappush(h, 0)
print(h, heapq.heappop(h), heapq.heappushpop(h, 4), heapq.heapreplace(h, 9), sorted(h), heapq.nlargest(2, h), heapq.nsmallest(2, h, key=lambda x: -x), list(heapq.merge([1, 4], [2, 3], reverse=False)), list(heapq.merge("ca", "b", reverse=True)), heapq.nlargest(0, h), heapq.nsmallest(10, h))
a = [1, 3, 3, 5]; print(bisect.bisect(a, 3), bisect.bisect_left(a, 3), bisect.bisect_right(a, 3, 0, 2), bisect.insort(a, 4), a, bisect.insort_left(a, 3), a, bisect.bisect([5, 3, 1], -3, key=lambda x: -x), bisect.bisect_left(a, 100))
for bad in (lambda: heapq.heappop([]), lambda: heapq.heapify(5), lambda: heapq.heapify([1, "a"]), lambda: bisect.bisect([1], "a"), lambda: bisect.bisect_left([1], 1, -1)):
    try:
        print(bad())
    except (TypeError, ValueError, IndexError) as e:
        print(type(e).__name__, e)
