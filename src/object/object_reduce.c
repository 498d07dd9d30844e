// SPDX-License-Identifier: MIT
// object.__reduce_ex__, __reduce__ and __getstate__: how copy and pickle take objects apart.
//
// Protocol 2 and up: (copyreg.__newobj__ or __newobj_ex__, (cls, *args), state, list items, dict items), made here.  Below
// that copyreg._reduce_ex does it.
#include "object/descr.h"
#include "object/misc.h"
#include "object/shape.h"
#include "runtime/runtime.h"

// ---- state -------------------------------------------------------------------------------------------------------------
// Names of all __slots__ of the class that pickling knows: copyreg._slotnames, cached in the class as __slotnames__.
static V slot_names(Thread *t, Type *type) {
    V cached = type_own_attr_borrow(type, NAME(__slotnames__));
    if (cached != V_NULL) {
        if (cached == V_NONE || v_is_list(cached)) return v_dup(cached);
        return err_set(t, &exc_TypeError, "%N.__slotnames__ should be a list or None, not %T", type, cached);
    }
    V copyreg = import_module_c(t, "copyreg");
    if (v_is_error(copyreg)) return V_ERROR;
    V names = obj_call_method1(t, copyreg, NAME(_slotnames), v_from_type(type));
    v_drop(t, copyreg);
    if (v_is_error(names) || names == V_NONE || v_is_list(names)) return names;
    v_drop(t, names);
    return err_set(t, &exc_TypeError, "copyreg._slotnames didn't return a list or None");
}

// The values of those slots that are set, as a dict; V_NONE when there is none.
static V slots_state(Thread *t, V self, V names) {
    V dict = V_NULL;
    for (size_t i = 0; names != V_NONE && i < list_len(names); i++) {
        V name = list_get(t, names, i);
        V value = name == V_NULL ? V_NULL : obj_lookup_attr(t, self, name);
        if (value == V_NULL) {
            v_drop(t, name);
            continue;
        }
        if (!v_is_error(value) && dict == V_NULL) dict = dict_new(t);
        int r = v_is_error(value) || v_is_error(dict) ? -1 : dict_set(t, dict, name, value);
        v_drop(t, name);
        v_drop(t, value);
        if (r < 0) {
            v_drop(t, dict == V_ERROR ? V_NULL : dict);
            return V_ERROR;
        }
    }
    return dict == V_NULL ? V_NONE : dict;
}

static V instance_dict_state(Thread *t, V self) {
    if (v_type(self)->attrs_offset && attrs_empty(v_obj(self))) return V_NONE;
    V dict = obj_lookup_attr(t, self, NAME(__dict__));
    return dict == V_NULL ? V_NONE : dict;
}

static V default_state(Thread *t, V self, bool required) {
    Type *type = v_type(self);
    if (required && type->item_size && !type_has(type, TYPE_STR | TYPE_BYTES | TYPE_INT | TYPE_TUPLE))
        return err_set(t, &exc_TypeError, "cannot pickle '%T' object", self);
    V state = instance_dict_state(t, self);
    if (v_is_error(state)) return V_ERROR;
    V names = slot_names(t, type);
    if (v_is_error(names)) {
        v_drop(t, state);
        return V_ERROR;
    }
    if (required) {
        // A C structure with data of its own that says nothing about its state cannot be copied.
        size_t plain = sizeof(Obj) + (names == V_NONE ? 0 : list_len(names) * sizeof(Slot));
        if (type->size > plain && !type_has(type, TYPE_STR | TYPE_BYTES | TYPE_INT | TYPE_TUPLE | TYPE_LIST | TYPE_DICT | TYPE_FLOAT)) {
            v_drop(t, names);
            v_drop(t, state);
            return err_set(t, &exc_TypeError, "cannot pickle '%T' object", self);
        }
    }
    V slots = slots_state(t, self, names);
    v_drop(t, names);
    if (v_is_error(slots)) {
        v_drop(t, state);
        return V_ERROR;
    }
    if (slots == V_NONE) return state;
    return tuple_pack_steal(t, 2, state, slots);
}

NATIVE(object_getstate) {
    UNUSED_NATIVE();
    return default_state(t, self, false);
}

static bool has_default_getstate(V method) {
    return v_is_exact(method, &native_type) && native_of(method)->row->fn == object_getstate;
}

static V get_state(Thread *t, V self, bool required) {
    V method = obj_getattr(t, self, NAME(__getstate__));
    if (v_is_error(method)) return V_ERROR;
    V state = has_default_getstate(method) && v_is(slot_peek(&native_of(method)->self), self) ? default_state(t, self, required)
                                                                                                 : obj_call0(t, method);
    v_drop(t, method);
    return state;
}

// ---- arguments for __new__ -----------------------------------------------------------------------------------------------
// *args and *kwargs from __getnewargs_ex__ or __getnewargs__; V_NULL when there is neither.
static int new_arguments(Thread *t, V self, V *args, V *kwargs) {
    *args = *kwargs = V_NULL;
    V pair = special_call(t, self, NAME(__getnewargs_ex__), NULL, 0);
    if (pair != V_NULL) {
        if (v_is_error(pair)) return -1;
        const char *wrong = NULL;
        if (!v_is_tuple(pair)) {
            err_set(t, &exc_TypeError, "__getnewargs_ex__ should return a tuple, not '%T'", pair);
        } else if (tuple_len(pair) != 2) {
            err_set(t, &exc_ValueError, "__getnewargs_ex__ should return a tuple of length 2, not %zu", tuple_len(pair));
        } else if (!v_is_tuple(tuple_borrow(pair, 0))) {
            wrong = "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '%T'";
            err_set(t, &exc_TypeError, wrong, tuple_borrow(pair, 0));
        } else if (!v_is_dict(tuple_borrow(pair, 1))) {
            wrong = "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '%T'";
            err_set(t, &exc_TypeError, wrong, tuple_borrow(pair, 1));
        } else {
            *args = tuple_get(pair, 0);
            *kwargs = tuple_get(pair, 1);
        }
        v_drop(t, pair);
        return *args == V_NULL ? -1 : 0;
    }
    V tuple = special_call(t, self, NAME(__getnewargs__), NULL, 0);
    if (tuple == V_NULL) return 0;
    if (v_is_error(tuple)) return -1;
    if (!v_is_tuple(tuple)) {
        err_set(t, &exc_TypeError, "__getnewargs__ should return a tuple, not '%T'", tuple);
        v_drop(t, tuple);
        return -1;
    }
    *args = tuple;
    return 0;
}

// (constructor, its arguments)
static int constructor(Thread *t, V self, V args, V kwargs, V *newobj, V *newargs) {
    V copyreg = import_module_c(t, "copyreg"), cls = v_from_type(v_type(self));
    if (v_is_error(copyreg)) return -1;
    bool ex = kwargs != V_NULL && dict_len(kwargs);
    *newobj = obj_getattr(t, copyreg, ex ? NAME(__newobj_ex__) : NAME(__newobj__));
    v_drop(t, copyreg);
    if (v_is_error(*newobj)) return -1;
    if (ex) {
        *newargs = tuple_pack(t, 3, cls, args, kwargs);
    } else {
        V head = tuple_pack(t, 1, cls);
        *newargs = v_is_error(head) || args == V_NULL ? head : tuple_concat(t, head, args);
        if (args != V_NULL) v_drop(t, head);
    }
    if (!v_is_error(*newargs)) return 0;
    v_drop(t, *newobj);
    return -1;
}

// iter(self) for lists, iter(self.items()) for dicts; V_NONE for others.
static V items_of(Thread *t, V self, bool as_dict) {
    if (!as_dict) return v_is_list(self) ? obj_iter(t, self) : V_NONE;
    if (!v_is_dict(self)) return V_NONE;
    V items = obj_call_method0(t, self, NAME(items));
    if (v_is_error(items)) return V_ERROR;
    V iter = obj_iter(t, items);
    v_drop(t, items);
    return iter;
}

static V reduce_new(Thread *t, V self) {
    Type *type = v_type(self);
    if (!type->new_ || type_has(type, TYPE_NO_NEW)) return err_set(t, &exc_TypeError, "cannot pickle '%T' object", self);
    V args, kwargs, newobj, newargs;
    if (new_arguments(t, self, &args, &kwargs) < 0) return V_ERROR;
    bool has_args = args != V_NULL;
    int r = constructor(t, self, args, kwargs, &newobj, &newargs);
    v_drop(t, args);
    v_drop(t, kwargs);
    if (r < 0) return V_ERROR;
    V state = get_state(t, self, !has_args && !v_is_list(self) && !v_is_dict(self));
    V list_items = v_is_error(state) ? V_ERROR : items_of(t, self, false);
    V dict_items = v_is_error(list_items) ? V_ERROR : items_of(t, self, true);
    if (v_is_error(dict_items)) {
        v_drop(t, newobj);
        v_drop(t, newargs);
        v_drop(t, state == V_ERROR ? V_NULL : state);
        v_drop(t, list_items == V_ERROR ? V_NULL : list_items);
        return V_ERROR;
    }
    return tuple_pack_steal(t, 5, newobj, newargs, state, list_items, dict_items);
}

static V common_reduce(Thread *t, V self, int protocol) {
    if (protocol >= 2) return reduce_new(t, self);
    V copyreg = import_module_c(t, "copyreg");
    if (v_is_error(copyreg)) return V_ERROR;
    V result = obj_call_method2(t, copyreg, NAME(_reduce_ex), self, v_from_int(protocol));
    v_drop(t, copyreg);
    return result;
}

NATIVE(object_reduce) {
    UNUSED_NATIVE();
    return common_reduce(t, self, 0);
}

// __reduce_ex__ calls __reduce__ when the class overrides that.
NATIVE(object_reduce_ex) {
    UNUSED_NATIVE();
    int protocol;
    if (num_as_int(t, args[0], &protocol) < 0) return V_ERROR;
    V reduce = obj_lookup_attr(t, self, NAME(__reduce__));
    if (v_is_error(reduce)) return V_ERROR;
    if (reduce != V_NULL) {
        V from_class = obj_getattr(t, v_from_type(v_type(self)), NAME(__reduce__));
        if (v_is_error(from_class)) {
            v_drop(t, reduce);
            return V_ERROR;
        }
        bool overridden = !v_is(from_class, type_own_attr_borrow(&object_type, NAME(__reduce__)));
        v_drop(t, from_class);
        if (overridden) {
            V result = obj_call0(t, reduce);
            v_drop(t, reduce);
            return result;
        }
        v_drop(t, reduce);
    }
    return common_reduce(t, self, protocol);
}
