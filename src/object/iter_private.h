// SPDX-License-Identifier: MIT
// What the iterator types have in common.
#ifndef HEDDLE_OBJECT_ITER_PRIVATE_H
#define HEDDLE_OBJECT_ITER_PRIVATE_H
#include "object/object.h"
#include "object/misc.h"
#include "runtime/runtime.h"

static inline V iter_self(Thread *t, V self) {
    (void)t;
    return v_dup(self);
}

// builtins.iter or builtins.reversed, for __reduce__.
static inline V iter_builtin(Thread *t, const char *name) {
    V v = dict_get_c(t, builtins_dict_borrow(), name);
    return v == V_NULL ? err_set(t, &exc_AttributeError, "%s", name) : v;
}

#define ITER_HINT(fn) {"__length_hint__", fn, "", LOCK_NONE, 0, "Private method returning an estimate of len(list(it))."}
#define ITER_REDUCE(fn) {"__reduce__", fn, "", LOCK_NONE, 0, "Return state information for pickling."}
#define ITER_SETSTATE(fn) {"__setstate__", fn, "object, /", LOCK_SELF, 0, "Set state information for unpickling."}
#endif
