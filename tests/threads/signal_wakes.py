# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""A signal that another thread sends ends what the main thread waits for, each time."""
import os
import select
import signal
import threading
import time


def interrupted(wait):
    thread = threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGINT))
    try:
        thread.start()
        wait()
        return False
    except KeyboardInterrupt:
        return True
    finally:
        thread.join()


held = threading.Lock()
held.acquire()
reading, writing = os.pipe()
waits = {'lock': held.acquire, 'event': threading.Event().wait, 'sleep': lambda: time.sleep(20),
         'select': lambda: select.select([reading], [], [], 20), 'read': lambda: os.read(reading, 1)}
for name, wait in waits.items():
    print(name, sum(interrupted(wait) for _ in range(30)))
seen = []
signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(threading.current_thread() is threading.main_thread()))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
for _ in range(5):  # the main thread does not take it: another one does, and the handler still runs in the main thread
    before = len(seen)
    thread = threading.Thread(target=lambda: (signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1]), signal.raise_signal(signal.SIGUSR1)))
    thread.start()
    thread.join()
    while len(seen) == before:
        time.sleep(0.001)
print(seen)
