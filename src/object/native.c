// SPDX-License-Identifier: MIT
// builtin_function_or_method: calling a native through its row, and the function objects that modules and bound methods
// of static types are.
//
// native_invoke is the one place where a row's body is entered from Python: it binds the arguments, takes the lock the
// row asks for, and in debug builds checks that an error is returned if and only if one is pending.
#include "object/descr.h"
#include "object/misc.h"
#include "runtime/runtime.h"

// ---- entering a body -------------------------------------------------------------------------------------------------
static Obj *lockable(V v) { return v != V_NULL && v_is_object(v) ? v_obj(v) : NULL; }

static V enter_locked(Thread *t, const Method *row, V self, const V *args, size_t nargs, V kwnames) {
    Obj *a = lockable(self), *b = NULL;
    if (row->lock == LOCK_SELF_ARG && nargs) b = lockable(args[0]);
    if (!a) {
        a = b;
        b = NULL;
    }
    if (!a) return row->fn(t, self, args, nargs, kwnames);
    CRITICAL2(t, a, b);
    return row->fn(t, self, args, nargs, kwnames);
}

static inline V enter(Thread *t, const Method *row, V self, const V *args, size_t nargs, V kwnames) {
    V result = row->lock == LOCK_NONE ? row->fn(t, self, args, nargs, kwnames)
                                      : enter_locked(t, row, self, args, nargs, kwnames);
    HD_ASSERT(result != V_NULL && v_is_error(result) == err_pending(t));
    return result;
}

static COLD V invoke_bound(Thread *t, V callable, const Method *row, const Signature *sig, V self, const V *args,
                           size_t nargs, V kwnames) {
    V out[sig->nparams + 1u];
    if (signature_bind(t, sig, row->name, callable, row->flags, args, nargs, kwnames, out) < 0) return V_ERROR;
    return enter(t, row, self, out, sig->nparams, V_NULL);
}

V native_invoke(Thread *t, V callable, const Method *row, const Signature *sig, V self, const V *args, size_t nargs,
                V kwnames) {
    if (recursion_enter(t, " while calling a Python object") < 0) return V_ERROR;
    V result;
    if (!sig) {
        if (kwnames != V_NULL && tuple_len(kwnames) == 0) kwnames = V_NULL;
        if (unlikely(kwnames != V_NULL && row->flags & M_TUPLE)) {
            signature_no_keywords(t, row->name, callable, row->flags);
            result = V_ERROR;
        } else result = enter(t, row, self, args, nargs, kwnames);
    } else if (kwnames == V_NULL && nargs == sig->nparams && nargs == sig->npositional) {
        result = enter(t, row, self, args, nargs, V_NULL);
    } else {
        result = invoke_bound(t, callable, row, sig, self, args, nargs, kwnames);
    }
    recursion_leave(t);
    return result;
}

// ---- the object ------------------------------------------------------------------------------------------------------
V native_new_bound(Thread *t, const Method *row, V self, V module_name, Type *defined_in) {
    const Signature *sig = NULL;
    if (row->sig && !(row->flags & M_RAW) && !(sig = signature_of(t, row->sig))) return V_ERROR;
    Native *n = (Native *)obj_alloc(t, &native_type, sizeof(Native), OBJ_GC);
    if (!n) return err_no_memory(t);
    n->row = row;
    n->sig = sig;
    n->defined_in = defined_in;
    slot_init(t, &n->head, &n->self, self);
    slot_init(t, &n->head, &n->module, module_name);
    return v_from(n);
}

V native_new(Thread *t, const Method *row, V self, V module) {
    V name = V_NULL;
    if (module != V_NULL && v_is_exact(module, &module_type)) {
        name = module_name(t, module);
        if (v_is_error(name)) return V_ERROR;
    } else if (module != V_NULL) {
        name = v_dup(module);
    }
    V result = native_new_bound(t, row, self, name, NULL);
    v_drop(t, name);
    return result;
}

static void native_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Native *n = (Native *)o;
    VISIT(n->self);
    VISIT(n->module);
}

static V native_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    Native *n = native_of(self);
    V bound = n->row->flags & M_STATIC ? V_NULL : slot_peek(&n->self);
    return native_invoke(t, self, n->row, n->sig, bound, args, nargs, kwnames);
}

static bool bound_to_object(const Native *n) {
    V self = slot_peek(&n->self);
    return self != V_NULL && !v_is_exact(self, &module_type);
}

static V native_repr(Thread *t, V self) {
    Native *n = native_of(self);
    V bound = slot_peek(&n->self);
    if (!bound_to_object(n)) return str_from_format(t, "<built-in function %s>", n->row->name);
    return str_from_format(t, "<built-in method %s of %T object at %p>", n->row->name, bound, (void *)v_obj(bound));
}

static V native_compare(Thread *t, V a, V b, int op) {
    (void)t;
    if ((op != CMP_EQ && op != CMP_NE) || !v_is_exact(a, &native_type) || !v_is_exact(b, &native_type))
        return V_NOT_IMPLEMENTED;
    Native *x = native_of(a), *y = native_of(b);
    bool equal = x->row->fn == y->row->fn && v_is(slot_peek(&x->self), slot_peek(&y->self));
    return v_from_bool(equal == (op == CMP_EQ));
}

static int native_hash(Thread *t, V self, int64_t *out) {
    (void)t;
    Native *n = native_of(self);
    uint64_t h = (uint64_t)(uintptr_t)n->row->fn >> 4 ^ slot_peek(&n->self) >> 4;
    *out = (int64_t)h == -1 ? -2 : (int64_t)h;
    return 0;
}

// ---- attributes --------------------------------------------------------------------------------------------------------
static V get_name(Thread *t, V self, void *closure) {
    (void)closure;
    return str_from_cstr(t, native_of(self)->row->name);
}

static V get_qualname(Thread *t, V self, void *closure) {
    (void)closure;
    Native *n = native_of(self);
    V bound = slot_peek(&n->self);
    if (!bound_to_object(n)) return str_from_cstr(t, n->row->name);
    Type *type = v_is_type(bound) ? v_as_type(bound) : v_type(bound);
    V qualname = type_qualname(t, type);
    if (v_is_error(qualname)) return V_ERROR;
    V result = str_from_format(t, "%V.%s", qualname, n->row->name);
    v_drop(t, qualname);
    return result;
}

static V get_module(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    Native *n = native_of(self);
    V module = slot_get(&n->head, &n->module);
    return module == V_NULL ? V_NONE : module;
}

static int set_module(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Native *n = native_of(self);
    slot_set(t, &n->head, &n->module, value);
    return 0;
}

static V get_self(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    Native *n = native_of(self);
    V bound = n->row->flags & M_STATIC ? V_NULL : slot_get(&n->head, &n->self);
    return bound == V_NULL ? V_NONE : bound;
}

static V get_doc(Thread *t, V self, void *closure) {
    (void)closure;
    const char *doc = native_of(self)->row->doc;
    return doc ? str_from_cstr(t, doc) : V_NONE;
}

static V get_text_signature(Thread *t, V self, void *closure) {
    (void)closure;
    Native *n = native_of(self);
    const char *self_name = n->row->flags & M_STATIC  ? NULL
                            : n->row->flags & M_CLASS ? "$type"
                            : bound_to_object(n)      ? "$self"
                                                      : "$module";
    return text_signature_of(t, n->row->sig, self_name);
}

static const GetSet native_getsets[] = {
    {"__name__", get_name, NULL, NULL, NULL},
    {"__qualname__", get_qualname, NULL, NULL, NULL},
    {"__module__", get_module, set_module, NULL, NULL},
    {"__self__", get_self, NULL, NULL, NULL},
    {"__doc__", get_doc, NULL, NULL, NULL},
    {"__text_signature__", get_text_signature, NULL, NULL, NULL},
    {0},
};

// Pickled by name: as an attribute of what it is bound to, or as a global of its module.
static NATIVE(native_reduce) {
    UNUSED_NATIVE();
    Native *n = native_of(self);
    V name = str_from_cstr(t, n->row->name);
    if (v_is_error(name) || !bound_to_object(n)) return name;
    V getattr = dict_get_c(t, builtins_dict_borrow(), "getattr");
    V pair = tuple_pack_steal(t, 2, v_dup(slot_peek(&n->self)), name);
    if (v_is_error(pair)) {
        v_drop(t, getattr);
        return V_ERROR;
    }
    if (getattr == V_NULL) {
        v_drop(t, pair);
        return err_set(t, &exc_AttributeError, "getattr");
    }
    return tuple_pack_steal(t, 2, getattr, pair);
}

static const Method native_methods[] = {
    {"__reduce__", native_reduce, "", LOCK_NONE, 0, NULL},
    METHOD_END,
};

Type native_type = {
    TYPE_HEAD("builtin_function_or_method"), .size = sizeof(Native), .flags = TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE,
    .traverse = native_traverse, .call = native_call, .repr = native_repr, .compare = native_compare,
    .hash = native_hash, .getattr = obj_generic_getattr, .getsets = native_getsets, .methods = native_methods,
};
