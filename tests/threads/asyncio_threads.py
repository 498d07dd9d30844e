# SPDX-License-Identifier: MIT
"""asyncio: tasks, gather, to_thread, run_in_executor, call_soon_threadsafe, locks, queues, timeouts, task groups."""
import asyncio
import concurrent.futures
import contextvars
import threading
import time

var = contextvars.ContextVar("var", default="unset")


def blocking(x):
    time.sleep(0.002)
    return x * x, threading.current_thread() is threading.main_thread()


async def squares():
    return await asyncio.gather(*(asyncio.to_thread(blocking, i) for i in range(12)))


async def ticker(log, name, n, delay):
    for i in range(n):
        log.append((name, i))
        await asyncio.sleep(delay)
    return name


async def producer(q, n):
    for i in range(n):
        await q.put(i)
    await q.put(None)


async def consumer(q):
    total = 0
    while (x := await q.get()) is not None:
        total += x
    return total


async def failing():
    await asyncio.sleep(0)
    raise ValueError("task failed")


async def main():
    print(await squares())
    log = []
    print(await asyncio.gather(ticker(log, "a", 3, 0), ticker(log, "b", 3, 0)), log)
    q = asyncio.Queue(2)
    print(await asyncio.gather(producer(q, 50), consumer(q)))
    loop = asyncio.get_running_loop()
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        print(await asyncio.gather(*(loop.run_in_executor(pool, blocking, i) for i in range(5))))
    future = loop.create_future()
    t = threading.Thread(target=lambda: loop.call_soon_threadsafe(future.set_result, "from a thread"))
    t.start()
    print(await future)
    t.join()
    print(await asyncio.gather(failing(), asyncio.sleep(0, "ok"), return_exceptions=True))
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.02)
    except asyncio.TimeoutError as e:
        print(type(e).__name__)
    task = asyncio.create_task(asyncio.sleep(10), name="sleeper")
    await asyncio.sleep(0)
    print(task.get_name(), task.done(), task.cancel())
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled", task.cancelled())
    var.set("main")

    async def child():
        before = var.get()
        var.set("child")
        return before, await asyncio.to_thread(var.get)
    print(await asyncio.create_task(child()), var.get())
    try:
        async with asyncio.TaskGroup() as tg:
            ok = tg.create_task(asyncio.sleep(0, "fine"))
            tg.create_task(failing())
            tg.create_task(asyncio.sleep(10))
    except* ValueError as g:
        print([str(e) for e in g.exceptions], ok.result())
    lock, order = asyncio.Lock(), []

    async def locked(k):
        async with lock:
            order.append(("in", k))
            await asyncio.sleep(0)
            order.append(("out", k))
    await asyncio.gather(*(locked(k) for k in range(3)))
    print(order)
    event = asyncio.Event()
    waiter = asyncio.create_task(event.wait())
    loop.call_later(0.01, event.set)
    print(await waiter)
    sem, inside, most = asyncio.Semaphore(2), 0, 0

    async def limited():
        nonlocal inside, most
        async with sem:
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1
    await asyncio.gather(*(limited() for _ in range(6)))
    print(most)
    done, pending = await asyncio.wait([asyncio.create_task(asyncio.sleep(0, i)) for i in range(4)])
    print(sorted(d.result() for d in done), pending)
    async with asyncio.timeout(5):
        print([await f for f in asyncio.as_completed([asyncio.sleep(0.03, "slow"), asyncio.sleep(0, "quick")])])
    reader_done = []

    async def handle(reader, writer):
        data = await reader.readline()
        writer.write(data.upper())
        await writer.drain()
        writer.close()
        reader_done.append(1)
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def client(k):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"hello {k}\n".encode())
        answer = await reader.readline()
        writer.close()
        return answer
    print(await asyncio.gather(*(client(k) for k in range(4))))
    server.close()
    await server.wait_closed()
    agen_log = []

    async def agen():
        try:
            for i in range(3):
                await asyncio.sleep(0)
                yield i
        finally:
            agen_log.append("agen closed")
    print([x async for x in agen()], agen_log)
    return "result"


print(asyncio.run(main()))
results, guard = [], threading.Lock()


def loop_in_thread(k):
    async def body():
        return sum(await asyncio.gather(*(asyncio.sleep(0, i * k) for i in range(20))))
    value = asyncio.run(body())
    with guard:
        results.append((k, value))


threads = [threading.Thread(target=loop_in_thread, args=(k,)) for k in range(5)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results))
loop = asyncio.new_event_loop()
t = threading.Thread(target=loop.run_forever)
t.start()
print([asyncio.run_coroutine_threadsafe(asyncio.sleep(0.001, i), loop).result(10) for i in range(3)])
loop.call_soon_threadsafe(loop.stop)
t.join()
loop.close()
