# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""Loops that make and drop things of every kind: the process must not grow. Each is run to a steady state first."""
import collections
import gc
import re
import sys
import threading
import weakref


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4


def execs(n):
    for i in range(n):
        exec("x%d = %d\ndef f(a): return a + x%d" % (i % 7, i, i % 7), {})


def namedtuples(n):
    for i in range(n // 10):
        collections.namedtuple("N%d" % i, "a b c")(1, 2, 3)


def classes(n):
    for i in range(n):
        c = type("C%d" % i, (), {"m": lambda self: self, "x": i})
        o = c()
        setattr(o, "attribute%d" % i, 1)
        o.m()


def exceptions(n):
    for i in range(n):
        try:
            raise ValueError(i)
        except ValueError as e:
            try:
                raise KeyError from e
            except KeyError:
                pass


def generators(n):
    for i in range(n):
        next(x for x in (1, 2, 3))


def patterns(n):
    for i in range(n // 20):
        re.compile("a%d(b|c)+" % i).match("a1bcbc")
        re.purge()


def imports(n):
    for i in range(n // 100):
        for name in ("json", "json.decoder", "json.encoder", "json.scanner"):
            sys.modules.pop(name, None)
        import json
        json.dumps({"a": 1})


def cycles(n):
    for i in range(n):
        a = []
        a.append({"a": a})


def strings(n):
    for i in range(n):
        sys.intern("interned%d" % i).join(["a", "b"])


def weakrefs(n):
    class T:
        pass
    for i in range(n):
        t = T()
        weakref.ref(t, lambda _: None)
        t.me = t


def threads(n):
    for i in range(n // 2):
        t = threading.Thread(target=strings, args=(3,))
        t.start()
        t.join()


def steady(work, n=1000):
    """Whether two more rounds leave the process where the first three brought it, within 1.5 MB."""
    sizes = []
    for _ in range(5):
        work(n)
        gc.collect()
        sizes.append(resident())
    return sizes[-1] - sizes[2] < 1500 or sizes


# The second time some threads have run, so that what is made here is shared at birth or later.
for _ in range(2):
    for work in (execs, namedtuples, classes, exceptions, generators, patterns, imports, cycles, strings, weakrefs, threads):
        print(work.__name__, steady(work))
