// SPDX-License-Identifier: MIT
// Vectors of objects.
#include "gc_private.h"

#include <stdlib.h>

bool objvec_reserve(ObjVec *vec, size_t n) {
    if (vec->cap - vec->n >= n) return true;
    size_t cap = vec->cap ? vec->cap * 2 : 256;
    while (cap - vec->n < n) cap *= 2;
    Obj **at = gc_memory(vec->at, cap * sizeof *at);
    if (!at) return false;
    vec->at = at;
    vec->cap = cap;
    return true;
}

void objvec_free(ObjVec *vec) {
    free(vec->at);
    *vec = (ObjVec){0};
}

bool objvec_add(Obj *const *objects, size_t n, void *arg) {
    ObjVec *vec = arg;
    if (!objvec_reserve(vec, n)) return true;
    for (size_t i = 0; i < n; i++) vec->at[vec->n + i] = objects[i];
    vec->n += n;
    return false;
}

typedef struct Keyed {
    uint64_t key;
    size_t place;
    Obj *o;
} Keyed;

static int key_order(const void *a, const void *b) {
    const Keyed *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

void objvec_sort(ObjVec *vec, uint64_t (*key)(Obj *o)) {
    if (vec->n < 2) return;
    Keyed *keyed = gc_memory(NULL, vec->n * sizeof *keyed);
    if (!keyed) return;
    for (size_t i = 0; i < vec->n; i++) keyed[i] = (Keyed){key(vec->at[i]), i, vec->at[i]};
    qsort(keyed, vec->n, sizeof *keyed, key_order);
    for (size_t i = 0; i < vec->n; i++) vec->at[i] = keyed[i].o;
    free(keyed);
}
