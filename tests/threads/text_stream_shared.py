# SPDX-License-Identifier: MIT
# Threads that write and read lines of one stream: none is lost or doubled, and nobody waits for ever.
import contextlib
import io
import os
import sys
import tempfile
import threading

name = os.path.join(tempfile.mkdtemp(), 'lines')
for _ in range(15):
    start = threading.Event()
    with open(name, 'w', encoding='utf-8', buffering=1) as f:
        def run(n):
            start.wait()
            f.write('Thread%03d\n' % n)
        threads = [threading.Thread(target=run, args=(n,)) for n in range(12)]
        for t in threads:
            t.start()
        start.set()
        for t in threads:
            t.join()
    with open(name, encoding='utf-8') as f:
        lines = sorted(f)
    assert lines == ['Thread%03d\n' % n for n in range(12)], lines

# more than the buffers hold.  CPython, whose short cuts of a stream take no lock, can lose and double lines here
# (bytes that are flushed while another thread adds to them, a line found in a buffer that is being filled), so it takes turns.
turn = threading.Lock() if sys.implementation.name == 'cpython' else contextlib.nullcontext()


def all_run(work, n):
    threads = [threading.Thread(target=work, args=(k,)) for k in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


everything = sorted('%d:%d\n' % (k, i) for k in range(6) for i in range(1000))
with open(name, 'w', encoding='utf-8') as f:
    def write_lines(k):
        for i in range(1000):
            with turn:
                f.write('%d:%d\n' % (k, i))
    all_run(write_lines, 6)
with open(name, encoding='utf-8') as f:
    print(sorted(f) == everything)
with open(name, 'rb') as f:  # reading text by several threads is promised by nobody
    def read_lines(k):
        while True:
            with turn:
                line = f.readline()
            if not line:
                break
            got.append(line.decode())
    got = []
    all_run(read_lines, 6)
    print(len(got), sorted(got) == everything)
os.remove(name)


class SlowRaw(io.RawIOBase):
    def __init__(self):
        self.flushing = threading.Event()
        self.go_on = threading.Event()

    def writable(self):
        return True

    def write(self, b):
        return len(b)

    def flush(self):
        self.flushing.set()
        self.go_on.wait(5)


# a write that waits for a close of another thread finds the stream closed
raw = SlowRaw()
stream = io.BufferedWriter(raw, 8)
closer = threading.Thread(target=stream.close)
closer.start()
raw.flushing.wait()
answer = []


def write():
    try:
        stream.write(b'spam')
    except ValueError as e:
        answer.append(str(e))


writer = threading.Thread(target=write)
writer.start()
raw.go_on.set()
closer.join()
writer.join()
print(answer, stream.closed)
print('done')
