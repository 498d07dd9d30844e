# SPDX-License-Identifier: MIT
# oracle: timeout 120
"""Recursion without an end, of every kind, in a dozen threads at once: an exception in each, and nothing else."""
import json
import threading


class Endless:
    def __repr__(self):
        return repr([self])

    def __eq__(self, other):
        return self == other

    def __hash__(self):
        return hash((self,))

    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __add__(self, other):
        return self + other

    def __call__(self):
        return self()


def call():
    return call()


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def delegate():
    yield from delegate()


def by_key():
    return sorted([1, 2], key=lambda _: by_key())


def by_map():
    return list(map(lambda _: by_map(), [1]))


KINDS = [call, by_key, by_map, lambda: list(delegate()), lambda: repr(Endless()), lambda: Endless() == Endless(),
         lambda: hash(Endless()), lambda: Endless().name, lambda: Endless() + 1, lambda: Endless()(),
         lambda: repr(nested(100000)), lambda: nested(50000) == nested(50000), lambda: json.loads("[" * 100000),
         lambda: nested(200000) and None]
results = []


def work():
    result = []
    for kind in KINDS:
        try:
            result.append(type(kind()).__name__)
        except RecursionError as error:
            result.append(type(error).__name__)
    results.append(result)


threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), all(result == results[0] for result in results))
print(results[0])
