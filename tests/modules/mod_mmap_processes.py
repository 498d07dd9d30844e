# SPDX-License-Identifier: MIT
# oracle: timeout 30
# mmap; multiprocessing with its semaphores, queues, pools and shared memory; syslog, crypt, uuid, spwd.
import mmap, os, sys, tempfile, warnings
warnings.simplefilter("ignore")

def show(f, *a, **k):
    try: print(repr(f(*a, **k)))
    except BaseException as e: print(type(e).__name__, e)

def maps():
    M = mmap.mmap
    for a, k in (((-1, "x"), {}), ((-1, -5), {}), ((-1, 0), {}), ((-1, 10), dict(offset=-1)), ((-1, 10), dict(access=9)), ((-1, 10), dict(access=1, flags=2)), ((9999, 10), {}), (("x", 10), {})): show(M, *a, **k)
    m = M(-1, 10); print(m, len(m)); show(m.size)
    for name, *a in (("read", 3), ("read", None), ("read", "x"), ("seek", 0), ("write", b"hello"), ("write", b"x" * 9), ("write", "x"), ("tell",), ("seek", -1, 2), ("read_byte",), ("read_byte",), ("write_byte", 1), ("seek", 100), ("seek", 0, 9), ("seek", -1), ("seek", "x"), ("seek", 0),
                     ("readline",), ("find", b"l"), ("find", b"l", 3, 4), ("find", b"l", -8), ("rfind", b"l"), ("rfind", b""), ("find", "x"), ("find", b"l", 0, 100), ("move", 0, 1, 3), ("move", 0, 9, 3), ("move", -1, 0, 0), ("flush",), ("flush", 1, 100), ("flush", -1, 5), ("flush", 5),
                     ("madvise", 4, 100), ("madvise", 4, 0, -1), ("madvise", 99), ("resize", 20), ("resize", -1), ("__enter__",), ("seek", 0), ("write_byte", 65), ("seek", 20), ("write_byte", 65)): show(getattr(m, name), *a)
    for k in (0, 10, 99, -1, "x", slice(1, 4), slice(None, None, 2), slice(5, 2), slice(None, None, -3)): show(m.__getitem__, k)
    for k, v in ((0, 65), (0, 256), (0, b"x"), (99, 1), (slice(0, 2), b"ab"), (slice(0, 2), b"abc"), (slice(0, 4, 2), b"xy"), (slice(0, 2), "ab"), ("x", 1)): show(m.__setitem__, k, v)
    for k in (0, slice(0, 2)): show(m.__delitem__, k)
    print(bytes(m), list(m)[:3], b"a" in m, memoryview(m).format); show(lambda: m + b"x")
    v = memoryview(m); show(m.close); show(m.resize, 50); v.release(); m.close(); print(m, m.closed)
    for name in ("read", "tell", "size", "flush", "__enter__", "__len__", "close", "readline"): show(getattr(m, name))
    show(memoryview, m); show(m.__setitem__, 0, 1)
    with tempfile.TemporaryFile() as f:
        show(M, f.fileno(), 0); f.write(b"x" * 100 + b"\nline2\nlast"); f.flush(); show(M, f.fileno(), 200); show(M, f.fileno(), 0, offset=4096); show(M, f.fileno(), 10, offset=1)
        m = M(f.fileno(), 0, access=1); print(m, m.size(), m.readline()[-5:], m.readline(), m.readline(), m.readline(), memoryview(m).readonly)
        for name, *a in (("write", b"x"), ("__setitem__", 0, 1), ("resize", 5), ("move", 0, 1, 1), ("write_byte", 1)): show(getattr(m, name), *a)
        m = M(f.fileno(), 0, access=3); m[0] = 65; print(m, m[:2]); show(m.resize, 5); m = M(f.fileno(), 0, prot=1); print(m); show(m.__setitem__, 0, 1)
        m = M(f.fileno(), 0); print(m[:1], m.resize(8192), len(m), os.fstat(f.fileno()).st_size, m.size()); m[8000:8003] = b"end"; m.flush(); f.seek(8000); print(f.read(3))
    class X(M): pass
    x = X(-1, 5); x.a = 1; print(x)

def square(n): return n * n
def put(q, lock, path, n):
    for i in range(n):
        with lock, open(path, "r+") as f:
            value = int(f.read()); f.seek(0); f.write(str(value + 1))
    q.put((n, value >= n - 1))
def echo(c): c.send(c.recv() + ["back"]); c.close()

def processes(kind):
    import multiprocessing as mp
    ctx = mp.get_context(kind)
    q, lock, path = ctx.Queue(), ctx.Lock(), tempfile.mktemp()
    with open(path, "w") as f: f.write("0")
    ps = [ctx.Process(target=put, args=(q, lock, path, 50 * (k + 1))) for k in range(3)]
    for p in ps: p.start()
    print(kind, sorted(q.get(timeout=20) for _ in ps)); [p.join() for p in ps]; print(open(path).read(), [p.exitcode for p in ps]); os.unlink(path)
    with ctx.Pool(2) as pool: print(pool.map(square, range(10)), pool.apply_async(square, (7,)).get(20))
    a, b = ctx.Pipe(); p = ctx.Process(target=echo, args=(b,)); p.start(); a.send([1, "x"]); print(a.recv()); p.join()
    r = ctx.RLock(); print(r.acquire(), r.acquire(), r.release(), r.release()); show(r.release)
    s = ctx.BoundedSemaphore(2); print(s.acquire(), s.acquire(), s.acquire(timeout=0.01), s.acquire(False)); s.release(); s.release(); show(s.release); print(s.get_value())
    c, e = ctx.Condition(), ctx.Event(); print(e.wait(0.01), e.set(), e.wait(1)); show(c.notify)

if __name__ == "__main__":
    maps()
    if not sys.platform == "linux": raise SystemExit
    processes("fork"); processes("spawn")
    import _multiprocessing as M
    S = M.SemLock
    show(S); show(S, 5, 1, 1, "/x", True); show(S, 0, 1, 1, 5, True); show(S, 0, "a", 1, "/x", True); name = f"/heddle-test-{os.getpid()}"
    l = S(1, 1, 3, name, False); print(l.name == name, l.kind, l.maxvalue, l.acquire(), l.acquire(False), l._get_value(), l._is_zero(), l._is_mine(), l._count(), l.release(), l.acquire(True, 0.01)); show(l.acquire, timeout="x")
    k = S._rebuild(0, 1, 3, name); print(k._get_value(), k.release(), l._get_value(), k.name == name, M.sem_unlink(name)); show(M.sem_unlink, name); show(S._rebuild, 0, 1, 3, "/none"); print(M.flags, S.SEM_VALUE_MAX, l._after_fork(), l._count())
    r = S(0, 1, 1, name, True); print(r.name, r.acquire(), r.acquire(), r._count(), r.release(), r.release(), r.__enter__(), r.__exit__(None, None, None)); show(r.release)
    from multiprocessing import shared_memory
    m = shared_memory.SharedMemory(create=True, size=100); m.buf[:5] = b"hello"; n = shared_memory.SharedMemory(m.name); print(bytes(n.buf[:5])); n.close(); m.close(); m.unlink(); show(shared_memory.SharedMemory, "no-such-memory")
    import crypt, syslog, uuid, spwd
    print(crypt.crypt("word", "$6$saltsalt"), crypt.METHOD_SHA512 in crypt.methods, syslog.LOG_MASK(3), syslog.LOG_UPTO(syslog.LOG_WARNING), syslog.LOG_LOCAL7, uuid.uuid1().version, spwd.struct_spwd.__name__); show(syslog.syslog); show(syslog.syslog, 5); show(crypt.crypt, 5)
