// SPDX-License-Identifier: MIT
// What generic aliases and unions share: showing and substituting type arguments.
#ifndef HEDDLE_OBJECT_ALIAS_PRIVATE_H
#define HEDDLE_OBJECT_ALIAS_PRIVATE_H
#include "object/object.h"

int alias_repr_item(Thread *t, StrBuilder *b, V item);
V alias_make_parameters(Thread *t, V args); // the type variables in args, once each: a tuple
// args with parameters replaced by item (one value or a tuple of them): a new tuple
V alias_substitute(Thread *t, V self, V args, V parameters, V item);
V union_args_borrow(V v);
#endif
