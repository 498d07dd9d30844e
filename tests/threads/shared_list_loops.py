# SPDX-License-Identifier: MIT
"""Loops over lists that several threads can see: nested, left early, left by exceptions, longer than 65,535, changing, dropped."""
import gc
import sys
import threading

shared = {"rows": [[i * 10 + j for j in range(5)] for i in range(6)], "long": list(range(70_000)), "empty": []}


def nested():
    total = 0
    for row in shared["rows"]:
        for x in row:
            if x == 33:
                break
            total += x
        else:
            total += 1000
    return total


def early():
    for row in shared["rows"]:
        for x in row:
            if x == 21:
                return row, x
    return None


def raising():
    seen = []
    try:
        for row in shared["rows"]:
            for x in row:
                seen.append(1 // (x - 12) if x > 9 else x)
    except ZeroDivisionError as e:
        seen.append(str(e))
    return seen


def far():
    n = total = 0
    for x in shared["long"]:
        n += 1
        total += x
    last = None
    for last in shared["long"]:
        pass
    return n, total, last


def growing():
    items = [1, 2, 3]
    holder = {"items": items}
    shared[threading.get_ident()] = holder
    out = []
    for x in items:
        out.append(x)
        if len(items) < 8:
            items.append(x * 2)
        if x == 4:
            del items[-1]
    for x in items:
        items.clear()
    del shared[threading.get_ident()]
    return out, items


def dropped():
    """The loop is the only one that still has the list."""
    out = []
    for x in shared.pop("only", ["gone"]):
        for _ in range(3):
            gc.collect(0)
        [[] for _ in range(100)]
        out.append(x)
    return out


def generators():
    def each(rows):
        for row in rows:
            for x in row:
                yield x
    return sum(each(shared["rows"])), sum(x for row in shared["rows"] for x in row), [x for x in shared["empty"]]


def any_kind():
    out = []
    for seq in (shared["rows"], (1, 2), [3], "ab", range(2), {"k": 1}, shared["empty"], shared["rows"][2], iter(shared["rows"][1])):
        for x in seq:
            out.append(x)
    return out


def traced():
    lines = []

    def trace(frame, event, arg):
        if frame.f_code.co_name == "body":
            lines.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
        return trace

    def body():
        n = 0
        for row in shared["rows"][:2]:
            for x in row:
                n += x
        for row in shared["rows"]:
            n += len(row)
        return n
    before = body()
    sys.settrace(trace)
    after = body()
    sys.settrace(None)
    return before, after, len(lines), lines[:6]


def traced_in_the_middle():
    events = []

    def trace(frame, event, arg):
        events.append(event)
        return trace
    total = 0
    for i, row in enumerate(shared["rows"]):
        for x in row:
            if i == 2 and x == 20:
                sys.settrace(trace)
                sys._getframe().f_trace = trace
            total += x
    sys.settrace(None)
    return total, len(events)


results = {}


def run(name):
    for _ in range(20):
        results[name] = [nested(), early(), raising(), growing(), generators(), any_kind()]
    results[name] += [far(), traced(), traced_in_the_middle()]


shared["only"] = [{"a": 1}, [2], "three"]
threads = [threading.Thread(target=run, args=(k,)) for k in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
for line in results[0]:
    print(line)
print(all(r == results[0] for r in results.values()))
got = []
t = threading.Thread(target=lambda: got.append(dropped()))
t.start()
t.join()
print(got, dropped())


def recursive(node, depth):
    n = 1
    for child in node:
        n += recursive(child, depth + 1)
    return n


def tree(depth):
    return [tree(depth - 1) for _ in range(4)] if depth else []


shared["tree"] = tree(5)
counts = []
threads = [threading.Thread(target=lambda: counts.append(recursive(shared["tree"], 0))) for _ in range(2)]
for t in threads:
    t.start()


def replace():
    for i in range(2000):
        shared["tree"][i % 4] = shared["tree"][i % 4][:]
        shared["spare"] = [[i], [i]]
        for x in shared["spare"]:
            shared["spare"] = None
            for y in x:
                if y != i:
                    raise AssertionError(y)


replace()
for t in threads:
    t.join()
print(counts)
