// SPDX-License-Identifier: MIT
// Length, subscripts, membership and iteration of any value.
#include "object/slots.h"
#include "object/cstack.h"
#include "object/misc.h"
#include "object/exceptions.h"

// ---- length ------------------------------------------------------------------------------------------------------------
ptrdiff_t obj_len(Thread *t, V v) {
    LenFn len = v_type(v)->len;
    if (likely(len != NULL)) return len(t, v);
    err_set(t, &exc_TypeError, "object of type '%T' has no len()", v);
    return -1;
}

ptrdiff_t obj_len_hint(Thread *t, V v, ptrdiff_t fallback) {
    Type *type = v_type(v);
    if (type->len) {
        ptrdiff_t n = type->len(t, v);
        if (n >= 0) return n;
        if (!err_matches(t, &exc_TypeError)) return -1;
        err_clear(t);
    }
    V hint = special_call(t, v, NAME(__length_hint__), NULL, 0);
    if (hint == V_NULL) return fallback;
    if (v_is_error(hint)) {
        if (!err_matches(t, &exc_TypeError)) return -1;
        err_clear(t);
        return fallback;
    }
    if (hint == V_NOT_IMPLEMENTED) return fallback;
    ptrdiff_t n = -1;
    if (!v_is_any_int(hint)) {
        err_set(t, &exc_TypeError, "__length_hint__ must be an integer, not %T", hint);
    } else if (num_as_ssize(t, hint, &exc_OverflowError, &n) < 0) {
        n = -1;
    } else if (n < 0) {
        err_set(t, &exc_ValueError, "__length_hint__() should return >= 0");
        n = -1;
    }
    v_drop(t, hint);
    return n;
}

// ---- subscripts ----------------------------------------------------------------------------------------------------------

// Calls item(i) with negative indices counted from the end.
static V item_at(Thread *t, V v, IndexFn item, V key) {
    ptrdiff_t i;
    if (num_as_ssize(t, key, &exc_IndexError, &i) < 0) return V_ERROR;
    if (i < 0 && v_type(v)->len) {
        ptrdiff_t n = v_type(v)->len(t, v);
        if (n < 0) return V_ERROR;
        i += n;
    }
    return item(t, v, i);
}

static V class_getitem(Thread *t, V cls, V key) {
    if (cls == v_from_type(&type_type)) return generic_alias_new(t, cls, key);
    V method = obj_lookup_attr(t, cls, NAME(__class_getitem__));
    if (v_is_error(method)) return V_ERROR;
    if (method == V_NULL || method == V_NONE) return err_set(t, &exc_TypeError, "type '%N' is not subscriptable", v_as_type(cls));
    V result = obj_call1(t, method, key);
    v_drop(t, method);
    return result;
}

V obj_getitem(Thread *t, V v, V key) {
    Type *type = v_type(v);
    if (likely(type->subscript != NULL)) return type->subscript(t, v, key);
    if (type->item) {
        if (v_is_any_int(key) || v_type(key)->index) return item_at(t, v, type->item, key);
        return err_set(t, &exc_TypeError, "sequence index must be integer, not '%T'", key);
    }
    if (v_is_type(v)) return class_getitem(t, v, key);
    return err_set(t, &exc_TypeError, "'%T' object is not subscriptable", v);
}

int obj_setitem(Thread *t, V v, V key, V value) {
    Type *type = v_type(v);
    if (likely(type->set_subscript != NULL)) return type->set_subscript(t, v, key, value);
    if (value != V_NULL) {
        err_set(t, &exc_TypeError, "'%T' object does not support item assignment", v);
        return -1;
    }
    bool sequence = type_has(type, TYPE_HEAP) || type->item || type->concat || type->repeat || (type->contains && type->len);
    bool index = v_is_any_int(key) || v_type(key)->index;
    ptrdiff_t i;
    if (sequence && index && num_as_ssize(t, key, &exc_IndexError, &i) < 0) return -1; // the index is looked at first
    err_set(t, &exc_TypeError, sequence && index ? "'%T' object doesn't support item deletion" : "'%T' object does not support item deletion", v);
    return -1;
}

// ---- membership ----------------------------------------------------------------------------------------------------------
int obj_iter_contains(Thread *t, V container, V item) {
    V iter = obj_iter(t, container);
    if (v_is_error(iter)) {
        if (!err_matches(t, &exc_TypeError)) return -1;
        err_clear(t);
        err_set(t, &exc_TypeError, "argument of type '%T' is not iterable", container);
        return -1;
    }
    int found = 0;
    while (!found) {
        V v = obj_next(t, iter);
        if (v == V_END) break;
        found = v_is_error(v) ? -1 : obj_compare_bool(t, v, item, CMP_EQ);
        if (!v_is_error(v)) v_drop(t, v);
        if (found == 0 && safepoint(t) < 0) found = -1;
    }
    v_drop(t, iter);
    return found;
}

int obj_contains(Thread *t, V container, V item) {
    ContainsFn contains = v_type(container)->contains;
    return contains ? contains(t, container, item) : obj_iter_contains(t, container, item);
}

bool obj_is_sequence(V v) { return v_type(v)->item != NULL && !v_is_dict(v); }
bool obj_is_mapping(V v) { return v_type(v)->subscript != NULL; }

// ---- iteration -----------------------------------------------------------------------------------------------------------
V obj_iter(Thread *t, V v) {
    Type *type = v_type(v);
    if (unlikely(!type->iter)) {
        if (obj_is_sequence(v)) return seq_iter_new(t, v);
        return err_set(t, &exc_TypeError, "'%T' object is not iterable", v);
    }
    V iter = type->iter(t, v);
    if (v_is_error(iter) || v_type(iter)->next) return iter;
    err_set(t, &exc_TypeError, "iter() returned non-iterator of type '%T'", iter);
    v_drop(t, iter);
    return V_ERROR;
}

V obj_next(Thread *t, V iterator) {
    UnaryFn next = v_type(iterator)->next;
    if (unlikely(!next)) return err_set(t, &exc_TypeError, "'%T' object is not an iterator", iterator);
    if (c_stack_check(t, "") < 0) return V_ERROR; // iterators over iterators over ...
    V v = next(t, iterator);
    if (likely(!v_is_error(v)) || !err_matches(t, &exc_StopIteration)) return v;
    err_clear(t);
    return V_END;
}

int obj_iter_send(Thread *t, V iterator, V arg, V *result) {
    Type *type = v_type(iterator);
    if (type->send) return type->send(t, iterator, arg, result);
    V v = arg == V_NONE && type->next ? type->next(t, iterator) : obj_call_method1(t, iterator, NAME(send), arg);
    if (v == V_END) {
        *result = V_NONE;
        return SEND_RETURN;
    }
    if (!v_is_error(v)) {
        *result = v;
        return SEND_NEXT;
    }
    if (!err_matches(t, &exc_StopIteration)) return SEND_ERROR;
    V exc = err_fetch(t);
    *result = exc_stop_iteration_value(exc);
    v_drop(t, exc);
    return SEND_RETURN;
}

V obj_to_list(Thread *t, V iterable) {
    V list = list_new(t, 0);
    if (v_is_error(list) || list_extend(t, list, iterable) == 0) return list;
    v_drop(t, list);
    return V_ERROR;
}

V obj_to_tuple(Thread *t, V iterable) {
    if (v_is_exact(iterable, &tuple_type)) return v_dup(iterable);
    if (v_is_exact(iterable, &list_type)) return list_to_tuple(t, iterable);
    V list = obj_to_list(t, iterable);
    if (v_is_error(list)) return V_ERROR;
    V tuple = list_to_tuple(t, list);
    v_drop(t, list);
    return tuple;
}
