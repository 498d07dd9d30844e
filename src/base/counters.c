// SPDX-License-Identifier: MIT
//
// The sums of counters.h: a list of the living threads' blocks, and what the others left. The lock is not one of the
// counted ones.
#include "base/counters.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const counter_names[COUNTERS] = {
#define COUNTER(name, doc) #name,
#include "base/counters.def"
#undef COUNTER
};

#if HEDDLE_COUNTERS
#include <pthread.h>

__thread CounterBlock counters_own;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static CounterBlock *living;     // lock
static uint64_t ended[COUNTERS]; // lock

void counters_thread_starts(void) {
    pthread_mutex_lock(&lock);
    counters_own.next = living;
    living = &counters_own;
    pthread_mutex_unlock(&lock);
}

void counters_thread_ends(void) {
    pthread_mutex_lock(&lock);
    for (CounterBlock **at = &living; *at; at = &(*at)->next)
        if (*at == &counters_own) {
            *at = counters_own.next;
            for (int i = 0; i < COUNTERS; i++) ended[i] += counters_own.n[i];
            break;
        }
    pthread_mutex_unlock(&lock);
}

void counters_sum(uint64_t sums[COUNTERS]) {
    pthread_mutex_lock(&lock);
    memcpy(sums, ended, sizeof ended);
    for (CounterBlock *block = living; block; block = block->next)
        for (int i = 0; i < COUNTERS; i++) sums[i] += __atomic_load_n(&block->n[i], __ATOMIC_RELAXED);
    pthread_mutex_unlock(&lock);
}

static void report(void) {
    const char *path = getenv("HEDDLE_COUNTERS");
    FILE *file = fopen(path, "w");
    if (!file) {
        fprintf(stderr, "heddle: HEDDLE_COUNTERS: cannot write %s\n", path);
        return;
    }
    uint64_t sums[COUNTERS];
    counters_sum(sums);
    for (int i = 0; i < COUNTERS; i++) fprintf(file, "%s\"%s\": %" PRIu64, i ? ", " : "{", counter_names[i], sums[i]);
    fputs("}\n", file);
    fclose(file);
}

void counters_report_at_exit(void) {
    const char *path = getenv("HEDDLE_COUNTERS");
    if (path && *path) atexit(report);
}
#else
void counters_thread_starts(void) {}
void counters_thread_ends(void) {}
void counters_sum(uint64_t sums[COUNTERS]) { memset(sums, 0, COUNTERS * sizeof *sums); }
void counters_report_at_exit(void) {}
#endif
