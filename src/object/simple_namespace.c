// SPDX-License-Identifier: MIT
// types.SimpleNamespace: attributes from keywords, shown in its repr.
#include "object/descr.h"
#include "object/misc.h"
#include "object/shape.h"
#include "object/plain.h"

static int namespace_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (nargs) {
        err_set(t, &exc_TypeError, "no positional arguments expected");
        return -1;
    }
    for (size_t i = 0; kwnames != V_NULL && i < tuple_len(kwnames); i++) {
        if (obj_generic_setattr(t, self, tuple_borrow(kwnames, i), args[i]) < 0) return -1;
    }
    return 0;
}

V simple_namespace_new(Thread *t, V dict) {
    V self = type_alloc(t, &simple_namespace_type, 0);
    if (v_is_error(self) || dict == V_NULL) return self;
    size_t pos = 0;
    V key, value;
    while (dict_next(dict, &pos, &key, &value)) {
        if (obj_generic_setattr(t, self, key, value) < 0) {
            v_drop(t, self);
            return V_ERROR;
        }
    }
    return self;
}

static int add_item(Thread *t, StrBuilder *b, V key, V value, bool first) {
    if (!v_is_str(key) || str_len(key) == 0) return 0;
    V text = obj_repr(t, value);
    if (v_is_error(text)) return -1;
    if (!first) sb_cstr(b, ", ");
    sb_str(b, key);
    sb_char(b, '=');
    sb_str(b, text);
    v_drop(t, text);
    return 1;
}

static V namespace_repr(Thread *t, V self) {
    V name = v_is_exact(self, &simple_namespace_type) ? NAME(namespace) : type_name(t, v_type(self));
    int busy = v_is_error(name) ? -1 : obj_repr_enter(t, self);
    if (busy) {
        V result = busy < 0 ? V_ERROR : str_from_format(t, "%V(...)", name);
        v_drop(t, name);
        return result;
    }
    StrBuilder b;
    sb_init(&b, t);
    sb_str(&b, name);
    v_drop(t, name);
    sb_char(&b, '(');
    V dict = obj_get_dict(t, self), items = v_is_error(dict) ? V_ERROR : dict_items_list(t, dict);
    int r = v_is_error(items) ? -1 : 0;
    bool first = true;
    for (size_t i = 0; r >= 0 && i < list_len(items); i++) {
        V pair = list_get(t, items, i);
        r = add_item(t, &b, tuple_borrow(pair, 0), tuple_borrow(pair, 1), first);
        if (r > 0) first = false;
        v_drop(t, pair);
    }
    if (!v_is_error(items)) v_drop(t, items);
    if (!v_is_error(dict)) v_drop(t, dict);
    obj_repr_leave(t, self);
    if (r < 0) {
        sb_abandon(&b);
        return V_ERROR;
    }
    sb_char(&b, ')');
    return sb_finish(&b);
}

static V namespace_compare(Thread *t, V a, V b, int op) {
    if (!type_check(t, a, &simple_namespace_type) || !type_check(t, b, &simple_namespace_type)) return V_NOT_IMPLEMENTED;
    V x = obj_get_dict(t, a), y = v_is_error(x) ? V_ERROR : obj_get_dict(t, b);
    V result = v_is_error(y) ? V_ERROR : obj_compare(t, x, y, op);
    if (!v_is_error(x)) v_drop(t, x);
    if (!v_is_error(y)) v_drop(t, y);
    return result;
}

static V namespace_dict(Thread *t, V self, void *closure) {
    (void)closure;
    return obj_get_dict(t, self);
}

static NATIVE(namespace_reduce) {
    UNUSED_NATIVE();
    V dict = obj_get_dict(t, self);
    if (v_is_error(dict)) return V_ERROR;
    return tuple_pack_steal(t, 3, v_from_type(v_type(self)), tuple_empty(), dict);
}

static const Method namespace_methods[] = {
    {"__reduce__", namespace_reduce, "", LOCK_NONE, 0, "Return state information for pickling"},
    METHOD_END,
};
static const GetSet namespace_getsets[] = {{"__dict__", namespace_dict, NULL, NULL, NULL}, {0}};

Type simple_namespace_type = {
    TYPE_HEAD("types.SimpleNamespace"), .size = sizeof(Obj), .attrs_offset = 1, .flags = TYPE_BASETYPE | TYPE_GC | TYPE_IMMUTABLE,
    .doc = "Something with the attributes it is given.\n\nSimpleNamespace(**kwargs)", .new_ = type_new_bare, .init = namespace_init,
    .repr = namespace_repr, .compare = namespace_compare, .getattr = obj_generic_getattr, .setattr = obj_generic_setattr,
    .methods = namespace_methods, .getsets = namespace_getsets,
};
