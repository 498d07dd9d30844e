# SPDX-License-Identifier: MIT
# Objects of one thread that others come to see in the middle of an operation on them: it took no lock, because nobody
# else knew them, and must take it before it goes on. (A build with checks notices that it has not.)
import array
import collections
import functools
import io
import mmap
import threading


class Shares:
    """Equal to everything, and the number 1; whoever asks makes `what` known to all threads."""

    def __init__(self, what, hash_=0):
        self.what, self.hash = what, hash_

    def share(self):
        if self.what is not None:
            known.append(self.what)
            self.what = None

    def __eq__(self, other):
        self.share()
        if isinstance(other, Shares):
            other.share()
        return True

    def __hash__(self):
        return self.hash

    def __index__(self):
        self.share()
        return 1

    def __bool__(self):
        self.share()
        return True


known = []
over = threading.Event()
other = threading.Thread(target=over.wait)
other.start()
CASES = []


def case(name, make):
    def add(function):
        CASES.append((name, make, function))
    return add


def keyed(cls):
    d = cls()
    d[Shares(None)] = 1
    d[5] = d[7] = 2
    return d


case('list.remove', lambda: [1, 2, 3])(lambda o: o.remove(Shares(o)))
case('deque.remove', lambda: collections.deque([1, 2]))(lambda o: o.remove(Shares(o)))
case('deque.insert', lambda: collections.deque([1, 2, 3]))(lambda o: o.insert(Shares(o), 9))
case('deque.rotate', lambda: collections.deque([1, 2, 3]))(lambda o: o.rotate(Shares(o)))
case('array.remove', lambda: array.array('i', [1, 2]))(lambda o: o.remove(Shares(o)))
case('array: store', lambda: array.array('i', [5, 2]))(lambda o: o.__setitem__(0, Shares(o)))
case('bytearray: store', lambda: bytearray(b'abc'))(lambda o: o.__setitem__(0, Shares(o)))
case('bytearray.insert', lambda: bytearray(b'abc'))(lambda o: o.insert(Shares(o), 100))
case('bytearray.pop', lambda: bytearray(b'abc'))(lambda o: o.pop(Shares(o)))
case('bytearray.remove', lambda: bytearray(b'a\1c'))(lambda o: o.remove(Shares(o)))
case('dict.pop', lambda: keyed(dict))(lambda o: o.pop(Shares(o)))
case('OrderedDict to the end', lambda: keyed(collections.OrderedDict))(lambda o: o.move_to_end(Shares(o)))
case('OrderedDict to the front', lambda: keyed(collections.OrderedDict))(lambda o: o.move_to_end(Shares(o), last=False))
case('OrderedDict.popitem', lambda: keyed(collections.OrderedDict))(lambda o: o.popitem(Shares(o))[1])
case('set.add', lambda: {Shares(None), 5})(lambda o: o.add(Shares(o)))
case('set.discard', lambda: {Shares(None), 5})(lambda o: o.discard(Shares(o)))
case('set.update', lambda: {5, 6})(lambda o: o.update({Shares(o, 5), 9, 17}))
case('set, taken away', lambda: {5, 6})(lambda o: o.difference_update({Shares(o, 5), 9, 17}))

case('BytesIO.read', lambda: io.BytesIO(b'abc'))(lambda o: o.read(Shares(o)))
case('BytesIO.readline', lambda: io.BytesIO(b'abc'))(lambda o: o.readline(Shares(o)))
case('BytesIO.seek', lambda: io.BytesIO(b'abc'))(lambda o: o.seek(Shares(o)))
case('BytesIO.truncate', lambda: io.BytesIO(b'abc'))(lambda o: (o.truncate(Shares(o)), o.getvalue()))
case('StringIO.read', lambda: io.StringIO('abc'))(lambda o: o.read(Shares(o)))
case('StringIO.readline', lambda: io.StringIO('abc'))(lambda o: o.readline(Shares(o)))
case('StringIO.seek', lambda: io.StringIO('abc'))(lambda o: o.seek(Shares(o)))
case('StringIO.truncate', lambda: io.StringIO('abc'))(lambda o: (o.truncate(Shares(o)), o.getvalue()))
case('memoryview, read', lambda: memoryview(b'abcd').cast('B', (2, 2)))(lambda o: o[Shares(o), 0])
case('memoryview: store', lambda: memoryview(bytearray(b'abc')))(lambda o: (o.__setitem__(Shares(None), Shares(o)), o.tolist()))
case('memoryview.hex', lambda: memoryview(b'abc'))(lambda o: o.hex(':', Shares(o)))


@case('mmap', lambda: [mmap.mmap(-1, 4096) for _ in range(13)])
def mapped(maps):
    m = iter(maps)

    def one(use):
        o = next(m)
        o[:6] = b'a\nbcde'
        return use(o, Shares(o))

    def moved(o, by):
        o.move(3, by, by)
        return o[:6]

    def stored(o, key, value):
        o[key] = value
        return o[:4]

    return (one(lambda o, s: o.read(s)), one(lambda o, s: (o.write_byte(s), o[:3])), one(lambda o, s: (o.seek(s), o.tell())),
            one(lambda o, s: o.find(b'b', s)), one(lambda o, s: o.rfind(b'b', 0, s)), one(moved), one(lambda o, s: o.flush(0, 1)),
            one(lambda o, s: o.madvise(mmap.MADV_NORMAL, 0, s)), one(lambda o, s: o[s]), one(lambda o, s: o[s:3]),
            one(lambda o, s: stored(o, s, 120)), one(lambda o, s: stored(o, 0, s)), one(lambda o, s: stored(o, slice(s, 3), b'xy')))


@case('lru_cache, found', lambda: functools.lru_cache(maxsize=3)(lambda x: 1))
def found(f):
    f(Shares(None)), f(5), f(Shares(f))
    return f.cache_info()[0], f.cache_info().currsize


@case('lru_cache, put in', lambda: functools.lru_cache(maxsize=2)(lambda x: x.share()))
def put_in(f):
    f(Shares(f)), f(Shares(None, 7)), f(Shares(None, 9))
    return f.cache_info().currsize


def run(name, make, use):
    o = make()  # no global: that would be known to all
    result = use(o)
    print(name, result, len(o) if hasattr(o, '__len__') else '')


for one in CASES:
    run(*one)
over.set()
other.join()
print(len(known))
