"""Which frames a traceback shows when an exception is thrown through what a generator delegates to.

While the outer generator handles another exception, only what was noted when somebody last caught the exception is kept:
the frames that it passed through since then are not in its traceback.
"""
import itertools
import types


def entries(tb):
    found = []
    while tb:
        found.append(f"{tb.tb_frame.f_code.co_name}:{tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno}")
        tb = tb.tb_next
    return found


def describe(e, depth=0):
    if e is None or depth > 4:
        return str(e and "...")
    return (f"{type(e).__name__}{e.args} {entries(e.__traceback__)}"
            f" context {describe(e.__context__, depth + 1)} cause {describe(e.__cause__, depth + 1)}")


def fail(what):
    raise LookupError(what)


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, *triple):
        return False


# ---- what is delegated to ----------------------------------------------------------------------------------------------
def plain():
    yield "plain"


def calls():
    try:
        yield "calls"
    except ValueError:
        fail("calls")


def deeper():
    yield from plain()


def deepest():
    yield from deeper()


def handling():
    try:
        fail("handling")
    except LookupError:
        yield from plain()


def around_handling():
    yield from handling()


def again():
    try:
        yield "again"
    except ValueError:
        raise


def again_named():
    try:
        yield "named"
    except ValueError as e:
        raise e


def another():
    try:
        yield "another"
    except ValueError as e:
        raise KeyError("another") from e


def cleaned():
    try:
        yield "cleaned"
    finally:
        len("cleaned")


def guarded():
    with Quiet():
        yield "guarded"


def around_again():
    yield from again()


def around_another():
    yield from another()


def returns():
    try:
        yield "returns"
    except ValueError:
        return "returned"


def stops():
    try:
        yield "stops"
    except ValueError as e:
        raise StopIteration("stops")


def without():
    try:
        yield "without"
    except ValueError as e:
        raise e.with_traceback(None)


class Iterator:
    def __iter__(self):
        return self

    def __next__(self):
        return "iterator"

    def throw(self, type, value=None, tb=None):
        if isinstance(type, BaseException):
            raise type
        if value is None:
            value = type("made")
        raise value.with_traceback(tb) if tb else value

    def close(self):
        fail("closed")


class Passing(Iterator):
    def __init__(self):
        self.inner = plain()
        next(self.inner)

    def throw(self, *args):
        return self.inner.throw(*args)

    def close(self):
        self.inner.throw(KeyError)


class NoThrow:
    def __iter__(self):
        return self

    def __next__(self):
        return "no throw"


# ---- what delegates ------------------------------------------------------------------------------------------------------
def simply(make):
    yield from make()


def in_except(make):
    try:
        fail("except")
    except LookupError:
        yield from make()


def in_except_caught(make):
    try:
        fail("except")
    except LookupError:
        try:
            yield from make()
        except Exception as e:
            print("   inside", describe(e))
            raise


def in_finally(make):
    try:
        fail("finally")
    finally:
        yield from make()


def in_finally_quietly(make):
    try:
        len("x")
    finally:
        yield from make()


def in_exit(make):
    with Quiet():
        try:
            fail("exit")
        except LookupError as e:
            with Quiet():
                yield from make()


def after_except(make):
    try:
        fail("after")
    except LookupError:
        pass
    yield from make()


def twice(make):
    try:
        fail("twice")
    except LookupError:
        yield from in_except(make)


def in_group(make):
    try:
        raise ExceptionGroup("group", [LookupError(1), OSError(2)])
    except* LookupError:
        value = make()
        for _ in value:
            yield from value


# ---- what is thrown --------------------------------------------------------------------------------------------------------
def with_traceback():
    try:
        raise ValueError("told")
    except ValueError as e:
        return e


def a_traceback():
    try:
        fail("traceback")
    except LookupError as e:
        return e.__traceback__


THROWN = {
    "class": lambda: (ValueError,),
    "instance": lambda: (ValueError("instance"),),
    "known": lambda: (with_traceback(),),
    "pair": lambda: (ValueError, ValueError("pair")),
    "triple": lambda: (ValueError, ValueError("triple"), a_traceback()),
    "known triple": lambda: (ValueError, with_traceback(), a_traceback()),
    "class triple": lambda: (ValueError, None, a_traceback()),
    "exit": lambda: (GeneratorExit,),
}
INNER = [plain, calls, deeper, deepest, handling, around_handling, again, again_named, another, cleaned, guarded, around_again,
         around_another, returns, stops, without, Iterator, Passing, NoThrow]
OUTER = [simply, in_except, in_except_caught, in_finally, in_finally_quietly, in_exit, after_except, twice]


def attempt(name, gen, args):
    try:
        print(name, "->", gen.throw(*args))
    except BaseException as e:
        print(name, describe(e))


for outer, inner in itertools.product(OUTER, INNER):
    for thrown, make in THROWN.items():
        g = outer(inner)
        next(g)
        attempt(f"{outer.__name__} {inner.__name__} {thrown}", g, make())
    g = outer(inner)
    next(g)
    try:
        print("close", outer.__name__, inner.__name__, g.close())
    except BaseException as e:
        print("close", outer.__name__, inner.__name__, describe(e))

for thrown, make in THROWN.items():
    g = in_group(plain)
    try:
        next(g)
        next(g)
    except Exception as e:
        print("in_group", describe(e))
    handler = with_traceback()
    try:
        raise handler
    except ValueError: # the caller's exception is not the generator's
        g = simply(deeper)
        next(g)
        attempt("caller handles " + thrown, g, make())
        g = in_except(deeper)
        next(g)
        attempt("both handle " + thrown, g, make())


# ---- coroutines ----------------------------------------------------------------------------------------------------------------
@types.coroutine
def pause(value):
    return (yield value)


async def waits():
    return await pause("waits")


async def waits_more():
    return await waits()


async def waits_again():
    try:
        return await pause("again")
    except ValueError:
        raise


class Awaitable:
    def __await__(self):
        return waits().__await__()

    def __call__(self):
        return self


async def await_simply(make):
    return await make()


async def await_in_except(make):
    try:
        fail("except")
    except LookupError:
        return await make()


async def await_in_finally(make):
    try:
        fail("finally")
    finally:
        await make()


async def await_in_with(make):
    class Manager:
        async def __aenter__(self):
            return self

        async def __aexit__(self, *triple):
            await make()
    async with Manager():
        fail("with")


for outer in [await_simply, await_in_except, await_in_finally, await_in_with]:
    for inner in [waits, waits_more, waits_again, Awaitable()]:
        for thrown, make in THROWN.items():
            c = outer(inner)
            c.send(None)
            attempt(f"{outer.__name__} {getattr(inner, '__name__', 'object')} {thrown}", c, make())
        c = outer(inner)
        c.send(None)
        w = c.__await__()
        attempt("through the wrapper", w, (ValueError("wrapper"),))


# ---- asynchronous generators --------------------------------------------------------------------------------------------------
async def agen(make):
    yield 1
    await make()


async def agen_in_except(make):
    try:
        fail("except")
    except LookupError:
        yield 1
        await make()


async def agen_after_throw(make):
    try:
        yield 1
    except ValueError:
        await make()


async def agen_over_agen(make):
    try:
        fail("over")
    except LookupError:
        async for x in agen_in_except(make):
            yield x


def drive(awaitable, *args):
    """The exception that comes out of what is thrown after the first step."""
    try:
        awaitable.send(None)
        awaitable.throw(*args)
    except BaseException as e:
        return describe(e)


for make_agen in [agen, agen_in_except, agen_over_agen]:
    for inner in [waits, waits_more, waits_again]:
        for thrown, make in THROWN.items():
            a = make_agen(inner)
            try:
                a.asend(None).send(None)
            except StopIteration:
                pass
            print(make_agen.__name__, inner.__name__, thrown, "asend", drive(a.asend(None), *make()))
for inner in [waits, waits_more, waits_again]:
    for thrown, make in THROWN.items():
        a = agen_after_throw(inner)
        try:
            a.asend(None).send(None)
        except StopIteration:
            pass
        print("agen_after_throw", inner.__name__, thrown, drive(a.athrow(*make()), *make()))
        for make_agen in [agen, agen_in_except, agen_over_agen]:
            a = make_agen(inner)
            try:
                a.asend(None).send(None)
            except StopIteration:
                pass
            try:
                a.athrow(*make()).send(None)
            except BaseException as e:
                print("athrow", make_agen.__name__, inner.__name__, thrown, describe(e))


# ---- the exception goes on to be used -------------------------------------------------------------------------------------------
def chain_of(n):
    if n == 0:
        yield "end"
        return
    if n % 3 == 1:
        try:
            fail(n)
        except LookupError:
            yield from chain_of(n - 1)
    elif n % 3 == 2:
        try:
            yield from chain_of(n - 1)
        except KeyError:
            pass
    else:
        yield from chain_of(n - 1)


for n in range(9):
    g = chain_of(n)
    next(g)
    known = with_traceback()
    attempt(f"chain {n}", g, (known,))
    g = in_except(lambda: chain_of(n))
    next(g)
    attempt(f"chain {n} again", g, (known,))
    g = in_except(lambda: chain_of(n))
    next(g)
    attempt(f"chain {n} another time", g, (ValueError, known, known.__traceback__.tb_next))
