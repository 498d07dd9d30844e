// SPDX-License-Identifier: MIT
// Module _bisect: searching and inserting in sorted sequences.
#include "object/object.h"
#include "object/misc.h"

#define SIGNATURE "a, x, lo=0, hi=None, *, key=None"
enum { A, X, LO, HI, KEY, NARGS };

static V item_at(Thread *t, V seq, ptrdiff_t i) {
    IndexFn item = v_type(seq)->item;
    if (item) return item(t, seq, i);
    V index = int_from_i64(t, i), result = obj_getitem(t, seq, index);
    v_drop(t, index);
    return result;
}

// Where x belongs in seq[lo:hi]: behind (right) or before equal items.  -1: error.
static ptrdiff_t search(Thread *t, V seq, V x, ptrdiff_t lo, ptrdiff_t hi, V key, bool right) {
    while (lo < hi) {
        ptrdiff_t middle = lo + (hi - lo) / 2;
        V item = item_at(t, seq, middle);
        if (!v_is_error(item) && key != V_NULL) {
            V k = obj_call1(t, key, item);
            v_drop(t, item);
            item = k;
        }
        if (v_is_error(item)) return -1;
        int less = right ? obj_compare_bool(t, x, item, CMP_LT) : obj_compare_bool(t, item, x, CMP_LT);
        v_drop(t, item);
        if (less < 0) return -1;
        if (less == right) hi = middle;
        else lo = middle + 1;
    }
    return lo;
}

static ptrdiff_t find(Thread *t, const V *args, V x, bool right) {
    ptrdiff_t lo = 0, hi = -1;
    if (args[LO] != V_NULL && num_as_ssize(t, args[LO], &exc_OverflowError, &lo) < 0) return -1;
    if (args[HI] != V_NULL && args[HI] != V_NONE && num_as_ssize(t, args[HI], &exc_OverflowError, &hi) < 0) return -1;
    if (lo < 0) {
        err_set(t, &exc_ValueError, "lo must be non-negative");
        return -1;
    }
    if (hi == -1 && (hi = obj_len(t, args[A])) < 0) return -1;
    V key = args[KEY] == V_NULL || args[KEY] == V_NONE ? V_NULL : args[KEY];
    return search(t, args[A], x, lo, hi, key, right);
}

static V bisect(Thread *t, const V *args, bool right) {
    ptrdiff_t i = find(t, args, args[X], right);
    return i < 0 ? V_ERROR : int_from_i64(t, i);
}

static V insort(Thread *t, const V *args, bool right) {
    V key = args[KEY], x = key == V_NULL || key == V_NONE ? v_dup(args[X]) : obj_call1(t, key, args[X]);
    if (v_is_error(x)) return V_ERROR;
    ptrdiff_t i = find(t, args, x, right);
    v_drop(t, x);
    if (i < 0) return V_ERROR;
    if (v_is_exact(args[A], &list_type)) return list_insert(t, args[A], i, args[X]) < 0 ? V_ERROR : V_NONE;
    V index = int_from_i64(t, i), r = obj_call_method2(t, args[A], NAME(insert), index, args[X]);
    v_drop(t, index);
    if (v_is_error(r)) return V_ERROR;
    v_drop(t, r);
    return V_NONE;
}

static NATIVE(bisect_left) {
    UNUSED_NATIVE();
    return bisect(t, args, false);
}
static NATIVE(bisect_right) {
    UNUSED_NATIVE();
    return bisect(t, args, true);
}
static NATIVE(insort_left) {
    UNUSED_NATIVE();
    return insort(t, args, false);
}
static NATIVE(insort_right) {
    UNUSED_NATIVE();
    return insort(t, args, true);
}

static const Method methods[] = {
    {"bisect_right", bisect_right, SIGNATURE, LOCK_NONE, 0, "Where x goes in a sorted sequence, behind items that are equal."},
    {"bisect_left", bisect_left, SIGNATURE, LOCK_NONE, 0, "Where x goes in a sorted sequence, before items that are equal."},
    {"insort_right", insort_right, SIGNATURE, LOCK_NONE, 0, "Inserts x into a sorted list, behind items that are equal."},
    {"insort_left", insort_left, SIGNATURE, LOCK_NONE, 0, "Inserts x into a sorted list, before items that are equal."},
    METHOD_END,
};

const ModuleDef mod__bisect = {.name = "_bisect", .doc = "Searching in sorted sequences.", .methods = methods};
