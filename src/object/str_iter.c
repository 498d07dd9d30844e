// SPDX-License-Identifier: MIT
// Iterators over a str: one type for ASCII text and one for the rest, as programs can see by their names.
#include "runtime/runtime.h"
#include "object/quick.h"
#include "iter_private.h"
#include "str_private.h"

static StrIter *iter_of(V v) { return (StrIter *)v_obj(v); }

V str_iter_new(Thread *t, V v) {
    V r = type_alloc(t, str_is_ascii(v) ? &str_ascii_iter_type : &str_iter_type, 0);
    if (!v_is_error(r)) slot_init(t, v_obj(r), &iter_of(r)->str, v);
    return r;
}

static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((StrIter *)o)->str); }

static V iter_next(Thread *t, V self) {
    StrIter *it = iter_of(self);
    V s = slot_peek(&it->str);
    if (s == V_NULL) return V_END;
    size_t i = obj_is_shared(&it->head) ? at_fetch_add_relaxed(&it->index, (size_t)1) : it->index++;
    if (i < str_len(s)) return str_from_char(t, str_at(s, i));
    slot_clear(t, &it->head, &it->str);
    return V_END;
}

static NATIVE(iter_length_hint) {
    UNUSED_NATIVE();
    StrIter *it = iter_of(self);
    V s = slot_peek(&it->str);
    size_t i = at_load_relaxed(&it->index);
    return v_from_int(s == V_NULL || i >= str_len(s) ? 0 : (int64_t)(str_len(s) - i));
}

static NATIVE(iter_reduce) {
    UNUSED_NATIVE();
    StrIter *it = iter_of(self);
    V iter = dict_get_c(t, builtins_dict_borrow(), "iter");
    if (v_is_error(iter)) return iter;
    V s = slot_peek(&it->str);
    if (s == V_NULL) return tuple_pack_steal(t, 2, iter, tuple_pack(t, 1, str_empty()));
    return tuple_pack_steal(t, 3, iter, tuple_pack(t, 1, s), int_from_size(t, at_load_relaxed(&it->index)));
}

static NATIVE(iter_setstate) {
    UNUSED_NATIVE();
    StrIter *it = iter_of(self);
    ptrdiff_t i;
    if (iter_state(t, args[0], &i) < 0) return V_ERROR;
    V s = slot_peek(&it->str);
    if (s != V_NULL) {
        size_t n = str_len(s);
        at_store_relaxed(&it->index, i < 0 ? 0 : (size_t)i > n ? n : (size_t)i);
    }
    return V_NONE;
}

static const Method iter_methods[] = {
    {"__length_hint__", iter_length_hint, "", 0, 0, "About how many items are left."},
    {"__reduce__", iter_reduce, "", 0, 0, "What a pickle has to keep."},
    {"__setstate__", iter_setstate, "object, /", 0, M_OLD_ARITY, "Goes to the state that a pickle kept."},
    METHOD_END,
};

Type str_iter_type = {
    TYPE_HEAD("str_iterator"), .base = &object_type, .size = sizeof(StrIter), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = iter_traverse, .iter = iter_self, .next = iter_next, .methods = iter_methods,
};
Type str_ascii_iter_type = {
    TYPE_HEAD("str_ascii_iterator"), .base = &object_type, .size = sizeof(StrIter),
    .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = iter_traverse, .iter = iter_self, .next = iter_next, .methods = iter_methods,
};
