// SPDX-License-Identifier: MIT
// Walking the collector's objects: those in pages by the pages, those with a prefix by their lists.  gclink.h says more.
#include "pages.h"
#include "sync.h"

#include <stdlib.h>

enum { BATCH = (int)(PAGE_BYTES >> GRAIN_SHIFT) }; // as many blocks as a page may have

typedef struct Walk {
    bool shared;   // which objects
    bool unmarked; // those that a collection has not marked (gcmark.h); all others in their pages are then
    unsigned ages;
    GcVisitor fn;
    void *arg;
    bool stop;
    Obj **batch; // room for BATCH
} Walk;

// ---- pages ------------------------------------------------------------------------------------------------------------
static uint64_t *middle_of(const Page *page) {
    Chunk *chunk = chunk_of(page);
    return chunk->middle[page - chunk->pages];
}

static bool bit_of(const uint64_t *map, const void *block) { return map && (map[age_word(block)] & age_bit(block)); }

static unsigned age_of(const Page *page, const void *block) {
    if (bit_of(page->young, block)) return AGE_YOUNG;
    if (bit_of(page->frozen, block)) return AGE_FROZEN;
    return bit_of(middle_of(page), block) ? AGE_MIDDLE : AGE_OLD;
}

// Whether a block holds an object of the wanted sort that is alive.  Its owner, or another thread that frees it, may be
// writing to a SHARED one: only the first word is read.
static inline bool is_wanted(const Walk *walk, const char *block) {
    uint64_t header = at_load_relaxed((const uint64_t *)(const void *)block);
    uint32_t rc = (uint32_t)header;
    _Static_assert(offsetof(Obj, rc) == 0 && offsetof(Obj, flags) == 5, "this is read from the word");
    if (!(header >> 40 & OBJ_GC) || rc == 0) return false; // free, untracked, or LOCAL and dying
    if ((int32_t)rc >= 0) return !walk->shared;
    if (threading_gil_enabled()) return !walk->shared;
    return walk->shared && !(rc & RC_DEAD);
}

static void flush(Walk *walk, size_t n) {
    if (n && !walk->stop) walk->stop = walk->fn(walk->batch, n, walk->arg);
}

static void walk_all_blocks(Page *page, Walk *walk) {
    size_t size = page->block_size, n = 0;
    bool any_age = (walk->ages & AGES_ALL) == AGES_ALL || (walk->ages == AGES_COLLECTED && !page->frozen);
    const char *end = page_end(page), *block = end - page_capacity(page) * size;
    for (end -= page->fresh * size; block < end; block += size) {
        __builtin_prefetch(block + 8 * size);
        if (!is_wanted(walk, block)) continue;
        if (any_age || (walk->ages >> age_of(page, block) & 1)) walk->batch[n++] = (Obj *)(void *)(uintptr_t)block;
    }
    flush(walk, n);
}

// Only those whose bits are set: a few, mostly.
static void walk_bits(Page *page, Walk *walk) {
    const uint64_t *young = page->young, *middle = middle_of(page);
    bool want_young = walk->ages >> AGE_YOUNG & 1, want_middle = walk->ages >> AGE_MIDDLE & 1;
    char *start = page_end(page) - PAGE_BYTES;
    size_t n = 0;
    for (size_t i = 0; i < AGE_WORDS; i++) {
        uint64_t bits = (want_young ? young[i] : 0) | (want_middle ? middle[i] & ~young[i] : 0);
        for (; bits; bits &= bits - 1) {
            char *grain = start + ((i * 64 + (size_t)__builtin_ctzll(bits)) << GRAIN_SHIFT);
            char *block = start + PAGE_BYTES - page_index(page, grain) * (size_t)page->block_size;
            if (is_wanted(walk, block)) walk->batch[n++] = (Obj *)(void *)block;
        }
    }
    flush(walk, n);
}

static bool is_local(const char *block) { // dying ones too
    uint64_t header = at_load_relaxed((const uint64_t *)(const void *)block);
    return header != 0 && (int32_t)(uint32_t)header >= 0;
}

// Also notes that there is nothing LOCAL: later walks of LOCAL objects pass the page over until something is born in it.
static void walk_unmarked(Page *page, Walk *walk) {
    if (page_all_marked(page)) return;
    size_t size = page->block_size, n = 0;
    bool any_local = threading_gil_enabled() || walk->shared || page->state == PAGE_CURRENT;
    const char *end = page_end(page), *block = end - page_capacity(page) * size;
    for (end -= page->fresh * size; block < end; block += size) {
        uint8_t *mark = &page->marks[page_grain(block)];
        __builtin_prefetch(block + 8 * size);
        any_local = any_local || is_local(block);
        if (*mark) continue;
        if (is_wanted(walk, block)) walk->batch[n++] = (Obj *)(void *)(uintptr_t)block;
        else *mark = 1;
    }
    if (!any_local) page->all_shared = true;
    flush(walk, n);
}

static void walk_page(Page *page, void *arg) {
    Walk *walk = arg;
    bool empty = (walk->ages == 1 << AGE_FROZEN && !page->frozen) || (!walk->shared && page->all_shared);
    if (walk->stop || empty) return;
    if (walk->unmarked) walk_unmarked(page, walk);
    else if (walk->ages & (1 << AGE_OLD | 1 << AGE_FROZEN)) walk_all_blocks(page, walk);
    else walk_bits(page, walk);
}

static void walk_heap(const PageHeap *heap, Walk *walk) {
    unsigned last = walk->ages & (1 << AGE_OLD | 1 << AGE_FROZEN) ? AGE_OLD : walk->ages & 1 << AGE_MIDDLE ? AGE_MIDDLE : AGE_YOUNG;
    for (unsigned age = AGE_YOUNG; age <= last; age++)
        for (Page *page = heap->age[age]; page; page = page->age_next) walk_page(page, walk);
}

static bool is_serial(const Page *page) { return page->bin / PAGE_CLASSES == PAGE_SERIAL; }

// ---- lists ------------------------------------------------------------------------------------------------------------
static void walk_list(const GcLink *list, Walk *walk) {
    size_t n = 0;
    for (const GcLink *link = gc_next(list); link != list && !walk->stop; link = gc_next(link)) {
        if (walk->unmarked && link->mark) continue;
        walk->batch[n++] = gc_obj(link);
        if (n < BATCH) continue;
        flush(walk, n);
        n = 0;
    }
    flush(walk, n);
}

// ---- both -------------------------------------------------------------------------------------------------------------
static void walk_local(Thread *t, Walk *walk) {
    unsigned ages = walk->ages;
    PageHeap *heap = at_load_acquire(&t->heap.pages); // a thread that is just starting may get its own while it is listed
    if (heap) walk_heap(heap, walk);
    GcDomain *domain = t->heap.domain;
    for (unsigned age = AGE_YOUNG; age <= AGE_OLD; age++)
        if (ages >> age & 1) walk_list(&domain->gen[age], walk);
    if (ages >> AGE_FROZEN & 1) walk_list(&domain->frozen, walk);
}

static void walk_shared(Walk *walk) {
    bool frozen = walk->ages >> AGE_FROZEN & 1;
    pages_each(walk_page, walk);
    for (int i = 0; i < GC_STRIPES; i++) walk_list(frozen ? &gc_shared[i].frozen : &gc_shared[i].list, walk);
}

bool gc_walk_local(Thread *t, unsigned ages, GcVisitor fn, void *arg) {
    Obj *batch[BATCH];
    Walk walk = {.ages = ages, .fn = fn, .arg = arg, .batch = batch};
    walk_local(t, &walk);
    return walk.stop;
}

bool gc_walk_finalizable(Thread *t, GcVisitor fn, void *arg) {
    Obj *batch[BATCH];
    Walk walk = {.ages = AGES_ALL, .fn = fn, .arg = arg, .batch = batch};
    for (unsigned age = AGE_YOUNG; age <= AGE_OLD; age++)
        for (Page *page = t->heap.pages->age[age]; page; page = page->age_next)
            if (is_serial(page)) walk_page(page, &walk);
    for (unsigned age = AGE_YOUNG; age <= AGE_OLD; age++) walk_list(&t->heap.domain->gen[age], &walk);
    walk_list(&t->heap.domain->frozen, &walk);
    return walk.stop;
}

bool gc_walk_shared(bool frozen, GcVisitor fn, void *arg) {
    Obj *batch[BATCH];
    Walk walk = {.shared = true, .ages = frozen ? 1 << AGE_FROZEN : AGES_COLLECTED, .fn = fn, .arg = arg, .batch = batch};
    walk_shared(&walk);
    return walk.stop;
}

void gc_walk_local_unmarked(Thread *t, GcVisitor fn, void *arg) {
    Obj *batch[BATCH];
    Walk walk = {.unmarked = true, .ages = AGES_COLLECTED, .fn = fn, .arg = arg, .batch = batch};
    walk_local(t, &walk);
}

void gc_walk_shared_unmarked(GcVisitor fn, void *arg) {
    Obj *batch[BATCH];
    Walk walk = {.shared = true, .unmarked = true, .ages = AGES_COLLECTED, .fn = fn, .arg = arg, .batch = batch};
    walk_shared(&walk);
}

// ---- ages -------------------------------------------------------------------------------------------------------------
// The page's bits after a collection that looked at `generation` and what is younger.
static void page_grow_older(Page *page, int generation) {
    uint64_t *young = page->young, *middle = middle_of(page), *frozen = page->frozen;
    for (size_t i = 0; i < AGE_WORDS; i++) {
        if (frozen) frozen[i] &= ~young[i]; // that one is gone, and another was born in its place
        middle[i] = generation == 0 ? middle[i] | young[i] : 0;
        young[i] = 0;
    }
    unsigned age = page->state == PAGE_CURRENT ? AGE_YOUNG : generation == 0 ? AGE_MIDDLE : AGE_OLD;
    page_set_age(page, age);
}

void gc_grow_older(Thread *t, int generation) {
    PageHeap *heap = t->heap.pages;
    for (unsigned age = AGE_YOUNG; age <= (generation == 0 ? AGE_YOUNG : AGE_MIDDLE); age++)
        for (Page *page = heap->age[age], *next; page; page = next) {
            next = page->age_next;
            page_grow_older(page, generation);
        }
    GcDomain *domain = t->heap.domain;
    GcLink *older = &domain->gen[generation < AGE_OLD ? generation + 1 : AGE_OLD];
    for (int i = generation < AGE_OLD ? generation : AGE_MIDDLE; i >= 0; i--) gc_list_merge(older, &domain->gen[i]);
}

// ---- freezing ---------------------------------------------------------------------------------------------------------
static bool freeze_batch(Obj *const *objects, size_t n, void *arg) {
    for (size_t i = 0; i < n; i++) {
        Page *page = page_of(objects[i]);
        if (!obj_has(objects[i], OBJ_PAGED)) continue;
        if (!page->frozen && !(page->frozen = calloc(AGE_WORDS, sizeof *page->frozen))) return true; // then it is not frozen
        page->frozen[age_word(objects[i])] |= age_bit(objects[i]);
    }
    (void)arg;
    return false;
}

static void thaw_page(Page *page, void *arg) {
    (void)arg;
    for (size_t i = 0; page->frozen && i < AGE_WORDS; i++) page->frozen[i] = 0;
}

void gc_freeze_local(Thread *t, bool freeze) {
    GcDomain *domain = t->heap.domain;
    if (!freeze) {
        for (unsigned age = 0; age < AGES; age++)
            for (Page *page = t->heap.pages->age[age]; page; page = page->age_next) thaw_page(page, NULL);
        gc_list_merge(&domain->gen[AGE_OLD], &domain->frozen);
        return;
    }
    gc_grow_older(t, AGE_OLD); // what is young is never taken for frozen
    gc_walk_local(t, AGES_COLLECTED, freeze_batch, NULL);
    gc_list_merge(&domain->frozen, &domain->gen[AGE_OLD]);
}

void gc_freeze_shared(bool freeze) {
    if (freeze) gc_walk_shared(false, freeze_batch, NULL);
    else pages_each(thaw_page, NULL);
    for (int i = 0; i < GC_STRIPES; i++) {
        GcLink *list = &gc_shared[i].list, *frozen = &gc_shared[i].frozen;
        if (freeze) gc_list_merge(frozen, list);
        else gc_list_merge(list, frozen);
    }
}

static uint64_t *serial_place(const Obj *o) {
    if (!obj_has(o, OBJ_GC)) return NULL;
    if (!obj_has(o, OBJ_PAGED)) return &gc_link(o)->serial;
    const Page *page = page_of(o);
    return is_serial(page) ? (uint64_t *)((uintptr_t)o + page->block_size - sizeof(uint64_t)) : NULL;
}

uint64_t gc_serial(const Obj *o) {
    const uint64_t *serial = serial_place(o);
    return serial ? *serial : 0;
}

void gc_finalize_before(const Obj *first, const Obj *then) {
    uint64_t *a = serial_place(first), *b = serial_place(then);
    if (!a || !b || *a < *b) return;
    uint64_t younger = *a;
    *a = *b;
    *b = younger;
}
