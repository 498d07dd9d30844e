# SPDX-License-Identifier: MIT
"""Keywords that run Python while a call's arguments become parameters: the values on their way must not be lost."""
import gc


def busy(*args, **kwargs):
    x, y = [1, 2, 3], {"y": kwargs}
    return [args, x, y]


def work():
    busy(1, 2, 3, z=[4])
    busy(*(5, 6, 7), **{"q": [8]})
    [busy(i) for i in range(3)]


class Hashed(str):
    def __hash__(self):
        work()
        return str.__hash__(self)

    def __eq__(self, other):
        work()
        return str.__eq__(self, other)


class Shown(str):
    __hash__ = str.__hash__

    def __str__(self):
        work()
        gc.collect()
        return "<" + self[:] + ">"


class Refuses(str):
    armed = False

    def __hash__(self):
        if Refuses.armed:
            raise ValueError("no hash")
        return str.__hash__(self)


def plain(a, b=[2], c=[3]):
    return a, b, c


def rest(a, b=[2], *args, **kwargs):
    return a, b, args, kwargs


def only(a, b=[2], *args, k, m=[5], **kwargs):
    return a, b, args, k, m, kwargs


def strict(a, *, k):
    return a, k


class Made:
    def __init__(self, *args, **kwargs):
        self.all = args, kwargs


def produce(*args, **kwargs):
    yield args, kwargs


def call(f, *args, **kwargs):
    try:
        result = f(*args, **kwargs)
    except (TypeError, ValueError) as e:
        result = f"{type(e).__name__}: {e}"
    if isinstance(result, Made):
        result = result.all
    elif f is produce:
        result = next(result)
    print(f.__name__, result)


def inside():
    for f in (rest, only, Made, produce):
        yield f.__name__
        call(f, [1], [2], **{Hashed("z"): [3], "k": [4]})


only.__kwdefaults__ = {Hashed("k"): [1], "m": [5]}
strict.__kwdefaults__ = {Hashed("k"): [7]}
for i in range(30):
    for f in (plain, rest, only, strict, Made, produce):
        call(f, [1])
        call(f, [1], **{Hashed("k"): [3]})
        call(f, [1], [2], [3], **{Hashed("z"): [3], "y": [4], Hashed("q"): [5]})
        call(f, *[[1]], **{"c": [1], Shown("b"): [2]})
        call(f, [1], **{Shown("a"): [2]})
        call(f, [1], **{Shown("nobody"): [2], "k": [3]})
        call(f, **{Hashed("a"): [2], Hashed("b"): [3]})
print([name for name in inside()])
odd = {Refuses("x"): [1], "k": [2]}
for f in (rest, only, plain):
    Refuses.armed = True
    try:
        print(f([1], **odd)[0])
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
    Refuses.armed = False
