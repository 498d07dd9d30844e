// SPDX-License-Identifier: MIT
// The algebra of sets: comparisons, operators, methods.
//
// Which operand is walked, and when a result is shrunk, decides the order that a program sees; both follow CPython.
#include "set_private.h"
#include "runtime/runtime.h"

static Type *base_type(const Type *type) { return type_is_subtype(type, &frozenset_type) ? &frozenset_type : &set_type; }
static V copy_of(Thread *t, V set) { return set_make(t, base_type(v_type(set)), set); }

// Calls fn for each key of a set (with its hash known) or of an iterable, until it returns non-zero.
typedef int (*EachFn)(Thread *t, Set *s, V key, int64_t hash, void *arg);
static int each(Thread *t, V source, Set *s, EachFn fn, void *arg) {
    int r = 0;
    if (v_is_any_set(source)) {
        size_t pos = 0;
        V key;
        int64_t hash;
        while (r == 0 && set_next(source, &pos, &key, &hash)) {
            key = v_dup(key);
            r = fn(t, s, key, hash, arg);
            v_drop(t, key);
        }
        return r;
    }
    V iter = obj_iter_whole(t, source);
    if (v_is_error(iter)) return -1;
    while (r == 0) {
        V key = obj_next(t, iter);
        int64_t hash;
        if (key == V_END) break;
        r = v_is_error(key) || set_hash_key(t, key, &hash) < 0 ? -1 : fn(t, s, key, hash, arg);
        v_drop(t, key);
    }
    v_drop(t, iter);
    return r;
}

static int each_dict_key(Thread *t, V dict, Set *s, EachFn fn, void *arg) {
    size_t pos = 0;
    V key;
    int64_t hash;
    int r = 0;
    while (r == 0 && dict_next_hash(dict, &pos, &key, NULL, &hash)) {
        key = v_dup(key);
        r = fn(t, s, key, hash, arg);
        v_drop(t, key);
    }
    return r;
}

static V or_drop(Thread *t, V result, int r) {
    if (r >= 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

// What an update holds still besides self: a set that others may change.
static Obj *changeable(V self, V other) { return v_is_any_set(other) && !v_is_exact(other, &frozenset_type) ? v_obj(other) : v_obj(self); }
#define UPDATING(t, self, other) CRITICAL2(t, v_obj(self), changeable(self, other))

// ---- intersection ------------------------------------------------------------------------------------------------------
static int add_if_in(Thread *t, Set *result, V key, int64_t hash, void *in) {
    int there = set_contains_hash(t, in, key, hash);
    return there <= 0 ? there : set_add_hash(t, result, key, hash);
}
static int add_if_in_once(Thread *t, Set *result, V key, int64_t hash, void *in) { // keys of a set: never the same twice
    int there = set_contains_hash(t, in, key, hash);
    return there <= 0 ? there : set_add_missing(t, result, key, hash);
}
// Comparing keys may run Python, which may change a set that is being walked: only then can a key come again.
static bool compares_quietly(V set) {
    size_t pos = 0;
    V key;
    while (set_next(set, &pos, &key, NULL)) {
        if (!v_is_int(key) && !v_is_exact(key, &str_type)) return false;
    }
    return !obj_is_shared(v_obj(set));
}

V set_intersection(Thread *t, V a, V b) {
    if (v_is(a, b)) return copy_of(t, a);
    V result = set_make(t, base_type(v_type(a)), V_NULL);
    if (v_is_error(result)) return V_ERROR;
    if (v_is_any_set(b) && set_len(b) > set_len(a)) { // walk the smaller
        V swap = a;
        a = b;
        b = swap;
    }
    bool once = v_is_any_set(b) && compares_quietly(b);
    return or_drop(t, result, each(t, b, set_of(result), once ? add_if_in_once : add_if_in, set_of(a)));
}

static V intersection_multi(Thread *t, V self, const V *args, size_t nargs) {
    if (nargs == 0) return copy_of(t, self);
    V result = v_dup(self);
    for (size_t i = 0; i < nargs; i++) {
        V next = set_intersection(t, result, args[i]);
        v_drop(t, result);
        if (v_is_error(next)) return V_ERROR;
        result = next;
    }
    return result;
}

static int intersection_update(Thread *t, V self, const V *args, size_t nargs) {
    UPDATING(t, self, nargs ? args[0] : self);
    V result = intersection_multi(t, self, args, nargs);
    if (v_is_error(result)) return -1;
    set_swap_bodies(t, set_of(self), set_of(result));
    v_drop(t, result);
    return 0;
}

// ---- difference --------------------------------------------------------------------------------------------------------
static int discard(Thread *t, Set *s, V key, int64_t hash, void *arg) {
    (void)arg;
    return set_discard_hash(t, s, key, hash) < 0 ? -1 : 0;
}

int set_difference_update(Thread *t, V self, V other) {
    if (v_is(self, other)) return set_clear(t, self);
    V walked = v_is_any_set(other) && set_len(other) >> 3 > set_len(self) ? set_intersection(t, self, other) : v_dup(other);
    if (v_is_error(walked)) return -1;
    int r = each(t, walked, set_of(self), discard, NULL);
    v_drop(t, walked);
    return r < 0 ? -1 : set_shrink_after_removals(t, set_of(self));
}

static int difference_update(Thread *t, V self, V other) {
    UPDATING(t, self, other);
    return set_difference_update(t, self, other);
}

static int add_if_not_in(Thread *t, Set *result, V key, int64_t hash, void *in) {
    int there = set_contains_hash(t, in, key, hash);
    return there ? (there < 0 ? -1 : 0) : set_add_hash(t, result, key, hash);
}

static int add_if_not_in_dict(Thread *t, Set *result, V key, int64_t hash, void *dict) {
    V value = dict_get_hash(t, *(V *)dict, key, hash);
    if (v_is_error(value)) return -1;
    v_drop(t, value);
    return value != V_NULL ? 0 : set_add_hash(t, result, key, hash);
}

V set_difference(Thread *t, V a, V b) {
    bool is_dict = v_is_exact(b, &dict_type);
    size_t m = is_dict ? dict_len(b) : v_is_any_set(b) ? set_len(b) : 0;
    if ((!is_dict && !v_is_any_set(b)) || set_len(a) >> 2 > m) {
        V result = copy_of(t, a);
        return v_is_error(result) ? V_ERROR : or_drop(t, result, set_difference_update(t, result, b));
    }
    V result = set_make(t, base_type(v_type(a)), V_NULL);
    if (v_is_error(result)) return V_ERROR;
    int r = is_dict ? each(t, a, set_of(result), add_if_not_in_dict, &b) : each(t, a, set_of(result), add_if_not_in, set_of(b));
    return or_drop(t, result, r);
}

// ---- symmetric difference ----------------------------------------------------------------------------------------------
static int toggle(Thread *t, Set *s, V key, int64_t hash, void *arg) {
    (void)arg;
    int there = set_discard_hash(t, s, key, hash);
    return there ? (there < 0 ? -1 : 0) : set_add_hash(t, s, key, hash);
}

static int symmetric_update(Thread *t, V self, V other) {
    if (v_is(self, other)) return set_clear(t, self);
    if (v_is_exact(other, &dict_type)) return each_dict_key(t, other, set_of(self), toggle, NULL);
    V walked = v_is_any_set(other) ? v_dup(other) : set_make(t, base_type(v_type(self)), other);
    if (v_is_error(walked)) return -1;
    int r = each(t, walked, set_of(self), toggle, NULL);
    v_drop(t, walked);
    return r;
}

static int symmetric_difference_update(Thread *t, V self, V other) {
    UPDATING(t, self, other);
    return symmetric_update(t, self, other);
}

static V symmetric_difference(Thread *t, V self, V other) {
    V result = set_make(t, base_type(v_type(self)), other);
    return v_is_error(result) ? V_ERROR : or_drop(t, result, symmetric_update(t, result, self));
}

// ---- comparing -----------------------------------------------------------------------------------------------------------
enum { STOP = 2 };
static int stop_unless_in(Thread *t, Set *unused, V key, int64_t hash, void *in) {
    (void)unused;
    int there = set_contains_hash(t, in, key, hash);
    return there < 0 ? -1 : there ? 0 : STOP;
}
static int stop_if_in(Thread *t, Set *unused, V key, int64_t hash, void *in) {
    (void)unused;
    int there = set_contains_hash(t, in, key, hash);
    return there < 0 ? -1 : there ? STOP : 0;
}

// Whether everything in a is in the set b.
static int all_in(Thread *t, V a, V b) {
    if (v_is_any_set(a) && set_len(a) > set_len(b)) return 0;
    int r = each(t, a, NULL, stop_unless_in, set_of(b));
    return r < 0 ? -1 : r == 0;
}

static int equal(Thread *t, V a, V b) {
    if (set_len(a) != set_len(b)) return 0;
    int64_t x = at_load_relaxed(&set_of(a)->hash), y = at_load_relaxed(&set_of(b)->hash);
    if (x != -1 && y != -1 && x != y) return 0;
    return all_in(t, a, b);
}

V set_compare(Thread *t, V a, V b, int op) {
    if (!v_is_any_set(a) || !v_is_any_set(b)) return V_NOT_IMPLEMENTED;
    if (v_is(a, b)) return v_from_bool(cmp_holds_for_same(op));
    int r = 0;
    switch (op) {
    case CMP_EQ:
    case CMP_NE: r = equal(t, a, b); break;
    case CMP_LE: r = all_in(t, a, b); break;
    case CMP_GE: r = all_in(t, b, a); break;
    case CMP_LT: r = set_len(a) < set_len(b) ? all_in(t, a, b) : 0; break;
    case CMP_GT: r = set_len(a) > set_len(b) ? all_in(t, b, a) : 0; break;
    }
    return r < 0 ? V_ERROR : v_from_bool((r == 1) == (op != CMP_NE));
}

// ---- operators -----------------------------------------------------------------------------------------------------------
static V union_with(Thread *t, V self, const V *args, size_t nargs) {
    V result = copy_of(t, self);
    for (size_t i = 0; i < nargs && !v_is_error(result); i++) {
        if (!v_is(args[i], self)) result = or_drop(t, result, set_update(t, result, args[i]));
    }
    return result;
}

#define BOTH_SETS(a, b) \
    if (!v_is_any_set(a) || !v_is_any_set(b)) return V_NOT_IMPLEMENTED
V set_slot_or(Thread *t, V a, V b) {
    BOTH_SETS(a, b);
    return union_with(t, a, &b, 1);
}
V set_slot_and(Thread *t, V a, V b) {
    BOTH_SETS(a, b);
    return set_intersection(t, a, b);
}
V set_slot_xor(Thread *t, V a, V b) {
    BOTH_SETS(a, b);
    return symmetric_difference(t, a, b);
}
V set_slot_sub(Thread *t, V a, V b) {
    BOTH_SETS(a, b);
    return set_difference(t, a, b);
}

static V self_or_error(V self, int r) { return r < 0 ? V_ERROR : v_dup(self); }
#define OTHER_IS_SET(b) \
    if (!v_is_any_set(b)) return V_NOT_IMPLEMENTED
V set_slot_ior(Thread *t, V a, V b) {
    OTHER_IS_SET(b);
    return self_or_error(a, set_update(t, a, b));
}
V set_slot_iand(Thread *t, V a, V b) {
    OTHER_IS_SET(b);
    return self_or_error(a, intersection_update(t, a, &b, 1));
}
V set_slot_ixor(Thread *t, V a, V b) {
    OTHER_IS_SET(b);
    return self_or_error(a, symmetric_difference_update(t, a, b));
}
V set_slot_isub(Thread *t, V a, V b) {
    OTHER_IS_SET(b);
    return self_or_error(a, difference_update(t, a, b));
}

// ---- methods -----------------------------------------------------------------------------------------------------------
static V none_or_error(int r) { return r < 0 ? V_ERROR : V_NONE; }

static NATIVE(m_add) {
    UNUSED_NATIVE();
    return none_or_error(set_add(t, self, args[0]));
}
static NATIVE(m_clear) {
    UNUSED_NATIVE();
    return none_or_error(set_clear(t, self));
}
static NATIVE(m_contains) {
    UNUSED_NATIVE();
    int r = set_contains(t, self, args[0]);
    return r < 0 ? V_ERROR : v_from_bool(r);
}
static NATIVE(m_copy) {
    UNUSED_NATIVE();
    return copy_of(t, self);
}
static NATIVE(m_frozen_copy) {
    UNUSED_NATIVE();
    return v_is_exact(self, &frozenset_type) ? v_dup(self) : copy_of(t, self);
}
static NATIVE(m_discard) {
    UNUSED_NATIVE();
    return none_or_error(set_discard(t, self, args[0]));
}
static NATIVE(m_remove) {
    UNUSED_NATIVE();
    int r = set_discard(t, self, args[0]);
    return r == 0 ? err_key(t, args[0]) : none_or_error(r);
}
static NATIVE(m_pop) {
    UNUSED_NATIVE();
    return set_pop(t, self);
}

static NATIVE(m_union) {
    (void)kwnames;
    return union_with(t, self, args, nargs);
}
static NATIVE(m_update) {
    (void)kwnames;
    for (size_t i = 0; i < nargs; i++) {
        if (set_update(t, self, args[i]) < 0) return V_ERROR;
    }
    return V_NONE;
}
static NATIVE(m_intersection) {
    (void)kwnames;
    return intersection_multi(t, self, args, nargs);
}
static NATIVE(m_intersection_update) {
    (void)kwnames;
    return none_or_error(intersection_update(t, self, args, nargs));
}
static NATIVE(m_difference) {
    (void)kwnames;
    if (nargs == 0) return copy_of(t, self);
    V result = set_difference(t, self, args[0]);
    for (size_t i = 1; i < nargs && !v_is_error(result); i++)
        result = or_drop(t, result, set_difference_update(t, result, args[i]));
    return result;
}
static NATIVE(m_difference_update) {
    (void)kwnames;
    for (size_t i = 0; i < nargs; i++) {
        if (difference_update(t, self, args[i]) < 0) return V_ERROR;
    }
    return V_NONE;
}
static NATIVE(m_symmetric_difference) {
    UNUSED_NATIVE();
    return symmetric_difference(t, self, args[0]);
}
static NATIVE(m_symmetric_difference_update) {
    UNUSED_NATIVE();
    return none_or_error(symmetric_difference_update(t, self, args[0]));
}

static NATIVE(m_isdisjoint) {
    UNUSED_NATIVE();
    V a = self, b = args[0];
    if (v_is(a, b)) return v_from_bool(set_len(a) == 0);
    if (v_is_any_set(b) && set_len(b) > set_len(a)) {
        a = b;
        b = self;
    }
    int r = each(t, b, NULL, stop_if_in, set_of(a));
    return r < 0 ? V_ERROR : v_from_bool(r == 0);
}
static NATIVE(m_issubset) {
    UNUSED_NATIVE();
    V other = v_is_any_set(args[0]) ? v_dup(args[0]) : set_new(t, args[0]);
    if (v_is_error(other)) return V_ERROR;
    int r = all_in(t, self, other);
    v_drop(t, other);
    return r < 0 ? V_ERROR : v_from_bool(r);
}
static NATIVE(m_issuperset) {
    UNUSED_NATIVE();
    int r = all_in(t, args[0], self);
    return r < 0 ? V_ERROR : v_from_bool(r);
}

static NATIVE(m_reduce) {
    UNUSED_NATIVE();
    V keys = obj_to_list(t, self);
    if (v_is_error(keys)) return V_ERROR;
    V state = obj_call_method0(t, self, NAME(__getstate__));
    return tuple_pack_steal(t, 3, v_from_type(v_type(self)), tuple_pack_steal(t, 1, keys), state);
}
static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    Set *s = set_of(self);
    return int_from_size(t, v_type(self)->size + sizeof(SetTable) + (set_table_of(s)->mask + 1) * sizeof(SetEntry));
}

#define READING_METHODS \
    {"__contains__", m_contains, "object, /", LOCK_NONE, M_COEXIST, "Whether y is an element."}, \
    {"difference", m_difference, NULL, LOCK_NONE, M_RAW | M_TUPLE, \
     "A new set: the elements of this one that none of the others has."}, \
    {"intersection", m_intersection, NULL, LOCK_NONE, M_RAW | M_TUPLE, \
     "A new set: the elements that this one and all of the others have."}, \
    {"isdisjoint", m_isdisjoint, "other, /", LOCK_NONE, 0, "Whether the other has no element of this set."}, \
    {"issubset", m_issubset, "other, /", LOCK_NONE, 0, "Whether every element is in the other, too."}, \
    {"issuperset", m_issuperset, "other, /", LOCK_NONE, 0, "Whether every element of the other is in this set, too."}, \
    {"__reduce__", m_reduce, "", LOCK_NONE, 0, "What a pickle has to keep."}, \
    {"__sizeof__", m_sizeof, "", LOCK_NONE, 0, "Bytes of memory in use, without the elements."}, \
    {"symmetric_difference", m_symmetric_difference, "other, /", LOCK_NONE, 0, \
     "A new set: the elements that one of the two has and the other has not."}, \
    {"union", m_union, NULL, LOCK_NONE, M_RAW | M_TUPLE, \
     "A new set: the elements that this one or any of the others has."}, \
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "See PEP 585"}

const Method set_methods[] = {
    {"add", m_add, "object, /", LOCK_NONE, 0,
     "Puts an element in, unless it is there already."},
    {"clear", m_clear, "", LOCK_NONE, 0, "Takes all elements out."},
    {"copy", m_copy, "", LOCK_NONE, 0, "Another set with the same elements."},
    {"discard", m_discard, "object, /", LOCK_NONE, 0,
     "Takes an element out, if it is there.\n\nremove() does the same, but insists that it is."},
    {"difference_update", m_difference_update, NULL, LOCK_NONE, M_RAW | M_TUPLE, "Takes out the elements that others have."},
    {"intersection_update", m_intersection_update, NULL, LOCK_NONE, M_RAW | M_TUPLE,
     "Takes out the elements that not all of the others have."},
    {"pop", m_pop, "", LOCK_NONE, 0, "Takes out some element and gives it.\nAn empty set raises KeyError."},
    {"remove", m_remove, "object, /", LOCK_NONE, 0,
     "Takes an element out.\n\nWhen it is not there, KeyError."},
    {"symmetric_difference_update", m_symmetric_difference_update, "other, /", LOCK_NONE, 0,
     "Puts in what only the other has, and takes out what both have."},
    {"update", m_update, NULL, LOCK_NONE, M_RAW | M_TUPLE, "Puts in the elements of all the others."},
    READING_METHODS,
    METHOD_END,
};

const Method frozenset_methods[] = {
    {"copy", m_frozen_copy, "", LOCK_NONE, 0, "Another set with the same elements."},
    READING_METHODS,
    METHOD_END,
};
