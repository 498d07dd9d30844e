# SPDX-License-Identifier: MIT
"""The seldom used part of _frozen_importlib and _frozen_importlib_external.

It is compiled when the first of its names is asked for (see src/runtime/import_cold.c); finders, loaders and everything
that an ordinary import needs are natives in src/runtime/import_*.c.  The names are importlib's own.
"""
import _imp
import _io
import _thread
import _warnings
import _weakref
import marshal
import posix as _os
import sys
import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _bootstrap_external
from _frozen_importlib import (BuiltinImporter, FrozenImporter, ModuleSpec, _calc___package__, _exec, _find_and_load,
                               _find_spec, _gcd_import, _handle_fromlist, _init_module_attrs, _load, _load_unlocked,
                               _resolve_name, module_from_spec, spec_from_loader)
from _frozen_importlib_external import (FileFinder, FileLoader, PathFinder, SourceFileLoader, SourcelessFileLoader,
                                        SourceLoader, _LoaderBasics, spec_from_file_location as _spec_from_file)

# ---- names and messages --------------------------------------------------------------------------------------------------
_ERR_MSG_PREFIX = 'No module named '
_ERR_MSG = _ERR_MSG_PREFIX + '{!r}'
_NEEDS_LOADING = object()
_POPULATE = object()
path_sep = '/'
path_separators = '/'
path_sep_tuple = ('/',)
_pathseps_with_colon = {':/'}
_MS_WINDOWS = False
_CASE_INSENSITIVE_PLATFORMS_STR_KEY = ('win',)
_CASE_INSENSITIVE_PLATFORMS_BYTES_KEY = ('cygwin', 'darwin')
_CASE_INSENSITIVE_PLATFORMS = _CASE_INSENSITIVE_PLATFORMS_BYTES_KEY + _CASE_INSENSITIVE_PLATFORMS_STR_KEY
_PYCACHE = '__pycache__'
_OPT = 'opt-'
MAGIC_NUMBER = _imp._magic_number()
_RAW_MAGIC_NUMBER = int.from_bytes(MAGIC_NUMBER, 'little')
_code_type = type((lambda: 0).__code__)


def _object_name(obj):
    return obj.__qualname__ if hasattr(obj, '__qualname__') else type(obj).__qualname__


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


def _new_module(name):
    return type(sys)(name)


def _call_with_frames_removed(f, *args, **kwds):
    return f(*args, **kwds)


# ---- locks -----------------------------------------------------------------------------------------------------------------
_module_locks = {}
_blocking_on = {}


class _DeadlockError(RuntimeError):
    pass


class _ModuleLock:
    """The lock of one module name, as the interpreter itself takes it while importing."""

    def __init__(self, name):
        self.name = name
        self.owner = None
        self.count = 0
        self._held = []

    def has_deadlock(self):
        return False

    def acquire(self):
        lock = _imp._module_lock_acquire(self.name)
        if lock is None:
            raise _DeadlockError(f'deadlock detected by {self!r}')
        self._held.append(lock)
        self.owner = _thread.get_ident()
        self.count += 1
        return True

    def release(self):
        if self.owner != _thread.get_ident():
            raise RuntimeError('cannot release un-acquired lock')
        self.count -= 1
        if not self.count:
            self.owner = None
        _imp._module_lock_release(self._held.pop())

    def __repr__(self):
        return f'_ModuleLock({self.name!r}) at {id(self)}'


class _DummyModuleLock:
    """A lock for programs without threads: it only counts."""

    def __init__(self, name):
        self.name = name
        self.count = 0

    def acquire(self):
        self.count += 1
        return True

    def release(self):
        if not self.count:
            raise RuntimeError('cannot release un-acquired lock')
        self.count -= 1

    def __repr__(self):
        return f'_DummyModuleLock({self.name!r}) at {id(self)}'


def _get_module_lock(name):
    reference = _module_locks.get(name)
    lock = reference() if reference else None
    if lock is None:
        lock = _ModuleLock(name)
        _module_locks[name] = _weakref.ref(lock, lambda _, name=name: _module_locks.pop(name, None))
    return lock


class _ModuleLockManager:
    def __init__(self, name):
        self._name = name
        self._lock = None

    def __enter__(self):
        self._lock = _get_module_lock(self._name)
        self._lock.acquire()

    def __exit__(self, *exc_info):
        self._lock.release()


def _lock_unlock_module(name):
    lock = _get_module_lock(name)
    try:
        lock.acquire()
    except _DeadlockError:
        return  # a circular import between threads: the module as far as it got will do
    lock.release()


class _ImportLockContext:
    """Holds the import lock."""

    def __enter__(self):
        _imp.acquire_lock()

    def __exit__(self, *exc_info):
        _imp.release_lock()


# ---- finding and loading -------------------------------------------------------------------------------------------------------
def _sanity_check(name, package, level):
    if not isinstance(name, str):
        raise TypeError(f'module name must be str, not {type(name)}')
    if level < 0:
        raise ValueError('level must be >= 0')
    if level:
        if not isinstance(package, str):
            raise TypeError('__package__ not set to a string')
        if not package:
            raise ImportError('attempted relative import with no known parent package')
    elif not name:
        raise ValueError('Empty module name')


def __import__(name, globals=None, locals=None, fromlist=(), level=0):
    """What the import statement does; see builtins.__import__."""
    return _imp._import(name, {} if globals is None else globals, locals, fromlist, level)


def _find_and_load_unlocked(name, import_):
    return _find_and_load(name, import_)


def _find_spec_legacy(finder, name, path):
    _warnings.warn(f'{_object_name(finder)}.find_spec() not found; falling back to find_module()', ImportWarning)
    loader = finder.find_module(name, path)
    return None if loader is None else spec_from_loader(name, loader)


def _load_backward_compatible(spec):
    return _load_unlocked(spec)


def _load_module_shim(self, fullname):
    _warnings.warn('the load_module() method is deprecated and slated for removal in Python 3.12; '
                   'use exec_module() instead', DeprecationWarning)
    spec = spec_from_loader(fullname, self)
    module = sys.modules.get(fullname)
    if module is None and fullname not in sys.modules:
        return _load(spec)
    _exec(spec, module)
    return sys.modules[fullname]


def _find_module_shim(self, fullname):
    _warnings.warn('find_module() is deprecated and slated for removal in Python 3.12; use find_spec() instead',
                   DeprecationWarning)
    loader, portions = self.find_loader(fullname)
    if loader is None and portions:
        _warnings.warn(f'Not importing directory {portions[0]}: missing __init__', ImportWarning)
    return loader


def _legacy_get_spec(fullname, finder):
    if hasattr(finder, 'find_loader'):
        _warnings.warn(f'{_object_name(finder)}.find_spec() not found; falling back to find_loader()', ImportWarning)
        loader, portions = finder.find_loader(fullname)
    else:
        _warnings.warn(f'{_object_name(finder)}.find_spec() not found; falling back to find_module()', ImportWarning)
        loader, portions = finder.find_module(fullname), []
    if loader is not None:
        return spec_from_loader(fullname, loader)
    spec = ModuleSpec(fullname, None)
    spec.submodule_search_locations = portions
    return spec


def _module_repr_from_spec(spec):
    name = '?' if spec.name is None else spec.name
    if spec.origin is None:
        return f'<module {name!r}>' if spec.loader is None else f'<module {name!r} ({spec.loader!r})>'
    if spec.has_location:
        return f'<module {name!r} from {spec.origin!r}>'
    return f'<module {spec.name!r} ({spec.origin})>'


def _module_repr(module):
    loader = getattr(module, '__loader__', None)
    spec = getattr(module, '__spec__', None)
    if spec:
        return _module_repr_from_spec(spec)
    name = getattr(module, '__name__', '?')
    if hasattr(module, '__file__'):
        return f'<module {name!r} from {module.__file__!r}>'
    return f'<module {name!r}>' if loader is None else f'<module {name!r} ({loader!r})>'


def _spec_from_module(module, loader=None, origin=None):
    spec = getattr(module, '__spec__', None)
    if spec is not None:
        return spec
    if loader is None:
        loader = getattr(module, '__loader__', None)
    location = getattr(module, '__file__', None)
    if origin is None:
        origin = (loader is not None and getattr(loader, '_ORIGIN', None)) or location
    spec = ModuleSpec(module.__name__, loader, origin=origin)
    spec._set_fileattr = location is not None and origin == location
    spec.cached = getattr(module, '__cached__', None)
    spec.submodule_search_locations = list(module.__path__) if hasattr(module, '__path__') else None
    return spec


def _builtin_from_name(name):
    spec = BuiltinImporter.find_spec(name)
    if spec is None:
        raise ImportError('no built-in module named ' + name)
    return _load_unlocked(spec)


def _requires(check, kind):
    def decorate(function):
        def checked(self, fullname):
            if not check(fullname):
                raise ImportError(f'{fullname!r} is not a {kind} module', name=fullname)
            return function(self, fullname)
        _wrap(checked, function)
        return checked
    return decorate


_requires_builtin = _requires(lambda name: name in sys.builtin_module_names, 'built-in')
_requires_frozen = _requires(_imp.is_frozen, 'frozen')


def _setup(sys_module, _imp_module):
    """The interpreter has set everything up already."""


def _install(*modules):
    """The interpreter has installed its importers already."""


def _install_external_importers():
    """The interpreter has installed its importers already."""


def _set_bootstrap_module(_bootstrap_module):
    """The two modules know each other already."""


# ---- numbers and paths -----------------------------------------------------------------------------------------------------------
def _pack_uint32(x):
    return (int(x) & 0xFFFFFFFF).to_bytes(4, 'little')


def _unpack_uint32(data):
    assert len(data) == 4
    return int.from_bytes(data, 'little')


def _unpack_uint16(data):
    assert len(data) == 2
    return int.from_bytes(data, 'little')


def _relax_case():
    return False


def _make_relax_case():
    return _relax_case


def _path_join(*path_parts):
    return path_sep.join([part.rstrip(path_separators) for part in path_parts if part])


def _path_split(path):
    front, _, tail = path.rpartition(path_sep)
    return front, tail


def _path_stat(path):
    return _os.stat(path)


def _path_is_mode_type(path, mode):
    try:
        return _path_stat(path).st_mode & 0o170000 == mode
    except OSError:
        return False


def _path_isfile(path):
    return _path_is_mode_type(path, 0o100000)


def _path_isdir(path):
    return _path_is_mode_type(path or _os.getcwd(), 0o040000)


def _path_isabs(path):
    return path.startswith(path_separators)


def _write_atomic(path, data, mode=0o666):
    beside = f'{path}.{id(path)}'
    descriptor = _os.open(beside, _os.O_EXCL | _os.O_CREAT | _os.O_WRONLY, mode & 0o666)
    try:
        with _io.FileIO(descriptor, 'wb') as file:
            file.write(data)
        _os.replace(beside, path)
    except OSError:
        try:
            _os.unlink(beside)
        except OSError:
            pass
        raise


# ---- cache files ---------------------------------------------------------------------------------------------------------------------
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


def _get_sourcefile(bytecode_path):
    if not bytecode_path:
        return None
    rest, _, extension = bytecode_path.rpartition('.')
    if not rest or extension.lower()[-3:-1] != 'py':
        return bytecode_path
    try:
        source = source_from_cache(bytecode_path)
    except (NotImplementedError, ValueError):
        source = bytecode_path[:-1]
    return source if _path_isfile(source) else bytecode_path


def _get_cached(filename):
    if filename.endswith('.py'):
        try:
            return cache_from_source(filename)
        except NotImplementedError:
            return None
    return filename if filename.endswith('.pyc') else None


def _calc_mode(path):
    try:
        mode = _path_stat(path).st_mode
    except OSError:
        mode = 0o666
    return mode | 0o200


def _check_name(method):
    def checked(self, name=None, *args, **kwargs):
        if name is None:
            name = self.name
        elif self.name != name:
            raise ImportError(f'loader for {self.name} cannot handle {name}', name=name)
        return method(self, name, *args, **kwargs)
    _wrap(checked, method)
    return checked


def _classify_pyc(data, name, exc_details):
    magic = data[:4]
    if magic != MAGIC_NUMBER:
        message = f'bad magic number in {name!r}: {magic!r}'
        _verbose_message('{}', message)
        raise ImportError(message, **exc_details)
    if len(data) < 16:
        message = f'reached EOF while reading pyc header of {name!r}'
        _verbose_message('{}', message)
        raise EOFError(message)
    flags = _unpack_uint32(data[4:8])
    if flags & ~3:
        raise ImportError(f'invalid flags {flags!r} in {name!r}', **exc_details)
    return flags


def _validate_timestamp_pyc(data, source_mtime, source_size, name, exc_details):
    stale = _unpack_uint32(data[8:12]) != source_mtime & 0xFFFFFFFF
    if not stale and source_size is not None:
        stale = _unpack_uint32(data[12:16]) != source_size & 0xFFFFFFFF
    if stale:
        message = f'bytecode is stale for {name!r}'
        _verbose_message('{}', message)
        raise ImportError(message, **exc_details)


def _validate_hash_pyc(data, source_hash, name, exc_details):
    if data[8:16] != source_hash:
        raise ImportError(f"hash in bytecode doesn't match hash of source {name!r}", **exc_details)


def _compile_bytecode(data, name=None, bytecode_path=None, source_path=None):
    code = marshal.loads(data)
    if not isinstance(code, _code_type):
        raise ImportError(f'Non-code object in {bytecode_path!r}', name=name, path=bytecode_path)
    _verbose_message('code object from {!r}', bytecode_path)
    if source_path is not None:
        _imp._fix_co_filename(code, source_path)
    return code


def _code_to_timestamp_pyc(code, mtime=0, source_size=0):
    data = bytearray(MAGIC_NUMBER)
    data += _pack_uint32(0) + _pack_uint32(mtime) + _pack_uint32(source_size)
    data += marshal.dumps(code)
    return data


def _code_to_hash_pyc(code, source_hash, checked=True):
    data = bytearray(MAGIC_NUMBER)
    data += _pack_uint32(3 if checked else 1)
    assert len(source_hash) == 8
    data += source_hash
    data += marshal.dumps(code)
    return data


def decode_source(source_bytes):
    """The text of source bytes, its encoding found as the compiler finds it, with universal newlines."""
    import tokenize
    encoding = tokenize.detect_encoding(_io.BytesIO(source_bytes).readline)
    newlines = _io.IncrementalNewlineDecoder(None, True)
    return newlines.decode(source_bytes.decode(encoding[0]))


# ---- specs ---------------------------------------------------------------------------------------------------------------------------
def _get_supported_file_loaders():
    return [(ExtensionFileLoader, _imp.extension_suffixes()), (SourceFileLoader, _bootstrap_external.SOURCE_SUFFIXES),
            (SourcelessFileLoader, _bootstrap_external.BYTECODE_SUFFIXES)]


def spec_from_file_location(name, location=None, *, loader=None, submodule_search_locations=_POPULATE):
    """A spec for a module in a file; without a loader the file's suffix chooses one."""
    if location is not None:
        location = _os.fspath(location)
    if loader is None:
        if location is None:
            location = '<unknown>'
        elif not _path_isabs(location):
            try:
                location = _path_join(_os.getcwd(), location)
            except OSError:
                pass
        for loader_class, suffixes in _get_supported_file_loaders():
            if location.endswith(tuple(suffixes)):
                loader = loader_class(name, location)
                break
        else:
            return None
    if submodule_search_locations is _POPULATE:
        return _spec_from_file(name, location, loader)
    return _spec_from_file(name, location, loader, submodule_search_locations)


def _fix_up_module(ns, name, pathname, cpathname=None):
    spec = ns.get('__spec__')
    loader = ns.get('__loader__')
    if not loader:
        if spec:
            loader = spec.loader
        else:
            loader = (SourcelessFileLoader if pathname == cpathname else SourceFileLoader)(name, pathname)
    if not spec:
        spec = spec_from_file_location(name, pathname, loader=loader)
    ns.update(__spec__=spec, __loader__=loader, __file__=pathname, __cached__=cpathname)


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
        return _load_module_shim(self, fullname)

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
