# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""What cannot be run, and what goes wrong while it runs: the message and the exit status, no crash, no hang, no lost output."""
import os
import signal
import subprocess
import sys
import tempfile
import time

directory = tempfile.mkdtemp()


def path_of(name, data):
    path = os.path.join(directory, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def show(label, p):
    def clean(text):
        text = text.decode("utf-8", "backslashreplace")
        return text.replace(directory, "DIR").replace(sys.executable, "PYTHON").strip()
    print(f"{label}: {p.returncode} {clean(p.stdout)[-200:]!r}")
    for line in clean(p.stderr).split("\n")[-4:]:
        print("   |", line)


# limit: bytes of address space.  Little, because what fills it costs seconds on a busy machine, page by page.
def run(label, *args, limit=None, **kw):
    command = ["sh", "-c", f"ulimit -c 0; {f'ulimit -v {limit >> 10};' if limit else ''} exec \"$@\"", "sh", sys.executable, *args]
    show(label, subprocess.run(command, capture_output=True, timeout=100, **kw))


run("missing file", os.path.join(directory, "missing.py"))
run("directory", directory)
run("syntax error", path_of("syntax.py", b"print(1)\ndef f(:\n    pass\n"))
run("indentation", path_of("indent.py", b"def f():\nreturn 1\n"))
run("bad utf-8", path_of("utf8.py", b"x = 1\n# caf\xe9\n"))
run("null byte", path_of("null.py", b"print(1)\n\0\n"))
run("latin-1 declared", path_of("latin.py", b"# coding: latin-1\nprint(ascii('caf\xe9'))\n"))
run("unknown coding", path_of("coding.py", b"# coding: klingon\n"))
run("empty", path_of("empty.py", b""))
run("no permission to run", "-c", "import os; os.execv('/etc/passwd', ['x'])")
run("recursion", path_of("recursion.py", b"print('before')\ndef f(n):\n    return f(n + 1)\nf(0)\n"))
run("recursion in a class", "-c", "class A:\n    def __repr__(self): return repr(self)\ntry: repr(A())\nexcept RecursionError as e: print('caught')")
run("exit in a thread", "-c", "import threading, sys\nt = threading.Thread(target=sys.exit, args=(3,)); t.start(); t.join(); print('main goes on')")
run("raise in a thread", "-c", "import threading\nt = threading.Thread(target=lambda: 1/0, name='worker'); t.start(); t.join(); print('main goes on')")
run("unknown option", "-Z")
run("no command", "-c")
run("no module", "-m")
run("wrong module", "-m", "no.such.module")
run("-X unknown", "-X", "nonsense", "-c", "print('fine')")
run("-W wrong", "-W", "nonsense", "-c", "print('fine')")
run("stdin program", "-", input=b"import sys\nprint('from stdin', sys.argv)")
run("stdin syntax error", "-", input=b"x = (\n")
run("compile error in exec", "-c", "exec('1 +')")
run("memory", "-c", "x = []\ntry:\n    while True: x.append('y' * 10 ** 7)\nexcept MemoryError:\n    x = None; print('caught MemoryError')", limit=200 << 20)
run("memory for the collector", "-c", "x = []\ntry:\n    while True: x.append([x])\nexcept MemoryError:\n    x.clear(); print('caught MemoryError')", limit=150 << 20)
run("memory uncaught", "-c", "print('start', flush=True)\nx = []\nwhile True: x.append(bytearray(10 ** 7))", limit=200 << 20)
run("memory in one piece", "-c", "try: b'x' * (1 << 40)\nexcept MemoryError as e: print('caught', repr(e))", limit=600 << 20)
run("impossible size", "-c", "for f in (lambda: [0] * (1 << 62), lambda: 'a' * (1 << 62), lambda: bytes(1 << 62), lambda: (1,) * (1 << 62), lambda: range(1 << 70).__len__(), lambda: [1] * (1 << 70), lambda: 1 << (1 << 62)):\n    try: f(); print('?')\n    except (MemoryError, OverflowError, ValueError) as e: print(type(e).__name__, e)")
r, w = os.pipe()
os.close(r)
p = subprocess.run([sys.executable, "-c", "for i in range(100000): print(i)"], stdout=w, stderr=subprocess.PIPE)
print("closed pipe:", p.returncode, p.stderr.decode().strip().split("\n")[-1])
os.close(w)
with open("/dev/full", "w") as full:
    p = subprocess.run([sys.executable, "-c", "print('lost')"], stdout=full, stderr=subprocess.PIPE)
    print("full disk:", p.returncode, p.stderr.decode().strip().split("\n")[-1])
p = subprocess.run(["sh", "-c", f"'{sys.executable}' -c 'print(5)' >&-"], capture_output=True)
show("no stdout", p)
p = subprocess.run(["sh", "-c", f"'{sys.executable}' -c 'import sys; print(sys.stdin, sys.stdout.name); print(5)' <&-"], capture_output=True)
show("no stdin", p)
p = subprocess.run(["sh", "-c", f"'{sys.executable}' -c '1/0' 2>&-"], capture_output=True)
show("no stderr", p)


def interrupt(label, code):
    p = subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    first = p.stdout.readline()
    time.sleep(0.2)
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=60)
    print(f"{label}: {p.returncode} {first + out!r} {err.decode().strip().split(chr(10))[-1]!r}")


interrupt("Ctrl-C in a loop", "print('ready')\nx = 0\nwhile True: x += 1")
interrupt("Ctrl-C in sleep", "import time\nprint('ready')\ntime.sleep(60)")
interrupt("Ctrl-C caught", "import time\ntry:\n    print('ready')\n    time.sleep(60)\nexcept KeyboardInterrupt: print('caught')")
interrupt("Ctrl-C with threads", "import threading, time\nstop = False\ndef f():\n    n = 0\n    while not stop: n += 1\nts = [threading.Thread(target=f) for _ in range(3)]\n[t.start() for t in ts]\ntry:\n    print('ready')\n    while True: time.sleep(1)\nexcept KeyboardInterrupt: stop = True; print('stopping')\n[t.join() for t in ts]\nprint('joined')")
interrupt("Ctrl-C while reading", "import sys\nprint('ready')\nimport os\nr, w = os.pipe()\nos.read(r, 1)")
interrupt("Ctrl-C in a handler", "import time\ntry:\n    print('ready')\n    time.sleep(60)\nfinally: print('cleanup')")
interrupt("Ctrl-C in a comprehension", "import itertools\nprint('ready')\nsum(1 for _ in itertools.count())")
interrupt("Ctrl-C in a C loop", "import itertools\nprint('ready')\nfor x in itertools.repeat(1): pass")
p = subprocess.run([sys.executable, "-c", "import os, sys; sys.stdout.write('kept'); sys.stdout.flush(); os.kill(os.getpid(), 9)"], capture_output=True)
show("killed", p)
import shutil
shutil.rmtree(directory)
