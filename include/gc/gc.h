// SPDX-License-Identifier: MIT
// The collector of cycles, for both builds.
//
// A thread's LOCAL objects are collected by that thread alone, by trial deletion over its own lists, in generations
// (local.c); in the GIL build these are everybody's objects.  SHARED objects are collected with the world stopped
// (global.c).  src/gc/README.md tells how.
#ifndef HEDDLE_GC_GC_H
#define HEDDLE_GC_GC_H
#include "threading/gclink.h"
#include "threading/thread.h"

// gc.collect(generation): collects now; 2 includes the SHARED objects.  Runs finalizers and callbacks: a safepoint.
// told: gc.callbacks hear of it.  The number of unreachable objects found; 0 when a collection is running already.
int64_t gc_collect(Thread *t, int generation, bool told);
// What would become of the objects whose death Python code is told of: those with a finalizer that has not run, and the
// referents of weak references with a callback (held.c).
typedef enum LastWords {
    LAST_WORDS_NONE,   // there is no such object but those in `kept` and those for which callbacks only `tidy`
    LAST_WORDS_HELD,   // each can be reached from a root by a way that does not lead through `closed`
    LAST_WORDS_UNKNOWN // some may be garbage
} LastWords;
typedef struct HeldQuery {
    Obj *const *kept, *const *closed;
    size_t n_kept, n_closed;
    bool (*tidies)(const Obj *weakref); // whether nobody could tell that its callback has run; NULL: all are told apart
} HeldQuery;
LastWords gc_last_words(Thread *t, const HeldQuery *query);

void gc_set_enabled(bool enabled); // automatic collection
bool gc_is_enabled(void);
bool gc_is_collecting(const Thread *t);
void gc_set_threshold(int generation, int value);
int gc_threshold(int generation);
void gc_get_count(Thread *t, int64_t count[3]);

void gc_freeze(Thread *t); // what is tracked now is ignored from here on
void gc_unfreeze(Thread *t);
int64_t gc_freeze_count(Thread *t);

// Every tracked object this thread may know of: its own LOCAL ones (of one generation, 0 to 2, or all with -1), and with
// -1 or 2 the SHARED ones.  fn must not allocate or run Python; true stops.
bool gc_each(Thread *t, int generation, bool (*fn)(Thread *t, Obj *o, void *arg), void *arg);

typedef struct GcTimes {
    int64_t n, total, longest; // how often; nanoseconds
} GcTimes;
typedef struct GcStats {
    int64_t collections, collected, uncollectable;
    GcTimes took; // whole collections, finalizers included
} GcStats;
extern GcStats gc_stats[3]; // atomic, by generation
extern GcTimes gc_waits;    // atomic: from asking the other threads to stop until they all had
extern GcTimes gc_stops;    // atomic: from then until they went on

enum { GC_DEBUG_STATS = 1, GC_DEBUG_COLLECTABLE = 2, GC_DEBUG_UNCOLLECTABLE = 4, GC_DEBUG_SAVEALL = 32 };
extern int gc_debug; // atomic: gc.set_debug

// What the gc module hangs in: called before and after each collection (gc.callbacks; may run Python), and with each
// object that GC_DEBUG_SAVEALL keeps (gc.garbage).
typedef struct GcHooks {
    void (*phase)(Thread *t, bool start, int generation, int64_t collected, int64_t uncollectable);
    void (*save)(Thread *t, Obj *o);
    bool (*is_watched)(void); // somebody would hear of a collection that finds nothing
} GcHooks;
extern GcHooks gc_hooks;

// Checks invariants 1, 2 and 4 over the whole heap, with the world stopped.  The number of violations, each reported on
// standard error.
int64_t gc_verify(Thread *t);
#endif
