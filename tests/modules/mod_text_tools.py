# SPDX-License-Identifier: MIT
"""string-handling libraries in pure Python over our types: difflib, pprint, configparser, html, urllib.parse, fnmatch, locale-free, unicodedata, codecs."""
import codecs, configparser, difflib, fnmatch, html, io, keyword, pprint, string, tokenize, unicodedata, urllib.parse, reprlib, inspect, ast, dis, tomllib, uuid, graphlib, ipaddress, colorsys, email.message, http.client, types, contextlib
print("\n".join(difflib.unified_diff("a b c d".split(), "a x c e d".split(), "old", "new", lineterm="")), difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), difflib.get_close_matches("appel", ["ape", "apple", "peach"]), list(difflib.ndiff(["one"], ["ore"])))
pprint.pprint({"key" + str(i): list(range(i * 3)) for i in range(6)}, width=50); print(pprint.pformat([["x" * 30] * 3, {"a": (1, 2), "b": {3, 1}}], width=40), pprint.saferepr([1]), reprlib.repr(list(range(100))), reprlib.repr("x" * 100))
out = io.StringIO()
c = configparser.ConfigParser(); c.read_string("[a]\nx = 1\ny: %(x)s2\nz = yes\n[DEFAULT]\nd=def\n[b]\nmulti = one\n  two\n"); print(c.sections(), c["a"]["y"], c.getint("a", "x"), c.getboolean("a", "z"), c["b"]["d"], c["b"]["multi"], c.get("a", "none", fallback="fb"), dict(c["a"]))
try: c.get("a", "zzz")
except configparser.Error as e: print(e)
print(html.escape("<a href='x'>&"), html.unescape("&lt;&eacute;&#x41;&nosuch;"), urllib.parse.quote("a b/é?"), urllib.parse.unquote("%41%c3%a9+"), urllib.parse.urlparse("http://u:p@h:80/p;q?a=1#f"), urllib.parse.parse_qs("a=1&a=2&b="), urllib.parse.urlencode({"a": [1, 2], "b c": "d"}, True), urllib.parse.urljoin("http://a/b/c", "../d"), urllib.parse.urlsplit("//h/p").netloc)
print(fnmatch.filter(["a.py", "b.txt", "c.PY"], "*.py"), fnmatch.translate("a[!b]*?"), string.Formatter().format("{0!r:>5}|{x}", "a", x=1), string.Template("$a ${b}c $$").substitute(a=1, b=2), string.capwords("a bc"), keyword.kwlist[:5], keyword.issoftkeyword("match"))
print([unicodedata.name(x) for x in "aé☃"], unicodedata.category("A"), unicodedata.normalize("NFD", "é").encode(), unicodedata.normalize("NFKC", "ﬁ²"), unicodedata.lookup("SNOWMAN"), unicodedata.numeric("½"), unicodedata.decimal("٣"), unicodedata.bidirectional("א"), unicodedata.combining("\u0301"), unicodedata.east_asian_width("変"), unicodedata.mirrored("("), unicodedata.unidata_version, unicodedata.is_normalized("NFC", "é"), unicodedata.name("가"), unicodedata.digit("²"))
for n in ("utf-8", "utf-16", "utf-16-le", "utf-32", "utf-7", "latin-1", "cp1252", "ascii", "punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf-8-sig", "koi8-r", "shift_jis", "gb18030", "cp437", "mac_roman"):
    try: e = "aé".encode(n); print(n, e, e.decode(n))
    except UnicodeError as x: print(n, x)
print(codecs.encode("abc", "rot13"), codecs.encode(b"ab", "hex"), codecs.decode("6162", "hex"), codecs.lookup("utf8").name, codecs.getincrementaldecoder("utf-8")().decode(b"\xc3"), codecs.iterdecode([b"\xc3", b"\xa9"], "utf-8").__next__(), codecs.BOM_UTF8, codecs.escape_decode(b"\\x41"), codecs.charmap_encode("a", "strict", {97: 98}))
codecs.register_error("my", lambda e: ("?" * (e.end - e.start), e.end)); print("aéb".encode("ascii", "my"), codecs.lookup_error("strict").__name__)
d = codecs.getincrementaldecoder("utf-16")(); print([d.decode(bytes([b])) for b in "é☃".encode("utf-16")])
print([(tokenize.tok_name[t.type], t.string) for t in tokenize.generate_tokens(io.StringIO("x = f(1) # c\nif x:\n  y").readline)], inspect.signature(lambda a, /, b=1, *c, d, **e: 0), inspect.isgeneratorfunction(lambda: (yield)), inspect.getmro(bool), inspect.cleandoc("  a\n    b"), inspect.unwrap(len) is len, inspect.getdoc(str.upper) is not None)
dis.dis(compile("x = a + 1 if b else [i for i in c]", "f", "exec"), file=out); print([i.opname for i in dis.get_instructions(lambda a, b: a.x(b) + [1, 2][0])], dis.stack_effect(dis.opmap["POP_TOP"]), dis.code_info(lambda: 0).split("\n")[0])
print(tomllib.loads('a = 1\nb = [1.5, "x"]\n[t.u]\nd = 2024-01-02T03:04:05Z\nm = """x\ny"""'), uuid.uuid5(uuid.NAMESPACE_DNS, "x"), uuid.UUID(int=5).hex, list(graphlib.TopologicalSorter({"c": {"b"}, "b": {"a"}}).static_order()), ipaddress.ip_network("10.0.0.0/30").num_addresses, ipaddress.ip_address("::1").is_loopback, colorsys.rgb_to_hsv(1, 0.5, 0))
m = email.message.EmailMessage(); m["Subject"] = "Héllo"; m.set_content("body\n"); print(m.as_string(), http.client.responses[404], types.SimpleNamespace(a=1, b=[2]), types.MappingProxyType({"a": 1}), types.new_class("N", (int,))(5))
with contextlib.ExitStack() as st: st.callback(print, "exit stack")
