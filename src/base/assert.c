// SPDX-License-Identifier: MIT
//
// assert.c: what happens when an assertion fails. The message goes out with write(2) from a stack buffer: the heap or
// the stdio locks may be the very thing that is broken.
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void assert_failed(const char *file, int line, const char *function, const char *text) {
    char message[512];
    int n = snprintf(message, sizeof message, "%s:%d: %s: assertion failed: %s\n", file, line, function, text);
    if (n > (int)sizeof message - 1) n = (int)sizeof message - 1;
    if (n > 0 && write(STDERR_FILENO, message, (size_t)n) < 0) { /* nowhere left to report it */
    }
    abort();
}
