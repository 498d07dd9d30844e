// SPDX-License-Identifier: MIT
#include "giveback.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

static int by_address(const void *a, const void *b) {
    const Stretch *one = a, *other = b;
    return one->start < other->start ? -1 : one->start > other->start;
}

bool give_back(Stretch *stretches, size_t n) {
    bool all = true;
    int saved = errno;
    qsort(stretches, n, sizeof *stretches, by_address);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && stretches[to].start == stretches[to - 1].end;) to++;
        all &= madvise(stretches[from].start, (size_t)(stretches[to - 1].end - stretches[from].start), MADV_DONTNEED) == 0;
    }
    errno = saved;
    return all;
}
