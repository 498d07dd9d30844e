// SPDX-License-Identifier: MIT
// Weak references: the table of records, death, and getting a referent back.
//
// Start with weak_get and weak_died: everything else is list keeping.  A record, its node list and the nodes' fields are
// guarded by the lock of the record's stripe, which is chosen by the referent's address and so never changes.  State and
// referent are read without it by weak_get.
//
// Why weak_get may look at the referent's header: while the record is SHARED and not DEAD the referent's memory is
// there, and a SHARED referent's header is freed only by the round after the one that cleared the record
// (obj_free_memory), which cannot complete before this thread's next safepoint.
#include "sync.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD_LOCAL, RECORD_SHARED, RECORD_DEAD };

struct WeakRecord {
    WeakRecord *next; // in its table's chain; stripe lock
    Obj *referent;    // atomic; NULL when dead
    WeakNode *nodes;  // newest first; stripe lock
    Thread *owner;    // while LOCAL: whose referent it is
    size_t count;     // nodes, and 1 for a living referent; stripe lock
    uint64_t serial;  // const
    uint8_t state;    // atomic: RECORD_*; written under the stripe lock
    uint8_t stripe;   // const
};

enum { STRIPES = 64 };
typedef struct Stripe {
    RtMutex lock;
    WeakRecord **buckets; // a power of two
    size_t mask, used;
} __attribute__((aligned(64))) Stripe;
static Stripe stripes[STRIPES];

static size_t address_hash(const Obj *o) {
    uint64_t x = (uint64_t)(uintptr_t)o >> 4;
    return (size_t)((x * 0x9e3779b97f4a7c15u) >> 20);
}
static Stripe *stripe_of(const Obj *o) { return &stripes[address_hash(o) % STRIPES]; }

int weak_init(void) {
    for (int i = 0; i < STRIPES; i++) {
        stripes[i].lock = (RtMutex)RT_MUTEX_INIT(weak);
        stripes[i].buckets = calloc(8, sizeof *stripes[i].buckets);
        if (!stripes[i].buckets) return -1;
        stripes[i].mask = 7;
        stripes[i].used = 0;
    }
    return 0;
}

void weak_after_fork(void) {
    for (int i = 0; i < STRIPES; i++) stripes[i].lock = (RtMutex)RT_MUTEX_INIT(weak);
}

static WeakRecord **bucket_of(Stripe *s, const Obj *o) { return &s->buckets[address_hash(o) / STRIPES & s->mask]; }

static WeakRecord *record_find(Stripe *s, const Obj *o) {
    WeakRecord *record = *bucket_of(s, o);
    while (record && at_load_relaxed(&record->referent) != o) record = record->next;
    return record;
}

static void stripe_grow(Stripe *s) {
    size_t n = (s->mask + 1) * 2;
    WeakRecord **old = s->buckets, **fresh = calloc(n, sizeof *fresh);
    if (!fresh) return; // longer chains will do
    size_t old_n = s->mask + 1;
    s->buckets = fresh;
    s->mask = n - 1;
    for (size_t i = 0; i < old_n; i++)
        for (WeakRecord *record = old[i], *next; record; record = next) {
            next = record->next;
            WeakRecord **bucket = bucket_of(s, at_load_relaxed(&record->referent));
            record->next = *bucket;
            *bucket = record;
        }
    free(old);
}

// The record of o, made when there is none; NULL: no memory.
static WeakRecord *record_of(Thread *t, Stripe *s, Obj *o) {
    WeakRecord *record = record_find(s, o);
    if (record) return record;
    record = malloc(sizeof *record);
    if (!record) return NULL;
    if (s->used++ > s->mask) stripe_grow(s);
    WeakRecord **bucket = bucket_of(s, o);
    *record = (WeakRecord){.next = *bucket, .referent = o, .owner = t, .count = 1, .serial = ++t->heap.domain->births};
    record->state = obj_is_shared(o) ? RECORD_SHARED : RECORD_LOCAL;
    record->stripe = (uint8_t)(s - stripes);
    *bucket = record;
    obj_set_flag(o, OBJ_HAS_WEAKREF);
    return record;
}

static void record_drop(WeakRecord *record) {
    if (--record->count == 0) free(record);
}

static void node_unlink(WeakNode *node) {
    if (node->prev) node->prev->next = node->next;
    else if (node->record->nodes == node) node->record->nodes = node->next;
    if (node->next) node->next->prev = node->prev;
    node->next = node->prev = NULL;
}

static int bind_lock_held(Thread *t, Stripe *s, WeakNode *node, Obj *weakref, Obj *referent, bool has_callback) {
    WeakRecord *record = record_of(t, s, referent);
    if (!record) return -1;
    *node = (WeakNode){.next = record->nodes, .record = record, .weakref = weakref, .owner = t};
    node->has_callback = has_callback;
    if (record->nodes) record->nodes->prev = node;
    record->nodes = node;
    record->count++;
    t->sync->has_weakrefs = true;
    if (has_callback) obj_set_flag(referent, OBJ_ASK_ROUND);
    return 0;
}

int weak_bind(Thread *t, WeakNode *node, Obj *weakref, Obj *referent, bool has_callback) {
    Stripe *s = stripe_of(referent);
    rt_mutex_lock(&s->lock);
    int r = bind_lock_held(t, s, node, weakref, referent, has_callback);
    rt_mutex_unlock(&s->lock);
    return r;
}

void weak_unbind(Thread *t, WeakNode *node) {
    (void)t;
    WeakRecord *record = node->record;
    if (!record) return;
    Stripe *s = &stripes[record->stripe];
    rt_mutex_lock(&s->lock);
    if (node->queued) {
        rt_mutex_lock(&lock_inbox);
        weak_inbox_remove(node);
        rt_mutex_unlock(&lock_inbox);
    } else if (at_load_relaxed(&record->state) != RECORD_DEAD) {
        node_unlink(node);
    }
    node->record = NULL;
    record_drop(record);
    rt_mutex_unlock(&s->lock);
}

bool weak_is_dead(const WeakNode *node) {
    const WeakRecord *record = node->record;
    return !record || at_load_acquire(&record->state) == RECORD_DEAD;
}

// Whether another thread's weakref is SHARED by now.  In ThreadSanitizer builds a LOCAL count is written plainly, so that
// foreign reads are reported; this read is meant: the object is there as long as its node hangs on a list that we have
// locked, and only bit 31 counts, which goes up once.  Seen LOCAL, its owner is told, who cannot have ended before
// weak_thread_exits has passed our stripe.
__attribute__((noinline, no_sanitize("thread"))) static bool weakref_is_shared(const Obj *weakref) {
    return (int32_t)__atomic_load_n(&weakref->rc, __ATOMIC_RELAXED) < 0;
}

// Whether t may touch the weakref at all.
static bool node_visible(Thread *t, const WeakNode *node) {
    return node->owner == t || weakref_is_shared(node->weakref) || threading_gil_enabled();
}

// ---- getting the referent ---------------------------------------------------------------------------------------------
// A reference to an object that nobody may have counted: DIRTY tells a round that judges it.
static V shared_get(Obj *o) {
    uint32_t rc = at_load_acquire(&o->rc);
    for (;;) {
        if (rc & RC_DEAD) return V_NULL;
        if ((rc & (RC_INZCT | RC_DIRTY)) != RC_INZCT || (rc & RC_HOT)) break;
        debug_sched_point();
        if (MUTATED(MUTATE_NO_WEAK_MARK) || at_cas_acq_rel(&o->rc, &rc, rc | RC_DIRTY)) break;
    }
    return v_from(o) | V_U_TAG;
}

V obj_revive(Obj *o) {
    uint32_t rc = at_load_acquire(&o->rc); // pairs with share_mark: its flags are read after it
    if (obj_has(o, OBJ_IMMORTAL | OBJ_UNCOUNTED)) return (rc & RC_SHARED) && (rc & RC_DEAD) ? V_NULL : v_from_immortal(o);
    if (rc & RC_SHARED) return shared_get(o);
    return rc == 0 ? V_NULL : v_dup(v_from(o)); // 0: queued for destruction
}

V weak_get(Thread *t, const WeakNode *node) {
    const WeakRecord *record = node->record;
    if (!record) return V_NONE;
    uint8_t state = at_load_acquire(&record->state);
    if (state == RECORD_LOCAL && record->owner != t && !threading_gil_enabled()) {
        weak_ask(t, record->owner, (WeakRecord *)record);
        state = at_load_acquire(&record->state);
    }
    if (state == RECORD_DEAD) return V_NONE;
    Obj *o = at_load_acquire(&record->referent);
    V v = o ? obj_revive(o) : V_NULL;
    return v ? v : V_NONE;
}

// ---- death ------------------------------------------------------------------------------------------------------------
static void record_unlink(Stripe *s, WeakRecord *record, const Obj *referent) {
    WeakRecord **at = bucket_of(s, referent);
    while (*at != record) at = &(*at)->next;
    *at = record->next;
    s->used--;
}

uint64_t weak_serial(Obj *referent) {
    if (!obj_has(referent, OBJ_HAS_WEAKREF)) return 0;
    Stripe *s = stripe_of(referent);
    rt_mutex_lock(&s->lock);
    const WeakRecord *record = record_find(s, referent);
    uint64_t serial = record ? record->serial : 0;
    rt_mutex_unlock(&s->lock);
    return serial;
}

// A weakref whose callback is to run: here when this thread may touch it, else by its owner.
static void node_post(Thread *t, WeakNode *node, bool late) {
    Obj *weakref = node->weakref;
    if (node_visible(t, node)) {
        V v = obj_revive(weakref);
        if (v) pending_push_callback(t, v_own(v), late);
    } else {
        rt_mutex_lock(&lock_inbox);
        weak_inbox_add(node);
        rt_mutex_unlock(&lock_inbox);
    }
}

void weak_died(Thread *t, Obj *referent, bool (*runs)(const Obj *weakref)) {
    Stripe *s = stripe_of(referent);
    rt_mutex_lock(&s->lock);
    WeakRecord *record = record_find(s, referent);
    if (record) {
        record_unlink(s, record, referent);
        at_store_release(&record->state, (uint8_t)RECORD_DEAD);
        at_store_release(&record->referent, (Obj *)NULL);
        while (record->nodes) {
            WeakNode *node = record->nodes;
            node_unlink(node);
            if (node->has_callback && (!runs || runs(node->weakref))) node_post(t, node, obj_is_shared(referent));
        }
        record_drop(record);
    }
    rt_mutex_unlock(&s->lock);
}

void weak_shared(Thread *t, Obj *referent) {
    (void)t;
    Stripe *s = stripe_of(referent);
    rt_mutex_lock(&s->lock);
    WeakRecord *record = record_find(s, referent);
    if (record) at_store_release(&record->state, (uint8_t)RECORD_SHARED);
    rt_mutex_unlock(&s->lock);
}

// ---- the inbox of a thread whose weakref's referent died elsewhere -------------------------------------------------
// All under lock_inbox.  A node in an inbox is unlinked by weak_unbind when its weakref dies first.
void weak_inbox_add(WeakNode *node) {
    ThreadSync *sync = node->owner->sync;
    node->queued = true;
    node->prev = NULL;
    node->next = sync->weak_inbox;
    if (node->next) node->next->prev = node;
    at_store_relaxed(&sync->weak_inbox, node);
    breaker_set(node->owner, BREAK_PENDING);
}

void weak_inbox_remove(WeakNode *node) {
    if (node->prev) node->prev->next = node->next;
    else at_store_relaxed(&node->owner->sync->weak_inbox, node->next);
    if (node->next) node->next->prev = node->prev;
    node->next = node->prev = NULL;
    node->queued = false;
}

// The owner takes its weakrefs, alive because their death would have removed them.
void weak_take_inbox(Thread *t) {
    if (!at_load_relaxed(&t->sync->weak_inbox)) return;
    rt_mutex_lock(&lock_inbox);
    while (t->sync->weak_inbox) {
        WeakNode *node = t->sync->weak_inbox;
        weak_inbox_remove(node);
        V v = obj_revive(node->weakref);
        if (v) pending_push_callback(t, v_own(v), true);
    }
    rt_mutex_unlock(&lock_inbox);
}

// Every stripe is passed once, so that whoever saw one of t's weakrefs LOCAL has finished posting it; then the inbox is
// emptied for good.  The callbacks run here: the weakrefs outlive this thread, but not by much.
void weak_thread_exits(Thread *t) {
    if (!t->sync->has_weakrefs) return;
    for (int i = 0; i < STRIPES; i++) {
        rt_mutex_lock(&stripes[i].lock);
        rt_mutex_unlock(&stripes[i].lock);
    }
    weak_take_inbox(t);
}

Obj *weak_record_local_referent(const WeakRecord *record) {
    return at_load_acquire(&record->state) == RECORD_LOCAL ? at_load_acquire(&record->referent) : NULL;
}

// ---- listing ----------------------------------------------------------------------------------------------------------
static V find_lock_held(Thread *t, Stripe *s, Obj *referent, WeakMatch match, void *arg) {
    WeakRecord *record = record_find(s, referent);
    V found = V_NULL;
    for (WeakNode *node = record ? record->nodes : NULL; node && !found; node = node->next)
        if (node_visible(t, node) && match(node->weakref, node, arg)) found = obj_revive(node->weakref);
    return found;
}

V weak_find(Thread *t, Obj *referent, WeakMatch match, void *arg) {
    if (!(obj_flags(referent) & OBJ_HAS_WEAKREF)) return V_NULL;
    Stripe *s = stripe_of(referent);
    rt_mutex_lock(&s->lock);
    V found = find_lock_held(t, s, referent, match, arg);
    rt_mutex_unlock(&s->lock);
    return found;
}

int weak_bind_unless(Thread *t, WeakNode *node, Obj *weakref, Obj *referent, WeakMatch match, void *arg, V *found) {
    Stripe *s = stripe_of(referent);
    rt_mutex_lock(&s->lock);
    *found = find_lock_held(t, s, referent, match, arg);
    int r = *found ? 0 : bind_lock_held(t, s, node, weakref, referent, false);
    rt_mutex_unlock(&s->lock);
    return r;
}

size_t weak_list(Thread *t, Obj *referent, V *out, size_t n) {
    if (!(obj_flags(referent) & OBJ_HAS_WEAKREF)) return 0;
    Stripe *s = stripe_of(referent);
    size_t found = 0;
    rt_mutex_lock(&s->lock);
    WeakRecord *record = record_find(s, referent);
    for (WeakNode *node = record ? record->nodes : NULL; node; node = node->next) {
        if (!node_visible(t, node)) continue;
        if (out && found == n) break;
        V v = out ? obj_revive(node->weakref) : V_INT(0);
        if (!v) continue;
        if (out) out[found] = v;
        found++;
    }
    rt_mutex_unlock(&s->lock);
    return found;
}

size_t weak_count(Thread *t, Obj *referent) { return weak_list(t, referent, NULL, 0); }

static void record_each_heard(const WeakRecord *record, void (*fn)(const Obj *weakref, Obj *referent, void *arg), void *arg) {
    if (at_load_relaxed(&record->state) == RECORD_DEAD) return;
    for (const WeakNode *node = record->nodes; node; node = node->next)
        if (node->has_callback && !node->unheard) fn(node->weakref, at_load_relaxed(&record->referent), arg);
}

void weak_each_heard(void (*fn)(const Obj *weakref, Obj *referent, void *arg), void *arg) {
    for (int i = 0; i < STRIPES; i++) {
        Stripe *s = &stripes[i];
        rt_mutex_lock(&s->lock);
        for (size_t j = 0; j <= s->mask; j++)
            for (const WeakRecord *record = s->buckets[j]; record; record = record->next) record_each_heard(record, fn, arg);
        rt_mutex_unlock(&s->lock);
    }
}
