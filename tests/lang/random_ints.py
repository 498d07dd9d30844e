# SPDX-License-Identifier: MIT
# Seeded random ints around the edges of their representations: arithmetic, bits, text, bytes, hashes.
class Random:  # the same sequence everywhere
    def __init__(self, seed):
        self.state = seed * 2 + 1

    def getrandbits(self, k):
        r = n = 0
        while n < k:
            self.state = (self.state * 6364136223846793005 + 1442695040888963407) & 0xffffffffffffffff
            r = (r << 32) | (self.state >> 32)
            n += 32
        return r >> (n - k)

    def random(self):
        return self.getrandbits(53) / (1 << 53)

    def randrange(self, a, b=None):
        if b is None:
            a, b = 0, a
        return a + self.getrandbits(64) % (b - a)

    def choice(self, items):
        return items[self.randrange(len(items))]

    def uniform(self, a, b):
        return a + (b - a) * self.random()


import sys
sys.set_int_max_str_digits(0)
R=Random(5)
def rint():
    k=R.choice([3,8,16,31,32,59,60,61,62,63,64,65,100,127,128,129,200,500,1000])
    n=R.getrandbits(k)
    if R.random()<.2: n=(1<<k)+R.choice([-1,0,1])
    return -n if R.random()<.5 else n
def t(f,*a):
    try: r=f(*a)
    except Exception as e: r=(type(e).__name__,str(e))
    return r
import operator as o
out=[]
for i in range(250):
    a,b=rint(),rint()
    if R.random()<.1: b=float(R.choice([b,0.5,1e300,1e-300,float('inf'),float('nan')])) if abs(b)<1<<1000 else b
    if R.random()<.05: a=bool(a&1)
    for f in (o.add,o.sub,o.mul,o.floordiv,o.mod,o.truediv,divmod,o.lt,o.eq,o.ge,o.and_,o.or_,o.xor):
        out.append(repr(t(f,a,b)))
    c=R.randrange(0,200)
    out.append(repr(t(o.lshift,a,c))); out.append(repr(t(o.rshift,a,c)))
    out.append(repr(t(pow,a,c%20))); 
    if isinstance(b,int): out.append(repr(t(pow,a,abs(b),abs(rint()))));out.append(repr(t(pow,a,b,rint())) if b<1<<70 else '')
    out.append(repr((hash(a),a.bit_length(),a.bit_count(),-a,~a,abs(a),str(a),hex(a),oct(a),bin(a),t(float,a),t(round,a,-R.randrange(0,30)),a.to_bytes(200,'big',signed=True),int.from_bytes(a.to_bytes(200,'little',signed=True),'little',signed=True)==a)))

print("\n".join(out))
