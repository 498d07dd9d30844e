# SPDX-License-Identifier: MIT
"""re: what the matcher's shortcuts must not change: disjoint choices, runs, prefixes, templates, widths of characters."""
import random
import re
import warnings

# Alternatives with equal and different beginnings, empty ones, more than a word of them.
for pattern in (r"ab|ac|b|", r"(a|ab)(c|bcd)(d*)", r"(?:a|b|)*c", r"(?:|a)+b", r"(a?)*?b", r"(?:ab|a)*?c", r"(a*)*b", r"(?:a*b)*c", r"(?:(a)|b)*", r"((a)|(b))*c",
                r"(?:[^\"\\]|\\.)*\"", r"x{2,3}?y", r"x{2,3}+x", r"[ab]{2,4}b", r"(?:ab){1,2}b?", r"(?:ab){2}?a", r"(?:a(?=b)|b)*", r"(?:a(?!b)|b)+", r"(?<=a)b+|c", r"(?<!a)b",
                r"(a)|b(?(1)c|d)", r"(a)?(?(1)b)c", r"(?P<q>['\"]).*?(?P=q)", r"(?>a|ab)c", r"(?>(?:ab)+)b", r"\b\w+\b", r"\Ba\B", r"(?m)^a*$", r"a*\Z", r"a.c", r"(?s)a.*?c", r"a[^b]*b"):
    for text in ("", "a", "b", "c", "ab", "abc", "abcd", "aab", "abab", "ababc", "aaab", "xxxy", "xxxx", "bd", "acb", 'a\\"b"c', "'b'\"a\"", "a\nb\nc", "aXc", "ca\na", "abbb", "aabbc"):
        print(pattern, repr(text), [(m.span(), m.groups(), m.lastindex) for m in re.finditer(pattern, text)], re.fullmatch(pattern, text) and 1)
many = [f"k{i}" for i in range(150)]
print(re.findall("|".join(f"(?:{k}x)" for k in many) + "|k7", "k7 k149x k64x k63x k5 k70x"), [m.lastindex for m in re.finditer("|".join(f"({k}[yz])" for k in many), "k0y k63z k64y k149z")])
# Prefixes, single characters, few and many first characters, in every width; what is absent.
for wide in ("", "\u0101", "\U0001f600"):
    text = "foo bar föö ÿ zz\n" * 3 + wide + "food Bar"
    for pattern in ("foo", "f", "fo+d", "(?i)FOO", "(?i)ÿ", "[fz]", "[^f]", "zz$", "(?m)zz$", "\u0101", "[\u0100-\u0102]f", "\U0001f600.", "food|bar", "b(a)r", "ö+", r"\w+\b", r"(?a)\w+", r"\S", "", "qq", "[q]", "(?i)q", "d Bar$", "o" * 3):
        print(ascii(wide), ascii(pattern), [m.span() for m in re.finditer(pattern, text)], [m.span() for m in re.finditer(pattern, text[5:], 0)][:2], re.compile(pattern).search(text, 20, 40) and 1)
print(re.findall("a\u0101?", "aa\u0101a"), re.findall("[^\u0101]+", "ab\u0101c"), re.split("\u0101", "a\u0101b"), re.findall("(?i)\u0101", "\u0100\u0101a"), re.findall("[\u0100-\u0200a]+", "xa\u0101bÿ\u0200"))
# Deep repeats leave nothing behind; long texts; undoing captures.
print(re.match(r'"(?:[^"\\]|\\.)*"', '"' + "ab\\\"" * 20000 + '"').end(), re.match(r"(?:(\w)|-)*!", "ab-" * 10000 + "!").groups(), re.match(r"(?:(a)|(b)|c)*?d", "abc" * 5000 + "d").groups())
print(re.match(r"(?:(a)b|(a)c)*", "abacab").groups(), re.match(r"(a)?(?:(b)x|by)", "aby").groups(), re.search(r"(a)x|(a)y|b", "ay").groups(), re.search(r"(a)x|b", "ab").groups(), re.search(r"((a)x)?b", "ab").span(2))
print(re.match(r"(.)*?(b)", "aab").groups(), re.match(r"(?:(a)|b)*?b$", "abb").groups(), re.search(r"(?=(a))b|(a)", "ba").groups(), re.search(r"(?!(b))a", "ba").groups())
# Substitution: text, templates, calls; kinds; None; counts; errors.
print(re.sub(r"(\w)(\d)?", r"<\2\1>", "a1b"), re.sub("(?P<x>a)", r"\g<x>\g<0>\g<1>", "bab"), re.sub("a", r"\\", "a"), re.sub("(a)", "\u0101\\1", "xax"), re.sub("\u0101(.)", r"\1", "\u0101a\u0101b"), re.subn("(a)(b)?", r"[\1|\2]", "aabc", count=2))
print(re.sub(b"(a)", rb"<\1>", b"bab"), re.sub("a", lambda m: None, "bab"), re.sub("x*", "-", "axb"), re.sub("(?=b)", "_", "abb"), re.subn("q", "z", "abc"), re.sub(b"y", bytearray(b"a"), bytearray(b"xyz")), re.sub(b"y", memoryview(b"\\x"[:0] + b"a"), b"xyz"), re.sub("b", "", "abc"))
for bad in (lambda: re.sub("a", lambda m: 5, "xa"), lambda: re.sub("a", b"b", "xa"), lambda: re.sub("(a)", r"\2", "xa"), lambda: re.sub("a", 5, "x"), lambda: re.sub("a", r"\g<q>", "a"), lambda: re.sub("a", r"\q", "a"), lambda: re.sub(b"(a)", r"\1", b"a")):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    print(re.sub("(a)", r"\g<+1>", "a"), [(str(x.message), x.filename == __file__) for x in w])
data = bytearray(b"abcdef")
m = re.match(rb"\w+", data)
data[:] = b"xyz"
print(m.group(), m[0], m.span(), m.string is data, m.regs)
# Seeded: every way of finding agrees with every other.
rng = random.Random(7)
pieces = ("a", "b", ".", "[ab]", "[^a]", r"\w", "(a|b)", "(?:ab|a)", "(b)?", "a*", "b+", "a*?", "(?:ba)*", "a{1,2}", "(?=a)", r"\b", "(a)", "\u0101")
total = 0
for _ in range(1500):
    pattern = "".join(rng.choice(pieces) for _ in range(rng.randint(1, 5)))
    text = "".join(rng.choice("aabb \u0101" if rng.random() < .5 else "ab") for _ in range(rng.randint(0, 12)))
    spans = [(m.span(), m.groups()) for m in re.finditer(pattern, text)]
    wide = [(m.span(), m.groups()) for m in re.finditer(pattern, text + "\U0001f600", 0)][:len(spans) - 1]
    if "b+" not in pattern and spans[:len(wide)] != wide and r"\b" not in pattern and "." not in pattern and "[^" not in pattern:
        print("differs", ascii(pattern), ascii(text))
    total = (total * 31 + hash(str(spans).count("1")) + len(spans) + sum(a * 7 + b for (a, b), _ in spans)) % 1000003
    if _ % 100 == 0:
        print(ascii(pattern), ascii(text), spans)
print(total)
