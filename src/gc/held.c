// SPDX-License-Identifier: MIT
// A collection that need not be: what would be told of its end is looked for from the roots, and found.
//
// At the end of a program few objects have finalizers or callbacks that wait for them, and most of these few hang close to
// a root.  A search that goes breadth first and ends with the last of them looks at a fraction of the heap, once, where a
// collection looks at everything twice.  It only ever errs by not finding an object: stacks are no roots here.
#include "gc_private.h"

typedef struct Search {
    Thread *t;
    const HeldQuery *query;
    ObjSet seen, wanted;
    size_t missing; // how many of `wanted` were not met yet
    bool told;      // there are some whose end somebody can notice
    ObjVec queue;
} Search;

// ---- what is wanted ---------------------------------------------------------------------------------------------------
static bool is_among(Obj *const *objects, size_t n, const Obj *o) {
    for (size_t i = 0; i < n; i++)
        if (objects[i] == o) return true;
    return false;
}

static bool want(Search *search, Obj *o) {
    if (is_among(search->query->kept, search->query->n_kept, o)) return false;
    if (objset_add(&search->wanted, o)) search->missing++;
    return true;
}

static void want_heard(const Obj *weakref, Obj *referent, void *arg) {
    Search *search = arg;
    bool (*tidies)(const Obj *weakref) = search->query->tidies;
    if (want(search, referent) && !(tidies && tidies(weakref))) search->told = true;
}

static bool want_finalizable(Obj *const *objects, size_t n, void *arg) {
    Search *search = arg;
    for (size_t i = 0; i < n; i++)
        if (upcall_needs_python(search->t, objects[i]) && want(search, objects[i])) search->told = true;
    return false;
}

// ---- the search -------------------------------------------------------------------------------------------------------
static void meet(Search *search, Obj *o) {
    if (!obj_has(o, OBJ_GC) && !obj_has(o, OBJ_HAS_WEAKREF)) return;
    if (is_among(search->query->closed, search->query->n_closed, o) || !objset_add(&search->seen, o)) return;
    if (objset_has(&search->wanted, o)) search->missing--;
    objvec_push(&search->queue, o);
}

static void meet_slot(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner;
    V v = slot_peek(s);
    if (v_is_object(v)) meet(arg, v_obj(v));
}

static void look(Search *search) {
    roots_each(search->t, meet_slot, search);
    for (size_t i = 0; i < search->queue.n && search->missing && !gc_ran_out; i++) {
        Obj *o = search->queue.at[i];
        upcall_traverse(search->t, o, meet_slot, search);
        if (o->type) meet(search, (Obj *)o->type);
    }
}

LastWords gc_last_words(Thread *t, const HeldQuery *query) {
    if (threading_is_sharing() || at_load_relaxed(&gc_last_words_hidden)) return LAST_WORDS_UNKNOWN;
    Search search = {.t = t, .query = query};
    gc_ran_out = false;
    gc_walk_finalizable(t, want_finalizable, &search);
    weak_each_heard(want_heard, &search);
    LastWords words = LAST_WORDS_NONE;
    if (search.told) {
        look(&search);
        words = search.missing ? LAST_WORDS_UNKNOWN : LAST_WORDS_HELD;
    }
    if (gc_ran_out) words = LAST_WORDS_UNKNOWN;
    objset_free(&search.wanted);
    objset_free(&search.seen);
    objvec_free(&search.queue);
    return words;
}
