// SPDX-License-Identifier: MIT
// Members that no field stands behind.
#ifndef HEDDLE_OBJECT_DESCR_PRIVATE_H
#define HEDDLE_OBJECT_DESCR_PRIVATE_H
#include "object/descr.h"

// The `set` of a GetSet row whose value is worked out here and a read-only field in CPython: its descriptor is a
// member_descriptor, and setting it is refused in a member's words.
int member_readonly(Thread *t, V self, V value, void *closure);
#endif
