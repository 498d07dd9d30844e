# SPDX-License-Identifier: MIT
"""str: indexing, slicing, searching, case, splitting, joining, stripping, translation, comparison."""
s = "Hello, Wörld! ☃ 𝄞 end"
print(len(s), s[0], s[-1], s[7:13], s[::-1], s[::3], s[-4:], s[100:], s[5:2], s[14], s[16], [ord(c) for c in s[14:17]])
print(s.upper(), s.lower(), s.title(), s.swapcase(), s.capitalize(), s.casefold(), "straße".upper(), "ŐÉ".lower(), "ǆ".title(), "İ".lower(), "ΑΣ".lower())
print(s.find("o"), s.rfind("o"), s.find("zz"), s.index("W"), s.count("l"), "aaaa".count("aa"), "".count(""), "abc".count(""), s.find("", 5), "abc".find("", 4))
print("a,b,,c".split(","), "a,b,,c".split(",", 1), "a,b,,c".rsplit(",", 1), " a  b\tc\n".split(), " a  b c ".split(None, 1), " a b c ".rsplit(None, 1), "".split(), "".split(","))
print("a\nb\r\nc\x0bd\x1ce\u2028f".splitlines(), "a\nb\n".splitlines(True), "k=v=w".partition("="), "k=v=w".rpartition("="), "kv".partition("="), "kv".rpartition("="))
print("-".join(["a", "b", "c"]), "".join(c for c in "xyz"), ", ".join({"k": 1, "m": 2}), "x".join([]), "x".join(["only"]))
print("  pad ".strip(), "xxabcxx".strip("x"), "xyabcyx".lstrip("xy"), "xyabcyx".rstrip("xy"), "prefix-body".removeprefix("prefix-"), "body.txt".removesuffix(".txt"), "a".removesuffix(""))
print("abc".center(9, "*"), "abc".ljust(6, ".") + "|", "abc".rjust(6) + "|", "42".zfill(5), "-42".zfill(5), "+1".zfill(1), "tab\tx\ty".expandtabs(4))
print("banana".replace("a", "o"), "banana".replace("a", "o", 2), "banana".replace("", "-"), "banana".replace("na", ""), "aaa".replace("aa", "b"))
print("abc".startswith("ab"), "abc".startswith(("x", "a")), "abc".endswith("bc", 2), "abc".startswith("b", 1), "abc".endswith(()), "".startswith(""))
print("abc123".isalnum(), "abc".isalpha(), "123".isdigit(), "½".isnumeric(), "²".isdigit(), "²".isdecimal(), " \t".isspace(), "Abc Def".istitle(), "ABC".isupper(), "abc".islower(), "a b".isidentifier(), "_a1".isidentifier(), "".isalpha(), "é".isascii(), "a\x00".isprintable())
table = str.maketrans("abc", "xyz", "d")
print("aabbccdd".translate(table), "hello".translate({ord("l"): "LL", ord("h"): None, ord("o"): 0x30}), str.maketrans({"a": 1, 98: "b"}))
print("a" < "b", "a" < "B", "abc" < "abcd", "é" > "z", "" < "a", "a" * 3 == "aaa", "ab" in "cabd", "" in "", "x" not in "abc", sorted(["b", "A", "a", "é", "Z"]))
print(repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("\n\t\\\x00\x7f\x80\u00ad\u2028\U0001f600\ud800"), ascii("é☃𝄞"), "\N{SNOWMAN}", "\x41\101\u0041")
print(("ab" * 3)[1:5], "a" + "b" "c", "x" * 0, "x" * -1, 3 * "ab", len("é" * 1000), ("a" * 10 + "é")[10], ("é" * 3 + "☃")[3], (chr(0x1f600) * 2)[1] == chr(0x1f600))
for op in (lambda: "abc"[5], lambda: "abc".index("z"), lambda: "a" + 1, lambda: "a" * "b", lambda: ",".join([1]), lambda: "a".split(""), lambda: chr(-1), lambda: chr(0x110000), lambda: ord("ab"), lambda: ord(""),
           lambda: "abc"["x"], lambda: "a".center(), lambda: "a".center(5, "xx"), lambda: "a".encode("ascii2"), lambda: "é".encode("ascii"), lambda: b"\xff".decode(), lambda: "a" < 1, lambda: "abc".foo, lambda: 1 in "abc"):
    try:
        print(op())
    except Exception as error:
        print(type(error).__name__, error)
print("é☃𝄞".encode(), "é".encode("latin-1"), "é☃".encode("ascii", "replace"), "é☃".encode("ascii", "ignore"), "é☃".encode("ascii", "xmlcharrefreplace"), "é☃".encode("ascii", "backslashreplace"), "é".encode("utf-16"), "a".encode("utf-32-be"))
print(b"\xc3\xa9\xff".decode("utf-8", "replace"), b"\xc3\xa9\xff".decode("utf-8", "ignore"), b"\xff".decode("utf-8", "backslashreplace"), ascii(b"\xff".decode("utf-8", "surrogateescape")), b"\xe9".decode("latin-1"))
print(hash("") == hash(""), "%s-%r-%d-%5.1f-%x-%c-%%-%-5s|-%05d" % ("a", "b", 3, 2.55, 255, "z", "l", 42), "%(k)s=%(v)03d" % {"k": "key", "v": 7}, "%s" % ((1, 2),), "%*d" % (6, 42))
for op in (lambda: "%d" % "x", lambda: "%s %s" % 1, lambda: "%s" % (1, 2), lambda: "%z" % 1, lambda: "%(a)s" % {}, lambda: "%c" % "ab", lambda: "%" % (), lambda: "%d" % 1.5, lambda: "%x" % 1.5):
    try:
        print(op())
    except Exception as error:
        print(type(error).__name__, error)
print("".join(sorted("the quick brown fox")), "".join(reversed("abc")), list("añ☃"), tuple("ab"), dict(zip("abc", range(3))), max("hello"), min("hello"), "abc".__contains__("b"), "x".__len__())
print(str(b"ab", "ascii"), str(b"ab"), str(), str(None), str([1, "a"]), "{}".format("x"), "a".__add__("b"), "é".isupper(), "É".isupper(), "Ａ".isalpha())


# One character in short texts, at every place.
for n in range(18):
    text = "".join(chr(0xC0 + i) for i in range(n))
    print(n, "".join(str(int(chr(0xC0 + i) in text)) for i in range(-1, n + 1)), "\x00" in text, "\x80" in text)
print("a" in "", "a" in "a", "\x01" in "\x00\x01", "\x01" in "\x02\x00\x00\x00", "\x00" in "\x01\x00\x01\x01\x01\x01\x01\x01")
