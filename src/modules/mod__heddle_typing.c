// SPDX-License-Identifier: MIT
// Module _heddle_typing: what PEP 695 and 696 syntax calls at run time (front/compile_def.c).
//
// Type parameters are the library's own typing.TypeVar, ParamSpec and TypeVarTuple; bounds, constraints and defaults
// (__default__, PEP 696) are evaluated when first asked for.  `type X = …` makes a TypeAliasType, whose value is evaluated when first asked for.
#include "object/misc.h"
#include "runtime/runtime.h"
#include "vm/vm.h"

// ---- fields that are evaluated when somebody asks -------------------------------------------------------------------------
// A descriptor in the library's class: an instance whose dict has the field never meets it, one of ours has a function
// instead, under another name, until the value is known.
typedef struct LazyField { Obj head; Slot name, evaluate; } LazyField; // names of the field and of the function
static Type lazy_field_type;
static LazyField *field_of(V v) { return (LazyField *)v_obj(v); }

static V lazy_get(Thread *t, V self, V instance, V owner) {
    (void)owner;
    if (instance == V_NULL || instance == V_NONE) return v_dup(self);
    V name = slot_peek(&field_of(self)->name), dict = obj_getattr(t, instance, NAME(__dict__));
    if (v_is_error(dict)) return V_ERROR;
    V f = dict_get(t, dict, slot_peek(&field_of(self)->evaluate)), value = V_ERROR;
    if (f == V_NULL) err_set(t, &exc_AttributeError, "'%T' object has no attribute '%V'", instance, name);
    else if (!v_is_error(f)) value = obj_call0(t, f);
    if (!v_is_error(f)) v_drop(t, f);
    if (!v_is_error(value) && dict_set(t, dict, name, value) < 0) {
        v_drop(t, value);
        value = V_ERROR;
    }
    v_drop(t, dict);
    return value;
}
static void lazy_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    LazyField *f = (LazyField *)o;
    VISIT(f->name);
    VISIT(f->evaluate);
}
static Type lazy_field_type = {
    TYPE_HEAD("_heddle_typing.lazy_field"), .base = &object_type, .size = sizeof(LazyField), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = lazy_traverse, .descr_get = lazy_get,
};

// Lets the class's instances have this field lazily.  0/-1.
static int allow_lazy(Thread *t, V type, V name, V evaluate) {
    V dict = obj_getattr(t, type, NAME(__dict__));
    if (v_is_error(dict)) return -1;
    int there = obj_contains(t, dict, name);
    v_drop(t, dict);
    if (there) return there < 0 ? -1 : 0;
    V field = type_alloc(t, &lazy_field_type, 0);
    if (v_is_error(field)) return -1;
    slot_init(t, v_obj(field), &field_of(field)->name, name);
    slot_init(t, v_obj(field), &field_of(field)->evaluate, evaluate);
    int r = obj_setattr(t, type, name, field);
    v_drop(t, field);
    return r;
}

// Makes `evaluate` give the parameter's field its value.  Does nothing for None.
static int set_lazy(Thread *t, V type, V param, const char *field, const char *key, V evaluate) {
    if (evaluate == V_NONE) return 0;
    V name = str_intern_utf8(t, field, strlen(field)), under = str_intern_utf8(t, key, strlen(key));
    V dict = v_is_error(name) || v_is_error(under) || allow_lazy(t, type, name, under) < 0 ? V_ERROR : obj_getattr(t, param, NAME(__dict__));
    int r = v_is_error(dict) || dict_discard(t, dict, name) < 0 ? -1 : dict_set(t, dict, under, evaluate);
    v_drop(t, dict);
    v_drop(t, under);
    v_drop(t, name);
    return r;
}

static V make(Thread *t, const char *kind, V name, bool constrained, V bound, V fallback) {
    V type = import_attr_c(t, "typing", kind);
    if (v_is_error(type)) return V_ERROR;
    V param = obj_call1(t, type, name);
    int r = v_is_error(param) ? -1 : set_lazy(t, type, param, "__default__", "__evaluate_default__", fallback);
    if (r == 0 && constrained) r = set_lazy(t, type, param, "__constraints__", "__evaluate_constraints__", bound);
    else if (r == 0) r = set_lazy(t, type, param, "__bound__", "__evaluate_bound__", bound);
    v_drop(t, type);
    if (r == 0) return param;
    v_drop(t, param);
    return V_ERROR;
}

static NATIVE(make_typevar) { // name, whether bound makes a tuple of constraints; functions or None: bound, default
    UNUSED_NATIVE();
    return make(t, "TypeVar", args[0], args[1] == V_TRUE, args[2], args[3]);
}
static NATIVE(make_paramspec) {
    UNUSED_NATIVE();
    return make(t, "ParamSpec", args[0], false, V_NONE, args[1]);
}
static NATIVE(make_typevartuple) {
    UNUSED_NATIVE();
    return make(t, "TypeVarTuple", args[0], false, V_NONE, args[1]);
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

// ---- names of the class around ----------------------------------------------------------------------------------------------
static NATIVE(namespace) {
    UNUSED_NATIVE();
    return vm_current_locals(t);
}

static NATIVE(class_name) { // namespace, name: from there, else a global or builtin
    UNUSED_NATIVE();
    V value = obj_getitem(t, args[0], args[1]);
    if (!v_is_error(value) || !err_matches(t, &exc_KeyError)) return value;
    err_clear(t);
    V spaces[] = {vm_current_globals_borrow(t), vm_current_builtins_borrow(t)};
    for (size_t i = 0; i < countof(spaces); i++) {
        value = obj_getitem(t, spaces[i], args[1]);
        if (!v_is_error(value) || !err_matches(t, &exc_KeyError)) return value;
        err_clear(t);
    }
    return err_set(t, &exc_NameError, "name '%V' is not defined", args[1]);
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
    {"make_typevar", make_typevar, "name, constrained, evaluate_bound, evaluate_default, /", 0, 0, NULL},
    {"make_paramspec", make_paramspec, "name, evaluate_default, /", 0, 0, NULL},
    {"make_typevartuple", make_typevartuple, "name, evaluate_default, /", 0, 0, NULL},
    {"make_typealias", make_typealias, "name, evaluate, type_params, /", 0, 0, NULL},
    {"namespace", namespace, "", 0, 0, NULL},
    {"class_name", class_name, "namespace, name, /", 0, 0, NULL},
    {"generic_base", generic_base, "type_params, /", 0, 0, NULL},
    METHOD_END,
};
static int exec(Thread *t, V module) {
    return type_ready(t, &lazy_field_type) < 0 ? -1 : module_add_type(t, module, &alias_type);
}
const ModuleDef mod__heddle_typing = {"_heddle_typing", "Run-time support of type parameter syntax.", methods, exec, 0};
