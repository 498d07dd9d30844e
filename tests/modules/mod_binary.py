# SPDX-License-Identifier: MIT
"""hashlib, zlib, gzip, struct, binascii, base64, array, hmac, secrets, zipfile, tarfile."""
import array, base64, binascii, gzip, hashlib, hmac, io, struct, tarfile, zipfile, zlib
data = b"The quick brown fox jumps over the lazy dog" * 50
for n in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s"):
    h = hashlib.new(n, data); c = h.copy(); c.update(b"x"); print(n, h.hexdigest()[:32], c.digest()[:4].hex(), h.digest_size, h.block_size, h.name)
print(hashlib.shake_128(b"a").hexdigest(8), hashlib.blake2b(b"x", digest_size=8, key=b"k", salt=b"s").hexdigest(), hashlib.pbkdf2_hmac("sha256", b"pw", b"salt", 100).hex(), "sha256" in hashlib.algorithms_guaranteed, hmac.new(b"k", b"m", "sha256").hexdigest()[:16], hmac.compare_digest(b"a", b"a"), hashlib.sha256().hexdigest()[:8], hashlib.scrypt(b"p", salt=b"s", n=16, r=1, p=1, dklen=8).hex())
z = zlib.compress(data, 9); d = zlib.decompressobj(); co = zlib.compressobj(6, zlib.DEFLATED, -15)
print(len(z), zlib.decompress(z) == data, zlib.crc32(data), zlib.adler32(data, 5), d.decompress(z[:20])[:5], d.decompress(z[20:])[-5:], d.eof, d.unused_data, len(co.compress(data) + co.flush()), zlib.decompress(gzip.compress(b"g"), 31), zlib.ZLIB_VERSION[0], d.flush(), zlib.crc32(b""), zlib.decompressobj().decompress(z, 10))
print(gzip.decompress(gzip.compress(data)) == data)
for f, v in (("<i", (-5,)), (">Hb3s", (65535, -1, b"ab")), ("!d", (1.5,)), ("=fq", (0.5, -2 ** 40)), ("<?c", (True, b"x")), ("4x2h", (1, 2)), (">e", (1.5,)), ("10p", (b"pascal",)), ("@lP", (1, 2)), ("<Q", (2 ** 64 - 1,)), ("n", (5,)), ("0s", (b"",)), ("bhi", (1, 2, 3))):
    p = struct.pack(f, *v); print(f, p, struct.unpack(f, p), struct.calcsize(f))
s = struct.Struct("<hh"); b = bytearray(8); s.pack_into(b, 2, 1, -1); print(b, s.unpack_from(b, 2), list(s.iter_unpack(bytes(b))), s.size, s.format)
for bad in (lambda: struct.pack("b", 200), lambda: struct.pack("i", "x"), lambda: struct.unpack("i", b"ab"), lambda: struct.pack("ii", 1), lambda: struct.pack("z", 1), lambda: struct.pack("f", 1e100), lambda: struct.pack("H", -1), lambda: struct.unpack_from("i", b"abcd", 2), lambda: struct.pack("c", b"ab"), lambda: zlib.decompress(b"bad"), lambda: hashlib.new("nope"), lambda: hashlib.md5("str"), lambda: zlib.compress("s"), lambda: binascii.unhexlify("abc"), lambda: binascii.a2b_base64("abc"), lambda: base64.b64decode("ab!c=", validate=True), lambda: array.array("b", [300]), lambda: array.array("z"), lambda: array.array("i").pop(), lambda: array.array("i", "ab"), lambda: gzip.decompress(b"xx"), lambda: struct.unpack("<2s", b"abc")):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
print(binascii.hexlify(b"\x01\xff", ":"), binascii.unhexlify("01ff"), binascii.b2a_base64(b"hello"), binascii.crc32(b"a"), binascii.crc_hqx(b"a", 0), binascii.b2a_uu(b"uu"), binascii.b2a_qp(b"a=\xe9"), base64.b64encode(b"\xfb\xff"), base64.urlsafe_b64encode(b"\xfb\xff"), base64.b32encode(b"ab"), base64.b16decode("4142"), base64.a85encode(b"test"), base64.b85decode(base64.b85encode(b"xyz")), base64.b64decode("aGk="), base64.b64decode("aG k\n="), base64.encodebytes(b"x" * 60))
a = array.array("i", [1, 2, 3]); a.append(4); a.extend([5]); a.insert(0, 0); a.byteswap(); a.byteswap()
print(a, a.typecode, a.itemsize, len(a), a[1:3], a.tolist(), a.tobytes()[:8], a.index(3), a.count(2), a.pop(), a + array.array("i", [9]), a * 2, 3 in a, array.array("d", [1.5, 2]), array.array("u", "héllo").tounicode(), array.array("b", b"ab"), a == array.array("i", [0, 1, 2, 3, 4]), sorted(a, reverse=True), memoryview(a)[1], a.buffer_info()[1], array.typecodes)
a[0] = 7; del a[1]; a.reverse(); a.remove(2); a[1:1] = array.array("i", [8, 8]); a.frombytes(b"\x01\0\0\0"); print(a, a < array.array("i", [9]), list(reversed(a)))
f = io.BytesIO()
with zipfile.ZipFile(f, "w", zipfile.ZIP_DEFLATED) as zf:
    zf.writestr("a.txt", "hello" * 20); zf.writestr("d/b.txt", b"bytes")
with zipfile.ZipFile(f) as zf:
    print(zf.namelist(), zf.read("a.txt")[:5], zf.getinfo("a.txt").file_size, zf.testzip(), zf.open("d/b.txt").read())
t = io.BytesIO()
with tarfile.open(fileobj=t, mode="w:gz") as tf:
    i = tarfile.TarInfo("x"); i.size = 3; tf.addfile(i, io.BytesIO(b"abc"))
t.seek(0)
with tarfile.open(fileobj=t) as tf:
    print(tf.getnames(), tf.extractfile("x").read())
