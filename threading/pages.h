// SPDX-License-Identifier: MIT
// The page layer: memory of objects up to BLOCK_MAX bytes, without a call for most of them.
//
//   chunk   4 MiB, aligned: 64 Page records, then as many pages of 64 KiB (the first one is shorter by the records)
//   page    blocks of one size, owned by one PageHeap from its first block to its last
//   heap    one a thread; of a finished thread the next one to start gets it, pages and all (GIL build: one for everybody)
//
// The records stand together at the start of the chunk, not each before its page: at equal distances of 64 KiB they would
// all want the same few lines of the caches.
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
#include "base/assert.h"
#include "base/atomics.h"

enum { PAGE_SHIFT = 16, CHUNK_SHIFT = 22, CHUNK_PAGES = 1 << (CHUNK_SHIFT - PAGE_SHIFT) };
enum { BLOCK_UNIT = 16, BLOCK_MAX = 512, PAGE_CLASSES = BLOCK_MAX / BLOCK_UNIT + 1 };
#define PAGE_BYTES ((size_t)1 << PAGE_SHIFT)
#define CHUNK_BYTES ((size_t)1 << CHUNK_SHIFT)

enum { PAGE_POOL, PAGE_CURRENT, PAGE_ROOM, PAGE_FULL };

typedef struct Block { // one that is free
    struct Block *next;
} Block;

typedef struct Page {
    // -- the owner's --
    Block *free;              // blocks ready to be handed out
    uint32_t used;            // blocks handed out and not back on `free` (those on `remote` are not back yet)
    uint32_t alert;           // page_settle is due when `used` falls to this
    uint32_t fresh;           // blocks of the page's end that were never on `free`
    uint8_t state, class;
    struct Page *next, *prev; // heap->room (the first one's prev is the last), or (next only) the pool
    // -- read by others; the first two are const while a block is in use --
    struct PageHeap *heap __attribute__((aligned(64)));
    uint32_t block_size;
    uintptr_t remote;         // atomic: Block * of those others freed, or 0; with bit 0 the page is on its heap's queue
    struct Page *queued;      // the next one there; who set bit 0, then the owner
} Page;
_Static_assert(sizeof(Page) == 128, "two cache lines");

typedef struct PageHeap {
    Page *current[PAGE_CLASSES]; // by block_size / BLOCK_UNIT; never NULL: a page without blocks stands in
    Page *room[PAGE_CLASSES];    // first in, first out: so a page has more than one block when its turn comes
    Page *queue;                 // atomic: stack of pages with remote frees
    struct PageHeap *next;       // in the list of those without a thread
} PageHeap;

PageHeap *page_heap_take(void);          // one whose thread ended, or a new one; NULL: no memory
void page_heap_leave(PageHeap *heap);    // its thread ends
void page_heap_drain(PageHeap *heap);    // what others freed comes home; pages that are empty then go back to the pool
void *page_alloc_slow(PageHeap *heap, unsigned class);
void page_settle(Page *page);            // blocks came back to a page that is not current
void page_free_remote(Page *page, Block *block);
void pages_reclaim_blocked(void);        // thread.c: drains the heaps of detached threads
void pages_before_fork(void);
void pages_after_fork(void);             // in parent and child
typedef struct PageCounts { size_t chunks, pages, pooled, purged; } PageCounts;
PageCounts page_counts(void);

static inline Page *page_of(const void *p) {
    uintptr_t at = (uintptr_t)p;
    return (Page *)(at & ~(uintptr_t)(CHUNK_BYTES - 1)) + (at >> PAGE_SHIFT) % CHUNK_PAGES;
}
static inline size_t page_block_size(const void *p) { return page_of(p)->block_size; }

// A block of at least `size` bytes (1 to BLOCK_MAX), 16-aligned, of any content; NULL when there is none at hand.
static inline void *page_pop(PageHeap *heap, size_t size) {
    Page *page = heap->current[(size + BLOCK_UNIT - 1) / BLOCK_UNIT];
    Block *block = page->free;
    if (__builtin_expect(!block, 0)) return NULL;
    page->free = block->next;
    page->used++;
    return block;
}

// NULL when memory is exhausted.
static inline void *page_alloc(PageHeap *heap, size_t size) {
    void *block = page_pop(heap, size);
    return __builtin_expect(block != NULL, 1) ? block : page_alloc_slow(heap, (unsigned)((size + BLOCK_UNIT - 1) / BLOCK_UNIT));
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
    block->next = page->free;
    page->free = block;
    if (__builtin_expect(--page->used == page->alert, 0)) page_settle(page);
}
#endif
