// SPDX-License-Identifier: MIT
// In builds with AddressSanitizer: that it reports a use of memory which an allocator of our own keeps for itself.
#ifndef HEDDLE_TESTS_REPORTED_H
#define HEDDLE_TESTS_REPORTED_H
#include "base/poison.h"

#if HEDDLE_POISON
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// Whether a child that reads the byte at p ends with a report that calls it poisoned.
static inline bool read_is_reported(const void *p) {
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        (void)*(const volatile char *)p;
        _exit(0);
    }
    close(ends[1]);
    static char text[1 << 16];
    size_t n = 0;
    for (ssize_t got; n < sizeof text - 1 && (got = read(ends[0], text + n, sizeof text - 1 - n)) > 0;) n += (size_t)got;
    text[n] = '\0';
    close(ends[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    return status != 0 && strstr(text, "use-after-poison") != NULL;
}
#endif
#endif
