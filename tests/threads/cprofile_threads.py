# SPDX-License-Identifier: MIT
# Profilers in several threads: one each, and one that all of them enable.
import cProfile
import threading


def leaf(i):
    return i


def branch(n):
    for i in range(n):
        leaf(i)
        len("")


def counts(profile):
    return {e.code if isinstance(e.code, str) else e.code.co_name: e.callcount for e in profile.getstats()}


results = {}
shared = cProfile.Profile()


def run(k):
    own = cProfile.Profile()
    own.runcall(branch, 100 * (k + 1))
    results[k] = counts(own)
    shared.enable()
    branch(200)
    shared.disable()


threads = [threading.Thread(target=run, args=(k,)) for k in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
for k in range(8):
    print(k, sorted(results[k].items()))
print(sorted(counts(shared).items()))
