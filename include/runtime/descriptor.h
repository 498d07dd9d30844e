// SPDX-License-Identifier: MIT
// A descriptor that an object owns, which one thread may close while another one's system call is at it.
//
// Who closes it takes the number at once, so that whoever comes later finds -1, but leaves the system's close() to the last
// of those who are inside: else their next call would find another file under the number. A call that waits goes on
// waiting, as it does when a descriptor is closed under it: close() wakes nobody, here or in the system.
#ifndef HEDDLE_RUNTIME_DESCRIPTOR_H
#define HEDDLE_RUNTIME_DESCRIPTOR_H
#include "base/atomics.h"
#include <stdint.h>

typedef struct Descriptor {
    int fd;          // atomic: -1 closed, by whatever thread
    int closing;     // atomic: what fd was, while system calls of other threads are still at it; -1: nothing
    uint64_t inside; // atomic: how many those are, with the forks before they began (descriptor_enter)
} Descriptor;

static inline void descriptor_init(Descriptor *d) {
    at_store_relaxed(&d->fd, -1);
    at_store_relaxed(&d->closing, -1);
}
static inline int descriptor_fd(const Descriptor *d) { return at_load_seq(&d->fd); }
static inline void descriptor_put(Descriptor *d, int fd) { at_store_relaxed(&d->fd, fd); }
static inline int descriptor_take(Descriptor *d) { return at_exchange_seq(&d->fd, -1); } // it is the caller's to close

// Around system calls at descriptor_fd(d), which is to be asked for in between.  descriptor_leave keeps errno.
void descriptor_enter(Descriptor *d);
void descriptor_leave(Descriptor *d);
int descriptor_close(Descriptor *d);   // what close() returns; 0 when it is left to those inside, or nothing is open
void descriptor_finish(Descriptor *d); // its object dies: closes what was left to threads that a fork did not bring along

static inline int64_t descriptor_left(Descriptor *d, int64_t result) {
    descriptor_leave(d);
    return result;
}
// The value of `call`, an expression with system calls at descriptor_fd(d).
#define DESCRIPTOR_INSIDE(d, call) ((__typeof__(call))(descriptor_enter(d), descriptor_left(d, (call))))
#endif
