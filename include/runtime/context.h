// SPDX-License-Identifier: MIT
// Context variables for C code (mod__contextvars.c): each thread has a current context, a mapping of variables to values.
#ifndef HEDDLE_RUNTIME_CONTEXT_H
#define HEDDLE_RUNTIME_CONTEXT_H
#include "object/object.h"

int context_start(Thread *t);                     // readies the types; idempotent.  0/-1
V context_copy_current(Thread *t);                // contextvars.copy_context()
V context_new(Thread *t);                         // an empty one
int context_enter(Thread *t, V context);          // becomes current; RuntimeError when it is entered already
int context_exit(Thread *t, V context);           // the one before it is current again
V context_var_new(Thread *t, const char *name, V default_or_null);
V context_var_get(Thread *t, V var, V fallback);  // fallback, else its default, else V_NULL
V context_var_set(Thread *t, V var, V value);     // a Token
#endif
