# SPDX-License-Identifier: MIT
"""os, os.path, io, pathlib, shutil, tempfile, glob, stat on a temporary directory."""
import errno, glob, io, os, pathlib, shutil, stat, sys, tempfile
d = tempfile.mkdtemp()
os.chdir(d)
with open("a.txt", "w", encoding="utf-8") as f:
    print(f.write("first\nsecond é☃\n"), f.tell(), f.name, f.mode, f.encoding, f.closed, f.readable(), f.writable(), f.fileno() > 2, f.line_buffering)
print(f.closed, os.path.getsize("a.txt"), os.path.exists("a.txt"), os.path.isdir(d), os.listdir("."), os.access("a.txt", os.R_OK))
with open("a.txt", encoding="utf-8") as f:
    print(f.readline(), f.read(3), f.readlines(), f.read(), f.seek(0), list(f), f.seek(0), next(f))
with open("a.txt", "rb") as f:
    print(f.read(4), f.seek(-3, 2), f.read(), f.tell(), f.peek(1) if hasattr(f, "peek") else "", type(f).__name__, f.raw.name, isinstance(f, io.BufferedReader))
with open("b.bin", "wb+") as f:
    f.write(bytes(range(10))); f.seek(5); f.write(b"XY"); f.seek(0); print(f.read(), f.truncate(3), f.seek(0), f.read(), f.readinto(bytearray(2)))
with open("a.txt", "a+") as f:
    f.write("more\n"); f.seek(0); print(len(f.read()))
with open("nl.txt", "w", newline="\r\n") as f:
    f.write("x\ny\n")
print(open("nl.txt", "rb").read(), open("nl.txt").read(), open("nl.txt", newline="").read(), open("nl.txt", newline="\n").readlines())
for bad in (lambda: open("none"), lambda: open("a.txt", "q"), lambda: open("a.txt", "rw"), lambda: open("a.txt", "rb", encoding="utf-8"), lambda: open("a.txt", "x"), lambda: open(d), lambda: open("a.txt").write("x"), lambda: open("w.txt", "w").read(), lambda: open("a.txt", encoding="nope"), lambda: open("a.txt", encoding="ascii").read(), lambda: os.mkdir("a.txt"), lambda: os.rmdir("none"), lambda: os.listdir("none"), lambda: os.remove(d), lambda: os.stat("none"), lambda: open(5.5), lambda: open("a\0b"), lambda: f.read(), lambda: open("a.txt", "rb").write(b"x"), lambda: open("a.txt", buffering=0), lambda: open(-1), lambda: os.rename("none", "x")):
    try:
        print(bad())
    except (OSError, ValueError, TypeError, LookupError) as e:
        print(type(e).__name__, str(e).replace(d, "DIR"), getattr(e, "errno", None))
os.makedirs("sub/deep/er"); os.makedirs("sub", exist_ok=True)
open("sub/x.py", "w").close(); open("sub/deep/y.py", "w").close()
os.symlink("a.txt", "link"); os.rename("b.bin", "c.bin"); os.chmod("c.bin", 0o640)
print(sorted((r.replace(d, "D"), sorted(ds), sorted(fs)) for r, ds, fs in os.walk(d)), sorted(glob.glob("**/*.py", recursive=True)), os.readlink("link"), os.path.islink("link"), oct(os.stat("c.bin").st_mode), stat.filemode(os.stat("c.bin").st_mode), stat.S_ISREG(os.stat("c.bin").st_mode), os.lstat("link").st_size)
print(sorted(e.name for e in os.scandir(".") if e.is_file()), [e.is_dir() for e in os.scandir("sub") if e.name == "deep"], os.path.join("a", "b", "/c"), os.path.split("/a/b.c"), os.path.splitext("x.tar.gz"), os.path.basename("/a/b"), os.path.dirname("/a/b"), os.path.normpath("a/../b//c/."), os.path.abspath("q").replace(d, "D"), os.path.relpath("/a/b", "/a/c"), os.path.commonpath(["/a/b", "/a/c"]), os.path.expanduser("~none"), os.path.isabs("/x"), os.path.samefile("a.txt", "link"))
p = pathlib.Path("sub") / "deep"
print(p, p.name, p.parent, p.parts, p.exists(), p.is_dir(), (p / "y.py").suffix, sorted(map(str, pathlib.Path(".").rglob("*.py"))), pathlib.PurePosixPath("/a/b.c").with_suffix(".d").stem, pathlib.Path("t.txt").write_text("hi"), pathlib.Path("t.txt").read_text(), pathlib.Path("t.txt").read_bytes(), repr(p), p == pathlib.Path("sub/deep"), pathlib.Path("a/b").joinpath("c").as_posix(), pathlib.Path("/a").is_absolute())
print(shutil.copy("a.txt", "copy.txt"), shutil.move("copy.txt", "moved.txt"), shutil.rmtree("sub"), os.path.exists("sub"), os.unlink("link"), sorted(os.listdir()))
os.environ["HD_TEST"] = "v"
print(os.environ["HD_TEST"], os.getenv("HD_NONE", "def"), os.environ.pop("HD_TEST"), "HD_TEST" in os.environ, os.sep, os.linesep, os.name, os.curdir, os.devnull, os.getpid() == os.getpid(), os.cpu_count() > 0, os.strerror(2), errno.errorcode[2], errno.ENOENT, os.fspath(p), os.fsencode("é"), os.fsdecode(b"x"), len(os.urandom(5)), os.get_terminal_size.__name__, os.umask(0o22) >= 0, type(os.times()).__name__, os.path.getmtime("a.txt") > 0)
r, w = os.pipe()
os.write(w, b"pipe"); os.close(w); print(os.read(r, 10), os.read(r, 1)); os.close(r)
fd = os.open("raw", os.O_CREAT | os.O_RDWR); os.write(fd, b"abc"); os.lseek(fd, 1, 0); print(os.read(fd, 5), os.fstat(fd).st_size, os.isatty(fd)); os.ftruncate(fd, 1); os.close(fd)
s = io.StringIO("a\nb\nc"); print(s.readline(), s.read(), s.seek(0), s.write("XY"), s.getvalue(), s.truncate(1), s.getvalue(), s.tell(), list(io.StringIO("1\n2")))
b = io.BytesIO(b"12345"); print(b.read(2), b.getvalue(), b.getbuffer()[1], b.seek(-1, 2), b.read(), b.write(b"end"), b.getvalue(), b.readable())
t = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True); t.write("é\n"); print(t.buffer.getvalue(), t.seek(0), t.read(), t.detach().getvalue())
rd = io.BufferedReader(io.BytesIO(b"abcdef" * 10), 8); print(rd.peek(2)[:2], rd.read1(3), rd.read(10), rd.readline(5)); br = io.BufferedRandom(io.BytesIO(b"0123456789")); br.seek(3); br.write(b"X"); br.seek(0); print(br.read())


class Raw(io.RawIOBase):
    def __init__(self): self.n = 0
    def readable(self): return True
    def readinto(self, buf):
        self.n += 1
        if self.n > 3: return 0
        buf[:2] = b"ab"; return 2


print(Raw().read(), io.BufferedReader(Raw()).read(), io.TextIOWrapper(io.BufferedReader(Raw())).read(), io.DEFAULT_BUFFER_SIZE, io.SEEK_END, issubclass(io.UnsupportedOperation, OSError))
with tempfile.TemporaryFile("w+") as f, tempfile.NamedTemporaryFile(delete=True) as n, tempfile.TemporaryDirectory() as td:
    f.write("t"); f.seek(0); print(f.read(), os.path.exists(n.name), os.path.isdir(td))
pid = os.fork()
if pid == 0:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.system("exit 3") >> 8, os.popen("echo popen").read(), os.path.getsize("moved.txt"))
os.chdir("/"); shutil.rmtree(d)
