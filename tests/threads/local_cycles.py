# SPDX-License-Identifier: MIT
# oracle: timeout 60
# oracle: unshared what is SHARED at birth belongs to no thread, and is collected with the world stopped
"""Cycles that stay in their thread are collected by that thread: nobody else is stopped for it.

Two threads make and drop cycles of their own, by tens of thousands, with the collections that come by themselves and with
some that they ask for. How often the world was stopped is in `gc.get_stats(pauses=True)`, which only the build without the
lock has: it must not grow. That it would is shown by a third round, whose cycles are SHARED. Prints yes and no.
"""
import gc
import sys
import threading
import weakref

free = hasattr(sys, "_is_gil_enabled") and not sys._is_gil_enabled()
ROUNDS, SHARED_ROUNDS, KEPT = 30_000, 25_000, 2000


class Node:
    pass


def stops():
    """Of the world; CPython and the build with the lock have none."""
    return gc.get_stats(pauses=True)[2]["stops"] if free else 0


def collections():
    return sum(row["collections"] for row in gc.get_stats())


def collected():
    return sum(row["collected"] for row in gc.get_stats())


def cycles(result):
    """Cycles of an instance, a dict and a list; the last of them are watched."""
    watched = []
    for i in range(ROUNDS):
        node = Node()
        node.items = [node]
        node.table = {"node": node, "items": node.items}
        if i >= ROUNDS - KEPT:
            watched.append(weakref.ref(node))
    del node
    gc.collect(0)
    gc.collect(1)
    result.append(sum(watch() is None for watch in watched) >= KEPT // 2)


shared = []


def shared_cycles(result):
    """The same, put where others can see them before they are dropped."""
    for i in range(SHARED_ROUNDS):
        node = Node()
        node.items = [node]
        shared.append(node)
        shared.pop()
    result.append(True)


def run(work):
    """How often the world was stopped, and what the threads found, while two of them did the same at once."""
    results, gate = [], threading.Barrier(3)

    def meet():
        gate.wait()
        work(results)
        gate.wait()

    threads = [threading.Thread(target=meet) for _ in range(2)]
    for thread in threads:
        thread.start()
    gate.wait()
    before = stops()
    gate.wait()
    after = stops()
    for thread in threads:
        thread.join()
    return after - before, results


gc.collect()
before_collections, before_collected = collections(), collected()
stopped, results = run(cycles)
print("died in their threads:", results)
print("collections came:", collections() - before_collections > 10)
print("most was found by them:", collected() - before_collected > ROUNDS)
print("stops of the world:", stopped)
stopped, results = run(shared_cycles)
print("SHARED ones:", results, "stop it:", stopped > 0 if free else True)
