# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""Generators, contexts and exceptions that go from thread to thread."""
import concurrent.futures as cf
import contextlib
import contextvars
import decimal
import gc
import itertools
import sys
import threading
import traceback


# ---- gens ------------------------------------------------------------------------------------------------
def gen():
    try:
        for i in range(5000):
            yield i
    finally:
        closed.append(1)


closed = []
g = gen()
lk = threading.Lock()
out = []
errs = set()


def w():
    while True:
        try:
            x = next(g)
        except StopIteration:
            return
        except ValueError as e:
            errs.add(str(e))
            continue
        with lk:
            out.append(x)


ts = [threading.Thread(target=w) for _ in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(out), sorted(out) == list(range(5000)), errs <= {'generator already executing'}, closed)


class Safe:

    def __init__(s, it):
        s.it = iter(it)
        s.l = threading.Lock()

    def __iter__(s):
        return s

    def __next__(s):
        with s.l:
            return next(s.it)


s = Safe((x * x for x in range(3000)))
tot = []


def w2():
    tot.append(sum(s))


ts = [threading.Thread(target=w2) for _ in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sum(tot) == sum((x * x for x in range(3000))))
c = itertools.count()
seen = []


def w3():
    seen.append([next(c) for _ in range(2000)])


ts = [threading.Thread(target=w3) for _ in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(itertools.chain(*seen)) == list(range(12000)))


def co():
    got = []
    while True:
        try:
            got.append((yield len(got)))
        except KeyError:
            got.append('K')
        except GeneratorExit:
            final.append(got)
            raise


final = []
gs = [co() for _ in range(20)]
for x in gs:
    next(x)


def w4(part):
    for x in part:
        for i in range(5):
            x.send(i)
        x.throw(KeyError)
        x.close()


ts = [threading.Thread(target=w4, args=(gs[i::4],)) for i in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(final), final[0], all((f == final[0] for f in final)))
dead = []


def fg():
    try:
        yield 1
    finally:
        dead.append(1)


def w5():
    x = fg()
    next(x)


ts = [threading.Thread(target=w5) for _ in range(20)]
for t in ts:
    t.start()
for t in ts:
    t.join()
gc.collect()
print(len(dead))


# ---- ctx -------------------------------------------------------------------------------------------------
v = contextvars.ContextVar('v')
v.set('main')
r = []


def w(k):
    try:
        v.get()
        r.append('leak')
    except LookupError:
        pass
    t = v.set(k)
    assert v.get() == k
    v.reset(t)
    try:
        v.get()
        r.append('leak2')
    except LookupError:
        pass


ts = [threading.Thread(target=w, args=(k,)) for k in range(10)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(r, v.get())
ctxs = [contextvars.copy_context() for _ in range(8)]


def inc(k):
    v.set(k)
    return v.get()


with cf.ThreadPoolExecutor(4) as p:
    print(list(p.map(lambda kc: kc[1].run(inc, kc[0]), enumerate(ctxs))))
print(v.get(), [c[v] for c in ctxs])
c = contextvars.copy_context()
e1 = threading.Event()
e2 = threading.Event()
er = []


def hold():
    e1.set()
    e2.wait()


t = threading.Thread(target=c.run, args=(hold,))
t.start()
e1.wait()
try:
    c.run(int)
except RuntimeError as e:
    print(str(e).split(':')[0])
e2.set()
t.join()
res = []


def dec(k):
    with decimal.localcontext() as x:
        x.prec = k + 2
        res.append((k, str(decimal.Decimal(1) / 3)))


ts = [threading.Thread(target=dec, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(res))


# ---- exc -------------------------------------------------------------------------------------------------
shared = ValueError('shared')
out = []
lk = threading.Lock()


def lvl(n, e):
    if n == 0:
        raise e
    try:
        lvl(n - 1, e)
    finally:
        pass


def w(k):
    for i in range(100):
        try:
            lvl(i % 10, shared)
        except ValueError as e:
            e.args = (k,)
            e.__context__
            len(traceback.format_exception(e))
            e.with_traceback(None)
    try:
        try:
            lvl(3, KeyError(k))
        except KeyError as e:
            raise LookupError('x') from e
    except LookupError as e:
        with lk:
            out.append((type(e.__cause__).__name__, len(traceback.extract_tb(e.__traceback__)), len(traceback.extract_tb(e.__cause__.__traceback__)), sys.exc_info()[1] is e))


ts = [threading.Thread(target=w, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(set(out), len(out), sys.exc_info())


def grp(k):
    try:
        raise ExceptionGroup('g', [ValueError(k), TypeError(k), ExceptionGroup('h', [OSError(k)])])
    except* ValueError as e:
        out2.append(('v', e.exceptions[0].args))
    except* (TypeError, OSError) as e:
        out2.append(('t', len(e.exceptions)))


out2 = []
ts = [threading.Thread(target=grp, args=(k,)) for k in range(5)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(out2, key=repr))
box = []


def mk():
    try:
        {}['k']
    except KeyError as e:
        box.append(e)


t = threading.Thread(target=mk, name='m')
t.start()
t.join()
try:
    raise box[0]
except KeyError as e:
    print([f.name for f in traceback.extract_tb(e.__traceback__)], e.__traceback__.tb_next.tb_frame.f_locals.keys() >= set())
del box[:]


@contextlib.contextmanager
def cm(k):
    try:
        yield k
    except RuntimeError as e:
        sup.append(k)


sup = []


def u(k):
    for _ in range(50):
        with contextlib.ExitStack() as st:
            for j in range(5):
                st.enter_context(cm(k))
            raise RuntimeError


ts = [threading.Thread(target=u, args=(k,)) for k in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(sup))
fr = sys._current_frames()
print(len(fr), list(fr) == [threading.get_ident()])
ev = threading.Event()
st = threading.Event()


def parked():
    st.set()
    ev.wait()


t = threading.Thread(target=parked)
t.start()
st.wait()
f = sys._current_frames()[t.ident]
names = []
while f:
    names.append(f.f_code.co_name)
    f = f.f_back
print(names[-1], 'parked' in names)
ev.set()
t.join()
