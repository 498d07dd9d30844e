// SPDX-License-Identifier: MIT
// What a collection knows of objects while it runs: a mark each, and a count of each one it suspects to be garbage.
//
//   marks    a byte for each grain of 32 bytes of a page (page->marks), or in the prefix of an object (link->mark).
//            0: unmarked; anything else: marked, or none of this collection's business
//   counts   a word for each grain (page->counts), or in the prefix; of suspects only
//
// So a reference is followed to both without a look at the object it leads to, which is a miss of the caches for most.
// Several threads may mark at the same time: who is late finds the mark, and if two of them do not see each other's, both
// look into the object, which does no harm.
//
// A collection either starts with everything unmarked, marks what it finds alive, and suspects the rest (gc_marks_all,
// gc_marks_suspects); or it suspects given objects and regards all others as marked (gc_marks_suspect).  All of this ends
// (gc_marks_end) before Python runs again.
#ifndef HEDDLE_THREADING_GCMARK_H
#define HEDDLE_THREADING_GCMARK_H
#include "threading/gclink.h"

// Slots that stand in one place: n of them; or n pairs, the first slots of which are `stride` words apart.
typedef struct SlotSpan {
    Slot *at;
    size_t n;
    uint32_t stride;
    bool pairs;
} SlotSpan;
// An upcall like upcall_traverse: all slots of o, if they stand so; false: upcall_traverse visits them.
bool upcall_slots(const Obj *o, SlotSpan *span);
void upcall_slots_soon(const Obj *o); // fetches what that will read besides o into the cache

typedef struct GcMarks {
    Thread *t;                    // whose LOCAL objects it is about; NULL: about all objects, in a stopped world
    const struct PageHeap *pages; // t's
    Page **marked;                // pages that have marks
    size_t n, cap;
    uint8_t *bytes;               // the marks of all pages, if they were made in one go
} GcMarks;

// Memory of a collection: realloc's and calloc's.  NULL: there is none left (or HEDDLE_DEBUG=failgc says so).  Whoever asked goes
// on without; what the collection knows has gaps then, which gc_ran_out tells, and it must find no garbage.
void *gc_memory(void *old, size_t size);
void *gc_memory_zeroed(size_t n, size_t size);
extern __thread bool gc_ran_out; // since the collecting thread set it to false

void gc_marks_all(GcMarks *marks, Thread *t); // t NULL: in a stopped world
// Hands the unmarked tracked objects to fn (LOCAL ones of t, or SHARED ones) as suspects; everything else counts as marked.
void gc_marks_suspects(GcMarks *marks, GcVisitor fn, void *arg);
void gc_marks_suspect(GcMarks *marks, Thread *t, Obj *const *objects, size_t n);
// The unmarked suspect in a page that `word` points to or into; NULL: none.
Obj *gc_suspect_at(const GcMarks *marks, uintptr_t word);
void gc_marks_end(GcMarks *marks, Obj *const *suspects, size_t n);

// The mark of an object with a prefix; NULL: this collection is not about it.
static inline uint8_t *gc_mark_of_linked(const GcMarks *marks, const Obj *o) {
    if (!obj_has(o, OBJ_GC) || (marks->t && obj_is_shared(o))) return NULL;
    return &gc_link(o)->mark;
}

// The mark of an object in a page; NULL as above.
static inline uint8_t *gc_mark_of_paged(const GcMarks *marks, const Obj *o) {
    const Page *page = page_of(o);
    if (marks->t && page->heap != marks->pages) return NULL; // const while the reference lasts; the rest may be another collection's
    return page->marks ? &page->marks[page_grain(o)] : NULL;
}

static inline uint8_t *gc_mark_of(const GcMarks *marks, const Obj *o) {
    return in_chunk(o) ? gc_mark_of_paged(marks, o) : gc_mark_of_linked(marks, o);
}

static inline bool gc_is_unmarked(const GcMarks *marks, const Obj *o) {
    const uint8_t *mark = gc_mark_of(marks, o);
    return mark && at_load_relaxed(mark) == 0;
}

// Marks by `mark`, which may be NULL.  false: there was nothing to do.
static inline bool gc_mark_set(uint8_t *mark) {
    if (!mark || at_load_relaxed(mark)) return false;
    at_store_relaxed(mark, (uint8_t)1);
    return true;
}

static inline uint32_t *gc_count_of(const Obj *suspect) {
    return in_chunk(suspect) ? &page_of(suspect)->counts[page_grain(suspect)] : &gc_link(suspect)->count;
}
#endif
