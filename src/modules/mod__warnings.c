// SPDX-License-Identifier: MIT
// Module _warnings: the core of the library's warnings module; src/runtime/warnings.c does the work.
#include "object/misc.h"
#include "runtime/runtime.h"
#include "runtime/warnings.h"

static NATIVE(warnings_warn_function) {
    UNUSED_NATIVE();
    int64_t level = 1;
    if (args[2] != V_NULL && num_as_i64(t, args[2], &level) < 0) return V_ERROR;
    V source = args[3] == V_NONE ? V_NULL : args[3];
    return warnings_warn(t, args[0], args[1], level, source) < 0 ? V_ERROR : V_NONE;
}

// What str.splitlines says, whatever class text is of.
static V str_lines(Thread *t, V text) {
    V method = obj_getattr(t, v_from_type(&str_type), NAME(splitlines));
    V lines = v_is_error(method) ? V_ERROR : obj_call1(t, method, text);
    v_drop(t, method);
    return lines;
}

// The line of a module that its loader can show; V_NULL when it cannot.
static V loader_line(Thread *t, V globals, int64_t lineno) {
    V loader = dict_get(t, globals, NAME(__loader__)), name = dict_get(t, globals, NAME(__name__)), line = V_NULL;
    if (v_is_error(loader) || v_is_error(name)) line = V_ERROR;
    if (line == V_NULL && loader != V_NULL && name != V_NULL) {
        V get_source = obj_lookup_attr(t, loader, NAME(get_source));
        V text = get_source == V_NULL || v_is_error(get_source) ? get_source : obj_call1(t, get_source, name);
        V lines = v_is_error(text) ? V_ERROR : v_is_str(text) ? str_lines(t, text) : V_NULL;
        if (lines != V_NULL) line = v_is_error(lines) ? V_ERROR : obj_getitem(t, lines, v_from_int(lineno - 1));
        v_drop(t, lines);
        v_drop(t, text);
        v_drop(t, get_source);
    }
    v_drop(t, loader);
    v_drop(t, name);
    return line;
}

static NATIVE(warnings_warn_explicit_function) {
    UNUSED_NATIVE();
    enum { MESSAGE, CATEGORY, FILENAME, LINENO, MODULE, REGISTRY, GLOBALS, SOURCE };
    int64_t lineno;
    if (!v_is_str(args[FILENAME]))
        return err_set(t, &exc_TypeError, "warn_explicit() argument 3 must be str, not %K", args[FILENAME]);
    if (num_as_i64(t, args[LINENO], &lineno) < 0) return V_ERROR;
    WarningPlace place = {args[FILENAME], args[MODULE], args[REGISTRY], V_NULL, args[SOURCE] == V_NONE ? V_NULL : args[SOURCE], lineno};
    V globals = args[GLOBALS];
    if (globals != V_NULL && globals != V_NONE) {
        if (!v_is_dict(globals))
            return err_set(t, &exc_TypeError, "module_globals must be a dict, not '%.200T'", globals);
        place.source_line = loader_line(t, globals, lineno);
        if (v_is_error(place.source_line)) return V_ERROR;
    }
    int r = warnings_warn_at(t, args[MESSAGE], args[CATEGORY], &place);
    v_drop(t, place.source_line);
    return r < 0 ? V_ERROR : V_NONE;
}

static NATIVE(warnings_mutated) {
    UNUSED_NATIVE();
    warnings_filters_mutated();
    return V_NONE;
}

static const Method methods[] = {
    {"warn", warnings_warn_function, "message, category=None, stacklevel=1, source=None", LOCK_NONE, 0,
     "Issues a warning, or ignores it, or raises it, as the filters say."},
    {"warn_explicit", warnings_warn_explicit_function,
     "message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None", LOCK_NONE, 0,
     "Issues a warning for the place given."},
    {"_filters_mutated", warnings_mutated, "", LOCK_NONE, 0, "The filters have changed."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    if (module_add(t, module, "filters", warnings_filters_borrow()) < 0) return -1;
    if (module_add(t, module, "_onceregistry", warnings_once_registry_borrow()) < 0) return -1;
    return module_add(t, module, "_defaultaction", warnings_default_action_borrow());
}

const ModuleDef mod__warnings = {
    .name = "_warnings",
    .doc = "The core of the warnings module.",
    .methods = methods,
    .exec = exec,
};
