// SPDX-License-Identifier: MIT
// dict for C code: get, set, delete, merge, iteration by position, and the versions that LOAD_GLOBAL caches.
//
// The table is in dict_table.c, the methods that programs see in dict_methods.c, views and iterators in files of their own.
// Reading never locks.  Overwriting the value of a str or int key of a SHARED dict is one compare-and-swap; whatever adds
// or removes keys holds the dict's lock (store, remove_key).
#include "dict_private.h"
#include "threading/poll.h"

V dict_new(Thread *t) {
    Dict *d = (Dict *)obj_alloc(t, &dict_type, sizeof(Dict), OBJ_GC);
    if (unlikely(!d)) return err_no_memory(t);
    d->keys = dict_empty_keys();
    return v_from(d);
}

V dict_new_presized(Thread *t, size_t n) {
    V dict = dict_alloc(t, &dict_type);
    if (v_is_error(dict)) return V_ERROR;
    if (dict_reserve(t, dict_of(dict), n) == 0) return dict;
    v_drop(t, dict);
    return V_ERROR;
}

size_t dict_len(V dict) { return dict_used(dict_of(dict)); }

// ---- reading -----------------------------------------------------------------------------------------------------------
V dict_get_hash(Thread *t, V dict, V key, int64_t hash) {
    Dict *d = dict_of(dict);
    for (;;) {
        DictKeys *keys;
        ptrdiff_t at = dict_find(t, d, key, hash, &keys);
        if (at < 0) return at == DICT_MISSING ? V_NULL : V_ERROR;
        V value = dict_entry_value(d, keys, at);
        if (likely(value != V_MOVED)) return value;
        dict_wait_moved(d, keys);
    }
}

V dict_get(Thread *t, V dict, V key) {
    int64_t hash;
    return unlikely(dict_hash(t, key, &hash) < 0) ? V_ERROR : dict_get_hash(t, dict, key, hash);
}

V dict_get_str(Thread *t, V dict, V key) {
    int64_t hash = at_load_relaxed(&str_of(key)->hash);
    return dict_get_hash(t, dict, key, hash ? hash : str_hash(key));
}

V dict_get_c(Thread *t, V dict, const char *key) {
    V k = str_from_cstr(t, key);
    if (v_is_error(k)) return V_ERROR;
    V value = dict_get_str(t, dict, k);
    v_drop(t, k);
    return value;
}

int dict_contains(Thread *t, V dict, V key) {
    int64_t hash;
    if (dict_hash(t, key, &hash) < 0) return -1;
    DictKeys *keys;
    ptrdiff_t at = dict_find(t, dict_of(dict), key, hash, &keys);
    return at == DICT_ERROR ? -1 : at >= 0;
}

// ---- writing -----------------------------------------------------------------------------------------------------------
// A SHARED dict: replaces the value of a live entry without the lock.  false: the entry is gone or moved.
static bool overwrite(Thread *t, Slot *cell, V value) {
    V now = at_load_acquire(&cell->bits);
    if (now == V_NULL || now == V_MOVED) return false;
    share_value(t, value);
    V stored = v_own(v_dup(value));
    while (!at_cas_weak_acq_rel(&cell->bits, &now, stored)) {
        if (now == V_NULL || now == V_MOVED) {
            v_drop(t, stored);
            return false;
        }
    }
    v_drop(t, now);
    return true;
}

enum { AGAIN = 2 };

// One attempt under the lock.  AGAIN: the dict became SHARED while Python ran, and was not locked.
static int store(Thread *t, Dict *d, V key, int64_t hash, V value) {
    bool locked = obj_is_shared(&d->head);
    CRITICAL(t, &d->head);
    DictKeys *keys;
    ptrdiff_t at = dict_find(t, d, key, hash, &keys);
    if (at == DICT_ERROR) return -1;
    if (unlikely(obj_is_shared(&d->head) != locked)) return AGAIN;
    if (at == DICT_MISSING) return dict_insert_new(t, d, key, hash, value);
    slot_set(t, &d->head, &keys->entries[at].value, value);
    return 0;
}

int dict_set_hash(Thread *t, V dict, V key, int64_t hash, V value) {
    Dict *d = dict_of(dict);
    if (unlikely(obj_is_shared(&d->head))) {
        DictKeys *keys;
        ptrdiff_t at = dict_find(t, d, key, hash, &keys);
        if (at == DICT_ERROR) return -1;
        if (at >= 0 && overwrite(t, &keys->entries[at].value, value)) return 0;
    } else if (likely(dict_set_quick(t, d, key, hash, value))) {
        return 0;
    }
    for (;;) {
        int r = store(t, d, key, hash, value);
        if (likely(r != AGAIN)) return r;
    }
}

int dict_set(Thread *t, V dict, V key, V value) {
    int64_t hash;
    return unlikely(dict_hash(t, key, &hash) < 0) ? -1 : dict_set_hash(t, dict, key, hash, value);
}

int dict_set_c(Thread *t, V dict, const char *key, V value) {
    V k = str_intern_utf8(t, key, strlen(key));
    if (v_is_error(k)) return -1;
    int r = dict_set(t, dict, k, value);
    v_drop(t, k);
    return r;
}

int dict_set_c_steal(Thread *t, V dict, const char *key, V value) {
    if (v_is_error(value)) return -1;
    int r = dict_set_c(t, dict, key, value);
    v_drop(t, value);
    return r;
}

int dict_count(Thread *t, V dict, V key) {
    int64_t hash;
    if (dict_hash(t, key, &hash) < 0) return -1;
    Dict *d = dict_of(dict);
    DictKeys *keys;
    ptrdiff_t at = dict_find(t, d, key, hash, &keys);
    if (at == DICT_ERROR) return -1;
    if (at >= 0 && !obj_is_shared(&d->head)) {
        Slot *cell = &keys->entries[at].value;
        V old = slot_peek(cell);
        if (v_is_int(old) && v_int(old) < INT32_MAX) {
            slot_set_steal(t, &d->head, cell, v_from_int(v_int(old) + 1));
            return 0;
        }
    }
    V old = at == DICT_MISSING ? V_NULL : dict_get_hash(t, dict, key, hash);
    if (v_is_error(old)) return -1;
    V now = old == V_NULL ? v_from_int(1) : num_add(t, old, v_from_int(1));
    v_drop(t, old);
    int r = v_is_error(now) ? -1 : dict_set_hash(t, dict, key, hash, now);
    v_drop(t, now);
    return r;
}

V dict_setdefault(Thread *t, V dict, V key, V fallback) {
    int64_t hash;
    if (dict_hash(t, key, &hash) < 0) return V_ERROR;
    Dict *d = dict_of(dict);
    for (;;) {
        bool locked = obj_is_shared(&d->head);
        bool quick = locked && !(v_type(key)->flags & TYPE_HEAP); // most often it is there; who counts comparisons counts one
        V value = quick ? dict_get_hash(t, dict, key, hash) : V_NULL;
        if (value != V_NULL) return value;
        CRITICAL(t, &d->head);
        DictKeys *keys;
        ptrdiff_t at = dict_find(t, d, key, hash, &keys);
        if (at == DICT_ERROR) return V_ERROR;
        if (obj_is_shared(&d->head) != locked) continue;
        if (at == DICT_MISSING) return dict_insert_new(t, d, key, hash, fallback) < 0 ? V_ERROR : v_dup(fallback);
        value = dict_entry_value(d, keys, at);
        if (likely(value != V_NULL && value != V_MOVED)) return value;
    }
}

// Removes key: its value, V_NULL when it was not there, V_ERROR.
static V remove_key(Thread *t, Dict *d, V key, int64_t hash) {
    for (;;) {
        bool locked = obj_is_shared(&d->head);
        CRITICAL(t, &d->head);
        DictKeys *keys;
        ptrdiff_t at = dict_find(t, d, key, hash, &keys);
        if (at < 0) return at == DICT_MISSING ? V_NULL : V_ERROR;
        if (likely(obj_is_shared(&d->head) == locked)) return dict_remove_entry(t, d, keys, at, NULL);
    }
}

int dict_discard(Thread *t, V dict, V key) {
    int64_t hash;
    if (dict_hash(t, key, &hash) < 0) return -1;
    V value = remove_key(t, dict_of(dict), key, hash);
    if (v_is_error(value)) return -1;
    if (value == V_NULL) return 0;
    v_drop(t, value);
    return 1;
}

int dict_del(Thread *t, V dict, V key) {
    int r = dict_discard(t, dict, key);
    if (r == 0) err_key(t, key);
    return r == 1 ? 0 : -1;
}

V dict_pop(Thread *t, V dict, V key, V fallback) {
    if (dict_len(dict) == 0) return fallback == V_NULL ? err_key(t, key) : v_dup(fallback);
    int64_t hash;
    if (dict_hash(t, key, &hash) < 0) return V_ERROR;
    V value = remove_key(t, dict_of(dict), key, hash);
    if (value != V_NULL) return value;
    return fallback == V_NULL ? err_key(t, key) : v_dup(fallback);
}

// ---- iteration by position -----------------------------------------------------------------------------------------
bool dict_next_hash(V dict, size_t *pos, V *key, V *value, int64_t *hash) {
    Dict *d = dict_of(dict);
    DictKeys *keys = dict_keys_of(d);
    for (size_t i = *pos; i < at_load_acquire(&keys->nentries); i++) {
        DictEntry *e = &keys->entries[i];
        V k = slot_peek(&e->key), v = slot_peek(&e->value);
        while (unlikely(v == V_MOVED)) {
            dict_wait_moved(d, keys);
            keys = dict_keys_of(d);
            if (i >= at_load_acquire(&keys->nentries)) return false;
            e = &keys->entries[i];
            k = slot_peek(&e->key);
            v = slot_peek(&e->value);
        }
        if (k == V_NULL || v == V_NULL) continue;
        *pos = i + 1;
        if (key) *key = k;
        if (value) *value = v;
        if (hash) *hash = e->hash;
        return true;
    }
    *pos = SIZE_MAX;
    return false;
}

bool dict_next(V dict, size_t *pos, V *key, V *value) { return dict_next_hash(dict, pos, key, value, NULL); }

enum { KEYS, VALUES, ITEMS };

static V list_of_what(Thread *t, V dict, int what) {
    CRITICAL(t, v_obj(dict)); // one moment of it
    size_t n = dict_len(dict), pos = 0;
    V list = list_with_capacity(t, n), k, v;
    while (!v_is_error(list) && dict_next(dict, &pos, &k, &v)) {
        V item = what == KEYS ? v_dup(k) : what == VALUES ? v_dup(v) : tuple_pack(t, 2, k, v);
        if (!v_is_error(item) && list_append_steal(t, list, item) == 0) continue;
        v_drop(t, list);
        return V_ERROR;
    }
    return list;
}
V dict_keys_list(Thread *t, V dict) { return list_of_what(t, dict, KEYS); }
V dict_values_list(Thread *t, V dict) { return list_of_what(t, dict, VALUES); }
V dict_items_list(Thread *t, V dict) { return list_of_what(t, dict, ITEMS); }

// ---- copying and merging -------------------------------------------------------------------------------------------
// Into a LOCAL dict without entries, from one that stays as it is (LOCAL, or its lock is held).
static int fill_from(Thread *t, Dict *d, V source) {
    if (dict_clone_keys(t, d, dict_of(source))) return 0;
    if (dict_reserve(t, d, dict_len(source)) < 0) return -1;
    size_t pos = 0;
    V k, v;
    int64_t hash;
    while (dict_next_hash(source, &pos, &k, &v, &hash)) {
        if (dict_insert_new(t, d, k, hash, v) < 0) return -1;
    }
    return 0;
}

V dict_copy(Thread *t, V dict) {
    V copy = dict_new(t);
    if (v_is_error(copy)) return V_ERROR;
    CRITICAL(t, v_obj(dict));
    if (fill_from(t, dict_of(copy), dict) == 0) return copy;
    v_drop(t, copy);
    return V_ERROR;
}

static int store_by_mode(Thread *t, V dict, V key, int64_t hash, V value, int mode) {
    if (mode == MERGE_OVERRIDE) return dict_set_hash(t, dict, key, hash, value);
    DictKeys *keys;
    ptrdiff_t at = dict_find(t, dict_of(dict), key, hash, &keys);
    if (at == DICT_ERROR) return -1;
    if (at == DICT_MISSING) return dict_set_hash(t, dict, key, hash, value);
    if (mode == MERGE_KEEP) return 0;
    err_key(t, key);
    return -1;
}

static int merge_dict(Thread *t, V dict, V source, int mode) {
    Dict *from = dict_of(source);
    if (v_is(dict, source) || dict_used(from) == 0) return 0;
    if (dict_len(dict) == 0 && !obj_is_shared(v_obj(dict)) && !obj_is_shared(v_obj(source)) &&
        dict_of(dict)->keys->nentries == 0)
        return fill_from(t, dict_of(dict), source);
    if (mode == MERGE_KEEP && dict_len(dict) == 0) mode = MERGE_OVERRIDE;
    size_t pos = 0, entries = at_load_acquire(&dict_keys_of(from)->nentries);
    V k, v;
    int64_t hash;
    while (dict_next_hash(source, &pos, &k, &v, &hash)) {
        k = v_dup(k);
        v = v_dup(v);
        int r = store_by_mode(t, dict, k, hash, v, mode);
        v_drop(t, k);
        v_drop(t, v);
        if (r < 0) return -1;
        if (unlikely(entries != at_load_acquire(&dict_keys_of(from)->nentries)) && !obj_is_shared(&from->head)) {
            err_set(t, &exc_RuntimeError, "dict mutated during update");
            return -1;
        }
    }
    return 0;
}

static int merge_one_key(Thread *t, V dict, V mapping, V key, int mode) {
    if (mode != MERGE_OVERRIDE) {
        int there = dict_contains(t, dict, key);
        if (there < 0) return -1;
        if (there && mode == MERGE_KEEP) return 0;
        if (there) {
            err_key(t, key);
            return -1;
        }
    }
    V value = obj_getitem(t, mapping, key);
    if (v_is_error(value)) return -1;
    int r = dict_set(t, dict, key, value);
    v_drop(t, value);
    return r;
}

int dict_merge(Thread *t, V dict, V mapping, int mode) {
    if (dict_iterates_plainly(mapping)) return merge_dict(t, dict, mapping, mode);
    V keys = obj_call_method0(t, mapping, NAME(keys));
    if (v_is_error(keys)) return -1;
    V iter = obj_iter(t, keys);
    v_drop(t, keys);
    if (v_is_error(iter)) return -1;
    int r = 0;
    for (size_t steps = 0; r == 0;) {
        V key = obj_next(t, iter);
        if (key == V_END) break;
        r = v_is_error(key) ? -1 : merge_one_key(t, dict, mapping, key, mode);
        v_drop(t, key);
        if (r == 0) r = poll_step_apart(t, &steps);
    }
    v_drop(t, iter);
    return r;
}

// The index-th element of an iterable of pairs.
static int update_pair(Thread *t, V dict, V item, size_t index) {
    V pair = v_is_exact(item, &tuple_type) || v_is_exact(item, &list_type) ? obj_to_tuple(t, item) : V_NULL;
    if (pair == V_NULL) {
        pair = obj_to_tuple(t, item);
        if (v_is_error(pair) && err_matches(t, &exc_TypeError)) {
            err_clear(t);
            err_set(t, &exc_TypeError, "cannot convert dictionary update sequence element #%zu to a sequence", index);
        }
    }
    if (v_is_error(pair)) return -1;
    int r = -1;
    if (tuple_len(pair) == 2) r = dict_set(t, dict, tuple_borrow(pair, 0), tuple_borrow(pair, 1));
    else
        err_set(t, &exc_ValueError, "dictionary update sequence element #%zu has length %zu; 2 is required", index,
                tuple_len(pair));
    v_drop(t, pair);
    return r;
}

static int update_from_pairs(Thread *t, V dict, V iterable) {
    V iter = obj_iter_whole(t, iterable);
    if (v_is_error(iter)) return -1;
    int r = 0;
    for (size_t i = 0, steps = 0; r == 0; i++) {
        V item = obj_next(t, iter);
        if (item == V_END) break;
        r = v_is_error(item) ? -1 : update_pair(t, dict, item, i);
        v_drop(t, item);
        if (r == 0) r = poll_step_apart(t, &steps);
    }
    v_drop(t, iter);
    return r;
}

int dict_update(Thread *t, V dict, V other) {
    if (v_is_exact(other, &dict_type)) return dict_merge(t, dict, other, MERGE_OVERRIDE);
    V keys = obj_lookup_attr(t, other, NAME(keys));
    if (v_is_error(keys)) return -1;
    if (keys == V_NULL) return update_from_pairs(t, dict, other);
    v_drop(t, keys);
    return dict_merge(t, dict, other, MERGE_OVERRIDE);
}

// ---- for caches of globals -------------------------------------------------------------------------------------------
uint32_t dict_keys_version(Thread *t, V dict) {
    static uint32_t next_version = 1; // atomic; 0 for ever once all are used up
    Dict *d = dict_of(dict);
    uint32_t version = at_load_acquire(&d->version);
    if (version) return version;
    CRITICAL(t, &d->head); // nobody is half way through adding or removing a key
    if (d->version) return d->version;
    version = at_load_relaxed(&next_version);
    while (version && !at_cas_weak_relaxed(&next_version, &version, version + 1)) {}
    if (version) at_store_release(&d->version, version);
    return version;
}

Slot *dict_value_slot(V dict, V key, size_t *index) {
    DictKeys *keys;
    int64_t hash = str_hash(key);
    ptrdiff_t at = dict_find(thread_current(), dict_of(dict), key, hash, &keys);
    if (at < 0) {
        if (at == DICT_ERROR) err_clear(thread_current());
        return NULL;
    }
    if (index) *index = (size_t)at;
    return &keys->entries[at].value;
}

Slot *dict_slot_at(V dict, size_t index) {
    DictKeys *keys = dict_keys_of(dict_of(dict));
    return index < at_load_acquire(&keys->nentries) ? &keys->entries[index].value : NULL;
}

V dict_get_cached(V dict, size_t index, uint32_t version) {
    Dict *d = dict_of(dict);
    if (at_load_acquire(&d->version) != version) return V_NULL;
    Slot *cell = dict_slot_at(dict, index);
    if (!cell) return V_NULL;
    V value = slot_get(&d->head, cell);
    if (unlikely(obj_is_shared(&d->head)) && (value == V_MOVED || at_load_acquire(&d->version) != version)) return V_NULL;
    return value;
}
