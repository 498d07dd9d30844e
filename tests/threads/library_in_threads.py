# SPDX-License-Identifier: MIT
"""Library modules used from many threads at once: re, json, random, hashlib, datetime, struct, sorting, formatting, copy."""
import bisect
import copy
import datetime
import functools
import hashlib
import heapq
import io
import itertools
import json
import logging
import pickle
import random
import re
import string
import struct
import textwrap
import threading
import zlib
from decimal import Decimal
from fractions import Fraction

results, lock = {}, threading.Lock()


def in_threads(name, f, n=5):
    """f(k) in n threads at once; prints a digest of all results."""
    answers = [None] * n

    def call(k):
        answers[k] = f(k)
    threads = [threading.Thread(target=call, args=(k,)) for k in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(name, hashlib.sha256(repr(answers).encode()).hexdigest()[:16], repr(answers[0])[:60])


def regexes(k):
    out = []
    for i in range(60):
        m = re.search(rf"(\d+)-{k}-(?P<name>[a-z]+)", f"xx {i}-{k}-name yy")
        out.append((m.group(1), m["name"], re.sub(r"[aeiou]", lambda m: m[0].upper(), "education") , re.split(r"[,;]\s*", "a, b;c"), re.findall(r"(?i)\b\w{%d}\b" % (3 + k), "one three seven letters")))
    return out


def jsons(k):
    data = {"k": k, "list": [i / 7 for i in range(40)], "nested": {"a": [None, True, {"b": "é☃"}]}, "text": string.printable}
    for _ in range(15):
        data = json.loads(json.dumps(data, sort_keys=True))
    return json.dumps(data, indent=1)


def randoms(k):
    r = random.Random(k)
    values = [r.random() for _ in range(100)]
    r.shuffle(values)
    return values[:5], r.sample(range(100), 5), r.gauss(0, 1), r.choices("abc", k=5), r.randint(1, 10 ** 12)


def hashes(k):
    h = hashlib.md5()
    for i in range(200):
        h.update(struct.pack(">IdB", i, i / 3, k))
    return h.hexdigest(), zlib.crc32(b"x" * 1000 * k), zlib.decompress(zlib.compress(b"abc" * 1000))[:6], hashlib.blake2b(bytes([k])).hexdigest()[:8]


def dates(k):
    d = datetime.datetime(2024, 1, 31, 12, k)
    return [(d + datetime.timedelta(days=i * 17, hours=k)).strftime("%Y-%m-%d %H:%M %j %a") for i in range(40)], datetime.date.fromisoformat("2024-02-29").isocalendar()


def heaps(k):
    h = []
    for i in range(300):
        heapq.heappush(h, ((i * 7919 + k) % 1009, i))
    a = []
    for i in range(200):
        bisect.insort(a, (i * 31 + k) % 101)
    return [heapq.heappop(h) for _ in range(50)], a[::20], list(heapq.merge(a, a))[:10]


def texts(k):
    buffer = io.StringIO()
    for i in range(100):
        print(f"{i:>{k + 3}}|{i / 3:.{k}f}|{i:#x}", file=buffer)
    return buffer.getvalue(), textwrap.fill("the quick brown fox " * 10, 20 + k), "%s %r %05d" % (k, str(k), k), string.Template("$a-$b").substitute(a=k, b="b")


def copies(k):
    class P:
        pass
    data = {"a": [1, [2, 3]], "b": {k: (1, 2)}, "s": {1, 2}}
    data["me"] = data["a"]
    c = copy.deepcopy(data)
    c["a"][1].append(k)
    return data, c, c["me"] is c["a"], pickle.loads(pickle.dumps(data)), copy.copy(data) == data


def numbers(k):
    x = Decimal(k + 1) / 7
    f = Fraction(k + 1, 3)
    for i in range(1, 30):
        x = x * Decimal("1.01") - Decimal(i) / 1000
        f = f + Fraction(i, i + 1) if i % 5 else f.limit_denominator(1000)
    return str(x), f, 3 ** (100 + k) % 10 ** 9, sum(itertools.accumulate(range(k, 50)))


calls = []


@functools.lru_cache(maxsize=None)
def cached(n):
    calls.append(n)
    return n * n


def caches(k):
    return [cached(i) for i in range(100)]


stream = io.StringIO()
handler = logging.StreamHandler(stream)
handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(message)s"))
logger = logging.getLogger("threads")
logger.addHandler(handler)
logger.setLevel(logging.DEBUG)


def logs(k):
    for i in range(50):
        logger.info("k=%d i=%d", k, i)
    return k


def modules(k):
    import importlib
    return [importlib.import_module(n).__name__ for n in ("colorsys", "keyword", "fnmatch", "statistics", "difflib", "calendar", "csv", "shlex")][::-1 if k % 2 else 1][:0]


for name, f in (("re", regexes), ("json", jsons), ("random", randoms), ("hash", hashes), ("datetime", dates), ("heap", heaps), ("text", texts), ("copy", copies), ("numbers", numbers), ("cache", caches), ("logging", logs), ("imports", modules)):
    in_threads(name, f)
print(len(set(calls)), cached.cache_info().currsize, len(stream.getvalue().splitlines()), len(set(stream.getvalue().splitlines())))
