# SPDX-License-Identifier: MIT
# Signatures of builtin classes, and of classes that say them in their docstrings.
import _queue
import inspect
import io
import itertools
import math
import types

DEFAULT_BUFFER_SIZE = 8192


class Reader:
    """Reader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nReads."""


class Derived(Reader):
    """It says nothing."""


class Broken:
    """Broken(raw

    more)\n--\n\n"""


class Other:
    """Reader(raw)\n--\n\n"""


for c in (Reader, Derived, Broken, Other, io.BufferedReader, io.BufferedWriter, io.BufferedRandom, io.BufferedRWPair, io.TextIOWrapper,
          classmethod, staticmethod, property, types.CellType, types.CodeType, types.MappingProxyType, types.TracebackType, types.MethodType,
          _queue.SimpleQueue):
    print(c.__name__, repr(c.__text_signature__))
print(inspect.signature(Reader), inspect.signature(Derived), inspect.signature(io.BufferedReader))

# What builtins say of themselves.
for f in (int.__new__, object.__new__, math.gcd, math.lcm, itertools.tee, print, str.split, bytes.fromhex):
    print(f.__name__, inspect.signature(f))
