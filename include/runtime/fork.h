// SPDX-License-Identifier: MIT
// fork() of a threaded interpreter.
#ifndef HEDDLE_RUNTIME_FORK_H
#define HEDDLE_RUNTIME_FORK_H
#include "object/object.h"
#include <sys/types.h>

// Runs the `before` hooks, stops the world, forks, and runs the child's or the parent's hooks.  In the child only the
// caller's thread exists.  -1 with OSError.
pid_t runtime_fork(Thread *t);
// How many forks lie between this process and the first; grows in a child while it has one thread.  atomic
extern uint32_t runtime_forks;
// The halves, for those who fork themselves (_posixsubprocess with a preexec_fn).
int runtime_before_fork(Thread *t);                // -1 with an exception: do not fork
void runtime_after_fork_child(Thread *t);
void runtime_after_fork_parent(Thread *t);
int runtime_register_at_fork(Thread *t, V before, V after_in_child, V after_in_parent); // V_NULL: none
#endif
