# SPDX-License-Identifier: MIT
# str.format: fields, nesting, numbering and its errors; _string.
def t(f,*a,**k):
    try: print(repr(f.format(*a,**k)))
    except BaseException as e: print(repr(f),type(e).__name__, e)
for f in ['{','}','{}','{0}{}','{}{0}','{{}}','}}','{{','{!','{!r','{!r:','{!x}','{!rx}','{:','{:{','{:{}}','{:{:{}}}','{:{:{:{}}}}','{a','{a}','{a.b}','{0.real}','{0[1]}','{0[}','{0[a]b}','{0.}','{0[]}','{0[1','{99999999999999999999}','{:}}','{[1]}','{.real}','{0!r:>5}','{!:}','{!}','{0!}','{a!s}','{ {','{a{b}','{a[b}c]}','{0[{}]}','{!\x01}','{0:{1}}','{:{1}}','{0 }','{-1}','{:{}}{}','a{}b{}c','{0!r}']:
    t(f,5,'>3',7); 
t('{a[b}c]}',a={'b}c':4}); t('{0[0]}{0[a]}',{0:1,'a':2})
for f in ('{0}','{}','{a}','{a.b}'):
    try: print(f.format_map({'a':1}))
    except BaseException as e: print(type(e).__name__, e)
import _string
def l(x): 
    try: print(list(_string.formatter_parser(x)))
    except BaseException as e: print(type(e).__name__, e)
for f in ['','a','a{}b','{a.b[c]!r:>{x}}','{{x}}y','{!s:}','{:x}','a{{','{']: l(f)
def s(x):
    try:
        a,b=_string.formatter_field_name_split(x); print(repr(a),list(b))
    except BaseException as e: print(type(e).__name__, e)
for f in ['','a','0','a.b[0][x].y','[0]','.x','a.','a[','a[]','a[0]x','0x']: s(f)
print(type(_string.formatter_parser('')), type(_string.formatter_field_name_split('a')[1]))
