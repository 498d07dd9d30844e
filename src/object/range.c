// SPDX-License-Identifier: MIT
// range and its iterators: one over machine ints, one over ints of any size.
//
// start, stop, step and length are exact ints, computed once; ranges whose bounds and length fit 61 bits, nearly all, are
// indexed, searched and iterated with machine arithmetic.
#include "iter_private.h"

static Range *range_of(V v) { return (Range *)v_obj(v); }
static V start_of(V v) { return slot_peek(&range_of(v)->start); }
static V stop_of(V v) { return slot_peek(&range_of(v)->stop); }
static V step_of(V v) { return slot_peek(&range_of(v)->step); }
static V length_of(V v) { return slot_peek(&range_of(v)->length); }
// start + i * step does not leave int64 for i up to length.
static bool is_small(V v) {
    return v_both_int(start_of(v), stop_of(v)) && v_both_int(step_of(v), length_of(v));
}

// ---- making -----------------------------------------------------------------------------------------------------------
static V small_length(Thread *t, int64_t start, int64_t stop, int64_t step) {
    if (step > 0 ? start >= stop : start <= stop) return v_from_int(0);
    uint64_t span = step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    uint64_t by = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    return int_from_u64(t, (span - 1) / by + 1);
}

static V compute_length(Thread *t, V start, V stop, V step) {
    if (v_both_int(start, stop) && v_is_int(step)) return small_length(t, v_int(start), v_int(stop), v_int(step));
    bool up = int_sign(step) > 0;
    V low = up ? start : stop, high = up ? stop : start;
    if (int_compare(low, high) >= 0) return v_from_int(0);
    V by = up ? v_dup(step) : int_negate(t, step), span = int_subtract(t, high, low), n = V_ERROR, q = V_ERROR;
    if (!v_is_error(by) && !v_is_error(span)) {
        n = int_subtract(t, span, v_from_int(1));
        if (!v_is_error(n)) q = int_floor_divide(t, n, by);
    }
    V result = v_is_error(q) ? V_ERROR : int_add(t, q, v_from_int(1));
    v_drop(t, by);
    v_drop(t, span);
    v_drop(t, n);
    v_drop(t, q);
    return result;
}

static V make_steal(Thread *t, V start, V stop, V step) {
    V length = V_ERROR, r = V_ERROR;
    if (v_is_error(start) || v_is_error(stop) || v_is_error(step)) goto fail;
    if (int_sign(step) == 0) {
        err_set(t, &exc_ValueError, "range() arg 3 must not be zero");
        goto fail;
    }
    length = compute_length(t, start, stop, step);
    if (v_is_error(length)) goto fail;
    Range *range = (Range *)obj_alloc(t, &range_type, sizeof *range, 0);
    if (!range) {
        err_no_memory(t);
        goto fail;
    }
    slot_init_steal(t, &range->head, &range->start, start);
    slot_init_steal(t, &range->head, &range->stop, stop);
    slot_init_steal(t, &range->head, &range->step, step);
    slot_init_steal(t, &range->head, &range->length, length);
    return v_from(range);
fail:
    v_drop(t, start);
    v_drop(t, stop);
    v_drop(t, step);
    v_drop(t, length);
    return r;
}

V range_new(Thread *t, V start, V stop, V step) { return make_steal(t, v_dup(start), v_dup(stop), v_dup(step)); }

static V as_int(Thread *t, V v) { return v_is_int(v) ? v : num_index(t, v); }

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    if (args_no_keywords(t, "range", kwnames) < 0) return V_ERROR;
    if (nargs == 0) return err_set(t, &exc_TypeError, "range expected at least 1 argument, got 0");
    if (nargs > 3) return err_set(t, &exc_TypeError, "range expected at most 3 arguments, got %zu", nargs);
    if (nargs == 1) return make_steal(t, v_from_int(0), as_int(t, args[0]), v_from_int(1));
    V start = as_int(t, args[0]);
    if (v_is_error(start)) return V_ERROR;
    V stop = as_int(t, args[1]);
    if (v_is_error(stop)) {
        v_drop(t, start);
        return V_ERROR;
    }
    return make_steal(t, start, stop, nargs == 3 ? as_int(t, args[2]) : v_from_int(1));
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Range *r = (Range *)o;
    VISIT(r->start);
    VISIT(r->stop);
    VISIT(r->step);
    VISIT(r->length);
}

// ---- items -------------------------------------------------------------------------------------------------------------
// start + i * step; i an int of any size, nothing checked.
static V item_at(Thread *t, V self, V i) {
    if (is_small(self) && v_is_int(i)) return int_from_i64(t, v_int(start_of(self)) + v_int(i) * v_int(step_of(self)));
    V offset = int_multiply(t, i, step_of(self));
    if (v_is_error(offset)) return V_ERROR;
    V result = int_add(t, start_of(self), offset);
    v_drop(t, offset);
    return result;
}

static ptrdiff_t range_len(Thread *t, V self) {
    ptrdiff_t n;
    if (num_as_ssize(t, length_of(self), &exc_OverflowError, &n) < 0) return -1;
    return n;
}

static V range_item(Thread *t, V self, ptrdiff_t i) {
    V index = int_from_i64(t, i), result;
    if (v_is_error(index)) return V_ERROR;
    if (i < 0 || int_compare(index, length_of(self)) >= 0) result = err_set(t, &exc_IndexError, "range object index out of range");
    else result = item_at(t, self, index);
    v_drop(t, index);
    return result;
}

static V subscript_int(Thread *t, V self, V key) {
    V i = num_index(t, key), result;
    if (v_is_error(i)) return V_ERROR;
    if (int_sign(i) < 0) {
        V from_end = int_add(t, i, length_of(self));
        v_drop(t, i);
        if (v_is_error(from_end)) return V_ERROR;
        i = from_end;
    }
    if (int_sign(i) < 0 || int_compare(i, length_of(self)) >= 0)
        result = err_set(t, &exc_IndexError, "range object index out of range");
    else result = item_at(t, self, i);
    v_drop(t, i);
    return result;
}

static V subscript_slice(Thread *t, V self, V slice) {
    V start, stop, step;
    if (slice_indices_big(t, slice, length_of(self), &start, &stop, &step) < 0) return V_ERROR;
    V first = item_at(t, self, start), last = item_at(t, self, stop), by = int_multiply(t, step, step_of(self));
    v_drop(t, start);
    v_drop(t, stop);
    v_drop(t, step);
    return make_steal(t, first, last, by);
}

static V range_subscript(Thread *t, V self, V key) {
    if (v_is_exact(key, &slice_type)) return subscript_slice(t, self, key);
    if (v_is_any_int(key) || v_type(key)->index) return subscript_int(t, self, key);
    return err_set(t, &exc_TypeError, "range indices must be integers or slices, not %T", key);
}

// Position of an exact int (or bool), V_NULL when it is no item.
static V position(Thread *t, V self, V v) {
    V start = start_of(self), step = step_of(self), length = length_of(self);
    if (int_sign(length) == 0) return V_NULL;
    V offset = int_subtract(t, v, start), index = V_NULL, rest = V_NULL;
    if (v_is_error(offset) || int_divmod(t, offset, step, &index, &rest) < 0) {
        v_drop(t, offset);
        return V_ERROR;
    }
    bool there = int_sign(rest) == 0 && int_sign(index) >= 0 && int_compare(index, length) < 0;
    v_drop(t, offset);
    v_drop(t, rest);
    if (there) return index;
    v_drop(t, index);
    return V_NULL;
}

static bool is_plain_int(V v) { return v_is_int(v) || v_is_exact(v, &int_type) || v_is_exact(v, &bool_type); }

static int range_contains(Thread *t, V self, V v) {
    if (!is_plain_int(v)) return obj_iter_contains(t, self, v);
    V index = position(t, self, v);
    if (v_is_error(index)) return -1;
    v_drop(t, index);
    return index != V_NULL;
}

static NATIVE(range_index) {
    UNUSED_NATIVE();
    V index = V_NULL;
    if (is_plain_int(args[0])) {
        index = position(t, self, args[0]);
    } else {
        V iter = obj_iter(t, self);
        if (v_is_error(iter)) return V_ERROR;
        for (int64_t i = 0; index == V_NULL; i++) {
            V item = obj_next(t, iter);
            if (item == V_END) break;
            int equal = v_is_error(item) ? -1 : obj_compare_bool(t, item, args[0], CMP_EQ);
            v_drop(t, item);
            if (equal) index = equal < 0 ? V_ERROR : v_from_int(i);
        }
        v_drop(t, iter);
    }
    if (index != V_NULL) return index;
    if (is_plain_int(args[0])) return err_set(t, &exc_ValueError, "%R is not in range", args[0]);
    return err_set(t, &exc_ValueError, "sequence.index(x): x not in sequence");
}

static NATIVE(range_count) {
    UNUSED_NATIVE();
    if (is_plain_int(args[0])) {
        int r = range_contains(t, self, args[0]);
        return r < 0 ? V_ERROR : v_from_int(r);
    }
    V iter = obj_iter(t, self);
    if (v_is_error(iter)) return V_ERROR;
    int64_t count = 0;
    int equal = 0;
    while (equal >= 0) {
        V item = obj_next(t, iter);
        if (item == V_END) break;
        equal = v_is_error(item) ? -1 : obj_compare_bool(t, item, args[0], CMP_EQ);
        v_drop(t, item);
        count += equal > 0;
    }
    v_drop(t, iter);
    return equal < 0 ? V_ERROR : v_from_int(count);
}

// ---- comparing, hashing, showing -----------------------------------------------------------------------------------
// As sequences: length, then start, then step as far as they show.
static bool equal(V a, V b) {
    if (int_compare(length_of(a), length_of(b))) return false;
    if (int_sign(length_of(a)) == 0) return true;
    if (int_compare(start_of(a), start_of(b))) return false;
    return length_of(a) == v_from_int(1) || int_compare(step_of(a), step_of(b)) == 0;
}

static V range_compare(Thread *t, V a, V b, int op) {
    (void)t;
    if (!v_is_exact(a, &range_type) || !v_is_exact(b, &range_type) || (op != CMP_EQ && op != CMP_NE)) return V_NOT_IMPLEMENTED;
    return v_from_bool(equal(a, b) == (op == CMP_EQ));
}

static int range_hash(Thread *t, V self, int64_t *out) {
    V length = length_of(self);
    bool none = int_sign(length) == 0, one = length == v_from_int(1);
    V tuple = tuple_pack(t, 3, length, none ? V_NONE : start_of(self), none || one ? V_NONE : step_of(self));
    if (v_is_error(tuple)) return -1;
    int r = obj_hash(t, tuple, out);
    v_drop(t, tuple);
    return r;
}

static V range_repr(Thread *t, V self) {
    if (step_of(self) == v_from_int(1)) return str_from_format(t, "range(%R, %R)", start_of(self), stop_of(self));
    return str_from_format(t, "range(%R, %R, %R)", start_of(self), stop_of(self), step_of(self));
}

static int range_bool(Thread *t, V self) {
    (void)t;
    return int_sign(length_of(self)) != 0;
}

static NATIVE(range_reduce) {
    UNUSED_NATIVE();
    return tuple_pack_steal(t, 2, v_from_type(&range_type), tuple_pack(t, 3, start_of(self), stop_of(self), step_of(self)));
}

// ---- iterators ---------------------------------------------------------------------------------------------------------
typedef struct LongRangeIter { // value = start + index * step
    Obj head;
    Slot start, step, length, index;
} LongRangeIter;

static V small_iter(Thread *t, int64_t start, int64_t step, uint64_t left) {
    RangeIter *it = (RangeIter *)obj_alloc(t, &range_iter_type, sizeof *it, 0);
    if (!it) return err_no_memory(t);
    it->next = it->start = start;
    it->step = step;
    it->left = left;
    return v_from(it);
}

static V long_iter_steal(Thread *t, V start, V step, V length) {
    LongRangeIter *it = NULL;
    if (!v_is_error(start) && !v_is_error(step) && !v_is_error(length)) {
        it = (LongRangeIter *)obj_alloc(t, &long_range_iter_type, sizeof *it, 0);
        if (!it) err_no_memory(t);
    }
    if (!it) {
        v_drop(t, start);
        v_drop(t, step);
        v_drop(t, length);
        return V_ERROR;
    }
    slot_init_steal(t, &it->head, &it->start, start);
    slot_init_steal(t, &it->head, &it->step, step);
    slot_init_steal(t, &it->head, &it->length, length);
    slot_init(t, &it->head, &it->index, v_from_int(0));
    return v_from(it);
}

static V range_iter_new(Thread *t, V self) {
    if (is_small(self)) return small_iter(t, v_int(start_of(self)), v_int(step_of(self)), (uint64_t)v_int(length_of(self)));
    return long_iter_steal(t, v_dup(start_of(self)), v_dup(step_of(self)), v_dup(length_of(self)));
}

static NATIVE(range_reversed) {
    UNUSED_NATIVE();
    if (is_small(self)) {
        int64_t start = v_int(start_of(self)), step = v_int(step_of(self)), n = v_int(length_of(self));
        return small_iter(t, start + (n - 1) * step, -step, (uint64_t)n);
    }
    V last = int_subtract(t, length_of(self), v_from_int(1));
    if (v_is_error(last)) return V_ERROR;
    V start = item_at(t, self, last);
    v_drop(t, last);
    return long_iter_steal(t, start, int_negate(t, step_of(self)), v_dup(length_of(self)));
}

static const Method range_methods[] = {
    {"__reversed__", range_reversed, "", LOCK_NONE, 0, "The same from the last to the first."},
    {"__reduce__", range_reduce, NULL, LOCK_NONE, M_RAW | M_TUPLE, NULL},
    {"count", range_count, "object, /", LOCK_NONE, 0, "rangeobject.count(value) -> integer -- how often value occurs"},
    {"index", range_index, "object, /", LOCK_NONE, 0,
     "rangeobject.index(value) -> integer -- the position of value.\nValueError when it is not there."},
    METHOD_END,
};
static const Member range_members[] = {
    {"start", MEMBER_SLOT, offsetof(Range, start), true, NULL},
    {"stop", MEMBER_SLOT, offsetof(Range, stop), true, NULL},
    {"step", MEMBER_SLOT, offsetof(Range, step), true, NULL},
    {0},
};
Type range_type = {
    TYPE_HEAD("range"), .getattr = obj_generic_getattr,
    .doc = "range(stop) -> 0, 1, ... up to, but without, stop\n"
           "range(start, stop[, step]) -> start, start + step, ... up to, but without, stop\n\n"
           "A sequence of ints that are computed when they are asked for.  A negative step counts down;\n"
           "range(len(s)) are the indices of s.",
    .flags = TYPE_SEQUENCE | TYPE_WEAKREFS, .size = sizeof(Range), .traverse = traverse,
    .new_ = type_new, .repr = range_repr, .hash = range_hash, .compare = range_compare, .iter = range_iter_new,
    .bool_ = range_bool, .len = range_len, .subscript = range_subscript, .item = range_item, .contains = range_contains,
    .methods = range_methods, .members = range_members,
};

static RangeIter *iter_of(V v) { return (RangeIter *)v_obj(v); }

static V iter_next(Thread *t, V self) {
    RangeIter *it = iter_of(self);
    if (unlikely(obj_is_shared(&it->head))) { // threads that share one get every item once
        CRITICAL(t, &it->head);
        uint64_t left = at_load_relaxed(&it->left);
        if (left == 0) return V_END;
        int64_t i = at_load_relaxed(&it->next);
        at_store_relaxed(&it->next, i + it->step);
        at_store_relaxed(&it->left, left - 1);
        return v_from_int(i);
    }
    if (it->left == 0) return V_END;
    int64_t i = it->next;
    it->next = i + it->step;
    it->left--;
    return v_from_int(i);
}

static NATIVE(iter_hint) {
    UNUSED_NATIVE();
    return int_from_u64(t, at_load_relaxed(&iter_of(self)->left));
}

// The whole range it was made from, and how far it is.
static NATIVE(iter_reduce) {
    UNUSED_NATIVE();
    RangeIter *it = iter_of(self);
    int64_t left = (int64_t)at_load_relaxed(&it->left), next = at_load_relaxed(&it->next);
    V range = make_steal(t, v_from_int(it->start), int_from_i64(t, next + left * it->step), v_from_int(it->step));
    return tuple_pack_steal(t, 3, iter_builtin(t, "iter"), tuple_pack_steal(t, 1, range), v_from_int((next - it->start) / it->step));
}

static NATIVE(iter_setstate) {
    UNUSED_NATIVE();
    RangeIter *it = iter_of(self);
    int64_t i;
    if (num_as_long(t, args[0], &i) < 0) return V_ERROR;
    int64_t length = (int64_t)it->left + (it->next - it->start) / it->step, index = i < 0 ? 0 : i > length ? length : i;
    at_store_relaxed(&it->next, it->start + index * it->step);
    at_store_relaxed(&it->left, (uint64_t)(length - index));
    return V_NONE;
}

static const Method iter_methods[] = {ITER_HINT(iter_hint), ITER_REDUCE(iter_reduce), ITER_SETSTATE(iter_setstate), METHOD_END};
Type range_iter_type = {
    TYPE_HEAD("range_iterator"), .size = sizeof(RangeIter), .iter = iter_self, .next = iter_next, .methods = iter_methods,
};

static LongRangeIter *long_of(V v) { return (LongRangeIter *)v_obj(v); }

static void long_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    LongRangeIter *it = (LongRangeIter *)o;
    VISIT(it->start);
    VISIT(it->step);
    VISIT(it->length);
    VISIT(it->index);
}

static V long_value(Thread *t, LongRangeIter *it, V index) {
    V offset = int_multiply(t, index, slot_peek(&it->step));
    if (v_is_error(offset)) return V_ERROR;
    V value = int_add(t, slot_peek(&it->start), offset);
    v_drop(t, offset);
    return value;
}

static V long_next(Thread *t, V self) {
    LongRangeIter *it = long_of(self);
    CRITICAL(t, &it->head);
    V index = slot_get(&it->head, &it->index);
    if (int_compare(index, slot_peek(&it->length)) >= 0) {
        v_drop(t, index);
        return V_END;
    }
    V value = long_value(t, it, index), next = int_add(t, index, v_from_int(1));
    v_drop(t, index);
    if (v_is_error(value) || v_is_error(next)) {
        v_drop(t, value);
        v_drop(t, next);
        return V_ERROR;
    }
    slot_set_steal(t, &it->head, &it->index, next);
    return value;
}

static NATIVE(long_hint) {
    UNUSED_NATIVE();
    LongRangeIter *it = long_of(self);
    return int_subtract(t, slot_peek(&it->length), slot_peek(&it->index));
}

static NATIVE(long_reduce) {
    UNUSED_NATIVE();
    LongRangeIter *it = long_of(self);
    V stop = long_value(t, it, slot_peek(&it->length));
    V range = make_steal(t, v_dup(slot_peek(&it->start)), stop, v_dup(slot_peek(&it->step)));
    return tuple_pack_steal(t, 3, iter_builtin(t, "iter"), tuple_pack_steal(t, 1, range), v_dup(slot_peek(&it->index)));
}

static NATIVE(long_setstate) {
    UNUSED_NATIVE();
    LongRangeIter *it = long_of(self);
    if (v_is_any_float(args[0])) return err_set(t, &exc_TypeError, "state must be an int"); // CPython takes it, and fails later
    if (!v_is_any_int(args[0])) return err_set(t, &exc_TypeError, "'<' not supported between instances of '%T' and 'int'", args[0]);
    V index = int_sign(args[0]) < 0 ? v_from_int(0) : args[0], length = slot_peek(&it->length);
    slot_set(t, &it->head, &it->index, int_compare(index, length) > 0 ? length : index);
    return V_NONE;
}

static const Method long_methods[] = {ITER_HINT(long_hint), ITER_REDUCE(long_reduce), ITER_SETSTATE(long_setstate), METHOD_END};
Type long_range_iter_type = {
    TYPE_HEAD("longrange_iterator"), .size = sizeof(LongRangeIter), .traverse = long_traverse, .iter = iter_self,
    .next = long_next, .methods = long_methods,
};
