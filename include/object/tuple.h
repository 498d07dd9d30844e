// SPDX-License-Identifier: MIT
// tuple.
#ifndef HEDDLE_OBJECT_TUPLE_H
#define HEDDLE_OBJECT_TUPLE_H
#include "object/type.h"

typedef struct Tuple {
    Obj head;
    size_t len;    // const after init
    Slot items[];
} Tuple;
static inline Tuple *tuple_of(V v) { return (Tuple *)v_obj(v); }
static inline size_t tuple_len(V v) { return tuple_of(v)->len; }
static inline V tuple_borrow(V v, size_t i) { return slot_peek(&tuple_of(v)->items[i]); }
static inline V tuple_get(V v, size_t i) { return slot_get(v_obj(v), &tuple_of(v)->items[i]); }
V tuple_empty(void);
V tuple_new(Thread *t, size_t n);                          // unset items: fill all with tuple_init_* before publishing
static inline void tuple_init_steal(Thread *t, V tuple, size_t i, V v) { slot_init_steal(t, v_obj(tuple), &tuple_of(tuple)->items[i], v); }
static inline void tuple_init(Thread *t, V tuple, size_t i, V v) { slot_init(t, v_obj(tuple), &tuple_of(tuple)->items[i], v); }
V tuple_from(Thread *t, const V *items, size_t n);         // borrowed items
V tuple_from_steal(Thread *t, V *items, size_t n);         // consumes the items, also on failure
V tuple_pack(Thread *t, size_t n, ...);                    // borrowed items
V tuple_pack_steal(Thread *t, size_t n, ...);              // consumes; V_ERROR if any item is V_ERROR
V tuple_slice(Thread *t, V tuple, size_t start, size_t end);
V tuple_concat(Thread *t, V a, V b);
V tuple_iter_new(Thread *t, V tuple);
typedef struct TupleIter { Obj head; Slot tuple; size_t index; } TupleIter; // tuple V_NULL: exhausted; index atomic
// Structure sequences (structseq.c): a tuple type with named fields, made once.
typedef struct StructSeqField { const char *name, *doc; } StructSeqField; // an array of them ends with {NULL, NULL}
#define STRUCTSEQ_UNNAMED "unnamed field"
// n_in_sequence of the fields are tuple items, the rest only attributes.
Type *structseq_new_type(Thread *t, const char *name, const char *doc, const StructSeqField *fields, size_t n_in_sequence);
// The same for a type that programs cannot make instances of.
Type *structseq_new_sealed_type(Thread *t, const char *name, const char *doc, const StructSeqField *fields, size_t n_in_sequence);
V structseq_new_steal(Thread *t, Type *type, V *values);   // one value a field, hidden ones included
#endif
