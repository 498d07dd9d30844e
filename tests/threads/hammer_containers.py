# SPDX-License-Identifier: MIT
# oracle: timeout 40
# Eight threads at one shared container each time; what they print must not depend on the schedule.
import collections
import functools
import heapq
import itertools
import random
import threading
from array import array

THREADS = 8
ROUNDS = 400


def run(work, count=THREADS):
    gate = threading.Barrier(count)
    errors = []

    def body(index):
        gate.wait()
        try:
            work(index)
        except Exception as e:
            errors.append((type(e).__name__, str(e)))
    threads = [threading.Thread(target=body, args=(i,)) for i in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return sorted(set(errors))


# -- dict: own keys come and go, common ones are overwritten and read
d = {"common": 0}


def dict_work(i):
    for n in range(ROUNDS):
        d[i, n] = n
        d["common"] = n
        d[str(i) + "x"] = n
        assert d["common"] in range(ROUNDS)
        if n % 3 == 0:
            del d[i, n]
        assert d.get((i, n + 1)) is None
        assert d.setdefault(("s", n), n) == n
        d.pop(("none", i), None)
        if n % 50 == 0:
            assert len(dict(d)) > 0 and len(list(d.copy())) > 0


print("dict", run(dict_work), len(d), d["common"], sum(v for k, v in d.items() if isinstance(k, tuple) and k[0] != "s"))

# -- dict: everything is taken out exactly once
d2 = {n: str(n) for n in range(4000)}
taken = [[] for _ in range(THREADS)]


def popitem_work(i):
    while True:
        try:
            taken[i].append(d2.popitem() if i % 2 else (n := next(iter(d2)), d2.pop(n)))
        except (KeyError, StopIteration, RuntimeError):
            if not d2:
                return


print("popitem", run(popitem_work), len(d2), sorted(k for part in taken for k, v in part) == list(range(4000)))

# -- list: appends and pops balance
l = []


def list_work(i):
    for n in range(ROUNDS):
        l.append((i, n))
        l.insert(0, (i, -n))
        l.extend([n, n])
        try:
            x = l[len(l) // 2]
            assert x is not None
        except IndexError:
            pass
        l.pop()
        l.pop(0)
        if n % 40 == 0:
            assert len(l[:]) >= 0 and isinstance(repr(l), str)


print("list", run(list_work), len(l))
l2 = list(range(3000))
got = [[] for _ in range(THREADS)]


def pop_work(i):
    while True:
        try:
            got[i].append(l2.pop(0 if i % 2 else -1))
        except IndexError:
            return


print("pop", run(pop_work), sorted(x for part in got for x in part) == list(range(3000)))
l3 = list(range(500))


def sort_work(i):
    for n in range(20):
        try:
            l3.sort(key=lambda x: (x * (i + 1)) % 997)
        except ValueError:
            pass
        l3.reverse()


run(sort_work)
print("sort", sorted(l3) == list(range(500)))

# -- set
s = set(range(50))


def set_work(i):
    for n in range(ROUNDS):
        s.add((i, n))
        s.add("k%d" % (n % 7))
        s.discard((i, n - 1))
        assert (i, n) in s
        assert n % 50 in s
        if n % 40 == 0:
            assert len(s | {1}) >= 50 and s >= set(range(50)) and (s & {1, 2}) == {1, 2}


print("set", run(set_work), len(s), sorted(x for x in s if isinstance(x, int)) == list(range(50)))
s2 = set(range(3000))
popped = [[] for _ in range(THREADS)]


def set_pop_work(i):
    while True:
        try:
            popped[i].append(s2.pop())
        except KeyError:
            return


print("set pop", run(set_pop_work), sorted(x for part in popped for x in part) == list(range(3000)))

# -- deque, OrderedDict, defaultdict, Counter
q = collections.deque()


def deque_work(i):
    for n in range(ROUNDS):
        q.append((i, n))
        q.appendleft(n)
        q.rotate(n % 5)
        q.pop()


print("deque", run(deque_work), len(q))
od = collections.OrderedDict((n, n) for n in range(100))


def odict_work(i):
    for n in range(ROUNDS):
        od[i, n] = n
        od.move_to_end((i, n), last=bool(n % 2))
        od.move_to_end(n % 100)
        del od[i, n]
        if n % 50 == 0:
            assert len(list(od.copy())) >= 100


print("OrderedDict", run(odict_work), len(od), sorted(od) == list(range(100)))
dd = collections.defaultdict(list)


def default_work(i):
    for n in range(ROUNDS):
        dd[n % 10].append(i)


print("defaultdict", run(default_work), sorted(dd)[:3], len(dd))

# -- iterators that threads share give every item once
for name, make in [("range", lambda: iter(range(4000))), ("list", lambda: iter(list(range(4000)))),
                   ("tuple", lambda: iter(tuple(range(4000)))), ("dict", lambda: iter(dict.fromkeys(range(4000)))),
                   ("set", lambda: iter(set(range(4000)))), ("count", lambda: itertools.islice(itertools.count(), 4000)),
                   ("chain", lambda: itertools.chain(range(2000), range(2000, 4000))),
                   ("zip", lambda: (x for x, in zip(range(4000)))), ("map", lambda: map(int, range(4000)))]:
    it = make()
    lock = threading.Lock() if name == "zip" else None
    seen = [[] for _ in range(THREADS)]

    def take(i):
        while True:
            try:
                if lock:
                    with lock:
                        x = next(it)
                else:
                    x = next(it)
            except StopIteration:
                return
            seen[i].append(x)
    print(name, run(take), sorted(x for part in seen for x in part) == list(range(4000)))

# -- caches, heaps under a lock, arrays, random
calls = []


@functools.lru_cache(maxsize=16)
def cached(n):
    calls.append(n)
    return [n]


def cache_work(i):
    for n in range(ROUNDS):
        assert cached(n % 24) == [n % 24]


print("lru_cache", run(cache_work), cached.cache_info().currsize, sum(cached.cache_info()[:2]))
heap, heap_lock = [], threading.Lock()


def heap_work(i):
    for n in range(ROUNDS):
        with heap_lock:
            heapq.heappush(heap, (n * 7919 % 1000, i))
            if n % 2:
                heapq.heappop(heap)


print("heap", run(heap_work), len(heap), all(heap[(k - 1) // 2] <= heap[k] for k in range(1, len(heap))))
a = array("i")
b = bytearray()


def bytes_work(i):
    for n in range(ROUNDS):
        a.append(n)
        a.extend([i])
        b.extend(b"ab")
        b.append(i)
        a.pop()
        b.pop()


print("array", run(bytes_work), len(a), len(b))
r = random.Random(5)


def random_work(i):
    for n in range(ROUNDS):
        assert 0 <= r.random() < 1


print("random", run(random_work), r.getstate()[1] != random.Random(5).getstate()[1])
