# SPDX-License-Identifier: MIT
# One litmus program for each row of the table "What is atomic" in threading/README.md.
import array
import collections
import copy as copying
import functools
import heapq
import itertools
import queue
import sys
import threading
import time
import weakref

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


def steps(n):
    """range(n), but for a second at most: a lock that others want is slow under schedfuzz."""
    end = time.monotonic() + 1
    for i in range(n):
        yield i
        if time.monotonic() > end:
            break


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
def list_slice_assignment_in_part():
    items = [0] * 4 + [1] * 6 + [2] * 4

    def write():
        for i in range(N):
            items[4:-4] = (i,) * (6 + i % 5)
            items[:4] = [0] * 4

    def check():
        copy = items[:]
        assert copy[:4] == [0] * 4 and copy[-4:] == [2] * 4 and len({*copy[4:-4]}) == 1 and 14 <= len(copy) <= 18, copy
    beside(write, check)


@litmus
def list_slice_assignments_of_two():
    """Whose ends count from the list's end, or are it: the last to come replaces all."""
    items, lengths = [], (3, 11, 20, 34)

    def assign(k):
        mine, size = [k] * lengths[k], lengths[k]
        for i in steps(30 * N):
            items[:] = mine if i % 2 else (k,) * size
            copy = items[:]
            assert len({*copy}) == 1 and len(copy) == lengths[copy[0]], copy
    workers(assign)
    items[:] = [0] * 8

    def delete(k):
        for i in steps(30 * N):
            items[-8:] = (k,) * 8
            items[sys.maxsize:] = [k, k]
            del items[-2:]
    workers(delete)
    assert len(items) == 8, items


@litmus
def list_clear():
    items = []

    def write():
        for i in range(N):
            items.extend((i,) * 20)
            items.clear()

    def check():
        assert len(items) in (0, 20) and len(items[:]) in (0, 20)
        assert len(list(items)) in (0, 20) and len(tuple(items)) in (0, 20)
    beside(write, check)

    def fill(k):
        for i in range(N):
            items.append(k)
            items.clear()
    workers(fill)
    assert items == []


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
def list_insert_and_delete_in_between():
    items = [0] * 10 + [1] * 10

    def write():
        for i in range(N):
            items.insert(10, "new")
            items.insert(-10, "more")
            del items[10]
            items.pop(10)

    def check():
        copy = items[:]
        assert [i for i in copy if i in (0, 1)] == [0] * 10 + [1] * 10 and copy[10:-10] in ([], ["new"], ["new", "more"],
                                                                                           ["more"]), copy
    beside(write, check)
    items.clear()
    workers(lambda k: [items.insert(len(items) // 2, (k, i)) for i in range(N)])
    assert sorted(items) == [(k, i) for k in range(WORKERS) for i in range(N)]


@litmus
def list_remove():
    items, removed = [i % 50 for i in range(N)] + [-1], [0] * WORKERS

    def work(k):
        for i in range(N):
            try:
                items.remove(i % 50)
                removed[k] += 1
            except ValueError:
                pass
    workers(work)
    assert sum(removed) == N and items == [-1]


@litmus
def heap_push_and_pop():
    heap, taken = list(range(-10, 0)), [[] for _ in range(WORKERS)]

    def work(k):
        for i in range(N):
            first = (i * WORKERS + k) * 3
            heapq.heappush(heap, first)
            taken[k] += [heapq.heappop(heap), heapq.heappushpop(heap, first + 1), heapq.heapreplace(heap, first + 2)]
    workers(work)
    assert all(heap[(i - 1) // 2] <= heap[i] for i in range(1, len(heap)))
    assert len(heap) == 10 and sorted(heap + sum(taken, [])) == list(range(-10, 3 * N * WORKERS))


@litmus
def list_contains_and_length():
    """Of a list that others only append to, or whose items they replace."""
    items = list(range(40))

    def write():
        for i in range(N):
            items.append(-1)
            items[i % 30] = i % 30
            items.pop()

    def check():
        assert 39 in items and 7 in items and 100 not in items and items.index(39) == 39 and items.count(39) == 1
        assert len(items) in (40, 41) and items[39] == 39
    beside(write, check)


@litmus
def list_last_item():
    """l[-1] is the item that was last at one moment, and there is one as long as the list is not empty."""
    items = [-2, -1]

    def write():
        for i in steps(100 * N):
            items.insert(0, i)
            del items[0]

    def check():
        for _ in range(20):
            assert items[-1] == -1 and items[-2] == -2
    beside(write, check)

    def push():
        for i in steps(100 * N):
            items.append(-1)
            items.pop()

    def look():
        for _ in range(20):
            assert items[-1] == -1 and items[-2] in (-2, -1)
    beside(push, look)


@litmus
def list_search_beside_moves():
    """What is in the list is found, and counted, wherever it is moved meanwhile; None and tuples, too."""
    items = [*range(30), None, (1, 2), "text", 2.5, "text"]

    def write():
        for i in steps(30 * N):
            items.insert(0, -1)
            items.insert(10, i % 2)
            del items[10]
            del items[0]
            items.reverse()
            items[:] = items[::-1]

    def check():
        assert 7 in items and 20 in items and None in items and (1, 2) in items and 100 not in items
        assert items.count(2.5) == 1 and items.count(None) == 1 and items.count("text") == 2 and items.count((1, 2)) == 1
        assert 0 <= items.index("text") < len(items) and items.index(29) >= 0 and items.index(2.5, -37) > -1
    beside(write, check)


@litmus
def list_repr_and_comparison():
    """Half turned, zeros looks like no list that it ever is."""
    items, texts = [*range(20)], (repr([*range(20)]), repr([*range(19, -1, -1)]))
    zeros, moved, low = [0] * 10 + [1] * 10, [5, 6, 7], [5, 6]
    pairs = [(i, str(i)) for i in range(10)]
    one, other = pairs.copy(), pairs[::-1]

    def write():
        for i in steps(200 * N):
            items.reverse()
            zeros.reverse()
            pairs.reverse()
            moved.insert(0, 6)
            moved.pop(0)

    def check():
        for _ in range(10):
            assert repr(items) in texts
            assert zeros > [0] * 20 and zeros < [1] * 20 and zeros != [0] * 20 and [1] * 20 != zeros
            assert low < moved and moved != [6, 6, 7] and moved != [5, 5, 6, 7]
            assert one <= pairs and pairs <= other and pairs != one[:5] + one[4::-1]
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
def global_load_and_store():
    global shared_global
    shared_global = ()

    def write():
        global shared_global
        for i in range(3 * N):
            shared_global = (i, i)

    def check():
        value = shared_global
        assert value == () or value[0] == value[1]
    beside(write, check)
    assert shared_global == (3 * N - 1,) * 2


@litmus
def cell_load_and_store():
    cell = ()

    def write():
        nonlocal cell
        for i in range(3 * N):
            cell = (i, i)

    def check():
        value = cell
        assert value == () or value[0] == value[1]
    beside(write, check)
    assert cell == (3 * N - 1,) * 2


@litmus
def slot_load_and_store():
    class Slotted:
        __slots__ = "x", "y"
    thing = Slotted()
    thing.x = ()

    def write():
        for i in range(3 * N):
            thing.x = (i, i)
            thing.y = thing.x
            del thing.y

    def check():
        for value in thing.x, getattr(thing, "y", ()):
            assert value == () or value[0] == value[1]
    beside(write, check)
    deleted = [0] * WORKERS

    def delete(k):
        for i in range(N):
            thing.y = i
            try:
                del thing.y
                deleted[k] += 1
            except AttributeError:
                pass
    workers(delete)
    assert N <= sum(deleted) <= WORKERS * N and not hasattr(thing, "y")


@litmus
def string_add_in_place():
    """A str in which another thread has looked never grows, whatever += does where nobody has."""
    box = [""]

    def write():
        for _ in range(10):
            text = ""
            for i in range(N):
                text += "ab"
                box[0] = text
            box[0] = text = ""

    def check():
        text = box[0]
        size, copy = len(text), "ab" * (len(text) // 2)
        assert size % 2 == 0 and text == copy and hash(text) == hash(copy)
        text += "c"
        assert len(text) == size + 1 and text == copy + "c"
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
def dict_contains_get_and_length():
    """A key that stays is always found, one that never was never, whatever comes and goes beside it."""
    table = {k: str(k) for k in range(10)}
    table["text"] = "text"

    def write():
        for i in range(N):
            for k in range(10, 30):
                table[k] = str(k)
            for k in range(10, 30):
                del table[k]

    def check():
        for k in range(0, 10, 3):
            assert k in table and table.get(k) == table[k] == str(k)
        assert "text" in table and table.get("text") == "text" and -1 not in table and table.get(-1) is None
        assert table.get(20) in (None, "20") and 11 <= len(table) <= 31
    beside(write, check)


@litmus
def dict_clear():
    table, new = {}, dict.fromkeys(range(10), "value")

    def write():
        for i in range(N):
            for k in range(10):
                table[k] = "value"
            table.clear()

    def check():
        keys = list(table)
        assert keys == list(range(len(keys))), keys
        assert table.get(3) in (None, "value") and len(table) <= 10
        copy = table.copy()
        assert copy == dict.fromkeys(range(len(copy)), "value"), copy
    beside(write, check)

    def fill(k):
        for i in range(N):
            table[k, i] = i
            table.clear()
    workers(fill)
    assert table == {} and len(table) == 0


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
def set_discard():
    items, shrunk = set(range(N)), [0] * WORKERS

    def work(k):
        for i in range(N):
            items.discard(i)
            items.add((k, i))
            items.discard((k, i))
            items.discard("none")
    workers(work)
    assert items == set() and len(items) == 0


@litmus
def set_update_from_set():
    """From a set all at once, for those who copy it."""
    items, new = set(), frozenset(range(20))

    def write():
        for i in range(N):
            items.update(new)
            items.clear()
            mine = items
            mine |= new
            items.clear()

    def check():
        assert len(items.copy()) in (0, 20) and len(set(items)) in (0, 20) and len(frozenset(items)) in (0, 20)
    beside(write, check)
    workers(lambda k: [items.update({(k, i), i}) for i in range(N)])
    assert len(items) == (WORKERS + 1) * N


@litmus
def set_updates():
    """Seen in copies, none is half done; nothing that others add is lost in an intersection."""
    items, tens, all_of_them = set(range(20)), set(range(10)), set(range(20))

    def write():
        for i in steps(30 * N):
            items.difference_update(tens)
            items.update([*tens])
            mine = items
            mine -= tens
            mine ^= tens
            mine &= all_of_them
            mine.symmetric_difference_update(tens)
            mine.update(dict.fromkeys(tens))

    def check():
        for _ in range(5):
            for copy in items.copy(), set(items), frozenset(items), [*items]:
                assert len(copy) in (10, 20), copy
    beside(write, check)
    assert items == all_of_them
    both, everything = set(), {(k, i) for k in range(WORKERS) for i in range(N // 3)}

    def work(k):
        mine = both
        for i in range(N // 3):
            mine.add((k, i))
            mine &= everything
    workers(work)
    assert both == everything


@litmus
def set_contains_and_length():
    items = set(range(20))

    def write():
        for i in range(N):
            for k in range(20, 60):
                items.add(k)
            for k in range(20, 60):
                items.discard(k)

    def check():
        assert 0 in items and 7 in items and 19 in items and -1 not in items and 20 <= len(items) <= 60
    beside(write, check)


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
def deque_other_ends():
    items, got = collections.deque(), [[] for _ in range(WORKERS)]

    def work(k):
        for i in range(N):
            items.appendleft((k, i))
            if i % 3:
                items.append(got[k].pop() if got[k] else items.popleft())
            got[k].append(items.pop())
    workers(work)
    assert sorted([*sum(got, []), *items]) == [(k, i) for k in range(WORKERS) for i in range(N)]


@litmus
def deque_rotate():
    items = collections.deque(range(30))
    turned = [[*range(i, 30), *range(i)] for i in range(30)]

    def check():
        copy = list(items)
        assert copy == turned[copy[0]], copy
        assert len(items) == 30
    beside(lambda: [items.rotate(i % 7 - 3) for i in range(3 * N)], check)
    workers(lambda k: [items.rotate(1) for _ in range(N)])
    workers(lambda k: [items.rotate(-1) for _ in range(N)])
    first = items[0]
    assert list(items) == turned[first]
    items.reverse()
    assert list(items) == turned[first][::-1]


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
def bytearray_methods():
    data, got = bytearray(), [[] for _ in range(WORKERS)]

    def work(k):
        for i in range(N):
            data.append(k)
            data.insert(len(data) // 2, k)
            got[k].append(data.pop())
    workers(work)
    total = bytes(data) + bytes(sum(got, []))
    assert len(data) == WORKERS * N and all(total.count(k) == 2 * N for k in range(WORKERS))

    data = bytearray(range(100)) * 3
    removed = [0] * WORKERS

    def remove(k):
        for i in range(100):
            for _ in range(3):
                try:
                    data.remove(i)
                    removed[k] += 1
                except ValueError:
                    pass
    workers(remove)
    assert sum(removed) == 300 and data == b""

    data = bytearray(range(30))
    orders = bytes(range(30)), bytes(range(29, -1, -1))

    def check():
        assert data.copy() in orders and bytes(data[:]) in orders and data.find(orders[0][10:20]) in (-1, 10)
        assert len(data) == 30 and 7 in data
    beside(lambda: [data.reverse() for _ in range(3 * N)], check)

    def write():
        for i in range(N):
            data[:] = bytes([i % 200]) * (10 + i % 30)
            data.clear() if i % 4 == 0 else None

    def look():
        copy = data.copy()
        assert len({*copy}) <= 1, copy
    data = bytearray()
    beside(write, look)


@litmus
def array_methods():
    items, got = array.array("q"), [[] for _ in range(WORKERS)]

    def work(k):
        for i in range(N):
            items.append(k * N + i)
            items.insert(0, -1)
            got[k].append(items.pop())
            items.extend(array.array("q", [k, k, k]))
    workers(work)
    rest = [*items, *sum(got, [])]
    assert len(rest) == WORKERS * N * 5 and rest.count(-1) == WORKERS * N
    wide = array.array("q", [0])

    def write():
        for i in range(3 * N):
            wide[0] = -1 if i % 2 else 0x0123456789ABCDEF
    beside(write, lambda: [value for value in (wide[0],) if value not in (0, -1, 0x0123456789ABCDEF)] and 1 / 0)
    turned = array.array("q", range(30))

    def check():
        assert turned[:].tolist() in (list(range(30)), list(range(29, -1, -1)))
    beside(lambda: [turned.reverse() for _ in range(3 * N)], check)


@litmus
def deque_looks():
    """Copies, searches and the last item belong to one moment, and complain of nobody."""
    items = collections.deque(range(30))

    class Named(collections.deque):
        pass
    named = Named(range(30))

    def write():
        for i in steps(50 * N):
            items.append(-1)
            items.appendleft(-2)
            named.append(-1)
            items.pop()
            items.popleft()
            named.pop()
            items.reverse()
            items.reverse()

    def check():
        for copy in items.copy(), copying.copy(items), items + items, list(items), tuple(items), named.copy(), list(named), items * 2:
            assert 30 <= len([i for i in copy if i >= 0]) <= 60 and len(copy) <= 64
        assert 7 in items and 29 in items and 100 not in items and items.count(15) == 1 and 0 <= items.index(29) < 32
        assert repr(items).startswith("deque([") and items[-1] in (-1, 0, 29) and items[-20] != 29
    beside(write, check)
    lasting = collections.deque([0])

    def push():
        for i in steps(50 * N):
            lasting.append(1)
            lasting.pop()
    beside(push, lambda: [lasting[-1] for _ in range(20)])
    end = collections.deque([0, -1])

    def shift():
        for i in steps(50 * N):
            end.appendleft(i)
            end.popleft()
    beside(shift, lambda: [item for item in [end[-1] for _ in range(20)] if item != -1] and 1 / 0)


@litmus
def deque_extend():
    items = collections.deque()
    sources = [(k, k, k, k) for k in range(WORKERS)]

    def work(k):
        for i in range(3 * N):
            items.extend(sources[k])
            items.extend([*sources[k]])
            items.extendleft(collections.deque(sources[k]))
    workers(work)
    assert runs_of([*items], 4) and len(items) == 36 * WORKERS * N


@litmus
def last_of_bytearray_and_array():
    """Below 0 counts from the end that there is."""
    for items in bytearray(b"xy"), array.array("q", b"xyxyxyxyxyxyxyxy"):
        first, last = items[0], items[1]

        def push():
            for i in steps(60 * N):
                items.append(7)
                items.pop()
        beside(push, lambda: [items[-1] for _ in range(20)])

        def shift():
            for i in steps(60 * N):
                items.insert(0, 7)
                del items[0]
                items[-1] = last
        beside(shift, lambda: [item for item in [items[-1] for _ in range(20)] if item != last] and 1 / 0)


@litmus
def bytearray_looks():
    data, low, high = bytearray(b"ab" * 20), b"a" * 20, b"b" * 21
    forward, backward = b"ab" * 20, b"ba" * 20

    def write():
        for i in steps(200 * N):
            data.reverse()
            data.append(1)  # which nobody who only looks may forbid
            data.pop()

    def check():
        assert low < data < high and data != low
        whole, other = data + b"", bytearray(b"-")
        other += data
        other[1:] = data
        assert all(x[:40] in (forward, backward) for x in (whole, other[1:])), (whole, other)
    beside(write, check)


@litmus
def array_looks():
    items = array.array("q", range(30))
    forward, backward = [*range(30)], [*range(29, -1, -1)]
    zeros = array.array("b", [0] * 10 + [1] * 10)

    def write():
        for i in steps(200 * N):
            items.reverse()
            zeros.reverse()

    def check():
        assert items.tolist() in (forward, backward)
        assert 7 in items and 29 in items and items.count(15) == 1 and 0 <= items.index(29) < 30
        assert repr(items) in (f"array('q', {forward})", f"array('q', {backward})")
        assert zeros > low and zeros < high and zeros != low
    low, high = array.array("b", [0] * 20), array.array("b", [1] * 20)
    beside(write, check)


@litmus
def ordered_dict():
    table, winners = collections.OrderedDict.fromkeys("abcdef", 0), [0] * WORKERS

    def write():
        for i in range(N):
            table.move_to_end("abcdef"[i % 6], last=i % 2)
            table["b"] = i
            table["g"] = i
            del table["g"]

    def check():
        copy = table.copy()
        assert len(copy) in (6, 7) and set(copy) >= set("abcdef"), copy
    beside(write, check)
    table.clear()

    def work(k):
        for i in range(N):
            mine = (k, i)
            winners[k] += table.setdefault(i, mine) is mine
    workers(work)
    assert sum(winners) == N and sorted(table) == list(range(N))
    got = [[] for _ in range(WORKERS)]

    def take(k):
        while True:
            try:
                got[k].append(table.popitem(last=bool(k % 2))[0])
            except KeyError:
                return
    workers(take)
    assert sorted(sum(got, [])) == list(range(N)) and not table


@litmus
def default_dict():
    """Who misses a key at the same time as others gets the value that they get."""
    table = collections.defaultdict(list)
    workers(lambda k: [table[i].append(k) for i in range(N)])
    assert all(sorted(table[i]) == list(range(WORKERS)) for i in range(N))


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
def weak_references():
    """What a weak reference gives is whole, or None for good; its callback is called once."""
    class Thing:
        def __init__(self, i):
            self.pair = (i, i)
    told, box, refs = [], [None], [weakref.ref(threading.current_thread())]

    def write():
        for i in range(N):
            box[0] = Thing(i)
            refs[0] = weakref.ref(box[0], lambda _, i=i: told.append(i))
            box[0] = None

    def check():
        ref = refs[0]
        thing = ref()
        if isinstance(thing, Thing):
            assert thing.pair[0] == thing.pair[1] and ref() is thing
        elif thing is None:
            assert ref() is None
    beside(write, check)
    thing = Thing(0)
    made = [[] for _ in range(WORKERS)]
    workers(lambda k: [made[k].append(weakref.ref(thing)) for _ in range(N)])
    assert all(ref() is thing for ref in sum(made, []))
    assert len(told) == len({*told})


@litmus
def weak_reference_of_two():
    """Without callback there is one for an object, whoever asks first."""
    class Thing:
        pass
    things = [Thing() for _ in range(10 * N)]
    for make in weakref.ref, weakref.proxy:
        made = [[] for _ in range(WORKERS)]
        workers(lambda k: [made[k].append(make(thing)) for thing in things])
        assert all(a is b for k in range(1, WORKERS) for a, b in zip(made[0], made[k]))


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


@litmus
def semaphores():
    gate, inside, most = threading.BoundedSemaphore(2), [], []

    def work(k):
        for i in range(N // 3):
            with gate:
                inside.append(k)
                most.append(len(inside))
                inside.remove(k)
    workers(work)
    assert max(most) <= 2 and len(most) == WORKERS * (N // 3)
    counted = threading.Semaphore(0)
    run(*[lambda: [counted.release() for _ in range(N)]] * 2, *[lambda: [counted.acquire() for _ in range(N)]] * 2)
    assert not counted.acquire(blocking=False)


@litmus
def events():
    """Who comes back from wait() sees what was written before set()."""
    for i in range(20):
        event, box = threading.Event(), []

        def write():
            box.append(i)
            event.set()

        def wait():
            assert event.wait() and box == [i] and event.is_set()
        run(wait, write, wait)
        event.clear()
        assert not event.is_set() and not event.wait(0)


@litmus
def conditions():
    """Every item is taken once, by one, and no notification is lost."""
    changed, items, got = threading.Condition(), [], [[], []]

    def put(k):
        for i in range(N // 2):
            with changed:
                items.append((k, i))
                changed.notify()

    def take(k):
        for _ in range(N // 2):
            with changed:
                changed.wait_for(lambda: items)
                got[k].append(items.pop())
    run(*[functools.partial(f, k) for f in (put, take) for k in range(2)])
    assert sorted(sum(got, [])) == [(k, i) for k in range(2) for i in range(N // 2)] and not items


for function in LITMUS:
    function()
    print(function.__name__)
