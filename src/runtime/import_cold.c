// SPDX-License-Identifier: MIT
// The part of the import system that is written in Python (src/lib/importlib_cold.py, embedded as text): compiled and
// executed when the first of its names is asked for, once.
#include "front/compile.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include "vm/vm.h"

#define LIB_SOURCE(name, ...) static const unsigned char source_##name[] = {__VA_ARGS__};
#include "lib_sources.inc"
#undef LIB_SOURCE

static Slot cold_dict; // its namespace, once it has run

static V run_source(Thread *t, V dict) {
    V text = str_from_utf8(t, (const char *)source_importlib_cold, sizeof source_importlib_cold);
    V filename = v_is_error(text) ? V_ERROR : str_from_cstr(t, "<frozen importlib._bootstrap_external>");
    V code = v_is_error(filename) ? V_ERROR : compile_source(t, text, filename, FRONT_EXEC, 0, 0, FRONT_FEATURE_VERSION);
    v_drop(t, text);
    v_drop(t, filename);
    V result = v_is_error(code) ? V_ERROR : vm_eval_code(t, code, dict, dict);
    v_drop(t, code);
    return result;
}

static V make_dict(Thread *t) {
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    V result = V_ERROR;
    if (dict_set(t, dict, NAME(__builtins__), builtins_dict_borrow()) == 0 &&
        dict_set(t, dict, NAME(__name__), NAME_STR("_frozen_importlib_external")) == 0)
        result = run_source(t, dict);
    v_drop(t, result);
    if (!v_is_error(result)) return dict;
    v_drop(t, dict);
    return V_ERROR;
}

// The namespace as a stack value.  Two threads may run it at once: the first to finish counts.
static V namespace(Thread *t) {
    V dict = root_get(&cold_dict);
    if (dict != V_NULL) return dict;
    ModuleLock *lock;
    V name = NAME_STR("_frozen_importlib_cold");
    if (module_lock_enter(t, name, &lock) < 0) return V_ERROR;
    dict = root_get(&cold_dict);
    if (dict == V_NULL) {
        dict = make_dict(t);
        if (!v_is_error(dict)) {
            root_register(&cold_dict);
            root_set(t, &cold_dict, dict);
        }
    }
    module_lock_leave(t, lock);
    return dict;
}

V import_cold_name(Thread *t, V name) {
    V dict = namespace(t);
    if (v_is_error(dict)) return V_ERROR;
    V value = dict_get(t, dict, name);
    v_drop(t, dict);
    return value;
}

V import_cold(Thread *t, const char *name) {
    V key = str_intern_utf8(t, name, strlen(name));
    if (v_is_error(key)) return V_ERROR;
    V value = import_cold_name(t, key);
    v_drop(t, key);
    return value == V_NULL ? err_set(t, &exc_AttributeError, "no %s in the import system", name) : value;
}
