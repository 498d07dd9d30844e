// SPDX-License-Identifier: MIT
// Stress: stopping the world, with threads coming and going.   st_stw [THREADS SCALE ITER SEED]
//
// Threads bump plain counters of their own while they are attached, detach, stop the world (nested at times), start
// short-lived threads, run rounds.  Who has stopped the world reads and writes all counters plainly: whoever moves in a
// stopped world shows as a race or as a changed sum.  SCALE is how seldom the world is stopped; ITER thousands of steps.
#include "../tests/unit/threading_stubs.h"
#include "threading/debug.h"
#include "threading/mutex.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX = 64 };
static struct {
    int64_t value;
    char pad[56];
} counter[MAX]; // the owner's while it is attached; the stopper's in a stopped world
static int iterations, scale, threads;
static uint64_t seed;
static int64_t stops, spawned;

static uint64_t next(uint64_t *rng) {
    *rng ^= *rng << 13;
    *rng ^= *rng >> 7;
    return *rng ^= *rng << 17;
}

static int64_t sum_all(void) {
    int64_t sum = 0;
    for (int i = 0; i < MAX; i++) sum += counter[i].value;
    return sum;
}

static void stop_and_look(Thread *t, uint64_t r) {
    world_stop(t);
    if (r & 1) world_stop(t);
    int64_t before = sum_all();
    for (int i = 0; i < MAX; i++) counter[i].value += 1;
    if (r & 2) sched_yield();
    for (int i = 0; i < MAX; i++) counter[i].value -= 1;
    if (sum_all() != before) abort();
    if (r & 1) world_start(t);
    world_start(t);
    at_fetch_add_relaxed(&stops, 1);
}

static void brief(Thread *t, void *arg) {
    (void)arg;
    for (int i = 0; i < 100; i++) safepoint(t);
    thread_detach(t);
    thread_attach(t);
    at_fetch_add_relaxed(&spawned, 1);
}

static void work(Thread *t, void *arg) {
    uintptr_t index = (uintptr_t)arg;
    uint64_t rng = (seed + index) * 0x9e3779b97f4a7c15u | 1;
    for (int64_t i = 0; i < (int64_t)iterations * 1000; i++) {
        safepoint(t);
        counter[index].value++;
        uint64_t r = next(&rng);
        if (r % (unsigned)scale == 0) stop_and_look(t, r >> 32);
        else if (r % (unsigned)scale == 1) thread_join(t, thread_spawn(t, brief, NULL));
        else if (r % (unsigned)scale == 2) handshake_now(t);
        else if (r % 61 == 0) BLOCKING(t) sched_yield();
    }
}

int main(int argc, char **argv) {
    threads = argc > 1 ? atoi(argv[1]) : 4;
    scale = argc > 2 ? atoi(argv[2]) : 500;
    iterations = argc > 3 ? atoi(argv[3]) : 20;
    seed = argc > 4 ? strtoull(argv[4], NULL, 0) : 1;
    if (threads < 1 || threads >= MAX || scale < 3) return 2;
    Thread *t = threading_init();
    stub_frame(t);
    int64_t begun = time_monotonic_ns();
    pthread_t handles[MAX];
    for (int i = 0; i < threads; i++) handles[i] = thread_spawn(t, work, (void *)(uintptr_t)(i + 1));
    for (int i = 0; i < threads; i++) thread_join(t, handles[i]);
    double seconds = (double)(time_monotonic_ns() - begun) / 1e9;
    int64_t wanted = (int64_t)threads * iterations * 1000;
    printf("st_stw: %d threads, %.2f s, %ld stops, %ld threads started, sum %ld of %ld\n", threads, seconds, (long)stops,
           (long)spawned, (long)sum_all(), (long)wanted);
    return sum_all() != wanted;
}
