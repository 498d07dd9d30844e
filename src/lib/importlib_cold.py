# SPDX-License-Identifier: MIT
"""The seldom used part of _frozen_importlib and _frozen_importlib_external.

It is compiled when one of its names is asked for, in the namespace of importlib_names.py, which has run before (see
src/runtime/import_cold.c); finders, loaders and everything that an ordinary import needs are natives in
src/runtime/import_*.c.  The names are importlib's own.
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
path_sep_tuple = ('/',)
_pathseps_with_colon = {':/'}
_MS_WINDOWS = False
_CASE_INSENSITIVE_PLATFORMS_STR_KEY = ('win',)
_CASE_INSENSITIVE_PLATFORMS_BYTES_KEY = ('cygwin', 'darwin')
_CASE_INSENSITIVE_PLATFORMS = _CASE_INSENSITIVE_PLATFORMS_BYTES_KEY + _CASE_INSENSITIVE_PLATFORMS_STR_KEY
_code_type = type((lambda: 0).__code__)


def _object_name(obj):
    return obj.__qualname__ if hasattr(obj, '__qualname__') else type(obj).__qualname__


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

    def __del__(self):
        while self._held:  # it ends with its object, whoever has it
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


def _unpack_uint16(data):
    assert len(data) == 2
    return int.from_bytes(data, 'little')


def _relax_case():
    return False


def _make_relax_case():
    return _relax_case


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
