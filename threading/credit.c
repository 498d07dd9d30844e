// SPDX-License-Identifier: MIT
// Credits: a thread that counts a SHARED object again and again keeps the counts it gets back instead of giving them up.
//
// A constant goes into one new list after the other, every closure refers to its code, every generator to its name: +1,
// -1, +1, -1 on one word, from every thread.  The object is as alive after the pair as before.  So a thread whose
// reference ends may keep its count as a *credit*, and its next reference to the object takes that: neither writes the
// header.  To everybody else a credit is one more owned count (invariant 4), so rounds and verdicts need not know of it:
// with a credit the count is not zero, and the object lives.
//
// What must not come of it is an object that lives for its credits only:
//   * An object gets credits when the thread has counted it WARM times lately; others pass by and die at once.
//   * When all counts left are the thread's own, they are given up together, and the object goes its way.
//   * What has a finalizer or a weak reference is always given up at once.
//   * A credit not touched between two looks at them (CREDIT_NS apart, at a safepoint) is given up.  The looks count from
//     one to the next only when the thread has run for RAN_NS meanwhile: one that waited for a processor used nothing, and
//     would give up and count anew all it works with.  It answers no round in that time either, so nothing lives longer.
//   * Only an ATTACHED thread has any: it gives them up before it detaches, ends or stops the world, and while it collects
//     or judges it makes none.  So there are none in a stopped world, and none to be found by who acts for another thread.
//
// The table costs 12 KiB, so a thread has none before it has counted MUCH: most threads that sleep by the thousand never do.
#include "sync.h"
#include "threading/credit.h"

#include <stdlib.h>

enum {
    MUCH = 1000,
    WARM = 8,   // counts before the first credit
    TAKE = 16,  // credits that a warm object's increment takes along, and that are left when there are too many
    MOST = 64,
};
#define CREDIT_NS 10000000
#define RAN_NS 1000000

static inline unsigned set_of(const Obj *o) { return (unsigned)(((uint64_t)(uintptr_t)o * 0x9e3779b97f4a7c15u) >> (64 - CREDIT_BITS)); }

static inline int way_of(const CreditSet *set, const Obj *o) {
    for (int i = 0; i < CREDIT_WAYS; i++)
        if (set->o[i] == o) return i;
    return -1;
}

static inline bool may_hold(const Thread *t) {
    const ThreadSync *sync = t->sync;
    return t == thread_self_ && sync->may_credit && sync->zero_to == &sync->zero && !t->heap.domain->collecting;
}

// What set keeps at i of o, which are some of its counts.
static inline unsigned kept_at(const CreditSet *set, int i, const Obj *o) {
    unsigned n = i < 0 ? 0 : set->n[i];
    HD_ASSERT(n <= MOST && ((obj_rc(o) & RC_HOT) || (obj_rc(o) & RC_COUNT) >= n));
    return n;
}

static bool must_die_promptly(const Obj *o) { return obj_flags(o) & (OBJ_FINALIZABLE | OBJ_HAS_WEAKREF | OBJ_ASK_ROUND); }

// A place for an object that is new here: one without credits that was not used since the hand came by last.
static int way_for(CreditSet *set, const Obj *o) {
    int i = set->hand;
    set->hand = (uint8_t)((i + 1) % CREDIT_WAYS);
    if (set->n[i] || set->used & 1u << i) {
        set->used &= (uint8_t)~(1u << i);
        return -1;
    }
    set->o[i] = o;
    set->heat[i] = 0;
    return i;
}

static inline bool is_warm(CreditSet *set, int i) {
    set->used |= (uint8_t)(1u << i);
    if (likely(set->heat[i] >= WARM)) return true;
    set->heat[i]++;
    return false;
}

static inline void note_lent(Thread *t, unsigned set) {
    ThreadSync *sync = t->sync;
    HD_ASSERT(may_hold(t));
    sync->lent[set / 64] |= (uint64_t)1 << set % 64;
    if (likely(sync->credits_held)) return;
    sync->credits_held = true;
    breaker_set(t, BREAK_HANDSHAKE); // for the clock: credits_poll
}

// The thread has counted once more.  When there is no memory, it will see to it later.
static NOINLINE void count_towards_table(ThreadSync *sync) {
    if (++sync->counted < MUCH) return;
    sync->counted = 0;
    sync->credits = calloc(CREDIT_SETS, sizeof *sync->credits);
}

void credits_free(Thread *t) {
    HD_ASSERT(!t->sync->credits_held);
    free(t->sync->credits);
}

unsigned credit_take(Obj *o) {
    Thread *t = thread_current();
    if (unlikely(!t->sync->credits)) return count_towards_table(t->sync), 1;
    unsigned at = set_of(o);
    CreditSet *set = &t->sync->credits[at];
    int i = way_of(set, o);
    if (likely(kept_at(set, i, o))) {
        set->n[i]--;
        set->used |= (uint8_t)(1u << i);
        return 0;
    }
    if (!may_hold(t) || must_die_promptly(o)) return 1;
    if (i < 0 && (i = way_for(set, o)) < 0) return 1;
    if (!is_warm(set, i)) return 1;
    set->n[i] = TAKE;
    note_lent(t, at);
    return 1 + TAKE;
}

unsigned credit_give(Thread *t, Obj *o, uint32_t rc) {
    if (unlikely(!t->sync->credits)) return count_towards_table(t->sync), 1;
    unsigned at = set_of(o);
    CreditSet *set = &t->sync->credits[at];
    int i = way_of(set, o);
    bool keep = may_hold(t) && !must_die_promptly(o);
    if (i < 0) {
        if (keep) way_for(set, o);
        return 1;
    }
    unsigned n = kept_at(set, i, o);
    if (unlikely(!keep || (rc & RC_COUNT) == n + 1)) { // all that is left of it, or all it may have
        set->n[i] = 0;
        return n + 1;
    }
    if (!is_warm(set, i)) return 1;
    if (unlikely(n == MOST)) {
        set->n[i] = TAKE;
        return MOST - TAKE + 1;
    }
    set->n[i]++;
    note_lent(t, at);
    return 0;
}

uint32_t shared_count(const Obj *o) {
    const CreditSet *sets = thread_current()->sync->credits;
    if (!sets) return obj_rc(o) & RC_COUNT;
    const CreditSet *set = &sets[set_of(o)];
    int i = way_of(set, o);
    return (obj_rc(o) & RC_COUNT) - kept_at(set, i, o);
}

// Gives up what `unused` says; true when the set has credits left.
static bool give_up(Thread *t, CreditSet *set, unsigned unused) {
    bool left = false;
    for (int i = 0; i < CREDIT_WAYS; i++) {
        unsigned n = set->n[i];
        if (!n) continue;
        if (unused & 1u << i) {
            set->n[i] = 0;
            shared_sub(t, (Obj *)(uintptr_t)set->o[i], n);
        } else {
            left = true;
        }
    }
    return left;
}

void credits_give_up(Thread *t, bool all) {
    ThreadSync *sync = t->sync;
    if (!sync->credits_held) return;
    bool held = false;
    for (unsigned word = 0; word < CREDIT_SETS / 64; word++)
        for (uint64_t left = sync->lent[word]; left; left &= left - 1) {
            CreditSet *set = &sync->credits[word * 64 + (unsigned)__builtin_ctzll(left)];
            unsigned unused = all ? ~0u : ~(unsigned)set->used;
            set->used = 0;
            if (give_up(t, set, unused)) held = true;
            else sync->lent[word] &= ~(left & -left);
        }
    sync->credits_held = held;
    if (!held) sync->credits_due_ns = 0;
}

void credits_end(Thread *t) {
    t->sync->may_credit = false;
    credits_give_up(t, true);
    HD_ASSERT(!t->sync->credits_held);
}

void credits_poll(Thread *t) {
    ThreadSync *sync = t->sync;
    if (!sync->credits_held) return;
    int64_t now = time_monotonic_ns();
    if (sync->credits_due_ns && now < sync->credits_due_ns) return;
    int64_t ran = time_running_ns();
    if (!sync->credits_due_ns) {
        sync->credits_ran_ns = ran;
    } else if (ran - sync->credits_ran_ns >= RAN_NS) {
        credits_give_up(t, false);
        if (!sync->credits_held) return;
        sync->credits_ran_ns = ran;
    }
    sync->credits_due_ns = now + CREDIT_NS;
    ticker_arm(sync->credits_due_ns);
}
