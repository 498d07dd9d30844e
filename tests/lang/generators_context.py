# SPDX-License-Identifier: MIT
# What is thrown into a generator keeps its context, unless the generator is handling something itself.
from contextlib import ExitStack, contextmanager


def chain(e):
    names = []
    while e is not None and len(names) < 9:
        names.append(str(e))
        e = e.__context__
    print(' <- '.join(names))


@contextmanager
def raising(exc):
    try:
        yield
    finally:
        raise exc

e1, e2, e3, e4 = (Exception(n) for n in '1234')
try:
    with ExitStack() as stack:
        stack.enter_context(raising(e4))
        stack.enter_context(raising(e3))
        stack.enter_context(raising(e2))
        raise e1
except Exception as e:
    chain(e)


def handling():
    try:
        raise Exception('inner')
    except Exception:
        yield


g = handling()
next(g)
try:
    try:
        raise Exception('outer')
    except Exception:
        g.throw(Exception('thrown'))
except Exception as e:
    chain(e)


def plain():
    yield


for how in Exception('thrown'), Exception:
    g = plain()
    next(g)
    try:
        try:
            raise Exception('outer')
        except Exception:
            g.throw(how)
    except Exception as e:
        chain(e)
