// SPDX-License-Identifier: MIT
// Starting the import system: classes, specs for the modules that were made without one, sys.meta_path and hooks.
#include "runtime/import.h"
#include "runtime/runtime.h"

// sys and builtins were made before there were specs.
static int give_spec(Thread *t, V name, V module) {
    if (!type_check(t, module, &module_type)) return 0;
    V spec = spec_new(t, name, class_of(&class_builtin_importer), NAME_STR("built-in"), false);
    int r = v_is_error(spec) ? -1 : spec_init_module(t, spec, module, false);
    v_drop(t, spec);
    return r;
}

static int give_specs(Thread *t) {
    V items = dict_items_list(t, sys_modules_borrow());
    int r = v_is_error(items) ? -1 : 0;
    for (size_t i = 0; r == 0; i++) {
        V item = list_get(t, items, i);
        if (item == V_NULL) break;
        r = give_spec(t, tuple_borrow(item, 0), tuple_borrow(item, 1));
        v_drop(t, item);
    }
    v_drop(t, items);
    return r;
}

int import_start(Thread *t) {
    import_verbose = start_options.verbose > 0;
    import_timing = start_options.import_time > 0;
    if (import_spec_start(t) < 0 || import_builtin_start(t) < 0 || give_specs(t) < 0) return -1;
    if (import_loader_start(t) < 0 || import_finder_start(t) < 0) return -1;
    static const char *const modules[] = {"_frozen_importlib", "_imp", "_frozen_importlib_external"};
    for (size_t i = 0; i < countof(modules); i++) {
        V module = import_builtin(t, modules[i]);
        if (v_is_error(module)) return -1;
        v_drop(t, module);
    }
    return 0;
}
