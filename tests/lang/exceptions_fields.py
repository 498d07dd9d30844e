# SPDX-License-Identifier: MIT
# Fields of exceptions: __init__ called again, Unicode errors with positions set to anything.
for fields in {"name": 1}, {}:
    e = ImportError("x", **fields)
    print(e.args, e.msg, e.name)
    for args, more in ((), {}), ((1, 2), {}), ((1,), {"name": 3}), ((), {"name": 4}):
        e.__init__(*args, **more)
        print(e.args, e.msg, e.name, e.path, e)
for kind, fields in (NameError, {"name": 1}), (AttributeError, {"name": 1, "obj": 2}):
    e = kind("x", **fields)
    print(vars(e), e.name)
    e.__init__()
    print(e.args, e.name)
for e in (UnicodeEncodeError("baz", "xxxxx", 1, 5, "foo"), UnicodeDecodeError("baz", b"xxxxx", 1, 5, "foo"),
          UnicodeTranslateError("xxxx", 1, 5, "foo")):
    for e.start in 0, 1, 4, 5, 1000, -1000, 2**40:
        for e.end in -5, 0, 1, 2, 5, 1000:
            print(e.start, e.end, e)
    e.reason = 10**20
    print(e)
    e.encoding = 4000
    print(e)


# Keys of ** that come twice, strings or not.
def f(*a, **k): print(k)


class C:
    def __call__(self, **k): print(k)
    def m(self, **k): print(k)
    def __str__(self): return "a C"


def show(function):
    try:
        function()
    except TypeError as error:
        print(error)


for target in f, C(), C().m, len, dict:
    show(lambda: target(**{1: 3}, **{1: 5}))
    show(lambda: target(**{1: 3}, **{2: 5}))
    show(lambda: target(**{(1, "a"): 3}, **{(1, "a"): 5}))
    show(lambda: target(a=3, **{"a": 3}))
    show(lambda: target(**{1: 3}))


# __setstate__ with a dict that its keys empty.
class Emptying(str):
    def __hash__(self):
        state.clear()
        return super().__hash__()


class Text(str):
    pass


state = {}
state[Emptying("name")] = Text("value")
e = Exception()
e.__setstate__(state)
print(state, vars(e))


# __init__ is given what __new__ was given, mostly.
class Renewed(ValueError):
    def __new__(cls, *args):
        self = super().__new__(cls, "from new", *args)
        return self


class Initial(ValueError):
    def __init__(self, *args):
        super().__init__("from init", *args)


for e in Renewed(1), Initial(1), KeyError("k"), KeyError(), OSError(2, "no"), ValueError(1.5, 10**40):
    print(type(e).__name__, e.args)
    e.__init__("again")
    print(e.args)
again = ValueError(1, 2)
held = again.args
again.__init__(1, 2)
again.__init__(1, 2.0)
print(held, again.args)
