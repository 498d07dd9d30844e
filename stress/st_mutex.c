// SPDX-License-Identifier: MIT
// Stress: runtime mutexes, one-byte locks, critical sections.   st_mutex [THREADS SCALE ITER SEED]
//
// Plain counters, each guarded by one lock of each kind, are incremented by all threads; critical sections cover one or
// two SHARED nodes of SCALE, are nested, suspended by safepoints and blocking, and move units between accounts whose sum
// is checked in the end.  ITER is thousands of operations a thread.
#include "nodes.h"
#include "threading/parking.h"

static RtMutex mutex = RT_MUTEX_INIT(runtime);
static uint8_t bytelock;
static int64_t by_mutex, by_bytelock; // plain: what the locks guard
static int64_t timeouts;
static StressArgs args = {.threads = 4, .scale = 5, .iterations = 100};

typedef struct Account { // a node whose "slots" are a plain number
    Node node;
    int64_t units; // under the node's lock
} Account;
static Account **accounts;

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
    Account *from = accounts[r % (unsigned)args.scale], *to = accounts[(r >> 16) % (unsigned)args.scale];
    CRITICAL2(t, &from->node.head, &to->node.head);
    if (r >> 32 & 1) { // nested, on a third
        Account *third = accounts[(r >> 40) % (unsigned)args.scale];
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
    uint64_t rng = rng_start(&args, (uintptr_t)arg);
    for (int64_t i = 0; i < (int64_t)args.iterations * 1000; i++) {
        safepoint(t);
        uint64_t r = rng_next(&rng);
        if (r >> 60 & 1) count_under_locks(t, r);
        else transfer(t, r);
    }
}

static int run(void) {
    Thread *t = nodes_start();
    accounts = calloc((size_t)args.scale, sizeof *accounts);
    if (!accounts) abort();
    threading_sharing_begins(t);
    for (int i = 0; i < args.scale; i++) {
        accounts[i] = (Account *)obj_alloc(t, NULL, sizeof(Account), 0);
        accounts[i]->node.magic = NODE_MAGIC;
        share_value(t, v_from(accounts[i]));
    }
    double seconds = run_threads(t, &args, work);
    int64_t sum = 0;
    for (int i = 0; i < args.scale; i++) sum += accounts[i]->units;
    printf("st_mutex: %d threads, %.2f s, %ld + %ld + %ld timeouts, sum %ld\n", args.threads, seconds, (long)by_mutex,
           (long)by_bytelock, (long)timeouts, (long)sum);
    return sum != 0 || by_mutex != by_bytelock + timeouts || bytelock != 0;
}

int main(int argc, char **argv) {
    static const int faults[] = {MUTATE_NO_SECTION, MUTATE_LOST_WAKE};
    static const StressArgs small = {.threads = 4, .scale = 3, .iterations = 50};
    return stress_main(argc, argv, &args, run, faults, countof(faults), &small);
}
