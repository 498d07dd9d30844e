// SPDX-License-Identifier: MIT
// collections.OrderedDict: a dict whose order can be changed and shows when it is compared.
//
// A dict keeps its keys in order anyway, so this is dict's table with a few operations more.  Moving a key to the end is
// taking its entry out and putting it in again.  Entries of a block are handed out in order and never again, and live_start
// says where the first live one can be, so taking keys off the front stays cheap.  Moving a key to the front makes a new
// block.
#include "collections_private.h"
#include "object/shape.h"
#include "object/plain.h"

static V iter_alloc(Thread *t, V od, int kind);

enum { KEYS, VALUES, ITEMS, REVERSED = 4 };

// ---- order -------------------------------------------------------------------------------------------------------------
static bool is_live(const DictEntry *e) { return slot_peek(&e->key) != V_NULL; }

// With the lock: index of the first live entry; -1 when there is none.
static ptrdiff_t first_entry(Dict *d) {
    DictKeys *keys = d->keys;
    if (d->used == 0) return -1;
    size_t i = keys->live_start;
    while (!is_live(&keys->entries[i])) i++;
    at_store_relaxed(&keys->live_start, i);
    return (ptrdiff_t)i;
}

static ptrdiff_t last_entry(Dict *d) {
    DictKeys *keys = d->keys;
    if (d->used == 0) return -1;
    size_t i = keys->live_end;
    while (!is_live(&keys->entries[i - 1])) i--;
    return (ptrdiff_t)i - 1;
}

// Puts (key, value) in front of everything: all others are taken out and put in again behind it.
static int insert_front(Thread *t, Dict *d, V key, int64_t hash, V value) {
    UNSUSPENDED(t); // others see all or nothing
    V rest = dict_copy(t, v_from(d)), k, v;
    if (v_is_error(rest)) return -1;
    int r = dict_clear(t, v_from(d)) < 0 ? -1 : dict_insert_new(t, d, key, hash, value);
    size_t pos = 0;
    int64_t h;
    while (r == 0 && dict_next_hash(rest, &pos, &k, &v, &h)) r = dict_insert_new(t, d, k, h, v);
    v_drop(t, rest);
    return r;
}

// KeyError(key) as a raise statement makes it: None leaves it without arguments.
static V missing(Thread *t, V key) { return key == V_NONE ? err_set_none(t, &exc_KeyError) : err_key(t, key); }

static int move_entry(Thread *t, Dict *d, DictKeys *keys, ptrdiff_t i, bool last) {
    int64_t hash = keys->entries[i].hash;
    V key, value = dict_remove_entry(t, d, keys, i, &key);
    int r = last ? dict_insert_new(t, d, key, hash, value) : insert_front(t, d, key, hash, value);
    v_drop(t, key);
    v_drop(t, value);
    return r;
}

static NATIVE(m_move_to_end) {
    UNUSED_NATIVE();
    int last = args[1] == V_NULL ? 1 : obj_is_true(t, args[1]);
    int64_t hash;
    if (last < 0 || obj_hash(t, args[0], &hash) < 0) return V_ERROR;
    Dict *d = dict_of(self);
    for (;;) {
        bool locked = obj_is_shared(&d->head);
        CRITICAL(t, &d->head);
        DictKeys *keys;
        ptrdiff_t i = dict_find(t, d, args[0], hash, &keys);
        if (i < 0) return i == -1 ? missing(t, args[0]) : V_ERROR;
        if (unlikely(obj_is_shared(&d->head) != locked)) continue; // comparing made it SHARED, and it is not locked
        return i == (last ? last_entry(d) : first_entry(d)) || move_entry(t, d, keys, i, last) == 0 ? V_NONE : V_ERROR;
    }
}

static NATIVE(m_popitem) {
    UNUSED_NATIVE();
    int last = args[0] == V_NULL ? 1 : obj_is_true(t, args[0]);
    if (last < 0) return V_ERROR;
    Dict *d = dict_of(self);
    CRITICAL(t, &d->head);
    ptrdiff_t i = last ? last_entry(d) : first_entry(d);
    if (i < 0) return err_set(t, &exc_KeyError, "dictionary is empty");
    V key, value = dict_remove_entry(t, d, d->keys, i, &key);
    return tuple_pack_steal(t, 2, key, value);
}

// ---- filling -----------------------------------------------------------------------------------------------------------
static int set_from_keys(Thread *t, V self, V mapping, V keys) {
    V iter = obj_iter_whole(t, keys);
    if (v_is_error(iter)) return -1;
    int r = 0;
    while (r == 0) {
        V key = obj_next(t, iter);
        if (key == V_END) break;
        V value = v_is_error(key) ? V_ERROR : obj_getitem(t, mapping, key);
        r = v_is_error(value) ? -1 : obj_setitem(t, self, key, value);
        v_drop(t, key);
        v_drop(t, value);
    }
    v_drop(t, iter);
    return r;
}

static int set_pair(Thread *t, V self, V pair) {
    V items = obj_to_tuple(t, pair);
    if (v_is_error(items)) return -1;
    int r = -1;
    if (tuple_len(items) == 2) r = obj_setitem(t, self, tuple_borrow(items, 0), tuple_borrow(items, 1));
    else if (tuple_len(items) < 2) err_set(t, &exc_ValueError, "need more than %zu value%s to unpack", tuple_len(items), tuple_len(items) == 1 ? "" : "s");
    else err_set(t, &exc_ValueError, "too many values to unpack (expected 2)");
    v_drop(t, items);
    return r;
}

static int set_from_pairs(Thread *t, V self, V pairs) {
    V iter = obj_iter_whole(t, pairs);
    if (v_is_error(iter)) return -1;
    int r = 0;
    while (r == 0) {
        V pair = obj_next(t, iter);
        if (pair == V_END) break;
        r = v_is_error(pair) ? -1 : set_pair(t, self, pair);
        v_drop(t, pair);
    }
    v_drop(t, iter);
    return r;
}

// The items of other through self's __setitem__: a mapping, something with keys() or items(), or pairs.
static int update_arg(Thread *t, V self, V other) {
    bool direct = v_is_exact(self, &ordered_dict_type);
    if (v_is_exact(other, &dict_type)) {
        if (direct) return dict_update(t, self, other);
        V items = dict_items_list(t, other);
        if (v_is_error(items)) return -1;
        int r = set_from_pairs(t, self, items);
        v_drop(t, items);
        return r;
    }
    V keys_method = obj_lookup_attr(t, other, NAME(keys));
    if (v_is_error(keys_method)) return -1;
    if (keys_method != V_NULL) {
        V keys = obj_call0(t, keys_method);
        v_drop(t, keys_method);
        if (v_is_error(keys)) return -1;
        int r = set_from_keys(t, self, other, keys);
        v_drop(t, keys);
        return r;
    }
    V items_method = obj_lookup_attr(t, other, NAME(items));
    if (v_is_error(items_method)) return -1;
    if (items_method == V_NULL) return set_from_pairs(t, self, other);
    V items = obj_call0(t, items_method);
    v_drop(t, items_method);
    if (v_is_error(items)) return -1;
    int r = set_from_pairs(t, self, items);
    v_drop(t, items);
    return r;
}

static int update(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (nargs && update_arg(t, self, args[0]) < 0) return -1;
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    for (size_t i = 0; i < nkw; i++) {
        if (obj_setitem(t, self, tuple_borrow(kwnames, i), args[nargs + i]) < 0) return -1;
    }
    return 0;
}

static int type_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (nargs > 1) {
        err_set(t, &exc_TypeError, "expected at most 1 arguments, got %zu", nargs);
        return -1;
    }
    return update(t, self, args, nargs, kwnames);
}

static NATIVE(m_update) {
    if (nargs > 1) return err_set(t, &exc_TypeError, "update() takes at most 1 positional argument (%zu given)", nargs);
    return update(t, self, args, nargs, kwnames) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(m_fromkeys) {
    UNUSED_NATIVE();
    V od = obj_call0(t, self), iter = v_is_error(od) ? V_ERROR : obj_iter(t, args[0]);
    V value = args[1] == V_NULL ? V_NONE : args[1];
    int r = v_is_error(iter) ? -1 : 0;
    while (r == 0) {
        V key = obj_next(t, iter);
        if (key == V_END) break;
        r = v_is_error(key) ? -1 : obj_setitem(t, od, key, value);
        v_drop(t, key);
    }
    v_drop(t, iter);
    if (r == 0) return od;
    v_drop(t, od);
    return V_ERROR;
}

// ---- other methods -----------------------------------------------------------------------------------------------------
static NATIVE(m_setdefault) {
    UNUSED_NATIVE();
    V fallback = args[1] == V_NULL ? V_NONE : args[1];
    if (v_is_exact(self, &ordered_dict_type)) return dict_setdefault(t, self, args[0], fallback);
    int there = obj_contains(t, self, args[0]);
    if (there < 0) return V_ERROR;
    if (there) return obj_getitem(t, self, args[0]);
    return obj_setitem(t, self, args[0], fallback) < 0 ? V_ERROR : v_dup(fallback);
}

static NATIVE(m_pop) {
    UNUSED_NATIVE();
    V value = dict_pop(t, self, args[0], args[1] == V_NULL ? V_END : args[1]);
    return value == V_END ? missing(t, args[0]) : value;
}

static NATIVE(m_clear) {
    UNUSED_NATIVE();
    return dict_clear(t, self) < 0 ? V_ERROR : V_NONE;
}

// A new instance of the same class, filled from `from` (keys) with self's values.
static V copy_of(Thread *t, V self) {
    bool exact = v_is_exact(self, &ordered_dict_type);
    V copy = exact ? dict_alloc(t, &ordered_dict_type) : obj_call0(t, v_from_type(v_type(self)));
    if (v_is_error(copy)) return V_ERROR;
    int r = 0;
    if (exact) {
        CRITICAL(t, v_obj(self));
        size_t pos = 0;
        V key, value;
        int64_t hash;
        while (r == 0 && dict_next_hash(self, &pos, &key, &value, &hash)) r = dict_insert_new(t, dict_of(copy), key, hash, value);
    } else {
        V keys = dict_keys_list(t, self);
        r = v_is_error(keys) ? -1 : set_from_keys(t, copy, self, keys);
        v_drop(t, keys);
    }
    if (r == 0) return copy;
    v_drop(t, copy);
    return V_ERROR;
}

static NATIVE(m_copy) {
    UNUSED_NATIVE();
    return copy_of(t, self);
}

static NATIVE(m_reduce) {
    UNUSED_NATIVE();
    V state = obj_call_method0(t, self, NAME(__getstate__));
    V items = v_is_error(state) ? V_ERROR : obj_call_method0(t, self, NAME(items));
    V iter = v_is_error(items) ? V_ERROR : obj_iter(t, items);
    v_drop(t, items);
    return tuple_pack_steal(t, 5, v_from_type(v_type(self)), tuple_empty(), state, V_NONE, iter);
}

static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    const DictKeys *keys = dict_of(self)->keys;
    const Type *type = v_type(self);
    size_t size = type->size + sizeof(Attrs) + type->inline_attrs * sizeof(Slot); // instances have attributes
    return int_from_size(t, size + sizeof *keys + keys->capacity * sizeof(DictEntry) +
                                ((size_t)1 << keys->log2_size << keys->log2_width));
}

static V repr_items(Thread *t, V self) {
    if (v_is_exact(self, &ordered_dict_type)) return dict_items_list(t, self);
    V items = obj_call_method0(t, self, NAME(items));
    if (v_is_error(items)) return V_ERROR;
    V list = obj_to_list(t, items);
    v_drop(t, items);
    return list;
}

static V repr(Thread *t, V self) {
    if (dict_len(self) == 0) return str_from_format(t, "%s()", type_short_name(v_type(self)));
    int inside = obj_repr_enter(t, self);
    if (inside) return inside < 0 ? V_ERROR : str_from_cstr(t, "...");
    V items = repr_items(t, self);
    V result = v_is_error(items) ? V_ERROR : str_from_format(t, "%s(%R)", type_short_name(v_type(self)), items);
    v_drop(t, items);
    obj_repr_leave(t, self);
    return result;
}

static int same_order(Thread *t, V a, V b) {
    V x = dict_keys_list(t, a), y = v_is_error(x) ? V_ERROR : dict_keys_list(t, b);
    int r = v_is_error(y) ? -1 : obj_compare_bool(t, x, y, CMP_EQ);
    v_drop(t, x);
    v_drop(t, y);
    return r;
}

static V compare(Thread *t, V a, V b, int op) {
    if ((op != CMP_EQ && op != CMP_NE) || !v_is_dict(b)) return V_NOT_IMPLEMENTED;
    V same = dict_type.compare(t, a, b, CMP_EQ);
    if (v_is_error(same)) return V_ERROR;
    int equal = same == V_TRUE;
    if (equal && type_check(t, b, &ordered_dict_type) && type_check(t, a, &ordered_dict_type)) equal = same_order(t, a, b);
    return equal < 0 ? V_ERROR : v_from_bool(equal == (op == CMP_EQ));
}

static V union_(Thread *t, V a, V b) {
    if (!v_is_dict(a) || !v_is_dict(b)) return V_NOT_IMPLEMENTED;
    Type *type = type_check(t, a, &ordered_dict_type) ? v_type(a) : v_type(b);
    V result = obj_call1(t, v_from_type(type), a);
    if (v_is_error(result)) return V_ERROR;
    if (update_arg(t, result, b) == 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

static V union_in_place(Thread *t, V self, V other) { return update_arg(t, self, other) < 0 ? V_ERROR : v_dup(self); }

static V type_iter(Thread *t, V self) { return iter_alloc(t, self, KEYS); }
static NATIVE(m_reversed) {
    UNUSED_NATIVE();
    return iter_alloc(t, self, KEYS | REVERSED);
}

// ---- views -------------------------------------------------------------------------------------------------------------
// The same layout as dict's (dict_views.c): a header and the dict.
typedef struct View { Obj head; Slot dict; } View;
static V view_new(Thread *t, V dict, Type *type) {
    View *view = (View *)obj_alloc(t, type, sizeof *view, OBJ_GC);
    if (!view) return err_no_memory(t);
    slot_init(t, &view->head, &view->dict, dict);
    return v_from(view);
}
static V dict_in(V view) { return slot_peek(&((View *)v_obj(view))->dict); }

#define VIEW(id, Kind, kind) \
    static NATIVE(m_##id) { \
        UNUSED_NATIVE(); \
        return view_new(t, self, &odict_##id##_type); \
    } \
    static V id##_iter(Thread *t, V self) { return iter_alloc(t, dict_in(self), Kind); } \
    static NATIVE(id##_reversed) { \
        UNUSED_NATIVE(); \
        return iter_alloc(t, dict_in(self), Kind | REVERSED); \
    } \
    static const Method id##_methods[] = { \
        {"__reversed__", id##_reversed, "", LOCK_NONE, 0, "An iterator in reverse order."}, \
        METHOD_END, \
    }; \
    Type odict_##id##_type = { \
        TYPE_HEAD("odict_" #id), .base = &dict_##id##_type, .flags = TYPE_GC, .size = sizeof(View), .iter = id##_iter, \
        .methods = id##_methods, \
    };
VIEW(keys, KEYS, keys)
VIEW(values, VALUES, values)
VIEW(items, ITEMS, items)

static const Method methods[] = {
    {"fromkeys", m_fromkeys, "iterable, value=None", LOCK_NONE, M_CLASS, "A new one with keys from the iterable, all with this value."},
    {"setdefault", m_setdefault, "key, default=None", LOCK_NONE, 0, "self[key], which becomes default when it is missing."},
    {"pop", m_pop, "key, default=<unrepresentable>", LOCK_NONE, 0, "Takes key out and returns its value; default, or KeyError, when it is missing."},
    {"popitem", m_popitem, "last=True", LOCK_NONE, 0, "Takes a (key, value) pair out, the last or the first."},
    {"keys", m_keys, "", LOCK_NONE, 0, NULL},
    {"values", m_values, "", LOCK_NONE, 0, NULL},
    {"items", m_items, "", LOCK_NONE, 0, NULL},
    {"update", m_update, NULL, LOCK_NONE, M_RAW, NULL},
    {"clear", m_clear, "", LOCK_NONE, 0, "Takes all items out."},
    {"copy", m_copy, "", LOCK_NONE, 0, "A shallow copy."},
    {"move_to_end", m_move_to_end, "key, last=True", LOCK_NONE, 0, "Moves a key to the end, or to the beginning when last is false."},
    {"__reversed__", m_reversed, "", LOCK_NONE, 0, "An iterator over the keys in reverse order."},
    {"__reduce__", m_reduce, "", LOCK_NONE, 0, "State for pickling."},
    {"__sizeof__", m_sizeof, "", LOCK_NONE, 0, "Memory in use, in bytes."},
    METHOD_END,
};

Type ordered_dict_type = {
    TYPE_HEAD("collections.OrderedDict"), .base = &dict_type, .doc = "A dict whose order of keys can be changed.",
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS, .size = sizeof(Dict), .attrs_offset = 1, .init = type_init, .repr = repr,
    .compare = compare, .hash = obj_hash_unhashable, .iter = type_iter, .or_ = union_, .ior = union_in_place, .methods = methods,
};

// ---- the iterator ------------------------------------------------------------------------------------------------------
typedef struct ODictIter {
    Obj head;
    Slot dict;       // V_NULL once exhausted
    DictKeys *keys;  // what the dict was when iteration began: any other block, entry or count means that it changed
    size_t nentries, used;
    ptrdiff_t pos;
    int kind;
} ODictIter;
static ODictIter *iter_of(V v) { return (ODictIter *)v_obj(v); }

static V iter_alloc(Thread *t, V od, int kind) {
    ODictIter *it = (ODictIter *)obj_alloc(t, &odict_iter_type, sizeof *it, OBJ_GC);
    if (!it) return err_no_memory(t);
    CRITICAL(t, v_obj(od));
    Dict *d = dict_of(od);
    it->keys = d->keys;
    it->nentries = d->keys->nentries;
    it->used = d->used;
    it->kind = kind;
    it->pos = kind & REVERSED ? last_entry(d) : first_entry(d);
    slot_init(t, &it->head, &it->dict, od);
    return v_from(it);
}

static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((ODictIter *)o)->dict); }

static V iter_next(Thread *t, V self) {
    ODictIter *it = iter_of(self);
    CRITICAL(t, &it->head);
    V od = slot_get(&it->head, &it->dict), key = V_NULL, value = V_NULL;
    if (od == V_NULL) return V_END;
    Dict *d = dict_of(od);
    {
        CRITICAL2(t, &it->head, &d->head); // the dict's alone might let the iterator's go
        if (d->keys != it->keys || d->keys->nentries != it->nentries || d->used != it->used) {
            v_drop(t, od);
            return err_set(t, &exc_RuntimeError, "OrderedDict mutated during iteration");
        }
        for (; it->pos >= 0 && it->pos < (ptrdiff_t)it->nentries && key == V_NULL; it->pos += it->kind & REVERSED ? -1 : 1) {
            DictEntry *e = &it->keys->entries[it->pos];
            key = slot_get(&d->head, &e->key);
            if (key != V_NULL && (it->kind & 3) != KEYS) value = slot_get(&d->head, &e->value);
        }
    }
    if (key == V_NULL) {
        slot_clear(t, &it->head, &it->dict);
        v_drop(t, od);
        return V_END;
    }
    if ((it->kind & 3) == VALUES && !v_is_exact(od, &ordered_dict_type)) { // a subclass may have a __getitem__ of its own
        v_drop(t, value);
        value = obj_getitem(t, od, key);
    }
    v_drop(t, od);
    if ((it->kind & 3) == KEYS) return key;
    if ((it->kind & 3) == ITEMS) return tuple_pack_steal(t, 2, key, value);
    v_drop(t, key);
    return value;
}

static NATIVE(iter_reduce) {
    UNUSED_NATIVE();
    ODictIter *it = iter_of(self);
    V od = slot_get(&it->head, &it->dict), list;
    if (od == V_NULL) {
        list = list_new(t, 0);
    } else {
        V copy = iter_alloc(t, od, it->kind);
        v_drop(t, od);
        if (v_is_error(copy)) return V_ERROR;
        {
            CRITICAL(t, &it->head);
            iter_of(copy)->pos = it->pos;
        }
        list = obj_to_list(t, copy);
        v_drop(t, copy);
    }
    V iter = dict_get_c(t, builtins_dict_borrow(), "iter");
    return tuple_pack_steal(t, 2, iter == V_NULL ? V_ERROR : iter, tuple_pack_steal(t, 1, list));
}

static const Method iter_methods[] = {
    {"__reduce__", iter_reduce, "", LOCK_NONE, 0, "State for pickling."},
    METHOD_END,
};
Type odict_iter_type = {
    TYPE_HEAD("odict_iterator"), .flags = TYPE_GC, .size = sizeof(ODictIter), .traverse = iter_traverse, .iter = iter_self,
    .next = iter_next, .methods = iter_methods,
};
