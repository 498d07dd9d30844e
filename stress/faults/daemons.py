# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""The program ends while 100 daemon threads run: no line of its output is lost."""
import atexit
import queue
import sys
import threading
import time


def fill():
    shared = {}
    while True:
        for i in range(1000):
            shared[i] = [i]


def lock():
    mutex = threading.Lock()
    while True:
        with mutex:
            pass


def pass_on():
    items = queue.Queue()
    while True:
        items.put(1)
        items.get()


def write():
    while True:
        sys.stderr.write("")


def raise_and_catch():
    while True:
        try:
            raise ValueError
        except ValueError:
            pass


def make_cycles():
    while True:
        made = type("Made", (), {})()
        made.me = made


def sleep():
    while True:
        time.sleep(0.001)


def wait():
    threading.Event().wait()


def write_file():
    with open("/dev/null", "w") as file:
        while True:
            print("x", file=file, flush=True)


KINDS = [fill, lock, pass_on, write, raise_and_catch, make_cycles, sleep, wait, write_file]
go = threading.Event()


def work(kind):
    go.wait()
    kind()


for n in range(100):
    threading.Thread(target=work, args=(KINDS[n % len(KINDS)],), daemon=True).start()
atexit.register(print, "atexit")
go.set()
print("\n".join(f"line {n}" for n in range(1000)))
