// SPDX-License-Identifier: MIT
// The end of garbage: finalizers, then the cutting of its references.
//
// Destroying an object of a cycle would drop references to others of the same cycle, some destroyed already.  So each is
// kept by a count of the collector's own, all references inside are taken out, and only then each is let go: it dies with
// empty slots.  Types go last, because destroying an instance reads its type.
#include "gc_private.h"

bool obj_is_uncounted(const Obj *o) { return obj_has(o, OBJ_UNCOUNTED); }

void garbage_clear_weakrefs(Thread *t, const ObjVec *garbage, bool (*runs)(const Obj *weakref)) {
    ObjVec referents = {0};
    for (size_t i = 0; i < garbage->n; i++)
        if (obj_has(garbage->at[i], OBJ_HAS_WEAKREF)) objvec_push(&referents, garbage->at[i]);
    objvec_sort(&referents, weak_serial);
    for (size_t i = 0; i < referents.n; i++) weak_died(t, referents.at[i], runs);
    objvec_free(&referents);
}

static void queue_finalizer(Thread *t, Obj *o) {
    obj_set_flag(o, OBJ_FINALIZED);
    V v = obj_is_uncounted(o) ? v_from_immortal(o) : v_own(v_dup(v_from(o)));
    pending_push(t, PENDING_FINALIZE, v);
}

static uint64_t birth_of(Obj *o) { return gc_serial(o); }

bool garbage_queue_finalizers(Thread *t, const ObjVec *garbage) {
    ObjVec last = {0};
    for (size_t i = 0; i < garbage->n; i++) {
        Obj *o = garbage->at[i];
        if (!obj_has(o, OBJ_FINALIZED) && upcall_needs_python(t, o)) objvec_push(&last, o);
    }
    objvec_sort(&last, birth_of);
    for (size_t i = 0; i < last.n; i++) queue_finalizer(t, last.at[i]);
    bool any = last.n != 0;
    objvec_free(&last);
    return any;
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
