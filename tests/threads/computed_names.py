# SPDX-License-Identifier: MIT
"""Names that are computed anew by every thread lead to one object and to the attributes of that name, while others of them
come and go all the time."""
import sys
import threading

THREADS, NAMES, ROUNDS = 4, 200, 10


class Thing:
    pass


everybody = Thing()
kept = [sys.intern(f"kept_{i}") for i in range(NAMES)]
wrong = []
start = threading.Barrier(THREADS)


def work(me):
    own = Thing()
    start.wait()
    for r in range(ROUNDS):
        for i in range(NAMES):
            if sys.intern("kept_" + str(i)) is not kept[i]:
                wrong.append(("kept", i))
            name = f"common_{i}"
            setattr(everybody, name, i)
            if getattr(everybody, "common_" + str(i)) != i:
                wrong.append(("common", i))
            setattr(own, f"own_{i % 50}", (r, i))
            if getattr(own, "own_" + str(i % 50)) != (r, i):
                wrong.append(("own", i))
            passing = f"passing_{me}_{r}_{i}"
            if sys.intern(passing) != passing or sys.intern(str(passing)) is not sys.intern("passing_" + f"{me}_{r}_{i}"):
                wrong.append(("passing", i))
            try:
                getattr(own, f"missing_{me}_{r}_{i}")
                wrong.append(("missing", i))
            except AttributeError:
                pass


threads = [threading.Thread(target=work, args=(me,)) for me in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(wrong, len(vars(everybody)), sorted(vars(everybody)) == sorted(f"common_{i}" for i in range(NAMES)))
