// SPDX-License-Identifier: MIT
// The page layer by itself: blocks of every size, pages that change hands, frees by other threads, heaps that wait for a
// thread, fork.  In ThreadSanitizer builds this is what shows it the layer, as objects use malloc there.
#include "../../threading/pages.h"
#include "../../threading/sync.h"

#include "threading/gclink.h"
#include "threading_stubs.h"

#include "reported.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t block_bytes(size_t size) { return (size + BLOCK_UNIT - 1) / BLOCK_UNIT * BLOCK_UNIT; }

// A block is filled with a word of its own, which must still be there when it is freed.  (No ck_assert for each: they
// write to a pipe.)
static void *take(PageHeap *heap, size_t size) {
    uint64_t *block = page_alloc(heap, PAGE_LEAF, size);
    if (!block || (uintptr_t)block % BLOCK_UNIT) ck_abort_msg("a bad block: %p", (void *)block);
    if (page_block_size(block) != block_bytes(size)) ck_abort_msg("block %p is not of %zu bytes", (void *)block, size);
    for (size_t i = 0; i < block_bytes(size) / sizeof *block; i++) block[i] = (uintptr_t)block ^ size;
    return block;
}

static void check_block(const void *p, size_t size) {
    const uint64_t *block = p;
    for (size_t i = 0; i < block_bytes(size) / sizeof *block; i++)
        if (block[i] != ((uintptr_t)block ^ size)) ck_abort_msg("block %p of %zu bytes was overwritten", p, size);
}

static void give(PageHeap *heap, void *p, size_t size) {
    check_block(p, size);
    page_free(heap, p);
}

START_TEST(every_size) {
    PageHeap *heap = page_heap_take();
    size_t pages = page_counts().pages;
    enum { N = 5000 };
    static void *blocks[N];
    for (size_t size = 1; size <= BLOCK_MAX; size++) {
        size_t n = size % 16 ? 3 : N; // whole pages of each class
        for (size_t i = 0; i < n; i++) blocks[i] = take(heap, size);
        for (size_t i = 0; i < n; i += 2) give(heap, blocks[i], size); // holes
        for (size_t i = 0; i < n; i += 2) blocks[i] = take(heap, size);
        for (size_t i = 0; i < n; i++) give(heap, blocks[i], size);
    }
    ck_assert_uint_le(page_counts().pages - pages, PAGE_CLASSES); // the current ones
    page_heap_leave(heap);
    ck_assert_uint_eq(page_counts().pages, pages);
}
END_TEST

// Memory that one size gave back serves another, and no more is mapped for it.
START_TEST(sizes_share_pages) {
    PageHeap *heap = page_heap_take();
    enum { BYTES = 8 << 20 };
    static void *blocks[BYTES / 16];
    size_t chunks = 0;
    for (size_t size = 16; size <= BLOCK_MAX; size += 48) {
        size_t n = BYTES / size;
        for (size_t i = 0; i < n; i++) blocks[i] = take(heap, size);
        for (size_t i = 0; i < n; i++) give(heap, blocks[(i * 7919) % n], size);
        if (!chunks) chunks = page_counts().chunks;
        ck_assert_uint_le(page_counts().chunks, chunks + 1);
    }
    page_heap_leave(heap);
}
END_TEST

// ---- several threads --------------------------------------------------------------------------------------------------
enum { THREADS = 8, ROUNDS = 300, BATCH = 400 };

typedef struct Mail { // what others are to free: atomic, taken whole
    void *blocks[BATCH];
    size_t sizes[BATCH];
    struct Mail *next;
} Mail;
static Mail *boxes[THREADS];

static void post(unsigned to, Mail *mail) {
    mail->next = at_load_relaxed(&boxes[to]);
    while (!at_cas_weak_release(&boxes[to], &mail->next, mail)) continue;
}

static void read_mail(PageHeap *heap, unsigned self) {
    Mail *mail = at_exchange_acquire(&boxes[self], (Mail *)NULL);
    for (Mail *next; mail; mail = next) {
        next = mail->next;
        for (int i = 0; i < BATCH; i++) give(heap, mail->blocks[i], mail->sizes[i]);
        free(mail);
    }
}

// Each makes blocks, keeps some for a while, and posts others to its fellows, who free them.
static void *correspond(void *arg) {
    unsigned self = (unsigned)(uintptr_t)arg;
    PageHeap *heap = page_heap_take();
    uint32_t random = self * 2654435761u + 1;
    for (int round = 0; round < ROUNDS; round++) {
        Mail *mail = malloc(sizeof *mail);
        if (!mail) abort();
        for (int i = 0; i < BATCH; i++) {
            random = random * 1664525u + 1013904223u;
            mail->sizes[i] = 1 + (random >> 8) % (round % 3 ? 64 : BLOCK_MAX);
            mail->blocks[i] = take(heap, mail->sizes[i]);
        }
        post((self + 1 + (random >> 20) % (THREADS - 1)) % THREADS, mail);
        read_mail(heap, self);
    }
    page_heap_leave(heap);
    return NULL;
}

START_TEST(remote_frees) {
    size_t pages = page_counts().pages;
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++) ck_assert_int_eq(pthread_create(&threads[i], NULL, correspond, (void *)i), 0);
    for (unsigned i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    PageHeap *heap = page_heap_take();
    for (unsigned i = 0; i < THREADS; i++) read_mail(heap, i); // into heaps that wait for a thread
    page_heap_leave(heap);
    PageHeap *all[THREADS];
    for (unsigned i = 0; i < THREADS; i++) all[i] = page_heap_take();
    for (unsigned i = 0; i < THREADS; i++) page_heap_leave(all[i]);
    ck_assert_uint_eq(page_counts().pages, pages); // every block is home
}
END_TEST

// ---- heaps that wait for a thread -------------------------------------------------------------------------------------
START_TEST(a_heap_is_used_again) {
    PageHeap *heap = page_heap_take();
    void *kept = take(heap, 48);
    page_heap_leave(heap);
    for (int i = 0; i < 1000; i++) { // as threads that come one after another would
        PageHeap *next = page_heap_take();
        ck_assert_ptr_eq(next, heap);
        void *block = take(next, 48);
        ck_assert_ptr_eq(page_of(block), page_of(kept));
        give(next, block, 48);
        page_heap_leave(next);
    }
    give(page_heap_take(), kept, 48);
}
END_TEST

// What is freed into a heap without a thread is there for others, before more is mapped.
START_TEST(waiting_heaps_give_pages_back) {
    enum { N = 100000 };
    static void *blocks[N];
    PageHeap *gone = page_heap_take(), *heap = page_heap_take();
    for (int i = 0; i < N; i++) blocks[i] = take(gone, 128);
    page_heap_leave(gone);
    for (int i = 0; i < N; i++) give(heap, blocks[i], 128);
    size_t chunks = page_counts().chunks;
    for (int i = 0; i < N; i++) blocks[i] = take(heap, 64);
    ck_assert_uint_le(page_counts().chunks, chunks + 1); // its first page of the size is in a sparse one
    for (int i = 0; i < N; i++) give(heap, blocks[i], 64);
    page_heap_leave(heap);
}
END_TEST

START_TEST(empty_pages_are_purged) {
    enum { N = 64 << 10 };
    static void *blocks[N];
    PageHeap *heap = page_heap_take();
    for (int i = 0; i < N; i++) blocks[i] = take(heap, 512);
    for (int i = 0; i < N; i++) give(heap, blocks[i], 512);
    PageCounts counts = page_counts();
    ck_assert_uint_gt(counts.purged, counts.pooled); // 32 MiB were in use
    for (int i = 0; i < N; i++) blocks[i] = take(heap, 512);
    for (int i = 0; i < N; i++) give(heap, blocks[i], 512);
    ck_assert_uint_eq(page_counts().chunks, counts.chunks);
    page_heap_leave(heap);
}
END_TEST

// Once there are several threads, what nobody wants for two looks is given back, but for a few pages.
START_TEST(idle_pages_are_purged) {
    enum { N = 4 << 10 };
    static void *blocks[N];
    PageHeap *heap = page_heap_take();
    at_store_release(&sharing_begun, true);
    for (int i = 0; i < N; i++) blocks[i] = take(heap, 512);
    for (int i = 0; i < N; i++) give(heap, blocks[i], 512);
    PageCounts before = page_counts();
    ck_assert_uint_gt(before.pooled, 16);
    int64_t now = time_monotonic_ns(), due = pages_rest(now);
    ck_assert_int_gt(due, now); // not yet
    ck_assert_uint_eq(page_counts().pooled, before.pooled);
    for (int i = 0; i < 3 && due; i++) due = pages_rest(due);
    ck_assert_int_eq(due, 0); // there is nothing left to do
    PageCounts after = page_counts();
    ck_assert_uint_le(after.pooled, 8);
    ck_assert_uint_eq(after.pooled + after.purged, before.pooled + before.purged);
    for (int i = 0; i < N; i++) blocks[i] = take(heap, 512);
    for (int i = 0; i < N; i++) give(heap, blocks[i], 512);
    ck_assert_uint_eq(page_counts().chunks, before.chunks);
    page_heap_leave(heap);
}
END_TEST

// ---- objects ----------------------------------------------------------------------------------------------------------
enum { NODES = 40000 };
static V nodes[NODES];
static void *buffers[NODES];
static pthread_barrier_t made, dropped;

static void make_and_sleep(Thread *t, void *arg) {
    (void)arg;
    V holder = node_new(t, NODES / 100, OBJ_GC);
    for (int i = 0; i < NODES; i++) nodes[i] = node_new(t, 2, OBJ_GC);
    for (int i = 0; i < NODES; i++) buffers[i] = memset(mem_alloc(t, 100), i & 0xff, 100);
    for (int i = 0; i < NODES; i++) share_value(t, nodes[i]);
    v_drop(t, holder);
    BLOCKING(t) {
        pthread_barrier_wait(&made);
        pthread_barrier_wait(&dropped);
    }
}

// A thread makes objects and buffers and blocks; another drops them and makes as many: the same memory serves.
START_TEST(a_blocked_owner_keeps_no_memory) {
    Thread *t = threading_init();
    stub_frame(t);
    pthread_barrier_init(&made, NULL, 2);
    pthread_barrier_init(&dropped, NULL, 2);
    pthread_t owner = thread_spawn(t, make_and_sleep, NULL);
    BLOCKING(t) pthread_barrier_wait(&made);
    size_t chunks = page_counts().chunks;
    for (int i = 0; i < NODES; i++) {
        node_check(nodes[i]);
        v_drop(t, nodes[i]);
        mem_free(buffers[i]);
    }
    enum { STALE = 4 }; // so many may be held by words that a call left behind on a C stack
    for (int i = 0; i < 50 && at_load_relaxed(&nodes_live) > STALE; i++) {
        handshake_now(t);
        safepoint(t);
    }
    ck_assert_int_le(at_load_relaxed(&nodes_live), STALE);
    for (int i = 0; i < NODES; i++) nodes[i] = node_new(t, 2, OBJ_GC);
    for (int i = 0; i < NODES; i++) buffers[i] = mem_alloc(t, 100);
    ck_assert_uint_le(page_counts().chunks, chunks + 1);
    for (int i = 0; i < NODES; i++) v_drop(t, nodes[i]), mem_free(buffers[i]);
    BLOCKING(t) pthread_barrier_wait(&dropped);
    thread_join(t, owner);
}
END_TEST

// A detached thread's pages may be in somebody else's hands: what it asks for is none of them, what it frees comes home later.
START_TEST(buffers_while_detached) {
    enum { N = 1000 };
    Thread *t = threading_init();
    stub_frame(t);
    for (int i = 0; i < N; i++) buffers[i] = memset(mem_alloc(t, 1 + (size_t)i % 600), 1, 1 + (size_t)i % 600);
    BLOCKING(t) {
        for (int i = 0; i < N; i += 2) {
            mem_free(buffers[i]);
            buffers[i] = mem_alloc(t, 1 + (size_t)i % 300);
            ck_assert(buffers[i] && !in_chunk(buffers[i]));
        }
    }
    for (int i = 0; i < N; i++) {
        char *grown = mem_realloc(t, buffers[i], 700);
        ck_assert(grown && !in_chunk(grown));
        ck_assert(i % 2 == 0 || grown[0] == 1);
        mem_free(grown);
    }
}
END_TEST

// What a thread makes for all to read has no line in common with what it writes beside it.
START_TEST(lines_of_their_own) {
    Thread *t = threading_init();
    stub_frame(t);
    for (size_t size = 1; size + CACHE_LINE <= BLOCK_MAX; size++) {
        char *before = mem_alloc(t, size), *apart = mem_calloc_apart(t, 1, size), *behind = mem_alloc(t, size);
        for (size_t i = 0; i < size; i++) ck_assert_int_eq(apart[i], 0);
        if (in_chunk(apart)) {
            ck_assert_uint_eq((uintptr_t)apart % CACHE_LINE, 0);
            ck_assert_uint_eq(page_block_size(apart) % CACHE_LINE, 0);
        }
        mem_free(before);
        mem_free(apart);
        mem_free(behind);
    }
    ck_assert_ptr_null(mem_calloc_apart(t, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(mem_calloc_apart(t, 1, SIZE_MAX - 1));
}
END_TEST

static void live_shortly(Thread *t, void *arg) {
    (void)arg;
    V a = node_new(t, 3, OBJ_GC), b = node_new(t, 0, 0);
    node_set(t, a, 0, b);
    v_drop(t, b);
    v_drop(t, a);
}

START_TEST(threads_one_after_another) {
    Thread *t = threading_init();
    stub_frame(t);
    size_t pages = 0;
    for (int i = 0; i < 300; i++) {
        thread_join(t, thread_spawn(t, live_shortly, NULL));
        if (i == 10) pages = page_counts().pages;
    }
    ck_assert_uint_eq(page_counts().pages, pages);
}
END_TEST

static void wait_for_fork(Thread *t, void *arg) {
    (void)arg;
    V mine[100];
    for (int i = 0; i < 100; i++) mine[i] = node_new(t, 2, OBJ_GC);
    BLOCKING(t) {
        pthread_barrier_wait(&made);
        pthread_barrier_wait(&dropped);
    }
    for (int i = 0; i < 100; i++) v_drop(t, mine[i]);
}

static void work_in_child(Thread *t) {
    threading_after_fork_child(t);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 5000; i++) nodes[i] = node_new(t, i % 8, i % 2 ? OBJ_GC : 0);
#if !defined(__SANITIZE_THREAD__) // it allows no threads in such a child
        thread_join(t, thread_spawn(t, live_shortly, NULL)); // which gets the heap of the one that is gone
#endif
        for (int i = 0; i < 5000; i++) v_drop(t, nodes[i]);
    }
    _exit(page_counts().pages < 100 ? 0 : 1);
}

START_TEST(fork_with_threads) {
    Thread *t = threading_init();
    stub_frame(t);
    pthread_barrier_init(&made, NULL, 2);
    pthread_barrier_init(&dropped, NULL, 2);
    pthread_t other = thread_spawn(t, wait_for_fork, NULL);
    BLOCKING(t) pthread_barrier_wait(&made);
    threading_before_fork(t);
    pid_t pid = fork();
    if (pid == 0) work_in_child(t);
    threading_after_fork_parent(t);
    int status = -1;
    BLOCKING(t) waitpid(pid, &status, 0);
    ck_assert_int_eq(status, 0);
    BLOCKING(t) pthread_barrier_wait(&dropped);
    thread_join(t, other);
}
END_TEST

#if HEDDLE_POISON
// A block that came back, whoever freed it; one that was never handed out; a page that is empty.  Not one that serves again.
START_TEST(recycled_blocks_are_reported) {
    PageHeap *heap = page_heap_take(), *other = page_heap_take();
    enum { SIZE = 96 };
    char *block = take(heap, SIZE), *sent = take(heap, SIZE), *kept = take(heap, SIZE);
    ck_assert(!read_is_reported(block + SIZE - 1));
    ck_assert(read_is_reported(page_end(page_of(kept)) - 1)); // the last one of the page
    give(heap, block, SIZE);
    give(other, sent, SIZE);
    ck_assert(read_is_reported(block + sizeof(uint64_t)) && read_is_reported(block + SIZE - 1));
    ck_assert(read_is_reported(sent + sizeof(uint64_t)) && read_is_reported(sent + SIZE - 1));
    page_heap_drain(heap);
    ck_assert_ptr_eq(take(heap, SIZE), sent);
    ck_assert(!read_is_reported(sent + 8) && !read_is_reported(sent + SIZE - 1));
    ck_assert(read_is_reported(block + 8)); // still free: the link to it was read without opening it
    give(heap, sent, SIZE);
    give(heap, kept, SIZE);
    page_heap_leave(other);
    page_heap_leave(heap);
    ck_assert(read_is_reported(kept)); // an empty page's blocks: their first words, too
}
END_TEST
#endif

int main(void) {
    Suite *suite = suite_create("threading_pages");
    TCase *tests = tcase_create("pages");
    tcase_add_test(tests, every_size);
    tcase_add_test(tests, sizes_share_pages);
    tcase_add_test(tests, remote_frees);
    tcase_add_test(tests, a_heap_is_used_again);
    tcase_add_test(tests, waiting_heaps_give_pages_back);
    tcase_add_test(tests, empty_pages_are_purged);
    tcase_add_test(tests, idle_pages_are_purged);
    tcase_add_test(tests, a_blocked_owner_keeps_no_memory);
    tcase_add_test(tests, buffers_while_detached);
    tcase_add_test(tests, lines_of_their_own);
    tcase_add_test(tests, threads_one_after_another);
    tcase_add_test(tests, fork_with_threads);
#if HEDDLE_POISON
    tcase_add_test(tests, recycled_blocks_are_reported);
#endif
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
