// SPDX-License-Identifier: MIT
// The import statement: __import__, `from … import`, `import *`, and imports that C code asks for.
//
// Read import_name first: it turns a name and a level into an absolute name, takes the module from sys.modules when it is
// there and initialised (two dict lookups, no lock), and otherwise goes to import_find_and_load.
#include "runtime/import.h"
#include "runtime/runtime.h"

static V modules_get(Thread *t, V name) { // stack value, V_NULL when missing
    V modules = sys_modules_borrow();
    return v_is_exact(modules, &dict_type) ? dict_get(t, modules, name) : obj_lookup_attr(t, modules, name);
}

V import_error(Thread *t, const Type *type, V message, V name, V path) {
    if (v_is_error(message)) return V_ERROR;
    V exc = exc_new(t, type, &message, 1);
    v_drop(t, message);
    if (v_is_error(exc)) return V_ERROR;
    if (name != V_NULL && obj_setattr(t, exc, NAME(name), name) < 0) err_clear(t);
    if (path != V_NULL && obj_setattr(t, exc, NAME(path), path) < 0) err_clear(t);
    err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

// ---- names -------------------------------------------------------------------------------------------------------------
// name up to its last dot (rpartition('.')[0]), "" without one.
static V before_last_dot(Thread *t, V name) {
    ptrdiff_t dot = str_find_char(name, '.', 0, str_len(name), -1);
    return str_substring(t, name, 0, dot < 0 ? 0 : (size_t)dot);
}

static V package_from_name(Thread *t, V globals) {
    if (warn(t, &exc_ImportWarning, 1,
             "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__") < 0)
        return V_ERROR;
    V name = dict_get(t, globals, NAME(__name__));
    if (v_is_error(name)) return V_ERROR;
    if (name == V_NULL) return err_set(t, &exc_KeyError, "'__name__' not in globals");
    V result;
    int has_path = dict_contains(t, globals, NAME(__path__));
    if (!v_is_str(name)) result = err_set(t, &exc_TypeError, "__name__ must be a string");
    else result = has_path < 0 ? V_ERROR : has_path ? v_dup(name) : before_last_dot(t, name);
    v_drop(t, name);
    return result;
}

static int check_parent(Thread *t, V package, V spec) {
    V parent = obj_getattr(t, spec, NAME(parent));
    if (v_is_error(parent)) return -1;
    int equal = obj_compare_bool(t, package, parent, CMP_EQ);
    if (equal == 0)
        equal = warn(t, &exc_ImportWarning, 1, "__package__ != __spec__.parent (%R != %R)", package, parent) < 0 ? -1 : 0;
    v_drop(t, parent);
    return equal < 0 ? -1 : 0;
}

static V package_of(Thread *t, V globals, V package, V spec) {
    if (package != V_NULL && package != V_NONE) {
        if (!v_is_str(package)) return err_set(t, &exc_TypeError, "package must be a string");
        if (spec != V_NULL && spec != V_NONE && check_parent(t, package, spec) < 0) return V_ERROR;
        return v_dup(package);
    }
    if (spec == V_NULL || spec == V_NONE) return package_from_name(t, globals);
    V parent = obj_getattr(t, spec, NAME(parent));
    if (v_is_error(parent) || v_is_str(parent)) return parent;
    v_drop(t, parent);
    return err_set(t, &exc_TypeError, "__spec__.parent must be a string");
}

V import_calc_package(Thread *t, V globals) {
    if (globals == V_NULL) return err_set(t, &exc_KeyError, "'__name__' not in globals");
    if (!v_is_dict(globals)) return err_set(t, &exc_TypeError, "globals must be a dict");
    V package = dict_get(t, globals, NAME(__package__));
    V spec = v_is_error(package) ? V_ERROR : dict_get(t, globals, NAME(__spec__));
    V result = v_is_error(spec) ? V_ERROR : package_of(t, globals, package, spec);
    v_drop(t, package);
    v_drop(t, spec);
    return result;
}

V import_resolve_name(Thread *t, V name, V package, int level) {
    if (str_len(package) == 0)
        return import_error(t, &exc_ImportError,
                            str_from_cstr(t, "attempted relative import with no known parent package"), V_NULL, V_NULL);
    size_t end = str_len(package);
    for (int i = 1; i < level; i++) {
        ptrdiff_t dot = str_find_char(package, '.', 0, end, -1);
        if (dot < 0)
            return import_error(t, &exc_ImportError,
                                str_from_cstr(t, "attempted relative import beyond top-level package"), V_NULL, V_NULL);
        end = (size_t)dot;
    }
    V base = str_substring(t, package, 0, end);
    if (v_is_error(base) || str_len(name) == 0) return base;
    V result = str_from_format(t, "%V.%V", base, name);
    v_drop(t, base);
    return result;
}

static V absolute_name(Thread *t, V name, V globals, int level) {
    if (level == 0) {
        if (str_len(name) == 0) return err_set(t, &exc_ValueError, "Empty module name");
        return v_dup(name);
    }
    V package = import_calc_package(t, globals);
    if (v_is_error(package)) return V_ERROR;
    V result = import_resolve_name(t, name, package, level);
    v_drop(t, package);
    return result;
}

// ---- modules -------------------------------------------------------------------------------------------------------------
int import_spec_initializing(Thread *t, V spec) {
    if (v_is_error(spec)) err_clear(t);
    if (spec == V_NULL || spec == V_NONE || v_is_error(spec)) return 0;
    V flag = obj_lookup_attr(t, spec, NAME(_initializing));
    if (flag == V_NULL) return 0;
    int truth = v_is_error(flag) ? -1 : obj_is_true(t, flag);
    v_drop(t, flag);
    if (truth < 0) err_clear(t);
    return truth > 0;
}

int import_module_initializing(Thread *t, V module) {
    V spec = obj_lookup_attr(t, module, NAME(__spec__));
    int r = import_spec_initializing(t, spec);
    v_drop(t, spec);
    return r;
}

static V import_absolute(Thread *t, V name) {
    V module = modules_get(t, name);
    if (v_is_error(module)) return V_ERROR;
    if (module == V_NULL || module == V_NONE || import_module_initializing(t, module)) {
        v_drop(t, module);
        return import_find_and_load(t, name);
    }
    return module;
}

// Without a from list the statement binds the first part of the name.  Consumes module.
static V first_part(Thread *t, V module, V name, V absolute, int level) {
    if (level > 0 && str_len(name) == 0) return module;
    ptrdiff_t dot = str_find_char(name, '.', 0, str_len(name), 1);
    if (dot < 0) return module;
    v_drop(t, module);
    size_t keep = level == 0 ? (size_t)dot : str_len(absolute) - (str_len(name) - (size_t)dot);
    V front = str_substring(t, absolute, 0, keep);
    if (v_is_error(front)) return V_ERROR;
    V result = level == 0 ? import_absolute(t, front) : modules_get(t, front);
    if (result == V_NULL) result = err_set(t, &exc_KeyError, "%R not in sys.modules as expected", front);
    v_drop(t, front);
    return result;
}

// With one: the module itself, after importing those names that are its submodules.  Consumes module.
static V with_fromlist(Thread *t, V module, V fromlist) {
    V path = obj_lookup_attr(t, module, NAME(__path__));
    int r = v_is_error(path) ? -1 : 0;
    if (path != V_NULL && r == 0) r = import_handle_fromlist(t, module, fromlist, V_NULL, false);
    v_drop(t, path);
    if (r == 0) return module;
    v_drop(t, module);
    return V_ERROR;
}

V import_name(Thread *t, V name, V globals, V locals, V fromlist, int level) {
    (void)locals;
    if (name == V_NULL) return err_set(t, &exc_ValueError, "Empty module name");
    if (!v_is_str(name)) return err_set(t, &exc_TypeError, "module name must be a string");
    if (level < 0) return err_set(t, &exc_ValueError, "level must be >= 0");
    int has_from = fromlist == V_NULL || fromlist == V_NONE ? 0 : obj_is_true(t, fromlist);
    if (has_from < 0) return V_ERROR;
    V absolute = absolute_name(t, name, globals, level);
    if (v_is_error(absolute)) return V_ERROR;
    V module = import_absolute(t, absolute);
    if (!v_is_error(module))
        module = has_from ? with_fromlist(t, module, fromlist) : first_part(t, module, name, absolute, level);
    v_drop(t, absolute);
    return module;
}

// ---- from module import … -------------------------------------------------------------------------------------------------
static V item_error(Thread *t, bool from_all, V module, V item) {
    if (!from_all) return err_set(t, &exc_TypeError, "Item in ``from list'' must be str, not %T", item);
    V name = obj_getattr(t, module, NAME(__name__));
    if (v_is_error(name)) return V_ERROR;
    err_set(t, &exc_TypeError, "Item in %V.__all__ must be str, not %T", name, item);
    v_drop(t, name);
    return V_ERROR;
}

// A name that the package lacks may be a submodule.  One that does not exist is the statement's business.
static int import_submodule(Thread *t, V module, V item, V import_function) {
    V package = obj_getattr(t, module, NAME(__name__));
    if (v_is_error(package)) return -1;
    V name = str_from_format(t, "%V.%V", package, item);
    v_drop(t, package);
    if (v_is_error(name)) return -1;
    V result = import_function == V_NULL ? import_find_and_load(t, name) : obj_call1(t, import_function, name);
    int r = 0;
    if (v_is_error(result)) {
        r = -1;
        if (err_matches(t, &exc_ModuleNotFoundError)) {
            V exc = err_fetch(t), missing = obj_lookup_attr(t, exc, NAME(name)), blocked = modules_get(t, name);
            bool ours = missing != V_NULL && v_is_str(missing) && str_equal(missing, name);
            if (ours && blocked != V_NONE) r = 0;
            v_drop(t, missing);
            v_drop(t, blocked);
            if (r < 0) err_restore_steal(t, exc);
            else v_drop(t, exc);
        }
    }
    v_drop(t, result);
    v_drop(t, name);
    return r;
}

static int handle_all(Thread *t, V module, V import_function) {
    V all = obj_lookup_attr(t, module, NAME(__all__));
    if (all == V_NULL) return 0;
    int r = v_is_error(all) ? -1 : import_handle_fromlist(t, module, all, import_function, true);
    v_drop(t, all);
    return r;
}

int import_handle_fromlist(Thread *t, V module, V fromlist, V import_function, bool from_all) {
    V it = obj_iter(t, fromlist);
    if (v_is_error(it)) return -1;
    int r = 0;
    while (r == 0) {
        V item = obj_next(t, it);
        if (item == V_END) break;
        if (v_is_error(item)) {
            r = -1;
        } else if (!v_is_str(item)) {
            item_error(t, from_all, module, item);
            r = -1;
        } else if (str_equal_ascii(item, "*")) {
            if (!from_all) r = handle_all(t, module, import_function);
        } else {
            r = obj_hasattr(t, module, item);
            r = r < 0 ? -1 : r ? 0 : import_submodule(t, module, item, import_function);
        }
        v_drop(t, item);
    }
    v_drop(t, it);
    return r;
}


// "cannot import name 'x' from 'm' (file)", and what it most likely comes from.
static V cannot_import(Thread *t, V module, V name, V module_name) {
    V file = obj_lookup_attr(t, module, NAME(__file__)); // of a module only: __getattr__ may say anything
    if (v_is_error(file) || (file != V_NULL && !v_is_str(file))) {
        err_clear(t);
        v_drop(t, file);
        file = V_NULL;
    }
    V shown = v_is_str(module_name) ? v_dup(module_name) : str_from_cstr(t, "<unknown module name>");
    V message;
    if (file == V_NULL) {
        message = err_format_message(t, "cannot import name %R from %R (unknown location)", name, shown);
    } else {
        bool partial = import_module_initializing(t, module);
        message = err_format_message(t, partial ? "cannot import name %R from partially initialized module %R "
                                                  "(most likely due to a circular import) (%V)"
                                                : "cannot import name %R from %R (%V)",
                                     name, shown, file);
    }
    import_error(t, &exc_ImportError, message, shown, file == V_NULL ? V_NONE : file);
    v_drop(t, shown);
    v_drop(t, file);
    return V_ERROR;
}

V import_from(Thread *t, V module, V name) {
    V value = obj_lookup_attr(t, module, name);
    if (value != V_NULL) return value;
    // A submodule whose import is under way is in sys.modules before it is the package's attribute.
    V package = obj_lookup_attr(t, module, NAME(__name__));
    if (v_is_error(package)) return V_ERROR;
    if (package != V_NULL && v_is_str(package)) {
        V full = str_from_format(t, "%V.%V", package, name);
        value = v_is_error(full) ? V_ERROR : modules_get(t, full);
        v_drop(t, full);
    }
    if (value == V_NULL) value = cannot_import(t, module, name, package == V_NULL ? V_NONE : package);
    v_drop(t, package);
    return value;
}

// ---- import * --------------------------------------------------------------------------------------------------------------
static int store_name(Thread *t, V locals, V name, V value) {
    return v_is_exact(locals, &dict_type) ? dict_set(t, locals, name, value) : obj_setitem(t, locals, name, value);
}

static int star_name_error(Thread *t, V module, V item, bool from_all) {
    V name = obj_getattr(t, module, NAME(__name__));
    if (v_is_error(name)) return -1;
    if (!v_is_str(name)) err_set(t, &exc_TypeError, "module __name__ must be a string, not %.100T", name);
    else if (from_all) err_set(t, &exc_TypeError, "Item in %V.__all__ must be str, not %.100T", name, item);
    else err_set(t, &exc_TypeError, "Key in %V.__dict__ must be str, not %.100T", name, item);
    v_drop(t, name);
    return -1;
}

static int star_one(Thread *t, V module, V locals, V item, bool from_all) {
    if (!v_is_str(item)) return star_name_error(t, module, item, from_all);
    if (!from_all && str_len(item) && str_at(item, 0) == '_') return 0;
    V value = obj_getattr(t, module, item);
    int r = v_is_error(value) ? -1 : store_name(t, locals, item, value);
    v_drop(t, value);
    return r;
}

int import_star(Thread *t, V module, V locals) {
    V names = obj_lookup_attr(t, module, NAME(__all__));
    bool from_all = names != V_NULL;
    if (names == V_NULL) {
        V dict = obj_lookup_attr(t, module, NAME(__dict__));
        if (v_is_error(dict)) return -1;
        if (dict == V_NULL) {
            err_set(t, &exc_ImportError, "from-import-* object has no __dict__ and no __all__");
            return -1;
        }
        names = v_is_dict(dict) ? dict_keys_list(t, dict) : obj_call_method0(t, dict, NAME(keys));
        v_drop(t, dict);
    }
    if (v_is_error(names)) return -1;
    V it = obj_iter(t, names);
    v_drop(t, names);
    if (v_is_error(it)) return -1;
    int r = 0;
    while (r == 0) {
        V item = obj_next(t, it);
        if (item == V_END) break;
        r = v_is_error(item) ? -1 : star_one(t, module, locals, item, from_all);
        v_drop(t, item);
    }
    v_drop(t, it);
    return r;
}

// ---- for C code ------------------------------------------------------------------------------------------------------------
V import_module(Thread *t, V name) { return import_absolute(t, name); }

V import_module_c(Thread *t, const char *name) {
    V text = str_intern_utf8(t, name, strlen(name));
    if (v_is_error(text)) return V_ERROR;
    V module = import_absolute(t, text);
    v_drop(t, text);
    return module;
}

V import_attr_c(Thread *t, const char *module_name, const char *attr) {
    V module = import_module_c(t, module_name);
    if (v_is_error(module)) return V_ERROR;
    V value = obj_getattr_c(t, module, attr);
    v_drop(t, module);
    return value;
}
