// SPDX-License-Identifier: MIT
// Counting: the slow paths of references, sharing, and the death of objects.
//
// To understand it read obj_die (a LOCAL object dies at once, its children by an iterative worklist), then share_value
// (an object and all it reaches become SHARED before a SHARED container shows them), then shared_dec (a SHARED object
// whose count reaches zero goes on this thread's zero-count table, for a handshake to judge: handshake.c).
#include "sync.h"
#include "threading/hot.h"

#include <stdio.h>
#include <stdlib.h>

// ---- SHARED words -----------------------------------------------------------------------------------------------------
// Contention on one word: after this many failed exchanges in one operation the object is not worth counting.
enum { CONTENDED = 4 };

// No collection is due because of objects that are in no cycle: HOT ones may stay long, so only small ones may.
enum { SMALL_LEAF = 128 };
static bool may_stay(Obj *o) { return (obj_flags(o) & OBJ_GC) || obj_extent(o) <= SMALL_LEAF; }

// HEDDLE_DEBUG=promote
static bool made_hot(void) {
    static uint32_t turn; // atomic
    return unlikely(debug_flags.promote) && at_fetch_add_relaxed(&turn, 1u) % (uint32_t)debug_flags.promote == 0;
}

// Whether n more counts of o, whose word was *rc, are taken care of because o is HOT.  false: *rc says that it is not.
static inline bool is_hot(Obj *o, uint32_t *rc, int64_t n) {
    while (unlikely(*rc & RC_HOT) && !MUTATED(MUTATE_HOT_COUNTED)) {
        if (!(*rc & RC_COUNT) || hot_note(o, n)) return true;
        *rc = obj_rc(o);
    }
    return false;
}

V v_dup_slow(V v) {
    Obj *o = v_obj(v);
    if (obj_is_shared_or_hot(o)) return v_untag(v) | V_U_TAG;
    // A LOCAL count about to turn negative: 2^31 references.  The object goes HOT and is counted no more.
    share_value(thread_current(), v);
    hot_for_good(o);
    return v | V_U_TAG;
}

static NOINLINE void promote_large(Obj *o, uint32_t count) {
    if (!hot_promote(o) && count >= RC_MOST) hot_for_good(o);
}

void shared_inc(Obj *o) {
    uint32_t rc = obj_rc(o);
    if (is_hot(o, &rc, 1)) return;
    HD_ASSERT(!(rc & RC_DEAD));
    unsigned n = credit_take(o);
    if (!n) return;
    rc = at_fetch_add_relaxed(&o->rc, n);
    if (unlikely((rc & RC_COUNT) >= RC_PROMOTE || made_hot())) promote_large(o, rc & RC_COUNT);
}

// The object has no counted reference left: a round will see whether an uncounted one is about.
void zero_push(Thread *t, Obj *o) {
    ptrlist_push(t->sync->zero_to, o);
    uint8_t flags = obj_flags(o);
    bool prompt = (flags & (OBJ_FINALIZABLE | OBJ_ASK_ROUND | OBJ_HAS_WEAKREF)) || debug_flags.forceshared == FORCE_PROMPT;
    handshake_want(t, prompt ? ASK_PROMPT : flags & OBJ_GC ? ASK_ALONE : ASK_LAZY);
}

// Gives up n counts of an object that is HOT, or turns so because it is contended; an INZCT entry of one is forgotten by its
// judge.  false: it is SHARED.
static NOINLINE bool hot_gives(Obj *o, unsigned n, bool contended) {
    uint32_t rc = obj_rc(o);
    if (is_hot(o, &rc, -(int64_t)n)) return true;
    if (!(contended && may_stay(o)) && !made_hot()) return false;
    return hot_promote(o) && hot_note(o, -(int64_t)n);
}

void shared_sub(Thread *t, Obj *o, unsigned n) {
    uint32_t rc = obj_rc(o);
    for (int failures = 0;; failures++) {
        if (unlikely((rc & RC_HOT) || failures == CONTENDED || debug_flags.promote) && !MUTATED(MUTATE_HOT_COUNTED)) {
            if (hot_gives(o, n, failures == CONTENDED)) return;
            rc = obj_rc(o);
            if (rc & RC_HOT) continue;
        }
        HD_ASSERT((rc & RC_COUNT) >= n && !(rc & (RC_DEAD | RC_HOT))); // invariant 7
        uint32_t wanted = rc - n;
        bool push = false;
        if ((wanted & RC_COUNT) == 0) {
            push = !(rc & RC_INZCT);
            wanted |= push ? RC_INZCT : MUTATED(MUTATE_NO_DIRTY) ? 0 : RC_DIRTY;
        }
        if (at_cas_acq_rel(&o->rc, &rc, wanted)) {
            if (push) zero_push(t, o);
            return;
        }
        debug_sched_point();
    }
}

void shared_dec(Thread *t, Obj *o) {
    uint32_t rc = obj_rc(o);
    if (is_hot(o, &rc, -1)) return;
    unsigned n = credit_give(t, o, rc);
    if (n) shared_sub(t, o, n);
}

// ---- slots of SHARED containers -----------------------------------------------------------------------------------
// v as a SHARED slot may hold it: SHARED, with all it reaches, and counted (invariant 3).  Consumes v.
static V shared_own(Thread *t, V v) {
    if (v_is_uncounted(v)) {
        shared_inc(v_obj(v));
        return v_untag(v);
    }
    bool local = v_is_object(v) && !obj_is_shared_or_hot(v_obj(v));
    if (local && !MUTATED(MUTATE_NO_SHARE) && !MUTATED(MUTATE_SHARE_LATE)) share_value(t, v);
    debug_sched_point();
    HD_ASSERT(!v_is_object(v) || obj_is_shared_or_hot(v_obj(v)) || MUTATED(MUTATE_NO_SHARE));
    return v;
}

void slot_set_shared(Thread *t, Slot *s, V v) {
    v = shared_own(t, v);
    COUNT(shared_stores);
    V old = at_exchange_acq_rel(&s->bits, v);
    v_drop(t, old);
}

void slot_init_shared(Thread *t, Slot *s, V v) {
    v = shared_own(t, v);
    at_store_release(&s->bits, v);
}

// ---- sharing ----------------------------------------------------------------------------------------------------------
// What was marked waits on a stack for its children to be visited; objects with a prefix leave their thread's list for
// `found`.  Nothing here is visible to others before the caller's release store of the reference that publishes the first
// object.
typedef struct Sharing {
    GcLink found;
    int64_t n; // tracked objects marked
} Sharing;

static void share_slot(Thread *t, Obj *owner, Slot *s, void *arg);

static void share_mark(Thread *t, Obj *o, Sharing *work) {
    COUNT(shares);
    uint32_t rc = obj_rc(o);
    if (obj_flags(o) & (OBJ_IMMORTAL | OBJ_UNCOUNTED) || rc >= RC_MOST) rc = RC_HOT; // not counted
    at_store_release(&o->rc, rc | RC_SHARED); // who finds it without a published reference (weakref lists) acquires this
    if (obj_flags(o) & OBJ_HAS_WEAKREF) weak_shared(t, o);
    objstack_push(&t->sync->sharing, o);
    if (!gc_is_tracked(o)) return;
    work->n++;
    if (obj_flags(o) & OBJ_PAGED) return;
    gc_list_remove(gc_link(o));
    gc_list_append(&work->found, gc_link(o));
}

static void share_object(Thread *t, Obj *o, Sharing *work) {
    if (obj_is_shared_or_hot(o)) return;
    share_mark(t, o, work);
}

static void share_slot(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)owner;
    V v = slot_peek(s);
    if (v_is_object(v)) share_object(t, v_obj(v), arg);
}

// What o reaches: its slots, and its type (an object's methods come with it).
static void share_children(Thread *t, Obj *o, Sharing *work) {
    if (o->type) share_object(t, (Obj *)o->type, work);
    upcall_traverse(t, o, share_slot, work);
}

enum { SMALL_STACK = 4096 };

// `base`: what was on the stack before belongs to an outer call.
static void share_run(Thread *t, Sharing *work, size_t base) {
    ObjStack *todo = &t->sync->sharing;
    while (todo->n > base) share_children(t, todo->at[--todo->n], work);
    if (!todo->n && todo->cap > SMALL_STACK) objstack_free(todo);
    if (work->n) gc_share_list(t, &work->found, work->n);
}

void share_value(Thread *t, V v) {
#if HEDDLE_GIL
    (void)t, (void)v; // nothing is shared: the lock is
#else
    if (!v_is_object(v) || obj_is_shared_or_hot(v_obj(v))) return;
    Sharing work = {.n = 0};
    gc_list_init(&work.found);
    size_t base = t->sync->sharing.n;
    share_mark(t, v_obj(v), &work);
    share_run(t, &work, base);
#endif
}

// Every object reached from the roots, in one worklist.
void share_roots(Thread *t) {
    Sharing work = {.n = 0};
    gc_list_init(&work.found);
    size_t base = t->sync->sharing.n;
    roots_each(t, share_slot, &work);
    share_run(t, &work, base);
}

// ---- death ------------------------------------------------------------------------------------------------------------
// sync->dead is a stack of collectable objects, in the order CPython would have destroyed them: what dies while an object
// is destroyed goes in front of the rest, the first one to die on top.  A leaf is destroyed on the spot, because it has few
// children or none; a chain of such objects is cut by DEEP and waits in dead_leaves.
enum { DEEP = 50 };

static void die_now(Thread *t, Obj *o) {
    UNSUSPENDED(t); // a drop runs no Python and is no safepoint
    if (obj_flags(o) & OBJ_HAS_WEAKREF) weak_died(t, o, NULL);
    upcall_destroy(t, o);
}

static void dead_insert(Thread *t, Obj *o) {
    if (gc_is_tracked(o)) gc_forget(t, o);
    objstack_push(&t->sync->dead, o);
    t->dead_waiting = true;
}

// The children of the one destroyed last came in the order of their death.
static void dead_turn(ObjStack *dead, size_t from) {
    for (size_t i = from, j = dead->n; i + 1 < j; i++) {
        Obj *o = dead->at[--j];
        dead->at[j] = dead->at[i];
        dead->at[i] = o;
    }
}

static Obj *dead_take(Thread *t) {
    ThreadSync *sync = t->sync;
    ObjStack *dead = &sync->dead;
    dead_turn(dead, sync->dead_from);
    Obj *o = dead->n ? dead->at[--dead->n] : ptrlist_pop(&sync->dead_leaves);
    sync->dead_from = dead->n;
    return o;
}

// True when o lives on for its finalizer, queued with one owned count.
static bool die_later(Thread *t, Obj *o) {
    if (!(obj_flags(o) & (OBJ_GC | OBJ_FINALIZABLE)) || (obj_flags(o) & OBJ_FINALIZED)) return false;
    if (!upcall_needs_python(t, o)) return false;
    rc_store_local(o, 1);
    obj_set_flag(o, OBJ_FINALIZED);
    if ((obj_flags(o) & (OBJ_GC | OBJ_PAGED)) == OBJ_GC) gc_track(t, o); // it was off its list
    pending_push(t, PENDING_FINALIZE, v_from(o));
    return true;
}

// Destroys what is queued, and all that dies of it; a finalizer is queued when the turn of its object comes.
static void dead_run(Thread *t) {
    t->destroying = true;
    for (Obj *o; (o = dead_take(t)) != NULL;) {
        if (obj_is_shared_or_hot(o) || !die_later(t, o)) die_now(t, o);
    }
    t->dead_waiting = t->destroying = false;
    if (unlikely(t->sync->dead.cap > SMALL_STACK)) objstack_free(&t->sync->dead);
}

static inline void dead_run_if_any(Thread *t) {
    if (unlikely(t->dead_waiting)) dead_run(t);
}

static void die_leaf(Thread *t, Obj *o) {
    ThreadSync *sync = t->sync;
    if (unlikely(sync->destroy_depth >= DEEP)) {
        ptrlist_push(&sync->dead_leaves, o);
        t->dead_waiting = true;
        return;
    }
    sync->destroy_depth++;
    die_now(t, o);
    sync->destroy_depth--;
    if (!t->destroying && !sync->destroy_depth) dead_run_if_any(t);
}

// o may be destroyed now: LOCAL with count 0, or DEAD by a round's verdict.
void obj_destroy(Thread *t, Obj *o) {
    if (!(obj_flags(o) & OBJ_GC)) {
        die_leaf(t, o);
        return;
    }
    dead_insert(t, o);
    if (!t->destroying) dead_run(t);
}

// Objects whose death is no plain matter, or that die in the course of another's.
static NOINLINE void die_slow(Thread *t, Obj *o) {
    uint8_t flags = obj_flags(o);
    if (t->destroying && (flags & OBJ_GC)) dead_insert(t, o);
    else if ((flags & (OBJ_FINALIZABLE | OBJ_FINALIZED)) != OBJ_FINALIZABLE || !die_later(t, o)) obj_destroy(t, o);
}

void obj_die(Thread *t, Obj *o) {
    HD_ASSERT(obj_rc(o) == 0);
    uint8_t flags = obj_flags(o);
    unsigned plain = flags & (OBJ_GC | OBJ_FINALIZABLE | OBJ_HAS_WEAKREF);
    if (!plain) {
        die_leaf(t, o);
        return;
    }
    if (unlikely(plain != OBJ_GC || t->destroying)) {
        die_slow(t, o);
        return;
    }
    // The usual case: o is alone on the list, so it need not go there.
    if (likely(flags & OBJ_PAGED)) gc_forget_local(t);
    else if (gc_is_linked(o)) gc_forget(t, o);
    UNSUSPENDED(t);
    t->destroying = true;
    t->sync->dead_from = 0;
    upcall_destroy(t, o);
    t->destroying = false;
    dead_run_if_any(t);
}
