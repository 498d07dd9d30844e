# SPDX-License-Identifier: MIT
"""f(*args, **kwargs) of Python functions: every kind of parameter, what is wrong, what is shared with the callee and what not."""
import sys


def none():
    return ()


def two(a, b):
    return a, b


def defaults(a, b=2, c=3):
    return a, b, c


def posonly(a, b=2, /, c=3):
    return a, b, c


def rest(*args, **kwargs):
    return args, kwargs


def some(a, *args):
    return a, args


def words(**kwargs):
    return kwargs


def kwonly(a, *args, k, m=5):
    return a, args, k, m


def everything(a, b=2, /, c=3, *args, k, m=5, **kwargs):
    x = y = None  # further locals
    return a, b, c, args, k, m, kwargs, x, y


def cells(a, *args, k=1):
    return lambda: (a, args, k)


def produce(a, b=2, *args, **kwargs):
    yield a, b, args, kwargs


class Str(str):
    pass


def attempt(f, args, kwargs):
    for way in range(3):
        try:
            if way == 0:
                result = f(*args, **kwargs)
            elif way == 1:
                result = f(*iter(args), **dict(kwargs))
            else:
                result = f(*args) if not kwargs else f(*args, **{"k": 7}, **kwargs)
        except TypeError as e:
            print(f.__name__, args, kwargs, "TypeError", e)
        else:
            print(f.__name__, args, kwargs, next(result) if f is produce else result() if f is cells else result)


interned_not = "".join(["a", "b", "c"])[1:2]
functions = [none, two, defaults, posonly, rest, some, words, kwonly, everything, cells, produce]
arguments = [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4, [5])]
keywords = [{}, {"a": 10}, {"b": 20}, {"c": 30}, {interned_not: 21}, {"k": 40}, {"k": 40, "m": 50}, {"z": 60}, {"b": 1, "z": 2, "k": 3, "y": 4},
            {1: 2}, {"k": 1, 2: 3}, {Str("b"): 70}, {Str("z"): 80, "k": 1}]
for f in functions:
    for args in arguments:
        for kwargs in keywords:
            attempt(f, args, kwargs)

# What the callee gets is its own.
t, d = (1, 2), {"x": 1, "y": [2]}
args, kwargs = rest(*t, **d)
kwargs["z"] = 3
print(args == t, kwargs, d, kwargs["y"] is d["y"], list(d))
print(rest(*t)[1] is rest(*t)[1], rest(**{})[1], rest(**d)[1] is d, words(**d) is d)
base = sys.getrefcount(t), sys.getrefcount(d), sys.getrefcount(rest), sys.getrefcount(d["y"])
for i in range(100):
    rest(*t, **d), words(**d), some(*t), defaults(*t)
    for wrong in (two, none):
        try:
            wrong(*t, **d)
        except TypeError:
            pass
print(base == (sys.getrefcount(t), sys.getrefcount(d), sys.getrefcount(rest), sys.getrefcount(d["y"])))


# A callee that goes away while it runs; deep recursion; frames in generators.
def make():
    def f(*args, **kwargs):
        return f"{args} {kwargs}"
    return f


print((lambda *a: make())(*t)(*t, **d))


def deep(n, *args, **kwargs):
    return deep(*(n - 1, *args), **kwargs) if n else (args, kwargs)


print(deep(*(200, 1, 2), **{"q": 1}))


def forever(*args, **kwargs):
    return forever(*args, **kwargs)


try:
    forever(*t, **d)
except RecursionError as e:
    print(e)


def in_generator():
    yield rest(*t, **d)
    yield everything(*t, **{"k": 1})
    yield from produce(*t, **d)


print(list(in_generator()))

# Defaults and the function itself change between the calls of one place.
def call(f, *args, **kwargs):
    return f(*args, **kwargs)


for i in range(40):
    if i == 20:
        defaults.__defaults__ = (8, 9)
        kwonly.__kwdefaults__ = {"k": 1, "m": 2}
    if i == 30:
        two.__code__ = (lambda *args: args).__code__
    seen = call(defaults, 1), call(two, 1, 2), call(kwonly, 1, k=2), call(rest, 1, c=3), call(max, 1, 2), call(dict, a=1)
    if i % 10 == 9:
        print(seen)


# Locals are where tracing expects them.
def tracer(frame, event, arg):
    if event == "call":
        print("call", frame.f_code.co_name, sorted(frame.f_locals.items()))
    return None


sys.settrace(tracer)
everything(*t, **{"k": 1, "other": 2})
rest(*t, **d)
sys.settrace(None)
