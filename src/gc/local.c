// SPDX-License-Identifier: MIT
// The local collector: trial deletion over the objects of one domain.
//
// Read collect_local.  The candidates are the objects of the generations in question.  Each has a word of state
// (numbers.c), which starts with its count; references among the candidates are taken off; what has some left is
// referred to from outside, and what it reaches is marked.  The others are garbage.  An object that is no candidate (of
// an older generation, frozen, or SHARED) is a sink.
//
// Types are referred to without counts.  A young collection keeps them; a full one starts them at zero and finds them by
// tracing: from slots, from the header of every object reached, and from the stacks (C stacks conservatively).  Once
// sharing has begun types are SHARED, and the global collector's.
//
// Garbage is held by a count of the collector's while callbacks and finalizers run, so that what they let go of dies
// with the rest.  Numbers are given up before that: Python makes objects.
#include "gc_private.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Local {
    Thread *t;
    GcDomain *domain;
    Candidates candidates;
    ObjVec garbage;
    ObjVec work;   // marked, but not yet looked into
    uint32_t held; // counts of the collector's own in each candidate
    bool full;     // types too
} Local;

// The state of an object if this collection is looking at it.
static inline uint32_t *state_of(const Local *gc, const Obj *o) {
    if (!obj_has(o, OBJ_GC) || obj_is_shared(o)) return NULL;
    return candidate_state(&gc->candidates, o);
}

// ---- counting ---------------------------------------------------------------------------------------------------------
static uint32_t start_state(const Local *gc, const Obj *o) {
    if (obj_is_shared_or_hot(o)) return GC_CANDIDATE | GC_PINNED; // GIL build: a count that grew too large; never garbage
    if (obj_is_uncounted(o)) return GC_CANDIDATE | (gc->full ? 0 : GC_PINNED);
    uint32_t n = obj_rc(o) - gc->held;
    return GC_CANDIDATE | (n < GC_COUNT ? n : GC_PINNED);
}

static void take_internal(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner;
    V v = slot_peek(s);
    if (!v_is_counted(v)) return;
    uint32_t *state = state_of(arg, v_obj(v));
    if (!state || (*state & GC_PINNED)) return;
    HD_ASSERT((*state & GC_COUNT) > 0);
    --*state;
}

// ---- roots of what is not counted -----------------------------------------------------------------------------------
static void hold_type(const Local *gc, const Obj *o) {
    uint32_t *state = o && obj_is_uncounted(o) ? state_of(gc, o) : NULL;
    if (state) *state |= GC_PINNED;
}

static void hold_value(const Local *gc, V v) {
    if (!v_is_object(v)) return;
    hold_type(gc, v_obj(v));
    hold_type(gc, (const Obj *)v_obj(v)->type);
}

static void hold_stack_value(Thread *t, V *word, void *arg) {
    (void)t;
    hold_value(arg, *word);
}

static void hold_root(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner;
    hold_value(arg, slot_peek(s));
}

// In the GIL build every thread's stacks are roots; else only the collecting thread refers to its LOCAL types.
static void hold_thread(Thread *t, void *arg) {
    Local *gc = arg;
    if (t != gc->t && !threading_gil_enabled()) return;
    upcall_visit_stack(t, hold_stack_value, gc);
    thread_visit_values(t, hold_stack_value, gc);
}

static bool hold_from_frozen(Obj *const *objects, size_t n, void *arg) {
    Local *gc = arg;
    for (size_t i = 0; i < n; i++) {
        hold_type(gc, (const Obj *)objects[i]->type);
        upcall_traverse(gc->t, objects[i], hold_root, gc);
    }
    return false;
}

static void hold_roots(Local *gc) {
    threads_each(hold_thread, gc);
    roots_each(gc->t, hold_root, gc);
    gc_walk_local(gc->t, 1 << AGE_FROZEN, hold_from_frozen, gc);
}

// ---- reachability -----------------------------------------------------------------------------------------------------
static void reach(Local *gc, Obj *o) {
    uint32_t *state = state_of(gc, o);
    if (!state || (*state & GC_MARKED)) return;
    *state |= GC_MARKED;
    objvec_push(&gc->work, o);
}

static void reach_slot(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner;
    V v = slot_peek(s);
    if (!v_is_object(v)) return;
    Local *gc = arg;
    Obj *o = v_obj(v);
    reach(gc, o);
    if (gc->full && !obj_has(o, OBJ_GC) && o->type) reach(gc, (Obj *)o->type);
}

static void reach_run(Local *gc) {
    while (gc->work.n) {
        Obj *o = gc->work.at[--gc->work.n];
        upcall_traverse(gc->t, o, reach_slot, gc);
        if (gc->full && o->type) reach(gc, (Obj *)o->type);
    }
}

// ---- types that C code holds ------------------------------------------------------------------------------------------
typedef struct Words {
    Local *gc;
    AddressSet types;
} Words;

static void reach_word(uintptr_t word, void *arg) {
    Words *words = arg;
    Obj *o = address_set_find(&words->types, word);
    if (!o || (*state_of(words->gc, o) & GC_MARKED)) return;
    reach(words->gc, o);
    words->gc->domain->held = true;
}

static void reach_words(Thread *t, void *arg) {
    Words *words = arg;
    if (t == words->gc->t || threading_gil_enabled()) scan_each_word(words->gc->t, t, reach_word, words);
}

static bool is_lost_type(const Local *gc, const Obj *o) {
    return obj_is_uncounted(o) && !(*state_of(gc, o) & GC_MARKED);
}

// Types that seem unreachable are looked for on the C stacks, whose words may be stale: what is found is held, and noted.
static void reach_from_c(Local *gc) {
    Words words = {.gc = gc};
    const ObjVec *objects = &gc->candidates.objects;
    size_t n = 0;
    for (size_t i = 0; i < objects->n; i++) n += is_lost_type(gc, objects->at[i]);
    if (n == 0) return;
    if (!address_set_init(&words.types, n)) abort();
    for (size_t i = 0; i < objects->n; i++)
        if (is_lost_type(gc, objects->at[i]) && !address_set_add(&words.types, objects->at[i])) abort();
    threads_each(reach_words, &words);
    address_set_free(&words.types);
    reach_run(gc);
}

// Finds the garbage among the candidates.
static void deduce(Local *gc) {
    const ObjVec *objects = &gc->candidates.objects;
    candidates_number(&gc->candidates);
    for (size_t i = 0; i < objects->n; i++) {
        const Obj *o = objects->at[i];
        if (!obj_is_shared(o)) *candidate_new(&gc->candidates, o) = start_state(gc, o);
    }
    for (size_t i = 0; i < objects->n; i++) upcall_traverse(gc->t, objects->at[i], take_internal, gc);
    if (gc->full) hold_roots(gc);
    for (size_t i = 0; i < objects->n; i++) {
        const uint32_t *state = state_of(gc, objects->at[i]);
        if (!state || !(*state & (GC_PINNED | GC_COUNT))) continue;
        reach(gc, objects->at[i]);
        reach_run(gc);
    }
    if (gc->full) reach_from_c(gc);
    objvec_free(&gc->work);
    for (size_t i = 0; i < objects->n; i++) {
        const uint32_t *state = state_of(gc, objects->at[i]);
        if (state && !(*state & GC_MARKED)) objvec_push(&gc->garbage, objects->at[i]);
    }
}

static void forget_candidates(Local *gc) {
    candidates_unnumber(&gc->candidates);
    objvec_free(&gc->candidates.objects);
}

// ---- what is done about it --------------------------------------------------------------------------------------------
static __thread const Local *clearing; // for weakref_survives
static bool weakref_survives(const Obj *weakref) {
    const uint32_t *state = state_of(clearing, weakref);
    return !state || (*state & GC_MARKED);
}

static void hold_garbage(Local *gc) {
    for (size_t i = 0; i < gc->garbage.n; i++) {
        Obj *o = gc->garbage.at[i];
        if (!obj_is_uncounted(o)) rc_store_local(o, obj_rc(o) + 1);
    }
}

static void let_garbage_go(Local *gc) {
    for (size_t i = 0; i < gc->garbage.n; i++)
        if (!obj_is_uncounted(gc->garbage.at[i])) v_drop(gc->t, v_from(gc->garbage.at[i]));
}

// References to garbage are dead before any finalizer runs; a callback runs if its weakref is not garbage itself.
static void clear_weakrefs(Local *gc) {
    clearing = gc;
    garbage_clear_weakrefs(gc->t, &gc->garbage, weakref_survives);
    clearing = NULL;
}

// Finalizers have run: who is still garbage?  The others lose the collector's count.
static void deduce_again(Local *gc) {
    ObjVec before = gc->garbage;
    gc->candidates.objects = before;
    gc->garbage = (ObjVec){0};
    gc->held = 1;
    deduce(gc);
    ObjVec back = {0};
    for (size_t i = 0; i < before.n; i++) {
        const uint32_t *state = state_of(gc, before.at[i]);
        if (!state || (*state & GC_MARKED)) objvec_push(&back, before.at[i]);
    }
    forget_candidates(gc);
    for (size_t i = 0; i < back.n; i++)
        if (!obj_is_uncounted(back.at[i])) v_drop(gc->t, v_from(back.at[i]));
    objvec_free(&back);
}

static int64_t destroy_all(Local *gc) {
    int64_t n = (int64_t)gc->garbage.n;
    if (at_load_relaxed(&gc_debug) & GC_DEBUG_SAVEALL && gc_hooks.save) {
        for (size_t i = 0; i < gc->garbage.n; i++) gc_hooks.save(gc->t, gc->garbage.at[i]);
        let_garbage_go(gc);
    } else {
        garbage_destroy(gc->t, &gc->garbage);
    }
    objvec_free(&gc->garbage);
    return n;
}

static void note_survivors(Local *gc, int generation) {
    int64_t survivors = (int64_t)(gc->candidates.objects.n - gc->garbage.n);
    if (generation == 1) gc->domain->long_lived_next += survivors;
    if (generation < 2) return;
    gc->domain->long_lived = survivors;
    gc->domain->long_lived_next = 0;
}

int64_t collect_local(Thread *t, int generation) {
    GcDomain *domain = t->heap.domain;
    Local gc = {.t = t, .domain = domain, .full = generation == 2 && !threading_is_sharing()};
    if (gc.full) {
        caches_clear(t);
        scan_save_own(t);
    }
    if (generation < 2) domain->count[generation + 1]++;
    for (int i = 0; i <= generation; i++) domain->count[i] = 0;
    gc_walk_local(t, (2u << generation) - 1, objvec_add, &gc.candidates.objects);
    deduce(&gc);
    note_survivors(&gc, generation);
    gc_grow_older(t, generation);
    hold_garbage(&gc);
    clear_weakrefs(&gc);
    forget_candidates(&gc);

    bool ran = garbage_queue_finalizers(t, &gc.garbage);
    pending_run(t); // callbacks, then finalizers; they report their own errors
    if (ran) deduce_again(&gc);
    return destroy_all(&gc);
}
