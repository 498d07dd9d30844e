# SPDX-License-Identifier: MIT
"""Deep recursion of every kind raises RecursionError and leaves the interpreter usable."""
import sys


def attempt(label, f):
    try:
        f()
        print(label, "finished")
    except RecursionError as e:
        print(label, "RecursionError", str(e)[:32])
    except (MemoryError, ValueError) as e:
        print(label, type(e).__name__)


def plain(n=0):
    return plain(n + 1)


def mutual_a():
    return mutual_b()


def mutual_b():
    return mutual_a()


class R:
    def __repr__(self):
        return repr(self)

    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __eq__(self, other):
        return self == other

    def __hash__(self):
        return hash(self)

    def __call__(self):
        return self()

    def __add__(self, o):
        return self + o

    def __len__(self):
        return len(self)

    def __iter__(self):
        return iter(self)

    def __getitem__(self, i):
        return self[i]

    def __bool__(self):
        return bool(self)

    def __str__(self):
        return str(self)

    @property
    def prop(self):
        return self.prop


r = R()
for label, f in {"plain": plain, "mutual": mutual_a, "repr": lambda: repr(r), "getattr": lambda: r.foo, "eq": lambda: r == 1, "hash": lambda: hash(r), "call": lambda: r(), "add": lambda: r + 1, "len": lambda: len(r), "iter": lambda: iter(r), "getitem": lambda: r[0], "bool": lambda: bool(r), "str": lambda: str(r), "property": lambda: r.prop,
                 "lambda": lambda: (lambda f: f(f))(lambda f: f(f)), "map": lambda: (lambda f: f(f))(lambda f: list(map(f, [f]))), "sort": lambda: (lambda f: f(f))(lambda f: sorted([1, 2], key=lambda _: f(f))), "exec": lambda: exec("def f(): f()\nf()"), "comprehension": lambda: (lambda f: f(f))(lambda f: [f(f) for _ in range(1)]), "kwargs": lambda: (lambda f: f(f=f))(lambda f: f(f=f)), "star": lambda: (lambda f: f(*[f]))(lambda f: f(*[f]))}.items():
    attempt(label, f)
nested = []
for _ in range(100000):
    nested = [nested]
attempt("repr of nested list", lambda: repr(nested))
attempt("compare nested lists", lambda: nested == [nested[0][:]] and None)
other = []
for _ in range(100000):
    other = [other]
attempt("equal nested lists", lambda: nested == other)
del nested, other
print("dropped")


def generators(n):
    yield from generators(n + 1)


attempt("generators", lambda: next(generators(0)))


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


print(depth(900))
sys.setrecursionlimit(5000)
print(sys.getrecursionlimit(), depth(4500))
sys.setrecursionlimit(300)
attempt("small limit", lambda: depth(400))
for bad in (0, -5, "x"):
    try:
        sys.setrecursionlimit(bad)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
sys.setrecursionlimit(1000)


def cleanup(n, log):
    try:
        cleanup(n + 1, log)
    finally:
        log[0] += 1


log = [0]
attempt("finally", lambda: cleanup(0, log))
print(log[0] > 900)


def catches(n):
    try:
        return catches(n + 1)
    except RecursionError:
        return "recovered"


print(catches(0), depth(100))


class Meta(type):
    def __getattr__(cls, name):
        return getattr(cls, name)


class M(metaclass=Meta):
    pass


attempt("metaclass", lambda: M.x)
import json
deep = []
for _ in range(5000):
    deep = [deep]
attempt("json", lambda: json.dumps(deep))
attempt("isinstance", lambda: isinstance(1, eval("(" * 50 + "int" + ",)" * 50)))
import copy
attempt("deepcopy", lambda: copy.deepcopy(deep))
print("alive")
