# SPDX-License-Identifier: MIT
# oracle: options -W ignore
# oracle: env PYTHONDONTWRITEBYTECODE=
# What happens when the cached code of a module is damaged: too short for a header, it is made again; behind a good header,
# the error of reading it comes out.
import importlib
import os
import sys

sys.path.insert(0, os.getcwd())
sys.dont_write_bytecode = False


def attempt(label, damage):
    with open("victim.py", "w") as file:
        file.write("x = 1\n")
    importlib.invalidate_caches()
    sys.modules.pop("victim", None)
    cached = importlib.import_module("victim").__cached__
    with open(cached, "rb") as file:
        data = file.read()
    with open(cached, "wb") as file:
        file.write(damage(data))
    del sys.modules["victim"]
    importlib.invalidate_caches()
    try:
        print(label, importlib.import_module("victim").x)
    except Exception as error:
        print(label, type(error).__name__, str(error).replace(cached, "VICTIM"))
    os.remove(cached)


attempt("whole", lambda data: data)
attempt("empty", lambda data: b"")
attempt("half a header", lambda data: data[:10])
attempt("header only", lambda data: data[:16])
attempt("other magic number", lambda data: b"\0\0\r\n" + data[4:])
attempt("other time", lambda data: data[:8] + b"\1\1\1\1" + data[12:])
attempt("odd flags", lambda data: data[:4] + b"\x08\0\0\0" + data[8:])
attempt("no code object", lambda data: data[:16] + b"N")
attempt("unknown type", lambda data: data[:16] + b"\x01")
