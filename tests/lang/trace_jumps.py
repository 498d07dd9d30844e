# SPDX-License-Identifier: MIT
"""sys.settrace: setting f_lineno, events around generators and coroutines, exceptions raised again, reentrancy."""
import sys


def jump(function, source, target, *args):
    first = function.__code__.co_firstlineno
    done = False

    def trace(frame, event, arg):
        nonlocal done
        if frame.f_code is function.__code__ and event == "line" and frame.f_lineno - first == source and not done:
            done = True
            frame.f_lineno = first + target
        return trace

    out = []
    sys.settrace(trace)
    try:
        function(out, *args)
    except Exception as e:
        out.append(f"{type(e).__name__}: {e}".replace(str(first + target), "N"))
    finally:
        sys.settrace(None)
    print(function.__name__, source, target, out)


def straight(out):
    out.append(1)
    out.append(2)
    out.append(3)


def loops(out):
    for i in 1, 2:
        out.append(2)
        for j in 3, 4:
            out.append(4)
        out.append(5)
    else:
        out.append(7)
    while len(out) < 9:
        out.append(9)
    out.append(10)


def handlers(out):
    try:
        out.append(2)
        1 / 0
    except ZeroDivisionError as e:
        out.append(5)
        out.append(6)
    finally:
        out.append(8)
    out.append(9)
    with open("/dev/null") as f:
        out.append(11)
    out.append(12)


jump(straight, 1, 3)
jump(straight, 3, 1)
jump(straight, 2, 20)
jump(straight, 2, -5)
for source, target in (2, 5), (4, 5), (4, 10), (5, 2), (10, 2), (10, 4), (9, 10), (7, 1):
    jump(loops, source, target)
for source, target in (2, 5), (5, 6), (6, 2), (6, 9), (9, 2), (2, 8), (11, 12), (9, 11), (12, 1):
    jump(handlers, source, target)


def events(call):
    seen = []

    def trace(frame, event, arg):
        seen.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, event))
        return trace

    sys.settrace(trace)
    try:
        call()
    except Exception as e:
        seen.append(type(e).__name__)
    finally:
        sys.settrace(None)
    for item in seen:
        print("  ", item)


def generator():
    try:
        yield 1
    except KeyError:
        yield 2
    return 3


def delegating():
    value = yield from generator()
    yield value


def throwing():
    g = delegating()
    next(g)
    g.throw(KeyError)
    for x in g:
        pass


async def number():
    return 5


async def waiting():
    return await number() + await number()


def run_coroutine():
    waiting().send(None)


def reraising():
    try:
        try:
            1 / 0
        finally:
            len("x")
    except ZeroDivisionError:
        raise


for call in throwing, run_coroutine, reraising:
    print(call.__name__)
    events(call)

for setter in "lineno", 5.0, None:
    try:
        sys._getframe().f_lineno = setter
    except ValueError as e:
        print(e)
