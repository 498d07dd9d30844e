// SPDX-License-Identifier: MIT
// enumerate and reversed.
#include "iter_private.h"
#include "object/pairs.h"

// ---- enumerate ---------------------------------------------------------------------------------------------------------
typedef struct Enumerate {
    Obj head;
    Slot iter;
    Slot index; // the next one, an int
    Slot pair;  // see iter_pair
} Enumerate;
static Enumerate *enumerate_of(V v) { return (Enumerate *)v_obj(v); }

static int parse_enumerate(Thread *t, const V *args, size_t nargs, V kwnames, V out[2]) {
    static const char *const names[] = {"iterable", "start"};
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    if (nargs + nkw > 2) {
        err_set(t, &exc_TypeError, "enumerate() takes at most 2 arguments (%zu given)", nargs + nkw);
        return -1;
    }
    for (size_t i = 0; i < nargs; i++) out[i] = args[i];
    for (size_t k = 0; k < nkw; k++) {
        V name = tuple_borrow(kwnames, k);
        size_t i = str_equal_ascii(name, names[0]) ? 0 : 1;
        if ((i == 1 && (!str_equal_ascii(name, names[1]) || (nargs == 0 && nkw == 1))) || out[i] != V_NULL) {
            err_set(t, &exc_TypeError, "'%V' is an invalid keyword argument for enumerate()", name);
            return -1;
        }
        out[i] = args[nargs + k];
    }
    if (out[0] != V_NULL) return 0;
    err_set(t, &exc_TypeError, "enumerate() missing required argument 'iterable'");
    return -1;
}

static V enumerate_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given[2] = {V_NULL, V_NULL};
    if (parse_enumerate(t, args, nargs, kwnames, given) < 0) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Enumerate *e = enumerate_of(self);
    V index = given[1] == V_NULL ? v_from_int(0) : num_index(t, given[1]), iter = v_is_error(index) ? V_ERROR : obj_iter(t, given[0]);
    if (v_is_error(iter)) {
        v_drop(t, index);
        v_drop(t, self);
        return V_ERROR;
    }
    slot_set_steal(t, &e->head, &e->index, index);
    slot_set_steal(t, &e->head, &e->iter, iter);
    return self;
}

static void enumerate_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Enumerate *e = (Enumerate *)o;
    VISIT(e->iter);
    VISIT(e->index);
    VISIT(e->pair);
}

int enumerate_next_pair(Thread *t, V self, V *pair) {
    Enumerate *e = enumerate_of(self);
    CRITICAL(t, &e->head);
    V item = iter_next_quick(t, slot_peek(&e->iter)); // which is there as long as e
    if (item == V_END || v_is_error(item)) return item == V_END ? 0 : -1;
    V index = slot_peek(&e->index);
    if (likely(v_is_int(index) && v_int(index) < V_INT_MAX)) {
        at_store_relaxed(&e->index.bits, v_from_int(v_int(index) + 1)); // a number for a number: nothing to count
    } else {
        index = slot_get(&e->head, &e->index);
        V next = int_add(t, index, v_from_int(1));
        if (v_is_error(next)) {
            v_drop(t, index);
            v_drop(t, item);
            return -1;
        }
        slot_set_steal(t, &e->head, &e->index, next);
    }
    pair[1] = index;
    pair[0] = item;
    return 1;
}

static V enumerate_next(Thread *t, V self) {
    Enumerate *e = enumerate_of(self);
    CRITICAL(t, &e->head);
    V pair[2];
    int r = enumerate_next_pair(t, self, pair);
    return r > 0 ? iter_pair(t, &e->head, &e->pair, pair[1], pair[0]) : r == 0 ? V_END : V_ERROR;
}

static NATIVE(enumerate_reduce) {
    UNUSED_NATIVE();
    Enumerate *e = enumerate_of(self);
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), tuple_pack(t, 2, slot_peek(&e->iter), slot_peek(&e->index)));
}

static const Method enumerate_methods[] = {
    ITER_REDUCE(enumerate_reduce),
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "See PEP 585"},
    METHOD_END,
};
Type enumerate_type = {
    TYPE_HEAD("enumerate"), .getattr = obj_generic_getattr,
    .doc = "Counts what an iterable gives: pairs (start, first item), (start + 1, second item), ...\n\n"
           "  iterable\n"
           "    what is counted\n"
           "  start\n"
           "    the first number",
    .text_signature = "(iterable, start=0)", .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Enumerate),
    .traverse = enumerate_traverse, .new_ = enumerate_new, .iter = iter_self, .next = enumerate_next, .methods = enumerate_methods,
};

// ---- reversed ----------------------------------------------------------------------------------------------------------
typedef struct Reversed {
    Obj head;
    Slot seq;        // V_NULL once exhausted
    ptrdiff_t index; // atomic: the next one
} Reversed;
static Reversed *reversed_of(V v) { return (Reversed *)v_obj(v); }

static V reversed_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if ((type == &reversed_type || type->init == reversed_type.init) && args_no_keywords(t, "reversed", kwnames) < 0) return V_ERROR;
    if (args_check_count(t, "reversed", nargs, 1, 1) < 0) return V_ERROR;
    V seq = args[0], bound_self, method = obj_lookup_special(t, seq, NAME(__reversed__), &bound_self);
    if (v_is_error(method)) return V_ERROR;
    if (method == V_NONE) return err_set(t, &exc_TypeError, "'%T' object is not reversible", seq);
    if (method != V_NULL) {
        V result = bound_self == V_NULL ? obj_call0(t, method) : obj_call1(t, method, bound_self);
        v_drop(t, method);
        return result;
    }
    if (!obj_is_sequence(seq)) return err_set(t, &exc_TypeError, "'%T' object is not reversible", seq);
    ptrdiff_t n = obj_len(t, seq);
    if (n < 0) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    reversed_of(self)->index = n - 1;
    slot_set(t, v_obj(self), &reversed_of(self)->seq, seq);
    return self;
}

static void reversed_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Reversed *)o)->seq); }

static V item_at(Thread *t, V seq, ptrdiff_t i) {
    IndexFn item = v_type(seq)->item;
    if (item) return item(t, seq, i);
    V key = int_from_i64(t, i);
    if (v_is_error(key)) return V_ERROR;
    V result = obj_getitem(t, seq, key);
    v_drop(t, key);
    return result;
}

static V reversed_next(Thread *t, V self) {
    Reversed *r = reversed_of(self);
    CRITICAL(t, &r->head);
    V seq = slot_get(&r->head, &r->seq);
    if (seq == V_NULL) return V_END;
    ptrdiff_t i = at_load_relaxed(&r->index);
    V item = V_END;
    if (i >= 0) {
        item = item_at(t, seq, i);
        if (!v_is_error(item)) {
            at_store_relaxed(&r->index, i - 1);
            v_drop(t, seq);
            return item;
        }
        if (err_matches(t, &exc_IndexError) || err_matches(t, &exc_StopIteration)) {
            err_clear(t);
            item = V_END;
        }
    }
    v_drop(t, seq);
    at_store_relaxed(&r->index, (ptrdiff_t)-1);
    if (item == V_END) slot_clear(t, &r->head, &r->seq);
    return item;
}

static NATIVE(reversed_hint) {
    UNUSED_NATIVE();
    Reversed *r = reversed_of(self);
    V seq = slot_get(&r->head, &r->seq);
    if (seq == V_NULL) return v_from_int(0);
    ptrdiff_t n = obj_len(t, seq), i = at_load_relaxed(&r->index);
    v_drop(t, seq);
    if (n < 0) return V_ERROR;
    return int_from_i64(t, n < i + 1 ? 0 : i + 1);
}

static NATIVE(reversed_reduce) {
    UNUSED_NATIVE();
    Reversed *r = reversed_of(self);
    V seq = slot_get(&r->head, &r->seq);
    if (seq == V_NULL) return tuple_pack_steal(t, 2, v_from_type(v_type(self)), tuple_pack_steal(t, 1, tuple_empty()));
    return tuple_pack_steal(t, 3, v_from_type(v_type(self)), tuple_pack_steal(t, 1, seq), int_from_i64(t, at_load_relaxed(&r->index)));
}

static NATIVE(reversed_setstate) {
    UNUSED_NATIVE();
    Reversed *r = reversed_of(self);
    ptrdiff_t i;
    if (iter_state(t, args[0], &i) < 0) return V_ERROR;
    V seq = slot_get(&r->head, &r->seq);
    if (seq == V_NULL) return V_NONE;
    ptrdiff_t n = obj_len(t, seq);
    v_drop(t, seq);
    if (n < 0) return V_ERROR;
    at_store_relaxed(&r->index, i < -1 ? -1 : i > n - 1 ? n - 1 : i);
    return V_NONE;
}

static const Method reversed_methods[] = {
    ITER_HINT(reversed_hint), ITER_REDUCE(reversed_reduce), ITER_SETSTATE(reversed_setstate), METHOD_END,
};
Type reversed_type = {
    TYPE_HEAD("reversed"), .getattr = obj_generic_getattr, .doc = "The items of a sequence from the last to the first.",
    .text_signature = "(sequence, /)", .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Reversed),
    .traverse = reversed_traverse, .new_ = reversed_new, .iter = iter_self, .next = reversed_next, .methods = reversed_methods,
};
