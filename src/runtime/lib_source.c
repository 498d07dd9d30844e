// SPDX-License-Identifier: MIT
// The Python text that is compiled into the program (src/lib/*.py).
#include "front/compile.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include "vm/vm.h"

#define LIB_SOURCE(name, ...) static const unsigned char source_##name[] = {__VA_ARGS__};
#include "lib_sources.inc"
#undef LIB_SOURCE

static const struct { const char *name; const unsigned char *text; size_t size; } sources[] = {
#define LIB_SOURCE(name, ...) {#name, source_##name, sizeof source_##name},
#include "lib_sources.inc"
#undef LIB_SOURCE
};

static V source_text(Thread *t, const char *name) {
    for (size_t i = 0; i < countof(sources); i++)
        if (strcmp(sources[i].name, name) == 0) return str_from_utf8(t, (const char *)sources[i].text, sources[i].size);
    return err_set(t, &exc_SystemError, "no src/lib/%s.py was compiled in", name);
}

int lib_run(Thread *t, const char *name, const char *filename, V dict) {
    V text = source_text(t, name), file = v_is_error(text) ? V_ERROR : str_from_cstr(t, filename);
    V code = v_is_error(file) ? V_ERROR : compile_source(t, text, file, FRONT_EXEC, 0, 0, FRONT_FEATURE_VERSION);
    v_drop(t, text);
    v_drop(t, file);
    V result = v_is_error(code) ? V_ERROR : vm_eval_code(t, code, dict, dict);
    v_drop(t, code);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

V lib_namespace(Thread *t, const char *module) {
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    if (dict_set(t, dict, NAME(__builtins__), builtins_dict_borrow()) == 0 &&
        dict_set_c_steal(t, dict, "__name__", str_from_cstr(t, module)) == 0)
        return dict;
    v_drop(t, dict);
    return V_ERROR;
}
