// SPDX-License-Identifier: MIT
// HEDDLE_DEBUG=flag,flag=value,...: switches for finding bugs, read once by threading_init.
//
// The flags are the rows of threading/debug.def.  A flag without a value reads 1; a flag that is absent reads 0.  An
// unknown name is an error with a list of the known ones: a misspelt flag must not pass for a test that ran.
#ifndef HEDDLE_THREADING_DEBUG_H
#define HEDDLE_THREADING_DEBUG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct DebugFlags {
#define DEBUG_FLAG(name, doc) int64_t name;
#include "threading/debug.def"
#undef DEBUG_FLAG
} DebugFlags;

extern DebugFlags debug_flags; // const after threading_init
// Atomic: failalloc, failonce, forceshared, fillmem or a tracer of memory; fillmem or a tracer.  Whoever allocates or frees
// looks no further when they are not set.
extern bool debug_alloc_special, debug_free_special;
void debug_note_tracing(bool on); // mem_trace's

// Reads a list of flags into debug_flags.  false, with a message in `error`, when it is not understood.
bool debug_parse(const char *text, char *error, size_t error_size);
void debug_init(void); // reads the environment; exits with status 2 and a message when it is not understood

// True on the n-th allocation of HEDDLE_DEBUG=failalloc=N, and on every one after it until debug_fail_reset.
bool debug_alloc_fails(void);
void debug_fail_after(int64_t n); // n allocations succeed, then they fail; 0: never (used by tests)

enum { FORCE_PROMPT = 2 }; // forceshared=2: a round at every boundary with something to judge, as often as it takes

// The deliberate faults of HEDDLE_DEBUG=mutate=N, by which st_counts tests itself.
enum {
    MUTATE_NO_CONVERT = 1,  // a scan leaves uncounted values on the VM's stack as they are
    MUTATE_NO_DIRTY = 2,    // a second fall to zero is not noted
    MUTATE_NO_C_STACK = 3,  // C stacks are not looked at
    MUTATE_NO_CLAIM = 4,    // detached threads are answered for without a scan
    MUTATE_NO_GRACE = 5,    // objects are judged at once, without a round
};
#include "base/assert.h"
#define MUTATED(which) (HEDDLE_DEBUG_CHECKS && __builtin_expect(debug_flags.mutate == (which), 0))

// schedfuzz: now and then, by a seeded generator of the calling thread's own, gives the processor away.  Called where
// another schedule might matter: safepoints, lock operations, the protocol's steps.
void debug_sched_point_slow(void);
static inline void debug_sched_point(void) {
    if (__builtin_expect(debug_flags.schedfuzz != 0, 0)) debug_sched_point_slow();
}
#endif
