// SPDX-License-Identifier: MIT
// zip, map and filter.
#include "iter_private.h"
#include "object/pairs.h"

// A tuple of iter(arg) for each of args.
static V iterators_of(Thread *t, const V *args, size_t n) {
    V iters = tuple_new(t, n);
    for (size_t i = 0; i < n && !v_is_error(iters); i++) {
        V iter = obj_iter(t, args[i]);
        if (v_is_error(iter)) {
            v_drop(t, iters);
            return V_ERROR;
        }
        tuple_init_steal(t, iters, i, iter);
    }
    return iters;
}

// ---- zip ---------------------------------------------------------------------------------------------------------------
typedef struct Zip {
    Obj head;
    Slot iters;  // tuple
    Slot pair;   // see iter_pair
    bool strict; // atomic
} Zip;
static Zip *zip_of(V v) { return (Zip *)v_obj(v); }

static int parse_strict(Thread *t, const V *args, size_t nargs, V kwnames, bool *strict) {
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    *strict = false;
    if (nkw == 0) return 0;
    if (nkw > 1) {
        err_set(t, &exc_TypeError, "zip() takes at most 1 keyword argument (%zu given)", nkw);
        return -1;
    }
    if (!str_equal_ascii(tuple_borrow(kwnames, 0), "strict")) {
        err_set(t, &exc_TypeError, "'%V' is an invalid keyword argument for zip()", tuple_borrow(kwnames, 0));
        return -1;
    }
    int truth = obj_is_true(t, args[nargs]);
    *strict = truth > 0;
    return truth < 0 ? -1 : 0;
}

static V zip_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    bool strict = false;
    if (parse_strict(t, args, nargs, kwnames, &strict) < 0) return V_ERROR;
    V iters = iterators_of(t, args, nargs), self = v_is_error(iters) ? V_ERROR : type_alloc(t, type, 0);
    if (v_is_error(self)) {
        v_drop(t, iters);
        return V_ERROR;
    }
    zip_of(self)->strict = strict;
    slot_set_steal(t, v_obj(self), &zip_of(self)->iters, iters);
    return self;
}

static void zip_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Zip *)o)->iters);
    VISIT(((Zip *)o)->pair);
}

// strict, and iterator i ended: the ones before must not be longer, nor those behind.
static COLD V check_strict(Thread *t, V iters, size_t i) {
    if (i) return err_set(t, &exc_ValueError, "zip() argument %zu is shorter than argument%s%zu", i + 1, i == 1 ? " " : "s 1-", i);
    for (i = 1; i < tuple_len(iters); i++) {
        V item = obj_next(t, tuple_borrow(iters, i));
        if (v_is_error(item)) return V_ERROR;
        if (item == V_END) continue;
        v_drop(t, item);
        return err_set(t, &exc_ValueError, "zip() argument %zu is longer than argument%s%zu", i + 1, i == 1 ? " " : "s 1-", i);
    }
    return V_END;
}

static V zip_step(Thread *t, Zip *z, V iters) {
    size_t n = tuple_len(iters), i = 0;
    if (n == 0) return V_END;
    V few[8], *items = few;
    if (n > countof(few) && !(items = mem_alloc(t, n * sizeof(V)))) return err_no_memory(t);
    V result = V_NULL;
    for (; i < n; i++) {
        V item = iter_next_quick(t, tuple_borrow(iters, i));
        if (unlikely(item == V_END || v_is_error(item))) {
            result = item == V_END && at_load_relaxed(&z->strict) ? check_strict(t, iters, i) : item;
            while (i-- > 0) v_drop(t, items[i]);
            break;
        }
        items[i] = v_own(item); // with more than a few, this is no stack
    }
    if (result == V_NULL) {
        result = n == 2 ? iter_pair(t, &z->head, &z->pair, items[0], items[1]) : tuple_from_steal(t, items, n);
    }
    if (items != few) mem_free(items);
    return result;
}

int zip_next_pair(Thread *t, V self, V *pair) {
    Zip *z = zip_of(self);
    if (at_load_relaxed(&z->strict) || tuple_len(slot_peek(&z->iters)) != 2) return 2;
    CRITICAL(t, &z->head);
    V iters = slot_peek(&z->iters), first = iter_next_quick(t, tuple_borrow(iters, 0)), second = V_END; // they are there as long as z
    if (first != V_END && !v_is_error(first)) {
        second = iter_next_quick(t, tuple_borrow(iters, 1));
        if (second == V_END || v_is_error(second)) v_drop(t, first);
    } else {
        second = first;
    }
    pair[1] = first;
    pair[0] = second;
    return second == V_END ? 0 : v_is_error(second) ? -1 : 1;
}

static V zip_next(Thread *t, V self) {
    Zip *z = zip_of(self);
    CRITICAL(t, &z->head);
    V iters = slot_get(&z->head, &z->iters), result = zip_step(t, z, iters);
    v_drop(t, iters);
    return result;
}

static NATIVE(zip_reduce) {
    UNUSED_NATIVE();
    V iters = slot_get(&zip_of(self)->head, &zip_of(self)->iters);
    if (at_load_relaxed(&zip_of(self)->strict)) return tuple_pack_steal(t, 3, v_from_type(v_type(self)), iters, V_TRUE);
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), iters);
}
static NATIVE(zip_setstate) {
    UNUSED_NATIVE();
    int truth = obj_is_true(t, args[0]);
    if (truth < 0) return V_ERROR;
    at_store_relaxed(&zip_of(self)->strict, truth != 0);
    return V_NONE;
}
static const Method zip_methods[] = {ITER_REDUCE(zip_reduce), ITER_SETSTATE(zip_setstate), METHOD_END};
Type zip_type = {
    TYPE_HEAD("zip"), .getattr = obj_generic_getattr,
    .doc = "zip(*iterables, strict=False) --> tuples of one item of each iterable\n\n"
           "   >>> list(zip('abc', range(1, 9)))\n"
           "   [('a', 1), ('b', 2), ('c', 3)]\n\n"
           "It ends with the shortest of them.  With strict, iterables of different lengths raise\n"
           "ValueError in the end.",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Zip), .traverse = zip_traverse, .new_ = zip_new,
    .iter = iter_self, .next = zip_next, .methods = zip_methods,
};

// ---- map ---------------------------------------------------------------------------------------------------------------
typedef struct Map { Obj head; Slot func, iters; } Map; // iters: tuple
static Map *map_of(V v) { return (Map *)v_obj(v); }

static V map_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if ((type == &map_type || type->init == map_type.init) && args_no_keywords(t, "map", kwnames) < 0) return V_ERROR;
    if (nargs < 2) return err_set(t, &exc_TypeError, "map() must have at least two arguments.");
    V iters = iterators_of(t, args + 1, nargs - 1), self = v_is_error(iters) ? V_ERROR : type_alloc(t, type, 0);
    if (v_is_error(self)) {
        v_drop(t, iters);
        return V_ERROR;
    }
    slot_set(t, v_obj(self), &map_of(self)->func, args[0]);
    slot_set_steal(t, v_obj(self), &map_of(self)->iters, iters);
    return self;
}

static void map_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Map *)o)->func);
    VISIT(((Map *)o)->iters);
}

static V map_next(Thread *t, V self) {
    Map *m = map_of(self);
    V iters = slot_get(&m->head, &m->iters), func = slot_get(&m->head, &m->func), result = V_NULL;
    size_t n = tuple_len(iters), i = 0;
    V few[8], *items = few;
    if (n > countof(few) && !(items = mem_alloc(t, n * sizeof(V)))) result = err_no_memory(t);
    for (; result == V_NULL && i < n; i++) {
        V item = obj_next(t, tuple_borrow(iters, i));
        if (item == V_END || v_is_error(item)) {
            result = item;
            break;
        }
        items[i] = items == few ? item : v_own(item);
    }
    if (result == V_NULL) result = obj_call(t, func, items, n, V_NULL);
    while (i-- > 0) v_drop(t, items[i]);
    if (items != few) mem_free(items);
    v_drop(t, iters);
    v_drop(t, func);
    return result;
}

static NATIVE(map_reduce) {
    UNUSED_NATIVE();
    Map *m = map_of(self);
    V func = slot_get(&m->head, &m->func), front = tuple_pack_steal(t, 1, func);
    if (v_is_error(front)) return V_ERROR;
    V all = tuple_concat(t, front, slot_peek(&m->iters));
    v_drop(t, front);
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), all);
}
static const Method map_methods[] = {ITER_REDUCE(map_reduce), METHOD_END};
Type map_type = {
    TYPE_HEAD("map"), .getattr = obj_generic_getattr,
    .doc = "map(func, *iterables) --> iterator\n\n"
           "The results of func, called with one item of each iterable, until one of them ends.",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Map), .traverse = map_traverse, .new_ = map_new, .iter = iter_self,
    .next = map_next, .methods = map_methods,
};

// ---- filter ------------------------------------------------------------------------------------------------------------
typedef struct Filter { Obj head; Slot func, iter; } Filter;
static Filter *filter_of(V v) { return (Filter *)v_obj(v); }

static V filter_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if ((type == &filter_type || type->init == filter_type.init) && args_no_keywords(t, "filter", kwnames) < 0) return V_ERROR;
    if (args_check_count(t, "filter", nargs, 2, 2) < 0) return V_ERROR;
    V iter = obj_iter(t, args[1]), self = v_is_error(iter) ? V_ERROR : type_alloc(t, type, 0);
    if (v_is_error(self)) {
        v_drop(t, iter);
        return V_ERROR;
    }
    slot_set(t, v_obj(self), &filter_of(self)->func, args[0]);
    slot_set_steal(t, v_obj(self), &filter_of(self)->iter, iter);
    return self;
}

static void filter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Filter *)o)->func);
    VISIT(((Filter *)o)->iter);
}

static int accepts(Thread *t, V func, V item) {
    if (func == V_NONE || func == v_from_type(&bool_type)) return obj_is_true(t, item);
    V result = obj_call1(t, func, item);
    if (v_is_error(result)) return -1;
    int truth = obj_is_true(t, result);
    v_drop(t, result);
    return truth;
}

static V filter_next(Thread *t, V self) {
    Filter *f = filter_of(self);
    V iter = slot_get(&f->head, &f->iter), func = slot_get(&f->head, &f->func), item;
    for (;;) {
        item = obj_next(t, iter);
        if (item == V_END || v_is_error(item)) break;
        int keep = accepts(t, func, item);
        if (keep > 0) break;
        v_drop(t, item);
        item = V_ERROR;
        if (keep < 0 || safepoint(t) < 0) break;
    }
    v_drop(t, iter);
    v_drop(t, func);
    return item;
}

static NATIVE(filter_reduce) {
    UNUSED_NATIVE();
    Filter *f = filter_of(self);
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), tuple_pack(t, 2, slot_peek(&f->func), slot_peek(&f->iter)));
}
static const Method filter_methods[] = {ITER_REDUCE(filter_reduce), METHOD_END};
Type filter_type = {
    TYPE_HEAD("filter"), .getattr = obj_generic_getattr,
    .doc = "filter(function, iterable) --> iterator\n\n"
           "The items for which function(item) is true; with None as the function, those that are true\n"
           "themselves.",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Filter), .traverse = filter_traverse, .new_ = filter_new,
    .iter = iter_self, .next = filter_next, .methods = filter_methods,
};
