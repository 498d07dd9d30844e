# SPDX-License-Identifier: MIT
# zlib: functions, objects, flushing, copies, dictionaries, limits, errors; gzip and zipfile on top of it.
import zlib, gzip, io, zipfile

data = bytes(i * i % 251 for i in range(5000)) * 4

def show(f, *args, **kw):
    try:
        r = f(*args, **kw)
        print(r if not isinstance(r, bytes) or len(r) < 60 else (len(r), zlib.crc32(r)))
    except Exception as e:
        print(type(e).__module__, type(e).__name__, e)

for level in (-1, 0, 1, 6, 9, 10):
    show(zlib.compress, data, level)
for wbits in (-15, -8, 9, 15, 31, 25, 7, 0, 47):
    show(lambda: zlib.decompress(zlib.compress(data, wbits=wbits), wbits) == data)
show(zlib.compress, "text")
show(zlib.compress, data, "x")
show(zlib.compress)
c = zlib.compress(data)
for bad in (b"", b"x", c[:-1], c[:100], b"\0" + c, c + b"tail", b"x\x9c\xff\xff"):
    show(zlib.decompress, bad)
show(zlib.decompress, c, bufsize=1)
show(zlib.decompress, c, bufsize=0)
show(zlib.decompress, c, bufsize=-1)
show(zlib.decompress, zlib.compress(b"raw", wbits=-15), -15)
show(zlib.decompress, bytearray(c))
show(zlib.decompress, memoryview(c))

o = zlib.compressobj()
parts = [o.compress(data[:7]), o.compress(data[7:9000]), o.flush(zlib.Z_SYNC_FLUSH), o.flush(zlib.Z_NO_FLUSH), o.compress(data[9000:]),
         o.flush(zlib.Z_FULL_FLUSH), o.compress(b""), o.flush()]
print([len(p) for p in parts], zlib.decompress(b"".join(parts)) == data)
show(o.compress, b"more")
show(o.flush)
show(o.flush, zlib.Z_SYNC_FLUSH)
show(o.copy)
for args in ((1, 8, 15, 9, zlib.Z_HUFFMAN_ONLY), (9, 8, -9, 1, zlib.Z_RLE), (6, 8, 31, 8, zlib.Z_FIXED), (6, 7), (6, 8, 3), (6, 8, 15, 10), (6, 8, 15, 8, 9), (77,)):
    def f():
        o = zlib.compressobj(*args)
        return o.compress(data) + o.flush()
    show(f)
a = zlib.compressobj(); first = a.compress(data[:10000]); b = a.copy(); import copy; d = copy.deepcopy(a); e = copy.copy(a)
print(len({first + x.compress(data[10000:]) + x.flush() for x in (a, b, d, e)}))

d = zlib.decompressobj()
out = d.decompress(c + b"tail", 100)
print(len(out), len(d.unconsumed_tail), d.unused_data, d.eof)
while d.unconsumed_tail and not d.eof:
    out += d.decompress(d.unconsumed_tail, 3000)
print(out == data, d.unconsumed_tail, d.unused_data, d.eof)
show(d.decompress, b"again"); print(d.unused_data, d.eof)
show(d.flush); show(d.decompress, b"after flush"); show(d.copy)
d = zlib.decompressobj(); x = d.decompress(c, 50); e = d.copy(); print(d.flush() == e.flush(5) == data[50:], d.unconsumed_tail, d.eof)
show(zlib.decompressobj().flush, 0); show(zlib.decompressobj().flush); show(zlib.decompressobj().decompress, c, -1); show(zlib.decompressobj().decompress, b"nonsense")
show(zlib.decompressobj, 99); show(zlib.decompressobj, zdict=5); show(zlib.compressobj, zdict=5); show(zlib.decompressobj().decompress, c[:20])

zdict = b"the quick brown fox"
o = zlib.compressobj(zdict=zdict); z = o.compress(b"the quick brown fox jumps") + o.flush()
show(zlib.decompressobj(zdict=zdict).decompress, z); show(zlib.decompressobj(zdict=b"other").decompress, z); show(zlib.decompressobj().decompress, z)
o = zlib.compressobj(wbits=-15, zdict=bytearray(zdict)); z = o.compress(b"the quick brown fox jumps") + o.flush()
show(zlib.decompressobj(-15, zdict=zdict).decompress, z); show(zlib.decompressobj(-15).decompress, z)
d = zlib.decompressobj(zdict=zdict).copy(); o = zlib.compressobj(zdict=zdict); show(d.decompress, o.compress(b"quick") + o.flush())

print(zlib.crc32(b""), zlib.crc32(data), zlib.crc32(data, 5), zlib.crc32(b"a", -1), zlib.crc32(b"a", 2**40 + 1), zlib.adler32(b""), zlib.adler32(data), zlib.adler32(data, 7), zlib.adler32(b"x" * 6000))
show(zlib.crc32, "x"); show(zlib.crc32, b"x", "y"); show(zlib.adler32)
show(type(zlib.compressobj())); print(type(zlib.compressobj()), type(zlib.decompressobj()), zlib.error.__mro__, zlib.DEF_MEM_LEVEL, zlib.__version__)

g = gzip.compress(data, mtime=0); print(len(g), gzip.decompress(g + g) == data + data)
with gzip.open(io.BytesIO(g), "rb") as f: print(f.read(10), f.seek(5000), f.read(3), f.tell(), len(f.read()))
for bad in (g[:20], g[:-4], b"xx", g[:-8] + bytes(8)): show(gzip.decompress, bad)
buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
    z.writestr("a.txt", "hello" * 1000)
    with z.open("b.bin", "w") as f: f.write(data)
with zipfile.ZipFile(buffer) as z: print(z.namelist(), z.read("b.bin") == data, z.testzip(), [i.compress_size for i in z.infolist()])
