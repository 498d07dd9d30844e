// SPDX-License-Identifier: MIT
//
// counters.h: counts of what does not scale, in builds configured with -DHEDDLE_COUNTERS=ON (preset `counters`).
//
// Each thread counts for itself, without atomics. COUNT(name) is nothing in other builds. HEDDLE_COUNTERS=FILE in the
// environment has the sums written to FILE at exit, as one JSON object; `_heddle.counters()` tells them at any time.
#ifndef HEDDLE_BASE_COUNTERS_H
#define HEDDLE_BASE_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum Counter {
#define COUNTER(name, doc) COUNTER_##name,
#include "base/counters.def"
#undef COUNTER
    COUNTERS
} Counter;

typedef struct CounterBlock {
    uint64_t n[COUNTERS]; // atomic: written by its thread alone, read by counters_sum
    struct CounterBlock *next;
} CounterBlock;

#if HEDDLE_COUNTERS
extern __thread CounterBlock counters_own;
#define COUNT(name)                                                                                                    \
    ((void)__atomic_store_n(&counters_own.n[COUNTER_##name], counters_own.n[COUNTER_##name] + 1, __ATOMIC_RELAXED))
#else
#define COUNT(name) ((void)0)
#endif

extern const char *const counter_names[COUNTERS];
void counters_thread_starts(void); // from here on the thread's counts are in the sums
void counters_thread_ends(void);
void counters_sum(uint64_t sums[COUNTERS]); // of all threads, also those that have ended; zeros in other builds
void counters_report_at_exit(void);         // when HEDDLE_COUNTERS names a file

#endif
