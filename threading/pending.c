// SPDX-License-Identifier: MIT
// The queue of finalizers, callbacks and posted calls of a thread: pending.h says in which order they run.
#include "sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct InboxItem {
    struct InboxItem *next;
    int (*call)(Thread *t, void *arg);
    void *arg;
    bool is_ask;
} InboxItem;

static void pending_insert(Thread *t, PendingItem *item) {
    item->next = *t->pending_tail;
    *t->pending_tail = item;
    t->pending_tail = &item->next;
    breaker_set(t, BREAK_PENDING);
}

static void push(Thread *t, PendingKind kind, V value, bool late) {
    PendingItem *item = malloc(sizeof *item);
    if (!item) {
        // The object is kept for good: it must not be freed unfinalized, and nobody can be told by an exception here.
        fprintf(stderr, "heddle: out of memory: a %s will not run\n", kind == PENDING_FINALIZE ? "finalizer" : "callback");
        return;
    }
    *item = (PendingItem){.kind = kind, .value = value, .late = late};
    pending_insert(t, item);
}

void pending_push(Thread *t, PendingKind kind, V value) { push(t, kind, value, false); }
void pending_push_callback(Thread *t, V weakref, bool late) { push(t, PENDING_WEAKREF, weakref, late); }

static bool inbox_push(Thread *target, int (*call)(Thread *t, void *arg), void *arg, bool is_ask) {
    InboxItem *item = malloc(sizeof *item);
    if (!item) return false;
    *item = (InboxItem){.next = at_load_relaxed(&target->sync->inbox), .call = call, .arg = arg, .is_ask = is_ask};
    while (!at_cas_weak_acq_rel(&target->sync->inbox, &item->next, item)) continue;
    breaker_set(target, BREAK_PENDING);
    return true;
}

bool pending_post(Thread *target, int (*call)(Thread *t, void *arg), void *arg) {
    return inbox_push(target, call, arg, false);
}

bool pending_post_ask(Thread *target, int (*call)(Thread *t, void *arg), void *arg) {
    return inbox_push(target, call, arg, true);
}

// What others posted, oldest first.
static InboxItem *inbox_take(Thread *t) {
    InboxItem *item = at_exchange_acquire(&t->sync->inbox, (InboxItem *)NULL), *reversed = NULL;
    while (item) {
        InboxItem *next = item->next;
        item->next = reversed;
        reversed = item;
        item = next;
    }
    return reversed;
}

// Asks are answered on the spot, as they run no Python and somebody waits; calls go to the end of the queue.
void pending_take_inbox(Thread *t) {
    if (!at_load_relaxed(&t->sync->inbox)) return;
    PendingItem **end = &t->pending;
    while (*end) end = &(*end)->next;
    for (InboxItem *item = inbox_take(t), *next; item; item = next) {
        next = item->next;
        if (item->is_ask) {
            item->call(t, item->arg);
        } else {
            PendingItem *fresh = malloc(sizeof *fresh);
            if (!fresh) threading_fatal("out of memory while taking posted calls");
            *fresh = (PendingItem){.kind = PENDING_CALL, .call = item->call, .arg = item->arg};
            *end = fresh;
            end = &fresh->next;
        }
        free(item);
    }
}

void pending_answer_asks(Thread *t) {
    if (!at_load_relaxed(&t->sync->inbox)) return;
    for (InboxItem *item = inbox_take(t), *next; item; item = next) {
        next = item->next;
        if (item->is_ask) item->call(t, item->arg);
        else if (!inbox_push(t, item->call, item->arg, false)) threading_fatal("out of memory while taking posted calls");
        free(item);
    }
}

// ---- orphans -----------------------------------------------------------------------------------------------------------
// Items of SHARED objects that a thread found when it could not run them any more: on its way out, or while detached.
// Whoever is attached, or attaches next, takes them.
static PendingItem *orphans;  // under lock_inbox; read relaxed
static int64_t orphans_since; // atomic: when the first of them came; written under lock_inbox
enum { RELIEF_NS = 50 * 1000 * 1000, RELIEFS = 4 };
static uint32_t reliefs; // atomic: threads that run what nobody took (pending_relieve)

PendingItem *pending_begin_aside(Thread *t) {
    PendingItem *before = t->pending;
    t->pending = NULL;
    t->pending_tail = &t->pending;
    return before;
}

// A LOCAL weakref's callback is its owner's to run, whatever it is doing.
static bool is_own(const PendingItem *item) { return v_is_counted(item->value) && !obj_is_shared(v_obj(item->value)); }

static void orphans_add(PendingItem *list) {
    if (!list) return;
    PendingItem **end = &list;
    while (*end) end = &(*end)->next;
    rt_mutex_lock(&lock_inbox);
    *end = orphans;
    int64_t now = time_monotonic_ns();
    if (!orphans) at_store_relaxed(&orphans_since, now);
    at_store_relaxed(&orphans, list);
    rt_mutex_unlock(&lock_inbox);
    remind_attached(BREAK_PENDING);
    ticker_arm(now + RELIEF_NS);
}

void pending_end_aside(Thread *t, PendingItem *before, bool keep) {
    PendingItem *found = t->pending, *others = NULL, **others_end = &others;
    t->pending = before;
    t->pending_tail = &t->pending;
    for (PendingItem *item = found, *next; item; item = next) {
        next = item->next;
        if (keep || is_own(item)) { // in front of the rest, like what one item posts
            item->next = *t->pending_tail;
            *t->pending_tail = item;
            t->pending_tail = &item->next;
        } else {
            item->next = NULL;
            *others_end = item;
            others_end = &item->next;
        }
    }
    orphans_add(others);
}

bool pending_orphans(void) { return at_load_relaxed(&orphans) != NULL; }

// ---- locks of the program ----------------------------------------------------------------------------------------------
// CPython runs the finalizer of an object where its last reference goes.  For SHARED objects it is where a round ends, and
// if that is while the thread holds a lock, a finalizer or callback that takes the same lock would wait for its own thread.
// So while a thread holds locks its SHARED items go to the orphans, which it takes back when it has let the last lock go,
// unless another thread was quicker.  When nobody has taken them for RELIEF_NS, a thread is started that does: all others
// are asleep or hold locks, perhaps for long, and none of them may run an item that waits for a lock of its own.
//
// A lock knows the id of the thread that took it.  When another thread lets it go, that is counted in the tally of the one
// that took it, which is found by the id: the thread may have ended.
typedef struct Tally {
    uint64_t thread; // atomic: id, 0 free
    uint32_t let_go; // atomic: locks of that thread that others let go
} Tally;
enum { TALLIES = 1024 };
static Tally tallies[TALLIES];

static Tally *tally_of(uint64_t thread) {
    Tally *tally = &tallies[thread % TALLIES];
    return at_load_acquire(&tally->thread) == thread ? tally : NULL;
}

// When the place is another's, locks that others let go are missed: the thread seems to hold one, and is relieved.
void pending_thread_starts(Thread *t) {
    Tally *tally = &tallies[t->id % TALLIES];
    uint64_t nobody = 0;
    if (at_load_relaxed(&tally->thread) || !at_cas_acq_rel(&tally->thread, &nobody, t->id)) return;
    t->sync->locks_within = at_load_relaxed(&tally->let_go); // it goes on from there
    t->sync->tally = &tally->let_go;
}

void pending_thread_ends(Thread *t) {
    if (t->sync->tally) at_store_release(&tally_of(t->id)->thread, (uint64_t)0);
    t->sync->tally = NULL;
}

void pending_after_fork(Thread *t) {
    for (size_t i = 0; i < TALLIES; i++)
        if (tallies[i].thread != t->id) tallies[i].thread = 0;
    reliefs = 0;
    at_store_relaxed(&t->sync->is_relief, false);
}

static uint32_t locks_held(const Thread *t) {
    uint32_t let_go = t->sync->tally ? at_load_relaxed(t->sync->tally) : 0;
    return t->sync->locks_within - let_go;
}

static bool inside_locks(const Thread *t) { return (int32_t)locks_held(t) > 0; }

static void give_away(Thread *t, PendingItem *floor) {
    PendingItem *others = NULL, **end = &others, **at = &t->pending;
    while (*at && *at != floor) {
        PendingItem *item = *at;
        if (item->kind == PENDING_CALL || (is_own(item) && !item->late)) {
            at = &item->next;
            continue;
        }
        share_value(t, item->value); // another thread may run it
        *at = item->next;
        item->next = NULL;
        *end = item;
        end = &item->next;
    }
    t->pending_tail = &t->pending;
    orphans_add(others);
}

void pending_lock_taken(Thread *t) { t->sync->locks_within++; }

void pending_lock_let_go(Thread *t, uint64_t taker) {
    if (likely(taker == t->id)) {
        t->sync->locks_within--;
        if (unlikely(pending_orphans()) && !inside_locks(t)) breaker_set(t, BREAK_PENDING);
    } else {
        Tally *tally = tally_of(taker);
        if (tally) at_fetch_add_relaxed(&tally->let_go, 1u);
    }
}

uint32_t pending_ignore_locks(Thread *t) {
    uint32_t held = locks_held(t);
    t->sync->locks_within -= held;
    if (held && pending_orphans()) breaker_set(t, BREAK_PENDING);
    return held;
}

void pending_regard_locks(Thread *t, uint32_t held) { t->sync->locks_within += held; }

static void orphans_take(Thread *t) {
    if (likely(!pending_orphans()) || inside_locks(t)) return;
    rt_mutex_lock(&lock_inbox);
    PendingItem *found = orphans;
    at_store_relaxed(&orphans, (PendingItem *)NULL);
    rt_mutex_unlock(&lock_inbox);
    PendingItem **end = &t->pending;
    while (*end) end = &(*end)->next;
    *end = found;
}

// ---- relief -------------------------------------------------------------------------------------------------------------
void relief_start(void) {
    if (at_load_relaxed(&reliefs) >= RELIEFS || world_is_finishing()) return;
    at_fetch_add_relaxed(&reliefs, 1u);
    Thread *fresh = thread_new(NULL);
    if (fresh) {
        at_store_relaxed(&fresh->sync->is_relief, true);
        fresh->sync->was_relief = true;
    }
    if (!fresh || !upcall_start_relief(fresh)) {
        if (fresh) thread_discard(fresh);
        at_fetch_sub_relaxed(&reliefs, 1u);
    }
}

int64_t pending_relieve(int64_t now) {
    if (!pending_orphans()) return 0;
    int64_t due = at_load_relaxed(&orphans_since) + RELIEF_NS;
    if (now < due) return due;
    relief_start();
    return now + RELIEF_NS; // they may all be waiting for locks
}

void pending_relief_ends(Thread *t) {
    at_store_relaxed(&t->sync->is_relief, false);
    at_fetch_sub_release(&reliefs, 1u);
}

static void note_running(Thread *t, void *running) {
    if (at_load_relaxed(&t->sync->is_relief) && thread_is_attached(t)) *(bool *)running = true;
}

int pending_await_relief(Thread *t, int64_t ns) {
    int64_t now = time_monotonic_ns(), until = now + ns;
    while (at_load_acquire(&reliefs) > at_load_relaxed(&t->sync->is_relief)) {
        bool running = false; // or it would, had it a processor: on a busy machine that takes any time
        threads_each(note_running, &running);
        if (running) until = now + ns;
        else if (now >= until) break;
        thread_detach(t);
        usleep(100);
        thread_attach(t);
        if (at_load_relaxed(&t->breaker) && safepoint(t) < 0) return -1;
        now = time_monotonic_ns();
    }
    return 0;
}

void pending_abandon(Thread *t) {
    PendingItem *mine = t->pending;
    t->pending = NULL;
    t->pending_tail = &t->pending;
    for (PendingItem *item = mine; item; item = item->next) share_value(t, item->value);
    orphans_add(mine);
}

// Before blocking: what waits may be all that keeps others waiting.  Posted calls stay, as they may raise.
void pending_run_quietly(Thread *t) {
    PendingItem *floor = t->sync->pending_floor;
    if (inside_locks(t)) give_away(t, floor);
    while (t->pending && t->pending != floor && t->pending->kind != PENDING_CALL) {
        upcall_run_pending(t);
        t->sync->pending_floor = floor;
    }
    t->pending_tail = &t->pending;
}

bool pending_pop(Thread *t, PendingItem *out) {
    PendingItem *item = t->pending;
    if (!item || item == t->sync->pending_floor) return false;
    *out = *item;
    t->pending = item->next;
    t->pending_tail = &t->pending;
    t->sync->pending_floor = t->pending;
    free(item);
    return true;
}

int pending_run(Thread *t) {
    PendingItem *floor = t->sync->pending_floor;
    pending_take_inbox(t);
    weak_take_inbox(t);
    orphans_take(t);
    int status = 0;
    while (status == 0 && t->pending && t->pending != floor) {
        if (inside_locks(t)) give_away(t, floor); // what ran may have brought more
        if (!t->pending || t->pending == floor) break;
        status = upcall_run_pending(t);
        t->sync->pending_floor = floor;
    }
    t->pending_tail = &t->pending;
    // The pushes meanwhile set the bit again; it stays when something is left, or was posted after the look above.
    at_fetch_and_acquire(&t->breaker, ~(uint32_t)BREAK_PENDING);
    bool left = (t->pending && t->pending != floor) || at_load_relaxed(&t->sync->inbox) ||
                at_load_relaxed(&t->sync->weak_inbox) || (pending_orphans() && !inside_locks(t));
    if (left) breaker_set(t, BREAK_PENDING);
    return status;
}
