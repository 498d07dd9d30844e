# SPDX-License-Identifier: MIT
# Special values and seeded random ones through cmath and complex arithmetic.
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


import cmath
R=Random(3)
def t(f,*a,**k):
    try: r=f(*a,**k)
    except Exception as e: r=(type(e).__name__,str(e))
    return r
def rf():
    c=R.randrange(7)
    if c==0: x=R.uniform(-1,1)
    elif c==1: x=R.uniform(-200,200)
    elif c==2: x=R.uniform(-10,10)*10.0**R.randrange(-300,300)
    elif c==3: x=float(R.randrange(-2,3))
    elif c==4: x=R.uniform(-5,5)
    elif c==5: x=R.choice([0.0,-0.0,float('inf'),float('-inf'),float('nan'),5e-324,1.7976931348623157e308,1e-310,-1e-310,1.0,-1.0,0.5,1000.0,-1000.0])
    else: x=R.uniform(-1000,1000)
    return x
sp=[0.0,-0.0,1.0,-1.0,2.5,float('inf'),float('-inf'),float('nan'),1e308]
fs='acos acosh asin asinh atan atanh cos cosh exp isfinite isinf isnan log log10 phase polar sin sinh sqrt tan tanh'.split()
zs=[complex(a,b) for a in sp for b in sp]+[complex(rf(),rf()) for _ in range(500)]
for z in zs:
    w=complex(rf(),rf())
    o=[z,w]+[t(getattr(cmath,f),z) for f in fs]+[t(cmath.log,z,w),t(cmath.rect,z.real,z.imag),t(cmath.isclose,z,w),t(lambda:z*w),t(lambda:z/w),t(lambda:z**w),t(lambda:z**R.randrange(-5,8)),t(abs,z),repr(z),z.conjugate(),t(complex,repr(z)),-z,z==w]
    if z==z: o+=[hash(z)]
    print(repr(o))
