// SPDX-License-Identifier: MIT
// Stress: stopping the world, with threads coming and going.   st_stw [THREADS SCALE ITER SEED]
//
// Threads bump plain counters of their own while they are attached, detach, stop the world (nested at times), start
// short-lived threads, run rounds.  Who has stopped the world reads and writes all counters plainly: whoever moves in a
// stopped world shows as a race or as a changed sum.  SCALE, 3 at least, is how seldom the world is stopped; ITER thousands of
// steps.
#include "nodes.h"

#include <sched.h>

enum { MAX = STRESS_THREADS + 1 };
static struct {
    int64_t value;
    char pad[56];
} counter[MAX]; // the owner's while it is attached; the stopper's in a stopped world
static StressArgs args = {.threads = 4, .scale = 500, .iterations = 20};
static int64_t stops, spawned;

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
    uint64_t rng = rng_start(&args, index);
    for (int64_t i = 0; i < (int64_t)args.iterations * 1000; i++) {
        safepoint(t);
        counter[index].value++;
        uint64_t r = rng_next(&rng);
        if (r % (unsigned)args.scale == 0) stop_and_look(t, r >> 32);
        else if (r % (unsigned)args.scale == 1) thread_join(t, thread_spawn(t, brief, NULL));
        else if (r % (unsigned)args.scale == 2) handshake_now(t);
        else if (r % 61 == 0) BLOCKING(t) sched_yield();
    }
}

static int run(void) {
    if (args.scale < 3) {
        fprintf(stderr, "st_stw: SCALE is at least 3\n");
        return 2;
    }
    Thread *t = nodes_start();
    double seconds = run_threads(t, &args, work);
    int64_t wanted = (int64_t)args.threads * args.iterations * 1000;
    printf("st_stw: %d threads, %.2f s, %ld stops, %ld threads started, sum %ld of %ld\n", args.threads, seconds, (long)stops,
           (long)spawned, (long)sum_all(), (long)wanted);
    return sum_all() != wanted;
}

int main(int argc, char **argv) {
    static const int faults[] = {MUTATE_NO_STOP};
    static const StressArgs small = {.threads = 4, .scale = 50, .iterations = 10};
    return stress_main(argc, argv, &args, run, faults, countof(faults), &small);
}
