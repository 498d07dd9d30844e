# SPDX-License-Identifier: MIT
# An operation on one object that has to wait for another's lock lets the first one's go: what it has seen of that object
# until then may not count afterwards. Under schedfuzz that happens all the time.
import array
import io
import mmap
import sys
import threading
import time

sys.setswitchinterval(1e-5)


def race(name, *functions, seconds=0.4):
    end = time.monotonic() + seconds
    wrong = []

    def work(function):
        try:
            while time.monotonic() < end and not wrong:
                function()
        except Exception as error:
            wrong.append(repr(error)[:200])
    threads = [threading.Thread(target=work, args=(f,)) for f in functions]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(name, wrong)


# bytearray(n) makes room, and fills it.
filled = bytearray()
race('fill', lambda: filled.__init__(200000), filled.clear, lambda: filled.__init__(10))

# join: the separator grows while an item is waited for.
separator, items = bytearray(b'xx'), [bytearray(b'y' * 10) for _ in range(12)]


def join():
    r = separator.join(items)
    between = len(r) - 120
    assert r.count(b'y') == 120 and r.count(b'x') == between and between % 11 == 0, (r.count(b'y'), between)


def grow():
    separator.extend(b'x' * 500)
    del separator[2:]


def look_at_items():
    for item in items:
        item[0:1] = b'y'
        item.find(b'z')


race('join', join, join, grow, look_at_items)

# A prefix that others look at, too.
text, prefix = bytearray(b'x' * 5000), mmap.mmap(-1, 1)


def remove():
    r = text.removeprefix(prefix)
    assert set(r) <= {120}, 'other memory'


def shrink():
    text.clear()
    bytearray(b'q' * 4000)
    text.extend(b'x' * 5000)


def look_at_prefix():
    prefix[0]
    prefix.find(b'z')


race('prefix', remove, remove, shrink, look_at_prefix)

# A BytesIO whose buffer is taken while what is to be written is waited for may not move it.
data, files = bytearray(b'y' * 1000), [io.BytesIO(b'y' * 100)]


def write():
    file = files[0] = io.BytesIO(b'y' * 100)
    file.seek(100)
    for _ in range(30):
        try:
            file.write(data)
        except BufferError:
            pass


def look_at_buffer():
    with files[0].getbuffer() as view:
        for _ in range(30):
            assert set(bytes(view)) <= {121}, 'other memory'


def look_at_data():
    data[0:1] = b'y'
    data.find(b'z')


race('BytesIO', write, look_at_buffer, look_at_buffer, look_at_data)

# The iterator of an array that becomes shorter ends.
numbers, more = array.array('i', range(100)), array.array('i', range(50))


def walk():
    for number in numbers:
        pass


def cut():
    numbers.extend(more)
    del numbers[10:]


race('array', walk, walk, cut, cut)
