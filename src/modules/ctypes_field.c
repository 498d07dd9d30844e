// SPDX-License-Identifier: MIT
// _ctypes: fields of structs and unions: what stands in the class for each.
#include "ctypes_private.h"
#ifdef HAVE_FFI
#include <stddef.h>

typedef struct Field { // const after init
    Obj head;
    size_t offset;
    size_t size;        // of a bit field: bits << 16 | lowest bit
    ptrdiff_t index;
    bool anonymous;
    const Code *code;   // arrays of characters
    Slot class;
} Field;
static Field *field_of(V v) { return (Field *)v_obj(v); }

V ctypes_field_new(Thread *t, V class, const Code *code, size_t offset, size_t size, ptrdiff_t index) {
    V self = type_alloc(t, &ctypes_field_type, 0);
    if (v_is_error(self)) return V_ERROR;
    Field *f = field_of(self);
    f->offset = offset;
    f->size = size;
    f->index = index;
    f->code = code;
    slot_init(t, v_obj(self), &f->class, class);
    return self;
}
static void field_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Field *)o)->class); }

static V field_get(Thread *t, V self, V instance, V type) {
    (void)type;
    Field *f = field_of(self);
    if (instance == V_NULL) return v_dup(self);
    if (!is_cdata(instance)) return err_set(t, &exc_TypeError, "not a ctype instance");
    return cdata_load(t, slot_peek(&f->class), instance, f->index, f->code, f->size, cdata_p(instance) + f->offset);
}
static int field_set(Thread *t, V self, V instance, V value) {
    Field *f = field_of(self);
    if (!is_cdata(instance)) err_set(t, &exc_TypeError, "not a ctype instance");
    else if (value == V_NULL) err_set(t, &exc_TypeError, "can't delete attribute");
    if (err_pending(t)) return -1;
    return cdata_store(t, instance, slot_peek(&f->class), f->code, value, f->index, f->size, cdata_p(instance) + f->offset);
}
static V field_repr(Thread *t, V self) {
    Field *f = field_of(self);
    Type *class = v_as_type(slot_peek(&f->class));
    size_t bits = f->size >> 16;
    if (bits && !f->code && bits <= 64 && ctype_info(v_from_type(class))->kind == C_SIMPLE)
        return str_from_format(t, "<Field type=%N, ofs=%zu:%zu, bits=%zu>", class, f->offset, f->size & 0xFFFF, bits);
    return str_from_format(t, "<Field type=%N, ofs=%zu, size=%zu>", class, f->offset, f->size);
}
static V get_offset(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_size(t, field_of(self)->offset);
}
static V get_size(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_size(t, field_of(self)->size);
}
static const GetSet field_getsets[] = {
    {"offset", get_offset, NULL, "offset in bytes of this field", NULL}, {"size", get_size, NULL, "size in bytes of this field", NULL}, {0},
};
Type ctypes_field_type = {
    TYPE_HEAD("_ctypes.CField"), .base = &object_type, .size = sizeof(Field), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .doc = "A field of a struct or union.", .traverse = field_traverse, .descr_get = field_get, .descr_set = field_set, .repr = field_repr,
    .getsets = field_getsets,
};

// ---- fields of anonymous members --------------------------------------------------------------------------------------------------
static V pair_name(Thread *t, V pair) { // a field's name in _fields_
    V name = obj_getitem(t, pair, V_INT(0));
    if (v_is_error(name) || v_is_str(name)) return name;
    v_drop(t, name);
    return err_set(t, &exc_TypeError, "field names must be strings");
}
// The fields of the member `outer` become fields of class.
static int lift_fields(Thread *t, V class, V outer, ptrdiff_t index, size_t offset) {
    V inner = slot_peek(&field_of(outer)->class), fields = obj_getattr(t, inner, NAME(_fields_));
    ptrdiff_t n = v_is_error(fields) ? -1 : obj_len(t, fields);
    int r = n < 0 ? -1 : 0;
    for (ptrdiff_t i = 0; i < n && r == 0; i++) {
        V pair = obj_getitem(t, fields, v_from_int(i)), name = v_is_error(pair) ? V_ERROR : pair_name(t, pair);
        V field = v_is_error(name) ? V_ERROR : obj_getattr(t, inner, name);
        r = v_is_error(field) ? -1 : 0;
        if (r == 0 && !v_is_exact(field, &ctypes_field_type)) {
            err_set(t, &exc_TypeError, "unexpected type");
            r = -1;
        } else if (r == 0) {
            Field *f = field_of(field);
            if (f->anonymous) {
                r = lift_fields(t, class, field, index + f->index, offset + f->offset);
            } else {
                V lifted = ctypes_field_new(t, slot_peek(&f->class), f->code, offset + f->offset, f->size, index + f->index);
                r = v_is_error(lifted) ? -1 : obj_setattr(t, class, name, lifted);
                v_drop(t, lifted);
            }
        }
        v_drop(t, field);
        v_drop(t, name);
        v_drop(t, pair);
    }
    v_drop(t, fields);
    return r;
}
int ctypes_make_anonymous(Thread *t, V class) {
    V names = ctype_attr(t, class, "_anonymous_");
    if (names == V_NULL || v_is_error(names)) return v_is_error(names) ? -1 : 0;
    V tuple = obj_to_tuple(t, names);
    v_drop(t, names);
    if (v_is_error(tuple)) {
        if (!err_matches(t, &exc_TypeError)) return -1;
        err_clear(t);
        err_set(t, &exc_TypeError, "_anonymous_ must be a sequence");
        return -1;
    }
    int r = 0;
    for (size_t i = 0; i < tuple_len(tuple) && r == 0; i++) {
        V name = tuple_borrow(tuple, i), field = obj_getattr(t, class, name);
        if (!v_is_error(field) && !v_is_exact(field, &ctypes_field_type)) {
            err_set(t, &exc_AttributeError, "'%V' is specified in _anonymous_ but not in _fields_", name);
            r = -1;
        } else if (v_is_error(field)) {
            r = -1;
        } else {
            field_of(field)->anonymous = true;
            r = lift_fields(t, class, field, field_of(field)->index, field_of(field)->offset);
        }
        v_drop(t, field);
    }
    v_drop(t, tuple);
    return r;
}
#endif
