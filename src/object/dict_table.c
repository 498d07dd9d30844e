// SPDX-License-Identifier: MIT
// The table under dict: searching, inserting, removing, growing.  The picture and the rules are in dict_private.h.
//
// Read dict_find and dict_insert_new first.  Probing is CPython's (perturbation by the hash's upper bits), though the
// order in which a program sees keys does not depend on it.
#include "dict_private.h"
#include "base/bits.h"
#include "threading/debug.h"
#include <sched.h>

enum { MIN_LOG2 = 3, PERTURB_SHIFT = 5 };

uint64_t dict_empty_words[sizeof(DictKeys) / sizeof(uint64_t) + 1] = {[sizeof(DictKeys) / sizeof(uint64_t)] = UINT64_MAX};

// ---- the index ---------------------------------------------------------------------------------------------------------
static inline void *index_of(const DictKeys *keys) { return (void *)(uintptr_t)(keys->entries + keys->capacity); }
static inline size_t mask_of(const DictKeys *keys) { return ((size_t)1 << keys->log2_size) - 1; }

static inline ptrdiff_t index_get(const DictKeys *keys, size_t i) {
    switch (keys->log2_width) {
    case 0: return at_load_acquire(&((int8_t *)index_of(keys))[i]);
    case 1: return at_load_acquire(&((int16_t *)index_of(keys))[i]);
    case 2: return at_load_acquire(&((int32_t *)index_of(keys))[i]);
    default: return at_load_acquire(&((int64_t *)index_of(keys))[i]);
    }
}

static inline void index_set(DictKeys *keys, size_t i, ptrdiff_t entry) {
    switch (keys->log2_width) {
    case 0: at_store_release(&((int8_t *)index_of(keys))[i], (int8_t)entry); break;
    case 1: at_store_release(&((int16_t *)index_of(keys))[i], (int16_t)entry); break;
    case 2: at_store_release(&((int32_t *)index_of(keys))[i], (int32_t)entry); break;
    default: at_store_release(&((int64_t *)index_of(keys))[i], (int64_t)entry); break;
    }
}

typedef struct Probe { size_t i, perturb, mask; } Probe;
static inline Probe probe_start(const DictKeys *keys, int64_t hash) {
    size_t mask = mask_of(keys);
    return (Probe){(size_t)hash & mask, (size_t)hash, mask};
}
static inline void probe_next(Probe *p) {
    p->perturb >>= PERTURB_SHIFT;
    p->i = (p->i * 5 + p->perturb + 1) & p->mask;
}

// ---- blocks ------------------------------------------------------------------------------------------------------------
static inline DictKeys *keys_new(Thread *t, unsigned log2_size) {
    size_t size = (size_t)1 << log2_size, capacity = (size << 1) / 3;
    unsigned width = log2_size < 8 ? 0 : log2_size < 16 ? 1 : log2_size < 32 ? 2 : 3;
    DictKeys *keys = mem_alloc(t, sizeof *keys + capacity * sizeof(DictEntry) + (size << width));
    if (!keys) return NULL;
    keys->log2_size = (uint8_t)log2_size;
    keys->log2_width = (uint8_t)width;
    keys->capacity = capacity;
    keys->nentries = keys->live_start = keys->live_end = 0;
    if (size == 4) memset(index_of(keys), 0xff, 4); // sizes that need no call
    else if (size == 8) memset(index_of(keys), 0xff, 8);
    else memset(index_of(keys), 0xff, size << width);
    return keys;
}

static unsigned log2_for_index(size_t cells) {
    if (cells <= (size_t)1 << MIN_LOG2) return MIN_LOG2;
    return bit_length64(cells - 1);
}

// Index cells for n entries that are known to come: one or two get a block of their own size.
static unsigned log2_for_entries(size_t n) { return n <= 2 ? MIN_LOG2 - 1 : log2_for_index((n * 3 + 1) / 2); }

// An index cell, of a width that is known when this is compiled.
static inline __attribute__((always_inline)) ptrdiff_t index_cell(const void *index, size_t i, int width) {
    return width == 0   ? at_load_acquire(&((const int8_t *)index)[i])
           : width == 1 ? at_load_acquire(&((const int16_t *)index)[i])
           : width == 2 ? at_load_acquire(&((const int32_t *)index)[i])
                        : at_load_acquire(&((const int64_t *)index)[i]);
}
static inline __attribute__((always_inline)) void index_cell_set(void *index, size_t i, int width, ptrdiff_t entry) {
    if (width == 0) at_store_release(&((int8_t *)index)[i], (int8_t)entry);
    else if (width == 1) at_store_release(&((int16_t *)index)[i], (int16_t)entry);
    else if (width == 2) at_store_release(&((int32_t *)index)[i], (int32_t)entry);
    else at_store_release(&((int64_t *)index)[i], (int64_t)entry);
}

// Gives the first n entries of a new block their cells.
static inline __attribute__((always_inline)) void index_entries(DictKeys *keys, size_t n, int width) {
    void *index = index_of(keys);
    for (size_t i = 0; i < n; i++) {
        Probe p = probe_start(keys, keys->entries[i].hash);
        while (index_cell(index, p.i, width) >= 0) probe_next(&p);
        index_cell_set(index, p.i, width, (ptrdiff_t)i);
    }
}
static void index_build(DictKeys *keys, size_t n) {
    switch (keys->log2_width) {
    case 0: index_entries(keys, n, 0); break;
    case 1: index_entries(keys, n, 1); break;
    case 2: index_entries(keys, n, 2); break;
    default: index_entries(keys, n, 3);
    }
}

static inline void index_insert(DictKeys *keys, int64_t hash, ptrdiff_t entry) {
    Probe p = probe_start(keys, hash);
    while (index_get(keys, p.i) >= 0) probe_next(&p);
    index_set(keys, p.i, entry);
}

V dict_alloc(Thread *t, Type *type) {
    if (type == &dict_type) return dict_new(t);
    V v = type_alloc(t, type, 0);
    if (!v_is_error(v)) dict_of(v)->keys = dict_empty_keys();
    return v;
}

static void keys_release(Thread *t, Dict *d, DictKeys *keys) {
    if (keys != dict_empty_keys()) mem_release(t, &d->head, keys);
}

void dict_wait_moved(const Dict *d, const DictKeys *old) {
    for (int spins = 0; dict_keys_of(d) == old; spins++) {
        if (spins < 100) at_pause();
        else sched_yield(); // the grower lost the processor between draining and publishing
    }
}

// Under the lock: a new block with what lives in the old one.
static int move_to(Thread *t, Dict *d, unsigned log2_size) {
    UNSUSPENDED(t);
    section_assert(t, &d->head);
    DictKeys *old = d->keys, *keys = keys_new(t, log2_size);
    if (!keys) {
        err_no_memory(t);
        return -1;
    }
    bool shared = obj_is_shared(&d->head);
    size_t n = 0;
    if (!MUTATED(MUTATE_OLD_KEYS)) at_store_release(&d->version, 0u);
    for (size_t i = 0; i < old->nentries; i++) {
        DictEntry *from = &old->entries[i], *to = &keys->entries[n];
        V key = slot_peek(&from->key);
        if (key == V_NULL) continue;
        to->hash = from->hash;
        to->key.bits = key;
        to->value.bits = shared && !MUTATED(MUTATE_NO_MOVED) ? at_exchange_acq_rel(&from->value.bits, V_MOVED) : from->value.bits;
        n++;
    }
    if (shared) debug_sched_point();
    index_build(keys, n);
    keys->nentries = keys->live_end = n;
    at_store_release(&d->keys, keys);
    keys_release(t, d, old);
    return 0;
}

static int grow(Thread *t, Dict *d) { return move_to(t, d, log2_for_index(d->used * 3)); }

int dict_reserve(Thread *t, Dict *d, size_t n) {
    if (n <= d->keys->capacity && d->keys != dict_empty_keys()) return 0;
    if (n == 0) return 0;
    return move_to(t, d, log2_for_entries(n));
}

bool dict_clone_keys(Thread *t, Dict *d, const Dict *from) {
    const DictKeys *keys = from->keys;
    if (obj_is_shared(&d->head) || obj_is_shared(&from->head) || keys == dict_empty_keys() || from->used < keys->nentries - keys->nentries / 3) return false;
    size_t size = sizeof *keys + keys->capacity * sizeof(DictEntry) + ((size_t)1 << keys->log2_size << keys->log2_width);
    DictKeys *copy = mem_alloc(t, size);
    if (!copy) return false;
    memcpy(copy, keys, size);
    for (size_t i = 0; i < copy->nentries; i++) {
        copy->entries[i].key.bits = v_own(v_dup(copy->entries[i].key.bits));
        copy->entries[i].value.bits = v_own(v_dup(copy->entries[i].value.bits));
    }
    keys_release(t, d, d->keys);
    d->keys = copy;
    d->version = 0;
    d->used = from->used;
    return true;
}

// ---- searching ---------------------------------------------------------------------------------------------------------
// Asks the objects.  1 equal, 0 not, -1 error, 2: the table changed meanwhile.
static int equal_slow(Thread *t, Dict *d, DictKeys *keys, ptrdiff_t at, V key) {
    unsigned log2_size = keys->log2_size;
    V held = slot_get(&d->head, &keys->entries[at].key);
    if (held == V_NULL) return 2;
    int equal = obj_compare_bool(t, held, key, CMP_EQ);
    v_drop(t, held);
    if (equal < 0) return -1;
    if (dict_keys_of(d) != keys || keys->log2_size != log2_size || at >= (ptrdiff_t)at_load_acquire(&keys->nentries) ||
        slot_peek(&keys->entries[at].key) != v_untag(held))
        return 2;
    return equal;
}

enum { LOOK_AGAIN = -3 };

// One search of a block whose index cells are 1 << width bytes wide.
static inline __attribute__((always_inline)) ptrdiff_t find_in(Thread *t, Dict *d, DictKeys *keys, V key, int64_t hash, int width) {
    V word = v_untag(key);
    const void *index = index_of(keys);
    for (Probe p = probe_start(keys, hash);; probe_next(&p)) {
        ptrdiff_t at = index_cell(index, p.i, width);
        if (at < 0) {
            if (at == DICT_FREE) return DICT_MISSING;
            continue;
        }
        DictEntry *e = &keys->entries[at];
        V k = slot_peek(&e->key);
        if (k == word) return at;
        if (e->hash != hash || k == V_NULL) continue;
        int equal = equal_quick(k, word);
        if (unlikely(equal < 0)) {
            equal = equal_slow(t, d, keys, at, key);
            if (equal < 0) return DICT_ERROR;
            if (equal == 2) return LOOK_AGAIN;
        }
        if (equal) return at;
    }
}

static NOINLINE ptrdiff_t find_on(Thread *t, Dict *d, V key, int64_t hash, DictKeys **out) {
    ptrdiff_t at;
    do {
        DictKeys *keys = dict_keys_of(d);
        *out = keys;
        switch (keys->log2_width) {
        case 0: at = find_in(t, d, keys, key, hash, 0); break;
        case 1: at = find_in(t, d, keys, key, hash, 1); break;
        case 2: at = find_in(t, d, keys, key, hash, 2); break;
        default: at = find_in(t, d, keys, key, hash, 3);
        }
    } while (unlikely(at == LOOK_AGAIN));
    return at;
}

enum { UNSURE = -4 };

// Where most searches end: the first cell is free, or leads to the very key.  It calls nothing and needs no stack frame.
static inline __attribute__((always_inline)) ptrdiff_t find_first(const DictKeys *keys, V word, int64_t hash, int width) {
    ptrdiff_t at = index_cell(index_of(keys), (size_t)hash & mask_of(keys), width);
    if (at == DICT_FREE) return DICT_MISSING;
    return at >= 0 && slot_peek(&keys->entries[at].key) == word ? at : UNSURE;
}

ptrdiff_t dict_find(Thread *t, Dict *d, V key, int64_t hash, DictKeys **out) {
    DictKeys *keys = dict_keys_of(d);
    ptrdiff_t at = UNSURE;
    if (likely(keys->log2_width == 0)) at = find_first(keys, v_untag(key), hash, 0);
    else if (keys->log2_width == 1) at = find_first(keys, v_untag(key), hash, 1);
    *out = keys;
    return likely(at != UNSURE) ? at : find_on(t, d, key, hash, out);
}

// ---- inserting and removing --------------------------------------------------------------------------------------------
int dict_insert_new(Thread *t, Dict *d, V key, int64_t hash, V value) {
    UNSUSPENDED(t);
    section_assert(t, &d->head);
    DictKeys *keys = d->keys;
    if (keys->nentries == keys->capacity) {
        if (grow(t, d) < 0) return -1;
        keys = d->keys;
    }
    size_t n = keys->nentries;
    DictEntry *e = &keys->entries[n];
    e->hash = hash;
    slot_init(t, &d->head, &e->key, key);
    slot_init(t, &d->head, &e->value, value);
    if (!MUTATED(MUTATE_OLD_KEYS)) at_store_release(&d->version, 0u);
    index_insert(keys, hash, (ptrdiff_t)n);
    at_store_release(&keys->nentries, n + 1);
    keys->live_end = n + 1;
    at_store_relaxed(&d->used, d->used + 1);
    return 0;
}

// One search that also finds the place of a new key, in a block whose index cells are 1 << width bytes wide.
static inline __attribute__((always_inline)) bool set_in(Thread *t, Dict *d, DictKeys *keys, V key, int64_t hash, V value, int width) {
    V word = v_untag(key);
    void *index = index_of(keys);
    Probe p = probe_start(keys, hash);
    for (;; probe_next(&p)) {
        ptrdiff_t at = index_cell(index, p.i, width);
        if (at == DICT_FREE) break;
        if (at < 0) return false;
        DictEntry *e = &keys->entries[at];
        V k = slot_peek(&e->key);
        if (k != word) {
            if (e->hash != hash) continue;
            int equal = k == V_NULL ? -1 : equal_quick(k, word);
            if (equal < 0) return false;
            if (!equal) continue;
        }
        slot_set(t, &d->head, &e->value, value);
        return true;
    }
    size_t n = keys->nentries;
    if (n == keys->capacity) return false;
    DictEntry *e = &keys->entries[n];
    e->hash = hash;
    slot_init(t, &d->head, &e->key, key);
    slot_init(t, &d->head, &e->value, value);
    if (!MUTATED(MUTATE_OLD_KEYS)) at_store_release(&d->version, 0u);
    index_cell_set(index, p.i, width, (ptrdiff_t)n);
    at_store_release(&keys->nentries, n + 1);
    keys->live_end = n + 1;
    at_store_relaxed(&d->used, d->used + 1);
    return true;
}

bool dict_set_quick(Thread *t, Dict *d, V key, int64_t hash, V value) {
    HD_ASSERT(!obj_is_shared(&d->head));
    DictKeys *keys = d->keys;
    switch (keys->log2_width) {
    case 0: return set_in(t, d, keys, key, hash, value, 0);
    case 1: return set_in(t, d, keys, key, hash, value, 1);
    case 2: return set_in(t, d, keys, key, hash, value, 2);
    default: return set_in(t, d, keys, key, hash, value, 3);
    }
}

static inline __attribute__((always_inline)) Slot *find_same(DictKeys *keys, V word, int64_t hash, int width) {
    for (Probe p = probe_start(keys, hash);; probe_next(&p)) {
        ptrdiff_t at = index_cell(index_of(keys), p.i, width);
        if (at == DICT_FREE) return NULL;
        if (at >= 0 && slot_peek(&keys->entries[at].key) == word) return &keys->entries[at].value;
    }
}

Slot *dict_value_cell(const Dict *d, V name) {
    DictKeys *keys = dict_keys_of(d);
    int64_t hash = v_is_exact(name, &str_type) ? at_load_relaxed(&str_of(name)->hash) : 0;
    if (unlikely(hash == 0)) return NULL; // not known yet, as for every other string with this hash
    if (likely(keys->log2_width == 0)) return find_same(keys, v_untag(name), hash, 0);
    return keys->log2_width == 1 ? find_same(keys, v_untag(name), hash, 1) : NULL;
}

// The hashes of n exact str; false: there is something else among them, or two of one hash.
static inline bool few_hashes(const V *keys, size_t key_step, size_t n, int64_t *hash) {
    for (size_t i = 0; i < n; i++, keys += key_step) {
        if (unlikely(!v_is_exact(*keys, &str_type))) return false;
        int64_t h = at_load_relaxed(&str_of(*keys)->hash);
        if (unlikely(h == 0)) h = str_hash(*keys);
        hash[i] = h;
        for (size_t j = 0; j < i; j++)
            if (unlikely(hash[j] == h)) return false;
    }
    return true;
}

V dict_of_few(Thread *t, const V *keys, size_t key_step, V *values, size_t value_step, size_t n) {
    int64_t hash[DICT_FEW];
    HD_ASSERT(n && n <= DICT_FEW);
    if (!few_hashes(keys, key_step, n, hash)) return V_NULL;
    V dict = dict_new(t);
    if (unlikely(v_is_error(dict))) return V_ERROR;
    DictKeys *block = keys_new(t, log2_for_entries(n));
    if (unlikely(!block)) return v_drop(t, dict), err_no_memory(t);
    Dict *d = dict_of(dict);
    bool shared = obj_is_shared(&d->head);
    int8_t *index = index_of(block);
    for (size_t i = 0; i < n; i++, keys += key_step, values += value_step) {
        DictEntry *e = &block->entries[i];
        V key = v_dup(*keys), value = *values;
        *values = V_NULL;
        e->hash = hash[i];
        if (unlikely(shared)) {
            slot_init_shared(t, &e->key, key);
            slot_init_shared(t, &e->value, value);
        } else {
            at_store_relaxed(&e->key.bits, v_own(key));
            at_store_relaxed(&e->value.bits, v_own(value));
        }
        Probe p = probe_start(block, hash[i]);
        while (unlikely(index[p.i] >= 0)) probe_next(&p);
        index[p.i] = (int8_t)i; // nobody sees the block before it is published
    }
    block->nentries = block->live_end = n;
    at_store_relaxed(&d->used, n);
    at_store_release(&d->keys, block);
    return dict;
}

V dict_remove_entry(Thread *t, Dict *d, DictKeys *keys, ptrdiff_t at, V *key) {
    UNSUSPENDED(t);
    section_assert(t, &d->head);
    DictEntry *e = &keys->entries[at];
    at_store_release(&d->version, 0u);
    Probe p = probe_start(keys, e->hash);
    while (index_get(keys, p.i) != at) probe_next(&p);
    index_set(keys, p.i, DICT_DUMMY);
    V value = slot_take(&d->head, &e->value), k = slot_take(&d->head, &e->key);
    at_store_relaxed(&d->used, d->used - 1);
    if ((size_t)at + 1 == keys->live_end) keys->live_end = (size_t)at;
    if ((size_t)at == keys->live_start) at_store_relaxed(&keys->live_start, (size_t)at + 1);
    if (key) *key = k;
    else v_drop(t, k);
    return value;
}

int dict_clear(Thread *t, V dict) {
    Dict *d = dict_of(dict);
    CRITICAL(t, &d->head);
    DictKeys *old = d->keys;
    if (old == dict_empty_keys()) return 0;
    at_store_release(&d->version, 0u);
    at_store_relaxed(&d->used, (size_t)0);
    at_store_release(&d->keys, dict_empty_keys());
    bool shared = obj_is_shared(&d->head);
    for (size_t i = 0; i < old->nentries; i++) {
        // Lock-free readers may still be in the old block: its keys stay readable until it is freed.
        DictEntry *e = &old->entries[i];
        V value = shared ? at_exchange_acq_rel(&e->value.bits, V_NULL) : e->value.bits;
        V key = slot_peek(&e->key);
        v_drop(t, value);
        v_drop(t, key);
    }
    keys_release(t, d, old);
    return 0;
}
