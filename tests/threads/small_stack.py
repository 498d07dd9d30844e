# SPDX-License-Identifier: MIT
"""Deep data in a thread with a small stack: the result, or an error; never the end of the process."""
import marshal
import sys
import threading
import typing

# CPython looks at no stack: it is given one that lasts.
STACK = 256 * 1024 if sys.implementation.name == "heddle" else 64 * 1024 * 1024
ERRORS = (RecursionError, MemoryError, ValueError)


def nested(make, depth):
    value = None
    for _ in range(depth):
        value = make(value)
    return value


def survive(operation, *args):
    """How it ends depends on the size of the interpreter's frames."""
    try:
        operation(*args)
    except ERRORS:
        pass


def dumping():
    for make in (lambda v: (v,), lambda v: [v], lambda v: {1: v}):
        for depth in (100, 500, 1000, 1990, 100_000):
            value = nested(make, depth)
            for version in (0, 2, 4):
                survive(marshal.dumps, value, version)


def loading():
    for head in (b")\x01", b"[\x01\0\0\0", b"(\x01\0\0\0"):
        for depth in (100, 500, 1000, 1990, 100_000):
            survive(marshal.loads, head * depth + b"N")
    for depth in (100, 1000, 1990, 100_000):
        survive(marshal.loads, b"{N" * depth + b"N" + b"0" * depth)


def dumping_code():
    code = (lambda: None).__code__
    for _ in range(1500):
        code = code.replace(co_consts=(code,))
    survive(marshal.dumps, code)


def shallow():
    value = nested(lambda v: [v, (v,)], 12)
    print(marshal.loads(marshal.dumps(value)) == value)


def type_parameters():
    alias = typing.TypeVar("T")
    for _ in range(5000):
        alias = list[alias]
    survive(lambda: alias.__parameters__)
    survive(lambda: alias[int])


def next_of_next():
    it = iter([1, 2, 3])
    for _ in range(20_000):
        it = iter(it.__next__, object())
    survive(next, it)


def delegate(inner):
    yield from inner


def closing_generators():
    sys.setrecursionlimit(10**6)
    outer = iter(lambda: 1, 0)
    for _ in range(3000):
        outer = delegate(outer)
        next(outer)
    survive(outer.close)
    sys.setrecursionlimit(1000)


def nested_fields():
    for source in "f\"" + "{1:" * 100_000 + "}" * 100_000 + "\"", "f\"" + "{f'" * 50_000 + "}'" * 50_000 + "\"":
        try:
            compile(source, "<nested>", "eval")
        except SyntaxError as error:
            print(error)


def run(test):
    thread = threading.Thread(target=test)
    thread.start()
    thread.join()
    print(test.__name__, "done")


threading.stack_size(STACK)
for test in (shallow, dumping, loading, dumping_code, type_parameters, next_of_next, closing_generators, nested_fields):
    run(test)
