// SPDX-License-Identifier: MIT
// dict as programs see it: the type, its slots and its methods.
#include "dict_private.h"
#include "runtime/runtime.h"
#include "threading/poll.h"

// ---- birth and death ---------------------------------------------------------------------------------------------------
static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    return dict_alloc(t, type);
}

static int update_kwargs(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    for (size_t i = 0; i < nkw; i++) {
        if (dict_set(t, self, tuple_borrow(kwnames, i), args[nargs + i]) < 0) return -1;
    }
    return 0;
}

static int update_common(Thread *t, const char *name, V self, const V *args, size_t nargs, V kwnames) {
    if (args_check_count(t, name, nargs, 0, 1) < 0) return -1;
    if (nargs && dict_update(t, self, args[0]) < 0) return -1;
    return update_kwargs(t, self, args, nargs, kwnames);
}

static int type_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    return update_common(t, "dict", self, args, nargs, kwnames);
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    DictKeys *keys = ((Dict *)o)->keys;
    if (!keys) return;
    for (size_t i = 0; i < keys->nentries; i++) {
        VISIT(keys->entries[i].key);
        VISIT(keys->entries[i].value);
    }
}

static void free_keys(Thread *t, Obj *o) {
    DictKeys *keys = ((Dict *)o)->keys;
    if (keys && keys != dict_empty_keys()) mem_release(t, o, keys);
}

static void destroy(Thread *t, Obj *o) {
    const DictKeys *keys = ((Dict *)o)->keys;
    if (keys == dict_empty_keys()) { // as most **kwargs are
        obj_free_memory(t, o);
        return;
    }
    for (size_t i = 0, n = keys ? keys->nentries : 0; i < n; i++) {
        v_drop(t, keys->entries[i].key.bits);
        v_drop(t, keys->entries[i].value.bits);
    }
    free_keys(t, o);
    obj_free_memory(t, o);
}

// ---- slots -------------------------------------------------------------------------------------------------------------
static ptrdiff_t length(Thread *t, V self) {
    (void)t;
    return (ptrdiff_t)dict_len(self);
}

static COLD V missing(Thread *t, V self, V key) {
    if (!v_is_exact(self, &dict_type)) {
        V bound_self, method = obj_lookup_special(t, self, NAME(__missing__), &bound_self);
        if (v_is_error(method)) return V_ERROR;
        if (method != V_NULL) {
            V result = bound_self == V_NULL ? obj_call1(t, method, key) : obj_call2(t, method, bound_self, key);
            v_drop(t, method);
            return result;
        }
    }
    return err_key(t, key);
}

V dict_subscript(Thread *t, V self, V key) {
    V value = dict_get(t, self, key);
    return likely(value != V_NULL) ? value : missing(t, self, key);
}

static int set_subscript(Thread *t, V self, V key, V value) {
    return value == V_NULL ? dict_del(t, self, key) : dict_set(t, self, key, value);
}

static V repr_items(Thread *t, V self) {
    StrBuilder b;
    sb_init(&b, t);
    sb_char(&b, '{');
    size_t pos = 0, steps = 0;
    V k, v;
    for (bool first = true; dict_next(self, &pos, &k, &v); first = false) {
        k = v_dup(k);
        v = v_dup(v);
        V text = poll_step_apart(t, &steps) < 0 ? V_ERROR : obj_repr(t, k), value = v_is_error(text) ? V_ERROR : obj_repr(t, v);
        v_drop(t, k);
        v_drop(t, v);
        if (v_is_error(value)) {
            v_drop(t, text);
            sb_abandon(&b);
            return V_ERROR;
        }
        if (!first) sb_ascii(&b, ", ", 2);
        sb_str(&b, text);
        sb_ascii(&b, ": ", 2);
        sb_str(&b, value);
        v_drop(t, text);
        v_drop(t, value);
    }
    sb_char(&b, '}');
    return sb_finish(&b);
}

static V repr(Thread *t, V self) {
    int inside = obj_repr_enter(t, self);
    if (inside) return inside < 0 ? V_ERROR : str_from_cstr(t, "{...}");
    V result = dict_len(self) ? repr_items(t, self) : str_from_cstr(t, "{}");
    obj_repr_leave(t, self);
    return result;
}

// 1, 0, -1.
static int equal(Thread *t, V a, V b) {
    if (dict_len(a) != dict_len(b)) return 0;
    size_t pos = 0;
    V k, v;
    int64_t hash;
    int r = 1;
    while (r == 1 && dict_next_hash(a, &pos, &k, &v, &hash)) {
        k = v_dup(k);
        v = v_dup(v);
        V other = dict_get_hash(t, b, k, hash);
        r = v_is_error(other) ? -1 : other == V_NULL ? 0 : obj_compare_bool(t, v, other, CMP_EQ);
        v_drop(t, other);
        v_drop(t, k);
        v_drop(t, v);
    }
    return r;
}

static V compare(Thread *t, V a, V b, int op) {
    if (!v_is_dict(a) || !v_is_dict(b) || (op != CMP_EQ && op != CMP_NE)) return V_NOT_IMPLEMENTED;
    if (recursion_enter(t, " in comparison") < 0) return V_ERROR;
    int r = equal(t, a, b);
    recursion_leave(t);
    return r < 0 ? V_ERROR : v_from_bool((r == 1) == (op == CMP_EQ));
}

static V union_(Thread *t, V a, V b) {
    if (!v_is_dict(a) || !v_is_dict(b)) return V_NOT_IMPLEMENTED;
    V result = dict_copy(t, a);
    if (v_is_error(result) || dict_update(t, result, b) == 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

static V union_in_place(Thread *t, V self, V other) { return dict_update(t, self, other) < 0 ? V_ERROR : v_dup(self); }

bool dict_iterates_plainly(V v) { return v_is_dict(v) && v_type(v)->iter == dict_iter_keys; }

// ---- methods -----------------------------------------------------------------------------------------------------------
static NATIVE(m_contains) {
    UNUSED_NATIVE();
    int r = dict_contains(t, self, args[0]);
    return r < 0 ? V_ERROR : v_from_bool(r);
}

static NATIVE(m_getitem) {
    UNUSED_NATIVE();
    return dict_subscript(t, self, args[0]);
}

static NATIVE(m_get) {
    UNUSED_NATIVE();
    V value = dict_get(t, self, args[0]);
    if (value != V_NULL) return value;
    return args[1] == V_NULL ? V_NONE : v_dup(args[1]);
}

static NATIVE(m_setdefault) {
    UNUSED_NATIVE();
    return dict_setdefault(t, self, args[0], args[1] == V_NULL ? V_NONE : args[1]);
}

static NATIVE(m_pop) {
    UNUSED_NATIVE();
    return dict_pop(t, self, args[0], args[1]);
}

static NATIVE(m_popitem) {
    UNUSED_NATIVE();
    Dict *d = dict_of(self);
    if (d->used == 0) return err_set(t, &exc_KeyError, "popitem(): dictionary is empty");
    DictKeys *keys = d->keys;
    size_t i = keys->live_end;
    while (slot_peek(&keys->entries[i - 1].key) == V_NULL) i--;
    V key, value = dict_remove_entry(t, d, keys, (ptrdiff_t)i - 1, &key);
    keys->live_end = i - 1;
    return tuple_pack_steal(t, 2, key, value);
}

static NATIVE(m_update) {
    return update_common(t, "update", self, args, nargs, kwnames) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(m_clear) {
    UNUSED_NATIVE();
    return dict_clear(t, self) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(m_copy) {
    UNUSED_NATIVE();
    return dict_copy(t, self);
}

static bool next_dict_key(V dict, size_t *pos, V *key, int64_t *hash) { return dict_next_hash(dict, pos, key, NULL, hash); }

// Keys of a dict or a set bring their hashes along.
static int fill_from_hashed(Thread *t, V dict, V keys, V value) {
    CRITICAL2(t, v_obj(dict), v_obj(keys));
    bool (*next_key)(V, size_t *, V *, int64_t *) = v_is_dict(keys) ? next_dict_key : set_next;
    size_t pos = 0;
    V key;
    int64_t hash;
    while (next_key(keys, &pos, &key, &hash)) {
        key = v_dup(key);
        int r = dict_set_hash(t, dict, key, hash, value);
        v_drop(t, key);
        if (r < 0) return -1;
    }
    return 0;
}

static int fill_from_keys(Thread *t, V dict, V iterable, V value) {
    bool plain = v_is_exact(dict, &dict_type);
    bool hashed = v_is_exact(iterable, &dict_type) || v_is_exact(iterable, &set_type) || v_is_exact(iterable, &frozenset_type);
    if (plain && hashed) return fill_from_hashed(t, dict, iterable, value);
    V iter = obj_iter(t, iterable);
    if (v_is_error(iter)) return -1;
    int r = 0;
    for (size_t steps = 0; r == 0;) {
        V key = obj_next(t, iter);
        if (key == V_END) break;
        r = v_is_error(key) ? -1 : plain ? dict_set(t, dict, key, value) : obj_setitem(t, dict, key, value);
        v_drop(t, key);
        if (r == 0) r = poll_step_apart(t, &steps);
    }
    v_drop(t, iter);
    return r;
}

static NATIVE(m_fromkeys) {
    UNUSED_NATIVE();
    V dict = obj_call0(t, self);
    if (v_is_error(dict)) return V_ERROR;
    if (fill_from_keys(t, dict, args[0], args[1] == V_NULL ? V_NONE : args[1]) == 0) return dict;
    v_drop(t, dict);
    return V_ERROR;
}

static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    const Dict *d = dict_of(self);
    const DictKeys *keys = dict_keys_of(d);
    size_t size = v_type(self)->size;
    if (keys != dict_empty_keys())
        size += sizeof *keys + keys->capacity * sizeof(DictEntry) + ((size_t)1 << keys->log2_size << keys->log2_width);
    return int_from_size(t, size);
}

static NATIVE(m_keys) {
    UNUSED_NATIVE();
    return dict_view_keys(t, self);
}
static NATIVE(m_values) {
    UNUSED_NATIVE();
    return dict_view_values(t, self);
}
static NATIVE(m_items) {
    UNUSED_NATIVE();
    return dict_view_items(t, self);
}
static NATIVE(m_reversed) {
    UNUSED_NATIVE();
    return dict_reverse_keys(t, self);
}

static const Method methods[] = {
    {"__contains__", m_contains, "key, /", LOCK_NONE, M_COEXIST, "Whether there is such a key."},
    {"__getitem__", m_getitem, "object, /", LOCK_NONE, M_COEXIST | M_OLD_ARITY, "The value of self[y]."},
    {"__sizeof__", m_sizeof, "", LOCK_NONE, 0, "Bytes of memory in use, without keys and values."},
    {"get", m_get, "key, default=None, /", LOCK_NONE, 0,
     "The value of a key, or default when there is no such key."},
    {"setdefault", m_setdefault, "key, default=None, /", LOCK_NONE, 0,
     "The value of a key; a key that is missing is put in with default first."},
    {"pop", m_pop, "key, default=None, /", LOCK_NONE, 0,
     "D.pop(k[, d]) -> v\n\nTakes a key out and gives its value; when it is missing, d, or KeyError without d."},
    {"popitem", m_popitem, "", LOCK_SELF, 0,
     "Takes out the key that came last: (key, value).\n\nAn empty dict raises KeyError."},
    {"keys", m_keys, "", LOCK_NONE, 0, "D.keys() -> the keys as a view, which behaves like a set and follows D"},
    {"items", m_items, "", LOCK_NONE, 0,
        "D.items() -> the (key, value) pairs as a view, which behaves like a set and follows D"},
    {"values", m_values, "", LOCK_NONE, 0, "D.values() -> the values as a view, which follows D"},
    {"update", m_update, NULL, LOCK_NONE, M_RAW,
     "D.update([E, ]**F)\n\n"
     "Sets the keys of E, a mapping (something with keys()) or an iterable of (key, value) pairs,\n"
     "then those of F."},
    {"fromkeys", m_fromkeys, "iterable, value=None, /", LOCK_NONE, M_CLASS,
     "A new dict with these keys, all of them with the same value."},
    {"clear", m_clear, "", LOCK_NONE, 0, "D.clear() -> None\n\nTakes all keys out."},
    {"copy", m_copy, "", LOCK_NONE, 0, "D.copy() -> another dict with the same keys and values"},
    {"__reversed__", m_reversed, "", LOCK_NONE, 0, "The keys from the last to the first."},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "See PEP 585"},
    METHOD_END,
};

Type dict_type = {
    TYPE_HEAD("dict"), .getattr = obj_generic_getattr,
    .doc = "dict(**kwargs)\n"
           "dict(mapping, **kwargs)\n"
           "dict(pairs, **kwargs)\n\n"
           "A mapping from keys to values that remembers the order in which keys came: empty, a copy of\n"
           "another mapping, or made of (key, value) pairs; then come the keyword arguments.",
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_DICT | TYPE_MAPPING | TYPE_ITEM_SELF,
    .size = sizeof(Dict), .traverse = traverse, .free_ = free_keys, .destroy = destroy,
    .new_ = type_new, .init = type_init, .repr = repr, .compare = compare, .hash = obj_hash_unhashable,
    .iter = dict_iter_keys, .len = length, .subscript = dict_subscript, .set_subscript = set_subscript,
    .contains = dict_contains, .or_ = union_, .ior = union_in_place, .methods = methods,
};
