# SPDX-License-Identifier: MIT
"""How a program with threads ends: non-daemon threads are joined, daemons are not, output is kept, statuses are right."""
import subprocess
import sys

CASES = {
    "non-daemon joined": "import threading, time\ndef f():\n    time.sleep(0.1); print('thread done')\nthreading.Thread(target=f).start()\nprint('main done')",
    "daemon abandoned": "import threading, time\ndef f():\n    time.sleep(30); print('never')\nthreading.Thread(target=f, daemon=True).start()\nprint('main done')",
    "busy daemon": "import threading\ndef f():\n    x = 0\n    while True: x += 1\nfor _ in range(3): threading.Thread(target=f, daemon=True).start()\nprint('main done')",
    "daemon holding a lock": "import threading, time\nl = threading.Lock()\ndef f():\n    with l: time.sleep(30)\nthreading.Thread(target=f, daemon=True).start()\nwhile not l.locked(): time.sleep(0.001)\nprint('main done', l.locked())",
    "daemon allocating": "import threading, time\ndef f():\n    while True: [object() for _ in range(100)]; {i: str(i) for i in range(50)}\nfor _ in range(4): threading.Thread(target=f, daemon=True).start()\ntime.sleep(0.05)\nprint('main done')",
    "daemon printing nothing": "import threading, queue\nq = queue.Queue()\ndef f():\n    while True: q.get()\nfor _ in range(4): threading.Thread(target=f, daemon=True).start()\nfor i in range(100): q.put(i)\nprint('main done')",
    "exit status with threads": "import threading, time, sys\nthreading.Thread(target=time.sleep, args=(0.05,)).start()\nsys.exit(7)",
    "exception in main": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.3), print('thread finished'))).start()\nraise ValueError('main failed')",
    "exception in thread": "import threading\ndef f(): raise ValueError('thread failed')\nt = threading.Thread(target=f, name='T'); t.start(); t.join()\nprint('main fine')",
    "atexit after threads": "import threading, time, atexit\natexit.register(print, 'atexit')\nthreading.Thread(target=lambda: (time.sleep(0.6), print('thread'))).start()\nprint('main')",
    "thread starts thread at exit": "import threading, time\ndef g(): time.sleep(0.3); print('grandchild')\ndef f(): time.sleep(0.3); threading.Thread(target=g).start(); print('child')\nthreading.Thread(target=f).start()",
    "os._exit in thread": "import threading, os, time\nthreading.Thread(target=lambda: os._exit(5)).start()\ntime.sleep(30)",
    "sys.exit in thread": "import threading, sys\nt = threading.Thread(target=sys.exit, args=(9,)); t.start(); t.join(); print('main goes on')",
    "executor at exit": "import concurrent.futures as cf, time\nresults = []\np = cf.ThreadPoolExecutor(2)\n[p.submit(lambda i=i: (time.sleep(0.02), results.append(i))) for i in range(4)]\nimport atexit\natexit.register(lambda: print(sorted(results)))",
    "buffered output": "import threading, sys\ndef f():\n    for i in range(300): sys.stdout.write('x')\nts = [threading.Thread(target=f) for _ in range(4)]\n[t.start() for t in ts]",
    "timer pending": "import threading\nprint('main')\nthreading.Timer(0.05, lambda: print('timer')).start()",
    "interrupt main from thread": "import threading, time, _thread\ntry:\n    threading.Timer(0.05, _thread.interrupt_main).start()\n    while True: time.sleep(0.01)\nexcept KeyboardInterrupt: print('interrupted')",
    "SIGINT with busy threads": "import threading, os, signal, time\ndef f():\n    x = 0\n    while go: x += 1\ngo = True\nts = [threading.Thread(target=f) for _ in range(2)]\n[t.start() for t in ts]\ntry:\n    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()\n    while True: time.sleep(5)\nexcept KeyboardInterrupt:\n    go = False\n    print('main interrupted')\n[t.join() for t in ts]",
    "SIGINT uncaught": "import threading, os, signal, time\nthreading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()\ntime.sleep(30)",
    "SIGINT while joining": "import threading, os, signal\ne = threading.Event(); t = threading.Thread(target=e.wait); t.start()\ntry:\n    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()\n    t.join()\nexcept KeyboardInterrupt: print('join interrupted', t.is_alive())\ne.set()",
    "SIGINT while waiting for a lock": "import threading, os, signal\nl = threading.Lock(); l.acquire()\ntry:\n    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()\n    l.acquire()\nexcept KeyboardInterrupt: print('acquire interrupted', l.locked())",
    "handler runs in main": "import threading, os, signal, time\nlog = []\nsignal.signal(signal.SIGUSR1, lambda s, f: log.append(threading.current_thread() is threading.main_thread()))\nt = threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGUSR1)); t.start(); t.join()\ntime.sleep(0.05)\nprint(log)",
    "finalizer at exit": "import threading\nclass A:\n    def __del__(self): print('del')\na = A()\nt = threading.Thread(target=lambda: globals().update(b=A())); t.start(); t.join()",
    "finalizer of what a daemon reaches": "import threading, time, os\nclass A:\n    def __del__(self): os.write(1, b'never')\na = A()\nstarted = threading.Event()\ndef f():\n    started.set(); time.sleep(30)\nthreading.Thread(target=f, daemon=True).start()\nstarted.wait()\nprint('main done')",
    "excepthook replaced": "import threading\nthreading.excepthook = lambda a: print('hook', a.exc_type.__name__, a.thread.name)\nt = threading.Thread(target=lambda: 1/0, name='N'); t.start(); t.join()",
    "broken pipe": "import os, threading\nos.close(1)\nt = threading.Thread(target=lambda: None); t.start(); t.join()",
}
for name, code in CASES.items():
    p = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    errors = [line for line in p.stderr.splitlines() if line and not line.startswith(" ")]
    print(f"{name}: {p.returncode} {p.stdout[:80]!r} {len(p.stdout)} {errors}")
