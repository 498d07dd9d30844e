// SPDX-License-Identifier: MIT
// Modules written in C: the table of them, making and executing one, and the importers BuiltinImporter and
// FrozenImporter (nothing is frozen here: it never finds anything).
//
// sys and builtins exist once: importing them again after they were taken out of sys.modules gives the same object.
#include "runtime/import.h"
#include "runtime/runtime.h"

#define MODULE(name) extern const ModuleDef mod_##name;
#include "modules_table.inc"
#undef MODULE

static const ModuleDef *const table[] = { // in the order of the names
#define MODULE(name) &mod_##name,
#include "modules_table.inc"
#undef MODULE
};

Slot class_builtin_importer, class_frozen_importer;
static Slot kept_modules; // dict: sys and builtins by name

const ModuleDef *module_def_find(const char *name) {
    size_t low = 0, high = countof(table);
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = strcmp(name, table[mid]->name);
        if (order == 0) return table[mid];
        if (order < 0) high = mid;
        else low = mid + 1;
    }
    return NULL;
}

static bool is_kept(const ModuleDef *def) { return !strcmp(def->name, "sys") || !strcmp(def->name, "builtins"); }

// ---- making ------------------------------------------------------------------------------------------------------------------
V module_def_new(Thread *t, const ModuleDef *def, V name) {
    V module = module_new(t, name);
    if (v_is_error(module)) return V_ERROR;
    Module *m = module_of(module);
    m->def = def;
    if ((def->state_size && !(m->state = mem_calloc(t, 1, def->state_size)))) {
        v_drop(t, module);
        return err_no_memory(t);
    }
    if ((def->doc && module_add_str(t, module, "__doc__", def->doc) < 0) ||
        (def->methods && module_add_methods(t, module, def->methods) < 0)) {
        v_drop(t, module);
        return V_ERROR;
    }
    return module;
}

int module_def_exec(Thread *t, V module) {
    const ModuleDef *def = module_of(module)->def;
    return def && def->exec ? def->exec(t, module) : 0;
}

static const ModuleDef *def_of_name(Thread *t, V name) {
    if (!v_is_str(name)) return NULL;
    const char *text = str_cstr(t, name);
    if (!text) err_clear(t);
    return text ? module_def_find(text) : NULL;
}

static V kept_module(V name, Thread *t) {
    V kept = slot_peek(&kept_modules);
    return kept == V_NULL ? V_NULL : dict_get(t, kept, name);
}

static int keep_module(Thread *t, V name, V module) {
    V kept = slot_peek(&kept_modules);
    if (kept != V_NULL) return dict_set(t, kept, name, module);
    root_register(&kept_modules);
    V dict = dict_new(t);
    if (v_is_error(dict)) return -1;
    root_set(t, &kept_modules, dict);
    int r = dict_set(t, dict, name, module);
    v_drop(t, dict);
    return r;
}

// A module that C code wants, whether or not a program has imported it: made, executed, entered into sys.modules.
static V make_builtin(Thread *t, const ModuleDef *def, V name) {
    V modules = sys_modules_borrow(), module = module_def_new(t, def, name);
    if (v_is_error(module)) return V_ERROR;
    if (slot_peek(&class_builtin_importer) != V_NULL) {
        V spec = spec_new(t, name, class_of(&class_builtin_importer), NAME_STR("built-in"), false);
        int r = v_is_error(spec) ? -1 : spec_init_module(t, spec, module, false);
        v_drop(t, spec);
        if (r < 0) goto failed;
    }
    if (dict_set(t, modules, name, module) < 0) goto failed;
    if (module_def_exec(t, module) == 0 && (!is_kept(def) || keep_module(t, name, module) == 0)) return module;
    V exc = err_fetch(t);
    if (dict_discard(t, modules, name) < 0) err_clear(t);
    err_restore_steal(t, exc);
failed:
    v_drop(t, module);
    return V_ERROR;
}

V import_builtin(Thread *t, const char *text) {
    const ModuleDef *def = module_def_find(text);
    if (!def) return V_NULL;
    V name = str_intern_utf8(t, text, strlen(text));
    if (v_is_error(name)) return V_ERROR;
    V module = dict_get(t, sys_modules_borrow(), name);
    if (module == V_NULL) module = make_builtin(t, def, name);
    v_drop(t, name);
    return module;
}

// ---- BuiltinImporter -----------------------------------------------------------------------------------------------------------
static NATIVE(builtin_find_spec) {
    UNUSED_NATIVE();
    if (!def_of_name(t, args[0])) return V_NONE;
    return spec_new(t, args[0], self, NAME_STR("built-in"), false);
}

static NATIVE(builtin_find_module) {
    UNUSED_NATIVE();
    if (warn(t, &exc_DeprecationWarning, 1,
             "BuiltinImporter.find_module() is deprecated and slated for removal in Python 3.12; use find_spec() instead") < 0)
        return V_ERROR;
    return def_of_name(t, args[0]) ? v_dup(self) : V_NONE;
}

static NATIVE(builtin_create_module) {
    UNUSED_NATIVE();
    V name = obj_getattr(t, args[0], NAME(name));
    if (v_is_error(name)) return V_ERROR;
    const ModuleDef *def = def_of_name(t, name);
    V module = !def ? import_error(t, &exc_ImportError, err_format_message(t, "%R is not a built-in module", name), name, V_NULL)
                    : is_kept(def) ? kept_module(name, t) : V_NULL;
    if (module == V_NULL) module = module_def_new(t, def, name);
    v_drop(t, name);
    return module;
}

static NATIVE(builtin_exec_module) {
    UNUSED_NATIVE();
    if (!type_check(t, args[0], &module_type)) return V_NONE;
    const ModuleDef *def = module_of(args[0])->def;
    if (!def || is_kept(def)) return V_NONE; // those two are never executed again
    return module_def_exec(t, args[0]) < 0 ? V_ERROR : V_NONE;
}

static int require_builtin(Thread *t, V name) {
    if (def_of_name(t, name)) return 0;
    import_error(t, &exc_ImportError, err_format_message(t, "%R is not a built-in module", name), name, V_NULL);
    return -1;
}

static NATIVE(builtin_none) { // get_code, get_source
    UNUSED_NATIVE();
    return require_builtin(t, args[0]) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(builtin_is_package) {
    UNUSED_NATIVE();
    return require_builtin(t, args[0]) < 0 ? V_ERROR : V_FALSE;
}

static V load_by_name(Thread *t, V loader, V name) {
    V spec = spec_from_loader(t, name, loader, V_NULL, -1);
    if (v_is_error(spec)) return V_ERROR;
    V module = dict_get(t, sys_modules_borrow(), name), result;
    if (v_is_error(module)) result = V_ERROR;
    else result = module == V_NULL ? import_load(t, spec) : import_exec(t, spec, module);
    v_drop(t, module);
    v_drop(t, spec);
    return result;
}

static NATIVE(builtin_load_module) {
    UNUSED_NATIVE();
    if (warn(t, &exc_DeprecationWarning, 1,
             "the load_module() method is deprecated and slated for removal in Python 3.12; use exec_module() instead") < 0)
        return V_ERROR;
    return load_by_name(t, self, args[0]);
}

static NATIVE(builtin_module_repr) {
    UNUSED_NATIVE();
    if (warn(t, &exc_DeprecationWarning, 1,
             "BuiltinImporter.module_repr() is deprecated and slated for removal in Python 3.12") < 0)
        return V_ERROR;
    V name = obj_getattr(t, args[0], NAME(__name__));
    V text = v_is_error(name) ? V_ERROR : err_format_message(t, "<module %R (built-in)>", name);
    v_drop(t, name);
    return text;
}

static const Method builtin_methods[] = {
    {"module_repr", builtin_module_repr, "module", LOCK_NONE, M_STATIC, NULL},
    {"find_spec", builtin_find_spec, "fullname, path=None, target=None", LOCK_NONE, M_CLASS, NULL},
    {"find_module", builtin_find_module, "fullname, path=None", LOCK_NONE, M_CLASS, NULL},
    {"create_module", builtin_create_module, "spec", LOCK_NONE, M_STATIC, "Makes a built-in module."},
    {"exec_module", builtin_exec_module, "module", LOCK_NONE, M_STATIC, "Fills a built-in module."},
    {"get_code", builtin_none, "fullname", LOCK_NONE, M_CLASS, "None: there is no code object."},
    {"get_source", builtin_none, "fullname", LOCK_NONE, M_CLASS, "None: there is no source."},
    {"is_package", builtin_is_package, "fullname", LOCK_NONE, M_CLASS, "False: no built-in module is a package."},
    {"load_module", builtin_load_module, "fullname", LOCK_NONE, M_CLASS, "Deprecated."},
    METHOD_END,
};

// ---- FrozenImporter --------------------------------------------------------------------------------------------------------------
static NATIVE(frozen_find_spec) {
    UNUSED_NATIVE();
    return V_NONE;
}

static V not_frozen(Thread *t, V name) {
    return import_error(t, &exc_ImportError, err_format_message(t, "%R is not a frozen module", name), name, V_NULL);
}

static NATIVE(frozen_refuse) {
    UNUSED_NATIVE();
    return not_frozen(t, args[0]);
}

static NATIVE(frozen_refuse_spec) {
    UNUSED_NATIVE();
    V name = obj_lookup_attr(t, args[0], NAME(name));
    if (v_is_error(name)) return V_ERROR;
    not_frozen(t, name == V_NULL ? V_NONE : name);
    v_drop(t, name);
    return V_ERROR;
}

static const Method frozen_methods[] = {
    {"find_spec", frozen_find_spec, "fullname, path=None, target=None", LOCK_NONE, M_CLASS, NULL},
    {"find_module", frozen_find_spec, "fullname, path=None", LOCK_NONE, M_CLASS, NULL},
    {"create_module", frozen_refuse_spec, "spec", LOCK_NONE, M_STATIC, NULL},
    {"exec_module", frozen_refuse_spec, "module", LOCK_NONE, M_STATIC, NULL},
    {"load_module", frozen_refuse, "fullname", LOCK_NONE, M_CLASS, NULL},
    {"get_code", frozen_refuse, "fullname", LOCK_NONE, M_CLASS, NULL},
    {"get_source", frozen_refuse, "fullname", LOCK_NONE, M_CLASS, NULL},
    {"is_package", frozen_refuse, "fullname", LOCK_NONE, M_CLASS, NULL},
    METHOD_END,
};

static int set_origin(Thread *t, const Slot *root, const char *origin) {
    V text = str_intern_utf8(t, origin, strlen(origin));
    int r = v_is_error(text) ? -1 : obj_setattr(t, class_of(root), NAME(_ORIGIN), text);
    v_drop(t, text);
    return r;
}

int import_builtin_start(Thread *t) {
    if (import_class_new(t, &class_builtin_importer, "_frozen_importlib.BuiltinImporter", V_NULL, builtin_methods, NULL) < 0 ||
        import_class_new(t, &class_frozen_importer, "_frozen_importlib.FrozenImporter", V_NULL, frozen_methods, NULL) < 0)
        return -1;
    return set_origin(t, &class_builtin_importer, "built-in") < 0 || set_origin(t, &class_frozen_importer, "frozen") < 0 ? -1 : 0;
}
