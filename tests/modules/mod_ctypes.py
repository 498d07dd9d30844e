# SPDX-License-Identifier: MIT
"""ctypes: simple types, structs, unions, bit fields, arrays, pointers, functions, callbacks, and what is said when they are misused."""
from ctypes import *
import ctypes
def t(f,*a):
    try: r=f(*a); print(getattr(f,'__name__',f),len(a),'->',r)
    except Exception as e: print(getattr(f,'__name__',f),len(a),type(e).__name__,e.args)
class I:
    def __index__(self): return 3
class F:
    def __float__(self): return 3.5
t(c_int,I()); t(c_int,1.5); t(c_int,'x'); t(c_double,F()); t(c_double,'x'); t(c_char,'x'); t(c_char,b'xy'); t(c_wchar,b'x'); t(c_wchar,'xy'); t(c_char_p,'x'); t(c_wchar_p,b'x'); t(c_void_p,'x'); t(c_bool,[]); t(c_int,1,2); t(c_char,300); t(c_float,1e300); t(c_longdouble,F())
class S(Structure): _fields_=[('a',c_int),('b',c_short*3)]
t(lambda:S(1,(1,2,3)).b[:]); t(S,1,2,3,4); t(S,'x'); t(setattr,S(),'b',5); t(setattr,S(),'b',(1,2,3,4)); t(lambda:S(1,a=2)); t(lambda: S(zz=3).zz); t(Structure); t(Union); 
t(setattr,S,'_fields_',[]); t(lambda: type('X',(Structure,),{'_fields_':[('a',)]})); t(lambda: type('X',(Structure,),{'_fields_':[('a',5)]})); t(lambda: type('X',(Structure,),{'_fields_':5})); t(lambda: type('X',(Structure,),{'_fields_':[(1,c_int)]}));t(lambda: type('X',(Structure,),{'_fields_':[('a',c_int)],'_pack_':-1})); t(lambda: type('X',(Structure,),{'_fields_':[('a',c_float,3)]})); t(lambda: type('X',(Structure,),{'_fields_':[('a',c_int,33)]})); t(lambda: type('X',(Structure,),{'_anonymous_':['q'],'_fields_':[('a',c_int)]})); t(lambda: type('X',(Structure,),{'_anonymous_':5,'_fields_':[('a',c_int)]})); t(lambda: type('X',(Structure,),{'_anonymous_':['a'],'_fields_':[('a',c_int)]}))
t(lambda: type('X',(ctypes._SimpleCData,),{})); t(lambda: type('X',(ctypes._SimpleCData,),{'_type_':'y'})); t(lambda: type('X',(ctypes._SimpleCData,),{'_type_':5})); t(lambda: type('X',(Array,),{'_type_':c_int})); t(lambda: type('X',(Array,),{'_type_':c_int,'_length_':'x'})); t(lambda: type('X',(Array,),{'_type_':c_int,'_length_':-1})); t(lambda: type('X',(Array,),{'_length_':1})); t(lambda: type('X',(Array,),{'_length_':1,'_type_':5})); t(lambda: c_int*-1); t(lambda: c_int*'x'); t(lambda: (c_int*(1<<62)))
t(ctypes._SimpleCData); t(Array); t(ctypes._Pointer); t(POINTER,5); t(pointer,5); t(byref,5); t(byref,c_int(),'x'); t(sizeof,5); t(alignment,5); t(addressof,5); t(lambda: POINTER(c_int)().contents); t(lambda: POINTER(c_int)()[0]); t(POINTER(c_int),5); t(lambda:POINTER(c_int)(c_short(1)) and 1); t(c_int.from_address,'x'); t(c_int.from_buffer,b'abcd'); t(c_int.from_buffer,bytearray(3)); t(c_int.from_buffer,bytearray(8),-1); t(c_int.from_buffer_copy,b'abc'); t(c_int.from_param,'x'); t(c_int.in_dll,5,'x')
print(c_int(5), c_int.from_param(5), c_char_p.from_param(b'x')!=0, byref(c_int()) !=0, repr(c_double.from_param(2.5)), repr(c_char.from_param(b'x')), repr(c_wchar.from_param('x'))[:12], repr(c_bool.from_param(1))[:12])
l=CDLL(None); 
t(CDLL,'nonexist.so'); t(l.abs,1.5); t(l.abs,1<<70); t(l.abs,object()); l.abs.argtypes=[c_int]; t(l.abs,'x'); t(l.abs); t(l.abs,1,2); t(l.abs,-3,4)
t(setattr,l.abs,'argtypes',5); t(setattr,l.abs,'argtypes',[5]); t(setattr,l.abs,'restype',5); t(setattr,l.abs,'errcheck',5); print(l.abs.argtypes,l.abs.restype)
t(l.abs,c_long(3)); t(l.abs,-7)
t(lambda:CFUNCTYPE(c_int)(5) and 1); t(lambda: CFUNCTYPE(c_int)('x')); t(lambda: CFUNCTYPE(c_int)(('abs',5))); t(lambda: CFUNCTYPE(c_int)(('abs',l))and 1); t(lambda:CFUNCTYPE(c_int)(1,2,3,4)); t(lambda:CFUNCTYPE(POINTER(c_int))(lambda:0)); t(lambda:CFUNCTYPE(5)(lambda:0))
a=(c_int*3)(1,2,3); t(lambda:a[5]); t(lambda:a['x']); t(a.__setitem__,0,'x'); t(a.__delitem__,0); t(lambda:(c_int*3)(1,2,3,4)); t(lambda:a.__setitem__(slice(0,2),[1])); t(lambda:a[::0]); print(a[:],a[::-1],(c_char*3)(b'a',b'b')[:], a._objects, len(a))
b=create_string_buffer(3); t(st:=lambda:setattr(b,'value',b'abcdef')); t(lambda:setattr(b,'value','x')); t(lambda:setattr(b,'raw',b'abcdef')); t(lambda:setattr(b,'value',b'abc')); print(b.value,b.raw)
w=create_unicode_buffer(3); t(lambda:setattr(w,'value','abcdef')); t(lambda:setattr(w,'value',b'x')); 
import pickle; t(lambda:pickle.loads(pickle.dumps(c_int(7)))); t(lambda:pickle.dumps(c_char_p(b'x')))
print(S.a,S.b, S.a.offset,S.b.size); t(resize,c_int(),2); t(resize,S.from_address(addressof(a)),80); t(set_errno,'x'); print(set_errno(5),get_errno(), string_at(b'abc',2), wstring_at('abc',2))
print(repr(l.abs)[:16], memoryview(a).format, memoryview(a).shape, memoryview(S()).format, memoryview((S*2)()).itemsize,memoryview(POINTER(c_int)()).format, memoryview((c_int*2*3)()).shape)
CMP=CFUNCTYPE(c_int,POINTER(c_int),POINTER(c_int)); arr=(c_int*5)(5,3,9,1,7); l.qsort(arr,5,sizeof(c_int),CMP(lambda a,b:a[0]-b[0])); print(arr[:])
class Bits(Structure): _fields_=[('a',c_uint,3),('b',c_int,5),('c',c_ubyte,2),('d',c_short,7),('e',c_longlong,40),('f',c_longlong,1)]
x=Bits(5,-3,2,-20,1<<38,1); print([getattr(x,n) for n in 'abcdef'], sizeof(Bits), [repr(getattr(Bits,n)) for n in 'abcdef'], bytes(x).hex())
class BE(BigEndianStructure): _fields_=[('h',c_uint16),('i',c_int32),('d',c_double),('b',c_uint16,5),('c',c_uint16,11),('arr',c_uint16*2)]
x=BE(1,2,3.0,4,5,(6,7)); print(bytes(x).hex(), x.h,x.i,x.d,x.b,x.c,x.arr[:], memoryview(x).format)
class Packed(Structure): _pack_=1; _fields_=[('a',c_char),('b',c_longlong),('c',c_short)]
class Nested(Structure): _fields_=[('p',Packed),('q',c_int*2*2),('n',c_char*6),('w',c_wchar*3)]
class U(Union): _fields_=[('i',c_uint),('b',c_ubyte*4),('f',c_float)]
class Anon(Structure): _anonymous_=['u','s']; _fields_=[('k',c_int),('u',U),('s',Packed)]
class Derived(Nested): _fields_=[('z',c_double)]
print(sizeof(Packed),alignment(Packed),sizeof(Nested),sizeof(U),sizeof(Anon),sizeof(Derived),[Anon.i,Anon.b,Anon.c,Derived.z,Derived.n])
n=Nested((b'x',1<<40,-2),((1,2),(3,4)),b'abc','xyz'); print(n.p.b,n.p.c,[r[:] for r in n.q],n.n,n.w,bytes(n).hex()); n.n=b'123456'; n.q[1][0]=99; print(n.n,n.q[1][:]); n.p=Packed(b'q',7,8); print(n.p.a,n.p.b)
u=U(i=0x3f800000); print(u.f,u.b[:]); an=Anon(k=1); an.i=258; an.a=b'z'; print(an.u.b[:],an.s.a, Derived(n.p,n.q).q[0][:])
class Node(Structure): pass
Node._fields_=[('v',c_int),('next',POINTER(Node)),('name',c_char_p)]
nodes=[Node(i,None,b'n%d'%i) for i in range(3)]; nodes[0].next=pointer(nodes[1]); nodes[1].next=pointer(nodes[2]); print(nodes[0].next.contents.next[0].name, bool(nodes[2].next), sorted(nodes[0]._objects))
p=pointer(c_int(5)); p[0]=6; p.contents.value+=1; print(p.contents,p[0],bool(p),POINTER(c_int)().__bool__()); a=(c_int*4)(1,2,3,4); p=cast(a,POINTER(c_int)); print(p[1:3],p[3:0:-1]); t(lambda:p[:]); t(lambda:p[1::0]); t(lambda:p['x'])
b=bytearray(b'abcdefgh'); v=(c_ubyte*8).from_buffer(b); v[0]=90; print(b,v[:3],(c_short*2).from_buffer_copy(b,2)[:]); t(lambda:b.append(1)); m=memoryview(v); print(m.nbytes,m.format)
l.strlen.restype=c_size_t; l.strlen.argtypes=[c_char_p]; print(l.strlen(b'hello'), l.strlen(c_char_p(b'xy'))); t(l.strlen,'x'); l.getenv.restype=c_char_p; print(l.getenv(b'NOTHING_HAS_THIS_NAME'))
l.snprintf.argtypes=[c_char_p,c_size_t,c_char_p]; buf=create_string_buffer(80); print(l.snprintf(buf,80,b'%d %s %.2f %c',42,b'text',c_double(2.5),c_int(33)),buf.value)
class Div(Structure): _fields_=[('q',c_int),('r',c_int)]
class LDiv(Structure): _fields_=[('q',c_long),('r',c_long)]
l.div.restype=Div; l.ldiv.restype=LDiv; d=l.div(17,5); e=l.ldiv(c_long(-17),c_long(5)); print(d.q,d.r,e.q,e.r)
class P: 
    def __init__(self,v): self._as_parameter_=v
print(l.abs(P(-9)), l.abs(P(P(c_int(-8)))))
del l.abs.argtypes; l.abs.restype=lambda n: f'<{n}>'; print(l.abs(-3)); l.abs.errcheck=lambda r,f,a:(r,a); print(l.abs(-3))
cb=CFUNCTYPE(c_int,c_int,c_double,c_char_p)(lambda i,d,s: i+int(d)+len(s)); print(cb(1,2.5,b'abc'), CFUNCTYPE(None)(lambda:None)())
fn=CFUNCTYPE(c_char_p,c_char_p,c_int)(('strchr',l),((1,'s'),(1,'c',ord('l')))); print(fn(b'hello'),fn(s=b'ball'),fn(b'xyz',ord('y'))); t(lambda:fn()); t(lambda:fn(b'a',2,3))
lib=CDLL(None,use_errno=True); ctypes.set_errno(0); print(lib.close(-1), get_errno()); print(ctypes.get_errno())
print(py_object([1,2]).value, repr(py_object()), c_bool(3), c_char(b'a'), c_wchar('b'), c_void_p(), c_char_p(b'z').value, c_longdouble(1.5), c_byte(200), c_ushort(-1), c_ulonglong(-1))
print(c_int.__ctype_be__(258).value, bytes(c_int.__ctype_be__(258)), c_int.__ctype_le__ is c_int)
from ctypes import util
print(bool(util.find_library('c')), (c_int*3) is (c_int*3), POINTER(c_int) is POINTER(c_int), POINTER('Later').__name__, ARRAY(c_int,2).__name__)
class Sub(c_int): pass
class HasSub(Structure): _fields_=[('s',Sub),('i',c_int)]
h=HasSub(3,4); print(type(h.s).__name__,h.s.value,h.i, repr(Sub(4))[:10]); 
memmove(buf,b'QQ',2); memset(byref(buf,2),66,2); print(buf.raw[:6], create_string_buffer(b'ab').raw, create_unicode_buffer('cd')[:])
t(lambda:CDLL('libc.so.6').nothing_like_this)
l.abs.restype=c_int; l.abs.errcheck=lambda r,f,a: a; print(l.abs(-3)); del l.abs.errcheck # the arguments as they are: the result stands
t(lambda:l.abs(*range(200000))); t(lambda:__import__("_ctypes").call_function(cast(l.abs,c_void_p).value,(0,)*200000)); t(l.abs,2**64-1); t(l.abs,-2**63); t(l.abs,-2**63-1); t(l.abs,2**64)
print([len(CFUNCTYPE(c_int,*[POINTER(c_int)]*n)(("abs",l),((2,"out"),)*n)()) for n in (2,32,40)])
def nested(depth): # a reference is kept under the way to it, which has an end
    class Inner(Structure): _fields_=[('x',c_char_p)]
    for _ in range(depth): Inner=type('Outer',(Structure,),{'_fields_':[('s',Inner)]})
    outer=part=Inner()
    for _ in range(depth): part=part.s
    part.x=b'kept'; return [len(k) for k in outer._objects]
for depth in (3,119,120,130): t(nested,depth)
own=CDLL(None).abs; own.restype=own; t(own,3); del own.restype # it is called with what it returns
import gc,weakref
class Gone(Structure): _fields_=[('a',c_int)]
gone=weakref.ref(Gone),weakref.ref(Gone*3); del Gone; gc.collect(); gc.collect(); print([r() for r in gone]); t(lambda:Structure*3); t(lambda:c_int*-1)
# A view of what has been made larger: all its bytes, whatever the items say.
class Nothing(Structure): pass
class One(Structure): _fields_=[('a',c_int)]
for made in Nothing(),One(3),(c_int*3)(1,2,3):
    resize(made,40); view=memoryview(made); print(view.nbytes,view.itemsize,view.shape,view.format,sizeof(made),len(view.cast('B')) if not view.shape else 0,bytes(view)[:4])
