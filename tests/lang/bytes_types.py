# SPDX-License-Identifier: MIT
"""bytes, bytearray and memoryview."""
b = b"hello \x00\xff world"
print(b, len(b), b[0], b[-1], b[1:4], b[::-1], b"a" + b"b", b"ab" * 3, 104 in b, b"lo" in b, list(b[:3]), bytes([1, 2, 255]), bytes(3), bytes("é", "utf-8"), bytes(range(5)))
print(b.find(b"o"), b.count(b"l"), b.split(), b.replace(b"l", b"L"), b.upper(), b.hex(), b.hex("-", 2), bytes.fromhex("de ad BEEF"), b"a,b".split(b","), b" x ".strip(), b"x".join([b"1", b"2"]), b.startswith(b"he"))
print(b"abc" < b"abd", b"abc" == bytearray(b"abc"), b"a" == "a", hash(b"abc") == hash(bytes([97, 98, 99])), b"abc".center(7, b"-"), b"%d-%s-%x-%a" % (5, b"raw", 255, "é"), b"abc".isalpha(), b"a1".title(), b"a\tb".expandtabs(4), b"ab".translate(bytes.maketrans(b"a", b"z"), b"b"))
ba = bytearray(b"abcdef")
ba[0] = 65
ba[1:3] = b"XYZ"
ba.append(33)
ba.extend([1, 2])
ba += b"tail"
del ba[-2:]
print(ba, len(ba), ba.pop(), ba.pop(0), ba, ba.index(b"X"), ba.reverse(), ba, ba.copy() == ba, bytes(ba), ba[::2], ba.decode("latin-1"))
ba.insert(2, 7)
ba.remove(7)
ba[::2] = b"-" * len(ba[::2])
print(ba, ba * 2, bytearray(b"x").join([b"a", b"b"]), bytearray(4), ba.clear(), ba, bytearray("é", "latin-1"))
source = bytearray(range(10))
view = memoryview(source)
part = view[2:8]
part[0] = 99
print(source, part.tolist(), len(part), part[::2].tolist(), view.nbytes, view.format, view.itemsize, view.readonly, view.shape, view.strides, bytes(part), part == b"c\x03\x04\x05\x06\x07", view.hex())
words = view[:8].cast("H")
print(words.tolist(), words.shape, words.format, words[1], memoryview(b"abc").readonly, view.contiguous, memoryview(b"ab").tobytes(), view.cast("B", [2, 5]).tolist())
for op in (lambda: b"abc"[9], lambda: bytes([256]), lambda: bytes(-1), lambda: bytes("a"), lambda: b"a" + "b", lambda: b"".join(["a"]), lambda: bytes.fromhex("a"), lambda: bytes.fromhex("zz"), lambda: ba.append(256), lambda: ba.append("a"), lambda: source.extend([300]),
           lambda: source.append(1), lambda: memoryview(b"a").__setitem__(0, 1), lambda: memoryview("a"), lambda: b"a".index(b"z"), lambda: b"%d" % "x", lambda: bytearray().pop(), lambda: view[20], lambda: b"abc".decode("utf-16"), lambda: ord(b"ab"), lambda: {bytearray(): 1}):
    try:
        print(op())
    except Exception as error:
        print(type(error).__name__, error)
part.release()
words.release()
view.release()
source.append(1)
print(source[-1], repr(b"\t\n\r\\'\""), repr(b"'"), repr(bytearray(b'"')), b"\x41\101", rb"\n", b"a" b"b", b"caf\xc3\xa9".decode(), bytes(b"x") is not None)
try:
    view[0]
except ValueError as error:
    print(error)
with memoryview(b"context") as m:
    print(m[1:3].tobytes(), m.obj)
print(b"one\ntwo\r\nthree".splitlines(), b"a=b=c".partition(b"="), b"ab".ljust(4, b"."), b"12".zfill(4), b"ABC".lower(), b"aXb".swapcase(), b"x".removeprefix(b"x"), b"a b".capitalize(), bytes(reversed(b"abc")), sorted(b"cab"), max(b"abc"), sum(b"abc"))
import struct
print(struct.pack(">IhB", 1, -2, 3), struct.unpack("<d", struct.pack("<d", 1.5)), bytes(memoryview(bytearray(b"zz"))))
