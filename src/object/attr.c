// SPDX-License-Identifier: MIT
// Attribute access: obj_getattr and its family, the generic lookup (data descriptor, instance, other descriptor), and the
// AttributeErrors with their name and obj.
//
// generic_get is the one to read.  The `_or_null` forms say "missing" without making an exception, which is what hasattr,
// getattr with a default, and __getattr__ hooks use.
#include "object/slots.h"
#include "object/misc.h"
#include "object/shape.h"
#include "object/exceptions.h"

// ---- errors --------------------------------------------------------------------------------------------------------
V attr_error(Thread *t, V obj, V name, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    V message = err_format_message_va(t, format, ap);
    va_end(ap);
    if (v_is_error(message)) return V_ERROR;
    V exc = exc_new(t, &exc_AttributeError, &message, 1);
    v_drop(t, message);
    if (v_is_error(exc)) return V_ERROR;
    ExcAttribute *e = (ExcAttribute *)v_obj(exc);
    slot_set(t, &e->base.head, &e->obj, obj);
    slot_set(t, &e->base.head, &e->name, name);
    err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

V attr_error_missing(Thread *t, V obj, V name) {
    if (v_is_type(obj)) return attr_error(t, obj, name, "type object '%N' has no attribute '%V'", v_as_type(obj), name);
    return attr_error(t, obj, name, "'%T' object has no attribute '%V'", obj, name);
}

static bool check_name(Thread *t, V name) {
    if (likely(v_is_str(name))) return true;
    err_set(t, &exc_TypeError, "attribute name must be string, not '%T'", name);
    return false;
}

// ---- the generic lookup ------------------------------------------------------------------------------------------------

// The instance's own attribute: V_NULL when it has none of that name.
static V instance_get(Thread *t, V v, Type *type, V name) {
    if (type->attrs_offset) return attrs_get(t, v_obj(v), name);
    if (type_has(type, TYPE_OWN_DICT)) {
        V dict = slot_get(v_obj(v), &module_of(v)->dict);
        if (dict == V_NULL) return V_NULL;
        V found = dict_get(t, dict, name);
        v_drop(t, dict);
        return found;
    }
    return V_NULL;
}

static V generic_get(Thread *t, V v, V name) {
    Type *type = v_type(v);
    V descr = type_lookup_borrow(t, type, name);
    if (descr == V_NULL) return instance_get(t, v, type, name);
    descr = v_dup(descr);
    Type *kind = v_type(descr);
    DescrGetFn get = kind->descr_get;
    V result = V_NULL;
    if (get && kind->descr_set) {
        result = get(t, descr, v, v_from_type(type));
        v_drop(t, descr);
        return result;
    }
    result = instance_get(t, v, type, name);
    if (result == V_NULL) {
        if (!get) return descr;
        result = get(t, descr, v, v_from_type(type));
    }
    v_drop(t, descr);
    return result;
}

V obj_generic_getattr(Thread *t, V v, V name) {
    if (!check_name(t, name)) return V_ERROR;
    V result = generic_get(t, v, name);
    return likely(result != V_NULL) ? result : attr_error_missing(t, v, name);
}

V obj_generic_getattr_or_null(Thread *t, V v, V name) {
    if (!check_name(t, name)) return V_ERROR;
    V result = generic_get(t, v, name);
    if (!v_is_error(result) || !err_matches(t, &exc_AttributeError)) return result;
    err_clear(t);
    return V_NULL;
}

static int instance_set(Thread *t, V v, Type *type, V name, V value) { // 1: nothing to delete
    if (type->attrs_offset) return attrs_set(t, v_obj(v), name, value);
    V dict = obj_get_dict(t, v);
    if (v_is_error(dict)) return -1;
    int r;
    if (value != V_NULL) {
        r = dict_set(t, dict, name, value);
    } else {
        r = dict_discard(t, dict, name);
        if (r >= 0) r = !r;
    }
    v_drop(t, dict);
    return r;
}

// Errors of setting and deleting do not tell name and obj, so that nothing is suggested.
static int cannot_set(Thread *t, V v, V name, bool read_only) {
    if (read_only) err_set(t, &exc_AttributeError, "'%T' object attribute '%V' is read-only", v, name);
    else err_set(t, &exc_AttributeError, "'%T' object has no attribute '%V'", v, name);
    return -1;
}

int obj_generic_setattr(Thread *t, V v, V name, V value) {
    if (!check_name(t, name)) return -1;
    Type *type = v_type(v);
    V descr = type_lookup_borrow(t, type, name);
    if (descr != V_NULL) {
        DescrSetFn set = v_type(descr)->descr_set;
        if (set) {
            descr = v_dup(descr);
            int r = set(t, descr, v, value);
            v_drop(t, descr);
            return r;
        }
    }
    if (!type->attrs_offset && !type_has(type, TYPE_OWN_DICT)) {
        return cannot_set(t, v, name, descr != V_NULL);
    }
    int r = instance_set(t, v, type, name, value);
    return r == 1 ? cannot_set(t, v, name, false) : r;
}

// ---- the family --------------------------------------------------------------------------------------------------------
// An AttributeError that some __getattr__ raised by hand is told what was looked for where.
static COLD V add_error_context(Thread *t, V v, V name) {
    if (!err_matches(t, &exc_AttributeError)) return V_ERROR;
    ExcAttribute *e = (ExcAttribute *)v_obj(t->exc);
    if (slot_peek(&e->name) != V_NULL || slot_peek(&e->obj) != V_NULL) return V_ERROR;
    slot_set(t, &e->base.head, &e->name, name);
    slot_set(t, &e->base.head, &e->obj, v);
    return V_ERROR;
}

V obj_getattr(Thread *t, V v, V name) {
    if (!check_name(t, name)) return V_ERROR;
    GetattrFn get = v_type(v)->getattr;
    V result = likely(get != NULL) ? get(t, v, name) : obj_generic_getattr(t, v, name);
    return likely(!v_is_error(result)) ? result : add_error_context(t, v, name);
}

int obj_setattr(Thread *t, V v, V name, V value) {
    if (!check_name(t, name)) return -1;
    SetattrFn set = v_type(v)->setattr;
    return likely(set != NULL) ? set(t, v, name, value) : obj_generic_setattr(t, v, name, value);
}

V obj_lookup_attr(Thread *t, V v, V name) {
    if (!check_name(t, name)) return V_ERROR;
    GetattrFn get = v_type(v)->getattr;
    if (get == obj_generic_getattr || !get) return obj_generic_getattr_or_null(t, v, name);
    V result;
    if (get == type_getattr) {
        result = type_getattr_or_null(t, v, name);
    } else {
        result = get(t, v, name);
    }
    if (!v_is_error(result) || !err_matches(t, &exc_AttributeError)) return result;
    err_clear(t);
    return V_NULL;
}

int obj_hasattr(Thread *t, V v, V name) {
    V found = obj_lookup_attr(t, v, name);
    if (v_is_error(found)) return -1;
    v_drop(t, found);
    return found != V_NULL;
}

V obj_getattr_c(Thread *t, V v, const char *name) {
    V s = str_intern_utf8(t, name, strlen(name));
    if (v_is_error(s)) return V_ERROR;
    V result = obj_getattr(t, v, s);
    v_drop(t, s);
    return result;
}

int obj_setattr_c(Thread *t, V v, const char *name, V value) {
    V s = str_intern_utf8(t, name, strlen(name));
    if (v_is_error(s)) return -1;
    int r = obj_setattr(t, v, s, value);
    v_drop(t, s);
    return r;
}

V obj_get_dict(Thread *t, V v) {
    Type *type = v_type(v);
    if (type->attrs_offset) return attrs_dict(t, v_obj(v));
    if (type_has(type, TYPE_OWN_DICT)) {
        V dict = slot_get(v_obj(v), &module_of(v)->dict);
        if (dict != V_NULL) return dict;
        dict = dict_new(t); // a module made by __new__ alone
        if (v_is_error(dict)) return V_ERROR;
        slot_set_steal(t, v_obj(v), &module_of(v)->dict, dict);
        return slot_get(v_obj(v), &module_of(v)->dict);
    }
    return attr_error_missing(t, v, NAME(__dict__));
}

// ---- methods -----------------------------------------------------------------------------------------------------------
V obj_lookup_special(Thread *t, V v, V name, V *self_out) {
    *self_out = V_NULL;
    V found = type_lookup_borrow(t, v_type(v), name);
    if (found == V_NULL) return V_NULL;
    Type *kind = v_type(found);
    if (type_has(kind, TYPE_METHOD_DESCR)) {
        *self_out = v;
        return v_dup(found);
    }
    found = v_dup(found);
    if (!kind->descr_get) return found;
    V bound = kind->descr_get(t, found, v, v_from_type(v_type(v)));
    v_drop(t, found);
    return bound;
}

int obj_get_method(Thread *t, V v, V name, V *method) {
    Type *type = v_type(v);
    if (type->getattr == obj_generic_getattr) {
        V descr = type_lookup_borrow(t, type, name);
        if (descr != V_NULL && type_has(v_type(descr), TYPE_METHOD_DESCR)) {
            descr = v_dup(descr);
            V own = instance_get(t, v, type, name);
            if (own == V_NULL) {
                *method = descr;
                return 1;
            }
            v_drop(t, descr);
            *method = own;
            return v_is_error(own) ? -1 : 0;
        }
    }
    *method = obj_getattr(t, v, name);
    return v_is_error(*method) ? -1 : 0;
}
