// SPDX-License-Identifier: MIT
// What the runtime ring asks of the front end and the VM above it.
#ifndef HEDDLE_RUNTIME_UPCALLS_H
#define HEDDLE_RUNTIME_UPCALLS_H
#include "threading/thread.h"

V compile_module(Thread *t, V source, V filename);                // a module's source (str or bytes) -> its code object
V vm_eval_code(Thread *t, V code, V globals, V locals);           // runs code; locals V_NULL for globals
#endif
