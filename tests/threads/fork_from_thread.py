# SPDX-License-Identifier: MIT
# A child that another thread than the main one forks ends when that thread does, and waits for those it started.
import os
import sys
import threading


def say(text):
    print(text, flush=True)


def child(threads):
    for _ in range(threads):
        t = threading.Thread(target=lambda: [object() for _ in range(1000)])
        t.start()
        t.join()
    shared = [threading.Lock() for _ in range(1000)]
    t = threading.Thread(target=shared.clear)
    t.start()
    t.join()
    say("end of child")


def forking(threads):
    pid = os.fork()
    if pid == 0:
        return child(threads)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


for n in 0, 3:
    t = threading.Thread(target=forking, args=(n,))
    t.start()
    t.join()
say("end")
