# SPDX-License-Identifier: MIT
"""Warnings of the tokenizer, invalid escapes, input that only ended too early, async as a name, places of symbol errors."""
import warnings
for src in ["0xfor x","0xfin x","0xf if x else y","0xfnot in x","[0xffor x in ()]","0b1or x","0o7or x","1or x","1.0or x","1jor x","1in x","1if 1else 2", "0xfand x"]:
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        try: compile(src,"<t>","eval")
        except SyntaxError as e: print(src, e)
    print(src,[(x.category.__name__,str(x.message),x.lineno) for x in w])
import warnings
for src in [r"'\400'",r"b'\777'",r"'\z'",r"b'\z'",r"'\z\777'", r"'\777\z'",r"f'{1}\q'",r"f'\{1}'","'\\8'",r"f'\777{2}\z'"]:
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        try: print(eval(src))
        except SyntaxError as e: print(src, e)
    print(src,[(x.category.__name__,str(x.message),x.lineno) for x in w])
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("error")
        try: print(eval(src))
        except SyntaxError as e: print(src, e, e.lineno,e.offset,e.end_offset,e.text)
from codeop import compile_command as c
for s in ["(a **","(a **\n", "'\\e' + (", "f(a,", "(", "[1,", "{1:", "x = (1 +", "'''abc", "(a *", "(a", "(a,*", "f(**", "(lambda", "(not","(x for","(x for x in","{**","if 1:", "a = \\", "a.b(c=", "def f(", "def f(a,", "class A(", "x[", "(yield", "f(a=1, *","print(f'{", "'abc", "(1 2", "(a b", "with (a","match (x","try:","@a","else:","0x","1_","$"]:
    try: r=c(s,"<i>","single"); print(repr(s), type(r).__name__)
    except SyntaxError as e: print(repr(s), "ERR", e.msg, e.lineno,e.offset)
import ast
src='''async def foo():
    # type: () -> int
    return await bar()
'''
for v in (4,5,6,7,8):
    try: print(v, ast.dump(ast.parse(src,type_comments=True,feature_version=(3,v))))
    except SyntaxError as e: print(v,e)
src='''async def foo():
    return await bar()
async = 1
'''
for v in (4,5,6,7,8):
    try: print(v, ast.dump(ast.parse(src,feature_version=(3,v))))
    except SyntaxError as e: print(v,e)
for src in ["x = [(yield i) for i in range(3)]", "x = {(yield i) for i in range(3)}", "x = ((yield i) for i in range(3))",
            "def f():\n  global x\n  nonlocal x", "[i for i in (lambda: (j := 1))()]", "[i for i in [j for j in (k := range(2))]]",
            "match 1:\n case f'x': pass", "from __future__ import division; import sys; from __future__ import annotations"]:
    try:
        compile(src, "<t>", "exec")
    except SyntaxError as e:
        print(repr(src), e.msg, e.lineno, e.offset)


class Positions:
    source = "(\n lhs  \n   .    \n     rhs      \n       ) += 42\ndel (a\n .b\n )\nc = (a.b\n  .c)"
    for name, position in ((c, p) for c in [compile(source, "<t>", "exec")] for p in c.co_positions()):
        print(position, end=" ")
    print()


import symtable
table = symtable.symtable("def f(a, *b):\n  global g\n  def h(): return a\n  return [x for x in b]\nclass C:\n  y: int = f\n", "<t>", "exec")
def show(t, depth=0):
    print(" " * depth, t.get_type(), t.get_name(), t.get_lineno(), sorted((s.get_name(), s.is_global(), s.is_local(), s.is_free(), s.is_parameter(), s.is_referenced()) for s in t.get_symbols()))
    for child in t.get_children(): show(child, depth + 1)
show(table)

# A name that cannot be decoded, behind the mistake; brackets behind names and operators, and starred ones, whose reading
# must not double at each.
for source in (b"[assert \x9f", b"assert\nassert \x9f\xa4", b"a b\n\xff", b"a b \xe9", b"[\x9f", b"a b #\xff", ("l" + "[[d" * 60 + "[[@").encode(),
               b"b*(c+" * 60 + b"@", b"f(*(" * 60 + b"@", b"f(a=(" * 60 + b"@", b"f(a=(1, *(" * 30 + b"a b", b"f(a=(b c))", b"f(*(b c))", b"f(1, a=b c)"):
    try:
        compile(source, "<t>", "exec")
    except ValueError as e:
        print(repr(e))
    except SyntaxError as e:
        print(repr(e))
