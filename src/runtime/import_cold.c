// SPDX-License-Identifier: MIT
// The part of the import system that is written in Python (src/lib/importlib_*.py, embedded as text): compiled and executed
// when the first of its names is asked for, once.  It has two parts, which run in one namespace: what importlib's modules
// ask for when they are imported, and the rest.
#include "runtime/import.h"
#include "runtime/runtime.h"

static const char *const parts[] = {"importlib_names", "importlib_cold"};

static Slot cold_dict;       // the namespace, once the first part has run
static unsigned parts_ready; // atomic: how many have run

// The next part, under the module lock.
static int run_next(Thread *t) {
    unsigned part = at_load_relaxed(&parts_ready);
    V dict = part ? root_get(&cold_dict) : lib_namespace(t, "_frozen_importlib_external");
    int r = v_is_error(dict) || lib_run(t, parts[part], "<frozen importlib._bootstrap_external>", dict) < 0 ? -1 : 0;
    if (r == 0 && part == 0) {
        root_register(&cold_dict);
        root_set(t, &cold_dict, dict);
    }
    v_drop(t, dict);
    if (r == 0) at_store_release(&parts_ready, part + 1);
    return r;
}

// Several threads may come here at once: each part runs once.
static int make_ready(Thread *t, unsigned part) {
    int r = 0;
    if (at_load_acquire(&parts_ready) > part) return 0;
    ModuleLock *lock;
    V name = NAME_STR("_frozen_importlib_cold");
    if (module_lock_enter(t, name, &lock) < 0) return -1;
    while (r == 0 && at_load_relaxed(&parts_ready) <= part) r = run_next(t);
    module_lock_leave(t, lock);
    return r;
}

V import_cold_name(Thread *t, V name) {
    V value = V_NULL;
    for (unsigned part = 0; part < countof(parts) && value == V_NULL; part++) {
        if (make_ready(t, part) < 0) return V_ERROR;
        V dict = root_get(&cold_dict);
        value = dict_get(t, dict, name);
        v_drop(t, dict);
    }
    return value;
}

V import_cold(Thread *t, const char *name) {
    V key = str_intern_utf8(t, name, strlen(name));
    if (v_is_error(key)) return V_ERROR;
    V value = import_cold_name(t, key);
    v_drop(t, key);
    return value == V_NULL ? err_set(t, &exc_AttributeError, "no %s in the import system", name) : value;
}
