# SPDX-License-Identifier: MIT
# oracle: env PYTHONPYCACHEPREFIX=
"""importlib over our import system: packages, specs, loaders, finders, zip files, errors."""
import sys, os, importlib, importlib.util, importlib.machinery, types, io
base = os.path.join(os.environ.get('TMPDIR','/tmp'), 'imptest_%d' % os.getpid())
os.makedirs(base)
sys.path.insert(0, base)
def w(name, text):
    p = os.path.join(base, name)
    os.makedirs(os.path.dirname(p), exist_ok=True)
    with open(p, 'w') as f: f.write(text)
def tr(f):
    try: r = f(); print(str(r).replace(base, 'BASE'))
    except BaseException as e: print(type(e).__name__, str(e).replace(base,'BASE'), getattr(e,'name',None), str(getattr(e,'path',None)).replace(base,'BASE'))
w('pkg/__init__.py', 'from . import sub\nfrom .sub import x\n__all__=["sub","other","zz"]\nzz=1\n')
w('pkg/sub.py', 'x = 5\nfrom .. import foo\n' if 0 else 'x = 5\n')
w('pkg/other.py', 'y = 6\n')
w('circ_a.py', 'from circ_b import b\na = 1\n')
w('circ_b.py', 'from circ_a import a\nb = 1\n')
w('circ2/__init__.py', 'from . import m1\n')
w('circ2/m1.py', 'from . import m2\nfrom .m2 import q\n')
w('circ2/m2.py', 'from . import m1\nm1.zork\nq=1\n')
w('bad_syntax.py', 'x = = 1\n')
w('raises.py', 'import sys\n1/0\n')
w('ns1/part.py', 'v = 1\n')
w('replace.py', 'import sys\nsys.modules[__name__] = 42\n')
w('rel.py', 'from . import x\n')
w('pkg/deep/__init__.py', '')
w('pkg/deep/m.py', 'from ...  import a\n')
w('pkg/deep/n.py', 'from .... import a\n')
w('pkg/deep/o.py', 'from ..sub import x\nfrom .. import sub as s\nfrom . import m2\n')
w('pkg/deep/m2.py', 'z = 3\n')
w('lazy.py', 'def __getattr__(n):\n    if n == "foo": return 7\n    raise AttributeError(n)\n')
importlib.invalidate_caches()
import pkg
print(pkg.__name__, pkg.__package__, pkg.__path__ == [os.path.join(base,'pkg')], pkg.x, pkg.sub.x, pkg.__spec__.name, pkg.__spec__.parent, pkg.__file__.replace(base,'BASE'))
print(pkg.sub.__spec__.parent, pkg.sub.__spec__.has_location, type(pkg.__loader__), str(pkg.sub.__cached__).replace(base,'BASE').replace('heddle','cpython'))
print(repr(pkg).replace(base,'BASE'), repr(pkg.__spec__).replace(base,'BASE').split(' at 0x')[0])
ns = {}
exec('from pkg import *', ns); print(sorted(k for k in ns if k != '__builtins__'))
tr(lambda: __import__('circ_a'))
print('circ_a' in sys.modules, 'circ_b' in sys.modules)
tr(lambda: __import__('circ2'))
tr(lambda: __import__('bad_syntax'))
tr(lambda: __import__('raises')); print('raises' in sys.modules)
tr(lambda: __import__('nosuch')); tr(lambda: __import__('pkg.nosuch')); tr(lambda: __import__('pkg.sub.nosuch')); tr(lambda: __import__('os.nosuch'))
import ns1, ns1.part
print(ns1.__path__.__class__.__name__, ns1.part.v, str(list(ns1.__path__)).replace(base,'BASE'), repr(ns1).replace(base,'BASE').split(' at 0x')[0], ns1.__file__, ns1.__spec__.origin, type(ns1.__loader__).__name__)
import replace; print(replace)
tr(lambda: __import__('rel')); tr(lambda: __import__('pkg.deep.m')); tr(lambda: __import__('pkg.deep.n'))
import pkg.deep.o; print(pkg.deep.o.x, pkg.deep.o.s, pkg.deep.o.m2.z) if 0 else print(pkg.deep.o.x, pkg.deep.o.m2.z)
tr(lambda: exec('from pkg import nothere')); tr(lambda: exec('from os import nothere')); tr(lambda: exec('from lazy import foo; print(foo)')); tr(lambda: exec('from lazy import bar'))
tr(lambda: exec('import lazy as q; q.bar')); tr(lambda: exec('from sys import nothere')) 
sys.modules['blocked'] = None
tr(lambda: __import__('blocked')); tr(lambda: exec('from blocked import x')); tr(lambda: importlib.import_module('blocked'))
tr(lambda: importlib.import_module('.sub', 'pkg')); tr(lambda: importlib.import_module('.sub')); tr(lambda: importlib.import_module('...x','pkg'))
tr(lambda: importlib.util.find_spec('pkg.sub').name); tr(lambda: importlib.util.find_spec('nosuch')); tr(lambda: importlib.util.find_spec('nosuch.x')); tr(lambda: importlib.util.find_spec('.sub','pkg').name)
sub = pkg.sub; sub.x = 99; r = importlib.reload(sub); print(r is sub, sub.x)
tr(lambda: importlib.reload(42)); tr(lambda: importlib.reload(types.ModuleType('zork')))
spec = importlib.util.spec_from_file_location('direct', os.path.join(base,'pkg','sub.py')); m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m); print(m.x, m.__name__, 'direct' in sys.modules)
print(importlib.util.cache_from_source('/a/b/c.py').replace('heddle','cpython'), importlib.util.cache_from_source('/a/b/c.py', optimization='2').replace('heddle','cpython'), importlib.util.cache_from_source('x.py').replace('heddle','cpython'))
print(importlib.util.source_from_cache('/a/b/__pycache__/c.%s.pyc' % sys.implementation.cache_tag))
tr(lambda: importlib.util.source_from_cache('/a/b/c.pyc')); tr(lambda: importlib.util.resolve_name('.a','b')); tr(lambda: importlib.util.resolve_name('...a','b'))
print(importlib.machinery.SOURCE_SUFFIXES, importlib.machinery.BYTECODE_SUFFIXES, importlib.machinery.all_suffixes()[:2])
class F:
    @classmethod
    def find_spec(cls, name, path, target=None):
        if name == 'virt': return importlib.util.spec_from_loader(name, L())
class L:
    def create_module(self, spec): return None
    def exec_module(self, module): module.val = 'virtual'
    def __repr__(self): return '<L>'
sys.meta_path.insert(0, F)
import virt; print(virt.val, virt, virt.__spec__)
sys.meta_path.remove(F)
tr(lambda: __import__('pkg', fromlist=['a', 5])); tr(lambda: __import__('pkg', fromlist=['deep']).deep.__name__); tr(lambda: __import__('sub', {'__package__':'pkg','__name__':'pkg.q'}, None, ['x'], 1).__name__)
tr(lambda: __import__('', {'__package__':'pkg'}, None, ['x'], 1).__name__); tr(lambda: __import__('sub', {'__package__':'pkg'}, None, [], 1).__name__); tr(lambda: __import__('deep.m2', {'__package__':'pkg'}, None, [], 1).__name__)
tr(lambda: __import__('x', {}, None, [], 1)); tr(lambda: __import__('x', {'__package__':5}, None, [], 1)); tr(lambda: __import__('x', {'__name__':'__main__'}, None, [], 1)); tr(lambda: __import__('x', None, None, [], 1)); tr(lambda: __import__('x', {}, None, [], -1))
print(importlib.__import__('pkg.sub').__name__, sys.modules['importlib._bootstrap'].__name__)
print(importlib.util.decode_source(b'# -*- coding: latin-1 -*-\r\nx="\xe9"\r\n'))
loader = importlib.machinery.SourceFileLoader('zz', os.path.join(base, 'pkg/sub.py'))
print(loader.is_package('zz'), loader.get_source('zz'), loader.get_filename('zz').replace(base,'BASE'), loader == importlib.machinery.SourceFileLoader('zz', os.path.join(base, 'pkg/sub.py'))); tr(lambda: loader.get_filename('yy')); tr(lambda: loader.get_data('/nosuch'))
print(loader.get_code('zz').co_filename.replace(base,'BASE'), sorted(loader.path_stats(loader.path)))
ff = importlib.machinery.FileFinder(base, (importlib.machinery.SourceFileLoader, ['.py'])); print(repr(ff).replace(base,'BASE'), ff.find_spec('pkg').name, ff.find_spec('zork'), ff.find_spec('ns1').loader)
tr(lambda: importlib.machinery.FileFinder.path_hook()('/nosuchdir')); print(importlib.machinery.PathFinder.find_spec('pkg').name, importlib.machinery.BuiltinImporter.find_spec('sys'), importlib.machinery.BuiltinImporter.find_spec('os'))
print([type(x).__name__ if not isinstance(x,type) else x.__name__ for x in sys.meta_path])
ms = importlib.machinery.ModuleSpec('a.b', None, is_package=True); print(ms, ms.parent, ms.cached, ms.has_location, ms == importlib.machinery.ModuleSpec('a.b', None, is_package=True), ms == 5, vars(ms)); tr(lambda: hash(ms))
print(importlib.util.MAGIC_NUMBER[2:], len(importlib.util.MAGIC_NUMBER))
import zipfile
with zipfile.ZipFile(os.path.join(base,'z.zip'),'w') as z: z.writestr('zmod.py','val="zipped"\n'); z.writestr('zp/__init__.py','') ; z.writestr('zp/a.py','b=1')
sys.path.insert(0, os.path.join(base,'z.zip')); import zmod, zp.a; print(zmod.val, zp.a.b, zmod.__file__.replace(base,'BASE'), type(zmod.__loader__).__name__)
import importlib.resources
import pkgutil; print([m.name for m in pkgutil.iter_modules([os.path.join(base,'pkg')])])
import shutil; shutil.rmtree(base)

# Names that importlib's modules ask for, and others that come with them.
import tempfile
import importlib._bootstrap as bootstrap
import importlib._bootstrap_external as external

print(external._pack_uint32(258), external._unpack_uint32(b"\x01\0\0\0"), external._unpack_uint16(b"\x01\1"))
print(external.path_sep, external._path_join("a/", "b"), external._path_split("a/b/c"), external._path_isabs("/a"))
print(external._get_sourcefile("a/__pycache__/none.cpython-311.pyc"), external._relax_case())
print(bootstrap.__import__("json").__name__, bootstrap._builtin_from_name("sys").__name__)
for wrong in b"abcd", external.MAGIC_NUMBER + b"1234":
    try:
        external._classify_pyc(wrong, "named", {})
    except (ImportError, EOFError) as e:
        print(type(e).__name__, "named" in str(e))
try:
    external.no_such_name
except AttributeError as e:
    print(type(e).__name__)
with tempfile.TemporaryDirectory() as where:
    os.mkdir(os.path.join(where, "spaced_out"))
    sys.path.insert(0, where)
    import spaced_out

    print(type(spaced_out.__loader__).__name__, spaced_out.__loader__.is_package("x"), list(spaced_out.__path__) == [os.path.join(where, "spaced_out")])
    sys.path.remove(where)
