# SPDX-License-Identifier: MIT
"""What importlib's own modules ask _frozen_importlib and _frozen_importlib_external for: `import importlib.util` runs this.

It is compiled when the first of the names that are no natives is asked for, and nothing here may need importlib_cold.py,
which runs later, if ever, in the same namespace (see src/runtime/import_cold.c).
"""
import _imp
import _io
import _warnings
import posix as _os
import sys
import _frozen_importlib as _bootstrap
from _frozen_importlib_external import FileLoader, _LoaderBasics

path_sep = '/'
path_separators = '/'
_PYCACHE = '__pycache__'
_OPT = 'opt-'
MAGIC_NUMBER = _imp._magic_number()
_RAW_MAGIC_NUMBER = int.from_bytes(MAGIC_NUMBER, 'little')


def _verbose_message(message, *args, verbosity=1):
    if sys.flags.verbose < verbosity:
        return
    lead = '' if message.startswith(('#', 'import ')) else '# '
    print(lead + message.format(*args), file=sys.stderr)


def _wrap(new, old):
    for name in ('__module__', '__name__', '__qualname__', '__doc__'):
        if hasattr(old, name):
            setattr(new, name, getattr(old, name))
    new.__dict__.update(old.__dict__)


def __import__(name, globals=None, locals=None, fromlist=(), level=0):
    """What the import statement does; see builtins.__import__."""
    return _imp._import(name, {} if globals is None else globals, locals, fromlist, level)


def _pack_uint32(x):
    return (int(x) & 0xFFFFFFFF).to_bytes(4, 'little')


def _unpack_uint32(data):
    assert len(data) == 4
    return int.from_bytes(data, 'little')


def _path_join(*path_parts):
    return path_sep.join([part.rstrip(path_separators) for part in path_parts if part])


def _path_split(path):
    front, _, tail = path.rpartition(path_sep)
    return front, tail


def _path_isabs(path):
    return path.startswith(path_separators)


def cache_from_source(path, debug_override=None, *, optimization=None):
    """The .pyc file of a source file, whether it exists or not."""
    if debug_override is not None:
        _warnings.warn("the debug_override parameter is deprecated; use 'optimization' instead", DeprecationWarning)
        if optimization is not None:
            raise TypeError('debug_override or optimization must be set to None')
        optimization = '' if debug_override else 1
    path = _os.fspath(path)
    head, tail = _path_split(path)
    base, dot, rest = tail.rpartition('.')
    tag = sys.implementation.cache_tag
    if tag is None:
        raise NotImplementedError('sys.implementation.cache_tag is None')
    name = (base or rest) + dot + tag
    if optimization is None:
        optimization = sys.flags.optimize or ''
    optimization = str(optimization)
    if optimization:
        if not optimization.isalnum():
            raise ValueError(f'{optimization!r} is not alphanumeric')
        name = f'{name}.{_OPT}{optimization}'
    name += '.pyc'
    if sys.pycache_prefix is None:
        return _path_join(head, _PYCACHE, name) if head or not path.startswith('/') else '/' + _path_join(_PYCACHE, name)
    if not _path_isabs(head):
        head = _path_join(_os.getcwd(), head)
    return _path_join(sys.pycache_prefix, head.lstrip(path_separators), name)


def source_from_cache(path):
    """The source file of a .pyc file, whether it exists or not."""
    if sys.implementation.cache_tag is None:
        raise NotImplementedError('sys.implementation.cache_tag is None')
    path = _os.fspath(path)
    head, name = _path_split(path)
    mirrored = False
    if sys.pycache_prefix is not None:
        prefix = sys.pycache_prefix.rstrip(path_separators)
        if head.startswith(prefix + path_sep):
            head = head[len(prefix):]
            mirrored = True
    if not mirrored:
        head, directory = _path_split(head)
        if directory != _PYCACHE:
            raise ValueError(f'{_PYCACHE} not bottom-level directory in {path!r}')
    dots = name.count('.')
    if dots not in (2, 3):
        raise ValueError(f'expected only 2 or 3 dots in {name!r}')
    if dots == 3:
        optimization = name.rsplit('.', 2)[-2]
        if not optimization.startswith(_OPT):
            raise ValueError(f'optimization portion of filename does not start with {_OPT!r}')
        if not optimization[len(_OPT):].isalnum():
            raise ValueError(f'optimization level {optimization!r} is not an alphanumeric value')
    return _path_join(head, name.partition('.')[0] + '.py')


def decode_source(source_bytes):
    """The text of source bytes, its encoding found as the compiler finds it, with universal newlines."""
    import tokenize
    encoding = tokenize.detect_encoding(_io.BytesIO(source_bytes).readline)
    newlines = _io.IncrementalNewlineDecoder(None, True)
    return newlines.decode(source_bytes.decode(encoding[0]))


def _check_name(method):
    def checked(self, name=None, *args, **kwargs):
        if name is None:
            name = self.name
        elif self.name != name:
            raise ImportError(f'loader for {self.name} cannot handle {name}', name=name)
        return method(self, name, *args, **kwargs)
    _wrap(checked, method)
    return checked


# ---- loaders --------------------------------------------------------------------------------------------------------------------------
class ExtensionFileLoader(FileLoader, _LoaderBasics):
    """Loader of extension modules: this interpreter has none, so loading one says so."""

    def __init__(self, name, path):
        self.name = name
        self.path = path

    def __eq__(self, other):
        return self.__class__ == other.__class__ and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

    def create_module(self, spec):
        return _imp.create_dynamic(spec)

    def exec_module(self, module):
        _imp.exec_dynamic(module)

    def is_package(self, fullname):
        stem = _path_split(self.path)[1]
        return any(stem == '__init__' + suffix for suffix in _imp.extension_suffixes())

    def get_code(self, fullname):
        return None

    def get_source(self, fullname):
        return None

    @_check_name
    def get_filename(self, fullname):
        return self.path


class _NamespacePath:
    """The __path__ of a namespace package: computed anew when its parent's path has changed."""

    _epoch = 0  # grows with PathFinder.invalidate_caches

    def __init__(self, name, path, path_finder):
        self._name = name
        self._path = path
        self._last_parent_path = tuple(self._get_parent_path())
        self._last_epoch = self._epoch
        self._path_finder = path_finder

    def _find_parent_path_names(self):
        parent, dot, _ = self._name.rpartition('.')
        return (parent, '__path__') if dot else ('sys', 'path')

    def _get_parent_path(self):
        module, attribute = self._find_parent_path_names()
        return getattr(sys.modules[module], attribute)

    def _recalculate(self):
        parent_path = tuple(self._get_parent_path())
        if parent_path != self._last_parent_path or self._epoch != self._last_epoch:
            spec = self._path_finder(self._name, parent_path)
            if spec is not None and spec.loader is None and spec.submodule_search_locations:
                self._path = spec.submodule_search_locations
            self._last_parent_path = parent_path
            self._last_epoch = self._epoch
        return self._path

    def __iter__(self):
        return iter(self._recalculate())

    def __getitem__(self, index):
        return self._recalculate()[index]

    def __setitem__(self, index, path):
        self._path[index] = path

    def __len__(self):
        return len(self._recalculate())

    def __repr__(self):
        return f'_NamespacePath({self._path!r})'

    def __contains__(self, item):
        return item in self._recalculate()

    def append(self, item):
        self._path.append(item)


class NamespaceLoader:
    """Loader of namespace packages, which have no code."""

    def __init__(self, name, path, path_finder):
        self._path = _NamespacePath(name, path, path_finder)

    @staticmethod
    def module_repr(module):
        _warnings.warn('NamespaceLoader.module_repr() is deprecated and slated for removal in Python 3.12',
                       DeprecationWarning)
        return f'<module {module.__name__!r} (namespace)>'

    def is_package(self, fullname):
        return True

    def get_source(self, fullname):
        return ''

    def get_code(self, fullname):
        return compile('', '<string>', 'exec', dont_inherit=True)

    def create_module(self, spec):
        """None: a module is made as usual."""

    def exec_module(self, module):
        pass

    def load_module(self, fullname):
        _verbose_message('namespace module loaded with path {!r}', self._path)
        return _bootstrap._load_module_shim(self, fullname)

    def get_resource_reader(self, module):
        from importlib.readers import NamespaceReader
        return NamespaceReader(self._path)


_NamespaceLoader = NamespaceLoader
NamespaceLoader.__module__ = _NamespacePath.__module__ = ExtensionFileLoader.__module__ = '_frozen_importlib_external'


class WindowsRegistryFinder:
    """Finder for modules declared in the Windows registry: there is none here."""

    REGISTRY_KEY = 'Software\\Python\\PythonCore\\{sys_version}\\Modules\\{fullname}'
    REGISTRY_KEY_DEBUG = REGISTRY_KEY + '\\Debug'
    DEBUG_BUILD = False

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        return None

    @classmethod
    def find_module(cls, fullname, path=None):
        _warnings.warn('WindowsRegistryFinder.find_module() is deprecated and slated for removal in Python 3.12; '
                       'use find_spec() instead', DeprecationWarning)
        return None


WindowsRegistryFinder.__module__ = '_frozen_importlib_external'
