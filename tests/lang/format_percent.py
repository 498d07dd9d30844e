# SPDX-License-Identifier: MIT
# The % operator of str and bytes: conversions and errors.
def t(f,a):
    try: print(repr(f),repr(a),repr(f%a))
    except BaseException as e: print(repr(f),repr(a),type(e).__name__, e)
for f in ['%','%d','%s','%5','%(','%(a','%(a)','%(a)d','%(a','%z','%*d','%.*d','%5%','%é','%c','%x','%f','%i %d','%(a(b)c)s','%.','%-','%99999999999999999999d','%.99999999999999999999d','%ld','%hd','%Ld','%lld','%b','%a','%r','%\x01', '%#x','%#o','%#X','%#d','%.5d','%.5x','%#.5x','%08.5d','%-8.5dx','%+d','% d','%+ d','%08d','%-08d|','%+08d','%#08x','%-#08x|','%.0f','%#.0f','%5.1e','%G','%%']:
    for a in (5,-5,'a',(),(1,2),{'a':3},3.7,[1],None,(3,4,5),('x',),{'a(b)c':1}, 10**20):
        t(f,a)
        t(f.encode('latin-1'),a)
t(b'%s','a');t(b'%s',b'a');t(b'%b',bytearray(b'x'));t(b'%(a)s',{b'a':b'v'});t(b'%(a)s',{'a':b'v'});t(b'%c',b'a');t(b'%c',256);t(b'%c',b'ab');t(b'%a','é');t(b'%r',b'x');t(b'%.2s',b'abc');t(b'%5s',b'abc')
t('%c','ab');t('%c',0x110000);t('%c',-1);t('%c',1<<70);t('%*d',(5,3));t('%*d',('a',3));t('%*d',(1<<70,3));t('%.*f',(-2,3.14159));t('%-*d|',(-5,3));t('%s %s',(1,));t('%d',True);t('%x',True);t('%s',True);t('%5s','é€');t('%d',1e400);t('%d',float('nan'));t('%f','x');t('%f',10**400)
t('%d', '5'); t('%x', 5.0); t('%o', 'x'); t('%e', None)
