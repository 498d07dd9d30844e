// SPDX-License-Identifier: MIT
// Module atexit: functions to call when the interpreter ends, last registered first.
#include "object/misc.h"
#include "runtime/runtime.h"

static Slot callbacks; // list of (function, args, kwargs or None); None where one was unregistered

static V callback_list(Thread *t) {
    V list = root_get(&callbacks);
    return list == V_NULL ? err_set(t, &exc_RuntimeError, "atexit is not initialised") : list;
}

static V keywords_dict(Thread *t, const V *values, V kwnames) {
    if (kwnames == V_NULL) return V_NONE;
    V dict = dict_new(t);
    for (size_t i = 0; !v_is_error(dict) && i < tuple_len(kwnames); i++) {
        if (dict_set(t, dict, tuple_borrow(kwnames, i), values[i]) == 0) continue;
        v_drop(t, dict);
        dict = V_ERROR;
    }
    return dict;
}

static NATIVE(atexit_register) {
    UNUSED_NATIVE();
    if (nargs == 0) return err_set(t, &exc_TypeError, "register() takes at least 1 argument (0 given)");
    if (!obj_is_callable(args[0])) return err_set(t, &exc_TypeError, "the first argument must be callable");
    V positional = tuple_from(t, args + 1, nargs - 1), keywords = keywords_dict(t, args + nargs, kwnames);
    V row = v_is_error(positional) || v_is_error(keywords) ? V_ERROR : tuple_pack(t, 3, args[0], positional, keywords);
    v_drop(t, positional);
    v_drop(t, keywords);
    if (v_is_error(row)) return V_ERROR;
    V list = callback_list(t);
    int r = v_is_error(list) ? -1 : list_append(t, list, row);
    v_drop(t, list);
    v_drop(t, row);
    return r < 0 ? V_ERROR : v_dup(args[0]);
}

// Runs and forgets all of them; functions registered meanwhile are forgotten too.
static void run_all(Thread *t) {
    V list = root_get(&callbacks);
    for (size_t i = list == V_NULL ? 0 : list_len(list); i-- > 0;) {
        V row = list_get(t, list, i);
        if (row == V_NULL || row == V_NONE) continue;
        V keywords = tuple_borrow(row, 2);
        V result = obj_call_tuple(t, tuple_borrow(row, 0), tuple_borrow(row, 1), keywords == V_NONE ? V_NULL : keywords);
        if (v_is_error(result)) err_unraisable(t, tuple_borrow(row, 0), "in atexit callback");
        v_drop(t, result);
        v_drop(t, row);
    }
    if (list != V_NULL && list_clear(t, list) < 0) err_clear(t);
    v_drop(t, list);
}

int atexit_run(Thread *t) {
    run_all(t);
    return 0;
}

static NATIVE(atexit_run_exitfuncs) {
    UNUSED_NATIVE();
    run_all(t);
    return V_NONE;
}

static NATIVE(atexit_clear) {
    UNUSED_NATIVE();
    V list = callback_list(t);
    int r = v_is_error(list) ? -1 : list_clear(t, list);
    v_drop(t, list);
    return r < 0 ? V_ERROR : V_NONE;
}

static NATIVE(atexit_unregister) {
    UNUSED_NATIVE();
    V list = callback_list(t);
    if (v_is_error(list)) return V_ERROR;
    int r = 0;
    for (size_t i = 0; r == 0; i++) {
        V row = list_get(t, list, i);
        if (row == V_NULL) break;
        int equal = row == V_NONE ? 0 : obj_compare_bool(t, tuple_borrow(row, 0), args[0], CMP_EQ);
        v_drop(t, row);
        r = equal < 0 ? -1 : equal ? list_set(t, list, i, V_NONE) : 0;
    }
    v_drop(t, list);
    return r < 0 ? V_ERROR : V_NONE;
}

static NATIVE(atexit_ncallbacks) {
    UNUSED_NATIVE();
    V list = callback_list(t);
    if (v_is_error(list)) return V_ERROR;
    size_t n = list_len(list);
    v_drop(t, list);
    return v_from_int((int64_t)n);
}

static const Method methods[] = {
    {"register", atexit_register, NULL, LOCK_NONE, M_RAW,
     "register(func, *args, **kwargs) -> func\n\nCalls func(*args, **kwargs) when the program ends."},
    {"_clear", atexit_clear, "", LOCK_NONE, 0, "Forgets all functions."},
    {"unregister", atexit_unregister, "func, /", LOCK_NONE, 0, "Forgets a function, however often it was registered."},
    {"_run_exitfuncs", atexit_run_exitfuncs, "", LOCK_NONE, 0, "Calls all functions and forgets them."},
    {"_ncallbacks", atexit_ncallbacks, "", LOCK_NONE, 0, "How many functions are registered."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    (void)module;
    if (slot_peek(&callbacks) != V_NULL) return 0; // imported a second time
    root_register(&callbacks);
    V list = list_new(t, 0);
    if (v_is_error(list)) return -1;
    root_set(t, &callbacks, list);
    v_drop(t, list);
    return 0;
}

const ModuleDef mod_atexit = {
    .name = "atexit",
    .doc = "Functions that are called when the program ends, the last registered first.",
    .methods = methods,
    .exec = exec,
};
