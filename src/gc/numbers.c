// SPDX-License-Identifier: MIT
// The objects of a collection, their numbers, and vectors of objects.
//
// A page that holds one gets as many numbers as it has blocks, so that an object's is an addition; one with a prefix has it
// there.  Number 0 is nobody's.
#include "gc_private.h"

#include <stdio.h>
#include <stdlib.h>

void *collector_memory(size_t n, size_t size) {
    void *p = calloc(n + 1, size);
    if (!p) {
        fputs("Fatal Python error: out of memory in the collector\n", stderr);
        abort();
    }
    return p;
}

// ---- vectors ----------------------------------------------------------------------------------------------------------
void objvec_reserve(ObjVec *vec, size_t n) {
    if (vec->cap - vec->n >= n) return;
    size_t cap = vec->cap ? vec->cap * 2 : 256;
    while (cap - vec->n < n) cap *= 2;
    Obj **grown = realloc(vec->at, cap * sizeof *grown);
    if (!grown) {
        fputs("Fatal Python error: out of memory in the collector\n", stderr);
        abort();
    }
    vec->at = grown;
    vec->cap = cap;
}

void objvec_free(ObjVec *vec) {
    free(vec->at);
    *vec = (ObjVec){0};
}

bool objvec_add(Obj *const *objects, size_t n, void *arg) {
    ObjVec *vec = arg;
    objvec_reserve(vec, n);
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
    Keyed *keyed = collector_memory(vec->n, sizeof *keyed);
    for (size_t i = 0; i < vec->n; i++) keyed[i] = (Keyed){key(vec->at[i]), i, vec->at[i]};
    qsort(keyed, vec->n, sizeof *keyed, key_order);
    for (size_t i = 0; i < vec->n; i++) vec->at[i] = keyed[i].o;
    free(keyed);
}

// ---- numbers ----------------------------------------------------------------------------------------------------------
static void number(Candidates *candidates, Obj *o) {
    if (!obj_has(o, OBJ_PAGED)) {
        gc_link(o)->number = ++candidates->n_numbers;
        return;
    }
    Page *page = page_of(o);
    if (page->first) return;
    page->first = candidates->n_numbers + 1;
    candidates->n_numbers += 1 + (uint32_t)(PAGE_BYTES / page->block_size);
}

void candidates_number(Candidates *candidates) {
    HD_ASSERT(!candidates->state);
    candidates->n_numbers = 0;
    for (size_t i = 0; i < candidates->objects.n; i++) number(candidates, candidates->objects.at[i]);
    candidates->state = collector_memory(candidates->n_numbers + (size_t)1, sizeof *candidates->state);
}

void candidates_unnumber(Candidates *candidates) {
    for (size_t i = 0; i < candidates->objects.n; i++) {
        Obj *o = candidates->objects.at[i];
        if (obj_has(o, OBJ_PAGED)) page_of(o)->first = 0;
        else gc_link(o)->number = 0;
    }
    free(candidates->state);
    candidates->state = NULL;
}
