# SPDX-License-Identifier: MIT
# cProfile and the profiling events of functions in C.
import _lsprof
import cProfile
import io
import pstats
import sys


class Tree:
    def depth(self, n):
        return 1 if n < 2 else 1 + self.depth(n - 1)


def work():
    for _ in range(5):
        Tree().depth(10)
    items = [x for x in range(3)]
    items.append(4)
    list.append(items, 5)
    "".join(["a"]), str.maketrans("a", "b"), dict.fromkeys("a"), int.__add__(1, 2)
    list.append(*(items, 6))
    sorted(items, key=lambda x: -x)
    try:
        items.index(77)
    except ValueError:
        pass

    def numbers():
        yield 1
        yield 2
    list(numbers())
    try:
        max()
    except TypeError:
        pass


def name_of(code):
    return code if isinstance(code, str) else code.co_name


def show(profile):
    for e in sorted(profile.getstats(), key=lambda e: name_of(e.code)):
        print(name_of(e.code), e.callcount, e.reccallcount)
        for c in sorted(e.calls or (), key=lambda c: name_of(c.code)):
            print("   ", name_of(c.code), c.callcount, c.reccallcount)


for options in ({}, {"builtins": False}, {"subcalls": False}):
    print(options)
    p = cProfile.Profile(**options)
    p.enable(**options)
    work()
    p.disable()
    show(p)
    p.clear()
    print(p.getstats())

# A timer of integers: times are exact.
ticks = 0


def clock():
    global ticks
    ticks += 3
    return ticks


p = _lsprof.Profiler(clock, 0.5)
p.enable()
Tree().depth(4)
len([Tree().depth(2)])
p.disable()
for e in sorted(p.getstats(), key=lambda e: name_of(e.code)):
    print(name_of(e.code), e[1:5], [(name_of(c.code), *c[1:]) for c in e.calls or ()])
entry = p.getstats()[0]
print(type(entry), type(entry).n_fields, type(entry).__match_args__, _lsprof.profiler_subentry.__match_args__)

p = cProfile.Profile(lambda: 0.25)
p.runcall(work)
out = io.StringIO()
stats = pstats.Stats(p, stream=out).strip_dirs().sort_stats("name")
stats.print_stats("depth|work|lambda")
stats.print_callers("depth")
print(out.getvalue())

# Errors.
def bad(*args, **kw):
    try:
        print(_lsprof.Profiler(*args, **kw))
    except Exception as e:
        print(type(e).__name__, e)


bad(1, "x")
bad(1, 2, 3, 4, 5)
bad(timr=1)
for call in (lambda: p.enable(1, 2, 3), lambda: p.disable(1), lambda: p.clear(1), lambda: p.getstats(1)):
    try:
        call()
    except TypeError as e:
        print(e)
sys.unraisablehook = lambda u: print("unraisable", u.exc_type.__name__, u.exc_value)
for timer, unit in ((lambda: int, 0), (lambda: 1.5, 0.1), (1, 0), (lambda: 1 / 0, 0),
                    (lambda: 1 << 70, 0), (lambda: 1 << 70, 1), (lambda: float("nan"), 0), (lambda: 1e300, 0)):
    p = _lsprof.Profiler(timer, unit)
    p.enable()
    len("")
    p.disable()

# Clearing and disabling while calls run.
p = cProfile.Profile(lambda: 1)


def inner():
    p.clear()
    return 1


p.enable()
inner()
p.disable()
show(p)
with cProfile.Profile() as p:
    print(sys.getprofile() is p)
    print(sys.getprofile() is p)
print(sys.getprofile())

# What sys.setprofile is told.
events = []
sys.setprofile(lambda f, e, a: events.append((e, f.f_code.co_name, type(a).__name__, getattr(a, "__name__", None),
                                              type(getattr(a, "__self__", None)).__name__)))
work()
sys.setprofile(None)
for e in events:
    print(*e)


# Audit hooks are traced only when they say so.
class Hook:
    __cantrace__ = True

    def __call__(self, event, args):
        pass


def quiet(event, args):
    pass


sys.addaudithook(quiet)
sys.addaudithook(Hook())
sys.setprofile(lambda f, e, a: print(e, f.f_code.co_name) if e in ("call", "return") else None)
sys.audit("mine")
sys.setprofile(None)
