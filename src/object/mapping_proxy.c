// SPDX-License-Identifier: MIT
// mappingproxy: a read-only view of a mapping; what a class's __dict__ is.
#include "object/descr.h"
#include "object/misc.h"

typedef struct Proxy { Obj head; Slot mapping; } Proxy;
static inline V mapping_of(V v) { return slot_peek(&((Proxy *)v_obj(v))->mapping); }

V mapping_proxy_new(Thread *t, V mapping) {
    Proxy *p = (Proxy *)obj_alloc(t, &mapping_proxy_type, sizeof *p, OBJ_GC);
    if (!p) return err_no_memory(t);
    slot_init(t, &p->head, &p->mapping, mapping);
    return v_from(p);
}

static V proxy_make(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    V mapping;
    if (args_bind(t, "mappingproxy", "mapping", args, nargs, kwnames, &mapping) < 0) return V_ERROR;
    if (!obj_is_mapping(mapping) || v_is_list(mapping) || v_is_tuple(mapping))
        return err_set(t, &exc_TypeError, "mappingproxy() argument must be a mapping, not %T", mapping);
    return mapping_proxy_new(t, mapping);
}

static void proxy_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Proxy *)o)->mapping); }
static V proxy_repr(Thread *t, V self) { return str_from_format(t, "mappingproxy(%R)", mapping_of(self)); }
static V proxy_str(Thread *t, V self) { return obj_str(t, mapping_of(self)); }
static V proxy_iter(Thread *t, V self) { return obj_iter(t, mapping_of(self)); }
static ptrdiff_t proxy_len(Thread *t, V self) { return obj_len(t, mapping_of(self)); }
static V proxy_subscript(Thread *t, V self, V key) { return obj_getitem(t, mapping_of(self), key); }
static V proxy_compare(Thread *t, V a, V b, int op) { return obj_compare(t, mapping_of(a), b, op); }
static int proxy_hash(Thread *t, V self, int64_t *out) { return obj_hash(t, mapping_of(self), out); }

static int proxy_contains(Thread *t, V self, V key) {
    V mapping = mapping_of(self);
    return v_is_exact(mapping, &dict_type) ? dict_contains(t, mapping, key) : obj_contains(t, mapping, key);
}

static V unwrap(V v) { return v_is_exact(v, &mapping_proxy_type) ? mapping_of(v) : v; }
static V proxy_or(Thread *t, V a, V b) { return num_binary(t, OP_OR, unwrap(a), unwrap(b)); }
static V proxy_ior(Thread *t, V a, V b) {
    (void)b;
    return err_set(t, &exc_TypeError, "'|=' is not supported by %T; use '|' instead", a);
}

#define FORWARD(fn, id) \
    static NATIVE(fn) { \
        (void)kwnames; \
        return obj_call_method(t, mapping_of(self), NAME(id), args, nargs); \
    }
FORWARD(proxy_keys, keys)
FORWARD(proxy_values, values)
FORWARD(proxy_items, items)
FORWARD(proxy_copy, copy)
FORWARD(proxy_reversed, __reversed__)
#undef FORWARD
static NATIVE(proxy_get) {
    UNUSED_NATIVE();
    V call_args[2] = {args[0], args[1] == V_NULL ? V_NONE : args[1]};
    return obj_call_method(t, mapping_of(self), NAME(get), call_args, 2);
}

static const Method proxy_methods[] = {
    {"get", proxy_get, "key, default=None, /", LOCK_NONE, 0, "Return the value for key if key is in the mapping, else default."},
    {"keys", proxy_keys, "", LOCK_NONE, 0, "the keys as a view, which behaves like a set"},
    {"values", proxy_values, "", LOCK_NONE, 0, "the values as a view"},
    {"items", proxy_items, "", LOCK_NONE, 0, "the (key, value) pairs as a view, which behaves like a set"},
    {"copy", proxy_copy, "", LOCK_NONE, 0, "a shallow copy of D"},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "See PEP 585"},
    {"__reversed__", proxy_reversed, "", LOCK_NONE, 0, "reverse iterator"},
    METHOD_END,
};

Type mapping_proxy_type = {
    TYPE_HEAD("mappingproxy"), .size = sizeof(Proxy), .flags = TYPE_GC | TYPE_MAPPING | TYPE_IMMUTABLE,
    .traverse = proxy_traverse, .new_ = proxy_make, .repr = proxy_repr, .str = proxy_str,
    .iter = proxy_iter, .len = proxy_len, .subscript = proxy_subscript, .contains = proxy_contains, .compare = proxy_compare,
    .hash = proxy_hash, .or_ = proxy_or, .ior = proxy_ior, .getattr = obj_generic_getattr, .methods = proxy_methods,
};
