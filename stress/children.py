# SPDX-License-Identifier: MIT
"""Commands run by stress/run and stress/judge: each for a limited time, and nothing of it is left behind."""
import contextlib
import os
import signal
import subprocess
import time


running = set()


def answer_interrupts():
    """A shell's background job ignores them, and so would all programs that it starts.  Once, in the main thread."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def processes():
    """{process: (its parent, the ticks of processor time it has used)}"""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
            found[int(name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    return found


def ticks(pid):
    """Of a process and all below it."""
    table = processes()
    family = {pid}
    while True:
        more = {child for child, (parent, _) in table.items() if parent in family} - family
        if not more:
            return sum(table[member][1] for member in family if member in table)
        family |= more


def works(pid):
    """Whether it computes, or sleeps: what waits for the processor on a busy machine gets some of it in two seconds."""
    before = ticks(pid)
    time.sleep(2)
    return ticks(pid) - before > 3


def wait(child, limit, patience):
    """-> why it was not waited for any longer (None when it ended), its output, its errors."""
    for n in range(1, patience + 1):
        try:
            return None, *child.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            if not works(child.pid):
                return f"hung: it slept after {n * limit:g} s", *stop(child)
    return f"slow, or a loop: it still computed after {patience * limit:g} s", *stop(child)


def run(command, environment, limit, cwd=None, patience=1):
    """-> what went wrong (None when the command succeeded), its output, its errors.  What still computes when the limit is over
    gets it again, patience times in all; what sleeps hangs."""
    child = subprocess.Popen(list(map(str, command)), cwd=cwd, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True)
    running.add(child)
    try:
        trouble, output, errors = wait(child, limit, patience)
    except BaseException:
        stop(child)
        raise
    finally:
        running.discard(child)
    return trouble or (f"exit status {child.returncode}" if child.returncode else None), output, errors


def stop_all():
    """For an interrupted run of several at once: whoever waits for one finds that it was killed."""
    for child in list(running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)


def stop(child):
    """Asked first: tests/tools/oracle ends what has a session of its own."""
    os.killpg(child.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    return child.communicate()
