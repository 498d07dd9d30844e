# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""fork with busy threads, from a thread, with hooks; signals to a process whose threads are busy; locks that a signal interrupts."""
import _thread
import os
import signal
import sys
import threading
import time


# ---- fork ------------------------------------------------------------------------------------------------
stop = False
d = {}
lk = threading.Lock()


def busy(k):
    i = 0
    while not stop:
        i += 1
        d[k, i % 50] = [i]
        with lk:
            pass


ts = [threading.Thread(target=busy, args=(k,)) for k in range(4)]
for t in ts:
    t.start()
for n in range(10):
    lk.acquire()
    pid = os.fork()
    if pid == 0:
        lk.release()
        ok = threading.active_count() == 1 and threading.main_thread() is threading.current_thread()
        r = []
        t = threading.Thread(target=lambda: r.append(sum(range(100))))
        t.start()
        t.join()
        for i in range(200):
            d['c', i] = i
        import gc
        gc.collect()
        os._exit(7 if ok and r == [4950] and lk.acquire(timeout=1) else 1)
    lk.release()
    _, st = os.waitpid(pid, 0)
    print(os.waitstatus_to_exitcode(st))
stop = True
for t in ts:
    t.join()


def forker():
    pid = os.fork()
    if pid == 0:
        ok = threading.main_thread() is threading.current_thread()
        print('child', ok, threading.current_thread().name != '', threading.active_count())
        sys.stdout.flush()
        os._exit(3)
    out.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


out = []
sys.stdout.flush()
t = threading.Thread(target=forker)
t.start()
t.join()
print(out)
log = []
os.register_at_fork(before=lambda: log.append('b'), after_in_parent=lambda: log.append('p'), after_in_child=lambda: log.append('c'))
pid = os.fork()
if pid == 0:
    os._exit(len(log))
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), log)


# ---- signals ---------------------------------------------------------------------------------------------
n = 0
who = set()


def h(s, f):
    global n
    n += 1
    who.add(threading.current_thread() is threading.main_thread())


signal.signal(signal.SIGUSR1, h)
stop = False


def busy():
    x = 0
    while not stop:
        x += 1


ts = [threading.Thread(target=busy) for _ in range(4)]
for t in ts:
    t.start()
for i in range(50):
    before = n
    os.kill(os.getpid(), signal.SIGUSR1)
    while n == before:
        pass
print(n, who)


class Stop(Exception):
    pass


def h2(s, f):
    raise Stop


signal.signal(signal.SIGALRM, h2)
l = threading.Lock()
l.acquire()
for what in (l.acquire, threading.Event().wait, lambda: time.sleep(20), lambda: l.acquire(timeout=20)):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        what()
        print('?')
    except Stop:
        print('stopped')
try:
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    x = 0
    while True:
        x += 1
except Stop:
    print('loop stopped')
stop = True
for t in ts:
    t.join()
res = []


def other():
    try:
        signal.signal(signal.SIGUSR1, h)
    except ValueError as e:
        res.append(str(e))


t = threading.Thread(target=other)
t.start()
t.join()
print(res)


started = threading.Event()


def kb():
    started.wait()
    time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGINT)


for _ in range(3):
    t = threading.Thread(target=kb)
    try:
        t.start()
        started.set()
        threading.Event().wait(20)
    except KeyboardInterrupt:
        print('KI')
    t.join()
    started.clear()


def im():
    started.wait()  # interrupted while it takes a Condition's lock again, Thread.start lets a lock go that it does not hold
    _thread.interrupt_main()


try:
    t = threading.Thread(target=im)
    t.start()
    started.set()
    time.sleep(5)
except KeyboardInterrupt:
    print('KI2')
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
signal.signal(signal.SIGUSR2, lambda *a: res.append('usr2'))
t = threading.Thread(target=lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR2))
t.start()
t.join()
print(signal.sigpending())
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR2])
print(res)
