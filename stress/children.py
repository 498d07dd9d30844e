# SPDX-License-Identifier: MIT
"""Commands run by stress/run and stress/judge: each for a limited time, and nothing of it is left behind."""
import contextlib
import os
import signal
import subprocess


def run(command, environment, limit, cwd=None):
    """-> what went wrong (None when the command succeeded), its output, its errors."""
    child = subprocess.Popen(list(map(str, command)), cwd=cwd, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True)
    try:
        output, errors = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        return f"hung: stopped after {limit:g} s", *stop(child)
    except BaseException:
        stop(child)
        raise
    return f"exit status {child.returncode}" if child.returncode else None, output, errors


def stop(child):
    """Asked first: tests/tools/oracle ends what has a session of its own."""
    os.killpg(child.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    return child.communicate()
