// SPDX-License-Identifier: MIT
// Module _frozen_importlib (importlib._bootstrap): the natives of the import system under importlib's names.  Names that
// are not here come from its part in Python, through the module's __getattr__.
#include "runtime/import.h"
#include "runtime/runtime.h"

static NATIVE(bootstrap_spec_from_loader) {
    UNUSED_NATIVE();
    int is_package = args[3] == V_NULL || args[3] == V_NONE ? -1 : obj_is_true(t, args[3]);
    return err_pending(t) ? V_ERROR : spec_from_loader(t, args[0], args[1], args[2], is_package);
}

static NATIVE(bootstrap_module_from_spec) {
    UNUSED_NATIVE();
    return spec_module(t, args[0]);
}

static NATIVE(bootstrap_init_module_attrs) {
    UNUSED_NATIVE();
    int override = args[2] == V_NULL ? 0 : obj_is_true(t, args[2]);
    if (override < 0 || spec_init_module(t, args[0], args[1], override) < 0) return V_ERROR;
    return v_dup(args[1]);
}

static NATIVE(bootstrap_exec) {
    UNUSED_NATIVE();
    return import_exec(t, args[0], args[1]);
}

static NATIVE(bootstrap_load_unlocked) {
    UNUSED_NATIVE();
    return import_load(t, args[0]);
}

static NATIVE(bootstrap_load) {
    UNUSED_NATIVE();
    V name = obj_getattr(t, args[0], NAME(name));
    if (v_is_error(name)) return V_ERROR;
    ModuleLock *lock;
    V module = V_ERROR;
    if (module_lock_enter(t, name, &lock) >= 0) {
        module = import_load(t, args[0]);
        module_lock_leave(t, lock);
    }
    v_drop(t, name);
    return module;
}

static NATIVE(bootstrap_find_spec) {
    UNUSED_NATIVE();
    return import_find_spec(t, args[0], args[1], args[2] == V_NULL ? V_NONE : args[2]);
}

static NATIVE(bootstrap_find_and_load) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "module name must be str, not %V", v_from_type(v_type(args[0])));
    V module = dict_get(t, sys_modules_borrow(), args[0]);
    if (module != V_NULL && !v_is_error(module) && module != V_NONE && !import_module_initializing(t, module)) return module;
    v_drop(t, module);
    return v_is_error(module) ? V_ERROR : import_find_and_load(t, args[0]);
}

static NATIVE(bootstrap_resolve_name) {
    UNUSED_NATIVE();
    int level;
    if (num_as_int(t, args[2], &level) < 0) return V_ERROR;
    return import_resolve_name(t, args[0], args[1], level);
}

static NATIVE(bootstrap_gcd_import) {
    UNUSED_NATIVE();
    int level = 0;
    if (args[2] != V_NULL && num_as_int(t, args[2], &level) < 0) return V_ERROR;
    V name = args[0], package = args[1] == V_NULL ? V_NONE : args[1];
    if (!v_is_str(name)) return err_set(t, &exc_TypeError, "module name must be str, not %V", v_from_type(v_type(name)));
    if (level < 0) return err_set(t, &exc_ValueError, "level must be >= 0");
    if (level > 0 && !v_is_str(package)) return err_set(t, &exc_TypeError, "__package__ not set to a string");
    if (level == 0 && str_len(name) == 0) return err_set(t, &exc_ValueError, "Empty module name");
    V absolute = level ? import_resolve_name(t, name, package, level) : v_dup(name);
    if (v_is_error(absolute)) return V_ERROR;
    V call[1] = {absolute}, module = bootstrap_find_and_load(t, self, call, 1, V_NULL);
    v_drop(t, absolute);
    return module;
}

static NATIVE(bootstrap_handle_fromlist) {
    UNUSED_NATIVE();
    int recursive = args[3] == V_NULL ? 0 : obj_is_true(t, args[3]);
    if (recursive < 0 || import_handle_fromlist(t, args[0], args[1], args[2], recursive) < 0) return V_ERROR;
    return v_dup(args[0]);
}

static NATIVE(bootstrap_calc_package) {
    UNUSED_NATIVE();
    return import_calc_package(t, args[0]);
}

static NATIVE(bootstrap_getattr) {
    UNUSED_NATIVE();
    bool special = v_is_str(args[0]) && str_len(args[0]) > 2 && str_at(args[0], 0) == '_' && str_at(args[0], 1) == '_' &&
                   !str_equal_ascii(args[0], "__import__");
    V value = special ? V_NULL : import_cold_name(t, args[0]);
    if (value != V_NULL) return value;
    V name = module_name(t, self);
    if (v_is_error(name)) return V_ERROR;
    attr_error(t, self, args[0], "module %R has no attribute %R", name, args[0]);
    v_drop(t, name);
    return V_ERROR;
}

static const Method methods[] = {
    {"spec_from_loader", bootstrap_spec_from_loader, "name, loader, *, origin=None, is_package=None", LOCK_NONE, 0,
     "A spec for a module that this loader loads."},
    {"module_from_spec", bootstrap_module_from_spec, "spec", LOCK_NONE, 0, "The module of a spec, not executed yet."},
    {"_init_module_attrs", bootstrap_init_module_attrs, "spec, module, *, override=False", LOCK_NONE, 0, NULL},
    {"_exec", bootstrap_exec, "spec, module", LOCK_NONE, 0, NULL},
    {"_load", bootstrap_load, "spec", LOCK_NONE, 0, NULL},
    {"_load_unlocked", bootstrap_load_unlocked, "spec", LOCK_NONE, 0, NULL},
    {"_find_spec", bootstrap_find_spec, "name, path, target=None", LOCK_NONE, 0, NULL},
    {"_find_and_load", bootstrap_find_and_load, "name, import_=None", LOCK_NONE, 0, NULL},
    {"_gcd_import", bootstrap_gcd_import, "name, package=None, level=0", LOCK_NONE, 0, NULL},
    {"_resolve_name", bootstrap_resolve_name, "name, package, level", LOCK_NONE, 0, NULL},
    {"_handle_fromlist", bootstrap_handle_fromlist, "module, fromlist, import_, *, recursive=False", LOCK_NONE, 0, NULL},
    {"_calc___package__", bootstrap_calc_package, "globals", LOCK_NONE, 0, NULL},
    {"__getattr__", bootstrap_getattr, "name, /", LOCK_NONE, 0, NULL},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    if (module_add(t, module, "ModuleSpec", class_of(&class_module_spec)) < 0 ||
        module_add(t, module, "BuiltinImporter", class_of(&class_builtin_importer)) < 0 ||
        module_add(t, module, "FrozenImporter", class_of(&class_frozen_importer)) < 0)
        return -1;
    static const char *const parts[] = {"_imp", "_thread", "_warnings", "_weakref"};
    V sys = dict_get_c(t, sys_modules_borrow(), "sys");
    int r = sys == V_NULL ? 0 : module_add_steal(t, module, "sys", sys);
    for (size_t i = 0; i < countof(parts) && r == 0; i++) {
        V part = import_builtin(t, parts[i]);
        if (part != V_NULL) r = module_add_steal(t, module, parts[i], part);
    }
    return r;
}

const ModuleDef mod__frozen_importlib = {
    .name = "_frozen_importlib",
    .doc = "The core of the import system (importlib._bootstrap).",
    .methods = methods,
    .exec = exec,
};
