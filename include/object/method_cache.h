// SPDX-License-Identifier: MIT
// The thread's method cache, for those who look special methods up in line.  object/type_cache.c keeps it.
#ifndef HEDDLE_OBJECT_METHOD_CACHE_H
#define HEDDLE_OBJECT_METHOD_CACHE_H
#include "object/type.h"

typedef struct MethodCacheEntry {
    uint32_t version;
    V name;  // counted
    V value; // borrowed; V_NULL: no such attribute
} MethodCacheEntry;
typedef struct MethodCache {
    uint32_t mask;
    uint32_t entered; // since it has this size, up to twice that
    MethodCacheEntry entries[];
} MethodCache;

static inline MethodCacheEntry *method_cache_entry(MethodCache *cache, V name, uint32_t version) {
    return &cache->entries[((name >> 4) ^ version * 31u) & cache->mask];
}

#if HEDDLE_DEBUG_CHECKS
// Invariant 9: a cache says that type, at this version, has `value` for name.  Now and then that is looked up.  May run Python
// where type_lookup_borrow may: when a key of a class is no str.
void type_cache_check(Type *type, V name, uint32_t version, V value);
#else
static inline void type_cache_check(Type *type, V name, uint32_t version, V value) { (void)type, (void)name, (void)version, (void)value; }
#endif

// What type_lookup_borrow would answer, if t's cache knows; else, and for what is missing, V_NULL.  name: untagged.
static inline V type_cached_borrow(const Thread *t, const Type *type, V name) {
    MethodCache *cache = t->method_cache;
    uint32_t version = at_load_acquire(&type->version);
    if (unlikely(!cache)) return V_NULL;
    const MethodCacheEntry *e = method_cache_entry(cache, name, version);
    return likely(e->version == version && e->name == name) ? e->value : V_NULL;
}
#endif
