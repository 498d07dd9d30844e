# SPDX-License-Identifier: MIT
"""ExceptionGroup and except*."""


def show(group, depth=0):
    for e in group.exceptions:
        if isinstance(e, BaseExceptionGroup):
            print("  " * depth + f"{type(e).__name__} {e.message!r}")
            show(e, depth + 1)
        else:
            print("  " * depth + repr(e))


def handle(*errors):
    log = []
    try:
        try:
            raise ExceptionGroup("group", errors)
        except* ValueError as g:
            log.append(("value", [str(e) for e in g.exceptions], type(g).__name__))
        except* (KeyError, TypeError) as g:
            log.append(("key/type", [repr(e) for e in g.exceptions]))
        else:
            log.append("else")
        finally:
            log.append("finally")
    except ExceptionGroup as rest:
        log.append(("rest", rest.message, [repr(e) for e in rest.exceptions]))
    return log


print(handle(ValueError("a"), ValueError("b")))
print(handle(ValueError("a"), KeyError("k"), TypeError("t")))
print(handle(OSError("o"), ValueError("v")))
print(handle(IndexError("only")))
eg = ExceptionGroup("top", [ValueError(1), ExceptionGroup("sub", [TypeError(2), ValueError(3), ExceptionGroup("deep", [KeyError(4)])]), OSError(5)])
print(eg, repr(eg.message), len(eg.exceptions), str(eg))
show(eg)
match, rest = eg.split(ValueError)
show(match)
print("--")
show(rest)
print(eg.subgroup(KeyError).exceptions[0].exceptions[0].exceptions, eg.subgroup(ZeroDivisionError), eg.split(lambda e: isinstance(e, OSError))[0], eg.derive([ValueError(9)]))
try:
    try:
        raise ValueError("naked")
    except* ValueError as g:
        print(type(g).__name__, g.exceptions, g.message)
        raise KeyError("from handler")
except ExceptionGroup as e:
    print(repr(e), [repr(x) for x in e.exceptions])
except KeyError as e:
    print("KeyError", e, repr(e.__context__))
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError:
        raise RuntimeError("r1")
    except* TypeError:
        raise RuntimeError("r2")
except ExceptionGroup as e:
    print(e.message, [repr(x) for x in e.exceptions])
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError:
        raise
except ExceptionGroup as e:
    print(repr(e))
for make in (lambda: ExceptionGroup("x", []), lambda: ExceptionGroup("x", [1]), lambda: ExceptionGroup(1, [ValueError()]), lambda: ExceptionGroup("x"), lambda: ExceptionGroup("x", [KeyboardInterrupt()]), lambda: ExceptionGroup("x", 5)):
    try:
        print(make())
    except Exception as e:
        print(type(e).__name__, e)
b = BaseExceptionGroup("b", [KeyboardInterrupt(), ValueError()])
print(type(b).__name__, type(BaseExceptionGroup("c", [ValueError()])).__name__, isinstance(b, Exception), b.exceptions)


class MyGroup(ExceptionGroup):
    def __new__(cls, message, errors, code=0):
        self = super().__new__(cls, message, errors)
        self.code = code
        return self

    def derive(self, errors):
        return MyGroup(self.message, errors, self.code)


m, r = MyGroup("mine", [ValueError(1), TypeError(2)], 7).split(TypeError)
print(type(m).__name__, m.code, m.exceptions, r.code, r.exceptions)


def loop():
    out = []
    for i in range(3):
        try:
            raise ExceptionGroup("l", [ValueError(i), OSError(i)] if i else [ValueError(i)])
        except* ValueError as e:
            out.append(("v", i))
        except* OSError:
            out.append(("o", i))
    return out


print(loop())
for source in ("try: pass\nexcept* ValueError: pass\nexcept TypeError: pass", "try: pass\nexcept*: pass", "for i in []:\n  try: pass\n  except* ValueError: continue", "def f():\n  try: pass\n  except* ValueError: return 1"):
    try:
        compile(source, "<s>", "exec")
    except SyntaxError as e:
        print(e.msg)
try:
    try:
        raise ValueError
    except* ExceptionGroup:
        pass
except TypeError as e:
    print(e)
