// SPDX-License-Identifier: MIT
// What types have in their slots that do nothing of their own there.
#ifndef HEDDLE_OBJECT_PLAIN_H
#define HEDDLE_OBJECT_PLAIN_H
#include "object/object.h"

// new_: an instance with all slots empty, whatever the arguments are: init looks at them.
V type_new_bare(Thread *t, Type *type, const V *args, size_t nargs, V kwnames);
// iter, of iterators: the iterator itself.
V iter_self(Thread *t, V self);
#endif
