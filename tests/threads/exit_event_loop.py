# An event loop that nobody closes is closed by its finalizer at the end, while the library is still whole.
import asyncio
import threading


async def step():
    await asyncio.sleep(0)
    return 1


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
print(loop.run_until_complete(step()))
thread = threading.Thread(target=lambda: print(asyncio.new_event_loop().run_until_complete(step())))
thread.start()
thread.join()
