# SPDX-License-Identifier: MIT
# Element of xml.etree.ElementTree: construction, the sequence of children, finding, iterating, copies, pickles, and the words
# of every error.
import collections, copy, gc, io, pickle, re, sys, warnings, weakref
import xml.etree.ElementTree as ET

warnings.simplefilter("error")
E = ET.Element


def plain(value):
    return re.sub(r"0x[0-9a-f]+", "0x", repr(value))


def show(f, *args, **kwargs):
    try:
        result = f(*args, **kwargs)
        print("  ", type(result).__name__, plain(result))
        return result
    except Exception as e:
        print("  ", type(e).__name__, re.sub(r"0x[0-9a-f]+", "0x", str(e)))


def make(n=5):
    e = E("r")
    for i in range(n):
        ET.SubElement(e, "c%d" % i)
    return e


def tags(e):
    return [c.tag for c in e]


print("-- making")
for args, kwargs in [((), {}), ((1, 2), {}), (("a", {}, 3), {}), (("a",), {"attrib": {}}), ((), {"tag": "a"}), (("a", {}), {"attrib": {}}), (("a",), {"attrib": 4}),
                     (("a", None), {}), (("a",), {"attrib": None}), (("a", {"z": 1}), {"attrib": {"q": 1}}), (("a",), {"attrib": {"q": 1}, "r": 2}), (("a", {"k": 1}), {"z": 3, "k": 2})]:
    e = show(E, *args, **kwargs)
    print(e is not None and e.attrib)
given = {"q": 1}
E("a", attrib=given, r=2)
print(given)
x, y, z = E("x"), E("y"), E("z")
for args, kwargs in [((), {}), ((1,), {}), ((1, 2), {}), ((x,), {}), ((x, "t", 5), {}), ((x, "t", {}, 5), {}), ((x, "t", {"a": 1}), {"b": 2}), ((x, "t"), {"attrib": {"a": 1}, "b": 2}),
                     ((x,), {"tag": "t"}), ((x, "t"), {"attrib": 5}), ((x, "t", None), {})]:
    show(ET.SubElement, *args, **kwargs)
print([(c.tag, c.attrib) for c in x], x[0].text, x[0].tail)
del x[:]


class Sub(E):
    def __init__(self, *args, **kwargs):
        E.__init__(self, *args, **kwargs)
        self.more = 1


s = Sub("s", a="1")
print(plain(s), s.__dict__, type(s.makeelement("a", {})), type(copy.copy(s)), type(copy.deepcopy(s)), type(ET.SubElement(s, "q")))
bare = E.__new__(E)
print(plain(bare), bare.tag, bare.text, bare.tail, bare.attrib, len(bare), bare.__getstate__(), tags(bare.iter()), list(bare.itertext()), plain(copy.deepcopy(bare)))
bare.append(x)
print(tags(bare))

print("-- arguments of methods")
for name in ("append", "clear", "extend", "find", "findall", "findtext", "iterfind", "get", "insert", "items", "keys", "iter", "itertext", "makeelement", "remove", "set",
             "__copy__", "__deepcopy__", "__getstate__", "__setstate__", "__sizeof__"):
    for args, kwargs in [((), {}), ((1,), {}), ((1, 2), {}), ((1, 2, 3), {}), ((1, 2, 3, 4), {}), ((), {"x": 1}), ((1,), {"x": 1})]:
        try:
            print(name, args, kwargs, type(getattr(E("q"), name)(*args, **kwargs)).__name__)
        except Exception as e:
            print(name, args, kwargs, type(e).__name__, e)
print({n: getattr(getattr(E, n), "__text_signature__", None) for n in sorted(vars(E)) if n not in ("__doc__", "__new__", "__module__", "__getattribute__")})

print("-- attributes")
e = make(2)
for name in ("tag", "text", "tail", "attrib", "other"):
    show(delattr, e, name)
    show(setattr, e, name, 5)
    show(getattr, e, name)
show(setattr, E, "other", 1)
show(lambda: E("a").__dict__)
e = E("a")
print(e.keys(), e.items(), e.get("x"), e.get("x", 3), e.get(key="x", default=4), e.attrib is e.attrib)
e.set(1, 2)
print(e.attrib, e.keys(), e.items())
show(e.set, [], 1), show(e.get, []), show(E("n").get, [])


class D(dict):
    pass


d = D(a=1)
print(type(E("x", d).attrib), type(E("x", d, b=2).attrib), type(e.makeelement("q", d).attrib))
e.attrib = d
print(type(e.attrib), type(copy.copy(e).attrib), type(copy.deepcopy(e).attrib), e.get("a"))

print("-- one child")
e = make()
for key in (0, -1, 4, 5, -6, "x", 1.5, None, 2**70, -2**70, True):
    print(key)
    show(lambda: e[key].tag)
for key, value in [(0, x), (-1, x), (5, x), (-6, x), (0, 3), (0, None), ("a", x), (1.5, x), (2**70, x), (9, 3), (True, y)]:
    e = make()
    print(key, plain(value))
    show(e.__setitem__, key, value)
    show(e.__delitem__, key)
    print(tags(e))
print("-- slices")
e = make()
for key in (slice(None), slice(1, 3), slice(None, None, 2), slice(None, None, -1), slice(4, 0, -2), slice("a", 3), slice(0, 0), slice(1, 2, 0), slice(-2, None), slice(9, 12)):
    show(lambda: (type(e[key]), tags(e[key])))
    show(lambda: E("none")[key])
for key, value in [(slice(0, 2), [x, y, z]), (slice(0, 2), [x]), (slice(0, 2), x), (slice(0, 0), (x, y)), (slice(None, None, 2), [x, y, z]), (slice(None, None, 2), [x]), (slice(None, None, -1), [x, y]),
                   (slice(0, 2), 5), (slice(0, 2), [1]), (slice(None, None, 2), [1, 2, 3]), (slice(3, 1), [x, y]), (slice(3, 1, 2), [x, y]), (slice(3, 1, 2), []), (slice(0, 2), iter([x, y])),
                   (slice(0, 2), []), (slice(None), []), (slice(4, None, -2), [x, y, z]), (slice(1, 1, -1), [x]), (slice(1, 2, 0), [x]), (slice("a"), 5), (slice(9, 12), [x]), (slice(-3, -1), [x])]:
    e = make()
    print(key, plain(value))
    show(e.__setitem__, key, value)
    print(tags(e))
    e = E("empty")
    show(e.__setitem__, key, value)
    print(tags(e))
for key in (slice(None), slice(1, 3), slice(None, None, 2), slice(None, None, -1), slice(4, 0, -2), slice(3, 1), slice(1, 2, 0), slice(4, None, -1), slice(0, 100, 3), slice(None, None, 7)):
    e = make()
    show(e.__delitem__, key)
    print(key, tags(e))
    show(E("empty").__delitem__, key)
print("-- the rest of the sequence")
e = make()
show(e.insert, 0, x), show(e.insert, -1, y), show(e.insert, 100, z), show(e.insert, -100, E("w")), show(e.insert, "a", x), show(e.insert, 2**70, x), show(e.insert, None, x), show(e.insert, 0, 5)
print(tags(e))
show(e.remove, x), show(e.remove, x), show(E("q").remove, x)
print(tags(e))
show(len, e), show(bool, e), show(bool, E("a")), show(lambda: x in e), show(lambda: e[0] in e), show(lambda: 5 in e), show(lambda: e + e), show(lambda: e * 2), show(iter, e)
show(lambda: tags(reversed(e))), show(lambda: e == e), show(lambda: e < e), show(lambda: e == x), show(lambda: hash(e) == hash(e))
show(e.extend, (x, y)), show(e.extend, iter([x])), show(e.extend, [x, 3, y]), show(e.extend, {x: 1}), show(e.extend, "ab"), show(e.extend, e), show(e.extend, None), show(e.extend, E("nothing"))
print(tags(e))


def raises():
    yield x
    raise ValueError("in a generator")


show(e.extend, raises())


class Equal(E):
    def __eq__(self, other):
        return True
    __hash__ = None


class Unequal(E):
    def __eq__(self, other):
        raise ValueError("compared")
    __hash__ = None


e = E("r")
e.extend([E("a"), Equal("b"), E("c")])
show(e.remove, e[2])
show(e.remove, E("other"))
print(tags(e))
e.append(Unequal("d"))
show(e.remove, E("other"))


class Shrinks(E):
    def __eq__(self, other):
        del e[:]
        return True
    __hash__ = None


e = E("r")
e.extend([Shrinks("a"), E("b")])
show(e.remove, E("x"))
print(tags(e))


class Loop(E):
    pass


r = Loop("r")
r.tag = r
show(repr, r)

print("-- copies and pickles")
e = make(2)
e.text, e.tail = "t", "l"
e.set("a", "b")
e[0].append(E("d"))
print({k: v for k, v in e.__getstate__().items() if k != "_children"}, list(e.__getstate__()), E("a").__getstate__())
print(ET.tostring(pickle.loads(pickle.dumps(e))), pickle.dumps(E("a"), 4), plain(e.__reduce_ex__(2)[:2]))
c, d = copy.copy(e), copy.deepcopy(e)
print(ET.tostring(c), c[0] is e[0], c.attrib == e.attrib, ET.tostring(d), d[0] is e[0], d.attrib is e.attrib, d[0][0] is e[0][0])
memo = {}
d = e.__deepcopy__(memo)
print(memo[id(e)] is d, memo[id(e[0])] is d[0])
python = ET._Element_Py("p", {"k": "v"})
python.text = "x"
state = dict(python.__dict__)
e = E.__new__(E)
e.__setstate__(state)
print(e.tag, e.attrib, e.text, e.tail, len(e))
for state in ({}, {"tag": 1}, {"tag": "x", "_children": [1]}, {"tag": "x", "_children": [x, 1]}, {"tag": "x", "_children": 5}, {"tag": "x", "_children": (x,)}, {"tag": "x", "_children": None},
              {"tag": "x", "_children": [x, y], "attrib": {"a": 1}, "text": "q", "tail": "w"}, {"tag": "x", "attrib": 5}, {"nope": 1, "tag": 2}, {"attrib": {}}, [], "s", None,
              {"tag": "x", "attrib": None}, {"tag": "x", "text": ["1", "2"], "tail": []}, {1: 2, "tag": 3}):
    e = make(2)
    e.text = "old"
    e.set("o", "l")
    show(e.__setstate__, state)
    print(e.tag, e.text, e.tail, e.attrib, tags(e))
e = make(2)
e.set("o", "l")
attrib = e.attrib
e.clear()
print(e.tag, e.text, e.tail, e.attrib, attrib, e.attrib is attrib, len(e))
cyclic = E("c")
cyclic.append(cyclic)
show(copy.deepcopy, [1])
ref, dead = weakref.ref(cyclic), []
weakref.finalize(cyclic, dead.append, 1)
del cyclic
gc.collect()
print(ref(), dead, gc.is_tracked(E("x")))


class Counted:
    alive = 0

    def __init__(self):
        Counted.alive += 1

    def __del__(self):
        Counted.alive -= 1


e = E("a", k=Counted())
e.text, e.tail = Counted(), Counted()
e.append(e)
del e
gc.collect()
print(Counted.alive)

print("-- iterators")
r = ET.XML("<a>1<b>2<c/>3</b>4<d>5</d>6<!--x--></a>")
for tag in (None, "*", "b", "zz", "", 5, b"b", b"*", ET.Comment):
    print(tag if not callable(tag) else "Comment", tags(r.iter(tag)))
it = r.iter()
print(plain(it), type(it).__module__, next(it).tag, gc.is_tracked(it), iter(it) is it)
r.insert(0, E("new"))
print(tags(it), list(it))
it = r.iter()
next(it), next(it)
del r[:]
print(tags(it))
r = ET.XML("<a>1<b>2<c/>3</b>4<d>5</d>6</a>")
print(list(r.itertext()), list(r[0].itertext()))
for text, tail, tag in ((5, "x", "b"), ("", None, "b"), ("t", "l", 5), ("t", "l", ET.Comment), ("t", "l", None), (["x", "y"], 0, b"b")):
    r[0].text, r[0].tail, r[0].tag = text, tail, tag
    show(list, r.itertext())
r.tag = ET.Comment
show(list, r.itertext())


class Compares:
    def __init__(self, answer):
        self.answer = answer

    def __eq__(self, other):
        if self.answer is None:
            raise ValueError("compared")
        return self.answer


for answer in (True, False, None):
    show(lambda: len(list(r.iter(Compares(answer)))))
show(copy.copy, it), show(type(it)), show(type(it).__new__, type(it))
it = r.iter()
r.append(r)
print([next(it) is r for _ in range(6)])
del r[-1]

print("-- finding")
r = ET.XML("<a><b x='1'>t</b><c/><b x='2'/><n:b xmlns:n='u'/></a>")
for path in ("b", "zz", "*", "./b[2]", "c", ".", "..", "", "/b", "b[", "b/", "{u}b", "{*}b", "{}b", "{u}*", "n:b", "b ", b"b", None, 5, "[b]", "b[@x='2']", ".//b", "a.b"):
    for namespaces in (None, {"n": "u"}, {"": "u"}, {}, 5):
        for name in ("find", "findall", "findtext", "iterfind"):
            try:
                result = getattr(r, name)(path, namespaces=namespaces)
                print(name, path, namespaces, plain(result if name != "iterfind" else list(result)))
            except Exception as e:
                print(name, path, namespaces, type(e).__name__, e)
print(r.findtext("zz", 5), repr(r.findtext("c")), repr(r.findtext("c", 5)), r.findtext("zz", default=6))
r.append(ET.Comment("q"))
show(r.find, ET.Comment)
r[0].text = None
print(repr(r.findtext("b")))
r.append(Unequal("u"))
print(plain(r.findall("u")))

print("-- deep")
top = e = E("root")
for i in range(100000):
    e = ET.SubElement(e, "x")
print(sum(1 for _ in top.iter()), len(list(top.itertext())))
it = top.iter()
for _ in range(5000):
    next(it)
del top, e, it
gc.collect()
deque = collections.deque()
parser = ET.XMLPullParser()
parser.feed("<a>" * 20000)
parser.feed("</a>" * 20000)
print(sum(1 for _ in parser.read_events()))
show(lambda: sys.getsizeof(E("a")) < sys.getsizeof(make(9)))
