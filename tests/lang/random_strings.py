# SPDX-License-Identifier: MIT
# Seeded random texts and bytes of mixed kinds through their methods, and codecs with every error handler.
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


R=Random(11)
def t(f,*a,**k):
    try: r=f(*a,**k)
    except Exception as e: r=(type(e).__name__,str(e))
    return r
alph=['ab','ab ','aAbB1 ','abé','ab€ \u3000','a\U0001f600b','a\n\r\x0b\x1c\u2028 ',  'ßǅΣσςİıŉﬁẞ','\t a','٣²½Ⅷ','xX_0é','\ud800a']
def rs(n=12):
    A=R.choice(alph)
    return ''.join(R.choice(A) for _ in range(R.randrange(n)))
m0='capitalize casefold isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper lower lstrip rstrip strip split rsplit splitlines swapcase title upper __repr__ __len__ __hash__'.split()
for i in range(700):
    s=rs(20); u=rs(4); v=rs(4); n=R.randrange(-2,15); k=R.randrange(-25,25); j=R.randrange(-25,25)
    o=[s,u,v,n,k,j]
    if i%3==0: o+=[t(getattr(s,m)) for m in m0 if m!='__hash__']
    o+=[t(s.find,u),t(s.rfind,u),t(s.find,u,k,j),t(s.rfind,u,k,j),t(s.index,u,k),t(s.count,u),t(s.count,u,k,j),t(s.replace,u,v),t(s.replace,u,v,n),t(s.split,u),t(s.split,u,n),t(s.rsplit,u,n),t(s.split,None,n),t(s.rsplit,None,n),t(s.partition,u),t(s.rpartition,u),t(s.strip,u),t(s.lstrip,v),t(s.rstrip,u),t(s.startswith,u),t(s.endswith,u),t(s.startswith,(u,v),k,j),t(s.endswith,(u,v),k,j),t(s.removeprefix,u),t(s.removesuffix,u),t(s.center,n),t(s.center,n,'€'),t(s.ljust,n,'x'),t(s.rjust,n,'é'),t(s.zfill,n),t(s.expandtabs,n),t(s.splitlines,True),t(u.join,[s,v,s]),s*n,s[k:j],s[k:j:R.choice([-3,-2,-1,1,2,3])],t(lambda:s[k]),u in s,s<u,s==u,s+u,t(s.encode,'utf-8','replace'),t(s.encode),t(s.encode,'ascii','xmlcharrefreplace'),t(s.encode,'latin-1','backslashreplace'),t(s.encode,'utf-16-le','surrogatepass'),t(s.encode,'ascii','ignore'),t(s.encode,'utf-8','surrogateescape'),t(s.encode,'ascii','namereplace'), t(s.encode,'utf-7'), t(s.encode,'unicode_escape'),t(s.encode,'utf-32'),t(s.encode,'cp1252'), t(s.encode,'cp437','replace'),t(s.encode,'raw_unicode_escape')]
    print(ascii(o))
balph=[b'ab',b'ab ',b'aAbB1 ',bytes(range(256)),b'\t\n\r\x0b\x0c a',b'ab\xe9\xff',b'\xe2\x82\xac\xf0\x9f\x98a', b'+-0 1']
def rb(n=12):
    A=R.choice(balph)
    return bytes(R.choice(A) for _ in range(R.randrange(n)))
m1='capitalize isalnum isalpha isascii isdigit islower isspace istitle isupper lower lstrip rstrip strip split rsplit splitlines swapcase title upper __repr__ __len__ hex'.split()
for i in range(700):
    s=rb(20); u=rb(4); v=rb(4); n=R.randrange(-2,15); k=R.randrange(-25,25); j=R.randrange(-25,25)
    if i%2: s=bytearray(s)
    o=[s,u,v,n,k,j]
    if i%3==0: o+=[t(getattr(s,m)) for m in m1]
    o+=[t(s.find,u),t(s.rfind,u),t(s.find,u,k,j),t(s.rfind,u,k,j),t(s.index,u,k),t(s.count,u),t(s.count,u,k,j),t(s.replace,u,v),t(s.replace,u,v,n),t(s.split,u),t(s.split,u,n),t(s.rsplit,u,n),t(s.split,None,n),t(s.rsplit,None,n),t(s.partition,u),t(s.rpartition,u),t(s.strip,u),t(s.lstrip,v),t(s.rstrip,u),t(s.startswith,u),t(s.endswith,u),t(s.startswith,(u,v),k,j),t(s.endswith,(u,v),k,j),t(s.removeprefix,u),t(s.removesuffix,u),t(s.center,n),t(s.center,n,b'x'),t(s.ljust,n,b'x'),t(s.rjust,n,b'y'),t(s.zfill,n),t(s.expandtabs,n),t(s.splitlines,True),t(u.join,[s,v,s]),s*n,s[k:j],s[k:j:R.choice([-3,-2,-1,1,2,3])],t(lambda:s[k]),u in s,s<u,s==u,s+u,t(s.find,k*10),t(lambda:k*10 in s),t(s.hex,':',n),t(s.translate,bytes(range(255,-1,-1)),u),t(s.translate,None,u),t(bytes.fromhex,s.hex(' ') if s else '')]
    for enc in ('utf-8','ascii','utf-16','utf-16-be','utf-32','utf-7','unicode_escape','raw_unicode_escape','cp1252','cp437'):
        for err in ('strict','replace','backslashreplace','surrogateescape','ignore','surrogatepass','nope'):
            if i%7==0: o.append(t(s.decode,enc,err))
    print(ascii(o))
