// SPDX-License-Identifier: MIT
// types.GenericAlias: list[int] and its kind.
//
// An alias stands in front of its origin: calls make origin instances, most attributes are the origin's.  Substituting
// type variables (alias_substitute) follows the protocol of module typing: __typing_subst__, __typing_prepare_subst__,
// __typing_is_unpacked_typevartuple__, __typing_unpacked_tuple_args__.
#include "object/cstack.h"
#include "object/descr.h"
#include "object/misc.h"
#include "object/plain.h"
#include "alias_private.h"
#include "runtime/runtime.h"

typedef struct Alias {
    Obj head;
    Slot origin, args, parameters; // parameters: made when asked for
    bool starred;                  // *list[int]; const after init
} Alias;
static inline Alias *alias_of(V v) { return (Alias *)v_obj(v); }
static inline V origin_of(V v) { return slot_peek(&alias_of(v)->origin); }
static inline V args_of(V v) { return slot_peek(&alias_of(v)->args); }
static bool is_alias(V v) { return type_is_subtype(v_type(v), &generic_alias_type); }

static void alias_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Alias *a = (Alias *)o;
    VISIT(a->origin);
    VISIT(a->args);
    VISIT(a->parameters);
}

static V alias_make(Thread *t, Type *type, V origin, V args, bool starred) {
    V tuple = v_is_tuple(args) ? v_dup(args) : tuple_pack(t, 1, args);
    if (v_is_error(tuple)) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) {
        v_drop(t, tuple);
        return V_ERROR;
    }
    Alias *a = alias_of(self);
    a->starred = starred;
    slot_init(t, &a->head, &a->origin, origin);
    slot_init_steal(t, &a->head, &a->args, tuple);
    return self;
}

V generic_alias_new(Thread *t, V origin, V args) { return alias_make(t, &generic_alias_type, origin, args, false); }

NATIVE(generic_alias_class_getitem) {
    UNUSED_NATIVE();
    return generic_alias_new(t, self, args[0]);
}

static V alias_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (args_no_keywords(t, "GenericAlias", kwnames) < 0 || args_check_count(t, "GenericAlias", nargs, 2, 2) < 0) return V_ERROR;
    return alias_make(t, type, args[0], args[1], false);
}

// ---- repr --------------------------------------------------------------------------------------------------------------
int alias_repr_item(Thread *t, StrBuilder *b, V item) {
    if (item == V_ELLIPSIS) {
        sb_cstr(b, "...");
        return 0;
    }
    V text = V_NULL;
    int origin = obj_hasattr(t, item, NAME(__origin__)), args = origin < 0 ? -1 : obj_hasattr(t, item, NAME(__args__));
    if (args < 0) return -1;
    if (!origin || !args) {
        V qualname = obj_lookup_attr(t, item, NAME(__qualname__));
        V module = v_is_error(qualname) || qualname == V_NULL ? qualname : obj_lookup_attr(t, item, NAME(__module__));
        if (v_is_error(module)) {
            v_drop(t, qualname == V_ERROR ? V_NULL : qualname);
            return -1;
        }
        if (qualname != V_NULL && module != V_NULL && module != V_NONE) {
            bool builtin = v_is_str(module) && str_equal_ascii(module, "builtins");
            text = builtin ? obj_str(t, qualname) : str_from_format(t, "%V.%V", module, qualname);
        }
        v_drop(t, qualname);
        v_drop(t, module);
    }
    if (text == V_NULL) text = obj_repr(t, item);
    if (v_is_error(text)) return -1;
    sb_str(b, text);
    v_drop(t, text);
    return 0;
}

// One level of list inside args (the parameters of a Callable) shows its items the same way.
static int repr_arg(Thread *t, StrBuilder *b, V arg) {
    if (!v_is_list(arg)) return alias_repr_item(t, b, arg);
    sb_char(b, '[');
    for (size_t i = 0; i < list_len(arg); i++) {
        V item = list_get(t, arg, i);
        if (item == V_NULL) break;
        if (i) sb_cstr(b, ", ");
        int r = alias_repr_item(t, b, item);
        v_drop(t, item);
        if (r < 0) return -1;
    }
    sb_char(b, ']');
    return 0;
}

static V alias_repr(Thread *t, V self) {
    StrBuilder b;
    sb_init(&b, t);
    if (alias_of(self)->starred) sb_char(&b, '*');
    V args = args_of(self);
    int r = alias_repr_item(t, &b, origin_of(self));
    sb_char(&b, '[');
    for (size_t i = 0; r == 0 && i < tuple_len(args); i++) {
        if (i) sb_cstr(&b, ", ");
        r = repr_arg(t, &b, tuple_borrow(args, i));
    }
    if (tuple_len(args) == 0) sb_cstr(&b, "()");
    sb_char(&b, ']');
    if (r == 0) return sb_finish(&b);
    sb_abandon(&b);
    return V_ERROR;
}

// ---- type variables ------------------------------------------------------------------------------------------------------
static int index_of(V tuple, size_t n, V item) {
    for (size_t i = 0; i < n; i++) {
        if (v_is(tuple_borrow(tuple, i), item)) return (int)i;
    }
    return -1;
}

static int add_once(Thread *t, V list, V item) {
    for (size_t i = 0; i < list_len(list); i++) {
        V there = list_get(t, list, i);
        bool same = v_is(there, item);
        v_drop(t, there);
        if (same) return 0;
    }
    return list_append(t, list, item);
}

static int add_parameters(Thread *t, V list, V arg) {
    if (v_is_type(arg)) return 0; // the class's own __parameters__ descriptor is not meant
    int subst = obj_hasattr(t, arg, NAME(__typing_subst__));
    if (subst) return subst < 0 ? -1 : add_once(t, list, arg);
    V more = obj_lookup_attr(t, arg, NAME(__parameters__));
    if (more == V_NULL) return 0;
    if (v_is_error(more)) return -1;
    int r = 0;
    for (size_t i = 0; r == 0 && v_is_tuple(more) && i < tuple_len(more); i++) r = add_once(t, list, tuple_borrow(more, i));
    v_drop(t, more);
    return r;
}

V alias_make_parameters(Thread *t, V args) {
    if (c_stack_check(t, " while collecting type parameters") < 0) return V_ERROR; // aliases in aliases in ...
    V list = list_new(t, 0);
    if (v_is_error(list)) return V_ERROR;
    int r = 0;
    for (size_t i = 0; r == 0 && i < tuple_len(args); i++) r = add_parameters(t, list, tuple_borrow(args, i));
    V result = r < 0 ? V_ERROR : list_to_tuple(t, list);
    v_drop(t, list);
    return result;
}

// Appends all items of the tuple `more`.
static int extend(Thread *t, V list, V more) {
    for (size_t i = 0; i < tuple_len(more); i++) {
        if (list_append(t, list, tuple_borrow(more, i)) < 0) return -1;
    }
    return 0;
}

static int unpack_one(Thread *t, V list, V item) {
    if (!v_is_type(item)) {
        V parts = obj_lookup_attr(t, item, NAME(__typing_unpacked_tuple_args__));
        if (v_is_error(parts)) return -1;
        bool plain = parts != V_NULL && v_is_tuple(parts) &&
                     !(tuple_len(parts) && tuple_borrow(parts, tuple_len(parts) - 1) == V_ELLIPSIS);
        int r = plain ? extend(t, list, parts) : list_append(t, list, item);
        v_drop(t, parts);
        return r;
    }
    return list_append(t, list, item);
}

// The arguments given, with *tuple[int, str] among them spread out: a tuple.
static V unpack_items(Thread *t, V item) {
    V list = list_new(t, 0);
    if (v_is_error(list)) return V_ERROR;
    int r = 0;
    if (!v_is_tuple(item)) r = unpack_one(t, list, item);
    for (size_t i = 0; r == 0 && v_is_tuple(item) && i < tuple_len(item); i++) r = unpack_one(t, list, tuple_borrow(item, i));
    V result = r < 0 ? V_ERROR : list_to_tuple(t, list);
    v_drop(t, list);
    return result;
}

// Parameters may rewrite the arguments first (TypeVarTuple, ParamSpec).
static V prepare_items(Thread *t, V self, V parameters, V items) {
    for (size_t i = 0; i < tuple_len(parameters); i++) {
        V prepare = obj_lookup_attr(t, tuple_borrow(parameters, i), NAME(__typing_prepare_subst__));
        if (v_is_error(prepare)) {
            v_drop(t, items);
            return V_ERROR;
        }
        if (prepare == V_NULL || prepare == V_NONE) continue;
        V next = obj_call2(t, prepare, self, items);
        v_drop(t, prepare);
        v_drop(t, items);
        if (v_is_error(next)) return V_ERROR;
        if (!v_is_tuple(next)) {
            V one = tuple_pack(t, 1, next);
            v_drop(t, next);
            next = one;
            if (v_is_error(next)) return V_ERROR;
        }
        items = next;
    }
    return items;
}

// An argument that is itself generic gets those of the new values that belong to its own parameters.
static V substitute_inside(Thread *t, V arg, V parameters, V items) {
    V inner = obj_lookup_attr(t, arg, NAME(__parameters__));
    if (v_is_error(inner)) return V_ERROR;
    if (inner == V_NULL || !v_is_tuple(inner) || tuple_len(inner) == 0) {
        v_drop(t, inner);
        return v_dup(arg);
    }
    V list = list_new(t, 0);
    int r = v_is_error(list) ? -1 : 0;
    for (size_t i = 0; r == 0 && i < tuple_len(inner); i++) {
        V param = tuple_borrow(inner, i);
        int at = index_of(parameters, tuple_len(parameters), param);
        V value = at >= 0 ? tuple_borrow(items, (size_t)at) : param;
        r = at >= 0 && v_type(param)->iter && v_is_tuple(value) ? extend(t, list, value) : list_append(t, list, value);
    }
    V key = r < 0 ? V_ERROR : list_to_tuple(t, list), result = V_ERROR;
    if (!v_is_error(key)) {
        result = obj_getitem(t, arg, key);
        v_drop(t, key);
    }
    if (!v_is_error(list)) v_drop(t, list);
    v_drop(t, inner);
    return result;
}

static int substitute_one(Thread *t, V list, V arg, V parameters, V items) {
    if (v_is_type(arg)) return list_append(t, list, arg);
    V flag = obj_lookup_attr(t, arg, NAME(__typing_is_unpacked_typevartuple__));
    int unpack = v_is_error(flag) ? -1 : flag == V_NULL ? 0 : obj_is_true(t, flag);
    if (!v_is_error(flag)) v_drop(t, flag);
    if (unpack < 0) return -1;
    V subst = obj_lookup_attr(t, arg, NAME(__typing_subst__)), value;
    if (v_is_error(subst)) return -1;
    if (subst != V_NULL) {
        int at = index_of(parameters, tuple_len(parameters), arg);
        value = at < 0 ? v_dup(arg) : obj_call1(t, subst, tuple_borrow(items, (size_t)at));
        v_drop(t, subst);
    } else {
        value = substitute_inside(t, arg, parameters, items);
    }
    if (v_is_error(value)) return -1;
    int r;
    if (!unpack) {
        r = list_append(t, list, value);
    } else if (v_is_tuple(value)) {
        r = extend(t, list, value);
    } else {
        err_set(t, &exc_TypeError, "expected __typing_subst__ of %T objects to return a tuple, not %T", arg, value);
        r = -1;
    }
    v_drop(t, value);
    return r;
}

V alias_substitute(Thread *t, V self, V args, V parameters, V item) {
    size_t n = tuple_len(parameters);
    if (n == 0) return err_set(t, &exc_TypeError, "%R is not a generic class", self);
    V items = unpack_items(t, item);
    if (!v_is_error(items)) items = prepare_items(t, self, parameters, items);
    if (v_is_error(items)) return V_ERROR;
    V result = V_ERROR, list = V_ERROR;
    if (tuple_len(items) != n) {
        err_set(t, &exc_TypeError, "Too %s arguments for %R; actual %zu, expected %zu", tuple_len(items) > n ? "many" : "few",
                self, tuple_len(items), n);
    } else if (!v_is_error(list = list_new(t, 0))) {
        int r = 0;
        for (size_t i = 0; r == 0 && i < tuple_len(args); i++) r = substitute_one(t, list, tuple_borrow(args, i), parameters, items);
        if (r == 0) result = list_to_tuple(t, list);
        v_drop(t, list);
    }
    v_drop(t, items);
    return result;
}

static V get_parameters(Thread *t, V self, void *closure) {
    (void)closure;
    Alias *a = alias_of(self);
    V parameters = slot_get(&a->head, &a->parameters);
    if (parameters != V_NULL) return parameters;
    parameters = alias_make_parameters(t, args_of(self));
    if (!v_is_error(parameters)) slot_set(t, &a->head, &a->parameters, parameters);
    return parameters;
}

static V alias_subscript(Thread *t, V self, V item) {
    V parameters = get_parameters(t, self, NULL);
    if (v_is_error(parameters)) return V_ERROR;
    V args = alias_substitute(t, self, args_of(self), parameters, item);
    v_drop(t, parameters);
    if (v_is_error(args)) return V_ERROR;
    V result = alias_make(t, &generic_alias_type, origin_of(self), args, alias_of(self)->starred);
    v_drop(t, args);
    return result;
}

// ---- behaving like the origin --------------------------------------------------------------------------------------------
static const char *const own_attributes[] = {
    "__class__", "__bases__", "__origin__", "__args__", "__unpacked__", "__parameters__", "__typing_unpacked_tuple_args__",
    "__mro_entries__", "__reduce_ex__", "__reduce__", "__copy__", "__deepcopy__",
};

static V alias_getattr(Thread *t, V self, V name) {
    if (v_is_str(name)) {
        bool own = false;
        for (size_t i = 0; i < countof(own_attributes) && !own; i++) own = str_equal_ascii(name, own_attributes[i]);
        if (!own) return obj_getattr(t, origin_of(self), name);
    }
    return obj_generic_getattr(t, self, name);
}

static V alias_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V obj = obj_call(t, origin_of(self), args, nargs, kwnames);
    if (v_is_error(obj) || obj_setattr(t, obj, NAME(__orig_class__), self) == 0) return obj;
    if (err_matches(t, &exc_AttributeError) || err_matches(t, &exc_TypeError)) {
        err_clear(t);
        return obj;
    }
    v_drop(t, obj);
    return V_ERROR;
}

static int alias_hash(Thread *t, V self, int64_t *out) {
    int64_t x, y;
    if (obj_hash(t, origin_of(self), &x) < 0 || obj_hash(t, args_of(self), &y) < 0) return -1;
    *out = (x ^ y) == -1 ? -2 : x ^ y;
    return 0;
}

static V alias_compare(Thread *t, V a, V b, int op) {
    if ((op != CMP_EQ && op != CMP_NE) || !is_alias(a) || !is_alias(b)) return V_NOT_IMPLEMENTED;
    int equal = alias_of(a)->starred == alias_of(b)->starred;
    if (equal) equal = obj_compare_bool(t, origin_of(a), origin_of(b), CMP_EQ);
    if (equal > 0) equal = obj_compare_bool(t, args_of(a), args_of(b), CMP_EQ);
    return equal < 0 ? V_ERROR : v_from_bool(equal == (op == CMP_EQ));
}

static NATIVE(alias_mro_entries) {
    UNUSED_NATIVE();
    return tuple_pack(t, 1, origin_of(self));
}
static NATIVE(alias_instancecheck) {
    UNUSED_NATIVE();
    return err_set(t, &exc_TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}
static NATIVE(alias_subclasscheck) {
    UNUSED_NATIVE();
    return err_set(t, &exc_TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}

static NATIVE(alias_reduce) {
    UNUSED_NATIVE();
    if (alias_of(self)->starred) { // next(iter(alias))
        V next = dict_get_c(t, builtins_dict_borrow(), "next");
        if (next == V_NULL) return err_set(t, &exc_AttributeError, "next");
        V plain = generic_alias_new(t, origin_of(self), args_of(self));
        V iter = v_is_error(plain) ? V_ERROR : obj_iter(t, plain);
        if (!v_is_error(plain)) v_drop(t, plain);
        return tuple_pack_steal(t, 2, next, tuple_pack_steal(t, 1, iter));
    }
    return tuple_pack_steal(t, 2, v_from_type(&generic_alias_type), tuple_pack(t, 2, origin_of(self), args_of(self)));
}

static NATIVE(alias_dir) {
    UNUSED_NATIVE();
    V names = obj_dir(t, origin_of(self));
    if (v_is_error(names)) return V_ERROR;
    for (size_t i = 0; i < countof(own_attributes); i++) {
        V name = str_static(own_attributes[i]);
        int there = obj_contains(t, names, name);
        if (there < 0 || (!there && list_append(t, names, name) < 0)) {
            v_drop(t, names);
            return V_ERROR;
        }
    }
    return names;
}

static V get_unpacked_args(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    bool tuple = alias_of(self)->starred && origin_of(self) == v_from_type(&tuple_type);
    return tuple ? slot_get(v_obj(self), &alias_of(self)->args) : V_NONE;
}

static const Method alias_methods[] = {
    {"__mro_entries__", alias_mro_entries, "bases, /", LOCK_NONE, 0, NULL},
    {"__instancecheck__", alias_instancecheck, "object, /", LOCK_NONE, 0, NULL},
    {"__subclasscheck__", alias_subclasscheck, "object, /", LOCK_NONE, 0, NULL},
    {"__reduce__", alias_reduce, "", LOCK_NONE, 0, NULL},
    {"__dir__", alias_dir, "", LOCK_NONE, 0, NULL},
    METHOD_END,
};
static const Member alias_members[] = {
    {"__origin__", MEMBER_SLOT, offsetof(Alias, origin), true, NULL},
    {"__args__", MEMBER_SLOT, offsetof(Alias, args), true, NULL},
    {"__unpacked__", MEMBER_BOOL, offsetof(Alias, starred), true, NULL},
    {0},
};
static const GetSet alias_getsets[] = {
    {"__parameters__", get_parameters, NULL, "The type variables among its arguments.", NULL},
    {"__typing_unpacked_tuple_args__", get_unpacked_args, NULL, NULL, NULL},
    {0},
};

// ---- *alias: an iterator with one item, the starred alias ------------------------------------------------------------------
typedef struct AliasIter { Obj head; Slot alias; } AliasIter;
static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((AliasIter *)o)->alias); }
static V iter_next(Thread *t, V self) {
    V alias = slot_take(v_obj(self), &((AliasIter *)v_obj(self))->alias);
    if (alias == V_NULL) return V_END;
    V starred = alias_make(t, v_type(alias), origin_of(alias), args_of(alias), true);
    v_drop(t, alias);
    return starred;
}
static NATIVE(iter_reduce) {
    UNUSED_NATIVE();
    V alias = slot_get(v_obj(self), &((AliasIter *)v_obj(self))->alias);
    V iter = dict_get_c(t, builtins_dict_borrow(), "iter");
    if (iter == V_NULL) {
        v_drop(t, alias);
        return err_set(t, &exc_AttributeError, "iter");
    }
    return tuple_pack_steal(t, 2, iter, tuple_pack_steal(t, 1, alias == V_NULL ? tuple_empty() : alias));
}
static const Method iter_methods[] = {{"__reduce__", iter_reduce, "", LOCK_NONE, 0, NULL}, METHOD_END};
Type alias_iter_type = {
    TYPE_HEAD("generic_alias_iterator"), .size = sizeof(AliasIter), .flags = TYPE_GC | TYPE_IMMUTABLE,
    .traverse = iter_traverse, .iter = iter_self, .next = iter_next, .methods = iter_methods,
};

static V alias_iter(Thread *t, V self) {
    AliasIter *it = (AliasIter *)obj_alloc(t, &alias_iter_type, sizeof *it, OBJ_GC);
    if (!it) return err_no_memory(t);
    slot_init(t, &it->head, &it->alias, self);
    return v_from(it);
}

Type generic_alias_type = {
    TYPE_HEAD("types.GenericAlias"), .size = sizeof(Alias), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE,
    .doc = "A class with the types it is used for, like list[int].",
    .traverse = alias_traverse, .new_ = alias_new, .repr = alias_repr, .hash = alias_hash, .call = alias_call,
    .getattr = alias_getattr, .setattr = obj_generic_setattr, .compare = alias_compare, .iter = alias_iter, .or_ = union_or,
    .subscript = alias_subscript, .methods = alias_methods, .members = alias_members, .getsets = alias_getsets,
};
