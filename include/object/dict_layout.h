// SPDX-License-Identifier: MIT
// The words of a dict, for the caches of the virtual machine; everybody else uses dict.h.  The rules of who may read and
// write what stand in object/dict_private.h.
#ifndef HEDDLE_OBJECT_DICT_LAYOUT_H
#define HEDDLE_OBJECT_DICT_LAYOUT_H
#include "object/dict.h"

typedef struct DictEntry {
    int64_t hash;  // const once published
    Slot key;      // V_NULL: deleted
    Slot value;
} DictEntry;

typedef struct DictKeys {
    uint8_t log2_size;   // cells of the index; const
    uint8_t log2_width;  // bytes of a cell: 1, 2, 4 or 8; const
    size_t capacity;     // entries there is room for: two thirds of the index; const
    size_t nentries;     // atomic: entries handed out
    size_t live_start;   // atomic: no live entry before it; written under the dict's lock
    size_t live_end;     // no live entry at or behind it; under the dict's lock
    DictEntry entries[];
} DictKeys;

typedef struct Dict {
    Obj head;
    size_t used;      // atomic: live entries; written under self->lock when SHARED
    DictKeys *keys;   // atomic (acquire/release); never NULL
    uint32_t version; // atomic: see dict_keys_version; 0: none.  Set to 0 (release) before keys come or go
} Dict;

static inline Dict *dict_of(V v) { return (Dict *)v_obj(v); }
static inline DictKeys *dict_keys_of(const Dict *d) { return at_load_acquire(&d->keys); }

// The table's own operations, for types built on dict (object/dict_table.c says what they want).
ptrdiff_t dict_find(Thread *t, Dict *d, V key, int64_t hash, DictKeys **keys); // -1 missing, -2 error
int dict_insert_new(Thread *t, Dict *d, V key, int64_t hash, V value);
V dict_remove_entry(Thread *t, Dict *d, DictKeys *keys, ptrdiff_t i, V *key);
V dict_alloc(Thread *t, Type *type);

// dict_get_cached of a SHARED dict, in line: the value of entry `index` while the keys are at `version`, else V_NULL.  The
// caller has seen (acquire) that they were.
// Sound because the version is set to 0 (release) before a key goes or a new block is published: a version that still
// matches after `keys` was read means that this is the block the index belongs to.
static inline V dict_cached_value_shared(const Dict *d, size_t index, uint32_t version) {
    const DictKeys *keys = dict_keys_of(d);
    if (at_load_acquire(&d->version) != version) return V_NULL;
    V v = at_load_acquire(&keys->entries[index].value.bits);
    if (v == V_MOVED) return V_NULL;
    return v_is_counted(v) ? v | V_U_TAG : v;
}
#endif
