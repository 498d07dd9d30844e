# SPDX-License-Identifier: MIT
# A database with functions of Python's that is let go by threads which often sleep: the one that judges it may be on its way
# to sleep itself when the library gives the functions back.
import sqlite3
import threading
import time

ROUNDS, THREADS = 400, 3
made = [None] * ROUNDS
gone = [0] * THREADS


def a_database():
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.create_function("plus_one", 1, lambda x: x + 1)
    connection.create_collation("same", lambda a, b: 0)
    assert connection.execute("select plus_one(1)").fetchone() == (2,)
    return connection


def work(me, start):
    for i in range(ROUNDS):
        if i % THREADS == me:
            made[i] = a_database()
        start.wait()
        mine = made[i]
        start.wait()
        made[i] = None
        mine.execute("select 1")
        del mine
        time.sleep(0)
        gone[me] += 1


start = threading.Barrier(THREADS)
workers = [threading.Thread(target=work, args=(me, start)) for me in range(THREADS)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print(gone)
