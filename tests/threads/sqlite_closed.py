# SPDX-License-Identifier: MIT
"""A connection is closed, or made anew, in every place where somebody else may be using it: an error that says so, no crash."""
import sqlite3
import threading
import time

ROUNDS = 5000


def attempt(function, *args):
    try:
        return function(*args)
    except sqlite3.Error:
        return None


# ---- by what it calls ----
def told(name, function):
    try:
        function()
        print(name, "ran")
    except sqlite3.ProgrammingError as error:
        print(name, error)


def fresh(**options):
    made = sqlite3.connect(":memory:", **options)
    made.execute("create table t (a thing)")
    made.executemany("insert into t values (?)", [(1,), (2,), (3,)])
    made.commit()
    return made


def in_function():
    made = fresh()
    made.create_function("f", 1, lambda a: made.close())
    made.execute("select f(a) from t").fetchall()


def in_trace():
    made = fresh()
    made.set_trace_callback(lambda text: made.close())
    made.execute("insert into t values (4)")


def in_script():
    made = fresh()
    made.create_function("f", 1, lambda a: made.close())
    made.executescript("select f(1); select 2; select 3;")


def in_row_factory():
    made = fresh()
    made.row_factory = lambda cursor, row: made.close()
    made.execute("select a from t").fetchall()


def in_text_factory():
    made = fresh()
    made.text_factory = lambda data: made.close()
    made.execute("select 'x' from t").fetchall()


def in_converter():
    made = fresh(detect_types=sqlite3.PARSE_DECLTYPES)
    sqlite3.register_converter("thing", lambda data: made.close())
    made.execute("select a from t").fetchall()


def in_adapter():
    class Thing:
        def __conform__(self, protocol):
            made.close()
            return 1
    made = fresh()
    made.executemany("insert into t values (?)", [(Thing(),), (Thing(),)])


def in_parameters():
    def parameters():
        for k in range(3):
            made.close()
            yield (k,)
    made = fresh()
    made.executemany("insert into t values (?)", parameters())


def again_in_function():
    def make_anew(a):
        cursor.__init__(made)
        return a
    made = fresh()
    made.create_function("f", 1, make_anew)
    cursor = made.cursor()
    cursor.execute("select f(a) from t").fetchall()


def anew_in_function():
    made = fresh()
    made.create_function("f", 1, lambda a: made.__init__(":memory:"))
    print(len(made.execute("select f(a) from t").fetchall()), "rows")


for function in (in_function, in_trace, in_script, in_row_factory, in_text_factory, in_converter, in_adapter, in_parameters, anew_in_function):
    told(function.__name__, function)
try:
    again_in_function()
except sqlite3.Error as error:
    print(type(error).__name__, error)


# ---- by another thread ----
connection = sqlite3.connect(":memory:", check_same_thread=False)
connection.execute("create table t (a)")
other = sqlite3.connect(":memory:", check_same_thread=False)
cursor = connection.cursor()
USES = [
    lambda: connection.set_trace_callback(len),
    lambda: connection.set_trace_callback(None),
    lambda: connection.set_authorizer(None),
    lambda: connection.set_progress_handler(lambda: 0, 100),
    lambda: connection.create_function("f", 1, abs),
    lambda: connection.create_aggregate("g", 1, list),
    lambda: connection.create_collation("c", lambda a, b: 0),
    lambda: connection.getlimit(0),
    lambda: connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, 1000),
    lambda: connection.total_changes,
    lambda: connection.in_transaction,
    lambda: connection.interrupt(),
    lambda: connection.backup(other, sleep=0.001),
    lambda: other.backup(connection, sleep=0.001),
    lambda: connection.execute("insert into t values (f(1))").fetchall(),
    lambda: cursor.execute("select f(a) from t").fetchall(),
    lambda: cursor.__init__(other),
    lambda: cursor.__init__(connection),
    lambda: cursor.close(),
    lambda: connection.commit(),
    lambda: connection.rollback(),
    lambda: list(connection.iterdump()),
]


def use(number):
    for k in range(ROUNDS):
        attempt(USES[(k * (2 * number + 3) + number) % len(USES)])


def reopen():
    while not done.is_set():
        attempt(connection.close)
        attempt(connection.__init__, ":memory:", 5.0, 0, "", False)
        attempt(connection.execute, "create table t (a)")
        time.sleep(0.001)


done = threading.Event()
users = [threading.Thread(target=use, args=(number,)) for number in range(3)]
opener = threading.Thread(target=reopen)
for thread in [*users, opener]:
    thread.start()
for thread in users:
    thread.join()
done.set()
opener.join()
print("closed by another thread")
