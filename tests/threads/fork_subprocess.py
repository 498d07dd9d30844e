# SPDX-License-Identifier: MIT
"""fork with threads running, subprocesses from threads, pipes and sockets between threads, multi-threaded file writes."""
import os
import socket
import subprocess
import sys
import tempfile
import threading

stop = threading.Event()
spin = [threading.Thread(target=lambda: [x * x for _ in iter(stop.is_set, True) for x in range(50)][:0]) for _ in range(2)]
for t in spin:
    t.start()
statuses = []
sys.stdout.flush()
for k in range(4):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            lock, out = threading.Lock(), []

            def child_work(i):
                with lock:
                    out.append(i)
            threads = [threading.Thread(target=child_work, args=(i,)) for i in range(3)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            if sorted(out) == [0, 1, 2] and threading.active_count() == 1 and threading.current_thread() is threading.main_thread():
                code = 10 + k
        finally:
            os._exit(code)
    statuses.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
stop.set()
for t in spin:
    t.join()
print(statuses)
outputs, lock = {}, threading.Lock()


def run(k):
    p = subprocess.run([sys.executable, "-I", "-c", f"import sys; print({k} ** 2); sys.exit({k})"], capture_output=True, text=True)
    with lock:
        outputs[k] = (p.stdout.strip(), p.returncode)


threads = [threading.Thread(target=run, args=(k,)) for k in range(5)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(outputs.items()))
r, w = os.pipe()
got = bytearray()


def read_all():
    while chunk := os.read(r, 4096):
        got.extend(chunk)


t = threading.Thread(target=read_all)
t.start()
writers = [threading.Thread(target=lambda k=k: [os.write(w, bytes([65 + k]) * 10) for _ in range(200)]) for k in range(4)]
for x in writers:
    x.start()
for x in writers:
    x.join()
os.close(w)
t.join()
os.close(r)
print(len(got), [got.count(bytes([65 + k])) for k in range(4)])
server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]


def serve(conn):
    with conn:
        data = conn.makefile().readline()
        conn.sendall(data.upper().encode())


def accept(n):
    handlers = []
    for _ in range(n):
        conn, _ = server.accept()
        h = threading.Thread(target=serve, args=(conn,))
        h.start()
        handlers.append(h)
    for h in handlers:
        h.join()


acceptor = threading.Thread(target=accept, args=(6,))
acceptor.start()
answers = []


def client(k):
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(f"hello {k}\n".encode())
        answer = s.makefile().readline()
    with lock:
        answers.append(answer)


threads = [threading.Thread(target=client, args=(k,)) for k in range(6)]
for t in threads:
    t.start()
for t in threads:
    t.join()
acceptor.join()
server.close()
print(sorted(answers))
with tempfile.TemporaryDirectory() as d:
    path = os.path.join(d, "log")

    def append(k):
        for i in range(100):
            with lock, open(path, "a") as f:
                f.write(f"{k},{i}\n")
    threads = [threading.Thread(target=append, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with open(path) as f:
        lines = f.read().splitlines()
    print(len(lines), len(set(lines)))
    shared = open(os.path.join(d, "shared"), "w+")

    def write_shared(k):
        for i in range(200):
            with lock:
                shared.write("x" * 50 + "\n")
    threads = [threading.Thread(target=write_shared, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    shared.seek(0)
    print(set(map(len, shared)), shared.tell())
    shared.close()
p = subprocess.Popen([sys.executable, "-I", "-u", "-c", "import sys\nfor l in sys.stdin: print(l.strip()[::-1])"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def feed():
    for i in range(50):
        p.stdin.write(f"line{i}\n")
    p.stdin.close()


t = threading.Thread(target=feed)
t.start()
lines = p.stdout.read().split()
t.join()
p.stdout.close()
print(len(lines), lines[:2], p.wait())
