// SPDX-License-Identifier: MIT
// Iterators over a dict: keys, values, items, forwards and backwards; and the one-pass rules about changing it meanwhile.
//
// An iterator remembers how many entries the dict had.  It complains as soon as that changes, and also when it meets more
// live entries than there can be (a key was replaced by another).  A SHARED iterator locks itself for a step.
#include "dict_private.h"
#include "object/pairs.h"
#include "object/plain.h"
#include "runtime/runtime.h"

typedef struct DictIter {
    Obj head;
    Slot dict;      // V_NULL once exhausted
    size_t used;    // of the dict when iteration began; SIZE_MAX: it was caught changing
    ptrdiff_t pos;  // next entry to look at
    size_t left;    // entries still to come
} DictIter;
static DictIter *iter_of(V v) { return (DictIter *)v_obj(v); }

static V iter_new(Thread *t, V dict, Type *type, bool backwards) {
    DictIter *it = (DictIter *)obj_alloc(t, type, sizeof *it, OBJ_GC);
    if (!it) return err_no_memory(t);
    it->used = it->left = dict_len(dict);
    const DictKeys *keys = dict_keys_of(dict_of(dict));
    it->pos = (ptrdiff_t)(backwards ? at_load_acquire(&keys->nentries) - 1 : at_load_relaxed(&keys->live_start));
    slot_init(t, &it->head, &it->dict, dict);
    return v_from(it);
}
V dict_iter_keys(Thread *t, V dict) { return iter_new(t, dict, &dict_key_iter_type, false); }
V dict_iter_values(Thread *t, V dict) { return iter_new(t, dict, &dict_value_iter_type, false); }
V dict_iter_items(Thread *t, V dict) { return iter_new(t, dict, &dict_item_iter_type, false); }
V dict_reverse_keys(Thread *t, V dict) { return iter_new(t, dict, &dict_reverse_key_iter_type, true); }
V dict_reverse_values(Thread *t, V dict) { return iter_new(t, dict, &dict_reverse_value_iter_type, true); }
V dict_reverse_items(Thread *t, V dict) { return iter_new(t, dict, &dict_reverse_item_iter_type, true); }

static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((DictIter *)o)->dict); }

static COLD V changed(Thread *t, const char *what) {
    return err_set(t, &exc_RuntimeError, "dictionary %s during iteration", what);
}

enum { WANT_KEY = 1, WANT_VALUE = 2, BACKWARDS = 4 };

// The next live entry: its key and value as stack values.  1, 0 at the end, -1.
static inline int step(Thread *t, DictIter *it, Dict *d, int want, V *key, V *value) {
    if (unlikely(dict_used(d) != it->used)) {
        it->used = SIZE_MAX; // sticky
        changed(t, "changed size");
        return -1;
    }
    ptrdiff_t i = it->pos, direction = want & BACKWARDS ? -1 : 1;
    DictKeys *keys = dict_keys_of(d);
    if ((want & BACKWARDS) && i >= (ptrdiff_t)at_load_acquire(&keys->nentries)) i = (ptrdiff_t)at_load_acquire(&keys->nentries) - 1;
    for (; i >= 0 && i < (ptrdiff_t)at_load_acquire(&keys->nentries); i += direction) {
        DictEntry *e = &keys->entries[i];
        V k = slot_peek(&e->key), v = slot_peek(&e->value);
        if (unlikely(v == V_MOVED)) { // a SHARED dict grew just now
            dict_wait_moved(d, keys);
            keys = dict_keys_of(d);
            i -= direction;
            continue;
        }
        if (k == V_NULL || v == V_NULL) continue;
        if (unlikely(it->left == 0)) {
            changed(t, "keys changed");
            return -1;
        }
        it->left--;
        it->pos = i + direction;
        if (want & WANT_KEY) *key = v_dup(k);
        if (want & WANT_VALUE) *value = v_dup(v);
        return 1;
    }
    return 0;
}

static inline V next(Thread *t, V self, int want) {
    DictIter *it = iter_of(self);
    CRITICAL(t, &it->head);
    V dict = slot_peek(&it->dict), k = V_NULL, v = V_NULL;
    if (dict == V_NULL) return V_END;
    int r = step(t, it, dict_of(dict), want, &k, &v);
    if (unlikely(r <= 0)) {
        if (r == 0 || it->used != SIZE_MAX) slot_clear(t, &it->head, &it->dict);
        return r == 0 ? V_END : V_ERROR;
    }
    if ((want & 3) == (WANT_KEY | WANT_VALUE)) {
        V pair[2] = {k, v};
        return tuple_from_steal(t, pair, 2);
    }
    return want & WANT_KEY ? k : v;
}

int dict_items_next_pair(Thread *t, V self, V *pair) {
    DictIter *it = iter_of(self);
    CRITICAL(t, &it->head);
    V dict = slot_peek(&it->dict);
    if (unlikely(dict == V_NULL)) return 0;
    int r = step(t, it, dict_of(dict), WANT_KEY | WANT_VALUE, &pair[1], &pair[0]);
    if (unlikely(r <= 0) && (r == 0 || it->used != SIZE_MAX)) slot_clear(t, &it->head, &it->dict);
    return r;
}

static V next_key(Thread *t, V self) { return next(t, self, WANT_KEY); }
static V next_value(Thread *t, V self) { return next(t, self, WANT_VALUE); }
static V next_item(Thread *t, V self) { return next(t, self, WANT_KEY | WANT_VALUE); }
static V next_key_back(Thread *t, V self) { return next(t, self, WANT_KEY | BACKWARDS); }
static V next_value_back(Thread *t, V self) { return next(t, self, WANT_VALUE | BACKWARDS); }
static V next_item_back(Thread *t, V self) { return next(t, self, WANT_KEY | WANT_VALUE | BACKWARDS); }

static NATIVE(iter_length_hint) {
    UNUSED_NATIVE();
    DictIter *it = iter_of(self);
    CRITICAL(t, &it->head);
    V dict = slot_peek(&it->dict);
    return v_from_int(dict != V_NULL && it->used == dict_len(dict) ? (int64_t)it->left : 0);
}

static void iter_position(Thread *t, DictIter *copy, DictIter *it) {
    CRITICAL(t, &it->head);
    copy->used = it->used;
    copy->pos = it->pos;
    copy->left = it->left;
}

// (iter, ([what is left],)): the iterator itself does not move.
static NATIVE(iter_reduce) {
    UNUSED_NATIVE();
    DictIter *it = iter_of(self);
    V dict = slot_get(&it->head, &it->dict), list;
    if (dict == V_NULL) {
        list = list_new(t, 0);
    } else {
        V copy = iter_new(t, dict, it->head.type, false);
        v_drop(t, dict);
        if (v_is_error(copy)) return V_ERROR;
        DictIter *c = iter_of(copy);
        iter_position(t, c, it);
        list = obj_to_list(t, copy);
        v_drop(t, copy);
    }
    if (v_is_error(list)) return V_ERROR;
    return tuple_pack_steal(t, 2, dict_get_c(t, builtins_dict_borrow(), "iter"), tuple_pack_steal(t, 1, list));
}

static const Method iter_methods[] = {
    {"__length_hint__", iter_length_hint, "", LOCK_NONE, 0, "About how many items are left."},
    {"__reduce__", iter_reduce, "", LOCK_NONE, 0, "What a pickle has to keep."},
    METHOD_END,
};

#define DICT_ITER(id, visible, step_fn) \
    Type dict_##id##_type = { \
        TYPE_HEAD(visible), .flags = TYPE_GC, .size = sizeof(DictIter), .traverse = iter_traverse, .iter = iter_self, \
        .next = step_fn, .methods = iter_methods, \
    };
DICT_ITER(key_iter, "dict_keyiterator", next_key)
DICT_ITER(value_iter, "dict_valueiterator", next_value)
DICT_ITER(item_iter, "dict_itemiterator", next_item)
DICT_ITER(reverse_key_iter, "dict_reversekeyiterator", next_key_back)
DICT_ITER(reverse_value_iter, "dict_reversevalueiterator", next_value_back)
DICT_ITER(reverse_item_iter, "dict_reverseitemiterator", next_item_back)
