// SPDX-License-Identifier: MIT
// Iterators over list and tuple.
//
// The VM runs the forward ones without calling here (FOR_ITER); their layouts are in list.h and tuple.h.  A SHARED iterator
// takes its index by compare-and-swap, so that threads that share one get every item once.
#include "iter_private.h"

// Claims the next index, moving it by `by`; false when it would not be below n (unsigned: -1 is the end backwards).
static inline bool claim(Obj *o, size_t *index, size_t n, size_t by, size_t *got) {
    size_t i = at_load_relaxed(index);
    if (likely(!obj_is_shared(o))) {
        *got = i;
        if (i >= n) return false;
        at_store_relaxed(index, i + by);
        return true;
    }
    do {
        if (i >= n) return false;
    } while (!at_cas_weak_relaxed(index, &i, i + by));
    *got = i;
    return true;
}

static V set_index(Thread *t, V state, size_t *index, size_t n, ptrdiff_t low) {
    ptrdiff_t i;
    if (iter_state(t, state, &i) < 0) return V_ERROR;
    if (i < low) i = low;
    if (i > (ptrdiff_t)n) i = (ptrdiff_t)n;
    at_store_relaxed(index, (size_t)i);
    return V_NONE;
}

static V reduce(Thread *t, Obj *o, const Slot *seq, const char *function, size_t index) {
    V v = slot_get(o, seq);
    if (v == V_NULL) {
        V rest = o->type == &tuple_iter_type ? tuple_empty() : list_new(t, 0);
        return tuple_pack_steal(t, 2, iter_builtin(t, "iter"), tuple_pack_steal(t, 1, rest));
    }
    return tuple_pack_steal(t, 3, iter_builtin(t, function), tuple_pack_steal(t, 1, v), v_from_int((int64_t)index));
}

// ---- list --------------------------------------------------------------------------------------------------------------
static ListIter *list_iter_of(V v) { return (ListIter *)v_obj(v); }

static V list_iter_alloc(Thread *t, V list, Type *type, size_t index) {
    ListIter *it = (ListIter *)obj_alloc(t, type, sizeof *it, OBJ_GC);
    if (!it) return err_no_memory(t);
    it->index = index;
    slot_init(t, &it->head, &it->list, list);
    return v_from(it);
}

V list_iter_new(Thread *t, V list) { return list_iter_alloc(t, list, &list_iter_type, 0); }
V list_reverse_iter_new(Thread *t, V list) { return list_iter_alloc(t, list, &list_reverse_iter_type, list_len(list) - 1); }

static void list_iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((ListIter *)o)->list); }

static V list_step(Thread *t, V self, size_t by) {
    ListIter *it = list_iter_of(self);
    V list = slot_peek(&it->list);
    if (list == V_NULL) return V_END;
    size_t i;
    if (likely(claim(&it->head, &it->index, list_len(list), by, &i))) {
        V v = list_get(t, list, i);
        if (likely(v != V_NULL)) return v;
    }
    slot_clear(t, &it->head, &it->list);
    return V_END;
}
static V list_next(Thread *t, V self) { return list_step(t, self, 1); }
static V list_next_back(Thread *t, V self) { return list_step(t, self, (size_t)-1); }

static NATIVE(list_hint) {
    UNUSED_NATIVE();
    ListIter *it = list_iter_of(self);
    V list = slot_peek(&it->list);
    size_t i = at_load_relaxed(&it->index);
    if (list == V_NULL) return v_from_int(0);
    size_t n = list_len(list);
    if (it->head.type == &list_reverse_iter_type) return v_from_int(n < i + 1 ? 0 : (int64_t)(i + 1));
    return v_from_int(i < n ? (int64_t)(n - i) : 0);
}
static NATIVE(list_reduce) {
    UNUSED_NATIVE();
    ListIter *it = list_iter_of(self);
    return reduce(t, &it->head, &it->list, "iter", at_load_relaxed(&it->index));
}
static NATIVE(list_reduce_back) {
    UNUSED_NATIVE();
    ListIter *it = list_iter_of(self);
    return reduce(t, &it->head, &it->list, "reversed", at_load_relaxed(&it->index)); // -1 before the end was noticed
}
static NATIVE(list_setstate) {
    UNUSED_NATIVE();
    ListIter *it = list_iter_of(self);
    V list = slot_peek(&it->list);
    return list == V_NULL ? V_NONE : set_index(t, args[0], &it->index, list_len(list), 0);
}
static NATIVE(list_setstate_back) {
    UNUSED_NATIVE();
    ListIter *it = list_iter_of(self);
    V list = slot_peek(&it->list);
    return list == V_NULL ? V_NONE : set_index(t, args[0], &it->index, list_len(list) - 1, -1);
}

static const Method list_iter_methods[] = {
    ITER_HINT(list_hint), ITER_REDUCE(list_reduce), ITER_SETSTATE(list_setstate), METHOD_END,
};
static const Method list_reverse_iter_methods[] = {
    ITER_HINT(list_hint), ITER_REDUCE(list_reduce_back), ITER_SETSTATE(list_setstate_back), METHOD_END,
};

Type list_iter_type = {
    TYPE_HEAD("list_iterator"), .flags = TYPE_GC, .size = sizeof(ListIter), .traverse = list_iter_traverse,
    .iter = iter_self, .next = list_next, .methods = list_iter_methods,
};
Type list_reverse_iter_type = {
    TYPE_HEAD("list_reverseiterator"), .flags = TYPE_GC, .size = sizeof(ListIter), .traverse = list_iter_traverse,
    .iter = iter_self, .next = list_next_back, .methods = list_reverse_iter_methods,
};

// ---- tuple -------------------------------------------------------------------------------------------------------------
static TupleIter *tuple_iter_of(V v) { return (TupleIter *)v_obj(v); }

V tuple_iter_new(Thread *t, V tuple) {
    TupleIter *it = (TupleIter *)obj_alloc(t, &tuple_iter_type, sizeof *it, OBJ_GC);
    if (!it) return err_no_memory(t);
    slot_init(t, &it->head, &it->tuple, tuple);
    return v_from(it);
}

static void tuple_iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((TupleIter *)o)->tuple); }

static V tuple_next(Thread *t, V self) {
    TupleIter *it = tuple_iter_of(self);
    V tuple = slot_peek(&it->tuple);
    if (tuple == V_NULL) return V_END;
    size_t i;
    if (likely(claim(&it->head, &it->index, tuple_len(tuple), 1, &i))) return tuple_get(tuple, i);
    slot_clear(t, &it->head, &it->tuple);
    return V_END;
}

static NATIVE(tuple_hint) {
    UNUSED_NATIVE();
    TupleIter *it = tuple_iter_of(self);
    V tuple = slot_peek(&it->tuple);
    size_t i = at_load_relaxed(&it->index);
    return v_from_int(tuple == V_NULL || i >= tuple_len(tuple) ? 0 : (int64_t)(tuple_len(tuple) - i));
}
static NATIVE(tuple_reduce) {
    UNUSED_NATIVE();
    TupleIter *it = tuple_iter_of(self);
    return reduce(t, &it->head, &it->tuple, "iter", at_load_relaxed(&it->index));
}
static NATIVE(tuple_setstate) {
    UNUSED_NATIVE();
    TupleIter *it = tuple_iter_of(self);
    V tuple = slot_peek(&it->tuple);
    return tuple == V_NULL ? V_NONE : set_index(t, args[0], &it->index, tuple_len(tuple), 0);
}

static const Method tuple_iter_methods[] = {
    ITER_HINT(tuple_hint), ITER_REDUCE(tuple_reduce), ITER_SETSTATE(tuple_setstate), METHOD_END,
};

Type tuple_iter_type = {
    TYPE_HEAD("tuple_iterator"), .flags = TYPE_GC, .size = sizeof(TupleIter), .traverse = tuple_iter_traverse,
    .iter = iter_self, .next = tuple_next, .methods = tuple_iter_methods,
};
