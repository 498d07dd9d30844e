# SPDX-License-Identifier: MIT
"""Event and Timer: set, clear, wait, timeouts, cancel, a relay of events."""
import threading
import time

e = threading.Event()
print(e.is_set(), e.wait(0.01), e.set(), e.is_set(), e.wait(), e.clear(), e.is_set())
got, lock = [], threading.Lock()


def waiter(k):
    ok = e.wait(20)
    with lock:
        got.append((k, ok))


threads = [threading.Thread(target=waiter, args=(k,)) for k in range(5)]
for t in threads:
    t.start()
time.sleep(0.02)
print(got)
e.set()
for t in threads:
    t.join()
print(sorted(got))
N = 6
relay = [threading.Event() for _ in range(N + 1)]
order = []


def runner(k):
    relay[k].wait()
    order.append(k)
    relay[k + 1].set()


threads = [threading.Thread(target=runner, args=(k,)) for k in reversed(range(N))]
for t in threads:
    t.start()
relay[0].set()
relay[N].wait()
for t in threads:
    t.join()
print(order)
fired = []
done = threading.Event()
timers = [threading.Timer(d, lambda d=d: (fired.append(d), done.set() if len(fired) == 3 else None)) for d in (1.2, 0.1, 0.6)]
for t in timers:
    t.start()
cancelled = threading.Timer(60, lambda: fired.append("cancelled"))
cancelled.start()
cancelled.cancel()
done.wait(10)
for t in timers + [cancelled]:
    t.join()
print(fired, cancelled.finished.is_set(), timers[0].is_alive(), timers[0].interval)
args = []
t = threading.Timer(0, lambda *a, **k: args.append((a, k)), args=(1, 2), kwargs={"x": 3})
t.start()
t.join()
print(args, isinstance(t, threading.Thread))
start = time.monotonic()
print(threading.Event().wait(0.05), 0.045 < time.monotonic() - start < 5)
ping, pong, count = threading.Event(), threading.Event(), 0


def player():
    global count
    for _ in range(100):
        ping.wait()
        ping.clear()
        count += 1
        pong.set()


t = threading.Thread(target=player)
t.start()
for _ in range(100):
    ping.set()
    pong.wait()
    pong.clear()
    count += 1
t.join()
print(count, repr(ping).split(":")[1].strip())
