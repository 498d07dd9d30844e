# A finally that ends in a line of its own is told of that line each time a handler of it is reached.
import sys


def traced(function, *args):
    base, events = function.__code__.co_firstlineno, []
    def local(frame, event, arg):
        events.append((event, frame.f_lineno - base))
        return local
    sys.settrace(local)
    try:
        function(*args)
    except Exception as e:
        print(type(e).__name__)
    finally:
        sys.settrace(None)
    print(events)


def nested(n):
    try:
        if n: raise KeyError
    finally:
        try:
            raise ValueError(n)
        finally:
            missing
            pass


traced(nested, 1)
traced(nested, 0)
