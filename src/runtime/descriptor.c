// SPDX-License-Identifier: MIT
// Descriptors that threads close while others use them: descriptor.h says what is promised.
#include "runtime/descriptor.h"
#include "base/assert.h"
#include "runtime/fork.h"
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

// Threads that are inside when the process forks are not in the child: the count says which process it was made in.
static uint64_t inside_nobody(void) { return (uint64_t)at_load_relaxed(&runtime_forks) << 32; }

static bool is_used(uint64_t inside) { return inside >> 32 == inside_nobody() >> 32 && (uint32_t)inside; }

void descriptor_enter(Descriptor *d) {
    uint64_t old = at_load_relaxed(&d->inside);
    while (!at_cas_seq(&d->inside, &old, (is_used(old) ? old : inside_nobody()) + 1)) {}
}

static int close_left(Descriptor *d) {
    int fd = at_load_seq(&d->closing) < 0 ? -1 : at_exchange_seq(&d->closing, -1);
    return fd < 0 ? 0 : close(fd);
}

void descriptor_leave(Descriptor *d) {
    int code = errno;
    uint64_t old = at_fetch_sub_seq(&d->inside, (uint64_t)1);
    HD_ASSERT(is_used(old));
    if ((uint32_t)old == 1) close_left(d); // its errors are nobody's
    errno = code;
}

// Who leaves looks at `closing` after `inside`, this the other way round, so one of the two finds it; who enters later finds
// no descriptor.
int descriptor_close(Descriptor *d) {
    int fd = descriptor_take(d);
    if (fd < 0) return 0;
    int before = at_exchange_seq(&d->closing, fd);
    if (before >= 0) close(before); // another one was opened and closed while others were inside
    return is_used(at_load_seq(&d->inside)) ? 0 : close_left(d);
}

void descriptor_finish(Descriptor *d) { close_left(d); }
