# SPDX-License-Identifier: MIT
"""What race.py races, second part: the mutable types that library modules have in C.  KINDS is all of both parts."""
import _codecs_jp
import _hashlib
import _heddle_typing
import _json
import _lsprof
import _multiprocessing
import _tokenize
import ast
import codecs
import csv
import ctypes
import datetime
import decimal
import hmac
import io
import itertools
import json
import os
import pathlib
import pickle
import select
import socket
import ssl
import symtable
import xml.etree.ElementTree as ElementTree

import kinds
from kinds import Kind

# ---- decimal -----------------------------------------------------------------------------------------------------------
NUMBERS = [decimal.Decimal("1.5"), decimal.Decimal(-7), decimal.Decimal("NaN"), decimal.Decimal("1e20")]
SIGNALS = [decimal.Inexact, decimal.DivisionByZero, {decimal.Inexact: True}]

# ---- XML ---------------------------------------------------------------------------------------------------------------
TEXT = "<a><b x='1'>t</b><c/>u<b><d/></b></a>"


def an_element():
    return ElementTree.fromstring(TEXT)


# ---- ctypes ------------------------------------------------------------------------------------------------------------
class Point(ctypes.Structure):
    _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_char * 8), ("c", ctypes.py_object), ("d", ctypes.c_short, 3)]


class Either(ctypes.Union):
    _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_double), ("c", ctypes.c_char * 8)]


AN_ARRAY = (ctypes.c_int * 200)()
MIDDLE = ctypes.c_int.from_buffer(AN_ARRAY, 400)  # what lies before and behind it may be read and written


def a_pointer():
    return ctypes.pointer(MIDDLE)


def a_c_class(base, **names):
    return Kind(lambda: type(base)("Fresh", (base,), dict(names)), skip={"mro", "__subclasses__", "from_address"}, extra=("attributes",),
                arguments=["_fields_", [("a", ctypes.c_int)], [("b", ctypes.c_char), ("c", ctypes.c_int, 3)], ctypes.c_int, bytearray(16), bytes(16)])


# ---- ssl ---------------------------------------------------------------------------------------------------------------
CERTIFICATES = pathlib.Path(__file__).resolve().parents[2] / "tests/modules/tls"
SERVER, CLIENT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
SERVER.load_cert_chain(CERTIFICATES / "localhost.pem")
CLIENT.load_verify_locations(CERTIFICATES / "authority.pem")


def a_connection():
    """The client's end of one within memory, with something to read; the other end is kept."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = CLIENT.wrap_bio(down, up, server_hostname="localhost")
    server = SERVER.wrap_bio(up, down, server_side=True)
    for end in client, server, client, server:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            pass
    server.write(b"text" * 100)
    kinds.OTHER_ENDS.append(server)
    return client._sslobj


def a_session():
    connection = a_connection()
    connection.read(10)  # it comes with the first data
    return connection.session


# ---- the others --------------------------------------------------------------------------------------------------------
def a_semaphore(serial=itertools.count()):
    return _multiprocessing.SemLock(1, 1, 2, f"/heddle-race-{os.getpid()}-{next(serial)}", True)


def an_epoll():
    poll, mine = select.epoll(), kinds.a_socket()
    poll.register(mine, select.EPOLLIN)
    kinds.OTHER_ENDS.append(mine)
    return poll


def a_dir_entry():
    with os.scandir(os.path.dirname(os.__file__)) as entries:
        return next(entries)


def a_hash(make):
    return Kind(make, without=type(None))


LIBRARY = {
    # -- numbers and time
    "decimal_context": Kind(lambda: decimal.Context(prec=9), arguments=NUMBERS + SIGNALS),
    "decimal_flags": Kind(lambda: decimal.Context().flags, arguments=SIGNALS),
    "decimal_local_context": Kind(lambda: decimal.localcontext(decimal.Context(prec=9))),
    "Decimal": Kind(lambda: decimal.Decimal("1.5"), arguments=NUMBERS),
    "date": Kind(lambda: datetime.date(2024, 2, 29)),
    "time": Kind(lambda: datetime.time(12, 30, 15, 5, datetime.timezone.utc)),
    "timedelta": Kind(lambda: datetime.timedelta(1, 2, 3)),
    "timezone": Kind(lambda: datetime.timezone(datetime.timedelta(hours=1))),
    # -- XML: an element within itself would be walked for ever
    "Element": Kind(an_element, without=ElementTree.Element, arguments=[an_element(), [an_element()], "b", ".//b", {"x": "1"}]),
    "element_iterator": Kind(lambda: ElementTree.fromstring("<a>" + "<b>t</b>u" * 300 + "</a>").iter()),
    "TreeBuilder": Kind(ElementTree.TreeBuilder, arguments=["a", {"x": "1"}]),
    "XMLParser": Kind(ElementTree.XMLParser, arguments=["<a>", "<b x='1'>t</b>", "</a>", TEXT]),
    # -- ctypes
    "ctypes_array": Kind(lambda: (ctypes.c_int * 10)(*range(10))),
    "ctypes_char_array": Kind(lambda: ctypes.create_string_buffer(b"text", 20)),
    "ctypes_object_array": Kind(lambda: (ctypes.py_object * 4)(1, 2, 3, 4)),
    "ctypes_structure": Kind(lambda: Point(1, b"x"), extra=("attributes",)),
    "ctypes_union": Kind(lambda: Either(1), extra=("attributes",)),
    # behind a pointer that its contents became is what the heap holds there
    "ctypes_pointer": Kind(a_pointer, without=ctypes._Pointer, arguments=[MIDDLE], skip={"__init__"}),
    "ctypes_number": Kind(lambda: ctypes.c_long(5)),
    "ctypes_object": Kind(lambda: ctypes.py_object([1])),
    "ctypes_function": Kind(lambda: ctypes.CDLL(None).abs, skip={"__init__"}, extra=("attributes",), arguments=[[ctypes.c_int], ctypes.c_int]),
    "ctypes_callback": Kind(lambda: ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x), skip={"__init__"}),
    "ctypes_reference": Kind(lambda: ctypes.byref(ctypes.c_int(1))),
    "ctypes_field": Kind(lambda: vars(Point)["a"], arguments=[Point(2)]),
    "ctypes_structure_class": a_c_class(ctypes.Structure),
    "ctypes_union_class": a_c_class(ctypes.Union),
    "ctypes_array_class": a_c_class(ctypes.Array, _type_=ctypes.c_int, _length_=3),
    "ctypes_pointer_class": a_c_class(ctypes._Pointer),
    "ctypes_number_class": a_c_class(ctypes._SimpleCData, _type_="i"),
    "ctypes_function_class": a_c_class(ctypes._CFuncPtr, _flags_=1, _restype_=ctypes.c_int),
    # -- ssl
    "SSLContext": Kind(lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), skip={"load_default_certs", "set_default_verify_paths"},
                       arguments=["DEFAULT", "prime256v1", str(CERTIFICATES / "localhost.pem"), ssl.MemoryBIO()]),
    "SSLSocket": Kind(a_connection, arguments=[bytearray(20), CLIENT]),
    "SSLSession": Kind(a_session),
    "certificate": Kind(lambda: a_connection().get_unverified_chain()[0]),
    "MemoryBIO": Kind(ssl.MemoryBIO),
    # -- text and streams
    "json_scanner": Kind(lambda: _json.make_scanner(json.JSONDecoder()), arguments=['[1, {"a": "x"}, 2.5]', 0]),
    "json_encoder": Kind(lambda: _json.make_encoder({}, str, _json.encode_basestring, None, ": ", ", ", False, True, True), arguments=[0]),
    "East_Asian_codec": Kind(lambda: _codecs_jp.getcodec("shift_jis"), arguments=["\u3042", b"\x82\xa0"]),
    "East_Asian_reader": Kind(lambda: codecs.getreader("shift_jis")(io.BytesIO("\u3042x\n".encode("shift_jis") * 100)), extra=("attributes",)),
    "East_Asian_writer": Kind(lambda: codecs.getwriter("iso2022_jp")(io.BytesIO()), extra=("attributes",), arguments=["\u3042", "\u30a2x", ["\u3042", "x"]]),
    "East_Asian_decoder": Kind(lambda: codecs.getincrementaldecoder("iso2022_jp")(), arguments=[b"\x1b", b"$B", b"\x1b$B$\"\x1b(B"]),
    "csv_dialect": Kind(lambda: csv.reader([]).dialect),
    "tokenizer": Kind(lambda: _tokenize.TokenizerIter("x = 1\n" * 300)),
    "ast_node": Kind(lambda: ast.parse("x = [1, 2]").body[0], extra=("attributes",), arguments=["targets", "value", "lineno"]),
    "type_alias": Kind(lambda: _heddle_typing.make_typealias("A", lambda: list[int], ())),
    "symbol_table": Kind(lambda: symtable.symtable("def f(x): return [x for y in x]", "<race>", "exec")._table),
    "PickleBuffer": Kind(lambda: pickle.PickleBuffer(bytearray(50))),
    "pickler_memo": Kind(lambda: pickle.Pickler(io.BytesIO()).memo, arguments=[{1: (2, "x")}]),
    "unpickler_memo": Kind(lambda: pickle.Unpickler(io.BytesIO()).memo, arguments=[{1: "x"}]),
    # -- the system
    "epoll": Kind(an_epoll, skip={"poll", "fromfd", "fileno", "close", "__exit__"}, extra=("poll_now",), arguments=[socket.socketpair()[0]]),
    "epoll_and_close": Kind(an_epoll, skip={"poll", "fromfd", "fileno"}, extra=("poll_now",), arguments=[socket.socketpair()[0]]),
    "poll_of_sockets": Kind(select.poll, skip={"poll"}, extra=("poll_now",)),
    "DirEntry": Kind(a_dir_entry),
    "SemLock": Kind(a_semaphore, skip={"acquire", "__enter__", "_rebuild"}, extra=("try_lock",)),
    "Profiler": Kind(_lsprof.Profiler),
    # -- digests
    "HMAC": a_hash(lambda: _hashlib.hmac_new(b"k", digestmod="sha256")),
    "hmac_in_Python": a_hash(lambda: hmac.HMAC(b"k", digestmod="sha256")),
}
OWN_HASHES = {"_blake2": "blake2b blake2s", "_md5": "md5", "_sha1": "sha1", "_sha256": "sha224 sha256", "_sha512": "sha384 sha512",
              "_sha3": "sha3_224 sha3_256 sha3_384 sha3_512 shake_128 shake_256"}
for module, names in OWN_HASHES.items():
    LIBRARY |= {f"own_{name}": a_hash(getattr(__import__(module), name)) for name in names.split()}

KINDS = kinds.KINDS | LIBRARY
