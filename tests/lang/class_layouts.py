# SPDX-License-Identifier: MIT
"""Which classes can be bases of one class, by what each of them adds to the layout of a builtin one."""
import itertools
def mk(name, bases, ns=None):
    try:
        c=type(name,bases,dict(ns or {})); return c
    except TypeError as e: return str(e)
class M(type): pass
for base in (int,tuple,bytes,str,float,list,dict,set,frozenset,Exception,OSError,bytearray,object,complex):
    A=type('A',(base,),{}); B=type('B',(base,),{}); A0=type('A0',(base,),{'__slots__':()}); B0=type('B0',(base,),{'__slots__':()})
    D=None 
    try: S=type('S',(base,),{'__slots__':('x',)})
    except TypeError as e: S=None
    try: W=type('W',(base,),{'__slots__':('__weakref__',)})
    except TypeError as e: W=None
    cs=[A,B,A0,B0,D,S,W]
    for x,y in itertools.permutations([c for c in cs if c],2):
        r=mk('C',(x,y)); r2=mk('C',(x,y),{'__slots__':()}); r3=mk('C',(x,y),{'__slots__':('z',)})
        f=lambda r: r if isinstance(r,str) else (r.__base__.__name__, r.__dictoffset__!=0, r.__weakrefoffset__!=0)
        print(base.__name__,x.__name__,y.__name__,f(r),f(r2),f(r3))
