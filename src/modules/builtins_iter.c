// SPDX-License-Identifier: MIT
// Builtin functions over iterables: all, any, iter, next, aiter, anext, min, max, sorted, sum.
//
// Loops take items with obj_next, which polls nothing itself: Python iterators reach safepoints on their own, and a
// native iterator over a long container is polled for here (poll.h).
#include "builtins_parts.h"
#include "object/bytes.h"
#include "threading/poll.h"
#include "vm/gen.h"

// ---- all, any --------------------------------------------------------------------------------------------------------
// Looks for an item whose truth is `wanted`.
static V find_truth(Thread *t, V iterable, bool wanted) {
    V it = obj_iter_whole(t, iterable);
    if (v_is_error(it)) return V_ERROR;
    V result = v_from_bool(!wanted);
    for (size_t n = 0;;) {
        V item = obj_next(t, it);
        if (item == V_END) break;
        int truth = v_is_error(item) ? -1 : obj_is_true(t, item);
        v_drop(t, item);
        if (truth >= 0 && (truth != 0) != wanted && poll_step(t, &n) == 0) continue;
        result = truth < 0 || err_pending(t) ? V_ERROR : v_from_bool(wanted);
        break;
    }
    v_drop(t, it);
    return result;
}

NATIVE(builtins_all) {
    UNUSED_NATIVE();
    return find_truth(t, args[0], false);
}

NATIVE(builtins_any) {
    UNUSED_NATIVE();
    return find_truth(t, args[0], true);
}

// ---- iter, next --------------------------------------------------------------------------------------------------------
NATIVE(builtins_iter) {
    UNUSED_NATIVE();
    if (args_no_keywords(t, "iter", kwnames) < 0 || args_check_count(t, "iter", nargs, 1, 2) < 0) return V_ERROR;
    if (nargs == 1) return obj_iter(t, args[0]);
    if (!obj_is_callable(args[0])) return err_set(t, &exc_TypeError, "iter(v, w): v must be callable");
    return callable_iter_new(t, args[0], args[1]);
}

// The end of an iteration as next() tells it: the default, or StopIteration.  Consumes value.
static V next_ended(Thread *t, V value, V fallback) {
    if (fallback == V_NULL) err_stop_iteration(t, value);
    v_drop(t, value);
    return fallback == V_NULL ? V_ERROR : v_dup(fallback);
}

NATIVE(builtins_next) {
    UNUSED_NATIVE();
    if (args_no_keywords(t, "next", kwnames) < 0 || args_check_count(t, "next", nargs, 1, 2) < 0) return V_ERROR;
    V it = args[0], fallback = nargs == 2 ? args[1] : V_NULL;
    Type *type = v_type(it);
    if (!type->next) return err_set(t, &exc_TypeError, "'%T' object is not an iterator", it);
    V item;
    if (type->send) { // a generator's return value travels in the StopIteration
        int how = type->send(t, it, V_NONE, &item);
        if (how == SEND_NEXT) return item;
        if (how == SEND_RETURN) return next_ended(t, item, fallback);
        item = V_ERROR;
    } else {
        item = type->next(t, it);
    }
    if (item == V_END) return next_ended(t, V_NONE, fallback);
    if (v_is_error(item) && fallback != V_NULL && err_matches(t, &exc_StopIteration)) {
        err_clear(t);
        return v_dup(fallback);
    }
    return item;
}

NATIVE(builtins_aiter) {
    UNUSED_NATIVE();
    Type *type = v_type(args[0]);
    if (!type->aiter) return err_set(t, &exc_TypeError, "'%T' object is not an async iterable", args[0]);
    V it = type->aiter(t, args[0]);
    if (v_is_error(it) || v_type(it)->anext) return it;
    err_set(t, &exc_TypeError, "aiter() returned not an async iterator of type '%T'", it);
    v_drop(t, it);
    return V_ERROR;
}

NATIVE(builtins_anext) {
    UNUSED_NATIVE();
    Type *type = v_type(args[0]);
    if (!type->anext) return err_set(t, &exc_TypeError, "'%T' object is not an async iterator", args[0]);
    V awaitable = type->anext(t, args[0]);
    if (v_is_error(awaitable) || args[1] == V_NULL) return awaitable;
    V result = anext_awaitable_new(t, awaitable, args[1]);
    v_drop(t, awaitable);
    return result;
}

// ---- min, max -----------------------------------------------------------------------------------------------------------
// The key of item (a stack value).
static V key_of(Thread *t, V key, V item) { return key == V_NONE ? v_dup(item) : obj_call1(t, key, item); }

typedef struct Best { V item, key; } Best; // stack values, V_NULL before the first

// Takes item (consumed) when it is better than what there is.
static int best_offer(Thread *t, Best *best, V item, V key, int op) {
    V k = key_of(t, key, item);
    if (v_is_error(k)) {
        v_drop(t, item);
        return -1;
    }
    int better = best->item == V_NULL ? 1 : obj_compare_bool(t, k, best->key, op);
    if (better > 0) {
        Best old = *best;
        *best = (Best){item, k};
        item = old.item;
        k = old.key;
    }
    v_drop(t, item);
    v_drop(t, k);
    return better < 0 ? -1 : 0;
}

static int best_of_iterable(Thread *t, Best *best, V iterable, V key, int op) {
    V it = obj_iter_whole(t, iterable);
    if (v_is_error(it)) return -1;
    int r = 0;
    for (size_t n = 0; r == 0;) {
        V item = obj_next(t, it);
        if (item == V_END) break;
        r = v_is_error(item) ? -1 : best_offer(t, best, item, key, op);
        if (r == 0) r = poll_step(t, &n);
    }
    v_drop(t, it);
    return r;
}

static V best_find(Thread *t, const V *args, size_t nargs, V kwnames, int op) {
    const char *name = op == CMP_GT ? "max" : "min";
    if (nargs == 0) return err_set(t, &exc_TypeError, "%s expected at least 1 argument, got 0", name);
    V options[2] = {V_NULL, V_NULL};
    if (kwnames != V_NULL && args_bind(t, name, "*, key=None, default=None", args + nargs, 0, kwnames, options) < 0)
        return V_ERROR;
    V key = options[0] == V_NULL ? V_NONE : options[0], fallback = options[1];
    if (nargs > 1 && fallback != V_NULL)
        return err_set(t, &exc_TypeError, "Cannot specify a default for %s() with multiple positional arguments", name);
    Best best = {V_NULL, V_NULL};
    int r = 0;
    if (nargs == 1) {
        r = best_of_iterable(t, &best, args[0], key, op);
    } else {
        for (size_t i = 0; i < nargs && r == 0; i++) r = best_offer(t, &best, v_dup(args[i]), key, op);
    }
    v_drop(t, best.key);
    if (r < 0) {
        v_drop(t, best.item);
        return V_ERROR;
    }
    if (best.item != V_NULL) return best.item;
    if (fallback != V_NULL) return v_dup(fallback);
    return err_set(t, &exc_ValueError, "%s() arg is an empty sequence", name);
}

NATIVE(builtins_max) {
    (void)self;
    return best_find(t, args, nargs, kwnames, CMP_GT);
}

NATIVE(builtins_min) {
    (void)self;
    return best_find(t, args, nargs, kwnames, CMP_LT);
}

// ---- sorted, sum --------------------------------------------------------------------------------------------------------
NATIVE(builtins_sorted) {
    UNUSED_NATIVE();
    if (args_check_count(t, "sorted", nargs, 1, 1) < 0) return V_ERROR;
    V options[2] = {V_NULL, V_NULL}, list = obj_to_list(t, args[0]); // the iterable fails first: the options are list.sort's
    if (v_is_error(list)) return V_ERROR;
    int reverse = 0;
    if ((kwnames != V_NULL && args_bind(t, "sort", "*, key=None, reverse=False", args + 1, 0, kwnames, options) < 0) ||
        (options[1] != V_NULL && num_as_int(t, options[1], &reverse) < 0) ||
        list_sort(t, list, options[0] == V_NULL ? V_NONE : options[0], reverse != 0) < 0) {
        v_drop(t, list);
        return V_ERROR;
    }
    return list;
}

// Adds while total and item are floats or ints of C size, without an object in between.  Consumes *total; 1: did it.
static bool add_quickly(V *total, V item) {
    if (v_both_int(*total, item)) {
        int64_t sum = v_int(*total) + v_int(item);
        if (!v_int_fits(sum)) return false;
        *total = v_from_int(sum);
        return true;
    }
    if (!v_is_float(*total)) return false;
    double d;
    if (v_is_float(item)) d = v_float(*total) + v_float(item);
    else if (v_is_int(item)) d = v_float(*total) + (double)v_int(item);
    else return false;
    V v;
    if (!v_float_try(d, &v)) return false;
    *total = v;
    return true;
}

static V sum_from(Thread *t, V it, V total) {
    for (size_t n = 0;;) {
        V item = obj_next(t, it);
        if (item == V_END) return total;
        if (v_is_error(item)) break;
        if (!add_quickly(&total, item)) {
            V sum = num_add(t, total, item);
            v_drop(t, total);
            total = sum;
        }
        v_drop(t, item);
        if (v_is_error(total)) return V_ERROR;
        if (poll_step(t, &n) < 0) break;
    }
    v_drop(t, total);
    return V_ERROR;
}

NATIVE(builtins_sum) {
    UNUSED_NATIVE();
    V it = obj_iter_whole(t, args[0]);
    if (v_is_error(it)) return V_ERROR;
    V start = args[1] == V_NULL ? V_INT(0) : args[1], result = V_ERROR;
    if (v_is_str(start)) {
        err_set(t, &exc_TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
    } else if (v_is_bytes(start)) {
        err_set(t, &exc_TypeError, "sum() can't sum bytes [use b''.join(seq) instead]");
    } else if (type_check(t, start, &bytearray_type)) {
        err_set(t, &exc_TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]");
    } else {
        result = sum_from(t, it, v_dup(start));
    }
    v_drop(t, it);
    return result;
}
