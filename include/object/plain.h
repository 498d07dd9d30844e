// SPDX-License-Identifier: MIT
// What many types do alike in their slots and methods.
#ifndef HEDDLE_OBJECT_PLAIN_H
#define HEDDLE_OBJECT_PLAIN_H
#include "object/object.h"

// new_: an instance with all slots empty, whatever the arguments are: init looks at them.
V type_new_bare(Thread *t, Type *type, const V *args, size_t nargs, V kwnames);
// iter, of iterators: the iterator itself.
V iter_self(Thread *t, V self);
// __setstate__ of iterators: the index that a pickle kept, an int itself, not what only has __index__.  0, -1 TypeError, OverflowError.
int iter_state(Thread *t, V state, ptrdiff_t *out);
// Whether comparing v with its like runs no Python, so that with a lock for all no other thread would come in between.
bool obj_compares_quietly(V v);
#endif
