# SPDX-License-Identifier: MIT
# oracle: timeout 30
"""Thread subclasses, excepthook, settrace and setprofile, what threads may not do."""
import _thread
import io
import sys
import threading
import time
import traceback


# ---- hooks -----------------------------------------------------------------------------------------------
class T(threading.Thread):

    def __init__(s, k):
        super().__init__(name=f'T{k}')
        s.k = k
        s.result = None
        s.exc = None

    def run(s):
        try:
            s.result = self_run(s.k)
        except Exception as e:
            s.exc = e


def self_run(k):
    if k % 4 == 3:
        raise IndexError(k)
    return k * k


ts = [T(k) for k in range(12)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print([t.result for t in ts], [repr(t.exc) for t in ts if t.exc])
rec = []


def hook(a):
    rec.append((a.exc_type.__name__, str(a.exc_value), a.thread.name, len(traceback.extract_tb(a.exc_traceback))))


threading.excepthook = hook


def boom(k):
    raise RuntimeError(k)


ts = [threading.Thread(target=boom, args=(k,), name=f'b{k}') for k in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(rec))
threading.excepthook = threading.__excepthook__
e = sys.stderr
sys.stderr = io.StringIO()
t = threading.Thread(target=boom, args=(1,), name='named')
t.start()
t.join()
txt = sys.stderr.getvalue()
sys.stderr = e
print(txt.splitlines()[0], txt.splitlines()[-1], sep='\n')


def hook2(a):
    raise ValueError('hook')


threading.excepthook = hook2
sys.stderr = io.StringIO()
t = threading.Thread(target=boom, args=(1,), name='named')
t.start()
t.join()
txt = sys.stderr.getvalue()
sys.stderr = e
print([x for x in txt.splitlines() if not x.startswith('  ')])
threading.excepthook = threading.__excepthook__
t = threading.Thread(target=sys.exit)
t.start()
t.join()
print('exit ignored')
t = threading.Thread()
for f in (t.join, lambda: (t.start(), t.join(), t.start()), lambda: threading.current_thread().join(), lambda: setattr(t, 'daemon', True) or 0, lambda: threading.Thread(group=1)):
    try:
        f()
        print('ok')
    except (RuntimeError, AssertionError) as x:
        print(type(x).__name__, x)


def prof(f, ev, a):
    if ev == 'call' and f.f_code.co_name.startswith('pf_'):
        calls.append(f.f_code.co_name)


calls = []


def pf_a():
    pf_b()


def pf_b():
    pass


threading.setprofile(prof)
ts = [threading.Thread(target=pf_a) for _ in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
threading.setprofile(None)
print(sorted(calls))
tr = []


def trace(f, ev, a):
    if f.f_code.co_name == 'pf_b':
        tr.append(ev)
    return trace


threading.settrace(trace)
ts = [threading.Thread(target=pf_b) for _ in range(3)]
for t in ts:
    t.start()
for t in ts:
    t.join()
threading.settrace(None)
print(sorted(tr))


# ---- sub -------------------------------------------------------------------------------------------------
class Worker(threading.Thread):
    count = 0
    lock = threading.Lock()

    def __init__(s, n, **kw):
        super().__init__(**kw)
        s.n = n
        s.total = 0

    def run(s):
        for i in range(s.n):
            s.total += i
        with Worker.lock:
            Worker.count += 1


ws = [Worker(1000 * k, name=f'w{k}', daemon=k % 2 == 0) for k in range(8)]
print([(w.name, w.daemon, w.is_alive(), w.ident) for w in ws][:2])
for w in ws:
    w.start()
for w in ws:
    w.join()
print([w.total for w in ws], Worker.count)
print([w.is_alive() for w in ws], ws[0].ident is not None, ws[0].native_id is not None)
a = threading.Thread(target=lambda: res.append(threading.current_thread().name), name='n1')
res = []
a.start()
a.join()
print(res)


def nested(d):
    if d:
        ts = [threading.Thread(target=nested, args=(d - 1,)) for _ in range(3)]
        for t in ts:
            t.start()
        for t in ts:
            t.join()
    with Worker.lock:
        res.append(d)


res = []
nested(4)
print(len(res), sorted(res).count(0))
print(threading.main_thread().name, threading.current_thread() is threading.main_thread(), threading.active_count(), [t.name for t in threading.enumerate()])
done = threading.Event()


def raw(a, *, b):
    res.append((a, b, type(threading.current_thread()).__name__))
    done.set()


res = []
_thread.start_new_thread(raw, (1,), {'b': 2})
done.wait(5)
print(res)
for bad in (lambda: _thread.start_new_thread(1, ()), lambda: _thread.start_new_thread(raw, 1), lambda: _thread.start_new_thread(raw, (), 1), lambda: threading.stack_size(100), lambda: threading.Thread(target=1, args=3).start() or time.sleep(0)):
    try:
        bad()
        print('ok')
    except Exception as e:
        print(type(e).__name__, e)
    break
gate = threading.Event()
t = threading.Thread(target=gate.wait)
t.start()
t.join(0.01)
print(t.is_alive())
gate.set()
t.join()
print(t.is_alive())
print(threading.settrace(None), threading.gettrace(), threading.getprofile(), threading.TIMEOUT_MAX > 100000000.0, threading.stack_size())
