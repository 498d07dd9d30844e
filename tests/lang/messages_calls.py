"""What builtin methods and functions say about arguments that they do not take."""
import array
import binascii
import datetime
import functools
import io
import itertools
import json
import math
import os
import re
import sys
import time
import types

ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class Odd:
    def __repr__(self):
        return "<odd>"


def told(call, *args, **kwargs):
    try:
        result = repr(call(*args, **kwargs))
    except Exception as e:
        result = f"{type(e).__name__}: {e}"
    return ADDRESS.sub("", result)[:120]


# ---- keywords, by name and through the object -----------------------------------------------------------------------------
MAKERS = [lambda: "abc", lambda: b"abc", lambda: bytearray(b"abc"), lambda: {1}, lambda: frozenset([1]), lambda: range(3),
          lambda: [1], lambda: (1,), lambda: {1: 2}, lambda: memoryview(b"ab"), lambda: property(), lambda: 5, lambda: 1.5,
          lambda: 1j, lambda: slice(1), lambda: ExceptionGroup("g", [KeyError(1)]), lambda: KeyError(1)]
CALLS = [(), (None,), (Odd(),), (1,), ("x",), (b"x",), (1.5,), ([],), ((),), (1, 2), ("a", Odd()), (Odd(), Odd()), (b"a", 1, Odd()),
         (1, 2, Odd()), (None,) * 4]
SKIPPED = {"__hash__", "__repr__", "__str__", "__sizeof__", "__dir__", "__new__", "__init_subclass__", "__subclasshook__", "__class__",
           "__reduce_ex__", "__reduce__", "__format__", "__getstate__", "__doc__"}

for make in MAKERS:
    kind = type(make())
    for name in sorted(set(dir(kind)) - SKIPPED - set(dir(object))) + ["__format__", "__reduce_ex__"]:
        method = getattr(make(), name)
        if not isinstance(method, (types.BuiltinFunctionType, types.MethodWrapperType)):
            continue
        print(kind.__name__, name, told(getattr(make(), name), bad=1), told(getattr(kind, name), make(), bad=1))
        print(told(getattr(kind, name), make(), 1, bad=1) if name != "fromhex" else "")
        for args in CALLS:
            result = told(getattr(make(), name), *args)
            if "Error" in result:
                print("   ", args, result)


class Text(str):
    pass


print(told(Text("x").find, bad=1), told(Text.find, "x", bad=1), told(lambda: Text("x").find(bad=1)), told(lambda: "x".find(bad=1)))
print(told(lambda: {1}.union(bad=1)), told(lambda: math.log(1, bad=1)), told(math.log, bad=1), told(math.sqrt, bad=1))
for call in [functools.reduce, json.decoder.c_scanstring, time.clock_getres, time.get_clock_info, os.waitpid, os.killpg, os.setpgid]:
    print(call.__name__, told(call, *[1] * 12), told(call), told(call, bad=1))

# ---- numbers that do not fit -----------------------------------------------------------------------------------------------
for number in [2**40, -2**40, 10**30, -10**30]:
    for call in ["a".expandtabs, "a".splitlines, chr, sys.setrecursionlimit, b"a".expandtabs, (5).__reduce_ex__, sys._getframe,
                 os.close, os.strerror, datetime.date.fromordinal, datetime.timedelta, sys.set_int_max_str_digits]:
        print(number, call.__name__, told(call, number))
    print(told(memoryview(b"").hex, ":", number), told(compile, "1", "x", "eval", number), told(time.mktime, (number,) * 9),
          told(datetime.date, number, 1, 1), told(__import__, "os", None, None, (), number), told(io.StringIO().seek, 0, number),
          told(__import__("socket").ntohs, number), told(__import__("gc").set_threshold, number),
          told(__import__("gc").collect, number))

# ---- None is called None ---------------------------------------------------------------------------------------------------
stream = io.TextIOWrapper(io.BytesIO())
day, moment = datetime.date(1, 1, 1), datetime.datetime(1, 1, 1)
for call, *args in [(stream.write, None), (day.strftime, None), (moment.isoformat, None), (moment.isoformat, " ", None), (day.__format__, None),
                    (open, "x", None), (io.open_code, None), (compile, "1", "x", None), (object().__format__, None), (types.ModuleType, None),
                    (ExceptionGroup, None, []), (type, None, (), {}), (type, "x", None, {}), (type, "x", (), None),
                    (types.FunctionType, None, {}), (types.FunctionType, told.__code__, None), (UnicodeDecodeError, None, b"", 0, 0, ""),
                    (b"x".ljust, 5, None), (array.array, None), (itertools._grouper, None, 1), (itertools._tee_dataobject, 1, None, 3),
                    (types.TracebackType, None, None, 1, 1), (types.TracebackType,), (super, None), (types.MappingProxyType, None)]:
    print(told(call, *args), told(call, *[5 if a is None else a for a in args]) if call is not io.open_code and call is not open else "")
for separator in [[], (), {}, [1], 5, None, "", "ab", "\xe9", b"", b"-"]:
    print(separator, told(b"xyz".hex, separator))

# ---- classes ---------------------------------------------------------------------------------------------------------------
def nested():
    class Inner(flag=1):
        pass


def nested_twice():
    class Inner:
        class Deeper(option=1):
            pass


print(told(nested), told(nested_twice), told(object.__init_subclass__, 1), told(int.__init_subclass__, a=1))
for kind in [io.IOBase.__base__, io.RawIOBase.__bases__[0], io.BufferedIOBase.__bases__[0], io.TextIOBase.__bases__[0]]:
    print(kind, type(kind()) is kind, told(kind(1).fileno))
for kind in [io.BufferedReader, io.BufferedWriter, io.BufferedRandom]:
    print(told(kind, None, "x"), told(kind, None), told(kind, io.BytesIO(), 0))
print(told(io.BufferedRWPair, None, None, "x"), told(io.IncrementalNewlineDecoder, None, "x"), told(io.IncrementalNewlineDecoder, None, None))
print(binascii.hexlify(b"abc", "-"))
