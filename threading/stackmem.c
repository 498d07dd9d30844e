// SPDX-License-Identifier: MIT
// The V stacks of threads, but the first one's.
//
// A thread's V stack has room for the deepest recursion that is usual, and most threads use a few KiB of it.  So stacks are
// cut from stretches of address space that the system gives memory to piece by piece, never 2 MiB at once.  What a stack
// got stays with it for the next thread, while only a few are idle: so threads that come one after another use one.  Others
// give theirs back, neighbours together.  Only attached threads come here, so no fork finds this half done.
#include "threading/stackmem.h"
#include "giveback.h"
#include "sync.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if !HEDDLE_SANITIZER
// What all threads use is at the start of their stacks: the page between any two is there so that it does not want the same
// few lines of the caches.
enum { SYSTEM_PAGE = 4096, DIRTY_MOST = 32, BATCH = 24, SLAB_STACKS = 16 };
#define STRIDE (STACKMEM_BYTES + SYSTEM_PAGE)

static struct Stacks {
    char *dirty[DIRTY_MOST]; // idle, with memory
    size_t n_dirty;
    char **purged; // idle, without; room for all
    size_t n_purged, n_all;
} stacks; // under lock_stacks

static bool slab_add_lock_held(void) {
    char **purged = realloc(stacks.purged, (stacks.n_all + SLAB_STACKS) * sizeof *purged);
    if (!purged) return false;
    stacks.purged = purged;
    char *slab = mmap(NULL, SLAB_STACKS * STRIDE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (slab == MAP_FAILED) return false;
#ifdef MADV_NOHUGEPAGE
    (void)madvise(slab, SLAB_STACKS * STRIDE, MADV_NOHUGEPAGE);
#endif
    for (int i = SLAB_STACKS - 1; i >= 0; i--) purged[stacks.n_purged++] = slab + (size_t)i * STRIDE;
    stacks.n_all += SLAB_STACKS;
    return true;
}

static void *take_lock_held(void) {
    if (stacks.n_dirty) return stacks.dirty[--stacks.n_dirty];
    if (!stacks.n_purged && !slab_add_lock_held()) return NULL;
    return stacks.purged[--stacks.n_purged];
}

void *stackmem_take(void) {
    if (unlikely(debug_flags.failalloc != 0) && debug_alloc_fails()) return NULL;
    int saved = errno;
    rt_mutex_lock(&lock_stacks);
    void *stack = take_lock_held();
    rt_mutex_unlock(&lock_stacks);
    errno = saved;
    return stack;
}

// Those that were left first.  false: there are not too many.
static bool take_oldest(char *batch[BATCH]) {
    if (stacks.n_dirty < DIRTY_MOST) return false;
    memcpy(batch, stacks.dirty, BATCH * sizeof *batch);
    stacks.n_dirty -= BATCH;
    memmove(stacks.dirty, stacks.dirty + BATCH, stacks.n_dirty * sizeof *batch);
    return true;
}

void stackmem_leave(void *stack) {
    char *batch[BATCH];
    rt_mutex_lock(&lock_stacks);
    bool many = take_oldest(batch);
    stacks.dirty[stacks.n_dirty++] = stack;
    rt_mutex_unlock(&lock_stacks);
    if (!many) return;
    Stretch stretches[BATCH];
    for (int i = 0; i < BATCH; i++) stretches[i] = (Stretch){batch[i], batch[i] + STRIDE};
    (void)give_back(stretches, BATCH); // what is refused is still a stack
    rt_mutex_lock(&lock_stacks);
    for (int i = 0; i < BATCH; i++) stacks.purged[stacks.n_purged++] = batch[i];
    rt_mutex_unlock(&lock_stacks);
}
#else
void *stackmem_take(void) { return malloc(STACKMEM_BYTES); }
void stackmem_leave(void *stack) { free(stack); }
#endif
