// SPDX-License-Identifier: MIT
// Module _testcapi: functions of every calling convention, and calls of Python values from C.
#include "testcapi_private.h"
#include "object/plain.h"

// ---- natives that show what they were given --------------------------------------------------------------------------------
static V self_or_none(V self) { return self == V_NULL ? V_NONE : v_dup(self); }

static NATIVE(meth_varargs) {
    if (args_no_keywords(t, "meth_varargs", kwnames) < 0) return V_ERROR;
    return tuple_pack_steal(t, 2, self_or_none(self), tuple_from(t, args, nargs));
}
static NATIVE(meth_fastcall) {
    if (args_no_keywords(t, "meth_fastcall", kwnames) < 0) return V_ERROR;
    return tuple_pack_steal(t, 2, self_or_none(self), tuple_from(t, args, nargs));
}

static V keywords_dict(Thread *t, const V *values, V kwnames) {
    V dict = dict_new(t);
    for (size_t i = 0; !v_is_error(dict) && kwnames != V_NULL && i < tuple_len(kwnames); i++) {
        if (dict_set(t, dict, tuple_borrow(kwnames, i), values[i]) == 0) continue;
        v_drop(t, dict);
        dict = V_ERROR;
    }
    return dict;
}
static NATIVE(meth_keywords) {
    return tuple_pack_steal(t, 3, self_or_none(self), tuple_from(t, args, nargs), keywords_dict(t, args + nargs, kwnames));
}
static NATIVE(meth_o) {
    UNUSED_NATIVE();
    return tuple_pack_steal(t, 2, self_or_none(self), v_dup(args[0]));
}
static NATIVE(meth_noargs) {
    UNUSED_NATIVE();
    return self_or_none(self);
}

#define CONVENTIONS(flags)                                                                                             \
    {"meth_varargs", meth_varargs, NULL, LOCK_NONE, M_RAW | (flags), "(self, args)"},                                   \
    {"meth_varargs_keywords", meth_keywords, NULL, LOCK_NONE, M_RAW | (flags), "(self, args, keywords)"},               \
    {"meth_o", meth_o, "arg, /", LOCK_NONE, (flags), "(self, arg)"},                                                    \
    {"meth_noargs", meth_noargs, "", LOCK_NONE, (flags), "self"},                                                       \
    {"meth_fastcall", meth_fastcall, NULL, LOCK_NONE, M_RAW | (flags), "(self, args)"},                                 \
    {"meth_fastcall_keywords", meth_keywords, NULL, LOCK_NONE, M_RAW | (flags), "(self, args, keywords)"}

static const Method instance_methods[] = {CONVENTIONS(0), METHOD_END};
static const Method class_methods[] = {CONVENTIONS(M_CLASS), METHOD_END};
static const Method static_methods[] = {CONVENTIONS(M_STATIC), METHOD_END};
#define HOLDER(variable, shown, rows)                                                                                  \
    static Type variable = {TYPE_HEAD("_testcapi." shown), .size = sizeof(Obj), .new_ = type_new_bare, .methods = rows}
HOLDER(instance_type, "MethInstance", instance_methods);
HOLDER(class_type, "MethClass", class_methods);
HOLDER(static_type, "MethStatic", static_methods);

// ---- callables that bind like functions ----------------------------------------------------------------------------------------
static NATIVE(call_true) {
    UNUSED_NATIVE();
    return V_TRUE;
}
static NATIVE(call_false) {
    UNUSED_NATIVE();
    return V_FALSE;
}
static NATIVE(call_args) {
    (void)self, (void)kwnames;
    return tuple_from(t, args, nargs);
}
static V bind(Thread *t, V self, V obj, V type) {
    (void)type;
    return obj == V_NULL || obj == V_NONE ? v_dup(self) : method_new(t, self, obj);
}
static V bind_not(Thread *t, V self, V obj, V type) {
    (void)t, (void)obj, (void)type;
    return v_dup(self);
}
static Type base_type = {
    TYPE_HEAD("_testcapi.MethodDescriptorBase"), .size = sizeof(Obj), .flags = TYPE_BASETYPE | TYPE_METHOD_DESCR, .new_ = type_new_bare,
    .call = call_true, .descr_get = bind,
};
static Type derived_type = {
    TYPE_HEAD("_testcapi.MethodDescriptorDerived"), .base = &base_type, .size = sizeof(Obj),
    .flags = TYPE_BASETYPE | TYPE_METHOD_DESCR, .new_ = type_new_bare, .call = call_true, .descr_get = bind,
};
static Type no_get_type = {
    TYPE_HEAD("_testcapi.MethodDescriptorNopGet"), .base = &base_type, .size = sizeof(Obj), .flags = TYPE_BASETYPE, .new_ = type_new_bare,
    .call = call_args, .descr_get = bind_not,
};
static Type second_type = {
    TYPE_HEAD("_testcapi.MethodDescriptor2"), .base = &base_type, .size = sizeof(Obj), .flags = TYPE_BASETYPE | TYPE_METHOD_DESCR,
    .new_ = type_new_bare, .call = call_false, .descr_get = bind,
};

// ---- calling from C --------------------------------------------------------------------------------------------------------------
// A tuple's items on the C stack or, for many, in memory of their own.
enum { FEW = 16 };
typedef struct Items { V few[FEW], *all; size_t n; } Items;

static int items_of(Thread *t, V tuple_or_none, V more_or_null, Items *out) {
    size_t n = tuple_or_none == V_NONE ? 0 : tuple_len(tuple_or_none), m = more_or_null == V_NULL ? 0 : dict_len(more_or_null);
    out->all = n + m <= FEW ? out->few : mem_alloc(t, (n + m) * sizeof(V));
    if (!out->all) {
        err_no_memory(t);
        return -1;
    }
    for (out->n = 0; out->n < n; out->n++) out->all[out->n] = tuple_borrow(tuple_or_none, out->n);
    V key, value;
    for (size_t pos = 0; m && dict_next(more_or_null, &pos, &key, &value);) out->all[out->n++] = value;
    return 0;
}
static void items_drop(Items *items) {
    if (items->all != items->few) mem_free(items->all);
}

static int check_tuple(Thread *t, V v, const char *what) {
    if (v == V_NONE || v_is_tuple(v)) return 0;
    err_set(t, &exc_TypeError, "%s must be None or a tuple", what);
    return -1;
}

static V call(Thread *t, V function, V args, V kwnames) {
    Items items;
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    if (items_of(t, args, V_NULL, &items) < 0) return V_ERROR;
    V result = nkw > items.n ? err_set(t, &exc_ValueError, "kwnames longer than args")
                             : obj_call(t, function, items.all, items.n - nkw, kwnames);
    items_drop(&items);
    return result;
}

static NATIVE(pyobject_fastcall) {
    UNUSED_NATIVE();
    return check_tuple(t, args[1], "args") < 0 ? V_ERROR : call(t, args[0], args[1], V_NULL);
}

static NATIVE(pyobject_vectorcall) {
    UNUSED_NATIVE();
    if (check_tuple(t, args[1], "args") < 0 || check_tuple(t, args[2], "kwnames") < 0) return V_ERROR;
    return call(t, args[0], args[1], args[2] == V_NONE ? V_NULL : args[2]);
}

static V call_with_dict(Thread *t, V function, V args, V dict) {
    V empty = tuple_empty();
    V result = obj_call_tuple(t, function, args == V_NONE ? empty : args, dict == V_NONE ? V_NULL : dict);
    v_drop(t, empty);
    return result;
}
static NATIVE(pyobject_fastcalldict) {
    UNUSED_NATIVE();
    if (check_tuple(t, args[1], "args") < 0) return V_ERROR;
    if (args[2] != V_NONE && !v_is_dict(args[2])) return err_set(t, &exc_TypeError, "kwnames must be None or a dict");
    return call_with_dict(t, args[0], args[1], args[2]);
}
static NATIVE(pyvectorcall_call) {
    UNUSED_NATIVE();
    V kwargs = args[2] == V_NULL ? V_NONE : args[2];
    if (!v_is_tuple(args[1])) return err_set(t, &exc_TypeError, "args must be a tuple");
    if (kwargs != V_NONE && !v_is_dict(kwargs)) return err_set(t, &exc_TypeError, "kwargs must be a dict");
    return call_with_dict(t, args[0], args[1], kwargs);
}

// ---- natives as values -------------------------------------------------------------------------------------------------------------
static const Method made_row = {"made_function", meth_noargs, "", LOCK_NONE, 0, NULL};
static NATIVE(create_cfunction) {
    UNUSED_NATIVE();
    return native_new(t, &made_row, self, V_NULL);
}

// A __get__ that removes itself from the class it is looked up on, then says so.
static NATIVE(bad_get) {
    (void)self, (void)kwnames;
    if (args_check_count(t, "bad_get", nargs, 2, 3) < 0) return V_ERROR;
    V result = obj_call0(t, nargs == 3 ? args[2] : args[1]);
    if (v_is_error(result)) return V_ERROR;
    v_drop(t, result);
    return obj_repr(t, args[0]);
}

static NATIVE(nothing) {
    UNUSED_NATIVE();
    return V_NONE;
}

// An awaitable whose __await__ answers what it was made with.
typedef struct Awaitable { Obj head; Slot iterator; } Awaitable;
static Type awaitable_type;
static V awaitable_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given;
    if (args_bind(t, "awaitType", "iterator, /", args, nargs, kwnames, &given) < 0) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (!v_is_error(self)) slot_init(t, v_obj(self), &((Awaitable *)v_obj(self))->iterator, given);
    return self;
}
static V awaitable_await(Thread *t, V self) {
    (void)t;
    return slot_get(v_obj(self), &((Awaitable *)v_obj(self))->iterator);
}
static void awaitable_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Awaitable *)o)->iterator); }
static Type awaitable_type = {
    TYPE_HEAD("_testcapi.awaitType"), .size = sizeof(Awaitable), .flags = TYPE_GC, .new_ = awaitable_new,
    .traverse = awaitable_traverse, .await = awaitable_await,
};

const Method testcapi_call_methods[] = {
    CONVENTIONS(0),
    {"pyobject_fastcall", pyobject_fastcall, "func, args, /", LOCK_NONE, 0, "func(*args) through obj_call."},
    {"pyobject_fastcalldict", pyobject_fastcalldict, "func, args, kwargs, /", LOCK_NONE, 0, "func(*args, **kwargs)."},
    {"pyobject_vectorcall", pyobject_vectorcall, "func, args, kwnames, /", LOCK_NONE, 0,
     "func with the last of args named by kwnames, through obj_call."},
    {"pyvectorcall_call", pyvectorcall_call, "func, args, kwargs=None, /", LOCK_NONE, 0, "func(*args, **kwargs)."},
    {"create_cfunction", create_cfunction, "", LOCK_NONE, 0, "A new builtin function."},
    {"bad_get", bad_get, NULL, LOCK_NONE, M_RAW, "A __get__ that calls the class while it is being called."},
    {"docstring_no_signature", nothing, NULL, LOCK_NONE, M_RAW, "A function that tells no signature."},
    {"docstring_with_signature", nothing, "sig", LOCK_NONE, 0, "A function with a signature."},
    {"docstring_with_signature_but_no_doc", nothing, "sig", LOCK_NONE, 0, NULL},
    {"docstring_with_signature_with_defaults", nothing,
     "s='avocado', b=b'bytes', d=3.14, i=35, n=None, t=True, f=False, local=the_number_three, sys=sys.maxsize, exp=sys.maxsize - 1",
     LOCK_NONE, 0, "A function whose defaults are literals, names and expressions."},
    {"test_with_docstring", nothing, "", LOCK_NONE, 0, "A function without arguments."},
    METHOD_END,
};

int testcapi_call_start(Thread *t, V module) {
    Type *types[] = {&instance_type, &class_type, &static_type, &base_type, &derived_type, &no_get_type, &second_type, &awaitable_type};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (module_add_type(t, module, types[i]) < 0) return -1;
    }
    return module_add_int(t, module, "the_number_three", 3);
}
