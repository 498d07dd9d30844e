// SPDX-License-Identifier: MIT
// Marking: an object, then all it reaches, each once.
//
// Read mark_run and look_into.  A reference into a page is followed to its mark by address alone (gcmark.h): leaves, and what
// is marked already, are never touched.  Nothing is waited for that is not in the cache: a mark is fetched when a reference
// to its object is met, and looked at some references later (`met`); an object that was not marked is fetched, and looked
// into some objects later (`ahead`).  Of long containers a stretch at a time is read, so that the stack of work stays short.
//
// A collection of a heap that is not small marks from its roots with a second pthread (mark_run_together), which lives as
// long as that takes and is no Thread: it only reads the heap and writes marks.  Who has nothing to do takes the older half
// of what another has: the larger parts of a tree.
#include "gc_private.h"

#include "threading/debug.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef struct MarkPool MarkPool;

// ---- meeting references -----------------------------------------------------------------------------------------------
// Types of objects, None and the like are met again and again: a small table of what was met lately spares most of the way.
static inline const Obj **lately(Marker *marker, const Obj *o) { return &marker->lately[((uintptr_t)o >> 5) % MARK_LATELY]; }

static inline void meet_type(Marker *marker, Type *type) {
    Obj *o = (Obj *)type;
    if (!o || *lately(marker, o) == o) return;
    mark_object(marker, o);
    *lately(marker, o) = o;
}

static void meet_immortal(Marker *marker, Obj *o) {
    if (*lately(marker, o) == o) return;
    *lately(marker, o) = o;
    if (objset_add(&marker->statics, o)) objvec_push(&marker->work, o);
}

static NOINLINE void meet_far(Marker *marker, Obj *o) {
    if (obj_has(o, OBJ_GC) && gc_mark_set(gc_mark_of_linked(marker->marks, o))) {
        objvec_push(&marker->work, o);
    } else if (marker->types && !gc_is_tracked(o)) {
        if (obj_has(o, OBJ_IMMORTAL)) meet_immortal(marker, o);
        meet_type(marker, o->type);
    }
}

static inline void settle(Marker *marker, const Met *met) {
    if (gc_mark_set(met->mark)) objvec_push(&marker->work, met->o);
}

static inline void meet_paged(Marker *marker, Obj *o) {
    uint8_t *mark = gc_mark_of_paged(marker->marks, o);
    if (!mark) return;
    __builtin_prefetch(mark, 1);
    Met *place = &marker->met[marker->met_end++ % MARK_MET]; // the oldest one's, if all are taken
    if (likely(marker->met_n == MARK_MET)) settle(marker, place);
    else marker->met_n++;
    *place = (Met){o, mark};
}

static void settle_all(Marker *marker) {
    for (; marker->met_n; marker->met_n--) settle(marker, &marker->met[(marker->met_end - marker->met_n) % MARK_MET]);
}

void mark_object(Marker *marker, Obj *o) {
    if (unlikely(!in_chunk(o))) meet_far(marker, o);
    else meet_paged(marker, o);
}

static inline void meet(Marker *marker, V v) {
    if (v_is_object(v)) mark_object(marker, v_obj(v));
}

void mark_value(Marker *marker, V v) { meet(marker, v); }

void mark_slot(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner;
    meet(arg, slot_peek(s));
}

void mark_stack_value(Thread *t, V *word, void *arg) {
    (void)t;
    meet(arg, *word);
}

// ---- looking into objects ---------------------------------------------------------------------------------------------
enum { STRETCH = 128 }; // slots or pairs of slots that are read in one go

static void meet_span(Marker *marker, const SlotSpan *span, size_t n) {
    const Slot *at = span->at;
    for (size_t i = 0; i < n; i++, at += span->stride) {
        meet(marker, slot_peek(at));
        if (span->pairs) meet(marker, slot_peek(at + 1));
    }
}

static void push_span(Marker *marker, SlotSpan span) {
    if (marker->spans_n == marker->spans_cap) {
        size_t cap = marker->spans_cap ? marker->spans_cap * 2 : 64;
        SlotSpan *grown = gc_memory(marker->spans, cap * sizeof *grown);
        if (!grown) return;
        marker->spans = grown;
        marker->spans_cap = cap;
    }
    marker->spans[marker->spans_n++] = span;
}

static void next_stretch(Marker *marker) {
    SlotSpan *span = &marker->spans[marker->spans_n - 1];
    SlotSpan part = *span;
    if (part.n <= STRETCH) {
        marker->spans_n--;
    } else {
        part.n = STRETCH;
        span->at += STRETCH * (size_t)span->stride;
        span->n -= STRETCH;
    }
    meet_span(marker, &part, part.n);
}

static void look_into(Marker *marker, Obj *o) {
    if (marker->marks->t && obj_is_shared(o)) return; // another collection's
    if (marker->types) meet_type(marker, o->type);
    if (!obj_has(o, OBJ_GC | OBJ_IMMORTAL)) return;
    marker->looked++;
    SlotSpan span;
    if (!upcall_slots(o, &span)) upcall_traverse(marker->t, o, mark_slot, marker);
    else if (span.n <= STRETCH) meet_span(marker, &span, span.n);
    else push_span(marker, span);
}

// ---- marking together -------------------------------------------------------------------------------------------------
struct MarkPool { // under the mutex, but for `wanted`
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    ObjVec work;
    SlotSpan span; // n 0: none
    uint32_t hungry; // how many wait for work
    bool wanted;     // atomic: somebody waits, and nobody has given since
    bool done;
    bool ran_out;    // the other one's gc_ran_out
    int64_t looked;  // atomic: by the other one
};
enum { MARKERS = 2 };

static SlotSpan *longest_span(Marker *marker) {
    SlotSpan *longest = NULL;
    for (size_t i = 0; i < marker->spans_n; i++)
        if (!longest || marker->spans[i].n > longest->n) longest = &marker->spans[i];
    return longest;
}

static void pool_give_lock_held(Marker *marker) {
    MarkPool *pool = marker->pool;
    at_store_relaxed(&pool->wanted, false);
    SlotSpan *mine = longest_span(marker);
    if (mine && !pool->span.n) {
        pool->span = *mine;
        pool->span.n = mine->n / 2;
        mine->at += pool->span.n * mine->stride;
        mine->n -= pool->span.n;
    }
    size_t n = marker->work.n / 2;
    if (objvec_add(marker->work.at, n, &pool->work)) return;
    marker->work.n -= n;
    memmove(marker->work.at, marker->work.at + n, marker->work.n * sizeof *marker->work.at);
}

static void pool_give(Marker *marker) {
    pthread_mutex_lock(&marker->pool->mutex);
    pool_give_lock_held(marker);
    pthread_cond_signal(&marker->pool->changed);
    pthread_mutex_unlock(&marker->pool->mutex);
}

static inline void share_work(Marker *marker) {
    if (marker->pool && unlikely(at_load_relaxed(&marker->pool->wanted)) && marker->work.n + marker->spans_n > 1) pool_give(marker);
}

static bool pool_take_lock_held(Marker *marker) {
    MarkPool *pool = marker->pool;
    if (!pool->work.n && !pool->span.n) return false;
    objvec_add(pool->work.at, pool->work.n, &marker->work);
    if (pool->span.n) push_span(marker, pool->span);
    pool->work.n = pool->span.n = 0;
    return true;
}

// More work, waited for; false: there is none, and nobody has any.
static bool pool_take(Marker *marker) {
    MarkPool *pool = marker->pool;
    pthread_mutex_lock(&pool->mutex);
    pool->hungry++;
    bool got;
    while (!(got = pool_take_lock_held(marker)) && !pool->done) {
        pool->done = pool->hungry == MARKERS;
        at_store_relaxed(&pool->wanted, !pool->done);
        if (pool->done) pthread_cond_broadcast(&pool->changed);
        else pthread_cond_wait(&pool->changed, &pool->mutex);
    }
    pool->hungry--;
    pthread_mutex_unlock(&pool->mutex);
    return got;
}

// ---- running ----------------------------------------------------------------------------------------------------------
enum { AHEAD = 32 }; // objects on their way into the cache; their buffers from half-way on

void mark_run(Marker *marker) {
    Obj *ahead[AHEAD];
    unsigned first = 0, n = 0;
    for (;;) {
        while (n < AHEAD && (marker->work.n || marker->spans_n)) {
            if (!marker->work.n) {
                next_stretch(marker);
                continue;
            }
            Obj *o = marker->work.at[--marker->work.n];
            __builtin_prefetch(o);
            __builtin_prefetch((const char *)o + 32); // most are no longer than that and the rest of a line
            ahead[(first + n++) % AHEAD] = o;
        }
        if (!n) {
            settle_all(marker);
            if (!marker->work.n) return;
            continue;
        }
        look_into(marker, ahead[first]);
        first = (first + 1) % AHEAD;
        if (--n > AHEAD / 2) upcall_slots_soon(ahead[(first + AHEAD / 2) % AHEAD]);
        share_work(marker);
    }
}

static void run_all(Marker *marker) {
    do mark_run(marker);
    while (pool_take(marker));
}

static void *helper_main(void *arg) {
    Marker helper = *(const Marker *)arg;
    helper.work = (ObjVec){0};
    helper.statics = (ObjSet){0};
    helper.spans = NULL;
    helper.spans_n = helper.spans_cap = 0;
    helper.met_n = 0;
    helper.looked = 0;
    run_all(&helper);
    at_fetch_add_relaxed(&helper.pool->looked, helper.looked);
    helper.pool->ran_out = gc_ran_out;
    marker_free(&helper);
    return NULL;
}

// Signals are not for it.
static bool helper_start(pthread_t *handle, Marker *marker) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(handle, NULL, helper_main, marker) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

// To start and to end a pthread takes as long as it takes to mark some thousand objects.
enum { PAGES_FOR_TWO = 128 };

void mark_run_together(Marker *marker) {
    if (marker->marks->n < PAGES_FOR_TWO && !debug_flags.gcstress) {
        mark_run(marker);
        return;
    }
    MarkPool pool = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    Marker start = *marker; // what the other one begins with: it may read this while marker changes
    pthread_t helper;
    start.pool = marker->pool = &pool;
    if (helper_start(&helper, &start)) {
        run_all(marker);
        pthread_join(helper, NULL);
        gc_ran_out |= pool.ran_out;
    } else {
        marker->pool = NULL;
        mark_run(marker);
    }
    marker->pool = NULL;
    marker->looked += pool.looked;
    objvec_free(&pool.work);
}

void marker_free(Marker *marker) {
    objvec_free(&marker->work);
    objset_free(&marker->statics);
    free(marker->spans);
}
