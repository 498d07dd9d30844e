# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""Many threads replace the values of one dict as fast as they can: memory stays bounded, others get their turn, a fork's child runs."""
import os
import threading
import time


def resident():
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


stop = False
d = {}


def replace(k):
    i = 0
    while not stop:
        i += 1
        d[k, i % 50] = [i]


threads = [threading.Thread(target=replace, args=(k,)) for k in range(6)]
for t in threads:
    t.start()
turns = 0
for _ in range(20):
    time.sleep(0.05)
    turns += 1
small = resident() < 2 << 30
for _ in range(10):
    pid = os.fork()
    if pid == 0:
        for i in range(20):
            d['c', i] = i
        os._exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
stop = True
for t in threads:
    t.join()
print(turns, small, len(d))
