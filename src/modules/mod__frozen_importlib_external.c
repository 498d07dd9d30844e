// SPDX-License-Identifier: MIT
// Module _frozen_importlib_external (importlib._bootstrap_external): finders and loaders of files under importlib's names.
// Names that are not here come from the part in Python, through the module's __getattr__.
#include "runtime/import.h"
#include "runtime/runtime.h"

// spec_from_file_location for callers that have a loader; without one the part in Python chooses by suffix.
static NATIVE(external_spec_from_file_location) {
    UNUSED_NATIVE();
    V location = args[1], loader = args[2], search = args[3];
    if (loader != V_NULL && loader != V_NONE && (location == V_NULL || location == V_NONE || v_is_str(location)))
        return spec_from_file(t, args[0], location, loader, search);
    V function = import_cold(t, "spec_from_file_location");
    if (v_is_error(function)) return V_ERROR;
    V call[4] = {args[0], location == V_NULL ? V_NONE : location, loader == V_NULL ? V_NONE : loader, search};
    V names = search == V_NULL ? tuple_pack(t, 1, NAME(loader)) : tuple_pack(t, 2, NAME(loader), NAME(submodule_search_locations));
    V result = v_is_error(names) ? V_ERROR : obj_call(t, function, call, 2, names);
    v_drop(t, names);
    v_drop(t, function);
    return result;
}

static NATIVE(external_getattr) {
    UNUSED_NATIVE();
    bool special = v_is_str(args[0]) && str_len(args[0]) > 2 && str_at(args[0], 0) == '_' && str_at(args[0], 1) == '_';
    V value = special ? V_NULL : import_cold_name(t, args[0]);
    if (value != V_NULL) return value;
    V name = module_name(t, self);
    if (v_is_error(name)) return V_ERROR;
    attr_error(t, self, args[0], "module %R has no attribute %R", name, args[0]);
    v_drop(t, name);
    return V_ERROR;
}

static const Method methods[] = {
    {"spec_from_file_location", external_spec_from_file_location,
     "name, location=None, loader=None, submodule_search_locations=None", LOCK_NONE, 0, "A spec for a module in a file."},
    {"__getattr__", external_getattr, "name, /", LOCK_NONE, 0, NULL},
    METHOD_END,
};

static int add_list(Thread *t, V module, const char *name, const char *item) {
    V text = item ? str_from_cstr(t, item) : V_NULL;
    if (v_is_error(text)) return -1;
    return module_add_steal(t, module, name, item ? list_from_steal(t, &text, 1) : list_new(t, 0));
}

static int exec(Thread *t, V module) {
    static const struct { const char *name; const Slot *class; } classes[] = {
        {"_LoaderBasics", &class_loader_basics}, {"SourceLoader", &class_source_loader}, {"FileLoader", &class_file_loader},
        {"SourceFileLoader", &class_source_file_loader}, {"SourcelessFileLoader", &class_sourceless_loader},
        {"PathFinder", &class_path_finder}, {"FileFinder", &class_file_finder},
    };
    for (size_t i = 0; i < countof(classes); i++) {
        if (module_add(t, module, classes[i].name, class_of(classes[i].class)) < 0) return -1;
    }
    if (add_list(t, module, "SOURCE_SUFFIXES", ".py") < 0 || add_list(t, module, "BYTECODE_SUFFIXES", ".pyc") < 0 ||
        add_list(t, module, "EXTENSION_SUFFIXES", NULL) < 0)
        return -1;
    V bytecode = dict_get_c(t, module_dict_borrow(module), "BYTECODE_SUFFIXES");
    int r = module_add(t, module, "DEBUG_BYTECODE_SUFFIXES", bytecode);
    if (r == 0) r = module_add(t, module, "OPTIMIZED_BYTECODE_SUFFIXES", bytecode);
    v_drop(t, bytecode);
    static const struct { const char *name, *module; } parts[] = {
        {"_imp", "_imp"}, {"_io", "_io"}, {"_warnings", "_warnings"}, {"marshal", "marshal"}, {"_os", "posix"},
        {"_bootstrap", "_frozen_importlib"}, {"sys", "sys"},
    };
    for (size_t i = 0; i < countof(parts) && r == 0; i++) {
        V part = import_builtin(t, parts[i].module);
        if (part != V_NULL) r = module_add_steal(t, module, parts[i].name, part);
    }
    return r;
}

const ModuleDef mod__frozen_importlib_external = {
    .name = "_frozen_importlib_external",
    .doc = "Finders and loaders of files (importlib._bootstrap_external).",
    .methods = methods,
    .exec = exec,
};
