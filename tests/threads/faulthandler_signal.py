# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""Tracebacks of all threads on a signal, while functions come and go, generators run, threads start and end."""
import faulthandler
import os
import re
import signal
import tempfile
import threading
import time

SIGNALS = 300
LINE = re.compile(r'(Current thread|Thread) 0x[0-9a-f]{16} \(most recent call first\):|  File "(.*|\?\?\?)", line (\d+|\?\?\?) in \S+|'
                  r'  <no Python frame>|  <a frame that cannot be read>|')
stop = threading.Event()


def short_lived():
    n = 0
    while not stop.is_set():
        scope = {}
        exec(f"def fresh_{n % 50}(x):\n    y = x\n    return [y for _ in range(3)]", scope)
        scope[f"fresh_{n % 50}"](n)
        n += 1


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


def numbers(n):
    yield from (x + 1 for x in range(n))


def generating():
    while not stop.is_set():
        sum(numbers(20))
        deep(30)


def starting():
    while not stop.is_set():
        threads = [threading.Thread(target=deep, args=(5,)) for _ in range(3)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()


with tempfile.TemporaryFile("w+") as file:
    faulthandler.register(signal.SIGUSR1, file=file)
    threads = [threading.Thread(target=f) for f in (short_lived, generating, starting)]
    for t in threads:
        t.start()
    for _ in range(SIGNALS):
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0.001)
    stop.set()
    for t in threads:
        t.join()
    faulthandler.unregister(signal.SIGUSR1)
    file.seek(0)
    text = file.read()
print("dumps:", text.count("Current thread 0x") >= SIGNALS // 2)
print("the main thread's place:", re.search(r'faulthandler_signal\.py", line 5[67] in <module>\n', text) is not None)
print("functions of others:", all(f" in {name}\n" in text for name in ("generating", "short_lived", "starting")))
print("lines that are something else:", [line for line in text.split("\n") if not LINE.fullmatch(line)][:5])
