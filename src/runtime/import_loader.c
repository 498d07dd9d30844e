// SPDX-License-Identifier: MIT
// Loaders of files: _LoaderBasics, SourceLoader, FileLoader, SourceFileLoader, SourcelessFileLoader.
//
// Every step is a method that subclasses may replace (get_data, path_stats, source_to_code, …) and is called as one.
// Only an exact, unpatched SourceFileLoader takes the short way (quick_code): stat, read the cache file, unmarshal.
#include "front/compile.h"
#include "object/bytes.h"
#include "object/code.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include "vm/vm.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

Slot class_loader_basics, class_source_loader, class_file_loader, class_source_file_loader, class_sourceless_loader;
static uint32_t quick_version; // the version of SourceFileLoader as made: a patched class has another

// ---- code from files --------------------------------------------------------------------------------------------------------
// Sets co_filename in a code object and those inside it, when it differs: cache files move with their sources.
static int fix_filename(Thread *t, V code, V old, V filename) {
    Code *c = code_of(code);
    if (!str_equal(slot_peek(&c->filename), old)) return 0;
    if (code_thaw(t, c) < 0) return -1;
    slot_set(t, &c->head, &c->filename, filename);
    V consts = slot_peek(&c->consts);
    for (size_t i = 0; i < tuple_len(consts); i++) {
        V inner = tuple_borrow(consts, i);
        if (v_is_exact(inner, &code_type) && fix_filename(t, inner, old, filename) < 0) return -1;
    }
    return 0;
}

int import_fix_filename(Thread *t, V code, V filename) {
    V old = slot_get(v_obj(code), &code_of(code)->filename);
    int r = str_equal(old, filename) ? 0 : fix_filename(t, code, old, filename);
    v_drop(t, old);
    return r;
}

// The code object in the contents of a cache file, behind its header.
static V unmarshal_code(Thread *t, V data, V name, V cache_path, V source_path) {
    V code = code_unmarshal(t, data, PYC_HEADER);
    if (v_is_error(code)) return V_ERROR;
    if (!v_is_exact(code, &code_type)) {
        v_drop(t, code);
        return import_error(t, &exc_ImportError, err_format_message(t, "Non-code object in %R", cache_path), name, cache_path);
    }
    if (source_path != V_NONE && import_fix_filename(t, code, source_path) < 0) {
        v_drop(t, code);
        return V_ERROR;
    }
    return code;
}

static V stale(Thread *t, V name, V path, const char *what) {
    return import_error(t, &exc_ImportError, err_format_message(t, what, name), name, path);
}

// 0 when a cache file fits its source; -1 with ImportError or EOFError when it does not.
static int check_fresh(Thread *t, V data, V name, V path, V source, uint32_t mtime, uint32_t size) {
    uint32_t flags, words[2];
    if (pyc_classify(t, data, name, path, &flags) < 0) return -1;
    memcpy(words, bytes_data(data) + 8, 8);
    if (!(flags & PYC_HASH_BASED)) {
        if (words[0] == mtime && words[1] == size) return 0;
        stale(t, name, path, "bytecode is stale for %R");
        return -1;
    }
    const char *check = start_options.check_hash_pycs;
    if (strcmp(check, "never") != 0 && (flags & PYC_CHECK_SOURCE || strcmp(check, "always") == 0)) {
        V text = file_read_all(t, source);
        if (v_is_error(text)) return -1;
        uint64_t hash = pyc_source_hash(bytes_data(text), bytes_len(text));
        v_drop(t, text);
        if (words[0] == (uint32_t)hash && words[1] == (uint32_t)(hash >> 32)) return 0;
        stale(t, name, path, "hash in bytecode doesn't match hash of source %R");
        return -1;
    }
    return 0;
}

// ---- the short way -----------------------------------------------------------------------------------------------------------
static int stat_path(Thread *t, V path, struct stat *st) {
    const char *name = str_cstr(t, path);
    if (name) return stat(name, st);
    err_clear(t);
    V bytes = str_to_fs_bytes(t, path);
    if (v_is_error(bytes)) {
        err_clear(t);
        errno = EINVAL;
        return -1;
    }
    int r = stat(bytes_data(bytes), st);
    v_drop(t, bytes);
    return r;
}

// Where the cache file of a library we may not write to goes: the same path below $XDG_CACHE_HOME/heddle.
static V shadow_path(Thread *t, V cache_path) {
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (str_len(cache_path) == 0 || str_at(cache_path, 0) != '/') return V_NULL;
    if (base && *base == '/') return str_from_format(t, "%s/heddle%V", base, cache_path);
    if (home && *home == '/') return str_from_format(t, "%s/.cache/heddle%V", home, cache_path);
    return V_NULL;
}

static int make_parents(const char *path) { // of a file
    char copy[4096];
    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy) return -1;
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0777) < 0 && errno != EEXIST && errno != EROFS && errno != EACCES) return -1;
        *slash = '/';
    }
    return 0;
}

// Writes a cache file; where that is not allowed it goes to the shadow tree, and when that fails too nothing happens.
static void write_cache(Thread *t, V path, V data, int mode) {
    V bytes = str_to_fs_bytes(t, path);
    if (v_is_error(bytes)) {
        err_clear(t);
        return;
    }
    make_parents(bytes_data(bytes));
    v_drop(t, bytes);
    if (file_write_atomic(t, path, data, mode) == 0) return;
    err_clear(t);
    V shadow = start_options.pycache_prefix ? V_NULL : shadow_path(t, path);
    if (shadow != V_NULL && !v_is_error(shadow)) {
        const char *name = str_cstr(t, shadow);
        if (name) make_parents(name);
        if (!name || file_write_atomic(t, shadow, data, mode) < 0) err_clear(t);
    }
    v_drop(t, shadow);
    err_clear(t);
}

// V_NULL: no use. A fresh file whose code cannot be read is an error, as it is for CPython.
static V read_cache(Thread *t, V path, V name, V source, uint32_t mtime, uint32_t size) {
    V data = file_read_all(t, path);
    if (!v_is_error(data) && check_fresh(t, data, name, path, source, mtime, size) == 0) {
        V code = unmarshal_code(t, data, name, path, source);
        v_drop(t, data);
        return code;
    }
    v_drop(t, data);
    if (!err_matches(t, &exc_OSError) && !err_matches(t, &exc_ImportError) && !err_matches(t, &exc_EOFError) &&
        !err_matches(t, &exc_ValueError))
        return V_ERROR;
    err_clear(t);
    return V_NULL;
}

static V cached_code(Thread *t, V cache_path, V name, V source, const struct stat *st) {
    uint32_t mtime = (uint32_t)st->st_mtime, size = (uint32_t)st->st_size;
    V code = read_cache(t, cache_path, name, source, mtime, size);
    if (code != V_NULL || start_options.pycache_prefix) return code;
    V shadow = shadow_path(t, cache_path);
    if (shadow == V_NULL || v_is_error(shadow)) {
        err_clear(t);
        return V_NULL;
    }
    code = read_cache(t, shadow, name, source, mtime, size);
    v_drop(t, shadow);
    return code;
}

static bool may_write_cache(Thread *t) {
    V flag = sys_get_name(t, NAME(dont_write_bytecode));
    int no = flag == V_NULL ? 0 : obj_is_true(t, flag);
    v_drop(t, flag);
    if (no < 0) err_clear(t);
    return no == 0;
}

static V quick_code(Thread *t, V name, V path) {
    struct stat st;
    if (stat_path(t, path, &st) < 0) return err_errno(t, &exc_OSError, path, V_NULL);
    bool caching = module_def_find("marshal") != NULL;
    V cache_path = caching ? cache_from_source(t, path, -1) : V_NULL;
    if (v_is_error(cache_path)) return V_ERROR;
    V code = caching ? cached_code(t, cache_path, name, path, &st) : V_NULL;
    if (code == V_NULL) {
        V text = file_read_all(t, path);
        code = v_is_error(text) ? V_ERROR : compile_source(t, text, path, FRONT_EXEC, 0, -1, FRONT_FEATURE_VERSION);
        if (!v_is_error(code) && caching && may_write_cache(t)) {
            V data = pyc_timestamp(t, code, (uint32_t)st.st_mtime, (uint32_t)bytes_len(text));
            if (v_is_error(data)) err_clear(t); // a constant that cannot be stored
            else write_cache(t, cache_path, data, (int)st.st_mode | 0200);
            v_drop(t, data);
        }
        v_drop(t, text);
    }
    v_drop(t, cache_path);
    return code;
}

static bool is_quick(V loader) {
    Type *type = v_as_type(slot_peek(&class_source_file_loader));
    return v_is_exact(loader, type) && at_load_acquire(&type->version) == quick_version && quick_version;
}

// ---- _LoaderBasics -------------------------------------------------------------------------------------------------------------
static NATIVE(basics_is_package) {
    UNUSED_NATIVE();
    V filename = obj_call_method1(t, self, NAME(get_filename), args[0]);
    if (v_is_error(filename)) return V_ERROR;
    if (!v_is_str(filename) || !v_is_str(args[0])) {
        v_drop(t, filename);
        return err_set(t, &exc_TypeError, "expected str, bytes or os.PathLike object");
    }
    size_t n = str_len(filename), len = str_len(args[0]);
    ptrdiff_t slash = str_find_char(filename, '/', 0, n, -1), dot = str_find_char(filename, '.', (size_t)(slash + 1), n, -1);
    V base = str_substring(t, filename, (size_t)(slash + 1), dot < 0 ? n : (size_t)dot);
    ptrdiff_t name_dot = str_find_char(args[0], '.', 0, len, -1);
    V tail = str_substring(t, args[0], (size_t)(name_dot + 1), len);
    bool result = !v_is_error(base) && !v_is_error(tail) && str_equal_ascii(base, "__init__") && !str_equal_ascii(tail, "__init__");
    V answer = v_is_error(base) || v_is_error(tail) ? V_ERROR : v_from_bool(result);
    v_drop(t, base);
    v_drop(t, tail);
    v_drop(t, filename);
    return answer;
}

static NATIVE(basics_create_module) {
    UNUSED_NATIVE();
    return V_NONE;
}

static int exec_code(Thread *t, V code, V module) {
    V dict = v_is_exact(module, &module_type) ? v_dup(module_dict_borrow(module)) : obj_getattr(t, module, NAME(__dict__));
    if (v_is_error(dict)) return -1;
    int has = dict_contains(t, dict, NAME(__builtins__));
    if (has == 0) has = dict_set(t, dict, NAME(__builtins__), builtins_dict_borrow());
    V result = has < 0 ? V_ERROR : vm_eval_code(t, code, dict, dict);
    v_drop(t, dict);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

int source_loader_exec(Thread *t, V loader, V module) {
    V name = obj_getattr(t, module, NAME(__name__));
    V code = v_is_error(name) ? V_ERROR : obj_call_method1(t, loader, NAME(get_code), name);
    int r = v_is_error(code) ? -1 : 0;
    if (code == V_NONE) {
        err_set(t, &exc_ImportError, "cannot load module %R when get_code() returns None", name);
        r = -1;
    } else if (r == 0) {
        if (v_is_exact(code, &code_type)) {
            r = exec_code(t, code, module);
        } else {
            err_set(t, &exc_TypeError, "exec() arg 1 must be a string, bytes or code object");
            r = -1;
        }
    }
    v_drop(t, code);
    v_drop(t, name);
    return r;
}

static NATIVE(basics_exec_module) {
    UNUSED_NATIVE();
    return source_loader_exec(t, self, args[0]) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(basics_load_module) {
    UNUSED_NATIVE();
    V shim = import_cold(t, "_load_module_shim");
    if (v_is_error(shim)) return V_ERROR;
    V module = obj_call2(t, shim, self, args[0]);
    v_drop(t, shim);
    return module;
}

static const Method basics_methods[] = {
    {"is_package", basics_is_package, "fullname", LOCK_NONE, 0, NULL},
    {"create_module", basics_create_module, "spec", LOCK_NONE, 0, "None: a module is made as usual."},
    {"exec_module", basics_exec_module, "module", LOCK_NONE, 0, "Runs the module's code."},
    {"load_module", basics_load_module, "fullname", LOCK_NONE, 0, "Deprecated."},
    METHOD_END,
};

// ---- SourceLoader ----------------------------------------------------------------------------------------------------------------
static NATIVE(source_path_mtime) {
    UNUSED_NATIVE();
    return err_set_none(t, &exc_OSError);
}

static NATIVE(source_path_stats) {
    UNUSED_NATIVE();
    V mtime = obj_call_method1(t, self, NAME(path_mtime), args[0]);
    V dict = v_is_error(mtime) ? V_ERROR : dict_new(t);
    if (!v_is_error(dict) && dict_set(t, dict, NAME(mtime), mtime) < 0) {
        v_drop(t, dict);
        dict = V_ERROR;
    }
    v_drop(t, mtime);
    return dict;
}

static NATIVE(source_cache_bytecode) {
    UNUSED_NATIVE();
    return obj_call_method2(t, self, NAME(set_data), args[1], args[2]);
}

static NATIVE(source_set_data) {
    UNUSED_NATIVE();
    return V_NONE;
}

static NATIVE(source_get_source) {
    UNUSED_NATIVE();
    V path = obj_call_method1(t, self, NAME(get_filename), args[0]);
    if (v_is_error(path)) return V_ERROR;
    V data = obj_call_method1(t, self, NAME(get_data), path), text = V_ERROR;
    if (!v_is_error(data)) {
        text = source_decode(t, data);
    } else if (err_matches(t, &exc_OSError)) {
        V cause = err_fetch(t);
        import_error(t, &exc_ImportError, str_from_cstr(t, "source not available through get_data()"), args[0], V_NULL);
        V exc = err_fetch(t);
        exc_set_cause_steal(t, exc, v_dup(cause));
        exc_set_context_steal(t, exc, cause);
        err_restore_steal(t, exc);
    }
    v_drop(t, data);
    v_drop(t, path);
    return text;
}

static NATIVE(source_source_to_code) {
    UNUSED_NATIVE();
    int optimize = -1;
    if (args[2] != V_NULL && num_as_int(t, args[2], &optimize) < 0) return V_ERROR;
    V compile = dict_get_c(t, builtins_dict_borrow(), "compile");
    if (compile == V_NULL) return err_set(t, &exc_RuntimeError, "lost builtins.compile");
    V a[5] = {args[0], args[1], NAME_STR("exec"), V_TRUE, v_from_int(optimize)};
    V names = tuple_pack(t, 2, NAME(dont_inherit), NAME(optimize));
    V code = v_is_error(names) ? V_ERROR : obj_call(t, compile, a, 3, names);
    v_drop(t, names);
    v_drop(t, compile);
    return code;
}

static NATIVE(source_get_code) {
    UNUSED_NATIVE();
    return source_code(t, self, args[0]);
}

static const Method source_methods[] = {
    {"path_mtime", source_path_mtime, "path", LOCK_NONE, 0, "The modification time of the source, or OSError."},
    {"path_stats", source_path_stats, "path", LOCK_NONE, 0, "A dict with 'mtime' and optionally 'size'."},
    {"_cache_bytecode", source_cache_bytecode, "source_path, cache_path, data", LOCK_NONE, 0, NULL},
    {"set_data", source_set_data, "path, data", LOCK_NONE, 0, "Writes data to a file: does nothing here."},
    {"get_source", source_get_source, "fullname", LOCK_NONE, 0, "The text of the module."},
    {"source_to_code", source_source_to_code, "data, path, *, _optimize=-1", LOCK_NONE, 0, "Compiles the source."},
    {"get_code", source_get_code, "fullname", LOCK_NONE, 0, "The module's code, from the cache file when it is up to date."},
    METHOD_END,
};

// ---- SourceLoader.get_code, step by step through the loader's methods --------------------------------------------------------------
typedef struct SourceState { // values are stack values or V_NULL
    Thread *t;
    V loader, name, path, cache_path, text;
    int64_t mtime, size; // mtime -1: unknown; size -1: not told
    bool hash_based, check_source;
} SourceState;

// 1: the pending exception means "no cache file"; cleared.
static int forgive(Thread *t, const Type *a, const Type *b) {
    if (!err_matches(t, a) && !(b && err_matches(t, b))) return -1;
    err_clear(t);
    return 1;
}

static int item_as_i64(Thread *t, V dict, V key, int64_t *out) { // floats are truncated; missing: unchanged
    V v = obj_getitem(t, dict, key);
    if (v_is_error(v)) return forgive(t, &exc_KeyError, NULL) < 0 ? -1 : 0;
    V whole = v == V_NONE ? V_NONE : num_int(t, v);
    v_drop(t, v);
    if (v_is_error(whole)) return -1;
    int r = whole == V_NONE ? 0 : int_as_i64(t, whole, out);
    v_drop(t, whole);
    return r;
}

static int ask_stats(SourceState *s) { // 0 known, 1 unknown
    V stats = obj_call_method1(s->t, s->loader, NAME(path_stats), s->path);
    if (v_is_error(stats)) return forgive(s->t, &exc_OSError, NULL);
    int r = item_as_i64(s->t, stats, NAME(mtime), &s->mtime);
    if (r == 0) r = item_as_i64(s->t, stats, NAME(size), &s->size);
    v_drop(s->t, stats);
    return r;
}

static V get_data(SourceState *s, V path) {
    V data = obj_call_method1(s->t, s->loader, NAME(get_data), path);
    if (v_is_error(data) || v_is_exact(data, &bytes_type)) return data;
    V bytes = bytes_from_object(s->t, data);
    v_drop(s->t, data);
    return bytes;
}

static int check_cache(SourceState *s, V data) { // 0 fresh
    Thread *t = s->t;
    uint32_t flags, words[2];
    if (pyc_classify(t, data, s->name, s->cache_path, &flags) < 0) return -1;
    memcpy(words, bytes_data(data) + 8, 8);
    s->hash_based = flags & PYC_HASH_BASED;
    if (!s->hash_based) {
        if (words[0] == (uint32_t)s->mtime && (s->size < 0 || words[1] == (uint32_t)s->size)) return 0;
        stale(t, s->name, s->cache_path, "bytecode is stale for %R");
        return -1;
    }
    s->check_source = flags & PYC_CHECK_SOURCE;
    const char *check = start_options.check_hash_pycs;
    if (strcmp(check, "never") == 0 || (!s->check_source && strcmp(check, "always") != 0)) return 0;
    s->text = get_data(s, s->path);
    if (v_is_error(s->text)) {
        s->text = V_NULL;
        return -1;
    }
    uint64_t hash = pyc_source_hash(bytes_data(s->text), bytes_len(s->text));
    if (words[0] == (uint32_t)hash && words[1] == (uint32_t)(hash >> 32)) return 0;
    stale(t, s->name, s->cache_path, "hash in bytecode doesn't match hash of source %R");
    return -1;
}

static V try_cache(SourceState *s) { // V_NULL: compile
    V data = get_data(s, s->cache_path);
    if (v_is_error(data)) return forgive(s->t, &exc_OSError, NULL) < 0 ? V_ERROR : V_NULL;
    V code;
    if (check_cache(s, data) < 0) code = forgive(s->t, &exc_ImportError, &exc_EOFError) < 0 ? V_ERROR : V_NULL;
    else code = unmarshal_code(s->t, data, s->name, s->cache_path, s->path);
    v_drop(s->t, data);
    return code;
}

static int keep_code(SourceState *s, V code) {
    Thread *t = s->t;
    if (s->cache_path == V_NULL || s->mtime < 0 || !may_write_cache(t)) return 0;
    V data = s->hash_based ? pyc_hashed(t, code, pyc_source_hash(bytes_data(s->text), bytes_len(s->text)), s->check_source)
                           : pyc_timestamp(t, code, (uint32_t)s->mtime, (uint32_t)bytes_len(s->text));
    if (v_is_error(data)) return -1;
    V a[3] = {s->path, s->cache_path, data};
    V result = obj_call_method(t, s->loader, NAME(_cache_bytecode), a, 3);
    v_drop(t, data);
    v_drop(t, result);
    return v_is_error(result) && forgive(t, &exc_NotImplementedError, NULL) < 0 ? -1 : 0;
}

static V code_step_by_step(SourceState *s) {
    Thread *t = s->t;
    if (v_is_str(s->path) && module_def_find("marshal")) {
        s->cache_path = cache_from_source(t, s->path, -1);
        if (v_is_error(s->cache_path)) return V_ERROR;
        int known = ask_stats(s);
        if (known < 0) return V_ERROR;
        V code = known == 0 ? try_cache(s) : V_NULL;
        if (code != V_NULL) return code;
    }
    if (s->text == V_NULL) s->text = get_data(s, s->path);
    if (v_is_error(s->text)) return V_ERROR;
    V code = obj_call_method2(t, s->loader, NAME(source_to_code), s->text, s->path);
    if (v_is_error(code) || keep_code(s, code) == 0) return code;
    v_drop(t, code);
    return V_ERROR;
}

V source_code(Thread *t, V loader, V name) {
    V path = obj_call_method1(t, loader, NAME(get_filename), name);
    if (v_is_error(path)) return V_ERROR;
    V code;
    if (is_quick(loader) && v_is_str(path)) {
        code = quick_code(t, name, path);
    } else {
        SourceState s = {.t = t, .loader = loader, .name = name, .path = path, .mtime = -1, .size = -1, .check_source = true};
        code = code_step_by_step(&s);
        v_drop(t, s.cache_path);
        v_drop(t, s.text);
    }
    v_drop(t, path);
    return code;
}

// ---- FileLoader ---------------------------------------------------------------------------------------------------------------------
// The name asked for must be the loader's own; V_NULL and None mean that.
static int check_name(Thread *t, V self, V name) {
    if (name == V_NULL || name == V_NONE) return 0;
    V own = obj_getattr(t, self, NAME(name));
    if (v_is_error(own)) return -1;
    int equal = obj_compare_bool(t, own, name, CMP_EQ);
    if (equal == 0)
        import_error(t, &exc_ImportError, err_format_message(t, "loader for %V cannot handle %V", own, name), name, V_NULL);
    v_drop(t, own);
    return equal > 0 ? 0 : -1;
}

static NATIVE(file_init) {
    UNUSED_NATIVE();
    return obj_setattr(t, self, NAME(name), args[0]) < 0 || obj_setattr(t, self, NAME(path), args[1]) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(file_eq) {
    UNUSED_NATIVE();
    V mine = obj_getattr(t, self, NAME(__class__)), theirs = obj_lookup_attr(t, args[0], NAME(__class__));
    bool same = v_is(mine, theirs);
    v_drop(t, mine);
    v_drop(t, theirs);
    if (!same) return V_FALSE;
    V a = obj_getattr(t, self, NAME(__dict__)), b = v_is_error(a) ? V_ERROR : obj_getattr(t, args[0], NAME(__dict__));
    int equal = v_is_error(b) ? -1 : obj_compare_bool(t, a, b, CMP_EQ);
    v_drop(t, a);
    v_drop(t, b);
    return equal < 0 ? V_ERROR : v_from_bool(equal);
}

static NATIVE(file_hash) {
    UNUSED_NATIVE();
    V name = obj_getattr(t, self, NAME(name)), path = v_is_error(name) ? V_ERROR : obj_getattr(t, self, NAME(path));
    int64_t a, b;
    int r = v_is_error(path) || obj_hash(t, name, &a) < 0 || obj_hash(t, path, &b) < 0 ? -1 : 0;
    v_drop(t, name);
    v_drop(t, path);
    return r < 0 ? V_ERROR : int_from_i64(t, a ^ b);
}

static NATIVE(file_get_filename) {
    UNUSED_NATIVE();
    return check_name(t, self, args[0]) < 0 ? V_ERROR : obj_getattr(t, self, NAME(path));
}

static NATIVE(file_load_module) {
    UNUSED_NATIVE();
    if (check_name(t, self, args[0]) < 0) return V_ERROR;
    V name = args[0] == V_NULL || args[0] == V_NONE ? obj_getattr(t, self, NAME(name)) : v_dup(args[0]);
    V shim = v_is_error(name) ? V_ERROR : import_cold(t, "_load_module_shim");
    V module = v_is_error(shim) ? V_ERROR : obj_call2(t, shim, self, name);
    v_drop(t, shim);
    v_drop(t, name);
    return module;
}

static NATIVE(file_get_data) {
    UNUSED_NATIVE();
    V path = obj_str(t, args[0]);
    V data = v_is_error(path) ? V_ERROR : file_read_all(t, path);
    v_drop(t, path);
    return data;
}

static NATIVE(file_get_resource_reader) {
    UNUSED_NATIVE();
    if (check_name(t, self, args[0]) < 0) return V_ERROR;
    V class = import_attr_c(t, "importlib.readers", "FileReader");
    V reader = v_is_error(class) ? V_ERROR : obj_call1(t, class, self);
    v_drop(t, class);
    return reader;
}

static const Method file_methods[] = {
    {"__init__", file_init, "fullname, path", LOCK_NONE, 0, NULL},
    {"__eq__", file_eq, "other, /", LOCK_NONE, 0, NULL},
    {"__hash__", file_hash, "", LOCK_NONE, 0, NULL},
    {"load_module", file_load_module, "fullname=None", LOCK_NONE, 0, "Deprecated."},
    {"get_filename", file_get_filename, "fullname=None", LOCK_NONE, 0, "The path of the file."},
    {"get_data", file_get_data, "path", LOCK_NONE, 0, "The bytes of a file."},
    {"get_resource_reader", file_get_resource_reader, "module", LOCK_NONE, 0, NULL},
    METHOD_END,
};

// ---- SourceFileLoader ------------------------------------------------------------------------------------------------------------
static NATIVE(sourcefile_path_stats) {
    UNUSED_NATIVE();
    struct stat st;
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "stat: path should be string, not %T", args[0]);
    if (stat_path(t, args[0], &st) < 0) return err_errno(t, &exc_OSError, args[0], V_NULL);
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    if (dict_set_c_steal(t, dict, "mtime", float_from_double(t, (double)st.st_mtim.tv_sec + 1e-9 * (double)st.st_mtim.tv_nsec)) == 0 &&
        dict_set_c_steal(t, dict, "size", int_from_i64(t, st.st_size)) == 0)
        return dict;
    v_drop(t, dict);
    return V_ERROR;
}

static NATIVE(sourcefile_cache_bytecode) {
    UNUSED_NATIVE();
    struct stat st;
    int mode = v_is_str(args[0]) && stat_path(t, args[0], &st) == 0 ? ((int)st.st_mode | 0200) & 0777 : 0666;
    V a[3] = {args[1], args[2], v_from_int(mode)}, names = tuple_pack(t, 1, NAME(_mode));
    V method = v_is_error(names) ? V_ERROR : obj_getattr(t, self, NAME(set_data));
    V result = v_is_error(method) ? V_ERROR : obj_call(t, method, a, 2, names);
    v_drop(t, method);
    v_drop(t, names);
    return result;
}

static NATIVE(sourcefile_set_data) {
    UNUSED_NATIVE();
    int mode = 0666;
    if (args[2] != V_NULL && num_as_int(t, args[2], &mode) < 0) return V_ERROR;
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "expected str, not %T", args[0]);
    V data = bytes_from_object(t, args[1]);
    if (v_is_error(data)) return V_ERROR;
    write_cache(t, args[0], data, mode);
    v_drop(t, data);
    return V_NONE;
}

static const Method sourcefile_methods[] = {
    {"path_stats", sourcefile_path_stats, "path", LOCK_NONE, 0, "A dict with 'mtime' and 'size'."},
    {"_cache_bytecode", sourcefile_cache_bytecode, "source_path, bytecode_path, data", LOCK_NONE, 0, NULL},
    {"set_data", sourcefile_set_data, "path, data, *, _mode=438", LOCK_NONE, 0, "Writes a file, making its directories."},
    METHOD_END,
};

// ---- SourcelessFileLoader --------------------------------------------------------------------------------------------------------
static NATIVE(sourceless_get_code) {
    UNUSED_NATIVE();
    SourceState s = {.t = t, .loader = self, .name = args[0]};
    V path = obj_call_method1(t, self, NAME(get_filename), args[0]);
    V data = v_is_error(path) ? V_ERROR : get_data(&s, path), code = V_ERROR;
    uint32_t flags;
    if (!v_is_error(data) && pyc_classify(t, data, args[0], path, &flags) == 0)
        code = unmarshal_code(t, data, args[0], path, V_NONE);
    v_drop(t, data);
    v_drop(t, path);
    return code;
}

static NATIVE(sourceless_get_source) {
    UNUSED_NATIVE();
    return V_NONE;
}

static const Method sourceless_methods[] = {
    {"get_code", sourceless_get_code, "fullname", LOCK_NONE, 0, "The code in the file."},
    {"get_source", sourceless_get_source, "fullname", LOCK_NONE, 0, "None: there is no source."},
    METHOD_END,
};

// ---- text ----------------------------------------------------------------------------------------------------------------------------
// Source bytes as text, with "\n" for every kind of line end.
V source_decode(Thread *t, V bytes) {
    V function = import_cold(t, "decode_source");
    V text = v_is_error(function) ? V_ERROR : obj_call1(t, function, bytes);
    v_drop(t, function);
    return text;
}

int import_loader_start(Thread *t) {
    if (import_class_new(t, &class_loader_basics, "_frozen_importlib_external._LoaderBasics", V_NULL, basics_methods, NULL) < 0 ||
        import_class_new(t, &class_file_loader, "_frozen_importlib_external.FileLoader", V_NULL, file_methods, NULL) < 0)
        return -1;
    V bases = tuple_pack(t, 1, class_of(&class_loader_basics));
    int r = v_is_error(bases) ? -1 : import_class_new(t, &class_source_loader, "_frozen_importlib_external.SourceLoader", bases, source_methods, NULL);
    v_drop(t, bases);
    if (r < 0) return -1;
    bases = tuple_pack(t, 2, class_of(&class_file_loader), class_of(&class_source_loader));
    r = v_is_error(bases) ? -1 : import_class_new(t, &class_source_file_loader, "_frozen_importlib_external.SourceFileLoader", bases, sourcefile_methods, NULL);
    v_drop(t, bases);
    if (r < 0) return -1;
    bases = tuple_pack(t, 2, class_of(&class_file_loader), class_of(&class_loader_basics));
    r = v_is_error(bases) ? -1 : import_class_new(t, &class_sourceless_loader, "_frozen_importlib_external.SourcelessFileLoader", bases, sourceless_methods, NULL);
    v_drop(t, bases);
    if (r < 0) return -1;
    quick_version = type_version(t, v_as_type(class_of(&class_source_file_loader)));
    return 0;
}
