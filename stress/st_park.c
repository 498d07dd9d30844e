// SPDX-License-Identifier: MIT
// Stress: the parking lot.   st_park [THREADS SCALE ITER SEED]
//
// SCALE tokens circulate among mailboxes that share few buckets: a thread takes a token where there is one, sleeps (with
// a limit or without) where there is none, and puts it into another mailbox, waking one sleeper or all.  Tokens are
// counted in the end; a lost wake shows as a hang.  ITER is thousands of moves a thread.
#include "../tests/unit/threading_stubs.h"
#include "threading/mutex.h"
#include "threading/parking.h"

#include <stdio.h>
#include <stdlib.h>

enum { BOXES = 5 };
static struct {
    uint32_t tokens; // atomic
} boxes[BOXES];
static int iterations;
static uint64_t seed;
static int64_t sleeps, timeouts, wakes;

static uint64_t next(uint64_t *rng) {
    *rng ^= *rng << 13;
    *rng ^= *rng >> 7;
    return *rng ^= *rng << 17;
}

static bool no_token(void *arg) { return at_load_relaxed((uint32_t *)arg) == 0; }

static bool take(uint32_t *box) {
    uint32_t n = at_load_relaxed(box);
    while (n)
        if (at_cas_weak_acquire(box, &n, n - 1)) return true;
    return false;
}

// A limit for every sleep of some threads; the last mailbox's sleepers need their wake.
static bool take_or_sleep(Thread *t, uint32_t *box, uint64_t r, bool patient) {
    while (!take(box)) {
        at_fetch_add_relaxed(&sleeps, 1);
        thread_detach(t);
        ParkResult result = park(box, no_token, box, patient ? 2000000 : (int64_t)(r >> 30 & 0x3ffff), 0, NULL);
        thread_attach(t);
        if (result == PARK_TIMEOUT) {
            at_fetch_add_relaxed(&timeouts, 1);
            return false;
        }
    }
    return true;
}

static uintptr_t count_wake(void *arg, const UnparkInfo *info) {
    (void)arg;
    if (info->found) at_fetch_add_relaxed(&wakes, 1);
    return 7;
}

static void work(Thread *t, void *arg) {
    uint64_t rng = (seed + (uintptr_t)arg) * 0x9e3779b97f4a7c15u | 1;
    for (int64_t i = 0; i < (int64_t)iterations * 1000; i++) {
        safepoint(t);
        uint64_t r = next(&rng);
        uint32_t *from = &boxes[r % BOXES].tokens, *to = &boxes[(r >> 8) % BOXES].tokens;
        if (!take_or_sleep(t, from, r, (uintptr_t)arg & 1)) continue;
        at_fetch_add_release(to, 1u);
        if (r >> 16 & 7) unpark_one(to, count_wake, NULL);
        else unpark_all(to, 9);
    }
}

int main(int argc, char **argv) {
    int threads = argc > 1 ? atoi(argv[1]) : 4, scale = argc > 2 ? atoi(argv[2]) : 3;
    iterations = argc > 3 ? atoi(argv[3]) : 5;
    seed = argc > 4 ? strtoull(argv[4], NULL, 0) : 1;
    Thread *t = threading_init();
    stub_frame(t);
    boxes[0].tokens = (uint32_t)scale;
    pthread_t handles[64];
    for (int i = 0; i < threads; i++) handles[i] = thread_spawn(t, work, (void *)(uintptr_t)(i + 1));
    for (int i = 0; i < threads; i++) thread_join(t, handles[i]);
    int64_t left = 0;
    for (int i = 0; i < BOXES; i++) left += boxes[i].tokens;
    printf("st_park: %d threads, %ld sleeps, %ld timeouts, %ld wakes, %ld tokens of %d\n", threads, (long)sleeps,
           (long)timeouts, (long)wakes, (long)left, scale);
    return left != scale;
}
