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

# An exception's parts are set to anything, also by what shows them.
for make in (lambda: UnicodeDecodeError("u", b"abc", 0, 1, "r"), lambda: UnicodeEncodeError("u", "abc", 0, 1, "r"), lambda: UnicodeTranslateError("abc", 0, 1, "r")):
    for thing in (5, None, "abc", b"abc", [1]):
        error = make()
        error.object = thing
        try:
            print(str(error))
        except TypeError as wrong:
            print(wrong)


class Replaces:
    """Its text takes away what shows it."""
    def __init__(self, *names):
        self.names = names

    def __str__(self):
        for name in self.names:
            setattr(error, name, () if name == "args" else "another")
        return "shown " + str(len([str(k) * 50 for k in range(2000)]))

    __repr__ = __str__


parts = "errno", "strerror", "filename", "filename2", "args"
for error in (Exception(Replaces("args")), KeyError(Replaces("args")), OSError(Replaces(*parts), "text" * 2, "a" * 40, None, "b" * 40)):
    print(str(error), error.args)
error = SyntaxError("message", ("file" * 20, 5, 1, "text"))
error.msg = Replaces("msg", "filename", "lineno")
print(str(error), error.filename)
error = UnicodeDecodeError("code", b"abc", 0, 1, "reason" * 5)
error.encoding = Replaces("encoding", "object", "reason")
print(str(error), error.reason)
