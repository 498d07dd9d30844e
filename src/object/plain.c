// SPDX-License-Identifier: MIT
#include "object/plain.h"

V type_new_bare(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    return type_alloc(t, type, 0);
}

V iter_self(Thread *t, V self) {
    (void)t;
    return v_dup(self);
}

int iter_state(Thread *t, V state, ptrdiff_t *out) {
    if (v_is_any_int(state)) return num_as_ssize(t, state, &exc_OverflowError, out);
    err_set(t, &exc_TypeError, "an integer is required");
    return -1;
}
