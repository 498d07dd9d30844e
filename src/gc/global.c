// SPDX-License-Identifier: MIT
// The global collector: SHARED objects in cycles, HOT ones and types, with the world stopped.
//
// LOCAL objects are roots and never victims: no SHARED object refers to one (invariant 2).  In pass 1 each victim gets a
// word of state (numbers.c), which starts with its count.  Pass 2 takes off the references among victims.  Pass 3 marks
// from everything else: counts that are left, all stacks (uncounted references are not in any count), LOCAL objects (for
// what is not counted), roots, and at last the words of C stacks.  What is not marked is garbage.
//
// An object whose count is zero (INZCT) stands in somebody's table and waits for its verdict: it is a root here.
// Finalizers run with the world going; then everything is marked again, for what they brought back to life.
#include "gc_private.h"

#include "threading/debug.h"

#include <stdlib.h>

typedef struct Global {
    Thread *t;
    Candidates victims;
    ObjVec work;   // marked, but not yet looked into
    Obj **statics; // objects that are no victims and whose slots were traversed: an open hash set
    size_t statics_n, statics_mask;
} Global;

// The state of a victim; NULL for all other objects.
static inline uint32_t *victim_state(const Global *gc, const Obj *o) {
    if (!obj_has(o, OBJ_GC) || !obj_is_shared_or_hot(o)) return NULL;
    return candidate_state(&gc->victims, o);
}

static bool is_marked(const Global *gc, const Obj *o) { return *victim_state(gc, o) & GC_MARKED; }

// ---- pass 1: numbers --------------------------------------------------------------------------------------------------
static uint32_t victim_start(const Obj *o) {
    uint32_t rc = obj_rc(o);
    HD_ASSERT((rc & RC_SHARED) && !(rc & RC_DEAD));
    if (rc & RC_INZCT) return GC_CANDIDATE | GC_PINNED; // a root
    return GC_CANDIDATE | (rc & RC_HOT ? 0 : rc & RC_COUNT);
}
_Static_assert(RC_COUNT < GC_COUNT, "a count fits");

static void number_all(Global *gc) {
    ObjVec *objects = &gc->victims.objects;
    gc_walk_shared(false, objvec_add, objects);
    gc_walk_shared(true, objvec_add, objects);
    candidates_number(&gc->victims);
    for (size_t i = 0; i < objects->n; i++) *candidate_new(&gc->victims, objects->at[i]) = victim_start(objects->at[i]);
}

// ---- pass 2: references among victims -----------------------------------------------------------------------------
static void take_internal(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner;
    V v = slot_peek(s);
    if (!v_is_counted(v) || (obj_rc(v_obj(v)) & RC_HOT)) return;
    uint32_t *state = victim_state(arg, v_obj(v));
    if (!state || (*state & GC_PINNED)) return;
    HD_ASSERT((*state & GC_COUNT) > 0);
    --*state;
}

// ---- pass 3: marking --------------------------------------------------------------------------------------------------
static bool statics_add(Global *gc, Obj *o) {
    if ((gc->statics_n + 1) * 2 > gc->statics_mask) {
        size_t mask = gc->statics_mask ? gc->statics_mask * 2 + 1 : 1023;
        Obj **grown = collector_memory(mask + 1, sizeof *grown), **old = gc->statics;
        size_t old_mask = gc->statics_mask;
        gc->statics = grown;
        gc->statics_mask = mask;
        gc->statics_n = 0;
        for (size_t i = 0; old && i <= old_mask; i++)
            if (old[i]) statics_add(gc, old[i]);
        free(old);
    }
    size_t i = ((uintptr_t)o >> 4) * 0x9e3779b97f4a7c15u >> 32 & gc->statics_mask;
    for (; gc->statics[i]; i = (i + 1) & gc->statics_mask)
        if (gc->statics[i] == o) return false;
    gc->statics[i] = o;
    gc->statics_n++;
    return true;
}

static void mark_slot(Thread *t, Obj *owner, Slot *s, void *arg);

static void mark_object(Global *gc, Obj *o) {
    uint32_t *state = victim_state(gc, o);
    if (state) {
        if (*state & GC_MARKED) return;
        *state |= GC_MARKED;
        objvec_push(&gc->work, o);
        return;
    }
    if (obj_has(o, OBJ_IMMORTAL) && statics_add(gc, o)) upcall_traverse(gc->t, o, mark_slot, gc);
    if (o->type && (Obj *)o->type != o && !obj_has(o, OBJ_GC)) mark_object(gc, (Obj *)o->type);
}

static void mark_value(Global *gc, V v) {
    if (v_is_object(v)) mark_object(gc, v_obj(v));
}

static void mark_slot(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner;
    mark_value(arg, slot_peek(s));
}

static void mark_stack_value(Thread *t, V *word, void *arg) {
    (void)t;
    mark_value(arg, *word);
}

static void mark_children(Global *gc, Obj *o) {
    if (o->type) mark_object(gc, (Obj *)o->type);
    upcall_traverse(gc->t, o, mark_slot, gc);
}

static void mark_run(Global *gc) {
    while (gc->work.n) mark_children(gc, gc->work.at[--gc->work.n]);
}

static bool mark_from_local(Obj *const *objects, size_t n, void *arg) {
    for (size_t i = 0; i < n; i++) {
        mark_children(arg, objects[i]);
        mark_run(arg);
    }
    return false;
}

static void mark_thread(Thread *t, void *arg) {
    Global *gc = arg;
    upcall_visit_stack(t, mark_stack_value, gc);
    thread_visit_values(t, mark_stack_value, gc);
    mark_run(gc);
    gc_walk_local(t, AGES_ALL, mark_from_local, gc);
}

typedef struct WordMark {
    Global *gc;
    AddressSet unmarked;
} WordMark;

static void mark_word(uintptr_t word, void *arg) {
    WordMark *mark = arg;
    Obj *o = address_set_find(&mark->unmarked, word);
    if (!o) return;
    mark_object(mark->gc, o);
    mark->gc->t->heap.domain->held = true;
}

static void mark_c_stack(Thread *t, void *arg) {
    WordMark *mark = arg;
    scan_each_word(mark->gc->t, t, mark_word, mark);
}

// C stacks last, when few are left to look for.
static void mark_c_stacks(Global *gc) {
    WordMark mark = {.gc = gc};
    const ObjVec *objects = &gc->victims.objects;
    size_t n = 0;
    for (size_t i = 0; i < objects->n; i++) n += !is_marked(gc, objects->at[i]);
    if (!address_set_init(&mark.unmarked, n)) abort();
    for (size_t i = 0; i < objects->n; i++)
        if (!is_marked(gc, objects->at[i]) && !address_set_add(&mark.unmarked, objects->at[i])) abort();
    threads_each(mark_c_stack, &mark);
    mark_run(gc);
    address_set_free(&mark.unmarked);
}

static bool mark_batch(Obj *const *objects, size_t n, void *arg) {
    for (size_t i = 0; i < n; i++) mark_object(arg, objects[i]);
    return false;
}

static void mark_all(Global *gc) {
    number_all(gc);
    const ObjVec *objects = &gc->victims.objects;
    for (size_t i = 0; i < objects->n; i++) upcall_traverse(gc->t, objects->at[i], take_internal, gc);
    for (size_t i = 0; i < objects->n; i++)
        if (*victim_state(gc, objects->at[i]) & (GC_PINNED | GC_COUNT)) mark_object(gc, objects->at[i]);
    mark_run(gc);
    gc_walk_shared(true, mark_batch, gc);
    roots_each(gc->t, mark_slot, gc);
    mark_run(gc);
    threads_each(mark_thread, gc);
    mark_c_stacks(gc);
}

static void global_free(Global *gc) {
    candidates_unnumber(&gc->victims);
    objvec_free(&gc->victims.objects);
    objvec_free(&gc->work);
    free(gc->statics);
}

// ---- garbage ----------------------------------------------------------------------------------------------------------
// The unmarked, each with a count of the collector's so that it outlives what finalizers do to the others.
static void gather(Global *gc, ObjVec *garbage) {
    for (size_t i = 0; i < gc->victims.objects.n; i++) {
        Obj *o = gc->victims.objects.at[i];
        if (is_marked(gc, o)) continue;
        if (!obj_is_uncounted(o)) shared_inc(o);
        objvec_push(garbage, o);
    }
}

static const Global *now_marked; // for weakref_survives; in a stopped world
static bool weakref_survives(const Obj *weakref) {
    const uint32_t *state = victim_state(now_marked, weakref);
    return !state || (*state & GC_MARKED);
}

static void clear_weakrefs(Global *gc, const ObjVec *garbage) {
    now_marked = gc;
    garbage_clear_weakrefs(gc->t, garbage, weakref_survives);
}

// Drops those that a finalizer brought back, from the vector and from our count.  Their children are theirs.
static void drop_resurrected(Thread *t, ObjVec *garbage) {
    Global gc = {.t = t};
    scan_save_own(t);
    world_stop(t);
    for (size_t i = 0; i < garbage->n; i++) // our counts would look like references from outside
        if (!obj_is_uncounted(garbage->at[i]) && !(obj_rc(garbage->at[i]) & RC_HOT)) at_store_relaxed(&garbage->at[i]->rc, obj_rc(garbage->at[i]) - 1);
    mark_all(&gc);
    ObjVec back = {0};
    size_t kept = 0;
    for (size_t i = 0; i < garbage->n; i++) {
        Obj *o = garbage->at[i];
        if (!obj_is_uncounted(o)) shared_inc(o);
        if (is_marked(&gc, o)) objvec_push(&back, o);
        else garbage->at[kept++] = o;
    }
    garbage->n = kept;
    global_free(&gc);
    world_start(t);
    for (size_t i = 0; i < back.n; i++)
        if (!obj_is_uncounted(back.at[i])) v_drop(t, v_from(back.at[i]));
    objvec_free(&back);
}

// How many SHARED objects a stripe may hold before a global collection is due: twice what the last one left.
static int64_t stripe_limit = 2000; // atomic

bool gc_shared_is_due(void) {
    int64_t total = 0;
    for (int i = 0; i < GC_STRIPES; i++) total += at_load_relaxed(&gc_shared[i].count);
    return total > at_load_relaxed(&stripe_limit) * GC_STRIPES;
}

static void set_limit(int64_t live) {
    int64_t limit = live * 2 / GC_STRIPES;
    at_store_relaxed(&stripe_limit, limit < 2000 ? 2000 : limit);
}

static bool global_busy; // atomic: one at a time, finalizers included; another thread's wish is granted by this one

static int64_t collect_all(Thread *t) {
    Global gc = {.t = t};
    ObjVec garbage = {0};
    scan_save_own(t);
    int64_t start = time_monotonic_ns();
    world_stop(t);
    gc_times_add(&gc_waits, start);
    start = time_monotonic_ns();
    caches_clear(t);
    handshake_drain_stw(t);
    mark_all(&gc);
    gather(&gc, &garbage);
    clear_weakrefs(&gc, &garbage);
    set_limit((int64_t)(gc.victims.objects.n - garbage.n));
    global_free(&gc);
    gc_times_add(&gc_stops, start);
    world_start(t);

    bool ran = garbage_queue_finalizers(t, &garbage);
    pending_run(t);
    if (ran) drop_resurrected(t, &garbage);
    int64_t n = (int64_t)garbage.n;
    if ((at_load_relaxed(&gc_debug) & GC_DEBUG_SAVEALL) && gc_hooks.save) {
        for (size_t i = 0; i < garbage.n; i++) gc_hooks.save(t, garbage.at[i]);
        for (size_t i = 0; i < garbage.n; i++)
            if (!obj_is_uncounted(garbage.at[i])) v_drop(t, v_from(garbage.at[i]));
    } else {
        garbage_destroy(t, &garbage);
    }
    objvec_free(&garbage);
    return n;
}

int64_t collect_global(Thread *t) {
    if (at_exchange_acquire(&global_busy, true)) return 0;
    int64_t n = collect_all(t);
    at_store_release(&global_busy, false);
    return n;
}
