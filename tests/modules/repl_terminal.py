# SPDX-License-Identifier: MIT
# oracle: timeout 60
"""The prompt in a terminal, where lines are edited: what keys do, and that the screen then shows what was typed."""
import os
import pty
import re
import select
import sys
import tempfile
import time


class Terminal:
    def __init__(self, *arguments, home):
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": home, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-q", *arguments], environment)
        self.seen = ""

    def until(self, mark, seconds=50):
        """What is written up to the mark."""
        end = time.monotonic() + seconds
        while mark not in self.seen:
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError(f"no {mark!r} in {self.seen!r}")
            try:
                data = os.read(self.fd, 65536)
            except OSError:  # the other side has gone
                data = b""
            if not data:
                raise EOFError(f"no {mark!r} in {self.seen!r}")
            self.seen += data.decode()
        text, _, self.seen = self.seen.partition(mark)
        return text

    def keys(self, text):
        os.write(self.fd, text.encode())

    def enter(self, *keys, shows=None):
        """Types the keys, then Enter; whether that line comes before the next primary prompt (one at the left of a line)."""
        for key in keys:
            self.keys(key)
            time.sleep(0.05)
        self.keys("\r")
        if shows is not None:
            self.until(f"\n{shows}\r\n")
        self.until("\n>>> " if shows is None else ">>> ")
        return shows

    def end(self):
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def screen_line(text):
    """The last line of the screen after this text: carriage return, backspace, columns and erasing alone are known."""
    line, at = [], 0
    for step in re.findall(r"\x1b\[\??\d*[A-Za-z]|[^\x1b]", text.rpartition("\n")[2]):
        if step == "\r":
            at = 0
        elif step == "\b":
            at = max(0, at - 1)
        elif step == "\t":
            at = at // 8 * 8 + 8
        elif step.endswith("G") and step[0] == "\x1b":
            at = int(step[2:-1] or 1) - 1
        elif step.endswith("C") and step[0] == "\x1b":
            at += int(step[2:-1] or 1)
        elif step.endswith("K") and step[0] == "\x1b":
            del line[at:]
        elif step.isprintable():
            line += " " * (at + 1 - len(line))
            line[at] = step
            at += 1
    return "".join(line)


with tempfile.TemporaryDirectory() as home:
    terminal = Terminal(home=home)
    terminal.until(">>> ")
    print("a value:", terminal.enter("40 + 2", shows="42"))
    print("the last value:", terminal.enter("_ + 1", shows="43"))
    print("a name completed:", terminal.enter("import os"), terminal.enter("os.path.jo", "\t", "'a', 'b')", shows="'a/b'"))
    print("a keyword completed:", terminal.enter("Non", "\t", " is None", shows="True"))
    print("a line from before:", terminal.enter(*["\x1b[A"] * 2, *["\x1b[D"] * 2, "3", shows="'a/b3'"))
    print("a line searched for:", terminal.enter("\x12", "40", "\x05", " + 100", shows="142"))
    print("a cut end put back:", terminal.enter("'abc' 'def'", *["\x1b[D"] * 5, "\x0b", "'x' ", "\x19", shows="'abcxdef'"))
    terminal.keys("if 1:\r")
    terminal.until("... ")
    terminal.keys("\tprint('in" "dented')")
    shown = terminal.until("dented')") + "dented')"
    print("a tab begins a block:", re.sub(" +", " ", screen_line("... " + shown)))
    terminal.keys("\r")
    terminal.until("... ")
    terminal.keys("\r")
    print(terminal.until(">>> ").strip())
    terminal.keys("half a li")
    terminal.until("half a li")
    time.sleep(1)  # CPython notices a signal that comes between two waits for keys at the next key only
    terminal.keys("\x03")
    print("interrupted:", terminal.until(">>> ").split())
    terminal.keys("import time; time.sleep(50)\r")
    terminal.until("\r\n")
    time.sleep(1)
    terminal.keys("\x03")
    print("interrupted at work:", terminal.until(">>> ").split()[-1])
    terminal.keys("import sys; sys.ps1 = 'what? '\r")
    terminal.until("\nwhat? ")
    print("another prompt")
    terminal.keys("\x04")
    try:
        terminal.until("never")
    except EOFError:
        pass
    print("the end of input:", terminal.end())
    with open(os.path.join(home, ".python_history")) as file:
        print("history:", [line for line in file.read().split("\n") if "40" in line or "sleep" in line])
