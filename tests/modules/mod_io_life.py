# SPDX-License-Identifier: MIT
# oracle: options -X dev -X warn_default_encoding
# Streams: finalizers that subclasses override, what is read at once, states to restore, choices that development mode checks.
import _io
import gc
import io
import sys
import types
import warnings

warnings.simplefilter('ignore', ResourceWarning)


def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return type(e).__name__, str(e)


record = []


def recording(base):
    class Recording(base):
        def __del__(self):
            record.append('del')
            super().__del__()

        def close(self):
            record.append('close')
            super().close()

        def flush(self):
            record.append('flush')
            super().flush()
    return Recording


for base, args in ((io.IOBase, ()), (io.RawIOBase, ()), (io.BufferedIOBase, ()), (io.TextIOBase, ()), (io.BytesIO, ()),
                   (io.BufferedWriter, (io.BytesIO(),)), (io.TextIOWrapper, (io.BytesIO(), 'ascii'))):
    stream = recording(base)(*args)
    del stream
    gc.collect()
    print(base.__name__, record)
    record.clear()
for T in (_io._IOBase, _io.FileIO, _io.BufferedReader, _io.BytesIO, _io.TextIOWrapper, types.GeneratorType, types.CoroutineType):
    print(T.__name__, '__del__' in vars(T), hasattr(T, '__del__'))


def closing():
    try:
        yield 1
    finally:
        print('closed')


g = closing()
next(g)
g.__del__()
print(list(g))


def itself():
    sys.unraisablehook = lambda u: print('unraisable', repr(u.exc_value))
    own.__del__()
    yield 5


own = itself()
print(next(own))


class Raw(io.RawIOBase):
    def __init__(self, *parts):
        self.parts, self.reads = list(parts), 0

    def readable(self):
        return True

    def readinto(self, b):
        self.reads += 1
        part = self.parts.pop(0) if self.parts else b''
        b[:len(part)] = part
        return len(part)


raw = Raw(b'abc', b'de', b'fgh', b'jkl')
reader = io.BufferedReader(raw, 10)
print(reader.peek(3), raw.reads)
for n in 2, 2, 2:
    b = bytearray(n)
    print(reader.readinto1(b), b, raw.reads)
print(reader.peek(3), raw.reads)
b = bytearray(20)
print(reader.readinto1(b), b[:6], raw.reads)

text = io.TextIOWrapper(io.BufferedWriter(io.BytesIO()), encoding='ascii')
text.detach()
print(repr(text), text.encoding, text.errors)


class Sink(io.RawIOBase):
    def __init__(self):
        self.sizes = []

    def writable(self):
        return True

    def write(self, b):
        self.sizes.append(len(b))
        return len(b)


sink = Sink()
text = io.TextIOWrapper(sink, encoding='ascii')
for piece in 'abc', 'x' * 8193, 'ghi', 'x' * 8192, 'y' * 8191:
    text.write(piece)
    print(sink.sizes)

memory = io.BytesIO(b'abc')
memory.close()
print(attempt(memory.__setstate__, (b'closed', 0, None)))
print(attempt(io.TextIOWrapper, io.BytesIO(), encoding='ascii', errors='nope'), attempt(io.TextIOWrapper, io.BytesIO(), encoding='nope'))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    io.TextIOWrapper(io.BytesIO())
    io.text_encoding(None)
    io.TextIOWrapper(io.BytesIO(), 'ascii')
print([(w.category.__name__, str(w.message)) for w in caught], io.text_encoding('ascii'))

# A file left open is the source of its warning.
import gc
import warnings

with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    open(__file__)
    gc.collect()
for w in seen:
    print(w.category.__name__, type(w.source).__name__)
