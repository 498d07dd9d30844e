// SPDX-License-Identifier: MIT
// Callbacks of weak references that do no more than take the dead reference out of the library's own list.
#ifndef HEDDLE_RUNTIME_TIDY_H
#define HEDDLE_RUNTIME_TIDY_H
#include "object/object.h"

bool callback_tidies(const Obj *weakref);
#endif
