// SPDX-License-Identifier: MIT
// types.UnionType: what `int | str` makes.
#include "object/descr.h"
#include "object/misc.h"
#include "alias_private.h"

typedef struct Union { Obj head; Slot args, parameters; } Union;
static inline Union *union_of(V v) { return (Union *)v_obj(v); }
V union_args_borrow(V v) { return slot_peek(&union_of(v)->args); }

static void union_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Union *u = (Union *)o;
    VISIT(u->args);
    VISIT(u->parameters);
}

// ---- making ------------------------------------------------------------------------------------------------------------
static bool may_join(V v) {
    return v == V_NONE || v_is_type(v) || type_is_subtype(v_type(v), &generic_alias_type) || v_is_exact(v, &union_type);
}

// Adds v to list unless it is there: aliases by ==, everything else by identity.
static int add_once(Thread *t, V list, V v) {
    if (v == V_NONE) v = v_from_type(&none_type);
    bool alias = type_is_subtype(v_type(v), &generic_alias_type);
    for (size_t i = 0; i < list_len(list); i++) {
        V there = list_get(t, list, i);
        int same = v_is(there, v);
        if (!same && alias && type_is_subtype(v_type(there), &generic_alias_type)) same = obj_compare_bool(t, there, v, CMP_EQ);
        v_drop(t, there);
        if (same) return same < 0 ? -1 : 0;
    }
    return list_append(t, list, v);
}

static int add_all(Thread *t, V list, V v) {
    if (!v_is_exact(v, &union_type)) return add_once(t, list, v);
    V args = union_args_borrow(v);
    for (size_t i = 0; i < tuple_len(args); i++) {
        if (add_once(t, list, tuple_borrow(args, i)) < 0) return -1;
    }
    return 0;
}

static V from_list(Thread *t, V list) {
    if (list_len(list) == 1) return list_get(t, list, 0);
    V args = list_to_tuple(t, list);
    if (v_is_error(args)) return V_ERROR;
    Union *u = (Union *)obj_alloc(t, &union_type, sizeof *u, OBJ_GC);
    if (!u) {
        v_drop(t, args);
        return err_no_memory(t);
    }
    slot_init_steal(t, &u->head, &u->args, args);
    return v_from(u);
}

V union_or(Thread *t, V a, V b) {
    if (!may_join(a) || !may_join(b)) return V_NOT_IMPLEMENTED;
    V list = list_new(t, 0);
    if (v_is_error(list)) return V_ERROR;
    V result = add_all(t, list, a) < 0 || add_all(t, list, b) < 0 ? V_ERROR : from_list(t, list);
    v_drop(t, list);
    return result;
}

// ---- looks -------------------------------------------------------------------------------------------------------------
static V union_repr(Thread *t, V self) {
    V args = union_args_borrow(self);
    StrBuilder b;
    sb_init(&b, t);
    for (size_t i = 0; i < tuple_len(args); i++) {
        V arg = tuple_borrow(args, i);
        if (i) sb_cstr(&b, " | ");
        if (arg == v_from_type(&none_type)) {
            sb_cstr(&b, "None");
        } else if (alias_repr_item(t, &b, arg) < 0) {
            sb_abandon(&b);
            return V_ERROR;
        }
    }
    return sb_finish(&b);
}

static int union_hash(Thread *t, V self, int64_t *out) {
    V set = frozenset_new(t, union_args_borrow(self));
    if (v_is_error(set)) return -1;
    int r = obj_hash(t, set, out);
    v_drop(t, set);
    return r;
}

static V union_compare(Thread *t, V a, V b, int op) {
    if ((op != CMP_EQ && op != CMP_NE) || !v_is_exact(a, &union_type) || !v_is_exact(b, &union_type)) return V_NOT_IMPLEMENTED;
    V x = frozenset_new(t, union_args_borrow(a)), y = v_is_error(x) ? V_ERROR : frozenset_new(t, union_args_borrow(b));
    V result = v_is_error(y) ? V_ERROR : obj_compare(t, x, y, op);
    if (!v_is_error(x)) v_drop(t, x);
    if (!v_is_error(y)) v_drop(t, y);
    return result;
}

// ---- parameters --------------------------------------------------------------------------------------------------------
static V get_parameters(Thread *t, V self, void *closure) {
    (void)closure;
    Union *u = union_of(self);
    V parameters = slot_get(&u->head, &u->parameters);
    if (parameters != V_NULL) return parameters;
    parameters = alias_make_parameters(t, union_args_borrow(self));
    if (!v_is_error(parameters)) slot_set(t, &u->head, &u->parameters, parameters);
    return parameters;
}

static V union_subscript(Thread *t, V self, V item) {
    V parameters = get_parameters(t, self, NULL);
    if (v_is_error(parameters)) return V_ERROR;
    V args = alias_substitute(t, self, union_args_borrow(self), parameters, item);
    v_drop(t, parameters);
    if (v_is_error(args)) return V_ERROR;
    V result = tuple_len(args) ? v_dup(tuple_borrow(args, 0)) : V_NONE;
    for (size_t i = 1; i < tuple_len(args) && !v_is_error(result); i++) {
        V joined = num_binary(t, OP_OR, result, tuple_borrow(args, i));
        v_drop(t, result);
        result = joined;
    }
    v_drop(t, args);
    return result;
}

static const Member union_members[] = {{"__args__", MEMBER_SLOT, offsetof(Union, args), true, NULL}, {0}};
static const GetSet union_getsets[] = {{"__parameters__", get_parameters, NULL, "The type variables among its members.", NULL}, {0}};

// An instance answers __module__ as its class does.
static V union_getattr(Thread *t, V self, V name) {
    if (v_is_str(name) && str_equal_ascii(name, "__module__")) return obj_getattr(t, v_from_type(&union_type), name);
    return obj_generic_getattr(t, self, name);
}

Type union_type = {
    TYPE_HEAD("types.UnionType"), .size = sizeof(Union), .flags = TYPE_GC | TYPE_IMMUTABLE,
    .doc = "Several types of which one is meant, like int | str", .traverse = union_traverse, .repr = union_repr,
    .hash = union_hash, .compare = union_compare, .or_ = union_or, .subscript = union_subscript, .getattr = union_getattr,
    .members = union_members, .getsets = union_getsets,
};
