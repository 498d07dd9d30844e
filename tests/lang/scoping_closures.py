# SPDX-License-Identifier: MIT
"""Scopes: globals, nonlocal, class bodies, comprehensions, exec/eval, locals(), unbound names, del of cells."""
x = "global"


def read():
    return x


def shadow():
    x = "local"
    return x


def write():
    global x, created
    x = "written"
    created = "by write"


def outer():
    x = "outer"

    def inner():
        nonlocal x
        x += "+"
        return x

    def reader():
        return x
    return inner, reader


print(read(), shadow(), x)
write()
print(x, created, read())
inner, reader = outer()
inner()
inner()
print(reader())


class Body:
    x = "class"
    y = x + "!"
    items = [1, 2]
    doubled = [i * 2 for i in items]
    try:
        bad = [x for _ in range(1) if x == "class"]
    except NameError as error:
        bad = str(error)

    def method(self):
        return x

    def z(self):
        return __class__.__name__


print(Body.y, Body.doubled, Body.bad, Body().method(), Body().z())


def unbound(flag):
    if flag:
        value = 1
    return value


def deleted():
    v = 1
    del v
    return v


def free_unbound():
    def g():
        return later
    g()
    later = 1


def augmented():
    x += 1


def del_cell():
    v = 1

    def g():
        return v
    del v
    return g()


for f in (lambda: unbound(False), deleted, free_unbound, augmented, del_cell, lambda: not_defined_anywhere):
    try:
        print(f())
    except NameError as error:
        print(type(error).__name__, error, getattr(error, "name", None))
print(unbound(True), [i for i in range(3)], "i" in globals(), [(lambda: j)() for j in range(3)], [f() for f in [lambda: j for j in range(3)]])
total = 0
for q in range(3):
    total += q
print(q, total, {k: [k for k in range(k)] for k in range(3)}, [y for y in [z * 2 for z in range(3)] if y])


def level1():
    a = 1

    def level2():
        b = 2

        def level3():
            nonlocal a, b
            a, b = a + 10, b + 20

            class C:
                a = "class a"

                def get(self):
                    return a, b
            return C().get(), C.a
        return level3(), a, b
    return level2(), a


print(level1())
space = {"n": 5}
exec("m = n * 2\ndef f(k):\n    return k + m", space)
print(space["m"], space["f"](1), eval("n + m", space), eval("x + 1", {"x": 1}, {"x": 10}), eval(compile("1 + 2", "<s>", "eval")))


def with_locals(a, b=2):
    c = [a]
    inner = lambda: c
    snapshot = locals()
    exec("a = 99; newvar = 1")
    return a, sorted(snapshot), "newvar" in locals(), inner()


print(with_locals(1), sorted(k for k in vars(Body) if not k.startswith("__")))


def gen_scope():
    for i in range(3):
        yield lambda: i


print([f() for f in gen_scope()], [f() for f in list(gen_scope())])
print(globals() is globals(), globals()["x"], __name__, "print" in dir(__builtins__), type(globals()).__name__)
try:
    exec("def f():\n    nonlocal zzz")
except SyntaxError as error:
    print(error.msg)
for source in ("def f(x):\n    global x", "x = 1\nnonlocal x", "def f():\n    print(y)\n    global y", "def f(a, a): pass", "class A:\n    def f(self): return __class__\nprint(A().f())", "[i := 0 for i in range(3)]", "def f():\n    x = 1\n    class B:\n        nonlocal x\n        x = 2\n    return x\nprint(f())"):
    try:
        exec(source)
    except SyntaxError as error:
        print(error.msg)
counter = 0


def bump():
    global counter
    counter += 1
    if counter < 5:
        bump()


bump()
print(counter)
len = lambda v: "shadowed"
print(len([]))
del len
print(len([]))
try:
    del len
except NameError as error:
    print(error)


def f(a):
    def g():
        return a
    a = a + 1
    h = g()
    a = "changed"
    return h, g()


print(f(1), (lambda a: (lambda: a))(5)(), [(a, b) for a in range(2) for b in range(a + 1)], any((t := n) > 2 for n in range(5)), t)


class Renamed:
    def method(self):
        nonlocal __class__
        __class__ = 5
        return __class__


print(Renamed().method())
