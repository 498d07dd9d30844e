// SPDX-License-Identifier: MIT
// Reading memory that may be gone: for who looks at other threads' structures and cannot wait for them.
#ifndef HEDDLE_BASE_PEEK_H
#define HEDDLE_BASE_PEEK_H
#include <stdbool.h>
#include <stddef.h>

// Copies n bytes as they stand at the moment; false: some of them cannot be read.  What comes may be half of one state and
// half of another, or of something else by now.  For signal handlers too; changes errno.
bool peek(const void *from, void *to, size_t n);
#endif
