// SPDX-License-Identifier: MIT
// The library's ast.unparse() learns of later nodes (src/lib/ast_later.py) when the first of them becomes an object.
#include "front/ast_types.h"
#include "object/misc.h"
#include "runtime/import.h"
#include "runtime/runtime.h"

static bool taught; // atomic: set (release) when ast_later.py has run

// Under the module lock: a second run would wrap the visitors again.
static int teach(Thread *t) {
    if (at_load_relaxed(&taught)) return 0;
    V dict = lib_namespace(t, "ast");
    int r = v_is_error(dict) ? -1 : lib_run(t, "ast_later", "<heddle ast_later>", dict);
    v_drop(t, dict);
    if (r == 0) at_store_release(&taught, true);
    return r;
}

int ast_later_ready(Thread *t) {
    if (at_load_acquire(&taught)) return 0;
    ModuleLock *lock;
    if (module_lock_enter(t, NAME_STR("_heddle_ast_later"), &lock) < 0) return -1;
    int r = teach(t);
    module_lock_leave(t, lock);
    return r;
}
