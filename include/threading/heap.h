// SPDX-License-Identifier: MIT
// Memory: the only place that allocates for the interpreter.  Objects and buffers up to half a kilobyte are blocks of pages
// (threading/pages.h); what is larger comes from a mi_heap a thread.  Sanitizer builds use the C library.
// Functions return NULL when memory is exhausted (or fault injection says so) and set no exception: callers do,
// with err_no_memory(t).
#ifndef HEDDLE_THREADING_HEAP_H
#define HEDDLE_THREADING_HEAP_H
#include "threading/count.h"

typedef struct Heap {
    void *mi;                // mi_heap_t *; owner thread
    struct PageHeap *pages;  // small objects; owner thread (GIL build: one for all)
    struct GcDomain *domain; // the collectable LOCAL objects (gclink.h); owner thread, or stopped world
} Heap;

// A new object: header set (rc 1, LOCAL; SHARED at birth under forceshared), the rest zeroed.  `size` includes the
// header; `flags` are the OBJ_* to start with (with OBJ_GC it is linked for the collector and visible to it at once:
// zeroed slots are legal).  NULL when out of memory.
Obj *obj_alloc(Thread *t, Type *type, size_t size, unsigned flags);
// Returns the memory of a dead object (children already dropped).  Deferred by a grace period where needed.
void obj_free_memory(Thread *t, Obj *o);
// The same object with room for `size` bytes, at least: a unique LOCAL object born without OBJ_GC.  It may move, and gets
// some room to spare, so that growing it piece by piece is linear.  NULL, and o as it was, when out of memory.
Obj *obj_grow_leaf(Thread *t, Obj *o, size_t size);

// Somebody who is told of every block: an object by its address, a buffer by its.  Any lock may be held meanwhile: a tracer
// takes no other than the last in locks.def, and allocates nothing here.
typedef struct MemTracer {
    bool (*allocated)(Thread *t, const void *block, size_t size); // false: no memory for it, and so none for the block
    void (*freed)(const void *block);                             // maybe one that it was not told of
} MemTracer;
void mem_trace(const MemTracer *tracer); // NULL: off; what others are just allocating or freeing it may miss

// Buffers (item arrays, key tables, text): not objects.
void *mem_alloc(Thread *t, size_t size);
void *mem_calloc(Thread *t, size_t n, size_t size);
enum { CACHE_LINE = 64 }; // bytes
// mem_calloc on cache lines of its own: for what all threads go on reading and one makes at any time, a cache, a shape.  Else
// what that thread writes beside it, all the time, takes the line away from the readers.  (A buffer that is too large for
// pages may share its first and last line.)
void *mem_calloc_apart(Thread *t, size_t n, size_t size);
void *mem_realloc(Thread *t, void *p, size_t size);
void mem_free(void *p); // from any thread; NULL allowed
// Frees a buffer that another thread may still be reading (taken out of a SHARED object): after the next round.
void mem_retire(Thread *t, void *p);
// Retires when owner is SHARED, frees at once when it is LOCAL.
static inline void mem_release(Thread *t, const Obj *owner, void *p) {
    if (obj_is_shared(owner)) mem_retire(t, p); else mem_free(p);
}
#endif
