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


# ---- setting and deleting attributes: no name, no obj, so no suggestion; hints of a length that no list can have ---------
class Near:
    nearly = 1
    __slots__ = ("slot", "__dict__")


class Long:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if i > 3:
            raise IndexError
        return i


def refused(statement, **names):
    try:
        exec(statement, names)
    except (AttributeError, TypeError, MemoryError, OverflowError) as e:
        print(statement, "|", type(e).__name__, e, getattr(e, "name", "-"), getattr(e, "obj", "-"))
    else:
        print(statement, "| fine")


for statement in ("del near.near", "del near.nearly", "del Near.near", "del near.slot", "del (1).x", "(1).x = 2", "[].append = 1", "del [].append",
                  "del len.x", "object().x = 1", "import sys; del sys.nothing", "del (lambda: 0).x", "delattr(near, 'near')", "Near.__dict__ = {}",
                  "del Near.__annotations__", "object().__dict__ = {}", "import threading; del threading.local().near"):
    refused(statement, near=Near(), Near=Near)
for n in (4, 2**60 - 1, 2**62):
    refused("print(list(long))", long=Long(n))
    refused("print([0, *long])", long=Long(n))
    refused("print([1] + list(iter(long)))", long=Long(n))
