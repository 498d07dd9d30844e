# SPDX-License-Identifier: MIT
"""Binary operators: reflected methods, subclass priority, NotImplemented, in-place fallback, comparisons, error texts."""
log = []


def make(name, bases=(), **methods):
    def method(kind, result):
        def m(self, *other):
            log.append(f"{name}.{kind}")
            return result
        return m
    return type(name, bases, {f"__{k}__": method(k, v) for k, v in methods.items()})


A = make("A", add="A+", radd="+A", mul=NotImplemented, eq=NotImplemented, lt="A<")
B = make("B", radd="+B", rmul="*B", gt="B>", eq="B==")
SubA = make("SubA", (A,), radd="+SubA", gt="SubA>")
SubPlain = make("SubPlain", (A,))
a, b, s, p = A(), B(), SubA(), SubPlain()
for expression in ("a + b", "b + a", "a + 1", "1 + a", "a * b", "a + s", "s + a", "a + p", "p + a", "a < b", "b > a", "a < s", "a == b", "b == a", "a == 1", "a != b", "1 + b", "a * 5", "b + 1", "a - b", "a < 1", "1 > a", "a > b"):
    log.clear()
    try:
        result = eval(expression)
    except TypeError as e:
        result = f"TypeError {e}"
    print(expression, "->", result, log)


class InPlace:
    def __init__(self, v):
        self.v = v

    def __iadd__(self, o):
        if o == "no":
            return NotImplemented
        self.v += o
        return self

    def __add__(self, o):
        return InPlace(f"{self.v}+{o}")

    def __sub__(self, o):
        return "sub"


i = same = InPlace(1)
i += 5
print(i.v, i is same)
i += "no"
print(i.v, i is same)
i -= 1
print(i)
for expression in ("1 + 'a'", "'a' + 1", "[] + ()", "() + []", "{} | []", "1 - 'a'", "'a' * 'b'", "1 @ 2", "1 // 'a'", "'a' % 1", "1 % 'a'", "2 ** 'x'", "1 << 'x'", "1 & 1.0", "1 | None", "None + 1", "1 < 'a'", "'a' >= 1", "[] < ()", "{} < {}", "1j < 2", "None < None", "-'a'", "+[]", "~1.0", "not_defined + 1", "object() + object()", "(1).__add__('a')", "(1.5).__radd__(2)", "int.__add__('a', 1)", "1 .__lt__('a')", "divmod('a', 1)", "pow('a', 2)", "pow(2, 'a', 5)", "print >> 1", "1 in 5", "[] * []", "[] * 1.0", "'%d' % None", "b'a' + 'a'", "{1} - [1]", "type + type", "len + 1"):
    try:
        print(expression, "->", eval(expression))
    except (TypeError, NameError) as e:
        print(expression, "->", type(e).__name__, e)
for statement in ("x = 1; x += 'a'", "x = []; x += 5", "x = 'a'; x -= 1", "x = 1; x @= 2", "x = None; x *= 2", "x = (1,); x += [2]", "x = []; x *= 'a'", "x = {}; x |= 5", "x = {1}; x |= [1]", "x = 1; x <<= -1", "x = 1.5; x //= 0", "x = 5; x %= 0", "x = 2; x **= -1; print(x)", "x = [1]; x *= 3; print(x)", "x = 'a'; x *= 3; print(x)"):
    try:
        exec(statement)
    except (TypeError, ValueError, ZeroDivisionError) as e:
        print(statement, "->", type(e).__name__, e)


class Num:
    def __init__(self, v):
        self.v = v

    def _op(name):
        def f(self, *o):
            return f"{name}({self.v}{''.join(',' + str(getattr(x, 'v', x)) for x in o)})"
        return f

    for _n in "add sub mul truediv floordiv mod pow lshift rshift and or xor matmul divmod radd rsub rmul rtruediv rfloordiv rmod rpow rlshift rrshift rand ror rxor rmatmul rdivmod neg pos invert abs lt le gt ge".split():
        locals()[f"__{_n}__"] = _op(_n)
    __eq__ = _op("eq")
    __ne__ = _op("ne")
    __hash__ = None


x, y = Num(1), Num(2)
print(x + y, x - y, x * y, x / y, x // y, x % y, x ** y, x << y, x >> y, x & y, x | y, x ^ y, x @ y, divmod(x, y), pow(x, y), pow(x, y, 3))
print(5 + x, 5 - x, 5 * x, 5 / x, 5 // x, 5 % x, 5 ** x, 5 << x, 5 >> x, 5 & x, 5 | x, 5 ^ x, 5 @ x, divmod(5, x), -x, +x, ~x, abs(x), x < y, x <= y, x > y, x >= y, x == y, x != y, 5 < x, 5 == x)


class Cmp:
    def __init__(self, v):
        self.v = v

    def __lt__(self, o):
        return NotImplemented

    def __eq__(self, o):
        return NotImplemented if not isinstance(o, Cmp) else self.v == o.v


c = Cmp(1)
print(c == 5, c != 5, c == Cmp(1), c != Cmp(1), c in [5, Cmp(1)], [c] == [Cmp(1)], (c, 2) == (Cmp(1), 2), [c].index(Cmp(1)), [c].count(Cmp(1)))
try:
    c < Cmp(2)
except TypeError as e:
    print(e)


# operator.iconcat of a sequence that has no more than __iadd__.
import operator


class Adds:
    def __iadd__(self, other): return "iadd"
    def __getitem__(self, index): return 5


print(operator.iconcat(Adds(), Adds()))
try:
    operator.concat(Adds(), Adds())
except TypeError as error:
    print(error)


# What an __init_subclass__ that nobody defined says.
for call in lambda: object.__init_subclass__(1), lambda: Adds.__init_subclass__(x=1), lambda: type("C", (Adds,), {}, x=1):
    try:
        call()
    except TypeError as error:
        print(error)
print(object.__init_subclass__(), object.__init_subclass__.__text_signature__)
