# SPDX-License-Identifier: MIT
# Elements, iterators, builders and parsers of xml.etree.ElementTree that threads share.
import copy
import functools
import gc
import random
import sys
import threading
import weakref
import xml.etree.ElementTree as ET

assert "_elementtree" in sys.modules
sys.setswitchinterval(1e-4)
WORKERS, N = 4, 200


def together(*functions):
    start, errors = threading.Barrier(len(functions)), []

    def run(function):
        start.wait()
        try:
            function()
        except Exception as error:
            errors.append(repr(error))
    threads = [threading.Thread(target=run, args=(f,)) for f in functions]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not errors, errors[:3]


def workers(function):
    together(*[functools.partial(function, k) for k in range(WORKERS)])


# Nothing that a thread adds gets lost, and what one adds stays in order.
root = ET.Element("root")


def add(k):
    for n in range(N):
        if n % 3 == 0:
            root.append(ET.Element("c", k=str(k), n=str(n)))
        elif n % 3 == 1:
            ET.SubElement(root, "c", k=str(k), n=str(n))
        else:
            root.extend([ET.Element("c", k=str(k), n=str(n))])


workers(add)
print(len(root), [[int(c.get("n")) for c in root if c.get("k") == str(k)] == list(range(N)) for k in range(WORKERS)])


# ... and who takes children out takes each once.
taken = [[] for _ in range(WORKERS)]


def take(k):
    for child in list(root):
        try:
            root.remove(child)
            taken[k].append(child)
        except ValueError:
            pass


workers(take)
print(len(root), sum(map(len, taken)), len({id(c) for part in taken for c in part}))

# The first child and the first attribute of an element are made for all who come at once.
fresh = [ET.Element("e") for _ in range(N)]


def first(k):
    for e in fresh:
        e.set("k%d" % k, str(k))
        e.append(ET.Element("c%d" % k))
        e.attrib


workers(first)
print(all(sorted(e.keys()) == ["k%d" % k for k in range(WORKERS)] for e in fresh), all(sorted(c.tag for c in e) == ["c%d" % k for k in range(WORKERS)] for e in fresh))

# Threads that share an iterator get every element once.
tree = ET.Element("t")
for n in range(N):
    e = ET.SubElement(tree, "i")
    e.text = str(n)
    ET.SubElement(e, "j").tail = "."
for make in (tree.iter, functools.partial(tree.iter, "j"), tree.itertext):
    shared, got = make(), []
    workers(lambda k: got.extend(list(shared)))
    print(len(got), len(set(map(id, got))) == len(got) or sorted(got) == sorted(make()))

# Readers of a tree that others change see elements and strings, whatever is done to it.
tree = ET.Element("t")
ended = [] # not a number: `busy -= 1` of two threads at once may take away one


def change(k):
    rng = random.Random(k)
    try:
        for n in range(N * 3):
            e = ET.Element("e%d" % (n % 5), {"n": str(n)})
            e.text, e.tail = "t" * (n % 7), "l"
            which = rng.randrange(12)
            if which < 4:
                tree.append(e)
            elif which == 4:
                tree[:] = [ET.Element("s"), e, copy.copy(e)]
            elif which == 5:
                del tree[::2]
            elif which == 6:
                tree.insert(rng.randrange(9), e)
            elif which == 7:
                tree[1:4] = (e,)
            elif which == 8:
                tree.clear()
            elif which == 9:
                tree.__setstate__({"tag": "t", "_children": [e], "attrib": {"a": "b"}, "text": "x"})
            elif which == 10:
                tree.attrib = {str(n): "v"}
            else:
                try:
                    tree[0] = e
                    del tree[-1]
                except IndexError:
                    pass
    finally:
        ended.append(k)


def read():
    while len(ended) < WORKERS:
        for e in tree:
            assert isinstance(e, ET.Element) and (e.text or "").strip("t") == ""
        for e in tree.iter():
            assert isinstance(e.tag, str) and isinstance(e.attrib, dict)
        "".join(tree.itertext()), tree.find("e1"), tree.findall("e2"), tree.findtext("e3"), len(tree), tree[:3], tree.items(), tree.get("a"), repr(tree)
        ET.tostring(copy.copy(tree)), tree.__getstate__()
        if sys.implementation.name != "cpython":  # whose deepcopy goes on with children that another thread has taken away
            ET.tostring(copy.deepcopy(tree))


together(*[functools.partial(change, k) for k in range(WORKERS)], read, read)
print(isinstance(tree, ET.Element))

# A piece that is fed to a shared parser is parsed as a whole; so are other targets' calls made.
for target in (None, ET.TreeBuilder(), ET.TreeBuilder(ET.Element)):
    parser = ET.XMLParser(target=target)
    parser.feed("<a>")
    workers(lambda k: [parser.feed("<i k='%d' n='%d'>text<b/></i>" % (k, n)) for n in range(N)])
    parser.feed("</a>")
    a = parser.close()
    print(len(a), all(len(i) == 1 and i.text == "text" for i in a), [[int(i.get("n")) for i in a if i.get("k") == str(k)] == list(range(N)) for k in range(WORKERS)])
queue, parser = [], ET.XMLParser(target=ET.TreeBuilder())
parser._setevents(queue, ["start", "end"])
parser.feed("<a>")
workers(lambda k: [parser.feed("<i/>") for n in range(N)])
print(len(queue), all(queue[i][1] is queue[i + 1][1] for i in range(1, len(queue), 2)))

# Text from many threads is all there; who opens and closes elements of one builder gets some tree.
builder = ET.TreeBuilder()
builder.start("a", {})
workers(lambda k: [builder.data(str(k)) for n in range(N)])
builder.end("a")
print(len(builder.close().text))
builder = ET.TreeBuilder(insert_comments=True)
builder.start("a", {})


def build(k):
    for n in range(N):
        builder.start("e", {"k": str(k)})
        builder.data("text")
        builder.comment("c")
        builder.end("e")


workers(build)
print(sum(1 for _ in builder.close().iter("e")))

# Each thread parses, changes and writes a document of its own; what they leave behind goes.
document = "<r>" + "".join("<i n='%d'>%s<j/>\n</i>" % (n, "x" * (n % 9)) for n in range(300)) + "</r>"
texts = set()


def own(k):
    for _ in range(10):
        r = ET.fromstring(document)
        for i in list(r)[::2]:
            r.remove(i)
        ET.indent(r)
        texts.add(ET.tostring(r))


workers(own)
print(len(texts))
refs = [weakref.ref(fresh[0]), weakref.ref(tree), weakref.ref(a)]
del fresh, tree, target, a, e, taken, root, queue, parser, builder, got, shared, make
gc.collect()
print([r() for r in refs])
