# SPDX-License-Identifier: MIT
"""The import system on packages written to a temporary directory: relative imports, cycles, reload, errors, hooks."""
import importlib
import os
import sys
import tempfile
import types

root = tempfile.mkdtemp()
FILES = {
    "alpha.py": "print('alpha runs', __name__)\nvalue = 1\ndef get(): return value\n_hidden = 2\n",
    "pkg/__init__.py": "print('pkg init')\n__all__ = ['sub', 'exported']\nexported = 'e'\nfrom . import sub\nfrom .deep.leaf import LEAF\n",
    "pkg/sub.py": "from . import sibling\nfrom .sibling import thing as renamed\nname = __name__, __package__\n",
    "pkg/sibling.py": "thing = 'thing'\n",
    "pkg/deep/__init__.py": "",
    "pkg/deep/leaf.py": "from .. import sibling\nLEAF = 'leaf of ' + sibling.thing\n",
    "cyc_a.py": "import cyc_b\nx = 'a'\ndef f(): return cyc_b.y\n",
    "cyc_b.py": "import cyc_a\ny = 'b'\ndef g(): return cyc_a.x\n",
    "cyc_c.py": "from cyc_d import d\nc = 1\n",
    "cyc_d.py": "from cyc_c import c\nd = 1\n",
    "broken.py": "x = 1\nraise ValueError('broken module')\n",
    "bad_syntax.py": "def f(:\n",
    "relative_top.py": "from . import x\n",
    "too_far/__init__.py": "from .. import x\n",
    "star.py": "a = 1\n_b = 2\nc = 3\n",
    "star_all.py": "__all__ = ['_b', 'c']\na = 1\n_b = 2\nc = 3\n",
    "star_bad.py": "__all__ = ['nope']\n",
    "getattr_mod.py": "def __getattr__(name):\n    if name == 'dynamic': return 'made'\n    raise AttributeError(f'no {name} here')\ndef __dir__(): return ['dynamic']\n",
    "runme/__main__.py": "print('main of runme', __name__, __package__)\n",
    "ns_package/part.py": "p = 'namespace part'\n",
    "replaces.py": "import sys\nsys.modules[__name__] = {'replaced': True}\n",
    "data_pkg/__init__.py": "",
    "data_pkg/data.txt": "resource text",
}
for name, text in FILES.items():
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
sys.path.insert(0, root)


def clean(text):
    return str(text).replace(root, "ROOT")


import alpha
import alpha as again
from alpha import value, get as getter
print(alpha is again, value, getter(), clean(alpha.__file__), alpha.__name__, alpha.__package__, alpha.__spec__.name, clean(alpha), sys.modules["alpha"] is alpha)
alpha.value = 10
print(value, getter())
import pkg
print(pkg.sub.name, pkg.sub.renamed, pkg.LEAF, pkg.__path__ == [os.path.join(root, "pkg")], pkg.__package__, pkg.deep.leaf.__name__)
import pkg.deep.leaf as leaf
from pkg import *
print(leaf.LEAF, exported, sub.name, "deep" in dir())
import cyc_a
print(cyc_a.f(), cyc_a.cyc_b.g())
for name in ("broken", "bad_syntax", "relative_top", "too_far", "nosuch", "alpha.nosub", "pkg.nosub", "cyc_c", "nosuch.deep", ""):
    try:
        importlib.import_module(name)
    except Exception as e:
        print(name, "->", type(e).__name__, clean(e), getattr(e, "name", None))
print("broken" in sys.modules)
for statement in ("from alpha import nothing", "from pkg import nothing", "import nosuch.thing", "from nosuch import x", "from star_bad import *", "from os import path, nope", "import pkg.sub.x"):
    try:
        exec(statement)
    except (ImportError, AttributeError) as e:
        print(statement, "->", type(e).__name__, clean(e))
space = {}
exec("from star import *", space)
exec("from star_all import *", space2 := {})
print(sorted(k for k in space if k[0] != "_" or k == "_b"), sorted(k for k in space2 if k != "__builtins__"))
import getattr_mod
print(getattr_mod.dynamic, dir(getattr_mod))
from getattr_mod import dynamic
try:
    getattr_mod.other
except AttributeError as e:
    print(e, dynamic)
with open(os.path.join(root, "alpha.py"), "w") as f:
    f.write("print('alpha again, longer')\nvalue = 'reloaded'\n")
importlib.reload(alpha)
print(alpha.value, getter(), alpha._hidden)
import ns_package.part
print(ns_package.part.p, clean(type(ns_package.__path__).__name__), ns_package.__file__ if hasattr(ns_package, "__file__") else "no file")
import replaces
print(replaces)


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("virtual_"):
            return importlib.machinery.ModuleSpec(name, self, origin="virtual")

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.content = module.__name__.upper()


import importlib.machinery
sys.meta_path.append(Finder())
import virtual_one
print(virtual_one.content, virtual_one)
import importlib.util
print(importlib.util.find_spec("star").name, importlib.util.find_spec("nope"), importlib.util.module_from_spec(importlib.util.find_spec("star")).__name__)
spec = importlib.util.spec_from_file_location("by_path", os.path.join(root, "star.py"))
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.a, "by_path" in sys.modules)
import runpy
print(sorted(k for k in runpy.run_path(os.path.join(root, "star.py")) if k in "ac"), runpy.run_module("runme.__main__", run_name="custom")["__name__"])
import importlib.resources
print(importlib.resources.files("data_pkg").joinpath("data.txt").read_text(), __import__("pkg.sub").__name__, __import__("pkg.sub", fromlist=["x"]).__name__)
sys.modules["blocked"] = None
try:
    import blocked
except ImportError as e:
    print(type(e).__name__, e)
fake = types.ModuleType("fake")
fake.x = 5
sys.modules["fake"] = fake
from fake import x
print(x, importlib.import_module(".sub", "pkg") is pkg.sub)
os.mkdir(os.path.join(root, "late"))
try:
    import late_module
except ImportError as e:
    print(e)
with open(os.path.join(root, "late_module.py"), "w") as f:
    f.write("ok = 1")
importlib.invalidate_caches()
import late_module
print(late_module.ok, __spec__, __package__)
import shutil
shutil.rmtree(root)


# A module without __spec__, __name__.
import types
m = types.ModuleType("spam")
for name in ("__spec__", "__loader__", "__name__", "x"):
    try: delattr(m, name)
    except AttributeError as e: print(e)
    try: print(getattr(m, name))
    except AttributeError as e: print(e)
m.__spec__ = None
try: m.x
except AttributeError as e: print(e)
class S: _initializing = True
m.__spec__ = S
try: m.x
except AttributeError as e: print(e)
m.__name__='spam'
try: m.x
except AttributeError as e: print(e)
def ga(name): print('asked', name); raise AttributeError(name)
m.__getattr__ = ga
del m.__spec__
try: m.x
except AttributeError as e: print(e)
class M(types.ModuleType):
    def __getattribute__(self, n): print('ga', n); return super().__getattribute__(n)
m=M('q')
try: m.x
except AttributeError as e: print(e)
del m.__spec__
try: m.x
except AttributeError as e: print(e)
