// SPDX-License-Identifier: MIT
// What `site` does at start-up: for now the library's module itself, which adds site directories and the builtins that
// only interactive use needs (exit, help, …).
#include "runtime/import.h"
#include "runtime/runtime.h"
#include <stdio.h>

static int no_library(void) {
    fputs("heddle: no standard library of Python 3.11 was found.\n"
          "It is Debian's package libpython3.11-stdlib (apt install libpython3.11-stdlib); when it is somewhere else, name\n"
          "its directory in HEDDLE_STDLIB.  With -S the interpreter starts without it.\n", stderr);
    return -1;
}

int site_start(Thread *t) {
    if (!*import_library() && !start_options.python_path) return no_library();
    V module = import_module_c(t, "site");
    v_drop(t, module);
    return v_is_error(module) ? -1 : 0;
}
