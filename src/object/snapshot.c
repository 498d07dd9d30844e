// SPDX-License-Identifier: MIT
// All items of a container in one go, for loops in C.
//
// CPython runs list(d), sum(d.values()) or ', '.join(s) to the end without letting another thread in, so a program need not
// fear that the dict changes meanwhile.  Here such a loop walks a copy that was made under the container's lock.
#include "object/misc.h"
#include "object/object.h"

// A dict whose iterator gives what its table has: dict, classes that left __iter__ alone, OrderedDict.
static bool is_plain_dict(V v) { return v_is_dict(v) && (v_type(v)->iter == dict_type.iter || !type_has(v_type(v), TYPE_HEAP)); }

// The dict behind a view (views are a header and one slot), V_NULL for anything else.
static V viewed_dict(V v) {
    const Type *type = v_type(v);
    if (type != &dict_keys_type && type != &dict_values_type && type != &dict_items_type && type->base != &dict_keys_type &&
        type->base != &dict_values_type && type->base != &dict_items_type)
        return V_NULL;
    return slot_peek((const Slot *)(const void *)(v_obj(v) + 1));
}

V obj_snapshot(Thread *t, V v) {
    if (!v_is_object(v)) return V_NULL;
    if (is_plain_dict(v)) return dict_keys_list(t, v);
    if (v_is_any_set(v)) return v_type(v)->iter == set_iter_new ? set_snapshot(t, v) : V_NULL;
    if (v_type(v)->iter == deque_type.iter) return deque_snapshot(t, v);
    V dict = viewed_dict(v);
    if (dict == V_NULL) return V_NULL;
    if (type_is_subtype(v_type(v), &dict_keys_type)) return dict_keys_list(t, dict);
    return type_is_subtype(v_type(v), &dict_values_type) ? dict_values_list(t, dict) : dict_items_list(t, dict);
}

V obj_iter_whole(Thread *t, V v) {
    if (!v_is_object(v)) return obj_iter(t, v);
    V dict = viewed_dict(v);
    if (!obj_is_shared(v_obj(dict == V_NULL ? v : dict))) return obj_iter(t, v);
    V items = obj_snapshot(t, v);
    if (items == V_NULL) return obj_iter(t, v);
    if (v_is_error(items)) return V_ERROR;
    V iter = list_iter_new(t, items);
    v_drop(t, items);
    return iter;
}
