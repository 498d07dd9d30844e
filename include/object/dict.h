// SPDX-License-Identifier: MIT
// dict and set.
#ifndef HEDDLE_OBJECT_DICT_H
#define HEDDLE_OBJECT_DICT_H
#include "object/type.h"

V dict_new(Thread *t);
V dict_new_presized(Thread *t, size_t n);
size_t dict_len(V dict);
V dict_get(Thread *t, V dict, V key);                      // stack value; V_NULL when missing; V_ERROR (unhashable, compare)
V dict_get_hash(Thread *t, V dict, V key, int64_t hash);
V dict_get_str(Thread *t, V dict, V str_key);              // no exception possible for exact str keys in a str-keyed dict
V dict_get_c(Thread *t, V dict, const char *key);
int dict_set(Thread *t, V dict, V key, V value);
int dict_set_c(Thread *t, V dict, const char *key, V value);
int dict_set_c_steal(Thread *t, V dict, const char *key, V value); // V_ERROR value: returns -1
int dict_set_hash(Thread *t, V dict, V key, int64_t hash, V value);
int dict_del(Thread *t, V dict, V key);                    // KeyError
int dict_discard(Thread *t, V dict, V key);                // 1 removed, 0 missing, -1
V dict_pop(Thread *t, V dict, V key, V fallback);          // fallback V_NULL: KeyError
V dict_setdefault(Thread *t, V dict, V key, V fallback);   // stack value
int dict_contains(Thread *t, V dict, V key);
int dict_clear(Thread *t, V dict);
V dict_copy(Thread *t, V dict);
int dict_update(Thread *t, V dict, V other);               // mapping or iterable of pairs
enum { MERGE_KEEP, MERGE_OVERRIDE, MERGE_UNIQUE };         // UNIQUE: KeyError(key) on a duplicate (for f(**a, **b))
int dict_merge(Thread *t, V dict, V mapping, int mode);
// Iteration by position, insertion order: borrowed key and value (peek rules).  pos starts at 0; false at the end.
bool dict_next(V dict, size_t *pos, V *key, V *value);
bool dict_next_hash(V dict, size_t *pos, V *key, V *value, int64_t *hash);
V dict_keys_list(Thread *t, V dict);                       // new lists
V dict_values_list(Thread *t, V dict);
V dict_items_list(Thread *t, V dict);
// Globals caching (LOAD_GLOBAL): changes whenever a key is added or removed (never reused); values are read through
// the entry's slot, which keeps its place while keys_version is unchanged.
uint32_t dict_keys_version(Thread *t, V dict);             // 0: none to be had
Slot *dict_value_slot(V dict, V str_key, size_t *index);   // NULL when missing
Slot *dict_slot_at(V dict, size_t index);
// What a cache does with both: the value as a stack value, or V_NULL when the version is another one by now.
V dict_get_cached(V dict, size_t index, uint32_t version);
V dict_iter_keys(Thread *t, V dict);                       // iterators: iter(d), iter(d.values()), …
V dict_iter_values(Thread *t, V dict);
V dict_iter_items(Thread *t, V dict);
V dict_reverse_keys(Thread *t, V dict);
V dict_reverse_values(Thread *t, V dict);
V dict_reverse_items(Thread *t, V dict);
V dict_view_keys(Thread *t, V dict);                       // d.keys(), d.values(), d.items()
V dict_view_values(Thread *t, V dict);
V dict_view_items(Thread *t, V dict);

V set_new(Thread *t, V iterable_or_null);
V frozenset_new(Thread *t, V iterable_or_null);
bool v_is_any_set(V v);                                    // set or frozenset, or derived
size_t set_len(V set);
int set_add(Thread *t, V set, V item);
int set_discard(Thread *t, V set, V item);                 // 1/0/-1
int set_contains(Thread *t, V set, V item);
int set_update(Thread *t, V set, V iterable);
bool set_next(V set, size_t *pos, V *item, int64_t *hash); // borrowed
V set_pop(Thread *t, V set);                               // KeyError 'pop from an empty set'
int set_clear(Thread *t, V set);
V set_copy(Thread *t, V set);                              // a plain set
V set_iter_new(Thread *t, V set);
V set_snapshot(Thread *t, V set);                          // a list of its items, taken in one go
#endif
