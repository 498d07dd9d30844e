// SPDX-License-Identifier: MIT
// HEDDLE_DEBUG=gaps[=MICROSECONDS]: who keeps others waiting.
//
// Whoever stops the world, or waits for the lock of the GIL build, waits for the next poll of each thread that is attached.
// With the flag every thread's breaker is set for good (BREAK_GAPS), so each poll comes by safepoint_slow, in every build and at
// no cost without the flag.  What is measured is the thread's processor time, so that a busy machine does not count, from the end
// of one poll, attach or stop to the beginning of the next poll, detach or stop; what is done at a poll is not counted.
#include "sync.h"

#include <time.h>

int64_t time_running_ns(void) {
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return used.tv_sec * INT64_C(1000000000) + used.tv_nsec;
}

enum { GAP_US = 1000 };

static int64_t gap_limit_ns(void) { return (debug_flags.gaps > 1 ? debug_flags.gaps : GAP_US) * 1000; }

void gap_begins(Thread *t) {
    if (likely(!debug_flags.gaps)) return;
    breaker_set(t, BREAK_GAPS);
    t->sync->polled_ns = time_running_ns();
}

// A poll at which nothing is done goes on from here.
void gap_ends(Thread *t) {
    if (likely(!debug_flags.gaps)) return;
    int64_t since = t->sync->polled_ns;
    t->sync->polled_ns = time_running_ns();
    int64_t gap = t->sync->polled_ns - since;
    if (since && gap > gap_limit_ns()) upcall_gap(t, gap);
}
