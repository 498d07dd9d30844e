# SPDX-License-Identifier: MIT
"""Long natives poll on their way: what they make is right while other threads stop the world, start rounds and change the heap."""
import gc
import json
import marshal
import pickle
import random
import re
import threading
import time
from collections import Counter, deque

N = 9000
r = random.Random(5)
done = False


def disturb():
    kept = []
    while not done:
        start = time.monotonic()
        gc.collect()
        kept = [[i] for i in range(100)] + kept[:500]
        time.sleep(0.002 + 3 * (time.monotonic() - start))  # the others get on in any build


class Key:
    def __init__(self, v):
        self.v = v

    def __lt__(self, other):
        return self.v < other.v


def stable(items, key=lambda v: v, reverse=False):
    pairs = list(enumerate(items))
    pairs.sort(key=lambda p: key(p[1]), reverse=reverse)
    values = [p[1] for p in pairs]
    assert values == sorted(items, key=key, reverse=reverse)
    assert Counter(values) == Counter(items)
    for (i, a), (j, b) in zip(pairs, pairs[1:]):
        a, b = key(a), key(b)
        if reverse:
            a, b = b, a
        assert a < b or (not b < a and i < j)


def sorting():
    x = [r.randrange(10 ** 6) for _ in range(N)]
    for items in (x, [v / 7 for v in x], [str(v) for v in x], [(v % 50, str(v)) for v in x], list(range(N, 0, -1)),
                  [i * (-1) ** (i // 9000) for i in range(N)], [i % 2 * 10 ** 6 + i for i in range(N)], list(range(N)) + x):
        stable(items)
        stable(items, lambda v: str(v)[::-1], True)
    stable(x[:10000], Key)


def containers():
    x = list(range(N))
    d = dict.fromkeys(x)
    assert eval(repr(x)) == x and eval(repr(tuple(x))) == tuple(x) and eval(repr(d)) == d
    text = "\n\u1234x'" * N
    assert eval(repr(text)) == text
    assert set(x) == set(d) == set(iter(x)) == set(d.keys()) == set(x[:N // 2]) | set(x[N // 3:])
    assert len(set(map(str, x)) | set(map(str, range(-N, 3)))) == 2 * N
    assert list(dict(zip(x, x))) == x == list(deque(x)) and dict([(i, i) for i in x]) == dict(zip(x, x))
    assert Counter(x + x)[5] == 2


def texts():
    s = [str(i) for i in range(N)]
    assert ",".join(s).split(",") == s == " ".join(s).split() == "\u1234".join(s).split("\u1234") == ",".join(s).rsplit(",")
    assert re.findall(r"\d+", " ".join(s)) == s == re.split(",", ",".join(s))
    assert re.sub(",", ";;", ",".join(s)) == ";;".join(s) == re.sub("(,)", lambda m: ";;", ",".join(s))
    b = [v.encode() for v in s]
    assert b",".join(b).split(b",") == b == bytearray(b",".join(b)).split(b",") == b" ".join(b).split()
    assert ("ab" * N * 4).count("ba") == N * 4 - 1 == (b"ab" * N * 4).count(b"ba") == bytearray(b"ab" * N * 4).count(b"ba")
    assert ("ab\u1234" * N * 2).count("\u1234") == N * 2


def writing():
    x = list(range(N))
    o = [{"a": i, "b": [str(i)]} for i in range(N // 2)] + [{"k": x, "s": set(map(str, x)), "f": frozenset(x), "t": (x, tuple(x))}]
    assert marshal.loads(marshal.dumps(o)) == o == pickle.loads(pickle.dumps(o)) == pickle.loads(pickle.dumps(o, 0))
    assert json.loads(json.dumps(x)) == x


threads = [threading.Thread(target=disturb) for _ in range(2)]
for thread in threads:
    thread.start()
for work in (sorting, containers, texts, writing):
    work()
    print(work.__name__)
done = True
for thread in threads:
    thread.join()
