// SPDX-License-Identifier: MIT
// HEDDLE_DEBUG=flag,flag=value,...: switches for finding bugs, read once by threading_init.
//
// The flags are the rows of threading/debug.def.  A flag without a value reads 1; a flag that is absent reads 0.  An
// unknown name is an error with a list of the known ones, and so is a flag that does nothing in this build: neither may
// pass for a test that ran.
#ifndef HEDDLE_THREADING_DEBUG_H
#define HEDDLE_THREADING_DEBUG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct DebugFlags {
#define DEBUG_FLAG(name, where, doc) int64_t name;
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

// True on the n-th allocation of HEDDLE_DEBUG=failalloc=N, and on every one after it, or with failevery=M on every M-th.
bool debug_alloc_fails(void);
void debug_fail_after(int64_t n); // n allocations succeed, then they fail; 0: never (used by tests)

enum { FORCE_PROMPT = 2 }; // forceshared=2: a round at every boundary with something to judge, as often as it takes

// The deliberate faults of HEDDLE_DEBUG=mutate=N, by which the stress mains test themselves (`st_counts mutations`).
enum {
    MUTATE_NO_CONVERT = 1,  // a scan leaves uncounted values on the VM's stack as they are
    MUTATE_NO_DIRTY = 2,    // a second fall to zero is not noted
    MUTATE_NO_C_STACK = 3,  // C stacks are not looked at
    MUTATE_NO_CLAIM = 4,    // detached threads are answered for without a scan
    MUTATE_NO_GRACE = 5,    // objects are judged at once, without a round
    MUTATE_NO_SHARE = 6,    // a LOCAL value is stored into a SHARED slot as it is
    MUTATE_NO_WEAK_MARK = 7, // a weak reference is followed to an object that is to be judged, and not noted
    MUTATE_NO_RETIRE = 8,   // buffers that others may be reading are freed at once
    MUTATE_LOST_WAKE = 9,   // one of 64 sleepers that are to be woken is not
    MUTATE_NO_SECTION = 10, // critical sections do not lock
    MUTATE_NO_STOP = 11,    // who stops the world does not wait for the others
    MUTATE_FREE_IN_PLACE = 12, // a block goes back to a page whoever owns it
    MUTATE_NO_MOVED = 13,   // cells of dicts and instances are copied, not drained
    MUTATE_OLD_VERSION = 14, // a class keeps its version when it changes
    MUTATE_NO_SUBCLASSES = 15, // its subclasses keep theirs
    MUTATE_SHARE_LATE = 16, // the barrier comes to its store with a value that is LOCAL still: only its assertion can tell
    MUTATE_LATE_TABLE = 17, // a round judges and frees what was handed over while it was open, too
    MUTATE_EARLY_VERDICT = 18, // whoever answers a round judges, before the others have answered
    MUTATE_HOT_COUNTED = 19, // counts are taken off the word of a HOT object
    MUTATE_OLD_KEYS = 20,   // a dict keeps the version of its keys when they move
    MUTATIONS_END,
};
#include "base/assert.h"
#define MUTATED(which) (HEDDLE_DEBUG_CHECKS && __builtin_expect(debug_flags.mutate == (which), 0))

// schedfuzz: now and then, by a generator of the calling thread's own, gives the processor away.  Called where another
// schedule might matter: safepoints, locks, hand-offs, the protocol's steps, slow paths of shared containers.  What a thread
// draws depends on the seed, its serial number and how many points it has passed, on nothing else: the same seed perturbs
// the same threads alike.
void debug_sched_start(uint64_t thread_id); // by a thread that starts
enum { SCHED_GO_ON = -1, SCHED_YIELD = -2 };
int64_t debug_sched_draw(void);             // SCHED_*, or nanoseconds to sleep (less than 65,536)
void debug_sched_point_slow(void);
static inline void debug_sched_point(void) {
    if (__builtin_expect(debug_flags.schedfuzz != 0, 0)) debug_sched_point_slow();
}
#endif
