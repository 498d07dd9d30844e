// SPDX-License-Identifier: MIT
// Output of zlib, _bz2 and _lzma: a buffer of the C library that grows while the thread is detached.
#ifndef HEDDLE_MODULES_OUTBUF_H
#define HEDDLE_MODULES_OUTBUF_H
#include "object/bytes.h"
#include <stdlib.h>

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
#endif
