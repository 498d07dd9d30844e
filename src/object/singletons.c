// SPDX-License-Identifier: MIT
// None, Ellipsis, NotImplemented, True and False: their storage and, but for bool (bool.c), their types.
#include "object/descr.h"
#include "object/misc.h"

#define SINGLETON(name, kind) \
    Singleton name __attribute__((aligned(16))) = {{.rc = RC_SHARED | RC_HOT, .flags = OBJ_IMMORTAL, .type = &kind##_type}};
SINGLETON(none_object, none)
SINGLETON(true_object, bool)
SINGLETON(false_object, bool)
SINGLETON(ellipsis_object, ellipsis)
SINGLETON(not_implemented_object, not_implemented)

static int no_arguments(Thread *t, const char *name, size_t nargs, V kwnames) {
    if (!nargs && (kwnames == V_NULL || tuple_len(kwnames) == 0)) return 0;
    err_set(t, &exc_TypeError, "%s takes no arguments", name);
    return -1;
}
#define SINGLETON_NEW(fn, name, value) \
    static V fn(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) { \
        (void)type, (void)args; \
        return no_arguments(t, name, nargs, kwnames) < 0 ? V_ERROR : value; \
    }
SINGLETON_NEW(none_new, "NoneType", V_NONE)
SINGLETON_NEW(ellipsis_new, "EllipsisType", V_ELLIPSIS)
SINGLETON_NEW(not_implemented_new, "NotImplementedType", V_NOT_IMPLEMENTED)

static V none_repr(Thread *t, V self) {
    (void)t, (void)self;
    return NAME(None);
}
static V ellipsis_repr(Thread *t, V self) {
    (void)t, (void)self;
    return NAME(Ellipsis);
}
static V not_implemented_repr(Thread *t, V self) {
    (void)t, (void)self;
    return NAME(NotImplemented);
}
static int none_bool(Thread *t, V self) {
    (void)t, (void)self;
    return 0;
}
static int not_implemented_bool(Thread *t, V self) {
    (void)self;
    return warn(t, &exc_DeprecationWarning, 1, "NotImplemented should not be used in a boolean context") < 0 ? -1 : 1;
}

static NATIVE(ellipsis_reduce) {
    UNUSED_NATIVE();
    return NAME(Ellipsis);
}
static NATIVE(not_implemented_reduce) {
    UNUSED_NATIVE();
    return NAME(NotImplemented);
}
static const Method ellipsis_methods[] = {{"__reduce__", ellipsis_reduce, "", LOCK_NONE, 0, NULL}, METHOD_END};
static const Method not_implemented_methods[] = {{"__reduce__", not_implemented_reduce, "", LOCK_NONE, 0, NULL}, METHOD_END};

Type none_type = {
    TYPE_HEAD("NoneType"), .size = sizeof(Singleton), .flags = TYPE_IMMUTABLE, .new_ = none_new, .repr = none_repr,
    .bool_ = none_bool,
};
Type ellipsis_type = {
    TYPE_HEAD("ellipsis"), .size = sizeof(Singleton), .flags = TYPE_IMMUTABLE, .new_ = ellipsis_new, .repr = ellipsis_repr,
    .getattr = obj_generic_getattr, .methods = ellipsis_methods,
};
Type not_implemented_type = {
    TYPE_HEAD("NotImplementedType"), .size = sizeof(Singleton), .flags = TYPE_IMMUTABLE, .new_ = not_implemented_new,
    .repr = not_implemented_repr, .bool_ = not_implemented_bool, .methods = not_implemented_methods,
};
