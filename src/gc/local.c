// SPDX-License-Identifier: MIT
// The local collector: trial deletion over the lists of one domain, with the technique of CPython's InternalDocs.
//
// Read collect_local.  While it works on a list, an object's link carries
//     prev = remaining count << 4 | COLLECTING       until it is known to be reachable (then its real prev again)
//     prev = previous link | COLLECTING, next |= UNREACHABLE     while it stands on the list of candidates for death
// An object of another generation, of no list, or SHARED has no COLLECTING bit and is passed over: it is a sink.
//
// Types are referred to without counts.  A young collection keeps them; a full one starts them at zero and finds them by
// tracing: from slots, from the header of every object reached, and from the stacks (C stacks conservatively).  Once
// sharing has begun types are SHARED, and the global collector's.
#include "gc_private.h"

#include <stdio.h>
#include <stdlib.h>

enum { COLLECTING = 1, UNREACHABLE = 1 };
enum { COUNT_SHIFT = 4 };

typedef struct Local {
    Thread *t;
    GcDomain *domain;
    GcLink reachable, unreachable; // the list under work; what seems to be garbage
    bool full;                     // types too
} Local;

static bool is_collecting(const GcLink *link) { return at_load_relaxed(&link->prev) & COLLECTING; }
static bool is_unreachable(const GcLink *link) { return at_load_relaxed(&link->next) & UNREACHABLE; }
static uint64_t remaining(const GcLink *link) { return link->prev >> COUNT_SHIFT; }
static void set_remaining(GcLink *link, uint64_t n) { link->prev = n << COUNT_SHIFT | COLLECTING; }

// The link of v's object if this collection is looking at it.
static GcLink *candidate(Obj *o) {
    if (!obj_has(o, OBJ_GC) || obj_is_shared(o)) return NULL;
    GcLink *link = gc_link(o);
    return is_collecting(link) ? link : NULL;
}

// ---- counting ---------------------------------------------------------------------------------------------------------
static void start_counts(Local *gc, GcLink *list) {
    for (GcLink *link = gc_next(list); link != list; link = gc_next(link)) {
        const Obj *o = gc_obj(link);
        uint64_t n = obj_rc(o);
        if (obj_is_shared_or_hot(o)) n = 1; // GIL build: a count that grew too large; never garbage
        if (obj_is_uncounted(o)) n = gc->full ? 0 : 1;
        set_remaining(link, n);
    }
}

static void take_internal(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner, (void)arg;
    V v = slot_peek(s);
    if (!v_is_counted(v)) return;
    GcLink *link = candidate(v_obj(v));
    if (!link || obj_is_shared_or_hot(v_obj(v))) return;
    HD_ASSERT(remaining(link) > 0);
    set_remaining(link, remaining(link) - 1);
}

// ---- roots of what is not counted -----------------------------------------------------------------------------------
static void hold_type(Obj *o) {
    GcLink *link = o && obj_is_uncounted(o) ? candidate(o) : NULL;
    if (link) set_remaining(link, 1);
}

static void hold_value(V v) {
    if (!v_is_object(v)) return;
    hold_type(v_obj(v));
    hold_type((Obj *)v_obj(v)->type);
}

static void hold_stack_value(Thread *t, V *word, void *arg) {
    (void)t, (void)arg;
    hold_value(*word);
}

static void hold_root(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner, (void)arg;
    hold_value(slot_peek(s));
}

// In the GIL build every thread's stacks are roots; else only the collecting thread refers to its LOCAL types.
static void hold_thread(Thread *t, void *self) {
    if (t != self && !threading_gil_enabled()) return;
    upcall_visit_stack(t, hold_stack_value, NULL);
    thread_visit_values(t, hold_stack_value, NULL);
}

static void hold_roots(Local *gc) {
    threads_each(hold_thread, gc->t);
    roots_each(gc->t, hold_root, NULL);
    for (GcLink *link = gc_next(&gc->domain->frozen); link != &gc->domain->frozen; link = gc_next(link)) {
        hold_type((Obj *)gc_obj(link)->type);
        upcall_traverse(gc->t, gc_obj(link), hold_root, NULL);
    }
}

// ---- reachability -----------------------------------------------------------------------------------------------------
// Something reachable refers to o.
static void reach(Local *gc, Obj *o) {
    GcLink *link = candidate(o);
    if (!link) return;
    if (is_unreachable(link)) { // given up too early: back to the list, to be traversed when its turn comes
        GcLink *next = gc_next(link), *prev = gc_prev(link);
        prev->next = (uintptr_t)next | (prev->next & GC_TAG_MASK);
        next->prev = (uintptr_t)prev | (next->prev & GC_TAG_MASK);
        link->next = 0;
        gc_list_append(&gc->reachable, link);
        set_remaining(link, 1);
    } else if (remaining(link) == 0) {
        set_remaining(link, 1);
    }
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

// Parts gc->reachable behind `before`: what only garbage refers to moves to gc->unreachable.  Links get their real prev
// back on the way.
static void part(Local *gc, GcLink *before) {
    GcLink *list = &gc->reachable;
    for (GcLink *link = gc_next(before), *next; link != list; link = next) {
        if (remaining(link)) {
            Obj *o = gc_obj(link);
            // Real prev first: it must not look like a candidate to itself.
            link->prev = (uintptr_t)before;
            before = link;
            upcall_traverse(gc->t, o, reach_slot, gc);
            if (gc->full && o->type) reach(gc, (Obj *)o->type);
            next = gc_next(link); // after the traversal: it may have appended to the list
        } else {
            next = gc_next(link);
            before->next = (uintptr_t)next;
            GcLink *last = gc_prev(&gc->unreachable);
            last->next = (uintptr_t)link | (last->next & GC_TAG_MASK);
            link->prev = (uintptr_t)last | COLLECTING;
            link->next = (uintptr_t)&gc->unreachable | UNREACHABLE;
            gc->unreachable.prev = (uintptr_t)link;
        }
    }
    list->prev = (uintptr_t)before;
}

// The candidates as an ordinary list.
static void settle(GcLink *unreachable) {
    for (GcLink *link = gc_next(unreachable); link != unreachable; link = gc_next(link)) {
        link->next &= ~GC_TAG_MASK;
        link->prev &= ~GC_TAG_MASK;
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
    if (!o || !is_unreachable(gc_link(o))) return;
    reach(words->gc, o);
    words->gc->domain->held = true;
}

static void reach_words(Thread *t, void *arg) {
    Words *words = arg;
    if (t == words->gc->t || threading_gil_enabled()) scan_each_word(words->gc->t, t, reach_word, words);
}

// Types that seem unreachable are looked for on the C stacks, whose words may be stale: what is found is held, and noted.
static void reach_from_c(Local *gc) {
    Words words = {.gc = gc};
    size_t n = 0;
    GcLink *list = &gc->unreachable;
    for (GcLink *link = gc_next(list); link != list; link = gc_next(link)) n += obj_is_uncounted(gc_obj(link));
    if (n == 0) return;
    if (!address_set_init(&words.types, n)) abort();
    for (GcLink *link = gc_next(list); link != list; link = gc_next(link))
        if (obj_is_uncounted(gc_obj(link)) && !address_set_add(&words.types, gc_obj(link))) abort();
    GcLink *last = gc_prev(&gc->reachable);
    threads_each(reach_words, &words);
    address_set_free(&words.types);
    part(gc, last);
}

static void deduce(Local *gc) {
    start_counts(gc, &gc->reachable);
    for (GcLink *link = gc_next(&gc->reachable); link != &gc->reachable; link = gc_next(link))
        upcall_traverse(gc->t, gc_obj(link), take_internal, NULL);
    if (gc->full) hold_roots(gc);
    gc_list_init(&gc->unreachable);
    part(gc, &gc->reachable);
    if (gc->full) reach_from_c(gc);
}

// ---- what is done about it --------------------------------------------------------------------------------------------
static bool weakref_survives(const Obj *weakref) {
    return !obj_has(weakref, OBJ_GC) || obj_is_shared_or_hot(weakref) || !is_unreachable(gc_link(weakref));
}

// References to garbage are dead before any finalizer runs; a callback runs if its weakref is not garbage itself.
static void clear_weakrefs(Local *gc) {
    for (GcLink *link = gc_next(&gc->unreachable); link != &gc->unreachable; link = gc_next(link))
        if (obj_has(gc_obj(link), OBJ_HAS_WEAKREF)) weak_died(gc->t, gc_obj(link), weakref_survives);
}

static bool queue_finalizers(Local *gc) {
    bool any = false;
    for (GcLink *link = gc_next(&gc->unreachable); link != &gc->unreachable; link = gc_next(link))
        any |= finalize_queue(gc->t, gc_obj(link));
    return any;
}

static int64_t destroy_all(Local *gc) {
    ObjVec garbage = {0};
    for (GcLink *link = gc_next(&gc->unreachable); link != &gc->unreachable; link = gc_next(link)) {
        Obj *o = gc_obj(link);
        if (!obj_is_uncounted(o)) o->rc++;
        objvec_push(&garbage, o);
    }
    int64_t n = (int64_t)garbage.n;
    if (at_load_relaxed(&gc_debug) & GC_DEBUG_SAVEALL && gc_hooks.save) {
        for (size_t i = 0; i < garbage.n; i++) gc_hooks.save(gc->t, garbage.at[i]);
        gc_list_merge(&gc->domain->gen[2], &gc->unreachable);
        for (size_t i = 0; i < garbage.n; i++)
            if (!obj_is_uncounted(garbage.at[i])) v_drop(gc->t, v_from(garbage.at[i]));
    } else {
        garbage_destroy(gc->t, &garbage);
        // What was kept alive after all (a destructor stored it somewhere) goes on living.
        gc_list_merge(&gc->domain->gen[2], &gc->unreachable);
    }
    objvec_free(&garbage);
    return n;
}

int64_t collect_local(Thread *t, int generation) {
    GcDomain *domain = t->heap.domain;
    Local gc = {.t = t, .domain = domain, .full = generation == 2 && !threading_is_sharing()};
    if (gc.full) {
        caches_clear(t);
        scan_save_own(t);
    }
    gc_list_init(&gc.reachable);
    for (int i = generation; i >= 0; i--) gc_list_merge(&gc.reachable, &domain->gen[i]);
    if (generation < 2) domain->count[generation + 1]++;
    for (int i = 0; i <= generation; i++) domain->count[i] = 0;
    deduce(&gc);

    GcLink *old = &domain->gen[generation < 2 ? generation + 1 : 2];
    int64_t survivors = 0;
    if (generation > 0)
        for (GcLink *link = gc_next(&gc.reachable); link != &gc.reachable; link = gc_next(link)) survivors++;
    if (generation == 1) domain->long_lived_next += survivors;
    if (generation == 2) {
        domain->long_lived = survivors;
        domain->long_lived_next = 0;
    }
    gc_list_merge(old, &gc.reachable);

    clear_weakrefs(&gc);
    settle(&gc.unreachable);
    bool ran = queue_finalizers(&gc);
    pending_run(t); // callbacks, then finalizers; they report their own errors
    if (ran) { // who is still garbage?
        gc_list_init(&gc.reachable);
        gc_list_merge(&gc.reachable, &gc.unreachable);
        deduce(&gc);
        gc_list_merge(&domain->gen[2], &gc.reachable);
        settle(&gc.unreachable);
    }
    return destroy_all(&gc);
}
