# SPDX-License-Identifier: MIT
"""Every module programs are promised imports and shows its __all__; C modules that must exist exist."""
import importlib
PROMISED = """threading queue concurrent.futures time math re collections os sys io string random functools itertools operator heapq bisect json dataclasses enum typing abc contextlib copy weakref gc traceback logging
argparse hashlib zlib struct textwrap unittest asyncio""".split()
NEEDED = """_ast _codecs _collections _contextvars _imp _io _posixsubprocess _random _signal _socket _sre _string _struct _thread _warnings _weakref array atexit errno itertools marshal math posix select time _functools _operator _abc
_stat _heapq _bisect _json _queue _asyncio _hashlib _datetime _typing binascii fcntl zlib""".split()
for name in PROMISED:
    m = importlib.import_module(name)
    print(name, sorted(getattr(m, "__all__", [])), m.__name__)
for name in NEEDED:
    m = importlib.import_module(name)
    print(name, m.__name__)
for name in ("nosuch", "_nosuch", "os.nosuch"):
    try:
        importlib.import_module(name)
    except ImportError as e:
        print(type(e).__name__, e)
