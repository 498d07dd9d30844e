// SPDX-License-Identifier: MIT
// tuple: an object of fixed length whose items stand behind its header.
//
// A tuple is filled before anybody else sees it and never changes afterwards, so nothing here takes a lock.  One that is
// made of values that cannot be part of a cycle is born without the collector's prefix (gc_flag).
#include "runtime/runtime.h"
#include "object/misc.h"
#include "object/quick.h"
#include "base/bits.h"
#include "threading/poll.h"
#include <stdarg.h>

static _Alignas(16) Tuple empty = {{1, 0, OBJ_IMMORTAL, 0, &tuple_type}, 0, {}};
V tuple_empty(void) { return v_from_immortal(&empty); }

// ---- making -----------------------------------------------------------------------------------------------------------
static V alloc(Thread *t, size_t n, unsigned flags) {
    size_t size;
    if (unlikely(n > PTRDIFF_MAX / sizeof(Slot) - sizeof(Tuple))) return err_no_memory(t);
    size = sizeof(Tuple) + n * sizeof(Slot);
    Tuple *tuple = (Tuple *)obj_alloc(t, &tuple_type, size, flags);
    if (unlikely(!tuple)) return err_no_memory(t);
    tuple->len = n;
    return v_from(tuple);
}

V tuple_new(Thread *t, size_t n) { return n == 0 ? tuple_empty() : alloc(t, n, OBJ_GC); }

// OBJ_GC if v may be part of a cycle, else 0.
static inline unsigned gc_flag(V v) { return v_is_object(v) ? at_load_relaxed(&v_obj(v)->flags) & OBJ_GC : 0; }

V tuple_from(Thread *t, const V *items, size_t n) {
    if (n == 0) return tuple_empty();
    unsigned flags = 0;
    for (size_t i = 0; i < n; i++) flags |= gc_flag(items[i]);
    V tuple = alloc(t, n, flags);
    if (v_is_error(tuple)) return V_ERROR;
    for (size_t i = 0; i < n; i++) tuple_init(t, tuple, i, items[i]);
    return tuple;
}

V tuple_from_steal(Thread *t, V *items, size_t n) {
    if (n == 0) return tuple_empty();
    unsigned flags = 0;
    bool failed = false; // an item could not be made: its error is pending
    for (size_t i = 0; i < n; i++) {
        failed |= v_is_error(items[i]);
        flags |= gc_flag(items[i]);
    }
    V tuple = likely(!failed) ? alloc(t, n, flags) : V_ERROR;
    if (unlikely(v_is_error(tuple))) {
        for (size_t i = 0; i < n; i++) v_drop(t, items[i]);
    } else {
        slots_init_steal(t, v_obj(tuple), tuple_of(tuple)->items, items, n);
    }
    return tuple;
}

enum { PACK_MAX = 64 };

V tuple_pack(Thread *t, size_t n, ...) {
    V items[PACK_MAX];
    HD_ASSERT(n <= PACK_MAX);
    va_list ap;
    va_start(ap, n);
    for (size_t i = 0; i < n; i++) items[i] = va_arg(ap, V);
    va_end(ap);
    return tuple_from(t, items, n);
}

V tuple_pack_steal(Thread *t, size_t n, ...) {
    V items[PACK_MAX];
    bool failed = false;
    HD_ASSERT(n <= PACK_MAX);
    va_list ap;
    va_start(ap, n);
    for (size_t i = 0; i < n; i++) {
        items[i] = va_arg(ap, V);
        failed |= v_is_error(items[i]);
    }
    va_end(ap);
    if (!failed) return tuple_from_steal(t, items, n);
    for (size_t i = 0; i < n; i++) v_drop(t, items[i]);
    return V_ERROR;
}

V tuple_slice(Thread *t, V tuple, size_t start, size_t end) {
    size_t len = tuple_len(tuple);
    if (end > len) end = len;
    if (start >= end) return tuple_empty();
    if (start == 0 && end == len && v_is_exact(tuple, &tuple_type)) return v_dup(tuple);
    V part = tuple_new(t, end - start);
    if (v_is_error(part)) return V_ERROR;
    for (size_t i = start; i < end; i++) tuple_init_steal(t, part, i - start, tuple_get(tuple, i));
    return part;
}

V tuple_concat(Thread *t, V a, V b) {
    if (!v_is_tuple(b))
        return err_set(t, &exc_TypeError, "can only concatenate tuple (not \"%T\") to tuple", b);
    size_t n = tuple_len(a), m = tuple_len(b);
    if (n == 0 && v_is_exact(b, &tuple_type)) return v_dup(b);
    if (m == 0 && v_is_exact(a, &tuple_type)) return v_dup(a);
    V sum = tuple_new(t, n + m);
    if (v_is_error(sum)) return V_ERROR;
    for (size_t i = 0; i < n; i++) tuple_init_steal(t, sum, i, tuple_get(a, i));
    for (size_t i = 0; i < m; i++) tuple_init_steal(t, sum, n + i, tuple_get(b, i));
    return sum;
}

static V tuple_repeat(Thread *t, V self, V count) {
    ptrdiff_t times;
    if (num_as_ssize(t, count, &exc_OverflowError, &times) < 0) return V_ERROR;
    size_t n = tuple_len(self), total;
    if ((n == 0 || times == 1) && v_is_exact(self, &tuple_type)) return v_dup(self);
    if (n == 0 || times <= 0) return tuple_empty();
    if (size_mul_overflow(n, (size_t)times, &total)) return err_no_memory(t);
    V result = tuple_new(t, total);
    if (v_is_error(result)) return V_ERROR;
    for (size_t at = 0; at < total;) {
        for (size_t i = 0; i < n; i++, at++) tuple_init_steal(t, result, at, tuple_get(self, i));
    }
    return result;
}

static bool takes_keywords(const Type *type) { return type != &tuple_type && type->init != tuple_type.init; }

static V tuple_type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V iterable;
    if (takes_keywords(type)) kwnames = V_NULL;
    if (args_bind(t, "tuple", "iterable=(), /", args, nargs, kwnames, &iterable) < 0) return V_ERROR;
    V plain = iterable == V_NULL ? tuple_empty() : obj_to_tuple(t, iterable);
    if (v_is_error(plain) || type == &tuple_type) return plain;
    size_t n = tuple_len(plain);
    V made = type_alloc(t, type, n);
    if (!v_is_error(made)) {
        tuple_of(made)->len = n;
        for (size_t i = 0; i < n; i++) tuple_init_steal(t, made, i, tuple_get(plain, i));
    }
    v_drop(t, plain);
    return made;
}

static void tuple_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Tuple *tuple = (Tuple *)o;
    for (size_t i = 0; i < tuple->len; i++) VISIT(tuple->items[i]);
}

// Items go last to first, as CPython's do: finalizers show it.
static void tuple_destroy(Thread *t, Obj *o) {
    Tuple *tuple = (Tuple *)o;
    for (size_t i = tuple->len; i-- > 0;) v_drop(t, tuple->items[i].bits);
    obj_free_memory(t, o);
}

// ---- comparing, hashing, showing -----------------------------------------------------------------------------------
static V tuple_compare(Thread *t, V a, V b, int op) {
    if (!v_is_tuple(a) || !v_is_tuple(b)) return V_NOT_IMPLEMENTED;
    size_t n = tuple_len(a), m = tuple_len(b), i = 0;
    if (recursion_enter(t, " in comparison") < 0) return V_ERROR;
    V result = V_ERROR;
    for (; i < n && i < m; i++) {
        int equal = equal_quick(tuple_borrow(a, i), tuple_borrow(b, i));
        if (equal < 0) equal = obj_compare_bool(t, tuple_borrow(a, i), tuple_borrow(b, i), CMP_EQ);
        if (equal < 0) goto done;
        if (!equal) break;
    }
    if (i < n && i < m) {
        result = op == CMP_EQ   ? V_FALSE
                 : op == CMP_NE ? V_TRUE
                                : obj_compare(t, tuple_borrow(a, i), tuple_borrow(b, i), op);
    } else {
        result = v_from_bool(cmp_holds((int64_t)n, (int64_t)m, op));
    }
done:
    recursion_leave(t);
    return result;
}

// The multiply-and-rotate step of xxHash over the items' hashes, as CPython documents for 3.8 and later: set and dict
// orders that programs print depend on it.
static int tuple_hash(Thread *t, V self, int64_t *out) {
    const uint64_t prime1 = 11400714785074694791u, prime2 = 14029467366897019727u, prime5 = 2870177450012600261u;
    size_t n = tuple_len(self);
    uint64_t acc = prime5;
    if (recursion_enter(t, " while hashing a tuple") < 0) return -1;
    for (size_t i = 0; i < n; i++) {
        int64_t lane;
        if (hash_quick(t, tuple_borrow(self, i), &lane) < 0) {
            recursion_leave(t);
            return -1;
        }
        acc = rotl64(acc + (uint64_t)lane * prime2, 31) * prime1;
    }
    recursion_leave(t);
    acc += n ^ (prime5 ^ 3527539u);
    *out = acc == UINT64_MAX ? 1546275796 : (int64_t)acc;
    return 0;
}

static V tuple_repr(Thread *t, V self) {
    size_t n = tuple_len(self);
    if (n == 0) return str_from_cstr(t, "()");
    int inside = obj_repr_enter(t, self);
    if (inside) return inside < 0 ? V_ERROR : str_from_cstr(t, "(...)");
    StrBuilder b;
    sb_init(&b, t);
    sb_char(&b, '(');
    V result = V_ERROR;
    for (size_t i = 0, steps = 0; i < n; i++) {
        if (i) sb_ascii(&b, ", ", 2);
        V item = poll_step(t, &steps) < 0 ? V_ERROR : obj_repr(t, tuple_borrow(self, i));
        if (v_is_error(item)) {
            sb_abandon(&b);
            goto done;
        }
        sb_str(&b, item);
        v_drop(t, item);
    }
    sb_ascii(&b, ",)", n == 1 ? 2 : 0);
    if (n > 1) sb_char(&b, ')');
    result = sb_finish(&b);
done:
    obj_repr_leave(t, self);
    return result;
}

// ---- as a sequence ---------------------------------------------------------------------------------------------------
static ptrdiff_t tuple_length(Thread *t, V self) {
    (void)t;
    return (ptrdiff_t)tuple_len(self);
}

static int tuple_contains(Thread *t, V self, V item) {
    for (size_t i = 0; i < tuple_len(self); i++) {
        int equal = obj_compare_bool(t, tuple_borrow(self, i), item, CMP_EQ);
        if (equal) return equal;
    }
    return 0;
}

static V tuple_item(Thread *t, V self, ptrdiff_t i) {
    if (unlikely((size_t)i >= tuple_len(self))) return err_set(t, &exc_IndexError, "tuple index out of range");
    return tuple_get(self, (size_t)i);
}

static V tuple_subscript_slice(Thread *t, V self, V slice) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return V_ERROR;
    ptrdiff_t n = slice_adjust((ptrdiff_t)tuple_len(self), &start, &stop, step);
    if (n <= 0) return tuple_empty();
    if (step == 1) return tuple_slice(t, self, (size_t)start, (size_t)(start + n));
    V part = tuple_new(t, (size_t)n);
    if (v_is_error(part)) return V_ERROR;
    for (ptrdiff_t i = 0; i < n; i++) tuple_init_steal(t, part, (size_t)i, tuple_get(self, (size_t)(start + i * step)));
    return part;
}

static V tuple_subscript(Thread *t, V self, V key) {
    if (v_is_exact(key, &slice_type)) return tuple_subscript_slice(t, self, key);
    ptrdiff_t i;
    if (likely(v_is_int(key))) {
        i = v_int(key);
    } else if (v_is_any_int(key) || v_type(key)->index) {
        if (num_as_ssize(t, key, &exc_IndexError, &i) < 0) return V_ERROR;
    } else {
        return err_set(t, &exc_TypeError, "tuple indices must be integers or slices, not %T", key);
    }
    if (i < 0) i += (ptrdiff_t)tuple_len(self);
    return tuple_item(t, self, i);
}

static NATIVE(tuple_index) {
    UNUSED_NATIVE();
    ptrdiff_t start = 0, stop = PTRDIFF_MAX, n = (ptrdiff_t)tuple_len(self);
    if (args[1] != V_NULL && slice_index_not_none(t, args[1], &start) < 0) return V_ERROR;
    if (args[2] != V_NULL && slice_index_not_none(t, args[2], &stop) < 0) return V_ERROR;
    if (start < 0 && (start += n) < 0) start = 0;
    if (stop < 0) stop += n;
    for (ptrdiff_t i = start; i < stop && i < n; i++) {
        int equal = obj_compare_bool(t, tuple_borrow(self, (size_t)i), args[0], CMP_EQ);
        if (equal) return equal < 0 ? V_ERROR : v_from_int(i);
    }
    return err_set(t, &exc_ValueError, "tuple.index(x): x not in tuple");
}

static NATIVE(tuple_count) {
    UNUSED_NATIVE();
    int64_t count = 0;
    for (size_t i = 0; i < tuple_len(self); i++) {
        int equal = obj_compare_bool(t, tuple_borrow(self, i), args[0], CMP_EQ);
        if (equal < 0) return V_ERROR;
        count += equal;
    }
    return v_from_int(count);
}

static NATIVE(tuple_getnewargs) {
    UNUSED_NATIVE();
    size_t n = tuple_len(self);
    V plain = tuple_new(t, n);
    if (v_is_error(plain)) return V_ERROR;
    for (size_t i = 0; i < n; i++) tuple_init_steal(t, plain, i, tuple_get(self, i));
    return tuple_pack_steal(t, 1, plain);
}

static const Method tuple_methods[] = {
    {"__getnewargs__", tuple_getnewargs, "", LOCK_NONE, 0, NULL},
    {"index", tuple_index, "value, start=0, stop=9223372036854775807, /", LOCK_NONE, 0,
     "The position of the first item that equals value.\n\nWhen there is none, ValueError."},
    {"count", tuple_count, "value, /", LOCK_NONE, 0, "How many items equal value."},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "See PEP 585"},
    METHOD_END,
};

Type tuple_type = {
    TYPE_HEAD("tuple"), .getattr = obj_generic_getattr,
    .doc = "A sequence that cannot be changed, empty or with the items of an iterable; a tuple stands for itself.",
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_TUPLE | TYPE_SEQUENCE | TYPE_ITEM_SELF,
    .size = sizeof(Tuple), .item_size = sizeof(Slot), .traverse = tuple_traverse, .destroy = tuple_destroy,
    .new_ = tuple_type_new, .repr = tuple_repr, .hash = tuple_hash, .compare = tuple_compare, .iter = tuple_iter_new,
    .len = tuple_length, .subscript = tuple_subscript, .item = tuple_item, .contains = tuple_contains,
    .concat = tuple_concat, .repeat = tuple_repeat, .methods = tuple_methods,
    .text_signature = "(iterable=(), /)",
};
