# SPDX-License-Identifier: MIT
"""Annotations kept as text, and the interpreter's own tokenizer."""
from __future__ import annotations

SOURCES = """\
1 + 2 * 3 - (4 - 5) / 6
(1 + 2) * 3 ** -4 ** 5
(-1) ** 2
-1 ** 2
not a
not (a and b) or c and (d or e)
(a if b else c) if d else e
a if (b if c else d) else e
lambda: 1
lambda x: x
lambda *a: a
lambda **k: k
lambda *, b=1: b
lambda a, /, b=2, *c, d, e=3, **f: (a, b)
(lambda x: x)(1)
[1, 2, *a]
{1, 2}
{}
{1: 2, **b, 'x': (y, z)}
()
(1,)
1, 2
[x for x in y if z if w for a, b in c]
{x: y async for x in y}
{x for x in (1 if a else 2)}
f(x for x in y)
f((x for x in y), z)
f(a, *b, c=d, **e)
(yield)
(yield x)
(yield from x)
await x.y
(await x) ** 2
a < b <= c is not d not in e
(a < b) < c
a.b.c[d][e:f][g:h:i][::j]
a[1, 2:3]
a[1,]
a[()]
a[*b]
1 .real
1.5.real
1j
1e1000
-1e1000
1e1000j
'a"b'
"a'b"
b'x'
u'x'
...
None
f'{a}'
f'a{b!r}c{d:>{w}}e'
f'{{x}}{ {1: 2} }'
f'{a["b"]}{f"{c}"}'
f'{x=}'
(a := 1)
[a := 1, b]
*a, b
a @ b // c % d << e >> f & g ^ h | i
~a
+a
- -a
not not a
(a, b)[0]
(a + b).c
(a + b)[c]
'abc' 'def'
"""
for source in SOURCES.splitlines():
    space = {}
    try:
        exec("from __future__ import annotations\nx: " + (f"({source})" if source.startswith("*a, b") else source), space)
        print(source, "->", space["__annotations__"]["x"])
    except SyntaxError as e:
        print(source, "->", e.msg)


def f(a: int, *b: list[str], c: "quoted" = 1, **d: x.y) -> None | int:
    e: undefined = 1


print(f.__annotations__)

import _tokenize

for source in ('a = """x\ny""" + 1\nif é:\n\tb # c\n', "a b", "(\n", "'a", "a $ b\n  \\\n c", "", "x\n y\n  z\n w", "0777", "a ¤"):
    try:
        for token in _tokenize.TokenizerIter(source):
            print(token)
    except SyntaxError as e:
        print(e.args)
for wrong in ((), (1,), (b"",), ("a", "b")):
    try:
        _tokenize.TokenizerIter(*wrong)
    except TypeError as e:
        print(e)
tokens = _tokenize.TokenizerIter(source="a\n")
print(iter(tokens) is tokens, list(tokens), list(tokens))
