# SPDX-License-Identifier: MIT
# oracle: timeout 120
"""5,000 threads at once, and all of them end."""
import threading

N = 5000
lock, up, go = threading.Lock(), threading.Semaphore(0), threading.Event()
count = 0


def work():
    global count
    up.release()
    go.wait()
    with lock:
        count += 1


threading.stack_size(256 * 1024)
threads = [threading.Thread(target=work) for _ in range(N)]
for thread in threads:
    thread.start()
for _ in range(N):
    up.acquire()
print(threading.active_count())
go.set()
for thread in threads:
    thread.join()
print(count, threading.active_count())
