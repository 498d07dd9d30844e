# SPDX-License-Identifier: MIT
"""The awaitables of asynchronous generators, driven by hand: send, throw and close in every state of theirs and of the generator."""
import itertools
import sys

sys.unraisablehook = lambda told: print("  unraisable", type(told.exc_value).__name__, told.exc_value)


class Wait:
    """An awaitable with throw and close."""
    def __init__(self, n, answer=None):
        self.n, self.answer = n, answer
    def __await__(self):
        return self
    def __iter__(self):
        return self
    def __next__(self):
        return self.send(None)
    def send(self, value):
        self.n -= 1
        if self.n < 0:
            raise StopIteration(("waited", value))
        return ("wait", self.n)
    def throw(self, kind, value=None, tb=None):
        print("    wait.throw", kind if isinstance(kind, type) else repr(kind), value)
        if self.answer is not None:
            return self.answer
        raise kind
    def close(self):
        print("    wait.close")


class Bare(Wait):
    """One that has neither."""
    throw = close = None
    def __getattribute__(self, name):
        if name in ("throw", "close"):
            raise AttributeError(name)
        return super().__getattribute__(name)


async def plain():
    got = yield 1
    print("    got", got)
    got = yield 2
    print("    got", got)

async def waits():
    print("    waited", await Wait(2))
    got = yield 1
    print("    got", got, await Wait(1))

async def answers():
    print("    waited", await Wait(1, "answer"))
    yield 1
    await Wait(1, "again")

async def bare():
    try:
        await Bare(2)
    except ValueError as e:
        print("    bare caught", repr(e))
        yield "caught"
    yield 1
    await Bare(2)

async def catches():
    for i in range(4):
        try:
            yield i
        except (ValueError, KeyError) as e:
            print("    caught", repr(e))

async def ignores():
    for i in range(3):
        try:
            yield i
        except BaseException as e:
            print("    ignored", repr(e))
            if isinstance(e, MemoryError):
                raise

async def returns():
    try:
        yield 1
    except BaseException as e:
        print("    returns at", repr(e))
        return

async def finishes():
    try:
        yield 1
        await Wait(2)
        yield 2
    finally:
        print("    finally")
        await Wait(1)
        print("    end")

async def finally_yields():
    try:
        yield 1
    finally:
        yield "in finally"

async def replaces():
    try:
        yield 1
    except ValueError:
        raise StopIteration("own")
    except KeyError:
        raise StopAsyncIteration("own")
    except GeneratorExit:
        raise LookupError("instead")

async def ignores_waiting():
    while True:
        try:
            await Wait(1)
            yield "next"
        except BaseException as e:
            print("    ignored", repr(e))
            if isinstance(e, MemoryError):
                raise

async def coroutine():
    try:
        await Wait(1)
    finally:
        print("    inner finally")

async def nested():
    await coroutine()
    yield 1
    await coroutine()

async def empty():
    return
    yield

BODIES = [plain, waits, answers, bare, catches, ignores, returns, finishes, finally_yields, replaces, ignores_waiting, nested, empty]


def show(what, call):
    try:
        result = call()
    except BaseException as e:
        context = e.__context__
        print(f"  {what}: {type(e).__name__}{e.args}", f"value={e.value!r}" if isinstance(e, StopIteration) else "",
              f"cause={e.__cause__!r} context={context!r}" if e.__cause__ or context else "")
    else:
        print(f"  {what}: -> {result!r}")


AWAITABLES = {
    "anext": lambda g: g.__anext__(),
    "asend": lambda g: g.asend("sent"),
    "athrow": lambda g: g.athrow(ValueError("athrow")),
    "athrow2": lambda g: g.athrow(KeyError, "key"),
    "athrowexit": lambda g: g.athrow(GeneratorExit),
    "athrowstop": lambda g: g.athrow(StopAsyncIteration, "stop"),
    "athrowsync": lambda g: g.athrow(StopIteration("sync")),
    "aclose": lambda g: g.aclose(),
}
STEPS = {
    "next": lambda a: a.__next__(),
    "send5": lambda a: a.send(5),
    "value": lambda a: a.throw(ValueError("thrown")),
    "key": lambda a: a.throw(KeyError, "thrown"),
    "exit": lambda a: a.throw(GeneratorExit),
    "exitvalue": lambda a: a.throw(GeneratorExit("exit")),
    "astop": lambda a: a.throw(StopAsyncIteration),
    "stop": lambda a: a.throw(StopIteration, 7),
    "bad": lambda a: a.throw(3),
    "close": lambda a: a.close(),
}


def state(g):
    return f"  running={g.ag_running} frame={g.ag_frame is not None} await={type(g.ag_await).__name__}"


def ended(g):
    """Leaves nothing for the destructor to say."""
    for _ in range(20):
        if g.ag_frame is None:
            return
        try:
            g.asend(None).throw(MemoryError)
        except BaseException:
            pass
    print("  never ended")


def scenario(body, plan):
    """plan: (awaitable number, kind or step)"""
    print(body.__name__, *(f"{n}.{what}" for n, what in plan))
    g = body()
    made = {}
    for n, what in plan:
        if what in AWAITABLES:
            made[n] = AWAITABLES[what](g)
        else:
            show(f"{n}.{what}", lambda: STEPS[what](made[n]))
    print(state(g))
    made.clear()
    ended(g)


# One awaitable, of a new generator: every kind, every pair of steps.
for body, kind in itertools.product(BODIES, AWAITABLES):
    for first, second in itertools.product(STEPS, STEPS):
        scenario(body, [(0, kind), (0, first), (0, second)])

# Several of one generator: chosen by a small generator of numbers of our own.
seed = 12345

def pick(choices):
    global seed
    seed = (seed * 1103515245 + 12345) % 2**31
    return choices[(seed >> 8) % len(choices)]

for body in BODIES:
    for _ in range(150):
        plan = [(0, "anext"), *[(0, "next")] * pick([0, 1, 1, 3])]
        count = 1
        for _ in range(pick([3, 5, 8])):
            if pick("mss") == "m":
                plan.append((count, pick(list(AWAITABLES))))
                count += 1
            step = pick(["next", "next", "send5", *STEPS])
            plan.append((pick([count - 1, count - 1, pick(range(count))]), step))
        scenario(body, plan)


# While the generator itself runs.
async def reenters():
    for name in AWAITABLES:
        aw = AWAITABLES[name](g)
        for step in ("next", "value", "exit", "close", "next"):
            show(f"{name}.{step}", lambda: STEPS[step](aw))
    yield 1

g = reenters()
first = g.__anext__()
show("first", lambda: first.send(None))
print(state(g))
del g, first


# What the destructor of a generator closes, and what it says of it.
for body in BODIES:
    print("dropped", body.__name__)
    g = body()
    show("first", lambda: g.__anext__().send(None))
    del g


# anext() with a default in front of them.
for body, step, second in itertools.product([plain, waits, catches, ignores_waiting, nested, empty], STEPS, STEPS):
    print("anext", body.__name__, step, second)
    g = body()
    aw = anext(g, "default")
    show(step, lambda: STEPS[step](aw.__await__() if step == "next" else aw))
    show(second, lambda: STEPS[second](aw))
    print(state(g))
    del aw
    ended(g)
