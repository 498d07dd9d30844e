// SPDX-License-Identifier: MIT
// HOT objects: counted by thread, so that a stopped world can make them SHARED again.
//
// A word that several threads write is slow, so a contended object turns HOT: references do not write its word any more, and each
// thread notes in a table of its own how many counts it took and gave up.  What the word said when that began, and what
// all threads have noted, are together the count the object would have had: no reference is looked for, so those that
// only C memory holds are in it as well.
//
//     count of a HOT object = count in its word + sum of what the threads noted + what threads that ended had noted
//
//   SHARED --hot_promote (under lock_hot)--> HOT, in the registry --settled in a stopped world--> SHARED, or HOT for good
//
// A HOT word whose count is 0 belongs to an object that is not counted at all: born so, or with too many references.
// Others are in the registry until they are settled, which empties all tables: by the next full collection, or a second after
// one turned HOT (hot_demote).  What is contended still turns HOT again, and when that happens soon the next time is twice
// as far.  Only a full collection could free a HOT object, and none does before it has settled them; garbage that turns HOT in
// its hands (its own count may be one too many) is known to it alone, and taken out by hot_dies.  So no entry is about
// another object than it was.
//
// A scan may add a count to a HOT word (convert in scan.c), and who had read the word before it turned HOT may still: the
// sum does not mind where a count was noted.  To take counts off a word is a CAS from a word that is not HOT (asserted in
// shared_sub), which fails when it has turned HOT.  Judges clear INZCT and DIRTY in it.
#include "handshake.h"
#include "threading/hot.h"

#include <stdlib.h>

#define FOR_GOOD INT64_MIN // an entry of the registry that is no matter any more

#if !HEDDLE_GIL
static HotCounts registry; // under lock_hot
#define DEMOTE_FIRST_NS INT64_C(1000000000)
#define DEMOTE_MOST_NS INT64_C(64000000000)
#define DEMOTE_RETRY_NS 50000000
static struct Demotion {
    int64_t due_ns;             // atomic: 0, nothing turned HOT since the last one
    int64_t wait_ns, settled_ns; // under lock_hot
} demotion;

// ---- tables -----------------------------------------------------------------------------------------------------------
static HotCount *place_of(const HotCounts *counts, const Obj *o) {
    size_t i = hot_hash(o) & counts->mask;
    while (counts->at[i].o && counts->at[i].o != o) i = (i + 1) & counts->mask;
    return &counts->at[i];
}

static HotCount *find(const HotCounts *counts, const Obj *o) {
    HotCount *place = counts->at ? place_of(counts, o) : NULL;
    return place && place->o ? place : NULL;
}

// Room for one more: at most half of the places are taken.  false: no memory.
static bool make_room(HotCounts *counts) {
    if (counts->at && counts->used * 2 <= counts->mask) return true;
    size_t size = counts->at ? (counts->mask + 1) * 2 : 16;
    HotCounts grown = {calloc(size, sizeof *grown.at), size - 1, counts->used};
    if (!grown.at) return false;
    for (size_t i = 0; counts->at && i <= counts->mask; i++)
        if (counts->at[i].o) *place_of(&grown, counts->at[i].o) = counts->at[i];
    free(counts->at);
    *counts = grown;
    return true;
}

static void enter(HotCounts *counts, Obj *o, int64_t n) {
    *place_of(counts, o) = (HotCount){o, n};
    counts->used++;
}

static void empty(HotCounts *counts) {
    free(counts->at);
    *counts = (HotCounts){0};
}

// ---- noting -----------------------------------------------------------------------------------------------------------
// What is not in the registry is never settled, and its counts are no matter.
static void register_lock_held(Obj *o, int64_t n) {
    HotCount *entry = find(&registry, o);
    if (entry && entry->n != FOR_GOOD) entry->n += n;
}

// Straight to the registry: there is no memory for a table, or no table any more.  Then the thread is on no list and the
// world may be stopped, so that o may have been settled meanwhile.
static NOINLINE bool note_at_once(Obj *o, int64_t n) {
    rt_mutex_lock(&lock_hot);
    bool hot = obj_rc(o) & RC_HOT;
    if (hot) register_lock_held(o, n);
    rt_mutex_unlock(&lock_hot);
    return hot;
}

static NOINLINE bool note_first(ThreadSync *sync, Obj *o, int64_t n) {
    if (sync->hot_ended || !make_room(&sync->hot)) return note_at_once(o, n);
    enter(&sync->hot, o, n);
    return true;
}

NOINLINE bool hot_note_slow(Obj *o, int64_t n) {
    ThreadSync *sync = thread_current()->sync;
    HotCount *entry = find(&sync->hot, o);
    if (unlikely(!entry)) return note_first(sync, o, n);
    entry->n += n;
    return true;
}

// ---- up ---------------------------------------------------------------------------------------------------------------
// When what turned HOT now will be settled; 0: that is known.
static int64_t demotion_plan_lock_held(void) {
    if (at_load_relaxed(&demotion.due_ns)) return 0;
    int64_t now = time_monotonic_ns(), wait = demotion.wait_ns * 2;
    if (!wait || now - demotion.settled_ns > demotion.wait_ns) wait = DEMOTE_FIRST_NS;
    demotion.wait_ns = wait < DEMOTE_MOST_NS ? wait : DEMOTE_MOST_NS;
    at_store_relaxed(&demotion.due_ns, now + demotion.wait_ns);
    return now + demotion.wait_ns;
}

// Not by a thread that is on no list any more: the process may fork at any time.
bool hot_promote(Obj *o) {
    if (unlikely(thread_current()->sync->hot_ended)) return false;
    int64_t due = 0;
    rt_mutex_lock(&lock_hot);
    bool room = make_room(&registry);
    if (room) {
        uint32_t rc = at_fetch_or_relaxed(&o->rc, RC_HOT);
        HD_ASSERT((rc & RC_SHARED) && !(rc & RC_DEAD));
        if (!(rc & RC_HOT)) {
            HD_ASSERT(rc & RC_COUNT); // who promotes owns one
            COUNT(promotions);
            HotCount *entry = find(&registry, o); // of a dead one that was here
            if (entry) entry->n = 0;
            else enter(&registry, o, 0);
            due = demotion_plan_lock_held();
        }
    }
    rt_mutex_unlock(&lock_hot);
    if (due) ticker_arm(due);
    return room;
}

// ---- down -------------------------------------------------------------------------------------------------------------
static void hand_over_lock_held(ThreadSync *sync) {
    const HotCounts *noted = &sync->hot;
    for (size_t i = 0; noted->at && i <= noted->mask; i++)
        if (noted->at[i].o) register_lock_held(noted->at[i].o, noted->at[i].n);
    empty(&sync->hot);
}

void hot_thread_ends(Thread *t) {
    rt_mutex_lock(&lock_hot);
    hand_over_lock_held(t->sync);
    t->sync->hot_ended = true;
    rt_mutex_unlock(&lock_hot);
}

// It may have been on a table since before it turned HOT, and been weakly got without a DIRTY: so it gets one now.
static void settle(Thread *t, Obj *o, int64_t count) {
    uint32_t rc = obj_rc(o);
    if (count > RC_MOST) {
        at_store_relaxed(&o->rc, rc & ~RC_COUNT);
    } else if (rc & RC_INZCT) {
        at_store_relaxed(&o->rc, RC_SHARED | RC_INZCT | RC_DIRTY | (uint32_t)count);
    } else {
        at_store_relaxed(&o->rc, RC_SHARED | (count ? 0 : RC_INZCT) | (uint32_t)count);
        if (!count) zero_push(t, o);
    }
}

static int64_t count_of(const HotCount *entry) {
    uint32_t rc = obj_rc(entry->o);
    int64_t count = (int64_t)(rc & RC_COUNT) + entry->n;
    HD_ASSERT((rc & RC_HOT) && !(rc & RC_DEAD) && (rc & RC_COUNT) && count >= 0);
    return count;
}

// Only a collection settles what has more references than a SHARED word can count: it looks for them.  Whether none stayed HOT.
static bool settle_lock_held(Thread *t, bool collecting) {
    bool all = true;
    for (Thread *each = threads_head; each; each = each->next) hand_over_lock_held(each->sync);
    for (size_t i = 0; registry.at && i <= registry.mask; i++) {
        HotCount *entry = &registry.at[i];
        if (!entry->o || entry->n == FOR_GOOD) continue;
        int64_t count = count_of(entry);
        if (!collecting && count > RC_MOST) {
            all = false;
        } else {
            settle(t, entry->o, count);
            entry->n = FOR_GOOD;
        }
    }
    if (all) empty(&registry);
    return all;
}

void hot_settle_stw(Thread *t) {
    rt_mutex_lock(&lock_hot);
    settle_lock_held(t, true);
    rt_mutex_unlock(&lock_hot);
}

void hot_demote(Thread *t) {
    int64_t due = at_load_relaxed(&demotion.due_ns);
    if (!due || time_monotonic_ns() < due || !at_cas_acq_rel(&demotion.due_ns, &due, (int64_t)0)) return;
    world_stop(t);
    rt_mutex_lock(&lock_hot);
    bool all = settle_lock_held(t, false);
    demotion.settled_ns = time_monotonic_ns();
    due = all ? 0 : demotion_plan_lock_held();
    rt_mutex_unlock(&lock_hot);
    world_start(t);
    if (due) ticker_arm(due);
}

int64_t hot_relieve(int64_t now) {
    int64_t due = at_load_relaxed(&demotion.due_ns);
    if (!due || now < due) return due;
    relief_start_if_asleep();
    return now + DEMOTE_RETRY_NS;
}

void hot_after_fork(void) {
    if (at_load_relaxed(&demotion.due_ns)) ticker_arm(at_load_relaxed(&demotion.due_ns));
}

void hot_for_good(Obj *o) {
    rt_mutex_lock(&lock_hot);
    at_fetch_or_relaxed(&o->rc, RC_SHARED | RC_HOT);
    HotCount *entry = find(&registry, o);
    if (entry) entry->n = FOR_GOOD;
    at_fetch_and_relaxed(&o->rc, ~(uint32_t)RC_COUNT);
    rt_mutex_unlock(&lock_hot);
}

void hot_dies(Obj *o) {
    HotCount *noted = find(&thread_current()->sync->hot, o);
    if (noted) noted->n = 0;
    rt_mutex_lock(&lock_hot);
    HotCount *entry = find(&registry, o);
    if (entry) entry->n = FOR_GOOD;
    rt_mutex_unlock(&lock_hot);
}
#else // HOT are only those with more references than a word can count
bool hot_note_slow(Obj *o, int64_t n) { return (void)o, (void)n, true; }
bool hot_promote(Obj *o) { return at_fetch_or_relaxed(&o->rc, RC_HOT), true; }
void hot_thread_ends(Thread *t) { (void)t; }
void hot_settle_stw(Thread *t) { (void)t; }
void hot_demote(Thread *t) { (void)t; }
int64_t hot_relieve(int64_t now) { return (void)now, 0; }
void hot_after_fork(void) {}
void hot_dies(Obj *o) { (void)o; }
void hot_for_good(Obj *o) { at_fetch_or_relaxed(&o->rc, RC_SHARED | RC_HOT); }
#endif
