// SPDX-License-Identifier: MIT
//
// strbuf.c: see base/strbuf.h. The capacity grows by half, from 64 bytes.
#include "base/strbuf.h"
#include "base/bits.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

void strbuf_free(StrBuf *buf) {
    free(buf->data);
    strbuf_init(buf);
}

bool strbuf_reserve_slow(StrBuf *buf, size_t n) {
    if (buf->failed) return false;
    size_t need;
    if (size_add_overflow(buf->len, n, &need) || need >= PTRDIFF_MAX) goto fail;
    need++; // the NUL
    if (need <= buf->cap) return true;
    size_t cap = buf->cap + buf->cap / 2;
    if (cap < 64) cap = 64;
    if (cap < need) cap = need;
    char *data = realloc(buf->data, cap);
    if (data == NULL) goto fail;
    data[buf->len] = '\0';
    buf->data = data;
    buf->cap = cap;
    return true;
fail:
    buf->failed = true;
    return false;
}

void strbuf_fill(StrBuf *buf, char c, size_t n) {
    if (n == 0 || !strbuf_reserve(buf, n)) return;
    memset(buf->data + buf->len, c, n);
    buf->len += n;
    buf->data[buf->len] = '\0';
}

void strbuf_put_utf8(StrBuf *buf, uint32_t cp) {
    unsigned char bytes[4];
    strbuf_append(buf, bytes, utf8_encode_one(cp, bytes));
}

void strbuf_vprintf(StrBuf *buf, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    if (strbuf_reserve(buf, 80)) {
        size_t room = buf->cap - buf->len;
        int n = vsnprintf(buf->data + buf->len, room, format, arguments);
        if (n < 0) {
            buf->data[buf->len] = '\0';
            buf->failed = true;
        } else if ((size_t)n < room) {
            buf->len += (size_t)n;
        } else {
            buf->data[buf->len] = '\0';
            if (strbuf_reserve(buf, (size_t)n)) {
                vsnprintf(buf->data + buf->len, (size_t)n + 1, format, again);
                buf->len += (size_t)n;
            }
        }
    }
    va_end(again);
}

void strbuf_printf(StrBuf *buf, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    strbuf_vprintf(buf, format, arguments);
    va_end(arguments);
}

char *strbuf_take(StrBuf *buf, size_t *len) {
    if (buf->data == NULL) strbuf_reserve(buf, 0);
    if (buf->failed) {
        strbuf_free(buf);
        return NULL;
    }
    char *data = buf->data;
    if (len) *len = buf->len;
    strbuf_init(buf);
    return data;
}
