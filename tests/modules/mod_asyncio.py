# SPDX-License-Identifier: MIT
"""asyncio alone: scheduling order, cancellation, exceptions, streams, subprocesses, synchronisation, debug names."""
import asyncio, signal, sys
async def step(log, name, n):
    for i in range(n): log.append(f"{name}{i}"); await asyncio.sleep(0)
    return name
async def order():
    log = []; r = await asyncio.gather(step(log, "a", 3), step(log, "b", 2), step(log, "c", 1)); print(r, log)
    loop = asyncio.get_running_loop(); log.clear()
    loop.call_soon(log.append, "soon"); loop.call_later(0.01, log.append, "later"); h = loop.call_later(0.005, log.append, "cancelled"); h.cancel(); loop.call_at(loop.time() + 0.02, log.append, "at"); await asyncio.sleep(0.04); print(log, h.cancelled(), loop.is_running(), loop.get_debug())
async def cancel():
    async def w():
        try: await asyncio.sleep(10)
        except asyncio.CancelledError as e: print("cancelled in", e.args); await asyncio.sleep(0); raise
        finally: print("cleanup")
    t = asyncio.create_task(w()); await asyncio.sleep(0); t.cancel("why")
    try: await t
    except asyncio.CancelledError as e: print("outer", e.args, t.cancelled())
    print(await asyncio.shield(asyncio.sleep(0.01, "shielded")))
    async def stubborn():
        while True:
            try: await asyncio.sleep(0.005); return "survived"
            except asyncio.CancelledError: pass
    t = asyncio.create_task(stubborn()); await asyncio.sleep(0); t.cancel(); print(await t, t.cancelling())
    g = asyncio.gather(asyncio.sleep(10), asyncio.sleep(10)); await asyncio.sleep(0); g.cancel()
    try: await g
    except asyncio.CancelledError: print("gather cancelled")
    try:
        async with asyncio.timeout(0.01): await asyncio.sleep(10)
    except TimeoutError: print("timeout block")
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(asyncio.sleep(10)); raise ValueError("in body")
    except* ValueError as e: print(e.exceptions)
async def sync():
    lock, cond, ev, bar, log = asyncio.Lock(), asyncio.Condition(), asyncio.Event(), asyncio.Barrier(3), []
    async def a(k):
        async with lock: log.append(k); await asyncio.sleep(0.001); log.append(k)
    await asyncio.gather(*(a(k) for k in range(3))); print(log)
    async def c(k):
        async with cond: await cond.wait(); log.append(f"c{k}")
    ts = [asyncio.create_task(c(k)) for k in range(3)]; await asyncio.sleep(0)
    async with cond: cond.notify(1)
    await asyncio.sleep(0.001); n = len(log)
    async with cond: cond.notify_all()
    await asyncio.gather(*ts); print(n, log[-3:])
    print(sorted(await asyncio.gather(*(bar.wait() for _ in range(3)))))
    q = asyncio.PriorityQueue(); [q.put_nowait(x) for x in (3, 1, 2)]; print([await q.get() for _ in range(3)], q.empty())
    for bad in (q.get_nowait, lambda: asyncio.Queue(1).put_nowait(1) or (lambda z: (z.put_nowait(1), z.put_nowait(2)))(asyncio.Queue(1)), lock.release):
        try: bad()
        except (asyncio.QueueEmpty, asyncio.QueueFull, RuntimeError) as e: print(type(e).__name__, e)
    q = asyncio.Queue()
    async def worker():
        while True: x = await q.get(); log.append(x); q.task_done()
    w = asyncio.create_task(worker()); [q.put_nowait(i) for i in range(3)]; await q.join(); w.cancel(); print(log[-3:])
async def exceptions():
    async def boom(): raise ValueError("boom")
    t = asyncio.create_task(boom()); await asyncio.sleep(0); print(t.done(), repr(t.exception()))
    print(await asyncio.gather(boom(), asyncio.sleep(0, 1), return_exceptions=True)); ctxs = []
    asyncio.get_running_loop().set_exception_handler(lambda l, c: ctxs.append((c["message"], type(c.get("exception")).__name__)))
    asyncio.get_running_loop().call_soon(lambda: 1 / 0); await asyncio.sleep(0); print([c[1] for c in ctxs])
    f = asyncio.get_running_loop().create_future(); f.set_exception(KeyError("k"))
    try: await f
    except KeyError as e: print("future", e)
    for bad in (lambda: f.set_result(1), lambda: asyncio.get_running_loop().create_future().result(), lambda: asyncio.create_task(5), lambda: asyncio.run(boom())):
        try: bad()
        except (asyncio.InvalidStateError, TypeError, RuntimeError, ValueError) as e: print(type(e).__name__, e)
    sys.stderr.flush()
async def streams():
    r = asyncio.StreamReader(); r.feed_data(b"line one\nrest of it"); r.feed_eof(); print(await r.readline(), await r.readexactly(4), await r.read(), r.at_eof())
    r = asyncio.StreamReader(); r.feed_data(b"ab"); r.feed_eof()
    try: await r.readexactly(5)
    except asyncio.IncompleteReadError as e: print(e, e.partial)
    p = await asyncio.create_subprocess_exec(sys.executable, "-I", "-c", "import sys; print(sys.stdin.read().upper()); sys.exit(3)", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    out, _ = await p.communicate(b"to child"); print(out, p.returncode)
    p = await asyncio.create_subprocess_shell("echo shell; exit 2", stdout=asyncio.subprocess.PIPE); print(await p.stdout.read(), await p.wait())
async def signals():
    loop, got = asyncio.get_running_loop(), asyncio.Event(); loop.add_signal_handler(signal.SIGUSR1, got.set); signal.raise_signal(signal.SIGUSR1); await asyncio.wait_for(got.wait(), 5); print("signal", loop.remove_signal_handler(signal.SIGUSR1))
for f in (order, cancel, sync, exceptions, streams, signals): print("==", f.__name__); asyncio.run(f())
with asyncio.Runner() as runner: print(runner.run(asyncio.sleep(0, "a")), runner.run(asyncio.sleep(0, "b")))
for bad in (lambda: asyncio.run(5), lambda: asyncio.get_running_loop()):
    try: bad()
    except (ValueError, RuntimeError) as e: print(type(e).__name__, e)
print(asyncio.iscoroutinefunction(order), asyncio.isfuture(5), asyncio.Task.__name__)
