// SPDX-License-Identifier: MIT
// The end of garbage: finalizers, then the cutting of its references.
//
// Destroying an object of a cycle would drop references to others of the same cycle, some destroyed already.  So each is
// kept by a count of the collector's own, all references inside are taken out, and only then each is let go: it dies with
// empty slots.  Types go last, because destroying an instance reads its type.
#include "gc_private.h"

#include <stdio.h>
#include <stdlib.h>

void objvec_push(ObjVec *vec, Obj *o) {
    if (vec->n == vec->cap) {
        size_t cap = vec->cap ? vec->cap * 2 : 256;
        Obj **grown = realloc(vec->at, cap * sizeof *grown);
        if (!grown) {
            fputs("Fatal Python error: out of memory in the collector\n", stderr);
            abort();
        }
        vec->at = grown;
        vec->cap = cap;
    }
    vec->at[vec->n++] = o;
}

void objvec_free(ObjVec *vec) {
    free(vec->at);
    *vec = (ObjVec){0};
}

bool obj_is_uncounted(const Obj *o) { return obj_has(o, OBJ_UNCOUNTED); }

bool finalize_queue(Thread *t, Obj *o) {
    if (obj_has(o, OBJ_FINALIZED) || !upcall_needs_python(t, o)) return false;
    obj_set_flag(o, OBJ_FINALIZED);
    V v = obj_is_uncounted(o) ? v_from_immortal(o) : v_own(v_dup(v_from(o)));
    pending_push(t, PENDING_FINALIZE, v);
    return true;
}

static void cut(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)arg;
    slot_clear(t, owner, s);
}

// The collector's count is the last one: of a SHARED object too, since nobody can reach it any more.
static void let_go(Thread *t, Obj *o) {
    if (obj_is_shared(o) || obj_is_uncounted(o)) {
        uint32_t rc = obj_rc(o);
        HD_ASSERT(!(rc & RC_INZCT));
        at_store_relaxed(&o->rc, (rc & ~RC_COUNT) | (rc & RC_SHARED ? RC_DEAD : 0));
        obj_destroy(t, o);
    } else {
        v_drop(t, v_from(o));
    }
}

// How many classes made by Python there are from o up the line of metaclasses.
static unsigned meta_depth(const Obj *o) {
    unsigned depth = 0;
    for (; o && obj_is_uncounted(o); o = (const Obj *)o->type) depth++;
    return depth;
}

// Classes before their metaclasses.
static void let_types_go(Thread *t, ObjVec *types) {
    unsigned deepest = 0;
    for (size_t i = 0; i < types->n; i++) {
        unsigned depth = meta_depth(types->at[i]);
        if (depth > deepest) deepest = depth;
    }
    for (; deepest; deepest--) {
        ObjVec rest = {0};
        for (size_t i = 0; i < types->n; i++) {
            if (meta_depth(types->at[i]) != deepest) objvec_push(&rest, types->at[i]);
        }
        for (size_t i = 0; i < types->n; i++) {
            if (meta_depth(types->at[i]) == deepest) let_go(t, types->at[i]);
        }
        objvec_free(types);
        *types = rest;
    }
}

void garbage_destroy(Thread *t, ObjVec *garbage) {
    ObjVec types = {0};
    for (size_t i = 0; i < garbage->n; i++) upcall_traverse(t, garbage->at[i], cut, NULL);
    for (size_t i = 0; i < garbage->n; i++) {
        if (obj_is_uncounted(garbage->at[i])) objvec_push(&types, garbage->at[i]);
        else let_go(t, garbage->at[i]);
    }
    let_types_go(t, &types);
    objvec_free(&types);
}
