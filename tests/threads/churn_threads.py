# SPDX-License-Identifier: MIT
"""Hundreds of short threads, threads started from threads, objects handed from thread to thread, names and counts at the end."""
import threading

lock, results = threading.Lock(), []
for wave in range(10):
    threads = [threading.Thread(target=lambda k=k: results.append(k * k)) for k in range(30)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
print(len(results), sum(results), threading.active_count())


def spawn(depth, out):
    children = [threading.Thread(target=spawn, args=(depth - 1, out)) for _ in range(2)] if depth else []
    for c in children:
        c.start()
    for c in children:
        c.join()
    with lock:
        out.append(depth)


out = []
spawn(5, out)
print(len(out), sorted(out)[:3], out[-1], threading.active_count())


class Parcel:
    def __init__(self):
        self.stamps, self.extra = [], {}


def relay(parcel, k, left):
    parcel.stamps.append(k)
    parcel.extra[k] = [parcel.stamps[-1], (k, str(k))]
    setattr(parcel, f"visited_{k}", True)
    if left:
        t = threading.Thread(target=relay, args=(parcel, k + 1, left - 1))
        t.start()
        t.join()


p = Parcel()
relay(p, 0, 40)
print(p.stamps == list(range(41)), len(p.extra), len(vars(p)), p.extra[40])
strings, shared = {}, []


def intern_keys(k):
    for i in range(300):
        key = "key_" + str(i)
        strings.setdefault(key, []).append(k)
        getattr(Parcel, key, None)
    shared.append(tuple(strings)[:3])


threads = [threading.Thread(target=intern_keys, args=(k,)) for k in range(6)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(strings), {len(v) for v in strings.values()}, set(map(len, shared)))


class Service:
    def handle(self, x):
        return x + 1


s, seen, wrong = Service(), set(), []


def call(k):
    for i in range(2000):
        r = s.handle(i) - i
        if r not in (1, 2, 3):
            wrong.append(r)
        seen.add(r)


def patch(k):
    for i in range(150):
        Service.handle = lambda self, x: x + 2
        Service.handle = lambda self, x: x + 3
        Service.note = i
        Service.handle = lambda self, x: x + 1


threads = [threading.Thread(target=f, args=(k,)) for k, f in enumerate((call, call, call, patch))]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(wrong, seen <= {1, 2, 3}, 1 in seen, Service.note)
counter = 0


def global_reader(k):
    ok = True
    for _ in range(3000):
        ok = ok and 0 <= counter <= 1000
    results.append(ok)


def global_writer(k):
    global counter
    for i in range(1001):
        counter = i


results.clear()
threads = [threading.Thread(target=f, args=(k,)) for k, f in enumerate((global_reader, global_writer, global_reader))]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(results, counter)
big, ints, floats = [10 ** 30 + i for i in range(50)], list(range(100)), [i / 3 for i in range(100)]


def crunch(k):
    acc, f = 0, 0.0
    for r in range(100):
        for b in big:
            acc = (acc * 31 + b * (k + 1)) % (10 ** 35 + 7)
        f += sum(floats) + sum(ints) * 0.5
    with lock:
        results.append((k, acc, f))


results.clear()
threads = [threading.Thread(target=crunch, args=(k,)) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(*sorted(results), sep="\n")
exceptions = []


def raiser(k):
    for i in range(500):
        try:
            try:
                [][k]
            except IndexError as e:
                raise KeyError(k, i) from e
        except KeyError as e:
            if e.args != (k, i) or not isinstance(e.__cause__, IndexError):
                exceptions.append(e)


threads = [threading.Thread(target=raiser, args=(k,)) for k in range(5)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(exceptions)
