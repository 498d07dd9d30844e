# SPDX-License-Identifier: MIT
# What wrong operands, indices and arguments of containers are told.
import operator


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return type(e).__name__, str(e)


class Plain:
    pass


class Index:
    def __index__(self):
        return 2


for left in {}, set(), frozenset(), range(3), memoryview(b'a'), Plain(), Index(), 2, 1.5, None:
    print(type(left).__name__, [attempt(operator.imul, left, right) for right in ('ab', (1,), b'x')])
for a in range(3), memoryview(b'ab'), 'a', [1], 5, {}:
    for b in range(3), 'a', [1], ():
        print(attempt(operator.concat, a, b))
huge = 2 ** 70
for v in '', b'', (), set(), range(3), [], {}, 5, memoryview(b''):
    print(type(v).__name__, attempt(operator.delitem, v, huge), attempt(operator.delitem, v, 0), attempt(operator.delitem, v, 'a'))
print(attempt(bytes, huge), attempt(bytearray, huge), attempt(chr, huge), attempt(chr, 2 ** 40), attempt(chr, -1))
print(attempt(format, 1, None), attempt(str, b'', 'nope'), attempt(str, b'a', 'nope'))
print(attempt('a\nb'.splitlines, 'a'), attempt(b'a\nb'.splitlines, 'a'), 'a\nb'.splitlines(True), b'a\nb'.splitlines(2))
print(attempt(b'ab'.hex, 1), attempt(b'ab'.hex, [1]), attempt(memoryview(b'ab').hex, 1), attempt(memoryview(b'').__enter__, 1))
print(attempt(int.__delattr__, 1), attempt(int.__delattr__, 1, 2, 3), attempt(str.__mul__, 'a'), attempt([].__imul__, 1, 2))
