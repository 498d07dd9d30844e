# SPDX-License-Identifier: MIT
# oracle: stderr
"""Uncaught exceptions of every form, as sys.excepthook shows them."""
import sys, traceback
def show(f):
    try: f()
    except BaseException as e: sys.excepthook(type(e), e, e.__traceback__)
a={}
def f1(): return a[ (1) ]
def f2(): return (a) + (1)
def f3(): return a [1] [2]
def f4(): return 1 //0
def f5():
    return foo(1,
       2, 3)
def f6(): x = a["é"]["ü"]; return x
def f7(): raise ExceptionGroup("multi\nline", [ValueError(1), TypeError("a\nb"), ExceptionGroup("in", [KeyError(1)])])
def f8():
    e = ValueError("x"); e.add_note("note1\nnote2"); e.add_note("end\n"); e.add_note(''); raise e
def f9():
    e = ValueError("x"); e.__notes__ = 5; raise e
def f10():
    e = ExceptionGroup("g",[ValueError(i) for i in range(17)]); e.add_note("hi\nthere"); raise e
def f11():
    try: 1/0
    except Exception as e: raise ExceptionGroup("x", [e]) from e
def f12():
    def rec(n): return rec(n-1) if n else 1/0
    rec(20)
def f13(): compile("a b\n", "fn", "exec")
def f14(): compile("if 1:\n  x = (1,\n  2 3)\n", "fn", "exec")
def f15(): pirnt(1)
def f16(): "".foobar; 
def f17(): "".uper
def f18(): a[1] [ 0 : 1 ]
def f19(): return  a . foo  ( 1 )
def f20():
    e = ValueError("x"); e.__notes__ = ["a", 5, b'x']; raise e
class E(Exception):
    def __str__(self): return 1/0
def f21(): raise E
def f22():
    e=ValueError(1); e2=TypeError(2); e.__cause__=e2; e2.__context__=e; raise e
def f23(): return a@1
def f24(): return ("aaaa"
    "b") + 1
def f25(): raise ExceptionGroup("o", [ExceptionGroup("a", [ValueError(1)]), ValueError(2)])
for i in range(1,26):
    print("==",i, file=sys.stderr); show(globals()['f%d'%i])
