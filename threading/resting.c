// SPDX-License-Identifier: MIT
// Threads at rest: one that stays DETACHED is answered for twice, then no round visits it until it is back.
//
// While a thread is detached the words of its stacks do not change.  So its claimer enters them, counted, into one table
// for all who rest, and takes the thread off the list of those who are asked.  A round looks up its own few objects there
// instead of every word of every thread.  All of this is done under lock_threads, as the asking is: a thread is asked by a
// round, or it rests throughout the asking; one that comes back in between has answered, as one that was claimed has.
#include "handshake.h"
#include "threading/scan.h"

#include <stdlib.h>

enum { VISITS = 2, WORD_SHIFT = 4, TABLE_LEAST = 1024 };
Thread *asked_head;

typedef struct RestingWord { // key 0: never used; count 0: nobody's now
    uintptr_t key;
    size_t count;
} RestingWord;
static struct Resting { // under lock_threads
    RestingWord *at;
    size_t mask, used; // places with a key
    size_t words;      // counts, all together
} resting;

// ---- the list of those who are asked ---------------------------------------------------------------------------------
void asked_link(Thread *t) {
    ThreadSync *sync = t->sync;
    sync->asked_prev = NULL;
    sync->asked_next = asked_head;
    if (asked_head) asked_head->sync->asked_prev = t;
    asked_head = t;
}

static void asked_remove(Thread *t) {
    ThreadSync *sync = t->sync;
    if (sync->asked_prev) sync->asked_prev->sync->asked_next = sync->asked_next;
    else asked_head = sync->asked_next;
    if (sync->asked_next) sync->asked_next->sync->asked_prev = sync->asked_prev;
}

// ---- the table of words ----------------------------------------------------------------------------------------------
static RestingWord *place_of(uintptr_t key) {
    size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & resting.mask;
    while (resting.at[i].key != key && resting.at[i].key) i = (i + 1) & resting.mask;
    return &resting.at[i];
}

// Room for n words more.  False: there is no memory.
static bool table_reserve(size_t n) {
    if (resting.at && (resting.used + n) * 2 <= resting.mask + 1) return true;
    RestingWord *old = resting.at;
    size_t live = 0, size = TABLE_LEAST, old_size = old ? resting.mask + 1 : 0;
    for (size_t i = 0; i < old_size; i++) live += old[i].count != 0;
    while (size < (live + n) * 4) size *= 2;
    RestingWord *grown = calloc(size, sizeof *grown);
    if (!grown) return false;
    resting.at = grown;
    resting.mask = size - 1;
    resting.used = live;
    for (size_t i = 0; i < old_size; i++)
        if (old[i].count) *place_of(old[i].key) = old[i];
    free(old);
    return true;
}

static void word_add(uintptr_t word) {
    HD_ASSERT(word >> WORD_SHIFT);
    RestingWord *place = place_of(word >> WORD_SHIFT);
    resting.used += !place->key;
    place->key = word >> WORD_SHIFT;
    place->count++;
    resting.words++;
}

static void word_remove(uintptr_t word) {
    RestingWord *place = place_of(word >> WORD_SHIFT);
    HD_ASSERT(place->count && resting.words);
    place->count--;
    resting.words--;
}

static bool words_point_into(const Obj *o, size_t size) {
    uintptr_t first = (uintptr_t)o >> WORD_SHIFT, last = ((uintptr_t)o + size - 1) >> WORD_SHIFT;
    for (uintptr_t key = first; key <= last; key++)
        if (place_of(key)->count) return true;
    return false;
}

// From whichever side has less to look up.
void resting_mark(void) {
    HD_ASSERT(rt_mutex_is_held(&lock_threads));
    if (!resting.words || MUTATED(MUTATE_NO_CLAIM) || MUTATED(MUTATE_NO_C_STACK)) return;
    if (resting.mask < round_addresses.entries) {
        for (size_t i = 0; i <= resting.mask; i++)
            if (resting.at[i].count) scan_mark_word(resting.at[i].key << WORD_SHIFT); // blocks are aligned to that
        return;
    }
    const Obj *before = NULL;
    for (size_t i = 0; i < round_addresses.entries; i++) { // an object's entries follow each other
        const AddressEntry *entry = &round_addresses.entry[i];
        if (entry->object != before && words_point_into(entry->object, entry->size))
            at_fetch_or_acq_rel(&entry->object->rc, RC_DIRTY);
        before = entry->object;
    }
}

// ---- going to rest, and coming back -----------------------------------------------------------------------------------
void resting_begin(Thread *t) {
    ThreadSync *sync = t->sync;
    HD_ASSERT(at_load_relaxed(&sync->state) == THREAD_CLAIMED && !sync->rests && rt_mutex_is_held(&lock_threads));
    if (++sync->visits < VISITS) return;
    size_t own = sync->snapshot_len;
    if (!scan_save_vm_stack(t) || !table_reserve(sync->snapshot_len)) {
        sync->snapshot_len = own;
        return;
    }
    for (size_t i = 0; i < sync->snapshot_len; i++) word_add(sync->snapshot[i]);
    sync->rests = true;
    asked_remove(t);
}

static void resting_leave(Thread *t) {
    ThreadSync *sync = t->sync;
    HD_ASSERT(sync->rests && rt_mutex_is_held(&lock_threads));
    for (size_t i = 0; i < sync->snapshot_len; i++) word_remove(sync->snapshot[i]);
    sync->rests = false;
    at_store_relaxed(&sync->seen, handshake_epoch());
    asked_link(t);
}

void resting_end(Thread *t) {
    rt_mutex_lock(&lock_threads);
    resting_leave(t);
    if (at_load_relaxed(&round_queue.count)) breaker_set(t, BREAK_HANDSHAKE); // a reminder may just have passed it over
    rt_mutex_unlock(&lock_threads);
}

void asked_unlink(Thread *t) {
    if (t->sync->rests) resting_leave(t);
    asked_remove(t);
}

void resting_after_fork(Thread *t) {
    free(resting.at);
    resting = (struct Resting){0};
    asked_head = NULL;
    asked_link(t);
}
