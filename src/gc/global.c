// SPDX-License-Identifier: MIT
// The global collector: SHARED objects in cycles, HOT ones and types, with the world stopped.
//
// LOCAL objects are roots and never victims: no SHARED object refers to one (invariant 2).  What all stacks (uncounted
// references are in no count), the roots and LOCAL objects reach is marked.  The SHARED objects that are left are tried by
// deletion (suspects.c), for counts that come from elsewhere; at last the words of C stacks are looked at.  What is not
// marked then is garbage.  Types, and what is HOT for good, have no count and live by marking alone; other HOT objects are
// SHARED again before anything is looked at (hot_settle_stw), so that they have theirs.
//
// An object whose count is zero (INZCT) stands in somebody's table and waits for its verdict: it is kept here.
// A collection that runs out of memory (gc_ran_out) takes everything for alive.
//
// Finalizers run with the world going; then everything is marked again, for what they brought back to life.
#include "gc_private.h"

#include "threading/debug.h"

typedef struct Global {
    Thread *t;
    Suspects suspects;
    Marker marker;
} Global;

// ---- marking ----------------------------------------------------------------------------------------------------------
static bool mark_batch(Obj *const *objects, size_t n, void *arg) {
    for (size_t i = 0; i < n; i++) mark_object(arg, objects[i]);
    return false;
}

static void mark_stopped_thread(Thread *t, void *arg) {
    upcall_visit_stack(t, mark_stack_value, arg);
    thread_visit_values(t, mark_stack_value, arg);
    gc_walk_local(t, AGES_ALL, mark_batch, arg);
}

static void mark_world(Global *gc) {
    gc_walk_shared(true, mark_batch, &gc->marker);
    roots_each(gc->t, mark_slot, &gc->marker);
    threads_each(mark_stopped_thread, &gc->marker);
    mark_run_together(&gc->marker);
}

static uint32_t start_count(const Obj *o) {
    uint32_t rc = obj_rc(o);
    HD_ASSERT((rc & RC_SHARED) && !(rc & RC_DEAD));
    if (rc & RC_INZCT) return COUNT_PINNED;
    if (!(rc & RC_HOT)) return rc & RC_COUNT;
    return rc & RC_COUNT ? COUNT_PINNED : COUNT_NONE; // it has turned HOT since all were settled: for the next time
}
_Static_assert(RC_COUNT < COUNT_NONE, "a count fits");

static bool any(const Obj *o) { return (void)o, true; }

static void try_suspects(Global *gc) {
    const ObjVec *objects = &gc->suspects.objects;
    for (size_t i = 0; i < objects->n; i++) *gc_count_of(objects->at[i]) = start_count(objects->at[i]);
    suspects_deduce(&gc->suspects, &gc->marker);
    suspects_spare(&gc->suspects, &gc->marker, any);
}

// Marks all that is alive; gc_ran_out: not all.  condemned: what was garbage before finalizers ran; NULL the first time.
static void mark_all(Global *gc, const ObjVec *condemned) {
    gc->marker = (Marker){.t = gc->t, .marks = &gc->suspects.marks, .types = true};
    gc_ran_out = false;
    gc_marks_all(&gc->suspects.marks, NULL);
    if (!gc_ran_out) mark_world(gc);
    if (!gc_ran_out) gc_marks_suspects(&gc->suspects.marks, objvec_add, &gc->suspects.objects);
    if (!gc_ran_out) try_suspects(gc);
    if (!gc_ran_out && condemned) suspects_spare_others(&gc->suspects, &gc->marker, condemned);
    marker_free(&gc->marker);
}

static void global_free(Global *gc) {
    gc_marks_end(&gc->suspects.marks, gc->suspects.objects.at, gc->suspects.objects.n);
    objvec_free(&gc->suspects.objects);
}

// ---- garbage ----------------------------------------------------------------------------------------------------------
// The unmarked, each with a count of the collector's so that it outlives what finalizers do to the others.
static void gather(Global *gc, ObjVec *garbage) {
    suspects_take_garbage(&gc->suspects, garbage);
    if (gc_ran_out) garbage->n = 0;
    for (size_t i = 0; i < garbage->n; i++)
        if (!obj_is_uncounted(garbage->at[i])) shared_inc(garbage->at[i]);
}

// Drops those that a finalizer brought back, from the vector and from our count.  Their children are theirs.  All are, if
// there is no memory to find out.
static void drop_resurrected(Thread *t, ObjVec *garbage) {
    Global gc = {.t = t};
    ObjVec back = {0};
    if (!objvec_reserve(&back, garbage->n)) {
        garbage_release(t, garbage);
        garbage->n = 0;
        return;
    }
    scan_save_own(t);
    world_stop(t);
    hot_settle_stw(t);
    for (size_t i = 0; i < garbage->n; i++) // our counts would look like references from outside
        if (!obj_is_uncounted(garbage->at[i]) && !(obj_rc(garbage->at[i]) & RC_HOT)) at_store_relaxed(&garbage->at[i]->rc, obj_rc(garbage->at[i]) - 1);
    mark_all(&gc, garbage);
    size_t kept = 0;
    for (size_t i = 0; i < garbage->n; i++) {
        Obj *o = garbage->at[i];
        if (!obj_is_uncounted(o)) shared_inc(o);
        if (gc_ran_out || !gc_is_unmarked(&gc.suspects.marks, o)) objvec_push(&back, o);
        else garbage->at[kept++] = o;
    }
    garbage->n = kept;
    global_free(&gc);
    world_start(t);
    garbage_release(t, &back);
    objvec_free(&back);
}

// How many SHARED objects a stripe may hold before a global collection is due: twice what the last one left.
static int64_t stripe_limit = 2000; // atomic

static int64_t shared_total(void) {
    int64_t total = 0;
    for (int i = 0; i < GC_STRIPES; i++) total += at_load_relaxed(&gc_shared[i].count);
    return total;
}

bool gc_shared_is_due(void) { return shared_total() > at_load_relaxed(&stripe_limit) * GC_STRIPES; }

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
    hot_settle_stw(t);
    handshake_drain_stw(t);
    mark_all(&gc, NULL);
    gather(&gc, &garbage);
    garbage_clear_weakrefs(t, &garbage, &gc.suspects.marks);
    set_limit(shared_total() - (int64_t)garbage.n);
    global_free(&gc);
    gc_times_add(&gc_stops, start);
    world_start(t);

    bool ran = garbage_queue_finalizers(t, &garbage);
    pending_run(t);
    if (ran) drop_resurrected(t, &garbage);
    return garbage_end(t, &garbage);
}

int64_t collect_global(Thread *t) {
    if (at_exchange_acquire(&global_busy, true)) return 0;
    int64_t n = collect_all(t);
    at_store_release(&global_busy, false);
    return n;
}
