// SPDX-License-Identifier: MIT
// _ctypes: classes that are C types: their descriptions, and what all of them can do.
#include "ctypes_private.h"
#ifdef HAVE_FFI
#include <dlfcn.h>
#include <stddef.h>

// ---- descriptions -------------------------------------------------------------------------------------------------------------
void ctype_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    type_type.traverse(t, o, visit, arg);
    VISIT(((CType *)o)->info);
}
static void info_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    TypeInfo *info = (TypeInfo *)o;
    VISIT(info->item);
    VISIT(info->arrays);
    VISIT(info->fields);
    VISIT(info->argtypes);
    VISIT(info->converters);
    VISIT(info->restype);
    VISIT(info->checker);
}
static void info_free(Thread *t, Obj *o) {
    (void)t;
    TypeInfo *info = (TypeInfo *)o;
    mem_free(info->format);
    mem_free(info->shape);
    mem_free(info->own_ffi.elements);
}
Type ctypes_info_type = {
    TYPE_HEAD("_ctypes.TypeInfo"), .base = &object_type, .size = sizeof(TypeInfo), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = info_traverse, .free_ = info_free,
};

TypeInfo *ctype_info(V class) {
    if (v_type(class)->traverse != ctype_traverse) return NULL;
    V info = slot_peek(&((CType *)v_obj(class))->info);
    return info == V_NULL || !((TypeInfo *)v_obj(info))->complete ? NULL : (TypeInfo *)v_obj(info);
}
TypeInfo *ctype_info_of(V instance) { return ctype_info(v_from_type(v_type(instance))); }
V ctype_attr(Thread *t, V class, const char *name) {
    V text = str_from_cstr(t, name), r = v_is_error(text) ? V_ERROR : obj_lookup_attr(t, class, text);
    v_drop(t, text);
    return r;
}
int ctype_set_format(Thread *t, TypeInfo *info, const char *format) {
    size_t n = strlen(format) + 1;
    char *copy = mem_alloc(t, n);
    if (!copy) {
        err_no_memory(t);
        return -1;
    }
    mem_free(info->format);
    info->format = memcpy(copy, format, n);
    return 0;
}
V ctype_new_class(Thread *t, Type *meta, const V *args, size_t nargs, V kwnames, CKind kind, TypeInfo **info) {
    *info = NULL;
    V class = type_type.new_(t, meta, args, nargs, kwnames);
    if (v_is_error(class)) return V_ERROR;
    CType *c = (CType *)v_obj(class);
    if (slot_peek(&c->info) != V_NULL) return class; // a base's metaclass has made it
    V made = type_alloc(t, &ctypes_info_type, 0);
    if (v_is_error(made)) {
        v_drop(t, class);
        return V_ERROR;
    }
    *info = (TypeInfo *)v_obj(made);
    (*info)->kind = kind;
    slot_set_steal(t, v_obj(class), &c->info, made);
    return class;
}
bool ctype_is_simple_subclass(V class) {
    TypeInfo *info = ctype_info(class);
    return info && info->kind == C_SIMPLE && v_as_type(class)->base != &ctypes_simple_type.type;
}

// ---- arguments ------------------------------------------------------------------------------------------------------------------
V ctype_as_parameter(Thread *t, V class, V value) {
    V stands_for = obj_lookup_attr(t, value, NAME(_as_parameter_));
    if (stands_for == V_NULL || v_is_error(stands_for)) return stands_for;
    if (recursion_enter(t, " while processing _as_parameter_") < 0) {
        v_drop(t, stands_for);
        return V_ERROR;
    }
    V r = obj_call_method1(t, class, NAME(from_param), stands_for);
    recursion_leave(t);
    v_drop(t, stands_for);
    return r;
}
NATIVE(ctype_from_param) { // structs, unions, arrays, functions
    (void)nargs, (void)kwnames;
    V value = args[0];
    int is = obj_isinstance(t, value, self);
    if (is) return is < 0 ? V_ERROR : v_dup(value);
    if (v_is_exact(value, &ctypes_arg_type)) {
        V target = slot_peek(&carg_of(value)->keep); // a reference to what this type points to
        TypeInfo *info = ctype_info(self);
        V item = info ? slot_peek(&info->item) : V_NULL;
        is = target == V_NULL || item == V_NULL ? 0 : obj_isinstance(t, target, item);
        if (is) return is < 0 ? V_ERROR : v_dup(value);
        return err_set(t, &exc_TypeError, "expected %N instance instead of pointer to %T", v_as_type(self), target == V_NULL ? V_NONE : target);
    }
    V r = ctype_as_parameter(t, self, value);
    return r == V_NULL ? err_set(t, &exc_TypeError, "expected %N instance instead of %T", v_as_type(self), value) : r;
}

// ---- memory from elsewhere --------------------------------------------------------------------------------------------------------
static TypeInfo *concrete(Thread *t, V class) {
    TypeInfo *info = ctype_info(class);
    if (!info) err_set(t, &exc_TypeError, "abstract class");
    return info;
}
NATIVE(ctype_from_address) {
    (void)nargs, (void)kwnames;
    if (!v_is_any_int(args[0])) return err_set(t, &exc_TypeError, "integer expected");
    if (!concrete(t, self)) return V_ERROR;
    return cdata_at(t, self, V_NULL, 0, (void *)(uintptr_t)int_as_u64_mask(args[0]));
}
static int offset_arg(Thread *t, V v, ptrdiff_t *out) {
    *out = 0;
    if (v != V_NULL && num_as_ssize(t, v, &exc_OverflowError, out) < 0) return -1;
    if (*out >= 0) return 0;
    err_set(t, &exc_ValueError, "offset cannot be negative");
    return -1;
}
static int check_room(Thread *t, ptrdiff_t len, ptrdiff_t offset, const TypeInfo *info) {
    if (offset <= len && (size_t)(len - offset) >= info->size) return 0;
    err_set(t, &exc_ValueError, "Buffer size too small (%zd instead of at least %zd bytes)", len, (ptrdiff_t)info->size + offset);
    return -1;
}
NATIVE(ctype_from_buffer) { // object, offset=0
    (void)nargs, (void)kwnames;
    TypeInfo *info = concrete(t, self);
    ptrdiff_t offset;
    if (!info || offset_arg(t, args[1], &offset) < 0) return V_ERROR;
    V view_object = memoryview_from_object(t, args[0]);
    if (v_is_error(view_object)) return V_ERROR;
    Buffer view;
    V r = V_ERROR;
    if (buffer_get(t, view_object, &view, BUF_SIMPLE) < 0) {
        if (err_matches(t, &exc_BufferError)) {
            err_clear(t);
            err_set(t, &exc_TypeError, "underlying buffer is not C contiguous");
        }
    } else {
        char *p = view.data;
        bool readonly = view.readonly;
        ptrdiff_t len = view.len;
        buffer_release(t, &view); // the memoryview still holds it
        if (readonly) err_set(t, &exc_TypeError, "underlying buffer is not writable");
        else if (check_room(t, len, offset, info) == 0) r = cdata_at(t, self, V_NULL, 0, p + offset);
        if (!v_is_error(r) && cdata_keep_steal(t, r, -1, v_dup(view_object)) < 0) {
            v_drop(t, r);
            r = V_ERROR;
        }
    }
    v_drop(t, view_object);
    return r;
}
NATIVE(ctype_from_buffer_copy) { // buffer, offset=0
    (void)nargs, (void)kwnames;
    TypeInfo *info = concrete(t, self);
    ptrdiff_t offset;
    Buffer view;
    if (!info || offset_arg(t, args[1], &offset) < 0 || buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    V r = check_room(t, view.len, offset, info) < 0 ? V_ERROR : cdata_copy_from(t, self, (char *)view.data + offset);
    buffer_release(t, &view);
    return r;
}
NATIVE(ctype_in_dll) { // dll, name
    (void)nargs, (void)kwnames;
    if (!v_is_str(args[1])) return err_bad_argument(t, "in_dll", "argument 2", "str", args[1]);
    const char *name = str_cstr(t, args[1]);
    if (!name || !concrete(t, self)) return V_ERROR;
    V handle = obj_getattr(t, args[0], NAME(_handle));
    if (v_is_error(handle)) return V_ERROR;
    if (!v_is_any_int(handle)) {
        v_drop(t, handle);
        return err_set(t, &exc_TypeError, "the _handle attribute of the second argument must be an integer");
    }
    void *address = dlsym((void *)(uintptr_t)int_as_u64_mask(handle), name);
    v_drop(t, handle);
    if (!address) return err_set(t, &exc_ValueError, "%s", dlerror());
    return cdata_at(t, self, V_NULL, 0, address);
}

V ctype_repeat(Thread *t, V class, V n_value) {
    ptrdiff_t n;
    if (num_as_ssize(t, n_value, &exc_OverflowError, &n) < 0) return V_ERROR;
    if (n < 0) return err_set(t, &exc_ValueError, "Array length must be >= 0, not %zd", n);
    return ctype_array_of(t, class, n);
}

// ---- passing by value ---------------------------------------------------------------------------------------------------------------
// The library wants the parts of a struct; an array in it is a struct of equal parts.
static ffi_type *part_ffi(Thread *t, V class) {
    TypeInfo *info = ctype_info(class);
    return info ? ctype_ffi(t, info) : (err_set(t, &exc_TypeError, "has no _stginfo_"), NULL);
}
ffi_type *ctype_ffi(Thread *t, TypeInfo *info) {
    CRITICAL(t, &info->head);
    if (info->ffi) return info->ffi;
    if (info->has_union || info->has_bits) {
        err_set(t, &exc_TypeError, info->has_union ? "a union cannot be passed by value" : "a struct with a bit field cannot be passed by value");
        return NULL;
    }
    size_t n = info->kind == C_ARRAY ? (size_t)info->length : tuple_len(slot_peek(&info->fields));
    ffi_type **parts = mem_calloc(t, n + 1, sizeof *parts);
    if (!parts) {
        err_no_memory(t);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        parts[i] = part_ffi(t, info->kind == C_ARRAY ? slot_peek(&info->item) : tuple_borrow(slot_peek(&info->fields), i));
        if (parts[i]) continue;
        mem_free(parts);
        return NULL;
    }
    if (info->ffi) { // waiting for the lock of a part lets this one go: another thread was faster
        mem_free(parts);
        return info->ffi;
    }
    info->own_ffi = (ffi_type){.size = info->size, .alignment = (unsigned short)info->align, .type = FFI_TYPE_STRUCT, .elements = parts};
    info->ffi = &info->own_ffi;
    return info->ffi;
}
#endif
