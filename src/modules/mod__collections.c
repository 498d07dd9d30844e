// SPDX-License-Identifier: MIT
// Module _collections: defaultdict, the getters of named tuples, counting; deque and OrderedDict have files of their own.
#include "collections_private.h"
#include "object/quick.h"
#include "threading/poll.h"

// ---- defaultdict -------------------------------------------------------------------------------------------------------
typedef struct DefaultDict {
    Dict dict;
    Slot factory; // a callable, None or V_NULL
} DefaultDict;
static Type default_dict_type;
static DefaultDict *default_of(V v) { return (DefaultDict *)v_obj(v); }

static int default_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (nargs && args[0] != V_NONE && !obj_is_callable(args[0])) {
        err_set(t, &exc_TypeError, "first argument must be callable or None");
        return -1;
    }
    slot_set(t, v_obj(self), &default_of(self)->factory, nargs ? args[0] : V_NONE);
    return dict_type.init(t, self, args + (nargs ? 1 : 0), nargs ? nargs - 1 : 0, kwnames);
}

static void default_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    dict_type.traverse(t, o, visit, arg);
    VISIT(((DefaultDict *)o)->factory);
}

static V factory_of(V self) {
    V factory = slot_get(v_obj(self), &default_of(self)->factory);
    return factory == V_NULL ? V_NONE : factory;
}

static NATIVE(default_missing) {
    UNUSED_NATIVE();
    V factory = factory_of(self);
    if (factory == V_NONE) return err_key(t, args[0]);
    V value = obj_call0(t, factory);
    v_drop(t, factory);
    if (v_is_error(value)) return value;
    // Two threads may miss one key: both get the value that is put in first, so that neither fills one that is lost.
    if (obj_is_shared(v_obj(self)) && v_type(self)->set_subscript == dict_type.set_subscript) {
        V winner = dict_setdefault(t, self, args[0], value);
        v_drop(t, value);
        return winner;
    }
    if (obj_setitem(t, self, args[0], value) == 0) return value;
    v_drop(t, value);
    return V_ERROR;
}

static V default_copy_of(Thread *t, V self) {
    V factory = factory_of(self), result = obj_call2(t, v_from_type(v_type(self)), factory, self);
    v_drop(t, factory);
    return result;
}

static NATIVE(default_copy) {
    UNUSED_NATIVE();
    return default_copy_of(t, self);
}

static NATIVE(default_reduce) {
    UNUSED_NATIVE();
    V factory = factory_of(self), items = obj_call_method0(t, self, NAME(items));
    V iter = v_is_error(items) ? V_ERROR : obj_iter(t, items);
    v_drop(t, items);
    V front = factory == V_NONE ? tuple_empty() : tuple_pack_steal(t, 1, factory);
    return tuple_pack_steal(t, 5, v_from_type(v_type(self)), front, V_NONE, V_NONE, iter);
}

static V default_repr(Thread *t, V self) {
    V base = dict_type.repr(t, self), factory = factory_of(self), text;
    if (v_is_error(base)) {
        v_drop(t, factory);
        return V_ERROR;
    }
    // The factory may be a bound method of the dict itself.
    int inside = factory == V_NONE ? 0 : obj_repr_enter(t, factory);
    if (inside < 0) text = V_ERROR;
    else if (inside) text = str_from_cstr(t, "...");
    else text = obj_repr(t, factory);
    if (inside == 0 && factory != V_NONE) obj_repr_leave(t, factory);
    V result = v_is_error(text) ? V_ERROR : str_from_format(t, "%s(%V, %V)", type_short_name(v_type(self)), text, base);
    v_drop(t, text);
    v_drop(t, base);
    v_drop(t, factory);
    return result;
}

static V default_or(Thread *t, V a, V b) {
    V self = type_check(t, a, &default_dict_type) ? a : b, other = v_is(self, a) ? b : a;
    if (!v_is_dict(other)) return V_NOT_IMPLEMENTED;
    V result = default_copy_of(t, self);
    if (v_is_error(result)) return V_ERROR;
    int r;
    if (v_is(self, a)) {
        r = dict_update(t, result, b);
    } else { // {…} | defaultdict: the order is the left operand's
        r = dict_clear(t, result) < 0 || dict_update(t, result, a) < 0 ? -1 : dict_update(t, result, b);
    }
    if (r == 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

static const Method default_methods[] = {
    {"__missing__", default_missing, "key, /", LOCK_NONE, 0, "What self[key] does when key is missing: stores and returns default_factory()."},
    {"copy", default_copy, "", LOCK_NONE, 0, "A shallow copy."},
    {"__copy__", default_copy, "", LOCK_NONE, 0, "A shallow copy."},
    {"__reduce__", default_reduce, "", LOCK_NONE, 0, "State for pickling."},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "A generic alias, as in defaultdict[str, int]."},
    METHOD_END,
};
static const Member default_members[] = {
    {"default_factory", MEMBER_SLOT_OR_NONE, offsetof(DefaultDict, factory), false, "What __missing__ calls for a value."},
    {0},
};
static Type default_dict_type = {
    TYPE_HEAD("collections.defaultdict"), .base = &dict_type,
    .doc = "A dict that makes the values of missing keys by calling a factory: defaultdict(factory=None, /, [...]).",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(DefaultDict), .traverse = default_traverse, .init = default_init,
    .repr = default_repr, .or_ = default_or, .methods = default_methods, .members = default_members,
};

// ---- _tuplegetter --------------------------------------------------------------------------------------------------------
typedef struct TupleGetter {
    Obj head;
    ptrdiff_t index;
    Slot doc;
} TupleGetter;
static TupleGetter *getter_of(V v) { return (TupleGetter *)v_obj(v); }
static Type tuple_getter_type;

static V getter_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given[2];
    ptrdiff_t index;
    if (args_bind(t, "_tuplegetter", "index, doc, /", args, nargs, kwnames, given) < 0) return V_ERROR;
    if (num_as_ssize(t, given[0], &exc_OverflowError, &index) < 0) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    getter_of(self)->index = index;
    slot_set(t, v_obj(self), &getter_of(self)->doc, given[1]);
    return self;
}

static void getter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((TupleGetter *)o)->doc); }

static V getter_get(Thread *t, V self, V obj, V type) {
    (void)type;
    if (obj == V_NULL) return v_dup(self);
    ptrdiff_t i = getter_of(self)->index;
    if (!v_is_tuple(obj)) {
        if (obj == V_NONE) return v_dup(self);
        return err_set(t, &exc_TypeError, "descriptor for index '%zd' for tuple subclasses doesn't apply to '%T' object", i, obj);
    }
    if ((size_t)i >= tuple_len(obj)) return err_set(t, &exc_IndexError, "tuple index out of range");
    return tuple_get(obj, (size_t)i);
}

static int getter_set(Thread *t, V self, V obj, V value) {
    (void)self, (void)obj;
    err_set(t, &exc_AttributeError, value == V_NULL ? "can't delete attribute" : "can't set attribute");
    return -1;
}

static V getter_repr(Thread *t, V self) {
    return str_from_format(t, "%s(%zd, %R)", type_short_name(v_type(self)), getter_of(self)->index, slot_peek(&getter_of(self)->doc));
}

static NATIVE(getter_reduce) {
    UNUSED_NATIVE();
    TupleGetter *g = getter_of(self);
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), tuple_pack(t, 2, v_from_int(g->index), slot_peek(&g->doc)));
}

static const Method getter_methods[] = {
    {"__reduce__", getter_reduce, "", LOCK_NONE, 0, NULL},
    METHOD_END,
};
static const Member getter_members[] = {
    {"__doc__", MEMBER_SLOT_OR_NONE, offsetof(TupleGetter, doc), false, NULL},
    {0},
};
static Type tuple_getter_type = {
    TYPE_HEAD("_collections._tuplegetter"), .flags = TYPE_GC, .size = sizeof(TupleGetter), .traverse = getter_traverse,
    .new_ = getter_new, .repr = getter_repr, .descr_get = getter_get, .descr_set = getter_set, .methods = getter_methods,
    .members = getter_members,
};

// ---- _count_elements -----------------------------------------------------------------------------------------------------
// Whether the mapping is a dict whose class left get and __setitem__ alone.
static bool is_plain_dict(Thread *t, V mapping) {
    if (!v_is_dict(mapping)) return false;
    Type *type = v_type(mapping);
    return type == &dict_type || (v_is(type_lookup_borrow(t, type, NAME(get)), type_lookup_borrow(t, &dict_type, NAME(get))) &&
                                  v_is(type_lookup_borrow(t, type, NAME(__setitem__)), type_lookup_borrow(t, &dict_type, NAME(__setitem__))));
}

static int count_in_mapping(Thread *t, V mapping, V get, V key) {
    V old = obj_call2(t, get, key, v_from_int(0)), now = v_is_error(old) ? V_ERROR : num_add(t, old, v_from_int(1));
    v_drop(t, old);
    int r = v_is_error(now) ? -1 : obj_setitem(t, mapping, key, now);
    v_drop(t, now);
    return r;
}

static NATIVE(count_elements) {
    UNUSED_NATIVE();
    V mapping = args[0], iter = obj_iter_whole(t, args[1]), get = V_NULL;
    if (v_is_error(iter)) return V_ERROR;
    bool plain = is_plain_dict(t, mapping);
    int r = 0;
    if (!plain && v_is_error(get = obj_getattr(t, mapping, NAME(get)))) r = -1;
    for (size_t steps = 0; r == 0;) {
        V key = obj_next(t, iter);
        if (key == V_END) break;
        r = v_is_error(key) ? -1 : plain ? dict_count(t, mapping, key) : count_in_mapping(t, mapping, get, key);
        v_drop(t, key);
        if (r == 0) r = poll_step_apart(t, &steps);
    }
    v_drop(t, get);
    v_drop(t, iter);
    return r < 0 ? V_ERROR : V_NONE;
}

static const Method methods[] = {
    {"_count_elements", count_elements, "mapping, iterable, /", LOCK_NONE, 0, "Adds 1 to mapping[item] for every item of the iterable."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    Type *const types[] = {&deque_type, &default_dict_type, &ordered_dict_type, &deque_iter_type, &deque_reverse_iter_type,
                           &tuple_getter_type};
    Type *const hidden[] = {&odict_iter_type, &odict_keys_type, &odict_values_type, &odict_items_type};
    for (size_t i = 0; i < countof(types); i++) {
        if (module_add_type(t, module, types[i]) < 0) return -1;
    }
    for (size_t i = 0; i < countof(hidden); i++) {
        if (type_ready(t, hidden[i]) < 0) return -1;
    }
    return 0;
}

const ModuleDef mod__collections = {
    .name = "_collections", .doc = "Containers behind the module collections.", .methods = methods, .exec = exec,
};
