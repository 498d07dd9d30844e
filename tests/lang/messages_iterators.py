"""What iterators, generators and exceptions say about arguments that they do not take."""
import array
import collections
import itertools
import re


class Index:
    def __index__(self):
        return 1


class Sequence:
    def __getitem__(self, i):
        return i


def told(call, *args, **kwargs):
    try:
        result = repr(call(*args, **kwargs))
    except BaseException as e:
        result = f"{type(e).__name__}: {e}"
    return re.sub(r" at 0x[0-9a-f]+", "", result)[:120]


# ---- the state of an iterator is an int itself ---------------------------------------------------------------------------
MAKERS = [lambda: iter([1, 2]), lambda: reversed([1, 2]), lambda: iter((1, 2)), lambda: iter(range(3)), lambda: iter(range(2**70)),
          lambda: iter("ab"), lambda: iter("\u1234b"), lambda: iter(b"ab"), lambda: iter(bytearray(b"ab")), lambda: reversed("abc"),
          lambda: iter(Sequence()), lambda: iter(array.array("i", [1, 2])), lambda: zip([1]), lambda: itertools.cycle("a")]
for make in MAKERS:
    print(type(make()).__name__)
    for state in [None, "1", b"1", [], 2**70, -2**70, 2**63, -2**63 - 1, True, -5, 100]:
        print("   ", state, told(make().__setstate__, state))
    print(told(make().__setstate__), told(make().__setstate__, 1, 2), told(make().__setstate__, state=1))
for make in MAKERS[:11]:
    if not isinstance(make(), (type(iter(range(3))), type(iter(range(2**70))))):
        print(told(make().__setstate__, Index()).partition(":")[0])


# ---- asynchronous generators look at what athrow was given when it is awaited ---------------------------------------------
async def ticks():
    while True:
        yield 1


def step(awaitable):
    try:
        return awaitable.send(None)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


for args in [(), (KeyError,), (KeyError, "a"), (KeyError, "a", None), (1,), (KeyError, 1, 2), (KeyError, 1, None, 3), (1, 2, 3, 4, 5)]:
    generator = ticks()
    print(len(args), step(generator.athrow(*args)), "|", step(generator.__anext__()))
print(told(ticks().athrow, bad=1), told(ticks().asend), told(ticks().asend, 1, 2), told(ticks().aclose, 1))
for name in "send", "throw", "close":
    for args in [(), (1,), (1, 2, 3), (1, 2, 3, 4)]:
        print(name, args, told(getattr(anext(ticks(), 1), name), *args), told(getattr(ticks().asend(None), name), *args))
    print(told(getattr(anext(ticks(), 1), name), bad=1))

# ---- what an exception class has of its own, and whose __new__ it is ------------------------------------------------------
for kind in [SystemExit, StopIteration, AttributeError, ImportError, ModuleNotFoundError, KeyError, IndexError, NameError, UnboundLocalError,
             OSError, FileNotFoundError, BrokenPipeError, BlockingIOError, TimeoutError, SyntaxError, IndentationError, TabError,
             UnicodeError, UnicodeDecodeError, ValueError]:
    print(kind.__name__, sorted(vars(kind)))
    print(told(kind.__new__), told(kind.__new__, 1), told(kind.__new__, int), told(kind.__new__, OSError), told(kind.__new__, bad=1))
    print(told(kind, bad=1), told(kind.__reduce__, kind.__new__(kind), 1), told(str, kind.__new__(kind, "x")))
for kind in ImportError, ModuleNotFoundError, NameError, UnboundLocalError, AttributeError:
    print(told(kind, "x", nothing=1), told(type("Sub", (kind,), {}), "x", nothing=1))
e = FileNotFoundError(2, "gone", "file")
print(e, e.errno, e.filename, repr(e), e.__reduce__(), isinstance(OSError(2, "x"), FileNotFoundError), FileNotFoundError.errno)
e = TabError("bad", ("f", 1, 2, "text"))
print(e, e.lineno, e.text, repr(e))
for name in "start", "end":
    for value in None, "a", 1.5, 2**70, -2**70, 3, True:
        print(name, value, told(setattr, UnicodeDecodeError("utf8", b"abc", 0, 1, "r"), name, value))

# ---- members and computed attributes of type ------------------------------------------------------------------------------
for name, value in sorted(vars(type).items()):
    if type(value).__name__ in ("member_descriptor", "getset_descriptor"):
        print(name, value, type(value).__name__, value.__name__,
              value.__objclass__)
for name in "__mro__", "__base__", "__basicsize__", "__flags__", "__itemsize__", "__dictoffset__", "__weakrefoffset__":
    print(name, told(setattr, type("C", (), {}), name, 1), told(delattr, type("C", (), {}), name), told(vars(type)[name].__get__, 1),
          told(vars(type)[name].__set__, int, 1), vars(type)[name].__get__(bool) == getattr(bool, name), vars(type)[name].__doc__)

# ---- OrderedDict, deque ---------------------------------------------------------------------------------------------------
ordered = collections.OrderedDict(a=1)
for key in None, "b", (1, 2):
    print(told(ordered.move_to_end, key), told(ordered.move_to_end, key, False), told(ordered.pop, key), told(ordered.pop, key, 5))
for method in collections.deque([1, 2]).index, collections.deque([1, 2]).insert, collections.deque([1, 2]).rotate:
    print(told(method), told(method, 1, 2, 3, 4), told(method, bad=1))
print(told(memoryview(b"ab").cast, "B", None), told(memoryview(b"ab").cast, "B", shape=None), told(memoryview(b"ab").cast, "B", [2]),
      told(memoryview(b"ab").cast, "\u00e9"), told(memoryview(b"ab").cast, ""))
