// SPDX-License-Identifier: MIT
// The parts of module _thread: locks, thread-local data, starting and ending threads.
#ifndef HEDDLE_MODULES_THREAD_PRIVATE_H
#define HEDDLE_MODULES_THREAD_PRIVATE_H
#include "object/misc.h"
#include "runtime/runtime.h"
#include "threading/parking.h"

#define THREAD_TIMEOUT_MAX 9223372036.0 // seconds: what fits in 64 bits of nanoseconds

// Seconds as an int or float to nanoseconds, rounded up.  -1 with CPython's TypeError, ValueError or OverflowError.
int thread_parse_seconds(Thread *t, V seconds, int64_t *ns);

extern Type thread_lock_type, thread_rlock_type, thread_local_type;
V thread_lock_new(Thread *t);
void thread_lock_release_quietly(V lock); // if it is held
NATIVE(thread_allocate_lock);
#endif
