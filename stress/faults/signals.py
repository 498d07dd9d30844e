# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""Signals of four kinds to a process whose threads are all busy: handlers run, in the main thread, and nothing stands still."""
import os
import signal
import threading
import time

SENT = signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM
seen, elsewhere, stop = dict.fromkeys([*SENT, signal.SIGALRM], 0), [], False


def handler(number, frame):
    seen[number] += 1
    if threading.current_thread() is not threading.main_thread():
        elsewhere.append(number)


def busy():
    made = []
    while not stop:
        made.append({})
        if len(made) > 1000:
            made.clear()


def send(number):
    for _ in range(200):
        os.kill(os.getpid(), number)
        time.sleep(0.0005)


for number in seen:
    signal.signal(number, handler)
workers = [threading.Thread(target=busy) for _ in range(4)]
senders = [threading.Thread(target=send, args=(number,)) for number in SENT]
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
for thread in workers + senders:
    thread.start()
for thread in senders:
    thread.join()
signal.setitimer(signal.ITIMER_REAL, 0)
stop = True
for thread in workers:
    thread.join()
print(all(seen.values()), elsewhere)
