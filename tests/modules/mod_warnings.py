# SPDX-License-Identifier: MIT
# oracle: stderr
"""warnings and _warnings: filters, registries, stack levels, showing."""
import warnings, sys, _warnings
def show(): pass
warnings.warn("first")
warnings.warn("first")
for i in range(2): warnings.warn("loop")
warnings.warn("dep", DeprecationWarning)
warnings.warn("pend", PendingDeprecationWarning)
def f(): warnings.warn("in f", stacklevel=2)
f()
f()
warnings.warn(UserWarning("inst"))
class W(UserWarning): pass
warnings.warn("custom", W)
def tr(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
tr(lambda: warnings.warn("x", int)); tr(lambda: warnings.warn("x", 5)); tr(lambda: warnings.warn()); tr(lambda: warnings.warn(5)); tr(lambda: warnings.warn("far", stacklevel=50))
with warnings.catch_warnings(record=True) as r:
    warnings.simplefilter("always")
    warnings.warn("rec"); warnings.warn("rec", RuntimeWarning)
    print([(str(w.message), w.category.__name__, w.lineno, w.source) for w in r])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    tr(lambda: warnings.warn("err")); tr(lambda: warnings.warn("err2", SyntaxWarning))
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="ign.*"); warnings.filterwarnings("once", category=RuntimeWarning); warnings.filterwarnings("module", category=FutureWarning)
    warnings.warn("ignored"); warnings.warn("kept")
    for i in range(3): warnings.warn("once %d" % (i//2), RuntimeWarning)
    for i in range(3):
        warnings.warn("mod", FutureWarning)
    warnings.warn("mod", FutureWarning)
warnings.warn_explicit("expl", UserWarning, "somefile.py", 12)
warnings.warn_explicit("expl", UserWarning, "somefile.py", 12, "mod", {})
warnings.warn_explicit("expl", UserWarning, __file__, 5, source=sys)
reg = {}
for i in range(2): warnings.warn_explicit("reg", UserWarning, "f.py", 1, registry=reg)
print(sorted(map(str,reg)))
tr(lambda: warnings.warn_explicit("a", UserWarning, 5, 12)); tr(lambda: warnings.warn_explicit("a", UserWarning, "x", "y")); tr(lambda: warnings.warn_explicit("a", UserWarning, "x", 1, registry=5)); tr(lambda: warnings.warn_explicit("a", None, "x", 1))
print(warnings.filters == _warnings.filters, len(warnings.filters), _warnings._defaultaction, type(_warnings._onceregistry))
print(warnings.filters[:2])
old = warnings.filters[:]
warnings.filters[:] = [("bogus", None, UserWarning, None, 0)]; warnings._filters_mutated()
tr(lambda: warnings.warn("z"))
warnings.filters[:] = [5]; warnings._filters_mutated(); tr(lambda: warnings.warn("z"))
warnings.filters[:] = old; warnings._filters_mutated()
warnings.showwarning = lambda *a, **k: print("SW", a[0], a[1].__name__, a[3], k)
warnings.warn("via showwarning")
del sys.modules['warnings']
_warnings.warn("no module")
def g():
    open('/dev/null')
g()
import tracemalloc
