# SPDX-License-Identifier: MIT
# oracle: env HEDDLE_DEBUG=schedfuzz=3
# oracle: timeout 30
"""Threads that come back while the world is being stopped and a round is open: all three get on."""
import gc
import threading
import time

stop, shared = False, {}


def sleeper(k):
    i = 0
    while not stop:
        i += 1
        time.sleep(0)
        shared[k, i % 5] = [i] # what was there wants a round


threads = [threading.Thread(target=sleeper, args=(k,)) for k in range(5)]
for t in threads:
    t.start()
end = time.monotonic() + 2
while time.monotonic() < end:
    gc.collect()
    shared["main"] = [1]
stop = True
for t in threads:
    t.join()
print("end")
