// SPDX-License-Identifier: MIT
// What the iterator types have in common.
#ifndef HEDDLE_OBJECT_ITER_PRIVATE_H
#define HEDDLE_OBJECT_ITER_PRIVATE_H
#include "object/object.h"
#include "object/misc.h"
#include "object/list.h"
#include "object/plain.h"
#include "runtime/runtime.h"

// obj_next, without a call for the commonest: a LOCAL iterator over a LOCAL list that is not at its end.
static inline V iter_next_quick(Thread *t, V it) {
    if (v_is_exact(it, &list_iter_type)) {
        ListIter *i = (ListIter *)v_obj(it);
        V list = slot_peek(&i->list);
        if (list != V_NULL && !obj_either_shared(&i->head, v_obj(list)) && i->index < list_of(list)->len) {
            V item = slot_peek(&list_of(list)->items->slots[i->index++]);
            return v_is_counted(item) ? v_dup(item) : item;
        }
    }
    return obj_next(t, it);
}

// builtins.iter or builtins.reversed, for __reduce__.
static inline V iter_builtin(Thread *t, const char *name) {
    V v = dict_get_c(t, builtins_dict_borrow(), name);
    return v == V_NULL ? err_set(t, &exc_AttributeError, "%s", name) : v;
}

// (a, b) as a tuple; consumes both.  A LOCAL iterator keeps one in `cache` and hands it out again when its consumer has let
// go of it: `for i, x in enumerate(xs)` then allocates nothing.
static inline V iter_pair(Thread *t, Obj *it, Slot *cache, V a, V b) {
    V pair = slot_peek(cache);
    if (!obj_is_shared(it)) {
        if (v_is_unique(pair)) {
            slot_set_steal(t, v_obj(pair), &tuple_of(pair)->items[0], a);
            slot_set_steal(t, v_obj(pair), &tuple_of(pair)->items[1], b);
            return v_dup(pair);
        }
        if (pair == V_NULL) {
            pair = tuple_new(t, 2);
            if (!v_is_error(pair)) {
                tuple_init_steal(t, pair, 0, a);
                tuple_init_steal(t, pair, 1, b);
                slot_set(t, it, cache, pair);
            } else {
                v_drop(t, a);
                v_drop(t, b);
            }
            return pair;
        }
    }
    V items[2] = {a, b};
    return tuple_from_steal(t, items, 2);
}

#define ITER_HINT(fn) {"__length_hint__", fn, "", LOCK_NONE, 0, "About how many items are left."}
#define ITER_REDUCE(fn) {"__reduce__", fn, "", LOCK_NONE, 0, "What a pickle has to keep."}
#define ITER_SETSTATE(fn) {"__setstate__", fn, "object, /", LOCK_SELF, 0, "Goes to the state that a pickle kept."}
#endif
