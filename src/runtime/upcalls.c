// SPDX-License-Identifier: MIT
// What threading/ asks of the runtime: the interpreter's own roots, and what to do about signals and asynchronous
// exceptions at a safepoint.
#include "object/shape.h"
#include "runtime/runtime.h"

static Type *const static_types[] = {
#define TYPE(name) &name##_type,
#include "object/types.def"
#undef TYPE
#define EXC(name, base, layout) &exc_##name,
#include "object/exceptions.def"
#undef EXC
};

void upcall_visit_roots(Thread *t, SlotVisitor visit, void *arg) {
    for (size_t i = 0; i < countof(static_types); i++) {
        Slot slot = {v_from_type(static_types[i])};
        visit(t, NULL, &slot, arg);
    }
    shapes_visit_roots(t, visit, arg);
    str_intern_visit(t, visit, arg);
}

// PyThreadState_SetAsyncExc: the class or instance somebody wants raised here.
static int raise_async(Thread *t) {
    V what = t->async_exc;
    t->async_exc = V_NULL;
    if (what == V_NULL) return 0;
    if (v_is_type(what)) err_set_none(t, v_as_type(what));
    else err_raise(t, what);
    v_drop(t, what);
    return -1;
}

int upcall_async_event(Thread *t, uint32_t why) {
    if (why & BREAK_SIGNAL && signals_run(t) < 0) {
        if (why & BREAK_ASYNC_EXC) breaker_set(t, BREAK_ASYNC_EXC); // later
        return -1;
    }
    return why & BREAK_ASYNC_EXC ? raise_async(t) : 0;
}
