// SPDX-License-Identifier: MIT
// iter(sequence) by index, and iter(callable, sentinel).
#include "object/descr.h"
#include "object/misc.h"
#include "iter_private.h"

// (iter or reversed…, args, state): how iterators are pickled.  `name` is a builtin.
static V builtin(Thread *t, const char *name) {
    V v = dict_get_c(t, builtins_dict_borrow(), name);
    return v == V_NULL ? err_set(t, &exc_AttributeError, "%s", name) : v;
}

// ---- by index ----------------------------------------------------------------------------------------------------------
typedef struct SeqIter { Obj head; Slot seq; int64_t next; } SeqIter; // next: atomic; seq is cleared at the end
static inline SeqIter *seq_iter_of(V v) { return (SeqIter *)v_obj(v); }

V seq_iter_new(Thread *t, V seq) {
    SeqIter *it = (SeqIter *)obj_alloc(t, &seq_iter_type, sizeof *it, OBJ_GC);
    if (!it) return err_no_memory(t);
    slot_init(t, &it->head, &it->seq, seq);
    return v_from(it);
}
static void seq_iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((SeqIter *)o)->seq); }

static V seq_iter_next(Thread *t, V self) {
    SeqIter *it = seq_iter_of(self);
    V seq = slot_get(&it->head, &it->seq);
    if (seq == V_NULL) return V_END;
    int64_t i = at_load_relaxed(&it->next);
    V result;
    if (i == INT64_MAX) {
        result = err_set(t, &exc_OverflowError, "iter index too large");
    } else {
        IndexFn item = v_type(seq)->item;
        if (item) {
            result = item(t, seq, i);
        } else {
            V key = int_from_i64(t, i);
            result = obj_getitem(t, seq, key);
            v_drop(t, key);
        }
        if (!v_is_error(result)) at_store_relaxed(&it->next, i + 1);
    }
    v_drop(t, seq);
    if (!v_is_error(result) || (!err_matches(t, &exc_IndexError) && !err_matches(t, &exc_StopIteration))) return result;
    err_clear(t);
    slot_clear(t, &it->head, &it->seq);
    return V_END;
}

static NATIVE(seq_iter_length_hint) {
    UNUSED_NATIVE();
    SeqIter *it = seq_iter_of(self);
    V seq = slot_get(&it->head, &it->seq);
    if (seq == V_NULL) return v_from_int(0);
    ptrdiff_t n = v_type(seq)->len ? obj_len(t, seq) : -2;
    v_drop(t, seq);
    if (n == -2) return V_NOT_IMPLEMENTED;
    if (n < 0) return V_ERROR;
    int64_t left = n - at_load_relaxed(&it->next);
    return int_from_i64(t, left < 0 ? 0 : left);
}

static NATIVE(seq_iter_reduce) {
    UNUSED_NATIVE();
    SeqIter *it = seq_iter_of(self);
    V iter = builtin(t, "iter");
    if (v_is_error(iter)) return V_ERROR;
    V seq = slot_get(&it->head, &it->seq);
    if (seq == V_NULL) return tuple_pack_steal(t, 2, iter, tuple_pack_steal(t, 1, tuple_empty()));
    return tuple_pack_steal(t, 3, iter, tuple_pack_steal(t, 1, seq), int_from_i64(t, at_load_relaxed(&it->next)));
}

static NATIVE(seq_iter_setstate) {
    UNUSED_NATIVE();
    ptrdiff_t i;
    if (iter_state(t, args[0], &i) < 0) return V_ERROR;
    if (slot_peek(&seq_iter_of(self)->seq) != V_NULL) at_store_relaxed(&seq_iter_of(self)->next, i < 0 ? 0 : i);
    return V_NONE;
}

static const Method seq_iter_methods[] = {
    {"__length_hint__", seq_iter_length_hint, "", LOCK_NONE, 0, "About how many items are left."},
    {"__reduce__", seq_iter_reduce, "", LOCK_NONE, 0, "What a pickle has to keep."},
    {"__setstate__", seq_iter_setstate, "object, /", LOCK_NONE, 0, "Goes to the state that a pickle kept."},
    METHOD_END,
};
Type seq_iter_type = {
    TYPE_HEAD("iterator"), .size = sizeof(SeqIter), .flags = TYPE_GC | TYPE_IMMUTABLE, .traverse = seq_iter_traverse,
    .iter = iter_self, .next = seq_iter_next, .methods = seq_iter_methods,
};

// ---- by calling ----------------------------------------------------------------------------------------------------------
typedef struct CallIter { Obj head; Slot callable, sentinel; } CallIter;
static inline CallIter *call_iter_of(V v) { return (CallIter *)v_obj(v); }

V callable_iter_new(Thread *t, V callable, V sentinel) {
    CallIter *it = (CallIter *)obj_alloc(t, &callable_iter_type, sizeof *it, OBJ_GC);
    if (!it) return err_no_memory(t);
    slot_init(t, &it->head, &it->callable, callable);
    slot_init(t, &it->head, &it->sentinel, sentinel);
    return v_from(it);
}
static void call_iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    CallIter *it = (CallIter *)o;
    VISIT(it->callable);
    VISIT(it->sentinel);
}
static void finish(Thread *t, CallIter *it) {
    slot_clear(t, &it->head, &it->callable);
    slot_clear(t, &it->head, &it->sentinel);
}

static V call_iter_next(Thread *t, V self) {
    CallIter *it = call_iter_of(self);
    V callable = slot_get(&it->head, &it->callable);
    if (callable == V_NULL) return V_END;
    V result = obj_call0(t, callable);
    v_drop(t, callable);
    if (v_is_error(result)) {
        if (!err_matches(t, &exc_StopIteration)) return V_ERROR;
        err_clear(t);
        finish(t, it);
        return V_END;
    }
    V sentinel = slot_get(&it->head, &it->sentinel); // the call may have ended the iteration
    int equal = sentinel == V_NULL ? 1 : obj_compare_bool(t, sentinel, result, CMP_EQ);
    v_drop(t, sentinel);
    if (equal == 0) return result;
    v_drop(t, result);
    if (equal < 0) return V_ERROR;
    finish(t, it);
    return V_END;
}

static NATIVE(call_iter_reduce) {
    UNUSED_NATIVE();
    CallIter *it = call_iter_of(self);
    V iter = builtin(t, "iter");
    if (v_is_error(iter)) return V_ERROR;
    V callable = slot_get(&it->head, &it->callable), sentinel = slot_get(&it->head, &it->sentinel);
    if (callable == V_NULL || sentinel == V_NULL) {
        v_drop(t, callable);
        v_drop(t, sentinel);
        return tuple_pack_steal(t, 2, iter, tuple_pack_steal(t, 1, tuple_empty()));
    }
    return tuple_pack_steal(t, 2, iter, tuple_pack_steal(t, 2, callable, sentinel));
}
static const Method call_iter_methods[] = {
    {"__reduce__", call_iter_reduce, "", LOCK_NONE, 0, "What a pickle has to keep."},
    METHOD_END,
};
Type callable_iter_type = {
    TYPE_HEAD("callable_iterator"), .size = sizeof(CallIter), .flags = TYPE_GC | TYPE_IMMUTABLE, .traverse = call_iter_traverse,
    .iter = iter_self, .next = call_iter_next, .methods = call_iter_methods,
};
