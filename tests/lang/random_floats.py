# SPDX-License-Identifier: MIT
# Seeded random floats: arithmetic, rounding, hexadecimal, format specifications, % formats, parsing.
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


R=Random(7)
def t(f,*a,**k):
    try: r=f(*a,**k)
    except Exception as e: r=(type(e).__name__,str(e))
    return r
def rf():
    c=R.randrange(9)
    if c==0: x=R.uniform(-1,1)
    elif c==1: x=R.uniform(-1e6,1e6)
    elif c==2: x=R.uniform(-10,10)*10.0**R.randrange(-300,300)
    elif c==3: x=float(R.randrange(-10**6,10**6))/1000
    elif c==4: x=float(R.getrandbits(R.randrange(1,70)))
    elif c==5: x=R.choice([0.0,-0.0,float('inf'),float('-inf'),float('nan'),5e-324,1.7976931348623157e308,2.2250738585072014e-308,0.5,1.5,2.5,0.1,1e16,1e15,123456789012345678.0,1e22,1e23,9007199254740993.0, 0.05,0.15,2.675,1e-5,1e-4,0.0001])
    elif c==6: x=R.getrandbits(53)*2.0**R.randrange(-1074,960)
    else: x=R.randrange(1,1000)/2**R.randrange(0,10)
    return -x if R.random()<.5 else x
for i in range(700):
    x=rf()
    s='%r %s %s %s %s'%(x,t(round,x,R.randrange(-5,12)),t(round,x),t(x.hex),t(x.as_integer_ratio))
    s+=' %r'%(t(float,repr(x)),)
    s+=' %r'%(t(float.fromhex,x.hex()),)
    s+=' %d %r'%(0 if x!=x else hash(x), x.is_integer())
    s+=' %r %r'%(t(int,x),(x>0, x==int(x) if abs(x)<1e308 else None))
    y=rf()
    for f in ('__add__','__sub__','__mul__','__truediv__','__floordiv__','__mod__','__divmod__','__pow__','__lt__','__eq__'):
        s+=' %r'%(t(getattr(x,f),y),)
    s+=' %r'%(t(pow,x,R.randrange(-5,6)),)
    print(s)
fill =['','0','x','é','€']; 
for i in range(1500):
    x=R.choice([rf,lambda:R.getrandbits(R.randrange(1,100))-(1<<40),lambda:R.randrange(-1000,1000),lambda: complex(rf(),rf()),lambda:'abcé'[:R.randrange(5)]])()
    sp=''
    if R.random()<.5:
        if R.random()<.5: sp+=R.choice(['x','0','é','<','€','=','+'])
        sp+=R.choice('<>=^')
    if R.random()<.3: sp+=R.choice('+- ')
    if R.random()<.1: sp+='z'
    if R.random()<.2: sp+='#'
    if R.random()<.2: sp+='0'
    if R.random()<.6: sp+=str(R.randrange(0,40))
    if R.random()<.3: sp+=R.choice(',_')
    if R.random()<.4: sp+='.'+str(R.randrange(0,20))
    if R.random()<.8: sp+=R.choice('bcdeEfFgGnosxX%')
    print(repr(x),repr(sp),ascii(t(format,x,sp)))
for i in range(700):
    x=R.choice([rf,lambda:R.getrandbits(R.randrange(1,100))-(1<<40),lambda:R.randrange(-1000,1000),lambda:'abcé€'[:R.randrange(6)]])()
    sp='%'+''.join(R.choice('-+ #0') for _ in range(R.randrange(3)))
    if R.random()<.6: sp+=str(R.randrange(0,30))
    if R.random()<.4: sp+='.'+str(R.randrange(0,20))
    sp+=R.choice('dioxXueEfFgGcrsa')
    print(repr(x),repr(sp),ascii(t(lambda:sp%x)),ascii(t(lambda:sp.encode()%x)))
for i in range(700):
    s=R.choice(['','+','-',' '])+''.join(R.choice('0123456789._e+-infa') for _ in range(R.randrange(1,12)))+R.choice(['',' ','\n','j'])
    print(repr(s),t(float,s),t(int,s),t(complex,s),t(int,s,16), t(float.fromhex,s), t(float,s.encode()))
    d=''.join(str(R.randrange(10)) for _ in range(R.randrange(1,40)))
    d=d[:R.randrange(len(d)+1)]+'.'+d
    s=d+'e'+str(R.randrange(-340,320))
    print(s,t(float,s))
    s='0x'+''.join(R.choice('0123456789abcdef') for _ in range(R.randrange(1,30)))+'.'+''.join(R.choice('0123456789abcdef') for _ in range(R.randrange(0,30)))+'p'+str(R.randrange(-1200,1200))
    print(s,t(float.fromhex,s))
