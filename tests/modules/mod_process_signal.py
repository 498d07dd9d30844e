# SPDX-License-Identifier: MIT
"""subprocess, signal, select, selectors, socket, errno, fcntl, atexit, resource-free."""
import errno, fcntl, os, select, selectors, signal, socket, subprocess, sys, time
run = lambda *a, **k: subprocess.run(a, capture_output=True, text=True, **k)
r = run("sh", "-c", "echo out; echo err >&2; exit 3"); print(r.returncode, r.stdout, r.stderr, r.args)
print(run("cat", input="stdin text").stdout, subprocess.check_output("echo $X", shell=True, env={"X": "env"}), subprocess.call(["false"]), run("pwd", cwd="/").stdout, subprocess.getoutput("echo hi"))
for bad in (lambda: subprocess.run(["false"], check=True), lambda: subprocess.run(["/no/such"]), lambda: subprocess.run(["sleep", "5"], timeout=0.05), lambda: subprocess.check_output(["sh", "-c", "exit 4"]), lambda: subprocess.run(["true"], cwd="/none"), lambda: subprocess.run(5), lambda: subprocess.Popen(["true"], stdin=99999)):
    try: print(bad())
    except (subprocess.SubprocessError, OSError, TypeError) as e: print(type(e).__name__, str(e).split(" timed out")[0])
p = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE); p.stdin.write(b"a\nb\n"); p.stdin.close(); print(p.stdout.readlines(), p.wait(), p.poll()); p.stdout.close()
p = subprocess.Popen(["sleep", "30"]); p.terminate(); print(p.wait()); p = subprocess.Popen(["sleep", "30"]); p.send_signal(signal.SIGINT); print(p.wait() in (-2, 130), p.returncode)
with subprocess.Popen(["sh", "-c", "read x; echo got $x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1) as p: print(p.communicate("line\n"))
got = []
old = signal.signal(signal.SIGUSR1, lambda n, f: got.append((signal.Signals(n).name, f is not None))); os.kill(os.getpid(), signal.SIGUSR1); print(got, old, signal.getsignal(signal.SIGUSR1).__name__, signal.SIGINT, repr(signal.SIGTERM), signal.strsignal(2), signal.default_int_handler is signal.getsignal(signal.SIGINT))
signal.signal(signal.SIGALRM, lambda n, f: got.append("alarm")); signal.setitimer(signal.ITIMER_REAL, 0.02); time.sleep(0.2); print(got[-1], signal.getitimer(signal.ITIMER_REAL), signal.alarm(0))
class Stop(Exception): pass
def stop(n, f): raise Stop("from handler")
signal.signal(signal.SIGALRM, stop); signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    x = 0
    while True: x += 1
except Stop as e: print(e)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try: os.read(os.pipe()[0], 1)
except Stop as e: print(e, "in read")
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1]); os.kill(os.getpid(), signal.SIGUSR1); print(len(got), signal.sigpending()); signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1]); print(len(got))
for bad in (lambda: signal.signal(99, stop), lambda: signal.signal(signal.SIGKILL, stop), lambda: signal.signal(2, 5), lambda: os.kill(os.getpid(), 999), lambda: signal.set_wakeup_fd("x")):
    try: print(bad())
    except (ValueError, OSError, TypeError) as e: print(type(e).__name__, e)
r, w = os.pipe(); print(select.select([r], [w], [], 0) == ([], [w], []), os.write(w, b"x"), select.select([r], [], [], 1)[0] == [r]); po = select.poll(); po.register(r, select.POLLIN); print(po.poll(10) == [(r, select.POLLIN)])
with select.epoll() as ep: ep.register(r, select.EPOLLIN); print(ep.poll(0.01) == [(r, select.EPOLLIN)])
sel = selectors.DefaultSelector(); sel.register(r, selectors.EVENT_READ, "data"); print([(k.data, m) for k, m in sel.select(0.1)]); sel.close(); print(fcntl.fcntl(r, fcntl.F_GETFL) & os.O_NONBLOCK, os.set_blocking(r, False), os.read(r, 5))
try: os.read(r, 5)
except BlockingIOError as e: print(e.errno == errno.EAGAIN, e)
a, b = socket.socketpair(); a.sendall(b"hello"); print(b.recv(3), b.recv(10), a.getsockname() in ("", b""), a.family.name, a.type.name, b.settimeout(0.02), b.gettimeout())
try: b.recv(1)
except TimeoutError as e: print(e)
a.close(); print(b.recv(1)); b.close()
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", 0)); s.listen(); c = socket.create_connection(s.getsockname()); d, addr = s.accept(); c.send(b"data"); print(d.recv_into(bytearray(2)), d.makefile("rb").read(2), addr[0], s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR), c.shutdown(socket.SHUT_WR), d.recv(1)); [x.close() for x in (s, c, d)]
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.0.0.1", 0)); u.sendto(b"dgram", u.getsockname()); print(u.recvfrom(10)[0], socket.inet_aton("1.2.3.4"), socket.inet_ntoa(b"\x7f\0\0\1"), socket.htons(1), socket.gethostbyname("127.0.0.1"), socket.inet_pton(socket.AF_INET6, "::1")[-1]); u.close()
for bad in (lambda: c.send(b"x"), lambda: socket.create_connection(("127.0.0.1", 1), 0.5), lambda: socket.inet_aton("x"), lambda: socket.socket(999), lambda: socket.socket().bind("x")):
    try: print(bad())
    except (OSError, TypeError) as e: print(type(e).__name__, e)
pid = os.fork()
if pid == 0: os.execv("/bin/sh", ["sh", "-c", "exit 9"])
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.WEXITSTATUS(0x300), os.spawnlp(os.P_WAIT, "true", "true"), os.posix_spawn("/bin/true", ["true"], {}) > 0, os.wait()[1])
import atexit
atexit.register(print, "at exit"); atexit.register(lambda: print("first at exit")); atexit.unregister(len); print(atexit._ncallbacks())
