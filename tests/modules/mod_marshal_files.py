# SPDX-License-Identifier: MIT
# oracle: options -X no_debug_ranges
# marshal with files that are not what they say, depth, and code without columns.
import io
import marshal


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return type(e).__name__, str(e)


class Greedy(io.BytesIO):
    def readinto(self, buf):
        n = super().readinto(buf)
        return n + 10 ** 6 if n is not None and n > 4 else n


class Text:
    def read(self, n):
        return ''


for value in 1.0, 1j, b'0123456789', '0123456789':
    print(attempt(marshal.load, Greedy(marshal.dumps(value))))
print(attempt(marshal.load, Text()), attempt(marshal.load, io.BytesIO(b'')), attempt(marshal.load, io.BytesIO(b's\5\0\0\0ab')))
for data in b'', b'[', b'[\2\0\0\0i\1\0\0\0', b'i\1', b'(\1\0\0\0':
    print(attempt(marshal.loads, data), attempt(marshal.load, io.BytesIO(data)))
both = io.BytesIO(marshal.dumps([1, 'a', (2.5, None)]) + marshal.dumps({1: b'x'}))
print(marshal.load(both), marshal.load(both), attempt(marshal.load, both))
head = last = []
for _ in range(1998):
    last.append([0])
    last = last[-1]
data = marshal.dumps(head)
print(len(data), len(marshal.loads(data)))
last.append([0])
print(attempt(marshal.dumps, head), attempt(marshal.dumps, object()), attempt(marshal.dumps, [object()]))


def f(a):
    b = a + 1

    return (b,
            a)


print(sorted({p[2:] for p in f.__code__.co_positions()}), [p[0] for p in f.__code__.co_positions()][-1], list(f.__code__.co_lines())[-1][2])
print(marshal.loads(marshal.dumps(f.__code__)) == f.__code__)

# Code in sets in sets, with functions of its own.
def outer():
    def inner(x=(1, 2)): return [x, "aa", "aa"]
    return inner
nested = {frozenset({outer.__code__, 1}), 2}
for version in range(5):
    print(version, marshal.loads(marshal.dumps(nested, version)) == nested)
