# SPDX-License-Identifier: MIT
# What an object refers to is replaced, and nobody else has it, by the very thing that is being called.
import codecs
import functools
import io


class Decoder(codecs.IncrementalDecoder):
    def decode(self, data, final=False):
        if not replaced:
            replaced.append(stream)
            stream.reconfigure(newline='\n')  # new decoders, this one and the one around it go
            replaced.extend(io.IncrementalNewlineDecoder(None, False) for _ in range(10))
        return bytes(data).decode()

    def reset(self):
        pass

    def getstate(self):
        return b'', 0

    def setstate(self, state):
        pass


class Encoder(codecs.IncrementalEncoder):
    def encode(self, text, final=False):
        if not replaced:
            replaced.append(stream)
            stream.reconfigure(errors='ignore')
        return text.encode() + self.errors.encode()


def search(name):
    if name == 'replacing':
        return codecs.CodecInfo(name=name, encode=None, decode=None, incrementaldecoder=Decoder, incrementalencoder=Encoder)


codecs.register(search)
replaced = []
stream = io.TextIOWrapper(io.BytesIO(b'abcd\r\nef'), encoding='replacing')
print(stream.read(2), len(replaced))
replaced = []
raw = io.BytesIO()
stream = io.TextIOWrapper(raw, encoding='replacing')
stream.write('text')
stream.flush()
print(raw.getvalue(), len(replaced))


# Where a bytearray is looked through for a number that has first to be asked for.
class Number:
    def __index__(self):
        looked.clear()
        looked.extend(b'abc')
        return 98


looked = bytearray(100000)
print(Number() in looked, len(looked))


# The keywords of a partial object are emptied by what it calls.
class Minus:
    def __init__(self):
        self.calls = []

    def __call__(self, number):
        partial.keywords.clear()
        self.calls.append(number)
        return -number


partial = functools.partial(sorted, key=Minus())
print(partial([3, 1, 2] * 10)[::10], partial.keywords)
