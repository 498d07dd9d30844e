// SPDX-License-Identifier: MIT
//
// strbuf.h: a growable byte buffer, for building text piece by piece.
//
// Failure is sticky: when memory runs out, `failed` is set, later appends do nothing, and the caller looks once at the
// end (strbuf_take returns NULL then). data is always followed by a NUL that len does not count, once anything was
// appended; strbuf_cstr gives "" before that. A buffer belongs to one thread.
#ifndef HEDDLE_BASE_STRBUF_H
#define HEDDLE_BASE_STRBUF_H

#include "base/assert.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct StrBuf {
    char *data;
    size_t len;
    size_t cap; // bytes allocated; len + 1 <= cap when data is set
    bool failed;
} StrBuf;

#define STRBUF_INIT                                                                                                    \
    (StrBuf) { NULL, 0, 0, false }

static inline void strbuf_init(StrBuf *buf) { *buf = STRBUF_INIT; }
void strbuf_free(StrBuf *buf);

// Empties the buffer and forgets a failure; keeps the memory.
static inline void strbuf_clear(StrBuf *buf) {
    buf->len = 0;
    buf->failed = false;
    if (buf->data) buf->data[0] = '\0';
}

// Makes room for n more bytes; false (and failed) when that is impossible.
bool strbuf_reserve_slow(StrBuf *buf, size_t n);
static inline bool strbuf_reserve(StrBuf *buf, size_t n) {
    if (likely(n < buf->cap - buf->len && !buf->failed)) return true;
    return strbuf_reserve_slow(buf, n);
}

static inline void strbuf_append(StrBuf *buf, const void *bytes, size_t n) {
    if (n == 0 || !strbuf_reserve(buf, n)) return;
    memcpy(buf->data + buf->len, bytes, n);
    buf->len += n;
    buf->data[buf->len] = '\0';
}

static inline void strbuf_puts(StrBuf *buf, const char *text) { strbuf_append(buf, text, strlen(text)); }

static inline void strbuf_putc(StrBuf *buf, char c) {
    if (!strbuf_reserve(buf, 1)) return;
    buf->data[buf->len++] = c;
    buf->data[buf->len] = '\0';
}

// n copies of c.
void strbuf_fill(StrBuf *buf, char c, size_t n);
// One code point, as UTF-8 (surrogates are written as they are).
void strbuf_put_utf8(StrBuf *buf, uint32_t cp);
void strbuf_printf(StrBuf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void strbuf_vprintf(StrBuf *buf, const char *format, va_list arguments) PRINTF_LIKE(2, 0);

// Shortens the buffer to n bytes.
static inline void strbuf_truncate(StrBuf *buf, size_t n) {
    HD_ASSERT(n <= buf->len);
    buf->len = n;
    if (buf->data) buf->data[n] = '\0';
}

static inline const char *strbuf_cstr(const StrBuf *buf) { return buf->data ? buf->data : ""; }

// The text, to be freed with free(), its length in *len when len is not NULL; the buffer is empty afterwards.
// NULL when an append failed.
MUST_CHECK char *strbuf_take(StrBuf *buf, size_t *len);

#endif
