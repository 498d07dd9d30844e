# SPDX-License-Identifier: MIT
# Containers whose operations run Python that changes them, and what constructors and copies promise in odd cases.
import array
import collections.abc
import functools
import io
import pickle
import struct
import sys


def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return type(e).__name__, str(e)


# comparing lists that lose the items being compared
class Emptying:
    def __init__(self, which):
        self.which = which

    def __eq__(self, other):
        lists[self.which].clear()
        return NotImplemented


lists = [[Emptying(1)], [Emptying(0)]]
print(lists[0] == lists[1], lists)
lists = [[Emptying(0)], [1]]
print(lists[0] == lists[1], lists[0] < lists[1], lists)

# one comparison, one hash
class Counting:
    def __init__(self):
        self.hashed = self.compared = 0

    def __hash__(self):
        self.hashed += 1
        return 42

    def __eq__(self, other):
        self.compared += 1
        return self is other


a, b = Counting(), Counting()
d = {a: 5}
d.setdefault(b, [])
print(a.hashed, b.hashed, a.compared + b.compared)
keys = [Counting() for _ in range(3)]
for source in dict.fromkeys(keys), set(keys), frozenset(keys):
    before = [k.hashed for k in keys]
    dict.fromkeys(source)
    set(source)
    print([k.hashed for k in keys] == before)


# keyword arguments of subclasses
class ListNew(list):
    def __new__(cls, items, more=None):
        return super().__new__(cls, items)


class SetNew(set):
    def __new__(cls, items, more=None):
        return super().__new__(cls, items)


class ListInit(list):
    def __init__(self, items, more=None):
        super().__init__(items, more=more)


print(attempt(ListNew, [1], more=2), attempt(SetNew, [1], more=2), attempt(ListInit, [1], more=2), attempt(list, items=[]))

# reversed lists as pickles
for steps in range(4):
    it = reversed([10, 11, 12])
    for _ in range(steps):
        next(it)
    again = pickle.loads(pickle.dumps(it))
    print(type(again).__name__, again.__length_hint__(), list(again))
print(list(it), it.__reduce__()[1])

# lengths near the largest
print(len(range(-sys.maxsize, sys.maxsize, 2)))
match range(0, sys.maxsize):
    case [first, *_] if first:
        print('no')
    case _:
        print('no match')


class Large:
    def __len__(self):
        return sys.maxsize


print(len(Large()), attempt(len, range(-1, sys.maxsize)))


# memoryviews released while their index or value is worked out
class Releasing:
    def __index__(self):
        m.release()
        return 4

    def __float__(self):
        m.release()
        return 4.25


def fresh(shape=None, code='B'):
    global m
    m = memoryview(bytearray(b'\xff' * 16)).cast(code) if shape is None else memoryview(bytearray(b'\xff' * 16)).cast(code, shape)


def set_item(key, value):
    m[key] = value


for key in Releasing(), slice(Releasing()), slice(Releasing(), 8):
    fresh()
    got = attempt(lambda: m[key])
    print(list(got) if isinstance(got, memoryview) else got)
    fresh()
    print(attempt(set_item, key, 42 if key.__class__ is Releasing else b'spam'))
for key in (Releasing(), 0), (0, Releasing()):
    fresh((2, 8) if key[0] == 0 else (8, 2))
    print(attempt(lambda: m[key]))
    fresh((2, 8) if key[0] == 0 else (8, 2))
    print(attempt(set_item, key, 1))
for code in 'bhilqnBHILQNfd':
    fresh(code=code)
    print(code, attempt(set_item, 0, Releasing()))

# bytearrays
b = bytearray(b'abcdef')
b[::2] = b''
print(b)
view = memoryview(b)
print(attempt(b.__setitem__, slice(0, 2), b''), attempt(b.__setitem__, slice(0, 3, 2), b''), b)
view.release()


class BadLength:
    def __iter__(self):
        return iter([1])

    def __len__(self):
        raise RuntimeError('no length')


class BadHint(BadLength):
    __len__ = None

    def __length_hint__(self):
        raise RuntimeError('no hint')


print(attempt(bytearray().extend, BadLength()), attempt([].extend, BadHint()), attempt(bytearray().extend, BadHint()))

# memory to be written to
for target in b'', 3, memoryview(b'abc'):
    print(attempt(io.BytesIO(b'x').readinto, target), attempt(io.BufferedReader(io.BytesIO(b'x')).readinto1, target))

# once imported, twice imported
del sys.modules['_struct']
import _struct
print(attempt(_struct.calcsize, 'Z'), attempt(struct.calcsize, 'Z'))
print(isinstance(array.array('i'), collections.abc.MutableSequence))

p = functools.partial(print)
p.extra = 1
p.__setstate__((print, (1,), {'end': '!\n'}, None))
p(2)
print(vars(p))


# the scope of eval, and code without a namespace called as a function
class Names(dict):
    def keys(self):
        return ['z', 'x', 'y']


print(eval('dir()', {}, Names()))
space = {'a': 1}
print(type(lambda: 0)(compile('b = a + 1', '?', 'exec'), space)(), space['b'])


def set_doc():
    type('A', (), {'__doc__': 'x\udcdcy'})


print(attempt(set_doc)[0])
