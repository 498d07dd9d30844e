// SPDX-License-Identifier: MIT
// type: calling a class, reading and writing its attributes, its repr; the names of types.
//
// Making classes is in type_new.c, readying static ones in type_ready.c, slots in type_slots.c and type_slotfns.c, the
// order of bases in type_mro.c, versions and the method cache in type_cache.c, type's own attributes in type_attrs.c.
#include "object/descr.h"
#include "object/misc.h"
#include "object/shape.h"

// ---- names -------------------------------------------------------------------------------------------------------------
const char *type_short_name(const Type *type) {
    if (type_has(type, TYPE_HEAP)) return type->name;
    const char *dot = strrchr(type->name, '.');
    return dot ? dot + 1 : type->name;
}

V type_name(Thread *t, Type *type) {
    if (type_has(type, TYPE_HEAP)) return slot_get(&type->head, &type->ht_name);
    (void)t;
    return str_static(type_short_name(type));
}

V type_qualname(Thread *t, Type *type) {
    if (type_has(type, TYPE_HEAP)) return slot_get(&type->head, &type->ht_qualname);
    return type_name(t, type);
}

V type_module(Thread *t, Type *type) {
    V module = type_own_attr_borrow(type, NAME(__module__));
    if (type_has(type, TYPE_HEAP)) {
        if (module == V_NULL) return attr_error(t, v_from_type(type), NAME(__module__), "__module__");
        return v_dup(module);
    }
    if (module != V_NULL && v_is_str(module)) return v_dup(module);
    const char *dot = strrchr(type->name, '.');
    return dot ? str_intern_utf8(t, type->name, (size_t)(dot - type->name)) : NAME(builtins);
}

static V type_repr(Thread *t, V self) {
    Type *type = v_as_type(self);
    if (slot_peek(&type->mro) == V_NULL) return str_from_format(t, "<class at %p>", (void *)type);
    V module = type_module(t, type);
    if (v_is_error(module)) {
        err_clear(t);
        module = V_NULL;
    }
    V qualname = type_qualname(t, type), result;
    if (v_is_error(qualname)) {
        result = V_ERROR;
    } else if (module != V_NULL && v_is_str(module) && !str_equal_ascii(module, "builtins")) {
        result = str_from_format(t, "<class '%V.%V'>", module, qualname);
    } else {
        result = str_from_format(t, "<class '%s'>", type->name);
    }
    v_drop(t, module);
    v_drop(t, qualname);
    return result;
}

// ---- calling -----------------------------------------------------------------------------------------------------------
static V type_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    Type *type = v_as_type(self);
    if (type == &type_type) {
        size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
        if (nargs == 1 && nkw) return err_set(t, &exc_TypeError, "type() takes no keyword arguments");
        if (nargs == 1) return v_from_type(v_type(args[0]));
        if (nargs != 3) return err_set(t, &exc_TypeError, "type() takes 1 or 3 arguments");
    }
    if (!type->new_ || type_has(type, TYPE_NO_NEW)) return err_set(t, &exc_TypeError, "cannot create '%N' instances", type);
    V obj = type->new_(t, type, args, nargs, kwnames);
    if (v_is_error(obj)) return V_ERROR;
    Type *made = v_type(obj);
    if (made != type && !type_is_subtype(made, type)) return obj; // __new__ returned something else
    if (made->init && made->init(t, obj, args, nargs, kwnames) < 0) {
        v_drop(t, obj);
        return V_ERROR;
    }
    return obj;
}

static int type_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    (void)self, (void)args;
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    if (nargs == 1 && nkw) {
        err_set(t, &exc_TypeError, "type.__init__() takes no keyword arguments");
        return -1;
    }
    if (nargs != 1 && nargs != 3) {
        err_set(t, &exc_TypeError, "type.__init__() takes 1 or 3 arguments");
        return -1;
    }
    return 0;
}

// The `__new__` in a static type's dict: T.__new__(cls, ...) for cls whose C layout is T's.
NATIVE(new_wrapper) {
    Type *type = v_as_type(self);
    if (nargs == 0) return err_set(t, &exc_TypeError, "%N.__new__(): not enough arguments", type);
    if (!v_is_type(args[0]))
        return err_set(t, &exc_TypeError, "%N.__new__(X): X is not a type object (%T)", type, args[0]);
    Type *cls = v_as_type(args[0]);
    if (!type_is_subtype(cls, type))
        return err_set(t, &exc_TypeError, "%N.__new__(%N): %N is not a subtype of %N", type, cls, cls, type);
    Type *native = cls; // the most derived type of C below cls: its `new_` is the one that is safe
    while (native && native->new_ == slotfn_new) native = native->base;
    if (native && native->new_ != type->new_)
        return err_set(t, &exc_TypeError, "%N.__new__(%N) is not safe, use %N.__new__()", type, cls, native);
    return type->new_(t, cls, args + 1, nargs - 1, kwnames);
}

// ---- attributes ----------------------------------------------------------------------------------------------------------

// A data descriptor of the metatype, else an attribute found along the MRO (bound to the class), else the metatype's.
V type_getattr_or_null(Thread *t, V self, V name) {
    Type *type = v_as_type(self), *meta = v_type(self);
    V from_meta = type_lookup_borrow(t, meta, name);
    DescrGetFn meta_get = NULL;
    V result;
    if (from_meta != V_NULL) {
        Type *kind = v_type(from_meta);
        meta_get = kind->descr_get;
        from_meta = v_dup(from_meta);
        if (meta_get && kind->descr_set) {
            result = meta_get(t, from_meta, self, v_from_type(meta));
            v_drop(t, from_meta);
            return result;
        }
    }
    V found = type_lookup_borrow(t, type, name);
    if (found != V_NULL) {
        v_drop(t, from_meta);
        DescrGetFn get = v_type(found)->descr_get;
        found = v_dup(found);
        if (!get) return found;
        result = get(t, found, V_NULL, self);
        v_drop(t, found);
        return result;
    }
    if (!meta_get) return from_meta;
    result = meta_get(t, from_meta, self, v_from_type(meta));
    v_drop(t, from_meta);
    return result;
}

V type_getattr(Thread *t, V self, V name) {
    if (!v_is_str(name)) return err_set(t, &exc_TypeError, "attribute name must be string, not '%T'", name);
    V result = type_getattr_or_null(t, self, name);
    return result != V_NULL ? result : attr_error_missing(t, self, name);
}

static bool is_dunder(V name) {
    size_t n = str_len(name);
    return n > 4 && str_at(name, 0) == '_' && str_at(name, 1) == '_' && str_at(name, n - 1) == '_' && str_at(name, n - 2) == '_';
}

// The class's own dict changes.  The old value is dropped only after the version is gone (type_cache.c).
static int set_own(Thread *t, Type *type, V name, V value) {
    V dict = slot_peek(&type->dict);
    CRITICAL2(t, &type->head, v_obj(dict)); // the dict's alone might let the type's go: then `old` is not what is replaced
    V old = type_own_attr_borrow(type, name);
    if (old != V_NULL) old = v_own(v_dup(old));
    type_modified(t, type);
    int r;
    if (value != V_NULL) {
        r = dict_set(t, dict, name, value);
    } else {
        r = dict_discard(t, dict, name);
        if (r >= 0) r = !r;
    }
    type_modified(t, type);
    v_drop(t, old);
    return r;
}

int type_setattr(Thread *t, V self, V name, V value) {
    Type *type = v_as_type(self);
    if (!v_is_str(name)) {
        err_set(t, &exc_TypeError, "attribute name must be string, not '%T'", name);
        return -1;
    }
    if (type_has(type, TYPE_IMMUTABLE)) {
        err_set(t, &exc_TypeError, "cannot set '%V' attribute of immutable type '%N'", name, type);
        return -1;
    }
    V descr = type_lookup_borrow(t, v_type(self), name);
    if (descr != V_NULL && v_type(descr)->descr_set) {
        descr = v_dup(descr);
        int r = v_type(descr)->descr_set(t, descr, self, value);
        v_drop(t, descr);
        return r;
    }
    V interned = str_is_interned(name) ? v_dup(name) : str_intern_steal(t, v_dup(name));
    if (v_is_error(interned)) return -1;
    int r = set_own(t, type, interned, value);
    if (r == 0 && is_dunder(interned)) type_update_slot(t, type, interned);
    if (r == 1) {
        err_set(t, &exc_AttributeError, "type object '%N' has no attribute '%V'", type, name);
        r = -1;
    }
    v_drop(t, interned);
    return r;
}

// ---- life --------------------------------------------------------------------------------------------------------------
static void type_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Type *type = (Type *)o;
    VISIT(type->dict);
    VISIT(type->bases);
    VISIT(type->mro);
    VISIT(type->ht_name);
    VISIT(type->ht_qualname);
    VISIT(type->subclasses);
    VISIT(type->ht_slots);
}

static void type_free(Thread *t, Obj *o) { shape_free_tree(t, ((Type *)o)->shape_root); }

Type type_type = {
    TYPE_HEAD("type"), .size = sizeof(Type), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_TYPE | TYPE_IMMUTABLE,
    .doc = "type(object) -> the class of the object\ntype(name, bases, dict, **kwds) -> a new class",
    .traverse = type_traverse, .free_ = type_free, .repr = type_repr, .call = type_call, .getattr = type_getattr,
    .setattr = type_setattr,
    .init = type_init, .new_ = type_new_impl, .or_ = union_or, .methods = type_methods, .getsets = type_getsets,
};
