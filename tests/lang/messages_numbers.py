# SPDX-License-Identifier: MIT
# Messages and edge cases of int and float.
def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__, e)
t(lambda: str(10**4300)); t(lambda: int('1'*4301)); t(lambda: int('1'*4301,5)); t(lambda: len(hex(10**10000)))
t(lambda: int('1_'*4301+'1'))
t(lambda: 1<<(1<<64)); t(lambda: 1<<(1<<62)); t(lambda: 1<<-1); t(lambda: 0<<(1<<100)); t(lambda: 1>>(1<<100)); t(lambda: -1>>(1<<100)); t(lambda:1>>-1)
t(lambda: pow(2,-1)); t(lambda: pow(0,-1)); t(lambda: pow(2,-1,4)); t(lambda: pow(2,3,0)); t(lambda: pow(2,-1,-7)); t(lambda: pow(10**400,-1))
t(lambda: 1/0); t(lambda: 1//0); t(lambda: 1%0); t(lambda: divmod(1,0)); t(lambda: 10**400/1); t(lambda: 1.0/0); t(lambda:1.0//0); t(lambda:1.0%0); t(lambda: divmod(1.0,0)); t(lambda: 0.0**-1)
t(lambda: float(10**400)); t(lambda: 10**400*1.0);t(lambda: 2.0**10000); t(lambda: (-8)**0.5)
t(lambda: int('x')); t(lambda: int('0x1',10)); t(lambda: int('1',1)); t(lambda: int('1', 37)); t(lambda: int(1,2)); t(lambda: int(b'12')); t(lambda: int(b'1x')); t(lambda: int('1\0')); t(lambda: int([])); t(lambda: int('012',0)); t(lambda:int('0',0)); t(lambda:int('00',0)); t(lambda: int('0_1')); t(lambda: int('1__1')); t(lambda: int('٣٤'))
t(lambda: int(base=3)); t(lambda: int(x=3)); t(lambda: int('3',base=10)); t(lambda: int(3.0)); t(lambda: int(float('nan'))); t(lambda: int(float('inf'))); t(lambda: int(None)); t(lambda: int('  12  ')); t(lambda: int('\ud800')); t(lambda: int('é')); t(lambda: int('x'*300)); t(lambda: int(bytearray(b'77'))); t(lambda: int(memoryview(b'77')))
t(lambda: int('1','2')); t(lambda: int('1',1<<100)); t(lambda: bool('a','b')); t(lambda: bool(x=1)); t(lambda: int(1,2,3))
import sys
t(lambda: sys.set_int_max_str_digits(5)); t(lambda: sys.int_info); t(lambda: sys.float_info); t(lambda: sys.hash_info)
t(lambda: (1).to_bytes(0,'big')); t(lambda: (256).to_bytes(1,'big')); t(lambda: (-1).to_bytes(1,'big')); t(lambda: (1).to_bytes(-1,'big')); t(lambda:(1).to_bytes(1,'x')); t(lambda:int.from_bytes('s','big')); t(lambda:int.from_bytes(b's','x')); t(lambda:int.from_bytes([1,2],'big'));t(lambda:int.from_bytes([1,256],'big')); t(lambda:(-300).to_bytes(1,'big',signed=True)); t(lambda: (5).to_bytes()); t(lambda: int.from_bytes(b'\1\2'))
t(lambda: round(12345,-2)); t(lambda: round(15,-1)); t(lambda: round(25,-1)); t(lambda: round(1,'a')); t(lambda: (1).__round__(None)); t(lambda: round(2.5)); t(lambda: round(2.675,2)); t(lambda: round(1e300,400)); t(lambda: round(1.7e308,-308)); t(lambda: round(float('nan'))); t(lambda: round(1.0,'x'))
t(lambda: 1+'a'); t(lambda: (1).__add__('a')); t(lambda: 1 .__pow__(2,3)); t(lambda: (2).__pow__(2.0)); t(lambda: (2).__rpow__(2,3)); t(lambda: pow(2,2,3.0)); t(lambda: pow(2.0,2,3))
least = -2**63
t(lambda: 'x' * least); t(lambda: 'x'.__mul__(least)); t(lambda: [1].__mul__(least - 1)); t(lambda: [][least]); t(lambda: b'a'.find(b'', least - 1)); t(lambda: 'a'.center(least)); t(lambda: 'a'.center(2**63)); t(lambda: [].insert(least, 1)); t(lambda: [].insert(least - 1, 1))
for count in 2**64, 6 * 10**19, 7 * 10**19, 10**20, 2**70: t(lambda: 1 << count); t(lambda: 0 << count); t(lambda: -5 >> count)
