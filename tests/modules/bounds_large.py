# SPDX-License-Identifier: MIT
# Sizes and positions near sys.maxsize, and other edges of the small C modules.
import bisect
import collections
import functools
import itertools
import operator
import re
import sys
import time

n = sys.maxsize
print(bisect.bisect_left(range(n - 1), n - 3), bisect.bisect_right(range(n - 1), n - 3), bisect.bisect_left(range(n - 1), n - 3, n - 10, n))


class Numbers:
    def __len__(self):
        return n - 1

    def __getitem__(self, i):
        return i

    def insert(self, i, x):
        print('insert', i, x)


bisect.insort(Numbers(), n - 100, n - 150, n - 50)
print(collections.deque(maxlen=n).maxlen, collections.deque([1], n), operator.length_hint(iter(Numbers())))
print(itertools.repeat(1, n).__length_hint__(), itertools.repeat(1, n), itertools.repeat(1, n).__reduce__())
print(functools.lru_cache(n)(len).cache_info())
print(operator.length_hint(reversed(Numbers())), reversed(Numbers()).__reduce__()[2])


class Sized:
    def __sizeof__(self):
        return n - 64


print(sys.getsizeof(Sized()) > n - 100)


def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return type(e).__name__, str(e)


p = re.compile('a')
for call in p.match, p.search, p.fullmatch, p.findall, p.finditer, p.split, p.scanner:
    print(attempt(call, b'x', n + 1), attempt(call, 'x', 'a'))
print(attempt(p.match, 'a', -n - 2), attempt(p.findall, 'aaa', 1.5))
print(re.sub(b'y', bytearray(b'a'), bytearray(b'xyz')), re.sub(b'y', memoryview(b'a'), b'xyz'))
s = bytearray(b'abcdefgh')
m, m2 = re.search(b'[a-h]+', s), re.search(b'[e-h]+', s)
s[:] = b'xyz'
print(m.group(), m2.group(), m.groups())
print(re.findall(r'\Aa', 'aaa'), re.findall(r'^a', 'aaa'), re.sub(r'\A', '-', 'ab'), [m.span() for m in re.finditer(r'(\Aa|b)', 'aab')],
      re.search(r'\Ab', 'ab', re.M), re.compile(r'\Ab').search('ab', 1))
for args in ('123456789', None), ('123456789', 3), ('123456789', {}):
    print(attempt(time.struct_time, *args))
