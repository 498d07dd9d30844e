# SPDX-License-Identifier: MIT
# What the races of stress/race and ThreadSanitizer brought to light.
import _string
import collections
import ctypes
import hashlib
import io
import itertools
import struct
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

# ---- the library: an object is set up again, or asked, while others use it
# A Struct whose format changes: who packs goes on with the one it began with.
record = struct.Struct("<hh")
packed, sizes = set(), set()


def change_format():
    for i in range(300):
        record.__init__(("<hh", "<ii", "<100h")[i % 3])


def pack():
    for _ in range(300):
        try:
            packed.add(len(record.pack(1, 2)))
            packed.add(len(record.unpack(bytes(4))))
        except struct.error:
            pass


def ask_size():
    for _ in range(300):
        sizes.add(record.size)
        sizes.add(struct.calcsize(record.format))


together(change_format, pack, pack, ask_size)
print("Struct", packed <= {2, 4, 8}, sizes <= {4, 8, 200})

# How many are left, told while they are taken.
same = itertools.repeat("x", 2000)
taken, told = [], set()


def take():
    for x in same:
        taken.append(x)


def tell():
    for _ in range(200):
        told.add(repr(same).startswith("repeat('x', "))
        told.add(0 <= same.__length_hint__() <= 2000)


together(take, take, tell)
print("repeat", len(taken), told)

# The place of a bytearray's iterator.
array = bytearray(2000)
iterator = iter(array)
zeros, hints = [], set()


def walk():
    for x in iterator:
        zeros.append(x)


def ask():
    for _ in range(200):
        hints.add(0 <= iterator.__length_hint__() <= 2000)
        hints.add(len(iterator.__reduce__()) in (2, 3))


together(walk, walk, ask)
print("bytearray iterator", len(zeros), hints)

# A digest is copied while others count references to it.
digest = hashlib.blake2b(b"some")
digests = set()


def finish():
    for _ in range(200):
        digests.add(digest.hexdigest())


def name_methods():
    for _ in range(200):
        digest.update, digest.__eq__, digest.copy().name


together(finish, name_methods, finish)
print("blake2b", digests == {hashlib.blake2b(b"some").hexdigest()})


# A property's functions, set anew while others copy it and ask whether it is abstract.
class Accessors:
    value = property(lambda self: 1)


shared = Accessors.value


def accessor(i):
    def get(self):
        return i
    get.__isabstractmethod__ = False
    return get


def set_up():
    for i in range(300):
        shared.__init__(accessor(i), accessor(i), accessor(i), f"text {i}")


def copy():
    for i in range(300):
        shared.setter(accessor(i)).fget, shared.getter(accessor(i)).__doc__, shared.__isabstractmethod__


together(set_up, copy, copy)
print("property", shared.fget(None), shared.__doc__, shared.__isabstractmethod__)

# The values of a finished frame, asked for while somebody clears it.
def local_values():
    first, second = [1], [2]
    yield first, second


frames, seen = [], set()
for _ in range(50):
    generator = local_values()
    next(generator)
    frames.append(generator.gi_frame)
    generator.close()


def clear():
    for frame in frames:
        frame.clear()


def ask_locals():
    for frame in frames:
        seen.update(list(frame.f_locals))


together(clear, ask_locals, ask_locals, clear)
print("frame", seen <= {"first", "second"})

# The place of iterators that threads step together: each step is taken by one of them.
def all_steps(iterator):
    got = []
    together(*[lambda: got.extend(iterator)] * 3)
    return len(got)


print("template", all_steps(_string.formatter_parser("a{b}" * 300)), all_steps(_string.formatter_field_name_split("a" + ".b" * 300)[1]))
odict = collections.OrderedDict.fromkeys(range(300))
for _ in range(10):
    iterator = iter(odict)
    together(lambda: [next(iterator) for _ in range(100)], lambda: [len(list(iterator.__reduce__()[1][0])) for _ in range(20)])
print("OrderedDict", next(iterator))

# One object shown by a pointer of ctypes while others replace it; what a pointer led to, kept while it is read.
pointer, box = ctypes.pointer(ctypes.c_int(1)), ctypes.py_object([1])


def replace():
    for i in range(300):
        pointer.contents = ctypes.c_int(1)
        box.value = [i]


def look():
    for _ in range(300):
        values.add(pointer[0])
        types_seen.add(type(box.value))


values, types_seen = set(), set()
together(replace, look, look)
print("ctypes", values, types_seen)
