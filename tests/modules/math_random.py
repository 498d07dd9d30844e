# SPDX-License-Identifier: MIT
# Seeded random arguments through all of math.
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


import math
R=Random(3)
def t(f,*a,**k):
    try: r=f(*a,**k)
    except Exception as e: r=(type(e).__name__,str(e))
    return r
def rf():
    c=R.randrange(8)
    if c==0: x=R.uniform(-1,1)
    elif c==1: x=R.uniform(-200,200)
    elif c==2: x=R.uniform(-10,10)*10.0**R.randrange(-300,300)
    elif c==3: x=float(R.randrange(-200,200))
    elif c==4: x=R.uniform(-5,5)
    elif c==5: x=R.choice([0.0,-0.0,float('inf'),float('-inf'),float('nan'),5e-324,1.7976931348623157e308,1e-310,-1e-310,1.0,-1.0,0.5])
    elif c==6: x=R.randrange(-50,50)/2
    else: x=R.uniform(-20,20)
    return x
fs=[f for f in dir(math) if f in 'acos acosh asin asinh atan atanh cbrt ceil cos cosh degrees erf erfc exp exp2 expm1 fabs floor frexp gamma isfinite isinf isnan lgamma log log10 log1p log2 modf radians sin sinh sqrt tan tanh trunc ulp'.split()]
for i in range(600):
    x=rf(); y=rf()
    o=[x,y]+[t(getattr(math,f),x) for f in fs]
    o+=[t(getattr(math,f),x,y) for f in ('atan2','copysign','fmod','hypot','isclose','log','nextafter','pow','remainder')]
    v=[rf() for _ in range(R.randrange(7))]
    w=[rf() for _ in v]
    u=[R.uniform(-1,1)*10.0**R.randrange(-5,5) for _ in range(R.randrange(12))]
    o+=[t(math.hypot,*v),t(math.dist,v,w),t(math.fsum,v),t(math.fsum,u),t(math.hypot,*u),t(math.prod,u),t(math.ldexp,x,R.randrange(-1200,1200))]
    n=R.getrandbits(R.randrange(1,12)); k=R.getrandbits(R.randrange(1,9)); m=R.getrandbits(R.randrange(1,200))
    o+=[t(math.comb,n,k),t(math.perm,n,k),t(math.factorial,k),t(math.isqrt,m),t(math.gcd,m,n,k),t(math.lcm,m,n),t(math.log,m),t(math.log2,m),t(math.log10,m),t(math.comb,m,k%10),t(math.perm,m,k%20)]
    print(repr(o))
