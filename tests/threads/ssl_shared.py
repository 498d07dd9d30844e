# SPDX-License-Identifier: MIT
# oracle: timeout 30
"""TLS connections and contexts that several threads use at the same time."""
import contextlib, os, socket, ssl, sys, threading
HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "modules", "tls")
server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); server_context.load_cert_chain(os.path.join(HERE, "localhost.pem"))
client_context = ssl.create_default_context(cafile=os.path.join(HERE, "authority.pem"))

# CPython 3.11 has no lock of its own around a connection or a context: there, threads that use the same one have to take turns,
# and what shows that they need not is done one after another.
locked = sys.implementation.name != "cpython"
turn = contextlib.nullcontext() if locked else threading.Lock()
def in_threads(*jobs):
    threads = [threading.Thread(target=j) for j in jobs]
    for t in threads: t.start()
    for t in threads: t.join()
def pair():
    a, b = socket.socketpair(); made = {}
    in_threads(lambda: made.update(client=client_context.wrap_socket(a, server_hostname="localhost")), lambda: made.update(server=server_context.wrap_socket(b, server_side=True)))
    return made["client"], made["server"]
def read_all(s, n, out):
    while n: data = s.recv(min(n, 5000)); out.append(data); n -= len(data)

def both_ways():  # one reader and one writer on each end, all blocking
    client, server = pair(); size = 1_000_000; up, down = [], []
    def send(s, what):
        for _ in range(size // 20000): s.sendall(what * 20000)
    jobs = lambda: send(client, b"u"), lambda: read_all(server, size, up), lambda: send(server, b"d"), lambda: read_all(client, size, down)
    if locked: in_threads(*jobs)
    else: in_threads(*jobs[:2]); in_threads(*jobs[2:])
    print(b"".join(up) == b"u" * size, b"".join(down) == b"d" * size); client.close(); server.close()
def waiting_reader():  # who waits for data keeps nobody from writing
    client, server = pair(); got = []; ready = threading.Event()
    def reader(): ready.set(); got.append(client.recv(10))
    def writer(): ready.wait(); client.sendall(b"ping"); server.recv(4); server.sendall(b"pong")
    if locked: in_threads(reader, writer)
    else: ready.set(); writer(); reader()
    print(got); client.close(); server.close()
def many_writers():  # one write of one record is one piece
    client, server = pair(); got = []; n, each = 6, 100
    def writer(k):
        for i in range(each):
            with turn: client.write(b"%d:%04d:" % (k, i) + bytes([97 + k]) * 993)
    in_threads(*(lambda k=k: writer(k) for k in range(n)), lambda: read_all(server, n * each * 1000, got))
    data = b"".join(got); pieces = [data[i:i + 1000] for i in range(0, len(data), 1000)]
    print(len(pieces), all(p[7:] == bytes([97 + int(p[:1])]) * 993 for p in pieces), [sum(p[:1] == b"%d" % k for p in pieces) for k in range(n)], all(sorted(q) == q for q in ([p[2:6] for p in pieces if p[:1] == b"%d" % k] for k in range(n)))); client.close(); server.close()
def one_context():  # handshakes, while others change and read the contexts
    done = []; stop = threading.Event()
    def shake():
        for i in range(8):
            with turn: client, server = pair()
            client.sendall(b"%d" % i); done.append(server.recv(5) == b"%d" % i and client.version() == "TLSv1.3" and client.getpeercert()["version"] == 3); client.close(); server.close()
    def change():
        while not stop.is_set():
            with turn: change_once()
    def change_once():
        client_context.set_alpn_protocols(["a", "b"]); server_context.set_alpn_protocols(["b"]); server_context.sni_callback = lambda *a: None; client_context.options |= ssl.OP_NO_COMPRESSION
        client_context.load_verify_locations(os.path.join(HERE, "authority.pem")); server_context.load_cert_chain(os.path.join(HERE, "localhost.pem")); client_context.get_ca_certs(); client_context.get_ciphers(); client_context.cert_store_stats(); server_context.session_stats()
    t = threading.Thread(target=change); t.start(); in_threads(*[shake] * 4); stop.set(); t.join(); print(len(done), all(done))
def in_memory():  # two connections share their MemoryBIOs, each with a thread of its own
    for _ in range(10):
        a, b = ssl.MemoryBIO(), ssl.MemoryBIO(); client, server = client_context.wrap_bio(a, b, server_hostname="localhost"), server_context.wrap_bio(b, a, server_side=True); got = {}
        def go(f, *args):
            while True:
                try:
                    with turn: return f(*args)
                except ssl.SSLWantReadError: pass
        def side(s, name): go(s.do_handshake); go(s.write, name * 100); got[name] = go(s.read, 100)
        in_threads(lambda: side(client, b"c"), lambda: side(server, b"s")); assert got == {b"c": b"s" * 100, b"s": b"c" * 100}
    print("in memory")
def messages_and_names():  # callbacks come from the thread that works
    seen = set(); client_context._msg_callback = lambda c, *a: seen.add(threading.current_thread().name)
    threading.current_thread().name = "main"; client, server = pair(); client_context._msg_callback = None; client.close(); server.close(); print(len(seen) == 1 and "main" not in seen)
both_ways(); waiting_reader(); many_writers(); one_context(); in_memory(); messages_and_names()
