// SPDX-License-Identifier: MIT
// Calls bound by position or name as CPython's older functions parse theirs, with those messages.
#ifndef HEDDLE_OBJECT_ARGS_OLD_H
#define HEDDLE_OBJECT_ARGS_OLD_H
#include "object/native.h"

typedef struct OldParam { const char *name; bool is_int; } OldParam; // a list ends with name NULL
// Objects (borrowed, V_NULL when missing) in out, ints in place of what stands in ints.  name NULL: messages speak of
// "function".  The first `positional` may be given by position, the first `required` must be there.  0, or -1 with TypeError.
int args_old_bind(Thread *t, const char *name, const OldParam *params, size_t positional, size_t required, const V *args,
                  size_t nargs, V kwnames, V *out, int *ints);
#endif
