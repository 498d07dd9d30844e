# SPDX-License-Identifier: MIT
"""The I/O convoy: `convoy.py [SECONDS] [COMPUTING THREADS]`.

An echo server and its client talk over a loopback socket, one small message at a time, beside threads that only compute.
Prints requests a second alone and beside them, and what the computing threads got done of what they do alone.
"""
import socket
import sys
import threading
import time


def serve(connection):
    with connection:
        while data := connection.recv(64):
            connection.sendall(data)


def requests(seconds):
    left, right = socket.socketpair()
    server = threading.Thread(target=serve, args=(right,))
    server.start()
    with left:
        count, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            left.sendall(b"hello")
            left.recv(64)
            count += 1
    server.join()
    return count / seconds


def main(seconds, threads):
    stop = False
    done = []

    def compute():
        rounds = 0
        while not stop:
            for i in range(100):
                i * i
            rounds += 1
        done.append(rounds)

    def with_computing(what):
        nonlocal stop
        stop = False
        done.clear()
        workers = [threading.Thread(target=compute) for _ in range(threads)]
        for worker in workers:
            worker.start()
        result = what()
        stop = True
        for worker in workers:
            worker.join()
        return result, sum(done) / seconds

    alone = requests(seconds)
    _, computing = with_computing(lambda: time.sleep(seconds))
    beside, computed = with_computing(lambda: requests(seconds))
    print(f"alone {alone:,.0f} requests/s; beside {threads} computing: {beside:,.0f} requests/s, "
          f"which left {computed / computing:.0%} of the computing")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
