// SPDX-License-Identifier: MIT
// What pwd, grp and spwd share: calls of the C library that need a buffer of unknown size, and walks through a database.
#ifndef HEDDLE_MODULES_ACCOUNTS_H
#define HEDDLE_MODULES_ACCOUNTS_H
#include "posix_private.h"
#include "threading/parking.h"
#include <stdlib.h>

enum { ACCOUNT_BUFFER = 1024, ACCOUNT_BUFFER_MOST = 1 << 24 };

// Repeats `call` (one of the *_r functions, detached) with larger buffers while it answers ERANGE.  `code` is its last
// answer; `buffer` is to be freed.
#define ACCOUNT_CALL(t, code, buffer, size, call) \
    do { \
        size_t size = ACCOUNT_BUFFER; \
        (buffer) = NULL; \
        thread_detach(t); \
        do { \
            char *more_ = realloc((buffer), size *= 2); \
            (code) = more_ ? 0 : ENOMEM; \
            if (!more_) break; \
            (buffer) = more_; \
            (code) = (call); \
        } while ((code) == ERANGE && size < ACCOUNT_BUFFER_MOST); \
        thread_attach(t); \
    } while (0)

// A name for the C library: bytes (NULL with ValueError for a NUL inside), to be dropped.
static inline V account_name(Thread *t, V str) {
    V bytes = str_to_fs_bytes(t, str);
    if (v_is_error(bytes) || strlen(bytes_data(bytes)) == bytes_len(bytes)) return bytes;
    v_drop(t, bytes);
    return err_set(t, &exc_ValueError, "embedded null byte");
}
static inline V account_text(Thread *t, const char *s) { return s ? str_from_utf8_surrogateescape(t, s, strlen(s)) : V_NONE; }
// KeyError with a formatted text
#define account_missing(t, ...) err_set(t, &exc_KeyError, __VA_ARGS__)
#endif
