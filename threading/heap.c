// SPDX-License-Identifier: MIT
// Memory: objects with their collector prefix, buffers, and what the collector's lists are made of.
//
// Each thread allocates from a mi_heap of its own; anybody may free.  Sanitizer builds use the C library's malloc, which
// is the one they can see into.
#include "sync.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#if !HEDDLE_SANITIZER
#include <mimalloc.h>
#endif

GcTriggers gc_triggers = {{700, 10, 10}, true};
GcShared gc_shared[GC_STRIPES];
static RtMutex stripe_locks[GC_STRIPES];

// ---- raw memory -------------------------------------------------------------------------------------------------------
#if HEDDLE_SANITIZER
static void *raw_alloc(Thread *t, size_t size) { return (void)t, malloc(size); }
static void *raw_zalloc(Thread *t, size_t size) { return (void)t, calloc(1, size); }
static void *raw_realloc(Thread *t, void *p, size_t size) { return (void)t, realloc(p, size); }
void heap_free_raw(void *p) { free(p); }
size_t heap_size(void *p) { return malloc_usable_size(p); }
int heap_thread_init(Thread *t) { return t->heap.mi = NULL, 0; }
void heap_thread_exit(Thread *t) { (void)t; }
#else
enum { SMALL = 1024 }; // mimalloc's direct path (MI_SMALL_SIZE_MAX)
static void *raw_alloc(Thread *t, size_t size) { return mi_heap_malloc(t->heap.mi, size); }
static void *raw_zalloc(Thread *t, size_t size) {
    if (size > SMALL) return mi_heap_zalloc(t->heap.mi, size);
    void *p = mi_heap_malloc_small(t->heap.mi, size);
    return likely(p != NULL) ? memset(p, 0, size) : NULL;
}
static void *raw_realloc(Thread *t, void *p, size_t size) { return mi_heap_realloc(t->heap.mi, p, size); }
void heap_free_raw(void *p) { mi_free(p); }
size_t heap_size(void *p) { return mi_usable_size(p); }
// A heap can be made only by the thread that will use it.
int heap_thread_init(Thread *t) {
    t->heap.mi = mi_heap_new();
    if (!t->heap.mi) t->heap.mi = mi_heap_get_default();
    return t->heap.mi ? 0 : -1;
}
// Live blocks move to the thread's backing heap, which mimalloc abandons to the other threads when this one ends.
void heap_thread_exit(Thread *t) {
    if (t->heap.mi && t->heap.mi != mi_heap_get_backing()) mi_heap_delete(t->heap.mi);
    t->heap.mi = NULL;
}
#endif

static bool alloc_fails(void) { return unlikely(debug_flags.failalloc != 0) && debug_alloc_fails(); }

// ---- buffers ----------------------------------------------------------------------------------------------------------
enum { FRESH = 0xcb, FREED = 0xdb };

void *mem_alloc(Thread *t, size_t size) {
    if (alloc_fails()) return NULL;
    void *p = raw_alloc(t, size);
    if (unlikely(debug_flags.fillmem != 0) && p) memset(p, FRESH, size);
    return p;
}

void *mem_calloc(Thread *t, size_t n, size_t size) {
    size_t bytes;
    if (alloc_fails() || __builtin_mul_overflow(n, size, &bytes)) return NULL;
    return raw_zalloc(t, bytes);
}

void *mem_realloc(Thread *t, void *p, size_t size) {
    if (alloc_fails()) return NULL;
    return raw_realloc(t, p, size);
}

void mem_free(void *p) {
    if (unlikely(debug_flags.fillmem != 0) && p) memset(p, FREED, heap_size(p));
    heap_free_raw(p);
}

void mem_retire(Thread *t, void *p) {
    if (!p) return;
#if HEDDLE_GIL
    (void)t;
    mem_free(p);
#else
    if (!at_load_relaxed(&sharing_begun)) { // nobody else is there
        mem_free(p);
        return;
    }
    ptrlist_push(&t->sync->retired, p);
    t->sync->retired.bytes += heap_size(p);
    handshake_want(t, false);
#endif
}

// ---- objects ----------------------------------------------------------------------------------------------------------
static void gc_count_birth(Thread *t) {
    GcDomain *domain = t->heap.domain;
    int64_t count = ++domain->count[0];
    int32_t threshold = at_load_relaxed(&gc_triggers.threshold[0]); // 0: never
    if (unlikely(debug_flags.gcstress != 0) ? count % debug_flags.gcstress == 0 : count > threshold && threshold) {
        if (at_load_relaxed(&gc_triggers.enabled) && !domain->collecting) breaker_set(t, BREAK_COLLECT);
    }
}

static void gc_born(Thread *t, Obj *o) {
    gc_list_append(&t->heap.domain->gen[0], gc_link(o));
    gc_count_birth(t);
}

#if !HEDDLE_GIL
static void born_shared(Thread *t, Obj *o, uint32_t rc) {
    o->rc = rc;
    if (!(obj_flags(o) & OBJ_GC)) return;
    GcLink list;
    gc_list_init(&list);
    gc_list_append(&list, gc_link(o));
    gc_share_list(t, &list);
    gc_count_birth(t);
}
#endif

Obj *obj_alloc(Thread *t, Type *type, size_t size, unsigned flags) {
    if (alloc_fails()) return NULL;
    size_t prefix = flags & OBJ_GC ? sizeof(GcLink) : 0;
    char *block = raw_zalloc(t, size + prefix);
    if (unlikely(!block)) return NULL;
    Obj *o = (Obj *)(void *)(block + prefix);
    HD_ASSERT(((uintptr_t)o & 15) == 0);
    o->flags = (uint8_t)flags;
    o->type = type;
#if !HEDDLE_GIL
    // What is born uncounted has no owner once there are several threads.
    if (unlikely((flags & (OBJ_UNCOUNTED | OBJ_IMMORTAL)) && threading_is_sharing())) {
        born_shared(t, o, RC_SHARED | RC_HOT);
        return o;
    }
    if (unlikely(debug_flags.forceshared != 0)) {
        born_shared(t, o, RC_SHARED | 1);
        return o;
    }
#endif
    o->rc = 1;
    if (flags & OBJ_GC) gc_born(t, o);
    return o;
}

void obj_free_memory(Thread *t, Obj *o) {
    uint8_t flags = obj_flags(o);
    if ((flags & OBJ_GC) && gc_is_linked(o)) gc_forget(t, o);
    void *block = flags & OBJ_GC ? (void *)gc_link(o) : (void *)o;
#if !HEDDLE_GIL
    // A weak_get that raced with the death may still read the header, to find DEAD in it.
    if ((flags & OBJ_HAS_WEAKREF) && obj_is_shared_or_hot(o)) {
        mem_retire(t, block);
        return;
    }
#endif
    mem_free(block);
}

// ---- the collector's lists -----------------------------------------------------------------------------------------
void gc_forget(Thread *t, Obj *o) {
    GcLink *link = gc_link(o);
    if (obj_is_shared(o)) {
        unsigned stripe = gc_stripe(link);
        rt_mutex_lock(&stripe_locks[stripe]);
        gc_list_remove(link);
        at_store_relaxed(&gc_shared[stripe].count, gc_shared[stripe].count - 1);
        rt_mutex_unlock(&stripe_locks[stripe]);
        return;
    }
    GcDomain *domain = t->heap.domain;
    if (domain->count[0] > 0) domain->count[0]--;
    gc_list_remove(link);
}

void gc_untrack(Thread *t, Obj *o) {
    if (gc_is_tracked(o)) gc_forget(t, o);
}

void gc_track(Thread *t, Obj *o) {
    HD_ASSERT(obj_flags(o) & OBJ_GC);
    if (gc_is_linked(o)) return;
    if (obj_is_shared(o)) {
        GcLink list;
        gc_list_init(&list);
        gc_list_append(&list, gc_link(o));
        gc_share_list(t, &list);
    } else {
        gc_born(t, o);
    }
}

void gc_share_list(Thread *t, GcLink *objects) {
    unsigned stripe = (unsigned)(t->id % GC_STRIPES);
    int64_t n = 0;
    for (GcLink *link = gc_next(objects); link != objects; link = gc_next(link), n++)
        at_store_relaxed(&link->prev, (uintptr_t)gc_prev(link) | stripe);
    if (n == 0) return;
    rt_mutex_lock(&stripe_locks[stripe]);
    gc_list_merge(&gc_shared[stripe].list, objects);
    at_store_relaxed(&gc_shared[stripe].count, gc_shared[stripe].count + n);
    rt_mutex_unlock(&stripe_locks[stripe]);
}

void gc_domain_init(GcDomain *domain) {
    for (int i = 0; i < 3; i++) gc_list_init(&domain->gen[i]);
    gc_list_init(&domain->frozen);
}

// A finished thread's objects become those of `to`, which the caller owns.
void gc_domain_adopt(GcDomain *to, GcDomain *from) {
    for (int i = 0; i < 3; i++) gc_list_merge(&to->gen[i], &from->gen[i]);
    gc_list_merge(&to->frozen, &from->frozen);
    to->count[0] += from->count[0];
    to->long_lived_next += from->long_lived + from->long_lived_next;
}

void heap_init(void) {
    for (int i = 0; i < GC_STRIPES; i++) {
        gc_list_init(&gc_shared[i].list);
        gc_list_init(&gc_shared[i].frozen);
        stripe_locks[i] = (RtMutex)RT_MUTEX_INIT(gcstripe);
    }
}

void heap_after_fork(void) {
    for (int i = 0; i < GC_STRIPES; i++) stripe_locks[i] = (RtMutex)RT_MUTEX_INIT(gcstripe);
}
