# SPDX-License-Identifier: MIT
# oracle: timeout 60
# The East Asian codecs: every code of two bytes, every character, states, errors, streams.
import codecs
import hashlib
import io
import random

import _codecs_cn
import _codecs_hk
import _codecs_iso2022
import _codecs_jp
import _codecs_kr
import _codecs_tw
import _multibytecodec as mbc

NAMES = """gb2312 gbk gb18030 hz big5hkscs shift_jis cp932 euc_jp shift_jis_2004 euc_jis_2004 euc_jisx0213 shift_jisx0213
euc_kr cp949 johab big5 cp950 iso2022_kr iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext""".split()
errors = []


def note(e):
    errors.append((e.start, e.end, e.reason))
    return "?", e.end


def attempt(f, *args, **kw):
    try:
        return ascii(f(*args, **kw))
    except Exception as e:
        return f"{type(e).__name__}: {e}"


codecs.register_error("note", note)
PAIRS = "\u304b\u309a \xe6\u0300 \xca\u0304 \xca \u02e9\u02e5 \u31f7\u309a \u304b"
for name in NAMES:
    digest = hashlib.md5()
    shift = b"\x1b$B" if name.startswith("iso2022_jp") else b"\x1b$)C\x0e" if name == "iso2022_kr" else b""
    for lead in range(256):
        errors.clear()
        row = [(shift + bytes((lead, trail))).decode(name, "note") for trail in range(256)]
        digest.update(ascii((row, errors)).encode())
    print(name, "decodes", digest.hexdigest())
    digest = hashlib.md5()
    text = "".join(map(chr, range(0x80, 0xd800))) + "".join(map(chr, range(0xe000, 0x10080))) + "\U00020087\U0002f8a6\U0010ffff"
    errors.clear()
    digest.update(text.encode(name, "note"))
    print(name, "encodes", digest.hexdigest(), len(errors))
    print(name, PAIRS.encode(name, "replace"), "a\ud800\u4e00~\n\\\xa5".encode(name, "xmlcharrefreplace"))
    r = random.Random(name)
    digest = hashlib.md5()
    special = [b"\x1b$B", b"\x1b$@", b"\x1b(B", b"\x1b(J", b"\x1b(I", b"\x1b$(D", b"\x1b$(Q", b"\x1b$A", b"\x1b$(C", b"\x1b$)C",
               b"\x1b.A", b"\x1b.F", b"\x1bN", b"\x1b&@\x1b$B", b"\x0e", b"\x0f", b"~{", b"~}", b"\n", b"\x8f", b"\xa4\xd4"]
    for _ in range(300):
        data = b"".join(r.choice(special) if r.random() < 0.2 else bytes((r.randrange(256),)) for _ in range(8))
        errors.clear()
        d = codecs.getincrementaldecoder(name)("note")
        k = r.randrange(9)
        steps = [data.decode(name, "note"), d.decode(data[:k]), d.getstate(), d.decode(data[k:]), d.getstate(), d.decode(b"", True)]
        d.reset()
        digest.update(ascii((steps, d.getstate(), errors)).encode())
    print(name, "random", digest.hexdigest())
    e = codecs.getincrementalencoder(name)("replace")
    print([(e.encode(c), e.getstate()) for c in "\u304b\xe6\u0300\u4e00\xca\uac02a"], e.encode("", True), e.getstate())

# The classes.
gbk = _codecs_cn.getcodec("gbk")
print(type(gbk), attempt(type(gbk)), gbk.encode(1), gbk.decode(bytearray(b"\xb0\xa1")), gbk.decode(b""))
for f in (_codecs_cn, _codecs_hk, _codecs_iso2022, _codecs_jp, _codecs_kr, _codecs_tw):
    print(attempt(f.getcodec, "nothing"), attempt(f.getcodec, 1), attempt(f.getcodec))


class Dec(mbc.MultibyteIncrementalDecoder):
    codec = gbk


class Enc(mbc.MultibyteIncrementalEncoder):
    codec = _codecs_jp.getcodec("euc_jis_2004")


class Bad(mbc.MultibyteIncrementalEncoder):
    codec = 3


class Reader(mbc.MultibyteStreamReader):
    codec = gbk


class Writer(mbc.MultibyteStreamWriter):
    codec = _codecs_iso2022.getcodec("iso2022_jp")


print(attempt(Bad), attempt(mbc.MultibyteIncrementalDecoder), attempt(Dec, 1), attempt(Dec, "x", 2), attempt(Reader))
d = Dec("foo")
print(d.errors, attempt(setattr, d, "errors", 1), attempt(delattr, d, "errors"), attempt(d.decode, b"\xff\xff"), attempt(d.decode, "x"))
d.errors = "replace"
print(d.errors, d.decode(b"\xff\xffa"))
d = Dec()
print(attempt(d.decode, b"\x81"), d.getstate(), attempt(d.decode, b"", True), d.getstate(), attempt(d.decode, b"\x40"))
for state in ((b"123456789", 1), 1, (1, 2), (b"", "x"), (b"\x81", 3)):
    print(attempt(d.setstate, state), d.getstate())
e = Enc()
print(e.encode("\xe6"), e.getstate(), attempt(e.encode, "\ud800"), e.getstate(), e.encode("\u0300"), e.getstate())
for state in (b"", 1 << 200, 123456, -1, 0, 0x8b81e303):
    print(attempt(e.setstate, state), e.getstate())
print(e.encode("", final=True))

for method, sizes in (("read", (1, 2, 3, -1, None, 0)), ("readline", (None, -1, 4, 2)), ("readlines", (None, 3))):
    for size in sizes:
        r = Reader(io.BytesIO(b"abc\xb0\xa1\nxyz\xb0\xa1\xb0\xa1\r\n12\xb0"), "replace")
        print(method, size, [attempt(getattr(r, method), size) for _ in range(4)], r.errors)
print(attempt(Reader(io.BytesIO(b"\xb0")).read), attempt(Reader(io.BytesIO(b"")).read, "x"), attempt(Reader(io.StringIO("x")).read))
w = Writer(io.BytesIO())
print(attempt(w.write, "a\u3042"), attempt(w.writelines, ["\u3042", "b", 1]), w.stream.getvalue(), attempt(w.writelines, 1), w.reset())
print(attempt(w.write, "\ud800"), w.stream.getvalue())
w = codecs.getwriter("euc_jis_2004")(io.BytesIO())
w.write("\xe6")
print(w.stream.getvalue(), w.reset(), w.stream.getvalue())

# What handlers may return.
for answer in (("x", 1 << 200), ("x", 99), ("x", -99), ("x",), ("x", "y"), (1, 2), (b"x", 1), 5, ("\u4e00", -2), ("\ud800", 2)):
    codecs.register_error("answer", lambda e: answer)
    print(attempt(gbk.encode, "\ud800ab", "answer"), attempt(gbk.decode, b"\xff\xffab", "answer"))
print(attempt("\ud800".encode, "gbk"), attempt(b"\xff\xff".decode, "gbk"), attempt(b"a\x81".decode, "gbk"), attempt(gbk.decode, b"", 1))
