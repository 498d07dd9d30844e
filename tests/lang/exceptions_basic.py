# SPDX-License-Identifier: MIT
"""try/except/else/finally, raising, chaining, custom exceptions, exception attributes, flow through finally."""
import sys


def flow(kind):
    log = []
    try:
        log.append("try")
        if kind == "value":
            raise ValueError("v")
        if kind == "key":
            raise KeyError("k")
        if kind == "type":
            raise TypeError
        if kind == "return":
            return log
        log.append("end")
    except ValueError as e:
        log.append(f"value {e}")
    except (KeyError, IndexError) as e:
        log.append(f"lookup {e!r}")
    else:
        log.append("else")
    finally:
        log.append("finally")
    log.append("after")
    return log


for kind in ("none", "value", "key", "return", "type"):
    try:
        print(kind, flow(kind))
    except TypeError as error:
        print("escaped", repr(error))


def finally_return():
    for i in range(5):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            return_value = i
        finally:
            print("f", i, end=" ")
    try:
        return "try"
    finally:
        return "finally wins"


def finally_swallows():
    while True:
        try:
            raise ValueError
        finally:
            break
    return "swallowed"


def nested():
    try:
        try:
            1 / 0
        finally:
            print("inner finally", end=" ")
    except ZeroDivisionError as e:
        print("outer", e, end=" ")
        try:
            raise KeyError("second") from e
        except KeyError as k:
            return k.__cause__ is e, k.__context__ is e, k.__suppress_context__


print(finally_return(), finally_swallows(), nested())


class Custom(Exception):
    def __init__(self, code, *rest):
        super().__init__(code, *rest)
        self.code = code


class Sub(Custom):
    def __str__(self):
        return f"sub {self.code}"


for make in (lambda: Custom(1), lambda: Custom(1, 2), lambda: Sub(5), lambda: Exception(), lambda: Exception("a"), lambda: Exception("a", 1), lambda: KeyError("k"), lambda: KeyError(1, 2), lambda: OSError(2, "No such", "file.txt"), lambda: OSError(13, "x"), lambda: OSError("just"), lambda: StopIteration(5), lambda: SystemExit(3), lambda: UnicodeDecodeError("utf-8", b"ab", 0, 1, "why"), lambda: ImportError("m", name="n", path="p"), lambda: AttributeError("a", name="nm", obj=5), lambda: NameError("x", name="x")):
    e = make()
    print(repr(e), "|", str(e), "|", e.args, type(e).__mro__[1].__name__, getattr(e, "value", ""), getattr(e, "errno", ""), getattr(e, "name", ""))
for op in (lambda: [][1], lambda: {}["k"], lambda: int("x"), lambda: 1 / 0, lambda: "a" + 1, lambda: None.x, lambda: undefined, lambda: open("/no/such/file"), lambda: __import__("nosuchmodule"), lambda: next(iter([])), lambda: assert_false(), lambda: chr(-5), lambda: [1, 2].index(5), lambda: float("x"), lambda: exec("raise"), lambda: exec("raise 5"), lambda: exec("raise int"), lambda: exec("from os import nope"), lambda: exec("import os.nope"), lambda: "abc".encode("nope")):
    try:
        op()
    except Exception as e:
        print(type(e).__name__, "|", e)
try:
    try:
        raise ValueError("first")
    except ValueError:
        raise TypeError("second")
except TypeError as e:
    print(repr(e.__context__), e.__cause__, e.__suppress_context__)
try:
    try:
        raise ValueError("first")
    except ValueError:
        raise TypeError("second") from None
except TypeError as e:
    print(repr(e.__context__), e.__cause__, e.__suppress_context__)
try:
    raise ValueError("x").with_traceback(None) from KeyError("cause")
except ValueError as e:
    print(repr(e.__cause__), e.__traceback__.tb_lineno > 0, e.__traceback__.tb_next, e.__traceback__.tb_frame.f_code.co_name)
e = ValueError("noted")
e.add_note("one")
e.add_note("two")
print(e.__notes__)
try:
    e.add_note(5)
except TypeError as error:
    print(error)


def reraise():
    try:
        raise ValueError("original")
    except ValueError:
        try:
            raise KeyError("inner")
        except KeyError:
            pass
        print(repr(sys.exc_info()[1]), sys.exception().args)
        raise


try:
    reraise()
except ValueError as e:
    print(repr(e), repr(e.__context__))
print(sys.exc_info(), sys.exception())
try:
    try:
        raise KeyboardInterrupt
    except Exception:
        print("not here")
except BaseException as e:
    print(type(e).__name__)
try:
    e
except NameError as error:
    print(error)


def dynamic(kinds):
    try:
        raise IndexError("i")
    except kinds as e:
        return type(e).__name__


print(dynamic(LookupError), dynamic((KeyError, IndexError)))
for bad in (5, "x", (ValueError, 5), KeyError):
    try:
        dynamic(bad)
    except (TypeError, IndexError) as error:
        print(type(error).__name__, error)
try:
    assert 1 == 2, "assertion text"
except AssertionError as e:
    print(repr(e))
try:
    assert (), [1, 2]
except AssertionError as e:
    print(repr(e), e.args)


def gen():
    try:
        yield 1
        yield 2
    except ValueError as e:
        yield f"caught {e}"
    finally:
        print("gen finally")


g = gen()
print(next(g), g.throw(ValueError("thrown")), next(g, "done"))
print(issubclass(FileNotFoundError, OSError), type(OSError(2, "x")).__name__, type(OSError(17, "x")).__name__, isinstance(OSError(11, "x"), BlockingIOError), issubclass(ModuleNotFoundError, ImportError), IOError is OSError, issubclass(RecursionError, RuntimeError), issubclass(bool, int))
while True:
    try:
        pass
    finally:
        break
else:
    print("never")
for i in range(3):
    try:
        continue
    finally:
        print("c", i, end=" ")
else:
    print("loop else")
