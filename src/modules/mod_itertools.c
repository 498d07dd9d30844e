// SPDX-License-Identifier: MIT
// Module itertools: the table of its types; count, repeat, cycle, chain, accumulate, islice.
#include "itertools_private.h"

// ---- shared by all -----------------------------------------------------------------------------------------------------
int it_no_keywords(Thread *t, Type *type, Type *exact, const char *name, V kwnames) {
    if (type != exact && type->init != exact->init) return 0;
    return args_no_keywords(t, name, kwnames);
}

V it_alloc_over(Thread *t, Type *type, V iterable, V *self) {
    V iter = obj_iter(t, iterable);
    if (v_is_error(iter)) return V_ERROR;
    *self = type_alloc(t, type, 0);
    if (!v_is_error(*self)) return iter;
    v_drop(t, iter);
    return V_ERROR;
}

int it_state(Thread *t, V state, size_t min, size_t max, V *out) {
    if (!v_is_tuple(state)) {
        err_set(t, &exc_TypeError, "state is not a tuple");
        return -1;
    }
    size_t n = tuple_len(state), limit = n < min ? min : max;
    if (n < min || n > max) {
        err_set(t, &exc_TypeError, "function takes %s %zu argument%s (%zu given)",
                min == max ? "exactly" : n < min ? "at least" : "at most", limit, limit == 1 ? "" : "s", n);
        return -1;
    }
    for (size_t i = 0; i < max; i++) out[i] = i < n ? tuple_borrow(state, i) : V_NULL;
    return 0;
}

V it_builtin_iter(Thread *t) {
    V iter = dict_get_c(t, builtins_dict_borrow(), "iter");
    return iter == V_NULL ? err_set(t, &exc_AttributeError, "iter") : iter;
}

V it_index_tuple(Thread *t, const size_t *indices, size_t n) {
    V tuple = tuple_new(t, n);
    for (size_t i = 0; i < n && !v_is_error(tuple); i++) tuple_init_steal(t, tuple, i, v_from_int((int64_t)indices[i]));
    return tuple;
}

// ---- count -------------------------------------------------------------------------------------------------------------
typedef struct Count { Obj head; Slot next, step; } Count;

static bool is_number(V v) {
    Type *type = v_type(v);
    return type->index || type->int_ || type->float_ || type_is_subtype(type, &complex_type);
}

static V count_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given[2];
    if (args_bind(t, "count", "start=0, step=1", args, nargs, kwnames, given) < 0) return V_ERROR;
    V start = given[0] == V_NULL ? v_from_int(0) : given[0], step = given[1] == V_NULL ? v_from_int(1) : given[1];
    if (!is_number(start) || !is_number(step)) return err_set(t, &exc_TypeError, "a number is required");
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Count *self_ = (Count *)v_obj(self);
    SET_STEAL(next, v_is_bool(start) ? int_exact(t, start) : v_dup(start));
    SET(step, step);
    return self;
}

static void count_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Count *)o)->next);
    VISIT(((Count *)o)->step);
}

static V count_next(Thread *t, V self) {
    Count *self_ = (Count *)v_obj(self);
    V step = PEEK(step);
    if (likely(step == v_from_int(1))) {
        // Small ints on both sides are not counted: one exchange, no lock.  What is locked below begins at the last of
        // them, so the two never meet.
        for (V small = PEEK(next); v_is_int(small) && v_int(small) < V_INT_MAX;) {
            V larger = v_from_int(v_int(small) + 1);
            if (!obj_is_shared(&self_->head)) SET_STEAL(next, larger);
            else if (!at_cas_weak_acq_rel(&self_->next.bits, &small, larger)) continue;
            return small;
        }
    }
    CRITICAL(t, &self_->head);
    V now = GET(next), next = num_add(t, now, step);
    if (v_is_error(next)) {
        v_drop(t, now);
        return V_ERROR;
    }
    SET_STEAL(next, next);
    return now;
}

static V count_repr(Thread *t, V self) {
    Count *self_ = (Count *)v_obj(self);
    const char *name = type_short_name(v_type(self));
    if (PEEK(step) == v_from_int(1)) return str_from_format(t, "%s(%R)", name, PEEK(next));
    return str_from_format(t, "%s(%R, %R)", name, PEEK(next), PEEK(step));
}

static NATIVE(count_reduce) {
    UNUSED_NATIVE();
    Count *self_ = (Count *)v_obj(self);
    V state = PEEK(step) == v_from_int(1) ? tuple_pack(t, 1, PEEK(next)) : tuple_pack(t, 2, PEEK(next), PEEK(step));
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), state);
}

static const Method count_methods[] = {IT_REDUCE(count_reduce), METHOD_END};
Type count_type = {
    TYPE_HEAD("itertools.count"), .doc = "start, start + step, start + 2 * step, ...", .text_signature = "(start=0, step=1)",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Count), .traverse = count_traverse, .new_ = count_new, .repr = count_repr,
    .iter = iter_self, .next = count_next, .methods = count_methods,
};

// ---- repeat ------------------------------------------------------------------------------------------------------------
typedef struct Repeat { Obj head; Slot value; int64_t left; } Repeat; // left: atomic, changed under the lock; < 0: for ever

static V repeat_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given[2];
    ptrdiff_t times = -1;
    if (args_bind(t, "repeat", "object, times=<unrepresentable>", args, nargs, kwnames, given) < 0) return V_ERROR;
    if (given[1] != V_NULL) {
        if (num_as_ssize(t, given[1], &exc_OverflowError, &times) < 0) return V_ERROR;
        if (times < 0) times = 0;
    }
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Repeat *self_ = (Repeat *)v_obj(self);
    self_->left = times;
    SET(value, given[0]);
    return self;
}

static void repeat_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Repeat *)o)->value); }

static V repeat_next(Thread *t, V self) {
    Repeat *self_ = (Repeat *)v_obj(self);
    CRITICAL(t, &self_->head);
    int64_t left = at_load_relaxed(&self_->left);
    if (left == 0) return V_END;
    if (left > 0) at_store_relaxed(&self_->left, left - 1);
    return GET(value);
}

static V repeat_repr(Thread *t, V self) {
    Repeat *self_ = (Repeat *)v_obj(self);
    const char *name = type_short_name(v_type(self));
    int64_t left = at_load_relaxed(&self_->left);
    if (left < 0) return str_from_format(t, "%s(%R)", name, PEEK(value));
    return str_from_format(t, "%s(%R, %zd)", name, PEEK(value), (ptrdiff_t)left);
}

static NATIVE(repeat_hint) {
    UNUSED_NATIVE();
    int64_t left = ((Repeat *)v_obj(self))->left;
    return left < 0 ? err_set(t, &exc_TypeError, "len() of unsized object") : int_from_i64(t, left);
}

static NATIVE(repeat_reduce) {
    UNUSED_NATIVE();
    Repeat *self_ = (Repeat *)v_obj(self);
    V state = self_->left < 0 ? tuple_pack(t, 1, PEEK(value)) : tuple_pack(t, 2, PEEK(value), int_from_i64(t, self_->left));
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), state);
}

static const Method repeat_methods[] = {
    {"__length_hint__", repeat_hint, "", LOCK_SELF, 0, "How many are left."}, IT_REDUCE(repeat_reduce), METHOD_END,
};
Type repeat_type = {
    TYPE_HEAD("itertools.repeat"), .doc = "The same object over and over, or a number of times: repeat(object[, times]).",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Repeat), .traverse = repeat_traverse, .new_ = repeat_new,
    .repr = repeat_repr, .iter = iter_self, .next = repeat_next, .methods = repeat_methods,
};

// ---- cycle -------------------------------------------------------------------------------------------------------------
typedef struct Cycle {
    Obj head;
    Slot iter;     // V_NULL once it has come to its end
    Slot saved;    // list
    size_t index;  // in saved, after that
    bool complete; // saved holds everything already: do not add to it
} Cycle;

static V cycle_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (it_no_keywords(t, type, &cycle_type, "cycle", kwnames) < 0 || args_check_count(t, "cycle", nargs, 1, 1) < 0) return V_ERROR;
    V self, saved, iter = it_alloc_over(t, type, args[0], &self);
    if (v_is_error(iter)) return V_ERROR;
    Cycle *self_ = (Cycle *)v_obj(self);
    SET_STEAL(iter, iter);
    saved = list_new(t, 0);
    if (v_is_error(saved)) {
        v_drop(t, self);
        return V_ERROR;
    }
    SET_STEAL(saved, saved);
    return self;
}

static void cycle_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Cycle *)o)->iter);
    VISIT(((Cycle *)o)->saved);
}

static V cycle_next(Thread *t, V self) {
    Cycle *self_ = (Cycle *)v_obj(self);
    CRITICAL(t, &self_->head);
    V iter = GET(iter), saved = GET(saved), item = V_END;
    if (iter != V_NULL) {
        item = obj_next(t, iter);
        v_drop(t, iter);
        if (item == V_END) {
            CLEAR(iter);
        } else if (!v_is_error(item) && !self_->complete && list_append(t, saved, item) < 0) {
            v_drop(t, item);
            item = V_ERROR;
        }
    }
    if (item == V_END && list_len(saved)) {
        item = list_get(t, saved, self_->index);
        if (item == V_NULL) item = V_END;
        if (++self_->index >= list_len(saved)) self_->index = 0;
    }
    v_drop(t, saved);
    return item;
}

static NATIVE(cycle_reduce) {
    UNUSED_NATIVE();
    Cycle *self_ = (Cycle *)v_obj(self);
    V iter = GET(iter), saved = GET(saved);
    bool complete = self_->complete;
    if (iter == V_NULL) {
        complete = true;
        iter = obj_iter(t, saved);
        if (!v_is_error(iter) && self_->index) {
            V r = obj_call_method1(t, iter, NAME(__setstate__), v_from_int((int64_t)self_->index));
            if (v_is_error(r)) {
                v_drop(t, iter);
                iter = V_ERROR;
            } else {
                v_drop(t, r);
            }
        }
    }
    return tuple_pack_steal(t, 3, v_from_type(v_type(self)), tuple_pack_steal(t, 1, iter),
                            tuple_pack_steal(t, 2, saved, v_from_bool(complete)));
}

static NATIVE(cycle_setstate) {
    UNUSED_NATIVE();
    Cycle *self_ = (Cycle *)v_obj(self);
    V given[2];
    int complete;
    if (it_state(t, args[0], 2, 2, given) < 0) return V_ERROR;
    if (!v_is_list(given[0])) return err_set(t, &exc_TypeError, "argument 1 must be list, not %K", given[0]);
    if (num_as_int(t, given[1], &complete) < 0) return V_ERROR;
    SET(saved, given[0]);
    self_->complete = complete != 0;
    self_->index = 0;
    return V_NONE;
}

static const Method cycle_methods[] = {IT_REDUCE(cycle_reduce), IT_SETSTATE(cycle_setstate), METHOD_END};
Type cycle_type = {
    TYPE_HEAD("itertools.cycle"), .doc = "The items of an iterable, then again and again.", .text_signature = "(iterable, /)",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Cycle), .traverse = cycle_traverse, .new_ = cycle_new, .iter = iter_self,
    .next = cycle_next, .methods = cycle_methods,
};

// ---- chain -------------------------------------------------------------------------------------------------------------
typedef struct Chain { Obj head; Slot source, active; } Chain; // the iterator of iterables, and of the current one

static V chain_over(Thread *t, Type *type, V iterables) {
    V self, iter = it_alloc_over(t, type, iterables, &self);
    if (v_is_error(iter)) return V_ERROR;
    Chain *self_ = (Chain *)v_obj(self);
    SET_STEAL(source, iter);
    return self;
}

static V chain_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (it_no_keywords(t, type, &chain_type, "chain", kwnames) < 0) return V_ERROR;
    V all = tuple_from(t, args, nargs), self = v_is_error(all) ? V_ERROR : chain_over(t, type, all);
    v_drop(t, all);
    return self;
}

static NATIVE(chain_from_iterable) {
    UNUSED_NATIVE();
    return chain_over(t, v_as_type(self), args[0]);
}

static void chain_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Chain *)o)->source);
    VISIT(((Chain *)o)->active);
}

// The next iterable's iterator becomes the active one.  1, 0 at the end, -1.
static int chain_advance(Thread *t, Chain *self_) {
    V source = GET(source);
    if (source == V_NULL) return 0;
    V iterable = obj_next(t, source);
    v_drop(t, source);
    if (iterable == V_END || v_is_error(iterable)) {
        CLEAR(source);
        return iterable == V_END ? 0 : -1;
    }
    V active = obj_iter(t, iterable);
    v_drop(t, iterable);
    if (v_is_error(active)) {
        CLEAR(source);
        return -1;
    }
    SET_STEAL(active, active);
    return 1;
}

static V chain_next(Thread *t, V self) {
    Chain *self_ = (Chain *)v_obj(self);
    CRITICAL(t, &self_->head);
    for (;;) {
        V active = GET(active);
        if (active != V_NULL) {
            V item = obj_next(t, active);
            v_drop(t, active);
            if (item != V_END) return item;
            CLEAR(active);
        }
        int r = chain_advance(t, self_);
        if (r <= 0) return r == 0 ? V_END : V_ERROR;
        if (safepoint(t) < 0) return V_ERROR;
    }
}

static NATIVE(chain_reduce) {
    UNUSED_NATIVE();
    Chain *self_ = (Chain *)v_obj(self);
    V source = GET(source), active = GET(active), type = v_from_type(v_type(self));
    if (source == V_NULL) {
        v_drop(t, active);
        return tuple_pack(t, 2, type, tuple_empty());
    }
    V state = active == V_NULL ? tuple_pack_steal(t, 1, source) : tuple_pack_steal(t, 2, source, active);
    return tuple_pack_steal(t, 3, type, tuple_empty(), state);
}

static bool is_iterator(V v) { return v_type(v)->next != NULL; }

static NATIVE(chain_setstate) {
    UNUSED_NATIVE();
    Chain *self_ = (Chain *)v_obj(self);
    V given[2];
    if (it_state(t, args[0], 1, 2, given) < 0) return V_ERROR;
    if (!is_iterator(given[0]) || (given[1] != V_NULL && !is_iterator(given[1])))
        return err_set(t, &exc_TypeError, "Arguments must be iterators.");
    SET(source, given[0]);
    SET(active, given[1]);
    return V_NONE;
}

static const Method chain_methods[] = {
    {"from_iterable", chain_from_iterable, "iterable, /", LOCK_NONE, M_CLASS, "chain() with one argument that gives the iterables."},
    IT_REDUCE(chain_reduce), IT_SETSTATE(chain_setstate),
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "A generic alias, as in chain[int]."},
    METHOD_END,
};
Type chain_type = {
    TYPE_HEAD("itertools.chain"), .doc = "The items of one iterable after the other: chain(*iterables).",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Chain), .traverse = chain_traverse, .new_ = chain_new, .iter = iter_self,
    .next = chain_next, .methods = chain_methods,
};

// ---- accumulate --------------------------------------------------------------------------------------------------------
typedef struct Accumulate { Obj head; Slot iter, func, total, initial; } Accumulate; // func: None is +

static V accumulate_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given[3], self;
    if (args_bind(t, "accumulate", "iterable, func=None, *, initial=None", args, nargs, kwnames, given) < 0) return V_ERROR;
    V iter = it_alloc_over(t, type, given[0], &self);
    if (v_is_error(iter)) return V_ERROR;
    Accumulate *self_ = (Accumulate *)v_obj(self);
    SET_STEAL(iter, iter);
    SET(func, given[1] == V_NULL ? V_NONE : given[1]);
    SET(initial, given[2] == V_NONE ? V_NULL : given[2]);
    return self;
}

static void accumulate_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Accumulate *self_ = (Accumulate *)o;
    VISIT(self_->iter);
    VISIT(self_->func);
    VISIT(self_->total);
    VISIT(self_->initial);
}

static V accumulate_next(Thread *t, V self) {
    Accumulate *self_ = (Accumulate *)v_obj(self);
    CRITICAL(t, &self_->head);
    V initial = slot_take(&self_->head, &self_->initial);
    if (initial != V_NULL) {
        SET(total, initial);
        return initial;
    }
    V iter = GET(iter), item = obj_next(t, iter);
    v_drop(t, iter);
    if (item == V_END || v_is_error(item)) return item;
    V total = GET(total);
    if (total == V_NULL) {
        SET(total, item);
        return item;
    }
    V func = GET(func), sum = func == V_NONE ? num_add(t, total, item) : obj_call2(t, func, total, item);
    v_drop(t, func);
    v_drop(t, total);
    v_drop(t, item);
    if (v_is_error(sum)) return V_ERROR;
    SET(total, sum);
    return sum;
}

// chain((first,), iter)
static V chain_pair(Thread *t, V first, V iter) {
    V front = tuple_pack(t, 1, first);
    if (v_is_error(front)) return V_ERROR;
    V result = obj_call2(t, v_from_type(&chain_type), front, iter);
    v_drop(t, front);
    return result;
}

static NATIVE(accumulate_reduce) {
    UNUSED_NATIVE();
    Accumulate *self_ = (Accumulate *)v_obj(self);
    V type = v_from_type(v_type(self)), func = PEEK(func), total = PEEK(total), initial = PEEK(initial);
    if (initial != V_NULL)
        return tuple_pack_steal(t, 3, type, tuple_pack_steal(t, 2, chain_pair(t, initial, PEEK(iter)), v_dup(func)), V_NONE);
    if (total == V_NONE) { // None as a state means "none yet": a new one that skips its first item says the same
        V joined = chain_pair(t, V_NONE, PEEK(iter));
        V inner = v_is_error(joined) ? V_ERROR : obj_call2(t, type, joined, func);
        v_drop(t, joined);
        return tuple_pack_steal(t, 2, v_from_type(&islice_type), tuple_pack_steal(t, 3, inner, v_from_int(1), V_NONE));
    }
    return tuple_pack_steal(t, 3, type, tuple_pack(t, 2, PEEK(iter), func), total == V_NULL ? V_NONE : v_dup(total));
}

static NATIVE(accumulate_setstate) {
    UNUSED_NATIVE();
    Accumulate *self_ = (Accumulate *)v_obj(self);
    SET(total, args[0]);
    return V_NONE;
}

static const Method accumulate_methods[] = {IT_REDUCE(accumulate_reduce), IT_SETSTATE(accumulate_setstate), METHOD_END};
Type accumulate_type = {
    TYPE_HEAD("itertools.accumulate"), .doc = "Running totals, or what another function of two arguments makes of them.",
    .text_signature = "(iterable, func=None, *, initial=None)", .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Accumulate),
    .traverse = accumulate_traverse, .new_ = accumulate_new, .iter = iter_self, .next = accumulate_next, .methods = accumulate_methods,
};

// ---- islice ------------------------------------------------------------------------------------------------------------
typedef struct ISlice {
    Obj head;
    Slot iter;      // V_NULL at the end
    size_t next;    // position of the next item to give
    ptrdiff_t stop; // -1: none
    size_t step, at; // at: items taken from iter
} ISlice;

static int slice_bound(Thread *t, V v, ptrdiff_t *out, const char *what) {
    if (v == V_NONE) return 0;
    if ((v_is_any_int(v) || v_type(v)->index) && num_as_ssize(t, v, &exc_OverflowError, out) == 0 && *out >= 0) return 0;
    err_clear(t);
    err_set(t, &exc_ValueError, "%s for islice() must be None or an integer: 0 <= x <= sys.maxsize.", what);
    return -1;
}

static V islice_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    ptrdiff_t start = 0, stop = -1, step = 1;
    if (it_no_keywords(t, type, &islice_type, "islice", kwnames) < 0 || args_check_count(t, "islice", nargs, 2, 4) < 0) return V_ERROR;
    if (nargs == 2) {
        if (slice_bound(t, args[1], &stop, "Stop argument") < 0) return V_ERROR;
    } else {
        ptrdiff_t limit = -1;
        if (slice_bound(t, args[2], &limit, "Stop argument") < 0 || slice_bound(t, args[1], &start, "Indices") < 0) return V_ERROR;
        stop = limit;
    }
    if (nargs == 4 && args[3] != V_NONE) {
        step = -1;
        if ((v_is_any_int(args[3]) || v_type(args[3])->index) && num_as_ssize(t, args[3], &exc_OverflowError, &step) < 0) step = -1;
        if (step < 1) {
            err_clear(t);
            return err_set(t, &exc_ValueError, "Step for islice() must be a positive integer or None.");
        }
    }
    V self, iter = it_alloc_over(t, type, args[0], &self);
    if (v_is_error(iter)) return V_ERROR;
    ISlice *self_ = (ISlice *)v_obj(self);
    self_->next = (size_t)start;
    self_->stop = stop;
    self_->step = (size_t)step;
    SET_STEAL(iter, iter);
    return self;
}

static void islice_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((ISlice *)o)->iter); }

static V islice_next(Thread *t, V self) {
    ISlice *self_ = (ISlice *)v_obj(self);
    CRITICAL(t, &self_->head);
    V iter = GET(iter), item = V_NULL;
    if (iter == V_NULL) return V_END;
    while (self_->at < self_->next) { // what is skipped
        item = obj_next(t, iter);
        if (item == V_END || v_is_error(item)) goto end;
        v_drop(t, item);
        self_->at++;
        if (safepoint(t) < 0) {
            item = V_ERROR;
            goto end;
        }
    }
    item = V_END;
    if (self_->stop < 0 || self_->at < (size_t)self_->stop) item = obj_next(t, iter);
    if (item != V_END && !v_is_error(item)) {
        self_->at++;
        size_t before = self_->next;
        self_->next += self_->step;
        if (self_->next < before || (self_->stop >= 0 && self_->next > (size_t)self_->stop)) self_->next = (size_t)self_->stop;
        v_drop(t, iter);
        return item;
    }
end:
    v_drop(t, iter);
    CLEAR(iter);
    return item;
}

static NATIVE(islice_reduce) {
    UNUSED_NATIVE();
    ISlice *self_ = (ISlice *)v_obj(self);
    V type = v_from_type(v_type(self)), iter = GET(iter);
    if (iter == V_NULL) {
        V empty = list_new(t, 0), over = v_is_error(empty) ? V_ERROR : obj_iter(t, empty);
        v_drop(t, empty);
        return tuple_pack_steal(t, 3, type, tuple_pack_steal(t, 2, over, v_from_int(0)), v_from_int(0));
    }
    V stop = self_->stop < 0 ? V_NONE : int_from_i64(t, self_->stop);
    return tuple_pack_steal(t, 3, type, tuple_pack_steal(t, 4, iter, int_from_size(t, self_->next), stop, int_from_size(t, self_->step)),
                            int_from_size(t, self_->at));
}

static NATIVE(islice_setstate) {
    UNUSED_NATIVE();
    if (!v_is_any_int(args[0])) return err_set(t, &exc_TypeError, "an integer is required");
    ptrdiff_t at;
    if (num_as_ssize(t, args[0], &exc_OverflowError, &at) < 0) return V_ERROR;
    ((ISlice *)v_obj(self))->at = (size_t)at;
    return V_NONE;
}

static const Method islice_methods[] = {IT_REDUCE(islice_reduce), IT_SETSTATE(islice_setstate), METHOD_END};
Type islice_type = {
    TYPE_HEAD("itertools.islice"), .doc = "Some of an iterable's items, as a slice says: islice(iterable, [start,] stop[, step]).",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(ISlice), .traverse = islice_traverse, .new_ = islice_new, .iter = iter_self,
    .next = islice_next, .methods = islice_methods,
};

// ---- the module ----------------------------------------------------------------------------------------------------------
static const Method methods[] = {
    {"tee", itertools_tee, "iterable, n=2, /", LOCK_NONE, M_RAW, "n independent iterators over the items of one: tee(iterable, n=2)."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    Type *const types[] = {
        &accumulate_type, &combinations_type, &combinations_wr_type, &cycle_type, &dropwhile_type, &takewhile_type, &islice_type,
        &starmap_type, &chain_type, &compress_type, &filterfalse_type, &count_type, &zip_longest_type, &pairwise_type,
        &permutations_type, &product_type, &repeat_type, &groupby_type, &grouper_type, &tee_type, &tee_data_type,
    };
    for (size_t i = 0; i < countof(types); i++) {
        if (module_add_type(t, module, types[i]) < 0) return -1;
    }
    return 0;
}

const ModuleDef mod_itertools = {
    .name = "itertools", .doc = "Iterators made of iterators.", .methods = methods, .exec = exec,
};
