// SPDX-License-Identifier: MIT
// Where small objects live, and what the collector keeps about them beside them: nothing of it is in the object.
//
//   chunk   4 MiB, aligned: the records of 64 pages, the bitmaps of their ages, then as many pages of 64 KiB (the first one
//           is shorter by all that)
//   page    blocks of one size and kind, owned by one PageHeap from its first block to its last
//
// Kinds: *leaf* pages hold objects born without OBJ_GC, which the collector never looks at; *gc* pages those born with it;
// *serial* pages those that may have a finalizer, too: the last word of a block is the object's birth serial, because
// finalizers run in that order.  A block's first word tells what it is: 0 when it is free, else an object's header.
//
// The records stand together at the start of the chunk, not each before its page: at equal distances of 64 KiB they would
// all want the same few lines of the caches.
#ifndef HEDDLE_THREADING_PAGE_H
#define HEDDLE_THREADING_PAGE_H
#include "threading/count.h"

enum { PAGE_SHIFT = 16, CHUNK_SHIFT = 22, CHUNK_PAGES = 1 << (CHUNK_SHIFT - PAGE_SHIFT) };
#define PAGE_BYTES ((size_t)1 << PAGE_SHIFT)
#define CHUNK_BYTES ((size_t)1 << CHUNK_SHIFT)

enum { PAGE_LEAF, PAGE_GC, PAGE_SERIAL, PAGE_KINDS };

// Ages: a page is on its heap's list of the youngest age it has a place for; an object's is in the bitmaps.
enum { AGE_YOUNG, AGE_MIDDLE, AGE_OLD, AGES, AGE_FROZEN = AGES };
enum { GRAIN_SHIFT = 5, PAGE_GRAINS = 1 << (PAGE_SHIFT - GRAIN_SHIFT), AGE_WORDS = PAGE_GRAINS / 64 }; // no gc block is smaller

typedef struct Block { // one that is free
    uint64_t header;   // 0: no object
    struct Block *next;
} Block;

typedef struct Page {
    // -- the owner's --
    Block *free;              // blocks ready to be handed out
    uint64_t *young;          // [AGE_WORDS]: objects born since the last collection; const
    uint32_t used;            // blocks handed out and not back on `free` (those on `remote` are not back yet)
    uint32_t alert;           // page_settle is due when `used` falls to this
    uint32_t fresh;           // blocks of the page's end that were never on `free`
    uint8_t state, bin, age;  // age: of the heap->age list it is on
    bool all_shared;          // a collection saw nothing LOCAL here, and nothing was born here since
    struct Page *next, *prev; // heap->room (the first one's prev is the last), or (next only) the pool
    struct Page *age_next;    // heap->age
    // -- read by others; heap, block_size and reciprocal are const while a block is in use --
    struct PageHeap *heap __attribute__((aligned(64)));
    uint32_t block_size;
    uint32_t reciprocal;      // 2^32 / block_size, rounded up
    uintptr_t remote;         // atomic: Block * of those others freed, or 0; with bit 0 the page is on its heap's queue
    struct Page *queued;      // the next one there; who set bit 0, then the owner
    struct Page *age_prev;    // owner
    uint64_t *frozen;         // [AGE_WORDS]: gc.freeze; NULL until the first one.  Owner, or stopped world
    uint8_t *marks;           // [PAGE_GRAINS] for the time of a collection that is about objects in here (gcmark.h), else NULL
    uint32_t *counts;         // [PAGE_GRAINS] if it suspects some of them
} Page;
_Static_assert(sizeof(Page) == 128, "two cache lines");

typedef struct Chunk { // what stands at its start
    Page pages[CHUNK_PAGES];
    uint64_t young[CHUNK_PAGES][AGE_WORDS], middle[CHUNK_PAGES][AGE_WORDS];
    struct Chunk *next; // const after init
    bool sparse;        // const after init: its pages are the first ones of threads (pages.c)
} __attribute__((aligned(64))) Chunk;

static inline Chunk *chunk_of(const void *p) { return (Chunk *)((uintptr_t)p & ~(uintptr_t)(CHUNK_BYTES - 1)); }
static inline Page *page_of(const void *block) {
    return &chunk_of(block)->pages[((uintptr_t)block >> PAGE_SHIFT) % CHUNK_PAGES];
}
static inline size_t page_grain(const void *block) { return ((uintptr_t)block >> GRAIN_SHIFT) % PAGE_GRAINS; }

// One bit for each stretch of the address space that is a chunk, so that a pointer tells whether it leads into a page.
enum { ADDRESS_BITS = 48 };
extern uint64_t chunk_bits[1 << (ADDRESS_BITS - CHUNK_SHIFT - 6)]; // atomic: set when the chunk is mapped, for good
static inline bool in_chunk(const void *p) {
    size_t chunk = (uintptr_t)p >> CHUNK_SHIFT;
    return at_load_relaxed(&chunk_bits[chunk >> 6]) >> (chunk & 63) & 1;
}
static inline size_t page_block_size(const void *block) { return page_of(block)->block_size; }

// How many blocks from the one at (or first behind) `at` to the page's end: 1 for the last one.
static inline uint32_t page_index(const Page *page, const void *at) {
    uint64_t left = PAGE_BYTES - ((uintptr_t)at & (PAGE_BYTES - 1));
    return (uint32_t)((left * page->reciprocal) >> 32);
}

// The bit of a block in the bitmaps of its page.
static inline size_t age_word(const void *block) { return ((uintptr_t)block >> (GRAIN_SHIFT + 6)) % AGE_WORDS; }
static inline uint64_t age_bit(const void *block) { return (uint64_t)1 << (((uintptr_t)block >> GRAIN_SHIFT) & 63); }
static inline void page_set_young(Page *page, const void *block) { page->young[age_word(block)] |= age_bit(block); }
#endif
