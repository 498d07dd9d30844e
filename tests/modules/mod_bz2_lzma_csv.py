# SPDX-License-Identifier: MIT
# bz2, lzma: objects, limits, errors, filters, files; csv: dialects, readers, writers.
import bz2, csv, io, lzma, pickle, _bz2, _csv, _lzma

data = bytes(i * i % 251 for i in range(5000)) * 4

def show(f, *args, **kw):
    try:
        r = f(*args, **kw)
        print(r if not isinstance(r, bytes) or len(r) < 60 else (len(r), hash(r) != 0))
    except BaseException as e:
        print(type(e).__module__, type(e).__name__, e)

def fresh(make, *calls):
    for args in calls: show(make().decompress, *args)

for level in (1, 9): print(len(bz2.compress(data, level)), bz2.decompress(bz2.compress(data, level)) == data)
for args in ((0,), (10,), ("x",)): show(_bz2.BZ2Compressor, *args)
show(_bz2.BZ2Decompressor, 1); show(_bz2.BZ2Compressor, compresslevel=1)
z = bz2.compress(data)
fresh(_bz2.BZ2Decompressor, (b"xx",), (z,), (z + b"tail",), (z, 10), (z, 0), (z[:-1],), ("x",), (), (z, "x"), (z[:100] + b"\0" + z[101:],))
d = _bz2.BZ2Decompressor(); out = d.decompress(z, 100); print(d.needs_input, d.eof, d.unused_data)
while not d.eof: out += d.decompress(b"", 3000)
print(out == data, d.needs_input, d.eof); show(d.decompress, b"x")
for step in (1, 37, 1000):
    d = _bz2.BZ2Decompressor(); print([(len(d.decompress(z[i:i + step])), d.needs_input, d.eof) for i in range(0, len(z), step)][-3:])
big = bz2.compress(bytes(2000000)); d = _bz2.BZ2Decompressor(); print([(len(d.decompress(big[i:i + 9])), d.needs_input) for i in range(0, len(big), 9)])
c = _bz2.BZ2Compressor(); print(len(c.compress(b"abc") + c.flush())); show(c.compress, b""); show(c.flush); show(pickle.dumps, c); show(pickle.dumps, d)
with bz2.open(io.BytesIO(z + z), "rb") as f: print(f.read(5), f.seek(15000), f.read(4), len(f.read()), f.tell())

print(len(lzma.compress(data)), lzma.decompress(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)) == data, lzma.decompress(lzma.compress(data, lzma.FORMAT_ALONE)) == data)
raw = [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 3, "dict_size": 65536, "lc": 2, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC4, "nice_len": 64, "depth": 5, "lp": 1, "pb": 1}]
print(len(lzma.compress(data, lzma.FORMAT_RAW, filters=raw)), lzma.decompress(lzma.compress(data, lzma.FORMAT_RAW, filters=raw), lzma.FORMAT_RAW, filters=raw) == data)
for check in (lzma.CHECK_NONE, lzma.CHECK_CRC32, lzma.CHECK_SHA256, -1):
    d = _lzma.LZMADecompressor(); show(lambda: d.decompress(lzma.compress(data, check=check)) == data); print(d.check, d.eof, d.needs_input)
C, D, L2 = _lzma.LZMACompressor, _lzma.LZMADecompressor, lzma.FILTER_LZMA2
for args, kw in (((9,), {}), ((1, 5), {"filters": []}), ((1, 99), {}), ((2, 4), {}), ((3,), {}), ((1,), {"preset": 77}), ((2,), {"preset": 77}), ((1,), {"preset": 1, "filters": [1]}), ((1,), {"filters": [1]}),
                 ((1,), {"filters": 5}), ((1,), {"filters": [{}]}), ((1,), {"filters": [{"id": "x"}]}), ((1,), {"filters": [{"id": 99}]}), ((1,), {"filters": [{"id": 33, "bad": 1}]}), ((1,), {"filters": [{"id": 33, "dict_size": -1}]}),
                 ((1,), {"filters": [{"id": 33}] * 5}), ((1,), {"filters": [{"id": 3, "dist": 0}]}), ((2,), {"filters": [{"id": 33}]}), ((1,), {"filters": {}}), (("x",), {}), ((1,), {"preset": -1}), ((1,), {"preset": "x"}), ((1,), {"nope": 1})):
    show(lambda: type(C(*args, **kw)).__name__)
for args, kw in (((9,), {}), ((3,), {}), ((3, 5), {}), ((3,), {"filters": []}), ((1,), {"filters": []}), ((0, -5), {}), ((0, 1.5), {}), ((0, 2**70), {})): show(lambda: type(D(*args, **kw)).__name__)
z = lzma.compress(data)
fresh(D, (b"x" * 40,), (z,), (z + b"tail",), (z, 10), (z, 0), (z[:-1],), ("x",), (), (z[:60] + b"\0\0\0" + z[63:],)); show(D(memlimit=1).decompress, z)
d = D(); out = d.decompress(z, 100); print(d.needs_input, d.eof, d.unused_data, d.check)
while not d.eof: out += d.decompress(b"", 3000)
print(out == data, d.needs_input, d.eof); show(d.decompress, b"x"); d = D(); d.decompress(z + b"tail"); print(d.unused_data)
for step in (1, 37, 1000):
    d = D(); print([(len(d.decompress(z[i:i + step])), d.needs_input, d.eof) for i in range(0, len(z), step)][-3:])
c = C(); print(len(c.compress(b"abc") + c.flush())); show(c.compress, b""); show(c.flush); show(pickle.dumps, c)
for f in ({"id": 33}, {"id": 33, "preset": 9}, {"id": lzma.FILTER_LZMA1, "lc": 3, "dict_size": 2**20}, {"id": 3, "dist": 5}, {"id": 4}, {"id": 4, "start_offset": 16}, {"id": 99}, 5, {"id": 3, "dist": 999}): show(_lzma._encode_filter_properties, f)
for i, p in ((33, b"\x10"), (lzma.FILTER_LZMA1, b"\x5d\0\0\x10\0"), (3, b"\4"), (4, b"\x10\0\0\0"), (33, b""), (33, b"\xff"), ("x", b"")): show(_lzma._decode_filter_properties, i, p)
print(lzma.is_check_supported(4), lzma.is_check_supported(99), lzma.LZMAError.__mro__)
with lzma.open(io.BytesIO(z + z), "rb") as f: print(f.read(5), f.seek(15000), f.read(4), len(f.read()), f.tell())

D = _csv.Dialect
for kw in ({}, dict(delimiter=""), dict(delimiter="ab"), dict(delimiter=1), dict(delimiter=None), dict(quotechar=""), dict(quotechar="ab"), dict(quotechar=None), dict(quotechar=1), dict(quotechar=None, quoting=0), dict(quoting=5), dict(quoting="x"),
           dict(quoting=None), dict(escapechar="ab"), dict(escapechar=5), dict(lineterminator=None), dict(lineterminator=4), dict(lineterminator=""), dict(doublequote="x"), dict(nope=1), dict(strict=[]), dict(dialect="excel", delimiter=";"), dict(dialect="nope")):
    show(lambda: [getattr(D(**kw), n) for n in "delimiter doublequote escapechar lineterminator quotechar quoting skipinitialspace strict".split()])
d = D(); show(setattr, d, "delimiter", 1); show(delattr, d, "quoting"); show(pickle.dumps, d); print(D(d) is d, D(csv.excel_tab).delimiter)
for f, args, kw in ((csv.reader, (), {}), (csv.reader, (5,), {}), (csv.reader, ([],), {"nope": 1}), (csv.reader, ([], "nope"), {}), (csv.writer, (), {}), (csv.writer, (5,), {}), (csv.reader, ([], "excel", "x"), {}), (csv.field_size_limit, ("x",), {}),
                    (csv.register_dialect, (), {}), (csv.register_dialect, (5,), {}), (csv.register_dialect, ("x",), {"delimiter": "ab"}), (csv.get_dialect, ("nope",), {}), (csv.unregister_dialect, ("nope",), {}), (csv.get_dialect, ([],), {}), (csv.field_size_limit, (2**70,), {})): show(f, *args, **kw)
lines = ([5], [b"x"], ["a\nb", "c"], ['a,"b', 'c"d,e'], ['"a"b'], ['"a'], ["a\0b"], ["a,b\\"], ['1,"2",x'], ['1,"2",3.5,'], ["a\r\nb"], ["a\rb"], [""], [' a, "b"'], ["a,'b'"], ['a"b""c,d'], ['"a""b"', '"c'], ["é,ü;\U0001f600"], ["a\r\n", "b\n", "\n", "c\r"], ['"a\n', 'b"\n'], ["a\\", "b,c"], ['"x\\"y",z'])
for s in lines:
    for kw in ({}, dict(strict=True), dict(escapechar="\\"), dict(quoting=2), dict(quoting=3), dict(skipinitialspace=True), dict(quotechar="'", delimiter=";"), dict(doublequote=False)): show(lambda: list(csv.reader(s, **kw)))
class W:
    def write(self, s): return s
rows = ([], [""], [None], ["a", 1, 2.5, None], ["a,b"], ['a"b'], ["a\nb"], ["a\rb"], [" "], [1e300, 1 / 3], 5, "abc", [b"x"], ["a", ""], ["\\"], ["é", "\U0001f600,"], [True, 1 + 2j])
for r in rows:
    for kw in ({}, dict(quoting=1), dict(quoting=2), dict(quoting=3), dict(quoting=3, escapechar="\\"), dict(doublequote=False), dict(doublequote=False, escapechar="\\"), dict(delimiter="\t", lineterminator="!"), dict(quotechar=None, quoting=3), dict(skipinitialspace=True, delimiter=" ")):
        show(lambda: repr(csv.writer(W(), **kw).writerow(r)))
show(csv.writer(W()).writerows, 5); show(csv.writer(W()).writerows, [[1], 5]); show(csv.writer(W()).writerows, [[1], [2]])
print(csv.field_size_limit(10)); show(list, csv.reader(["a" * 11])); csv.field_size_limit(131072); csv.register_dialect("x", delimiter=";"); print(csv.list_dialects(), csv.get_dialect("x").delimiter, list(csv.reader(["a;b"], "x"))); csv.unregister_dialect("x")
r = csv.reader(["a", '"b', 'c"']); print(r.line_num, next(r), r.line_num, iter(r) is r, next(r), r.line_num, r.dialect.delimiter); show(next, r); show(type(r).__name__ and (lambda: type(r).__qualname__))
f = io.StringIO(); w = csv.DictWriter(f, ["x", "y"]); w.writeheader(); w.writerow({"x": 1, "y": "q,\""}); print(repr(f.getvalue()), list(csv.DictReader(io.StringIO(f.getvalue()))), csv.Sniffer().sniff("a;b;c\n1;2;3\n").delimiter)

# After an error a decompressor is of no more use.
d = bz2.BZ2Decompressor()
for data in b"no such format", b"", bz2.compress(b"x"):
    try:
        d.decompress(data)
    except (OSError, ValueError) as e:
        print(type(e).__name__, e, d.needs_input, d.eof)
