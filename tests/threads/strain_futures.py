# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""Executors inside executors, cancelled and failing futures; asyncio that hands work to threads and takes it back."""
import asyncio
import concurrent.futures
import concurrent.futures as cf
import contextvars
import logging
import threading
import time


# ---- executor --------------------------------------------------------------------------------------------
def nest(d):
    if d == 0:
        return 1
    with cf.ThreadPoolExecutor(2) as p:
        return sum(p.map(nest, [d - 1] * 3))


print(nest(3))


def f(x):
    if x % 3 == 0:
        raise ValueError(x) from KeyError(x)
    return x


with cf.ThreadPoolExecutor(8) as p:
    fs = [p.submit(f, i) for i in range(50)]
    ok = bad = 0
    for x in cf.as_completed(fs):
        if x.exception():
            bad += 1
            assert isinstance(x.exception().__cause__, KeyError)
        else:
            ok += 1
    print(ok, bad)
    try:
        list(p.map(f, range(1, 9)))
    except ValueError as e:
        print('map raised', e)
p = cf.ThreadPoolExecutor(2)
g = threading.Event()
st = threading.Barrier(3)
r = [p.submit(lambda: (st.wait(), g.wait())[1]) for _ in range(2)]
st.wait()
qd = [p.submit(f, 1) for _ in range(30)]
p.shutdown(wait=False, cancel_futures=True)
g.set()
print(sum((q.cancelled() for q in qd)), [x.result() for x in r])
try:
    p.submit(f, 1)
except RuntimeError as e:
    print(e)


def init(n):
    loc.n = n


loc = threading.local()
with cf.ThreadPoolExecutor(4, initializer=init, initargs=(5,)) as p:
    print(set(p.map(lambda _: loc.n, range(40))))
logging.disable(50)


def badinit():
    raise OSError('init')


with cf.ThreadPoolExecutor(2, initializer=badinit) as p:
    try:
        p.submit(f, 1).result()
    except cf.BrokenExecutor as e:
        print(type(e).__name__, e)
with cf.ThreadPoolExecutor(4, thread_name_prefix='wk') as p:
    print({n.split('_')[0] for n in p.map(lambda _: threading.current_thread().name, range(30))})
    try:
        p.submit(time.sleep, 0.5).result(0.01)
    except cf.TimeoutError:
        print('TO')
    cbs = []
    x = p.submit(f, 3)
    cf.wait([x])
    x.add_done_callback(lambda z: cbs.append(str(z.exception())))
    print(cbs)
    print(repr(x).split(' ')[-3:], x.done())
fu = cf.Future()
print(fu.cancel(), fu.cancel(), fu.set_running_or_notify_cancel())
fu = cf.Future()
fu.set_result(1)
try:
    fu.set_result(2)
except cf.InvalidStateError as e:
    print(str(e).split(' at ')[0].split(':')[0])


# ---- asyncio ---------------------------------------------------------------------------------------------
v = contextvars.ContextVar('v', default='none')


def blocking(n):
    s = 0
    for i in range(n):
        s += i
    return (s, v.get(), threading.current_thread() is threading.main_thread())


async def main():
    v.set('ctx')
    print(await asyncio.gather(*(asyncio.to_thread(blocking, i * 100) for i in range(10))))
    loop = asyncio.get_running_loop()
    with concurrent.futures.ThreadPoolExecutor(3) as p:
        print(await asyncio.gather(*(loop.run_in_executor(p, pow, i, 2) for i in range(20))))
    q = asyncio.Queue()

    def feeder(k):
        for i in range(50):
            loop.call_soon_threadsafe(q.put_nowait, (k, i))
    ts = [threading.Thread(target=feeder, args=(k,)) for k in range(4)]
    for t in ts:
        t.start()
    got = [await q.get() for _ in range(200)]
    print(sorted(got) == [(k, i) for k in range(4) for i in range(50)], q.empty())

    async def coro(x):
        await asyncio.sleep(0.001)
        return x * 2
    fs = []

    def submitter():
        f = [asyncio.run_coroutine_threadsafe(coro(i), loop) for i in range(20)]
        fs.append([x.result(60) for x in f])
    await asyncio.to_thread(submitter)
    print(fs)
    try:
        await asyncio.wait_for(asyncio.to_thread(time.sleep, 0.5), 0.01)
    except asyncio.TimeoutError as e:
        print('timeout', type(e).__name__)

    def boom():
        raise LookupError('in thread')
    r = await asyncio.gather(asyncio.to_thread(boom), coro(1), return_exceptions=True)
    print(r)
    async with asyncio.TaskGroup() as tg:
        a = tg.create_task(asyncio.to_thread(sum, range(10)))
        b = tg.create_task(coro(4))
    print(a.result(), b.result())
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(asyncio.to_thread(boom))
            tg.create_task(asyncio.sleep(5))
    except* LookupError as eg:
        print(eg.exceptions)


asyncio.run(main())
res = []


def loopthread(k):

    async def m():
        await asyncio.sleep(0)
        x = [asyncio.create_task(asyncio.sleep(0.001, i * k)) for i in range(30)]
        return sum(await asyncio.gather(*x))
    res.append((k, asyncio.run(m())))


ts = [threading.Thread(target=loopthread, args=(k,)) for k in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(res))
