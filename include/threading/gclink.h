// SPDX-License-Identifier: MIT
// The collector's prefix: 16 bytes in front of every object born with OBJ_GC, and the lists they hang on.
//
// A LOCAL object hangs on a list of its thread's GcDomain, which the thread alone touches (or a stopped world).  When it
// is shared its owner moves it to one of the SHARED lists (gc_shared), each under a lock of its own: which one is in the
// low bits of `prev`.  In the GIL build there is one domain for all threads and nothing moves.
//
//        heap.domain->gen[0..2], frozen   --share-->   gc_shared[stripe]   --die-->  (off every list)
//
// The words are tagged: next carries GC_* marks of a collection that is running, prev the stripe, or, while the local
// collector works, an object's remaining count (GC_COLLECTING set).
#ifndef HEDDLE_THREADING_GCLINK_H
#define HEDDLE_THREADING_GCLINK_H
#include "threading/count.h"

typedef struct GcLink {
    uintptr_t next, prev; // tagged pointers; prev is 0 when the object is on no list
} __attribute__((aligned(16))) GcLink;
_Static_assert(sizeof(GcLink) == 16, "objects behind it stay 16-aligned");

#define GC_TAG_MASK ((uintptr_t)15)
#define GC_STRIPES 16

static inline GcLink *gc_link(const Obj *o) { return (GcLink *)(uintptr_t)o - 1; }
static inline Obj *gc_obj(const GcLink *link) { return (Obj *)(uintptr_t)(link + 1); }
static inline GcLink *gc_next(const GcLink *link) { return (GcLink *)(at_load_relaxed(&link->next) & ~GC_TAG_MASK); }
static inline GcLink *gc_prev(const GcLink *link) { return (GcLink *)(at_load_relaxed(&link->prev) & ~GC_TAG_MASK); }
static inline bool gc_is_linked(const Obj *o) { return at_load_relaxed(&gc_link(o)->prev) != 0; }
static inline unsigned gc_stripe(const GcLink *link) { return (unsigned)(at_load_relaxed(&link->prev) & GC_TAG_MASK); }

// A link changed, its tag kept.
static inline void gc_set_next(GcLink *link, const GcLink *next) {
    at_store_relaxed(&link->next, (uintptr_t)next | (at_load_relaxed(&link->next) & GC_TAG_MASK));
}
static inline void gc_set_prev(GcLink *link, const GcLink *prev) {
    at_store_relaxed(&link->prev, (uintptr_t)prev | (at_load_relaxed(&link->prev) & GC_TAG_MASK));
}

static inline void gc_list_init(GcLink *head) { head->next = head->prev = (uintptr_t)head; }
static inline bool gc_list_empty(const GcLink *head) { return gc_next(head) == head; }
static inline void gc_list_append(GcLink *head, GcLink *link) {
    GcLink *last = gc_prev(head);
    at_store_relaxed(&link->next, (uintptr_t)head);
    at_store_relaxed(&link->prev, (uintptr_t)last);
    gc_set_next(last, link);
    gc_set_prev(head, link);
}
static inline void gc_list_remove(GcLink *link) {
    GcLink *next = gc_next(link), *prev = gc_prev(link);
    gc_set_next(prev, next);
    gc_set_prev(next, prev);
    at_store_relaxed(&link->next, 0);
    at_store_relaxed(&link->prev, 0);
}
// Moves everything on `from` to the end of `to`.
static inline void gc_list_merge(GcLink *to, GcLink *from) {
    if (gc_list_empty(from)) return;
    GcLink *first = gc_next(from), *last = gc_prev(from), *tail = gc_prev(to);
    gc_set_next(tail, first);
    gc_set_prev(first, tail);
    gc_set_next(last, to);
    gc_set_prev(to, last);
    gc_list_init(from);
}

// One collector's objects: a thread's LOCAL ones; in the GIL build everybody's.  Owner thread, or stopped world.
typedef struct GcDomain {
    GcLink gen[3];           // youngest first
    GcLink frozen;           // gc.freeze
    int64_t count[3];        // allocations minus frees since gen[0]'s last collection; collections of the one below
    int64_t long_lived;      // survivors of the last full collection
    int64_t long_lived_next; // objects that entered gen[2] since
    bool collecting;
    bool held;               // the last collection kept something that only a word of a C stack refers to ...
    bool again;              // ... and another look at it is due at the next boundary, where that word may be gone
} GcDomain;

// What gc.set_threshold set: written by any thread, read relaxed.
typedef struct GcTriggers {
    int32_t threshold[3];
    bool enabled;
    int64_t limit; // what follows from these: a birth that brings count[0] above it asks for a collection
} GcTriggers;
extern GcTriggers gc_triggers;
void gc_triggers_changed(void);

typedef struct GcShared { // SHARED objects, under the stripe's lock
    GcLink list, frozen;
    int64_t count;
} GcShared;
extern GcShared gc_shared[GC_STRIPES];

// Takes an object off the collector's lists for good, or puts it back (gc.is_tracked): tuples of immediates do this.
void gc_untrack(Thread *t, Obj *o);
void gc_track(Thread *t, Obj *o);
static inline bool gc_is_tracked(const Obj *o) { return (obj_flags(o) & OBJ_GC) && gc_is_linked(o); }
#endif
