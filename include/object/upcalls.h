// SPDX-License-Identifier: MIT
// What the object ring asks of the VM above it.
#ifndef HEDDLE_OBJECT_UPCALLS_H
#define HEDDLE_OBJECT_UPCALLS_H
#include "threading/thread.h"

V vm_current_globals_borrow(Thread *t);             // globals of the innermost Python frame; V_NULL without one
V vm_current_locals(Thread *t);                     // its locals, a stack value
int vm_super_arguments(Thread *t, V *type, V *self); // zero-argument super(): stack values; -1 with RuntimeError
V frame_object_code_borrow(V frame);                  // the code object of a frame object
#endif
