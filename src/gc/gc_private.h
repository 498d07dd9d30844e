// SPDX-License-Identifier: MIT
// What the collector's files share.
#ifndef HEDDLE_GC_PRIVATE_H
#define HEDDLE_GC_PRIVATE_H
#include "gc/gc.h"
#include "threading/gcmark.h"
#include "threading/hot.h"
#include "threading/mutex.h"
#include "threading/pending.h"
#include "threading/scan.h"
#include "threading/weak.h"

typedef struct ObjVec { // grows with gc_memory: what there is no room for is not in it
    Obj **at;
    size_t n, cap;
} ObjVec;
bool objvec_reserve(ObjVec *vec, size_t n); // room for n more; false: gc_ran_out
void objvec_free(ObjVec *vec);
static inline void objvec_push(ObjVec *vec, Obj *o) {
    if (unlikely(vec->n == vec->cap) && !objvec_reserve(vec, 1)) return;
    vec->at[vec->n++] = o;
}
bool objvec_add(Obj *const *objects, size_t n, void *vec); // a GcVisitor
void objvec_sort(ObjVec *vec, uint64_t (*key)(Obj *o)); // stable; does nothing when gc_memory has nothing

typedef struct ObjSet { // the same
    const Obj **at;
    size_t cap, n;
} ObjSet;
bool objset_has(const ObjSet *set, const Obj *o);
bool objset_add(ObjSet *set, const Obj *o); // false: it is there already, or there is no room (gc_ran_out)
void objset_free(ObjSet *set);

// mark.c: marks objects and what they reach.
enum { MARK_LATELY = 64, MARK_MET = 16 };
typedef struct Met { // a reference that was met, and where the mark of its object is
    Obj *o;
    uint8_t *mark;
} Met;
typedef struct Marker {
    Thread *t;
    const GcMarks *marks;
    bool types;      // types too, which are not counted, and what objects refer to that are never freed
    ObjVec work;     // marked, but not yet looked into
    SlotSpan *spans; // the same, of long objects
    size_t spans_n, spans_cap;
    ObjSet statics;  // objects never freed that were looked into: they are in no page, and their slots are roots
    const Obj *lately[MARK_LATELY]; // types and immortal objects met lately
    Met met[MARK_MET];            // whose marks are on their way into the cache: met_n of them, up to met_end
    unsigned met_n, met_end;
    struct MarkPool *pool;        // NULL: nobody else marks
    int64_t looked;               // at how many objects
} Marker;
void mark_object(Marker *marker, Obj *o); // marks o; the next run marks what it reaches
void mark_value(Marker *marker, V v);
void mark_slot(Thread *t, Obj *owner, Slot *s, void *marker); // a SlotVisitor
void mark_stack_value(Thread *t, V *word, void *marker);      // a StackVisitor
void mark_run(Marker *marker);
void mark_run_together(Marker *marker);   // with a second pthread, if the heap is not small
void marker_free(Marker *marker);

// suspects.c: which of the objects that a collection has not marked are garbage.
typedef struct Suspects {
    GcMarks marks;
    ObjVec objects;
} Suspects;
#define COUNT_PINNED (1u << 31) // referred to, whatever the counts say
#define COUNT_NONE (1u << 30)   // not counted: lives by marking alone.  Smaller words are what is left of a count
#define COUNT_CONDEMNED UINT32_MAX // known to be garbage before
// Takes the references among suspects off their counts; marks the suspects that have some left, and what they reach.
void suspects_deduce(Suspects *suspects, Marker *marker);
// Marks what a word of a C stack that `reads` accepts leads to, and what it reaches.  Such words may be stale: noted in the
// domain, so that there is another look.
void suspects_spare(Suspects *suspects, Marker *marker, bool (*may_be_on_c_stacks)(const Obj *o));
// Marks the suspects that are not in `garbage`, and what they reach: a finalizer made them, and hung them on garbage.  Their
// own finalizers have not run, and what they refer to must outlive them.
void suspects_spare_others(Suspects *suspects, Marker *marker, const ObjVec *garbage);
void suspects_take_garbage(const Suspects *suspects, ObjVec *garbage); // those that are not marked

int64_t collect_local(Thread *t, int generation); // local.c
int64_t collect_global(Thread *t);                // global.c
bool gc_shared_is_due(void);                      // SHARED objects have doubled since the last one

void gc_times_add(GcTimes *times, int64_t since); // since: time_monotonic_ns() at the beginning
void caches_clear(Thread *t); // method caches count the names they are searched by; no other thread runs Python

// finalize.c: the last steps, for a set of objects nobody can reach, of each of which the collector owns a count if it has any.
// Weak references to them are cleared before any finalizer runs; the callbacks of weakrefs that are no garbage themselves
// (marked) are queued.
void garbage_clear_weakrefs(Thread *t, const ObjVec *garbage, const GcMarks *marks);
bool garbage_queue_finalizers(Thread *t, const ObjVec *garbage); // in the order of births.  true: there are some to run
void garbage_release(Thread *t, const ObjVec *objects); // they live on: gives the collector's counts up
// Destroys them: cuts all references inside, then lets each die; or keeps them for gc.garbage.  How many there were.
int64_t garbage_end(Thread *t, ObjVec *garbage);
bool obj_is_uncounted(const Obj *o);
#endif
