// SPDX-License-Identifier: MIT
// The address space from which mimalloc takes a process's first buffers.
//
// mimalloc asks the system for 32 MiB at a time, aligned to as much, and the first 32 MiB are all that most programs need.
// Here it gets them from us, so that all but the first part is asked for in huge pages: an import of a few big packages
// touches 1500 pages there, and to be given them one by one takes the system a third of the import's time.
// mimalloc scatters buffers of different sizes.  Those of a program that imports nothing, 1.7 MiB, lie in the first 8 MiB, a few
// pages in each of many places.  Huge pages for all of that would cost such a program 6 MiB; for the second half they cost it
// 3 MiB, and save it a tenth of its time and the import of big packages a quarter.
//
// Neither mimalloc nor the C library's malloc, which has what compiling and collecting need for a moment, is to give memory
// back that is wanted again at once: that is another system call and another fault for every page of it.
#include "region.h"

#if !HEDDLE_SANITIZER
#include <errno.h>
#include <malloc.h>
#include <mimalloc.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#define REGION_BYTES ((size_t)32 << 20)
#define FIRST_PART ((size_t)4 << 20)

// mimalloc gives back, bit by bit, what nobody has wanted for a while: its 25 ms are less than a start takes.
enum { PURGE_DELAY_MS = 1000 };
#if MI_MALLOC_VERSION < 210
#define PURGE_DELAY mi_option_decommit_delay
#else
#define PURGE_DELAY mi_option_purge_delay
#endif

// malloc: so much may lie idle at the end of the heap, and blocks up to so much come from there.
enum { MALLOC_IDLE = 4 << 20, MALLOC_LARGEST = 2 << 20 };

// Memory of REGION_BYTES, aligned to as much; NULL.
static char *region_map(void) {
    char *p = mmap(NULL, 2 * REGION_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return NULL;
    size_t before = -(uintptr_t)p & (REGION_BYTES - 1);
    if (before) munmap(p, before);
    munmap(p + before + REGION_BYTES, REGION_BYTES - before);
    return p + before;
}

// Where there is no room, or no huge pages, or mimalloc wants nothing of it, it helps itself as ever.
void region_give(void) {
    int saved = errno;
    char *region = region_map();
    if (region) {
#ifdef MADV_HUGEPAGE
        (void)madvise(region + FIRST_PART, REGION_BYTES - FIRST_PART, MADV_HUGEPAGE);
#endif
        // Told to be without memory yet: it is trusted to give back then what it no longer needs.
        if (!mi_manage_os_memory(region, REGION_BYTES, false, false, true, -1)) munmap(region, REGION_BYTES);
    }
    mi_option_set(PURGE_DELAY, PURGE_DELAY_MS);
#ifdef M_TRIM_THRESHOLD
    (void)mallopt(M_TRIM_THRESHOLD, MALLOC_IDLE);
    (void)mallopt(M_MMAP_THRESHOLD, MALLOC_LARGEST);
#endif
    errno = saved;
}
#else
void region_give(void) {}
#endif
