# SPDX-License-Identifier: MIT
"""What fuzz_regex.c does with an input: byte 0 says what it is, byte 1 are flags; then pattern, NUL, text, or code words."""
import _sre
import warnings
from re import _compiler, error

warnings.simplefilter("ignore")
RAW, BYTES, WIDE = 1, 2, 4


def spans(m, length):
    """A match whose groups lie outside the text would be a reader of foreign memory."""
    if m is None:
        return
    for i in range(m.re.groups + 1):
        start, end = m.span(i)
        if not (start == end == -1 or 0 <= start <= end <= length):
            raise SystemError(f"group {i} of {m!r} is at {start}, {end}")
        m.group(i)


def use(pattern, text):
    length = len(text)
    spans(pattern.match(text), length)
    spans(pattern.fullmatch(text), length)
    spans(pattern.search(text, 1, max(0, length - 1)), length)
    for m in pattern.finditer(text):
        spans(m, length)
    pattern.findall(text)
    pattern.split(text)
    pattern.sub(text[:2].__class__(), text)
    pattern.subn(lambda m: m.group(), text)


def raw(data):
    """Code words of 16 bits, the last 8 bytes are the text."""
    words, text = data[:-8], data[-8:]
    code = [int.from_bytes(words[i:i + 2], "little") for i in range(0, len(words), 2)]
    code = [word if word != 0xFFFF else 0xFFFFFFFF for word in code]
    groups = data[0] % 4
    try:
        pattern = _sre.compile(None, 0, code, groups, {}, (None,) * (groups + 1))
    except (RuntimeError, ValueError, OverflowError):
        return
    use(pattern, text)
    use(pattern, text.decode("latin-1"))


def match(data):
    if len(data) < 3:
        return
    kind, flags, rest = data[0], data[1], data[2:]
    if kind & RAW:
        return raw(rest)
    flags &= 2 | 8 | 16 | 64 | (4 if kind & BYTES else 0) | (32 if kind & 8 else 0)
    if kind & 16:
        flags |= 256
    pattern, _, text = rest.partition(b"\0")
    if not kind & BYTES:
        pattern = pattern.decode("utf-8", "replace")
        text = text.decode("utf-8", "replace")
        if kind & WIDE:
            text += "\U00010400"
    try:
        compiled = _compiler.compile(pattern, flags)
    except (error, ValueError, OverflowError, RecursionError, MemoryError):
        return
    use(compiled, text)
