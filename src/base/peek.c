// SPDX-License-Identifier: MIT
// Reading memory that may be gone: the kernel does it and says so, where a load would end the program (base/peek.h).
#include "base/peek.h"
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

bool peek(const void *from, void *to, size_t n) {
    struct iovec there = {(void *)(size_t)from, n}, here = {to, n};
    ssize_t got = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
    if (got >= 0 || errno == EFAULT) return got == (ssize_t)n;
    memcpy(to, from, n); // a sandbox without that call: the one way left
    return true;
}
