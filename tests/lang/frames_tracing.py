# SPDX-License-Identifier: MIT
"""Frames, sys._getframe, settrace, setprofile, f_locals, code positions in tracebacks."""
import sys


def caller():
    secret = 42
    return callee()


def callee():
    f = sys._getframe()
    return f.f_code.co_name, f.f_back.f_code.co_name, f.f_back.f_locals, f.f_lineno - f.f_code.co_firstlineno, f.f_globals is globals(), sys._getframe(1).f_code.co_name


print(caller())
try:
    sys._getframe(1000)
except ValueError as e:
    print(e)
events = []


def tracer(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, repr(arg) if event == "return" else arg and arg[0].__name__))
    return tracer


def traced(n):
    total = 0
    for i in range(n):
        if i % 2:
            total += i
        else:
            total -= i
    try:
        1 / 0
    except ZeroDivisionError:
        total += 100
    return total


def traced_gen():
    yield 1
    x = [i for i in range(2)]
    yield x


sys.settrace(tracer)
traced(3)
list(traced_gen())
sys.settrace(None)
print(*events, sep="\n")
profile = []
sys.setprofile(lambda frame, event, arg: profile.append((event, frame.f_code.co_name if event in ("call", "return") else arg.__name__)))
traced(2)
len([])
sys.setprofile(None)
print(profile)
print(sys.gettrace(), sys.getprofile())


def raiser(a, b=2):
    local = a + b
    raise ValueError(local)


try:
    raiser(1)
except ValueError as e:
    tb = e.__traceback__
    while tb.tb_next:
        tb = tb.tb_next
    print(tb.tb_frame.f_locals, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno, tb.tb_frame.f_code.co_name, [tuple(v - raiser.__code__.co_firstlineno if i < 2 and v else v for i, v in enumerate(p)) for p in raiser.__code__.co_positions()][-3:])


def gen():
    x = 1
    yield sys._getframe().f_back.f_code.co_name
    x = 2
    yield x


g = gen()
print(next(g), g.gi_frame.f_locals, g.gi_frame.f_lineno - g.gi_code.co_firstlineno)
next(g)
print(g.gi_frame.f_locals)
g.close()
print(g.gi_frame)


def local_view():
    a = 1
    b = [a]
    first = locals()
    c = 3
    second = locals()
    return first is second, sorted(first), sys._getframe().f_locals is first


print(local_view())


class C:
    frame_names = [sys._getframe().f_code.co_name, sorted(k for k in locals() if not k.startswith("_"))]


print(C.frame_names, eval("__import__('sys')._getframe().f_code.co_name"), (lambda: sys._getframe().f_code.co_name)(), [sys._getframe().f_code.co_name for _ in range(1)])
import traceback


def show_stack():
    return [(f.name, f.line) for f in traceback.extract_stack()[-2:]]


print(show_stack())
f = sys._getframe()
print(type(f).__name__, f.f_lineno == sys._getframe().f_lineno, f.f_trace, f.f_trace_lines, f.f_builtins["len"] is len)
try:
    f.clear()
except RuntimeError as e:
    print(e)
import inspect


def outer(p, *, q=1):
    inner_value = p
    return inspect.currentframe().f_back.f_code.co_name, inspect.getargvalues(inspect.currentframe()).locals, inspect.stack()[0].function


print(outer(5), inspect.signature(outer), inspect.getsource(outer).split("\n")[0])
lines = []


def line_tracer(frame, event, arg):
    if frame.f_code.co_filename != __file__:
        return None
    frame.f_trace_lines = True
    if event == "line":
        lines.append(frame.f_lineno - frame.f_code.co_firstlineno)
    return line_tracer


def loops():
    i = 0
    while i < 2:
        i += 1
    with open("/dev/null") as f:
        pass
    return (
        i +
        1
    )


sys.settrace(line_tracer)
loops()
sys.settrace(None)
print(lines)


# Subiterators that end while they are traced.
import sys
events=[]
def tracer(frame, event, arg):
    if frame.f_code.co_filename != __file__: return None
    events.append((frame.f_code.co_name, event, frame.f_lineno-frame.f_code.co_firstlineno, (arg[0].__name__, str(arg[1])) if event == "exception" else type(arg).__name__))
    return tracer
def run(f):
    events.clear()
    sys.settrace(tracer)
    try: f()
    finally: sys.settrace(None)
    for e in events: print(e)
    print()
def sub0(): yield 1
def sub1():
    yield 1
    return 5
def d0():
    x = yield from sub0()
def d1():
    x = yield from sub1()
class It:
    def __iter__(self): return self
    n=0
    def __next__(self):
        self.n+=1
        if self.n==1: return 1
        raise StopIteration(7)
def d2():
    x = yield from It()
def d3():
    x = yield from iter([1])
async def c0(): pass
async def c1(): return 3
async def ca(): await c0()
async def cb(): x = await c1()
def go(c):
    try: c.send(None)
    except StopIteration: pass
run(lambda: list(d0()))
run(lambda: list(d1()))
run(lambda: list(d2()))
run(lambda: list(d3()))
run(lambda: go(ca()))
run(lambda: go(cb()))


# A suspended frame keeps its trace function, whatever the tracer says when it goes on.
class Later:
    def __await__(self): yield 1


async def inner():
    await Later()


async def outer():
    await inner()


def once(frame, event, arg):
    if frame.f_code.co_name not in ("inner", "outer"): return None
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    if event == "call" and frame.f_code in known: return None
    known.add(frame.f_code)
    return once


known = set()
events.clear()
sys.settrace(once)
c = outer()
c.send(None)
go(c)
sys.settrace(None)
for e in events: print(e)
