// SPDX-License-Identifier: MIT
// Descriptors of static types: methods, class methods, computed attributes (getset), fields (member).
//
// Each keeps the row it was made from and the type it belongs to; the row is const data and does all the work.  A
// member descriptor without a row is a cell of __slots__.
#include "object/code.h"
#include "object/misc.h"
#include "object/shape.h"
#include "runtime/runtime.h"
#include "descr_private.h"

// ---- common --------------------------------------------------------------------------------------------------------
// The name and type fields stand at different places; these two tell where.
static Type *descr_type(V self) {
    Type *kind = v_type(self);
    if (kind == &method_descr_type || kind == &class_method_descr_type) return method_descr_of(self)->type;
    if (kind == &getset_descr_type) return ((GetSetDescr *)v_obj(self))->type;
    if (kind == &member_descr_type) return ((MemberDescr *)v_obj(self))->type;
    return ((SlotWrapper *)v_obj(self))->type;
}
static Slot *descr_name_slot(V self) {
    Type *kind = v_type(self);
    if (kind == &method_descr_type || kind == &class_method_descr_type) return &method_descr_of(self)->name;
    if (kind == &getset_descr_type) return &((GetSetDescr *)v_obj(self))->name;
    if (kind == &member_descr_type) return &((MemberDescr *)v_obj(self))->name;
    return &((SlotWrapper *)v_obj(self))->name;
}
static V descr_name_borrow(V self) { return slot_peek(descr_name_slot(self)); }

static void descr_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    visit(t, o, descr_name_slot(v_from(o)), arg);
    Slot type = {v_from_type(descr_type(v_from(o)))}; // a class made by Python lives as long as its descriptors
    visit(t, o, &type, arg);
}

static V member_descr_new_computed(Thread *t, Type *type, const GetSet *row);

static V descr_alloc(Thread *t, Type *kind, const char *name) {
    V interned = str_static(name);
    Obj *o = obj_alloc(t, kind, kind->size, OBJ_GC);
    if (!o) return err_no_memory(t);
    slot_init(t, o, descr_name_slot(v_from(o)), interned);
    return v_from(o);
}

static V get_name(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return slot_get(v_obj(self), descr_name_slot(self));
}
static V get_objclass(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_type(descr_type(self));
}
static V get_qualname(Thread *t, V self, void *closure) {
    (void)closure;
    V qualname = type_qualname(t, descr_type(self));
    if (v_is_error(qualname)) return V_ERROR;
    V result = str_from_format(t, "%V.%V", qualname, descr_name_borrow(self));
    v_drop(t, qualname);
    return result;
}

// (getattr, (objclass, name))
static NATIVE(descr_reduce) {
    UNUSED_NATIVE();
    V getattr = dict_get_c(t, builtins_dict_borrow(), "getattr");
    if (getattr == V_NULL) return err_set(t, &exc_AttributeError, "getattr");
    V pair = tuple_pack(t, 2, v_from_type(descr_type(self)), descr_name_borrow(self));
    if (v_is_error(pair)) {
        v_drop(t, getattr);
        return V_ERROR;
    }
    return tuple_pack_steal(t, 2, getattr, pair);
}
static const Method descr_methods[] = {
    {"__reduce__", descr_reduce, "", LOCK_NONE, 0, NULL},
    METHOD_END,
};

// "descriptor 'x' for 'C' objects doesn't apply to a 'int' object"
static int check_instance(Thread *t, V descr, V obj) {
    Type *type = descr_type(descr);
    if (type_is_subtype(v_type(obj), type)) return 0;
    err_set(t, &exc_TypeError, "descriptor '%V' for '%N' objects doesn't apply to a '%T' object", descr_name_borrow(descr),
            type, obj);
    return -1;
}

static V doc_or_none(Thread *t, const char *doc) { return doc ? str_from_cstr(t, doc) : V_NONE; }

// ---- methods ---------------------------------------------------------------------------------------------------------
V method_descr_new(Thread *t, Type *type, const Method *row) {
    if (row->flags & M_STATIC) {
        V native = native_new_bound(t, row, v_from_type(type), V_NULL, type);
        if (v_is_error(native)) return V_ERROR;
        V result = static_method_new(t, native);
        v_drop(t, native);
        return result;
    }
    const Signature *sig = NULL;
    if (row->sig && !(row->flags & M_RAW) && !(sig = signature_of(t, row->sig))) return V_ERROR;
    V descr = descr_alloc(t, row->flags & M_CLASS ? &class_method_descr_type : &method_descr_type, row->name);
    if (v_is_error(descr)) return V_ERROR;
    MethodDescr *d = method_descr_of(descr);
    d->row = row;
    d->sig = sig;
    d->type = type;
    return descr;
}

bool method_descr_accepts(V descr, V self) { return type_is_subtype(v_type(self), method_descr_of(descr)->type); }

static V method_descr_get(Thread *t, V descr, V obj, V type) {
    (void)type;
    if (obj == V_NULL) return v_dup(descr);
    if (check_instance(t, descr, obj) < 0) return V_ERROR;
    MethodDescr *d = method_descr_of(descr);
    return native_new_bound(t, d->row, obj, V_NULL, d->type);
}

static V method_descr_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    MethodDescr *d = method_descr_of(self);
    if (nargs == 0) {
        V qualname = get_qualname(t, self, NULL);
        if (v_is_error(qualname)) return V_ERROR;
        err_set(t, &exc_TypeError, "unbound method %V() needs an argument", qualname);
        v_drop(t, qualname);
        return V_ERROR;
    }
    if (check_instance(t, self, args[0]) < 0) return V_ERROR;
    return native_invoke(t, self, d->row, d->sig, args[0], args + 1, nargs - 1, kwnames);
}

static V method_descr_repr(Thread *t, V self) {
    return str_from_format(t, "<method '%V' of '%N' objects>", descr_name_borrow(self), descr_type(self));
}
static V method_get_doc(Thread *t, V self, void *closure) {
    (void)closure;
    return doc_or_none(t, method_descr_of(self)->row->doc);
}
static V method_get_text_signature(Thread *t, V self, void *closure) {
    (void)closure;
    const Method *row = method_descr_of(self)->row;
    return text_signature_of(t, row->sig, row->flags & M_CLASS ? "$type" : "$self");
}
static const GetSet method_descr_getsets[] = {
    {"__name__", get_name, NULL, NULL, NULL},
    {"__qualname__", get_qualname, NULL, NULL, NULL},
    {"__objclass__", get_objclass, NULL, NULL, NULL},
    {"__doc__", method_get_doc, NULL, NULL, NULL},
    {"__text_signature__", method_get_text_signature, NULL, NULL, NULL},
    {0},
};

Type method_descr_type = {
    TYPE_HEAD("method_descriptor"), .size = sizeof(MethodDescr), .flags = TYPE_GC | TYPE_METHOD_DESCR | TYPE_IMMUTABLE,
    .traverse = descr_traverse, .descr_get = method_descr_get, .call = method_descr_call, .repr = method_descr_repr,
    .getattr = obj_generic_getattr, .getsets = method_descr_getsets, .methods = descr_methods,
};

// ---- class methods -----------------------------------------------------------------------------------------------------
static int check_class(Thread *t, V descr, V type) {
    Type *owner = descr_type(descr);
    if (!type_is_subtype(v_as_type(type), owner)) {
        err_set(t, &exc_TypeError, "descriptor '%V' requires a subtype of '%N' but received '%N'", descr_name_borrow(descr),
                owner, v_as_type(type));
        return -1;
    }
    return 0;
}

static V class_method_descr_get(Thread *t, V descr, V obj, V type) {
    Type *owner = descr_type(descr);
    if (type == V_NULL) {
        if (obj == V_NULL)
            return err_set(t, &exc_TypeError, "descriptor '%V' for type '%N' needs either an object or a type",
                           descr_name_borrow(descr), owner);
        type = v_from_type(v_type(obj));
    }
    if (!v_is_type(type))
        return err_set(t, &exc_TypeError, "descriptor '%V' for type '%N' needs a type, not a '%T' as arg 2",
                       descr_name_borrow(descr), owner, type);
    if (check_class(t, descr, type) < 0) return V_ERROR;
    return native_new_bound(t, method_descr_of(descr)->row, type, V_NULL, owner);
}

static V class_method_descr_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    MethodDescr *d = method_descr_of(self);
    if (nargs == 0)
        return err_set(t, &exc_TypeError, "descriptor '%V' of '%N' object needs an argument", descr_name_borrow(self), d->type);
    if (!v_is_type(args[0]))
        return err_set(t, &exc_TypeError, "descriptor '%V' for type '%N' needs a type, not a '%T' as arg 2",
                       descr_name_borrow(self), d->type, args[0]);
    if (check_class(t, self, args[0]) < 0) return V_ERROR;
    return native_invoke(t, self, d->row, d->sig, args[0], args + 1, nargs - 1, kwnames);
}

Type class_method_descr_type = {
    TYPE_HEAD("classmethod_descriptor"), .size = sizeof(MethodDescr), .flags = TYPE_GC | TYPE_IMMUTABLE,
    .traverse = descr_traverse, .descr_get = class_method_descr_get, .call = class_method_descr_call,
    .repr = method_descr_repr, .getattr = obj_generic_getattr, .getsets = method_descr_getsets,
};

// ---- getset ------------------------------------------------------------------------------------------------------------
int member_readonly(Thread *t, V self, V value, void *closure) {
    (void)self, (void)value, (void)closure;
    err_set(t, &exc_AttributeError, "readonly attribute");
    return -1;
}

V getset_descr_new(Thread *t, Type *type, const GetSet *row) {
    if (row->set == member_readonly) return member_descr_new_computed(t, type, row);
    V descr = descr_alloc(t, &getset_descr_type, row->name);
    if (v_is_error(descr)) return V_ERROR;
    GetSetDescr *d = (GetSetDescr *)v_obj(descr);
    d->row = row;
    d->type = type;
    return descr;
}

static V getset_get(Thread *t, V descr, V obj, V type) {
    (void)type;
    if (obj == V_NULL) return v_dup(descr);
    if (check_instance(t, descr, obj) < 0) return V_ERROR;
    const GetSet *row = ((GetSetDescr *)v_obj(descr))->row;
    if (!row->get)
        return err_set(t, &exc_AttributeError, "attribute '%s' of '%N' objects is not readable", row->name, descr_type(descr));
    return row->get(t, obj, row->closure);
}

static int getset_set(Thread *t, V descr, V obj, V value) {
    if (check_instance(t, descr, obj) < 0) return -1;
    const GetSet *row = ((GetSetDescr *)v_obj(descr))->row;
    if (row->set) return row->set(t, obj, value, row->closure);
    err_set(t, &exc_AttributeError, "attribute '%s' of '%N' objects is not writable", row->name, descr_type(descr));
    return -1;
}

static V getset_repr(Thread *t, V self) {
    return str_from_format(t, "<attribute '%V' of '%N' objects>", descr_name_borrow(self), descr_type(self));
}
static V getset_get_doc(Thread *t, V self, void *closure) {
    (void)closure;
    return doc_or_none(t, ((GetSetDescr *)v_obj(self))->row->doc);
}
static const GetSet getset_getsets[] = {
    {"__name__", get_name, NULL, NULL, NULL},
    {"__qualname__", get_qualname, NULL, NULL, NULL},
    {"__objclass__", get_objclass, NULL, NULL, NULL},
    {"__doc__", getset_get_doc, NULL, NULL, NULL},
    {0},
};

Type getset_descr_type = {
    TYPE_HEAD("getset_descriptor"), .size = sizeof(GetSetDescr), .flags = TYPE_GC | TYPE_IMMUTABLE,
    .traverse = descr_traverse, .descr_get = getset_get, .descr_set = getset_set, .repr = getset_repr,
    .getattr = obj_generic_getattr, .getsets = getset_getsets,
};

// ---- members -----------------------------------------------------------------------------------------------------------
V member_descr_new(Thread *t, Type *type, const Member *row) {
    V descr = descr_alloc(t, &member_descr_type, row->name);
    if (v_is_error(descr)) return V_ERROR;
    MemberDescr *d = (MemberDescr *)v_obj(descr);
    d->row = row;
    d->type = type;
    d->offset = (uint32_t)row->offset;
    d->kind = (uint8_t)row->kind;
    d->readonly = row->readonly;
    return descr;
}

// One that a GetSet row answers for (descr_private.h).
static V member_descr_new_computed(Thread *t, Type *type, const GetSet *row) {
    V descr = descr_alloc(t, &member_descr_type, row->name);
    if (v_is_error(descr)) return V_ERROR;
    MemberDescr *d = (MemberDescr *)v_obj(descr);
    d->computed = row;
    d->type = type;
    return descr;
}

V member_descr_new_cell(Thread *t, Type *type, V name, size_t offset, bool tail) {
    MemberDescr *d = (MemberDescr *)obj_alloc(t, &member_descr_type, sizeof *d, OBJ_GC);
    if (!d) return err_no_memory(t);
    slot_init(t, &d->head, &d->name, name);
    d->type = type;
    d->offset = (uint32_t)offset;
    d->kind = MEMBER_SLOT;
    d->tail = tail;
    return v_from(d);
}

Slot *member_descr_cell(V descr, V obj) {
    MemberDescr *d = (MemberDescr *)v_obj(descr);
    char *base = d->tail ? (char *)attrs_var_tail(v_obj(obj)) : (char *)v_obj(obj);
    return (Slot *)(void *)(base + d->offset);
}

V member_get(Thread *t, V obj, const Member *row, size_t offset) {
    char *field = (char *)v_obj(obj) + offset;
    switch (row->kind) {
    case MEMBER_CODE_SLOT:
        if (code_thaw(t, code_of(obj)) < 0) return V_ERROR;
        FALLTHROUGH;
    case MEMBER_SLOT:
    case MEMBER_SLOT_OR_NONE: {
        V v = slot_get(v_obj(obj), (Slot *)(void *)field);
        if (v != V_NULL) return v;
        if (row->kind == MEMBER_SLOT_OR_NONE) return V_NONE;
        return attr_error(t, obj, str_static(row->name), "%s", row->name);
    }
    case MEMBER_INT: return v_from_int(at_load_relaxed((int *)(void *)field));
    case MEMBER_UINT: return v_from_int(at_load_relaxed((unsigned *)(void *)field));
    case MEMBER_SSIZE: return int_from_i64(t, at_load_relaxed((int64_t *)(void *)field));
    case MEMBER_BOOL: return v_from_bool(at_load_acquire((uint8_t *)field)); // what was written before it is there
    case MEMBER_DOUBLE: {
        uint64_t bits = at_load_relaxed((uint64_t *)(void *)field);
        double d;
        memcpy(&d, &bits, sizeof d);
        return float_from_double(t, d);
    }
    case MEMBER_CSTR: {
        const char *s = *(const char **)(void *)field;
        return s ? str_from_cstr(t, s) : V_NONE;
    }
    case MEMBER_FUNCTION_DOC: return function_doc(t, obj);
    }
    HD_UNREACHABLE();
}

static int member_set_int(Thread *t, const Member *row, char *field, V value) {
    int64_t i;
    if (!v_is_any_int(value)) {
        err_set(t, &exc_TypeError, row->kind == MEMBER_SSIZE ? "an integer is required" : "an integer is required (got type %T)", value);
        return -1;
    }
    if (int_as_i64(t, value, &i) < 0) {
        err_clear(t);
        err_set(t, &exc_OverflowError, "Python int too large to convert to C %s", row->kind == MEMBER_SSIZE ? "ssize_t" : "long");
        return -1;
    }
    if (row->kind == MEMBER_SSIZE) at_store_relaxed((int64_t *)(void *)field, i);
    else at_store_relaxed((int *)(void *)field, (int)i);
    return 0;
}

int member_set(Thread *t, V obj, const Member *row, size_t offset, V value) {
    Obj *o = v_obj(obj);
    char *field = (char *)o + offset;
    if (row->readonly) {
        err_set(t, &exc_AttributeError, "readonly attribute");
        return -1;
    }
    if (value == V_NULL && row->kind != MEMBER_SLOT && row->kind != MEMBER_SLOT_OR_NONE && row->kind != MEMBER_FUNCTION_DOC) {
        err_set(t, &exc_TypeError, "can't delete numeric/char attribute");
        return -1;
    }
    switch (row->kind) {
    case MEMBER_SLOT:
        if (value == V_NULL && slot_peek((Slot *)(void *)field) == V_NULL) {
            err_set(t, &exc_AttributeError, "%s", row->name);
            return -1;
        }
        FALLTHROUGH;
    case MEMBER_SLOT_OR_NONE: slot_set(t, o, (Slot *)(void *)field, value); return 0;
    case MEMBER_INT:
    case MEMBER_UINT:
    case MEMBER_SSIZE: return member_set_int(t, row, field, value);
    case MEMBER_BOOL:
        if (!v_is_bool(value)) {
            err_set(t, &exc_TypeError, "attribute value type must be bool");
            return -1;
        }
        at_store_relaxed((uint8_t *)field, value == V_TRUE);
        return 0;
    case MEMBER_DOUBLE: {
        double d;
        uint64_t bits;
        if (num_as_double(t, value, &d) < 0) return -1;
        memcpy(&bits, &d, sizeof bits);
        at_store_relaxed((uint64_t *)(void *)field, bits);
        return 0;
    }
    case MEMBER_CODE_SLOT: // all rows of these are read-only
    case MEMBER_CSTR: err_set(t, &exc_TypeError, "readonly attribute"); return -1;
    case MEMBER_FUNCTION_DOC: slot_set(t, o, (Slot *)(void *)field, value == V_NULL ? V_NONE : value); return 0;
    }
    HD_UNREACHABLE();
}

static V member_descr_get(Thread *t, V descr, V obj, V type) {
    (void)type;
    if (obj == V_NULL) return v_dup(descr);
    if (check_instance(t, descr, obj) < 0) return V_ERROR;
    MemberDescr *d = (MemberDescr *)v_obj(descr);
    if (d->computed) return d->computed->get(t, obj, d->computed->closure);
    if (d->row) return member_get(t, obj, d->row, d->offset);
    V v = slot_get(v_obj(obj), member_descr_cell(descr, obj));
    if (v != V_NULL) return v;
    V name = slot_peek(&d->name);
    return attr_error(t, obj, name, "'%T' object has no attribute '%V'", obj, name);
}

static int member_descr_set(Thread *t, V descr, V obj, V value) {
    if (check_instance(t, descr, obj) < 0) return -1;
    MemberDescr *d = (MemberDescr *)v_obj(descr);
    if (d->computed) return member_readonly(t, obj, value, NULL);
    if (d->row) return member_set(t, obj, d->row, d->offset, value);
    Slot *cell = member_descr_cell(descr, obj);
    if (value == V_NULL) {
        V old = slot_take(v_obj(obj), cell);
        if (old == V_NULL) {
            err_set(t, &exc_AttributeError, "%V", slot_peek(&d->name));
            return -1;
        }
        v_drop(t, old);
        return 0;
    }
    slot_set(t, v_obj(obj), cell, value);
    return 0;
}

static V member_repr(Thread *t, V self) {
    return str_from_format(t, "<member '%V' of '%N' objects>", descr_name_borrow(self), descr_type(self));
}
static V member_get_doc(Thread *t, V self, void *closure) {
    (void)closure;
    const MemberDescr *d = (const MemberDescr *)v_obj(self);
    return doc_or_none(t, d->computed ? d->computed->doc : d->row ? d->row->doc : NULL);
}
static const GetSet member_getsets[] = {
    {"__name__", get_name, NULL, NULL, NULL},
    {"__qualname__", get_qualname, NULL, NULL, NULL},
    {"__objclass__", get_objclass, NULL, NULL, NULL},
    {"__doc__", member_get_doc, NULL, NULL, NULL},
    {0},
};

Type member_descr_type = {
    TYPE_HEAD("member_descriptor"), .size = sizeof(MemberDescr), .flags = TYPE_GC | TYPE_IMMUTABLE,
    .traverse = descr_traverse, .descr_get = member_descr_get, .descr_set = member_descr_set, .repr = member_repr,
    .getattr = obj_generic_getattr, .getsets = member_getsets, .methods = descr_methods,
};
