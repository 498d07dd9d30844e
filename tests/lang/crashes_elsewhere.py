# SPDX-License-Identifier: MIT
# What CPython 3.11 dies of: memory used after it was freed, C stacks that overflow.  Here: what a sound one would say.
import struct


def attempt(what):
    try:
        print(what())
    except Exception as error:
        print(type(error).__name__, error)


attempt(staticmethod.__new__(staticmethod))  # first: it is certain, what follows may also run on for long


class Changing:
    def __index__(self):
        record.__init__("<b")
        return 7


record = struct.Struct("<40h")
print(record.pack(*[Changing()] * 40) == struct.pack("<40h", *[7] * 40), record.format, record.size)
attempt(lambda: struct.Struct.__new__(struct.Struct).pack_into(bytearray(1)))

for kind in staticmethod, classmethod:
    wrapper = kind(len)
    wrapper.__init__(wrapper)
    attempt(lambda: wrapper.__get__(1))
    attempt(wrapper.__repr__)
attempt(staticmethod(len).__init__)
itself = staticmethod(len)
itself.__init__(itself)
attempt(itself)
