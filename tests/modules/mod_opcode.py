# SPDX-License-Identifier: MIT
"""dis and _opcode."""
import dis, _opcode
def f(a, b=1):
    for i in range(a):
        try:
            yield i + b
        except ValueError as e:
            print(e)
    return [x for x in a if x]
def tr(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
for op in range(256):
    for arg in (None, 0, 1, 5):
        for j in (None, True, False): 
            try: r = _opcode.stack_effect(op, arg, jump=j)
            except ValueError as e: r = str(e)
            print(op, arg, j, r)
tr(lambda: _opcode.stack_effect(100, 0, jump=1)); tr(lambda: _opcode.stack_effect(1000, 0))
