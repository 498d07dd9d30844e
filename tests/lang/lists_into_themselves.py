# What is extended by itself, of whatever class, ends: the items that it had.
import array
import collections
from xml.etree import ElementTree


class SubList(list):
    pass


class Strange(list):
    def __iter__(self):
        return iter("iterated")


class SubDeque(collections.deque):
    pass


class SubSet(set):
    pass


class SubDict(dict):
    pass


class SubBytes(bytearray):
    pass


class SubArray(array.array):
    pass


for cls in list, SubList, Strange:
    x = cls([1, 2])
    x.extend(x)
    print(len(x))
    x += x
    print(len(x))
    x[1:1] = x
    print(len(x), x[:2])
    x[::2] = x[1::2]
    print(len(x))
for cls in collections.deque, SubDeque:
    d = cls([1, 2])
    d.extend(d)
    d.extendleft(d)
    print(d)
    d += d
    print(d)
    d = cls([1, 2], 3)
    d.extend(d)
    d.extendleft(d)
    print(d)
for cls in set, SubSet:
    s = cls([1, 2])
    s.update(s)
    s |= s
    s &= s
    s.intersection_update(s)
    print(s)
    s.symmetric_difference_update(s)
    s ^= s
    print(s)
    s = cls([1, 2])
    s.difference_update(s)
    s -= s
    print(s)
for cls in dict, SubDict, collections.OrderedDict, collections.Counter:
    m = cls(a=1)
    m.update(m)
    m |= m
    print(m)
for cls in bytearray, SubBytes:
    b = cls(b"ab")
    b.extend(b)
    b[1:1] = b
    print(b)
for cls in array.array, SubArray:
    a = cls("i", [1, 2])
    a.extend(a)
    a += a
    a[0:0] = a
    print(a)
u = collections.UserList([1])
u.extend(u)
u += u
print(u)
e = ElementTree.Element("e")
e.append(ElementTree.Element("f"))
e.extend(e)
e[0:0] = e
print(len(e))
