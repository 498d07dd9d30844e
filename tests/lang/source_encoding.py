# SPDX-License-Identifier: MIT
# -*- coding: utf-8 -*-
"""Unicode identifiers, literals and escapes, line joining, encodings of other sources."""
import os, subprocess, sys, tempfile

naïve = 1; Ω = 2; 变量 = 3; ﬁ = 4; _é1 = 5
print(naïve, Ω, 变量, fi, _é1, sorted(k for k in globals() if not k.isascii()), "ﬁ" in globals())
class Ünï:
    ñ = "attr"
    def méthode(self, ärg=1): return self.ñ + str(ärg)
print(Ünï().méthode(ärg=5), Ünï.__name__, Ünï().méthode.__name__)
text = "tab\tnew\\n\x41\u00e9\U0001F600\N{GREEK SMALL LETTER ALPHA}\101\0end\
joined"
print(len(text), ascii(text), r"\x41\n", b"\x41\n\101", "a" 'b' """c""" r'\d', u"prefix")
x = (1 +
     2 +  # comment inside
     3)
y = 1 + \
    2
z = [
    1,

    2,
]
s = """multi
  line "quoted" \
continued
'''mixed'''
"""
print(x, y, z, repr(s)); print("semicolon"); a = b = 3; print(a + b)
if x: print("same line")
print(0xFF, 0o17, 0b11, 1_000, 1e3, .5, 5., 1_0.0_1e1_0, 0xdead_beef, 00, 0_0, 1j, 1.5J, 10**20)
def f(a,b ,c = 3 , * d , e , ** g) -> 'x' : return(a,b,c,d,e,g)
print(f(1,2,e=5,*[7],**{'h':8}))
with tempfile.TemporaryDirectory() as d:
    def run(name, data):
        path = os.path.join(d, name)
        with open(path, "wb") as out: out.write(data)
        p = subprocess.run([sys.executable, path], capture_output=True)
        print(name, p.returncode, p.stdout.decode(), p.stderr.decode("utf-8", "backslashreplace").replace(d, "DIR").strip().split("\n")[-1])
    run("latin.py", "# coding: latin-1\nprint(ascii('\xe9'))".encode("latin-1"))
    run("bom.py", b"\xef\xbb\xbfprint('bom')")
    run("crlf.py", b"if 1:\r\n    print('crlf')\r\nprint('''a\r\nb'''.count('\\r'))\r\n")
    run("cr.py", b"print(1)\rprint(2)\r")
    run("badutf8.py", b"x = 1\nprint('\xff')\n")
    run("nullbyte.py", b"print(1)\nx = '\0'\n")
    run("nullshort.py", b'"\0"')
    run("crlfcookie.py", b"# first\r\n# coding: latin-1\r\nprint(ascii('\xe9'))\r\n")
    run("unknown.py", b"# coding: nosuchcodec\nprint(1)\n")
    run("cp1252.py", "# vim: set fileencoding=cp1252 :\nprint(ascii('€'))".encode("cp1252"))
    run("empty.py", b"")
    run("nonl.py", b"print('no newline at end')")
    run("comment.py", b"# only a comment")
    run("tabs.py", b"if 1:\n\tprint('tab')\n\tif 1:\n\t    print('mixed ok')\n")
    run("badtabs.py", b"if 1:\n        print(1)\n\tprint(2)\n")
    run("dedent.py", b"if 1:\n        print(1)\n    print(2)\n")
    run("formfeed.py", b"if 1:\n    print(1)\n\x0c    print(2)\n")
    run("second.py", b"#!/usr/bin/python\n# -*- coding: ascii -*-\nprint('\xc3\xa9')\n")
    run("shebang.py", b"#!/bin/sh\nprint('shebang')")
    run("longline.py", b"x = [" + b"1, " * 50000 + b"]\nprint(len(x))")
    run("deep.py", b"x = " + b"(" * 150 + b"1" + b")" * 150 + b"\nprint(x)")
    run("toodeep.py", b"x = " + b"(" * 5000 + b"1" + b")" * 5000 + b"\nprint(x)")
    os.mkdir(os.path.join(d, "nomain"))
    p = subprocess.run([sys.executable, os.path.join(d, "nomain")], capture_output=True, text=True)
    print(p.returncode, p.stderr.replace(d, "DIR").replace(sys.executable, "PYTHON").strip())
