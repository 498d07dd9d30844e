# SPDX-License-Identifier: MIT
"""_pickle: messages, damaged pickles, every protocol's bytes, persistent ids, memos, buffers, several threads."""
import _pickle, io, pickle, re, threading
def t(f):
    try: text = repr(f())
    except BaseException as e: text = "%s %s" % (type(e), e)
    print(re.sub("0x[0-9a-f]+", "0x", re.sub("<module 'os' .*>", "<module os>", text)))
P=_pickle.Pickler; U=_pickle.Unpickler
t(lambda: P()); t(lambda: P(3)); t(lambda: P(io.BytesIO(),9)); t(lambda: P(io.BytesIO(),'a')); t(lambda: P(io.BytesIO(),4,buffer_callback=print)); t(lambda: P(io.BytesIO(),5,buffer_callback=3))
t(lambda: U()); t(lambda: U(3))
p=P.__new__(P); t(lambda: p.dump(1)); t(lambda: p.clear_memo()); t(lambda: p.memo); t(lambda:(p.bin,p.fast))
t(lambda: p.persistent_id); t(lambda: p.dispatch_table); t(lambda: p.reducer_override)
u=U.__new__(U); t(lambda: u.load()); t(lambda: u.memo); t(lambda: u.persistent_load); t(lambda: u.find_class('a','b'))
p=P(io.BytesIO()); p.dump([1,2,'a']); t(lambda: sorted(v for v in p.memo.copy().values())[0][0]); t(lambda: type(p.memo)); t(lambda: [x for x in dir(p.memo) if x[:2]!='__']); t(lambda: p.memo.__reduce__()[0])
t(lambda: setattr(p,'memo',3)); t(lambda: setattr(p,'memo',{1:2})); t(lambda: setattr(p,'memo',{1:(2,())})); t(lambda: list(p.memo.copy().values())); t(lambda: setattr(p,'persistent_id',3))
u=U(io.BytesIO(b'I1\n.')); t(u.load); t(u.load); t(lambda: type(u.memo)); t(lambda: u.memo.copy()); t(lambda: setattr(u,'memo',3)); t(lambda: setattr(u,'memo',{'a':2}));t(lambda: setattr(u,'memo',{-1:2}))
for d in (b'', b'.', b'0.', b'1.', b't.', b'(t', b'R.', b'I1\nR.', b'N(R.', b'\x80\x09.', b'\x80', b'I\n.', b'Ix\n.', b'I01\n.', b'I00\n.', b'L1L\n.', b'Lx\n.', b'F1.5\n.', b'Fx\n.',b"S'a'\n.", b"Sa\n.", b'S"a\'\n.', b'Va\n.', b'V\\u12\n.', b'cos\nsystem\n.', b'cos\nnope\n.', b'cnope\nx\n.', b'cos\n.', b'g1\n.', b'gx\n.', b'h\x01.', b'j\0\0\0\0.', b'p0\n.', b'Np-1\n.', b'Npx\n.', b'NP.', b'T\xff\xff\xff\xff.', b'T\1\0\0\0a.', b'U\2a', b'\x8a\1\1.', b'\x8a\xff', b'\x8b\xff\xff\xff\xff.', b'\x93.', b'I1\nI1\n\x93.', b'\x82\1.', b'\x82\0.', b'\x83', b'\x84\0\0\0\0.', b'a.', b'Na.', b'NNa.', b'e.', b'(e.', b'](NNe.', b'NNs.', b'(u.', b'}(NNu.', b'}(Nu.', b'}NNs.', b'](a.', b'b.', b'Nb.', b'NNb.', b'(i', b'(ios\nnope\n.', b'(o.', b'(No.', b'P1\n.', b'NQ.', b'\x95\0\0\0\0\0\0\0\1.', b'\x95\xff\xff\xff\xff\xff\xff\xff\xff.', b'\x97.', b'N\x98.', b'\x96\1\0\0\0\0\0\0\0a.', b'\x90.', b'(\x90.', b'\x8f(NN\x90.', b'N(\x90.', b'(NN\x91.', b'\x92.', b'NN}\x92.', b'N\x85.', b'\x86.', b'N\x87.', b'2.', b'\xff.', b'z.', b'(d.', b'(Nd.', b'(NNd.', b'(l.', b'K', b'M\1', b'J\1\0\0\0.', b'G\0.', b'B\1\0\0\0a.', b'C\1a.', b'X\1\0\0\0\xff.', b'\x8c\1a.', b'\x8d\1\0\0\0\0\0\0\0a.', b'\x8e\1\0\0\0\0\0\0\0a.', b'\x94.', b'N\x94.', b'((.', b'(0.', b'(.', b'N(1.', b'c_codecs\nencode\n(VA\nVlatin1\ntR.', b"S'\\xe9'\n.", b'U\1\xe9.',b'\x81.', b'NN\x81.', b'cbuiltins\nint\nN\x81.',b'cbuiltins\nint\n)\x81.', b'cbuiltins\nint\n)N\x92.', b'cbuiltins\nint\n)}\x92.', b'\x89\x88.',b'NN.'):
    print(d, end=' '); t(lambda: _pickle.loads(d))
t(lambda: _pickle.loads(b'N.', encoding='ascii', errors='strict', fix_imports=False, buffers=3)); t(lambda: _pickle.loads(3)); t(lambda: _pickle.loads()); t(lambda: _pickle.loads(b'N.', foo=1)); t(lambda: _pickle.loads(b'\x97.', buffers=[b'a'])); t(lambda: _pickle.loads(b'\x97.', buffers=[]));t(lambda: _pickle.loads(b'\x97\x98.', buffers=[bytearray(b'a')]))
t(lambda: _pickle.load(3)); t(lambda: _pickle.load(io.BytesIO(b'N')))
class W: 
    def read(self,n): return 3
    def readline(self): return 4
    def readinto(self,b): return 'a'
t(lambda: _pickle.load(W()))
def er(r, proto=2):
    class X:
        def __reduce_ex__(self,p): return r
    t(lambda: _pickle.dumps(X(),proto))
for r in (3, (), (1,), (int,), (int,3), (int,(),1,2,3,4,5,6), (int,(),None,3), (int,(),None,None,3), (int,(),None,None,None,3), (int,(),{'a':1},[1],{1:2}.items()), (int,(),{'a':1},iter([1]),iter([(1,2)])), (int,(),{},None,iter([3])), (int,(),{},None,iter([(3,)])), 'nope', None, (3,())): er(r)
import copyreg
er((copyreg.__newobj__,())); er((copyreg.__newobj__,(3,))); er((copyreg.__newobj__,(int,)));er((copyreg.__newobj_ex__,(int,(),{})));er((copyreg.__newobj_ex__,(int,(),{})),4);er((copyreg.__newobj_ex__,(int,3,{})),4);er((copyreg.__newobj_ex__,(int,(),3)),4);er((copyreg.__newobj_ex__,(int,())),4); er((int,(),1,None,None,len),3)
def loc():
    def f(): pass
    return f
t(lambda: _pickle.dumps(loc())); t(lambda: _pickle.dumps(lambda: 0)); 
class A: pass
B=A; 
class A: pass
t(lambda: _pickle.dumps(B))
A.__module__='nope'; t(lambda: _pickle.dumps(A)); A.__module__='os'; t(lambda: _pickle.dumps(A))
class Q:
    class R: 
        def m(self): pass
for i in range(6): t(lambda: _pickle.dumps(Q.R,i)); t(lambda: _pickle.dumps(Q.R().m,i)); t(lambda: _pickle.dumps(_pickle.PickleBuffer(b'abc'),i)); t(lambda: _pickle.dumps(_pickle.PickleBuffer(bytearray(b'abc')),i)); t(lambda: _pickle.dumps((type(None),type(...),type(NotImplemented)),i))
class PP(P):
    def persistent_id(self,o): return 'a\nb\xe9' if o==5 else None
for i in range(3): 
    f=io.BytesIO(); t(lambda: PP(f,i).dump([5,5])); print(f.getvalue())
L=[]
for i in range(100000): L=[L]
t(lambda: _pickle.dumps(L))
b=_pickle.PickleBuffer(bytearray(b'abc')); t(lambda: bytes(b)); t(lambda: b.raw()); t(lambda: b.release()); t(lambda: b.raw()); t(lambda: bytes(b)); t(lambda: _pickle.PickleBuffer(3)); t(lambda: _pickle.PickleBuffer()); t(lambda: _pickle.PickleBuffer(memoryview(b'abcdef')[::2]).raw()); t(lambda: _pickle.dumps(_pickle.PickleBuffer(memoryview(b'abcdef')[::2]),5)); 

# the same bytes from both implementations, for values of all kinds
class P:
    def __init__(self, a): self.a, self.b = a, [a]
class S:
    __slots__ = ("x", "y")
class L(list): pass
class D(dict): pass
class I(int): pass
s_ = S(); s_.x = 1
l_ = L([1, 2]); l_.attr = "x"
deep = []
for i in range(50): deep = [deep, i]
rec = []; rec.append((rec,)); rd = {}; rd["me"] = (rd, rec)
values = [None, True, 0, 255, 256, 65535, 65536, -1, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**63, -2**63, 10**600, -255, -256, -32768, 1.5, -0.0, float("inf"), "", "a", "\xe9", "\u20ac\U0001f600\n\\\r\0\x1a", "x" * 300, "\ud800", b"", b"abc", b"\xff" * 300, bytearray(b"q" * 3), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], list(range(2001)), {}, {1: 2}, dict.fromkeys(range(2001)), set(), {1}, frozenset(), frozenset([1]), range(5), slice(1, 2), 1j, ..., NotImplemented, int, len, P, P(3), s_, l_, D(a=1), I(7), deep, rec, rd, ValueError("e", 1), b"y" * 70000, "z" * 70000, ["w" * 100 + str(i) for i in range(2000)]]
import hashlib
for proto in range(6):
    h = hashlib.sha1()
    for v in values:
        try:
            d = pickle.dumps(v, proto)
        except Exception as e:
            h.update(str(e).encode()); continue
        h.update(d)
        w = pickle.loads(d)
        f = io.BytesIO(); pickle.Pickler(f, proto).dump(v)
        py = io.BytesIO(); pickle._Pickler(py, proto).dump(v)
        if f.getvalue() != d and len(d) < 70000: print("file differs", proto, ascii(v)[:50])
        if type(w) is not type(v): print("type differs", proto, type(v))
        f.seek(0)
        if type(pickle._Unpickler(f).load()) is not type(v): print("python reads another", proto, type(v))
        py.seek(0)
        if type(pickle.Unpickler(py).load()) is not type(v): print("reads python's as another", proto, type(v))
    print(proto, h.hexdigest())
buffers = []
data = pickle.dumps([pickle.PickleBuffer(bytearray(b"abc")), pickle.PickleBuffer(b"ro")], 5, buffer_callback=buffers.append)
print(data, [bytes(b) for b in buffers], pickle.loads(data, buffers=buffers)[0] is not None, [type(x).__name__ for x in pickle.loads(data, buffers=[bytearray(b"abc"), b"ro"])])
class Over(pickle.Pickler):
    def reducer_override(self, o): return (list, ((1, 2),)) if isinstance(o, P) else NotImplemented
    dispatch_table = {S: lambda o: (tuple, ((o.x,),))}
f = io.BytesIO(); Over(f, 4).dump([P(1), s_, 5]); print(pickle.loads(f.getvalue()))
class Find(pickle.Unpickler):
    def find_class(self, m, n): print("find", m, n); return super().find_class(m, n)
print(Find(io.BytesIO(pickle.dumps([len, P(2).a], 4))).load()); print(type(Find(io.BytesIO(pickle.dumps(P(2), 2))).load()).__name__)
shared = pickle.Pickler(io.BytesIO(), 4)
out = []
def work(k):
    for i in range(200):
        out.append(pickle.loads(pickle.dumps({"k": [k, i, (i,)], "s": "text" * k}, i % 6)) == {"k": [k, i, (i,)], "s": "text" * k})
        try: shared.dump([k, i])
        except Exception as e: out.append(e)
threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
for x in threads: x.start()
for x in threads: x.join()
print(len(out), set(out))


import io
for module, name in ((1.5, int), ("os", int), (1, "x"), (str, slice), ("os", 1)):
    unpickler = pickle.Unpickler(io.BytesIO(pickle.dumps([1], 4)))
    unpickler.load()
    try:
        print(unpickler.find_class(module, name))
    except Exception as error:
        print(type(error).__name__, error)
