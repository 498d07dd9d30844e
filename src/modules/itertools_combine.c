// SPDX-License-Identifier: MIT
// itertools: product, permutations, combinations, combinations_with_replacement.
//
// All four walk arrays of indices into pools (tuples) and give tuples of what the indices name.  A LOCAL one builds its next
// result in the tuple it gave before, if nobody kept that.
#include "itertools_private.h"

typedef struct Combine {
    Obj head;
    Slot pools;      // product: a tuple of pools; else the pool
    Slot result;     // the last result; V_NULL before the first
    size_t *indices; // product: one a pool; permutations: n; combinations: r
    size_t *cycles;  // permutations: r
    size_t n, r;     // n: pool size (product: number of pools); r: length of the results
    bool stopped;
} Combine;
static Combine *of(V v) { return (Combine *)v_obj(v); }

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Combine *)o)->pools);
    VISIT(((Combine *)o)->result);
}

static void free_arrays(Thread *t, Obj *o) {
    (void)t;
    mem_free(((Combine *)o)->indices);
    mem_free(((Combine *)o)->cycles);
}

// A new one over pools (consumed) with nindices indices, all 0, and ncycles cycles.
static V alloc_steal(Thread *t, Type *type, V pools, size_t n, size_t r, size_t nindices, size_t ncycles) {
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) {
        v_drop(t, pools);
        return V_ERROR;
    }
    Combine *self_ = of(self);
    SET_STEAL(pools, pools);
    self_->n = n;
    self_->r = r;
    self_->indices = mem_calloc(t, nindices + 1, sizeof(size_t));
    self_->cycles = mem_calloc(t, ncycles + 1, sizeof(size_t));
    if (self_->indices && self_->cycles) return self;
    v_drop(t, self);
    return err_no_memory(t);
}

// The item that index i of the result names.
static V pick(const Combine *self_, size_t i) {
    V pool = PEEK(pools);
    if (type_is_subtype(self_->head.type, &product_type)) pool = tuple_borrow(pool, i);
    return tuple_get(pool, self_->indices[i]);
}

// The result for the indices, of which those from `changed` on are new.
static V give(Thread *t, Combine *self_, size_t changed) {
    V last = PEEK(result);
    if (!obj_is_shared(&self_->head) && last != V_NULL && v_is_unique(last)) {
        for (size_t i = changed; i < self_->r; i++) slot_set_steal(t, v_obj(last), &tuple_of(last)->items[i], pick(self_, i));
        return v_dup(last);
    }
    V result = tuple_new(t, self_->r);
    if (v_is_error(result)) return V_ERROR;
    for (size_t i = 0; i < self_->r; i++) tuple_init_steal(t, result, i, pick(self_, i));
    SET(result, result);
    return result;
}

static V finish(Thread *t, Combine *self_) {
    self_->stopped = true;
    CLEAR(result);
    return V_END;
}

static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    return int_from_size(t, v_type(self)->size + (of(self)->n + of(self)->r) * sizeof(size_t));
}
#define SIZEOF {"__sizeof__", m_sizeof, "", LOCK_NONE, 0, "Memory in use, in bytes."}

static COLD V invalid(Thread *t) { return err_set(t, &exc_ValueError, "invalid arguments"); }

// Reads an index clipped to [low, high].
static int clipped(Thread *t, V v, ptrdiff_t low, ptrdiff_t high, size_t *out) {
    ptrdiff_t i;
    if (num_as_ssize(t, v, &exc_OverflowError, &i) < 0) return -1;
    if (i < low) i = low;
    if (i > high) i = high;
    *out = (size_t)i;
    return 0;
}

// ---- product -----------------------------------------------------------------------------------------------------------
static int read_repeat(Thread *t, const V *args, size_t nargs, V kwnames, ptrdiff_t *repeat) {
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    *repeat = 1;
    if (nkw == 0) return 0;
    if (nkw > 1) {
        err_set(t, &exc_TypeError, "product() takes at most 1 keyword argument (%zu given)", nkw);
        return -1;
    }
    if (!str_equal_ascii(tuple_borrow(kwnames, 0), "repeat")) {
        err_set(t, &exc_TypeError, "'%V' is an invalid keyword argument for product()", tuple_borrow(kwnames, 0));
        return -1;
    }
    if (num_as_ssize(t, args[nargs], &exc_OverflowError, repeat) < 0) return -1;
    if (*repeat >= 0) return 0;
    err_set(t, &exc_ValueError, "repeat argument cannot be negative");
    return -1;
}

static V product_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    ptrdiff_t repeat;
    size_t n;
    if (read_repeat(t, args, nargs, kwnames, &repeat) < 0) return V_ERROR;
    if (repeat == 0) nargs = 0;
    if (__builtin_mul_overflow(nargs, (size_t)repeat, &n) || n > PTRDIFF_MAX / sizeof(size_t))
        return err_set(t, &exc_OverflowError, "repeat argument too large");
    V pools = tuple_new(t, n);
    for (size_t i = 0; i < nargs && !v_is_error(pools); i++) {
        V pool = obj_to_tuple(t, args[i]);
        if (v_is_error(pool)) {
            v_drop(t, pools);
            return V_ERROR;
        }
        for (size_t k = 1; k < (size_t)repeat; k++) tuple_init(t, pools, i + k * nargs, pool);
        tuple_init_steal(t, pools, i, pool);
    }
    return v_is_error(pools) ? V_ERROR : alloc_steal(t, type, pools, n, n, n, 0);
}

static V product_next(Thread *t, V self) {
    Combine *self_ = of(self);
    CRITICAL(t, &self_->head);
    if (self_->stopped) return V_END;
    V pools = PEEK(pools);
    if (PEEK(result) == V_NULL) {
        for (size_t i = 0; i < self_->n; i++) {
            if (tuple_len(tuple_borrow(pools, i)) == 0) return finish(t, self_);
        }
        return give(t, self_, 0);
    }
    for (size_t i = self_->n; i-- > 0;) { // like an odometer
        if (++self_->indices[i] < tuple_len(tuple_borrow(pools, i))) return give(t, self_, i);
        self_->indices[i] = 0;
    }
    return finish(t, self_);
}

static NATIVE(product_reduce) {
    UNUSED_NATIVE();
    Combine *self_ = of(self);
    V type = v_from_type(v_type(self));
    if (self_->stopped) return tuple_pack_steal(t, 2, type, tuple_pack(t, 1, tuple_empty()));
    if (PEEK(result) == V_NULL) return tuple_pack(t, 2, type, PEEK(pools));
    return tuple_pack_steal(t, 3, type, GET(pools), it_index_tuple(t, self_->indices, self_->n));
}

static NATIVE(product_setstate) {
    UNUSED_NATIVE();
    Combine *self_ = of(self);
    if (!v_is_tuple(args[0]) || tuple_len(args[0]) != self_->n) return invalid(t);
    for (size_t i = 0; i < self_->n; i++) {
        ptrdiff_t size = (ptrdiff_t)tuple_len(tuple_borrow(PEEK(pools), i));
        if (size == 0) {
            self_->stopped = true;
            return V_NONE;
        }
        if (clipped(t, tuple_borrow(args[0], i), 0, size - 1, &self_->indices[i]) < 0) return V_ERROR;
    }
    V result = give(t, self_, 0);
    if (v_is_error(result)) return V_ERROR;
    v_drop(t, result);
    return V_NONE;
}

static const Method product_methods[] = {IT_REDUCE(product_reduce), IT_SETSTATE(product_setstate), SIZEOF, METHOD_END};
Type product_type = {
    TYPE_HEAD("itertools.product"), .doc = "The Cartesian product, as nested loops would give it: product(*iterables, repeat=1).",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Combine), .traverse = traverse, .free_ = free_arrays, .new_ = product_new,
    .iter = iter_self, .next = product_next, .methods = product_methods,
};

// ---- combinations, with and without replacement ------------------------------------------------------------------------
static V combinations_make(Thread *t, Type *type, const char *name, const V *args, size_t nargs, V kwnames, bool replace) {
    V given[2];
    ptrdiff_t r;
    if (args_bind(t, name, "iterable, r", args, nargs, kwnames, given) < 0) return V_ERROR;
    if (num_as_ssize(t, given[1], &exc_OverflowError, &r) < 0) return V_ERROR;
    V pool = obj_to_tuple(t, given[0]);
    if (v_is_error(pool)) return V_ERROR;
    if (r < 0) {
        v_drop(t, pool);
        return err_set(t, &exc_ValueError, "r must be non-negative");
    }
    size_t n = tuple_len(pool);
    bool none = replace ? n == 0 && r > 0 : (size_t)r > n;
    V self = alloc_steal(t, type, pool, n, (size_t)r, none ? 0 : (size_t)r, 0);
    if (v_is_error(self)) return V_ERROR;
    Combine *self_ = of(self);
    self_->stopped = none;
    for (size_t i = 0; i < (size_t)r && !none; i++) self_->indices[i] = replace ? 0 : i;
    return self;
}
static V combinations_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    return combinations_make(t, type, "combinations", args, nargs, kwnames, false);
}
static V combinations_wr_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    return combinations_make(t, type, "combinations_with_replacement", args, nargs, kwnames, true);
}

static V combinations_step(Thread *t, V self, bool replace) {
    Combine *self_ = of(self);
    CRITICAL(t, &self_->head);
    if (self_->stopped) return V_END;
    if (PEEK(result) == V_NULL) return give(t, self_, 0);
    size_t *indices = self_->indices, n = self_->n, r = self_->r, i = r;
    // The rightmost index that is not at its end yet moves on; those behind it start again.
    while (i > 0 && indices[i - 1] == (replace ? n - 1 : n - r + i - 1)) i--;
    if (i == 0) return finish(t, self_);
    indices[--i]++;
    for (size_t k = i + 1; k < r; k++) indices[k] = indices[k - 1] + (replace ? 0 : 1);
    return give(t, self_, i);
}
static V combinations_next(Thread *t, V self) { return combinations_step(t, self, false); }
static V combinations_wr_next(Thread *t, V self) { return combinations_step(t, self, true); }

static NATIVE(combinations_reduce) {
    UNUSED_NATIVE();
    Combine *self_ = of(self);
    V type = v_from_type(v_type(self)), r = int_from_size(t, self_->r);
    V front = tuple_pack_steal(t, 2, self_->stopped ? tuple_empty() : GET(pools), r);
    if (self_->stopped || PEEK(result) == V_NULL) return tuple_pack_steal(t, 2, type, front);
    return tuple_pack_steal(t, 3, type, front, it_index_tuple(t, self_->indices, self_->r));
}

static V combinations_set(Thread *t, V self, V state, bool replace) {
    Combine *self_ = of(self);
    if (!v_is_tuple(state) || tuple_len(state) != self_->r) return invalid(t);
    if (self_->stopped) return V_NONE;
    for (size_t i = 0; i < self_->r; i++) {
        ptrdiff_t high = (ptrdiff_t)(replace ? self_->n - 1 : i + self_->n - self_->r);
        if (clipped(t, tuple_borrow(state, i), 0, high, &self_->indices[i]) < 0) return V_ERROR;
    }
    V result = give(t, self_, 0);
    if (v_is_error(result)) return V_ERROR;
    v_drop(t, result);
    return V_NONE;
}
static NATIVE(combinations_setstate) {
    UNUSED_NATIVE();
    return combinations_set(t, self, args[0], false);
}
static NATIVE(combinations_wr_setstate) {
    UNUSED_NATIVE();
    return combinations_set(t, self, args[0], true);
}

static const Method combinations_methods[] = {IT_REDUCE(combinations_reduce), IT_SETSTATE(combinations_setstate), SIZEOF, METHOD_END};
static const Method combinations_wr_methods[] = {
    IT_REDUCE(combinations_reduce), IT_SETSTATE(combinations_wr_setstate), SIZEOF, METHOD_END,
};
Type combinations_type = {
    TYPE_HEAD("itertools.combinations"), .doc = "All ways to choose r of an iterable's items, in order.",
    .text_signature = "(iterable, r)", .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Combine), .traverse = traverse,
    .free_ = free_arrays, .new_ = combinations_new, .iter = iter_self, .next = combinations_next, .methods = combinations_methods,
};
Type combinations_wr_type = {
    TYPE_HEAD("itertools.combinations_with_replacement"), .doc = "All ways to choose r items that may be the same, in order.",
    .text_signature = "(iterable, r)", .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Combine), .traverse = traverse,
    .free_ = free_arrays, .new_ = combinations_wr_new, .iter = iter_self, .next = combinations_wr_next,
    .methods = combinations_wr_methods,
};

// ---- permutations ------------------------------------------------------------------------------------------------------
static V permutations_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given[2];
    ptrdiff_t r = -1;
    if (args_bind(t, "permutations", "iterable, r=None", args, nargs, kwnames, given) < 0) return V_ERROR;
    V pool = obj_to_tuple(t, given[0]);
    if (v_is_error(pool)) return V_ERROR;
    size_t n = tuple_len(pool);
    if (given[1] == V_NULL || given[1] == V_NONE) {
        r = (ptrdiff_t)n;
    } else if (!v_is_any_int(given[1])) {
        v_drop(t, pool);
        return err_set(t, &exc_TypeError, "Expected int as r");
    } else if (num_as_ssize(t, given[1], &exc_OverflowError, &r) < 0) {
        v_drop(t, pool);
        return V_ERROR;
    } else if (r < 0) {
        v_drop(t, pool);
        return err_set(t, &exc_ValueError, "r must be non-negative");
    }
    bool none = (size_t)r > n;
    V self = alloc_steal(t, type, pool, n, (size_t)r, n, none ? 0 : (size_t)r);
    if (v_is_error(self)) return V_ERROR;
    Combine *self_ = of(self);
    self_->stopped = none;
    for (size_t i = 0; i < n; i++) self_->indices[i] = i;
    for (size_t i = 0; i < (size_t)r && !none; i++) self_->cycles[i] = n - i;
    return self;
}

static V permutations_next(Thread *t, V self) {
    Combine *self_ = of(self);
    CRITICAL(t, &self_->head);
    if (self_->stopped) return V_END;
    if (PEEK(result) == V_NULL) return give(t, self_, 0);
    size_t *indices = self_->indices, *cycles = self_->cycles, n = self_->n;
    for (size_t i = self_->r; i-- > 0;) {
        if (--cycles[i] == 0) { // all choices for this place are used up: put the indices behind it in order again
            size_t index = indices[i];
            for (size_t k = i; k + 1 < n; k++) indices[k] = indices[k + 1];
            indices[n - 1] = index;
            cycles[i] = n - i;
        } else {
            size_t k = n - cycles[i], index = indices[i];
            indices[i] = indices[k];
            indices[k] = index;
            return give(t, self_, i);
        }
    }
    return finish(t, self_);
}

static NATIVE(permutations_reduce) {
    UNUSED_NATIVE();
    Combine *self_ = of(self);
    V type = v_from_type(v_type(self)), r = int_from_size(t, self_->r);
    V front = tuple_pack_steal(t, 2, self_->stopped ? tuple_empty() : GET(pools), r);
    if (self_->stopped || PEEK(result) == V_NULL) return tuple_pack_steal(t, 2, type, front);
    V state = tuple_pack_steal(t, 2, it_index_tuple(t, self_->indices, self_->n), it_index_tuple(t, self_->cycles, self_->r));
    return tuple_pack_steal(t, 3, type, front, state);
}

static NATIVE(permutations_setstate) {
    UNUSED_NATIVE();
    Combine *self_ = of(self);
    V given[2];
    if (it_state(t, args[0], 2, 2, given) < 0) return V_ERROR;
    for (int i = 0; i < 2; i++) {
        if (!v_is_tuple(given[i])) return err_set(t, &exc_TypeError, "argument %d must be tuple, not %K", i + 1, given[i]);
    }
    if (tuple_len(given[0]) != self_->n || tuple_len(given[1]) != self_->r) return invalid(t);
    if (self_->stopped) return V_NONE;
    for (size_t i = 0; i < self_->n; i++) {
        if (clipped(t, tuple_borrow(given[0], i), 0, (ptrdiff_t)self_->n - 1, &self_->indices[i]) < 0) return V_ERROR;
    }
    for (size_t i = 0; i < self_->r; i++) {
        if (clipped(t, tuple_borrow(given[1], i), 1, (ptrdiff_t)(self_->n - i), &self_->cycles[i]) < 0) return V_ERROR;
    }
    V result = give(t, self_, 0);
    if (v_is_error(result)) return V_ERROR;
    v_drop(t, result);
    return V_NONE;
}

static const Method permutations_methods[] = {
    IT_REDUCE(permutations_reduce), IT_SETSTATE(permutations_setstate), SIZEOF, METHOD_END,
};
Type permutations_type = {
    TYPE_HEAD("itertools.permutations"), .doc = "All orders of r of an iterable's items (of all of them by default).",
    .text_signature = "(iterable, r=None)", .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Combine), .traverse = traverse,
    .free_ = free_arrays, .new_ = permutations_new, .iter = iter_self, .next = permutations_next, .methods = permutations_methods,
};
