# SPDX-License-Identifier: MIT
"""str and bytes: searching, replacing, mapping, formatting and coding where plain text takes a shorter way."""
import random

rng = random.Random(11)
alphabets = ("ab", "abcdefgh ", "aé", "a\u0101b", "\U0001f600a", "\0a")


def slow_find(hay, needle, start):
    for i in range(start, len(hay) - len(needle) + 1):
        if hay[i:i + len(needle)] == needle:
            return i
    return -1


bad = 0
for _ in range(3000):
    hay = "".join(rng.choice(rng.choice(alphabets)) for _ in range(rng.randint(0, 60)))
    needle = "".join(rng.choice(rng.choice(alphabets)) for _ in range(rng.randint(1, 4)))
    if hay and rng.random() < 0.6:
        at = rng.randrange(len(hay))
        needle = hay[at:at + rng.randint(1, 6)] or needle
    new = rng.choice(("", "x", "xyz", "é", "\u0101", needle + "q"))
    start = rng.randint(0, 5)
    parts, at = [], 0
    while (i := slow_find(hay, needle, at)) >= 0:
        parts.append(hay[at:i])
        at = i + len(needle)
    parts.append(hay[at:])
    checks = (hay.find(needle, start) == slow_find(hay, needle, start), hay.split(needle) == parts, hay.count(needle) == len(parts) - 1,
              hay.replace(needle, new) == new.join(parts), (needle in hay) == (len(parts) > 1), hay.replace(needle, new, 1) == new.join([parts[0], needle.join(parts[1:])] if len(parts) > 1 else parts))
    data, key = hay.encode(), needle.encode()
    checks += (data.find(key) == (-1 if len(parts) == 1 else len(parts[0].encode())), data.replace(key, new.encode()) == hay.replace(needle, new).encode(), data.decode() == hay, data.split(key) == [p.encode() for p in parts])
    bad += not all(checks)
print("wrong:", bad)
many = "ab" * 5000
print(many.find("ba" * 2000 + "x"), many.find("b" + "a" * 20), many.count("abab"), ("a" * 1000).find("a" * 500 + "b"), ("x" * 100 + "needle" + "x" * 5).find("needle"), ("needl" * 400 + "needle").find("needle"), "abc".find("abc"), "abc".find("abcd"))
print("abc".replace("b", "B"), "aab".replace("a", "b", 1), "ab".replace("ab", ""), "ab".replace("ab", "c"), "a".replace("a", "é"), "éa".replace("é", "a").isascii(), "xéx".replace("x", "yy"), "aXbXc".replace("X", "\u0101"), "aaa".replace("aa", "b"), "".replace("", "x"), "ab".replace("", "-"), "abab".replace("ab", "x", 1), "a" * 3 + "b".replace("b", ""))
try:
    "a".replace("a", "b" * 3).replace("b", 5)
except TypeError as e:
    print(e)

table = {ord("a"): "b", ord("c"): None, ord("e"): "\u0101\u0102", ord("z"): 0x1f600, "q": "w", 233: "e"}
for text in ("", "abc", "xxx", "ccc", "hello", "azé", "ace" * 50 + "xyz" * 50, "\u0101a", "é" * 3):
    print(ascii(text.translate(table)), text.translate({}) == text, ascii(text.translate(str.maketrans("abc", "xyz", "h"))), ascii(text.translate(dict.fromkeys(range(256), "-")))[:12])


class Table:
    def __getitem__(self, c):
        if c == 120:
            raise LookupError
        return chr(c).upper()


print("axbx".translate(Table()))


class Text(str):
    def __str__(self):
        return "shown"


class Number(int):
    def __str__(self):
        return "number"


print("%s %d %s" % ("a", 5, None), "%s" % "é", "%s" % Text("x"), "%s" % (Text("x"),), "%d" % -7, "%d%%" % 5, "%s" % 5, "%d" % True, "%s" % Number(3), "%d" % Number(3), "%d" % 2**80, "%s" % 2**60, "%d" % -2**60, "%s %s" % ("\u0101", -1), "%s" % (("t",),), "%5s|%-5d|%05d" % ("a", 3, -3), "%(a)s %(b)d" % {"a": "x", "b": 4}, "%s" % {"a": 1}, "%s%s" % (1.5, b"b"), b"%s %d" % (b"x", 5))
for form, args in (("%s", ()), ("%s", (1, 2)), ("%d", "a"), ("%s %s", "a"), ("%d", (1.5,)), ("%d", None), ("%", 1), ("%s%", ("a",)), ("%q", 1), ("a", 1), ("a", "b"), ("%s", [])):
    try:
        print(form % args)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)

print(bytes(5), bytes(3) + b"x", b"\0" * 3, (5).to_bytes(4, "big"), bytes([1, 0, 2]), b"ab".ljust(5, b"\0"), b"5".zfill(4), bytearray(3), b"a".center(4), b"".join([bytes(2)] * 2), bytes(0))
for data in (b"", b"a", b"abc" * 50, "é".encode(), "a\u20ac".encode() * 20, b"\xff", b"ab\xc3", b"\xed\xa0\x80", b"a" * 40 + b"\xf0\x9f\x98"):
    for errors in ("strict", "replace", "ignore"):
        try:
            print(ascii(data.decode("utf-8", errors)))
        except UnicodeDecodeError as e:
            print(e)
for text in ("", "a", "é", "ÿ" * 20, "abc" * 30 + "é", "\u0101", "\ud800", "a\U0001f600"):
    try:
        print(text.encode(), len(text.encode("utf-8", "ignore")))
    except UnicodeEncodeError as e:
        print(e)
print([1, 2, 3, 4, 5][::-1], ["a", [], "c"][::2], [1, 2, 3][5:0:-1], [0, 1, 2, 3][3:0:-2], [][::-1], sorted({*[3, 1, 2, 1]}), set([1, 1.0, True, "1"]), len(set(["a", "b", "a"])), {**{}}, {"a": 1}, {"a": 1, "b": 2}, {"a": 1} | {"b": 2} | {"c": 3})
small = {"a": 1}
for i in range(10):
    small[i] = i
    if i % 3 == 0:
        del small[i]
print(small, {"x": 1, "y": 2}.copy() | small, dict(a=1), dict(a=1, b=2))
