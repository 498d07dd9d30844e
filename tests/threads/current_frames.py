# SPDX-License-Identifier: MIT
"""What all threads are doing, asked by several at once while others compute, sleep, and come and go."""
import sys
import threading
import time

stop = threading.Event()
wrong = []


def computing():
    x = 0
    while not stop.is_set():
        x += 1


def handling():
    try:
        raise KeyError("handled")
    except KeyError:
        while not stop.is_set():
            pass


def sleeping():
    stop.wait()


def brief():
    return sum(range(100))


def coming_and_going():
    while not stop.is_set():
        thread = threading.Thread(target=brief)
        thread.start()
        thread.join()


KINDS = [computing, computing, handling, handling, sleeping, coming_and_going]


def names_of(frame):
    names = set()
    while frame is not None:
        names.add(frame.f_code.co_name)
        frame = frame.f_back
    return names


def asking(threads, rounds):
    for _ in range(rounds):
        frames = sys._current_frames()
        for kind, thread in threads:
            if kind.__name__ not in names_of(frames[thread.ident]):
                wrong.append((kind.__name__, names_of(frames[thread.ident])))
        if "asking" not in names_of(frames[threading.get_ident()]):
            wrong.append("asking")
        for kind, thread in threads:
            if kind is handling:
                triple = sys._current_exceptions()[thread.ident]
                if repr(triple[1] if isinstance(triple, tuple) else triple) != "KeyError('handled')":
                    wrong.append(triple)


threads = [(kind, threading.Thread(target=kind)) for kind in KINDS]
for _, thread in threads:
    thread.start()
time.sleep(0.3)
askers = [threading.Thread(target=asking, args=(threads, 2)) for _ in range(2)]
for asker in askers:
    asker.start()
asking(threads, 2)
for asker in askers:
    asker.join()
stop.set()
for _, thread in threads:
    thread.join()
print(wrong)
