"""What functions and methods of modules in C say about arguments that they do not take."""
import _blake2
import _hashlib
import _io
import _locale
import _md5
import _sha1
import _sha256
import _sha3
import _sha512
import array
import binascii
import csv
import datetime
import gc
import hmac
import io
import os
import queue
import re
import select
import threading
import time
import zlib

ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class Odd:
    pass


class Index:
    def __index__(self):
        return 1


def told(call, *args, **kwargs):
    try:
        result = repr(call(*args, **kwargs))
    except Exception as e:
        result = f"{type(e).__name__}: {e}"
    return ADDRESS.sub("", result)[:140]


HUGE = [2**70, -2**70]

# ---- io -------------------------------------------------------------------------------------------------------------------
STREAMS = [lambda: io.BytesIO(b"ab\ncd"), lambda: io.StringIO("ab\ncd"), lambda: io.FileIO("/dev/null"), lambda: io.BufferedReader(io.BytesIO(b"ab\ncd")),
           lambda: io.BufferedWriter(io.BytesIO()), lambda: io.BufferedRWPair(io.BytesIO(), io.BytesIO()), lambda: io.BufferedRandom(io.BytesIO(b"a")),
           lambda: io.TextIOWrapper(io.BytesIO(b"ab\ncd")), _io._IOBase, _io._RawIOBase, _io._BufferedIOBase, _io._TextIOBase]
ARGS = [(), (None,), (Odd(),), (Index(),), (1,), (2**70,), (-2**70,), (1.5,), ("x",), (1, 2, 3, 4)]
for make in STREAMS:
    print(type(make()).__name__)
    for name in ["__enter__", "_checkClosed", "_checkReadable", "_checkSeekable", "_checkWritable", "readable", "writable", "isatty", "flush",
                 "close", "detach"]:
        if hasattr(make(), name):
            print("   ", name, told(getattr(make(), name), 1), told(getattr(make(), name), bad=1))
    for name in ["read", "read1", "peek", "readline", "readlines", "truncate", "readinto", "readinto1", "write", "writelines", "seek"]:
        if not hasattr(make(), name) or (name == "seek" and type(make()) is io.TextIOWrapper):
            continue
        print("   ", name, told(getattr(make(), name), bad=1))
        for args in ARGS:
            print("       ", [type(a).__name__ for a in args], told(getattr(make(), name), *args))
    print("   ", told(make().__exit__, bad=1), told(make().__exit__, 1, 2, 3, 4, 5))
print(told(io.BytesIO().seek, Odd(), Odd()), told(io.FileIO("/dev/null").seek, "a", Odd()), told(io.BytesIO(b"abc").seek, 2, 0))
decoder = io.IncrementalNewlineDecoder(None, True)
for final in [None, Odd(), "x", 1.5, 0, 1, Index(), True]:
    print(told(decoder.decode, "a\r", final), told(decoder.decode, "a", final=final))


class Raw(io.RawIOBase):
    def readable(self):
        return True


class Half(io.RawIOBase):
    def __init__(self):
        self.left = [b"ab", b"c"]

    def readable(self):
        return True

    def readinto(self, buffer):
        part = self.left.pop(0) if self.left else b""
        if len(part) > len(buffer):
            self.left.insert(0, part[len(buffer):])
            part = part[:len(buffer)]
        buffer[:len(part)] = part
        return len(part)


print(told(Raw().read), told(Raw().read, 3), told(Raw().readall), told(Raw().readline), told(Raw().write, b"x"), told(Raw().writelines, [b"x"]),
      told(io.BufferedReader(Raw()).read, 1), told(Half().readall), told(Half().read, 2), told(Half().read, None), told(Half().readline),
      told(Half().write, b"x"), hasattr(io.RawIOBase, "readinto"), hasattr(io.BufferedIOBase, "peek"))

# ---- digests --------------------------------------------------------------------------------------------------------------
for make in [_md5.md5, _sha1.sha1, _sha256.sha224, _sha256.sha256, _sha512.sha384, _sha512.sha512]:
    print(told(make().copy, 1), told(make().copy, 1, 2), make(b"x").copy().hexdigest() == make(b"x").hexdigest())
for make in _sha3.sha3_256, _sha3.shake_128:
    print(told(make().copy, 1), told(make().copy, bad=1), type(make().copy()) is make)
for value in HUGE + [2**64, 2**64 - 1, 2**63, 2**62, None, "x", 1.5, -1, 0, 1]:
    print(told(_sha3.shake_128().digest, value), told(_sha3.shake_256().hexdigest, value))
for make in _blake2.blake2b, _blake2.blake2s:
    for value in [None, 1, "x", [], Odd(), b"x", memoryview(b"x")]:
        print(told(make, value).partition("object")[::2] if type(value) not in (bytes, memoryview) else make(value).hexdigest(), told(make().update, value))
for value in [None, 1, b"md5", "no_such_digest"]:
    print(told(_hashlib.new, value), told(_hashlib.hmac_new, b"key", b"", value), told(_hashlib.hmac_digest, b"key", b"", value))
print(told(_hashlib.hmac_new, None), told(_hashlib.hmac_new, 1, 2, 3), told(_hashlib.hmac_new, "a", "b", "c"), told(_hashlib.hmac_new, b"key"),
      told(_hashlib.hmac_digest, "a", "b", "md5"), told(hmac.new, b"key", b"", "no_such_digest"), told(hmac.digest, b"key", b"", "no_such_digest"),
      _hashlib.hmac_new(b"key", b"text", "md5").hexdigest(), hmac.new(b"key", b"text", "sha256").hexdigest())

# ---- _locale, binascii, csv, datetime, time -------------------------------------------------------------------------------
for name, *lengths in [("gettext", 1), ("dgettext", 2), ("dcgettext", 3), ("textdomain", 1), ("bindtextdomain", 2), ("bind_textdomain_codeset", 2)]:
    function = getattr(_locale, name)
    for value in [1, None, 1.5, Odd()]:
        for place in range(lengths[0]):
            args = ["x", "/tmp", 0][:lengths[0]]
            args[place] = value
            if (name, place, value) not in [("bindtextdomain", 1, None), ("bind_textdomain_codeset", 1, None), ("textdomain", 0, None)]:
                print(name, place, value.__class__.__name__, told(function, *args))
print([n for n in range(-3, 0x60000) if not told(_locale.nl_langinfo, n).startswith("ValueError: unsupported")], told(_locale.nl_langinfo, "x"))
for call, *args in [(binascii.a2b_qp, b"a"), (binascii.b2a_qp, b"a"), (binascii.crc32, b"a"), (binascii.crc_hqx, b"a")]:
    for value in [None, Odd(), "x", b"x", 1.5, 0, 1, True]:
        print(call.__name__, told(call, *args, value), told(call, Odd(), value), told(call, "a", value))
for keyword, call in [("strict_mode", binascii.a2b_base64), ("newline", binascii.b2a_base64), ("backtick", binascii.b2a_uu), ("header", binascii.a2b_qp),
                      ("quotetabs", binascii.b2a_qp), ("istext", binascii.b2a_qp), ("header", binascii.b2a_qp)]:
    for value in [None, Odd(), "x", 1.5, 0, 1, 2**40, Index()]:
        print(keyword, told(call, b"YQ==", **{keyword: value}), told(call, 5, **{keyword: value}))
print(told(binascii.hexlify, "a", "b", "c"), told(binascii.hexlify, b"ab", "b", "c"), told(binascii.b2a_hex, b"ab", ":", 1))
before = csv.field_size_limit()
for value in [-2**63, 2**63 - 1, 2**63, -2**63 - 1, 2**70, None, "x", 1.5, True, 5]:
    print(told(csv.field_size_limit, value))
csv.field_size_limit(before)
day, moment = datetime.date(1, 1, 1), datetime.time(1)
for args in [(), (1,), (day,), (1, 2), (day, 1), (1, moment), (day, moment), (day, moment, 1), (day, moment, None, 1), (1, 2, 3, 4)]:
    print(len(args), told(datetime.datetime.combine, *args), told(datetime.datetime.combine, *args, bad=1))
print(told(datetime.datetime.combine, time=1, date=1), told(datetime.datetime.combine, day, time=1), told(datetime.datetime.combine, 1, time=moment),
      told(datetime.datetime.combine, date=day, time=moment))
for call in time.clock_getres, time.clock_gettime, time.clock_gettime_ns, time.get_clock_info, time.gmtime, time.localtime:
    if call is not time.clock_gettime_ns:
        print(call.__name__, told(call, 1, 2), "" if call.__name__ in ("gmtime", "localtime") else told(call))
    print(told(call, bad=1))

# ---- locks, queues, directory entries, epoll, gc --------------------------------------------------------------------------
for make in threading.Lock, threading.RLock:
    lock = make()
    lock.acquire()
    print(told(lock.__exit__, bad=1), told(lock.__exit__, 1, 2, 3, 4), told(lock.__exit__))
with os.scandir("/proc/self") as entries:
    entry = next(entries)
    print(told(entries.__exit__, bad=1), told(entry.is_symlink, 1), told(entry.is_symlink, 1, 2))
print(told(queue.SimpleQueue().get_nowait, 1), told(queue.SimpleQueue().get_nowait).partition(":")[0])
print(told(select.epoll().__exit__, 1, 2, 3, 4), told(select.epoll().__exit__, bad=1), told(select.epoll().__exit__), told(select.epoll().__exit__, 1, 2, 3))
for value in [-2, 3, 1.5, "x", Odd(), 2**70, -2**70]:
    print(told(gc.get_objects, value))
print(type(gc.get_objects(-1)), type(gc.get_objects(None)), type(gc.get_objects(Index())))

# ---- what is told its class -----------------------------------------------------------------------------------------------
items, squeeze, expand = array.array("i"), zlib.compressobj(), zlib.decompressobj()
for call in [items.extend, items.fromfile, items.tofile, squeeze.compress, squeeze.copy, squeeze.__copy__, squeeze.__deepcopy__,
             expand.flush, expand.copy, expand.__copy__, expand.__deepcopy__]:
    print(call.__name__, [told(call, *args) for args in [(), (Odd(),), (Odd(), 2), (1, 2, 3, 4)]], told(call, bad=1))
