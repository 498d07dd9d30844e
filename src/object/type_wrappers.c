// SPDX-License-Identifier: MIT
// Slot wrappers: the `__add__` in a static type's dict (wrapper_descriptor) and what it binds to (method-wrapper).
//
// slot_wrapper_call turns Python arguments into the slot's C arguments by the row's WrapKind, and its result back.
#include "object/cstack.h"
#include "object/descr.h"
#include "object/misc.h"
#include "runtime/runtime.h"

V slot_wrapper_new(Thread *t, Type *type, const SlotRow *row, void *fn) {
    SlotWrapper *w = (SlotWrapper *)obj_alloc(t, &slot_wrapper_type, sizeof *w, OBJ_GC);
    if (!w) return err_no_memory(t);
    w->row = row;
    w->type = type;
    w->fn = fn;
    slot_init(t, &w->head, &w->name, slot_row_name(row));
    return v_from(w);
}

// ---- calling a slot ----------------------------------------------------------------------------------------------------
static int expect(Thread *t, size_t nargs, size_t n) {
    if (nargs == n) return 0;
    err_set(t, &exc_TypeError, "expected %zu argument%s, got %zu", n, n == 1 ? "" : "s", nargs);
    return -1;
}
static int expect_range(Thread *t, size_t nargs, size_t min, size_t max) {
    if (nargs >= min && nargs <= max) return 0;
    size_t limit = nargs < min ? min : max;
    err_set(t, &exc_TypeError, " expected %s%zu argument%s, got %zu", min == max ? "" : nargs < min ? "at least " : "at most ",
            limit, limit == 1 ? "" : "s", nargs);
    return -1;
}
static V none_or_error(int r) { return r < 0 ? V_ERROR : V_NONE; }

static V wrap_compare(Thread *t, CompareFn fn, V self, V other, int op) { return fn(t, self, other, op); }

static V wrap_hash(Thread *t, HashFn fn, V self) {
    int64_t h;
    return fn(t, self, &h) < 0 ? V_ERROR : int_from_i64(t, h);
}

static V wrap_next(Thread *t, UnaryFn fn, V self) {
    V v = fn(t, self);
    return v == V_END ? err_set_none(t, &exc_StopIteration) : v;
}

static V wrap_repeat(Thread *t, BinaryFn fn, V self, V count) {
    ptrdiff_t n;
    if (num_as_count(t, count, &n) < 0) return V_ERROR;
    V i = int_from_i64(t, n);
    if (v_is_error(i)) return V_ERROR;
    V result = fn(t, self, i);
    v_drop(t, i);
    return result;
}

static V wrap_descr_get(Thread *t, DescrGetFn fn, V self, const V *args, size_t nargs) {
    if (expect_range(t, nargs, 1, 2) < 0) return V_ERROR;
    V obj = args[0] == V_NONE ? V_NULL : args[0];
    V type = nargs < 2 || args[1] == V_NONE ? V_NULL : args[1];
    if (obj == V_NULL && type == V_NULL) return err_set(t, &exc_TypeError, "__get__(None, None) is invalid");
    return fn(t, self, obj, type);
}

// object.__setattr__ on a type would go round the type's own __setattr__ (Carlo Verre's trick): refused, unless fn is
// what the most basic C-level class of self has anyway.
static int check_setattr(Thread *t, V self, SetattrFn fn, const char *what) {
    Type *type = v_type(self);
    while (type && type_has(type, TYPE_HEAP)) type = type->base;
    if (!type || !type->setattr || type->setattr == fn || fn != obj_generic_setattr) return 0;
    err_set(t, &exc_TypeError, "can't apply this %s to %T object", what, self);
    return -1;
}

static V wrap_getattr(Thread *t, BinaryFn fn, V self, const V *args, size_t nargs) {
    if (expect(t, nargs, 1) < 0) return V_ERROR;
    if (v_is_str(args[0])) return fn(t, self, args[0]);
    return err_set(t, &exc_TypeError, "attribute name must be string, not '%T'", args[0]);
}

static V wrap_setattr(Thread *t, SetattrFn fn, V self, const V *args, size_t nargs, bool delete) {
    if ((delete ? expect(t, nargs, 1) : expect_range(t, nargs, 2, 2)) < 0) return V_ERROR;
    if (check_setattr(t, self, fn, delete ? "__delattr__" : "__setattr__") < 0) return V_ERROR;
    return none_or_error(fn(t, self, args[0], delete ? V_NULL : args[1]));
}

static V wrap_power(Thread *t, TernaryFn fn, V self, const V *args, size_t nargs, bool reflected) {
    if (expect_range(t, nargs, 1, 2) < 0) return V_ERROR;
    V mod = nargs == 2 ? args[1] : V_NONE;
    return reflected ? fn(t, args[0], self, mod) : fn(t, self, args[0], mod);
}

static V call_two(Thread *t, const SlotWrapper *w, V self, const V *args, size_t nargs) {
    switch (w->row->kind) {
    case WRAP_GETATTR: return wrap_getattr(t, (BinaryFn)w->fn, self, args, nargs);
    case WRAP_SUBSCRIPT:
    case WRAP_BINARY:
    case WRAP_LEFT: return expect(t, nargs, 1) < 0 ? V_ERROR : ((BinaryFn)w->fn)(t, self, args[0]);
    case WRAP_RIGHT: return expect(t, nargs, 1) < 0 ? V_ERROR : ((BinaryFn)w->fn)(t, args[0], self);
    case WRAP_COMPARE: return expect(t, nargs, 1) < 0 ? V_ERROR : wrap_compare(t, (CompareFn)w->fn, self, args[0], w->row->op);
    case WRAP_REPEAT: return expect_range(t, nargs, 1, 1) < 0 ? V_ERROR : wrap_repeat(t, (BinaryFn)w->fn, self, args[0]);
    case WRAP_CONTAINS: {
        if (expect(t, nargs, 1) < 0) return V_ERROR;
        int r = ((ContainsFn)w->fn)(t, self, args[0]);
        return r < 0 ? V_ERROR : v_from_bool(r);
    }
    case WRAP_SETITEM:
        if (expect_range(t, nargs, 2, 2) < 0) return V_ERROR;
        return none_or_error(((SetitemFn)w->fn)(t, self, args[0], args[1]));
    case WRAP_DELITEM:
        if (expect(t, nargs, 1) < 0) return V_ERROR;
        return none_or_error(((SetitemFn)w->fn)(t, self, args[0], V_NULL));
    case WRAP_DESCR_GET: return wrap_descr_get(t, (DescrGetFn)w->fn, self, args, nargs);
    case WRAP_DESCR_SET:
        if (expect_range(t, nargs, 2, 2) < 0) return V_ERROR;
        return none_or_error(((DescrSetFn)w->fn)(t, self, args[0], args[1]));
    case WRAP_DESCR_DELETE:
        if (expect(t, nargs, 1) < 0) return V_ERROR;
        return none_or_error(((DescrSetFn)w->fn)(t, self, args[0], V_NULL));
    case WRAP_SETATTR: return wrap_setattr(t, (SetattrFn)w->fn, self, args, nargs, false);
    case WRAP_DELATTR: return wrap_setattr(t, (SetattrFn)w->fn, self, args, nargs, true);
    case WRAP_POWER: return wrap_power(t, (TernaryFn)w->fn, self, args, nargs, false);
    case WRAP_POWER_RIGHT: return wrap_power(t, (TernaryFn)w->fn, self, args, nargs, true);
    }
    HD_UNREACHABLE();
}

static V call_one(Thread *t, const SlotWrapper *w, V self, size_t nargs) {
    if (expect(t, nargs, 0) < 0) return V_ERROR;
    switch (w->row->kind) {
    case WRAP_UNARY:
    case WRAP_FINALIZE: return ((UnaryFn)w->fn)(t, self);
    case WRAP_NEXT: return wrap_next(t, (UnaryFn)w->fn, self);
    case WRAP_HASH: return wrap_hash(t, (HashFn)w->fn, self);
    case WRAP_INQUIRY: {
        int r = ((InquiryFn)w->fn)(t, self);
        return r < 0 ? V_ERROR : v_from_bool(r);
    }
    case WRAP_LEN: {
        ptrdiff_t n = ((LenFn)w->fn)(t, self);
        return n < 0 ? V_ERROR : int_from_i64(t, n);
    }
    }
    HD_UNREACHABLE();
}

V slot_wrapper_call(Thread *t, V wrapper, V self, const V *args, size_t nargs, V kwnames) {
    const SlotWrapper *w = (const SlotWrapper *)v_obj(wrapper);
    if (c_stack_check(t, " while calling a Python object") < 0) return V_ERROR; // a bound wrapper may come back to one
    if (w->row->kind == WRAP_CALL) return ((NativeFn)w->fn)(t, self, args, nargs, kwnames);
    if (w->row->kind == WRAP_INIT) return none_or_error(((InitFn)w->fn)(t, self, args, nargs, kwnames));
    if (kwnames != V_NULL && tuple_len(kwnames))
        return err_set(t, &exc_TypeError, "wrapper %s() takes no keyword arguments", w->row->dunder);
    switch (w->row->kind) {
    case WRAP_UNARY:
    case WRAP_FINALIZE:
    case WRAP_NEXT:
    case WRAP_HASH:
    case WRAP_INQUIRY:
    case WRAP_LEN: return call_one(t, w, self, nargs);
    default: return call_two(t, w, self, args, nargs);
    }
}

// ---- wrapper_descriptor ------------------------------------------------------------------------------------------------
static void wrapper_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((SlotWrapper *)o)->name); }

static V wrapper_get(Thread *t, V descr, V obj, V type) {
    (void)type;
    if (obj == V_NULL) return v_dup(descr);
    SlotWrapper *w = (SlotWrapper *)v_obj(descr);
    if (!type_is_subtype(v_type(obj), w->type))
        return err_set(t, &exc_TypeError, "descriptor '%s' for '%N' objects doesn't apply to a '%T' object", w->row->dunder,
                       w->type, obj);
    MethodWrapper *m = (MethodWrapper *)obj_alloc(t, &method_wrapper_type, sizeof *m, OBJ_GC);
    if (!m) return err_no_memory(t);
    slot_init(t, &m->head, &m->wrapper, descr);
    slot_init(t, &m->head, &m->self, obj);
    return v_from(m);
}

static V wrapper_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    SlotWrapper *w = (SlotWrapper *)v_obj(self);
    if (nargs == 0)
        return err_set(t, &exc_TypeError, "descriptor '%s' of '%N' object needs an argument", w->row->dunder, w->type);
    if (!type_is_subtype(v_type(args[0]), w->type))
        return err_set(t, &exc_TypeError, "descriptor '%s' requires a '%N' object but received a '%T'", w->row->dunder,
                       w->type, args[0]);
    return slot_wrapper_call(t, self, args[0], args + 1, nargs - 1, kwnames);
}

static V wrapper_repr(Thread *t, V self) {
    SlotWrapper *w = (SlotWrapper *)v_obj(self);
    return str_from_format(t, "<slot wrapper '%s' of '%N' objects>", w->row->dunder, w->type);
}

static V wrapper_qualname(Thread *t, const SlotWrapper *w) {
    V qualname = type_qualname(t, w->type);
    if (v_is_error(qualname)) return V_ERROR;
    V result = str_from_format(t, "%V.%s", qualname, w->row->dunder);
    v_drop(t, qualname);
    return result;
}

enum { GET_NAME, GET_QUALNAME, GET_OBJCLASS, GET_DOC, GET_SIGNATURE };
static V wrapper_attr(Thread *t, const SlotWrapper *w, intptr_t what) {
    switch (what) {
    case GET_NAME: return slot_row_name(w->row);
    case GET_QUALNAME: return wrapper_qualname(t, w);
    case GET_OBJCLASS: return v_from_type(w->type);
    case GET_DOC: return w->row->doc ? str_from_cstr(t, w->row->doc) : V_NONE;
    default: return text_signature_of(t, w->row->sig && strcmp(w->row->sig, "/") ? w->row->sig : "", "$self");
    }
}
static V wrapper_getattr(Thread *t, V self, void *closure) {
    return wrapper_attr(t, (SlotWrapper *)v_obj(self), (intptr_t)closure);
}
#define WRAPPER_ATTRS(get) \
    {"__name__", get, NULL, NULL, (void *)GET_NAME}, {"__qualname__", get, NULL, NULL, (void *)GET_QUALNAME}, \
        {"__objclass__", get, NULL, NULL, (void *)GET_OBJCLASS}, {"__doc__", get, NULL, NULL, (void *)GET_DOC}, \
        {"__text_signature__", get, NULL, NULL, (void *)GET_SIGNATURE}
static const GetSet wrapper_getsets[] = {WRAPPER_ATTRS(wrapper_getattr), {0}};

static V getattr_pair(Thread *t, V obj, V name) {
    V getattr = dict_get_c(t, builtins_dict_borrow(), "getattr");
    if (getattr == V_NULL) return err_set(t, &exc_AttributeError, "getattr");
    V pair = tuple_pack(t, 2, obj, name);
    if (v_is_error(pair)) {
        v_drop(t, getattr);
        return V_ERROR;
    }
    return tuple_pack_steal(t, 2, getattr, pair);
}
static NATIVE(wrapper_reduce) {
    UNUSED_NATIVE();
    SlotWrapper *w = (SlotWrapper *)v_obj(self);
    return getattr_pair(t, v_from_type(w->type), slot_row_name(w->row));
}
static const Method wrapper_methods[] = {{"__reduce__", wrapper_reduce, "", LOCK_NONE, 0, NULL}, METHOD_END};

Type slot_wrapper_type = {
    TYPE_HEAD("wrapper_descriptor"), .size = sizeof(SlotWrapper), .flags = TYPE_GC | TYPE_METHOD_DESCR | TYPE_IMMUTABLE,
    .traverse = wrapper_traverse, .descr_get = wrapper_get, .call = wrapper_call, .repr = wrapper_repr,
    .getattr = obj_generic_getattr, .getsets = wrapper_getsets, .methods = wrapper_methods,
};

// ---- method-wrapper ----------------------------------------------------------------------------------------------------
static void method_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    MethodWrapper *m = (MethodWrapper *)o;
    VISIT(m->wrapper);
    VISIT(m->self);
}
static inline V bound_self(V v) { return slot_peek(&((MethodWrapper *)v_obj(v))->self); }
static inline V bound_wrapper(V v) { return slot_peek(&((MethodWrapper *)v_obj(v))->wrapper); }

static V method_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    return slot_wrapper_call(t, bound_wrapper(self), bound_self(self), args, nargs, kwnames);
}

static V method_repr(Thread *t, V self) {
    V bound = bound_self(self);
    SlotWrapper *w = (SlotWrapper *)v_obj(bound_wrapper(self));
    V id = obj_id(t, bound);
    uint64_t address = int_as_u64_mask(id);
    v_drop(t, id);
    return str_from_format(t, "<method-wrapper '%s' of %T object at %p>", w->row->dunder, bound, (void *)(uintptr_t)address);
}

static V method_compare(Thread *t, V a, V b, int op) {
    (void)t;
    if ((op != CMP_EQ && op != CMP_NE) || !v_is_exact(a, &method_wrapper_type) || !v_is_exact(b, &method_wrapper_type))
        return V_NOT_IMPLEMENTED;
    bool equal = v_is(bound_wrapper(a), bound_wrapper(b)) && v_is(bound_self(a), bound_self(b));
    return v_from_bool(equal == (op == CMP_EQ));
}

static int method_hash(Thread *t, V self, int64_t *out) {
    (void)t;
    uint64_t h = bound_wrapper(self) >> 4 ^ v_untag(bound_self(self)) >> 4;
    *out = (int64_t)h == -1 ? -2 : (int64_t)h;
    return 0;
}

static V method_getattr(Thread *t, V self, void *closure) {
    return wrapper_attr(t, (SlotWrapper *)v_obj(bound_wrapper(self)), (intptr_t)closure);
}
static V method_get_self(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return slot_get(v_obj(self), &((MethodWrapper *)v_obj(self))->self);
}
static const GetSet method_getsets[] = {WRAPPER_ATTRS(method_getattr), {"__self__", method_get_self, NULL, NULL, NULL}, {0}};

static NATIVE(method_reduce) {
    UNUSED_NATIVE();
    return getattr_pair(t, bound_self(self), slot_row_name(((SlotWrapper *)v_obj(bound_wrapper(self)))->row));
}
static const Method method_methods[] = {{"__reduce__", method_reduce, "", LOCK_NONE, 0, NULL}, METHOD_END};

Type method_wrapper_type = {
    TYPE_HEAD("method-wrapper"), .size = sizeof(MethodWrapper), .flags = TYPE_GC | TYPE_IMMUTABLE,
    .traverse = method_traverse, .call = method_call, .repr = method_repr, .compare = method_compare, .hash = method_hash,
    .getattr = obj_generic_getattr, .getsets = method_getsets, .methods = method_methods,
};
