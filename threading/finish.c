// SPDX-License-Identifier: MIT
// Deep cascades: a structure that rounds would free one level at a time is finished with the world stopped.
//
// One look at all stacks gathers every word that may refer to an object.  After that an object whose count is zero, and
// which no such word points into, is dead; its children follow by the same test.  Nobody else runs, so DIRTY says
// nothing that the words do not.
#include "handshake.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Words { // sorted once gathered
    uintptr_t *at;
    size_t n, cap;
} Words;

static void words_add(uintptr_t word, void *arg) {
    Words *words = arg;
    if (word < 0x10000 || word >> 47) return;
    if (words->n == words->cap) {
        size_t cap = words->cap ? words->cap * 2 : 4096;
        uintptr_t *grown = realloc(words->at, cap * sizeof *grown);
        if (!grown) threading_fatal("out of memory while looking at stacks");
        words->at = grown;
        words->cap = cap;
    }
    words->at[words->n++] = word;
}

static void words_add_value(Thread *t, V *word, void *arg) {
    (void)t;
    if (v_is_uncounted(*word)) words_add((uintptr_t)v_obj(*word), arg);
}

static int word_order(const void *a, const void *b) {
    uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;
    return x < y ? -1 : x > y;
}

static void words_gather(Thread *self, Words *words) {
    for (Thread *t = threads_head; t; t = t->next) {
        upcall_visit_stack(t, words_add_value, words);
        thread_visit_values(t, words_add_value, words);
        scan_each_word(self, t, words_add, words);
    }
    qsort(words->at, words->n, sizeof *words->at, word_order);
}

// True when some word points to o or into its block.
static bool words_hold(const Words *words, const Obj *o) {
    uintptr_t start = (uintptr_t)o;
    size_t low = 0, high = words->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (words->at[middle] < start) low = middle + 1;
        else high = middle;
    }
    if (low == words->n) return false;
    return words->at[low] < start + obj_extent(o);
}

static void judge_stw(Thread *t, Obj *o, const Words *words, PtrList *kept) {
    uint32_t rc = obj_rc(o);
    if ((rc & RC_HOT) || (rc & RC_COUNT)) {
        at_store_relaxed(&o->rc, rc & ~(RC_INZCT | RC_DIRTY));
    } else if (words_hold(words, o)) {
        at_store_relaxed(&o->rc, rc & ~RC_DIRTY);
        ptrlist_push(kept, o);
    } else if (!(obj_flags(o) & OBJ_FINALIZED) && upcall_needs_python(t, o)) {
        at_store_relaxed(&o->rc, (rc & ~(RC_INZCT | RC_DIRTY)) + 1);
        obj_set_flag(o, OBJ_FINALIZED);
        pending_push(t, PENDING_FINALIZE, v_from(o));
    } else {
        at_store_relaxed(&o->rc, (rc & ~(RC_INZCT | RC_DIRTY)) | RC_DEAD);
        round_stats.freed++;
        obj_destroy(t, o);
    }
}

static void judge_all(Thread *t, PtrList *todo, const Words *words, PtrList *kept) {
    t->sync->zero_to = todo;
    for (Obj *o; (o = ptrlist_pop(todo)) != NULL;) judge_stw(t, o, words, kept);
    t->sync->zero_to = &t->sync->zero;
}

// The caller has saved its stack (scan_save_own).
void handshake_drain_stw(Thread *t) {
    HD_ASSERT(HEDDLE_GIL || world_is_stopping());
    Batch batch = {0};
    Words words = {0};
    PtrList todo = {0}, kept = {0};
    round_queue_take(&batch);
    for (int i = 0; i <= LEVELS; i++) ptrlist_append(&todo, &batch.level[i]);
    ptrlist_append(&todo, &t->sync->zero);
    words_gather(t, &words);
    judge_all(t, &todo, &words, &kept);
    retired_free(t, &batch.retired);
    free(words.at);
    rt_mutex_lock(&lock_queue);
    int64_t due = round_queue_keep(t, &kept, batch.again);
    rt_mutex_unlock(&lock_queue);
    if (due) ticker_arm(due);
}

void handshake_finish_deep(Thread *t) {
    scan_save_own(t);
    world_stop(t);
    handshake_drain_stw(t);
    round_stats.deep++;
    world_start(t);
}
