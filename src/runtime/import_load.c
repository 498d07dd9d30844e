// SPDX-License-Identifier: MIT
// Finding and loading a module that is not in sys.modules: what importlib's _find_and_load, _find_spec, _load and _exec do.
//
// import_find_and_load holds the module's lock while finders are asked, the module is created and its code runs.  A
// module is put into sys.modules before its code runs, with spec._initializing set, and taken out again when that fails.
#include "runtime/import.h"
#include "runtime/runtime.h"
#include <stdio.h>
#include <time.h>

bool import_verbose, import_timing;

static V modules_get(Thread *t, V name) { return dict_get(t, sys_modules_borrow(), name); }

// The first part of `name` up to its last dot; V_NULL when there is no dot.
static V parent_name(Thread *t, V name, ptrdiff_t *dot) {
    *dot = str_find_char(name, '.', 0, str_len(name), -1);
    return *dot < 0 ? V_NULL : str_substring(t, name, 0, (size_t)*dot);
}

// ---- finding ------------------------------------------------------------------------------------------------------------------
// "module.Class" or the object's repr: how messages name a finder or loader.
static V object_name(Thread *t, V o) {
    V name = obj_lookup_attr(t, o, NAME(__qualname__));
    if (name == V_NULL) name = type_qualname(t, v_type(o));
    return name;
}

static V find_spec_legacy(Thread *t, V finder, V name, V path) {
    V shown = object_name(t, finder);
    if (v_is_error(shown)) return V_ERROR;
    int r = warn(t, &exc_ImportWarning, 1, "%V.find_spec() not found; falling back to find_module()", shown);
    v_drop(t, shown);
    if (r < 0) return V_ERROR;
    V loader = obj_call_method2(t, finder, NAME(find_module), name, path);
    if (v_is_error(loader) || loader == V_NONE) return loader;
    V spec = spec_from_loader(t, name, loader, V_NULL, -1);
    v_drop(t, loader);
    return spec;
}

static V ask_finder(Thread *t, V finder, V name, V path, V target) {
    V method = obj_lookup_attr(t, finder, NAME(find_spec));
    if (v_is_error(method)) return V_ERROR;
    if (method == V_NULL) return find_spec_legacy(t, finder, name, path);
    V spec = obj_call3(t, method, name, path, target);
    v_drop(t, method);
    return spec;
}

// Somebody may have imported the module while the finder looked for it: then its own spec counts.  Consumes spec.
static V prefer_loaded(Thread *t, V spec, V name) {
    V module = modules_get(t, name);
    if (module == V_NULL || v_is_error(module)) {
        if (v_is_error(module)) v_drop(t, spec);
        return v_is_error(module) ? V_ERROR : spec;
    }
    V other = obj_lookup_attr(t, module, NAME(__spec__));
    v_drop(t, module);
    if (other == V_NULL || other == V_NONE) return spec;
    v_drop(t, spec);
    return other;
}

// Finders may rely on being asked one after the other, under the lock of _imp.acquire_lock.
static V ask_finder_alone(Thread *t, V finder, V name, V path, V target) {
    import_lock_enter(t);
    V spec = ask_finder(t, finder, name, path, target);
    import_lock_leave(t);
    return spec;
}

static V ask_finders(Thread *t, V meta_path, V name, V path, V target) {
    int is_reload = dict_contains(t, sys_modules_borrow(), name);
    V it = is_reload < 0 ? V_ERROR : obj_iter(t, meta_path);
    if (v_is_error(it)) return V_ERROR;
    V spec = V_NONE;
    for (;;) {
        V finder = obj_next(t, it);
        if (finder == V_END) break;
        spec = v_is_error(finder) ? V_ERROR : ask_finder_alone(t, finder, name, path, target);
        v_drop(t, finder);
        if (spec != V_NONE) break;
    }
    v_drop(t, it);
    if (!v_is_error(spec) && spec != V_NONE && !is_reload) spec = prefer_loaded(t, spec, name);
    return spec;
}

V import_find_spec(Thread *t, V name, V path, V target) {
    V meta_path = sys_get_name(t, NAME(meta_path));
    if (meta_path == V_NULL || meta_path == V_NONE)
        return err_set(t, &exc_ImportError, "sys.meta_path is None, Python is likely shutting down");
    int some = obj_is_true(t, meta_path);
    if (some == 0 && warn(t, &exc_ImportWarning, 1, "sys.meta_path is empty") < 0) some = -1;
    V spec = some < 0 ? V_ERROR : ask_finders(t, meta_path, name, path, target);
    v_drop(t, meta_path);
    return spec;
}

// ---- loading --------------------------------------------------------------------------------------------------------------------
// Puts the module at the end of sys.modules: finalization goes by that order.  The module found there: code may have
// replaced itself.
static V move_to_end(Thread *t, V name) {
    V modules = sys_modules_borrow(), module = dict_pop(t, modules, name, V_NULL);
    if (v_is_error(module)) return V_ERROR;
    if (dict_set(t, modules, name, module) == 0) return module;
    v_drop(t, module);
    return V_ERROR;
}

static void forget_module(Thread *t, V name) { // keeps the pending exception
    V exc = err_fetch(t);
    if (dict_discard(t, sys_modules_borrow(), name) < 0) err_clear(t);
    err_restore_steal(t, exc);
}

static V missing_loader(Thread *t, V name) {
    return import_error(t, &exc_ImportError, str_from_cstr(t, "missing loader"), name, V_NULL);
}

static int run_loader(Thread *t, V loader, V module) {
    V result = obj_call_method1(t, loader, NAME(exec_module), module);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

// A loader without exec_module does everything itself.
static V load_legacy(Thread *t, V spec, V loader, V name) {
    V shown = object_name(t, loader);
    if (v_is_error(shown)) return V_ERROR;
    int r = warn(t, &exc_ImportWarning, 1, "%V.exec_module() not found; falling back to load_module()", shown);
    v_drop(t, shown);
    if (r < 0) return V_ERROR;
    V result = obj_call_method1(t, loader, NAME(load_module), name);
    v_drop(t, result);
    if (v_is_error(result)) {
        forget_module(t, name);
        return V_ERROR;
    }
    V module = move_to_end(t, name);
    if (v_is_error(module)) return V_ERROR;
    V old = obj_lookup_attr(t, module, NAME(__loader__));
    if ((old == V_NULL || old == V_NONE) && obj_setattr(t, module, NAME(__loader__), loader) < 0) err_clear(t);
    v_drop(t, old);
    V has_spec = obj_lookup_attr(t, module, NAME(__spec__));
    if ((has_spec == V_NULL || has_spec == V_NONE) && obj_setattr(t, module, NAME(__spec__), spec) < 0) err_clear(t);
    v_drop(t, has_spec);
    if (err_pending(t)) err_clear(t);
    return module;
}

static V execute_new(Thread *t, V spec, V loader, V name, V module) {
    int r = dict_set(t, sys_modules_borrow(), name, module);
    if (r < 0) return V_ERROR;
    if (loader == V_NONE) {
        V places = obj_getattr(t, spec, NAME(submodule_search_locations));
        if (v_is_error(places)) r = -1;
        else if (places == V_NONE) r = (missing_loader(t, name), -1);
        v_drop(t, places);
    } else {
        r = run_loader(t, loader, module);
    }
    if (r == 0) return move_to_end(t, name);
    forget_module(t, name);
    return V_ERROR;
}

static V load_with(Thread *t, V spec, V loader, V name) {
    if (loader != V_NONE) {
        int modern = obj_hasattr(t, loader, NAME(exec_module));
        if (modern <= 0) return modern < 0 ? V_ERROR : load_legacy(t, spec, loader, name);
    }
    V module = spec_module(t, spec);
    if (v_is_error(module)) return V_ERROR;
    V result = V_ERROR;
    if (obj_setattr(t, spec, NAME(_initializing), V_TRUE) == 0) {
        result = execute_new(t, spec, loader, name, module);
        V exc = err_fetch(t);
        if (obj_setattr(t, spec, NAME(_initializing), V_FALSE) < 0) err_clear(t);
        err_restore_steal(t, exc);
    }
    v_drop(t, module);
    return result;
}

V import_load(Thread *t, V spec) {
    V name = obj_getattr(t, spec, NAME(name));
    V loader = v_is_error(name) ? V_ERROR : obj_getattr(t, spec, NAME(loader));
    V module = v_is_error(loader) ? V_ERROR : load_with(t, spec, loader, name);
    if (!v_is_error(module) && import_verbose) {
        V text = err_format_message(t, "import %R # %R\n", name, loader);
        size_t n;
        const char *line = v_is_error(text) ? NULL : str_utf8(t, text, &n);
        if (line) fputs(line, stderr);
        else err_clear(t);
        v_drop(t, text);
    }
    v_drop(t, name);
    v_drop(t, loader);
    return module;
}

// ---- reloading ------------------------------------------------------------------------------------------------------------------
static int exec_again(Thread *t, V spec, V module, V name, V loader) {
    if (loader == V_NONE) {
        V places = obj_getattr(t, spec, NAME(submodule_search_locations));
        if (v_is_error(places)) return -1;
        v_drop(t, places);
        if (places == V_NONE) return missing_loader(t, name), -1;
        return spec_init_module(t, spec, module, true);
    }
    if (spec_init_module(t, spec, module, true) < 0) return -1;
    int modern = obj_hasattr(t, loader, NAME(exec_module));
    if (modern < 0) return -1;
    if (modern) return run_loader(t, loader, module);
    V loaded = load_legacy(t, spec, loader, name);
    v_drop(t, loaded);
    return v_is_error(loaded) ? -1 : 0;
}

static V exec_locked(Thread *t, V spec, V module, V name) {
    V there = modules_get(t, name);
    if (v_is_error(there)) return V_ERROR;
    v_drop(t, there);
    if (!v_is(there, module))
        return import_error(t, &exc_ImportError, err_format_message(t, "module %R not in sys.modules", name), name, V_NULL);
    V loader = obj_getattr(t, spec, NAME(loader));
    int r = v_is_error(loader) ? -1 : exec_again(t, spec, module, name, loader);
    v_drop(t, loader);
    V exc = err_fetch(t), result = move_to_end(t, name);
    if (r == 0) return result;
    v_drop(t, result);
    err_restore_steal(t, exc);
    return V_ERROR;
}

V import_exec(Thread *t, V spec, V module) {
    V name = obj_getattr(t, spec, NAME(name));
    if (v_is_error(name)) return V_ERROR;
    ModuleLock *lock;
    V result = V_ERROR;
    if (module_lock_enter(t, name, &lock) >= 0) {
        result = exec_locked(t, spec, module, name);
        module_lock_leave(t, lock);
    }
    v_drop(t, name);
    return result;
}

// ---- finding and loading ----------------------------------------------------------------------------------------------------------
static V not_found(Thread *t, V name, V parent) {
    V message = parent == V_NULL ? err_format_message(t, "No module named %R", name)
                                 : err_format_message(t, "No module named %R; %R is not a package", name, parent);
    return import_error(t, &exc_ModuleNotFoundError, message, name, V_NULL);
}

// Tells the parent's spec which submodule is being imported: circular imports are explained with it.
static int note_submodule(Thread *t, V parent_module, V child, bool begin) {
    V exc = err_fetch(t);
    V spec = obj_lookup_attr(t, parent_module, NAME(__spec__));
    V names = spec == V_NULL || spec == V_NONE || v_is_error(spec)
                  ? V_NULL
                  : obj_lookup_attr(t, spec, NAME(_uninitialized_submodules));
    if (names != V_NULL && v_is_list(names)) {
        if (begin) {
            if (list_append(t, names, child) < 0) err_clear(t);
        } else {
            v_drop(t, list_pop(t, names, -1));
        }
    }
    v_drop(t, names);
    v_drop(t, spec);
    err_restore_steal(t, exc);
    return 0;
}

// Consumes module.
static V bind_to_parent(Thread *t, V module, V parent, V child) {
    V parent_module = modules_get(t, parent);
    if (parent_module == V_NULL) err_key(t, parent);
    if (parent_module == V_NULL || v_is_error(parent_module)) {
        v_drop(t, module);
        return V_ERROR;
    }
    int r = obj_setattr(t, parent_module, child, module);
    v_drop(t, parent_module);
    if (r < 0 && err_matches(t, &exc_AttributeError)) {
        err_clear(t);
        r = warn(t, &exc_ImportWarning, 1, "Cannot set an attribute on %R for child module %R", parent, child);
    }
    if (r == 0) return module;
    v_drop(t, module);
    return V_ERROR;
}

static V load_below(Thread *t, V name, V parent, V child, V parent_module) {
    V path = obj_lookup_attr(t, parent_module, NAME(__path__));
    if (v_is_error(path)) return V_ERROR;
    if (path == V_NULL) return not_found(t, name, parent);
    V spec = import_find_spec(t, name, path, V_NONE);
    v_drop(t, path);
    if (v_is_error(spec)) return V_ERROR;
    if (spec == V_NONE) return not_found(t, name, V_NULL);
    note_submodule(t, parent_module, child, true);
    V module = import_load(t, spec);
    note_submodule(t, parent_module, child, false);
    v_drop(t, spec);
    return v_is_error(module) ? V_ERROR : bind_to_parent(t, module, parent, child);
}

// `a.b`: a first, which may bring a.b along.
static V load_submodule(Thread *t, V name, V parent, size_t dot) {
    V parent_module = modules_get(t, parent);
    if (parent_module == V_NULL) {
        V imported = import_module(t, parent);
        if (v_is_error(imported)) return V_ERROR;
        v_drop(t, imported);
        V already = modules_get(t, name);
        if (already != V_NULL) return already;
        parent_module = modules_get(t, parent);
        if (parent_module == V_NULL) return err_key(t, parent);
    }
    if (v_is_error(parent_module)) return V_ERROR;
    V child = str_substring(t, name, dot + 1, str_len(name));
    if (!v_is_error(child)) child = str_intern_steal(t, child);
    V module = v_is_error(child) ? V_ERROR : load_below(t, name, parent, child, parent_module);
    v_drop(t, child);
    v_drop(t, parent_module);
    return module;
}

static V load_new(Thread *t, V name) {
    ptrdiff_t dot;
    V parent = parent_name(t, name, &dot);
    if (v_is_error(parent)) return V_ERROR;
    if (parent != V_NULL && str_len(parent)) {
        V module = load_submodule(t, name, parent, (size_t)dot);
        v_drop(t, parent);
        return module;
    }
    v_drop(t, parent);
    V spec = import_find_spec(t, name, V_NONE, V_NONE);
    if (v_is_error(spec)) return V_ERROR;
    if (spec == V_NONE) return not_found(t, name, V_NULL);
    V module = import_load(t, spec);
    v_drop(t, spec);
    return module;
}

static V find_and_load_locked(Thread *t, V name) {
    V module = modules_get(t, name);
    if (module == V_NULL) return load_new(t, name);
    if (v_is_error(module) || module != V_NONE) return module;
    return import_error(t, &exc_ModuleNotFoundError,
                        err_format_message(t, "import of %V halted; None in sys.modules", name), name, V_NULL);
}

// ---- -X importtime -------------------------------------------------------------------------------------------------------------------
static int64_t timing_accumulated; // nanoseconds of the imports inside the running one; main thread's use only
static int timing_depth;

static int64_t now_ns(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static V find_and_load_timed(Thread *t, V name) {
    static bool header;
    if (!header) {
        fputs("import time: self [us] | cumulative | imported package\n", stderr);
        header = true;
    }
    int64_t outer = timing_accumulated, start = now_ns();
    timing_accumulated = 0;
    timing_depth++;
    V module = find_and_load_locked(t, name);
    timing_depth--;
    int64_t all = now_ns() - start;
    size_t n;
    const char *text = str_utf8(t, name, &n);
    fprintf(stderr, "import time: %9lld | %10lld | %*s%s\n", (long long)((all - timing_accumulated) / 1000),
            (long long)(all / 1000), timing_depth * 2, "", text ? text : "?");
    timing_accumulated = outer + all;
    return module;
}

static int audit_import(Thread *t, V name) {
    V path = sys_get_name(t, NAME(path)), meta = sys_get_name(t, NAME(meta_path)), hooks = sys_get_name(t, NAME(path_hooks));
    V details = tuple_pack(t, 5, name, V_NONE, path == V_NULL ? V_NONE : path, meta == V_NULL ? V_NONE : meta,
                           hooks == V_NULL ? V_NONE : hooks);
    int r = v_is_error(details) ? -1 : sys_audit(t, "import", details);
    v_drop(t, details);
    v_drop(t, path);
    v_drop(t, meta);
    v_drop(t, hooks);
    return r;
}

V import_find_and_load(Thread *t, V name) {
    if (sys_audit_wanted() && audit_import(t, name) < 0) return V_ERROR;
    ModuleLock *lock;
    if (module_lock_enter(t, name, &lock) < 0) return V_ERROR;
    V module = import_timing && !dict_contains(t, sys_modules_borrow(), name) ? find_and_load_timed(t, name)
                                                                              : find_and_load_locked(t, name);
    module_lock_leave(t, lock);
    return module;
}
