# SPDX-License-Identifier: MIT
# oracle: stderr
"""A SyntaxError from exec reaches the top; formatted with its caret."""
import traceback
for source in ("x = (1 +", "if x:\nprint(1)", "a b", "def f(:\n  pass", "x = 'abc", "for", "print 5", "1 = x", "f(a for a in b, c)", "  indented", "x = [1, 2", "\"\"\"open", "return 5", "é = $", "class A\n  pass", "lambda x=: 1", "a = 1 if 2", "x = 08", "1__0", "0xg", "f'{'", "f'{a b}'", "break", "import", "from x import", "x: int: str", "del f()", "*a", "async x", "try:\n  pass", "with open(x) as 5: pass", "if True\n  pass", "{1: 2, 3}", "a ? b", "\\x", "yield", "a.1", "nonlocal x", "f(**k, *a)", "f(a=1, b)", "f(a=1, a=2)", "def f(a=1, b): pass", "None = 1", "f() = 1", "x + 1 = 2", "(a, b) += 1", "else: pass", "'a' 'b' b'c'", "raise x from", "x = yield = 1", "[x for x in", ")", "a = (]", "print(\"x\"", "if x = 1: pass", "assert x, ", "global", "@", "not", "def f():\n\tx\n        y", "x = 1\n  y = 2", "a := 1", "for x in y: pass else: z", "import a.b as c.d", "from . import *, a", "def f(*): pass", "def f(**a, b): pass", "def f(a, /, b, /): pass", "x = {**a for a in b}", "f(x for x in y, 1)", "with a as f(): pass", "except: pass"):
    try:
        exec(source)
        print(repr(source), "no error")
    except SyntaxError as e:
        print(repr(source), type(e).__name__, "|", e.msg, "|", e.lineno, e.offset, e.end_lineno, e.end_offset, repr(e.text))
    except Exception as e:
        print(repr(source), type(e).__name__, e)
try:
    exec("x = 5\ny = (1 +\n  $)\n")
except SyntaxError as e:
    traceback.print_exc()
exec("def broken(:\n    pass")
