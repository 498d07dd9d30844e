# SPDX-License-Identifier: MIT
# A lock that several threads release at the same moment, of whom it is one's turn: the others are told that it is free.
import threading

ROUNDS, THREADS = 2000, 3
lock = threading.Lock()
start = threading.Barrier(THREADS)
refused = [0] * THREADS
messages = set()


def work(me):
    for _ in range(ROUNDS):
        if me == 0:
            lock.acquire()
        start.wait()
        try:
            lock.release()
        except RuntimeError as error:
            refused[me] += 1
            messages.add(str(error))
        start.wait()


workers = [threading.Thread(target=work, args=(me,)) for me in range(THREADS)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print(sum(refused) == ROUNDS * (THREADS - 1), messages, lock.locked())
