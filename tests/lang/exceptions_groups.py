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


# ---- parts of a group: context and cause are the whole's, and the context is not shown ---------------------------------
def ties(e):
    print(type(e).__name__, e.__context__, e.__cause__, e.__suppress_context__)


try:
    try: raise KeyError(0)
    except KeyError:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2), ExceptionGroup("in", [ValueError(3), OSError(4)])])
except ExceptionGroup as g:
    ties(g)
    a, b = g.split(ValueError)
    ties(a); ties(b); ties(a.exceptions[1]); ties(b.exceptions[1])
    ties(g.subgroup(OSError))
    ties(g.subgroup(lambda e: True))
    try:
        try: raise g
        except* ValueError as e:
            ties(e)
            raise
        except* TypeError as e:
            ties(e)
            raise IndexError
    except ExceptionGroup as e:
        ties(e)
        for x in e.exceptions: ties(x)
try:
    try: raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError: pass
except ExceptionGroup as e: ties(e)
class Own(ExceptionGroup):
    def derive(self, excs): return Own("derived", excs)
for x in Own("own", [ValueError(1), TypeError(2)]).split(TypeError): ties(x)
g = ExceptionGroup("g", [ValueError(1), TypeError(2), ExceptionGroup("in", [OSError(3)])]); g.add_note("note"); g.exceptions[2].add_note("inner")
for what in (KeyError, ValueError, OSError):
    try:
        try: raise g
        except* what as e: print("got", e, e.__notes__)
    except ExceptionGroup as e:
        print(what.__name__, e is g, e, e.__suppress_context__, e.exceptions[-1] is g.exceptions[-1], getattr(e, "__notes__", None), getattr(e.exceptions[-1], "__notes__", None))
    try:
        try: raise g
        except* what as e: raise
    except ExceptionGroup as e:
        print(what.__name__, e is g, e, e.__suppress_context__, e.exceptions[-1] is g.exceptions[-1], getattr(e, "__notes__", None), getattr(e.exceptions[-1], "__notes__", None))


def behind_a_clause_that_does_not_match():
    try:
        raise ExceptionGroup("group", [ValueError(5), ExceptionGroup("inner", [OSError(6)])])
    except* KeyError:
        pass
    except* Exception as e:
        raise e


try:
    behind_a_clause_that_does_not_match()
except ExceptionGroup as e:
    print(repr(e))
