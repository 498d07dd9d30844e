# SPDX-License-Identifier: MIT
"""contextvars across threads, switch interval, current frames, settrace for threads, gil flags, stack size, ids."""
import contextvars
import sys
import threading
import traceback

v = contextvars.ContextVar("v", default=0)
v.set("main")
out, lock = [], threading.Lock()


def read(k):
    before = v.get()
    token = v.set(k)
    after = v.get()
    v.reset(token)
    with lock:
        out.append((k, before, after, v.get()))


threads = [threading.Thread(target=read, args=(k,)) for k in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(out), v.get())
ctx = contextvars.copy_context()
t = threading.Thread(target=ctx.run, args=(read, "in context"))
t.start()
t.join()
print(out[-1], ctx[v], len(ctx) >= 1)


def enter_again():
    try:
        ctx.run(lambda: None)
    except RuntimeError as e:
        out.append(str(e).split(":")[0])


ctx.run(enter_again)
print(out[-1])
old = sys.getswitchinterval()
sys.setswitchinterval(0.001)
print(old, round(sys.getswitchinterval(), 6))
for bad in (0, -1, "x"):
    try:
        sys.setswitchinterval(bad)
    except (ValueError, TypeError) as e:
        print(e)
sys.setswitchinterval(old)
ready, go = threading.Event(), threading.Event()


def parked():
    ready.set()
    go.wait(20)


t = threading.Thread(target=parked)
t.start()
ready.wait()
frames = sys._current_frames()
print(len(frames), t.ident in frames, threading.get_ident() in frames, "parked" in [f.name for f in traceback.extract_stack(frames[t.ident])])
del frames
go.set()
t.join()
events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name == "traced":
        events.append((event, threading.current_thread().name))
    return tracer


def traced():
    return 1


threading.settrace(tracer)
t = threading.Thread(target=traced, name="traced thread")
t.start()
t.join()
threading.settrace(None)
print(events, threading.gettrace())
profiled = []
threading.setprofile(lambda frame, event, arg: profiled.append(event) if frame.f_code.co_name == "traced" else None)
t = threading.Thread(target=traced)
t.start()
t.join()
threading.setprofile(None)
print(profiled)
ids = set()
barrier = threading.Barrier(8)


def identify():
    barrier.wait()
    with lock:
        ids.add(threading.get_ident())
    barrier.wait()


threads = [threading.Thread(target=identify) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(ids))
print(threading.stack_size(256 * 1024), threading.stack_size(0))
try:
    threading.stack_size(100)
except ValueError as e:
    print(e)


def recurse(n):
    return 0 if n == 0 else 1 + recurse(n - 1)


def deep():
    try:
        recurse(10 ** 6)
    except RecursionError:
        with lock:
            out.append("recursion caught")


threads = [threading.Thread(target=deep) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(out[-4:])
excs = []


def current():
    try:
        raise ValueError(threading.current_thread().name)
    except ValueError:
        barrier2.wait()
        excs.append(str(sys.exc_info()[1]) == threading.current_thread().name)


barrier2 = threading.Barrier(4)
threads = [threading.Thread(target=current) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(excs)
import _thread
print(_thread.TIMEOUT_MAX == threading.TIMEOUT_MAX, sys.thread_info.name, _thread._count(), isinstance(_thread.RLock(), threading._RLock), _thread.LockType is type(threading.Lock()))
import asyncio, signal
try:
    threading.Thread(target=lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN)).run()
    caught = []

    def wrong():
        try:
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        except ValueError as e:
            caught.append(str(e))
    t = threading.Thread(target=wrong)
    t.start()
    t.join()
    print(caught)
finally:
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
