// SPDX-License-Identifier: MIT
// For the stress mains over threading/ alone: nodes instead of objects, threads that run a C function.
#ifndef HEDDLE_STRESS_NODES_H
#define HEDDLE_STRESS_NODES_H
#include "../tests/unit/threading_stubs.h"
#include "threading/mutex.h"

#include "stress.h"

static inline Thread *nodes_start(void) {
    Thread *t = threading_init();
    stub_frame(t);
    return t;
}

// A node that all threads reach.
static inline V shared_by_all(Thread *t, Slot *root, int slots) {
    if (slots > UINT16_MAX) {
        fprintf(stderr, "SCALE is at most %d\n", UINT16_MAX);
        exit(2);
    }
    root_register(root);
    V v = node_new(t, (unsigned)slots, OBJ_GC);
    root_set(t, root, v);
    v_drop(t, v);
    return slot_peek(root);
}

// Runs body(index), index from 1, in args->threads threads and waits for them; the seconds that took.
static inline double run_threads(Thread *t, const StressArgs *args, void (*body)(Thread *t, void *index)) {
    static pthread_t handles[STRESS_THREADS]; // on a stack it could be taken for an object
    int64_t begun = time_monotonic_ns();
    for (int i = 0; i < args->threads; i++) handles[i] = thread_spawn(t, body, (void *)(uintptr_t)(i + 1));
    for (int i = 0; i < args->threads; i++) thread_join(t, handles[i]);
    return (double)(time_monotonic_ns() - begun) / 1e9;
}

// ---- the end: everything must go --------------------------------------------------------------------------------------
static UNUSED NOINLINE void clear_slots(Thread *t, V node, int slots) {
    for (unsigned i = 0; i < (unsigned)slots; i++) slot_clear(t, v_obj(node), node_slot(node, i));
}

// Rounds until only so many nodes live: this stack may still hold a stale word or two, so a few are needed.
static UNUSED NOINLINE void drain(Thread *t, int64_t until, int rounds) {
    for (int i = 0; i < rounds && at_load_relaxed(&nodes_live) > until; i++) {
        handshake_now(t);
        safepoint(t);
    }
}
#endif
