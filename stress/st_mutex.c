// SPDX-License-Identifier: MIT
// Stress: runtime mutexes, one-byte locks, critical sections.   st_mutex [THREADS SCALE ITER SEED]
//
// Plain counters, each guarded by one lock of each kind, are incremented by all threads; critical sections cover one or
// two SHARED nodes of SCALE, are nested, suspended by safepoints and blocking, and move units between accounts whose sum
// is checked in the end.  ITER is thousands of operations a thread.
#include "../tests/unit/threading_stubs.h"
#include "threading/debug.h"
#include "threading/mutex.h"
#include "threading/parking.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static RtMutex mutex = RT_MUTEX_INIT(runtime);
static uint8_t bytelock;
static int64_t by_mutex, by_bytelock; // plain: what the locks guard
static int64_t timeouts;
static int scale, iterations;
static uint64_t seed;

typedef struct Account { // a node whose "slots" are a plain number
    Node node;
    int64_t units; // under the node's lock
} Account;
static Account **accounts;

static uint64_t next(uint64_t *rng) {
    *rng ^= *rng << 13;
    *rng ^= *rng >> 7;
    return *rng ^= *rng << 17;
}

static void count_under_locks(Thread *t, uint64_t r) {
    rt_mutex_lock(&mutex);
    by_mutex++;
    rt_mutex_unlock(&mutex);
    int64_t limit = r % 7 ? -1 : (int64_t)(r >> 20 & 0xffff);
    if (bytelock_lock(t, &bytelock, limit, 0) == PARK_WOKEN) {
        by_bytelock++;
        if (r % 513 == 0) usleep(1);
        bytelock_unlock(&bytelock);
    } else {
        at_fetch_add_relaxed(&timeouts, 1);
    }
}

// Takes from one account and gives to another; what happens in between may let the locks go, so the work is done in
// one piece after it.
static void transfer(Thread *t, uint64_t r) {
    Account *from = accounts[r % (unsigned)scale], *to = accounts[(r >> 16) % (unsigned)scale];
    CRITICAL2(t, &from->node.head, &to->node.head);
    if (r >> 32 & 1) { // nested, on a third
        Account *third = accounts[(r >> 40) % (unsigned)scale];
        CRITICAL(t, &third->node.head);
        third->units++;
        if (r >> 50 & 1) safepoint(t);
        third->units--;
    }
    if ((r >> 33 & 255) == 0) BLOCKING(t) usleep(20);
    if (r >> 34 & 1) safepoint(t);
    from->units--;
    to->units++;
}

static void work(Thread *t, void *arg) {
    uint64_t rng = (seed + (uintptr_t)arg) * 0x9e3779b97f4a7c15u | 1;
    for (int64_t i = 0; i < (int64_t)iterations * 1000; i++) {
        safepoint(t);
        uint64_t r = next(&rng);
        if (r >> 60 & 1) count_under_locks(t, r);
        else transfer(t, r);
    }
}

int main(int argc, char **argv) {
    int threads = argc > 1 ? atoi(argv[1]) : 4;
    scale = argc > 2 ? atoi(argv[2]) : 5;
    iterations = argc > 3 ? atoi(argv[3]) : 100;
    seed = argc > 4 ? strtoull(argv[4], NULL, 0) : 1;
    Thread *t = threading_init();
    stub_frame(t);
    accounts = calloc((size_t)scale, sizeof *accounts);
    threading_sharing_begins(t);
    for (int i = 0; i < scale; i++) {
        accounts[i] = (Account *)obj_alloc(t, NULL, sizeof(Account), 0);
        accounts[i]->node.magic = NODE_MAGIC;
        share_value(t, v_from(accounts[i]));
    }
    int64_t begun = time_monotonic_ns();
    pthread_t handles[64];
    for (int i = 0; i < threads; i++) handles[i] = thread_spawn(t, work, (void *)(uintptr_t)(i + 1));
    for (int i = 0; i < threads; i++) thread_join(t, handles[i]);
    double seconds = (double)(time_monotonic_ns() - begun) / 1e9;
    int64_t sum = 0;
    for (int i = 0; i < scale; i++) sum += accounts[i]->units;
    printf("st_mutex: %d threads, %.2f s, %ld + %ld + %ld timeouts, sum %ld\n", threads, seconds, (long)by_mutex,
           (long)by_bytelock, (long)timeouts, (long)sum);
    return sum != 0 || by_mutex != by_bytelock + timeouts || bytelock != 0;
}
