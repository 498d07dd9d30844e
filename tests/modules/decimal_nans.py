# Which NaN comes out of three: what signals stands first, then the first that is quiet.
import itertools
from decimal import Context, Decimal, getcontext, setcontext

setcontext(Context(traps=[]))
context = getcontext()
values = [Decimal(x) for x in ("1", "2", "NaN1", "-NaN2", "sNaN3", "-sNaN4", "Inf")]
for three in itertools.product(values, repeat=3):
    for function in context.power, context.fma:
        context.clear_flags()
        result = function(*three)
        print(function.__name__, *three, result, [signal.__name__ for signal, on in context.flags.items() if on])
