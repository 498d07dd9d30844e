# SPDX-License-Identifier: MIT
"""heddle-compare itself: `cases.py TOOL CASE`. CPython and small shell commands stand in for the interpreters.

Every function named case_* is one test; it runs the tool and asserts on its exit status, its text and its two files.
"""
import html.parser
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

PYTHON = sys.executable
TOOL = os.path.abspath(sys.argv[1])
NONE = ["--heddle", "none", "--heddle-gil", "none"]
OURS = ["--heddle", PYTHON, "--heddle-gil", PYTHON]
WORK = "import sys, threading\nts = [threading.Thread(target=sum, args=(range(20000),)) for _ in range(int(sys.argv[1]))]\n[t.start() for t in ts]; [t.join() for t in ts]\nprint('the answer')\n"


class Outcome:
    def __init__(self, directory, *args, runs=2, env=None):
        self.json_path, self.html_path = os.path.join(directory, "r.json"), os.path.join(directory, "r.html")
        command = [TOOL, "--plain", "--quiet", "--runs", str(runs), "--warmups", "0", "--json", self.json_path, "--html", self.html_path, *args]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, env={**os.environ, **(env or {})})
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.json = self.html = None
        if os.path.exists(self.json_path):
            with open(self.json_path, encoding="utf-8") as file:
                self.json = json.load(file)
        if os.path.exists(self.html_path):
            with open(self.html_path, encoding="utf-8") as file:
                self.html = file.read()

    def cell(self, name, threads):
        return next(c for c in self.json["cells"] if (c["interpreter"], c["threads"]) == (name, threads))


def expect(what, outcome, *lines):
    if not what:
        print(outcome.status, outcome.out, outcome.err, sep="\n")
        raise AssertionError("see above")
    for line in lines:
        if line not in outcome.out:
            print(outcome.out)
            raise AssertionError(f"missing: {line}")


def script(directory, text):
    path = os.path.join(directory, "program.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def shell(name, command):
    return ["--also", f"{name}=sh -c '{command}'"]


def case_good(d):
    o = Outcome(d, *OURS, "--also", f"CPython 3.11={PYTHON} -B", "--threads", "1,2", "--work", "40:items", script(d, WORK), "{threads}")
    expect(o.status == 0, o, "Outputs agree", "every one of 12 runs", "items/s", "CPython 3.11", "One-thread tax", "Speed-up against")
    expect(o.json["outputs_agree"] and len(o.json["cells"]) == 6 and o.json["tax"] is not None, o)
    c = o.cell("heddle", 2)
    f = c["figures"]
    expect(len(c["runs"]) == 2 and abs(f["speedup"] - o.cell("heddle", 1)["figures"]["wall"] / f["wall"]) < 1e-6, o)
    expect(abs(f["efficiency"] - f["speedup"] / 2) < 1e-6 and abs(f["throughput"] - 40 / f["wall"]) < 1e-3 and f["peak_mib"] > 3, o)
    expect(abs(f["vs_gil"] - o.cell("heddle-gil", 2)["figures"]["wall"] / f["wall"]) < 1e-6 and f["cpu"] > 0 and f["cores"] > 0, o)


def case_threads(d):
    """{threads} in the program's arguments and in an interpreter's command, and HEDDLE_THREADS."""
    o = Outcome(d, *NONE, *shell("env", "echo $HEDDLE_THREADS {threads} $0"), "--threads", "3", "x{threads}y{threads}")
    expect(o.status == 0 and o.json["outputs"][0]["bytes"] == len("3 3 x3y3\n"), o)
    o = Outcome(d, *NONE, "--also", "quotes=printf '%s|' \"a b\" 'c\"d' e\\ f", "--threads", "1", "end")
    expect(o.json["outputs"][0]["bytes"] == len("a b|c\"d|e f|end|"), o)


def case_failing(d):
    o = Outcome(d, *NONE, *shell("fine", "echo same"), *shell("bad", "echo same; echo what went wrong >&2; exit 3"), *shell("crash", "kill -SEGV $$"), "--threads", "1,2", "p")
    expect(o.status == 3, o, "*** bad with 1 thread failed with exit status 3", "| what went wrong", "*** crash with 2 threads killed by SIGSEGV", "Outputs agree")
    expect(len(o.cell("fine", 2)["runs"]) == 2 and len(o.cell("bad", 1)["runs"]) == 1 and o.cell("bad", 1)["figures"] is None, o)
    expect(o.cell("bad", 1)["end"] == "exit status" and o.cell("bad", 1)["detail"] == 3 and "failed with exit status 3" in o.html, o)


def case_fails_later(d):
    """What was measured before a failure is kept."""
    counter = os.path.join(d, "count")
    o = Outcome(d, *NONE, *shell("later", f"echo x >> {counter}; test $(wc -l < {counter}) -lt 3"), "--threads", "1", "p", runs=4)
    c = o.cell("later", 1)
    expect(o.status == 3 and [r["end"] for r in c["runs"]] == ["good", "good", "exit status"] and c["figures"]["wall"] > 0, o, "after 2 good runs")


def case_hanging(d):
    started = time.monotonic()
    o = Outcome(d, *NONE, *shell("fine", "echo same"), *shell("hang", "echo before; sleep 60"), *shell("stubborn", "trap true TERM; while true; do sleep 0.1; done"), "--timeout", "0.6", "--threads", "1", "p")
    expect(o.status == 3 and time.monotonic() - started < 20, o, "*** hang with 1 thread hung: stopped after 0.6 s", "*** stubborn with 1 thread hung")
    expect(o.cell("hang", 1)["end"] == "timeout" and o.cell("fine", 1)["figures"]["wall"] > 0, o)


def case_left_behind(d):
    """A grandchild that keeps the pipe open neither blocks the tool nor survives it."""
    pid_file = os.path.join(d, "pid")
    o = Outcome(d, *NONE, *shell("leaves", f"sleep 60 & echo $! > {pid_file}; echo done"), "--threads", "1", "p", runs=1)
    expect(o.status == 0 and o.cell("leaves", 1)["runs"][0]["wall"] < 0.4, o)
    time.sleep(0.1)
    try:
        with open(f"/proc/{int(open(pid_file).read())}/stat", encoding="ascii") as stat:
            expect(stat.read().rsplit(")", 1)[1].split()[0] == "Z", o)
    except FileNotFoundError:
        pass


def case_differing(d):
    o = Outcome(d, *NONE, *shell("a", "echo one; echo two"), *shell("b", "echo one; echo three"), *shell("c", "echo one; echo two"), "--threads", "1,2", "p")
    expect(o.status == 3 and not o.json["outputs_agree"] and len(o.json["outputs"]) == 2, o, "*** OUTPUTS DIFFER: 2 different ones", "4 runs, first b with 1 thread", "line 2 is 'three' instead of 'two'")
    expect("Outputs differ" in o.html, o)


def case_not_started(d):
    o = Outcome(d, *NONE, *shell("fine", "echo same"), "--also", "absent=/no/such/program", "--threads", "1", "p")
    expect(o.status == 3, o, "*** absent with 1 thread could not be started: No such file or directory")


def case_gates(d):
    program = script(d, "import time, sys\ntime.sleep(0.2 / int(sys.argv[1]))\n")
    gates = ["speedup>=1.2", "efficiency >= 50%", "heddle-gil.speedup@2>1.2", "vs_gil>=0.3", "vs(heddle-gil)@1<=3", "tax<300%", "wall<60", "memory<500", "throughput>0.1", "cpu<50", "cores<1.5"]
    arguments = [x for g in gates for x in ("--gate", g)]
    o = Outcome(d, *OURS, "--threads", "1,2", *arguments, program, "{threads}")
    expect(o.status == 0 and all(g["passed"] for g in o.json["gates"]) and len(o.json["gates"]) == len(gates), o, "passed  gate speedup>=1.2")
    o = Outcome(d, *OURS, "--threads", "1,2", "--gate", "speedup>=50", "--gate", "wall<60", program, "{threads}")
    expect(o.status == 1 and [g["passed"] for g in o.json["gates"]] == [False, True], o, "FAILED  gate speedup>=50", "passed  gate wall<60")
    o = Outcome(d, *NONE, *shell("bad", "exit 1"), "--gate", "speedup>=0.1", "--threads", "1", "p")
    expect(o.status == 3, o, "FAILED  gate speedup>=0.1: not measured")


def case_usage(d):
    for arguments in ([], ["--threads", "0", "p"], ["--threads", "1,1", "p"], ["--threads", "x", "p"], ["--runs", "0", "p"], ["--also", "noequals", "p"], ["--also", "a=", "p"], ["--also", "a='x", "p"], ["--gate", "speedup", "p"],
                      ["--gate", "nonsense>1", "p"], ["--gate", "speedup>=x", "p"], ["--gate", "other.speedup>1", "p"], ["--gate", "speedup@7>1", "p"], ["--timeout", "-1", "p"], ["--unknown", "p"], ["--heddle", "/no/such", "p"],
                      ["--also", "a=true", "--also", "a=true", "p"]):
        own = ["--heddle-gil", PYTHON] if "--heddle" in arguments else OURS
        o = Outcome(d, *own, *arguments)
        expect(o.status == 2 and o.err and o.json is None, o)
    o = Outcome(d, *NONE, "p")
    expect(o.status == 2 and "no interpreter" in o.err, o)
    done = subprocess.run([TOOL, "--help"], capture_output=True, text=True, check=True)
    assert "--gate" in done.stdout and "Exit status" in done.stdout
    o = Outcome(d, *NONE, *shell("a", "echo x"), "--threads", "1", "--json", "/no/such/dir/x.json", "p")
    expect(o.status == 3 and "cannot write /no/such/dir/x.json" in o.err, o)


def case_counters(d):
    counted = 'echo "{\\"bytecodes\\": 2000, \\"rmw\\": 3, \\"handshakes\\": 1}" >"$HEDDLE_COUNTERS"'
    o = Outcome(d, *NONE, "--threads", "1,2", *shell("counts", counted), *shell("silent", "true"), "x")
    expect(o.status == 0, o, "Per 1000 instructions", "atomic RMW", "1.5000", "0.5000")
    expect(o.cell("counts", 2)["figures"]["counters"] == {"bytecodes": 2000, "rmw": 3, "handshakes": 1}, o)
    expect(o.cell("silent", 2)["figures"]["counters"] is None, o)
    o = Outcome(d, *NONE, "--threads", "1", *shell("rubbish", 'echo "}{ <x>" >"$HEDDLE_COUNTERS"'), "x")
    expect(o.status == 0 and o.cell("rubbish", 1)["figures"]["counters"] is None, o)
    expect("Per 1000 instructions" not in o.out, o)


def case_interrupted(d):
    path = os.path.join(d, "i.json")
    tool = subprocess.Popen([TOOL, "--plain", "--runs", "100", "--warmups", "0", "--threads", "1", *NONE, *shell("quick", "echo x"), *shell("slow", "sleep 1"), "--json", path, "p"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while "run 4/" not in tool.stderr.readline():
        pass
    tool.send_signal(signal.SIGINT)
    out, _ = tool.communicate(timeout=20)
    with open(path, encoding="utf-8") as file:
        saved = json.load(file)
    assert tool.returncode == 130 and saved["interrupted"] and "interrupted" in out, (tool.returncode, out)
    assert saved["cells"][0]["figures"]["wall"] > 0 and len(saved["cells"][0]["runs"]) >= 1


def case_html(d):
    """The page is well formed, needs nothing from outside, and escapes what it quotes."""
    o = Outcome(d, *OURS, *shell("<b>&\"", "echo the answer"), "--threads", "1,2,4", "--gate", "wall<100", script(d, WORK), "{threads}")
    expect(o.status == 0 and "<b>&\"" not in o.html and "&lt;b&gt;&amp;&quot;" in o.html, o)

    class Checker(html.parser.HTMLParser):
        VOID = {"meta", "br", "rect", "line", "circle", "polyline"}
        open_tags, pictures = [], 0

        def handle_starttag(self, tag, attrs):
            self.pictures += tag == "svg"
            for name, value in attrs:
                assert name not in ("src", "href") and not (value or "").startswith("http"), (tag, name, value)
            if tag not in self.VOID or tag in ("rect", "circle"):
                self.open_tags.append(tag)

        def handle_startendtag(self, tag, attrs):
            pass

        def handle_endtag(self, tag):
            assert self.open_tags.pop() == tag, tag
    checker = Checker()
    checker.feed(o.html)
    expect(not checker.open_tags and checker.pictures == 2 and o.html.startswith("<!DOCTYPE html>"), o)
    assert "nan" not in o.html.lower().replace("name", "") and "inf" not in o.html.split("</style>")[1].replace("info", "").lower()


def case_large_output(d):
    """Output beyond pipes and samples is read in full; a difference after the sample is still noticed."""
    big = "import sys\nfor i in range(60000): print(i)\nprint(sys.argv[1] if len(sys.argv) > 2 else 0)\n"
    o = Outcome(d, *OURS, "--threads", "1,2", script(d, big), "{threads}")
    expect(o.status == 0 and o.json["outputs"][0]["bytes"] > 300000, o)
    o = Outcome(d, *OURS, "--threads", "1,2", script(d, big), "{threads}", "differ")
    expect(o.status == 3 and len(o.json["outputs"]) == 2, o, "OUTPUTS DIFFER", "they part after the first")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="heddle-compare-") as directory:
        globals()["case_" + sys.argv[2]](directory)
    print("ok", sys.argv[2])
