// SPDX-License-Identifier: MIT
// Attaching, detaching, safepoints, stopping the world.
//
// Two orders of "store mine, look at yours" carry this file, both sequentially consistent:
//   a stopper:   world.stopper = self;   then looks at each thread's state
//   a thread:    state = ATTACHED;       then looks at world.stopper, and goes back if it is set
//   an initiator: breaker |= HANDSHAKE;  then looks at the thread's state, and claims it when DETACHED
//   a thread:     state = DETACHED;      then looks at its breaker, and claims itself when a round asks
// so in each pair at least one side sees the other.
#include "sync.h"
#include "threading/parking.h"
#include "threading/scan.h"

#include <sched.h>
#include <unistd.h>

static struct World {
    Thread *stopper;   // atomic: who is stopping or has stopped the world
    Thread *finisher;  // atomic: the only thread that may attach from now on
    uint32_t event;    // atomic, futex: changes when a stop ends, or a thread detaches during one
    uint32_t waiting;  // atomic: threads that wait in attach for a stop to end
    int depth;         // nested stops; the stopper's, like the next
    bool may_credit;   // whether it might have credits before: a thread that is detaching or ending might not
} world;

bool world_is_stopping(void) { return at_load_relaxed(&world.stopper) != NULL; }

// A daemon thread after the interpreter has finished: its memory may be in use by others, so it must not even return.
static _Noreturn void sleep_for_good(Thread *t) {
    bytelock_forgo(t);
    for (;;) pause();
}

bool world_is_finishing(void) { return at_load_acquire(&world.finisher) != NULL; }
bool threading_is_last(const Thread *t) { return at_load_acquire(&world.finisher) == t; }

static bool must_not_attach(const Thread *t) {
    const Thread *finisher = at_load_acquire(&world.finisher);
    return unlikely(finisher != NULL) && finisher != t;
}

#if HEDDLE_GIL
NOINLINE void thread_attach_raw(Thread *t) {
    rt_mutex_assert_may(RT_MAY_BLOCK);
    gil_acquire(t, false);
    if (must_not_attach(t)) {
        gil_release(t);
        sleep_for_good(t);
    }
    at_store_relaxed(&t->sync->state, (uint32_t)THREAD_ATTACHED);
    heap_attached(t);
    gap_begins(t);
}

NOINLINE void thread_detach_raw(Thread *t) {
    SCAN_ENTRY(t);
    rt_mutex_assert_may(RT_MAY_BLOCK);
    thread_note_pause(t);
    COUNT(detaches);
    gap_ends(t);
    scan_note_stack(t);
    heap_detaching();
    at_store_relaxed(&t->sync->state, (uint32_t)THREAD_DETACHED);
    gil_release(t);
}

// Whoever holds the lock has stopped the world already.
void world_stop(Thread *t) {
    rt_mutex_assert_may(RT_MAY_BLOCK);
    gap_ends(t);
}
void world_start(Thread *t) { gap_begins(t); }

#else

static void world_event(void) {
    at_fetch_add_release(&world.event, 1u);
    futex_wake(&world.event, INT32_MAX);
}

void world_left(void) {
    if (world_is_stopping()) world_event();
}

static bool attach_try(Thread *t) {
    uint32_t state = THREAD_DETACHED;
    return at_cas_seq(&t->sync->state, &state, (uint32_t)THREAD_ATTACHED);
}

// Waits, detached, while somebody else has stopped the world.
static void wait_for_world(Thread *t) {
    at_fetch_add_relaxed(&world.waiting, 1u);
    for (;;) {
        uint32_t event = at_load_acquire(&world.event);
        Thread *stopper = at_load_seq(&world.stopper);
        if (must_not_attach(t)) sleep_for_good(t);
        if (!stopper || stopper == t) break;
        futex_wait(&world.event, event, -1);
    }
    at_fetch_sub_relaxed(&world.waiting, 1u);
}

static bool world_stopped_by_other(const Thread *t) {
    const Thread *stopper = at_load_seq(&world.stopper);
    return unlikely(stopper != NULL) && stopper != t;
}

NOINLINE void thread_attach_raw(Thread *t) {
    SCAN_ENTRY(t);
    rt_mutex_assert_may(RT_MAY_BLOCK);
    for (;;) {
        debug_sched_point();
        if (must_not_attach(t)) sleep_for_good(t);
        if (world_stopped_by_other(t)) wait_for_world(t);
        for (int i = 0; !attach_try(t); i++) // CLAIMED: somebody acts for us, shortly
            i < 50 ? at_pause() : (void)sched_yield();
        debug_sched_point();
        if (!world_stopped_by_other(t) && !must_not_attach(t)) break;
        at_store_seq(&t->sync->state, (uint32_t)THREAD_DETACHED);
        // A round that saw it ATTACHED waits for its answer, and the stopper for the end of the round.
        if (unlikely(at_load_seq(&t->breaker) & BREAK_HANDSHAKE)) handshake_claim_self(t);
        world_event();
    }
    heap_attached(t);
    if (t->sync->rests) resting_end(t);
    handshake_respond(t);
    t->sync->may_credit = at_load_relaxed(&world.stopper) != t;
    if (unlikely(pending_orphans())) breaker_set(t, BREAK_PENDING);
    gap_begins(t);
    __asm__ __volatile__("" ::: "memory"); // no tail call: see SCAN_ENTRY
}

NOINLINE void thread_detach_raw(Thread *t) {
    SCAN_ENTRY(t);
    rt_mutex_assert_may(RT_MAY_BLOCK);
    thread_note_pause(t);
    COUNT(detaches);
    gap_ends(t);
    handshake_detaching(t);
    if (at_load_relaxed(&sharing_begun)) scan_save_own(t);
    t->sync->visits = 0;
    heap_detaching();
    HD_ASSERT(!t->sync->may_credit && !t->sync->credits_held);
    debug_sched_point();
    at_store_seq(&t->sync->state, (uint32_t)THREAD_DETACHED);
    uint32_t why = at_load_seq(&t->breaker);
    if (unlikely(why & BREAK_HANDSHAKE)) handshake_claim_self(t);
    if (unlikely(why & BREAK_STOP)) world_event();
}

// ---- stopping ---------------------------------------------------------------------------------------------------------
static void stop_ask_all(Thread *self) {
    rt_mutex_lock(&lock_threads);
    for (Thread *t = threads_head; t; t = t->next)
        if (t != self) at_fetch_or_seq(&t->breaker, (uint32_t)BREAK_STOP);
    rt_mutex_unlock(&lock_threads);
}

static bool somebody_attached(const Thread *self) {
    bool found = false;
    rt_mutex_lock(&lock_threads);
    for (Thread *t = threads_head; t && !found; t = t->next)
        found = t != self && at_load_seq(&t->sync->state) == THREAD_ATTACHED;
    rt_mutex_unlock(&lock_threads);
    return found;
}

// Those who waited through the last stop attach before the next begins.
static void let_waiters_in(Thread *t) {
    for (int i = 0; i < 1000 && at_load_relaxed(&world.waiting); i++) {
        handshake_respond(t);
        sched_yield();
    }
}

NOINLINE void world_stop(Thread *t) {
    SCAN_ENTRY(t);
    rt_mutex_assert_may(RT_MAY_BLOCK);
    if (at_load_relaxed(&world.stopper) == t) {
        world.depth++;
        return;
    }
    HD_ASSERT(at_load_relaxed(&t->sync->state) == THREAD_ATTACHED);
    gap_ends(t);
    let_waiters_in(t);
    Thread *nobody = NULL;
    while (!at_cas_seq(&world.stopper, &nobody, t)) {
        thread_detach_raw(t); // the other stopper waits for us
        thread_attach_raw(t);
        nobody = NULL;
    }
    world.depth = 1;
    world.may_credit = t->sync->may_credit;
    credits_end(t);
    handshake_wait_idle(t);
    stop_ask_all(t);
    for (;;) {
        uint32_t event = at_load_acquire(&world.event);
        if (!somebody_attached(t) || MUTATED(MUTATE_NO_STOP)) return;
        futex_wait(&world.event, event, 1000000); // the limit is for a detach that came before our request
    }
}

void world_start(Thread *t) {
    HD_ASSERT(at_load_relaxed(&world.stopper) == t);
    if (--world.depth) return;
    HD_ASSERT(!t->sync->may_credit && !t->sync->credits_held);
    t->sync->may_credit = world.may_credit;
    rt_mutex_lock(&lock_threads);
    for (Thread *other = threads_head; other; other = other->next)
        at_fetch_and_relaxed(&other->breaker, ~(uint32_t)BREAK_STOP);
    rt_mutex_unlock(&lock_threads);
    handshake_release_idle();
    at_store_seq(&world.stopper, (Thread *)NULL);
    world_event();
    gap_begins(t);
}
#endif

void world_after_fork(Thread *t) {
    t->sync->may_credit = world.may_credit;
    world = (struct World){.finisher = world.finisher};
    at_fetch_and_relaxed(&t->breaker, ~(uint32_t)BREAK_STOP);
}

void threading_finish(Thread *t) {
    world_stop(t);
    at_store_seq(&world.finisher, t);
    world_start(t);
}

#if !HEDDLE_GIL
// Not in the middle of a destruction or a collection, nor below an item that is running.
static bool may_run_python(const Thread *t) {
    const ThreadSync *sync = t->sync;
    return !t->destroying && !sync->destroy_depth && !t->heap.domain->collecting && t->pending != sync->pending_floor;
}
#endif

bool thread_found_work(const Thread *t) {
#if HEDDLE_GIL
    return (void)t, false; // no rounds
#else
    return unlikely(t->pending != NULL) && may_run_python(t);
#endif
}

// ---- attach, detach, safepoint ------------------------------------------------------------------------------------
void thread_detach(Thread *t) {
    HD_ASSERT(at_load_relaxed(&t->sync->state) == THREAD_ATTACHED);
    if (unlikely(t->crit != NULL)) crit_suspend(t);
    thread_detach_raw(t);
#if !HEDDLE_GIL
    // The last to detach may have brought finalizers to light: they run before it sleeps, not after.
    while (thread_found_work(t)) {
        thread_attach_raw(t);
        pending_run_quietly(t);
        thread_detach_raw(t);
        if (t->pending && t->pending->kind == PENDING_CALL) break;
    }
#endif
}

void thread_attach(Thread *t) {
    HD_ASSERT(!t->destroying); // it may be CLAIMED by itself: a round's judge
    thread_attach_raw(t);
    if (unlikely(t->crit != NULL)) crit_resume(t);
}

bool thread_is_attached(const Thread *t) { return at_load_relaxed(&t->sync->state) == THREAD_ATTACHED; }

static uint32_t breaker_take(Thread *t, uint32_t bits) {
    uint32_t why = at_load_relaxed(&t->breaker) & bits;
    return why ? at_fetch_and_acquire(&t->breaker, ~why) & why : 0;
}

NOINLINE int safepoint_slow(Thread *t) {
    SCAN_ENTRY(t);
    rt_mutex_assert_may(RT_MAY_BLOCK | RT_MAY_PYTHON);
    HD_ASSERT(at_load_relaxed(&t->sync->state) == THREAD_ATTACHED);
    debug_sched_point();
    gap_ends(t);
    uint32_t round = breaker_take(t, BREAK_HANDSHAKE);
    if (round) handshake_poll(t);
    uint32_t rest = at_load_acquire(&t->breaker) & ~(uint32_t)BREAK_GAPS;
    if (!rest) {
        if (round) gap_begins(t);
        return 0;
    }

    int status = 0;
    crit_suspend(t);
    if (rest & BREAK_STOP) { // set and cleared by the stopper
        thread_detach_raw(t);
        thread_attach_raw(t);
    }
#if HEDDLE_GIL
    if (breaker_take(t, BREAK_GIL)) {
        gil_yield(t);
        if (must_not_attach(t)) {
            gil_release(t);
            sleep_for_good(t);
        }
    }
#endif
    uint32_t collections = breaker_take(t, BREAK_COLLECT | BREAK_COLLECT_ALL);
    if (collections) upcall_collect(t, collections & BREAK_COLLECT_ALL);
    uint32_t events = breaker_take(t, BREAK_SIGNAL | BREAK_ASYNC_EXC | BREAK_TRACE);
    if (events) status = upcall_async_event(t, events);
    if (status == 0 && breaker_take(t, BREAK_PENDING)) status = pending_run(t);
    crit_resume(t);
    gap_begins(t);
    return status;
}

NOINLINE int safepoint_prompt(Thread *t) {
    SCAN_ENTRY(t);
    rt_mutex_assert_may(RT_MAY_BLOCK | RT_MAY_PYTHON);
    HD_ASSERT(at_load_relaxed(&t->sync->state) == THREAD_ATTACHED);
    if (breaker_take(t, BREAK_HANDSHAKE)) handshake_poll(t);
    int status = 0;
    // A signal or exception that has arrived goes first, at the next safepoint: inside a finalizer, which may not raise, it
    // would be lost.
    if (at_load_relaxed(&t->breaker) & (BREAK_SIGNAL | BREAK_ASYNC_EXC)) return 0;
    if (breaker_take(t, BREAK_PENDING)) {
        crit_suspend(t);
        status = pending_run(t);
        crit_resume(t);
    }
    return status;
}
