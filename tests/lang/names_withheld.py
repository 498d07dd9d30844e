# SPDX-License-Identifier: MIT
# \N{...} where the module unicodedata cannot be had.
import sys

CODES = (r'"\N{SOFT HYPHEN}"', r'"abc\N{SOFT"', r'f"\N{SOFT HYPHEN}"', r'b"\N{x}"', r'r"\N{x}"', r'"\x41"')


def show():
    for code in CODES:
        try:
            print(ascii(eval(code)))
        except SyntaxError as e:
            print(e.msg)
    for data in (rb"\N{SOFT HYPHEN}", rb"a\N", rb"\x41"):
        for errors in ("strict", "replace"):
            try:
                print(ascii(data.decode("unicode-escape", errors)))
            except UnicodeError as e:
                print(type(e).__name__, e)


sys.modules["unicodedata"] = None
show()
del sys.modules["unicodedata"]
show()
sys.modules["unicodedata"] = None
show()
