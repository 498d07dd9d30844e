# SPDX-License-Identifier: MIT
# oracle: unshared the main module's variables are cleared before a collection finds the last of its objects
"""atexit, and what finalizers see at the end."""
import atexit, sys
def f(*a, **k): print("f", a, k)
print(atexit.register(f, 1, 2, x=3) is f)
@atexit.register
def g(): print("g")
def bad(): raise ValueError("bad")
atexit.register(bad)
def reg(): atexit.register(f, "late")
atexit.register(reg)
def un(): print("un")
atexit.register(un); atexit.unregister(un)
print(atexit._ncallbacks())
def tr(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
tr(lambda: atexit.register()); tr(lambda: atexit.register(5))
class D:
    def __del__(self): print("del D", sys is None)
d = D()
def ex(): sys.exit(5)
atexit.register(ex)
atexit._run_exitfuncs(); print(atexit._ncallbacks()); atexit.register(g); atexit._clear(); atexit.register(bad); atexit.register(f, 9); atexit.register(ex)
class E:
    def __init__(s, n): s.n = n
    def __del__(s): print("E", s.n, s.__class__.__name__ )
print("end")
