# SPDX-License-Identifier: MIT
# posix_spawn, scheduling, attributes, vectors, names; _stat, pwd, grp, resource, termios, select, fcntl.
import errno, fcntl, grp, os, posix, pwd, resource, select, stat, sys, tempfile, termios, tty

def show(f, *args, **kw):
    try: print(f(*args, **kw))
    except BaseException as e: print(type(e).__name__, e)

def text(data):  # what a spawned shell printed
    return data.decode()

def spawn(args, function=os.posix_spawn, env={"A": "1"}, **kw):
    r, w = os.pipe()
    pid = function(args[0], args, env, file_actions=[(os.POSIX_SPAWN_DUP2, w, 1), (os.POSIX_SPAWN_CLOSE, r)], **kw)
    os.close(w)
    with open(r, "rb") as f: out = f.read()
    return out, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

print(spawn(["/bin/sh", "-c", "echo $A; exit 3"]))
print(spawn(["sh", "-c", "echo hi"], os.posix_spawnp, {"PATH": os.environ["PATH"]}))
print(spawn(["/bin/sh", "-c", "echo x"], resetids=True, setsigmask=[10], setsigdef=[13], setpgroup=0))
print(spawn(["/bin/sh", "-c", "echo x"], setsid=True, scheduler=(None, os.sched_param(0))))
for kw in ({"file_actions": [(9,)]}, {"file_actions": [()]}, {"file_actions": [(os.POSIX_SPAWN_CLOSE,)]}, {"file_actions": [(os.POSIX_SPAWN_OPEN, 1)]}, {"file_actions": 5},
           {"file_actions": [(os.POSIX_SPAWN_DUP2, 1)]}, {"setsigmask": [0]}, {"setsigdef": [999]}, {"setsigdef": 5}, {"resetids": None}, {"scheduler": (1, 2)}, {"nope": 1}):
    show(os.posix_spawn, "/bin/true", ["true"], {}, **kw)
for args in (("/no/such", ["x"], {}), ("/bin/true", [], {}), ("/bin/true", "x", {}), ("/bin/true", [""], {}), ("/bin/true", ["x"], 5), ("/bin/true", ["a\0b"], {}), (5, ["x"], {})):
    show(os.posix_spawn, *args)
    if args[0] != "/bin/true" or args[1] != ["x"]: show(os.execve, *args) if args[0] != 5 else None
show(os.execv, "/bin/true", []); show(os.execv, "/bin/true", [""]); show(os.execv, "/bin/true", 5)

print(os.sched_get_priority_max(os.SCHED_FIFO), os.sched_get_priority_min(os.SCHED_RR), os.sched_getscheduler(0), os.sched_getparam(0), os.sched_param(3), os.sched_param(sched_priority=4))
show(os.sched_param); show(os.sched_param, "x"); show(os.sched_setparam, 0, 5); show(os.sched_setscheduler, 0, os.SCHED_OTHER, os.sched_param(2**40)); show(os.sched_get_priority_max, -1)
print(os.getpriority(os.PRIO_PROCESS, 0) == os.nice(0), os.getresuid() == (os.getuid(), os.geteuid(), os.getuid()), os.getgrouplist("root", 0), len(os.getgroups()) >= 0)
for bad in ("x", -2, 2**32, 2**70, 1.5): show(os.setuid, bad); show(os.setgid, bad)
show(os.setreuid, -1, -1); show(os.setresgid, -1, -1, -1); show(os.chown, "/", "x", 1); show(os.setgroups, 5); show(os.setgroups, ["x"])

with tempfile.TemporaryDirectory() as d:
    os.chdir(d)
    fd = os.open("f", os.O_RDWR | os.O_CREAT)
    print(os.pwritev(fd, [b"abc", bytearray(b"defg")], 2), os.preadv(fd, bufs := [bytearray(4), bytearray(4)], 1), bufs, os.writev(fd, (b"xy",)), os.readv(fd, [bytearray(3)]))
    show(os.writev, fd, 5); show(os.preadv, fd, 5, 0); show(os.readv, fd, [b"ro"]); show(os.writev, fd, ["x"])
    g = os.open("g", os.O_RDWR | os.O_CREAT)
    print(os.copy_file_range(fd, g, 100, 0), os.pread(g, 20, 0)); show(os.copy_file_range, fd, g, -1)
    print(os.posix_fallocate(fd, 0, 50), os.fstat(fd).st_size, os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM), os.fstatvfs(fd).f_namemax == os.statvfs("f").f_namemax)
    r, w = os.pipe(); print(os.splice(fd, w, 4, offset_src=2), os.read(r, 10)); show(os.splice, fd, w, -1)
    print(os.pathconf("f", "PC_NAME_MAX"), os.fpathconf(fd, os.pathconf_names["PC_NAME_MAX"])); show(os.pathconf, "f", "nope"); show(os.pathconf, "f", 1.5); show(os.pathconf, "none", 3)
    os.mknod("p", 0o600 | stat.S_IFIFO); os.mkfifo("q"); print(stat.filemode(os.stat("p").st_mode), stat.S_ISFIFO(os.stat("q").st_mode)); os.symlink("f", "l"); os.lchown("l", -1, -1)
    show(os.chmod, "l", 0o600, follow_symlinks=False); show(os.chmod, "f", 0o600); show(os.getxattr, "none", "user.x"); show(os.setxattr, "f", "bad", b"x"); show(os.listxattr, 5, follow_symlinks=False)
    try: os.setxattr("f", "user.a", b"1")
    except OSError as e: print(e.errno == errno.ENOTSUP)
    else: print(os.listxattr("f"), os.getxattr("f", b"user.a"), os.removexattr("f", "user.a"))
    os.chdir("/")
e = os.eventfd(3, os.EFD_NONBLOCK); os.eventfd_write(e, 4); print(os.eventfd_read(e)); show(os.eventfd_read, e); show(os.eventfd_write, e, -1)
print(os.sysconf("SC_CLK_TCK"), os.sysconf(os.sysconf_names["SC_PAGESIZE"]), os.confstr("CS_PATH"), len(os.sysconf_names), len(os.pathconf_names), len(os.confstr_names)); show(os.sysconf, "x"); show(os.confstr, 1.5); show(os.sysconf, 10**6)
for p in ("", ".", "a//b/./../c/", "/..", "//x", "///x", "../..", "a/../..", "/a/../../b", "..//a", "é/../ü/", "a/b/..", "..."): print(os.path.normpath(p), end=" ")
print(os.ctermid(), os.device_encoding(0)); show(os.major, -1); show(os.makedev, "x", 1); print(os.major(os.makedev(8, 3)), os.minor(os.makedev(8, 3)))
pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 5"], {}); p = os.pidfd_open(pid); w = os.waitid(os.P_PIDFD, p, os.WEXITED); print(w.si_pid == pid, w.si_status, w.si_code == os.CLD_EXITED, w.si_signo, type(w))
pid = os.posix_spawn("/bin/true", ["x"], {}); r = os.wait4(pid, 0); print(r[0] == pid, r[1], type(r[2]), r[2].ru_utime >= 0); show(os.wait3, 0)
pid = os.posix_spawn("/bin/true", ["x"], {}); r = os.wait3(0); print(r[0] == pid, len(r[2]))
pid, fd = os.forkpty()
if pid == 0: os.write(1, b"in child"); os._exit(0)
print(os.read(fd, 100), os.waitpid(pid, 0)[1]); os.close(fd)
import warnings
with warnings.catch_warnings(record=True) as caught: warnings.simplefilter("always"); print("etc" in os.listdir(b"/".decode()), b"etc" in os.listdir(bytearray(b"/"))); print(caught[0].message)

print(pwd.getpwuid(0), pwd.getpwnam("root") in pwd.getpwall(), grp.getgrgid(0).gr_name, grp.getgrnam("root") in grp.getgrall())
for f in (pwd.getpwnam, pwd.getpwuid, grp.getgrnam, grp.getgrgid):
    for bad in ("no one", 2**31, -2, 2**40, 1.5, None): show(f, bad)
print(resource.getrlimit(resource.RLIMIT_CPU), resource.prlimit(0, resource.RLIMIT_CPU), resource.getrusage(0).ru_maxrss > 0, resource.getpagesize(), resource.RLIM_INFINITY)
for args in ((99,), ("x",)): show(resource.getrlimit, *args); show(resource.getrusage, *args)
for args in ((0, 5), (0, (1,)), (0, (2, 1)), (0, (2**70, 1)), (99, (1, 1))): show(resource.setrlimit, *args)
print([stat.filemode(m) for m in (0o100644, 0o041777, 0o120777, 0o104755, 0o102700, 0o104644, 0o101776, 0o010000, 0o060000, 0o020000, 0o140000, 0)], stat.S_ISDIR(0o040000), stat.S_IMODE(0o104755), stat.S_IFMT(0o104755), stat.UF_HIDDEN)
for bad in ("x", -1, 2**32, 2**70, 1.5): show(stat.S_ISREG, bad)
a, b = os.openpty(); t = termios.tcgetattr(b); t[3] &= ~termios.ICANON; termios.tcsetattr(b, termios.TCSANOW, t); u = termios.tcgetattr(b); print(u[6][termios.VMIN], u[6][termios.VINTR], u[3] == t[3], termios.tcgetwinsize(b), termios.tcsetwinsize(b, (25, 80)), termios.tcgetwinsize(b), os.get_terminal_size(b))
tty.setraw(b); tty.setcbreak(b); print(os.tcgetpgrp(b) if 0 else "", termios.tcflush(b, termios.TCIOFLUSH), termios.tcdrain(b), termios.tcflow(b, termios.TCOON))
for bad in (5, [], t[:6] + [5], t[:6] + [["x"] * 32], ["x"] + t[1:], t[:4] + [99999] + t[5:]): show(termios.tcsetattr, b, 0, bad)
for bad in (5, (1,), (1, 70000), ("x", 1)): show(termios.tcsetwinsize, b, bad)
show(termios.tcgetattr, -1); show(termios.tcgetattr, "x"); show(termios.tcsetattr, b, 99, t)
r, w = os.pipe(); p = select.epoll(); p.register(r, select.EPOLLIN); os.write(w, b"x"); print(p.poll(1) == [(r, select.EPOLLIN)]); show(p.register, r); p.close(); show(p.poll); q = select.poll(); q.register(r); q.register(w, select.POLLOUT); print(sorted(m for f, m in q.poll(10)), select.select([r], [w], [], 0) == ([r], [w], []))
show(q.unregister, 999); show(q.modify, 999, 1); show(select.select, 1, [], []); show(select.select, ["x"], [], []); show(select.select, [], [], [], -1); print(fcntl.fcntl(r, fcntl.F_GETFD), fcntl.F_GETLK64, fcntl.DN_MULTISHOT)
