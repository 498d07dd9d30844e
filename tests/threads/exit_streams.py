# SPDX-License-Identifier: MIT
# The program ends while daemon threads are writing to a standard stream, which is then flushed. CPython mostly aborts here ("could
# not acquire lock"), so it is spared the threads.
import os
import sys
import threading
import time

sys.stderr = open(os.devnull, 'w')


def write():
    while True:
        sys.stderr.write('.')
        sys.stderr.flush()


for _ in range(0 if sys.implementation.name == 'cpython' else 3):
    threading.Thread(target=write, daemon=True).start()
time.sleep(0.1)
sys.stderr.write('!')
print('the end')
