// SPDX-License-Identifier: MIT
//
// vec.h: typed growable arrays as macros.
//
//   typedef VEC(Token) TokenVec;      TokenVec v = VEC_INIT;
//   if (!vec_push(&v, token)) ...     false when memory is exhausted, the vector unchanged
//   v.data[i], v.len, vec_last(&v), vec_pop(&v)
//   vec_free(&v);
//
// Elements are moved with realloc, so pointers into data do not survive a push. A vector belongs to one thread.
#ifndef HEDDLE_BASE_VEC_H
#define HEDDLE_BASE_VEC_H

#include "base/assert.h"
#include "base/bits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define VEC(T)                                                                                                         \
    struct {                                                                                                           \
        T *data;                                                                                                       \
        size_t len, cap;                                                                                               \
    }
#define VEC_INIT                                                                                                       \
    { NULL, 0, 0 }

// Room for at least `more` elements behind len; data and cap are updated through the pointers.
MUST_CHECK static UNUSED NOINLINE bool vec_grow_(void *data_pointer, size_t *cap, size_t len, size_t more,
                                                 size_t element) {
    size_t need, bytes, wanted = *cap + *cap / 2;
    if (size_add_overflow(len, more, &need)) return false;
    if (wanted < 8) wanted = 8;
    if (wanted < need) wanted = need;
    if (size_mul_overflow(wanted, element, &bytes)) return false;
    void *data;
    memcpy(&data, data_pointer, sizeof data);
    data = realloc(data, bytes);
    if (data == NULL) return false;
    memcpy(data_pointer, &data, sizeof data);
    *cap = wanted;
    return true;
}

static inline bool vec_has_room_(size_t room, size_t more) { return room >= more; }

// All of these take a pointer to the vector and evaluate it more than once.
#define vec_reserve(v, more)                                                                                           \
    (vec_has_room_((v)->cap - (v)->len, (size_t)(more)) ||                                                             \
     vec_grow_(&(v)->data, &(v)->cap, (v)->len, (size_t)(more), sizeof *(v)->data))
#define vec_push(v, ...) (vec_reserve(v, 1) && ((v)->data[(v)->len++] = (__VA_ARGS__), true))
#define vec_append(v, items, count)                                                                                    \
    ((size_t)(count) == 0 ||                                                                                           \
     (vec_reserve(v, count) && (memcpy((v)->data + (v)->len, (items), (size_t)(count) * sizeof *(v)->data),            \
                                (v)->len += (size_t)(count), true)))
#define vec_insert(v, index, ...)                                                                                      \
    (vec_reserve(v, 1) &&                                                                                              \
     (memmove((v)->data + (index) + 1, (v)->data + (index), ((v)->len - (size_t)(index)) * sizeof *(v)->data),         \
      (v)->data[index] = (__VA_ARGS__), (v)->len++, true))
#define vec_pop(v) ((v)->data[--(v)->len])
#define vec_last(v) ((v)->data[(v)->len - 1])
#define vec_clear(v) ((void)((v)->len = 0))
#define vec_free(v) (free((v)->data), (v)->data = NULL, (v)->len = (v)->cap = 0, (void)0)

#endif
