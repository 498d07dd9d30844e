// SPDX-License-Identifier: MIT
// The ragged handshake: finds out that nobody holds an uncounted reference to an object whose count is zero.
//
// Read round_start, handshake_respond, round_finish: a round closes a batch, moves the epoch, asks every thread, and is
// judged by whoever answers last.  A DETACHED thread is answered for by the initiator.  Nobody waits: a thread that
// finds a round in progress leaves its tables in the queue for the next one.
//
//   phase:  IDLE --round_start--> OPEN --last answer--> JUDGING --> IDLE        IDLE <--world_stop/start--> HELD
//
// A thread's zero-count table changes hands when it answers or detaches: what was removed from the heap before the
// answer to round n is judged by round n + 1, whose epoch is later than the removal.  What a round's own verdicts push
// to zero goes one level down; a batch that has come down LEVELS levels is finished with the world stopped (finish.c).
#include "handshake.h"
#include "threading/hot.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

AddressSet round_addresses;
static struct Round {
    uint32_t phase;   // atomic: PHASE_*
    uint64_t epoch;   // atomic: written under lock_threads by the initiator
    uint32_t missing; // atomic: answers still to come
    Batch batch;      // the initiator's until the epoch is published, then the judge's
    int64_t cost_ns; // the initiator's until it answers, then the judge's
    int64_t started_ns;
    int share;               // what it costs is one part in so many of the time; 0: it is not charged
    int64_t last_started_ns; // atomic
    int64_t prompt_free_ns;  // atomic: the time up to which rounds that are asked for have used their share
} current;
enum { PHASE_IDLE, PHASE_OPEN, PHASE_JUDGING, PHASE_HELD };

RoundQueue round_queue;
RoundStats round_stats;

// Limits (CONCURRENCY.md 2.3).
enum {
    TABLE_FULL = 1024,          // objects
    FEW = TABLE_FULL / 8,       // objects; more than that are cheaper to judge all together
    SETTLE_ROUNDS = 8,          // levels that a thread which ends sees through itself
    OBJECTS_TOO_MANY = 1 << 17, // in the queue: who adds to it waits a little for the round that is under way
    SHARE = 20,                 // rounds that are asked for may take one part in this many of the time,
    SHARE_ALONE = 4,            // prompt ones that nobody else has to answer one in this many
};
#define CREDIT_NS 40000000  // ... and after a quiet time, what they may take of so long at once
#define COST_MOST_NS 100000 // what took longer did not have a processor all the time
#define BYTES_FULL ((size_t)1 << 20)
#define BYTES_TOO_MANY ((size_t)64 << 20)
#define ROUND_SPACING_NS 1000000
#define LAZY_NS 5000000
#define KEPT_NS 5000000
#define KEPT_MOST_NS 1000000000
#define BACKPRESSURE_NS 10000000
#define SETTLE_NS 1000000

// ---- the queue --------------------------------------------------------------------------------------------------------
void round_queue_note(void) {
    size_t count = 0;
    for (int i = 0; i <= LEVELS; i++) count += round_queue.batch.level[i].count;
    at_store_relaxed(&round_queue.count, count + round_queue.batch.retired.count);
    at_store_relaxed(&round_queue.bytes, round_queue.batch.retired.bytes);
    at_store_relaxed(&round_queue.deep, round_queue.batch.level[LEVELS].count != 0);
}

// The calling thread's tables go to the queue.
static void hand_over(Thread *t) {
    ThreadSync *sync = t->sync;
    if (!sync->zero.count && !sync->retired.count && !sync->ask) return;
    rt_mutex_lock(&lock_queue);
    ptrlist_close(&sync->zero, &current.epoch);
    ptrlist_close(&sync->retired, &current.epoch);
    ptrlist_append(&round_queue.batch.level[0], &sync->zero);
    ptrlist_append(&round_queue.batch.retired, &sync->retired);
    if (sync->ask > round_queue.ask) at_store_relaxed(&round_queue.ask, sync->ask);
    round_queue_note();
    rt_mutex_unlock(&lock_queue);
    sync->ask = ASK_LAZY;
}

void round_queue_take(Batch *batch) {
    rt_mutex_lock(&lock_queue);
    for (int i = 0; i <= LEVELS; i++) ptrlist_append(&batch->level[i], &round_queue.batch.level[i]);
    batch->again = round_queue.kept.count;
    ptrlist_append(&batch->level[0], &round_queue.kept);
    at_store_relaxed(&round_queue.kept_news, false);
    ptrlist_append(&batch->retired, &round_queue.batch.retired);
    at_store_relaxed(&round_queue.ask, ASK_LAZY);
    round_queue_note();
    rt_mutex_unlock(&lock_queue);
}

int64_t round_queue_keep(const Thread *judge, PtrList *kept, size_t again) {
    int64_t due = 0;
    if (kept->count) {
        bool more = kept->count > again;
        int64_t wait = more ? KEPT_NS : round_queue.kept_wait_ns * 2;
        round_queue.kept_wait_ns = wait < KEPT_MOST_NS ? wait : KEPT_MOST_NS;
        due = time_monotonic_ns() + round_queue.kept_wait_ns;
        ptrlist_close(kept, &current.epoch);
        ptrlist_append(&round_queue.kept, kept);
        if (more || !judge->sync->was_relief) at_store_relaxed(&round_queue.kept_news, true);
    }
    at_store_relaxed(&round_queue.kept_due_ns, due);
    return due;
}

// ---- answering --------------------------------------------------------------------------------------------------------
static void answered(Thread *t, uint64_t epoch) {
    debug_sched_point();
    at_store_release(&t->sync->seen, epoch);
}

static bool last_answer(void) { return at_fetch_sub_acq_rel(&current.missing, 1u) == 1; }

// The thread's own answer: it has looked at its stacks and handed its tables over.
static void answer(Thread *t, uint64_t epoch) {
    answered(t, epoch);
    if (last_answer() || MUTATED(MUTATE_EARLY_VERDICT)) round_finish(t);
}

void handshake_respond(Thread *t) {
    uint64_t epoch = at_load_acquire(&current.epoch);
    if (at_load_relaxed(&t->sync->seen) == epoch) return;
    scan_own(t);
    hand_over(t);
    answer(t, epoch);
}

uint64_t handshake_epoch(void) { return at_load_acquire(&current.epoch); }

// On behalf of a CLAIMED thread.  False when it has answered already.
static bool respond_for(Thread *t, uint64_t epoch) {
    at_fetch_and_relaxed(&t->breaker, ~(uint32_t)BREAK_HANDSHAKE);
    if (at_load_relaxed(&t->sync->seen) == epoch) return false;
    scan_claimed(t);
    answered(t, epoch);
    return true;
}

bool thread_claim(Thread *t) {
    for (;;) {
        uint32_t state = THREAD_DETACHED;
        if (at_cas_seq(&t->sync->state, &state, (uint32_t)THREAD_CLAIMED)) {
            HD_ASSERT(!t->sync->may_credit && !t->sync->credits_held);
            return true;
        }
        if (state == THREAD_ATTACHED) return false;
        at_pause(); // claimed by another, who is quick
    }
}

void thread_unclaim(Thread *t) { at_store_seq(&t->sync->state, (uint32_t)THREAD_DETACHED); }

// A round began while this thread was on its way to DETACHED.  When it answers last it judges while it is CLAIMED, by
// itself: attaching might mean to wait for a stopper, who waits for this round to end.
void handshake_claim_self(Thread *t) {
    if (!thread_claim(t)) return;
    // Who rests already was answered for, and is not asked by a round that is open now.
    if (!t->sync->rests && respond_for(t, at_load_acquire(&current.epoch)) && last_answer()) round_finish(t);
    thread_unclaim(t);
    // Or it was reminded, as the last one attached, of what waits.
    if (at_load_relaxed(&round_queue.count) || at_load_relaxed(&round_queue.kept_news)) ticker_arm(time_monotonic_ns());
}

// ---- a round ----------------------------------------------------------------------------------------------------------
static void addresses_build(const Batch *batch) {
    size_t n = 0;
    for (int i = 0; i <= LEVELS; i++) n += batch->level[i].count;
    if (!address_set_init(&round_addresses, n)) threading_fatal("out of memory in a round of the handshake");
    for (int i = 0; i <= LEVELS; i++)
        for (PtrChunk *chunk = batch->level[i].first; chunk; chunk = chunk->next)
            for (uint32_t k = 0; k < chunk->n; k++) {
                Obj *o = chunk->items[k];
                // One that is counted now and not at the verdict will be DIRTY: it need not be looked for.
                if ((obj_rc(o) & (RC_COUNT | RC_HOT)) == 0 && !address_set_add(&round_addresses, o))
                    threading_fatal("out of memory in a round of the handshake");
            }
}

// Asks every thread that does not rest, but the initiator, and answers for those that are detached.
static void ask_all(Thread *self) {
    rt_mutex_lock(&lock_threads);
    uint32_t n = 0;
    for (Thread *t = asked_head; t; t = t->sync->asked_next) n++;
    if (MUTATED(MUTATE_NO_GRACE)) n = 1;
    at_store_relaxed(&current.missing, n);
    uint64_t epoch = at_load_relaxed(&current.epoch) + 1;
    at_store_release(&current.epoch, epoch);
    resting_mark();
    for (Thread *t = asked_head, *next; t; t = next) {
        next = t->sync->asked_next;
        if (t == self) continue;
        if (MUTATED(MUTATE_NO_GRACE)) {
            at_store_relaxed(&t->sync->seen, epoch);
            continue;
        }
        at_fetch_or_seq(&t->breaker, (uint32_t)BREAK_HANDSHAKE);
        debug_sched_point();
        if (!thread_claim(t)) continue;
        if (respond_for(t, epoch)) at_fetch_sub_acq_rel(&current.missing, 1u); // not the last: we have not answered
        resting_begin(t);
        thread_unclaim(t);
    }
    rt_mutex_unlock(&lock_threads);
}

static RoundAsk ask_of(const Thread *t) {
    RoundAsk queued = at_load_relaxed(&round_queue.ask);
    return t->sync->ask > queued ? t->sync->ask : queued;
}

// What a round that is asked for is charged.  Others have their time, and what they cost is nobody's debt.
static int share_of(RoundAsk ask, bool alone) {
    if (ask == ASK_PROMPT) return alone ? SHARE_ALONE : SHARE;
    return ask == ASK_ALONE && alone ? SHARE : 0;
}

// True when this thread's call brought a round about; it may be open still when it returns.
static bool round_start(Thread *t) {
    uint32_t idle = PHASE_IDLE;
    if (!at_cas_acq_rel(&current.phase, &idle, (uint32_t)PHASE_OPEN)) return false;
    COUNT(handshakes);
    RoundAsk ask = ask_of(t);
    scan_save_own(t); // now: the building of the batch leaves its addresses on this stack
    current.started_ns = time_monotonic_ns();
    at_store_relaxed(&current.last_started_ns, current.started_ns);
    hand_over(t);
    round_queue_take(&current.batch);
    addresses_build(&current.batch);
    ask_all(t);
    current.share = share_of(ask, at_load_relaxed(&current.missing) == 1);
    scan_claimed(t);
    hand_over(t);
    current.cost_ns = time_monotonic_ns() - current.started_ns;
    answer(t, at_load_relaxed(&current.epoch));
    return true;
}

// ---- the verdict ------------------------------------------------------------------------------------------------------
// What becomes of one object nobody was seen to refer to.  True: it is DEAD, and this thread's to destroy.
static bool verdict(Thread *t, Obj *o, PtrList *kept) {
    uint32_t rc = at_load_acquire(&o->rc);
    for (;;) {
        HD_ASSERT((rc & (RC_SHARED | RC_INZCT | RC_DEAD)) == (RC_SHARED | RC_INZCT));
        debug_sched_point();
        if ((rc & RC_HOT) || (rc & RC_COUNT)) {
            if (at_cas_acq_rel(&o->rc, &rc, rc & ~(RC_INZCT | RC_DIRTY))) return false;
        } else if (rc & RC_DIRTY) {
            if (!at_cas_acq_rel(&o->rc, &rc, rc & ~RC_DIRTY)) continue;
            ptrlist_push(kept, o);
            return false;
        } else if (!(obj_flags(o) & OBJ_FINALIZED) && upcall_needs_python(t, o)) {
            if (!at_cas_acq_rel(&o->rc, &rc, (rc & ~RC_INZCT) + 1)) continue;
            obj_set_flag(o, OBJ_FINALIZED);
            pending_push(t, PENDING_FINALIZE, v_from(o));
            return false;
        } else if (at_cas_acq_rel(&o->rc, &rc, (rc & ~RC_INZCT) | RC_DEAD)) {
            return true;
        }
    }
}

static void judge_level(Thread *t, PtrList *level, PtrList *kept) {
    for (PtrChunk *chunk = level->first; chunk; chunk = chunk->next)
        for (uint32_t i = 0; i < chunk->n; i++) {
            Obj *o = chunk->items[i];
            if (!verdict(t, o, kept)) continue;
            round_stats.freed++;
            obj_destroy(t, o);
        }
    ptrlist_free(level);
}

void retired_free(Thread *t, PtrList *retired) {
    for (PtrChunk *chunk = retired->first; chunk; chunk = chunk->next)
        for (uint32_t i = 0; i < chunk->n; i++) retired_free_one(t, chunk->items[i]);
    round_stats.retired += retired->count;
    ptrlist_free(retired);
}

// Each round that is asked for moves the time from which the next may be on, by the time of which its cost is a share; a
// quiet time lets it fall back, by CREDIT_NS at most.  All of it is charged but the freeing, which is no overhead: with one
// object the initiator's own answer and what the judge does afterwards are most of it.
static void charge_round(int64_t judged_ns, int64_t now) {
    int64_t from = at_load_relaxed(&current.prompt_free_ns), oldest = now - CREDIT_NS;
    if (from < oldest) from = oldest;
    int64_t cost = current.cost_ns + (now - judged_ns);
    if (cost > COST_MOST_NS) cost = COST_MOST_NS;
    at_store_relaxed(&current.prompt_free_ns, from + current.share * cost);
}

// Invariants 5 and 6: the round is complete, and what it judges and frees changed hands before its epoch.
static void assert_complete(const Batch *batch) {
#if HEDDLE_DEBUG_CHECKS
    uint64_t epoch = at_load_relaxed(&current.epoch);
    HD_ASSERT(at_load_relaxed(&current.missing) == 0 && at_load_relaxed(&current.phase) == PHASE_JUDGING);
    rt_mutex_lock(&lock_threads);
    for (const Thread *t = asked_head; t; t = t->sync->asked_next) HD_ASSERT(at_load_relaxed(&t->sync->seen) == epoch);
    rt_mutex_unlock(&lock_threads);
    for (int i = 0; i <= LEVELS; i++) ptrlist_assert_closed_before(&batch->level[i], epoch);
    ptrlist_assert_closed_before(&batch->retired, epoch);
#else
    (void)batch;
#endif
}

// Everybody has answered.  Runs on the thread that answered last, attached.
void round_finish(Thread *t) {
    at_store_relaxed(&current.phase, (uint32_t)PHASE_JUDGING);
    if (MUTATED(MUTATE_LATE_TABLE)) round_queue_take(&current.batch);
    assert_complete(&current.batch);
    Batch down = {0};
    PtrList kept = {0};
    PendingItem *before = pending_begin_aside(t);
    for (int i = 0; i <= LEVELS; i++) {
        if (!current.batch.level[i].count) continue;
        t->sync->zero_to = &down.level[i < LEVELS ? i + 1 : LEVELS];
        judge_level(t, &current.batch.level[i], &kept);
    }
    t->sync->zero_to = &t->sync->zero;
    pending_end_aside(t, before, thread_is_attached(t));
    retired_free(t, &current.batch.retired);
    int64_t judged_ns = time_monotonic_ns();

    rt_mutex_lock(&lock_queue);
    round_stats.kept += kept.count;
    int64_t kept_due = round_queue_keep(t, &kept, current.batch.again);
    for (int i = 0; i <= LEVELS; i++) {
        ptrlist_close(&down.level[i], &current.epoch);
        ptrlist_append(&round_queue.batch.level[i], &down.level[i]);
    }
    round_queue_note();
    rt_mutex_unlock(&lock_queue);

    round_stats.rounds++;
    int64_t now = time_monotonic_ns();
    charge_round(judged_ns, now);
    at_store_release(&current.phase, (uint32_t)PHASE_IDLE);
    if (kept_due) ticker_arm(kept_due);
    // What came down, or arrived meanwhile, wants the next one: at this thread's next safepoint, or by the clock.
    if (!at_load_relaxed(&round_queue.count)) return;
    breaker_set(t, BREAK_HANDSHAKE);
    if (!thread_is_attached(t)) ticker_arm(now + ROUND_SPACING_NS);
}

// ---- when -------------------------------------------------------------------------------------------------------------
void handshake_want(Thread *t, RoundAsk ask) {
    ThreadSync *sync = t->sync;
    bool sooner = ask > sync->ask;
    if (sooner) sync->ask = ask;
    size_t count = sync->zero.count + sync->retired.count;
    if (sooner || ask == ASK_PROMPT || count == 1 || count % TABLE_FULL == 0 || sync->retired.bytes >= BYTES_FULL)
        breaker_set(t, BREAK_HANDSHAKE);
}

static Thread *other_attached(const Thread *self) {
    for (Thread *t = asked_head; t; t = t->sync->asked_next)
        if (t != self && at_load_relaxed(&t->sync->state) == THREAD_ATTACHED) return t;
    return NULL;
}

static bool is_alone(const Thread *t) {
    rt_mutex_lock(&lock_threads);
    bool alone = !other_attached(t);
    rt_mutex_unlock(&lock_threads);
    return alone;
}

// When the next round may start for what this thread and the queue hold; INT64_MAX: nothing is there.
static int64_t due_ns(const Thread *t, int64_t now) {
    const ThreadSync *sync = t->sync;
    size_t own = sync->zero.count + sync->retired.count, queued = at_load_relaxed(&round_queue.count);
    if (own + queued == 0) {
        int64_t kept = at_load_relaxed(&round_queue.kept_due_ns);
        return kept ? kept : INT64_MAX;
    }
    int64_t spaced = at_load_relaxed(&current.last_started_ns) + ROUND_SPACING_NS;
    RoundAsk ask = ask_of(t);
    int64_t free = at_load_relaxed(&current.prompt_free_ns);
    if (ask == ASK_PROMPT) return debug_flags.forceshared == FORCE_PROMPT ? 0 : free;
    // The other half of the credit is for prompt ones.
    if (ask == ASK_ALONE && own + queued < FEW && free + CREDIT_NS / 2 <= now && is_alone(t)) return free;
    bool full = own + queued >= TABLE_FULL ||
                sync->retired.bytes + at_load_relaxed(&round_queue.bytes) >= BYTES_FULL;
    if (full) return spaced;
    return at_load_relaxed(&current.last_started_ns) + LAZY_NS;
}

// Gives the others a little time to answer and to judge.  False: it was not enough.
static bool wait_for_round(Thread *t, int64_t until, unsigned microseconds) {
    bool idle, late = false;
    crit_suspend(t);
    while (!(idle = at_load_relaxed(&current.phase) == PHASE_IDLE) && !late) {
        thread_detach_raw(t);
        usleep(microseconds);
        thread_attach_raw(t);
        late = time_monotonic_ns() >= until;
    }
    crit_resume(t);
    return idle;
}

// The one that judges may be slower than all others together are with new garbage.
static bool too_much_waits(void) {
    return at_load_relaxed(&round_queue.count) > OBJECTS_TOO_MANY || at_load_relaxed(&round_queue.bytes) > BYTES_TOO_MANY;
}

// So few that the round under way may end before they are handed over, instead of one by one.
static bool few_of_its_own(const Thread *t) {
    const ThreadSync *sync = t->sync;
    return sync->ask != ASK_PROMPT && sync->zero.count + sync->retired.count < FEW && sync->retired.bytes < BYTES_FULL / 8;
}

// True when a round of its own is over already.
static bool poll_once(Thread *t) {
    handshake_respond(t);
    int64_t now = time_monotonic_ns(), due = due_ns(t, now);
    if (due == INT64_MAX) return false;
    if (now < due) {
        ticker_arm(due);
    } else if (at_load_relaxed(&round_queue.deep)) {
        handshake_finish_deep(t);
    } else if (round_start(t)) {
        return at_load_relaxed(&current.phase) == PHASE_IDLE;
    } else if (few_of_its_own(t)) {
        ticker_arm(now + ROUND_SPACING_NS);
    } else {
        hand_over(t);
        if (too_much_waits()) wait_for_round(t, now + BACKPRESSURE_NS, 100);
    }
    return false;
}

void handshake_poll(Thread *t) {
    if (!at_load_relaxed(&sharing_begun)) return;
    hot_demote(t);
    credits_poll(t);
    for (int i = 0; i <= LEVELS + 1; i++) { // as what it judged lets others go
        bool over = poll_once(t);
        if (!over && debug_flags.forceshared != FORCE_PROMPT) return;
        if (!t->sync->zero.count && !at_load_relaxed(&round_queue.count)) return;
    }
}

// The last to detach leaves nothing behind: one round a level, as long as all others stay detached.
static void last_rounds(Thread *t) {
    for (int i = 0; i <= LEVELS + 1 && at_load_relaxed(&round_queue.count); i++) {
        if (at_load_relaxed(&round_queue.deep)) {
            handshake_finish_deep(t);
        } else if (!round_start(t) || at_load_relaxed(&current.phase) != PHASE_IDLE) {
            return;
        }
    }
}

// The thread has run, and may have let go what was kept for its sake.
static void kept_wait(const Thread *t) {
    int64_t due = at_load_relaxed(&round_queue.kept_due_ns);
    if (likely(!due) || t->sync->was_relief) return;
    if (!at_load_relaxed(&round_queue.kept_news)) at_store_relaxed(&round_queue.kept_news, true);
    ticker_arm(due);
}

void relief_start_if_asleep(void) {
    rt_mutex_lock(&lock_threads);
    bool asleep = threads_head && !other_attached(NULL); // who is attached was reminded
    rt_mutex_unlock(&lock_threads);
    if (asleep) relief_start();
}

int64_t handshake_relieve(int64_t now) {
    if (!at_load_relaxed(&round_queue.count)) {
        int64_t due = at_load_relaxed(&round_queue.kept_due_ns);
        if (!due || !at_load_relaxed(&round_queue.kept_news)) return 0;
        if (now < due) return due;
    }
    relief_start_if_asleep();
    return 0;
}

void handshake_detaching(Thread *t) {
    credits_end(t);
    if (!at_load_relaxed(&sharing_begun)) return;
    handshake_respond(t);
    hand_over(t);
    kept_wait(t);
    if (likely(!at_load_relaxed(&round_queue.count)) || world_is_stopping()) return;
    rt_mutex_lock(&lock_threads);
    Thread *other;
    do { // it is reminded, unless it is DETACHED by now
        other = other_attached(t);
        if (other) at_fetch_or_seq(&other->breaker, (uint32_t)BREAK_HANDSHAKE);
    } while (other && at_load_seq(&other->sync->state) != THREAD_ATTACHED);
    rt_mutex_unlock(&lock_threads);
    if (!other) last_rounds(t);
}

void handshake_settle(Thread *t) {
    int64_t until = time_monotonic_ns() + SETTLE_NS;
    credits_give_up(t, true);
    for (int i = 0; i < SETTLE_ROUNDS && (t->sync->zero.count || at_load_relaxed(&round_queue.count)); i++) {
        handshake_now(t);
        if (!wait_for_round(t, until, 10)) return;
    }
}

// Not by the ticker: the last thread may have stopped it by now.
void handshake_hand_in_late(Thread *t) {
    hand_over(t);
    if (at_load_relaxed(&round_queue.count)) remind_attached(BREAK_HANDSHAKE);
}

NOINLINE void handshake_now(Thread *t) {
    SCAN_ENTRY(t);
    if (!at_load_relaxed(&sharing_begun)) return;
    handshake_respond(t);
    credits_give_up(t, true);
    if (at_load_relaxed(&round_queue.deep)) handshake_finish_deep(t);
    else round_start(t);
    __asm__ __volatile__("" ::: "memory");
}

void handshake_print_stats(void) {
    fprintf(stderr, "heddle: %lu rounds, %lu objects freed, %lu kept, %lu blocks retired, %lu deep finishes\n",
            (unsigned long)round_stats.rounds, (unsigned long)round_stats.freed, (unsigned long)round_stats.kept,
            (unsigned long)round_stats.retired, (unsigned long)round_stats.deep);
}

// ---- coming and going -----------------------------------------------------------------------------------------------
void handshake_thread_added(Thread *t) { at_store_relaxed(&t->sync->seen, at_load_relaxed(&current.epoch)); }

bool handshake_has_answered(const Thread *t) {
    return at_load_relaxed(&t->sync->seen) == at_load_acquire(&current.epoch);
}

void handshake_wait_idle(Thread *t) {
    for (int i = 0;; i++) {
        uint32_t idle = PHASE_IDLE;
        if (at_cas_acq_rel(&current.phase, &idle, (uint32_t)PHASE_HELD)) return;
        handshake_respond(t);
        i < 50 ? at_pause() : (void)sched_yield();
    }
}

void handshake_release_idle(void) { at_store_release(&current.phase, (uint32_t)PHASE_IDLE); }

void handshake_after_fork(Thread *t) {
    handshake_release_idle();
    at_store_relaxed(&t->sync->seen, at_load_relaxed(&current.epoch));
}
