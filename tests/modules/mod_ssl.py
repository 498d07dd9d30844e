# SPDX-License-Identifier: MIT
# oracle: timeout 30
"""ssl over loopback: contexts, certificates, handshakes in memory and over sockets, callbacks, sessions, errors, https, asyncio."""
import asyncio, http.client, http.server, io, os, socket, ssl, threading, urllib.request, warnings, weakref
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tls")
AUTHORITY, LOCALHOST, LOCKED = (os.path.join(HERE, n + ".pem") for n in ("authority", "localhost", "localhost_locked"))

def server_context(**kw):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain(LOCALHOST)
    for k, v in kw.items(): setattr(c, k, v)
    return c
def client_context(**kw):
    c = ssl.create_default_context(cafile=AUTHORITY)
    for k, v in kw.items(): setattr(c, k, v)
    return c
def said(e): return f"{type(e).__name__}{e.args}" + "".join(f" {n}={getattr(e, n)!r}" for n in ("library", "reason", "verify_code", "verify_message") if hasattr(e, n))
def tried(what, f, *args, **kw):
    try: r = f(*args, **kw)
    except Exception as e: print(what, "->", said(e)); return None
    print(what, "->", r if not isinstance(r, bytes) or len(r) < 40 else len(r)); return r

# --- contexts ---
def contexts():
    c = client_context()
    print(c.protocol, c.verify_mode, c.check_hostname, c.options, c.verify_flags, c.minimum_version, c.maximum_version, c.security_level, c.num_tickets)
    print(c.cert_store_stats(), c.get_ca_certs(), [len(x) for x in c.get_ca_certs(binary_form=True)])
    print(len(c.get_ciphers()), sorted(c.get_ciphers()[0].items()), c.session_stats())
    for name, value in (("verify_mode", ssl.CERT_NONE), ("verify_mode", 9), ("options", "x"), ("minimum_version", 7), ("num_tickets", 3), ("sni_callback", 5), ("sni_callback", print), ("verify_flags", 1.5), ("keylog_filename", "/nowhere/at/all")):
        tried(f"{name} = {value if value is not print else 'print'}", setattr, c, name, value)
    c.check_hostname = False; c.verify_mode = ssl.CERT_NONE; c.check_hostname = True; print(c.verify_mode)
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always"); c.options |= ssl.OP_NO_TLSv1; c.minimum_version = ssl.TLSVersion.TLSv1; ssl.SSLContext(ssl.PROTOCOL_TLS); ssl.SSLContext(); print([(str(x.message), x.category.__name__) for x in w])
    tried("ciphers", c.set_ciphers, "NONSENSE"); tried("ciphers", c.set_ciphers, "ECDHE+AESGCM"); print([x["name"] for x in c.get_ciphers()])
    s = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for args in ((LOCKED, None, "spam"), (LOCKED, None, lambda: b"spam"), (LOCKED, None, bytearray(b"spam")), (LOCKED, None, "wrong"), (LOCKED, None, lambda: 1 / 0), (LOCKED, None, lambda: 5), (LOCKED, None, 5), ("/nowhere",), (AUTHORITY,), (__file__,), (None,)):
        tried("chain", s.load_cert_chain, *args)
    for kw in (dict(), dict(cafile="/nowhere"), dict(cafile=__file__), dict(cadata="text"), dict(cadata=b"bytes"), dict(cadata=""), dict(cadata="\xe9"), dict(cadata=open(AUTHORITY).read()), dict(cadata=ssl.PEM_cert_to_DER_cert(open(AUTHORITY).read())), dict(capath=HERE), dict(cafile=5)):
        tried(f"verify {sorted(kw)}", s.load_verify_locations, **kw)
    print(s.cert_store_stats(), ssl._ssl._test_decode_cert(LOCALHOST))
    for f, *args in ((s.set_ecdh_curve, "prime256v1"), (s.set_ecdh_curve, "nonsense"), (s.load_dh_params, LOCALHOST), (s.load_dh_params, "/nowhere"), (s.set_alpn_protocols, ["a", ""]), (ssl.SSLContext, 99)): tried(f.__name__, f, *args)
    print(isinstance(ssl.OPENSSL_VERSION, str), len(ssl.OPENSSL_VERSION_INFO), ssl.HAS_TLSv1_3, len(ssl.RAND_bytes(7)), ssl.RAND_status(), ssl._ssl.txt2obj("1.3.6.1.5.5.7.3.1"), ssl._ssl.nid2obj(129), ssl.get_default_verify_paths()._fields)
    print(ssl._ssl.lib_codes_to_names[20], ssl._ssl.err_names_to_codes["NO_START_LINE"], ssl._ssl.err_codes_to_names[20, 134], ssl.SSLCertVerificationError.__mro__, str(ssl.SSLError(1, "text")), str(ssl.SSLError("a", 2)), ssl.SSLError(3).args)

# --- in memory: every step is decided here ---
def in_memory(cc, sc, host="localhost", **kw):
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    client, server = cc.wrap_bio(a, b, server_hostname=host, **kw), sc.wrap_bio(b, a, server_side=True)
    turns = 0; done = {client: False, server: False}
    while not all(done.values()):
        turns += 1
        for side in (client, server):
            try: side.do_handshake(); done[side] = True
            except ssl.SSLWantReadError: pass
        if turns > 10: raise RuntimeError("no end")
    return client, server, a, b
def memory():
    client, server, a, b = in_memory(client_context(), server_context())
    print(client.version(), client.cipher(), client.compression(), client.server_side, server.server_side, client.server_hostname, server.server_hostname, client.session_reused, client.pending())
    print(client.getpeercert(), len(client.getpeercert(True)), server.getpeercert(), client.selected_alpn_protocol(), len(client.shared_ciphers()) > 5)
    print(client.get_channel_binding() == server.get_channel_binding(), len(client.get_channel_binding())); tried("binding", client.get_channel_binding, "other")
    print(client._sslobj.get_verified_chain(), [c.get_info() == client.getpeercert() for c in client._sslobj.get_unverified_chain()][:1], client._sslobj.get_verified_chain()[0].public_bytes()[:27])
    print(client.write(b"to the server"), server.read(5), server.pending(), server.read(), server.write(b"x" * 40000)); buffer = bytearray(30); print(client.read(10, buffer), buffer[:12], client.pending())
    tried("empty", server.read, 5); tried("unwrap", client.unwrap); tried("farewell", server.read, 5); tried("unwrap", server.unwrap); tried("data left", client.read, 100000)
    tried("closed", server.write, b"more")
    m = ssl.MemoryBIO(); print(m.write(b"abc"), m.pending, m.eof, m.read(2), m.write_eof(), m.eof, m.read(), m.eof, m.read()); tried("written", m.write, b"d"); tried("type", m.write, "d")
    c = client_context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
    tried("early", c.getpeercert); tried("early", c.read); print(c.version(), c.cipher(), c.context.check_hostname)
    i = ssl.MemoryBIO(); c = client_context().wrap_bio(i, ssl.MemoryBIO(), server_hostname="localhost"); i.write(b"HTTP/1.1 400 Bad Request\r\n\r\n"); tried("no tls", c.do_handshake)
    i = ssl.MemoryBIO(); c = client_context().wrap_bio(i, ssl.MemoryBIO(), server_hostname="localhost"); i.write_eof(); tried("end", c.do_handshake)
    for host in ("elsewhere.org", "10.0.0.1", "a.example.org", "127.0.0.1"): tried(host, lambda: in_memory(client_context(), server_context(), host)[0].version())
    tried("no authority", lambda: in_memory(ssl.create_default_context(), server_context()))
    tried("versions", lambda: in_memory(client_context(maximum_version=ssl.TLSVersion.TLSv1_2), server_context(minimum_version=ssl.TLSVersion.TLSv1_3)))
    client, *_ = in_memory(client_context(maximum_version=ssl.TLSVersion.TLSv1_2), server_context()); print(client.version(), client.cipher()[1])
    for args, kw in (((ssl.MemoryBIO(), ssl.MemoryBIO()), dict(server_hostname="")), ((ssl.MemoryBIO(), ssl.MemoryBIO()), dict(server_hostname=".x")), ((ssl.MemoryBIO(), ssl.MemoryBIO()), dict(server_hostname="a\0b")), ((ssl.MemoryBIO(), ssl.MemoryBIO()), dict(server_side=True))): tried("wrap", client_context().wrap_bio, *args, **kw)

def callbacks():
    log = []; other = server_context()
    def name(connection, host, context): log.append((type(connection).__name__, host, context is sc)); connection.context = other
    sc = server_context(sni_callback=name); client, server, *_ = in_memory(client_context(), sc, "a.example.org"); print(log, server.context is other, sc.sni_callback is name)
    for answer in (ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME, ssl.ALERT_DESCRIPTION_ACCESS_DENIED): sc.sni_callback = lambda *a: answer; tried("alert", lambda: in_memory(client_context(), sc))
    def messages(connection, direction, version, content, kind, data): log.append((direction, version.name, content.name, getattr(kind, "name", kind)))
    log.clear(); cc = client_context(); cc._msg_callback = messages; cc.maximum_version = ssl.TLSVersion.TLSv1_2; in_memory(cc, server_context()); print([x for x in log if x[2] != "HEADER"])
    def broken(*a): raise KeyError("callback")
    cc._msg_callback = broken; tried("raises", lambda: in_memory(cc, server_context()))
    for ours, theirs in ((["h2", "http/1.1"], ["http/1.1"]), (["h2"], ["spdy"]), ([], ["h2"])):
        cc, sc = client_context(), server_context(); cc.set_alpn_protocols(theirs); ours and sc.set_alpn_protocols(ours); client, server, *_ = in_memory(cc, sc); print(client.selected_alpn_protocol(), server.selected_alpn_protocol())
    cc = client_context(keylog_filename="keys.log"); in_memory(cc, server_context()); lines = open("keys.log").read().splitlines(); print(cc.keylog_filename, lines[0], sorted(x.split()[0] for x in lines[1:])); os.remove("keys.log")
    cc = client_context(maximum_version=ssl.TLSVersion.TLSv1_2); sc = server_context(); client, *_ = in_memory(cc, sc); session = client.session
    client, server, *_ = in_memory(cc, sc, session=session); print(client.session_reused, server.session_reused, client.session == session, session.has_ticket, len(session.id), session.timeout, client.session.id == session.id, sc.session_stats()["hits"])
    print(client.get_channel_binding() == server.get_channel_binding()); tried("after", setattr, client, "session", session); tried("elsewhere", lambda: in_memory(client_context(), sc, session=session)); tried("hash", hash, session)
    sc = server_context(verify_mode=ssl.CERT_REQUIRED, maximum_version=ssl.TLSVersion.TLSv1_2); sc.load_verify_locations(AUTHORITY); tried("no certificate", lambda: in_memory(client_context(), sc))
    cc = client_context(); cc.load_cert_chain(LOCALHOST); client, server, *_ = in_memory(cc, sc); print(server.getpeercert()["subject"], len(server._sslobj.get_unverified_chain()))
    r = weakref.ref(client); c = weakref.ref(cc); del client, cc, server, _; print(r(), c())

# --- sockets ---
def over_sockets(serve, connect, sc=None, cc=None, host="localhost"):
    a, b = socket.socketpair()
    def run():
        try:
            with (sc or server_context()).wrap_socket(b, server_side=True) as s: serve(s)
        except OSError as e: failures.append(said(e))
    failures = []; t = threading.Thread(target=run); t.start()
    try:
        with (cc or client_context()).wrap_socket(a, server_hostname=host) as c: connect(c)
    except OSError as e: print("client", said(e))
    a.close(); t.join(); print("server", failures)
def sockets():
    def echo(s):
        while data := s.recv(1000): s.sendall(data.upper())
    def talk(c):
        print(c.version(), c.cipher()[1], c.family, c.gettimeout(), c.send(b"hello"), c.recv(100)); c.sendall(b"y" * 70000); n = 0
        while n < 70000: n += len(c.recv(10000))
        buffer = bytearray(8); c.sendall(b"abcdefgh"); print(n, c.recv_into(buffer), buffer, c.pending()); tried("flags", c.recv, 1, 2); tried("sendto", c.sendto, b"x", ("h", 1))
        c.settimeout(0.05); tried("late", c.recv, 1); c.setblocking(False); tried("not now", c.recv, 1); c.settimeout(None)
    over_sockets(echo, talk); over_sockets(echo, talk, host="wrong.org")
    def wave(s): s.recv(1); plain = s.unwrap(); plain.sendall(b"plain"); plain.close()
    def back(c): c.sendall(b"x"); plain = c.unwrap(); print(type(plain).__name__, plain.recv(10)); plain.close()
    over_sockets(wave, back)
    def ask(s): s.recv(1); s.verify_client_post_handshake(); s.sendall(b"go"); s.recv(1); s.sendall(str(s.getpeercert()["subject"][-1]).encode())
    def show(c): c.sendall(b"1"); print(c.recv(10)); c.sendall(b"2"); print(c.recv(100))
    sc = server_context(verify_mode=ssl.CERT_REQUIRED, post_handshake_auth=True); sc.load_verify_locations(AUTHORITY); cc = client_context(post_handshake_auth=True); cc.load_cert_chain(LOCALHOST)
    sc.verify_mode = ssl.CERT_OPTIONAL; over_sockets(ask, show, sc, cc)
    a, b = socket.socketpair(); a.settimeout(0.05); tried("nobody", client_context().wrap_socket, a, server_hostname="localhost"); b.close()
    a, b = socket.socketpair(); b.close(); tried("gone", client_context().wrap_socket, a, server_hostname="localhost")
    c = client_context().wrap_socket(socket.socket(), server_hostname="localhost"); tried("unconnected", c.do_handshake); tried("unconnected", c.getpeercert); c.close()
    tried("type", client_context()._wrap_socket, 5, False); tried("dgram", client_context().wrap_socket, socket.socket(type=socket.SOCK_DGRAM))

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self): body = f"{self.path} {self.connection.version()}".encode(); self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def do_POST(self): body = self.rfile.read(int(self.headers["Content-Length"])); self.send_response(201); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body[::-1])
    def log_message(self, *a): pass
def https():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = server_context().wrap_socket(server.socket, server_side=True); t = threading.Thread(target=server.serve_forever, args=(0.05,)); t.start(); port = server.server_port
        c = http.client.HTTPSConnection("localhost", port, context=client_context()); c.request("GET", "/a"); r = c.getresponse(); print(r.status, r.read()); c.request("POST", "/b", b"z" * 30000 + b"!"); r = c.getresponse(); data = r.read(); print(r.status, len(data), data[:2]); c.close()
        with urllib.request.urlopen(f"https://127.0.0.1:{port}/u", context=client_context()) as r: print(r.status, r.read())
        try: urllib.request.urlopen(f"https://localhost:{port}/u", context=ssl.create_default_context())
        except OSError as e: print(e, said(e.reason))
        print(ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("localhost", port))) == ssl.PEM_cert_to_DER_cert(open(LOCALHOST).read().split("-----BEGIN EC")[0]))
        server.shutdown(); t.join()

async def streams():
    async def serve(reader, writer):
        while line := await reader.readline(): writer.write(line[::-1].strip() + b"\n"); await writer.drain()
        writer.close()
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server_context()); port = server.sockets[0].getsockname()[1]
    async def client(n):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_context(), server_hostname="localhost"); got = []
        for i in range(3): writer.write(b"%d-%d\n" % (n, i)); got.append((await reader.readline()).decode().strip())
        info = writer.get_extra_info("cipher")[1], writer.get_extra_info("peercert")["subject"][-1]; writer.write(b"q" * 50000 + b"\n"); big = len(await reader.readline()); writer.close(); await writer.wait_closed(); return got, info, big
    for r in await asyncio.gather(*(client(n) for n in range(3))): print(r)
    try: await asyncio.open_connection("127.0.0.1", port, ssl=client_context(), server_hostname="other.org")
    except ssl.SSLError as e: print(said(e))
    server.close(); await server.wait_closed()

contexts(); memory(); callbacks(); sockets(); https()
asyncio.run(streams())
