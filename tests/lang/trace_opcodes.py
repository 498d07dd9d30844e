# SPDX-License-Identifier: MIT
"""Events of frame.f_trace_opcodes: one for each instruction, PRECALL and CALL among them, at the place that the callee sees."""
import sys

events = []


def tracer(frame, event, arg):
    if frame.f_code.co_filename != __file__:
        return None
    frame.f_trace_opcodes = True
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_lasti))
    return tracer


def callee(*args, **kwargs):
    return sys._getframe(1).f_lasti


def numbers():
    got = yield 1
    yield from (got, 3)


def called(x):
    try:
        for i in range(x):
            if i == 2:
                raise ValueError(i)
    except ValueError as e:
        y = [k * 2 for k in (1, 2)]
    finally:
        z = callee(1, key=2)
    match x:
        case [a]:
            pass
        case int():
            r = callee(*[1], **{"a": 2})
    return list(numbers()), len("abc"), "abc".upper(), z, r


sys.settrace(tracer)
called(5)
sys.settrace(None)
print(*events, sep="\n")


def failing(frame, event, arg):
    frame.f_trace_opcodes = True
    if event == "opcode":
        seen.append(frame.f_lasti)
        if len(seen) == limit:
            raise KeyError(event, frame.f_lasti)
    return failing


def victim():
    return len([callee()])


for limit in range(1, 12):
    seen = []
    sys.settrace(failing)
    try:
        victim()
    except KeyError as e:
        print(limit, e, seen, sys.gettrace())
    finally:
        sys.settrace(None)
