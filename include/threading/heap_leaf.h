// SPDX-License-Identifier: MIT
// Objects that are one piece of text or bytes: what their makers may ask of the heap beyond obj_alloc.
#ifndef HEDDLE_THREADING_HEAP_LEAF_H
#define HEDDLE_THREADING_HEAP_LEAF_H
#include "threading/thread.h"

// obj_alloc without OBJ_GC, for contents that the caller fills: only the first `head` bytes (a multiple of 16) and the last 4
// (room for a terminator) are sure to be zeroed.
Obj *obj_alloc_leaf(Thread *t, Type *type, size_t size, size_t head);
// obj_free_memory for an object that others find without a reference, by obj_revive: a SHARED one after a grace period.
void obj_retire_memory(Thread *t, Obj *o);
#endif
