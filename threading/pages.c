// SPDX-License-Identifier: MIT
// The page layer's slow paths.  pages.h draws the structure; start with page_alloc_slow, page_settle and
// page_free_remote.
//
// Why a remote free needs no lock, and may come at any time.  A block that another thread frees counts as used until the
// owner has taken it home, so its page cannot go back to the pool and its heap stays the page's owner.  The first block
// sets bit 0 of page->remote, and whoever set it puts the page on the heap's queue; the owner takes a page's blocks only
// after it took the page off the queue, by the exchange that clears the bit.  So a page is on one queue at most, and
// between the setting of the bit and the push it cannot vanish: the block that was freed is not home.
// Heaps are never freed: one without a thread waits for the next, and what is freed into it meanwhile stays on its queue.
#include "pages.h"

#include "giveback.h"
#include "sync.h"
#include "threading/debug.h"
#include "threading/mutex.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { QUEUED = 1 };
#define ALERT_NEVER UINT32_MAX
enum { SYSTEM_PAGE = 4096 }; // blocks are threaded into `free` that much at a time, so that little is touched early

// There are two kinds of chunks.  A thread begins a page for each size it needs, and most threads never fill it: of thousands
// of such pages little is touched, and what is not costs nothing as long as the system gives memory piece by piece.  So the
// first page of each size comes from *sparse* chunks.  All others are filled, and all pages of the first thread: they come
// from *dense* chunks, which are asked for in huge pages.
//
// Empty pages wait here, first those whose memory was not given back to the system.
enum { DENSE, SPARSE, DENSITIES };
typedef struct EmptyPages {
    Page *dirty, *purged;
    size_t n_dirty, n_purged, n_used;
    size_t idle;      // the fewest in `dirty` since pages_rest looked last: nobody wanted those
    char *next, *end; // pages of the last chunk that were never used
} EmptyPages;

static struct Pool {
    EmptyPages empty[DENSITIES];
    size_t n_chunks;
    bool heaps;        // there is one, or more
    int64_t rest_due;  // atomic: when pages_rest looks again; 0: not at all
    PageHeap *waiting; // heaps without a thread
    size_t no_reclaim; // so many chunks to come before blocked threads are visited again
    Chunk *chunks;     // all; read without the lock
} pool;                // under lock_pages

uint64_t chunk_bits[1 << (ADDRESS_BITS - CHUNK_SHIFT - 6)];

static Page no_page = {.block_size = BLOCK_UNIT, .alert = ALERT_NEVER}; // never written
PageHeap no_page_heap = {.current = {[0 ... PAGE_BINS - 1] = &no_page}};

// ---- geometry ---------------------------------------------------------------------------------------------------------
static size_t place_of(const Page *page) { return (size_t)(page - chunk_of(page)->pages); }
static EmptyPages *empty_pages_like(const Page *page) { return &pool.empty[chunk_of(page)->sparse ? SPARSE : DENSE]; }
char *page_end(const Page *page) { return (char *)chunk_of(page) + (place_of(page) + 1) * PAGE_BYTES; }

// The same objects of many threads, each the first in its page, would stand at equal distances of 64 KiB and want the same
// few lines of the caches: so the pages of sparse chunks do not all begin at their beginning.
enum { SHIFTS = 32 };
static size_t page_shift(const Page *page) {
    if (!chunk_of(page)->sparse) return 0;
    uint64_t number = (uint64_t)(uintptr_t)page_end(page) >> PAGE_SHIFT;
    return (size_t)(number * 0x9e3779b97f4a7c15u >> 32) % SHIFTS * CACHE_LINE;
}

static size_t page_room(const Page *page) {
    return PAGE_BYTES - (place_of(page) == 0 ? sizeof(Chunk) : 0) - page_shift(page);
}

uint32_t page_capacity(const Page *page) { return (uint32_t)(page_room(page) / page->block_size); }
static bool page_is_leaf(const Page *page) { return page->bin < PAGE_CLASSES; }

// ---- the pool ---------------------------------------------------------------------------------------------------------
static char *map(size_t size) {
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

// Chunks are neighbours, most often, so that plain luck aligns all but the first.
static char *chunk_map(void) {
    char *p = map(CHUNK_BYTES);
    if (!p || ((uintptr_t)p & (CHUNK_BYTES - 1)) == 0) return p;
    munmap(p, CHUNK_BYTES);
    p = map(2 * CHUNK_BYTES);
    if (!p) return NULL;
    size_t before = -(uintptr_t)p & (CHUNK_BYTES - 1);
    if (before) munmap(p, before);
    munmap(p + before + CHUNK_BYTES, CHUNK_BYTES - before);
    return p + before;
}

static Page *list_take(Page **list, size_t *n) {
    Page *page = *list;
    *list = page->next;
    --*n;
    return page;
}

static Page *dirty_take(EmptyPages *empty) {
    Page *page = list_take(&empty->dirty, &empty->n_dirty);
    if (empty->idle > empty->n_dirty) empty->idle = empty->n_dirty;
    return page;
}

static Page *pool_take_lock_held(EmptyPages *empty) {
    Page *page = NULL;
    if (empty->dirty) page = dirty_take(empty);
    else if (empty->purged) page = list_take(&empty->purged, &empty->n_purged);
    else if (empty->next != empty->end) page = page_of(empty->next), empty->next += PAGE_BYTES;
    if (page) empty->n_used++;
    return page;
}

// All but the first 2 MiB of a process's objects are asked for in huge pages: one fault for 2 MiB costs the system what 130
// for 4 KiB do, and whoever walks the heap misses fewer translations.  What a small program needs stays small.
static void chunk_advise(char *chunk, bool is_sparse, bool is_first) {
#ifdef MADV_HUGEPAGE
    size_t skip = is_first ? (size_t)2 << 20 : 0;
    int saved = errno;
    (void)madvise(chunk + skip, CHUNK_BYTES - skip, is_sparse ? MADV_NOHUGEPAGE : MADV_HUGEPAGE); // systems without them refuse: nothing is lost
    errno = saved;
#else
    (void)chunk, (void)is_sparse, (void)is_first;
#endif
}

static void pool_put(Page *page, Page **list, size_t *n) {
    page->next = *list;
    *list = page;
    ++*n;
}

static void pool_add_chunk_lock_held(EmptyPages *empty, char *chunk) {
    bool is_sparse = empty == &pool.empty[SPARSE];
    chunk_advise(chunk, is_sparse, pool.n_chunks == 0);
    for (; empty->next != empty->end; empty->next += PAGE_BYTES) // another thread was faster
        pool_put(page_of(empty->next), &empty->purged, &empty->n_purged);
    ((Chunk *)(void *)chunk)->sparse = is_sparse;
    empty->next = chunk;
    empty->end = chunk + CHUNK_BYTES;
    pool.n_chunks++;
    size_t place = (uintptr_t)chunk >> CHUNK_SHIFT;
    HD_ASSERT(place >> (ADDRESS_BITS - CHUNK_SHIFT) == 0);
    at_fetch_or_relaxed(&chunk_bits[place >> 6], (uint64_t)1 << (place & 63)); // before any pointer into it is handed out
    ((Chunk *)(void *)chunk)->next = pool.chunks;
    at_store_release(&pool.chunks, (Chunk *)(void *)chunk);
}

static bool waiting_heaps_trim(void);

// Whether the blocked threads are to be visited before a chunk is mapped.  There may be thousands, so when that brought little
// for what it costs, it waits until there are an eighth more chunks.
static bool reclaim_is_due(void) {
    rt_mutex_lock(&lock_pages);
    bool due = pool.no_reclaim == 0;
    if (!due) pool.no_reclaim--;
    rt_mutex_unlock(&lock_pages);
    return due;
}

static void reclaim_blocked(EmptyPages *empty) {
    if (!reclaim_is_due()) return;
    pages_reclaim_blocked();
    rt_mutex_lock(&lock_pages);
    if (empty->n_dirty < CHUNK_PAGES / 4) pool.no_reclaim = pool.n_chunks / 8;
    rt_mutex_unlock(&lock_pages);
}

static Page *pool_try(EmptyPages *empty) {
    rt_mutex_lock(&lock_pages);
    Page *page = pool_take_lock_held(empty);
    rt_mutex_unlock(&lock_pages);
    return page;
}

static Page *pool_take(bool is_sparse) {
    EmptyPages *empty = &pool.empty[is_sparse ? SPARSE : DENSE];
    Page *page = pool_try(empty);
    if (page) return page;
    waiting_heaps_trim();
    reclaim_blocked(empty);
    if ((page = pool_try(empty)) != NULL) return page;
    char *chunk = chunk_map();
    if (!chunk) return NULL;
    rt_mutex_lock(&lock_pages);
    pool_add_chunk_lock_held(empty, chunk);
    page = pool_take_lock_held(empty); // under the same lock: others may take all the rest
    rt_mutex_unlock(&lock_pages);
    return page;
}

// ---- ages -------------------------------------------------------------------------------------------------------------
static void age_list_remove(Page *page) {
    if (page->age_next) page->age_next->age_prev = page->age_prev;
    if (page->age_prev) page->age_prev->age_next = page->age_next;
    else page->heap->age[page->age] = page->age_next;
}

static void age_list_add(Page *page, unsigned age) {
    Page **list = &page->heap->age[age];
    page->age = (uint8_t)age;
    page->age_prev = NULL;
    page->age_next = *list;
    if (*list) (*list)->age_prev = page;
    *list = page;
}

void page_set_age(Page *page, unsigned age) {
    if (page->age == age) return;
    age_list_remove(page);
    age_list_add(page, age);
}

void pages_each(void (*fn)(Page *page, void *arg), void *arg) {
    for (Chunk *chunk = at_load_acquire(&pool.chunks); chunk; chunk = chunk->next)
        for (int i = 0; i < CHUNK_PAGES; i++) {
            Page *page = &chunk->pages[i];
            if (at_load_relaxed(&page->state) != PAGE_POOL && !page_is_leaf(page)) fn(page, arg);
        }
}

// All of a page but the records that the first one of a chunk begins with.
static char *page_start(const Page *page) {
    uintptr_t start = (uintptr_t)page_end(page) - page_room(page) - page_shift(page), system_page = SYSTEM_PAGE;
    return (char *)((start + system_page - 1) & ~(system_page - 1));
}

// Some empty pages stay as they are, for the next ones; the memory of others goes back to the system.  So does, a while
// later, what stayed and was not wanted, once there are several threads: none lives on what another one needed for a moment.
enum { KEEP_PAGES = 64, KEEP_IDLE = 8 };
#define IDLE_NS (100 * (int64_t)1000000)

static void rest_later(void) {
    int64_t none = 0;
    if (at_load_relaxed(&pool.rest_due) != 0 || !at_load_relaxed(&sharing_begun)) return;
    int64_t due = time_monotonic_ns() + IDLE_NS;
    if (at_cas_acq_rel(&pool.rest_due, &none, due)) ticker_arm(due);
}

// Gives the memory of n empty pages of one kind that are on no list back to the system, and puts them on one.  In the child of a
// fork those that another thread holds meanwhile are lost: so they are not many.
enum { PURGE_BATCH = CHUNK_PAGES };
static void batch_purge(Page *const *batch, size_t n) {
    if (n == 0) return;
    Stretch stretches[PURGE_BATCH];
    for (size_t i = 0; i < n; i++) stretches[i] = (Stretch){page_start(batch[i]), page_end(batch[i])};
    bool gone = give_back(stretches, n);
    EmptyPages *empty = empty_pages_like(batch[0]);
    rt_mutex_lock(&lock_pages);
    for (size_t i = 0; i < n; i++) {
        if (gone) pool_put(batch[i], &empty->purged, &empty->n_purged);
        else pool_put(batch[i], &empty->dirty, &empty->n_dirty);
    }
    rt_mutex_unlock(&lock_pages);
}

static size_t dirty_most(const EmptyPages *empty) {
    return (empty->n_used / 4 > KEEP_PAGES ? empty->n_used / 4 : KEEP_PAGES) + PURGE_BATCH;
}

// All its blocks, their first words too: no collector looks at a page of the pool, or behind what was ever on `free`.
static void page_poison(const Page *page) {
    MEM_POISON(page_end(page) - page_capacity(page) * page->block_size, page_capacity(page) * page->block_size);
    (void)page;
}

static void pool_give(Page *page) {
    page_poison(page);
    EmptyPages *empty = empty_pages_like(page);
    Page *batch[PURGE_BATCH];
    size_t n = 0;
    if (!page_is_leaf(page)) age_list_remove(page);
    at_store_relaxed(&page->state, (uint8_t)PAGE_POOL);
    rt_mutex_lock(&lock_pages);
    pool_put(page, &empty->dirty, &empty->n_dirty);
    empty->n_used--;
    if (!chunk_of(page)->sparse && empty->n_dirty > dirty_most(empty))
        while (n < PURGE_BATCH) batch[n++] = dirty_take(empty);
    bool many = empty->n_dirty > KEEP_IDLE;
    rt_mutex_unlock(&lock_pages);
    batch_purge(batch, n);
    if (many) rest_later();
}

static bool idle_batch_purge(EmptyPages *empty) {
    Page *batch[PURGE_BATCH];
    size_t n = 0;
    rt_mutex_lock(&lock_pages);
    size_t left = empty->idle;
    for (; left > KEEP_IDLE && n < PURGE_BATCH; left--) batch[n++] = dirty_take(empty);
    empty->idle = left;
    rt_mutex_unlock(&lock_pages);
    batch_purge(batch, n);
    return n != 0;
}

// Whether they are to be looked at again.
static bool idle_begins_lock_held(void) {
    bool again = false;
    for (EmptyPages *empty = pool.empty; empty < pool.empty + DENSITIES; empty++) {
        empty->idle = empty->n_dirty;
        again |= empty->n_dirty > KEEP_IDLE;
    }
    return again;
}

int64_t pages_rest(int64_t now_ns) {
    int64_t due = at_load_acquire(&pool.rest_due);
    if (due == 0 || now_ns < due) return due;
    bool trimmed = waiting_heaps_trim(), again = pages_reclaim_blocked() || trimmed;
    for (int i = 0; i < DENSITIES; i++)
        while (idle_batch_purge(&pool.empty[i])) {}
    rt_mutex_lock(&lock_pages);
    again |= idle_begins_lock_held();
    due = again ? now_ns + IDLE_NS : 0;
    at_store_release(&pool.rest_due, due);
    rt_mutex_unlock(&lock_pages);
    return due;
}

// ---- pages of a heap --------------------------------------------------------------------------------------------------
static void room_add(Page *page) {
    Page **list = &page->heap->room[page->bin], *first = *list;
    page->state = PAGE_ROOM;
    page->alert = 0;
    page->next = NULL;
    page->prev = first ? first->prev : page;
    if (first) first->prev = page->prev->next = page;
    else *list = page;
}

static void room_remove(Page *page) {
    Page **list = &page->heap->room[page->bin];
    if (page->next) page->next->prev = page->prev;
    else (*list)->prev = page->prev;
    if (*list == page) *list = page->next;
    else page->prev->next = page->next;
}

void page_settle(Page *page) {
    HD_ASSERT(page->state == PAGE_FULL || page->state == PAGE_ROOM);
    if (page->state == PAGE_FULL) room_add(page);
    if (page->used) return;
    HD_ASSERT(at_load_relaxed(&page->remote) == 0);
    room_remove(page);
    pool_give(page);
}

static void make_current(PageHeap *heap, Page *page) {
    page->state = PAGE_CURRENT;
    page->alert = ALERT_NEVER;
    page->all_shared = false;
    if (!page_is_leaf(page)) page_set_age(page, AGE_YOUNG);
    heap->current[page->bin] = page;
}

static void ages_start(Page *page) {
    Chunk *chunk = chunk_of(page);
    page->young = chunk->young[place_of(page)];
    memset(page->young, 0, sizeof chunk->young[0]);
    memset(chunk->middle[place_of(page)], 0, sizeof chunk->middle[0]);
    if (page->frozen) memset(page->frozen, 0, sizeof chunk->young[0]);
    age_list_add(page, AGE_YOUNG);
}

static Page *page_new(PageHeap *heap, unsigned bin, bool is_sparse) {
    Page *page = pool_take(is_sparse);
    if (!page) return NULL;
    HD_ASSERT(at_load_relaxed(&page->remote) == 0);
    page->heap = heap;
    page->bin = (uint8_t)bin;
    unsigned units = bin % PAGE_CLASSES;
    if (!page_is_leaf(page) && units * BLOCK_UNIT < 1 << GRAIN_SHIFT) units = (1 << GRAIN_SHIFT) / BLOCK_UNIT;
    page->block_size = units * BLOCK_UNIT;
    page->reciprocal = UINT32_MAX / page->block_size + 1;
    page->free = NULL;
    page->used = 0;
    page->fresh = page_capacity(page);
    page_poison(page);
    if (!page_is_leaf(page)) ages_start(page);
    return page;
}

// Threads the next blocks that were never used into `free`: as far as one more page of the system's goes.
static void extend(Page *page) {
    HD_ASSERT(!page->free && page->fresh);
    size_t size = page->block_size;
    char *block = page_end(page) - page->fresh * size;
    size_t bytes = SYSTEM_PAGE - (uintptr_t)block % SYSTEM_PAGE;
    if (bytes < size) bytes += SYSTEM_PAGE;
    size_t n = bytes / size;
    if (n > page->fresh) n = page->fresh;
    page->free = (Block *)(void *)block;
    MEM_UNPOISON(block, n * size);
    for (size_t i = 1; i < n; i++, block += size) {
        *(Block *)(void *)block = (Block){0, (Block *)(void *)(block + size)};
        MEM_POISON(block + offsetof(Block, next), size - offsetof(Block, next));
    }
    *(Block *)(void *)block = (Block){0, NULL};
    MEM_POISON(block + offsetof(Block, next), size - offsetof(Block, next));
    page->fresh -= (uint32_t)n;
}

void *page_alloc_slow(PageHeap *heap, unsigned bin) {
    HD_ASSERT(bin % PAGE_CLASSES > 0 && bin < PAGE_BINS);
    if (at_load_relaxed(&heap->queue)) page_heap_drain(heap);
    Page *page = heap->current[bin];
    if (!page->free && !page->fresh) {
        bool is_first = page == &no_page;
        if (!is_first) {
            page->state = PAGE_FULL;
            page->alert = page->used - 1;
        }
        heap->current[bin] = &no_page;
        page = heap->room[bin];
        if (page) room_remove(page);
        else page = page_new(heap, bin, is_first && !heap->dense);
        if (!page) return NULL;
        make_current(heap, page);
    }
    if (!page->free) extend(page);
    Block *block = page->free;
    page->free = block_next(block);
    page->used++;
    MEM_UNPOISON(block, page->block_size);
    return block;
}

// ---- frees by others --------------------------------------------------------------------------------------------------
static void free_in_place(Page *page, Block *block) { // MUTATE_FREE_IN_PLACE: as if there were no other thread
    Block *next = page->free;
    sched_yield();
    block->header = 0;
    block_set_next(page, block, next);
    page->free = block;
    page->used--;
}

void page_free_remote(Page *page, Block *block) {
    if (MUTATED(MUTATE_FREE_IN_PLACE)) {
        free_in_place(page, block);
        return;
    }
    debug_sched_point();
    at_store_relaxed(&block->header, (uint64_t)0); // its owner may be looking at the page
    uintptr_t old = at_load_relaxed(&page->remote);
    do block_set_next(page, block, (Block *)(old & ~(uintptr_t)QUEUED)); // poisoned before anybody can have it
    while (!at_cas_weak_acq_rel(&page->remote, &old, (uintptr_t)block | QUEUED)); // acquire: `queued` is ours now
    if (old & QUEUED) return;
    Page **queue = &page->heap->queue, *next = at_load_relaxed(queue);
    do page->queued = next;
    while (!at_cas_weak_release(queue, &next, page));
    if (!next) rest_later(); // its owner may sleep
}

// Takes home what others freed of one page.
static void page_collect(Page *page) {
    uintptr_t remote = at_exchange_acq_rel(&page->remote, (uintptr_t)0); // release: `queued` was read
    Block *first = (Block *)(remote & ~(uintptr_t)QUEUED), *last = first;
    HD_ASSERT(first && (remote & QUEUED));
    uint32_t n = 1;
    for (Block *next; (next = block_next(last)) != NULL; last = next) n++;
    HD_ASSERT(n <= page->used);
    block_set_next(page, last, page->free);
    page->free = first;
    page->used -= n;
    if (page->state != PAGE_CURRENT && (page->state == PAGE_FULL || page->used == 0)) page_settle(page);
}

bool page_heap_drain(PageHeap *heap) {
    Page *first = at_exchange_acquire(&heap->queue, (Page *)NULL);
    for (Page *page = first, *next; page; page = next) {
        HD_ASSERT(page->heap == heap);
        next = page->queued; // before its bit is cleared
        page_collect(page);
    }
    return first != NULL;
}

// ---- heaps ------------------------------------------------------------------------------------------------------------
PageHeap *page_heap_take(void) {
    rt_mutex_lock(&lock_pages);
    PageHeap *heap = pool.waiting;
    if (heap) pool.waiting = heap->next;
    bool is_first = !pool.heaps;
    pool.heaps = true;
    rt_mutex_unlock(&lock_pages);
    if (heap || !(heap = calloc(1, sizeof *heap))) return heap;
    for (unsigned i = 0; i < PAGE_BINS; i++) heap->current[i] = &no_page;
    heap->dense = is_first;
    return heap;
}

// All that is empty goes back to the pool.
static void heap_trim(PageHeap *heap) {
    page_heap_drain(heap);
    for (unsigned i = 0; i < PAGE_BINS; i++) {
        Page *page = heap->current[i];
        if (page == &no_page || page->used) continue;
        heap->current[i] = &no_page;
        pool_give(page);
    }
}

static void heap_wait(PageHeap *heap) {
    rt_mutex_lock(&lock_pages);
    heap->next = pool.waiting;
    pool.waiting = heap;
    rt_mutex_unlock(&lock_pages);
}

void page_heap_leave(PageHeap *heap) {
    heap_trim(heap);
    heap_wait(heap);
}

// What others freed into heaps without a thread may have emptied pages; whether there was anything.
static bool waiting_heaps_trim(void) {
    bool any = false;
    rt_mutex_lock(&lock_pages);
    PageHeap *heaps = pool.waiting;
    pool.waiting = NULL;
    rt_mutex_unlock(&lock_pages);
    for (PageHeap *heap = heaps, *next; heap; heap = next) {
        next = heap->next;
        if (at_load_relaxed(&heap->queue)) heap_trim(heap), any = true;
        heap_wait(heap);
    }
    return any;
}

// A thread on its way out is no part of the stopped world, so the lock itself keeps the pool whole.
void pages_before_fork(void) { rt_mutex_lock(&lock_pages); }
void pages_after_fork(void) { rt_mutex_unlock(&lock_pages); }

PageCounts page_counts(void) {
    rt_mutex_lock(&lock_pages);
    PageCounts counts = {.chunks = pool.n_chunks};
    for (int i = 0; i < DENSITIES; i++) {
        counts.pages += pool.empty[i].n_used;
        counts.pooled += pool.empty[i].n_dirty;
        counts.purged += pool.empty[i].n_purged;
    }
    rt_mutex_unlock(&lock_pages);
    return counts;
}
