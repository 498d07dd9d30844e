# SPDX-License-Identifier: MIT
"""ctypes and threads: calls that wait let others run, C calls Python from threads of its own, errno is a thread's."""
import ctypes, threading, time
from ctypes import *
libc = CDLL(None, use_errno=True)

def waiting_call(): # a call that waits keeps nobody from working
    go = threading.Event(); log = []; libc.usleep.argtypes = [c_uint]
    def sleeper(): go.set(); libc.usleep(300000); log.append("slept")
    t = threading.Thread(target=sleeper); t.start(); go.wait(); time.sleep(0.05); log.append("worked"); t.join(); print(log)
def own_errno():
    out = {}; gate = threading.Barrier(3)
    def run(n): ctypes.set_errno(n); gate.wait(); libc.close(-1) if n == 7 else None; gate.wait(); out[n] = ctypes.get_errno()
    threads = [threading.Thread(target=run, args=(n,)) for n in (3, 5, 7)]; [t.start() for t in threads]; [t.join() for t in threads]; print(sorted(out.items()))
START = CFUNCTYPE(c_void_p, c_void_p)
libc.pthread_create.argtypes = [POINTER(c_ulong), c_void_p, START, c_void_p]; libc.pthread_join.argtypes = [c_ulong, POINTER(c_void_p)]
def in_pthreads(f, n): # threads that nobody in Python started
    body = START(f); ids = [c_ulong() for _ in range(n)]
    for i, one in enumerate(ids): assert libc.pthread_create(byref(one), None, body, i + 1) == 0
    results = []
    for one in ids: r = c_void_p(); libc.pthread_join(one, byref(r)); results.append(r.value)
    return results
def foreign():
    seen = []; local = threading.local()
    def body(n):
        t = threading.current_thread(); local.n = n; seen.append((n, t is threading.main_thread(), type(t).__name__)); total = sum(len([i] * n) for i in range(200)); return total + local.n
    print(in_pthreads(body, 1), seen); seen.clear(); print(in_pthreads(body, 6), sorted(seen))
def sorting(): # callbacks in many threads at once, each on its own data
    compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))(lambda a, b: a[0] - b[0]); done = []
    def run(k):
        for _ in range(3): a = (c_int * 60)(*((i * 37 + k) % 61 for i in range(60))); libc.qsort(a, 60, sizeof(c_int), compare); done.append(a[:] == sorted(a[:]))
    threads = [threading.Thread(target=run, args=(k,)) for k in range(4)]; [t.start() for t in threads]; [t.join() for t in threads]; print(len(done), all(done))
def classes(): # the same types asked for at the same time are the same
    found = []; gate = threading.Barrier(4)
    class S(Structure): _fields_ = [("a", c_int), ("next", c_void_p)]
    def run(): gate.wait(); found.append((POINTER(S), POINTER(POINTER(S)), S * 3, S * 3 * 4))
    threads = [threading.Thread(target=run) for _ in range(4)]; [t.start() for t in threads]; [t.join() for t in threads]; print(len(set(found)))
def shared_memory(): # instances in several threads: memory as in C, what it keeps alive is kept
    names = (c_char_p * 50)(); 
    def run(k):
        for i in range(k, 50, 5): names[i] = b"name %d" % i
    threads = [threading.Thread(target=run, args=(k,)) for k in range(5)]; [t.start() for t in threads]; [t.join() for t in threads]; print(names[:] == [b"name %d" % i for i in range(50)], len(names._objects))
waiting_call(); own_errno(); foreign(); sorting(); classes(); shared_memory()
