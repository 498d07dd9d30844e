// SPDX-License-Identifier: MIT
// Start-up, in order: types, the machine, sys and builtins, the import system, paths, __main__, signals, the standard
// streams, warnings' options, site.  Nothing is read from disk before site.
#include "runtime/import.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "runtime/warnings.h"
#include "exit.h"
#include "front/compile.h"
#include "object/bytes.h"
#include "vm/vm.h"
#include <stdio.h>

bool runtime_finishing;
static Slot main_module; // root

V main_module_borrow(void) { return slot_peek(&main_module); }
void main_module_forget(Thread *t) { root_set(t, &main_module, V_NULL); }

static int main_module_start(Thread *t) {
    V module = module_new(t, NAME(__main__));
    if (v_is_error(module)) return -1;
    root_register(&main_module);
    root_set(t, &main_module, module);
    V builtins = import_builtin(t, "builtins"), annotations = dict_new(t);
    int r = v_is_error(builtins) || v_is_error(annotations) ? -1 : 0;
    if (r == 0) r = module_add(t, module, "__loader__", class_of(&class_builtin_importer));
    if (r == 0) r = module_add(t, module, "__annotations__", annotations);
    if (r == 0) r = module_add(t, module, "__builtins__", builtins);
    if (r == 0) r = dict_set(t, sys_modules_borrow(), NAME(__main__), module);
    v_drop(t, builtins);
    v_drop(t, annotations);
    v_drop(t, module);
    return r;
}

static int open_start(Thread *t) { // builtins.open
    if (!module_def_find("_io")) return 0;
    V open = import_attr_c(t, "_io", "open");
    if (v_is_error(open)) return -1;
    int r = dict_set_c(t, builtins_dict_borrow(), "open", open);
    v_drop(t, open);
    return r;
}

// With options given, the library's warnings module reads them.
static int warnings_options_start(Thread *t) {
    if (start_options.warn_options.n == 0) return 0;
    V module = import_module_c(t, "warnings");
    if (v_is_error(module)) {
        fputs("heddle: the warnings module cannot be imported; -W is without effect\n", stderr);
        err_clear(t);
    }
    v_drop(t, module);
    return 0;
}

static int python_start(Thread *t) {
    if (sys_start(t) < 0 || warnings_start(t) < 0 || import_start(t) < 0 || import_paths_start(t) < 0) return -1;
    if (main_module_start(t) < 0 || signals_start(t) < 0 || stdio_start(t) < 0 || open_start(t) < 0) return -1;
    if (start_options.faulthandler && faulthandler_start(t) < 0) return -1;
    if (start_options.tracemalloc && tracemalloc_start_up(t, start_options.tracemalloc) < 0) return -1;
    if (warnings_options_start(t) < 0) return -1;
    exit_note_own_names(t);
    return start_options.no_site ? 0 : site_start(t);
}

static bool can_print; // exceptions as Python does: types, modules and all

int runtime_start(Thread *t, const StartOptions *options) {
    compile_default_optimize = options->optimize > 2 ? 2 : options->optimize;
    if (options->int_max_str_digits >= 0) at_store_relaxed(&int_max_str_digits, options->int_max_str_digits);
    bytes_warning = options->bytes_warning;
    if (object_start(t) < 0) return -1;
    vm_start(t);
    if (traceback_print_start(t) < 0) return -1;
    can_print = true;
    if (python_start(t) < 0) return -1;
    if (threading_is_sharing()) threading_sharing_begins(t); // HEDDLE_DEBUG=forceshared: the static types too
    return 0;
}

int runtime_start_failed(Thread *t) {
    fputs("heddle: start-up failed\n", stderr);
    if (err_pending(t) && can_print) return program_exit_status(t);
    if (err_pending(t)) fprintf(stderr, "%s\n", v_type(t->exc)->name);
    return 1;
}
