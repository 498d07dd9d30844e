// SPDX-License-Identifier: MIT
// Memory: objects, with a collector's prefix or in pages, buffers, and what the collector's lists are made of.
//
// Small objects and buffers are blocks of pages (pages.h).  The rest comes from a mi_heap of each thread, and so do small
// buffers that a thread asks for while it is detached, when somebody else may be at its pages; anybody may free.  Sanitizer
// builds use the C library's malloc for all, which is the one they can see into (HEDDLE_PAGES=1: pages all the same).
#include "pages.h"
#include "region.h"
#include "threading/heap_leaf.h"
#include "sync.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#if !HEDDLE_SANITIZER
#include <mimalloc.h>
#endif

#if !defined(HEDDLE_PAGES)
#if HEDDLE_SANITIZER
#define HEDDLE_PAGES 0
#else
#define HEDDLE_PAGES 1
#endif
#endif

GcTriggers gc_triggers = {.threshold = {700, 10, 10}, .enabled = true, .limit = 700};
GcShared gc_shared[GC_STRIPES];
static RtMutex stripe_locks[GC_STRIPES];

// ---- raw memory -------------------------------------------------------------------------------------------------------
#if HEDDLE_SANITIZER
static void *raw_alloc(Thread *t, size_t size) { return (void)t, malloc(size); }
static void *raw_zalloc(Thread *t, size_t size) { return (void)t, calloc(1, size); }
static void *raw_realloc(Thread *t, void *p, size_t size) { return (void)t, realloc(p, size); }
static void raw_free(void *p) { free(p); }
static size_t raw_size(const void *p) { return malloc_usable_size((void *)(uintptr_t)p); }
#else
enum { SMALL = 1024 }; // mimalloc's direct path (MI_SMALL_SIZE_MAX)

// mimalloc makes a heap, and 32 MiB of address space, for each thread that asks for it: that touches 70 KiB, and most threads
// never ask.  The heap is the pthread's; what lives when that ends goes to the other threads.  NULL: no memory.
static NOINLINE mi_heap_t *raw_heap_make(Thread *t) {
    HD_ASSERT(t == thread_self_);
    return t->heap.mi = mi_heap_get_default();
}

static inline mi_heap_t *raw_heap(Thread *t) { return likely(t->heap.mi != NULL) ? t->heap.mi : raw_heap_make(t); }

static void *raw_alloc(Thread *t, size_t size) {
    mi_heap_t *heap = raw_heap(t);
    return size <= SMALL ? mi_heap_malloc_small(heap, size) : mi_heap_malloc(heap, size);
}
static void *raw_zalloc(Thread *t, size_t size) {
    mi_heap_t *heap = raw_heap(t);
    if (size > SMALL) return mi_heap_zalloc(heap, size);
    void *p = mi_heap_malloc_small(heap, size);
    return likely(p != NULL) ? memset(p, 0, size) : NULL;
}
static void *raw_realloc(Thread *t, void *p, size_t size) { return mi_heap_realloc(raw_heap(t), p, size); }
static void raw_free(void *p) { mi_free(p); }
static size_t raw_size(const void *p) { return mi_usable_size(p); }
#endif

// ---- a thread's heaps -------------------------------------------------------------------------------------------------
#if HEDDLE_GIL
static PageHeap *common_pages; // under the lock
static PageHeap *pages_take(void) { return common_pages ? common_pages : (common_pages = page_heap_take()); }
static void pages_leave(PageHeap *heap) { (void)heap; }
#else
static PageHeap *pages_take(void) { return page_heap_take(); }
static void pages_leave(PageHeap *heap) { page_heap_leave(heap); }
#endif

// Where the calling thread's buffers are; &no_page_heap when it has none, or is not attached.
static __thread PageHeap *buffer_pages = &no_page_heap;
void heap_attached(const Thread *t) { buffer_pages = t->heap.pages; }
void heap_detaching(void) { buffer_pages = &no_page_heap; }

int heap_thread_init(Thread *t) {
    PageHeap *pages = pages_take();
    at_store_release(&t->heap.pages, pages); // pages_reclaim_blocked looks at it
    return pages ? 0 : -1;
}

void heap_thread_exit(Thread *t) {
    heap_detaching();
    pages_leave(t->heap.pages);
    t->heap.pages = NULL;
    t->heap.mi = NULL;
}

// In the child of a fork: a thread that is gone.
void heap_thread_vanished(Thread *gone) {
    if (gone->heap.pages) pages_leave(gone->heap.pages);
    gone->heap.pages = NULL;
}

static bool alloc_fails(void) { return unlikely(debug_flags.failalloc != 0) && debug_alloc_fails(); }
static inline bool is_special(const bool *flag) { return unlikely(at_load_relaxed(flag)); }

// ---- tracing ----------------------------------------------------------------------------------------------------------
static const MemTracer *tracer; // atomic

// Callers take turns by a lock of their own.
void mem_trace(const MemTracer *wanted) {
    at_store_release(&tracer, wanted);
    debug_note_tracing(wanted != NULL);
}

static bool trace_allocated(Thread *t, const void *block, size_t size) {
    const MemTracer *told = at_load_acquire(&tracer);
    return !told || told->allocated(t, block, size);
}

static void trace_freed(const void *block) {
    const MemTracer *told = at_load_acquire(&tracer);
    if (told) told->freed(block);
}

// ---- buffers ----------------------------------------------------------------------------------------------------------
enum { FRESH = 0xcb, FREED = 0xdb };

// A buffer's block may be of a page or not, so its address must tell.
static inline bool is_paged(const void *p) { return HEDDLE_PAGES && in_chunk(p); }
static size_t buffer_size(const void *p) { return is_paged(p) ? page_block_size(p) : raw_size(p); }

static NOINLINE void *buffer_alloc_slow(Thread *t, size_t size) {
    if (!HEDDLE_PAGES || size > BLOCK_MAX || buffer_pages == &no_page_heap) return raw_alloc(t, size);
    return page_alloc_slow(buffer_pages, page_bin(PAGE_LEAF, size ? size : 1));
}

static inline void *buffer_alloc(Thread *t, size_t size) {
    if (!HEDDLE_PAGES || size > BLOCK_MAX) return raw_alloc(t, size);
    Block *block = page_pop(buffer_pages->current[page_bin(PAGE_LEAF, size)]);
    return likely(block != NULL) ? block : buffer_alloc_slow(t, size);
}

static inline void buffer_free(void *p) {
    if (is_paged(p)) page_free(buffer_pages, p);
    else raw_free(p);
}

static void *buffer_realloc(Thread *t, void *p, size_t size) {
    if (!is_paged(p)) return raw_realloc(t, p, size);
    size_t before = page_block_size(p);
    if (size <= before && size > before / 2) return p;
    void *moved = buffer_alloc(t, size);
    if (!moved) return NULL;
    memcpy(moved, p, before < size ? before : size);
    buffer_free(p);
    return moved;
}

// p, told to the tracer; NULL, and p freed, when that needs memory in vain.
static void *trace_buffer(Thread *t, void *p, size_t size) {
    if (!p || trace_allocated(t, p, size)) return p;
    buffer_free(p);
    return NULL;
}

static NOINLINE void *mem_alloc_slow(Thread *t, size_t size) {
    if (alloc_fails()) return NULL;
    void *p = buffer_alloc(t, size);
    if (debug_flags.fillmem && p) memset(p, FRESH, size);
    return trace_buffer(t, p, size);
}

void *mem_alloc(Thread *t, size_t size) {
    return is_special(&debug_alloc_special) ? mem_alloc_slow(t, size) : buffer_alloc(t, size);
}

void *mem_calloc(Thread *t, size_t n, size_t size) {
    size_t bytes;
    if (alloc_fails() || __builtin_mul_overflow(n, size, &bytes)) return NULL;
    void *p = HEDDLE_PAGES && bytes <= BLOCK_MAX ? buffer_alloc(t, bytes) : raw_zalloc(t, bytes);
    if (HEDDLE_PAGES && bytes <= BLOCK_MAX && p) memset(p, 0, bytes);
    return is_special(&debug_alloc_special) ? trace_buffer(t, p, bytes) : p;
}

// Blocks of whole lines begin on a line, because pages are cut into blocks from their end.
void *mem_calloc_apart(Thread *t, size_t n, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - CACHE_LINE) return NULL;
    return mem_calloc(t, 1, (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
}

// The tracer forgets the old block before another thread can get it.  If the new one cannot be entered it goes untraced:
// the old one is gone.
static NOINLINE void *mem_realloc_slow(Thread *t, void *p, size_t size) {
    if (alloc_fails()) return NULL;
    size_t before = at_load_acquire(&tracer) ? buffer_size(p) : 0;
    trace_freed(p);
    void *moved = buffer_realloc(t, p, size);
    trace_allocated(t, moved ? moved : p, moved ? size : before);
    return moved;
}

void *mem_realloc(Thread *t, void *p, size_t size) {
    if (!p) return mem_alloc(t, size);
    return is_special(&debug_alloc_special) ? mem_realloc_slow(t, p, size) : buffer_realloc(t, p, size);
}

static NOINLINE void mem_free_slow(void *p) {
    if (!p) return;
    trace_freed(p);
    if (debug_flags.fillmem) memset(p, FREED, buffer_size(p));
    buffer_free(p);
}

void mem_free(void *p) {
    if (is_special(&debug_free_special)) mem_free_slow(p);
    else buffer_free(p);
}

void mem_retire(Thread *t, void *p) {
    if (!p) return;
#if HEDDLE_GIL
    (void)t;
    mem_free(p);
#else
    if (!at_load_relaxed(&sharing_begun) || MUTATED(MUTATE_NO_RETIRE)) { // nobody else is there
        mem_free(p);
        return;
    }
    ptrlist_push(&t->sync->retired, p);
    t->sync->retired.bytes += buffer_size(p);
    handshake_want(t, ASK_LAZY);
#endif
}

// ---- objects ----------------------------------------------------------------------------------------------------------
void gc_triggers_changed(void) {
    int64_t threshold = at_load_relaxed(&gc_triggers.threshold[0]); // 0: never
    int64_t limit = at_load_relaxed(&gc_triggers.enabled) && threshold ? threshold : INT64_MAX;
    at_store_relaxed(&gc_triggers.limit, debug_flags.gcstress ? -1 : limit);
}

// Returns o: the fast path ends in a call of this, and so keeps nothing across it.
static NOINLINE Obj *gc_is_due(Thread *t, Obj *o) {
    const GcDomain *domain = t->heap.domain;
    if (domain->collecting || !at_load_relaxed(&gc_triggers.enabled)) return o;
    if (debug_flags.gcstress && domain->count[0] % debug_flags.gcstress) return o;
    breaker_set(t, BREAK_COLLECT);
    return o;
}

static inline Obj *gc_count_birth(Thread *t, GcDomain *domain, Obj *o) {
    return unlikely(++domain->count[0] > at_load_relaxed(&gc_triggers.limit)) ? gc_is_due(t, o) : o;
}

static Obj *gc_born_linked(Thread *t, Obj *o) {
    GcDomain *domain = t->heap.domain;
    gc_link(o)->serial = ++domain->births;
    gc_link(o)->mark = 1;
    gc_list_append(&domain->gen[0], gc_link(o));
    return gc_count_birth(t, domain, o);
}

#if !HEDDLE_GIL
static void born_shared(Thread *t, Obj *o, uint32_t rc) {
    at_store_relaxed(&o->rc, rc);
    if (!(obj_flags(o) & OBJ_GC)) return;
    GcLink list;
    gc_list_init(&list);
    if (!(obj_flags(o) & OBJ_PAGED)) {
        gc_link(o)->serial = ++t->heap.domain->births;
        gc_link(o)->mark = 1;
        gc_list_append(&list, gc_link(o));
    }
    gc_share_list(t, &list, 1);
    gc_count_birth(t, t->heap.domain, o);
}
#endif

// Of an object that is no block of a page.
static inline size_t prefix_of(unsigned flags) { return (flags & OBJ_GC) * sizeof(GcLink); }
_Static_assert(OBJ_GC == 1, "prefix_of multiplies by it, and a kind of page is told by it");

// The header, with count 1; the rest zeroed.
static inline Obj *obj_init(void *block, Type *type, size_t size, unsigned flags) {
    Obj *o = block;
    HD_ASSERT(((uintptr_t)o & 15) == 0);
    union { Obj object; uint64_t word; } head = {{.rc = 1, .flags = (uint8_t)flags}};
    memcpy(o, &head.word, sizeof head.word);
    o->type = type;
    char *p = (char *)(o + 1), *end = (char *)o + size;
    for (; p < end; p += 16) {
        __asm__("" : "+r"(p)); // a loop, not a call of memset: it runs once to four times, mostly
        __builtin_memset(p, 0, 16);
    }
    return o;
}

static inline void *block_of(const Obj *o, unsigned flags) {
    return (char *)(uintptr_t)o - (flags & OBJ_PAGED ? 0 : prefix_of(flags));
}

static inline void block_free(Thread *t, void *block, bool paged) {
    if (!paged) {
        mem_free(block);
        return;
    }
    if (unlikely(debug_flags.fillmem != 0)) memset(block, FREED, page_block_size(block));
    page_free(t->heap.pages, block);
}

static Obj *alloc_paged(Thread *t, Type *type, size_t size, unsigned flags, unsigned kind) {
    size_t bytes = size + (kind == PAGE_SERIAL ? sizeof(uint64_t) : 0);
    char *block = page_alloc(t->heap.pages, kind, bytes);
    if (unlikely(!block)) return NULL;
    Obj *o = obj_init(block, type, size, flags | OBJ_PAGED);
    if (kind == PAGE_SERIAL) // after that: it zeroes whole 16 bytes
        *(uint64_t *)(void *)(block + page_block_size(block) - sizeof(uint64_t)) = ++t->heap.domain->births;
    if (kind != PAGE_LEAF) page_set_young(page_of(block), block);
    return o;
}

static Obj *alloc_raw(Thread *t, Type *type, size_t size, unsigned flags) {
    size_t prefix = prefix_of(flags);
    char *block = raw_zalloc(t, size + prefix);
    return likely(block != NULL) ? obj_init(block + prefix, type, sizeof(Obj), flags & ~(unsigned)OBJ_PAGED) : NULL;
}

bool gc_last_words_hidden;

void gc_make_finalizable(Obj *o) {
    if (obj_has(o, OBJ_FINALIZABLE)) return;
    obj_set_flag(o, OBJ_FINALIZABLE);
    gc_hide_last_words();
}

// Large objects, and whatever a fast path need not know.
static NOINLINE Obj *alloc_slow(Thread *t, Type *type, size_t size, unsigned flags) {
    if (alloc_fails()) return NULL;
    unsigned kind = !(flags & OBJ_GC) ? PAGE_LEAF : flags & OBJ_FINALIZABLE ? PAGE_SERIAL : PAGE_GC;
    bool paged = HEDDLE_PAGES && size + (kind == PAGE_SERIAL ? sizeof(uint64_t) : 0) <= BLOCK_MAX;
    Obj *o = paged ? alloc_paged(t, type, size, flags, kind) : alloc_raw(t, type, size, flags);
    if (unlikely(!o)) return NULL;
    if (!trace_allocated(t, o, size)) {
        block_free(t, block_of(o, obj_flags(o)), paged);
        return NULL;
    }
#if !HEDDLE_GIL
    // What is born uncounted has no owner once there are several threads.
    if ((flags & (OBJ_UNCOUNTED | OBJ_IMMORTAL)) && threading_is_sharing()) {
        born_shared(t, o, RC_SHARED | RC_HOT);
        return o;
    }
    if (debug_flags.forceshared) {
        born_shared(t, o, RC_SHARED | 1);
        return o;
    }
#endif
    if (!(flags & OBJ_GC)) {
        if (flags & OBJ_FINALIZABLE) gc_hide_last_words();
        return o;
    }
    return paged ? gc_count_birth(t, t->heap.domain, o) : gc_born_linked(t, o);
}

Obj *obj_alloc(Thread *t, Type *type, size_t size, unsigned flags) {
    rt_mutex_assert_may(RT_MAY_ALLOCATE);
    bool fast = HEDDLE_PAGES && size <= BLOCK_MAX && !(flags & (OBJ_UNCOUNTED | OBJ_IMMORTAL | OBJ_FINALIZABLE));
    if (unlikely(!fast || is_special(&debug_alloc_special))) return alloc_slow(t, type, size, flags);
    Page *page = t->heap.pages->current[page_bin(flags & OBJ_GC ? PAGE_GC : PAGE_LEAF, size)];
    Block *block = page_pop(page);
    if (unlikely(!block)) return alloc_slow(t, type, size, flags);
    Obj *o = obj_init(block, type, size, flags | OBJ_PAGED);
    if (!(flags & OBJ_GC)) return o;
    page_set_young(page, block);
    return gc_count_birth(t, t->heap.domain, o);
}

Obj *obj_alloc_leaf(Thread *t, Type *type, size_t size, size_t head) {
    rt_mutex_assert_may(RT_MAY_ALLOCATE);
    bool small = HEDDLE_PAGES && size <= BLOCK_MAX;
    if (small || is_special(&debug_alloc_special)) return obj_alloc(t, type, size, 0);
    char *block = raw_alloc(t, size);
    if (unlikely(!block)) return NULL;
    memset(block + size - sizeof(uint32_t), 0, sizeof(uint32_t));
    return obj_init(block, type, head, 0);
}

size_t obj_extent(const Obj *o) {
    if (obj_has(o, OBJ_PAGED)) return page_block_size(o);
    const char *block = block_of(o, obj_flags(o));
    return raw_size(block) - (size_t)((const char *)o - block);
}

// A retired block of a page is told from a buffer by bit 0.
enum { RETIRED_PAGED = 1 };

#if !HEDDLE_GIL
static void block_retire(Thread *t, void *block, bool paged) {
    if (!paged) {
        mem_retire(t, block);
        return;
    }
    ptrlist_push(&t->sync->retired, (char *)block + RETIRED_PAGED);
    t->sync->retired.bytes += page_block_size(block);
    handshake_want(t, ASK_LAZY);
}
#endif

void retired_free_one(Thread *t, void *item) {
    bool paged = (uintptr_t)item & RETIRED_PAGED;
    block_free(t, (char *)item - paged, paged);
}

static void free_slow(Thread *t, Obj *o, bool late) {
    uint8_t flags = obj_flags(o);
    void *block = block_of(o, flags);
    trace_freed(o);
    if ((flags & (OBJ_GC | OBJ_PAGED)) == OBJ_GC && gc_is_linked(o)) gc_forget(t, o);
#if !HEDDLE_GIL
    // An obj_revive that raced with the death may still read the header, to find DEAD in it.
    if (late && obj_is_shared_or_hot(o) && at_load_relaxed(&sharing_begun) && !MUTATED(MUTATE_NO_RETIRE)) {
        block_retire(t, block, flags & OBJ_PAGED);
        return;
    }
#else
    (void)late;
#endif
    block_free(t, block, flags & OBJ_PAGED);
}

NOINLINE void obj_retire_memory(Thread *t, Obj *o) { free_slow(t, o, true); }
static NOINLINE void free_special(Thread *t, Obj *o) { free_slow(t, o, obj_has(o, OBJ_HAS_WEAKREF)); }

void obj_free_memory(Thread *t, Obj *o) {
    uint8_t flags = obj_flags(o);
    bool fast = (flags & (OBJ_PAGED | OBJ_HAS_WEAKREF)) == OBJ_PAGED && !is_special(&debug_free_special);
    if (unlikely(!fast)) free_special(t, o);
    else page_free(t->heap.pages, o);
}

// ---- the collector's lists -----------------------------------------------------------------------------------------
void gc_forget(Thread *t, Obj *o) {
    bool paged = obj_has(o, OBJ_PAGED);
    if (!obj_is_shared(o)) {
        if (!paged) gc_list_remove(gc_link(o));
        gc_forget_local(t);
        return;
    }
    unsigned stripe = paged ? (unsigned)(t->id % GC_STRIPES) : gc_stripe(gc_link(o));
    at_fetch_sub_relaxed(&gc_shared[stripe].count, 1);
    if (paged) return;
    rt_mutex_lock(&stripe_locks[stripe]);
    gc_list_remove(gc_link(o));
    rt_mutex_unlock(&stripe_locks[stripe]);
}

// In a page nobody looks at an object without OBJ_GC.
void gc_untrack(Thread *t, Obj *o) {
    if (!gc_is_tracked(o)) return;
    gc_forget(t, o);
    if (!obj_has(o, OBJ_PAGED)) return;
    if (obj_is_shared(o)) obj_clear_flag(o, OBJ_GC);
    else at_store_relaxed(&o->flags, (uint8_t)(obj_flags(o) & ~OBJ_GC));
}

void gc_track(Thread *t, Obj *o) {
    if (gc_is_tracked(o)) return;
    bool paged = obj_has(o, OBJ_PAGED);
    HD_ASSERT(paged || obj_has(o, OBJ_GC));
    if (paged) obj_set_flag(o, OBJ_GC);
    if (obj_is_shared(o)) {
        GcLink list;
        gc_list_init(&list);
        if (!paged) gc_list_append(&list, gc_link(o));
        gc_share_list(t, &list, 1);
    } else if (paged) {
        gc_count_birth(t, t->heap.domain, o);
    } else {
        gc_born_linked(t, o);
    }
}

void gc_share_list(Thread *t, GcLink *objects, int64_t n) {
    unsigned stripe = (unsigned)(t->id % GC_STRIPES);
    at_fetch_add_relaxed(&gc_shared[stripe].count, n);
    if (gc_list_empty(objects)) return;
    for (GcLink *link = gc_next(objects); link != objects; link = gc_next(link))
        at_store_relaxed(&link->prev, (uintptr_t)gc_prev(link) | stripe);
    rt_mutex_lock(&stripe_locks[stripe]);
    gc_list_merge(&gc_shared[stripe].list, objects);
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
    if (to->births < from->births) to->births = from->births;
    to->long_lived_next += from->long_lived + from->long_lived_next;
}

void heap_init(void) {
    region_give();
    gc_triggers_changed();
    for (int i = 0; i < GC_STRIPES; i++) {
        gc_list_init(&gc_shared[i].list);
        gc_list_init(&gc_shared[i].frozen);
        stripe_locks[i] = (RtMutex)RT_MUTEX_INIT(gcstripe);
    }
}

void heap_after_fork(void) {
    for (int i = 0; i < GC_STRIPES; i++) stripe_locks[i] = (RtMutex)RT_MUTEX_INIT(gcstripe);
}
