# SPDX-License-Identifier: MIT
# Threads that write lines to one text stream: none is lost or doubled, and nobody waits for ever.
import io
import os
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
