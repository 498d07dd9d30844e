# SPDX-License-Identifier: MIT
# oracle: stderr
"""What uncaught exceptions in threads print, one thread after another."""
import sys
import threading


def deep(n):
    if n:
        deep(n - 1)
    else:
        raise KeyError("bottom")


def chained():
    try:
        deep(1)
    except KeyError as e:
        raise RuntimeError("wrapped") from e


class Worker(threading.Thread):
    def run(self):
        [1 // x for x in (1, 0)]


for t in (threading.Thread(target=deep, args=(2,), name="deep one"), threading.Thread(target=chained, name="chained"), Worker(name="worker"), threading.Thread(target=sys.exit, name="silent"), threading.Thread(target=lambda: undefined_name, name="lambda"), threading.Thread(target=deep, args=(1, 2), name="wrong call"), threading.Thread(target=5, name="not callable")):
    t.start()
    t.join()
    print("joined", t.name, t.is_alive())
    sys.stdout.flush()


def hook_fails(args):
    raise TypeError("the hook failed")


threading.excepthook = lambda args: print("custom", args.exc_type.__name__, args.exc_value, args.thread.name)
t = threading.Thread(target=deep, args=(0,), name="custom")
t.start()
t.join()
threading.excepthook = threading.__excepthook__
group = threading.Thread(target=lambda: (_ for _ in ()).throw(ExceptionGroup("eg", [ValueError(1), TypeError(2)])), name="group")
group.start()
group.join()
try:
    raise ValueError("handled by hand")
except ValueError:
    threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
