// SPDX-License-Identifier: MIT
// bytes, bytearray, memoryview.
#ifndef HEDDLE_OBJECT_BYTES_H
#define HEDDLE_OBJECT_BYTES_H
#include "object/object.h"

typedef struct Bytes {
    Obj head;
    int64_t hash;  // 0: not computed yet
    size_t len;
    char data[];   // len + 1, NUL-ended
} Bytes;
static inline Bytes *bytes_of(V v) { return (Bytes *)v_obj(v); }
static inline size_t bytes_len(V v) { return bytes_of(v)->len; }
static inline char *bytes_data(V v) { return bytes_of(v)->data; }
extern int bytes_warning;                                 // how often -b was given; const after start-up
V bytes_encode_argument(Thread *t, V source, V encoding, V errors, const char *fname); // bytes(str, encoding, errors)
V bytes_new(Thread *t, size_t len);                       // contents to be filled by the caller
V bytes_from(Thread *t, const void *p, size_t n);
V bytes_from_cstr(Thread *t, const char *s);
V bytes_empty(void);
V bytes_shrink_steal(Thread *t, V bytes, size_t len);     // a fresh bytes cut to len
V bytes_from_object(Thread *t, V v);                      // bytes(v): buffer or iterable of ints
V bytes_repr(Thread *t, V v);
V bytes_concat(Thread *t, V a, V b);
V bytes_join(Thread *t, V separator, V iterable);
V bytearray_new(Thread *t, const void *p, size_t n);      // p NULL: zeroed
size_t bytearray_len(V v);
char *bytearray_data(V v);
int bytearray_resize(Thread *t, V v, size_t n);           // BufferError while exported
// One item in native format (a struct character): '\0' when there is no such format.
size_t buffer_item_size(char format);
V buffer_item_unpack(Thread *t, char format, const void *p);
int buffer_item_pack(Thread *t, char format, void *p, V v); // TypeError, OverflowError, ValueError
V memoryview_from_object(Thread *t, V v);
V memoryview_from_memory(Thread *t, void *p, size_t n, bool readonly); // caller guarantees lifetime
#endif
