# SPDX-License-Identifier: MIT
"""What race.py races: for each kind how an object is made, and what must not be called on it.

The objects are fresh for each race and belong to nobody else: a kind whose methods could end threads, wait for ever, close
descriptors of the program or change the interpreter names these in `skip`.
"""
import abc
import array
import asyncio
import bz2
import codecs
import collections
import contextvars
import csv
import datetime
import functools
import hashlib
import io
import itertools
import lzma
import mmap
import operator
import os
import pickle
import queue
import random
import re
import select
import socket
import sqlite3
import struct
import tempfile
import threading
import traceback
import types
import weakref
import xml.parsers.expat
import zlib
import _random
import _string

# What ends threads, waits, or changes the interpreter rather than the object.
NEVER = {"__init_subclass__", "__subclasshook__", "__del__", "__sizeof__", "__dir__", "_at_fork_reinit"}


class Plain:
    def __init__(self, *args):
        self.a, self.b = 1, "b"

    def __call__(self, *args):
        return len(args)

    def __lt__(self, other):
        return id(self) < id(other)


class Slots:
    __slots__ = ("a", "b", "__weakref__")

    def __init__(self, *args):
        self.a, self.b = 1, []


class SubList(list):
    pass


class Sequence:
    """What iter() and reversed() make the general iterators of."""

    def __getitem__(self, index):
        if not 0 <= index < 1000:
            raise IndexError
        return index

    def __len__(self):
        return 1000


class SubDict(dict):
    def __missing__(self, key):
        return key


def numbers():
    for i in range(10**6):
        sent = yield i
        if sent == "stop":
            return


async def coroutine():
    return 1


def a_function(a=1, *, b=2):
    return a


def fresh_class():
    return type("Fresh", (Plain,), {"x": 1, "method": lambda self: self.a})


def suspended(function):
    g = function()
    next(g)
    return g


def counted(n):
    """An async generator in the middle."""
    async def numbers():
        for i in range(n):
            yield i
    return numbers()


def a_traceback():
    try:
        [].pop()
    except IndexError as error:
        return error.__traceback__


def scratch_file(mode):
    """An open file of its own, without a name."""
    file = tempfile.TemporaryFile(mode)
    file.write("one\ntwo\n" * 50 if "b" not in mode else b"one\ntwo\n" * 50)
    file.seek(0)
    return file


def a_socket():
    """One end of a pair that never waits; the other end is kept with it."""
    mine, other = socket.socketpair()
    mine.setblocking(False)
    other.setblocking(False)
    OTHER_ENDS.append(other)
    return mine


def a_database():
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute("create table t (a, b)")
    return connection


OTHER_ENDS = collections.deque(maxlen=20)
LOOP = asyncio.new_event_loop()  # never run: what is scheduled waits
SQL = ["select 1", "insert into t values (1, 'x')", "select * from t", "delete from t", "begin", "commit", "select a from t where b = ?"]


class Kind:
    """make() -> an object; skip: methods not to call; extra: what else is done ("attributes", "try_lock", "poll_now"); without:
    types of arguments it must not get, but for its own; arguments: some that mean something to it."""

    def __init__(self, make, skip=(), extra=(), without=(), arguments=()):
        self.make, self.skip, self.extra, self.without, self.arguments = make, NEVER | set(skip), extra, without, list(arguments)


AN_INSTANCE = Plain()  # somebody's method is bound to it
A_LIST = SubList([1, 2, 3])
KEYS = ["a", "b", "c", 1, 2, (1, 2), None]
KINDS = {
    "list": Kind(lambda: [3, 1, 2, "x", (1,)]),
    "list_of_numbers": Kind(lambda: list(range(50))),
    "list_subclass": Kind(lambda: SubList([1, 2, 3])),
    "dict": Kind(lambda: dict.fromkeys(KEYS, 0)),
    "dict_subclass": Kind(lambda: SubDict(a=1)),
    "set": Kind(lambda: set(KEYS)),
    "bytearray": Kind(lambda: bytearray(b"some bytes")),
    "deque": Kind(lambda: collections.deque([1, 2, 3])),
    "deque_bounded": Kind(lambda: collections.deque([1, 2, 3], 5)),
    "OrderedDict": Kind(lambda: collections.OrderedDict.fromkeys(KEYS, 1)),
    "defaultdict": Kind(lambda: collections.defaultdict(list, a=[1])),
    "Counter": Kind(lambda: collections.Counter("abracadabra"), skip={"elements"}),
    "ChainMap": Kind(lambda: collections.ChainMap({"a": 1}, {"b": 2})),
    "array": Kind(lambda: array.array("l", range(20)), skip={"tofile", "fromfile"}),
    "instance": Kind(Plain, extra=("attributes",)),
    "instance_slots": Kind(Slots, extra=("attributes",)),
    "instance_dict": Kind(lambda: vars(Plain())),
    "class": Kind(fresh_class, skip={"mro", "__subclasses__"}, extra=("attributes",)),
    "function": Kind(lambda: types.FunctionType(a_function.__code__, {}), extra=("attributes",)),
    "namespace": Kind(lambda: types.SimpleNamespace(a=1), extra=("attributes",)),
    "module": Kind(lambda: types.ModuleType("m"), extra=("attributes",)),
    "exception": Kind(lambda: ValueError(1, 2), extra=("attributes",)),
    "exception_group": Kind(lambda: ExceptionGroup("several", [ValueError(1), ExceptionGroup("more", [KeyError(2)])]), extra=("attributes",),
                            arguments=[ValueError, ValueError(1), [ValueError(2)]]),
    "exception_attribute": Kind(lambda: AttributeError("a", name="b", obj=1), extra=("attributes",)),
    "exception_exit": Kind(lambda: SystemExit(1, 2), extra=("attributes",)),
    "exception_import": Kind(lambda: ImportError("a", name="b", path="c"), extra=("attributes",)),
    "exception_key": Kind(lambda: KeyError(1), extra=("attributes",)),
    "exception_name": Kind(lambda: NameError("a", name="b"), extra=("attributes",)),
    "exception_os": Kind(lambda: BlockingIOError(11, "a", "b"), extra=("attributes",)),
    "exception_stop": Kind(lambda: StopIteration(1, 2), extra=("attributes",)),
    "exception_syntax": Kind(lambda: SyntaxError("a", ("b", 1, 2, "c", 3, 4)), extra=("attributes",)),
    "exception_decode": Kind(lambda: UnicodeDecodeError("utf-8", b"abcdef", 1, 3, "why"), extra=("attributes",)),
    "exception_encode": Kind(lambda: UnicodeEncodeError("ascii", "a\xe9bcd", 1, 3, "why"), extra=("attributes",)),
    "exception_translate": Kind(lambda: UnicodeTranslateError("a\xe9bcd", 1, 3, "why"), extra=("attributes",)),
    "abstract_class": Kind(lambda: abc.ABCMeta("Abstract", (), {}), skip={"mro", "__subclasses__"}, extra=("attributes",),
                           arguments=[int, fresh_class()]),
    "generator": Kind(lambda: suspended(numbers)),
    "coroutine": Kind(coroutine),
    "list_iterator": Kind(lambda: iter(list(range(1000)))),
    "dict_iterator": Kind(lambda: iter(dict.fromkeys(range(1000)).items())),
    "set_iterator": Kind(lambda: iter(set(range(1000)))),
    "str_iterator": Kind(lambda: iter("some text" * 100)),
    "deque_iterator": Kind(lambda: iter(collections.deque(range(1000)))),
    "reversed": Kind(lambda: reversed(list(range(1000)))),
    "enumerate": Kind(lambda: enumerate(range(10**6))),
    "zip": Kind(lambda: zip(range(10**6), itertools.count())),
    "map": Kind(lambda: map(operator.add, itertools.count(), itertools.count())),
    "filter": Kind(lambda: filter(None, itertools.count())),
    "callable_iterator": Kind(lambda: iter(lambda: 1, 2)),
    "count": Kind(itertools.count),
    "cycle": Kind(lambda: itertools.cycle([1, 2, 3])),
    "chain": Kind(lambda: itertools.chain([1] * 500, [2] * 500)),
    "islice": Kind(lambda: itertools.islice(itertools.count(), 0, None, 2)),
    "groupby": Kind(lambda: itertools.groupby(i // 3 for i in range(10**6))),
    "tee": Kind(lambda: itertools.tee(iter(range(10**5)))[0]),
    "product": Kind(lambda: itertools.product(range(30), repeat=3)),
    "permutations": Kind(lambda: itertools.permutations(range(7))),
    "combinations": Kind(lambda: itertools.combinations(range(12), 4)),
    "accumulate": Kind(lambda: itertools.accumulate(itertools.repeat(1))),
    "zip_longest": Kind(lambda: itertools.zip_longest(range(500), range(900))),
    "pairwise": Kind(lambda: itertools.pairwise(range(10**5))),
    "compress": Kind(lambda: itertools.compress(itertools.count(), itertools.cycle([1, 0]))),
    "takewhile": Kind(lambda: itertools.takewhile(lambda x: True, itertools.count())),
    "StringIO": Kind(lambda: io.StringIO("one\ntwo\nthree\n" * 5)),
    "BytesIO": Kind(lambda: io.BytesIO(b"one\ntwo\nthree\n" * 5)),
    "BufferedReader": Kind(lambda: io.BufferedReader(io.BytesIO(b"one\ntwo\n" * 50)), skip={"detach"}),
    "BufferedWriter": Kind(lambda: io.BufferedWriter(io.BytesIO()), skip={"detach"}),
    "BufferedRandom": Kind(lambda: io.BufferedRandom(io.BytesIO(b"some" * 50)), skip={"detach"}),
    "FileIO": Kind(lambda: io.FileIO("/dev/null", "r+"), without=int),  # it would close the descriptors of this program
    "TextIOWrapper": Kind(lambda: io.TextIOWrapper(io.BytesIO(b"one\ntwo\n" * 50)), skip={"detach"}),
    "memoryview": Kind(lambda: memoryview(bytearray(100))),
    "SimpleQueue": Kind(queue.SimpleQueue, skip={"get"}),
    "lock": Kind(threading.Lock, skip={"acquire", "acquire_lock", "__enter__"}, extra=("try_lock",)),
    "RLock": Kind(threading.RLock, skip={"acquire", "__enter__", "_acquire_restore", "_release_save"}, extra=("try_lock",)),
    "local": Kind(threading.local, extra=("attributes",)),
    "lru_cache": Kind(lambda: functools.lru_cache(maxsize=8)(lambda *a, **k: len(a)), extra=("attributes",)),
    "partial": Kind(lambda: functools.partial(a_function, 1)),
    "weakref": Kind(lambda: weakref.ref(Plain)),
    "WeakSet": Kind(lambda: weakref.WeakSet([Plain])),
    "WeakValueDictionary": Kind(lambda: weakref.WeakValueDictionary(a=Plain)),
    "property": Kind(lambda: property(lambda self: 1)),
    "cell": Kind(lambda: types.CellType(1), extra=("attributes",)),
    "Random": Kind(lambda: _random.Random(1)),
    "scanner": Kind(lambda: re.compile("a(b)?").scanner("ab" * 500)),
    "finditer": Kind(lambda: re.finditer("a(b)?", "ab" * 500)),
    "context": Kind(contextvars.copy_context, skip={"run"}),
    "context_variable": Kind(lambda: contextvars.ContextVar("v", default=1)),
    "slice": Kind(lambda: slice(1, 2, 3)),
    # -- text and bytes keep their hash and their UTF-8 once somebody asked
    "str": Kind(lambda: "".join(["\xe9t\xe9"] * 20)),
    "bytes": Kind(lambda: bytes(range(60))),
    "frozenset": Kind(lambda: frozenset(KEYS)),
    "datetime": Kind(lambda: datetime.datetime(2024, 2, 29, 12, 30, 15, 5, datetime.timezone.utc)),
    # -- more iterators
    "bytes_iterator": Kind(lambda: iter(bytes(1000))),
    "bytearray_iterator": Kind(lambda: iter(bytearray(1000))),
    "range_iterator": Kind(lambda: iter(range(10**5))),
    "long_range_iterator": Kind(lambda: iter(range(0, 10**40, 10**36))),
    "tuple_iterator": Kind(lambda: iter((1, 2, 3) * 300)),
    "array_iterator": Kind(lambda: iter(array.array("l", range(1000)))),
    "memoryview_iterator": Kind(lambda: iter(memoryview(bytes(1000)))),
    "OrderedDict_iterator": Kind(lambda: iter(collections.OrderedDict.fromkeys(range(1000)))),
    "dict_key_iterator": Kind(lambda: iter(dict.fromkeys(range(1000)))),
    "dict_value_iterator": Kind(lambda: iter(dict.fromkeys(range(1000)).values())),
    "dict_reversed": Kind(lambda: reversed(dict.fromkeys(range(1000)))),
    "dict_reversed_items": Kind(lambda: reversed(dict.fromkeys(range(1000)).items())),
    "dict_reversed_values": Kind(lambda: reversed(dict.fromkeys(range(1000)).values())),
    "list_reversed": Kind(lambda: list(range(1000)).__reversed__()),
    "deque_reversed": Kind(lambda: reversed(collections.deque(range(1000)))),
    "reversed_sequence": Kind(lambda: reversed(Sequence())),
    "wide_str_iterator": Kind(lambda: iter("s\u20acme text" * 100)),
    "template_iterator": Kind(lambda: _string.formatter_parser("a{b!r:c}{d.e[f]}" * 50)),
    "field_name_iterator": Kind(lambda: _string.formatter_field_name_split("a" + ".b[c]" * 100)[1]),
    "tee_data": Kind(lambda: itertools.tee(iter(range(1000)))[0].__reduce__()[2][0]),
    "sequence_iterator": Kind(lambda: iter(Sequence())),
    "starmap": Kind(lambda: itertools.starmap(operator.add, zip(itertools.count(), itertools.count()))),
    "dropwhile": Kind(lambda: itertools.dropwhile(lambda x: x < 50, itertools.count())),
    "filterfalse": Kind(lambda: itertools.filterfalse(None, itertools.cycle([1, 0]))),
    "combinations_with_replacement": Kind(lambda: itertools.combinations_with_replacement(range(12), 4)),
    "repeat": Kind(lambda: itertools.repeat(1, 5000)),
    "group": Kind(lambda: next(itertools.groupby([1] * 5000))[1]),
    "iter_unpack": Kind(lambda: struct.iter_unpack("<h", bytes(2000))),
    "scandir": Kind(lambda: os.scandir(os.path.dirname(os.__file__))),
    # -- views
    "dict_keys": Kind(lambda: dict.fromkeys(KEYS, 0).keys()),
    "dict_values": Kind(lambda: dict.fromkeys(KEYS, 0).values()),
    "dict_items": Kind(lambda: dict.fromkeys(KEYS, 0).items()),
    "OrderedDict_keys": Kind(lambda: collections.OrderedDict.fromkeys(KEYS, 0).keys()),
    "OrderedDict_values": Kind(lambda: collections.OrderedDict.fromkeys(KEYS, 0).values()),
    "OrderedDict_items": Kind(lambda: collections.OrderedDict.fromkeys(KEYS, 0).items()),
    "mappingproxy": Kind(lambda: types.MappingProxyType(dict.fromkeys(KEYS, 0))),
    # -- functions and what stands in classes
    "method": Kind(lambda: Plain().__lt__),
    "staticmethod": Kind(lambda: staticmethod(a_function), extra=("attributes",)),
    "classmethod": Kind(lambda: classmethod(a_function), extra=("attributes",)),
    "super": Kind(lambda: super(SubList, SubList())),
    "cached_property": Kind(lambda: functools.cached_property(lambda self: 1), extra=("attributes",)),
    "partialmethod": Kind(lambda: functools.partialmethod(a_function, 1), extra=("attributes",)),
    "singledispatch": Kind(lambda: functools.singledispatch(lambda x: 1), extra=("attributes",)),
    "cmp_to_key": Kind(lambda: functools.cmp_to_key(lambda a, b: 0)(1)),
    "attrgetter": Kind(lambda: operator.attrgetter("a", "b.c")),
    "itemgetter": Kind(lambda: operator.itemgetter(0, "a")),
    "methodcaller": Kind(lambda: operator.methodcaller("__len__")),
    "GenericAlias": Kind(lambda: list[int]),
    "GenericAlias_iterator": Kind(lambda: iter(list[int])),
    "union": Kind(lambda: int | list[str]),
    "code": Kind(lambda: compile("x = [i for i in range(3)]", "<race>", "exec")),
    "frame": Kind(lambda: suspended(numbers).gi_frame),
    "traceback": Kind(a_traceback),
    "traceback_list": Kind(lambda: traceback.extract_tb(a_traceback())),
    # -- asynchronous
    "async_generator": Kind(lambda: counted(1000)),
    "asend": Kind(lambda: counted(1000).asend(None)),
    "athrow": Kind(lambda: counted(1000).athrow(ValueError)),
    "anext": Kind(lambda: anext(counted(1000), 1)),
    "current_tasks": Kind(lambda: asyncio.tasks._current_tasks),
    "coroutine_wrapper": Kind(lambda: coroutine().__await__()),
    "Future": Kind(lambda: asyncio.Future(loop=LOOP), skip={"__init__"}, extra=("attributes",), arguments=[ValueError(1), LOOP]),
    "future_iterator": Kind(lambda: iter(asyncio.Future(loop=LOOP)), arguments=[ValueError]),
    "Task": Kind(lambda: asyncio.Task(coroutine(), loop=LOOP), skip={"__init__"}, arguments=[ValueError(1), LOOP]),
    "token": Kind(lambda: contextvars.ContextVar("v", default=1).set(2)),
    # -- files
    "file_text": Kind(lambda: scratch_file("w+"), skip={"detach", "fileno", "__init__"}, without=int),
    "file_binary": Kind(lambda: scratch_file("w+b"), skip={"detach", "fileno", "__init__"}),
    "BufferedRWPair": Kind(lambda: io.BufferedRWPair(io.BytesIO(b"some" * 50), io.BytesIO())),
    "newline_decoder": Kind(lambda: io.IncrementalNewlineDecoder(None, True)),
    "EncodingMap": Kind(lambda: codecs.charmap_build("".join(map(chr, range(256))))),
    "codec_encoder": Kind(lambda: codecs.getincrementalencoder("iso2022_jp")(), arguments=["\u3042", "\u30a2x"]),
    "codec_decoder": Kind(lambda: codecs.getincrementaldecoder("shift_jis")(), arguments=[b"\x82", b"\x82\xa0"]),
    "mmap": Kind(lambda: mmap.mmap(-1, 8192), without=type(None)),
    "socket": Kind(a_socket, skip={"__init__", "detach", "fileno", "accept", "settimeout", "setblocking", "sendfile", "makefile"}),
    "poll": Kind(select.poll, skip={"poll", "register"}),
    # -- libraries
    "Struct": Kind(lambda: struct.Struct("<ihb"), arguments=["<ihb", "2s", bytes(7), bytearray(14)]),
    "compressobj": Kind(zlib.compressobj),
    "decompressobj": Kind(zlib.decompressobj, arguments=[zlib.compress(b"text" * 50), zlib.compress(b"text")[:6]]),
    "BZ2Compressor": Kind(bz2.BZ2Compressor),
    "BZ2Decompressor": Kind(bz2.BZ2Decompressor, arguments=[bz2.compress(b"text" * 50)]),
    "LZMACompressor": Kind(lambda: lzma.LZMACompressor(preset=0)),
    "LZMADecompressor": Kind(lzma.LZMADecompressor, arguments=[lzma.compress(b"text" * 50, preset=0)]),
    "sha256": Kind(hashlib.sha256),
    "blake2b": Kind(hashlib.blake2b),
    "shake_128": Kind(hashlib.shake_128, without=type(None)),
    "csv_reader": Kind(lambda: csv.reader(itertools.repeat("a,b,'c'", 1000))),
    "csv_writer": Kind(lambda: csv.writer(io.StringIO())),
    "Pickler": Kind(lambda: pickle.Pickler(io.BytesIO()), extra=("attributes",)),
    "Unpickler": Kind(lambda: pickle.Unpickler(io.BytesIO(pickle.dumps([1, "a"]) * 200)), extra=("attributes",)),
    "expat": Kind(xml.parsers.expat.ParserCreate, arguments=["<a>", "<b x='1'>t</b>", "</a>"]),
    "database": Kind(a_database, skip={"__init__", "enable_load_extension", "backup"}, arguments=SQL),
    "database_cursor": Kind(lambda: a_database().cursor(), skip={"__init__"}, arguments=SQL),
    "database_row": Kind(lambda: sqlite3.Row(a_database().execute("select 1 as a, 2 as b"), (1, 2))),
    "pattern": Kind(lambda: re.compile("(a)(b)?|c")),
    "match": Kind(lambda: re.match("(a)(b)?", "abc")),
    "random": Kind(lambda: random.Random(1), skip={"_randbelow", "_randbelow_with_getrandbits", "_randbelow_without_getrandbits"},
                   arguments=[[1, 2, 3]]),  # below a negative number there is none
    # -- references
    "weak_proxy": Kind(lambda: weakref.proxy(A_LIST), skip={"__iadd__"}, extra=("attributes",)),
    "weak_callable_proxy": Kind(lambda: weakref.proxy(Plain), extra=("attributes",)),
    "WeakMethod": Kind(lambda: weakref.WeakMethod(AN_INSTANCE.__lt__)),
    "WeakKeyDictionary": Kind(lambda: weakref.WeakKeyDictionary({Plain: 1})),
    "finalize": Kind(lambda: weakref.finalize(Plain(), len, "x")),
}
