# SPDX-License-Identifier: MIT
"""re: syntax, flags, groups, substitution, splitting, errors, scanner, cache, bytes."""
import re
for pattern, text in ((r"a+b*", "xaabbb"), (r"(\w+)@(\w+)\.com", "me@site.com you@there.com"), (r"^\d{2,4}$", "123"), (r"(?i)HELLO", "say hello"), (r"(?P<y>\d{4})-(?P<m>\d\d)", "on 2024-05-06"), (r"(a|b)*?c", "ababc"), (r"(?:x|y)+", "xyxz"), (r"a(?=b)", "acab"), (r"a(?!b)", "abac"), (r"(?<=\$)\d+", "cost $45"), (r"(?<!x)y", "xy y"), (r"(.)\1", "hello"), (r"(?P<q>['\"]).*?(?P=q)", "say 'hi' \"x\""),
                      (r"[^a-c\d]+", "abc1xyz"), (r"\bword\b", "a word here"), (r"\Astart", "start"), (r"end\Z", "the end"), (r"(?s).+", "a\nb"), (r"(?m)^b$", "a\nb\nc"), (r"(?x) a  b # comment", "ab"), (r"(a)?(b)?(?(1)c|d)", "bd"), (r"a{,3}", "aaaa"), (r"a{2}", "aaa"), (r"a*+b", "aaab"), (r"(?>a+)b", "aab"), (r"\u00e9", "caf\u00e9"), (r"[\w.-]+", "file-name.txt"), (r"(?a)\w+", "é"), (r"", "abc"), (r"a|ab", "ab"), (r"(a(b(c)))", "abc"), (r"[\]\[^-]", "^"), (r"x*", "axb"), (r"(?-i:A)b", "Ab")):
    m = re.search(pattern, text)
    print(pattern, "->", m and (m.group(), m.groups(), m.span(), m.groupdict(), m.lastindex, m.lastgroup))
m = re.match(r"(?P<first>\w)(\w)?(\d)?", "ab")
print(m[0], m["first"], m[2], m.group(1, 2), m.groups("none"), m.start(3), m.end("first"), m.pos, m.endpos, m.string, m.re.pattern, m.expand(r"\2-\g<first>"), m.regs, repr(m))
print(re.findall(r"\d", "a1b2"), re.findall(r"(\w)(\d)", "a1b2"), [x.span() for x in re.finditer("a", "banana")], re.fullmatch("a+", "aab"), re.match("b", "ab"), re.split(r"(,)\s*", "a, b,c"), re.split(r"x*", "axbc"), re.split(",", "a,b,c", maxsplit=1))
print(re.sub("a", "b", "banana", count=2), re.sub(r"(\w)(\w)", r"\2\1", "abcd"), re.sub(r"(?P<n>\d+)", lambda m: str(int(m["n"]) * 2), "1 20"), re.subn("a", "", "banana"), re.sub("x*", "-", "abc"), re.sub(r"\b", "|", "a b"), re.sub("(a)|b", r"[\1]", "ab"), re.sub("a", r"\n\t\\", "a"))
print(re.escape("a.b*c[d]"), re.compile("a", re.I | re.M).flags, repr(re.compile("x", re.I)), re.IGNORECASE | re.DOTALL, re.compile("(a)(?P<n>b)").groupindex, re.compile("a").groups, re.compile("a") == re.compile("a"), re.purge())
for bad in ("(", ")", "[", "a**", "*", "(?P<n>a)(?P<n>b)", "(?P<1>a)", r"\1", "(?<=a+)b", "[z-a]", "a{3,2}", "(?z)", "\\", r"\q", "(?P=x)", "(?(9)a)", "a(?i)b", r"\x1", "x{1}{2}", "(?P<a", "[a", r"(?P<n>a)\g"):
    try:
        re.compile(bad)
        print(bad, "ok")
    except re.error as e:
        print(bad, "->", e, e.pos, e.lineno, e.colno)
for bad in (lambda: re.match(5, "a"), lambda: re.match("a", 5), lambda: re.match(b"a", "a"), lambda: m.group(9), lambda: m["zz"], lambda: re.sub("a", r"\9", "a"), lambda: re.compile("a").search(), lambda: re.compile(re.compile("a"), re.I)):
    try:
        print(bad())
    except (TypeError, IndexError, re.error, ValueError) as e:
        print(type(e).__name__, e)
print(re.findall(rb"\w+", b"ab cd"), re.sub(b"a", b"b", b"aa"), re.search("é", "CAFÉ", re.I), re.search("ß", "ẞ", re.I), re.search("[à-ü]", "É", re.I), re.search("k", "\u212a", re.I), re.findall(r"\w+", "naïve Ωmega 变量 x_1"), re.findall(r"\d", "٣4"), re.split(r"\s+", "a\u2003b c"))
p = re.compile(r"\d+")
print(p.search("a12b34", 3).group(), p.match("12", 1), p.findall("1a2", 1, 2), p.fullmatch("x12y", 1, 3), p.sub("#", "1a2"), p.scanner("1 2").search().group(), p.search("x" * 100000 + "7").start())
print(re.search("(a+)+b", "a" * 18), re.match("(?:a|b|c|d)*e", "abcd" * 500 + "e").end(), len(re.findall("[ab]c|d.", "acbcdxac" * 100)), re.search(r"(\w+)\s(\w+)", "x").groups() if re.search(r"(\w+)\s(\w+)", "x") else None)


def lexer(code):
    spec = [("NUM", r"\d+(\.\d*)?"), ("ID", r"[A-Za-z_]\w*"), ("OP", r"[-+*/=()]"), ("SKIP", r"[ \t]+"), ("BAD", r".")]
    return [(m.lastgroup, m.group()) for m in re.finditer("|".join(f"(?P<{n}>{p})" for n, p in spec), code) if m.lastgroup != "SKIP"]


print(lexer("x = 3.5 * (y2 + 10) $"), re.Scanner([(r"\d+", lambda s, t: int(t)), (r"\w+", lambda s, t: t), (r"\s+", None)]).scan("ab 12 c!"))
import copy, pickle
print(copy.copy(p) is p, pickle.loads(pickle.dumps(p)).pattern, re.Pattern.__name__, re.Match.__name__, isinstance(p, re.Pattern), hash(p) == hash(re.compile(r"\d+")), re.template.__name__)
