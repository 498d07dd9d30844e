// SPDX-License-Identifier: MIT
// dict.keys(), dict.values(), dict.items(): views, the first and last of which behave like sets.
//
// The binary set operations make a set and follow the operand order that CPython uses, because the order in which a set
// was filled can show when it is printed.
#include "dict_private.h"
#include "runtime/runtime.h"

typedef struct DictView {
    Obj head;
    Slot dict; // const
} DictView;
static V dict_in(V view) { return slot_peek(&((DictView *)v_obj(view))->dict); }

static V view_new(Thread *t, V dict, Type *type) {
    DictView *view = (DictView *)obj_alloc(t, type, sizeof *view, OBJ_GC);
    if (!view) return err_no_memory(t);
    slot_init(t, &view->head, &view->dict, dict);
    return v_from(view);
}
V dict_view_keys(Thread *t, V dict) { return view_new(t, dict, &dict_keys_type); }
V dict_view_values(Thread *t, V dict) { return view_new(t, dict, &dict_values_type); }
V dict_view_items(Thread *t, V dict) { return view_new(t, dict, &dict_items_type); }

static void view_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((DictView *)o)->dict); }

static ptrdiff_t view_len(Thread *t, V self) {
    (void)t;
    return (ptrdiff_t)dict_len(dict_in(self));
}

static bool is_set_view(V v) { // OrderedDict's views derive from dict's
    return type_is_subtype(v_type(v), &dict_keys_type) || type_is_subtype(v_type(v), &dict_items_type);
}
static bool is_set_like(V v) { return is_set_view(v) || v_is_any_set(v); }

// ---- iterating and searching -----------------------------------------------------------------------------------------
static V iter_keys(Thread *t, V self) { return dict_iter_keys(t, dict_in(self)); }
static V iter_values(Thread *t, V self) { return dict_iter_values(t, dict_in(self)); }
static V iter_items(Thread *t, V self) { return dict_iter_items(t, dict_in(self)); }

static NATIVE(reversed_keys) {
    UNUSED_NATIVE();
    return dict_reverse_keys(t, dict_in(self));
}
static NATIVE(reversed_values) {
    UNUSED_NATIVE();
    return dict_reverse_values(t, dict_in(self));
}
static NATIVE(reversed_items) {
    UNUSED_NATIVE();
    return dict_reverse_items(t, dict_in(self));
}

static int contains_key(Thread *t, V self, V key) { return dict_contains(t, dict_in(self), key); }

static int contains_item(Thread *t, V self, V item) {
    if (!v_is_tuple(item) || tuple_len(item) != 2) return 0;
    V found = dict_get(t, dict_in(self), tuple_borrow(item, 0));
    if (found == V_NULL) return 0;
    if (v_is_error(found)) return -1;
    int r = obj_compare_bool(t, found, tuple_borrow(item, 1), CMP_EQ);
    v_drop(t, found);
    return r;
}

static V view_repr(Thread *t, V self) {
    int inside = obj_repr_enter(t, self);
    if (inside) return inside < 0 ? V_ERROR : str_from_cstr(t, "...");
    V list = obj_to_list(t, self), result = V_ERROR;
    if (!v_is_error(list)) {
        result = str_from_format(t, "%T(%R)", self, list);
        v_drop(t, list);
    }
    obj_repr_leave(t, self);
    return result;
}

static V get_mapping(Thread *t, V self, void *closure) {
    (void)closure;
    return mapping_proxy_new(t, dict_in(self));
}

// ---- comparing ---------------------------------------------------------------------------------------------------------
// Whether every element of a is in b.
static int all_in(Thread *t, V a, V b) {
    V iter = obj_iter(t, a);
    if (v_is_error(iter)) return -1;
    int r = 1;
    while (r == 1) {
        V item = obj_next(t, iter);
        if (item == V_END) break;
        r = v_is_error(item) ? -1 : obj_contains(t, b, item);
        v_drop(t, item);
    }
    v_drop(t, iter);
    return r;
}

static V view_compare(Thread *t, V a, V b, int op) {
    if (!is_set_view(a) || !is_set_like(b)) return V_NOT_IMPLEMENTED;
    ptrdiff_t n = obj_len(t, a), m = n < 0 ? -1 : obj_len(t, b);
    if (m < 0) return V_ERROR;
    int r = 0;
    switch (op) {
    case CMP_EQ:
    case CMP_NE: r = n == m ? all_in(t, a, b) : 0; break;
    case CMP_LT: r = n < m ? all_in(t, a, b) : 0; break;
    case CMP_LE: r = n <= m ? all_in(t, a, b) : 0; break;
    case CMP_GT: r = n > m ? all_in(t, b, a) : 0; break;
    case CMP_GE: r = n >= m ? all_in(t, b, a) : 0; break;
    }
    return r < 0 ? V_ERROR : v_from_bool((r == 1) == (op != CMP_NE));
}

// ---- set operations ----------------------------------------------------------------------------------------------------
static V by_method(Thread *t, V self, V other, V method) {
    V set = set_new(t, self);
    if (v_is_error(set)) return V_ERROR;
    V r = obj_call_method1(t, set, method, other);
    if (v_is_error(r)) {
        v_drop(t, set);
        return V_ERROR;
    }
    v_drop(t, r);
    return set;
}

static V view_subtract(Thread *t, V a, V b) { return by_method(t, a, b, NAME(difference_update)); }
static V view_or(Thread *t, V a, V b) { return by_method(t, a, b, NAME(update)); }
static V view_xor(Thread *t, V a, V b) { return by_method(t, a, b, NAME(symmetric_difference_update)); }

static V view_and(Thread *t, V a, V b) {
    if (!is_set_view(a)) { // the view is the right operand
        V swap = a;
        a = b;
        b = swap;
    }
    size_t n = dict_len(dict_in(a));
    if (v_is_exact(b, &set_type) && n <= set_len(b)) return obj_call_method1(t, b, NAME(intersection), a);
    if (is_set_view(b) && dict_len(dict_in(b)) > n) {
        V swap = a;
        a = b;
        b = swap;
    }
    V result = set_new(t, V_NULL);
    if (v_is_error(result)) return V_ERROR;
    V iter = obj_iter(t, b);
    int r = v_is_error(iter) ? -1 : 0;
    while (r == 0) {
        V item = obj_next(t, iter);
        if (item == V_END) break;
        int there = v_is_error(item) ? -1 : v_type(a)->contains(t, a, item);
        r = there < 0 ? -1 : there ? set_add(t, result, item) : 0;
        v_drop(t, item);
    }
    v_drop(t, iter);
    if (r == 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

static NATIVE(view_isdisjoint) {
    UNUSED_NATIVE();
    V other = args[0];
    if (v_is(self, other)) return v_from_bool(dict_len(dict_in(self)) == 0);
    if (is_set_like(other)) { // search the larger
        ptrdiff_t m = obj_len(t, other);
        if (m < 0) return V_ERROR;
        if (m > (ptrdiff_t)dict_len(dict_in(self))) {
            V swap = other;
            other = self;
            self = swap;
        }
    }
    V iter = obj_iter(t, other);
    if (v_is_error(iter)) return V_ERROR;
    int there = 0;
    while (there == 0) {
        V item = obj_next(t, iter);
        if (item == V_END) break;
        there = v_is_error(item) ? -1 : obj_contains(t, self, item);
        v_drop(t, item);
    }
    v_drop(t, iter);
    return there < 0 ? V_ERROR : v_from_bool(!there);
}

// ---- the types -----------------------------------------------------------------------------------------------------------
static const GetSet view_getsets[] = {
    {"mapping", get_mapping, NULL, "the dict behind the view", NULL},
    {0},
};
#define DISJOINT \
    {"isdisjoint", view_isdisjoint, "other, /", LOCK_NONE, M_OLD_ARITY, \
     "Whether nothing of the view is in the other."}
#define REVERSED(fn, what) \
    {"__reversed__", fn, "", LOCK_NONE, 0, "The " what " from the last to the first."}
static const Method keys_methods[] = {DISJOINT, REVERSED(reversed_keys, "keys"), METHOD_END};
static const Method items_methods[] = {DISJOINT, REVERSED(reversed_items, "items"), METHOD_END};
static const Method values_methods[] = {REVERSED(reversed_values, "values"), METHOD_END};

#define SET_SLOTS \
    .compare = view_compare, .hash = obj_hash_unhashable, .subtract = view_subtract, .and_ = view_and, .xor_ = view_xor, \
    .or_ = view_or
#define VIEW(id) \
    TYPE_HEAD(id), .flags = TYPE_GC, .size = sizeof(DictView), .traverse = view_traverse, .repr = view_repr, .len = view_len, \
    .getsets = view_getsets
Type dict_keys_type = {VIEW("dict_keys"), SET_SLOTS, .iter = iter_keys, .contains = contains_key, .methods = keys_methods};
Type dict_items_type = {VIEW("dict_items"), SET_SLOTS, .iter = iter_items, .contains = contains_item, .methods = items_methods};
Type dict_values_type = {VIEW("dict_values"), .iter = iter_values, .methods = values_methods};
