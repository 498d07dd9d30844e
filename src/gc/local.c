// SPDX-License-Identifier: MIT
// The local collector: which of a thread's LOCAL objects (in the GIL build: of all objects) are garbage.
//
// Read collect_local.  A young collection suspects the objects of its generations.  A full one first marks from the roots,
// and suspects what that did not reach.  Suspects are tried by deletion (suspects.c): what is referred to by other suspects
// only is garbage.  An object that is no suspect (of an older generation, frozen, or SHARED) is a sink.
//
// Types are referred to without counts.  A young collection keeps them; a full one finds them by marking: from slots, from
// the header of every object reached, and from the stacks (C stacks conservatively).  Once sharing has begun types are
// SHARED, and the global collector's.
//
// A collection that runs out of memory (gc_ran_out) takes everything for alive.
//
// Garbage is held by a count of the collector's while callbacks and finalizers run, so that what they let go of dies
// with the rest.  Marks are given up before that: Python makes objects.
#include "gc_private.h"

typedef struct Local {
    Thread *t;
    Suspects suspects;
    Marker marker;
    ObjVec garbage;
    int64_t frozen;
    bool types;
} Local;

static Marker marker_of(Local *gc) { return (Marker){.t = gc->t, .marks = &gc->suspects.marks, .types = gc->types}; }

// ---- roots ------------------------------------------------------------------------------------------------------------
// In the GIL build every thread's stacks are roots; else only the collecting thread refers to its LOCAL objects.
static void mark_thread(Thread *t, void *arg) {
    Local *gc = arg;
    if (t != gc->t && !threading_gil_enabled()) return;
    upcall_visit_stack(t, mark_stack_value, &gc->marker);
    thread_visit_values(t, mark_stack_value, &gc->marker);
}

static bool mark_frozen(Obj *const *objects, size_t n, void *arg) {
    Local *gc = arg;
    for (size_t i = 0; i < n; i++) mark_object(&gc->marker, objects[i]);
    gc->frozen += (int64_t)n;
    return false;
}

static void mark_from_roots(Local *gc) {
    gc_marks_all(&gc->suspects.marks, gc->t);
    if (gc_ran_out) return;
    threads_each(mark_thread, gc);
    if (gc->types) roots_each(gc->t, mark_slot, &gc->marker);
    gc->frozen = 0;
    gc_walk_local(gc->t, 1 << AGE_FROZEN, mark_frozen, gc);
    mark_run_together(&gc->marker);
}

// ---- deducing ---------------------------------------------------------------------------------------------------------
static uint32_t start_count(const Local *gc, const Obj *o) {
    if (obj_is_shared_or_hot(o)) return COUNT_PINNED; // GIL build: a count that grew too large; never garbage
    if (obj_is_uncounted(o)) return gc->types ? COUNT_NONE : COUNT_PINNED;
    uint32_t n = obj_rc(o);
    return n < COUNT_NONE ? n : COUNT_PINNED;
}

static void try_suspects(Local *gc) {
    const ObjVec *objects = &gc->suspects.objects;
    for (size_t i = 0; i < objects->n; i++) *gc_count_of(objects->at[i]) = start_count(gc, objects->at[i]);
    suspects_deduce(&gc->suspects, &gc->marker);
    if (gc->types) suspects_spare(&gc->suspects, &gc->marker, obj_is_uncounted);
}

// Marks what is alive of the suspects; gc_ran_out: not all.  condemned: what was garbage before finalizers ran; NULL the first
// time.
static void deduce(Local *gc, const ObjVec *condemned) {
    if (!gc_ran_out) try_suspects(gc);
    if (!gc_ran_out && condemned) suspects_spare_others(&gc->suspects, &gc->marker, condemned);
    marker_free(&gc->marker);
}

static void forget_suspects(Local *gc) {
    gc_marks_end(&gc->suspects.marks, gc->suspects.objects.at, gc->suspects.objects.n);
    objvec_free(&gc->suspects.objects);
}

// ---- what is done about it --------------------------------------------------------------------------------------------
static void add_counts(const ObjVec *garbage, int n) {
    for (size_t i = 0; i < garbage->n; i++) {
        Obj *o = garbage->at[i];
        if (!obj_is_uncounted(o)) rc_store_local(o, obj_rc(o) + (uint32_t)n);
    }
}

static void suspect_lost(Local *gc) {
    mark_from_roots(gc);
    if (gc_ran_out) return;
    gc_marks_suspects(&gc->suspects.marks, objvec_add, &gc->suspects.objects);
}

static void suspect_garbage(Local *gc) {
    if (objvec_add(gc->garbage.at, gc->garbage.n, &gc->suspects.objects)) return;
    gc_marks_suspect(&gc->suspects.marks, gc->t, gc->suspects.objects.at, gc->suspects.objects.n);
}

static bool any_uncounted(const ObjVec *objects) {
    for (size_t i = 0; i < objects->n; i++)
        if (obj_is_uncounted(objects->at[i])) return true;
    return false;
}

// Moves those that `is_back` accepts from the garbage to `back`.
static void take_back(Local *gc, ObjVec *back, bool (*is_back)(const Local *gc, const Obj *o)) {
    size_t kept = 0;
    for (size_t i = 0; i < gc->garbage.n; i++) {
        Obj *o = gc->garbage.at[i];
        if (is_back(gc, o)) objvec_push(back, o);
        else gc->garbage.at[kept++] = o;
    }
    gc->garbage.n = kept;
}

static bool is_shared_now(const Local *gc, const Obj *o) { return (void)gc, obj_is_shared(o); }
static bool is_alive(const Local *gc, const Obj *o) { return gc_ran_out || !gc_is_unmarked(&gc->suspects.marks, o); }

// Finalizers have run: who is still garbage?  The others lose the collector's count.  A class may be referred to from
// anywhere by now, without a count to tell of it.  All are alive if there is no memory to find out.
static void deduce_again(Local *gc) {
    ObjVec back = {0};
    gc_ran_out = false;
    if (!objvec_reserve(&back, gc->garbage.n)) {
        garbage_release(gc->t, &gc->garbage);
        gc->garbage.n = 0;
        return;
    }
    take_back(gc, &back, is_shared_now);
    gc->marker = marker_of(gc);
    if (gc->types) scan_save_own(gc->t);
    if (any_uncounted(&gc->garbage)) suspect_lost(gc);
    else suspect_garbage(gc);
    add_counts(&gc->garbage, -1);
    deduce(gc, &gc->garbage);
    add_counts(&gc->garbage, 1);
    take_back(gc, &back, is_alive);
    forget_suspects(gc);
    garbage_release(gc->t, &back);
    objvec_free(&back);
}

static void note_survivors(GcDomain *domain, int generation, int64_t survivors) {
    if (generation == 1) domain->long_lived_next += survivors;
    if (generation < 2) return;
    domain->long_lived = survivors;
    domain->long_lived_next = 0;
}

static void suspect_young(Local *gc, int generation) {
    ObjVec *objects = &gc->suspects.objects;
    gc_walk_local(gc->t, (2u << generation) - 1, objvec_add, objects);
    if (!gc_ran_out) gc_marks_suspect(&gc->suspects.marks, gc->t, objects->at, objects->n);
}

int64_t collect_local(Thread *t, int generation) {
    GcDomain *domain = t->heap.domain;
    Local gc = {.t = t, .types = generation == 2 && !threading_is_sharing()};
    gc.marker = marker_of(&gc);
    gc_ran_out = false;
    if (gc.types) {
        caches_clear(t);
        scan_save_own(t);
    }
    if (generation < 2) domain->count[generation + 1]++;
    for (int i = 0; i <= generation; i++) domain->count[i] = 0;
    if (generation == 2) suspect_lost(&gc);
    else suspect_young(&gc, generation);
    deduce(&gc, NULL);
    suspects_take_garbage(&gc.suspects, &gc.garbage);
    if (gc_ran_out) gc.garbage.n = 0;
    note_survivors(domain, generation, gc.marker.looked - gc.frozen);
    gc_grow_older(t, generation);
    add_counts(&gc.garbage, 1); // ours
    garbage_clear_weakrefs(t, &gc.garbage, &gc.suspects.marks);
    forget_suspects(&gc);

    bool ran = garbage_queue_finalizers(t, &gc.garbage);
    pending_run(t); // callbacks, then finalizers; they report their own errors
    if (ran) deduce_again(&gc);
    return garbage_end(t, &gc.garbage);
}
