# SPDX-License-Identifier: MIT
"""Documents written and read back by a JSON codec in pure Python, one private copy a job: `json_roundtrip.py [THREADS]`.

The codec is this file's own (a character-at-a-time reader and a list-building writer), so that it is the interpreter that
is measured and not a C module. Each job builds documents, encodes, decodes, compares and encodes again.
"""
import hashlib
import os
import sys
import threading

JOBS = 16
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
UNESCAPES = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
SPACE, DIGITS = " \t\r\n", "0123456789"


class Writer:
    def __init__(self):
        self.out = []

    def write(self, value):
        out = self.out
        if value is None:
            out.append("null")
        elif value is True:
            out.append("true")
        elif value is False:
            out.append("false")
        elif isinstance(value, str):
            self.write_string(value)
        elif isinstance(value, (int, float)):
            out.append(repr(value))
        elif isinstance(value, dict):
            separator = "{"
            for key, item in value.items():
                out.append(separator)
                self.write_string(key)
                out.append(":")
                self.write(item)
                separator = ","
            out.append("{}" if separator == "{" else "}")
        else:
            separator = "["
            for item in value:
                out.append(separator)
                self.write(item)
                separator = ","
            out.append("[]" if separator == "[" else "]")

    def write_string(self, text):
        pieces = ['"']
        for c in text:
            if c in ESCAPES:
                pieces.append(ESCAPES[c])
            elif " " <= c <= "~":
                pieces.append(c)
            elif c <= "\uffff":
                pieces.append(f"\\u{ord(c):04x}")
            else:
                high, low = divmod(ord(c) - 0x10000, 0x400)
                pieces.append(f"\\u{0xd800 + high:04x}\\u{0xdc00 + low:04x}")
        pieces.append('"')
        self.out.append("".join(pieces))


class Reader:
    def __init__(self, text):
        self.text, self.at, self.end = text, 0, len(text)

    def fail(self, what):
        raise ValueError(f"{what} at {self.at}")

    def skip(self):
        text, at, end = self.text, self.at, self.end
        while at < end and text[at] in SPACE:
            at += 1
        self.at = at
        return text[at] if at < end else ""

    def value(self):
        c = self.skip()
        if c == '"':
            return self.string()
        if c == "{":
            return self.object()
        if c == "[":
            return self.array()
        if c == "-" or c in DIGITS and c:
            return self.number()
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        self.fail("expected a value")

    def object(self):
        result = {}
        self.at += 1
        if self.skip() == "}":
            self.at += 1
            return result
        while True:
            if self.skip() != '"':
                self.fail("expected a key")
            key = self.string()
            if self.skip() != ":":
                self.fail("expected ':'")
            self.at += 1
            result[key] = self.value()
            c = self.skip()
            self.at += 1
            if c == "}":
                return result
            if c != ",":
                self.fail("expected ',' or '}'")

    def array(self):
        result = []
        self.at += 1
        if self.skip() == "]":
            self.at += 1
            return result
        while True:
            result.append(self.value())
            c = self.skip()
            self.at += 1
            if c == "]":
                return result
            if c != ",":
                self.fail("expected ',' or ']'")

    def number(self):
        text, start, at, end = self.text, self.at, self.at + 1, self.end
        real = False
        while at < end:
            c = text[at]
            if c in DIGITS:
                pass
            elif c in ".eE+-":
                real = True
            else:
                break
            at += 1
        self.at = at
        return float(text[start:at]) if real else int(text[start:at])

    def string(self):
        text, at, pieces = self.text, self.at + 1, []
        while True:
            c = text[at]
            if c == '"':
                self.at = at + 1
                return "".join(pieces)
            if c == "\\":
                at += 1
                c = text[at]
                if c == "u":
                    code = int(text[at + 1:at + 5], 16)
                    at += 4
                    if 0xD800 <= code < 0xDC00:
                        code = 0x10000 + ((code - 0xD800) << 10) + int(text[at + 3:at + 7], 16) - 0xDC00
                        at += 6
                    c = chr(code)
                else:
                    c = UNESCAPES[c]
            pieces.append(c)
            at += 1


def encode(value):
    writer = Writer()
    writer.write(value)
    return "".join(writer.out)


def decode(text):
    reader = Reader(text)
    value = reader.value()
    if reader.skip():
        reader.fail("extra data")
    return value


def make_document(seed, size):
    """Records with every kind of value; a linear congruence instead of the random module keeps it the same everywhere."""
    state = seed * 7919 + 1

    def draw(n):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (state >> 33) % n

    words = ["alpha", "beta\n", 'ga"mma', "délta", "ε☃", "zeta\\", "\U0001F600", "", "eta\ttheta"]
    return {
        "seed": seed,
        "records": [{
            "id": i, "name": words[draw(9)] + words[draw(9)], "score": draw(10 ** 6) / 997, "negative": -draw(1000) / 8,
            "flags": [draw(2) == 1, None, draw(2) == 0], "big": draw(2 ** 31) ** 3,
            "nested": {"list": [draw(100) for _ in range(draw(6))], "empty": [{}, []], words[draw(9)]: {"x": draw(9) * 1e-7}},
        } for i in range(size)],
    }


def roundtrip(seed, size):
    document = make_document(seed, size)
    text = encode(document)
    again = decode(text)
    if again != document or encode(again) != text:
        raise AssertionError("the document changed on its way")
    return f"document {seed:2}: {len(text)} characters, {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def main(threads, scale):
    size = max(3, round(1_900 * scale))
    lines = [None] * JOBS

    def work(first):
        for seed in range(first, JOBS, threads):
            lines[seed] = roundtrip(seed, size)

    workers = [threading.Thread(target=work, args=(k,)) for k in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    print(*lines, sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2, float(os.environ.get("HEDDLE_WORKLOAD_SCALE", "1")))
