// SPDX-License-Identifier: MIT
// For the stress mains over real objects: threads of the interpreter without Python code.  A main that includes this is
// linked with the object ring and all below it.
#ifndef HEDDLE_STRESS_OBJECTS_H
#define HEDDLE_STRESS_OBJECTS_H
#include "object/object.h"
#include "gc/gc.h"
#include "threading/mutex.h"
#include "threading/pending.h"

#include "stress.h"

// What must not happen: says so and ends the program.
#define STRESS_CHECK(condition) \
    do { \
        if (!(condition)) stress_broken(__FILE__, __LINE__, #condition); \
    } while (0)
static inline __attribute__((noreturn)) void stress_broken(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
    abort();
}

static inline V must(V v) {
    STRESS_CHECK(v != V_NULL && !v_is_error(v));
    return v;
}

// Forgets the one exception that may have been raised; any other ends the program.
static inline void expect_error(Thread *t, Type *type) {
    STRESS_CHECK(err_matches(t, type));
    err_clear(t);
}

typedef struct Worker {
    Thread *t;
    void (*body)(Thread *t, uint64_t *rng, unsigned index);
    const StressArgs *args;
    unsigned index; // from 1
} Worker;

static inline void *worker_main(void *arg) {
    Worker w = *(Worker *)arg;
    free(arg);
    thread_start_here(w.t);
    uint64_t rng = rng_start(w.args, w.index);
    w.body(w.t, &rng, w.index);
    STRESS_CHECK(w.t->exc == V_NULL);
    while (pending_any(w.t)) pending_run(w.t);
    thread_exit(w.t);
    return NULL;
}

// Runs body in args->threads threads and waits for them; the seconds that took.
static inline double run_threads(Thread *t, const StressArgs *args, void (*body)(Thread *t, uint64_t *rng, unsigned index)) {
    static pthread_t handles[STRESS_THREADS]; // on a stack it could be taken for an object
    int64_t begun = time_monotonic_ns();
    threading_sharing_begins(t);
    for (int i = 0; i < args->threads; i++) {
        Worker *w = malloc(sizeof *w);
        STRESS_CHECK(w != NULL);
        *w = (Worker){thread_new(t), body, args, (unsigned)i + 1};
        STRESS_CHECK(w->t && pthread_create(&handles[i], NULL, worker_main, w) == 0);
    }
    BLOCKING(t)
        for (int i = 0; i < args->threads; i++) pthread_join(handles[i], NULL);
    return (double)(time_monotonic_ns() - begun) / 1e9;
}

static inline Thread *objects_start(void) {
    Thread *t = threading_init();
    STRESS_CHECK(t && object_start(t) == 0);
    return t;
}

// A container that all threads reach.
static inline V shared_by_all(Thread *t, Slot *root, V v) {
    root_register(root);
    root_set(t, root, must(v));
    v_drop(t, v);
    return slot_peek(root);
}
#endif
