// SPDX-License-Identifier: MIT
// Module _heddle_typing: what PEP 695 and 696 syntax calls at run time (front/compile_def.c).
//
// Type parameters are the library's own typing.TypeVar, ParamSpec and TypeVarTuple; a default (PEP 696) is kept as
// their __default__.  `type X = …` makes a TypeAliasType, whose value is evaluated when first asked for.
#include "object/misc.h"
#include "runtime/runtime.h"

static V with_default(Thread *t, V param_steal, V fallback) {
    if (v_is_error(param_steal) || fallback == V_NULL) return param_steal;
    if (obj_setattr(t, param_steal, NAME(__default__), fallback) == 0) return param_steal;
    v_drop(t, param_steal);
    return V_ERROR;
}

static V make(Thread *t, const char *kind, V name, V fallback) {
    V type = import_attr_c(t, "typing", kind);
    if (v_is_error(type)) return V_ERROR;
    V param = obj_call1(t, type, name);
    v_drop(t, type);
    return with_default(t, param, fallback);
}

static NATIVE(make_typevar) { // name, whether bound is a tuple of constraints, bound or None, default
    (void)self, (void)nargs, (void)kwnames;
    if (args[2] == V_NONE) return make(t, "TypeVar", args[0], args[3]);
    V type = import_attr_c(t, "typing", "TypeVar");
    if (v_is_error(type)) return V_ERROR;
    V param = V_ERROR, names = tuple_pack(t, 1, NAME(bound)), all[2] = {args[0], args[2]};
    if (args[1] == V_TRUE) {
        V first = tuple_pack(t, 1, args[0]), call = v_is_error(first) ? V_ERROR : tuple_concat(t, first, args[2]);
        v_drop(t, first);
        if (!v_is_error(call)) param = obj_call_tuple(t, type, call, V_NULL);
        v_drop(t, call);
    } else if (!v_is_error(names)) {
        param = obj_call(t, type, all, 1, names);
    }
    v_drop(t, names);
    v_drop(t, type);
    return with_default(t, param, args[3]);
}

static NATIVE(make_paramspec) {
    (void)self, (void)nargs, (void)kwnames;
    return make(t, "ParamSpec", args[0], args[1]);
}
static NATIVE(make_typevartuple) {
    (void)self, (void)nargs, (void)kwnames;
    return make(t, "TypeVarTuple", args[0], args[1]);
}

static NATIVE(generic_base) { // Generic[T, *Ts, …] for a class's type parameters
    (void)self, (void)nargs, (void)kwnames;
    V generic = import_attr_c(t, "typing", "Generic"), variadic = import_attr_c(t, "typing", "TypeVarTuple"), items = V_ERROR, result = V_ERROR;
    if (!v_is_error(generic) && !v_is_error(variadic)) items = list_new(t, 0);
    for (size_t i = 0; !v_is_error(items) && i < tuple_len(args[0]); i++) {
        V param = tuple_borrow(args[0], i);
        int unpack = obj_isinstance(t, param, variadic);
        int r = unpack < 0 ? -1 : unpack ? list_extend(t, items, param) : list_append(t, items, param);
        if (r < 0) {
            v_drop(t, items);
            items = V_ERROR;
        }
    }
    V key = v_is_error(items) ? V_ERROR : list_to_tuple(t, items);
    if (!v_is_error(key)) result = obj_getitem(t, generic, key);
    v_drop(t, key);
    v_drop(t, items);
    v_drop(t, variadic);
    v_drop(t, generic);
    return result;
}

// ---- TypeAliasType ------------------------------------------------------------------------------------------------------
typedef struct Alias { Obj head; Slot name, params, evaluate, value, module; } Alias;
static Alias *alias_of(V v) { return (Alias *)v_obj(v); }
static Type alias_type;

static NATIVE(make_typealias) { // name, function of the value, type parameters
    (void)self, (void)nargs, (void)kwnames;
    V alias = type_alloc(t, &alias_type, 0), module = v_is_error(alias) ? V_ERROR : obj_lookup_attr(t, args[1], NAME(__module__));
    if (v_is_error(module)) {
        if (!v_is_error(alias)) v_drop(t, alias);
        return V_ERROR;
    }
    Alias *a = alias_of(alias);
    slot_init(t, &a->head, &a->name, args[0]);
    slot_init(t, &a->head, &a->evaluate, args[1]);
    slot_init(t, &a->head, &a->params, args[2]);
    if (module != V_NULL) slot_init_steal(t, &a->head, &a->module, module);
    return alias;
}

static V alias_value(Thread *t, V self, void *closure) {
    (void)closure;
    Alias *a = alias_of(self);
    V value = slot_get(&a->head, &a->value);
    if (value != V_NULL) return value;
    V f = slot_get(&a->head, &a->evaluate);
    value = obj_call0(t, f);
    v_drop(t, f);
    if (!v_is_error(value)) slot_set(t, &a->head, &a->value, value);
    return value;
}

static V alias_repr(Thread *t, V self) {
    (void)t;
    return slot_get(v_obj(self), &alias_of(self)->name);
}

static V alias_subscript(Thread *t, V self, V key) {
    if (tuple_len(slot_peek(&alias_of(self)->params)) == 0) return err_set(t, &exc_TypeError, "Only generic type aliases are subscriptable");
    V args = v_is_tuple(key) ? v_dup(key) : tuple_pack(t, 1, key);
    V result = v_is_error(args) ? V_ERROR : generic_alias_new(t, self, args);
    v_drop(t, args);
    return result;
}

static V alias_or(Thread *t, V a, V b) {
    V union_type = import_attr_c(t, "typing", "Union");
    if (v_is_error(union_type)) return V_ERROR;
    V pair = tuple_pack(t, 2, a, b), result = v_is_error(pair) ? V_ERROR : obj_getitem(t, union_type, pair);
    v_drop(t, pair);
    v_drop(t, union_type);
    return result;
}

static void alias_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Alias *a = (Alias *)o;
    VISIT(a->name);
    VISIT(a->params);
    VISIT(a->evaluate);
    VISIT(a->value);
    VISIT(a->module);
}
static V alias_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) { // typing's checks want something callable
    (void)args, (void)nargs, (void)kwnames;
    return err_set(t, &exc_TypeError, "'%T' object is not callable", self);
}

static const GetSet alias_getsets[] = {{"__value__", alias_value, NULL, "the aliased type", NULL}, {0}};
static const Member alias_members[] = {
    {"__name__", MEMBER_SLOT, offsetof(Alias, name), true, NULL},
    {"__type_params__", MEMBER_SLOT, offsetof(Alias, params), true, NULL},
    {"__parameters__", MEMBER_SLOT, offsetof(Alias, params), true, NULL},
    {"__module__", MEMBER_SLOT_OR_NONE, offsetof(Alias, module), true, NULL},
    {0},
};
static Type alias_type = {
    TYPE_HEAD("typing.TypeAliasType"), .base = &object_type, .size = sizeof(Alias), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .doc = "Type alias made by a type statement.", .traverse = alias_traverse, .repr = alias_repr, .call = alias_call,
    .subscript = alias_subscript, .or_ = alias_or, .getsets = alias_getsets, .members = alias_members,
};

static const Method methods[] = {
    {"make_typevar", make_typevar, "name, constrained, bound, default=None, /", 0, 0, NULL},
    {"make_paramspec", make_paramspec, "name, default=None, /", 0, 0, NULL},
    {"make_typevartuple", make_typevartuple, "name, default=None, /", 0, 0, NULL},
    {"make_typealias", make_typealias, "name, evaluate, type_params, /", 0, 0, NULL},
    {"generic_base", generic_base, "type_params, /", 0, 0, NULL},
    METHOD_END,
};
static int exec(Thread *t, V module) { return module_add_type(t, module, &alias_type); }
const ModuleDef mod__heddle_typing = {"_heddle_typing", "Run-time support of type parameter syntax.", methods, exec, 0};
