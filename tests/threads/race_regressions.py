# SPDX-License-Identifier: MIT
# What the races of stress/race and ThreadSanitizer brought to light.
import collections
import io
import threading
import types


def together(*functions):
    start = threading.Barrier(len(functions))

    def run(function):
        start.wait()
        function()
    threads = [threading.Thread(target=run, args=(f,)) for f in functions]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


# The table that comes out of a shared set by `&=` is still being read by others.
numbers = set(range(200))
sizes = set()


def intersect():
    for i in range(300):
        numbers.intersection_update(range(i % 50, 400), range(150))
        numbers.update(range(200))


def read_set():
    for _ in range(600):
        sizes.add(sum(1 for x in list(numbers) if type(x) is int) <= 200)
        numbers == set(range(200))
        7 in numbers


together(intersect, read_set, read_set)
print("sets", sizes, numbers == set(range(200)))

# deque.count and index look at the counter of changes while others append.
items = collections.deque(range(50), 100)
answers = set()


def change():
    for i in range(500):
        items.append(i)
        items.rotate(3)
        items.popleft()


def count():
    for _ in range(300):
        try:
            answers.add(0 <= items.count(7) <= 100)
            items.index(49, 0, 60)
        except (RuntimeError, ValueError):
            pass


together(change, count, count)
print("deques", answers <= {True}, len(items))

# Names that are no strings, and streams whose raw stream is the stream itself.
try:
    types.ModuleType("m").__getattribute__(1)
except TypeError as error:
    print("module", error)
for kind in io.BufferedReader, io.BufferedWriter, io.BufferedRandom:
    stream = kind(io.BytesIO())
    try:
        stream.__init__(stream)
    except ValueError as error:
        print(kind.__name__, error)
    stream.__init__(io.BytesIO())


# `__init__` of what others use; a set's iterator asked by several threads.
def set_up_again(kind, *args):
    shared = kind(*args)
    seen = set()

    def again():
        for i in range(200):
            try:
                shared.__init__(*args) if i % 3 else shared.__init__()
            except BufferError:  # a bytearray that is just being compared
                pass

    def look():
        for _ in range(200):
            try:
                seen.add(len(repr(shared)) > 0 and len(list(shared)) >= 0 and (shared == shared))
            except RuntimeError:  # changed while it was iterated over
                pass
    together(again, again, look, look)
    shared.__init__(*args)
    return seen, sorted(shared) == sorted(args[0])


for kind in list, set, bytearray:
    print(kind.__name__, *set_up_again(kind, [1, 2, 3]))
print("bounded", *set_up_again(collections.deque, [1, 2, 3], 3))

walk = iter(set(range(2000)))
taken = []


def walk_on():
    for item in walk:
        taken.append(item)


def ask():
    for _ in range(300):
        assert 0 <= walk.__length_hint__() <= 2000
        assert set(walk.__reduce__()[1][0]) <= set(range(2000))


together(walk_on, walk_on, ask)
print("set iterator", sorted(taken) == list(range(2000)))


# A generator that delegates: others throw, close, send and look.
def inner():
    while True:
        try:
            yield "inner"
        except KeyError:
            return "returned"
        except LookupError:
            pass


def outer():
    while True:
        try:
            yield (yield from inner())
        except ValueError:
            yield "caught"


def drive_one(generator, seen):
    def use(first):
        for i in range(150):
            what = (i + first) % 6
            try:
                if what == 0:
                    seen.add(generator.throw(KeyError))
                elif what == 1:
                    seen.add(generator.throw(IndexError))
                elif what == 2:
                    seen.add(generator.throw(ValueError))
                elif what == 3:
                    seen.add(generator.gi_yieldfrom is None or "inner")
                else:
                    seen.add(next(generator))
            except (ValueError, LookupError, StopIteration) as error:
                seen.add(type(error).__name__)
    together(lambda: use(0), lambda: use(1), lambda: use(2))
    generator.close()


seen = set()
for _ in range(10):
    drive_one(outer(), seen)
print("delegating", seen <= {"inner", "returned", "caught", None, True, "ValueError", "KeyError", "IndexError", "StopIteration"})

with io.FileIO("/dev/null") as stream:
    try:
        del stream._blksize
    except TypeError as error:
        print("FileIO", error)
