# SPDX-License-Identifier: MIT
"""async/await without an event loop, then a little loop of our own; async generators, async with/for, comprehensions."""
import sys
import types


class Awaitable:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return got if got is not None else f"default {self.value}"


def run(coro):
    """Drive a coroutine, sending back twice what it yields."""
    trace, send = [], None
    try:
        while True:
            value = coro.send(send)
            trace.append(value)
            send = value * 2
    except StopIteration as e:
        return trace, e.value


async def simple():
    return 5


async def chain(n):
    if n == 0:
        return await Awaitable(1)
    return (await chain(n - 1)) + await Awaitable(n)


print(run(simple()), run(chain(3)))


class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    async def __aenter__(self):
        print("enter", self.name, await Awaitable(10))
        return self

    async def __aexit__(self, kind, value, tb):
        print("exit", self.name, kind and kind.__name__)
        await Awaitable(20)
        return self.swallow


class Counter:
    def __init__(self, n):
        self.n, self.i = n, 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.i >= self.n:
            raise StopAsyncIteration
        self.i += 1
        await Awaitable(self.i)
        return self.i


async def agen(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                print("agen got", got)
            await Awaitable(i * 10)
    finally:
        print("agen finally")


async def body():
    async with Manager("a") as a, Manager("b", swallow=True):
        print("inside", a.name)
        raise ValueError("swallowed")
    async for x in Counter(3):
        print("item", x)
    else:
        print("for else")
    print([x async for x in Counter(3)], {x async for x in Counter(2)}, {x: await Awaitable(x) async for x in Counter(2)}, [x async for x in agen(3) if x % 2 == 0])
    print([await Awaitable(i) for i in range(3)], sum([y for y in [await Awaitable(2)]]))
    g = agen(3)
    print(await g.__anext__(), await g.asend("hi"))
    await g.aclose()
    try:
        await g.__anext__()
    except StopAsyncIteration:
        print("exhausted")
    g = agen(2)
    await anext(g)
    try:
        await g.athrow(KeyError("thrown in"))
    except KeyError as e:
        print("back", e)
    print(await anext(agen(0), "default"))
    ge = (x * 2 async for x in Counter(3))
    print([v async for v in ge], type(ge).__name__)
    return "done"


print(run(body()))


@types.coroutine
def old_style():
    r = yield 100
    return r + 1


async def mix():
    return await old_style()


print(run(mix()))


async def fails():
    await Awaitable(1)
    raise RuntimeError("boom")


c = fails()
c.send(None)
try:
    c.send(None)
except RuntimeError as e:
    print(e)
try:
    c.send(None)
except RuntimeError as e:
    print(e)
c = simple()
print(type(c).__name__, c.cr_code.co_name, c.cr_running, c.cr_await, c.__name__)
c.close()
for op in (lambda: iter(simple_closed), lambda: next(simple_closed), lambda: run(bad_await()), lambda: run(bad_for()), lambda: run(bad_with())):
    simple_closed = simple()

    async def bad_await():
        await 5

    async def bad_for():
        async for x in [1]:
            pass

    async def bad_with():
        async with 5:
            pass
    try:
        op()
    except TypeError as e:
        print(e)
    simple_closed.close()


async def thrown():
    try:
        await Awaitable(1)
    except ValueError as e:
        return f"handled {e}"
    finally:
        print("thrown finally")


t = thrown()
t.send(None)
try:
    t.throw(ValueError("injected"))
except StopIteration as e:
    print(e.value)
t = thrown()
t.send(None)
t.close()


class Loop:
    """Round robin over coroutines; a yielded int is the number of turns to sleep."""

    def __init__(self):
        self.tasks, self.log = [], []

    def spawn(self, name, coro):
        self.tasks.append([0, name, coro])

    def run(self):
        turn = 0
        while self.tasks:
            turn += 1
            for task in list(self.tasks):
                if task[0] > turn:
                    continue
                try:
                    task[0] = turn + task[2].send(None)
                except StopIteration as e:
                    self.log.append((turn, task[1], e.value))
                    self.tasks.remove(task)
        return self.log


async def worker(n, delay):
    total = 0
    for i in range(n):
        await Awaitable(delay)
        total += i
    return total


loop = Loop()
for k in range(4):
    loop.spawn(f"w{k}", worker(3, k))
print(loop.run())
for source in ("await x", "def f(): await x", "async def f(): yield from []", "def f(): async with x: pass", "async def f():\n  yield 1\n  return 2", "[x async for x in y]"):
    try:
        compile(source, "<s>", "exec")
        print("compiles", source)
    except SyntaxError as e:
        print(e.msg)


# A frame does not keep its coroutine alive: the coroutine's end is the frame's.
import warnings


async def never(x):
    pass


def numbers(x):
    y = x * 2
    yield y
    yield x


with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    frame = never(5).cr_frame
    print([str(w.message) for w in seen], frame.f_locals, frame.f_lasti >= 0, frame.f_back)
    frame.clear()
    print(frame.f_locals)
g = numbers(3)
frame = g.gi_frame
print(frame is g.gi_frame, frame.f_locals, next(g), frame.f_locals, g.gi_frame is frame, frame.f_lineno - numbers.__code__.co_firstlineno)
del g
print(frame.f_locals, frame.f_lineno - numbers.__code__.co_firstlineno)
g = numbers(4)
next(g)
frame = g.gi_frame
frame.clear()
print(g.gi_frame, list(g), frame.f_locals)
g = numbers(4)
frame = g.gi_frame
print(list(g), frame.f_locals, g.gi_frame)
g = numbers(g_frame := [6])
g_frame.append(g)  # a cycle through its own local variable
frame = g.gi_frame
next(g)
del g, g_frame
import gc
gc.collect()
print(frame.f_code.co_name, sorted(frame.f_locals))


import sys

# What finished frames of generators say.
def g(): yield 1; raise ValueError
def caller(how):
    try: how(g())
    except ValueError as e:
        tb=e.__traceback__
        while tb.tb_next: tb=tb.tb_next
        return tb.tb_frame
def loop(k):
    for x in k: pass
f=caller(list); print(f.f_code.co_name, f.f_back)
f=caller(loop); print(f.f_code.co_name, f.f_back and f.f_back.f_code.co_name)
def h():
    yield sys._getframe()
    return 3
def deleg():
    x = yield from h()
def caller2(): return list(deleg())[0]
f=caller2(); print(f.f_back)
def caller3():
    for f in deleg(): pass
    return f
f=caller3(); print(f.f_back)
async def co(): return sys._getframe()
async def co2(): return await co()
try: co2().send(None)
except StopIteration as e: print(e.value.f_back)
def plain(): return sys._getframe()
def outer(): return plain()
print(outer().f_back.f_code.co_name)
