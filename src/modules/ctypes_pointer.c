// SPDX-License-Identifier: MIT
// _ctypes: pointers.
#include "ctypes_private.h"
#ifdef HAVE_FFI

static Slot pointer_cache; // dict {class: POINTER(class)}; an incomplete one under its id
static void *address_of(V self) {
    void *p;
    memory_get(&p, cdata_p(self), sizeof p);
    return p;
}

// ---- classes --------------------------------------------------------------------------------------------------------------------
static int set_item(Thread *t, TypeInfo *info, V item) {
    if (!v_is_type(item)) {
        err_set(t, &exc_TypeError, "_type_ must be a type");
        return -1;
    }
    if (v_type(item)->traverse != ctype_traverse) {
        err_set(t, &exc_TypeError, "_type_ must have storage info");
        return -1;
    }
    slot_set(t, &info->head, &info->item, item);
    TypeInfo *of = ctype_info(item);
    const char *pointed = of && of->format ? of->format : "B";
    V format = V_ERROR;
    if (of && of->ndim) { // its shape stands before an array's items
        V shape = str_from_format(t, "(%zd", of->shape[0]);
        for (int i = 1; i < of->ndim && !v_is_error(shape); i++) {
            V longer = str_from_format(t, "%V,%zd", shape, of->shape[i]);
            v_drop(t, shape);
            shape = longer;
        }
        format = v_is_error(shape) ? V_ERROR : str_from_format(t, "&%V)%s", shape, pointed);
        v_drop(t, shape);
    } else {
        format = str_from_format(t, "&%s", pointed);
    }
    int r = v_is_error(format) ? -1 : ctype_set_format(t, info, str_data(format));
    v_drop(t, format);
    return r;
}
static V pointer_meta_new(Thread *t, Type *meta, const V *args, size_t nargs, V kwnames) {
    TypeInfo *info;
    V class = ctype_new_class(t, meta, args, nargs, kwnames, C_POINTER, &info);
    if (v_is_error(class) || !info) return class;
    info->size = info->align = sizeof(void *);
    info->length = 1;
    info->ffi = &ffi_type_pointer;
    info->code = NULL;
    info->has_pointer = true;
    V item = type_own_attr_borrow(v_as_type(class), NAME(_type_)); // a base's does not count
    int r = item == V_NULL ? ctype_set_format(t, info, "&B") : set_item(t, info, item);
    info->complete = true;
    if (r == 0) return class;
    v_drop(t, class);
    return V_ERROR;
}
static NATIVE(pointer_set_type) {
    (void)nargs, (void)kwnames;
    TypeInfo *info = ctype_info(self);
    if (!info) return err_set(t, &exc_TypeError, "abstract class");
    if (set_item(t, info, args[0]) < 0) return V_ERROR;
    return obj_setattr(t, self, NAME(_type_), args[0]) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(pointer_from_param) {
    (void)nargs, (void)kwnames;
    V value = args[0];
    TypeInfo *info = ctype_info(self);
    if (value == V_NONE) return V_NONE;
    V item = info ? slot_peek(&info->item) : V_NULL;
    int is = item == V_NULL ? 0 : obj_isinstance(t, value, item);
    if (is < 0) return V_ERROR;
    if (is) { // its address
        V arg = ctypes_arg_new(t, 'P', &ffi_type_pointer, value);
        if (!v_is_error(arg)) carg_of(arg)->value.P = cdata_p(value);
        return arg;
    }
    TypeInfo *given = is_cdata(value) ? ctype_info_of(value) : NULL;
    if (given && (given->kind == C_ARRAY || given->kind == C_POINTER) && item != V_NULL && slot_peek(&given->item) != V_NULL) {
        int fits = obj_issubclass(t, slot_peek(&given->item), item);
        if (fits) return fits < 0 ? V_ERROR : v_dup(value);
    }
    return ctype_from_param(t, self, args, nargs, kwnames);
}

// ---- POINTER and pointer ------------------------------------------------------------------------------------------------------------
static V make_pointer_class(Thread *t, V name_steal, V item) { // item V_NULL: incomplete
    V bases = tuple_pack(t, 1, v_from_type(&ctypes_pointer_type.type)), dict = dict_new(t), class = V_ERROR;
    if (!v_is_error(name_steal) && !v_is_error(bases) && !v_is_error(dict) && (item == V_NULL || dict_set_c(t, dict, "_type_", item) == 0))
        class = obj_call3(t, v_from_type(&ctypes_pointer_meta), name_steal, bases, dict);
    v_drop(t, bases);
    v_drop(t, dict);
    v_drop(t, name_steal);
    return class;
}
static V pointer_to(Thread *t, V class) {
    V cache = slot_peek(&pointer_cache), found = dict_get(t, cache, class);
    if (found != V_NULL) return found;
    V made, key;
    if (v_is_str(class)) {
        made = make_pointer_class(t, str_from_format(t, "LP_%V", class), V_NULL);
        key = v_is_error(made) ? V_ERROR : obj_id(t, made);
    } else if (v_is_type(class)) {
        made = make_pointer_class(t, str_from_format(t, "LP_%N", v_as_type(class)), class);
        key = v_dup(class);
    } else {
        return err_set(t, &exc_TypeError, "must be a ctypes type");
    }
    V kept = v_is_error(made) || v_is_error(key) ? V_ERROR : dict_setdefault(t, cache, key, made); // another thread may have been faster
    v_drop(t, key);
    v_drop(t, made);
    return kept;
}
NATIVE(ctypes_POINTER) {
    (void)self, (void)nargs, (void)kwnames;
    return pointer_to(t, args[0]);
}
NATIVE(ctypes_pointer) {
    (void)self, (void)nargs, (void)kwnames;
    V class = pointer_to(t, v_from_type(v_type(args[0])));
    V r = v_is_error(class) ? V_ERROR : obj_call1(t, class, args[0]);
    v_drop(t, class);
    return r;
}
int ctypes_pointer_start(Thread *t, V module) {
    if (slot_peek(&pointer_cache) == V_NULL) {
        V cache = dict_new(t);
        if (v_is_error(cache)) return -1;
        root_register(&pointer_cache);
        root_set(t, &pointer_cache, cache);
        v_drop(t, cache);
    }
    return module_add(t, module, "_pointer_type_cache", slot_peek(&pointer_cache));
}

// ---- instances ----------------------------------------------------------------------------------------------------------------------
static V pointer_new(Thread *t, Type *class, const V *args, size_t nargs, V kwnames) {
    TypeInfo *info = ctype_info(v_from_type(class));
    if (!info || slot_peek(&info->item) == V_NULL) return err_set(t, &exc_TypeError, "Cannot create instance: has no _type_");
    return cdata_new_slot(t, class, args, nargs, kwnames);
}
static void *target(Thread *t, V self) { // NULL with an exception
    void *p = address_of(self);
    if (slot_peek(&ctype_info_of(self)->item) == V_NULL) {
        err_set(t, &exc_TypeError, "Cannot access contents: has no _type_");
        return NULL;
    }
    if (!p) err_set(t, &exc_ValueError, "NULL pointer access");
    return p;
}
static V get_contents(Thread *t, V self, void *closure) {
    (void)closure;
    void *p = target(t, self);
    return p ? cdata_at(t, slot_peek(&ctype_info_of(self)->item), self, 0, p) : V_ERROR;
}
// Both locks at once, so that of two who store the one keeps what the pointer says.  Who reads what it points to holds self's
// too: what was kept until now goes afterwards.
static int point_to(Thread *t, V self, V kept, V value, V inner) {
    void *p = cdata_p(value);
    CRITICAL2(t, v_obj(self), v_is_object(kept) ? v_obj(kept) : v_obj(self));
    memory_set(cdata_p(self), &p, sizeof p);
    if (cdata_keep_steal(t, self, 1, v_dup(value)) < 0) return -1; // the thing itself, and what it keeps
    return cdata_keep_steal(t, self, 0, v_dup(inner));
}
static int set_contents(Thread *t, V self, V value, void *closure) {
    (void)closure;
    V item = slot_peek(&ctype_info_of(self)->item);
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "Pointer does not support item deletion");
        return -1;
    }
    if (!is_cdata(value)) { // of any type, as in C
        err_set(t, &exc_TypeError, "expected %N instead of %T", v_as_type(item), value);
        return -1;
    }
    V inner = cdata_kept(t, value), kept = v_is_error(inner) ? V_ERROR : cdata_kept(t, self);
    int r = v_is_error(kept) ? -1 : point_to(t, self, kept, value, inner);
    v_drop(t, kept);
    v_drop(t, inner);
    return r;
}
static int pointer_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (args_no_keywords(t, v_type(self)->name, kwnames) < 0 || args_check_count(t, "POINTER", nargs, 0, 1) < 0) return -1;
    return nargs ? set_contents(t, self, args[0], NULL) : 0;
}
static V pointer_item(Thread *t, V self, ptrdiff_t i) {
    CRITICAL(t, v_obj(self));
    char *p = target(t, self);
    if (!p) return V_ERROR;
    V item = slot_peek(&ctype_info_of(self)->item);
    TypeInfo *info = ctype_info(item);
    return cdata_load(t, item, self, i, NULL, info ? info->size : 0, p + i * (ptrdiff_t)(info ? info->size : 0));
}
static int slice_bounds(Thread *t, V key, ptrdiff_t *start, ptrdiff_t *stop, ptrdiff_t *step) { // nothing says how long it is
    Slice *s = (Slice *)v_obj(key);
    V a = slot_peek(&s->start), b = slot_peek(&s->stop), c = slot_peek(&s->step);
    *step = 1;
    *start = 0;
    if (c != V_NONE && num_as_ssize(t, c, &exc_ValueError, step) < 0) return -1;
    if (*step == 0) err_set(t, &exc_ValueError, "slice step cannot be zero");
    else if (a == V_NONE && *step < 0) err_set(t, &exc_ValueError, "slice start is required for step < 0");
    if (err_pending(t) || (a != V_NONE && num_as_ssize(t, a, &exc_ValueError, start) < 0)) return -1;
    if (b != V_NONE) return num_as_ssize(t, b, &exc_ValueError, stop);
    err_set(t, &exc_ValueError, "slice stop is required");
    return -1;
}
static V pointer_slice(Thread *t, V self, V key) {
    ptrdiff_t start, stop, step;
    if (slice_bounds(t, key, &start, &stop, &step) < 0 || !target(t, self)) return V_ERROR;
    ptrdiff_t n = step > 0 ? (stop > start ? (stop - start - 1) / step + 1 : 0) : (stop < start ? (stop - start + 1) / step + 1 : 0);
    TypeInfo *item = ctype_info(slot_peek(&ctype_info_of(self)->item));
    char letter = item && item->kind == C_SIMPLE ? item->code->letter : 0;
    V parts = list_with_capacity(t, (size_t)n);
    for (ptrdiff_t i = 0; !v_is_error(parts) && i < n; i++) {
        V part = pointer_item(t, self, start + i * step);
        if (!v_is_error(part) && list_append_steal(t, parts, part) == 0) continue;
        v_drop(t, parts);
        parts = V_ERROR;
    }
    if (v_is_error(parts) || (letter != 'c' && letter != 'u')) return parts;
    V text = letter == 'c' ? bytes_join(t, bytes_empty(), parts) : str_join(t, str_empty(), parts);
    v_drop(t, parts);
    return text;
}
static V pointer_subscript(Thread *t, V self, V key) {
    ptrdiff_t i;
    if (v_type(key)->index) return num_as_ssize(t, key, &exc_IndexError, &i) < 0 ? V_ERROR : pointer_item(t, self, i);
    if (v_is_exact(key, &slice_type)) return pointer_slice(t, self, key);
    return err_set(t, &exc_TypeError, "Pointer indices must be integer");
}
static int pointer_set_subscript(Thread *t, V self, V key, V value) {
    ptrdiff_t i;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "Pointer does not support item deletion");
        return -1;
    }
    if (!v_type(key)->index) {
        err_set(t, &exc_TypeError, "Pointer does not support slice assignment");
        return -1;
    }
    if (num_as_ssize(t, key, &exc_IndexError, &i) < 0) return -1;
    CRITICAL(t, v_obj(self));
    char *p = target(t, self);
    if (!p) return -1;
    V item = slot_peek(&ctype_info_of(self)->item);
    TypeInfo *info = ctype_info(item);
    size_t size = info ? info->size : 0;
    return cdata_store(t, self, item, NULL, value, i, size, p + i * (ptrdiff_t)size);
}
static int pointer_bool(Thread *t, V self) {
    (void)t;
    return address_of(self) != NULL;
}
static const GetSet pointer_getsets[] = {{"contents", get_contents, set_contents, "the object this pointer points to (read-write)", NULL}, {0}};
static const Method pointer_meta_methods[] = {
    CTYPE_METHODS(pointer_from_param), {"set_type", pointer_set_type, "type, /", 0, 0, "Say what an incomplete pointer points to."}, METHOD_END,
};
Type ctypes_pointer_meta = CTYPE_META("_ctypes.PyCPointerType", pointer_meta_new, pointer_meta_methods);
CType ctypes_pointer_type = {.type = {
    CTYPE_HEAD("_ctypes._Pointer", ctypes_pointer_meta), .base = &ctypes_data_type.type, .size = sizeof(CData),
    .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE, .doc = "The address of something.", .traverse = cdata_traverse, .free_ = cdata_free,
    .get_buffer = cdata_get_buffer, .new_ = pointer_new, .init = pointer_init, .item = pointer_item, .subscript = pointer_subscript,
    .set_subscript = pointer_set_subscript, .bool_ = pointer_bool, .getsets = pointer_getsets,
}};
#endif
