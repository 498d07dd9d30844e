// SPDX-License-Identifier: MIT
// The type object: what every class inherits.  Copying and pickling support (__reduce_ex__) is in object_reduce.c.
#include "object/descr.h"
#include "object/misc.h"
#include "object/shape.h"
#include "threading/gclink.h"
#include "threading/weak.h"

// ---- making ------------------------------------------------------------------------------------------------------------
// "Can't instantiate abstract class C with abstract methods a, b"
static V abstract_error(Thread *t, Type *type) {
    V methods = obj_getattr(t, v_from_type(type), NAME(__abstractmethods__));
    if (v_is_error(methods)) return V_ERROR;
    V names = obj_to_list(t, methods);
    v_drop(t, methods);
    if (v_is_error(names)) return V_ERROR;
    if (list_sort(t, names, V_NONE, false) < 0) {
        v_drop(t, names);
        return V_ERROR;
    }
    V comma = str_from_cstr(t, ", "), joined = v_is_error(comma) ? V_ERROR : str_join(t, comma, names);
    if (!v_is_error(joined))
        err_set(t, &exc_TypeError, "Can't instantiate abstract class %s with abstract method%s %V", type_short_name(type),
                list_len(names) > 1 ? "s" : "", joined);
    v_drop(t, comma);
    v_drop(t, joined);
    v_drop(t, names);
    return V_ERROR;
}

static bool has_arguments(size_t nargs, V kwnames) { return nargs || (kwnames != V_NULL && tuple_len(kwnames)); }

// Arguments are accepted by object.__new__ only when the class overrides __init__ but not __new__, and the other way round.
V object_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args;
    if (unlikely(has_arguments(nargs, kwnames))) {
        if (type->new_ != object_new)
            return err_set(t, &exc_TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
        if (type->init == object_init) return err_set(t, &exc_TypeError, "%N() takes no arguments", type);
    }
    if (unlikely(type_has(type, TYPE_ABSTRACT))) return abstract_error(t, type);
    return type_alloc(t, type, 0);
}

int object_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    (void)args;
    if (likely(!has_arguments(nargs, kwnames))) return 0;
    Type *type = v_type(self);
    if (type->init != object_init) {
        err_set(t, &exc_TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
        return -1;
    }
    if (type->new_ == object_new) {
        err_set(t, &exc_TypeError, "%N.__init__() takes exactly one argument (the instance to initialize)", type);
        return -1;
    }
    return 0;
}

// ---- text, hash, comparison --------------------------------------------------------------------------------------------
static V object_repr(Thread *t, V self) {
    Type *type = v_type(self);
    V id = obj_id(t, self);
    void *address = (void *)(uintptr_t)int_as_u64_mask(id);
    v_drop(t, id);
    V module = type_module(t, type);
    if (v_is_error(module)) {
        err_clear(t);
        module = V_NULL;
    }
    V result, qualname = type_qualname(t, type);
    if (v_is_error(qualname)) {
        result = V_ERROR;
    } else if (module != V_NULL && v_is_str(module) && !str_equal_ascii(module, "builtins")) {
        result = str_from_format(t, "<%V.%V object at %p>", module, qualname, address);
    } else {
        result = str_from_format(t, "<%N object at %p>", type, address);
    }
    v_drop(t, module);
    v_drop(t, qualname);
    return result;
}

static V object_str(Thread *t, V self) { return obj_repr(t, self); }

int obj_hash_identity(Thread *t, V self, int64_t *out) {
    (void)t;
    uint64_t word = v_untag(self) & ~(V)15, h = word >> 4 | word << 60;
    *out = (int64_t)h == -1 ? -2 : (int64_t)h;
    return 0;
}

static V object_compare(Thread *t, V a, V b, int op) {
    if (op == CMP_EQ) return v_is(a, b) ? V_TRUE : V_NOT_IMPLEMENTED;
    if (op != CMP_NE) return V_NOT_IMPLEMENTED;
    CompareFn compare = v_type(a)->compare; // != is the opposite of ==, unless that has no answer
    if (!compare) return V_NOT_IMPLEMENTED;
    V equal = compare(t, a, b, CMP_EQ);
    if (v_is_error(equal) || equal == V_NOT_IMPLEMENTED) return equal;
    int truth = obj_is_true(t, equal);
    v_drop(t, equal);
    return truth < 0 ? V_ERROR : v_from_bool(!truth);
}

// ---- __class__, __dict__, __weakref__ ----------------------------------------------------------------------------------
static V get_class(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_type(v_type(self));
}

static bool may_change_class(const Type *from, const Type *to) {
    bool modules = type_is_subtype(from, &module_type) && type_is_subtype(to, &module_type);
    return modules || (type_has(from, TYPE_HEAP) && type_has(to, TYPE_HEAP));
}

// The attributes move to shapes of the new class: by way of a dict, which they then stay in.
static int change_class(Thread *t, V self, Type *to) {
    Obj *o = v_obj(self);
    if (o->type->attrs_offset) {
        V dict = attrs_dict(t, o);
        if (v_is_error(dict)) return -1;
        v_drop(t, dict);
    }
    // Types are read without a lock, by some operations twice: of a SHARED object nobody may be in the middle of one.
    bool shared = obj_is_shared(o);
    if (shared) world_stop(t);
    at_store_relaxed(&o->type, to);
    if (type_has(to, TYPE_FINALIZE)) gc_make_finalizable(o);
    if (shared) world_start(t);
    return 0;
}

static int set_class(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "can't delete __class__ attribute");
        return -1;
    }
    if (!v_is_type(value)) {
        err_set(t, &exc_TypeError, "__class__ must be set to a class, not '%T' object", value);
        return -1;
    }
    Type *from = v_type(self), *to = v_as_type(value);
    if (!may_change_class(from, to)) {
        err_set(t, &exc_TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
        return -1;
    }
    if (from == to) return 0;
    if (!type_same_layout(from, to)) {
        err_set(t, &exc_TypeError, "__class__ assignment: '%N' object layout differs from '%N'", to, from);
        return -1;
    }
    return change_class(t, self, to);
}

const GetSet object_getsets[] = {
    {"__class__", get_class, set_class, "the class that the object is an instance of", NULL},
    {0},
};

static V get_attrs_dict(Thread *t, V self, void *closure) {
    (void)closure;
    if (!v_is_type(self)) return obj_get_dict(t, self);
    V dict = slot_get(v_obj(self), &v_as_type(self)->dict), proxy = mapping_proxy_new(t, dict); // a metaclass with such a base
    v_drop(t, dict);
    return proxy;
}

static int set_attrs_dict(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Type *type = v_type(self);
    const Type *maker = type; // the class that gave instances their dict: where that is static it cannot be deleted
    while (maker->base && maker->base->attrs_offset) maker = maker->base;
    if (value == V_NULL && !type_has(maker, TYPE_HEAP)) {
        err_set(t, &exc_TypeError, "cannot delete __dict__");
        return -1;
    }
    if (value != V_NULL && !v_is_dict(value)) {
        err_set(t, &exc_TypeError, "__dict__ must be set to a dictionary, not a '%T'", value);
        return -1;
    }
    if (!type->attrs_offset) {
        if (v_is_type(self)) err_set(t, &exc_AttributeError, "attribute '__dict__' of 'type' objects is not writable");
        else err_set(t, &exc_AttributeError, "This object has no __dict__");
        return -1;
    }
    return attrs_set_dict(t, v_obj(self), value);
}
const GetSet attrs_dict_getset = {"__dict__", get_attrs_dict, set_attrs_dict, "dictionary for instance variables (if defined)", NULL};

static V get_weakref(Thread *t, V self, void *closure) {
    (void)closure;
    V first = V_NONE;
    return weak_list(t, v_obj(self), &first, 1) ? first : V_NONE;
}
const GetSet attrs_weakref_getset = {"__weakref__", get_weakref, NULL, "list of weak references to the object (if defined)", NULL};

// ---- methods -----------------------------------------------------------------------------------------------------------
static NATIVE(object_init_subclass) { // without a signature to be shown
    (void)args;
    bool named = kwnames != V_NULL && tuple_len(kwnames);
    if (!named && !nargs) return V_NONE;
    V name = type_qualname(t, v_as_type(self));
    if (v_is_error(name)) return V_ERROR;
    if (named) err_set(t, &exc_TypeError, "%V.__init_subclass__() takes no keyword arguments", name);
    else err_set(t, &exc_TypeError, "%V.__init_subclass__() takes no arguments (%zu given)", name, nargs);
    v_drop(t, name);
    return V_ERROR;
}

static NATIVE(object_subclasshook) {
    UNUSED_NATIVE();
    return V_NOT_IMPLEMENTED;
}

static NATIVE(object_format) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "__format__() argument must be str, not %K", args[0]);
    if (str_len(args[0])) return err_set(t, &exc_TypeError, "unsupported format string passed to %T.__format__", self);
    return obj_str(t, self);
}

static NATIVE(object_sizeof) {
    UNUSED_NATIVE();
    Type *type = v_type(self);
    size_t size = type->size;
    if (type->item_size) {
        ptrdiff_t n = obj_len_hint(t, self, 0);
        if (n < 0) err_clear(t);
        else size += (size_t)n * type->item_size + v_is_bytes(self); // which end in a zero
    }
    if (type->attrs_offset) size += sizeof(Attrs) + attrs_of(v_obj(self))->ninline * sizeof(Slot);
    return int_from_size(t, size);
}

int type_merge_names(Thread *t, V names, V cls);
static NATIVE(object_dir) {
    UNUSED_NATIVE();
    V dict = obj_lookup_attr(t, self, NAME(__dict__)), result = V_ERROR;
    if (v_is_error(dict)) return V_ERROR;
    V names = dict_new(t);
    if (v_is_error(names)) goto done;
    if (dict != V_NULL && v_is_dict(dict) && dict_update(t, names, dict) < 0) goto done;
    V cls = obj_lookup_attr(t, self, NAME(__class__));
    if (v_is_error(cls)) goto done;
    int r = cls == V_NULL ? 0 : type_merge_names(t, names, cls);
    v_drop(t, cls);
    if (r == 0) result = dict_keys_list(t, names);
done:
    v_drop(t, dict);
    v_drop(t, names);
    return result;
}

NATIVE(object_reduce);
NATIVE(object_reduce_ex);
NATIVE(object_getstate);

const Method object_methods[] = {
    {"__reduce_ex__", object_reduce_ex, "protocol, /", LOCK_NONE, 0, "Helper for pickle."},
    {"__reduce__", object_reduce, "", LOCK_NONE, 0, "Helper for pickle."},
    {"__getstate__", object_getstate, "", LOCK_NONE, 0, "Helper for pickle."},
    {"__subclasshook__", object_subclasshook, NULL, LOCK_NONE, M_CLASS | M_RAW, "Override to customize issubclass() for the class."},
    {"__init_subclass__", object_init_subclass, NULL, LOCK_NONE, M_CLASS | M_RAW,
        "Runs for each class that derives from this one."},
    {"__format__", object_format, "format_spec, /", LOCK_NONE, 0, "Default object formatter."},
    {"__sizeof__", object_sizeof, "", LOCK_NONE, 0, "Bytes of memory that the object itself takes."},
    {"__dir__", object_dir, "", LOCK_NONE, 0, "Default dir() implementation."},
    METHOD_END,
};

Type object_type = {
    TYPE_HEAD("object"), .size = sizeof(Obj), .flags = TYPE_BASETYPE | TYPE_IMMUTABLE,
    .doc = "What all classes derive from.\n\nIts own instances have no attributes.\n",
    .text_signature = "", .repr = object_repr, .str = object_str, .hash = obj_hash_identity, .compare = object_compare,
    .getattr = obj_generic_getattr, .setattr = obj_generic_setattr, .init = object_init, .new_ = object_new,
    .methods = object_methods, .getsets = object_getsets,
};
