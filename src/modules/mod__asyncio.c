// SPDX-License-Identifier: MIT
// Module _asyncio: see asyncio_private.h.
#include "asyncio_private.h"

// ---- names of the library ----------------------------------------------------------------------------------------------------------
static LibraryName library[LIB_COUNT] = {
    [LIB_CANCELLED_ERROR] = {"asyncio.exceptions", "CancelledError", {V_NULL}},
    [LIB_INVALID_STATE] = {"asyncio.exceptions", "InvalidStateError", {V_NULL}},
    [LIB_FUTURE_REPR] = {"asyncio.base_futures", "_future_repr", {V_NULL}},
    [LIB_TASK_REPR] = {"asyncio.base_tasks", "_task_repr", {V_NULL}},
    [LIB_GET_STACK] = {"asyncio.base_tasks", "_task_get_stack", {V_NULL}},
    [LIB_PRINT_STACK] = {"asyncio.base_tasks", "_task_print_stack", {V_NULL}},
    [LIB_IS_COROUTINE] = {"asyncio.coroutines", "iscoroutine", {V_NULL}},
    [LIB_LOOP_POLICY] = {"asyncio.events", "get_event_loop_policy", {V_NULL}},
    [LIB_EXTRACT_STACK] = {"traceback", "extract_stack", {V_NULL}},
};

// Two threads may both look a name up; they find the same.  A module imported afresh starts over.
V asyncio_library_borrow(Thread *t, int which) {
    LibraryName *name = &library[which];
    V v = slot_peek(&name->value);
    if (v != V_NULL) return v;
    v = import_attr_c(t, name->module, name->attr);
    if (v_is_error(v)) return V_ERROR;
    root_set(t, &name->value, v);
    v_drop(t, v);
    return slot_peek(&name->value);
}

V asyncio_raise(Thread *t, int which, const char *message) {
    V cls = asyncio_library_borrow(t, which);
    return v_is_error(cls) ? V_ERROR : err_set(t, v_as_type(cls), "%s", message);
}

V asyncio_repr(Thread *t, V self, int which) {
    V function = asyncio_library_borrow(t, which);
    return v_is_error(function) ? V_ERROR : obj_call1(t, function, self);
}

static int exec(Thread *t, V module) {
    static bool registered;
    for (int i = 0; i < LIB_COUNT; i++) {
        if (!registered) root_register(&library[i].value);
        root_set(t, &library[i].value, V_NULL);
    }
    registered = true;
    Type *inner[] = {&asyncio_future_iter_type, &asyncio_step_type};
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
        if (type_ready(t, inner[i]) < 0) return -1;
    }
    if (module_add_type(t, module, &asyncio_future_type) < 0 || module_add_type(t, module, &asyncio_task_type) < 0) return -1;
    return asyncio_loop_start(t, module);
}

const ModuleDef mod__asyncio = {
    .name = "_asyncio", .doc = "Futures, tasks and event loops of asyncio.", .methods = asyncio_loop_methods, .exec = exec,
};
