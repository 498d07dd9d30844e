// SPDX-License-Identifier: MIT
// memoryview's layout.
//
//     View ──mbuf──> ManagedBuffer ──owner──> the object whose memory it is
//
// All views made from one another share the managed buffer, which holds the one export of the owner.  It ends when the last
// of them is released or dies, whichever comes first.
#ifndef HEDDLE_OBJECT_MEMORYVIEW_PRIVATE_H
#define HEDDLE_OBJECT_MEMORYVIEW_PRIVATE_H
#include "object/object.h"
#include "object/bytes.h"
#include "object/misc.h"

enum { VIEW_MAX_DIM = 64 };

typedef struct ManagedBuffer {
    Obj head;
    Slot owner;     // V_NULL: released, or memory that belongs to nobody
    Buffer buffer;  // its owner field is not used
    int64_t views;  // atomic: live, unreleased views
} ManagedBuffer;

typedef struct View {
    Obj head;
    Slot mbuf;            // V_NULL: released
    char *data;           // the rest is const after init, but exports and hash
    ptrdiff_t len;        // bytes
    ptrdiff_t item_size;
    bool readonly;
    uint8_t ndim;
    char own_format[4];   // of a cast view
    const char *format;   // "B" rather than NULL
    ptrdiff_t *shape, *strides, *suboffsets; // ndim each; suboffsets NULL: none
    ptrdiff_t one[2];     // where they stand with one dimension and no suboffsets; else they are allocated together
    int64_t exports;      // atomic: buffers that others got from this view
    int64_t hash;         // -1: not computed; atomic
} View;
static inline View *view_of(V v) { return (View *)v_obj(v); }
static inline bool view_is_released(const View *v) { return slot_peek(&v->mbuf) == V_NULL; }
int view_check(Thread *t, const View *v); // ValueError when released
// The native format character; '\0' for anything else.
static inline char view_format_char(const char *format) {
    if (format[0] == '@') format++;
    return format[0] && !format[1] && buffer_item_size(format[0]) ? format[0] : '\0';
}

// A further view of the same managed buffer, with ndim dimensions to be filled in (suboffsets when `indirect`).
View *view_new(Thread *t, ManagedBuffer *mbuf, int ndim, bool indirect);
View *view_clone(Thread *t, const View *v);
bool view_is_c_contiguous(const View *v);
bool view_is_f_contiguous(const View *v);
static inline ptrdiff_t view_count(const View *v) { // items
    ptrdiff_t n = 1;
    for (int i = 0; i < v->ndim; i++) n *= v->shape[i];
    return n;
}
// Copies the items in C (or Fortran) order to `out`, which has room for v->len bytes.
void view_copy_out(const View *v, char *out, bool fortran);

// memoryview_index.c
V view_item(Thread *t, V self, ptrdiff_t i);
V view_subscript(Thread *t, V self, V key);
int view_set_subscript(Thread *t, V self, V key, V value);
V view_compare(Thread *t, V a, V b, int op);
V view_tolist(Thread *t, View *v);
V view_unpack(Thread *t, const View *v, const char *p);
V view_iter(Thread *t, V self);
#endif
