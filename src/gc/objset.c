// SPDX-License-Identifier: MIT
// Sets of objects: open addressing.
#include "gc_private.h"

#include <stdlib.h>

static const Obj **place_of(const ObjSet *set, const Obj *o) {
    size_t i = (size_t)(((uintptr_t)o >> 4) * 0x9e3779b97f4a7c15u >> 32) & (set->cap - 1);
    while (set->at[i] && set->at[i] != o) i = (i + 1) & (set->cap - 1);
    return &set->at[i];
}

static bool objset_grow(ObjSet *set) {
    ObjSet grown = {.cap = set->cap ? set->cap * 2 : 1024, .n = set->n};
    grown.at = gc_memory_zeroed(grown.cap, sizeof *grown.at);
    if (!grown.at) return false;
    for (size_t i = 0; i < set->cap; i++)
        if (set->at[i]) *place_of(&grown, set->at[i]) = set->at[i];
    free(set->at);
    *set = grown;
    return true;
}

bool objset_has(const ObjSet *set, const Obj *o) { return set->n && *place_of(set, o); }

bool objset_add(ObjSet *set, const Obj *o) {
    if ((set->n + 1) * 2 > set->cap && !objset_grow(set)) return false;
    const Obj **place = place_of(set, o);
    if (*place) return false;
    *place = o;
    set->n++;
    return true;
}

void objset_free(ObjSet *set) {
    free(set->at);
    *set = (ObjSet){0};
}
