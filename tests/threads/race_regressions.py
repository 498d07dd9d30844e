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
