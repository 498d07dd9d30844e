// SPDX-License-Identifier: MIT
// Output of zlib, _bz2 and _lzma: a buffer of the C library that grows while the thread is detached.
#ifndef HEDDLE_MODULES_OUTBUF_H
#define HEDDLE_MODULES_OUTBUF_H
#include "object/bytes.h"
#include <stdlib.h>
#include <string.h>

typedef struct OutBuf {
    uint8_t *data;
    size_t len, capacity;
    size_t limit;   // never more bytes than this; SIZE_MAX: no limit
    bool no_memory; // sticky
} OutBuf;

static inline void outbuf_init(OutBuf *b, size_t first, size_t limit) {
    *b = (OutBuf){NULL, 0, 0, limit, false};
    if (first > limit) first = limit;
    if (!first) return;
    b->data = malloc(first);
    if (b->data) b->capacity = first;
    else b->no_memory = true;
}

// Free bytes behind data + len, after growing when there are none.  0: the limit is reached, or memory is exhausted.
static inline size_t outbuf_room(OutBuf *b) {
    if (b->len < b->capacity || b->capacity >= b->limit || b->no_memory) return b->capacity - b->len;
    size_t wanted = b->capacity < 16384 ? 32768 : b->capacity + b->capacity / 2 + 65536;
    if (wanted > b->limit) wanted = b->limit;
    void *p = realloc(b->data, wanted);
    if (!p) {
        b->no_memory = true;
        return 0;
    }
    b->data = p;
    b->capacity = wanted;
    return wanted - b->len;
}

static inline bool outbuf_is_full(const OutBuf *b) { return b->len >= b->limit; }
static inline void outbuf_drop(OutBuf *b) {
    free(b->data);
    b->data = NULL;
}
// The contents as bytes; the buffer is freed.
static inline V outbuf_finish(Thread *t, OutBuf *b) {
    V result = b->no_memory ? err_no_memory(t) : bytes_from(t, b->data, b->len);
    outbuf_drop(b);
    return result;
}

// Input that a decompressor has not used yet, between two calls.
typedef struct InBuf { uint8_t *data; size_t len, capacity; } InBuf;

// *p and *n become what was kept with the n bytes at *p behind it.  false: no memory.
static inline bool inbuf_join(InBuf *b, const uint8_t **p, size_t *n) {
    if (!b->len) return true;
    if (b->capacity - b->len < *n) {
        void *q = realloc(b->data, b->len + *n);
        if (!q) return false;
        b->data = q;
        b->capacity = b->len + *n;
    }
    if (*n) memcpy(b->data + b->len, *p, *n);
    b->len += *n;
    *p = b->data;
    *n = b->len;
    return true;
}
// Keeps the n bytes at p, which may lie in the buffer itself.
static inline bool inbuf_keep(InBuf *b, const uint8_t *p, size_t n) {
    bool inside = b->data && p >= b->data && p <= b->data + b->len;
    if (!inside && b->capacity < n) {
        void *q = realloc(b->data, n);
        if (!q) return false;
        b->data = q;
        b->capacity = n;
    }
    if (n) memmove(b->data, p, n);
    b->len = n;
    return true;
}

static inline NATIVE(no_pickle) { // __reduce__ of what has a stream in C inside
    UNUSED_NATIVE();
    return err_set(t, &exc_TypeError, "cannot pickle '%T' object", self);
}
#endif
