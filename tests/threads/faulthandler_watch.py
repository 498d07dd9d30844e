# SPDX-License-Identifier: MIT
# oracle: timeout 30
"""Tracebacks of all threads while they run: dump_traceback_later from its own thread, dump_traceback from a program's."""
import faulthandler
import os
import re
import tempfile
import threading
import time

stop = threading.Event()


def inner(x):
    for i in range(100):
        x += i
    return x


def busy():
    x = 0
    while not stop.is_set():
        x = inner(x) % 1000


def asleep():
    stop.wait()


def wait_for(condition):
    deadline, n = time.monotonic() + 60, 0
    while not condition() and time.monotonic() < deadline:
        n = inner(n) % 1000


def tracebacks_in(text):
    """The tracebacks of each dump, the last one left out: it may not be whole."""
    return [re.split(r"\n\n", dump.strip()) for dump in re.split(r"Timeout \(0:00:00\.020000\)!\n", text)[1:-1]]


threads = [threading.Thread(target=f) for f in (busy, busy, asleep)]
for t in threads:
    t.start()

print("-- after a timeout, again and again")
with tempfile.TemporaryFile("w+") as file:
    faulthandler.dump_traceback_later(0.02, repeat=True, file=file)
    wait_for(lambda: os.pread(file.fileno(), 1 << 20, 0).count(b"Timeout (") > 5)  # however long the files' names are
    faulthandler.cancel_dump_traceback_later()
    size = os.fstat(file.fileno()).st_size
    time.sleep(0.05)
    print("cancelled:", size == os.fstat(file.fileno()).st_size)
    file.seek(0)
    dumps = tracebacks_in(file.read())
print("several:", len(dumps) > 2)
print("threads in each:", {len(d) for d in dumps})
names = {name for d in dumps for traceback in d for name in re.findall(r'^  File ".*", line \d+ in (\S+)$', traceback, re.M)}
print("every thread's function:", {"asleep", "busy", "wait_for", "run"} <= names)
print("lines that are something else:", [line for d in dumps for t in d for line in t.splitlines()
                                         if not re.match(r'Thread 0x[0-9a-f]{16} \(most recent call first\):|  File "', line)])

print("-- now, by several threads")
with tempfile.TemporaryFile("w+") as file:
    def dump():
        for _ in range(20):
            faulthandler.dump_traceback(file)
    dumpers = [threading.Thread(target=dump) for _ in range(3)]
    for t in dumpers:
        t.start()
    for t in dumpers:
        t.join()
    file.seek(0)
    text = file.read()
    print(text.count("Current thread"), text.count(" in dump\n") >= 60)

stop.set()
for t in threads:
    t.join()
