# SPDX-License-Identifier: MIT
"""Races every method of every mutable type on one shared object: `race.py [-t THREADS] [-n CALLS] [-s SEED] [KIND...]`.

For each kind an object is made and given to all threads, which call methods picked at random, with arguments picked at
random, and throw away what they get. The methods are read from the type, so a new method row is raced without an edit here.
Any result and any ordinary exception is right; a crash, a hang, a SystemError or a sanitizer's report is not. A KIND that
failed is run again alone with its seed.

    race.py --list              the kinds
    race.py -s 7 list           one kind, another seed
    race.py --pairs list        every method against every other: one thread calls the one, another the other
    race.py --mixed 600         for 600 seconds, all kinds at once, each an argument of the others' methods
    race.py --missing           the mutable types of C that no kind is of
"""
import argparse
import collections.abc
import ctypes
import faulthandler
import functools
import itertools
import os
import random
import sys
import tempfile
import threading
import time
import types
import warnings

import missing
from kinds import Plain, a_function
from library_kinds import KINDS

MOST = 300  # items: a container that outgrows it is cut down
BATCH = 16  # pairs between two meetings: to wait for one another takes longer than the calls, above all on a busy machine
LIMIT = 600  # seconds: who takes longer hangs
ENDLESS = (collections.abc.Iterator, ctypes._Pointer)  # as arguments: iterating over a pointer reads all memory


def argument_pool(kind, shared):
    other = kind.make()
    pool = [0, 1, -1, 2, 3, 1.5, "a", "b", "name", b"x", b"", None, True, (1, 2), ("a", 1), [1], [("k", 1)], {"a": 2},
            {1, 2}, slice(0, 2), slice(None, None, 2), slice(3, 0, -1), len, str, a_function, shared, shared, other, Plain()]
    return fitting(kind, pool) + kind.arguments * 4


def fitting(kind, pool):
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


def call_method(shared, rng, pool, name):
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


def poll_now(shared):
    shared.poll(0)


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
    elif dice < 0.4 and "poll_now" in kind.extra:
        poll_now(shared)
    else:
        call_method(shared, rng, pool, rng.choice(names))
    cut_down(shared)


def race(kind, threads, calls, seed):
    """Problems found: exceptions that no program should see."""
    shared = kind.make()
    names = methods_of(kind, shared)
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
            except BaseException:  # whatever was thrown into a coroutine, CancelledError and GeneratorExit too
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
        pool += fitting(kind, [x for x in self.objects.values() if not isinstance(x, ENDLESS)])
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
            except BaseException:  # whatever was thrown into a coroutine, CancelledError and GeneratorExit too
                pass


def race_mixed(kinds, threads, seconds, seed):
    mixture, end = Mixture(list(kinds)), time.monotonic() + seconds
    workers = [threading.Thread(target=mixture.work, args=(seed * 1000 + k, end)) for k in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return mixture.problems


class Meeting:
    """Where two threads wait for each other without sleeping, so that both go on at the same moment."""

    def __init__(self):
        self.rounds = [0, 0]

    def wait(self, me):
        self.rounds[me] += 1
        tries = 0
        while self.rounds[1 - me] < self.rounds[me]:
            tries += 1
            if tries > 200:
                time.sleep(0)


class Pairs:
    """Every operation of a kind against every other, each with fresh objects, which the threads make by turns."""

    def __init__(self, kind, objects, calls, seed):
        self.kind, self.objects, self.calls, self.seed = kind, objects, calls, seed
        self.meeting, self.shared, self.problems = Meeting(), None, []

    def operations(self):
        found = {name: functools.partial(call_method, name=name) for name in methods_of(self.kind, self.kind.make())}
        more = {"use": lambda shared, rng, pool: use(shared, rng), "fields": touch_descriptor, "attributes": touch_attributes,
                "try_lock": lambda shared, rng, pool: try_lock(shared), "poll_now": lambda shared, rng, pool: poll_now(shared)}
        return list((found | {name: do for name, do in more.items() if name in ("use", "fields", *self.kind.extra)}).items())

    def make(self):
        """None when the other's call made it fail: a class that is patched, say."""
        try:
            return self.kind.make()
        except Exception:
            return None

    def call(self, shared, operation, rng, pool):
        name, do = operation
        for _ in range(self.calls):
            try:
                do(shared, rng=rng, pool=pool)
            except (SystemError, AssertionError) as error:
                self.problems.append(f"{name}: {error!r}")
            except BaseException:  # whatever was thrown into a coroutine, CancelledError and GeneratorExit too
                pass

    def work(self, me, rounds):
        rng = random.Random(self.seed * 1000 + me)
        for serial in range(0, len(rounds), BATCH):
            batch = rounds[serial:serial + BATCH]
            if serial // BATCH % 2 == me:
                self.shared = [self.make() for _ in batch]
            pool = argument_pool(self.kind, None)
            self.meeting.wait(me)
            for pair, shared in zip(batch, self.shared):
                self.call(shared, pair[me], rng, pool + fitting(self.kind, [shared] * 3))
            self.meeting.wait(me)

    def race(self):
        """-> how many pairs"""
        pairs = list(itertools.combinations_with_replacement(self.operations(), 2))
        rounds = [pair for pair in pairs for _ in range(self.objects)]
        workers = [threading.Thread(target=self.work, args=(me, rounds)) for me in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return len(pairs)


def main():
    parser = argparse.ArgumentParser(description="Races the methods of mutable types")
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    parser.add_argument("-t", type=int, default=4, help="threads")
    parser.add_argument("-n", type=int, default=2000, help="calls a thread")
    parser.add_argument("-s", type=int, default=1, help="seed")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--pairs", action="store_true", help="every method against every other, two threads")
    parser.add_argument("--mixed", type=float, metavar="SECONDS", help="all kinds at once")
    parser.add_argument("--missing", action="store_true", help="the mutable types of C that no kind is of")
    options = parser.parse_args()
    if options.list:
        print(*KINDS, sep="\n")
        return
    for name in options.kinds:
        if name not in KINDS:
            sys.exit(f"race.py: no kind is called {name!r}; --list shows them")
    faulthandler.enable()
    warnings.simplefilter("ignore")
    if options.missing:
        sys.exit(missing.report(KINDS))
    sys.setrecursionlimit(200)
    sys.unraisablehook = lambda arguments: None  # a profiler whose timer cannot be called says so at every call
    with tempfile.TemporaryDirectory(prefix="race-") as folder:  # some arguments are names of files
        os.chdir(folder)
        race_all(options)


def race_all(options):
    chosen, failed, pairs = options.kinds or list(KINDS), [], 0
    if options.mixed:
        faulthandler.dump_traceback_later(options.mixed + LIMIT, exit=True)
        problems = race_mixed(chosen, options.t, options.mixed, options.s)
        print(*sorted(set(problems))[:5], sep="\n", file=sys.stderr)
        sys.exit(f"race.py: failed with seed {options.s}" if problems else None)
    for name in chosen:
        print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
        faulthandler.dump_traceback_later(LIMIT, exit=True)
        if options.pairs:
            duel = Pairs(KINDS[name], max(1, options.n // 500), 4, options.s)
            pairs += duel.race()
            problems = duel.problems
        else:
            problems = race(KINDS[name], options.t, options.n, options.s)
        print("FAILED" if problems else "good", file=sys.stderr)
        if problems:
            failed.append(name)
            print(*sorted(set(problems))[:5], sep="\n", file=sys.stderr)
    if failed:
        sys.exit(f"race.py: failed with seed {options.s}: {' '.join(failed)}")
    print(f"{len(chosen)} kinds raced{f', {pairs} pairs of operations' if pairs else ''}, nothing found")


if __name__ == "__main__":
    main()
