# SPDX-License-Identifier: MIT
"""Trace and profile functions that raise, at each of their events in turn: the tracebacks, and that they are unset then."""
import io
import sys


def numbers():
    yield 1
    yield 2


def flow(n):
    try:
        for i in numbers():
            x = i
            if i == 2:
                len()
    except* ZeroDivisionError:
        pass
    finally:
        y = 1
    return n


def calm(n):
    return abs(n) + sum(numbers())


count = raise_at = 0
armed = False


def tracer(frame, event, arg):
    global count
    count += 1
    if armed and count == raise_at:
        raise ValueError(event)
    return tracer


def places(e):
    tb, found = e.__traceback__, []
    while tb:
        found.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
        tb = tb.tb_next
    return found


def unraisable(args):
    print("unraisable", repr(args.exc_value), places(args.exc_value))


sys.unraisablehook = unraisable
for name in "settrace", "setprofile":
    for function in flow, calm:
        for raise_at in range(1, 36):
            count, caught, armed = 0, None, True
            getattr(sys, name)(tracer)
            try:
                function(1)
            except Exception as e:
                caught = e
            armed = False
            still = getattr(sys, name.replace("set", "get"))() is tracer
            getattr(sys, name)(None)
            if caught is not None:
                print(name, function.__name__, raise_at, repr(caught), places(caught), repr(caught.__context__), still)

# An exception at a function's entry stands left of the function's text: nothing is marked, and the empty line is as long as that.


class Holder:
    def method(self):
        return 1

    if True:
        def deeper(self):
            return 2


def refuses(frame, event, arg):
    raise ValueError(event)


def shown(function):
    sys.settrace(refuses)
    try:
        function()
    except ValueError:
        sys.settrace(None)
        sys.stderr, kept = io.StringIO(), sys.stderr
        sys.__excepthook__(*sys.exc_info())
        sys.stderr, text = kept, sys.stderr.getvalue()
    print([line for line in text.splitlines() if not line.startswith("  File")])


for function in calm, Holder().method, Holder().deeper:
    shown(lambda: function(1) if function is calm else function())
