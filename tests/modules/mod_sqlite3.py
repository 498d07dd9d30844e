# SPDX-License-Identifier: MIT
# sqlite3: statements, parameters, rows, transactions, functions, adapters, callbacks, errors.
import datetime, os, sqlite3, tempfile, threading

def show(f, *a, **k):
    try: print(repr(f(*a, **k)))
    except sqlite3.Error as e: print(type(e).__name__, e, getattr(e, "sqlite_errorname", None), getattr(e, "sqlite_errorcode", None))
    except BaseException as e: print(type(e).__name__, e)

c = sqlite3.connect(":memory:")
print(c.isolation_level, c.in_transaction, c.total_changes, c.row_factory, c.text_factory)
k = c.cursor(); print(k.rowcount, k.lastrowid, k.description, k.arraysize, k.connection is c, k.fetchone(), k.fetchall())
c.execute("create table t(a integer primary key, b text, c real, d blob)")
print(c.execute("insert into t values(?,?,?,?)", (1, "one", 1.5, b"\0\1")).rowcount, c.in_transaction); c.commit(); print(c.in_transaction)
k.execute("insert into t(b) values(:name)", {"name": "two"}); print(k.lastrowid, k.rowcount)
print(k.executemany("insert into t(b, c) values(?, ?)", [("x", 1), ["y", None], ("é\U0001f600", 2**40)]).rowcount, k.lastrowid)
print(k.execute("select * from t order by a").fetchall(), k.description, k.rowcount)
k.execute("select a from t"); print(k.fetchone(), k.fetchmany(), k.fetchmany(2), next(k), k.fetchone(), k.fetchone()); show(next, k); k.arraysize = 3; k.execute("select a from t"); print(k.fetchmany(), k.fetchmany(9))
print(list(c.execute("select a, b as [x y], 1+1, null, 2.5, x'00ff', typeof(c) from t where a < 3")), [d[0] for d in k.execute("select a, b as [x y], 1+1 from t").description])
print(k.execute("update t set c = 9 where a > 1").rowcount, k.execute("delete from t where a = 5").rowcount, k.execute("select 1").rowcount, c.total_changes); c.rollback(); print(len(list(c.execute("select * from t"))))
for sql, *p in (("select nope",), ("selec",), ("select ?",), ("select ?", (1, 2)), ("select :a", {}), ("select :a", {"a": 5, "b": 6}), ("select ?", {"a": 1}), ("select ?1, :b", {"b": 1}), ("select :a", (7,)), ("select ?", 5), ("select ?", [object]), ("select :x", {"x": {}}), ("select ?", (2**63,)), ("select ?", (-2**63,)),
                ("select 1; select 2",), ("select 1;  -- end",), ("select 1; /* x */ ",), ("",), ("-- only",), ("select '\0'",), (5,), ("insert into t values(1, 2, 3, 4)",), ("select ?", (bytearray(b"q"),)), ("select ?", (memoryview(b"mv"),)), ("select ?", (True,)), ("select ?", (float("inf"),)), ("select ?", "x"), ("select ?", iter([1]))):
    show(lambda: c.execute(sql, *p).fetchall())
show(k.executemany, "select ?", [(1,)]); show(lambda: k.executemany("create table q(a)", [()]) is k); show(k.executemany, "insert into t(b) values(?)", 5); show(k.executemany, "insert into t(b) values(?)", [(1, 2)])
show(lambda: k.executescript("create table u(a); insert into u values(1); insert into u values(2); select * from u;") is k); print(list(c.execute("select * from u"))); show(k.executescript, "create table u(a)"); show(k.executescript, 5); show(k.executescript, "a\0b")

r = sqlite3.Row; c.row_factory = r; row = c.execute("select a, b, a+1 as Sum from t").fetchone()
print(type(row).__name__, tuple(row), row["A"], row["sum"], row[0], row[-1], row[0:2], len(row), row.keys(), list(row), dict(row), row == row, row != c.execute("select 1").fetchone(), hash(row) == hash(row)); show(lambda: row["no"]); show(lambda: row[9]); show(r, 1, 2); show(r, k, 2)
c.row_factory = lambda cur, row: [d[0] for d in cur.description] + list(row); print(c.execute("select 1 as one").fetchone()); c.row_factory = None
c.text_factory = bytes; print(c.execute("select 'é'").fetchone()); c.text_factory = bytearray; print(c.execute("select 'é'").fetchone()); c.text_factory = lambda b: b.decode("latin-1"); print(c.execute("select 'é'").fetchone()); c.text_factory = str; show(lambda: c.execute("select cast(x'ff41' as text)").fetchone())

with c: c.execute("insert into u values(3)")
try:
    with c: c.execute("insert into u values(4)"); raise ValueError
except ValueError: pass
print(list(c.execute("select count(*) from u")), c.in_transaction)
for level in (None, "", "deferred", "IMMEDIATE", "Exclusive", "x", 5): show(setattr, c, "isolation_level", level); print(c.isolation_level)
c.isolation_level = None; c.execute("insert into u values(5)"); print(c.in_transaction); c.isolation_level = ""; show(sqlite3.connect, ":memory:", isolation_level="x"); show(delattr, c, "isolation_level")

c.create_function("sq", 1, lambda x: x * x if x is not None else None); c.create_function("any", -1, lambda *a: repr(a)); c.create_function("bad", 0, lambda: 1 / 0); c.create_function("odd", 0, lambda: object()); c.create_function("det", 1, abs, deterministic=True)
print(c.execute("select sq(7), sq(null), sq(1.5), any(1, 'x', null, x'01', 2.5), det(-3)").fetchone()); show(lambda: c.execute("select bad()").fetchone()); show(lambda: c.execute("select odd()").fetchone()); c.create_function("sq", 1, None); show(lambda: c.execute("select sq(1)").fetchone()); show(c.create_function, "x", -100, abs)
class Sum:
    def __init__(self): self.n = 0
    def step(self, *a): self.n += sum(a)
    def finalize(self): return self.n
class Bad:
    def step(self, x): 1 / 0
    def finalize(self): return 1
class NoFinal:
    def step(self, x): pass
c.create_aggregate("mysum", -1, Sum); c.create_aggregate("badstep", 1, Bad); c.create_aggregate("nofinal", 1, NoFinal); c.create_aggregate("nostep", 1, object); print(list(c.execute("select mysum(a), a % 2 from u group by a % 2 order by 2")), c.execute("select mysum(a, a) from u").fetchone(), c.execute("select mysum(a) from u where 0").fetchone())
for f in ("badstep", "nofinal", "nostep"): show(lambda: c.execute(f"select {f}(a) from u").fetchone())
c.create_collation("rev", lambda a, b: (a < b) - (a > b)); print(list(c.execute("select b from t order by b collate rev"))); c.create_collation("rev", None); show(lambda: list(c.execute("select b from t order by b collate rev"))); show(c.create_collation, "x", 5); show(c.create_collation, 5, None)
log = []; c.set_trace_callback(log.append); c.execute("select ?, 'x'", (5,)).fetchall(); c.set_trace_callback(None); print(log)
c.set_authorizer(lambda *a: sqlite3.SQLITE_DENY if a[1] == "u" else sqlite3.SQLITE_OK); show(lambda: c.execute("select * from u").fetchall()); show(lambda: len(c.execute("select * from t").fetchall())); c.set_authorizer(lambda *a: 1 / 0); show(c.execute, "select 1"); c.set_authorizer(None)
n = [0]
def tick(): n[0] += 1
c.set_progress_handler(tick, 1); c.execute("select * from t").fetchall(); print(n[0] > 0); c.set_progress_handler(lambda: 1, 1); show(lambda: c.execute("select * from t").fetchall()); c.set_progress_handler(None, 1)

d = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
d.execute("create table x(d date, t timestamp, p point, n number(10))"); sqlite3.register_converter("point", lambda b: tuple(map(int, b.split(b";")))); sqlite3.register_converter("NUMBER", lambda b: b)
class Point:
    def __init__(self, x, y): self.x, self.y = x, y
    def __conform__(self, protocol): return f"{self.x};{self.y}" if protocol is sqlite3.PrepareProtocol else None
d.execute("insert into x values(?,?,?,?)", (datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4, 5, 6), Point(3, 4), 55)); print(d.execute("select * from x").fetchall(), d.execute("select p as 'q [point]', n, null as 'z [date]' from x").fetchall(), d.execute("select d as 'q [point]' from x where 0").description)
class Thing: pass
show(d.execute, "select ?", (Thing(),)); sqlite3.register_adapter(Thing, lambda x: "thing"); print(d.execute("select ?", (Thing(),)).fetchone()); show(sqlite3.adapt, 5); show(sqlite3.adapt, set()); show(sqlite3.adapt, set(), sqlite3.PrepareProtocol, "alt")

b = sqlite3.connect(":memory:"); c.commit(); c.backup(b, pages=1, progress=lambda s, r, t: None); print(list(b.execute("select a from u")), len(list(b.iterdump()))); show(c.backup, c); show(c.backup, 5); show(c.backup, b, progress=5); print(c.getlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH) > 0, c.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 3) > 0); show(c.execute, "select ?,?,?,?", (1, 2, 3, 4)); show(c.getlimit, 1111)
def other():
    show(lambda: str(c.execute("select 1"))[:0] or 1) if 0 else None
    try: c.execute("select 1")
    except sqlite3.ProgrammingError as e: print(str(e)[:70])
t = threading.Thread(target=other); t.start(); t.join()
with tempfile.TemporaryDirectory() as path:
    f = os.path.join(path, "db"); s = sqlite3.connect(f, check_same_thread=False); s.execute("create table n(i)"); s.commit()
    s.execute("begin")  # two threads that both open a transaction is an error
    def add(i):
        for j in range(50): s.execute("insert into n values(?)", (i * 50 + j,))
    ts = [threading.Thread(target=add, args=(i,)) for i in range(4)]; [t.start() for t in ts]; [t.join() for t in ts]; s.commit(); print(s.execute("select count(*), sum(i), count(distinct i) from n").fetchone()); s.close()
    s = sqlite3.connect(f"file:{f}?mode=ro", uri=True); show(s.execute, "insert into n values(1)"); s.close(); show(sqlite3.connect, os.path.join(path, "no", "db"))
k = c.cursor(); k.execute("select 1"); k.close(); show(k.execute, "select 1"); show(k.fetchone); c.close(); show(c.execute, "select 1"); show(c.commit); show(c.cursor); show(c.close); show(lambda: c.in_transaction); show(lambda: c.isolation_level)
show(sqlite3.Connection); show(sqlite3.Cursor); show(sqlite3.Cursor, 5); show(sqlite3.connect); show(sqlite3.connect, 5); show(sqlite3.connect, "a\0b"); show(sqlite3.Cursor.__new__(sqlite3.Cursor).execute, "x"); show(sqlite3.Connection.__new__(sqlite3.Connection).execute, "x")
class MyC(sqlite3.Connection):
    def cursor(self): return super().cursor(MyK)
class MyK(sqlite3.Cursor): pass
m = sqlite3.connect(":memory:", factory=MyC); print(type(m).__name__, type(m.cursor()).__name__, type(m.execute("select 1")).__name__); show(b.cursor, lambda c: 5)
print(sqlite3.complete_statement("select 1;"), sqlite3.complete_statement("select"), sqlite3.sqlite_version_info == tuple(map(int, sqlite3.sqlite_version.split("."))), sqlite3.version, sqlite3.threadsafety, sqlite3.apilevel, sqlite3.IntegrityError.__mro__, sqlite3.Connection.OperationalError is sqlite3.OperationalError)
