# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""Programs that cannot be read: encodings, null bytes, syntax; what running the file, compiling and importing it say."""
import importlib
import os
import subprocess
import sys
import tempfile

FILES = [
    b"\xff", b"a='\xff'\n", b"# coding: latin-1\na='\xe9' b\n", b"# coding: foo\na\n", b"\xef\xbb\xbf# coding: latin-1\na=1\n",
    b"\xef\xbb\xbfa=1 2\n", b"# coding: ascii\na='\xe9'\n", b"# coding: utf-8\na='\xe9'\n", b"a\x00b\n",
    b"#\n#coding:latin-1\nx='\xe9' y\n", b"# vim: set fileencoding=iso-8859-1 :\na='\xe4'; print(a)\n",
    b"# coding: utf-8-sig\nx=1\n", b"a = 1\r\nb = 'x\r\ny'\r\n", b"x='''a\r\nb\rc'''\r\nprint(repr(x))", b"a=1\x00\n", b'"\x00"',
    b"x = (1,\n 2\n", b"if x:\n  a\n b\n", b"def f(:\n pass", b"x = 'abc", b"\xc3\xa9 = 1 2", b"f'{a b}'", b"if 1:\n\tx\n        y\n",
    b"# coding: utf8\nx=1 2\n", b"\n\n# coding: latin-1\nx='\xe9'\n", b"x = 1\n\x0cy = 2 3\n", b"'''abc\n\n", b"class A:\n", b"\\\n",
    b"x = \\\n", b"return 5", b"print 5", b"# \xff\nx = 1\n", b"a\xe9b = 1\n", b"'\xf0\x9f'", b"'x\\n\xe9y'",
]
folder = tempfile.mkdtemp()
os.chdir(folder)
sys.path.insert(0, folder)
sys.dont_write_bytecode = True
for number, source in enumerate(FILES):
    name = f"bad{number}"
    with open(name + ".py", "wb") as file:
        file.write(source)
    print(source)
    done = subprocess.run([sys.executable, "-I", name + ".py"], capture_output=True)
    print(" run", done.returncode, done.stdout, done.stderr.replace(folder.encode(), b"DIR"))
    for what, action in (("compile", lambda: compile(source, "<source>", "exec")), ("import", lambda: importlib.import_module(name))):
        try:
            action()
            print("", what, "works")
        except SyntaxError as e:
            place = e.lineno, e.offset, e.end_lineno, e.end_offset, e.text
            print("", what, type(e).__name__, ascii(e.msg.replace(folder, "DIR")), ascii(place))
        except Exception as e:
            print("", what, type(e).__name__, e)
