// SPDX-License-Identifier: MIT
// The part of the import system that is written in Python (src/lib/importlib_*.py, embedded as text): compiled and executed
// when the first of its names is asked for, once.  It has two parts, which run in one namespace: what importlib's modules
// ask for when they are imported, and the rest.
#include "front/compile.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include "vm/vm.h"

#define LIB_SOURCE(name, ...) static const unsigned char source_##name[] = {__VA_ARGS__};
#include "lib_sources.inc"
#undef LIB_SOURCE

#define PART(name) {source_##name, sizeof source_##name}
static const struct { const unsigned char *text; size_t size; } parts[] = {PART(importlib_names), PART(importlib_cold)};

static Slot cold_dict;       // the namespace, once the first part has run
static unsigned parts_ready; // atomic: how many have run

static int run_part(Thread *t, unsigned part, V dict) {
    V text = str_from_utf8(t, (const char *)parts[part].text, parts[part].size);
    V filename = v_is_error(text) ? V_ERROR : str_from_cstr(t, "<frozen importlib._bootstrap_external>");
    V code = v_is_error(filename) ? V_ERROR : compile_source(t, text, filename, FRONT_EXEC, 0, 0, FRONT_FEATURE_VERSION);
    v_drop(t, text);
    v_drop(t, filename);
    V result = v_is_error(code) ? V_ERROR : vm_eval_code(t, code, dict, dict);
    v_drop(t, code);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

static V make_dict(Thread *t) {
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    if (dict_set(t, dict, NAME(__builtins__), builtins_dict_borrow()) == 0 &&
        dict_set(t, dict, NAME(__name__), NAME_STR("_frozen_importlib_external")) == 0 && run_part(t, 0, dict) == 0)
        return dict;
    v_drop(t, dict);
    return V_ERROR;
}

// The next part, under the module lock.
static int run_next(Thread *t) {
    unsigned part = at_load_relaxed(&parts_ready);
    V dict = part ? root_get(&cold_dict) : make_dict(t);
    int r = v_is_error(dict) || (part && run_part(t, part, dict) < 0) ? -1 : 0;
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
