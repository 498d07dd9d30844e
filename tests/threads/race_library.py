# SPDX-License-Identifier: MIT
# What the races of stress/race brought to light in the library: an object is set up again, or asked, while others use it.
import hashlib
import itertools
import struct
import threading


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
