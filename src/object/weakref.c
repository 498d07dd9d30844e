// SPDX-License-Identifier: MIT
// weakref.ref and the weak proxies.  What makes them weak is in threading/weak.c: a WeakNode in each of these objects.
//
// A ref without callback is made once an object; so is a proxy of either kind.  That of a SHARED object is SHARED from its
// birth, so that all threads find it; one that a thread made while the object was its own, others do not.  The hash of a ref is its referent's,
// remembered so that it outlives it.
#include "object/descr.h"
#include "object/misc.h"
#include "object/weakref.h"
#include "threading/weak.h"

typedef struct WeakRef {
    Obj head;
    WeakNode node;
    Slot callback;
    int64_t hash; // -1: not known; atomic
} WeakRef;
static inline WeakRef *ref_of(V v) { return (WeakRef *)v_obj(v); }

// ---- making ------------------------------------------------------------------------------------------------------------
static bool is_plain(const Obj *o, const WeakNode *node, void *type) { return o->type == (Type *)type && !node->has_callback; }

static V make(Thread *t, Type *type, V referent, V callback) {
    if (!v_is_object(referent) || !type_has(v_type(referent), TYPE_WEAKREFS))
        return err_set(t, &exc_TypeError, "cannot create weak reference to '%T' object", referent);
    bool has_callback = callback != V_NULL && callback != V_NONE;
    bool reusable = !has_callback && !type_has(type, TYPE_HEAP);
    if (reusable) {
        V found = weak_find(t, v_obj(referent), is_plain, type);
        if (found != V_NULL) return found;
    }
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    WeakRef *r = ref_of(self);
    at_store_relaxed(&r->hash, (int64_t)-1);
    if (has_callback) slot_set(t, &r->head, &r->callback, callback);
    V found = V_NULL;
    if (reusable && obj_is_shared(v_obj(referent))) share_value(t, self);
    int bound = reusable ? weak_bind_unless(t, &r->node, &r->head, v_obj(referent), is_plain, type, &found)
                         : weak_bind(t, &r->node, &r->head, v_obj(referent), has_callback);
    if (bound == 0 && found == V_NULL) return self;
    v_drop(t, self);
    return bound < 0 ? err_no_memory(t) : found; // another thread was quicker
}

V weakref_new(Thread *t, V referent, V callback) { return make(t, &weakref_type, referent, callback); }

V weakref_new_unheard(Thread *t, V referent, V callback) {
    V v = weakref_new(t, referent, callback);
    if (!v_is_error(v)) ref_of(v)->node.unheard = true;
    return v;
}

V weakref_get(Thread *t, V ref) { return weak_get(t, &ref_of(ref)->node); }

bool weakref_has_callback(V ref) { return ref_of(ref)->node.has_callback; }
V weakref_callback_borrow(const Obj *weakref) { return slot_peek(&((const WeakRef *)weakref)->callback); }

V weak_proxy_new(Thread *t, V referent, V callback) {
    return make(t, obj_is_callable(referent) ? &weak_callable_proxy_type : &weak_proxy_type, referent, callback);
}

static V ref_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)kwnames;
    if (args_check_count(t, "__new__", nargs, 1, 2) < 0) return V_ERROR;
    return make(t, type, args[0], nargs == 2 ? args[1] : V_NONE);
}

static int ref_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    (void)self, (void)args;
    if (args_no_keywords(t, "ref", kwnames) < 0) return -1;
    return args_check_count(t, "__init__", nargs, 1, 2);
}

static void ref_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((WeakRef *)o)->callback); }
static void ref_free(Thread *t, Obj *o) { weak_unbind(t, &((WeakRef *)o)->node); }

void weakref_run_callback(Thread *t, V self) {
    V callback = slot_take(v_obj(self), &ref_of(self)->callback);
    if (callback == V_NULL || callback == V_NONE) return;
    V result = obj_call1(t, callback, self);
    if (v_is_error(result)) err_unraisable(t, callback, NULL);
    else v_drop(t, result);
    v_drop(t, callback);
}

// ---- ref ---------------------------------------------------------------------------------------------------------------
static V ref_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V none;
    if (args_bind(t, "weakref", "", args, nargs, kwnames, &none) < 0) return V_ERROR;
    return weakref_get(t, self);
}

static V ref_repr(Thread *t, V self) {
    V referent = weakref_get(t, self);
    if (referent == V_NONE) return str_from_format(t, "<weakref at %p; dead>", (void *)v_obj(self));
    V name = obj_lookup_attr(t, referent, NAME(__name__)), result;
    if (v_is_error(name)) {
        result = V_ERROR;
    } else if (name != V_NULL && v_is_str(name)) {
        result = str_from_format(t, "<weakref at %p; to '%T' at %p (%V)>", (void *)v_obj(self), referent, (void *)v_obj(referent), name);
    } else {
        result = str_from_format(t, "<weakref at %p; to '%T' at %p>", (void *)v_obj(self), referent, (void *)v_obj(referent));
    }
    v_drop(t, name);
    v_drop(t, referent);
    return result;
}

static int ref_hash(Thread *t, V self, int64_t *out) {
    WeakRef *r = ref_of(self);
    *out = at_load_relaxed(&r->hash);
    if (*out != -1) return 0;
    V referent = weakref_get(t, self);
    if (referent == V_NONE) {
        err_set(t, &exc_TypeError, "weak object has gone away");
        return -1;
    }
    int result = obj_hash(t, referent, out);
    v_drop(t, referent);
    if (result == 0) at_store_relaxed(&r->hash, *out);
    return result;
}

static V ref_compare(Thread *t, V a, V b, int op) {
    if ((op != CMP_EQ && op != CMP_NE) || !type_check(t, a, &weakref_type) || !type_check(t, b, &weakref_type))
        return V_NOT_IMPLEMENTED;
    V x = weakref_get(t, a), y = weakref_get(t, b), result;
    if (x == V_NONE || y == V_NONE) result = v_from_bool(v_is(a, b) == (op == CMP_EQ));
    else result = obj_compare(t, x, y, op);
    v_drop(t, x);
    v_drop(t, y);
    return result;
}

static V get_callback(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    V callback = slot_get(v_obj(self), &ref_of(self)->callback);
    return callback == V_NULL ? V_NONE : callback;
}
static const GetSet ref_getsets[] = {{"__callback__", get_callback, NULL, NULL, NULL}, {0}};
static const Method ref_methods[] = {
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "See PEP 585"},
    METHOD_END,
};

Type weakref_type = {
    TYPE_HEAD("weakref.ReferenceType"), .size = sizeof(WeakRef), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_IMMUTABLE,
    .traverse = ref_traverse, .free_ = ref_free, .new_ = ref_new, .init = ref_init, .call = ref_call, .repr = ref_repr,
    .hash = ref_hash, .compare = ref_compare, .getsets = ref_getsets, .methods = ref_methods,
};

// ---- proxies -----------------------------------------------------------------------------------------------------------
static bool is_proxy(V v) { return v_is_exact(v, &weak_proxy_type) || v_is_exact(v, &weak_callable_proxy_type); }

// The referent of a proxy, or v itself; a stack value.
static V deref(Thread *t, V v) {
    if (!is_proxy(v)) return v_dup(v);
    V referent = weakref_get(t, v);
    if (referent == V_NONE) return err_set(t, &exc_ReferenceError, "weakly-referenced object no longer exists");
    return referent;
}

#define UNARY(fn, operation) \
    static V fn(Thread *t, V self) { \
        V v = deref(t, self); \
        if (v_is_error(v)) return V_ERROR; \
        V result = operation(t, v); \
        v_drop(t, v); \
        return result; \
    }
UNARY(proxy_str, obj_str)
UNARY(proxy_negative, num_negative)
UNARY(proxy_positive, num_positive)
UNARY(proxy_absolute, num_absolute)
UNARY(proxy_invert, num_invert)
UNARY(proxy_int, num_int)
UNARY(proxy_float, num_float)
UNARY(proxy_index, num_index)
UNARY(proxy_iter, obj_iter)
#undef UNARY

static V both(Thread *t, V a, V b, V (*operation)(Thread *, V, V, intptr_t), intptr_t arg) {
    V x = deref(t, a), y = v_is_error(x) ? V_ERROR : deref(t, b);
    V result = v_is_error(y) ? V_ERROR : operation(t, x, y, arg);
    if (!v_is_error(x)) v_drop(t, x);
    if (!v_is_error(y)) v_drop(t, y);
    return result;
}
static V do_binary(Thread *t, V a, V b, intptr_t op) { return num_binary(t, (int)op, a, b); }
static V do_divmod(Thread *t, V a, V b, intptr_t op) {
    (void)op;
    return num_divmod(t, a, b);
}
static V do_compare(Thread *t, V a, V b, intptr_t op) { return obj_compare(t, a, b, (int)op); }

#define BINARY(fn, op) \
    static V fn(Thread *t, V a, V b) { return both(t, a, b, do_binary, op); } \
    static V fn##_inplace(Thread *t, V a, V b) { return both(t, a, b, do_binary, (op) + OP_INPLACE); }
BINARY(proxy_add, OP_ADD)
BINARY(proxy_subtract, OP_SUBTRACT)
BINARY(proxy_multiply, OP_MULTIPLY)
BINARY(proxy_floor_divide, OP_FLOOR_DIVIDE)
BINARY(proxy_true_divide, OP_TRUE_DIVIDE)
BINARY(proxy_remainder, OP_REMAINDER)
BINARY(proxy_lshift, OP_LSHIFT)
BINARY(proxy_rshift, OP_RSHIFT)
BINARY(proxy_and, OP_AND)
BINARY(proxy_or, OP_OR)
BINARY(proxy_xor, OP_XOR)
BINARY(proxy_matmul, OP_MATRIX_MULTIPLY)
#undef BINARY
static V proxy_divmod(Thread *t, V a, V b) { return both(t, a, b, do_divmod, 0); }
static V proxy_compare(Thread *t, V a, V b, int op) { return both(t, a, b, do_compare, op); }

static V power(Thread *t, V a, V b, V mod, bool inplace) {
    V x = deref(t, a), y = v_is_error(x) ? V_ERROR : deref(t, b), z = v_is_error(y) ? V_ERROR : deref(t, mod);
    V result = v_is_error(z) ? V_ERROR : inplace ? num_binary(t, OP_POWER + OP_INPLACE, x, y) : num_power(t, x, y, z);
    if (!v_is_error(x)) v_drop(t, x);
    if (!v_is_error(y)) v_drop(t, y);
    if (!v_is_error(z)) v_drop(t, z);
    return result;
}
static V proxy_power(Thread *t, V a, V b, V mod) { return power(t, a, b, mod, false); }
static V proxy_ipower(Thread *t, V a, V b, V mod) { return power(t, a, b, mod, true); }

static V proxy_getattr(Thread *t, V self, V name) {
    V v = deref(t, self);
    if (v_is_error(v)) return V_ERROR;
    V result = obj_getattr(t, v, name);
    v_drop(t, v);
    return result;
}
static int proxy_setattr(Thread *t, V self, V name, V value) {
    V v = deref(t, self);
    if (v_is_error(v)) return -1;
    int r = obj_setattr(t, v, name, value);
    v_drop(t, v);
    return r;
}
static int proxy_bool(Thread *t, V self) {
    V v = deref(t, self);
    if (v_is_error(v)) return -1;
    int r = obj_is_true(t, v);
    v_drop(t, v);
    return r;
}
static ptrdiff_t proxy_len(Thread *t, V self) {
    V v = deref(t, self);
    if (v_is_error(v)) return -1;
    ptrdiff_t n = obj_len(t, v);
    v_drop(t, v);
    return n;
}
static V proxy_subscript(Thread *t, V self, V key) {
    V v = deref(t, self);
    if (v_is_error(v)) return V_ERROR;
    V result = obj_getitem(t, v, key);
    v_drop(t, v);
    return result;
}
static int proxy_set_subscript(Thread *t, V self, V key, V value) {
    V v = deref(t, self);
    if (v_is_error(v)) return -1;
    int r = obj_setitem(t, v, key, value);
    v_drop(t, v);
    return r;
}
static int proxy_contains(Thread *t, V self, V item) {
    V v = deref(t, self);
    if (v_is_error(v)) return -1;
    int r = obj_contains(t, v, item);
    v_drop(t, v);
    return r;
}
static V proxy_next(Thread *t, V self) {
    V v = deref(t, self);
    if (v_is_error(v)) return V_ERROR;
    V result = v_type(v)->next ? obj_next(t, v)
                               : err_set(t, &exc_TypeError, "Weakref proxy referenced a non-iterator '%T' object", v);
    v_drop(t, v);
    return result;
}
static V proxy_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V v = deref(t, self);
    if (v_is_error(v)) return V_ERROR;
    V result = obj_call(t, v, args, nargs, kwnames);
    v_drop(t, v);
    return result;
}
static V proxy_repr(Thread *t, V self) {
    V v = weakref_get(t, self);
    V id = obj_id(t, v);
    void *address = (void *)(uintptr_t)int_as_u64_mask(id);
    v_drop(t, id);
    V result = str_from_format(t, "<weakproxy at %p to %T at %p>", (void *)v_obj(self), v, address);
    v_drop(t, v);
    return result;
}

static NATIVE(proxy_bytes) {
    UNUSED_NATIVE();
    V v = deref(t, self);
    if (v_is_error(v)) return V_ERROR;
    V result = obj_call_method0(t, v, NAME(__bytes__));
    v_drop(t, v);
    return result;
}
static NATIVE(proxy_reversed) {
    UNUSED_NATIVE();
    V v = deref(t, self);
    if (v_is_error(v)) return V_ERROR;
    V result = obj_call_method0(t, v, NAME(__reversed__));
    v_drop(t, v);
    return result;
}
static const Method proxy_methods[] = {
    {"__bytes__", proxy_bytes, "", LOCK_NONE, 0, NULL},
    {"__reversed__", proxy_reversed, "", LOCK_NONE, 0, NULL},
    METHOD_END,
};

#define PROXY_TYPE \
    .size = sizeof(WeakRef), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW, .traverse = ref_traverse, .free_ = ref_free, \
    .repr = proxy_repr, .str = proxy_str, .hash = obj_hash_unhashable, .compare = proxy_compare, .getattr = proxy_getattr, \
    .setattr = proxy_setattr, .bool_ = proxy_bool, .len = proxy_len, .subscript = proxy_subscript, \
    .set_subscript = proxy_set_subscript, .contains = proxy_contains, .iter = proxy_iter, .next = proxy_next, \
    .negative = proxy_negative, .positive = proxy_positive, .absolute = proxy_absolute, .invert = proxy_invert, \
    .int_ = proxy_int, .float_ = proxy_float, .index = proxy_index, .add = proxy_add, .subtract = proxy_subtract, \
    .multiply = proxy_multiply, .remainder = proxy_remainder, .divmod = proxy_divmod, .power = proxy_power, \
    .lshift = proxy_lshift, .rshift = proxy_rshift, .and_ = proxy_and, .or_ = proxy_or, .xor_ = proxy_xor, \
    .floor_divide = proxy_floor_divide, .true_divide = proxy_true_divide, .matrix_multiply = proxy_matmul, \
    .iadd = proxy_add_inplace, .isubtract = proxy_subtract_inplace, .imultiply = proxy_multiply_inplace, \
    .iremainder = proxy_remainder_inplace, .ipower = proxy_ipower, .ilshift = proxy_lshift_inplace, \
    .irshift = proxy_rshift_inplace, .iand = proxy_and_inplace, .ior = proxy_or_inplace, .ixor = proxy_xor_inplace, \
    .ifloor_divide = proxy_floor_divide_inplace, .itrue_divide = proxy_true_divide_inplace, \
    .imatrix_multiply = proxy_matmul_inplace, .methods = proxy_methods

Type weak_proxy_type = {TYPE_HEAD("weakref.ProxyType"), PROXY_TYPE};
Type weak_callable_proxy_type = {TYPE_HEAD("weakref.CallableProxyType"), PROXY_TYPE, .call = proxy_call};
