# SPDX-License-Identifier: MIT
# TreeBuilder, XMLParser and what stands on them: targets of all kinds, events, encodings, and the words of every error.
import array, collections, gc, io, re, warnings
import xml.etree.ElementTree as ET
import _elementtree

P, T = ET.XMLParser, ET.TreeBuilder


def plain(value):
    return re.sub(r"0x[0-9a-f]+", "0x", repr(value))


def show(f, *args, **kwargs):
    try:
        result = f(*args, **kwargs)
        print("  ", type(result).__name__, plain(result))
        return result
    except Exception as e:
        print("  ", type(e).__name__, re.sub(r"0x[0-9a-f]+", "0x", str(e)), getattr(e, "code", None), getattr(e, "position", None), getattr(e, "lineno", None), e.__cause__)


def text(e):
    return ET.tostring(e) if e is not None else None


CALLS = [((), {}), ((1,), {}), ((1, 2), {}), ((1, 2, 3), {}), ((1, 2, 3, 4), {}), ((), {"x": 1}), (("a", {}), {}), (("a", None), {})]
print(sorted(n for n in vars(_elementtree) if n[0] != "_" or n == "_set_factories"), ET.ParseError.__mro__)
for kind in (ET.Element, T, P, ET.ParseError):
    print(kind, kind.__module__, kind.__qualname__, kind.__base__)
print({n: getattr(getattr(k, n), "__text_signature__", None) for k in (T, P) for n in sorted(vars(k)) if n not in ("__doc__", "__new__", "__module__", "__getattribute__")})

print("-- TreeBuilder")
for args, kwargs in [((), {}), ((1,), {}), ((1, 2), {}), ((None,), {}), ((), {"element_factory": len}), ((), {"x": 1}), ((), {"insert_comments": 1, "insert_pis": []}), ((), {"comment_factory": 3})]:
    show(T, *args, **kwargs)
for name in ("start", "end", "data", "comment", "pi", "close"):
    for args, kwargs in CALLS:
        print(name, args, kwargs)
        show(getattr(T(), name), *args, **kwargs)
b = T()
show(b.data, "lost"), show(b.end, "a"), show(b.start, "a", {"k": "1"}), show(b.data, "y"), show(b.data, "z"), show(b.end, "any tag"), show(b.end, "a"), show(b.data, "tail"), show(b.data, "lost"), show(b.close)
print(text(b.close()))
b = T()
show(b.start, "a", {}), show(b.close), show(b.start, "b", {}), show(b.end, "b"), show(b.start, "c", {}), show(b.end, "c"), show(b.end, "a"), show(b.start, "second", {}), show(b.end, "second")
print(text(b.close()))
log = []
b = T(lambda *args: log.append(args) or ET.Element(*args))
b.start("a", {"x": "y"}), show(b.start, "a", None), show(b.start, "a", 5), b.start("b", {}), b.data("q"), b.end("b"), b.data("w"), b.end("a")
print(text(b.close()), log)


class Other:
    text = tail = None

    def __init__(self, *args):
        self.args, self.children = args, []

    def append(self, child):
        self.children.append(child)


b = T(Other)
b.start("a", {}), b.data("1"), b.data("2"), b.start("b", {}), b.data("3"), b.end("b"), b.data("4"), b.data("5"), b.end("a")
r = b.close()
print(r.args, r.text, r.children[0].text, r.children[0].tail)
for pieces in ((b"1", "2"), (1,), ("1",), ("pre", "1", "2")):
    b = T(Other)
    e = b.start("a", {})
    if pieces[0] == "pre":
        e.text = "before "
    for piece in pieces:
        b.data(piece)
    show(lambda: type(b.end("a")))
    print(e.text)
for made in (5, None, "text"):
    b = T(lambda *args: made)
    show(b.start, "a", {}), show(b.data, "x"), show(b.start, "b", {}), show(b.end, "a"), show(b.end, "a"), show(b.close)
b = T(lambda *args: 1 / 0)
show(b.start, "a", {})
for options in ({}, {"insert_comments": True}, {"insert_pis": True}, {"insert_comments": True, "insert_pis": True}, {"comment_factory": lambda *a: log.append(a) or 7, "pi_factory": lambda *a: log.append(a) or 8},
                {"comment_factory": lambda *a: ET.Element("c"), "insert_comments": 1}, {"comment_factory": lambda *a: 7, "insert_comments": 1}, {"pi_factory": lambda *a: 7, "insert_pis": 1}):
    log = []
    b = T(**options)
    print(list(options))
    show(b.comment, "before"), b.start("a", {}), b.data("x"), show(b.comment, "c"), b.data("y"), show(b.pi, "t", "d"), b.data("z"), show(b.pi, "t"), show(b.pi, "t", ""), b.data("w"), b.end("a"), b.data("after"), show(b.comment, "end")
    print(text(b.close()), log)
b = T.__new__(T)
show(b.start, "a", {}), show(b.end, "a"), show(b.comment, "a"), show(b.pi, "a"), show(b.close)
b = T()
b.start("a", {}), b.data(5)
print(b.end("a").text)
e = T()
a = e.start("a", {})
a.text = "has "
b = e.start("b", {})
print(a.text)
b.tail = "tail "
e.end("b"), e.data("more"), e.end("a")
print(b.tail)
a.text = 5
e = T()
a = e.start("a", {})
a.text = 5
e.data("x"), show(e.end, "a")
given = {"k": "v"}
print(T().start("a", given).attrib is given, T(ET.Element).start("a", given).attrib is given)


class Appends(ET.Element):
    def append(self, child):
        print("append", child.tag)
        super().append(child)

    @property
    def text(self):
        return "T"

    @text.setter
    def text(self, value):
        print("text", value)


b = T(Appends)
b.start("a", {}), b.data("x"), b.data("y"), b.start("b", {}), b.end("b"), b.end("a")
print(plain(list(b.close())), plain(ET.SubElement(Appends("q"), "z")))
b = T()
b.start("a", {}), b.start("b", {}), b.data("x")
print(text(b.close()))
b.end("b")
print(text(b.close()))
b = T()
b.start("a", {}), b.__init__(), b.start("b", {}), b.end("b")
print(plain(b.close()), hasattr(b, "insert_comments"))
show(_elementtree._set_factories, 1, 2), show(_elementtree._set_factories, None, 2), show(_elementtree._set_factories, None, None), show(_elementtree._set_factories, len, str), show(_elementtree._set_factories, len)
b = T()
b.start("a", {})
print(b.comment("x"), b.pi("x"))
show(_elementtree._set_factories, ET.Comment, ET.PI)

print("-- XMLParser")
for args, kwargs in [((), {}), ((1,), {}), ((), {"target": None}), ((), {"encoding": None}), ((), {"encoding": 5}), ((), {"encoding": "a\0b"}), ((), {"encoding": "nope"}), ((), {"x": 1}), ((), {"target": 5}),
                     ((), {"target": None, "encoding": "utf-8", "z": 3})]:
    show(P, *args, **kwargs)
p = P()
print(p.version == "Expat %d.%d.%d" % __import__("pyexpat").version_info, p.entity, type(p.target), p.target is p.target)
show(setattr, p, "version", 1), show(setattr, p, "entity", 1), show(setattr, p, "target", 1), show(delattr, p, "entity"), show(setattr, p, "other", 1), show(lambda: p.other)
for name in ("feed", "close", "_parse_whole", "_setevents"):
    for args, kwargs in CALLS[:6]:
        print(name, args, kwargs)
        show(getattr(P(), name), *args, **kwargs)
for data in ("<a/>", b"<a/>", bytearray(b"<a/>"), memoryview(b"<a/>"), memoryview(b"<xax/xx>")[::2], array.array("H", [0x613c, 0x3e2f]), "", b"", None, 5, "\ud800", "<a>\0</a>", "<é>ü€\U0001f600</é>", "<é>ü</é>".encode("latin-1"),
             '<?xml version="1.0" encoding="latin-1"?><a>é</a>', '<?xml version="1.0" encoding="latin-1"?><a>é</a>'.encode("latin-1"), '<?xml version="1.0" encoding="utf-16"?><a>é</a>'.encode("utf-16"),
             b'<?xml version="1.0" encoding="nope"?><a/>', b'<?xml version="1.0" encoding="cp1252"?><a>\x80</a>', b'<?xml version="1.0" encoding="big5"?><a/>', b'<?xml version="1.0" encoding="cp037"?><a/>'):
    print(plain(data))
    p = P()
    show(p.feed, data), print(text(show(p.close))), show(p.feed, "<a/>"), show(p.close)
for bad in (b"", b"<a>", b"<a></b>", b"<a b='1' b='2'/>", b"<a>&x;</a>", b"<a/><b/>", b"<a \xff>", b"\xff\xfe<", b"<a>&#0;</a>", b"junk", b"<a/>\n\n  x", b"<a x='&u;'/>", b"<!DOCTYPE a SYSTEM 'x'><a>&u;</a>", b"<!DOCTYPE a [<!ENTITY e 'val'>]><a>1&e;2&e;</a>",
            b"<a:b/>", b"<a xmlns:x=''/>", b"<!DOCTYPE a SYSTEM 'x'><a x='&u;'/>", b"<!DOCTYPE a [<!ENTITY e SYSTEM 'foo'>]><a>\n x&e;</a>", b"<a><![CDATA[x]]></a ><!-- c --><?p i?>", b"<a xmlns='d' xmlns:n='u' n:k='1' k='2'><n:b/></a>"):
    print(bad)
    show(lambda: text(ET.fromstring(bad))), show(lambda: text(P()._parse_whole(io.BytesIO(bad)))), show(lambda: text(ET.parse(io.BytesIO(bad)).getroot()))
try:
    ET.fromstring("<a>\n<b></a>")
except ET.ParseError as e:
    print(vars(e), e.args, e.msg, e.lineno, e.filename, isinstance(e, SyntaxError))
for value in ("U!", 5, ""):
    p = P()
    p.entity["u"] = value
    p.feed(b"<!DOCTYPE a SYSTEM 'x'><a>&u;</a>")
    print(repr(p.close().text))
p = P(encoding="latin-1")
p.feed(b"<a>\xe9</a>")
print(p.close().text)
p = P()
p.feed("<a/>"), p.__init__(encoding="latin-1"), p.feed(b"<a>\xe9</a>")
print(p.close().text)
p = P.__new__(P)
show(p.feed, "x"), show(p.close), print(p.entity, p.target), show(p._setevents, [], ()), show(p._parse_whole, io.StringIO(""))


class File:
    def __init__(self, *pieces):
        self.pieces = list(pieces)

    def read(self, n):
        print("read", n)
        return self.pieces.pop(0)


for pieces in ((b"<a>", b"</a>", b""), ("<a>", "é</a>", ""), (b"<a>", 5), (b"<a/>", None), (bytearray(b"<a/>"), b""), ("", "x"), ("\ud800", ""), ("<a>",), ('<?xml version="1.0" encoding="latin-1"?><a>é</a>', "")):
    p = P()
    print(text(show(p._parse_whole, File(*pieces))))
p = P()
p.feed("<a>x"), p.target.data("y"), p.feed("z</a>"), print(p.close().text)
p = P()
p.feed("<a>"), p.target.end("x"), show(p.feed, "</a>"), show(p.feed, "</a>"), show(p.close)
p = P()
show(p.feed, "<a>kept<b/>text <c></d>"), print(text(p.target.close()))


class S(str):
    pass


p = P()
p.feed(S("<a/>")), print(p.close().tag)
big = "<a>" + "".join("<item n='%d'>text %d &amp; more\n</item>\n" % (i, i) for i in range(9000)) + "</a>"
r = ET.fromstring(big)
print(len(big), len(r), r[-1].text, r[4321].attrib, len(set(e.tag for e in r.iter())), sum(map(len, r.itertext())))
p = P()
for i in range(0, len(big), 7):
    p.feed(big[i:i + 7])
print(text(p.close()) == text(r), ET.fromstringlist([big[:1000], big[1000:]]).find("item").text)
show(ET.fromstring, big[:-4] + "</b>"), show(ET.fromstring, big.encode("utf-16")[:-2]), show(ET.XML, big[:200000])
print(text(ET.fromstring(big.replace("more", "m\u00e9\u20ac\U0001f600r\u00e9").encode("utf-16"))) == text(ET.fromstring(big.replace("more", "m\u00e9\u20ac\U0001f600r\u00e9"))))
laughs = "<!DOCTYPE a [<!ENTITY l0 'ha'>" + "".join("<!ENTITY l%d '%s'>" % (i, "&l%d;" % (i - 1) * 20) for i in range(1, 8)) + "]><a>&l7;</a>"
show(ET.fromstring, laughs)
attributes = "".join(" k%d='%d'" % (i, i) for i in range(300))
print(list(ET.fromstring("<a%s/>" % attributes).attrib.items()) == [("k%d" % i, str(i)) for i in range(300)])

print("-- other targets")
doc = '''<?xml version="1.0"?><!DOCTYPE a PUBLIC "pub" "sys" [<!ENTITY e "val">]><a x="1" q:y="2" xmlns:q="urn:q" xmlns="d">t1
t2&e;&u;<![CDATA[cd]]>&lt;<q:b/><!--c--><?pi data?><?p?></a>'''


class Target:
    def __init__(self, *skip, fails=None):
        self._skip, self._fails = skip, fails

    def __getattr__(self, name):
        if name[0] == "_" or name in self._skip:
            raise AttributeError(name)
        print("asked for", name)

        def method(*args):
            print(name, args)
            if name == self._fails:
                raise ValueError(name)
            return name
        return method


for skip in ((), ("start",), ("end", "data"), ("comment", "pi"), ("start_ns", "end_ns", "doctype"), ("start_ns",), ("end_ns",), ("close",)):
    p = P(target=Target(*skip))
    p.entity["u"] = "UU"
    show(p.feed, doc), show(p.close), show(p.close)
for fails in ("start", "end", "data", "comment", "pi", "start_ns", "end_ns", "doctype", "close"):
    p = P(target=Target(fails=fails))
    p.entity["u"] = "UU"
    show(p.feed, doc), show(p.feed, "<z/>"), show(p.close)
for kind in ("", "SYSTEM 'x'"):
    p = P(target=Target())
    show(p.feed, "<!DOCTYPE a %s><a/>" % kind), show(P(target=Target())._parse_whole, io.StringIO("<a/>"))
p = P(target=Target())
show(p.feed, "<!DOCTYPE a SYSTEM 'x'><a>&u;</a>")


class WithDoctype(P):
    def doctype(self, *args):
        print("doctype", args)


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for target in (None, Target("doctype"), Target()):
        p = WithDoctype(target=target)
        show(p.feed, doc.replace("&u;", "")), show(p.close)
    print([(w.category, str(w.message)) for w in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    show(WithDoctype().feed, doc)


class Fails:
    @property
    def start(self):
        raise ValueError("property")


show(P, target=Fails())


class Builder(T):
    def comment(self, text):
        print("comment", text)
        return super().comment(text)

    def start_ns(self, prefix, uri):
        print("start_ns", prefix, uri)


p = P(target=Builder(insert_comments=True))
p.feed("<a xmlns:x='u'>x\ny<!--c-->&lt;</a>"), print(text(p.close()))
log = []
p = P(target=T(lambda *args: log.append(args) or ET.Element(*args)))
p.feed('<a b="1"><c/>x</a>'), print(log, text(p.close()))
for options in ({}, {"insert_comments": 1, "insert_pis": 1}, {"comment_factory": print, "pi_factory": print}, {"pi_factory": print, "insert_pis": True}, {"comment_factory": print, "insert_comments": True}):
    p = P(target=T(**options))
    show(p.feed, "<!--0--><a>x<!--c-->y<?p i?>z<?q?></a><!--z-->")
    show(lambda: text(p.close()))

print("-- events")
doc = '<!--0--><a xmlns:x="u" k="1">t<x:b/>w<!--c-->v<?p i?><?q?></a><!--z-->'
for events in (None, (), [], ["start"], ("nope",), (5,), 5, "end", ("start", 5), ("start-ns", "end-ns", "comment", "pi", "start", "end"), iter(["start"]), (b"start",), {"end": 1}, ("start-ns",), ("end-ns",), ("end", "end"), ("\ud800",)):
    for target in (None, T(), T(insert_comments=True, insert_pis=True)):
        queue, p = [], P(target=target)
        show(p._setevents, queue, events)
        p.feed(doc)
        r = p.close()
        print([(event, getattr(e, "tag", e) if not callable(getattr(e, "tag", None)) else e.text) for event, e in queue], text(r))
for target in ([], Builder(), Target()):
    queue, p = [], P(target=target)
    show(p._setevents, queue, ["start"])


class Queue:
    def __init__(self, fails):
        self.fails = fails

    def append(self, pair):
        print("append", pair[0])
        if self.fails:
            raise ValueError("queue")


for fails in (False, True):
    p = P()
    p._setevents(Queue(fails), ["start", "end"]), show(p.feed, "<a><b/></a>"), show(p.close)
queue, p = collections.deque(), P(target=T())
p._setevents(queue, ["start-ns", "start"]), p._setevents(queue, ["end"]), p.feed('<a xmlns="z"><b/></a>'), print(plain(queue))
p = ET.XMLPullParser(["start", "end", "comment", "pi"])
p.feed("<a>1<!--q-->2<?p?>"), print([(event, e.text) for event, e in p.read_events()]), p.feed("</a"), p.feed("x>"), show(list, p.read_events()), show(p.close)
for event, e in ET.iterparse(io.BytesIO(b"<a>1<b>2</b>3</a>"), ["start", "end"]):
    print(event, e.tag, e.text, e.tail)
show(list, ET.iterparse(io.BytesIO(b"<a><b></a>")))


def cycle():
    parser = P(target=Target())
    parser.target.parser = parser
    builder = T()
    element = builder.start("a", {"k": builder})
    element.text = P(target=builder)


for _ in range(50):
    cycle()
gc.collect()
