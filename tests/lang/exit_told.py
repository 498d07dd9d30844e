# SPDX-License-Identifier: MIT
"""Who is told of deaths at the end of a program, and of which collections: what is left out must not be missed."""
import subprocess
import sys

A = """
class A:
    def __init__(self, name): self.name = name
    def __del__(self, write=__import__("os").write): write(1, b"del %s\\n" % self.name.encode())
"""
SAY = """
import os
def say(text, write=os.write): return lambda *args: write(1, text + b"\\n") and None
"""

PROGRAMS = {
    "callbacks of gc": "import gc\ngc.callbacks.append(lambda phase, info, print=print: print(phase, info['generation']))",
    "callbacks of gc, disabled": "import gc\ngc.callbacks.append(lambda phase, info, print=print: print(phase))\ngc.disable()",
    "a cycle, disabled": A + "import gc\ngc.disable()\na = A('x')\na.self = a\ndel a",
    "a cycle": A + "import sys\na = A('x')\na.self = a\ndel a\nb = A('y')\nb.self = b",
    "globals": A + "a = A('a')\n_b = A('b')\n__c = A('c')",
    "globals of a module with functions": A + "def f(): pass\na = A('a')\n_b = A('b')\n__c = A('c')",
    "held by garbage, too": A + "a = A('a')\nclass G: pass\ng = G()\ng.g = g\ng.a = a\ndel g\ndef f(): pass",
    "last exception": A + "import sys\na = A('a')\ntry: 1 / 0\nexcept ZeroDivisionError as e: sys.last_value = e\n",
    "sys.path": A + "import sys\nsys.path.append(A('path'))\nsys.meta_path.append(A('meta'))",
    "builtins": A + "import builtins\nbuiltins._ = A('_')",
    "put into builtins and sys": A + "import sys, builtins\nsys.foo = A('sys')\nbuiltins.bar = A('builtins')\nbuiltins.bar.f = lambda: A\nx = A('main')",
    "put into sys, behind another stream": A + "import sys, io\nclass Out(io.StringIO):\n    def write(self, text, out=sys.stdout): return out.write('<' + text)\ndel sys.stdout\nsys.stdout = Out()\nsys.foo = A('sys')\nprint('through')",
    "put into builtins, used by globals": A + "import builtins\nbuiltins.say = print\nclass B:\n    def __del__(self, w=__import__('os').write): w(1, b'B\\n')\nb = B()\nb.b = b\nbuiltins.keep = b\ndel b",
    "put into sys, with a thread": A + "import sys, builtins, threading\nsys.foo = A('sys')\nt = threading.Thread(target=lambda: setattr(builtins, 'bar', A('builtins')))\nt.start()\nt.join()",
    "registered at exit": A + "import atexit\na = A('a')\natexit.register(lambda: None)",
    "logging": A + "import logging, threading, asyncio\na = A('a')\nlogging.kept = a\nb = A('b')\ndef f(): pass",
    "a class that came later": A + "class P: pass\np = P()\np.p = p\np.name = 'p'\np.__class__ = A\ndel p",
    "a generator": SAY + "def g(write=os.write):\n    try: yield\n    finally: write(1, b'finally\\n')\nx = g()\nnext(x)",
    "a generator in a cycle": SAY + "def g(write=os.write):\n    try: yield\n    finally: write(1, b'finally\\n')\nx = [g()]\nnext(x[0])\nx.append(x)\ndel x",
    "a weak reference": SAY + "import weakref\nclass O: pass\no = O()\nr = weakref.ref(o, say(b'gone'))",
    "a weak reference, first": SAY + "import weakref\nclass O: pass\nr = None\no = O()\nr = weakref.ref(o, say(b'gone'))",
    "a weak reference from elsewhere": SAY + "import weakref, logging\nclass O: pass\no = O()\nlogging.kept = weakref.ref(o, say(b'gone'))",
    "a weak reference in garbage": SAY + "import weakref\nclass O: pass\no = O()\no.o = o\nr = weakref.ref(o, say(b'gone'))\ndel o",
    "a weak value": "import weakref, os\nclass O: pass\nd = weakref.WeakValueDictionary()\no = d['o'] = O()\nweakref.finalize(o, os.write, 1, b'finalize\\n')",
    "a set of weak references": "import weakref\nclass O: pass\no = O()\ns = weakref.WeakSet([o])\nd = weakref.WeakKeyDictionary({o: 1})\ndef f(): pass",
    "a set of weak references, with a finalizer": A + "import weakref\na = A('a')\ns = weakref.WeakSet([a])\nd = weakref.WeakKeyDictionary({a: A('value')})",
    "a value of a weak key": A + "import weakref\nclass O: pass\no = O()\nd = weakref.WeakKeyDictionary({o: A('value')})\no.o = o\ndel o",
    "the hash of a weak value's key": SAY + "import weakref\nclass K:\n    def __hash__(self, write=os.write): return write(1, b'hash\\n')\nclass O: pass\no = O()\nd = weakref.WeakValueDictionary({K(): o})\ndef f(): pass",
    "a function of the same name": SAY + "import weakref\nclass WeakSet:\n    def __init__(self, o, say=say(b'gone')):\n        def _remove(item): say()\n        self.r = weakref.ref(o, _remove)\nclass O: pass\no = O()\no.o = o\ns = WeakSet(o)\ndel o",
    "a profiler": "import sys, os, weakref\nclass O: pass\no = O()\no.o = o\ns = weakref.WeakSet([o])\ndel o\ndef profile(frame, event, arg, write=os.write):\n    if event == 'call' and frame.f_code.co_name == '_remove': write(1, b'_remove\\n')\nsys.setprofile(profile)",
    "logging, to a stream of its own": SAY + "import logging\nclass Out:\n    def write(self, text): pass\n    def flush(self, write=os.write): write(1, b'flush\\n')\nlogging.basicConfig(stream=Out())\nlogging.getLogger('x').warning('y')",
    "an open file": "f = open('/dev/null', 'w')\ng = open('/dev/stdout', 'w')\ng.write('written\\n')\ndef f2(): pass",
    "another stdout": "import sys\nclass Tee:\n    def __init__(self, out): self.out = out\n    def write(self, text): return self.out.write('>' + text)\n    def flush(self): pass\nsys.stdout = Tee(sys.stdout)\nprint('through')",
    "a detached stdout": "import sys, io\nsys.stdout.write('before\\n')\nsys.stdout = io.TextIOWrapper(sys.stdout.detach())\nprint('after')",
    "a class registered with abc": "import abc, os\nclass M(abc.ABC): pass\nclass D:\n    def __del__(self, write=os.write): write(1, b'del\\n')\nM.register(D)\nprint(issubclass(D, M))\nd = D()\ndef f(): pass",
    "a thread": A + "import threading\na = A('a')\nthreading.Thread(target=lambda: None).start()",
    "a daemon": A + "import threading, time\na = A('a')\nthreading.Thread(target=time.sleep, args=(100,), daemon=True).start()",
}
for name, source in PROGRAMS.items():
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=300)
    print(f"{name}: {done.returncode}\n{done.stdout}{done.stderr}", end="")
