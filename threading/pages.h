// SPDX-License-Identifier: MIT
// The page layer: memory of objects up to BLOCK_MAX bytes, without a call for most of them.
//
// threading/page.h draws chunks and pages.
//   heap    one a thread; of a finished thread the next one to start gets it, pages and all (GIL build: one for everybody)
//
//              allocation                 free by the owner                  free by another thread
//     page->free (and heap->current)      push on page->free                 push on page->remote; the first one also
//                                                                            puts the page on heap->queue
//
// The owner empties its queue when it runs out of blocks.  A page is in one of these states; the owner moves it:
//
//     POOL --> CURRENT --out of blocks--> FULL --a block came back--> ROOM --> CURRENT
//      ^                                                                |
//      +----------------------- its last block came back ---------------+
#ifndef HEDDLE_THREADING_PAGES_H
#define HEDDLE_THREADING_PAGES_H
#include "base/poison.h"
#include "threading/gclink.h"

enum { BLOCK_UNIT = 16, BLOCK_MAX = 512, PAGE_CLASSES = BLOCK_MAX / BLOCK_UNIT + 1 };
enum { PAGE_BINS = PAGE_KINDS * PAGE_CLASSES }; // kind * PAGE_CLASSES + block size / BLOCK_UNIT

enum { PAGE_POOL, PAGE_CURRENT, PAGE_ROOM, PAGE_FULL };

typedef struct PageHeap {
    Page *current[PAGE_BINS]; // never NULL: a page without blocks stands in
    Page *room[PAGE_BINS];    // first in, first out: so a page has more than one block when its turn comes
    Page *age[AGES];          // all its gc and serial pages, by the youngest objects they may have
    Page *queue;              // atomic: stack of pages with remote frees
    struct PageHeap *next;    // in the list of those without a thread
    bool dense;               // the first thread's: all its pages come from dense chunks; const
} PageHeap;

extern PageHeap no_page_heap;            // has no blocks, is the owner of none, and is never written
PageHeap *page_heap_take(void);          // one whose thread ended, or a new one; NULL: no memory
void page_heap_leave(PageHeap *heap);    // its thread ends
bool page_heap_drain(PageHeap *heap);    // what others freed, if anything, comes home; pages empty then go back to the pool
void *page_alloc_slow(PageHeap *heap, unsigned bin);
void page_settle(Page *page);            // blocks came back to a page that is not current
void page_free_remote(Page *page, Block *block);
bool pages_reclaim_blocked(void);        // thread.c: drains the heaps of detached threads; whether there was anything
int64_t pages_rest(int64_t now_ns);      // gives back empty pages that nobody wanted; when it is due again, 0: not at all
void pages_before_fork(void);
void pages_after_fork(void);             // in parent and child
typedef struct PageCounts { size_t chunks, pages, pooled, purged; } PageCounts;
PageCounts page_counts(void);

// Every page of a chunk after the other that may hold objects of the collector; in a stopped world.
void pages_each(void (*fn)(Page *page, void *arg), void *arg);
// Moves a page to the list of an age; owner.
void page_set_age(Page *page, unsigned age);
char *page_end(const Page *page);
uint32_t page_capacity(const Page *page);

// Collections (gcmark.c, gcwalk.c): whether there is nothing in a page but what is marked; walks of the tracked objects that
// are not, in pages where everything else is marked then.
bool page_all_marked(const Page *page);
void gc_walk_local_unmarked(Thread *t, GcVisitor fn, void *arg);
void gc_walk_shared_unmarked(GcVisitor fn, void *arg);

// A free block is poisoned but for its first word, which collectors look at (its owner's, while others free it).
static inline void block_set_next(const Page *page, Block *block, Block *next) {
    MEM_UNPOISON(&block->next, sizeof block->next);
    block->next = next;
    MEM_POISON(&block->next, page->block_size - offsetof(Block, next));
    (void)page;
}

static inline Block *block_next(const Block *block) {
    MEM_UNPOISON(&block->next, sizeof block->next);
    Block *next = block->next;
    MEM_POISON(&block->next, sizeof block->next);
    return next;
}

// A block of bin `bin`, 16-aligned, of any content; NULL when there is none at hand.
static inline Block *page_pop(Page *page) {
    Block *block = page->free;
    if (__builtin_expect(!block, 0)) return NULL;
    page->free = block_next(block);
    page->used++;
    MEM_UNPOISON(block, page->block_size);
    return block;
}

static inline unsigned page_bin(unsigned kind, size_t size) {
    return kind * PAGE_CLASSES + (unsigned)((size + BLOCK_UNIT - 1) / BLOCK_UNIT);
}

// A block of at least `size` bytes (1 to BLOCK_MAX); NULL when memory is exhausted.
static inline void *page_alloc(PageHeap *heap, unsigned kind, size_t size) {
    unsigned bin = page_bin(kind, size);
    void *block = page_pop(heap->current[bin]);
    return __builtin_expect(block != NULL, 1) ? block : page_alloc_slow(heap, bin);
}

// `mine` is the calling thread's.
static inline void page_free(PageHeap *mine, void *p) {
    Page *page = page_of(p);
    Block *block = p;
    if (__builtin_expect(page->heap != mine, 0)) {
        page_free_remote(page, block);
        return;
    }
    HD_ASSERT(page->used > 0);
    at_store_relaxed(&block->header, (uint64_t)0);
    block_set_next(page, block, page->free);
    page->free = block;
    if (__builtin_expect(--page->used == page->alert, 0)) page_settle(page);
}
#endif
