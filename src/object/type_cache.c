// SPDX-License-Identifier: MIT
// Type versions and the per-thread method cache.
//
// A version names a state of everything that attribute lookup on a type can see: its MRO and the dicts along it.
// Changing any of it sets the version of the type and its subclasses to 0 before the change, and again before the old
// value is dropped (type_modified, type_set_attr_lock_held): whoever matched a cache entry by the version got a value
// that had not been dropped yet, and a value dropped later survives until that thread's next safepoint.
// Versions are never given twice.  When all are used up type_version answers 0 and nothing is cached any more.
//
// The cache is the thread's own, so reading it needs no synchronisation.  An entry counts its name (an address used as a
// key must not be reused) and borrows its value from the type's dict.  It begins small, but for the first thread's, and grows
// with what is entered: thousands of threads that do one small thing each need a few entries each.
#include "object/method_cache.h"
#include "object/slots.h"
#include "base/bits.h"
#include "threading/debug.h"
#include "threading/mutex.h"

#include <sched.h>
#include <stdlib.h>

enum { CACHE_FIRST = 16, CACHE_GROWTH = 4, CACHE_SIZE = 1024 };

static uint32_t next_version = 1; // under lock_types
static uint32_t modifying;        // atomic: calls of type_modified under way

// ---- versions ----------------------------------------------------------------------------------------------------------
static uint32_t give_version_locked(Type *type) {
    uint32_t version = at_load_acquire(&type->version);
    if (version) return version;
    if (next_version == 0 || type_has(type, TYPE_CUSTOM_MRO)) return 0;
    // A type has a version only while its bases have one, so that type_modified can stop at types without.
    V bases = slot_peek(&type->bases);
    for (size_t i = 0; bases != V_NULL && i < tuple_len(bases); i++) {
        V base = tuple_borrow(bases, i);
        if (!v_is_type(base) || !give_version_locked(v_as_type(base))) return 0;
    }
    if (next_version == 0) return 0;
    version = next_version++;
    at_store_release(&type->version, version);
    return version;
}

uint32_t type_version(Thread *t, Type *type) {
    (void)t;
    uint32_t version = at_load_acquire(&type->version);
    if (likely(version)) return version;
    if (!type_has(type, TYPE_READY) || slot_peek(&type->mro) == V_NULL) return 0;
    rt_mutex_lock(&lock_types);
    version = give_version_locked(type);
    rt_mutex_unlock(&lock_types);
    return version;
}

static void take_version(Type *type) {
    if (MUTATED(MUTATE_OLD_VERSION)) return;
    rt_mutex_lock(&lock_types); // a subclass that is just given a version gets it before this, or looks at 0
    at_store_release(&type->version, 0u);
    rt_mutex_unlock(&lock_types);
}

static void forget_version(Thread *t, Type *type) {
    if (!at_load_seq(&type->version) && at_load_seq(&modifying) == 1) return;
    take_version(type);
    debug_sched_point();
    V subclasses = type_subclasses_list(t, type);
    if (v_is_error(subclasses)) { // no memory: better no caching at all than a stale entry
        err_clear(t);
        rt_mutex_lock(&lock_types);
        next_version = 0;
        rt_mutex_unlock(&lock_types);
        return;
    }
    for (size_t i = 0; i < list_len(subclasses) && !MUTATED(MUTATE_NO_SUBCLASSES); i++) {
        V sub = list_get(t, subclasses, i);
        if (sub == V_NULL) break;
        forget_version(t, v_as_type(sub));
        v_drop(t, sub);
    }
    v_drop(t, subclasses);
}

// A type without a version has subclasses without one, unless another thread is on its way to these: so the way may be cut
// short only while no other is on one.
void type_modified(Thread *t, Type *type) {
    at_fetch_add_seq(&modifying, 1u);
    forget_version(t, type);
    at_fetch_sub_seq(&modifying, 1u);
}

// ---- lookup ------------------------------------------------------------------------------------------------------------
V type_own_attr_borrow(const Type *type, V name) {
    V dict = slot_peek(&type->dict);
    if (dict == V_NULL) return V_NULL;
    for (;;) {
        size_t index;
        const Slot *slot = dict_value_slot(dict, name, &index);
        V v = slot ? slot_peek(slot) : V_NULL;
        if (likely(v != V_MOVED)) return v;
        at_pause(); // another thread is moving the entries to a larger table: it holds the lock for a moment only
    }
}

V type_find_in_mro(Type *type, V name) {
    V mro = slot_peek(&type->mro);
    if (mro == V_NULL) { // while the type is being made
        for (const Type *b = type; b; b = b->base) {
            V found = type_own_attr_borrow(b, name);
            if (found != V_NULL) return found;
        }
        return V_NULL;
    }
    // Held, because a key that is no str may compare by Python code, which may assign __bases__.
    mro = v_dup(mro);
    size_t n = tuple_len(mro);
    V found = V_NULL;
    for (size_t i = 0; i < n && found == V_NULL; i++) found = type_own_attr_borrow(v_as_type(tuple_borrow(mro, i)), name);
    v_drop(thread_current(), mro);
    return found;
}

#if HEDDLE_DEBUG_CHECKS
enum { CHECK_EVERY = 16 };
#define CHECK_NS 2000000000

// A class that is being changed gets a version between the two times that it loses it, under which the old value may be
// found: that is in order, the old value has not been dropped.  So the answers may differ until the version changes, for which
// nobody must have to wait for this thread.
void type_cache_check(Type *type, V name, uint32_t version, V value) {
    static __thread unsigned turn;
    if (++turn % CHECK_EVERY) return;
    name = v_untag(name);
    for (int64_t until = 0;;) {
        V found = type_find_in_mro(type, name);
        if (v_untag(found) == v_untag(value) || at_load_acquire(&type->version) != version) return;
        if (at_load_relaxed(&thread_current()->breaker)) return;
        int64_t now = time_monotonic_ns();
        if (!until) until = now + CHECK_NS;
        HD_ASSERT(now < until);
        sched_yield();
    }
}
#endif

// The C library's memory: mimalloc's costs a thread that needs nothing else of it much more.
static MethodCache *cache_new(uint32_t size) {
    MethodCache *cache = calloc(1, sizeof *cache + size * sizeof *cache->entries);
    if (cache) cache->mask = size - 1;
    return cache;
}

// What differed in its place before still does.
static MethodCache *cache_grown(MethodCache *cache) {
    MethodCache *grown = cache_new((cache->mask + 1) * CACHE_GROWTH);
    if (!grown) return cache;
    for (uint32_t i = 0; i <= cache->mask; i++) {
        const MethodCacheEntry *e = &cache->entries[i];
        if (e->name != V_NULL) *method_cache_entry(grown, e->name, e->version) = *e;
    }
    free(cache);
    return grown;
}

// The cache to enter something into; NULL: no memory.
static MethodCache *cache_ready(Thread *t) {
    MethodCache *cache = t->method_cache;
    if (!cache) return t->method_cache = cache_new(t->is_main ? CACHE_SIZE : CACHE_FIRST);
    bool full = cache->mask + 1 < CACHE_SIZE && ++cache->entered > 2 * cache->mask;
    return full ? t->method_cache = cache_grown(cache) : cache;
}

static NOINLINE V lookup_slow(Thread *t, Type *type, V name, uint32_t version) {
    V value = type_find_in_mro(type, name);
    if (!version || !str_is_interned(name)) return value;
    if (at_load_acquire(&type->version) != version) return value;
    MethodCache *cache = cache_ready(t);
    if (!cache) return value;
    MethodCacheEntry *e = method_cache_entry(cache, name, version);
    V old = e->name;
    e->version = version;
    e->name = v_own(v_dup(name));
    e->value = value;
    v_drop(t, old);
    return value;
}

V type_lookup_borrow(Thread *t, Type *type, V name) {
    uint32_t version = type_version(t, type);
    name = v_untag(name);
    MethodCache *cache = t->method_cache;
    if (likely(cache != NULL && version != 0)) {
        MethodCacheEntry *e = method_cache_entry(cache, name, version);
        if (e->version == version && e->name == name) {
            V value = e->value;
            type_cache_check(type, name, version, value);
            return value;
        }
    }
    return lookup_slow(t, type, name, version);
}

// Empties t's cache: for the thread at its exit (free_memory), and for a full collection, with the world stopped.
void type_cache_clear(Thread *t, Thread *owner, bool free_memory) {
    MethodCache *cache = owner->method_cache;
    if (!cache) return;
    for (size_t i = 0; i <= cache->mask; i++) {
        v_drop(t, cache->entries[i].name);
        cache->entries[i] = (MethodCacheEntry){0, V_NULL, V_NULL};
    }
    if (!free_memory) return;
    owner->method_cache = NULL;
    free(cache);
}
