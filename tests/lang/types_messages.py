# SPDX-License-Identifier: MIT
# The messages of wrong calls, operands, attributes and class definitions.
import sys
def e(s, g={}):
    try: print(s, '=>', repr(eval(s, {**globals(), **g})))
    except BaseException as x: print(s,'->',type(x).__name__, x)
class C: pass
class I:
    def __index__(self): return 'a'
import operator, types, weakref, math
for s in ["[].sort(1)","[].sort(x=1)","[].sort(1,2,3)","[].sort(1,key=3)","[].sort(key=1,reverse=2,x=3)","''.split(1,2,3)","''.split(sep=1,maxsplit=2,x=3)","'a'.split(' ',sep=2)","'a'.split(x=1)","(5).to_bytes(1,2,3)","int.to_bytes()","int.to_bytes(1,x=2)","int.from_bytes()","int.from_bytes(1,2,3)","[].append()","[].append(1,2)","[].append(x=1)","[].append(1,x=1)","[].clear(1)","[].clear(x=1)","[].clear(1,x=1)","[].pop(1,2)","[].pop(x=1)","[].insert(1)","[].insert(1,2,3)","{}.get()","{}.get(1,2,3)","list.append()","list.append(1)","list.append(1,2)","dict.fromkeys()","dict.__dict__['fromkeys']()","dict.__dict__['fromkeys'](5)","dict.__dict__['fromkeys'](int)","dict.__dict__['fromkeys'].__get__(5)","dict.__dict__['fromkeys'].__get__(None,int)","str.join()","int.__add__()","int.__add__(1)","int.__add__('a',1)","(1).__add__(1,2)","(1).__add__(x=1)","(1).__pow__()","(1).__pow__(1,2,3)","len()","len(x=1)","hash(1,2)","globals(1)","math.sqrt()","math.gcd(x=1)","math.copysign(1)","math.dist(1,x=2)","math.isclose(1)","math.isclose(1,2,3)","math.isclose()","math.isclose(1,2,x=1)","math.isclose(1,b=2,a=3)","object(1)","object.__new__()","object.__new__(1)","object.__new__(int)","list.__new__(int)","list.__new__(list,1,2)","int.__new__(bool,1)","object().__init__(1)","list.__init__(5)","type.__call__()","type()","type(1,2)","type(1,2,3)","type('a',2,3)","type('a',(),3)","type('a',(1,),{})","type('a',(bool,),{})","type('a',(int,str),{})","[].__setitem__(1)","[].__hash__()","[].__delitem__()","[].__len__(1)","[].__init__(x=1)","[].__iter__(x=1)","[].__contains__()","sum()","sum([],1,2)","sum([],x=1)","print(x=1)","enumerate()","enumerate(1,2,3)","compile()","compile(1,2)","open()","open(1,2,3,4,5,6,7,8,9)","abs()","pow(1)","pow(1,2,3,4)","pow(1,x=2)","round()","round(1,2,3)","sorted()","sorted([],1)","sorted([],x=1)",
 "1+'a'","'a'+1","[]+1","()+1","b'a'+1","'a'*'b'","'a'*1.5","1*'a'","1.5*'a'","[]*C()","C()*[]","-'a'","~1.5","+[]","abs('a')","1<'a'","[]<1","len(1)","C()[0]","C[0]","int[0]","[][C()]","'abc'[10]","range(3)['a']","iter(1)","next(1)","1 in 2","'a' in 1", "1 in 'a'","pow(1,'a')","pow('a',1,2)","pow(1,2,'a')","divmod(1,'a')","1@2","hash([])","int([])","float([])","int(None)","float('x')","int('x')","complex('x')","int(I())","range(I())","[1,2][I()]","range('a')","[].index()","operator.index('a')","setattr(1,2,3)","getattr(1,2)","(1).x","C().x","C.x","int.x","[].x", "[1]*10**30","[1]*I()","print>>1","reversed(1)","reversed({1})","sum(['a'])","sum('a')","max()","max(1)","round('a')","format(1,2)","format(C(),'a')","dict(1)","dict([1])","set(1)","list(1)","tuple(1)","bytes('a')","bytes(C())","bytearray(C())","''.join(1)","''.join([1])","chr('a')","ord(1)","ord('ab')","isinstance(1,2)","issubclass(1,2)","issubclass(int,2)","isinstance(1,(int,2))","isinstance(1,(str,2))", "callable()","vars(1)","dir(1,2)","object.__reduce_ex__(1)","{}<{}","1 if C()<C() else 2",
 "object.__init__.__text_signature__","list.append.__text_signature__","list.sort.__text_signature__","str.split.__text_signature__","list.__dict__.keys()-[]==set(list.__dict__)","len.__text_signature__","dict.fromkeys.__text_signature__","int.__pow__.__text_signature__","int.__text_signature__","object.__text_signature__","type.__text_signature__","list.__text_signature__","print.__text_signature__","sorted.__text_signature__","len.__name__,len.__qualname__,len.__module__,len.__self__","[].append.__name__,[].append.__qualname__,[].append.__module__,[].append.__self__","dict.fromkeys.__qualname__,dict.fromkeys.__self__","str.maketrans.__qualname__, str.maketrans.__self__, str.maketrans.__module__","list.append.__qualname__,list.append.__objclass__","[].append == [].append","math.sqrt.__reduce__()","[1].append.__reduce__()","list.append.__reduce__()","int.__add__.__reduce__()","(1).__add__.__reduce__()","math.sqrt.__module__","type(len),type([].append),type(list.append),type(int.__add__),type((1).__add__),type(dict.__dict__['fromkeys']),type(type.__dict__['__name__']),type(slice.__dict__['start'])",
 ]: e(s)
def x(s):
    g={'C':C,'I':I}
    try: exec(s,g)
    except BaseException as x: print(s,'->',type(x).__name__, x)
for s in ["x=1;x+='a'","x='a';x+=1","x=[];x+=1","x=[];x*='a'","x=1;x**='a'","x=1;x@=2","(lambda:1)()[0]=2","a=1\ndel a[0]","''[0]=1","C()[0]=1","del C()[0]","del C()['a']","del ''[0]","del ()[0]","()[0]=1","x=1;x.y=2","del C().y","C.__dict__['a']=1","x=1;x.real=2","del (1).real","int.x=1","del int.x","for i in 1: pass","a,b=1","[][C()]=1","[]['a']=1","del []['a']","[][:]=1","x=C();x.__class__=int","x=C();x.__dict__=1","x=C();x.a=1;del x.__dict__;print(x.__dict__)","C.__name__=1","C.__bases__=()","C.__bases__=(1,)","C.__bases__=(int,)","del C.__name__","object.__setattr__(C,'a',1)","type.__setattr__(int,'a',1)","object.__delattr__(C,'a')","C.foo","del C.foo","class A:\n __slots__=('a','a b')","class A:\n __slots__=(1,)","class A:\n __slots__=('__dict__','__dict__')","class A(C):\n __slots__=('__weakref__',)","class A(int):\n __slots__=('a',)","class A:\n __slots__=('a',)\n a=1","class A:\n __slots__='a'\nA().a","class A:\n __slots__='a'\ndel A().a","class A:\n __slots__='a'\nA().b","class A:\n __slots__='a'\nA().b=1","class A:\n __slots__='a'\nA.a=1","class A(bool): pass","class A(type(None)): pass","class A(1): pass","class A(C,C): pass","class B(C): pass\nclass A(C,B): pass","class A(C, x=1): pass","class A:\n def __set_name__(s,a,b): 1/0\nclass B:\n a=A()","class A:\n def __init__(s): return 1\nA()","class A:\n def __new__(c): return 1\nprint(A())","class A:\n def __len__(s): return -1\nlen(A())","class A:\n def __len__(s): return 'a'\nlen(A())","class A:\n def __len__(s): return 10**30\nlen(A())","class A:\n def __bool__(s): return 1\nbool(A())","class A:\n def __hash__(s): return 'a'\nhash(A())","class A:\n def __hash__(s): return 10**30\nprint(hash(A()))","class A:\n def __eq__(s,o): return 1\nhash(A())","class A:\n def __repr__(s): return 1\nrepr(A())","class A:\n def __str__(s): return 1\nstr(A())","class A:\n def __format__(s,x): return 1\nformat(A())","class A:\n def __iter__(s): return 1\niter(A())","class A:\n __iter__=None\niter(A())","class A:\n __contains__=None\n1 in A()","class A:\n __call__=None\nA()()","class A:\n def __index__(s): return 1.5\n[1][A()]","class A:\n def __int__(s): return 1.5\nint(A())","class A:\n def __float__(s): return 1\nfloat(A())","class A:\n def __getattr__(s,n): raise AttributeError(n)\nA().x","class A:\n def __getattribute__(s,n): raise AttributeError(n)\nA().x","class A:\n def __dir__(s): return 1\ndir(A())","class A:\n def __dir__(s): return ['b','a']\nprint(dir(A()))","class A:\n def __length_hint__(s): return -1\n def __iter__(s): return iter([])\nlist(A())","class A:\n def __new__(c,*a): return super().__new__(c,*a)\nA(1)","class A:\n def __init__(s,*a): super().__init__(*a)\nA(1)","C(1)","C(x=1)","class A(metaclass=1): pass","class M(type): pass\nclass N(type): pass\nclass A(metaclass=M): pass\nclass B(A,metaclass=N): pass","class A:\n __slots__='x'\nclass B:\n __slots__='y'\nclass D(A,B): pass","class A:\n __slots__='x'\nclass B:\n __slots__='y'\nA().__class__=B","class A:\n __slots__='x'\nclass B:\n __slots__='x'\na=A();a.x=3\na.__class__=B\nprint(type(a),a.x)","class A: pass\nclass B: pass\na=A();a.q=1\na.__class__=B\nprint(type(a),a.q)","class A:\n __qualname__=1","type('A',(),{'__classcell__':1})","type('A\\0',(),{})","type('A',(),{'__slots__':['x','y'],'z':1})().x=1","import abc\nclass A(abc.ABC):\n @abc.abstractmethod\n def f(s):0\n @abc.abstractmethod\n def g(s):0\nA()","class A:\n __class_getitem__=lambda s,k:(s,k)\nA[1]","class A:\n def __class_getitem__(c,k): return k\nprint(A[1,2])","class A: x:int=3\nprint(A.__annotations__)","print(C.__annotations__)","int.__annotations__","C.__abstractmethods__","print(C.__doc__,C.__text_signature__,C.__mro__,C.__base__,C.__flags__&1024)","del C.__abstractmethods__","print(C.__weakrefoffset__!=0, C.__dictoffset__!=0,C.__basicsize__>0)","C.__doc__='q';print(C.__doc__)","C.__qualname__='q.r';print(C,C.__qualname__)","C.__name__='ZZ';print(C,C.__name__,C())if 0 else print(C.__name__)","C.__module__='mm';print(C)","print(type.mro(C)==list(C.__mro__))","class A:\n def mro(c): pass\nclass M(type):\n def mro(c): return [c,object]\nclass B(int,metaclass=M): pass","class M(type):\n def mro(c): return [c,1]\nclass B(metaclass=M): pass","class M(type):\n def mro(c): return [c,A2,object]\nclass A2: zz=1\nclass B(metaclass=M): pass\nprint(B.zz,B.__mro__)"]: x(s)


# ---- an mro that is empty, members of types, what has a number but cannot tell it -------------------------------------------
class EmptyMro(type):
    def mro(cls):
        return []


def attempt(action):
    try:
        print(action())
    except Exception as e:
        print(type(e).__name__, e)


attempt(lambda: EmptyMro("Empty", (), {}))
for name in "__mro__", "__base__", "__basicsize__", "__itemsize__", "__flags__", "__weakrefoffset__", "__dictoffset__":
    attempt(lambda: setattr(EmptyMro, name, 1))
    attempt(lambda: delattr(EmptyMro, name))


class Number:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        if isinstance(self.value, type):
            raise self.value("its own")
        return self.value


for haystack in b"a", bytearray(b"a"):
    for value in 97, 300, -1, 2**70, "text", ValueError, KeyError:
        attempt(lambda: Number(value) in haystack)
