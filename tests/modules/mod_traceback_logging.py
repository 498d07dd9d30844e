# SPDX-License-Identifier: MIT
"""traceback, logging, warnings: formats and configuration."""
import io, logging, logging.handlers, sys, traceback, warnings
def f(x): return g(x) + 1
def g(x): raise ValueError(f"bad {x}")
try:
    f(1)
except ValueError as e:
    err = e
print("".join(traceback.format_exception(err)).replace(__file__, "FILE"), traceback.format_exception_only(ValueError("a\nb")), traceback.format_exception_only(SyntaxError("msg", ("f.py", 3, 5, "some text\n"))), [(fr.name, fr.line) for fr in traceback.extract_tb(err.__traceback__)])
te = traceback.TracebackException.from_exception(err, capture_locals=True)
del te.stack[0]
print("".join(te.format()).replace(__file__, "FILE"), te.exc_type, str(te), len(te.stack), traceback.format_list([("f.py", 1, "fn", "line")]), list(traceback.walk_tb(err.__traceback__))[0][1] > 0)
def rec(n): return rec(n - 1) if n else 1 / 0
try:
    rec(20)
except ZeroDivisionError as e:
    print(traceback.format_exc().replace(__file__, "FILE"), traceback.format_exc(limit=-1).count("rec"), traceback.format_exc(limit=2).count("File"))
try:
    try: raise KeyError("inner")
    except KeyError as k: raise RuntimeError("outer") from k
except RuntimeError as e:
    traceback.print_exception(e, file=sys.stdout, chain=False); traceback.print_exc(file=sys.stdout)
out = io.StringIO()
h = logging.StreamHandler(out); h.setFormatter(logging.Formatter("%(levelname)-8s|%(name)s|%(funcName)s|%(lineno)d|%(threadName)s|%(message)s"))
log = logging.getLogger("app.sub"); log.addHandler(h); log.setLevel(logging.INFO); log.propagate = False
def work():
    log.debug("hidden"); log.info("info %s %d", "a", 5); log.warning("warn %(k)s", {"k": 1}); log.error("err"); log.log(25, "custom"); log.critical("crit", extra={"x": 1})
    try: 1 / 0
    except ZeroDivisionError: log.exception("caught")
work()
print(out.getvalue().replace(__file__, "FILE"))
out.truncate(0); out.seek(0)
class Filt(logging.Filter):
    def filter(self, r): return "secret" not in r.getMessage()
h.addFilter(Filt()); h.setFormatter(logging.Formatter("{levelname}:{message}", style="{")); log.info("open"); log.info("secret thing"); log.setLevel("ERROR"); log.info("low"); log.error("high")
child = logging.getLogger("app.sub.child"); child.error("from child")
print(out.getvalue(), child.parent is log, child.getEffectiveLevel(), log.isEnabledFor(20), logging.getLevelName(30), logging.getLevelName("INFO"), logging.addLevelName(25, "NOTICE"), logging.getLevelName(25), log, repr(h).split(" ")[0], logging.getLogger("app.sub") is log, log.hasHandlers())
q = logging.handlers.MemoryHandler(10, target=h); log.addHandler(q); log.removeHandler(h); log.error("buffered"); q.flush(); print(out.getvalue().split("\n")[-2])
adapter = logging.LoggerAdapter(log, {"id": 7}); adapter.process("m", {}); print(adapter.process("m", {}))
root = io.StringIO(); logging.basicConfig(stream=root, level=logging.WARNING, format="%(levelname)s %(message)s"); logging.warning("root %s", "msg"); logging.info("no"); print(root.getvalue())
bad = io.StringIO(); sys.stderr, keep = bad, sys.stderr; logging.getLogger().warning("%d", "not a number"); sys.stderr = keep; print("--- Logging error ---" in bad.getvalue(), "TypeError" in bad.getvalue())
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always"); warnings.warn("one"); warnings.warn("two", DeprecationWarning, stacklevel=1); warnings.warn(UserWarning("three"))
    print([(str(x.message), x.category.__name__) for x in w])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try: warnings.warn("now an error", RuntimeWarning)
    except RuntimeWarning as e: print(e)
    warnings.filterwarnings("ignore", message="quiet.*"); warnings.warn("quiet please")
print(warnings.formatwarning("m", UserWarning, "f.py", 3, "code"), logging.Formatter().formatTime.__name__)
