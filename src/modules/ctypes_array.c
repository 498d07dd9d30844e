// SPDX-License-Identifier: MIT
// _ctypes: arrays.
#include "ctypes_private.h"
#ifdef HAVE_FFI

static V item_of(V self) { return slot_peek(&ctype_info_of(self)->item); }
static size_t item_size(V self) { return ctype_info(item_of(self))->size; }
static ptrdiff_t length_of(V self) { return ctype_info_of(self)->length; }
static char item_letter(V self) { // of simple items; 0
    TypeInfo *item = ctype_info(item_of(self));
    return item->kind == C_SIMPLE ? item->code->letter : 0;
}

// ---- classes --------------------------------------------------------------------------------------------------------------------
static int length_arg(Thread *t, V class, ptrdiff_t *out) {
    V v = ctype_attr(t, class, "_length_");
    int r = -1;
    if (v == V_NULL) err_set(t, &exc_AttributeError, "class must define a '_length_' attribute");
    else if (!v_is_error(v) && !v_is_any_int(v)) err_set(t, &exc_TypeError, "The '_length_' attribute must be an integer");
    else if (!v_is_error(v) && int_sign(v) < 0) err_set(t, &exc_ValueError, "The '_length_' attribute must not be negative");
    else if (!v_is_error(v) && int_bit_length(v) > 63) err_set(t, &exc_OverflowError, "The '_length_' attribute is too large");
    else if (!v_is_error(v)) r = num_as_ssize(t, v, &exc_OverflowError, out);
    v_drop(t, v);
    return r;
}
static int describe(Thread *t, TypeInfo *info, V item_class, ptrdiff_t n) {
    TypeInfo *item = ctype_info(item_class);
    if (!item) {
        err_set(t, &exc_TypeError, "_type_ must have storage info");
        return -1;
    }
    if (__builtin_mul_overflow(item->size, (size_t)n, &info->size) || info->size > PTRDIFF_MAX) {
        err_set(t, &exc_OverflowError, "array too large");
        return -1;
    }
    at_store_relaxed(&item->final, true);
    info->length = n;
    info->align = item->align;
    info->has_union = item->has_union;
    info->has_bits = item->has_bits;
    info->has_pointer = item->has_pointer || item->kind == C_POINTER;
    info->swapped = item->swapped;
    info->ndim = item->ndim + 1;
    info->shape = mem_alloc(t, 2 * (size_t)info->ndim * sizeof *info->shape);
    if (!info->shape) {
        err_no_memory(t);
        return -1;
    }
    ptrdiff_t *strides = info->shape + info->ndim;
    info->shape[0] = n;
    strides[0] = (ptrdiff_t)item->size;
    for (int i = 0; i < item->ndim; i++) {
        info->shape[i + 1] = item->shape[i];
        strides[i + 1] = item->shape[item->ndim + i];
    }
    slot_set(t, &info->head, &info->item, item_class);
    info->complete = true;
    return ctype_set_format(t, info, item->format ? item->format : "B");
}
static V get_value(Thread *t, V self, void *closure) {
    (void)closure;
    bool wide = item_letter(self) == 'u';
    return (wide ? ctypes_wide_field : ctypes_text_field).get(t, cdata_p(self), cdata_of(self)->size);
}
static int set_value(Thread *t, V self, V value, void *closure) {
    (void)closure;
    size_t size = cdata_of(self)->size;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "cannot delete attribute");
    } else if (item_letter(self) == 'u') {
        if (v_is_str(value) && str_len(value) > size / sizeof(wchar_t)) err_set(t, &exc_ValueError, "string too long");
        else ctypes_wide_field.set(t, cdata_p(self), value, size);
    } else if (!v_is_bytes(value)) {
        err_set(t, &exc_TypeError, "bytes expected instead of %T instance", value);
    } else if (bytes_len(value) > size) {
        err_set(t, &exc_ValueError, "byte string too long");
    } else {
        size_t n = bytes_len(value);
        memory_copy(cdata_p(self), bytes_data(value), n < size ? n + 1 : n);
    }
    return err_pending(t) ? -1 : 0;
}
static V get_raw(Thread *t, V self, void *closure) {
    (void)closure;
    return memory_bytes(t, cdata_p(self), cdata_of(self)->size);
}
static int set_raw(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Buffer view;
    if (value == V_NULL) {
        err_set(t, &exc_AttributeError, "cannot delete attribute");
        return -1;
    }
    if (buffer_get(t, value, &view, BUF_SIMPLE) < 0) return -1;
    bool fits = (size_t)view.len <= cdata_of(self)->size;
    if (fits) memory_move(cdata_p(self), view.data, (size_t)view.len);
    else err_set(t, &exc_ValueError, "byte string too long");
    buffer_release(t, &view);
    return fits ? 0 : -1;
}
static const GetSet text_getsets[] = {{"value", get_value, set_value, "string value", NULL}, {"raw", get_raw, set_raw, "value", NULL}};
static int add_text_attributes(Thread *t, V class, char letter) { // only arrays of characters have them
    int n = letter == 'c' ? 2 : letter == 'u' ? 1 : 0;
    for (int i = 0; i < n; i++) {
        V descr = getset_descr_new(t, v_as_type(class), &text_getsets[i]);
        int r = v_is_error(descr) ? -1 : obj_setattr_c(t, class, text_getsets[i].name, descr);
        v_drop(t, descr);
        if (r < 0) return -1;
    }
    return 0;
}
static V array_meta_new(Thread *t, Type *meta, const V *args, size_t nargs, V kwnames) {
    TypeInfo *info;
    V class = ctype_new_class(t, meta, args, nargs, kwnames, C_ARRAY, &info);
    if (v_is_error(class) || !info) return class;
    ptrdiff_t n;
    int r = length_arg(t, class, &n);
    V item = r < 0 ? V_ERROR : ctype_attr(t, class, "_type_");
    if (item == V_NULL) err_set(t, &exc_AttributeError, "class must define a '_type_' attribute");
    r = item == V_NULL || v_is_error(item) ? -1 : describe(t, info, item, n);
    if (r == 0) {
        TypeInfo *of = ctype_info(item);
        r = add_text_attributes(t, class, of->kind == C_SIMPLE ? of->code->letter : 0);
    }
    v_drop(t, item);
    if (r == 0) return class;
    v_drop(t, class);
    return V_ERROR;
}
static V make_array_class(Thread *t, V item, ptrdiff_t n) {
    V name = str_from_format(t, "%N_Array_%zd", v_as_type(item), n), dict = dict_new(t), bases = tuple_pack(t, 1, v_from_type(&ctypes_array_type.type));
    V class = V_ERROR;
    if (!v_is_error(name) && !v_is_error(dict) && !v_is_error(bases) && dict_set_c_steal(t, dict, "_length_", int_from_i64(t, n)) == 0 &&
        dict_set_c(t, dict, "_type_", item) == 0)
        class = obj_call3(t, v_from_type(&ctypes_array_meta), name, bases, dict);
    v_drop(t, bases);
    v_drop(t, dict);
    v_drop(t, name);
    return class;
}
static V known_array(Thread *t, V arrays, V key) { // V_NULL: none, or no more
    V ref = arrays == V_NULL ? V_NULL : dict_get(t, arrays, key);
    if (ref == V_NULL || v_is_error(ref)) return ref;
    V class = weakref_get(t, ref);
    v_drop(t, ref);
    return class == V_NONE ? V_NULL : class;
}
static V remember_array_steal(Thread *t, TypeInfo *item, V key, V class) { // the class; or another thread's, which was faster
    V ref = weakref_new(t, class, V_NONE);
    CRITICAL(t, &item->head);
    if (slot_peek(&item->arrays) == V_NULL) {
        V fresh = dict_new(t);
        if (!v_is_error(fresh)) slot_set_steal(t, &item->head, &item->arrays, fresh);
    }
    V arrays = slot_peek(&item->arrays), known = v_is_error(ref) || arrays == V_NULL ? V_ERROR : known_array(t, arrays, key);
    if (known == V_NULL) known = dict_set(t, arrays, key, ref) < 0 ? V_ERROR : v_dup(class);
    v_drop(t, ref);
    v_drop(t, class);
    return known;
}
V ctype_array_of(Thread *t, V item, ptrdiff_t n) {
    TypeInfo *info = ctype_info(item);
    V key = info ? int_from_i64(t, n) : err_set(t, &exc_TypeError, "_type_ must have storage info");
    if (v_is_error(key)) return V_ERROR;
    V class = known_array(t, slot_peek(&info->arrays), key);
    if (class == V_NULL) {
        class = make_array_class(t, item, n);
        if (!v_is_error(class)) class = remember_array_steal(t, info, key, class);
    }
    v_drop(t, key);
    return class;
}

// ---- items ----------------------------------------------------------------------------------------------------------------------
static V array_item(Thread *t, V self, ptrdiff_t i) {
    if (i < 0 || i >= length_of(self)) return err_set(t, &exc_IndexError, "invalid index");
    size_t size = item_size(self);
    return cdata_load(t, item_of(self), self, i, NULL, size, cdata_p(self) + (size_t)i * size);
}
static int array_store(Thread *t, V self, ptrdiff_t i, V value) {
    if (i < 0 || i >= length_of(self)) {
        err_set(t, &exc_IndexError, "invalid index");
        return -1;
    }
    size_t size = item_size(self);
    return cdata_store(t, self, item_of(self), NULL, value, i, size, cdata_p(self) + (size_t)i * size);
}
static V slice_value(Thread *t, V self, ptrdiff_t start, ptrdiff_t step, ptrdiff_t n) {
    const char *p = cdata_p(self);
    if (item_letter(self) == 'c') {
        V bytes = bytes_new(t, (size_t)n);
        for (ptrdiff_t i = 0; !v_is_error(bytes) && i < n; i++) memory_get(bytes_data(bytes) + i, p + start + i * step, 1);
        return bytes;
    }
    if (item_letter(self) == 'u') {
        wchar_t *text = mem_alloc(t, ((size_t)n + 1) * sizeof *text);
        if (!text) return err_no_memory(t);
        for (ptrdiff_t i = 0; i < n; i++) memory_get(&text[i], p + (size_t)(start + i * step) * sizeof *text, sizeof *text);
        V str = ctypes_wide_text(t, text, n);
        mem_free(text);
        return str;
    }
    V list = list_with_capacity(t, (size_t)n);
    for (ptrdiff_t i = 0; !v_is_error(list) && i < n; i++) {
        V item = array_item(t, self, start + i * step);
        if (!v_is_error(item) && list_append_steal(t, list, item) == 0) continue;
        v_drop(t, list);
        return V_ERROR;
    }
    return list;
}
static int index_of(Thread *t, V self, V key, ptrdiff_t *out) {
    if (num_as_ssize(t, key, &exc_IndexError, out) < 0) return -1;
    if (*out < 0) *out += length_of(self);
    return 0;
}
static int slice_of(Thread *t, V self, V key, ptrdiff_t *start, ptrdiff_t *step, ptrdiff_t *n) {
    ptrdiff_t stop;
    if (slice_unpack(t, key, start, &stop, step) < 0) return -1;
    *n = slice_adjust(length_of(self), start, &stop, *step);
    return 0;
}
static bool has_index(V key) { return v_type(key)->index != NULL; }
static V array_subscript(Thread *t, V self, V key) {
    ptrdiff_t i, step, n;
    if (has_index(key)) return index_of(t, self, key, &i) < 0 ? V_ERROR : array_item(t, self, i);
    if (!v_is_exact(key, &slice_type)) return err_set(t, &exc_TypeError, "indices must be integers");
    return slice_of(t, self, key, &i, &step, &n) < 0 ? V_ERROR : slice_value(t, self, i, step, n);
}
static int array_set_subscript(Thread *t, V self, V key, V value) {
    ptrdiff_t i, step, n;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "Array does not support item deletion");
        return -1;
    }
    if (has_index(key)) return index_of(t, self, key, &i) < 0 ? -1 : array_store(t, self, i, value);
    if (!v_is_exact(key, &slice_type)) {
        err_set(t, &exc_TypeError, "indices must be integer");
        return -1;
    }
    if (slice_of(t, self, key, &i, &step, &n) < 0) return -1;
    ptrdiff_t given = obj_len(t, value);
    if (given < 0) return -1;
    if (given != n) {
        err_set(t, &exc_ValueError, "Can only assign sequence of same size");
        return -1;
    }
    for (ptrdiff_t k = 0; k < n; k++) {
        V item = obj_getitem(t, value, v_from_int(k));
        int r = v_is_error(item) ? -1 : array_store(t, self, i + k * step, item);
        v_drop(t, item);
        if (r < 0) return -1;
    }
    return 0;
}
static ptrdiff_t array_len(Thread *t, V self) {
    (void)t;
    return length_of(self);
}
static int array_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (args_no_keywords(t, "__init__", kwnames) < 0) return -1;
    for (size_t i = 0; i < nargs; i++) {
        if (array_store(t, self, (ptrdiff_t)i, args[i]) < 0) return -1;
    }
    return 0;
}
static const Method array_meta_methods[] = {CTYPE_METHODS(ctype_from_param), METHOD_END};
static const Method array_methods[] = {{"__class_getitem__", generic_alias_class_getitem, "object, /", 0, M_CLASS, "See PEP 585"}, METHOD_END};
Type ctypes_array_meta = CTYPE_META("_ctypes.PyCArrayType", array_meta_new, array_meta_methods);
CType ctypes_array_type = {.type = {
    CTYPE_HEAD("_ctypes.Array", ctypes_array_meta), .base = &ctypes_data_type.type, .size = sizeof(CData), .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE,
    .doc = "Items of one type, one behind the other.", CDATA_SLOTS, .init = array_init, .len = array_len, .item = array_item, .subscript = array_subscript,
    .set_subscript = array_set_subscript, .methods = array_methods,
}};
#endif
