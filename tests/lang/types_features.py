# SPDX-License-Identifier: MIT
# Classes, dunders, metaclasses, descriptors, subclasses of builtin types.
class A:
    x = 1
    def __init__(self, a, b=2):
        self.a = a; self.b = b
    def m(self): return self.a + self.b
    @property
    def p(self): return self.a * 10
    @p.setter
    def p(self, v): self.a = v
    @classmethod
    def c(cls): return cls.__name__
    @staticmethod
    def s(x): return x
    def __repr__(self): return f"A({self.a}, {self.b})"
a = A(1)
print(a, a.m(), a.p, A.c(), a.c(), A.s(3), a.s(4))
a.p = 7
print(a, a.__dict__, A.x, a.x)
class B(A):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self.z = 5
    def m(self): return super().m() + 100
b = B(1, b=5)
print(b, b.m(), B.__mro__, B.__bases__, isinstance(b, A), issubclass(B, A), isinstance(a, B))
print(b.__class__, type(b), B.__name__, B.__qualname__, B.__module__)
class N:
    def __init__(self, v): self.v = v
    def __add__(self, o): return ('add', self.v, o)
    def __radd__(self, o): return ('radd', self.v, o)
    def __eq__(self, o): return isinstance(o, N) and self.v == o.v
    def __lt__(self, o): return self.v < o.v
    def __hash__(self): return hash(self.v)
    def __len__(self): return self.v
    def __getitem__(self, k): return k
    def __setitem__(self, k, v): print('set', k, v)
    def __delitem__(self, k): print('del', k)
    def __contains__(self, k): return k == 1
    def __iter__(self): return iter([1, 2, 3])
    def __call__(self, *a, **k): return a, k
    def __bool__(self): return False
    def __neg__(self): return 'neg'
    def __getattr__(self, n): return 'ga_' + n
    def __iadd__(self, o): self.v += o; return self
    def __enter__(self): return self
    def __exit__(self, *a): return False
    def __index__(self): return 3
    def __float__(self): return 2.5
    def __int__(self): return 9
    def __str__(self): return 'strN'
    def __format__(self, s): return 'fmt' + s
    def __pow__(self, o, m=None): return ('pow', o, m)
    def __divmod__(self, o): return 'dm'
n = N(4)
print(n + 1, 1 + n, n == N(4), n != N(5), n < N(5), n > N(3), hash(n), len(n), n['q'], n[1:2])
n[1] = 2; del n[3]
print(1 in n, 2 in n, list(n), n(1, 2, k=3), bool(n), -n, n.foo, str(n), f"{n:x}", n**2, pow(n, 2, 3), divmod(n, 1))
n += 5
print(n.v, int(n), float(n), [0,1,2,3,4][n], range(10)[n])
with n as q: print(q is n)
class S:
    __slots__ = ('a', '_b')
    def __init__(self): self.a = 1
s = S(); print(s.a, S.__slots__, hasattr(s, '__dict__'))
try: s.zz = 1
except AttributeError as e: print(e)
try: s._b
except AttributeError as e: print(e, e.name, e.obj is s)
class M(type):
    def __new__(m, n, b, d, **k): print('new', n, k); return super().__new__(m, n, b, d)
    def __init__(c, n, b, d, **k): print('init'); super().__init__(n, b, d)
    def __call__(c, *a): print('call'); return super().__call__(*a)
    @classmethod
    def __prepare__(m, n, b, **k): print('prep'); return {}
    def hello(c): return 'hello ' + c.__name__
class X(metaclass=M, k=1): 
    def f(self): return __class__
print(X.hello(), X().f())
class D:
    def __get__(s, o, t): return (o is None, t.__name__)
    def __set__(s, o, v): print('set', v)
    def __set_name__(s, o, n): print('name', o, n)
class E:
    d = D()
print(E.d, E().d); E().d = 4
class P:
    subs = []
    def __init_subclass__(cls, /, tag=None, **k): super().__init_subclass__(**k); P.subs.append((cls.__name__, tag))
class Q(P, tag=5): pass
class R(P): pass
print(P.subs, P.__subclasses__())
class L(list):
    def __init__(self, *a): super().__init__(*a); self.extra = 1
l = L([1,2]); l.append(3); print(l, l.extra, len(l), l[0], l == [1,2,3], l.__dict__)
class I(int):
    def __new__(c, v): o = super().__new__(c, v); o.q = v; return o
i = I(5); print(i + 1, i.q, i, type(i), i == 5, hash(i))
class St(str): 
    __slots__ = ('zz',)
st = St('hey'); st.zz = 4; print(st, st.zz, st.upper(), len(st))
class St2(str): pass
st = St2('h\u20acy'); st.k = 4; st.j = 5; print(st, st.k, st.__dict__)
class T(tuple): pass
t = T((1,2,3)); t.name = 'x'; print(t, t.name, t[1], len(t))
class F(float): pass
f = F(2.5); f.u = 1; print(f, f.u, f*2)
class Di(dict):
    def __missing__(self, k): return k * 2
d = Di(); print(d[4], d)
class By(bytes): pass
by = By(b'abc'); by.x = 1; print(by, by.x)
for cls in (A, N, S, X, L, I): print(sorted(cls.__dict__))
print(type('Dyn', (A,), {'y': 3})(1).y)

# Names of attributes that are no strings, however they come in.
for receiver in (len.__call__, (lambda self: 1).__get__(1), __import__("threading").local(), super(bool, True), int | str, property(len)):
    for name in (1.5, b"x", None):
        try:
            receiver.__getattribute__(name)
        except TypeError as error:
            print(error)
kept = property(len).getter(None).setter(None)
print(kept.fget is len, kept.fset, kept.fdel)
