// SPDX-License-Identifier: MIT
// The global collector: SHARED objects in cycles, HOT ones and types, with the world stopped.
//
// LOCAL objects are roots and never victims: no SHARED object refers to one (invariant 2).  In pass 1 each victim gets a
// number, kept in its link's prev, and its count in a side array.  Pass 2 takes off the references among victims.  Pass 3
// marks from everything else: counts that are left, all stacks (uncounted references are not in any count), LOCAL
// objects (for what is not counted), roots, and at last the words of C stacks.  What is not marked is garbage.
//
// An object whose count is zero (INZCT) stands in somebody's table and waits for its verdict: it is a root here.
// Finalizers run with the world going; then everything is marked again, for what they brought back to life.
#include "gc_private.h"

#include "threading/debug.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_SHIFT = 4 };

typedef struct Global {
    Thread *t;
    ObjVec victims;
    uint32_t *remaining; // counts, then 1 for each that is marked
    uint8_t *marked;
    uint32_t *work; // numbers to traverse
    size_t work_n;
    Obj **statics; // objects without a prefix whose slots were traversed: an open hash set
    size_t statics_n, statics_mask;
} Global;

static void *collector_memory(size_t n, size_t size) {
    void *p = calloc(n + 1, size);
    if (!p) {
        fputs("Fatal Python error: out of memory in the collector\n", stderr);
        abort();
    }
    return p;
}

// ---- pass 1: numbers --------------------------------------------------------------------------------------------------
static void number_list(Global *gc, GcLink *list) {
    for (GcLink *link = gc_next(list); link != list; link = gc_next(link)) {
        uintptr_t stripe = link->prev & GC_TAG_MASK;
        link->prev = (uintptr_t)(gc->victims.n + 1) << NUMBER_SHIFT | stripe;
        objvec_push(&gc->victims, gc_obj(link));
    }
}

static void number_all(Global *gc) {
    for (int i = 0; i < GC_STRIPES; i++) {
        number_list(gc, &gc_shared[i].list);
        number_list(gc, &gc_shared[i].frozen);
    }
    size_t n = gc->victims.n;
    gc->remaining = collector_memory(n, sizeof *gc->remaining);
    gc->marked = collector_memory(n, sizeof *gc->marked);
    gc->work = collector_memory(n, sizeof *gc->work);
    for (size_t i = 0; i < n; i++) {
        uint32_t rc = obj_rc(gc->victims.at[i]);
        HD_ASSERT((rc & RC_SHARED) && !(rc & RC_DEAD));
        gc->remaining[i] = rc & RC_HOT ? 0 : rc & RC_COUNT;
        if (rc & RC_INZCT) gc->remaining[i] |= RC_INZCT; // a root
    }
}

// Real prev pointers again.
static void unnumber_list(GcLink *list, uintptr_t stripe) {
    GcLink *before = list;
    for (GcLink *link = gc_next(list); link != list; link = gc_next(link)) {
        link->prev = (uintptr_t)before | stripe;
        before = link;
    }
    list->prev = (uintptr_t)before;
}

static void unnumber_all(void) {
    for (int i = 0; i < GC_STRIPES; i++) {
        unnumber_list(&gc_shared[i].list, (uintptr_t)i);
        unnumber_list(&gc_shared[i].frozen, (uintptr_t)i);
    }
}

// The number of a victim; -1 for all other objects.
static int64_t number_of(const Obj *o) {
    if (!obj_has(o, OBJ_GC) || !obj_is_shared_or_hot(o)) return -1;
    return (int64_t)(gc_link(o)->prev >> NUMBER_SHIFT) - 1; // prev 0, off every list: -1
}

// ---- pass 2: references among victims -----------------------------------------------------------------------------
static void take_internal(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner;
    Global *gc = arg;
    V v = slot_peek(s);
    if (!v_is_counted(v) || (obj_rc(v_obj(v)) & RC_HOT)) return;
    int64_t i = number_of(v_obj(v));
    if (i < 0) return;
    HD_ASSERT((gc->remaining[i] & RC_COUNT) > 0);
    gc->remaining[i]--;
}

// ---- pass 3: marking --------------------------------------------------------------------------------------------------
static void mark_number(Global *gc, int64_t i) {
    if (gc->marked[i]) return;
    gc->marked[i] = 1;
    gc->work[gc->work_n++] = (uint32_t)i;
}

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
    int64_t i = number_of(o);
    if (i >= 0) {
        mark_number(gc, i);
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
    while (gc->work_n) mark_children(gc, gc->victims.at[gc->work[--gc->work_n]]);
}

static void mark_local_list(Global *gc, GcLink *list) {
    for (GcLink *link = gc_next(list); link != list; link = gc_next(link)) {
        mark_children(gc, gc_obj(link));
        mark_run(gc);
    }
}

static void mark_thread(Thread *t, void *arg) {
    Global *gc = arg;
    upcall_visit_stack(t, mark_stack_value, gc);
    thread_visit_values(t, mark_stack_value, gc);
    mark_run(gc);
    GcDomain *domain = t->heap.domain;
    for (int i = 0; i < 3; i++) mark_local_list(gc, &domain->gen[i]);
    mark_local_list(gc, &domain->frozen);
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
    size_t n = 0;
    for (size_t i = 0; i < gc->victims.n; i++) n += !gc->marked[i];
    if (!address_set_init(&mark.unmarked, n)) abort();
    for (size_t i = 0; i < gc->victims.n; i++)
        if (!gc->marked[i] && !address_set_add(&mark.unmarked, gc->victims.at[i])) abort();
    threads_each(mark_c_stack, &mark);
    mark_run(gc);
    address_set_free(&mark.unmarked);
}

static void frozen_mark(Global *gc) {
    for (int i = 0; i < GC_STRIPES; i++)
        for (GcLink *link = gc_next(&gc_shared[i].frozen); link != &gc_shared[i].frozen; link = gc_next(link))
            mark_object(gc, gc_obj(link));
}

static void mark_all(Global *gc) {
    number_all(gc);
    for (size_t i = 0; i < gc->victims.n; i++) upcall_traverse(gc->t, gc->victims.at[i], take_internal, gc);
    for (size_t i = 0; i < gc->victims.n; i++)
        if (gc->remaining[i]) mark_number(gc, (int64_t)i);
    mark_run(gc);
    frozen_mark(gc);
    roots_each(gc->t, mark_slot, gc);
    mark_run(gc);
    threads_each(mark_thread, gc);
    mark_c_stacks(gc);
}

static void global_free(Global *gc) {
    objvec_free(&gc->victims);
    free(gc->remaining);
    free(gc->marked);
    free(gc->work);
    free(gc->statics);
}

// ---- garbage ----------------------------------------------------------------------------------------------------------
// The unmarked, each with a count of the collector's so that it outlives what finalizers do to the others.
static void gather(Global *gc, ObjVec *garbage) {
    for (size_t i = 0; i < gc->victims.n; i++) {
        if (gc->marked[i]) continue;
        Obj *o = gc->victims.at[i];
        if (!obj_is_uncounted(o)) shared_inc(o);
        objvec_push(garbage, o);
    }
}

static const Global *now_marked; // for weakref_survives; in a stopped world
static bool weakref_survives(const Obj *weakref) {
    int64_t i = number_of(weakref);
    return i < 0 || now_marked->marked[i];
}

static void clear_weakrefs(Global *gc, const ObjVec *garbage) {
    now_marked = gc;
    for (size_t i = 0; i < garbage->n; i++)
        if (obj_has(garbage->at[i], OBJ_HAS_WEAKREF)) weak_died(gc->t, garbage->at[i], weakref_survives);
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
        if (gc.marked[number_of(o)]) objvec_push(&back, o);
        else garbage->at[kept++] = o;
    }
    garbage->n = kept;
    unnumber_all();
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
    set_limit((int64_t)(gc.victims.n - garbage.n));
    unnumber_all();
    global_free(&gc);
    gc_times_add(&gc_stops, start);
    world_start(t);

    bool ran = false;
    for (size_t i = 0; i < garbage.n; i++) ran |= finalize_queue(t, garbage.at[i]);
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
