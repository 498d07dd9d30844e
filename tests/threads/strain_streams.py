# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""Files, pipes, sockets, servers, logging and standard output used by many threads."""
import contextlib
import http.server
import io
import logging
import logging.handlers
import os
import queue
import sched
import select
import selectors
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request


# ---- io --------------------------------------------------------------------------------------------------
d = tempfile.mkdtemp()
p = f'{d}/x'
f = open(p, 'w')
lk = threading.Lock()
turn = threading.Lock()  # one buffered stream and many threads without a lock: CPython is not sure; text_stream_shared.py is about that


def w(k):
    for i in range(300):
        with turn:
            f.write(f'{k}:{i}\n')


ts = [threading.Thread(target=w, args=(k,)) for k in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
f.close()
lines = open(p).read().splitlines()
print(len(lines), sorted(lines) == sorted((f'{k}:{i}' for k in range(6) for i in range(300))))
f = open(p, 'ab', buffering=0)


def w2(k):
    for i in range(200):
        f.write(b'%d-%d\n' % (k, i))


ts = [threading.Thread(target=w2, args=(k,)) for k in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
f.close()
print(len(open(p, 'rb').readlines()))
f = open(p, 'rb')
got = []


def line():
    with turn:
        return f.readline()


def r():
    while (x := line()):
        with lk:
            got.append(x)


ts = [threading.Thread(target=r) for _ in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(got), sorted(got) == sorted(open(p, 'rb')))
rfd, wfd = os.pipe()
R = os.fdopen(rfd, 'r')
W = os.fdopen(wfd, 'w', 1)
out = []


def pw():
    for i in range(500):
        print('line', i, file=W)
    W.close()


def pr():
    out.extend(R)


ts = [threading.Thread(target=pw), threading.Thread(target=pr)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(out), out[-1])
s = io.StringIO()


def sw(k):
    for i in range(300):
        s.write('ab\n')


ts = [threading.Thread(target=sw, args=(k,)) for k in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(s.getvalue()))
b = io.BytesIO()
ts = [threading.Thread(target=lambda: [b.write(b'abc') for _ in range(300)]) for k in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(b.getvalue()))
srv = socket.socket()
srv.bind(('127.0.0.1', 0))
srv.listen(50)
addr = srv.getsockname()


def serve(c):
    with c:
        while (x := c.recv(100)):
            c.sendall(x.upper())


def acc():
    for _ in range(20):
        c, _ = srv.accept()
        threading.Thread(target=serve, args=(c,)).start()


A = threading.Thread(target=acc)
A.start()
ans = []


def cl(k):
    with socket.create_connection(addr) as c:
        for i in range(10):
            c.sendall(b'hello%d' % k)
            x = c.recv(100)
        with lk:
            ans.append(x)


ts = [threading.Thread(target=cl, args=(k,)) for k in range(20)]
for t in ts:
    t.start()
for t in ts:
    t.join()
A.join()
srv.close()
print(sorted(ans)[:3], len(ans))
so = []


def sp(k):
    so.append(subprocess.run(['sh', '-c', f'echo {k}; cat'], input=b'in%d' % k, capture_output=True).stdout)


ts = [threading.Thread(target=sp, args=(k,)) for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(so))


def printer(k):
    for i in range(50):
        print(f'P{k} {i}\n', end='')


cap = io.StringIO()
with contextlib.redirect_stdout(cap):
    ts = [threading.Thread(target=printer, args=(k,)) for k in range(6)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
print(len(cap.getvalue().splitlines()), len(set(cap.getvalue().splitlines())))


# ---- sched -----------------------------------------------------------------------------------------------
s = sched.scheduler()
out = []
base = time.monotonic()
for i in range(10):
    s.enterabs(base + 0.001 * (10 - i), 1, out.append, (i,))
ts = [threading.Thread(target=s.run) for _ in range(1)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out)


class H(socketserver.StreamRequestHandler):

    def handle(self):
        for line in self.rfile:
            self.wfile.write(line[::-1].strip() + b'\n')


class S(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False
    request_queue_size = 50  # a client that finds the queue full waits for a timer of the network


with S(('127.0.0.1', 0), H) as srv:
    t = threading.Thread(target=srv.serve_forever, args=(0.01,))
    t.start()
    res = []

    def cl(k):
        with socket.create_connection(srv.server_address) as c:
            f = c.makefile('rwb')
            for i in range(5):
                f.write(b'abc%d\n' % k)
                f.flush()
                res.append(f.readline())
    cs = [threading.Thread(target=cl, args=(k,)) for k in range(8)]
    for c in cs:
        c.start()
    for c in cs:
        c.join()
    srv.shutdown()
    t.join()
print(sorted(set(res)), len(res))


class HH(http.server.BaseHTTPRequestHandler):

    def do_GET(self):
        b = self.path.encode() * 10
        self.send_response(200)
        self.send_header('Content-Length', str(len(b)))
        self.end_headers()
        self.wfile.write(b)

    def log_message(self, *a):
        pass


class HS(http.server.ThreadingHTTPServer):
    request_queue_size = 50


with HS(('127.0.0.1', 0), HH) as srv:
    t = threading.Thread(target=srv.serve_forever, args=(0.01,))
    t.start()
    u = f'http://127.0.0.1:{srv.server_port}/'
    r = []

    def get(k):
        r.append(urllib.request.urlopen(u + str(k)).read())
    cs = [threading.Thread(target=get, args=(k,)) for k in range(10)]
    for c in cs:
        c.start()
    for c in cs:
        c.join()
    srv.shutdown()
    t.join()
print(sorted(r)[:2], len(r))


# ---- logging ---------------------------------------------------------------------------------------------
buf = io.StringIO()
h = logging.StreamHandler(buf)
h.setFormatter(logging.Formatter('%(threadName)s:%(levelname)s:%(name)s:%(message)s'))
root = logging.getLogger('app')
root.setLevel(logging.DEBUG)
root.addHandler(h)
root.propagate = False


def w(k):
    log = logging.getLogger(f'app.m{k % 3}')
    for i in range(100):
        log.info('msg %d %s', i, k)
        if i % 25 == 0:
            try:
                1 // 0
            except ZeroDivisionError:
                log.exception('oops %d', i)


ts = [threading.Thread(target=w, args=(k,), name=f'T{k}') for k in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
lines = buf.getvalue().splitlines()
print(len([x for x in lines if ':INFO:' in x]), len([x for x in lines if ':ERROR:' in x]), lines.count('ZeroDivisionError: integer division or modulo by zero'))
print(sorted((x for x in lines if x.startswith('T0')))[:5])
q = queue.Queue()
out = []


class H(logging.Handler):

    def emit(self, r):
        out.append((r.name, r.getMessage()))


ql = logging.handlers.QueueListener(q, H())
ql.start()
lg = logging.getLogger('qq')
lg.addHandler(logging.handlers.QueueHandler(q))
lg.setLevel(10)
lg.propagate = False


def w2(k):
    for i in range(50):
        lg.debug('%s-%s', k, i)


ts = [threading.Thread(target=w2, args=(k,)) for k in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
ql.stop()
print(len(out), len(set(out)))
