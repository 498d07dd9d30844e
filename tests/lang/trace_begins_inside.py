# SPDX-License-Identifier: MIT
# Tracing that begins in the middle of a line: the first event is for the next one, each time.
import sys
def run():
    for i in range(3):
        lines = []
        def tracer(f, e, a):
            lines.append((e, f.f_lineno - base))
            return tracer
        fr = sys._getframe()
        base = fr.f_code.co_firstlineno
        fr.f_trace = tracer
        sys.settrace(tracer)
        x = 1
        y = 2
        sys.settrace(None)
        print(lines)
run()


def outer():
    def inner(tracer):
        f = sys._getframe().f_back
        while f is not None:
            f.f_trace = tracer
            f = f.f_back
        sys.settrace(tracer)
    for i in range(3):
        lines = []

        def tracer(f, e, a):
            if f.f_code.co_name == "outer":
                lines.append((e, f.f_lineno - base))
            return tracer
        base = sys._getframe().f_code.co_firstlineno
        inner(tracer)
        for _ in range(2):
            lines.append(_)
        sys.settrace(None)
        print(lines)


outer()
