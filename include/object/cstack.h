// SPDX-License-Identifier: MIT
// What is left of the C stack, for recursion in C that has a limit of its own or none.  Recursion that the recursion limit
// is for as well uses recursion_enter (object.h).
#ifndef HEDDLE_OBJECT_CSTACK_H
#define HEDDLE_OBJECT_CSTACK_H
#include "object/object.h"

// Of the calling function's frame: below it is the reserve for natives that do not look.
static inline bool c_stack_is_low(const Thread *t) { return unlikely((char *)__builtin_frame_address(0) < t->c_stack_limit); }

// 0, or -1 with RecursionError "maximum recursion depth exceeded" + where.
static inline int c_stack_check(Thread *t, const char *where) {
    if (!c_stack_is_low(t)) return 0;
    err_set(t, &exc_RecursionError, "maximum recursion depth exceeded%s", where);
    return -1;
}
#endif
