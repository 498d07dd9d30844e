# SPDX-License-Identifier: MIT
"""Thread: names, daemon flag, identity, subclass, errors of use, exceptions in threads, excepthook, enumerate."""
import sys
import threading


class Worker(threading.Thread):
    def __init__(self, n):
        super().__init__(name=f"worker-{n}")
        self.n, self.result = n, None

    def run(self):
        self.result = (sum(range(self.n)), threading.current_thread() is self, self.name, self.is_alive())


workers = [Worker(n) for n in (10, 100, 1000)]
print([w.is_alive() for w in workers], workers[0].ident, workers[0].daemon)
for w in workers:
    w.start()
for w in workers:
    w.join()
print([w.result for w in workers], [w.is_alive() for w in workers], workers[0].ident is not None, len({type(w.ident) for w in workers}))
main = threading.main_thread()
print(main.name, main is threading.current_thread(), main.ident == threading.get_ident(), threading.active_count(), [t.name for t in threading.enumerate()], main.daemon, main.is_alive(), threading.get_native_id() == main.native_id)
t = threading.Thread(target=lambda: None)
for bad in (t.join, lambda: (t.start(), t.start()), lambda: main.join(), lambda: threading.Thread(group=1), lambda: threading.Thread(5, 5), lambda: setattr(t, "daemon", True), lambda: Bad().start(), lambda: threading.Thread(target=print, args=5).run()):
    class Bad(threading.Thread):
        def __init__(self):
            pass
    try:
        bad()
        print("fine")
    except (RuntimeError, AssertionError, TypeError) as e:
        print(type(e).__name__, e)
t.join()
hooked = []
threading.excepthook = lambda a: hooked.append((a.exc_type.__name__, str(a.exc_value), a.thread.name, a.exc_traceback is not None))


def fail(x):
    raise ValueError(f"failed {x}")


threads = [threading.Thread(target=fail, args=(i,), name=f"failing-{i}") for i in range(3)]
for t in threads:
    t.start()
    t.join()
print(hooked)
hooked.clear()


def exits():
    sys.exit("only this thread")


def hard_exits():
    raise SystemExit(3)


for f in (exits, hard_exits):
    t = threading.Thread(target=f)
    t.start()
    t.join()
print(hooked, "main goes on")
threading.excepthook = threading.__excepthook__


def kw(a, *, b):
    hooked.append((a, b, threading.current_thread().name))


t = threading.Thread(None, kw, "named", (1,), {"b": 2}, daemon=True)
t.start()
t.join(5)
print(hooked, t.daemon, repr(t).split(",")[0], t.name)
t.name = "renamed"
print(t.name)
inherited = []


def parent():
    child = threading.Thread(target=lambda: inherited.append(threading.current_thread().daemon))
    child.start()
    child.join()


for daemon in (True, False):
    p = threading.Thread(target=parent, daemon=daemon)
    p.start()
    p.join()
print(inherited)




def recursive(n, out):
    if n:
        t = threading.Thread(target=recursive, args=(n - 1, out))
        t.start()
        t.join()
    out.append(n)


out = []
recursive(20, out)
print(out)
import _thread
done = threading.Event()
_thread.start_new_thread(lambda a, k=0: (out.append((a, k)), done.set()), (1,), {"k": 2})
done.wait(5)
print(out[-1], _thread.get_ident() == threading.get_ident(), _thread.allocate_lock().locked(), threading.stack_size() >= 0, threading.TIMEOUT_MAX > 1e6)
