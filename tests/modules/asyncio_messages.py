# SPDX-License-Identifier: MIT
"""asyncio's futures and tasks: messages, attributes, awaiting by hand, current tasks in several threads."""
import asyncio, _asyncio, re, threading
loop=asyncio.new_event_loop()
def t(f):
    try: text = repr(f())
    except BaseException as e: text = '%s %s' % (type(e).__name__, e)
    print(re.sub('0x[0-9a-f]+', '0x', re.sub(r'at /\S+', 'at', text)))
F=_asyncio.Future; T=_asyncio.Task
f=F(loop=loop)
t(lambda: F(3))
t(lambda: F(x=3))
t(lambda: F(loop=3))
t(lambda: F())
t(lambda: f.result())
t(lambda: f.exception())
t(lambda: f.set_exception(3))
t(lambda: f.set_exception(StopIteration))
t(lambda: f.set_exception(int))
t(lambda: f.set_result())
t(lambda: f.set_result(1))
t(lambda: f.set_result(1))
t(lambda: f.set_exception(ValueError()))
t(lambda: f._asyncio_future_blocking)
t(lambda: setattr(f,'_asyncio_future_blocking',3))
t(lambda: setattr(f,'_log_traceback',True))
t(lambda: f._source_traceback)
t(lambda: f._callbacks)
t(lambda: f._cancel_message)
t(lambda: f._state)
t(lambda: f._loop is loop)
t(lambda: T(3))
t(lambda: T())
t(lambda: T(3,loop=loop))
g=F.__new__(F)
for n in ('result','exception','cancel','cancelled','done','get_loop','_make_cancelled_error'):
    t(getattr(g,n))
t(lambda: g.set_result(1))
t(lambda: g.set_exception(ValueError()))
t(lambda: g.add_done_callback(1))
t(lambda: g.remove_done_callback(1))
t(lambda: repr(g))
t(lambda: iter(g))
async def co():
    await asyncio.sleep(0)
    return 5
c=co()
k=T(c,loop=loop)
t(lambda: k.set_result(1)); t(lambda: k.set_exception(1))
t(lambda: k.get_coro() is c)
t(lambda: k.get_name()); t(lambda: k.set_name(5)); t(lambda: k.get_name())
t(lambda: k._log_destroy_pending); t(lambda: setattr(k,'_log_destroy_pending',0)); t(lambda: k._log_destroy_pending)
t(lambda: k._must_cancel); t(lambda: k._fut_waiter)
t(lambda: loop.run_until_complete(k))
t(lambda: setattr(k,'_must_cancel',1)); t(lambda: setattr(k,'_coro',1))
t(lambda: k.cancel(5))
t(lambda: k.cancel(msg=5))
t(lambda: k.cancel(x=5))
print([x for x in dir(k) if not x.startswith('__')])
print([x for x in dir(f) if not x.startswith('__')])
ff=F(loop=loop); it=iter(ff)
print(type(it), [x for x in dir(it) if not x.startswith('__')])
t(lambda: next(it) is ff); t(lambda: ff._asyncio_future_blocking); t(lambda: next(it)); 
it=ff.__await__(); t(lambda: it.throw(ValueError('x'))); t(lambda: it.throw(3)); t(lambda: it.throw(ValueError, 'y', 3)); t(lambda: it.throw());t(lambda: it.close());
ff.add_done_callback(print); t(lambda: ff._callbacks); ff.add_done_callback(len); t(lambda: len(ff._callbacks)); t(lambda: ff.remove_done_callback(print)); t(lambda: ff._callbacks[0][0])
t(lambda: _asyncio._enter_task(loop,k)); t(lambda: _asyncio._enter_task(loop,ff)); t(lambda: _asyncio._leave_task(loop,ff)); t(lambda: _asyncio._leave_task(loop,k)); t(lambda: _asyncio._leave_task(loop,k))
t(lambda: _asyncio._enter_task(1))
t(lambda: _asyncio.get_running_loop())
t(lambda: _asyncio._get_running_loop())
t(lambda: _asyncio._set_running_loop())
t(lambda: type(_asyncio._all_tasks)); t(lambda: _asyncio._current_tasks)
t(lambda: ff.add_done_callback()); t(lambda: ff.add_done_callback(1,2)); t(lambda: ff.add_done_callback(1,x=2))
async def bad1(): 
    @__import__('types').coroutine
    def y(v): yield v
    await y(5)
async def bad2():
    @__import__('types').coroutine
    def y(v): yield v
    await y(F(loop=loop))
async def bad3():
    @__import__('types').coroutine
    def y(v): yield v
    await y((i for i in ()))
async def bad4(): await asyncio.current_task()
l2=asyncio.new_event_loop()
async def bad5(): await F(loop=l2)
for b in (bad1,bad2,bad3,bad4,bad5):
    t(lambda: loop.run_until_complete(b()))
loop.close(); l2.close(); asyncio.get_event_loop_policy().get_event_loop().close()
class Sub(asyncio.Future):
    def __del__(self): print("Sub.__del__"); super().__del__()
log = asyncio.new_event_loop()
log.set_exception_handler(lambda l, c: print(sorted(c), c["message"]))
for cls in (asyncio.Future, Sub):
    x = cls(loop=log); x.set_exception(ValueError("x")); del x
    x = cls(loop=log); x.set_exception(ValueError("x")); x.exception(); del x
    x = cls(loop=log); x.cancel("why"); t(x.result); t(x.exception); del x
log.close()
seen = []
lock = threading.Lock()
async def worker(k, n):
    me = asyncio.current_task()
    total = 0
    for i in range(n):
        f = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(f.set_result, i)
        total += await f
        assert asyncio.current_task() is me
        if i % 7 == 0:
            await asyncio.gather(*[asyncio.sleep(0) for _ in range(3)])
    return total
async def main(k):
    return await asyncio.gather(*[worker(k, 40) for _ in range(4)])
def run(k):
    r = asyncio.run(main(k))
    with lock: seen.append(r)
threads = [threading.Thread(target=run, args=(k,)) for k in range(4)]
for x in threads: x.start()
for x in threads: x.join()
print(seen)
# a loop in another thread: tasks from outside, its current task seen from here
started, go_on = threading.Event(), threading.Event()
async def inside():
    started.set()
    go_on.wait(5)
    return asyncio.current_task().get_name()
other = asyncio.new_event_loop()
thread = threading.Thread(target=other.run_forever); thread.start()
future = asyncio.run_coroutine_threadsafe(inside(), other)
started.wait(5)
current = asyncio.current_task(other)
print(type(current).__name__, current in asyncio.all_tasks(other), _asyncio._get_running_loop())
go_on.set()
print(future.result(5) == current.get_name())
other.call_soon_threadsafe(other.stop); thread.join(); other.close()
