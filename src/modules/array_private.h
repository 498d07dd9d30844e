// SPDX-License-Identifier: MIT
// Module array: the layout of an array and its kinds of items.
#ifndef HEDDLE_MODULES_ARRAY_PRIVATE_H
#define HEDDLE_MODULES_ARRAY_PRIVATE_H
#include "object/object.h"
#include "object/bytes.h"
#include "object/misc.h"
#include "object/shape.h"
#include "runtime/runtime.h"

typedef struct ArrayKind {
    char code;
    uint8_t size;
    bool is_signed, is_integer;
    const char *format; // of its buffers
    V (*get)(Thread *t, const void *p);
    int (*set)(Thread *t, void *p, V v);
} ArrayKind;
extern const ArrayKind array_kinds[]; // ends with code 0
const ArrayKind *array_kind_of(char code);

typedef struct Array {
    Obj head;
    char *items;           // self->lock
    size_t len, capacity;  // items; len atomic for len()
    const ArrayKind *kind; // const
    int64_t exports;       // atomic: buffers given out; grows under self->lock
} Array;
static inline Array *array_of(V v) { return (Array *)v_obj(v); }
extern Type array_type, array_iter_type;
static inline bool v_is_array(V v) { return type_is_subtype(v_type(v), &array_type); }

V array_new(Thread *t, Type *type, const ArrayKind *kind, size_t n); // n zeroed items
int array_resize(Thread *t, Array *a, size_t n);        // with the lock; BufferError while exported
int array_append(Thread *t, V self, V item);            // takes the lock
int array_extend_bytes(Thread *t, Array *a, const void *p, size_t nbytes); // with the lock; ValueError
V array_slice(Thread *t, Array *a, size_t start, size_t end);
extern const Method array_methods[];
NATIVE(array_reconstructor);
NATIVE(array_reduce_ex);
#endif
