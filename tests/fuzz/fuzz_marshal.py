# SPDX-License-Identifier: MIT
"""What fuzz_marshal.c does with an input."""
import marshal

CODE = type(compile("", "", "exec"))
FIELDS = [name for name in dir(CODE) if name.startswith("co_")]


def look_at_code(code):
    for name in FIELDS:
        value = getattr(code, name)
        if callable(value):
            for _ in value():
                pass
    hash(code)
    repr(code)
    code == code.replace() # which may differ: kinds of locals that no compiler makes are not told apart by its arguments


def look(data):
    try:
        value = marshal.loads(data)
    except (EOFError, ValueError, TypeError, MemoryError, OverflowError, RecursionError, SyntaxError):
        return
    except SystemError as e: # the one that CPython has for it
        if str(e) != "non-string found in code slot":
            raise
        return
    waiting, seen = [value], 0
    while waiting and seen < 200:
        item = waiting.pop()
        seen += 1
        if isinstance(item, CODE):
            look_at_code(item)
            waiting.extend(item.co_consts)
        elif isinstance(item, (tuple, list, set, frozenset)):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item.items())
        else:
            repr(item)
    again = marshal.loads(marshal.dumps(value))
    if type(again) is not type(value):
        raise SystemError("marshal does not read what it wrote")
