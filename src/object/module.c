// SPDX-License-Identifier: MIT
// module: a name and a dict.  Also how modules written in C fill themselves (module_add_*).
#include "object/descr.h"
#include "object/misc.h"
#include "runtime/import.h"
#include "runtime/runtime.h"

// ---- making ----------------------------------------------------------------------------------------------------------
static int set_up(Thread *t, V module, V name, V doc) {
    Module *m = module_of(module);
    V dict = slot_get(&m->head, &m->dict);
    if (dict == V_NULL) {
        dict = dict_new(t);
        if (v_is_error(dict)) return -1;
        slot_set(t, &m->head, &m->dict, dict);
    }
    slot_set(t, &m->head, &m->name, name);
    V keys[] = {NAME(__name__), NAME(__doc__), NAME(__package__), NAME(__loader__), NAME(__spec__)};
    V values[] = {name, doc, V_NONE, V_NONE, V_NONE};
    int r = 0;
    for (size_t i = 0; r == 0 && i < countof(keys); i++) r = dict_set(t, dict, keys[i], values[i]);
    v_drop(t, dict);
    return r;
}

V module_new(Thread *t, V name) {
    V module = type_alloc(t, &module_type, 0);
    if (v_is_error(module) || set_up(t, module, name, V_NONE) == 0) return module;
    v_drop(t, module);
    return V_ERROR;
}

static V module_alloc(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    V module = type_alloc(t, type, 0);
    if (v_is_error(module)) return V_ERROR;
    V dict = dict_new(t);
    if (v_is_error(dict)) {
        v_drop(t, module);
        return V_ERROR;
    }
    slot_set_steal(t, v_obj(module), &module_of(module)->dict, dict);
    return module;
}

static int module_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V a[2];
    if (args_bind(t, "module", "name, doc=None", args, nargs, kwnames, a) < 0) return -1;
    if (!v_is_str(a[0])) {
        err_set(t, &exc_TypeError, "module() argument 'name' must be str, not %K", a[0]);
        return -1;
    }
    return set_up(t, self, a[0], a[1] == V_NULL ? V_NONE : a[1]);
}

static void module_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Module *m = (Module *)o;
    VISIT(m->dict);
    VISIT(m->name);
}

static void module_free(Thread *t, Obj *o) {
    (void)t;
    mem_free(((Module *)o)->state);
}

// ---- filling -----------------------------------------------------------------------------------------------------------
V module_dict_borrow(V module) { return slot_peek(&module_of(module)->dict); }

V module_name(Thread *t, V module) {
    V dict = module_dict_borrow(module), name = dict == V_NULL ? V_NULL : dict_get(t, dict, NAME(__name__));
    if (v_is_error(name) || (name != V_NULL && v_is_str(name))) return name;
    v_drop(t, name);
    return err_set(t, &exc_SystemError, "nameless module");
}

int module_add(Thread *t, V module, const char *name, V value) { return dict_set_c(t, module_dict_borrow(module), name, value); }
int module_add_steal(Thread *t, V module, const char *name, V value) {
    return dict_set_c_steal(t, module_dict_borrow(module), name, value);
}
int module_add_int(Thread *t, V module, const char *name, int64_t value) {
    return module_add_steal(t, module, name, int_from_i64(t, value));
}
int module_add_str(Thread *t, V module, const char *name, const char *value) {
    return module_add_steal(t, module, name, str_from_cstr(t, value));
}
int module_add_type(Thread *t, V module, Type *type) {
    if (!type_has(type, TYPE_HEAP) && type_ready(t, type) < 0) return -1;
    return module_add(t, module, type_short_name(type), v_from_type(type));
}

int module_add_error(Thread *t, V module, Slot *root, const char *name, const char *full, Type *base) {
    if (slot_peek(root) == V_NULL) {
        V type = type_new_simple(t, full, base, V_NULL);
        if (v_is_error(type)) return -1;
        root_register(root);
        root_set(t, root, type);
        v_drop(t, type);
    }
    return module_add(t, module, name, slot_peek(root));
}

int module_add_methods(Thread *t, V module, const Method *methods) {
    V name = module_name(t, module);
    if (v_is_error(name)) return -1;
    int r = 0;
    for (const Method *row = methods; r == 0 && row && row->name; row++)
        r = module_add_steal(t, module, row->name, native_new_bound(t, row, module, name, NULL));
    v_drop(t, name);
    return r;
}

// ---- attributes --------------------------------------------------------------------------------------------------------
// Whether sys.modules has "module.name" and is still running its code.
static bool is_initializing_submodule(Thread *t, V module, V name) {
    V modules = sys_modules_borrow(), full = str_from_format(t, "%V.%V", module, name);
    V found = modules == V_NULL || v_is_error(full) ? V_NULL : dict_get(t, modules, full);
    bool is = found != V_NULL && !v_is_error(found) && import_module_initializing(t, found);
    err_clear(t);
    v_drop(t, found);
    v_drop(t, full);
    return is;
}

static V missing(Thread *t, V self, V name) {
    V dict = module_dict_borrow(self);
    V module = dict == V_NULL ? V_NULL : dict_get(t, dict, NAME(__name__));
    if (v_is_error(module)) return V_ERROR;
    if (module == V_NULL || !v_is_str(module)) {
        v_drop(t, module);
        return attr_error(t, self, name, "module has no attribute '%V'", name);
    }
    V spec = dict_get(t, dict, NAME(__spec__)); // not as an attribute: that might be what is missing
    bool partial = import_spec_initializing(t, spec);
    v_drop(t, spec);
    if (!partial && is_initializing_submodule(t, module, name))
        attr_error(t, self, name, "cannot access submodule '%V' of module '%V' (most likely due to a circular import)", name, module);
    else if (partial)
        attr_error(t, self, name, "partially initialized module '%V' has no attribute '%V' (most likely due to a circular import)",
                   module, name);
    else attr_error(t, self, name, "module '%V' has no attribute '%V'", module, name);
    v_drop(t, module);
    return V_ERROR;
}

static V module_getattr(Thread *t, V self, V name) {
    V found = obj_generic_getattr_or_null(t, self, name);
    if (found != V_NULL) return found;
    V dict = module_dict_borrow(self);
    V hook = dict == V_NULL ? V_NULL : dict_get(t, dict, NAME(__getattr__));
    if (v_is_error(hook)) return V_ERROR;
    if (hook == V_NULL) return missing(t, self, name);
    V result = obj_call1(t, hook, name);
    v_drop(t, hook);
    return result;
}

static V get_dict(Thread *t, V self, void *closure) {
    (void)closure;
    return obj_get_dict(t, self);
}

static V get_annotations(Thread *t, V self, void *closure) {
    (void)closure;
    V dict = obj_get_dict(t, self);
    if (v_is_error(dict)) return V_ERROR;
    V found = dict_get(t, dict, NAME(__annotations__));
    if (found == V_NULL) {
        found = dict_new(t);
        if (!v_is_error(found) && dict_set(t, dict, NAME(__annotations__), found) < 0) {
            v_drop(t, found);
            found = V_ERROR;
        }
    }
    v_drop(t, dict);
    return found;
}

static int set_annotations(Thread *t, V self, V value, void *closure) {
    (void)closure;
    V dict = obj_get_dict(t, self);
    if (v_is_error(dict)) return -1;
    int r = value == V_NULL ? dict_discard(t, dict, NAME(__annotations__)) : dict_set(t, dict, NAME(__annotations__), value);
    v_drop(t, dict);
    if (value == V_NULL && r == 0) {
        err_set(t, &exc_AttributeError, "__annotations__");
        return -1;
    }
    return r < 0 ? -1 : 0;
}

static NATIVE(module_dir) {
    UNUSED_NATIVE();
    V dict = obj_getattr(t, self, NAME(__dict__)), result = V_ERROR;
    if (v_is_error(dict)) return V_ERROR;
    if (!v_is_dict(dict)) {
        err_set(t, &exc_TypeError, "%s", "<module>.__dict__ is not a dictionary");
    } else {
        V hook = dict_get(t, dict, NAME(__dir__));
        if (hook == V_NULL) result = dict_keys_list(t, dict);
        else if (!v_is_error(hook)) {
            result = obj_call0(t, hook);
            v_drop(t, hook);
        }
    }
    v_drop(t, dict);
    return result;
}

// ---- repr: <module 'os' from '/usr/lib/python3.11/os.py'>, <module 'sys' (built-in)> -------------------------------------
static V attr_or_none(Thread *t, V v, V name) {
    V found = obj_lookup_attr(t, v, name);
    return found == V_NULL ? V_NONE : found;
}

static V repr_from_spec(Thread *t, V spec) {
    V name = attr_or_none(t, spec, NAME(name)), origin = V_NONE, loader = V_NONE, located = V_NONE, result = V_ERROR;
    if (v_is_error(name)) return V_ERROR;
    V shown = name == V_NONE ? str_from_cstr(t, "?") : v_dup(name);
    origin = attr_or_none(t, spec, NAME(origin));
    loader = v_is_error(origin) ? V_ERROR : attr_or_none(t, spec, NAME(loader));
    located = v_is_error(loader) ? V_ERROR : attr_or_none(t, spec, NAME(has_location));
    int has_location = v_is_error(located) ? -1 : obj_is_true(t, located);
    if (has_location < 0) goto done;
    if (origin == V_NONE && loader == V_NONE) result = str_from_format(t, "<module %R>", shown);
    else if (origin == V_NONE) result = str_from_format(t, "<module %R (%R)>", shown, loader);
    else if (has_location) result = str_from_format(t, "<module %R from %R>", shown, origin);
    else result = str_from_format(t, "<module %R (%V)>", name, origin);
done:
    v_drop(t, name);
    v_drop(t, shown);
    v_drop(t, origin);
    v_drop(t, loader);
    v_drop(t, located);
    return result;
}

// The loader's module_repr(), deprecated; V_NULL when there is none or it fails.
static V repr_by_loader(Thread *t, V self) {
    V loader = obj_lookup_attr(t, self, NAME(__loader__)), method = V_NULL, result = V_NULL;
    if (!v_is_error(loader) && loader != V_NULL) method = obj_lookup_attr(t, loader, NAME(module_repr));
    if (!v_is_error(method) && method != V_NULL) result = obj_call1(t, method, self);
    if (!v_is_error(loader)) v_drop(t, loader);
    if (!v_is_error(method)) v_drop(t, method);
    if (err_pending(t)) err_clear(t);
    return v_is_error(result) ? V_NULL : result;
}

static V module_repr(Thread *t, V self) {
    V spec = attr_or_none(t, self, NAME(__spec__));
    if (v_is_error(spec)) return V_ERROR;
    int truth = obj_is_true(t, spec);
    if (truth) {
        V result = truth < 0 ? V_ERROR : repr_from_spec(t, spec);
        v_drop(t, spec);
        return result;
    }
    V shown = repr_by_loader(t, self);
    if (shown != V_NULL) return shown;
    V name = obj_lookup_attr(t, self, NAME(__name__)), result;
    if (name == V_NULL) name = str_from_cstr(t, "?");
    if (v_is_error(name)) return V_ERROR;
    V file = obj_lookup_attr(t, self, NAME(__file__)), loader = V_NONE;
    if (!v_is_error(file) && file == V_NULL) loader = attr_or_none(t, self, NAME(__loader__));
    if (v_is_error(file) || v_is_error(loader)) result = V_ERROR;
    else if (file != V_NULL) result = str_from_format(t, "<module %R from %R>", name, file);
    else if (loader == V_NONE) result = str_from_format(t, "<module %R>", name);
    else result = str_from_format(t, "<module %R (%R)>", name, loader);
    v_drop(t, name);
    v_drop(t, file);
    v_drop(t, loader);
    return result;
}

static const Method module_methods[] = {
    {"__dir__", module_dir, "", LOCK_NONE, 0, "__dir__() -> list\nthe names in the module, or what its own __dir__ says"},
    METHOD_END,
};
static const GetSet module_getsets[] = {
    {"__dict__", get_dict, NULL, NULL, NULL},
    {"__annotations__", get_annotations, set_annotations, NULL, NULL},
    {0},
};

Type module_type = {
    TYPE_HEAD("module"), .size = sizeof(Module), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_OWN_DICT | TYPE_IMMUTABLE,
    .doc = "A module.\n\nIts name is a str; its docstring may be anything.",
    .text_signature = "name, doc=None", .traverse = module_traverse, .free_ = module_free, .new_ = module_alloc,
    .init = module_init, .getattr = module_getattr, .setattr = obj_generic_setattr, .repr = module_repr,
    .methods = module_methods, .getsets = module_getsets,
};
