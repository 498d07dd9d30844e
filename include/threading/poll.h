// SPDX-License-Identifier: MIT
// Polls in the long loops of natives.
//
// While a native polls nothing, who stops the world waits for it, as does everybody in the GIL build.  A loop that may take
// long counts its steps and reaches a safepoint every POLL_STEPS: often enough for steps of a microsecond, and never for a
// container of ordinary size, so that what a lock for all makes atomic in CPython stays so.  At the safepoint the rules of
// thread.h hold: critical sections are suspended, and other threads, finalizers and signal handlers may change what the loop
// reads.  Never under a runtime mutex.  HEDDLE_DEBUG=gaps shows where polls are missing.
#ifndef HEDDLE_THREADING_POLL_H
#define HEDDLE_THREADING_POLL_H
#include "threading/thread.h"

enum {
    POLL_STEPS = 1 << 12,
    DETACH_UNITS = 1 << 16, // from here on a kernel that takes some ns a byte, and touches no V, runs detached
};

// One more step.  0, or -1 with an exception.
static inline int poll_step(Thread *t, size_t *steps) {
    return __builtin_expect((++*steps & (POLL_STEPS - 1)) == 0, 0) ? safepoint(t) : 0;
}
// The same in a loop over what the program can change: not where other threads may change what is LOCAL, since to the end of
// such a loop a lock for all keeps them out, as CPython's does.
static inline int poll_step_apart(Thread *t, size_t *steps) { return world_is_parallel() ? poll_step(t, steps) : 0; }
#endif
