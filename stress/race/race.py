# SPDX-License-Identifier: MIT
"""Races every method of every mutable type on one shared object: `race.py [-t THREADS] [-n CALLS] [-s SEED] [KIND...]`.

For each kind an object is made and given to all threads, which call methods picked at random, with arguments picked at
random, and throw away what they get. The methods are read from the type, so a new method row is raced without an edit here.
Any result and any ordinary exception is right; a crash, a hang, a SystemError or a sanitizer's report is not. A KIND that
failed is run again alone with its seed.

    race.py --list              the kinds
    race.py -s 7 list           one kind, another seed
    race.py --pairs list        also every method against every other, two threads a pair
    race.py --mixed 600         for 600 seconds, all kinds at once, each an argument of the others' methods
"""
import _random
import argparse
import array
import collections
import collections.abc
import contextvars
import faulthandler
import functools
import io
import itertools
import operator
import queue
import random
import re
import sys
import threading
import time
import types
import warnings
import weakref

MOST = 300  # items: a container that outgrows it is cut down
# What ends threads, waits, or changes the interpreter rather than the object.
NEVER = {"__init_subclass__", "__subclasshook__", "__del__", "__sizeof__", "__dir__", "_at_fork_reinit"}


class Plain:
    def __init__(self, *args):
        self.a, self.b = 1, "b"

    def __call__(self, *args):
        return len(args)

    def __lt__(self, other):
        return id(self) < id(other)


class Slots:
    __slots__ = ("a", "b", "__weakref__")

    def __init__(self, *args):
        self.a, self.b = 1, []


class SubList(list):
    pass


class SubDict(dict):
    def __missing__(self, key):
        return key


def numbers():
    for i in range(10**6):
        sent = yield i
        if sent == "stop":
            return


async def coroutine():
    return 1


def a_function(a=1, *, b=2):
    return a


def fresh_class():
    return type("Fresh", (Plain,), {"x": 1, "method": lambda self: self.a})


def suspended(function):
    g = function()
    next(g)
    return g


class Kind:
    def __init__(self, make, skip=(), extra=(), without=()):
        self.make, self.skip, self.extra, self.without = make, NEVER | set(skip), extra, without


KEYS = ["a", "b", "c", 1, 2, (1, 2), None]
KINDS = {
    "list": Kind(lambda: [3, 1, 2, "x", (1,)]),
    "list_of_numbers": Kind(lambda: list(range(50))),
    "list_subclass": Kind(lambda: SubList([1, 2, 3])),
    "dict": Kind(lambda: dict.fromkeys(KEYS, 0)),
    "dict_subclass": Kind(lambda: SubDict(a=1)),
    "set": Kind(lambda: set(KEYS)),
    "bytearray": Kind(lambda: bytearray(b"some bytes")),
    "deque": Kind(lambda: collections.deque([1, 2, 3])),
    "deque_bounded": Kind(lambda: collections.deque([1, 2, 3], 5)),
    "OrderedDict": Kind(lambda: collections.OrderedDict.fromkeys(KEYS, 1)),
    "defaultdict": Kind(lambda: collections.defaultdict(list, a=[1])),
    "Counter": Kind(lambda: collections.Counter("abracadabra"), skip={"elements"}),
    "ChainMap": Kind(lambda: collections.ChainMap({"a": 1}, {"b": 2})),
    "array": Kind(lambda: array.array("l", range(20)), skip={"tofile", "fromfile"}),
    "instance": Kind(Plain, extra=("attributes",)),
    "instance_slots": Kind(Slots, extra=("attributes",)),
    "instance_dict": Kind(lambda: vars(Plain())),
    "class": Kind(fresh_class, skip={"mro", "__subclasses__"}, extra=("attributes",)),
    "function": Kind(lambda: types.FunctionType(a_function.__code__, {}), extra=("attributes",)),
    "namespace": Kind(lambda: types.SimpleNamespace(a=1), extra=("attributes",)),
    "module": Kind(lambda: types.ModuleType("m"), extra=("attributes",)),
    "exception": Kind(lambda: ValueError(1, 2), extra=("attributes",)),
    "generator": Kind(lambda: suspended(numbers)),
    "coroutine": Kind(coroutine),
    "list_iterator": Kind(lambda: iter(list(range(1000)))),
    "dict_iterator": Kind(lambda: iter(dict.fromkeys(range(1000)).items())),
    "set_iterator": Kind(lambda: iter(set(range(1000)))),
    "str_iterator": Kind(lambda: iter("some text" * 100)),
    "deque_iterator": Kind(lambda: iter(collections.deque(range(1000)))),
    "reversed": Kind(lambda: reversed(list(range(1000)))),
    "enumerate": Kind(lambda: enumerate(range(10**6))),
    "zip": Kind(lambda: zip(range(10**6), itertools.count())),
    "map": Kind(lambda: map(operator.add, itertools.count(), itertools.count())),
    "filter": Kind(lambda: filter(None, itertools.count())),
    "callable_iterator": Kind(lambda: iter(lambda: 1, 2)),
    "count": Kind(itertools.count),
    "cycle": Kind(lambda: itertools.cycle([1, 2, 3])),
    "chain": Kind(lambda: itertools.chain([1] * 500, [2] * 500)),
    "islice": Kind(lambda: itertools.islice(itertools.count(), 0, None, 2)),
    "groupby": Kind(lambda: itertools.groupby(i // 3 for i in range(10**6))),
    "tee": Kind(lambda: itertools.tee(iter(range(10**5)))[0]),
    "product": Kind(lambda: itertools.product(range(30), repeat=3)),
    "permutations": Kind(lambda: itertools.permutations(range(7))),
    "combinations": Kind(lambda: itertools.combinations(range(12), 4)),
    "accumulate": Kind(lambda: itertools.accumulate(itertools.repeat(1))),
    "zip_longest": Kind(lambda: itertools.zip_longest(range(500), range(900))),
    "pairwise": Kind(lambda: itertools.pairwise(range(10**5))),
    "compress": Kind(lambda: itertools.compress(itertools.count(), itertools.cycle([1, 0]))),
    "takewhile": Kind(lambda: itertools.takewhile(lambda x: True, itertools.count())),
    "StringIO": Kind(lambda: io.StringIO("one\ntwo\nthree\n" * 5)),
    "BytesIO": Kind(lambda: io.BytesIO(b"one\ntwo\nthree\n" * 5)),
    "BufferedReader": Kind(lambda: io.BufferedReader(io.BytesIO(b"one\ntwo\n" * 50)), skip={"detach"}),
    "BufferedWriter": Kind(lambda: io.BufferedWriter(io.BytesIO()), skip={"detach"}),
    "BufferedRandom": Kind(lambda: io.BufferedRandom(io.BytesIO(b"some" * 50)), skip={"detach"}),
    "FileIO": Kind(lambda: io.FileIO("/dev/null", "r+"), without=int),  # it would close the descriptors of this program
    "TextIOWrapper": Kind(lambda: io.TextIOWrapper(io.BytesIO(b"one\ntwo\n" * 50)), skip={"detach"}),
    "memoryview": Kind(lambda: memoryview(bytearray(100))),
    "SimpleQueue": Kind(queue.SimpleQueue, skip={"get"}),
    "lock": Kind(threading.Lock, skip={"acquire", "acquire_lock", "__enter__"}, extra=("try_lock",)),
    "RLock": Kind(threading.RLock, skip={"acquire", "__enter__", "_acquire_restore", "_release_save"}, extra=("try_lock",)),
    "local": Kind(threading.local, extra=("attributes",)),
    "lru_cache": Kind(lambda: functools.lru_cache(maxsize=8)(lambda *a, **k: len(a)), extra=("attributes",)),
    "partial": Kind(lambda: functools.partial(a_function, 1)),
    "weakref": Kind(lambda: weakref.ref(Plain)),
    "WeakSet": Kind(lambda: weakref.WeakSet([Plain])),
    "WeakValueDictionary": Kind(lambda: weakref.WeakValueDictionary(a=Plain)),
    "property": Kind(lambda: property(lambda self: 1)),
    "cell": Kind(lambda: types.CellType(1), extra=("attributes",)),
    "Random": Kind(lambda: _random.Random(1)),
    "scanner": Kind(lambda: re.compile("a(b)?").scanner("ab" * 500)),
    "finditer": Kind(lambda: re.finditer("a(b)?", "ab" * 500)),
    "context": Kind(contextvars.copy_context, skip={"run"}),
    "context_variable": Kind(lambda: contextvars.ContextVar("v", default=1)),
    "slice": Kind(lambda: slice(1, 2, 3)),
}


def argument_pool(kind, shared):
    other = kind.make()
    pool = [0, 1, -1, 2, 3, 1.5, "a", "b", "name", b"x", b"", None, True, (1, 2), ("a", 1), [1], [("k", 1)], {"a": 2},
            {1, 2}, slice(0, 2), slice(None, None, 2), slice(3, 0, -1), len, str, a_function, shared, shared, other, Plain()]
    return [x for x in pool if not isinstance(x, kind.without)]


def methods_of(kind, shared):
    return [name for name in dir(type(shared)) if name not in kind.skip and callable(getattr(type(shared), name, None))
            and name not in ("__class__", "__new__", "__getnewargs__")]


def touch_descriptor(shared, rng, pool):
    """Reads, now and then sets or deletes, what the type computes or keeps in a field."""
    names = [name for name in dir(type(shared)) if name != "__class__" and isinstance(
        getattr(type(shared), name, None), (types.GetSetDescriptorType, types.MemberDescriptorType, property))]
    if not names:
        return
    name, what = rng.choice(names), rng.randrange(6)
    if what == 0:
        setattr(shared, name, rng.choice(pool))
    elif what == 1:
        delattr(shared, name)
    else:
        getattr(shared, name)


def cut_down(shared):
    try:
        if not isinstance(shared, type) and len(shared) > MOST:
            shared.clear()
    except Exception:
        pass


def call_method(shared, name, rng, pool):
    args = [rng.choice(pool) for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 2, 3)))]
    getattr(shared, name)(*args)


def touch_attributes(shared, rng, pool):
    name = rng.choice("abcdefgh")
    what = rng.randrange(4)
    if what == 0:
        setattr(shared, name, rng.choice(pool))
    elif what == 1:
        delattr(shared, name)
    elif what == 2:
        getattr(shared, name)
    else:
        vars(shared)


def try_lock(shared):
    if shared.acquire(False):
        shared.release()


def use(shared, rng):
    """What is done to objects without naming a method."""
    what = rng.randrange(6)
    if what == 0:
        repr(shared)
    elif what == 1:
        for _ in itertools.islice(iter(shared), 30):
            pass
    elif what == 2:
        list(itertools.islice(shared, 50))
    elif what == 3:
        shared == shared
    elif what == 4:
        bool(shared)
    else:
        next(shared)


def step(kind, shared, names, rng, pool):
    dice = rng.random()
    if dice < 0.15:
        use(shared, rng)
    elif dice < 0.25:
        touch_descriptor(shared, rng, pool)
    elif dice < 0.4 and "attributes" in kind.extra:
        touch_attributes(shared, rng, pool)
    elif dice < 0.4 and "try_lock" in kind.extra:
        try_lock(shared)
    else:
        call_method(shared, rng.choice(names), rng, pool)
    cut_down(shared)


def race(kind, threads, calls, seed, names=None):
    """Problems found: exceptions that no program should see."""
    shared = kind.make()
    names = names or methods_of(kind, shared)
    problems = []
    start = threading.Barrier(threads)

    def work(number):
        rng = random.Random(seed * 1000 + number)
        pool = argument_pool(kind, shared)
        start.wait()
        for _ in range(calls):
            try:
                step(kind, shared, names, rng, pool)
            except (SystemError, AssertionError) as error:
                problems.append(repr(error))
            except RecursionError:
                pass
            except Exception:
                pass

    workers = [threading.Thread(target=work, args=(k,)) for k in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return problems


class Mixture:
    """One object of each kind, for all threads; any of them is replaced at any time."""

    def __init__(self, kinds):
        self.kinds = kinds
        self.objects = {name: KINDS[name].make() for name in kinds}
        self.methods = {name: methods_of(KINDS[name], o) for name, o in self.objects.items()}
        self.problems = []

    def step(self, rng):
        name = rng.choice(self.kinds)
        kind, shared = KINDS[name], self.objects[name]
        pool = argument_pool(kind, shared)
        # An iterator as an argument might never end.
        pool += [x for x in self.objects.values() if not isinstance(x, collections.abc.Iterator)]
        step(kind, shared, self.methods[name], rng, pool)
        if rng.random() < 0.02:
            self.objects[name] = kind.make()

    def work(self, seed, end):
        rng = random.Random(seed)
        while time.monotonic() < end:
            try:
                self.step(rng)
            except (SystemError, AssertionError) as error:
                self.problems.append(repr(error))
            except Exception:
                pass


def race_mixed(kinds, threads, seconds, seed):
    mixture, end = Mixture(list(kinds)), time.monotonic() + seconds
    workers = [threading.Thread(target=mixture.work, args=(seed * 1000 + k, end)) for k in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return mixture.problems


def race_pairs(kind, calls, seed):
    names = methods_of(kind, kind.make())
    problems = []
    for pair in itertools.combinations_with_replacement(names, 2):
        problems += race(kind, 2, calls, seed, list(pair))
    return problems


def main():
    parser = argparse.ArgumentParser(description="Races the methods of mutable types")
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    parser.add_argument("-t", type=int, default=4, help="threads")
    parser.add_argument("-n", type=int, default=2000, help="calls a thread")
    parser.add_argument("-s", type=int, default=1, help="seed")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--pairs", action="store_true", help="every method against every other")
    parser.add_argument("--mixed", type=float, metavar="SECONDS", help="all kinds at once")
    options = parser.parse_args()
    if options.list:
        print(*KINDS, sep="\n")
        return
    faulthandler.enable()
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(200)
    for name in options.kinds:
        if name not in KINDS:
            sys.exit(f"race.py: no kind is called {name!r}; --list shows them")
    failed = []
    if options.mixed:
        problems = race_mixed(options.kinds or KINDS, options.t, options.mixed, options.s)
        print(*sorted(set(problems))[:5], sep="\n", file=sys.stderr)
        sys.exit(f"race.py: failed with seed {options.s}" if problems else None)
    for name in options.kinds or KINDS:
        print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
        problems = race(KINDS[name], options.t, options.n, options.s)
        if options.pairs:
            problems += race_pairs(KINDS[name], max(1, options.n // 50), options.s)
        print("FAILED" if problems else "good", file=sys.stderr)
        if problems:
            failed.append(name)
            print(*sorted(set(problems))[:5], sep="\n", file=sys.stderr)
    if failed:
        sys.exit(f"race.py: failed with seed {options.s}: {' '.join(failed)}")
    print(f"{len(options.kinds or KINDS)} kinds raced, nothing found")


if __name__ == "__main__":
    main()
