// SPDX-License-Identifier: MIT
// itertools: starmap, compress, dropwhile, takewhile, filterfalse, pairwise, zip_longest.
#include "itertools_private.h"

// Those made of a function and an iterable.
typedef struct Filter {
    Obj head;
    Slot func, iter;
    bool flag; // dropwhile: an item was let through; takewhile: stopped
} Filter;

static V filter_new(Thread *t, Type *type, Type *exact, const V *args, size_t nargs, V kwnames) {
    const char *name = type_short_name(exact);
    if (it_no_keywords(t, type, exact, name, kwnames) < 0 || args_check_count(t, name, nargs, 2, 2) < 0) return V_ERROR;
    V self, iter = it_alloc_over(t, type, args[1], &self);
    if (v_is_error(iter)) return V_ERROR;
    Filter *self_ = (Filter *)v_obj(self);
    SET(func, args[0]);
    SET_STEAL(iter, iter);
    return self;
}

static void filter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Filter *)o)->func);
    VISIT(((Filter *)o)->iter);
}

static int holds(Thread *t, V func, V item) {
    if (func == V_NONE || func == v_from_type(&bool_type)) return obj_is_true(t, item);
    V result = obj_call1(t, func, item);
    if (v_is_error(result)) return -1;
    int truth = obj_is_true(t, result);
    v_drop(t, result);
    return truth;
}

static NATIVE(filter_reduce) {
    UNUSED_NATIVE();
    Filter *self_ = (Filter *)v_obj(self);
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), tuple_pack(t, 2, PEEK(func), PEEK(iter)));
}
static NATIVE(filter_reduce_flag) {
    UNUSED_NATIVE();
    Filter *self_ = (Filter *)v_obj(self);
    return tuple_pack_steal(t, 3, v_from_type(v_type(self)), tuple_pack(t, 2, PEEK(func), PEEK(iter)), v_from_int(self_->flag));
}
static NATIVE(filter_setstate) {
    UNUSED_NATIVE();
    int flag = obj_is_true(t, args[0]);
    if (flag < 0) return V_ERROR;
    ((Filter *)v_obj(self))->flag = flag != 0;
    return V_NONE;
}
static const Method plain_methods[] = {IT_REDUCE(filter_reduce), METHOD_END};
static const Method flag_methods[] = {IT_REDUCE(filter_reduce_flag), IT_SETSTATE(filter_setstate), METHOD_END};

#define FILTER_TYPE(id, documentation, signature, rows) \
    static V id##_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) { \
        return filter_new(t, type, &id##_type, args, nargs, kwnames); \
    } \
    Type id##_type = { \
        TYPE_HEAD("itertools." #id), .doc = documentation, .text_signature = signature, .flags = TYPE_BASETYPE | TYPE_GC, \
        .size = sizeof(Filter), .traverse = filter_traverse, .new_ = id##_new, .iter = iter_self, .next = id##_next, .methods = rows, \
    };

static V starmap_next(Thread *t, V self) {
    Filter *self_ = (Filter *)v_obj(self);
    CRITICAL(t, &self_->head);
    V iter = GET(iter), args = obj_next(t, iter);
    v_drop(t, iter);
    if (args == V_END || v_is_error(args)) return args;
    if (!v_is_exact(args, &tuple_type)) {
        V tuple = obj_to_tuple(t, args);
        v_drop(t, args);
        if (v_is_error(tuple)) return V_ERROR;
        args = tuple;
    }
    V func = GET(func), result = obj_call_tuple(t, func, args, V_NULL);
    v_drop(t, func);
    v_drop(t, args);
    return result;
}
FILTER_TYPE(starmap, "function(*args) for every args of an iterable.", "(function, iterable, /)", plain_methods)

static V takewhile_next(Thread *t, V self) {
    Filter *self_ = (Filter *)v_obj(self);
    CRITICAL(t, &self_->head);
    if (self_->flag) return V_END;
    V iter = GET(iter), item = obj_next(t, iter);
    v_drop(t, iter);
    if (item == V_END || v_is_error(item)) return item;
    V func = GET(func);
    int good = holds(t, func, item);
    v_drop(t, func);
    if (good > 0) return item;
    v_drop(t, item);
    if (good < 0) return V_ERROR;
    self_->flag = true;
    return V_END;
}
FILTER_TYPE(takewhile, "Items up to the first for which the predicate is false.", "(predicate, iterable, /)", flag_methods)

// The next item for which the predicate is false (dropwhile: only until there was one).
static V next_false(Thread *t, V self, bool drop_while) {
    Filter *self_ = (Filter *)v_obj(self);
    CRITICAL(t, &self_->head);
    V iter = GET(iter), func = GET(func), item;
    for (;;) {
        item = obj_next(t, iter);
        if (item == V_END || v_is_error(item) || (drop_while && self_->flag)) break;
        int good = holds(t, func, item);
        if (good == 0) {
            self_->flag = drop_while;
            break;
        }
        v_drop(t, item);
        item = V_ERROR;
        if (good < 0 || safepoint(t) < 0) break;
    }
    v_drop(t, iter);
    v_drop(t, func);
    return item;
}
static V dropwhile_next(Thread *t, V self) { return next_false(t, self, true); }
static V filterfalse_next(Thread *t, V self) { return next_false(t, self, false); }
FILTER_TYPE(dropwhile, "Items from the first for which the predicate is false.", "(predicate, iterable, /)", flag_methods)
FILTER_TYPE(filterfalse, "The items for which the function is false.", "(function, iterable, /)", plain_methods)

// ---- compress ----------------------------------------------------------------------------------------------------------
typedef struct Compress { Obj head; Slot data, selectors; } Compress;

static V compress_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given[2], self;
    if (args_bind(t, "compress", "data, selectors", args, nargs, kwnames, given) < 0) return V_ERROR;
    V data = obj_iter(t, given[0]), selectors = v_is_error(data) ? V_ERROR : it_alloc_over(t, type, given[1], &self);
    if (v_is_error(selectors)) {
        v_drop(t, data);
        return V_ERROR;
    }
    Compress *self_ = (Compress *)v_obj(self);
    SET_STEAL(data, data);
    SET_STEAL(selectors, selectors);
    return self;
}

static void compress_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Compress *)o)->data);
    VISIT(((Compress *)o)->selectors);
}

static V compress_next(Thread *t, V self) {
    Compress *self_ = (Compress *)v_obj(self);
    CRITICAL(t, &self_->head);
    V data = GET(data), selectors = GET(selectors), item;
    for (;;) {
        item = obj_next(t, data);
        if (item == V_END || v_is_error(item)) break;
        V selector = obj_next(t, selectors);
        int chosen = selector == V_END ? 0 : v_is_error(selector) ? -1 : obj_is_true(t, selector);
        bool end = selector == V_END;
        v_drop(t, selector);
        if (chosen > 0) break;
        v_drop(t, item);
        item = end ? V_END : V_ERROR;
        if (end || chosen < 0 || safepoint(t) < 0) break;
    }
    v_drop(t, data);
    v_drop(t, selectors);
    return item;
}

static NATIVE(compress_reduce) {
    UNUSED_NATIVE();
    Compress *self_ = (Compress *)v_obj(self);
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), tuple_pack(t, 2, PEEK(data), PEEK(selectors)));
}
static const Method compress_methods[] = {IT_REDUCE(compress_reduce), METHOD_END};
Type compress_type = {
    TYPE_HEAD("itertools.compress"), .doc = "The items of data at whose places selectors are true.",
    .text_signature = "(data, selectors)", .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Compress), .traverse = compress_traverse,
    .new_ = compress_new, .iter = iter_self, .next = compress_next, .methods = compress_methods,
};

// ---- pairwise ----------------------------------------------------------------------------------------------------------
typedef struct Pairwise { Obj head; Slot iter, old; } Pairwise;

static V pairwise_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (it_no_keywords(t, type, &pairwise_type, "pairwise", kwnames) < 0 || args_check_count(t, "pairwise", nargs, 1, 1) < 0)
        return V_ERROR;
    V self, iter = it_alloc_over(t, type, args[0], &self);
    if (v_is_error(iter)) return V_ERROR;
    Pairwise *self_ = (Pairwise *)v_obj(self);
    SET_STEAL(iter, iter);
    return self;
}

static void pairwise_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Pairwise *)o)->iter);
    VISIT(((Pairwise *)o)->old);
}

static V pairwise_next(Thread *t, V self) {
    Pairwise *self_ = (Pairwise *)v_obj(self);
    CRITICAL(t, &self_->head);
    V iter = GET(iter);
    if (iter == V_NULL) return V_END;
    V old = GET(old);
    if (old == V_NULL) {
        old = obj_next(t, iter);
        if (old != V_END && !v_is_error(old)) {
            SET(old, old);
            if (PEEK(iter) == V_NULL) { // ended by a re-entrant call
                v_drop(t, old);
                old = V_END;
            }
        }
    }
    V item = old == V_END || v_is_error(old) ? old : obj_next(t, iter);
    v_drop(t, iter);
    if (item == V_END || v_is_error(item)) {
        if (!v_is_error(old) && old != V_END) v_drop(t, old);
        CLEAR(iter);
        CLEAR(old);
        return item;
    }
    SET(old, item);
    return tuple_pack_steal(t, 2, old, item);
}

Type pairwise_type = {
    TYPE_HEAD("itertools.pairwise"), .doc = "Every two items that follow one another.", .text_signature = "(iterable, /)",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Pairwise), .traverse = pairwise_traverse, .new_ = pairwise_new,
    .iter = iter_self, .next = pairwise_next,
};

// ---- zip_longest -------------------------------------------------------------------------------------------------------
typedef struct ZipLongest {
    Obj head;
    Slot iters; // a list of iterators, None for those that have come to their end
    Slot fill;
    size_t active;
} ZipLongest;

static V zip_longest_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V fill = V_NONE;
    if (kwnames != V_NULL && tuple_len(kwnames)) {
        if (tuple_len(kwnames) > 1 || !str_equal_ascii(tuple_borrow(kwnames, 0), "fillvalue"))
            return err_set(t, &exc_TypeError, "zip_longest() got an unexpected keyword argument");
        fill = args[nargs];
    }
    V iters = list_with_capacity(t, nargs);
    for (size_t i = 0; i < nargs && !v_is_error(iters); i++) {
        V iter = obj_iter(t, args[i]);
        if (v_is_error(iter) || list_append_steal(t, iters, iter) < 0) {
            v_drop(t, iters);
            return V_ERROR;
        }
    }
    V self = v_is_error(iters) ? V_ERROR : type_alloc(t, type, 0);
    if (v_is_error(self)) {
        v_drop(t, iters);
        return V_ERROR;
    }
    ZipLongest *self_ = (ZipLongest *)v_obj(self);
    self_->active = nargs;
    SET_STEAL(iters, iters);
    SET(fill, fill);
    return self;
}

static void zip_longest_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((ZipLongest *)o)->iters);
    VISIT(((ZipLongest *)o)->fill);
}

// The next item of iterator i, or the fill value; V_END when nobody is left.
static V zip_longest_item(Thread *t, ZipLongest *self_, V iters, size_t i) {
    V iter = list_get(t, iters, i);
    if (iter == V_NONE) return GET(fill);
    V item = obj_next(t, iter);
    v_drop(t, iter);
    if (v_is_error(item)) self_->active = 0;
    if (item != V_END) return item;
    if (self_->active) self_->active--;
    if (self_->active == 0) return V_END;
    if (list_set(t, iters, i, V_NONE) < 0) return V_ERROR;
    return GET(fill);
}

static V zip_longest_next(Thread *t, V self) {
    ZipLongest *self_ = (ZipLongest *)v_obj(self);
    CRITICAL(t, &self_->head);
    V iters = GET(iters), result = V_END;
    if (iters == V_NULL) return V_END;
    size_t n = list_len(iters);
    if (n && self_->active) {
        result = tuple_new(t, n);
        for (size_t i = 0; i < n && !v_is_error(result); i++) {
            V item = zip_longest_item(t, self_, iters, i);
            if (item == V_END || v_is_error(item)) {
                v_drop(t, result);
                result = item;
                break;
            }
            tuple_init_steal(t, result, i, item);
        }
    }
    v_drop(t, iters);
    return result;
}

static NATIVE(zip_longest_reduce) {
    UNUSED_NATIVE();
    ZipLongest *self_ = (ZipLongest *)v_obj(self);
    V iters = PEEK(iters), all = tuple_new(t, list_len(iters));
    for (size_t i = 0; i < list_len(iters) && !v_is_error(all); i++) {
        V iter = list_get(t, iters, i);
        tuple_init_steal(t, all, i, iter == V_NONE ? tuple_empty() : iter);
    }
    return tuple_pack_steal(t, 3, v_from_type(v_type(self)), all, GET(fill));
}
static NATIVE(zip_longest_setstate) {
    UNUSED_NATIVE();
    ZipLongest *self_ = (ZipLongest *)v_obj(self);
    SET(fill, args[0]);
    return V_NONE;
}
static const Method zip_longest_methods[] = {IT_REDUCE(zip_longest_reduce), IT_SETSTATE(zip_longest_setstate), METHOD_END};
Type zip_longest_type = {
    TYPE_HEAD("itertools.zip_longest"),
    .doc = "Tuples of one item of each iterable, as long as there are any: zip_longest(*iterables, fillvalue=None).",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(ZipLongest), .traverse = zip_longest_traverse, .new_ = zip_longest_new,
    .iter = iter_self, .next = zip_longest_next, .methods = zip_longest_methods,
};
