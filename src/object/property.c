// SPDX-License-Identifier: MIT
// property, staticmethod, classmethod.
#include "object/descr.h"
#include "object/misc.h"
#include "object/plain.h"

// ---- property ----------------------------------------------------------------------------------------------------------
static inline Property *property_of(V v) { return (Property *)v_obj(v); }

static void property_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Property *p = (Property *)o;
    VISIT(p->get);
    VISIT(p->set);
    VISIT(p->del);
    VISIT(p->doc);
    VISIT(p->name);
}

// "property 'x' of 'C' object has no setter"
static V accessor_missing(Thread *t, V self, V obj, const char *what) {
    V qualname = type_qualname(t, v_type(obj)), name;
    if (v_is_error(qualname)) return V_ERROR;
    name = slot_get(v_obj(self), &property_of(self)->name);
    if (name != V_NULL) err_set(t, &exc_AttributeError, "property %R of %R object has no %s", name, qualname, what);
    else err_set(t, &exc_AttributeError, "property of %R object has no %s", qualname, what);
    v_drop(t, name);
    v_drop(t, qualname);
    return V_ERROR;
}

static V property_get(Thread *t, V self, V obj, V type) {
    (void)type;
    if (obj == V_NULL || (obj == V_NONE && type != V_NULL && type != v_from_type(&none_type))) return v_dup(self);
    V get = slot_get(v_obj(self), &property_of(self)->get);
    if (get == V_NULL) return accessor_missing(t, self, obj, "getter");
    V result = obj_call1(t, get, obj);
    v_drop(t, get);
    return result;
}

static int property_set(Thread *t, V self, V obj, V value) {
    Property *p = property_of(self);
    V fn = slot_get(&p->head, value == V_NULL ? &p->del : &p->set);
    if (fn == V_NULL) {
        accessor_missing(t, self, obj, value == V_NULL ? "deleter" : "setter");
        return -1;
    }
    V result = value == V_NULL ? obj_call1(t, fn, obj) : obj_call2(t, fn, obj, value);
    v_drop(t, fn);
    if (v_is_error(result)) return -1;
    v_drop(t, result);
    return 0;
}

static void set_or_clear(Thread *t, Property *p, Slot *s, V v) { slot_set(t, &p->head, s, v == V_NONE ? V_NULL : v); }

// Without a doc argument the getter's is taken; a subclass keeps it in its instances' dict, where it is found first.
static int take_doc(Thread *t, V self, V get) {
    Property *p = property_of(self);
    V doc = obj_lookup_attr(t, get, NAME(__doc__));
    if (v_is_error(doc)) return -1;
    if (doc == V_NULL || doc == V_NONE) {
        p->getter_doc = doc != V_NULL;
        if (doc == V_NULL || v_is_exact(self, &property_type)) return 0;
    }
    p->getter_doc = true;
    int r = 0;
    if (v_is_exact(self, &property_type)) slot_set(t, &p->head, &p->doc, doc);
    else r = obj_setattr(t, self, NAME(__doc__), doc);
    v_drop(t, doc);
    return r;
}

static int property_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V a[4];
    if (args_bind(t, "property", "fget=None, fset=None, fdel=None, doc=None", args, nargs, kwnames, a) < 0) return -1;
    Property *p = property_of(self);
    CRITICAL(t, &p->head);
    set_or_clear(t, p, &p->get, a[0]);
    set_or_clear(t, p, &p->set, a[1]);
    set_or_clear(t, p, &p->del, a[2]);
    slot_clear(t, &p->head, &p->name);
    p->getter_doc = false;
    bool no_doc = a[3] == V_NULL || a[3] == V_NONE;
    if (v_is_exact(self, &property_type)) slot_set(t, &p->head, &p->doc, no_doc ? V_NULL : a[3]);
    else if (!no_doc) return obj_setattr(t, self, NAME(__doc__), a[3]);
    return no_doc && a[0] != V_NULL && a[0] != V_NONE ? take_doc(t, self, a[0]) : 0;
}

// What the copy gets for an accessor: the given one, or ours when none or None is given.
static V given_or_ours(const Property *p, V given, const Slot *ours) {
    if (given != V_NULL && given != V_NONE) return v_dup(given);
    V v = slot_get(&p->head, ours);
    return v == V_NULL ? V_NONE : v;
}

// The docstring to hand to the copy's constructor: None when the getter's is to be taken.
static V own_doc(Thread *t, V self) {
    Property *p = property_of(self);
    if (p->getter_doc) return V_NONE;
    V doc = slot_get(&p->head, &p->doc);
    if (doc == V_NULL && !v_is_exact(self, &property_type)) doc = obj_lookup_attr(t, self, NAME(__doc__));
    return doc == V_NULL ? V_NONE : doc;
}

// A copy with one accessor replaced.
static V property_copy(Thread *t, V self, V get, V set, V del) {
    Property *p = property_of(self);
    CRITICAL(t, &p->head);
    V parts[4] = {given_or_ours(p, get, &p->get), given_or_ours(p, set, &p->set), given_or_ours(p, del, &p->del)};
    V name = slot_get(&p->head, &p->name);
    parts[3] = own_doc(t, self);
    V copy = v_is_error(parts[3]) ? V_ERROR : obj_call(t, v_from_type(v_type(self)), parts, 4, V_NULL);
    if (!v_is_error(copy) && type_check(t, copy, &property_type)) slot_set(t, v_obj(copy), &property_of(copy)->name, name);
    v_drop(t, name);
    for (size_t i = 0; i < 4; i++) v_drop(t, parts[i]);
    return copy;
}
static NATIVE(property_getter) {
    UNUSED_NATIVE();
    return property_copy(t, self, args[0], V_NULL, V_NULL);
}
static NATIVE(property_setter) {
    UNUSED_NATIVE();
    return property_copy(t, self, V_NULL, args[0], V_NULL);
}
static NATIVE(property_deleter) {
    UNUSED_NATIVE();
    return property_copy(t, self, V_NULL, V_NULL, args[0]);
}
static NATIVE(property_set_name) {
    (void)kwnames;
    if (nargs != 2)
        return err_set(t, &exc_TypeError, "__set_name__() takes 2 positional arguments but %zu were given", nargs);
    slot_set(t, v_obj(self), &property_of(self)->name, args[1]);
    return V_NONE;
}

int callable_is_abstract(Thread *t, V callable);
int callable_is_abstract(Thread *t, V callable) {
    if (callable == V_NULL) return 0;
    if (recursion_enter(t, "") < 0) return -1; // a property may have itself for a getter
    V flag = obj_lookup_attr(t, callable, NAME(__isabstractmethod__));
    recursion_leave(t);
    if (flag == V_NULL) return 0;
    if (v_is_error(flag)) return -1;
    int truth = obj_is_true(t, flag);
    v_drop(t, flag);
    return truth;
}
static V property_is_abstract(Thread *t, V self, void *closure) {
    (void)closure;
    Property *p = property_of(self);
    Slot *parts[] = {&p->get, &p->set, &p->del};
    for (size_t i = 0; i < countof(parts); i++) {
        V part = slot_get(&p->head, parts[i]);
        int r = callable_is_abstract(t, part);
        v_drop(t, part);
        if (r) return r < 0 ? V_ERROR : V_TRUE;
    }
    return V_FALSE;
}

static const Method property_methods[] = {
    {"getter", property_getter, "object, /", LOCK_NONE, 0, "A copy of this property that is read by another function."},
    {"setter", property_setter, "object, /", LOCK_NONE, 0, "A copy of this property that is set by another function."},
    {"deleter", property_deleter, "object, /", LOCK_NONE, 0,
        "A copy of this property that is deleted by another function."},
    {"__set_name__", property_set_name, NULL, LOCK_NONE, M_RAW | M_TUPLE, "Tells the property which name it has in its class."},
    METHOD_END,
};
static const Member property_members[] = {
    {"fget", MEMBER_SLOT_OR_NONE, offsetof(Property, get), true, NULL},
    {"fset", MEMBER_SLOT_OR_NONE, offsetof(Property, set), true, NULL},
    {"fdel", MEMBER_SLOT_OR_NONE, offsetof(Property, del), true, NULL},
    {"__doc__", MEMBER_SLOT_OR_NONE, offsetof(Property, doc), false, NULL},
    {0},
};
static const GetSet property_getsets[] = {{"__isabstractmethod__", property_is_abstract, NULL, NULL, NULL}, {0}};

V property_new(Thread *t, V get, V set, V del, V doc) {
    V args[4] = {get, set, del, doc};
    for (size_t i = 0; i < 4; i++) args[i] = args[i] == V_NULL ? V_NONE : args[i];
    return obj_call(t, v_from_type(&property_type), args, 4, V_NULL);
}

Type property_type = {
    TYPE_HEAD("property"), .size = sizeof(Property), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_IMMUTABLE,
    .doc = "An attribute that functions compute.\n\n"
           "  fget\n"
           "    called with the instance when the attribute is read\n"
           "  fset\n"
           "    called with the instance and the value when it is set\n"
           "  fdel\n"
           "    called with the instance when it is deleted\n"
           "  doc\n"
           "    its docstring; without one, that of fget\n",
    .text_signature = "fget=None, fset=None, fdel=None, doc=None",
    .traverse = property_traverse, .new_ = type_new_bare, .init = property_init, .getattr = obj_generic_getattr,
    .descr_get = property_get, .descr_set = property_set, .methods = property_methods, .members = property_members,
    .getsets = property_getsets,
};

// ---- staticmethod, classmethod -------------------------------------------------------------------------------------------
static inline Slot *callable_slot(V v) { return &((StaticMethod *)v_obj(v))->callable; }

static void wrapper_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((StaticMethod *)o)->callable); }

// The wrapper gets the attributes by which the function is known.
static int copy_attributes(Thread *t, V self, V callable) {
    V names[] = {NAME(__module__), NAME(__name__), NAME(__qualname__), NAME(__doc__), NAME(__annotations__)};
    for (size_t i = 0; i < countof(names); i++) {
        V v = obj_lookup_attr(t, callable, names[i]);
        if (v == V_NULL) continue;
        if (v_is_error(v)) return -1;
        int r = obj_setattr(t, self, names[i], v);
        v_drop(t, v);
        if (r < 0) return -1;
    }
    return 0;
}

static int wrapper_init(Thread *t, V self, const V *args, size_t nargs, V kwnames, const char *name) {
    if (args_no_keywords(t, name, kwnames) < 0 || args_check_count(t, name, nargs, 1, 1) < 0) return -1;
    slot_set(t, v_obj(self), callable_slot(self), args[0]);
    return copy_attributes(t, self, args[0]);
}
static int static_method_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    return wrapper_init(t, self, args, nargs, kwnames, "staticmethod");
}
static int class_method_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    return wrapper_init(t, self, args, nargs, kwnames, "classmethod");
}

static V static_method_get(Thread *t, V self, V obj, V type) {
    (void)obj, (void)type;
    V callable = slot_get(v_obj(self), callable_slot(self));
    return callable == V_NULL ? err_set(t, &exc_RuntimeError, "uninitialized staticmethod object") : callable;
}

static V static_method_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V callable = slot_get(v_obj(self), callable_slot(self));
    if (callable == V_NULL) return err_set(t, &exc_RuntimeError, "uninitialized staticmethod object");
    V result = V_ERROR;
    if (recursion_enter(t, " while calling a Python object") == 0) { // __init__ may have given it to itself
        result = obj_call(t, callable, args, nargs, kwnames);
        recursion_leave(t);
    }
    v_drop(t, callable);
    return result;
}

static V class_method_get(Thread *t, V self, V obj, V type) {
    V callable = slot_get(v_obj(self), callable_slot(self));
    if (callable == V_NULL) return err_set(t, &exc_RuntimeError, "uninitialized classmethod object");
    if (type == V_NULL) type = v_from_type(v_type(obj));
    DescrGetFn get = v_type(callable)->descr_get;
    V result = V_ERROR;
    if (get != class_method_get) {
        result = get ? get(t, callable, type, type) : method_new(t, callable, type);
    } else if (recursion_enter(t, "") == 0) { // it may have been given to itself
        result = get(t, callable, type, type);
        recursion_leave(t);
    }
    v_drop(t, callable);
    return result;
}

static V wrapper_repr(Thread *t, V self, const char *format) {
    V callable = slot_get(v_obj(self), callable_slot(self)), repr = str_from_format(t, format, callable);
    v_drop(t, callable);
    return repr;
}
static V static_method_repr(Thread *t, V self) { return wrapper_repr(t, self, "<staticmethod(%R)>"); }
static V class_method_repr(Thread *t, V self) { return wrapper_repr(t, self, "<classmethod(%R)>"); }

static V wrapper_is_abstract(Thread *t, V self, void *closure) {
    (void)closure;
    V callable = slot_get(v_obj(self), callable_slot(self));
    int r = callable_is_abstract(t, callable);
    v_drop(t, callable);
    return r < 0 ? V_ERROR : v_from_bool(r);
}
static V wrapper_dict(Thread *t, V self, void *closure) {
    (void)closure;
    return obj_get_dict(t, self);
}
static const Member wrapper_members[] = {
    {"__func__", MEMBER_SLOT_OR_NONE, offsetof(StaticMethod, callable), true, NULL},
    {"__wrapped__", MEMBER_SLOT_OR_NONE, offsetof(StaticMethod, callable), true, NULL},
    {0},
};
static const GetSet wrapper_getsets[] = {
    {"__isabstractmethod__", wrapper_is_abstract, NULL, NULL, NULL},
    {"__dict__", wrapper_dict, NULL, NULL, NULL},
    {0},
};

static V wrapper_new(Thread *t, Type *type, V callable) {
    V v = type_alloc(t, type, 0);
    if (v_is_error(v)) return V_ERROR;
    slot_init(t, v_obj(v), callable_slot(v), callable);
    if (copy_attributes(t, v, callable) == 0) return v;
    v_drop(t, v);
    return V_ERROR;
}
V static_method_new(Thread *t, V callable) { return wrapper_new(t, &static_method_type, callable); }
V class_method_new(Thread *t, V callable) { return wrapper_new(t, &class_method_type, callable); }

#define WRAPPER_TYPE \
    .size = sizeof(StaticMethod), .attrs_offset = 1, .flags = TYPE_BASETYPE | TYPE_GC | TYPE_IMMUTABLE, .traverse = wrapper_traverse, \
    .new_ = type_new_bare, .members = wrapper_members, .getsets = wrapper_getsets

Type static_method_type = {
    TYPE_HEAD("staticmethod"), WRAPPER_TYPE, .init = static_method_init, .descr_get = static_method_get,
    .call = static_method_call, .repr = static_method_repr,
    .doc = "staticmethod(function) -> a method that gets neither the instance nor the class\n\n"
           "Most often used as a decorator.\n",
};
Type class_method_type = {
    TYPE_HEAD("classmethod"), WRAPPER_TYPE, .init = class_method_init, .descr_get = class_method_get, .repr = class_method_repr,
    .doc = "classmethod(function) -> a method that gets the class instead of the instance\n\n"
           "Most often used as a decorator.\n",
};
