# SPDX-License-Identifier: MIT
# oracle: unshared finalizers of what all threads may reach run at the next boundary, not on the spot
"""The place that a finalizer sees when an exception cuts the stack, leaves a frame, or is handled."""
import sys
import warnings


class Tells:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        caller = sys._getframe(1)
        print(self.name, "ends in", caller.f_code.co_name, "at", caller.f_lineno - caller.f_code.co_firstlineno)


def takes(*args):
    local = Tells("local")
    raise ValueError(len(args))


def unwinds():
    try:
        print(Tells("argument"), takes(Tells("passed")),
              missing)
    except ValueError as e:
        e.__traceback__ = None; print("handled")
    try:
        takes(Tells("first"), undefined_name,
              1)
    except NameError as e:
        print("handled", e)
    for item in [Tells("iterated")]:
        try:
            1 / 0
        except ZeroDivisionError:
            print("in the loop")
            item = None


async def never():
    pass


def never_awaited():
    try:
        takes(never(),
              undefined_name)
    except NameError:
        print("not awaited")


class Killer:
    """A key of a sort whose finalizer changes the list."""
    def __init__(self, x):
        pass

    def __del__(self):
        data[:] = range(20)

    def __lt__(self, other):
        return id(self) < id(other)


def sorts():
    try:
        data.sort(key=Killer)
    except ValueError as e:
        print(e, sorted(data))


data = list(range(10))
sorts()
unwinds()
warnings.simplefilter("always")
warnings.showwarning = lambda message, category, filename, lineno, *rest: print(
    message, lineno - never_awaited.__code__.co_firstlineno)
never_awaited()
