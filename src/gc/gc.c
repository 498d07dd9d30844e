// SPDX-License-Identifier: MIT
// When to collect, and what the gc module asks for.
#include "gc_private.h"

#include "threading/debug.h"

#include <stdio.h>
#include <stdlib.h>

GcStats gc_stats[3];
GcTimes gc_waits, gc_stops;
GcHooks gc_hooks;
int gc_debug;

void gc_set_enabled(bool enabled) {
    at_store_relaxed(&gc_triggers.enabled, enabled);
    gc_triggers_changed();
}
bool gc_is_enabled(void) { return at_load_relaxed(&gc_triggers.enabled); }
void gc_set_threshold(int generation, int value) {
    at_store_relaxed(&gc_triggers.threshold[generation], value);
    gc_triggers_changed();
}
int gc_threshold(int generation) { return at_load_relaxed(&gc_triggers.threshold[generation]); }

void gc_get_count(Thread *t, int64_t count[3]) {
    for (int i = 0; i < 3; i++) count[i] = t->heap.domain->count[i];
}

static void cache_clear(Thread *owner, void *t) { upcall_drop_caches(t, owner, false); }
void caches_clear(Thread *t) { threads_each(cache_clear, t); }
bool gc_is_collecting(const Thread *t) { return t->heap.domain && t->heap.domain->collecting; }

void gc_times_add(GcTimes *times, int64_t since) {
    int64_t ns = time_monotonic_ns() - since, longest = at_load_relaxed(&times->longest);
    at_fetch_add_relaxed(&times->n, 1);
    at_fetch_add_relaxed(&times->total, ns);
    while (ns > longest && !at_cas_weak_relaxed(&times->longest, &longest, ns)) { }
}

// ---- collecting -------------------------------------------------------------------------------------------------------
static int64_t collect_quietly(Thread *t, int generation, bool global) {
    GcDomain *domain = t->heap.domain;
    domain->held = domain->again = false;
    int64_t n = collect_local(t, generation);
    if (global) n += collect_global(t);
    return n;
}

static int64_t collect(Thread *t, int generation, bool global, bool told) {
    GcDomain *domain = t->heap.domain;
    if (domain->collecting) return 0;
    domain->collecting = true;
    if (told && gc_hooks.phase) gc_hooks.phase(t, true, generation, 0, 0);
    int64_t start = time_monotonic_ns(), n = collect_quietly(t, generation, global);
    domain->collecting = false;
    gc_times_add(&gc_stats[generation].took, start);
    at_fetch_add_relaxed(&gc_stats[generation].collections, 1);
    at_fetch_add_relaxed(&gc_stats[generation].collected, n);
    if (told && gc_hooks.phase) gc_hooks.phase(t, false, generation, n, 0);
    if (debug_flags.verify && gc_verify(t)) abort();
    return n;
}

// For what the last collection met on a C stack only, or for another thread; programs do not hear of it.
static void collect_silently(Thread *t, bool global) {
    GcDomain *domain = t->heap.domain;
    domain->collecting = true;
    collect_quietly(t, 2, global);
    domain->collecting = false;
}

// The LOCAL garbage of other threads is theirs to collect, when they get on.
static void ask_other(Thread *other, void *self) {
    if (other != self) breaker_set(other, BREAK_COLLECT_ALL);
}

NOINLINE int64_t gc_collect(Thread *t, int generation, bool told) {
    SCAN_ENTRY(t);
    bool all = generation == 2 && threading_is_sharing();
    if (all) threads_each(ask_other, t);
    int64_t n = collect(t, generation, all, told);
    if (t->heap.domain->held) { // a class, most often, in a word that a call on the way here left behind
        t->heap.domain->again = true;
        breaker_set(t, BREAK_COLLECT);
    }
    __asm__ __volatile__("" ::: "memory"); // no tail call: see SCAN_ENTRY
    return n;
}

// The oldest generation whose time has come; -1: none.  A full collection waits until the objects that have come since
// the last one are a quarter of those it left: so the work stays linear.
static int generation_due(const GcDomain *domain) {
    for (int i = 2; i >= 0; i--) {
        if (domain->count[i] <= gc_threshold(i)) continue;
        if (i == 2 && domain->long_lived_next < domain->long_lived / 4) continue;
        return i;
    }
    return -1;
}

static int stress_generation(void) {
    static uint32_t turn; // atomic
    uint32_t n = at_fetch_add_relaxed(&turn, 1u);
    return n % 512 == 0 ? 2 : n % 16 == 0 ? 1 : 0;
}

void upcall_collect(Thread *t, bool all) {
    const GcDomain *domain = t->heap.domain;
    if (domain->collecting) {
        if (all) breaker_set(t, BREAK_COLLECT_ALL); // for what has become garbage since it began
        return;
    }
    if (domain->again || all) collect_silently(t, domain->again && threading_is_sharing());
    if (!gc_is_enabled()) return;
    bool global = threading_is_sharing() && gc_shared_is_due();
    int generation = debug_flags.gcstress ? stress_generation() : generation_due(domain);
    if (generation < 0 && global) generation = 0;
    if (generation >= 0) collect(t, generation, global || (debug_flags.gcstress && generation == 2 && threading_is_sharing()), true);
}

// ---- walking ----------------------------------------------------------------------------------------------------------
typedef struct Each {
    Thread *t;
    bool (*fn)(Thread *t, Obj *o, void *arg);
    void *arg;
} Each;

static bool each_batch(Obj *const *objects, size_t n, void *arg) {
    const Each *each = arg;
    for (size_t i = 0; i < n; i++)
        if (each->fn(each->t, objects[i], each->arg)) return true;
    return false;
}

bool gc_each(Thread *t, int generation, bool (*fn)(Thread *t, Obj *o, void *arg), void *arg) {
    Each each = {t, fn, arg};
    if (gc_walk_local(t, generation < 0 ? AGES_COLLECTED : 1u << generation, each_batch, &each)) return true;
    if ((generation >= 0 && generation < 2) || !threading_is_sharing()) return false;
    world_stop(t); // so that none of them dies while it is looked at
    bool stopped = gc_walk_shared(false, each_batch, &each);
    world_start(t);
    return stopped;
}

static void freeze(Thread *t, bool on) {
    gc_freeze_local(t, on);
    if (!threading_is_sharing()) return;
    world_stop(t);
    gc_freeze_shared(on);
    world_start(t);
}
void gc_freeze(Thread *t) { freeze(t, true); }
void gc_unfreeze(Thread *t) { freeze(t, false); }

static bool count_batch(Obj *const *objects, size_t n, void *arg) {
    (void)objects;
    *(int64_t *)arg += (int64_t)n;
    return false;
}

int64_t gc_freeze_count(Thread *t) {
    int64_t n = 0;
    gc_walk_local(t, 1 << AGE_FROZEN, count_batch, &n);
    if (!threading_is_sharing()) return n;
    world_stop(t);
    gc_walk_shared(true, count_batch, &n);
    world_start(t);
    return n;
}
