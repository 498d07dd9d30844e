// SPDX-License-Identifier: MIT
// How the collector finds its objects: every one born with OBJ_GC that is alive.
//
// Most are blocks of pages, and found by walking those (page.h); nothing about them is kept in the object or written at
// its birth but one bit.  Objects that do not fit a page carry a prefix and hang on lists:
//
//        heap.domain->gen[0..2], frozen   --share-->   gc_shared[stripe]   --die-->  (off every list)
//
// A LOCAL one hangs on a list of its thread's GcDomain, which the thread alone touches (or a stopped world); when it is
// shared its owner moves it to a SHARED list, each under a lock of its own: which one is in the low bits of `prev`.  In
// the GIL build there is one domain for all threads and nothing moves.  Sanitizer builds have no pages.
#ifndef HEDDLE_THREADING_GCLINK_H
#define HEDDLE_THREADING_GCLINK_H
#include "threading/page.h"
#include "threading/thread.h"

typedef struct GcLink {   // the prefix
    uintptr_t next, prev; // pointers; prev, tagged with the stripe, is 0 when the object is on no list
    uint64_t serial;      // of its birth
    uint32_t count;       // collections (gcmark.h): of a suspect
    uint8_t mark;         // the same; not 0 while no collection is about the object
} __attribute__((aligned(16))) GcLink;
_Static_assert(sizeof(GcLink) == 32, "objects behind it stay 16-aligned");

#define GC_TAG_MASK ((uintptr_t)15)
#define GC_STRIPES 16

static inline GcLink *gc_link(const Obj *o) { return (GcLink *)(uintptr_t)o - 1; }
static inline Obj *gc_obj(const GcLink *link) { return (Obj *)(uintptr_t)(link + 1); }
static inline GcLink *gc_next(const GcLink *link) { return (GcLink *)at_load_relaxed(&link->next); }
static inline GcLink *gc_prev(const GcLink *link) { return (GcLink *)(at_load_relaxed(&link->prev) & ~GC_TAG_MASK); }
static inline bool gc_is_linked(const Obj *o) { return at_load_relaxed(&gc_link(o)->prev) != 0; }
static inline unsigned gc_stripe(const GcLink *link) { return (unsigned)(at_load_relaxed(&link->prev) & GC_TAG_MASK); }

static inline void gc_set_prev(GcLink *link, const GcLink *prev) { // its tag kept
    at_store_relaxed(&link->prev, (uintptr_t)prev | (at_load_relaxed(&link->prev) & GC_TAG_MASK));
}

static inline void gc_list_init(GcLink *head) { head->next = head->prev = (uintptr_t)head; }
static inline bool gc_list_empty(const GcLink *head) { return gc_next(head) == head; }
static inline void gc_list_append(GcLink *head, GcLink *link) {
    GcLink *last = gc_prev(head);
    at_store_relaxed(&link->next, (uintptr_t)head);
    at_store_relaxed(&link->prev, (uintptr_t)last);
    at_store_relaxed(&last->next, (uintptr_t)link);
    gc_set_prev(head, link);
}
static inline void gc_list_remove(GcLink *link) {
    GcLink *next = gc_next(link), *prev = gc_prev(link);
    at_store_relaxed(&prev->next, (uintptr_t)next);
    gc_set_prev(next, prev);
    at_store_relaxed(&link->next, 0);
    at_store_relaxed(&link->prev, 0);
}
// Moves everything on `from` to the end of `to`.
static inline void gc_list_merge(GcLink *to, GcLink *from) {
    if (gc_list_empty(from)) return;
    GcLink *first = gc_next(from), *last = gc_prev(from), *tail = gc_prev(to);
    at_store_relaxed(&tail->next, (uintptr_t)first);
    gc_set_prev(first, tail);
    at_store_relaxed(&last->next, (uintptr_t)to);
    gc_set_prev(to, last);
    gc_list_init(from);
}

// One collector's objects: a thread's LOCAL ones; in the GIL build everybody's.  Owner thread, or stopped world.
typedef struct GcDomain {
    GcLink gen[3];           // those with a prefix, youngest first
    GcLink frozen;           // gc.freeze
    uint64_t births;         // the last serial given out
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

typedef struct GcShared {
    GcLink list, frozen; // SHARED objects with a prefix, under the stripe's lock
    int64_t count;       // atomic: SHARED objects of both sorts; the sum over the stripes tells how many there are
} GcShared;
extern GcShared gc_shared[GC_STRIPES];

// Takes an object out of the collector's sight for good, or puts it back (gc.is_tracked): tuples of immediates do this.
void gc_untrack(Thread *t, Obj *o);
void gc_track(Thread *t, Obj *o);
static inline bool gc_is_tracked(const Obj *o) {
    uint8_t flags = obj_flags(o);
    return (flags & OBJ_GC) && ((flags & OBJ_PAGED) || gc_is_linked(o));
}
// Bytes in front of the object that are the collector's: none in a page.
static inline size_t gc_prefix_size(const Obj *o) {
    uint8_t flags = obj_flags(o);
    return (flags & OBJ_GC) && !(flags & (OBJ_PAGED | OBJ_IMMORTAL)) ? sizeof(GcLink) : 0;
}

// ---- walking ----------------------------------------------------------------------------------------------------------
// Objects come in batches, those of a page together.  fn must neither make nor drop any; true ends the walk, and is
// returned.
typedef bool (*GcVisitor)(Obj *const *objects, size_t n, void *arg);

enum { AGES_COLLECTED = 1 << AGE_YOUNG | 1 << AGE_MIDDLE | 1 << AGE_OLD, AGES_ALL = AGES_COLLECTED | 1 << AGE_FROZEN };

// LOCAL objects of t's domain with one of these ages (bits 1 << AGE_*); by t, or in a stopped world.
bool gc_walk_local(Thread *t, unsigned ages, GcVisitor fn, void *arg);
// Those with OBJ_FINALIZABLE and some others, by the pages of their own that they are born in; by t.  That finds all whose
// death is noticed unless some are hidden: born without OBJ_GC, or before they got a finalizer, or without one though
// their end is seen outside the program (a database is closed).
bool gc_walk_finalizable(Thread *t, GcVisitor fn, void *arg);
extern bool gc_last_words_hidden; // atomic; never goes back
static inline void gc_hide_last_words(void) { at_store_relaxed(&gc_last_words_hidden, true); }
void gc_make_finalizable(Obj *o); // it gets a finalizer now
// SHARED objects; in a stopped world.
bool gc_walk_shared(bool frozen, GcVisitor fn, void *arg);

// After a collection of `generation`: what it looked at is one age older, at most AGE_OLD.  Before Python runs again.
void gc_grow_older(Thread *t, int generation);
// gc.freeze, gc.unfreeze of t's LOCAL objects, and (in a stopped world) of SHARED ones.
void gc_freeze_local(Thread *t, bool freeze);
void gc_freeze_shared(bool freeze);

// The serial of an object's birth, if it may have a finalizer or has a prefix; 0 otherwise.
uint64_t gc_serial(const Obj *o);
// When both are garbage, the finalizer of `first` runs before that of `then`: they trade births.
void gc_finalize_before(const Obj *first, const Obj *then);
#endif
