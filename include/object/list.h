// SPDX-License-Identifier: MIT
// list.
#ifndef HEDDLE_OBJECT_LIST_H
#define HEDDLE_OBJECT_LIST_H
#include "object/type.h"

typedef struct ListItems { // a buffer of its own, replaced as a whole when it grows
    size_t capacity;       // const
    Slot slots[];
} ListItems;
typedef struct List {
    Obj head;              // head.aux: state while SHARED (list_private.h); atomic, written under self->lock
    size_t len;            // atomic: lock-free read; written under self->lock when SHARED
    ListItems *items;      // atomic (acquire/release); NULL when capacity is 0; retired when SHARED
} List;
static inline List *list_of(V v) { return (List *)v_obj(v); }
static inline size_t list_len(V v) { return at_load_acquire(&list_of(v)->len); }
V list_new(Thread *t, size_t n);                           // n unset items: fill with list_init_* before publishing
V list_with_capacity(Thread *t, size_t capacity);          // empty
static inline void list_init_steal(Thread *t, V list, size_t i, V v) { slot_init_steal(t, v_obj(list), &list_of(list)->items->slots[i], v); }
V list_from(Thread *t, const V *items, size_t n);          // borrowed
V list_from_steal(Thread *t, V *items, size_t n);
V list_get(Thread *t, V list, size_t i);                   // stack value; V_NULL when i is past the end (checked atomically)
int list_set(Thread *t, V list, size_t i, V v);            // IndexError
void list_exchange(Thread *t, V list, size_t i, size_t k); // two items change places; nothing when there are not so many
int list_append(Thread *t, V list, V v);
int list_append_steal(Thread *t, V list, V v);
int list_insert(Thread *t, V list, ptrdiff_t i, V v);
V list_pop(Thread *t, V list, ptrdiff_t i);                // IndexError "pop from empty list" / "pop index out of range"
int list_extend(Thread *t, V list, V iterable);
int list_clear(Thread *t, V list);
int list_reverse(Thread *t, V list);
int list_sort(Thread *t, V list, V key_or_none, bool reverse);
V list_to_tuple(Thread *t, V list);
V list_slice(Thread *t, V list, ptrdiff_t start, ptrdiff_t end);
int list_set_slice(Thread *t, V list, ptrdiff_t start, ptrdiff_t end, V iterable_or_null); // ends below 0 count from the end
V list_copy(Thread *t, V list);
V list_iter_new(Thread *t, V list);
V list_reverse_iter_new(Thread *t, V list);
typedef struct ListIter { Obj head; Slot list; size_t index; } ListIter; // list V_NULL: exhausted; index atomic
#endif
