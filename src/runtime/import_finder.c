// SPDX-License-Identifier: MIT
// Finding modules in files: PathFinder (along sys.path, through sys.path_hooks) and FileFinder (one directory).
//
// A FileFinder remembers the names in its directory and lists it again when the directory's time has changed, so a module
// that is not there costs one stat.  Zip files are left to the library's zipimport, loaded when the first one is met.
#include "object/bytes.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

Slot class_path_finder, class_file_finder;

// ---- small things ----------------------------------------------------------------------------------------------------------
static const char *path_chars(Thread *t, V path, V *holder) { // file name bytes; *holder to be dropped
    *holder = V_NULL;
    const char *name = str_cstr(t, path);
    if (name) return name;
    err_clear(t);
    *holder = str_to_fs_bytes(t, path);
    if (v_is_error(*holder)) {
        err_clear(t);
        *holder = V_NULL;
        return "\xff"; // no such file
    }
    return bytes_data(*holder);
}

static bool path_mode_is(Thread *t, V path, mode_t kind) {
    V holder;
    struct stat st;
    bool yes = stat(path_chars(t, path, &holder), &st) == 0 && (st.st_mode & S_IFMT) == kind;
    v_drop(t, holder);
    return yes;
}

static V path_join(Thread *t, V directory, V name, const char *suffix) {
    size_t n = str_len(directory);
    bool slash = n > 0 && str_at(directory, n - 1) != '/';
    return str_from_format(t, slash ? "%V/%V%s" : "%V%V%s", directory, name, suffix);
}

static V current_directory(Thread *t) { // V_NULL: it is gone
    char here[4096];
    if (!getcwd(here, sizeof here)) return V_NULL;
    return str_from_utf8_surrogateescape(t, here, strlen(here));
}

static V make_absolute(Thread *t, V path) { // stack value
    if (str_len(path) && str_at(path, 0) == '/') return v_dup(path);
    V here = current_directory(t);
    if (here == V_NULL || v_is_error(here)) return here == V_NULL ? v_dup(path) : V_ERROR;
    V result = str_len(path) == 0 || str_equal_ascii(path, ".") ? v_dup(here) : path_join(t, here, path, "");
    v_drop(t, here);
    return result;
}

// ---- spec_from_file_location ---------------------------------------------------------------------------------------------------
static V bogus_location(Thread *t, V name, V loader) {
    int has = obj_hasattr(t, loader, NAME(get_filename));
    if (has < 0) return V_ERROR;
    if (has) {
        V location = obj_call_method1(t, loader, NAME(get_filename), name);
        if (!v_is_error(location) || !err_matches(t, &exc_ImportError)) return location;
        err_clear(t);
    }
    return str_from_cstr(t, "<unknown>");
}

static int loader_says_package(Thread *t, V loader, V name) {
    int has = obj_hasattr(t, loader, NAME(is_package));
    if (has <= 0) return has;
    V answer = obj_call_method1(t, loader, NAME(is_package), name);
    int is = v_is_error(answer) ? -1 : obj_is_true(t, answer);
    v_drop(t, answer);
    if (is < 0 && err_matches(t, &exc_ImportError)) {
        err_clear(t);
        is = 0;
    }
    return is;
}

static int add_directory(Thread *t, V places, V location) { // an empty search list gets the file's directory
    if (!v_is_list(places) || list_len(places) || !v_is_str(location) || !str_len(location)) return 0;
    ptrdiff_t slash = str_find_char(location, '/', 0, str_len(location), -1);
    V directory = str_substring(t, location, 0, slash < 0 ? 0 : slash == 0 ? 1 : (size_t)slash);
    return v_is_error(directory) ? -1 : list_append_steal(t, places, directory);
}

static int fill_places(Thread *t, V spec, V name, V loader, V location, V search) {
    V places = V_NONE;
    if (search == V_NULL) { // ask the loader
        int is = loader_says_package(t, loader, name);
        if (is < 0) return -1;
        if (is) places = list_new(t, 0);
    } else {
        places = v_dup(search);
    }
    int r = v_is_error(places) ? -1 : 0;
    if (r == 0 && places != V_NONE) {
        r = obj_setattr(t, spec, NAME(submodule_search_locations), places);
        if (r == 0) r = add_directory(t, places, location);
    }
    v_drop(t, places);
    return r;
}

V spec_from_file(Thread *t, V name, V location, V loader, V search) {
    V place = location == V_NULL || location == V_NONE ? bogus_location(t, name, loader) : make_absolute(t, location);
    if (v_is_error(place)) return V_ERROR;
    V spec = spec_new(t, name, loader, place, false);
    if (!v_is_error(spec) && (obj_setattr(t, spec, NAME(_set_fileattr), V_TRUE) < 0 ||
                              fill_places(t, spec, name, loader, place, search) < 0)) {
        v_drop(t, spec);
        spec = V_ERROR;
    }
    v_drop(t, place);
    return spec;
}

// ---- FileFinder -----------------------------------------------------------------------------------------------------------------
static V new_loader(Thread *t, V class, V name, V path) {
    bool ours = v_is(class, class_of(&class_source_file_loader)) || v_is(class, class_of(&class_sourceless_loader));
    if (!ours) return obj_call2(t, class, name, path);
    V loader = type_alloc(t, v_as_type(class), 0);
    if (v_is_error(loader)) return V_ERROR;
    if (obj_setattr(t, loader, NAME(name), name) == 0 && obj_setattr(t, loader, NAME(path), path) == 0) return loader;
    v_drop(t, loader);
    return V_ERROR;
}

static V spec_for_file(Thread *t, V class, V fullname, V path, V search) {
    V loader = new_loader(t, class, fullname, path);
    if (v_is_error(loader)) return V_ERROR;
    V spec = spec_from_file(t, fullname, path, loader, search);
    v_drop(t, loader);
    return spec;
}

static V list_directory(Thread *t, V path) { // a set of names; an unreadable directory is empty
    V set = set_new(t, V_NULL), holder;
    if (v_is_error(set)) return V_ERROR;
    DIR *dir = opendir(path_chars(t, path, &holder));
    v_drop(t, holder);
    if (!dir) return set;
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        const char *p = entry->d_name;
        if (p[0] == '.' && (!p[1] || (p[1] == '.' && !p[2]))) continue;
        V name = str_from_utf8_surrogateescape(t, p, strlen(p));
        int r = v_is_error(name) ? -1 : set_add(t, set, name);
        v_drop(t, name);
        if (r < 0) {
            v_drop(t, set);
            set = V_ERROR;
            break;
        }
    }
    closedir(dir);
    return set;
}

static int fill_cache(Thread *t, V self, V path) {
    V set = list_directory(t, path);
    int r = v_is_error(set) ? -1 : obj_setattr(t, self, NAME(_path_cache), set);
    v_drop(t, set);
    return r;
}

static int refresh_cache(Thread *t, V self, V path) {
    V holder;
    struct stat st;
    double mtime = -1;
    if (stat(path_chars(t, path, &holder), &st) == 0) mtime = (double)st.st_mtim.tv_sec + 1e-9 * (double)st.st_mtim.tv_nsec;
    v_drop(t, holder);
    V known = obj_getattr(t, self, NAME(_path_mtime)), now = float_from_double(t, mtime);
    int same = v_is_error(known) ? -1 : obj_compare_bool(t, known, now, CMP_EQ);
    v_drop(t, known);
    if (same != 0) return same < 0 ? -1 : 0;
    if (fill_cache(t, self, path) < 0) return -1;
    return obj_setattr(t, self, NAME(_path_mtime), now);
}

static V last_part(Thread *t, V name) {
    ptrdiff_t dot = str_find_char(name, '.', 0, str_len(name), -1);
    return dot < 0 ? v_dup(name) : str_substring(t, name, (size_t)dot + 1, str_len(name));
}

typedef struct FinderState { // of one search; borrowed from the caller's variables
    Thread *t;
    V fullname, tail, path, cache, loaders;
} FinderState;

// (suffix, class) of row i; false at the end.  Borrowed.
static bool loader_row(const FinderState *s, size_t i, V *suffix, V *class) {
    if (!v_is_list(s->loaders)) return false;
    V row = list_get(s->t, s->loaders, i);
    bool good = row != V_NULL && v_is_tuple(row) && tuple_len(row) == 2;
    if (good) {
        *suffix = tuple_borrow(row, 0);
        *class = tuple_borrow(row, 1);
    }
    v_drop(s->t, row); // the list keeps it
    return good && v_is_str(*suffix);
}

static V find_package(FinderState *s, V base) { // V_NULL: no __init__ file
    V suffix, class;
    for (size_t i = 0; loader_row(s, i, &suffix, &class); i++) {
        V path = str_from_format(s->t, "%V/__init__%V", base, suffix);
        if (v_is_error(path)) return V_ERROR;
        V result = V_NULL;
        if (path_mode_is(s->t, path, S_IFREG)) {
            V places = list_from(s->t, &base, 1);
            result = v_is_error(places) ? V_ERROR : spec_for_file(s->t, class, s->fullname, path, places);
            v_drop(s->t, places);
        }
        v_drop(s->t, path);
        if (result != V_NULL) return result;
    }
    return V_NULL;
}

static V find_file(FinderState *s) {
    V suffix, class;
    for (size_t i = 0; loader_row(s, i, &suffix, &class); i++) {
        V name = str_concat(s->t, s->tail, suffix), result = V_NULL;
        int there = v_is_error(name) ? -1 : obj_contains(s->t, s->cache, name);
        V path = there > 0 ? path_join(s->t, s->path, name, "") : V_NULL;
        if (there < 0 || v_is_error(path)) result = V_ERROR;
        else if (there && path_mode_is(s->t, path, S_IFREG)) result = spec_for_file(s->t, class, s->fullname, path, V_NONE);
        v_drop(s->t, path);
        v_drop(s->t, name);
        if (result != V_NULL) return result;
    }
    return V_NULL;
}

static V namespace_portion(Thread *t, V fullname, V base) {
    V spec = spec_new(t, fullname, V_NONE, V_NULL, false), places = v_is_error(spec) ? V_ERROR : list_from(t, &base, 1);
    int r = v_is_error(places) ? -1 : obj_setattr(t, spec, NAME(submodule_search_locations), places);
    v_drop(t, places);
    if (r == 0) return spec;
    v_drop(t, spec);
    return V_ERROR;
}

static V search_directory(FinderState *s) {
    Thread *t = s->t;
    int there = obj_contains(t, s->cache, s->tail);
    if (there < 0) return V_ERROR;
    V base = there ? path_join(t, s->path, s->tail, "") : V_NULL, result = V_NULL;
    if (v_is_error(base)) return V_ERROR;
    bool is_directory = there && path_mode_is(t, base, S_IFDIR);
    if (is_directory) result = find_package(s, base);
    if (result == V_NULL) result = find_file(s);
    if (result == V_NULL && is_directory) result = namespace_portion(t, s->fullname, base);
    v_drop(t, base);
    return result == V_NULL ? V_NONE : result;
}

static V file_finder_spec(Thread *t, V self, V fullname) {
    FinderState s = {.t = t, .fullname = fullname};
    V result = V_ERROR;
    s.path = obj_getattr(t, self, NAME(path));
    if (v_is_error(s.path)) return V_ERROR;
    s.tail = last_part(t, fullname);
    s.cache = s.loaders = V_NULL;
    if (!v_is_error(s.tail) && v_is_str(s.path) && refresh_cache(t, self, s.path) == 0) {
        s.cache = obj_getattr(t, self, NAME(_path_cache));
        s.loaders = v_is_error(s.cache) ? V_ERROR : obj_getattr(t, self, NAME(_loaders));
        if (!v_is_error(s.loaders)) result = search_directory(&s);
    }
    v_drop(t, s.cache);
    v_drop(t, s.loaders);
    v_drop(t, s.tail);
    v_drop(t, s.path);
    return result;
}

static NATIVE(finder_find_spec) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_set(t, &exc_AttributeError, "'%T' object has no attribute 'rpartition'", args[0]);
    return file_finder_spec(t, self, args[0]);
}

// The (suffix, loader) pairs of (loader, suffixes) details.
static V loader_pairs(Thread *t, const V *details, size_t n) {
    V list = list_new(t, 0);
    for (size_t i = 0; i < n && !v_is_error(list); i++) {
        V pair = obj_to_tuple(t, details[i]);
        if (!v_is_error(pair) && tuple_len(pair) != 2)
            err_set(t, &exc_ValueError, tuple_len(pair) < 2 ? "not enough values to unpack (expected 2, got %zu)"
                                                            : "too many values to unpack (expected 2)", tuple_len(pair));
        V it = v_is_error(pair) || err_pending(t) ? V_ERROR : obj_iter(t, tuple_borrow(pair, 1));
        while (!v_is_error(it)) {
            V suffix = obj_next(t, it);
            if (suffix == V_END) break;
            V row = v_is_error(suffix) ? V_ERROR : tuple_pack_steal(t, 2, suffix, v_dup(tuple_borrow(pair, 0)));
            if (v_is_error(row) || list_append_steal(t, list, row) < 0) break;
        }
        v_drop(t, it);
        v_drop(t, pair);
        if (err_pending(t)) {
            v_drop(t, list);
            list = V_ERROR;
        }
    }
    return list;
}

static int finder_fill(Thread *t, V self, V path, V loaders) {
    V absolute = make_absolute(t, path), set = v_is_error(absolute) ? V_ERROR : set_new(t, V_NULL);
    V relaxed = v_is_error(set) ? V_ERROR : set_new(t, V_NULL);
    int r = v_is_error(relaxed) ? -1 : obj_setattr(t, self, NAME(_loaders), loaders);
    if (r == 0) r = obj_setattr(t, self, NAME(path), absolute);
    if (r == 0) r = obj_setattr(t, self, NAME(_path_mtime), V_INT(-1));
    if (r == 0) r = obj_setattr(t, self, NAME(_path_cache), set);
    if (r == 0) r = obj_setattr(t, self, NAME(_relaxed_path_cache), relaxed);
    v_drop(t, absolute);
    v_drop(t, set);
    v_drop(t, relaxed);
    return r;
}

static NATIVE(finder_init) {
    if (args_no_keywords(t, "FileFinder", kwnames) < 0) return V_ERROR;
    if (nargs < 1)
        return err_set(t, &exc_TypeError, "FileFinder.__init__() missing 1 required positional argument: 'path'");
    V loaders = loader_pairs(t, args + 1, nargs - 1);
    if (v_is_error(loaders)) return V_ERROR;
    V path = v_is_str(args[0]) ? v_dup(args[0]) : args[0] == V_NONE ? v_dup(str_empty()) : V_NULL;
    if (path == V_NULL) err_set(t, &exc_TypeError, "expected str, not %T", args[0]);
    int r = path == V_NULL ? -1 : finder_fill(t, self, path, loaders);
    v_drop(t, path);
    v_drop(t, loaders);
    return r < 0 ? V_ERROR : V_NONE;
}

static NATIVE(finder_invalidate) {
    UNUSED_NATIVE();
    return obj_setattr(t, self, NAME(_path_mtime), V_INT(-1)) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(finder_fill_cache) {
    UNUSED_NATIVE();
    V path = obj_getattr(t, self, NAME(path));
    int r = v_is_error(path) ? -1 : fill_cache(t, self, path);
    v_drop(t, path);
    return r < 0 ? V_ERROR : V_NONE;
}

static NATIVE(finder_get_spec) {
    UNUSED_NATIVE();
    V loader = obj_call2(t, args[0], args[1], args[2]);
    if (v_is_error(loader)) return V_ERROR;
    V spec = spec_from_file(t, args[1], args[2], loader, args[3]);
    v_drop(t, loader);
    return spec;
}

static NATIVE(finder_find_loader) {
    UNUSED_NATIVE();
    if (warn(t, &exc_DeprecationWarning, 1,
             "FileFinder.find_loader() is deprecated and slated for removal in Python 3.12; use find_spec() instead") < 0)
        return V_ERROR;
    V spec = obj_call_method1(t, self, NAME(find_spec), args[0]);
    if (v_is_error(spec)) return V_ERROR;
    if (spec == V_NONE) return tuple_pack_steal(t, 2, V_NONE, list_new(t, 0));
    V loader = obj_getattr(t, spec, NAME(loader)), places = obj_getattr(t, spec, NAME(submodule_search_locations));
    v_drop(t, spec);
    return tuple_pack_steal(t, 2, loader, places == V_NONE ? list_new(t, 0) : places);
}

static NATIVE(finder_find_module) {
    UNUSED_NATIVE();
    V shim = import_cold(t, "_find_module_shim");
    V result = v_is_error(shim) ? V_ERROR : obj_call2(t, shim, self, args[0]);
    v_drop(t, shim);
    return result;
}

static NATIVE(finder_repr) {
    UNUSED_NATIVE();
    V path = obj_getattr(t, self, NAME(path));
    V text = v_is_error(path) ? V_ERROR : err_format_message(t, "FileFinder(%R)", path);
    v_drop(t, path);
    return text;
}

// What FileFinder.path_hook returns: a function bound to (class, *details).
static NATIVE(path_hook_for_FileFinder) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0]) || !path_mode_is(t, str_len(args[0]) ? args[0] : NAME_STR("."), S_IFDIR))
        return import_error(t, &exc_ImportError, str_from_cstr(t, "only directories are supported"), V_NULL, args[0]);
    size_t n = tuple_len(self);
    V call[n];
    call[0] = args[0];
    for (size_t i = 1; i < n; i++) call[i] = tuple_borrow(self, i);
    return obj_call(t, tuple_borrow(self, 0), call, n, V_NULL);
}

static const Method hook_row = {"path_hook_for_FileFinder", path_hook_for_FileFinder, "path, /", LOCK_NONE, 0,
                                "The FileFinder of a directory; ImportError for anything else."};

static NATIVE(finder_path_hook) {
    if (args_no_keywords(t, "path_hook", kwnames) < 0) return V_ERROR;
    V bound = tuple_new(t, nargs + 1);
    if (v_is_error(bound)) return V_ERROR;
    tuple_init(t, bound, 0, self);
    for (size_t i = 0; i < nargs; i++) tuple_init(t, bound, i + 1, args[i]);
    V hook = native_new(t, &hook_row, bound, V_NULL);
    v_drop(t, bound);
    return hook;
}

static const Method finder_methods[] = {
    {"__init__", finder_init, NULL, LOCK_NONE, M_RAW, NULL},
    {"__repr__", finder_repr, "", LOCK_NONE, 0, NULL},
    {"invalidate_caches", finder_invalidate, "", LOCK_NONE, 0, "Looks at the directory again next time."},
    {"find_module", finder_find_module, "fullname", LOCK_NONE, 0, "Deprecated."},
    {"find_loader", finder_find_loader, "fullname", LOCK_NONE, 0, "Deprecated."},
    {"find_spec", finder_find_spec, "fullname, target=None", LOCK_NONE, 0, "The spec of a module in this directory, or None."},
    {"_get_spec", finder_get_spec, "loader_class, fullname, path, smsl, target", LOCK_NONE, 0, NULL},
    {"_fill_cache", finder_fill_cache, "", LOCK_NONE, 0, NULL},
    {"path_hook", finder_path_hook, NULL, LOCK_NONE, M_RAW | M_CLASS, "A function for sys.path_hooks."},
    METHOD_END,
};

// ---- zip files --------------------------------------------------------------------------------------------------------------------
static bool lies_in_file(Thread *t, V path) { // the path, or what is there of it, is a regular file
    if (!v_is_str(path) || str_len(path) == 0) return false;
    V holder;
    char copy[4096];
    struct stat st;
    strncpy(copy, path_chars(t, path, &holder), sizeof copy - 1);
    copy[sizeof copy - 1] = '\0';
    v_drop(t, holder);
    for (;;) {
        if (stat(copy, &st) == 0) return S_ISREG(st.st_mode);
        char *slash = strrchr(copy, '/');
        if (!slash || slash == copy) return false;
        *slash = '\0';
    }
}

static __thread bool zip_deferred; // zipimport is only being loaded: its answer is not to be remembered

// The library's zipimport, found in the library's directory alone: other path entries may be zip files.
static V load_zipimport(Thread *t) {
    V name = NAME(zipimport), module = dict_get(t, sys_modules_borrow(), name);
    if (module != V_NULL) return module;
    V library = str_from_utf8_surrogateescape(t, import_library(), strlen(import_library()));
    V path = v_is_error(library) ? V_ERROR : list_from(t, &library, 1);
    V spec = v_is_error(path) ? V_ERROR : path_finder_spec(t, name, path, V_NONE);
    v_drop(t, library);
    v_drop(t, path);
    if (spec == V_NONE) return err_set(t, &exc_ImportError, "the library's zipimport was not found");
    ModuleLock *lock;
    module = V_ERROR;
    if (!v_is_error(spec) && module_lock_enter(t, name, &lock) >= 0) {
        module = dict_get(t, sys_modules_borrow(), name);
        if (module == V_NULL) module = import_load(t, spec);
        module_lock_leave(t, lock);
    }
    v_drop(t, spec);
    return module;
}

// Stands in sys.path_hooks for zipimport.zipimporter until some path entry is, or lies in, a regular file.
static NATIVE(zip_hook) {
    UNUSED_NATIVE();
    V path = args[0];
    if (!lies_in_file(t, path))
        return import_error(t, &exc_ImportError, err_format_message(t, "not a Zip file: %R", path), V_NULL, path);
    V module = load_zipimport(t);
    V importer = v_is_error(module) ? V_ERROR : obj_lookup_attr(t, module, NAME(zipimporter));
    v_drop(t, module);
    if (importer == V_NULL) {
        zip_deferred = true;
        return err_set(t, &exc_ImportError, "zipimport is being loaded");
    }
    V result = v_is_error(importer) ? V_ERROR : obj_call1(t, importer, path);
    v_drop(t, importer);
    return result;
}

static const Method zip_row = {"zipimporter", zip_hook, "path, /", LOCK_NONE, 0, "zipimport.zipimporter, loaded when it is needed."};

// ---- PathFinder ---------------------------------------------------------------------------------------------------------------------
static V ask_hooks(Thread *t, V path) {
    V hooks = sys_get_name(t, NAME(path_hooks));
    if (hooks == V_NULL || hooks == V_NONE) return V_NONE;
    int some = obj_is_true(t, hooks);
    if (some == 0 && warn(t, &exc_ImportWarning, 1, "sys.path_hooks is empty") < 0) some = -1;
    V it = some < 0 ? V_ERROR : obj_iter(t, hooks), finder = V_NONE;
    v_drop(t, hooks);
    if (v_is_error(it)) return V_ERROR;
    for (;;) {
        V hook = obj_next(t, it);
        if (hook == V_END) break;
        finder = v_is_error(hook) ? V_ERROR : obj_call1(t, hook, path);
        v_drop(t, hook);
        if (!v_is_error(finder) || !err_matches(t, &exc_ImportError)) break;
        err_clear(t);
        finder = V_NONE;
    }
    v_drop(t, it);
    return finder;
}

V path_importer(Thread *t, V entry) {
    V path = v_is_str(entry) && str_len(entry) == 0 ? current_directory(t) : v_dup(entry);
    if (path == V_NULL) return V_NONE; // the current directory is gone
    V cache = sys_get_name(t, NAME(path_importer_cache)), finder = V_ERROR;
    if (!v_is_error(path)) finder = cache == V_NULL || !v_is_dict(cache) ? V_NULL : dict_get(t, cache, path);
    if (finder == V_NULL) {
        zip_deferred = false;
        finder = ask_hooks(t, path);
        if (!v_is_error(finder) && !zip_deferred && cache != V_NULL && v_is_dict(cache) && dict_set(t, cache, path, finder) < 0) {
            v_drop(t, finder);
            finder = V_ERROR;
        }
    }
    v_drop(t, cache);
    v_drop(t, path);
    return finder;
}

static V ask_path_finder(Thread *t, V finder, V fullname, V target) {
    int modern = obj_hasattr(t, finder, NAME(find_spec));
    if (modern < 0) return V_ERROR;
    if (modern) return obj_call_method2(t, finder, NAME(find_spec), fullname, target);
    V legacy = import_cold(t, "_legacy_get_spec");
    V spec = v_is_error(legacy) ? V_ERROR : obj_call2(t, legacy, fullname, finder);
    v_drop(t, legacy);
    return spec;
}

// A spec to return, V_NONE to go on; portions of namespace packages are collected.  Consumes spec.
static V judge_spec(Thread *t, V spec, V portions) {
    V loader = obj_getattr(t, spec, NAME(loader));
    if (loader != V_NONE) {
        if (v_is_error(loader)) v_drop(t, spec);
        v_drop(t, loader);
        return v_is_error(loader) ? V_ERROR : spec;
    }
    V places = obj_getattr(t, spec, NAME(submodule_search_locations));
    v_drop(t, spec);
    if (v_is_error(places)) return V_ERROR;
    if (places == V_NONE) return err_set(t, &exc_ImportError, "spec missing loader");
    int r = list_extend(t, portions, places);
    v_drop(t, places);
    return r < 0 ? V_ERROR : V_NONE;
}

static V search_path(Thread *t, V fullname, V path, V target, V portions) {
    V it = obj_iter(t, path), spec = V_NONE;
    if (v_is_error(it)) return V_ERROR;
    while (spec == V_NONE) {
        V entry = obj_next(t, it);
        if (entry == V_END) break;
        V finder = v_is_error(entry) ? V_ERROR : v_is_str(entry) ? path_importer(t, entry) : V_NONE;
        v_drop(t, entry);
        spec = v_is_error(finder) || finder == V_NONE ? finder : ask_path_finder(t, finder, fullname, target);
        v_drop(t, finder);
        if (!v_is_error(spec) && spec != V_NONE) spec = judge_spec(t, spec, portions);
    }
    v_drop(t, it);
    return spec;
}

static V namespace_spec(Thread *t, V fullname, V portions) {
    V class = import_cold(t, "_NamespacePath"), finder = V_ERROR, path = V_ERROR, spec = V_ERROR;
    if (!v_is_error(class)) finder = obj_getattr(t, class_of(&class_path_finder), NAME(_get_spec));
    if (!v_is_error(finder)) path = obj_call3(t, class, fullname, portions, finder);
    if (!v_is_error(path)) spec = spec_new(t, fullname, V_NONE, V_NULL, false);
    if (!v_is_error(spec) && obj_setattr(t, spec, NAME(submodule_search_locations), path) < 0) {
        v_drop(t, spec);
        spec = V_ERROR;
    }
    v_drop(t, class);
    v_drop(t, finder);
    v_drop(t, path);
    return spec;
}

V path_finder_spec(Thread *t, V fullname, V path, V target) {
    V places = path == V_NONE ? sys_get_name(t, NAME(path)) : v_dup(path);
    if (places == V_NULL) return err_set(t, &exc_AttributeError, "module 'sys' has no attribute 'path'");
    V portions = list_new(t, 0);
    V spec = v_is_error(portions) ? V_ERROR : search_path(t, fullname, places, target, portions);
    if (spec == V_NONE && list_len(portions)) spec = namespace_spec(t, fullname, portions);
    v_drop(t, portions);
    v_drop(t, places);
    return spec;
}

static NATIVE(path_find_spec) {
    UNUSED_NATIVE();
    return path_finder_spec(t, args[0], args[1] == V_NULL ? V_NONE : args[1], args[2] == V_NULL ? V_NONE : args[2]);
}

// The spec with namespace portions as a plain list: what _NamespacePath asks for when sys.path has changed.
static NATIVE(path_get_spec) {
    UNUSED_NATIVE();
    V portions = list_new(t, 0);
    if (v_is_error(portions)) return V_ERROR;
    V spec = search_path(t, args[0], args[1], args[2] == V_NULL ? V_NONE : args[2], portions);
    if (spec == V_NONE) {
        spec = spec_new(t, args[0], V_NONE, V_NULL, false);
        if (!v_is_error(spec) && obj_setattr(t, spec, NAME(submodule_search_locations), portions) < 0) {
            v_drop(t, spec);
            spec = V_ERROR;
        }
    }
    v_drop(t, portions);
    return spec;
}

static NATIVE(path_find_module) {
    UNUSED_NATIVE();
    if (warn(t, &exc_DeprecationWarning, 1,
             "PathFinder.find_module() is deprecated and slated for removal in Python 3.12; use find_spec() instead") < 0)
        return V_ERROR;
    V spec = obj_call_method2(t, self, NAME(find_spec), args[0], args[1] == V_NULL ? V_NONE : args[1]);
    if (v_is_error(spec) || spec == V_NONE) return spec;
    V loader = obj_getattr(t, spec, NAME(loader));
    v_drop(t, spec);
    return loader;
}

static NATIVE(path_hooks_of) {
    UNUSED_NATIVE();
    return ask_hooks(t, args[0]);
}

static NATIVE(path_importer_of) {
    UNUSED_NATIVE();
    return path_importer(t, args[0]);
}

static NATIVE(path_invalidate) {
    UNUSED_NATIVE();
    return path_finder_invalidate(t) < 0 ? V_ERROR : V_NONE;
}

int path_finder_invalidate(Thread *t) {
    V cache = sys_get_name(t, NAME(path_importer_cache));
    if (cache == V_NULL || !v_is_dict(cache)) {
        v_drop(t, cache);
        return 0;
    }
    V items = dict_items_list(t, cache);
    int r = v_is_error(items) ? -1 : 0;
    for (size_t i = 0; r == 0; i++) {
        V item = list_get(t, items, i);
        if (item == V_NULL) break;
        V key = tuple_borrow(item, 0), finder = tuple_borrow(item, 1);
        bool relative = v_is_str(key) && (str_len(key) == 0 || str_at(key, 0) != '/');
        if (finder == V_NONE || relative) {
            r = dict_discard(t, cache, key) < 0 ? -1 : 0;
        } else {
            int has = obj_hasattr(t, finder, NAME(invalidate_caches));
            V done = has > 0 ? obj_call_method0(t, finder, NAME(invalidate_caches)) : V_NONE;
            r = has < 0 || v_is_error(done) ? -1 : 0;
            v_drop(t, done);
        }
        v_drop(t, item);
    }
    v_drop(t, items);
    v_drop(t, cache);
    return r;
}

static NATIVE(path_find_distributions) {
    (void)self;
    V find = import_attr_c(t, "importlib.metadata", "MetadataPathFinder");
    if (v_is_error(find)) return V_ERROR;
    V method = obj_getattr_c(t, find, "find_distributions");
    v_drop(t, find);
    V result = v_is_error(method) ? V_ERROR : obj_call(t, method, args, nargs, kwnames);
    v_drop(t, method);
    return result;
}

static const Method path_methods[] = {
    {"invalidate_caches", path_invalidate, "", LOCK_NONE, M_STATIC, "Tells every finder in sys.path_importer_cache to look again."},
    {"_path_hooks", path_hooks_of, "path", LOCK_NONE, M_STATIC, NULL},
    {"_path_importer_cache", path_importer_of, "path", LOCK_NONE, M_CLASS, NULL},
    {"_get_spec", path_get_spec, "fullname, path, target=None", LOCK_NONE, M_CLASS, NULL},
    {"find_spec", path_find_spec, "fullname, path=None, target=None", LOCK_NONE, M_CLASS, "The spec of a module on path, or None."},
    {"find_module", path_find_module, "fullname, path=None", LOCK_NONE, M_CLASS, "Deprecated."},
    {"find_distributions", path_find_distributions, NULL, LOCK_NONE, M_RAW | M_STATIC, "See importlib.metadata."},
    METHOD_END,
};

// ---- start-up ------------------------------------------------------------------------------------------------------------------------
static V default_hook(Thread *t) {
    V suffixes[2] = {str_from_cstr(t, ".py"), str_from_cstr(t, ".pyc")};
    V classes[2] = {class_of(&class_source_file_loader), class_of(&class_sourceless_loader)};
    V bound = tuple_new(t, 3);
    if (v_is_error(bound)) return V_ERROR;
    tuple_init(t, bound, 0, class_of(&class_file_finder));
    for (size_t i = 0; i < 2; i++) {
        V list = list_from_steal(t, &suffixes[i], 1), pair = v_is_error(list) ? V_ERROR : tuple_pack(t, 2, classes[i], list);
        v_drop(t, list);
        tuple_init_steal(t, bound, i + 1, v_is_error(pair) ? V_NONE : pair);
    }
    V hook = err_pending(t) ? V_ERROR : native_new(t, &hook_row, bound, V_NULL);
    v_drop(t, bound);
    return hook;
}

int import_finder_start(Thread *t) {
    if (import_class_new(t, &class_path_finder, "_frozen_importlib_external.PathFinder", V_NULL, path_methods, NULL) < 0 ||
        import_class_new(t, &class_file_finder, "_frozen_importlib_external.FileFinder", V_NULL, finder_methods, NULL) < 0)
        return -1;
    V hooks[2] = {native_new(t, &zip_row, V_NULL, V_NULL), default_hook(t)};
    if (v_is_error(hooks[0]) || v_is_error(hooks[1])) return -1;
    V list = list_from_steal(t, hooks, 2), cache = dict_new(t);
    V meta[3] = {class_of(&class_builtin_importer), class_of(&class_frozen_importer), class_of(&class_path_finder)};
    V finders = list_from(t, meta, 3);
    int r = v_is_error(list) || v_is_error(cache) || v_is_error(finders) ? -1 : 0;
    if (r == 0) r = sys_set(t, "path_hooks", list);
    if (r == 0) r = sys_set(t, "path_importer_cache", cache);
    if (r == 0) r = sys_set(t, "meta_path", finders);
    v_drop(t, list);
    v_drop(t, cache);
    v_drop(t, finders);
    return r;
}
