# SPDX-License-Identifier: MIT
# What _decimal answers to right and wrong calls: values, and errors word by word.
import copy
import math
import numbers
import pickle
import statistics
import fractions
import decimal as d
import decimal
from decimal import *

c = Context()


class E(Context):
    pass


EXPRESSIONS = r"""
Decimal(1,2)
Decimal(1,2,3)
Decimal(foo=1)
Decimal([])
Decimal({})
Decimal((1,2))
Decimal((1,2,3))
Decimal((0,(1,2),'x'))
Decimal((0,(1,2),'F'))
Decimal((0,(1,2),'n'))
Decimal((0,(1,11),0))
Decimal((0,(1,'a'),0))
Decimal((0,(),0))
Decimal((0,(),'N'))
Decimal((0,(0,0,1),'N'))
Decimal((2,(1,),0))
Decimal((0,(1,),1.5))
Decimal((0,(1,),10**30))
Decimal((0,[1],0))
Decimal([0,[1,2],0])
Decimal((0,3,0))
Decimal((True,(1,),0))
Decimal(('0',(1,),0))
Decimal(None)
Decimal(1j)
Decimal(b'1')
Decimal('1_000')
Decimal('_1_')
Decimal(' 1 ')
Decimal('1 1')
Decimal('\\u0661\\u0662')
Decimal('\\ud8001')
Decimal('1\\0')
Decimal('nan123')
Decimal('nan0123')
Decimal('-sNaN')
Decimal('infinity')
Decimal('infinit')
Decimal('1e9999999999999999999999')
Decimal('1e-9999999999999999999999')
Decimal('0e9999999999999999999999')
Decimal('0e-9999999999999999999999')
Decimal('1e1000000000000000000')
Decimal('1e999999999999999999')
Decimal('1e-1999999999999999997')
Decimal('1e-1999999999999999998')
Decimal('.')
Decimal('.e1')
Decimal('1.e1')
Decimal('+.5')
Decimal('--1')
Decimal(1.5)
Decimal(float('nan'))
Decimal(float('-inf'))
Decimal(True)
Decimal.from_float('x')
Decimal.from_float(1)
Decimal(10**50)
Decimal(1)+1.5
Decimal(1)<1.5
Decimal(1)==1.5
Decimal(1)<'a'
Decimal(1)<1j
Decimal(1)==1j
Decimal(1)==fractions.Fraction(1)
Decimal(1)<fractions.Fraction(3,2)
Decimal('nan')<1
Decimal('nan')==1
Decimal('snan')==1
hash(Decimal('snan'))
hash(Decimal('inf'))
hash(Decimal('-inf'))
int(Decimal('nan'))
int(Decimal('inf'))
float(Decimal('snan'))
float(Decimal('nan123'))
float(Decimal('inf'))
Decimal('nan').as_integer_ratio()
Decimal('inf').as_integer_ratio()
Decimal('3.140').as_integer_ratio()
Decimal('1e3').as_integer_ratio()
Decimal('-0').as_tuple()
Decimal('nan12').as_tuple()
Decimal('-inf').as_tuple()
Decimal('sNaN').as_tuple()
Decimal(1).compare(1.5)
Decimal(1).compare('x')
Decimal(1).compare()
Decimal(1).compare(1,2)
Decimal(1).compare(1,context=2)
Decimal(1).compare(1,context=None)
Decimal(1).compare(1,None)
Decimal(1).quantize(1,2,3,4)
Decimal('1.25').quantize(Decimal('.1'),'x')
Decimal('1.25').quantize(Decimal('.1'),3)
Decimal('1.25').to_integral(rounding='x')
Decimal('1.25').to_integral(3)
round(Decimal('2.5'))
round(Decimal('2.5'),1.5)
round(Decimal('2.55'),1)
round(Decimal('nan'))
round(Decimal('inf'))
round(Decimal('nan'),1)
round(Decimal(1),10**30)
round(Decimal(1),-10**30)
round(Decimal(1),10**18)
round(Decimal(1),-10**18)
pow(Decimal(2),3,5)
pow(Decimal(2),3,1.5)
pow(2,Decimal(3),5)
pow(2,3,Decimal(5))
pow(Decimal(4),Decimal('0.5'))
Decimal(2)**Decimal('0.5')
Decimal(2)**-3
Decimal(0)**0
Decimal(0)**-1
Decimal(-2)**Decimal('.5')
divmod(Decimal(7),3)
divmod(Decimal(7),0)
divmod(Decimal(0),0)
divmod(Decimal('inf'),3)
Decimal(7)%0
Decimal(0)%0
Decimal(1)/'a'
1.5+Decimal(1)
Decimal(1)<<1
abs(Decimal('-0'))
-Decimal('0')
+Decimal('-0')
bool(Decimal('nan'))
Decimal('nan').is_nan(1)
Decimal(1).is_normal(3)
Decimal(1).number_class(3)
Decimal('1').logical_and(2)
Decimal('101').rotate(1000)
Decimal('101').shift(1000)
Decimal('101').scaleb(10**20)
Decimal('1').to_eng_string(3)
Decimal('1').copy_sign()
Decimal('1').copy_sign(2,3)
Decimal(1).real
Decimal(1).imag
Decimal(1).__copy__()
Decimal(1).__deepcopy__(1)
Decimal(1).__complex__()
Decimal('nan').__complex__()
Decimal('snan').__complex__()
format(Decimal(1),1)
format(Decimal(1),'x')
format(Decimal('1234567.891'),',.2f')
format(Decimal('1234567.891'),'n')
format(Decimal('1234567.891'),'_.2f')
format(Decimal('1234567.891'),'z.2f')
format(Decimal('-0.001'),'z.2f')
format(Decimal('1234567.891'),'#.2f')
format(Decimal('1234567.891'),'020,.2f')
format(Decimal('1234567.891'),'<020.2f')
format(Decimal('nan'),'020')
format(Decimal('inf'),'020%')
format(Decimal('1.5'),'%')
format(Decimal('1.5'),'.0%')
format(Decimal('1.5'),'e')
format(Decimal('1.5'),'G')
format(Decimal('1.5'),'.0e')
format(Decimal('1.5'),'.0')
format(Decimal('1.5'),'.1000000000000000000000')
format(Decimal('1.5'),'10000000000000000000000')
format(Decimal('1.5'),'\\u20ac>10')
format(Decimal('1.5'),'\\0>10')
format(Decimal('1.5'),',n')
format(Decimal('1.5'),',,')
format(Decimal('1.5'),'=+10')
format(Decimal('1.5'),'^+10')
format(Decimal('1.5'),'F')
format(Decimal('1.5'),'\\ud800>10')
format(Decimal('1e1000'),'f')[:10]
format(Decimal('1e10'),',')
format(Decimal('1e-10'),',')
format(Decimal('1.5'),'N')
Context().divide(1)
Context().divide(1,2,3)
Context().divide(1,'x')
Context().divide(1,b=2)
Context().create_decimal()
Context().create_decimal([])
Context().create_decimal((0,(1,),0))
Context().create_decimal('1_0')
Context().create_decimal(' 1')
Context(prec=3).create_decimal('123456')
Context(prec=3).create_decimal(123456)
Context(prec=3).create_decimal(1.5)
Context(prec=3).create_decimal_from_float(1.2345)
Context(prec=3).create_decimal_from_float('x')
Context().power(2,3,mod=5)
Context().power(a=2,b=3,modulo=5)
Context().power(2)
Context().fma(1,2,3)
Context().compare(1,'1')
Context().is_nan(1.5)
Context().exp('x')
Context().is_infinite('x')
Context().copy_decimal(1.5)
Context().canonical(1)
Context().canonical(Decimal(1))
Context().to_sci_string(1)
Context().quantize(Decimal(1),Decimal('.01'))
Context().number_class(1)
Context().same_quantum(1,2)
Context().clear_traps()
Context().radix()
Context().abs()
Decimal(1).radix()
Decimal('1').adjusted()
Decimal('0').adjusted()
Decimal('nan').adjusted()
Decimal(1).fma(2)
Decimal(1).fma(2,'x')
Decimal(1).next_toward(3, context=3)
Decimal(1).sqrt(3)
Decimal(2).sqrt()
Decimal(-2).sqrt()
Decimal(2).exp()
Decimal(2).ln()
Decimal(0).ln()
Decimal(2).log10()
Decimal(2).logb()
Decimal(-1).ln()
Decimal(2).from_float(.1)
Decimal(2)//1.5
Decimal.__add__(Decimal(1),'x')
Decimal.__new__(int)
Decimal('9'*30)+0
+Decimal('1e99999999')
Decimal('1e999999')*10
Decimal('sNaN')+1
Decimal('sNaN123').sqrt()
Decimal(2)**Decimal('1e400')
Decimal('1e300000')**100
Decimal('1').__ceil__()
Decimal('1e30').__trunc__()
Decimal('-1.5').__floor__()
Decimal('nan').__floor__()
Decimal('inf').__ceil__()
str(Decimal('1e5'))
str(Decimal('0e5'))
str(Decimal('0e-7'))
Decimal('123e-2').to_eng_string()
Decimal('0e-7').to_eng_string()
Decimal('1').__format__('.2f', 'x')
Decimal('1').__format__('.2f', {'decimal_point':',','thousands_sep':'.','grouping':'\\3'})
Decimal('12345').__format__('n', {'decimal_point':',','thousands_sep':'.','grouping':'\\3'})
Decimal('12345').__format__('n', {'decimal_point':1})
Decimal('12345').__format__('n', {'grouping':1})
getcontext().flags
E(prec=3)
E(prec=3).copy()
E().__reduce__()
localcontext(1)
localcontext(foo=1)
localcontext(prec=0)
localcontext(BasicContext).__enter__()
localcontext(flags=[Inexact]).__enter__()
c.create_decimal(1,2)
Context.create_decimal()
c.copy(1)
c.Etiny(1)
c.power()
c.divmod(7,3)
c.add(1)
c.add(x=1,y=2)
c.fma(1,2)
c.create_decimal(x=1)
c._apply(1)
c._apply(Decimal(1)/3)
c.is_normal('x')
c.is_canonical(1)
c.copy_abs(-1)
c.to_sci_string('x')
c.logb(1.5)
c.same_quantum(1)
c.canonical()
c.quantize(1)
c.compare_total(1,1.5)
Decimal(1).compare_total(other=1)
Decimal(1).same_quantum(1,context=1)
Decimal(1).fma(1,1,1)
Decimal(1).exp(1,2)
Decimal(1).exp(x=2)
Decimal(1).to_integral(ROUND_UP,None)
Decimal(1).quantize()
Decimal(1).quantize(1.5)
Decimal.from_float()
Decimal.from_float(1,2)
Decimal(1).__round__(1,2)
Decimal(1).__format__()
Decimal(1).__format__(1)
Decimal(1).__format__('',{},1)
Decimal(1).__format__(fmt='')
Decimal(value=1)
Decimal(1,context=None)
Decimal(1,value=2)
getcontext(1)
setcontext()
setcontext(1,2)
Context(1,prec=2)
Context(traps=[Inexact],flags=[Rounded])
Context(traps=Context().flags)
Context(traps={**Context().flags})
Context(1,2)
Context(Emin='x')
Context(Emax=10**19)
Context(prec=10**18)
Context(Emin=-10**18)
Decimal(1).__complex__(1)
Decimal('nan').__round__()
Decimal(2)**2.5
2.5**Decimal(2)
Decimal(1)%'a'
divmod(Decimal(1),'a')
divmod('a',Decimal(1))
Decimal(1)//1.5
Decimal(1)-None
-Decimal('snan')
Decimal('1').compare_signal(Decimal('nan'))
Decimal('nan').compare(1)
Decimal('12').scaleb(Decimal('1.5'))
Decimal('12').next_toward('x')
Decimal(1).number_class()
Decimal('snan').number_class()
[Decimal(x).number_class() for x in ('nan','-inf','-1','-1e-1000000','-0','0','1e-1000000','1','inf')]
Decimal(12345).shift(2)
Decimal(1.5).__reduce__()
copy.copy(Decimal(1))
Decimal(1).__deepcopy__()
math.floor(Decimal('-1.5'))
math.trunc(Decimal('-1.5'))
math.ceil(Decimal('-1.5'))
math.sqrt(Decimal(4))
statistics.mean([Decimal(1),Decimal(2)])
sum([Decimal(1),2,3])
'%s %r %d'%(Decimal(1),Decimal(1),Decimal('1.5'))
'%.2f'%Decimal('1.005')
isinstance(Decimal(1),numbers.Number)
Decimal.__subclasses__()
pickle.loads(pickle.dumps(Decimal('1.50')))
pickle.loads(pickle.dumps(Context(prec=5,traps=[Inexact])))
Decimal((0,(1,2,3),-2))
DecimalTuple(1,(2,),3)
Decimal(DecimalTuple(1,(2,),3))
Context().to_integral_value(Decimal('2.5'))
Decimal('2.5').to_integral_exact(rounding=ROUND_UP)
Context(prec=3).plus(Decimal('1.2345'))
Context().compare_signal(1,2)
HAVE_THREADS
type(localcontext()).__name__
"""


def show(text):
    try:
        print(text, "->", repr(eval(text)))
    except BaseException as error:
        print(text, "->", type(error).__name__, error)


for line in EXPRESSIONS.strip().splitlines():
    show(line)

# ---- setting fields, signals
c, spare = Context(prec=5), Context()
for name in ["prec", "Emin", "Emax", "capitals", "clamp", "rounding", "flags", "traps", "foo"]:
    for value in (-1, 10 ** 30, "x", None, 1.5, 1 << 20, [], {}, ROUND_UP, spare.flags):
        try:
            setattr(c, name, value)
            print(name, value, "->", c)
        except Exception as error:
            print(name, value, "->", type(error).__name__, error)
    try:
        delattr(c, name)
    except Exception as error:
        print(name, "->", type(error).__name__, error)

kept, other = Context(traps=[]), Context() # contexts keep what they show
f = kept.flags
for key, value in [(1, 2), (Inexact, "x"), (Inexact, 0), (Rounded, 3), (InvalidOperation, 1)]:
    try:
        f[key] = value
    except Exception as error:
        print(type(error).__name__, error)
    print(f)
for line in ["f[1]", "f[Rounded]", "len(f)", "list(f)", "f.copy()", "f == {}", "f == f.copy()", "f.copy() == f", "f < f", "f == 1", "f.clear()",
             "f.pop(Inexact)", "f.get(1)", "f.get(Rounded)", "f.update({})", "hash(f)", "f.x", "f.__delitem__(Inexact)", "f.items()"]:
    show(line)

# ---- subclasses, identity
class D2(Decimal):
    def __new__(cls, *args):
        return super().__new__(cls, *args)


x = D2("1.5")
for line in ["x + 1", "x.__copy__()", "round(x, 1)", "D2.from_float(1.5)", "+x", "x.conjugate()", "x.real", "x.canonical()", "x.copy_abs()", "D2(x)",
             "Decimal(x)", "x.max(0)", "pickle.loads(pickle.dumps(x))", "copy.deepcopy(x)"]:
    print(line, type(eval(line)), eval(line))
a = Decimal(1)
print([Decimal(a) is a, a.__copy__() is a, a.conjugate() is a, a.real is a, a.canonical() is a, (+a) is a, a.copy_abs() is a, D2(a) is a])
print([bool(Decimal(v)) for v in ("nan", "snan", "0", "-0", "0e5", "1")])

# ---- floats
getcontext().traps[FloatOperation] = True
for line in ["Decimal(1) == 1.5", "Decimal(1) < 1.5", "Decimal(1.5)", "Decimal.from_float(1.5)", "Decimal(1) != 1.5", "Context().create_decimal(1.5)",
             "Decimal(1) == 1j", "getcontext().create_decimal(1.5)", "getcontext().create_decimal_from_float(1.5)", "Decimal(1) < float('nan')",
             "hash(Decimal('1.5')) == hash(1.5)", "getcontext()"]:
    show(line)

# ---- contexts of their own
setcontext(Context(prec=4))
with localcontext(prec=2) as inner:
    print(Decimal(1) / 3, inner is getcontext())
    with localcontext(ExtendedContext) as second:
        print(Decimal(1) / 3, Decimal(1) / 0, second)
    print(Decimal(1) / 3)
print(Decimal(1) / 3, getcontext())
setcontext(DefaultContext)
print(getcontext() is DefaultContext, getcontext())


# ---- what runs, or does not run, in the middle of an operation
class Changing:
    denominator = 2

    @property
    def numerator(self):
        for precision in range(1, 60):
            setcontext(Context(prec=precision))
        return 1


numbers.Rational.register(Changing)
before = Context(prec=99, traps=[])
setcontext(before)
print(Decimal("sNaN") < Changing(), before.flags[InvalidOperation], getcontext().flags[InvalidOperation], getcontext().prec)


class Items(tuple):
    def __iter__(self):
        raise ValueError("not to be asked")


class ItemList(list):
    __iter__ = Items.__iter__


print(Decimal(Items((0, (1, 2), 3))), Decimal(ItemList([1, [1, 2], -1])), Decimal((0, ItemList([5]), 0)))
print(Context(flags=ItemList([Rounded])).flags[Rounded])
setcontext(Context(Emax=MAX_EMAX, Emin=MIN_EMIN, prec=9))
for a in ("1", "1.0", "-1.00"):
    print([Decimal(a) ** Decimal(b) for b in ("1E+3", "1E+999999999999", "123456789012345678901", "-1E+999999999999")], getcontext().flags[Rounded])
