// SPDX-License-Identifier: MIT
// What the collector's files share.
#ifndef HEDDLE_GC_PRIVATE_H
#define HEDDLE_GC_PRIVATE_H
#include "gc/gc.h"
#include "threading/mutex.h"
#include "threading/pending.h"
#include "threading/scan.h"
#include "threading/weak.h"

typedef struct ObjVec { // grows; ends the process when memory is out in the middle of a collection
    Obj **at;
    size_t n, cap;
} ObjVec;
void objvec_reserve(ObjVec *vec, size_t n); // room for n more
void objvec_free(ObjVec *vec);
static inline void objvec_push(ObjVec *vec, Obj *o) {
    if (unlikely(vec->n == vec->cap)) objvec_reserve(vec, 1);
    vec->at[vec->n++] = o;
}
bool objvec_add(Obj *const *objects, size_t n, void *vec); // a GcVisitor
void objvec_sort(ObjVec *vec, uint64_t (*key)(Obj *o)); // stable
void *collector_memory(size_t n, size_t size); // zeroed, from calloc; never NULL

// The objects a collection looks at, and a word of state for each (numbers.c).  The number of an object, kept in its page or
// prefix, says which word; it is no good once other objects may be born.
#define GC_CANDIDATE (1u << 31)      // it is one of `objects`; the words between have none
#define GC_MARKED (1u << 30)         // known to be reachable
#define GC_PINNED (1u << 29)         // a root, whatever its count
#define GC_COUNT (GC_PINNED - 1)     // counted references that were not found yet
typedef struct Candidates {
    ObjVec objects;
    uint32_t *state;
    uint32_t n_numbers;
} Candidates;
void candidates_number(Candidates *candidates); // gives the objects numbers and zeroed words
void candidates_unnumber(Candidates *candidates); // takes them back; the objects stay
// The word of one of the objects.
static inline uint32_t *candidate_new(const Candidates *candidates, const Obj *o) {
    if (!obj_has(o, OBJ_PAGED)) return &candidates->state[gc_link(o)->number];
    const Page *page = page_of(o);
    return &candidates->state[page->first ? page->first + page_index(page, o) : 0];
}
// The word of any object with OBJ_GC; NULL: it is none of them.
static inline uint32_t *candidate_state(const Candidates *candidates, const Obj *o) {
    uint32_t *state = candidate_new(candidates, o);
    return *state & GC_CANDIDATE ? state : NULL;
}

int64_t collect_local(Thread *t, int generation); // local.c
int64_t collect_global(Thread *t);                // global.c
bool gc_shared_is_due(void);                      // SHARED objects have doubled since the last one

void gc_times_add(GcTimes *times, int64_t since); // since: time_monotonic_ns() at the beginning
void caches_clear(Thread *t); // method caches count the names they are searched by; no other thread runs Python

// finalize.c: the last steps, for a set of objects nobody can reach.
// Weak references to them are cleared; the callbacks of weakrefs that `runs` accepts are queued.
void garbage_clear_weakrefs(Thread *t, const ObjVec *garbage, bool (*runs)(const Obj *weakref));
bool garbage_queue_finalizers(Thread *t, const ObjVec *garbage); // in the order of births.  true: there are some to run
// Destroys them: cuts all references inside, then lets each die.  The caller owns one count of each counted object.
void garbage_destroy(Thread *t, ObjVec *garbage);
bool obj_is_uncounted(const Obj *o);
#endif
