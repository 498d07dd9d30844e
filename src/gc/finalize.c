// SPDX-License-Identifier: MIT
// The end of garbage: finalizers, then the cutting of its references.
//
// Destroying an object of a cycle would drop references to others of the same cycle, some destroyed already.  So each is
// kept by a count of the collector's own, all references inside are taken out, and only then each is let go: it dies with
// empty slots.  Types go last, because destroying an instance reads its type.
#include "gc_private.h"

bool obj_is_uncounted(const Obj *o) { return obj_has(o, OBJ_UNCOUNTED); }

void garbage_release(Thread *t, const ObjVec *objects) {
    for (size_t i = 0; i < objects->n; i++)
        if (!obj_is_uncounted(objects->at[i])) v_drop(t, v_from(objects->at[i]));
}

// What is done to some of the garbage, in the order of `key`; without memory to sort in, in the garbage's own order.
typedef struct Rite {
    bool (*concerns)(Thread *t, Obj *o);
    uint64_t (*key)(Obj *o);
    void (*perform)(Thread *t, Obj *o);
} Rite;

static size_t perform(Thread *t, const ObjVec *garbage, const Rite *rite) {
    ObjVec some = {0};
    gc_ran_out = false;
    for (size_t i = 0; i < garbage->n; i++)
        if (rite->concerns(t, garbage->at[i])) objvec_push(&some, garbage->at[i]);
    objvec_sort(&some, rite->key);
    const ObjVec *in_turn = gc_ran_out ? garbage : &some;
    size_t n = 0;
    for (size_t i = 0; i < in_turn->n; i++) {
        if (in_turn == garbage && !rite->concerns(t, garbage->at[i])) continue;
        rite->perform(t, in_turn->at[i]);
        n++;
    }
    objvec_free(&some);
    return n;
}

static __thread const GcMarks *clearing; // for weakref_survives
static bool weakref_survives(const Obj *weakref) { return !gc_is_unmarked(clearing, weakref); }

static bool has_weakref(Thread *t, Obj *o) { return (void)t, obj_has(o, OBJ_HAS_WEAKREF); }
static void clear_weakref(Thread *t, Obj *o) { weak_died(t, o, weakref_survives); }

void garbage_clear_weakrefs(Thread *t, const ObjVec *garbage, const GcMarks *marks) {
    clearing = marks;
    perform(t, garbage, &(Rite){has_weakref, weak_serial, clear_weakref});
    clearing = NULL;
}

static bool wants_finalizer(Thread *t, Obj *o) { return !obj_has(o, OBJ_FINALIZED) && upcall_needs_python(t, o); }

static void queue_finalizer(Thread *t, Obj *o) {
    obj_set_flag(o, OBJ_FINALIZED);
    V v = obj_is_uncounted(o) ? v_from_immortal(o) : v_own(v_dup(v_from(o)));
    pending_push(t, PENDING_FINALIZE, v);
}

static uint64_t birth_of(Obj *o) { return gc_serial(o); }

bool garbage_queue_finalizers(Thread *t, const ObjVec *garbage) {
    return perform(t, garbage, &(Rite){wants_finalizer, birth_of, queue_finalizer}) != 0;
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
        if ((rc & RC_HOT) && (rc & RC_COUNT)) hot_dies(o);
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

static unsigned deepest_of(const ObjVec *types) {
    unsigned deepest = 0;
    for (size_t i = 0; i < types->n; i++) {
        unsigned depth = meta_depth(types->at[i]);
        if (depth > deepest) deepest = depth;
    }
    return deepest;
}

// Classes before their metaclasses.
static void let_types_go(Thread *t, ObjVec *types) {
    for (unsigned depth = deepest_of(types); depth; depth--) {
        size_t kept = 0;
        for (size_t i = 0; i < types->n; i++) {
            Obj *o = types->at[i];
            if (meta_depth(o) == depth) let_go(t, o);
            else types->at[kept++] = o;
        }
        types->n = kept;
    }
}

static void destroy(Thread *t, ObjVec *garbage) {
    for (size_t i = 0; i < garbage->n; i++) upcall_traverse(t, garbage->at[i], cut, NULL);
    size_t types = 0;
    for (size_t i = 0; i < garbage->n; i++) {
        Obj *o = garbage->at[i];
        if (obj_is_uncounted(o)) garbage->at[types++] = o;
        else let_go(t, o);
    }
    garbage->n = types;
    let_types_go(t, garbage);
}

int64_t garbage_end(Thread *t, ObjVec *garbage) {
    int64_t n = (int64_t)garbage->n;
    if ((at_load_relaxed(&gc_debug) & GC_DEBUG_SAVEALL) && gc_hooks.save) {
        for (size_t i = 0; i < garbage->n; i++) gc_hooks.save(t, garbage->at[i]);
        garbage_release(t, garbage);
    } else {
        destroy(t, garbage);
    }
    objvec_free(garbage);
    return n;
}
