# SPDX-License-Identifier: MIT
# One litmus program for each row of the table "What is atomic" in threading/README.md.
import collections
import functools
import itertools
import queue
import sys
import threading

sys.setswitchinterval(1e-4)
WORKERS, N = 4, 300
LITMUS = []


def litmus(function):
    LITMUS.append(function)
    return function


def run(*functions):
    start = threading.Barrier(len(functions))
    errors = []

    def work(function):
        start.wait()
        try:
            function()
        except Exception as error:
            errors.append(repr(error))
    threads = [threading.Thread(target=work, args=(f,)) for f in functions]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not errors, errors[:3]


def workers(function):
    run(*[functools.partial(function, k) for k in range(WORKERS)])


def beside(writer, check):
    """Runs check again and again while writer runs."""
    done = False

    def write():
        nonlocal done
        try:
            writer()
        finally:
            done = True

    def watch():
        check()
        while not done:
            check()
    run(write, watch, watch)


def runs_of(items, length):
    """True when the items stand in unbroken runs of that length."""
    return all(len({*items[i:i + length]}) == 1 for i in range(0, len(items), length)) and len(items) % length == 0


@litmus
def list_append():
    items = []
    workers(lambda k: [items.append((k, i)) for i in range(N)])
    for k in range(WORKERS):
        assert [i for w, i in items if w == k] == list(range(N))


@litmus
def list_pop():
    items, got = list(range(WORKERS * N)), [[] for _ in range(WORKERS)]
    workers(lambda k: [got[k].append(items.pop()) for _ in range(N)])
    assert sorted(sum(got, [])) == list(range(WORKERS * N)) and not items


@litmus
def list_extend():
    items = []
    workers(lambda k: [items.extend([(k, i)] * 5) for i in range(N)])
    assert runs_of(items, 5) and len(items) == 5 * WORKERS * N


@litmus
def list_in_place_add():
    items = []

    def add(k):
        mine = items
        for i in range(N):
            mine += [(k, i)] * 3
    workers(add)
    assert runs_of(items, 3) and len(items) == 3 * WORKERS * N


@litmus
def list_copy_and_slice_assignment():
    items = [0] * 20

    def write():
        for i in range(N):
            items[:] = [i] * 20

    def check():
        for copy in items.copy(), items[:], list(items), [*items], tuple(items):
            assert len(copy) == 20 and len(set(copy)) == 1, copy
    beside(write, check)


@litmus
def list_reverse():
    items = list(range(30))

    def check():
        copy = items[:]
        assert copy in (list(range(30)), list(range(29, -1, -1))), copy
    beside(lambda: [items.reverse() for _ in range(3 * N)], check)


@litmus
def list_insert_and_delete():
    items = list(range(20))

    def write():
        for i in range(N):
            items.insert(0, -1)
            del items[0]

    def check():
        copy = items[:]
        assert copy[-20:] == list(range(20)) and len(copy) in (20, 21), copy
    beside(write, check)


@litmus
def list_sort():
    items = list(range(50, 0, -1))

    def write():
        for i in range(N):
            items.sort(reverse=i % 2 == 0)

    def check():
        assert len(items[:]) in (0, 50)
    beside(write, check)
    assert sorted(items) == list(range(1, 51))


@litmus
def item_load_and_store():
    items, table = [()], {"k": ()}

    def write():
        for i in range(3 * N):
            items[0] = table["k"] = (i, i)

    def check():
        for value in items[0], table["k"], table.get("k"):
            assert value == () or value[0] == value[1]
    beside(write, check)


@litmus
def attribute_load_and_store():
    class Thing:
        pass
    thing = Thing()
    thing.x = thing.y = ()

    def write():
        for i in range(3 * N):
            thing.x = (i, i)
            thing.y = Thing.z = (i, i)

    def check():
        for value in thing.x, thing.y, getattr(thing, "z", ()):
            assert value == () or value[0] == value[1]
    beside(write, check)


@litmus
def dict_setdefault():
    table, winners = {}, [0] * WORKERS

    def work(k):
        for i in range(N):
            mine = (k, i)
            winners[k] += table.setdefault(i, mine) is mine
    workers(work)
    assert sum(winners) == N == len(table)


@litmus
def dict_pop():
    table, got = dict.fromkeys(range(N), 1), [0] * WORKERS

    def work(k):
        for i in range(N):
            got[k] += table.pop(i, 0)
    workers(work)
    assert sum(got) == N and not table


@litmus
def dict_popitem():
    table, got = dict.fromkeys(range(WORKERS * N)), [[] for _ in range(WORKERS)]
    workers(lambda k: [got[k].append(table.popitem()[0]) for _ in range(N)])
    assert sorted(sum(got, [])) == list(range(WORKERS * N)) and not table


@litmus
def dict_store_and_delete():
    table = {}

    def work(k):
        for i in range(N):
            table[k, i] = i
            table[k, i, "gone"] = i
            del table[k, i, "gone"]
    workers(work)
    assert len(table) == WORKERS * N and all(table[k, i] == i for k in range(WORKERS) for i in range(N))


@litmus
def dict_copies():
    table = dict.fromkeys("abcdef", 0)

    def write():
        for i in range(N):
            table["g"] = i
            del table["g"]

    def check():
        for copy in table.copy(), dict(table), {**table}, list(table), list(table.items()), sorted(table):
            assert len(copy) in (6, 7), copy
    beside(write, check)


@litmus
def dict_update_from_dict():
    table, new = {}, [{(k, i): k for i in range(20)} for k in range(WORKERS)]

    def work(k):
        for _ in range(N // 3):
            table.update(new[k])
            for key in new[k]:
                del table[key]
    workers(work)
    assert table == {}


@litmus
def set_add_and_remove():
    items, removed = set(range(N)), [0] * WORKERS

    def work(k):
        for i in range(N):
            items.add((k, i))
            try:
                items.remove(i)
                removed[k] += 1
            except KeyError:
                pass
    workers(work)
    assert sum(removed) == N and items == {(k, i) for k in range(WORKERS) for i in range(N)}


@litmus
def set_pop_and_copies():
    items, got = set(range(WORKERS * N)), [[] for _ in range(WORKERS)]

    def work(k):
        for i in range(N):
            got[k].append(items.pop())
            assert i % 20 or len(set(items)) <= WORKERS * N
    workers(work)
    assert sorted(sum(got, [])) == list(range(WORKERS * N))


@litmus
def deque_ends():
    items, got = collections.deque(), [[] for _ in range(WORKERS)]

    def work(k):
        for i in range(N):
            items.append((k, i))
            got[k].append(items.popleft())
    workers(work)
    assert sorted(sum(got, [])) == [(k, i) for k in range(WORKERS) for i in range(N)] and not items


@litmus
def deque_bounded():
    items = collections.deque(maxlen=10)
    workers(lambda k: [items.append(i) for i in range(N)])
    assert len(items) == 10


@litmus
def bytearray_extend():
    data = bytearray()
    workers(lambda k: [data.extend(bytes([k]) * 4) for _ in range(N)])
    assert runs_of(data, 4) and len(data) == 4 * WORKERS * N


@litmus
def iterators():
    for make in (lambda: iter(list(range(WORKERS * N))), lambda: iter(range(WORKERS * N)), itertools.count,
                 lambda: iter(dict.fromkeys(range(WORKERS * N)))):
        iterator, got = make(), [[] for _ in range(WORKERS)]
        workers(lambda k: [got[k].append(next(iterator)) for _ in range(N)])
        assert sorted(sum(got, [])) == list(range(WORKERS * N)), make


@litmus
def generators():
    def numbers():
        yield from itertools.count()
    generator, got = numbers(), [[] for _ in range(WORKERS)]

    def work(k):
        while len(got[k]) < N:
            try:
                got[k].append(next(generator))
            except ValueError as error:
                assert str(error) == "generator already executing"
    workers(work)
    assert sorted(sum(got, [])) == list(range(WORKERS * N))


@litmus
def simple_queue():
    q, got = queue.SimpleQueue(), [[] for _ in range(WORKERS)]

    def work(k):
        for i in range(N):
            q.put((k, i))
            got[k].append(q.get())
    workers(work)
    assert sorted(sum(got, [])) == [(k, i) for k in range(WORKERS) for i in range(N)] and q.empty()


@litmus
def lru_cache():
    cached = functools.lru_cache(maxsize=None)(lambda x: x)
    workers(lambda k: [cached(i % 10) for i in range(N)])
    info = cached.cache_info()
    assert info.hits + info.misses == WORKERS * N and info.currsize == 10


@litmus
def lru_cache_bounded():
    cached = functools.lru_cache(maxsize=4)(lambda x: x)
    workers(lambda k: [cached(i % 7) for i in range(N)])
    info = cached.cache_info()
    assert info.hits + info.misses == WORKERS * N and info.currsize == 4
    cached.cache_clear()
    assert cached.cache_info()[:2] == (0, 0)


@litmus
def counters_beyond_small_ints():
    for start, step in ((2**60 - 400, 1), (-50, 7), (0.5, 0.25)):
        counter, got = itertools.count(start, step), [[] for _ in range(WORKERS)]
        workers(lambda k: [got[k].append(next(counter)) for _ in range(N)])
        assert sorted(sum(got, [])) == [start + i * step for i in range(WORKERS * N)]


@litmus
def locks():
    lock, rlock, total = threading.Lock(), threading.RLock(), [0, 0]

    def work(k):
        for i in range(N):
            with lock:
                total[0] += 1
            with rlock, rlock:
                total[1] += 1
    workers(work)
    assert total == [WORKERS * N] * 2


for function in LITMUS:
    function()
    print(function.__name__)
