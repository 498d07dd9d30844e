// SPDX-License-Identifier: MIT
// slice, and the arithmetic of slice indices that every sequence uses.
#include "runtime/runtime.h"
#include "object/misc.h"

static Slice *slice_of(V v) { return (Slice *)v_obj(v); }

V slice_new(Thread *t, V start, V stop, V step) {
    Slice *s = (Slice *)obj_alloc(t, &slice_type, sizeof *s, OBJ_GC);
    if (!s) return err_no_memory(t);
    slot_init(t, &s->head, &s->start, start == V_NULL ? V_NONE : start);
    slot_init(t, &s->head, &s->stop, stop == V_NULL ? V_NONE : stop);
    slot_init(t, &s->head, &s->step, step == V_NULL ? V_NONE : step);
    return v_from(s);
}

// ---- indices ----------------------------------------------------------------------------------------------------------
int slice_index_not_none(Thread *t, V v, ptrdiff_t *out) {
    if (likely(v_is_int(v))) {
        *out = v_int(v);
        return 0;
    }
    if (v_is_any_int(v) || v_type(v)->index) return num_as_ssize(t, v, NULL, out);
    err_set(t, &exc_TypeError, "slice indices must be integers or have an __index__ method");
    return -1;
}

int slice_index(Thread *t, V v, ptrdiff_t *out) {
    if (v == V_NULL || v == V_NONE) return 0;
    if (likely(v_is_int(v))) {
        *out = v_int(v);
        return 0;
    }
    if (v_is_any_int(v) || v_type(v)->index) return num_as_ssize(t, v, NULL, out);
    err_set(t, &exc_TypeError, "slice indices must be integers or None or have an __index__ method");
    return -1;
}

int slice_unpack(Thread *t, V slice, ptrdiff_t *start, ptrdiff_t *stop, ptrdiff_t *step) {
    Slice *s = slice_of(slice);
    *step = 1;
    if (slice_index(t, slot_peek(&s->step), step) < 0) return -1;
    if (*step == 0) {
        err_set(t, &exc_ValueError, "slice step cannot be zero");
        return -1;
    }
    if (*step < -PTRDIFF_MAX) *step = -PTRDIFF_MAX; // so that -step exists
    *start = *step < 0 ? PTRDIFF_MAX : 0;
    *stop = *step < 0 ? PTRDIFF_MIN : PTRDIFF_MAX;
    if (slice_index(t, slot_peek(&s->start), start) < 0) return -1;
    return slice_index(t, slot_peek(&s->stop), stop);
}

static ptrdiff_t clip(ptrdiff_t i, ptrdiff_t len, ptrdiff_t step) {
    if (i < 0) {
        i += len;
        return i >= 0 ? i : step < 0 ? -1 : 0;
    }
    return i < len ? i : step < 0 ? len - 1 : len;
}

ptrdiff_t slice_adjust(ptrdiff_t len, ptrdiff_t *start, ptrdiff_t *stop, ptrdiff_t step) {
    *start = clip(*start, len, step);
    *stop = clip(*stop, len, step);
    if (step < 0) return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

// ---- slice.indices: the same with ints of any size -----------------------------------------------------------------
static V none_or_index(Thread *t, V v, V fallback) {
    if (v == V_NONE) return v_dup(fallback);
    if (v_is_any_int(v) || v_type(v)->index) return num_index(t, v);
    return err_set(t, &exc_TypeError, "slice indices must be integers or None or have an __index__ method");
}

// One bound, clipped into [lower, upper].
static V clip_big(Thread *t, V bound, V fallback, V length, V lower, V upper) {
    if (bound == V_NONE) return v_dup(fallback);
    V i = none_or_index(t, bound, fallback);
    if (v_is_error(i)) return V_ERROR;
    if (int_sign(i) < 0) {
        V shifted = int_add(t, i, length);
        v_drop(t, i);
        if (v_is_error(shifted)) return V_ERROR;
        i = shifted;
        if (int_compare(i, lower) >= 0) return i;
        v_drop(t, i);
        return v_dup(lower);
    }
    if (int_compare(i, upper) <= 0) return i;
    v_drop(t, i);
    return v_dup(upper);
}

int slice_indices_big(Thread *t, V slice, V length, V *start, V *stop, V *step) {
    Slice *s = slice_of(slice);
    V raw_step = slot_get(&s->head, &s->step), lower = V_NULL, upper = V_NULL;
    *start = *stop = V_NULL;
    *step = none_or_index(t, raw_step, v_from_int(1));
    v_drop(t, raw_step);
    if (v_is_error(*step)) return -1;
    int sign = int_sign(*step);
    if (sign == 0) {
        err_set(t, &exc_ValueError, "slice step cannot be zero");
        goto fail;
    }
    lower = sign < 0 ? v_from_int(-1) : v_from_int(0);
    upper = sign < 0 ? int_subtract(t, length, v_from_int(1)) : v_dup(length);
    if (v_is_error(upper)) goto fail;
    *start = clip_big(t, slot_peek(&s->start), sign < 0 ? upper : lower, length, lower, upper);
    if (v_is_error(*start)) goto fail;
    *stop = clip_big(t, slot_peek(&s->stop), sign < 0 ? lower : upper, length, lower, upper);
    if (v_is_error(*stop)) goto fail;
    v_drop(t, upper);
    return 0;
fail:
    v_drop(t, upper);
    v_drop(t, *step);
    v_drop(t, *start);
    return -1;
}

static NATIVE(slice_indices) {
    UNUSED_NATIVE();
    V length = num_index(t, args[0]), start, stop, step;
    if (v_is_error(length)) return V_ERROR;
    if (int_sign(length) < 0) {
        v_drop(t, length);
        return err_set(t, &exc_ValueError, "length should not be negative");
    }
    int r = slice_indices_big(t, self, length, &start, &stop, &step);
    v_drop(t, length);
    return r < 0 ? V_ERROR : tuple_pack_steal(t, 3, start, stop, step);
}

// ---- the type ----------------------------------------------------------------------------------------------------------
static V slice_type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    if (args_no_keywords(t, "slice", kwnames) < 0 || args_check_count(t, "slice", nargs, 1, 3) < 0) return V_ERROR;
    if (nargs == 1) return slice_new(t, V_NULL, args[0], V_NULL);
    return slice_new(t, args[0], args[1], nargs == 3 ? args[2] : V_NULL);
}

static void slice_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Slice *s = (Slice *)o;
    VISIT(s->start);
    VISIT(s->stop);
    VISIT(s->step);
}

static V slice_repr(Thread *t, V self) {
    Slice *s = slice_of(self);
    return str_from_format(t, "slice(%R, %R, %R)", slot_peek(&s->start), slot_peek(&s->stop), slot_peek(&s->step));
}

static V as_tuple(Thread *t, V self) {
    Slice *s = slice_of(self);
    return tuple_pack(t, 3, slot_peek(&s->start), slot_peek(&s->stop), slot_peek(&s->step));
}

static V slice_compare(Thread *t, V a, V b, int op) {
    if (!v_is_exact(a, &slice_type) || !v_is_exact(b, &slice_type)) return V_NOT_IMPLEMENTED;
    if (v_is(a, b)) return v_from_bool(op == CMP_EQ || op == CMP_LE || op == CMP_GE);
    V x = as_tuple(t, a);
    if (v_is_error(x)) return V_ERROR;
    V y = as_tuple(t, b);
    V result = v_is_error(y) ? V_ERROR : obj_compare(t, x, y, op);
    v_drop(t, x);
    v_drop(t, y);
    return result;
}

static NATIVE(slice_reduce) {
    UNUSED_NATIVE();
    return tuple_pack_steal(t, 2, v_from_type(&slice_type), as_tuple(t, self));
}

static const Method slice_methods[] = {
    {"indices", slice_indices, "object, /", LOCK_NONE, M_OLD_ARITY,
     "S.indices(len) -> (start, stop, step)\n\n"
     "The slice as range() understands it, for a sequence of that length: negative and missing\n"
     "parts filled in, those beyond the ends cut off."},
    {"__reduce__", slice_reduce, "", LOCK_NONE, 0, "What a pickle has to keep."},
    METHOD_END,
};
static const Member slice_members[] = {
    {"start", MEMBER_SLOT, offsetof(Slice, start), true, NULL},
    {"stop", MEMBER_SLOT, offsetof(Slice, stop), true, NULL},
    {"step", MEMBER_SLOT, offsetof(Slice, step), true, NULL},
    {0},
};

Type slice_type = {
    TYPE_HEAD("slice"), .getattr = obj_generic_getattr,
    .doc = "slice(stop)\nslice(start, stop[, step])\n\nWhat stands between the brackets of s[start:stop:step].",
    .flags = TYPE_GC, .size = sizeof(Slice), .traverse = slice_traverse,
    .new_ = slice_type_new, .repr = slice_repr, .compare = slice_compare, .hash = obj_hash_unhashable,
    .methods = slice_methods, .members = slice_members,
};
