// SPDX-License-Identifier: MIT
// _ctypes: instances: their memory, what it keeps alive, the buffer protocol, pickling.
#include "ctypes_private.h"
#ifdef HAVE_FFI
#include <stddef.h>
#include <stdio.h>

bool is_cdata(V v) { return v_is_object(v) && type_is_subtype(v_obj(v)->type, &ctypes_data_type.type); }

// Many threads make instances of one class: it is written once.
static void type_in_use(TypeInfo *info) {
    if (!at_load_relaxed(&info->final)) at_store_relaxed(&info->final, true);
}

// ---- making one -----------------------------------------------------------------------------------------------------------------
V cdata_new(Thread *t, Type *class) {
    TypeInfo *info = ctype_info(v_from_type(class));
    if (!info) return err_set(t, &exc_TypeError, "abstract class");
    V self = type_alloc(t, class, 0);
    if (v_is_error(self)) return V_ERROR;
    CData *d = cdata_of(self);
    type_in_use(info);
    d->p = info->size <= sizeof d->small ? d->small : mem_calloc(t, 1, info->size);
    d->size = info->size;
    d->owned = true;
    if (d->p) return self;
    d->owned = false;
    v_drop(t, self);
    return err_no_memory(t);
}
V cdata_new_slot(Thread *t, Type *class, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    return cdata_new(t, class);
}
V cdata_at(Thread *t, V class, V base, ptrdiff_t index, void *p) {
    TypeInfo *info = ctype_info(class);
    if (!info) return err_set(t, &exc_TypeError, "abstract class");
    V self = type_alloc(t, v_as_type(class), 0);
    if (v_is_error(self)) return V_ERROR;
    CData *d = cdata_of(self);
    type_in_use(info);
    d->p = p;
    d->size = info->size;
    d->index = index;
    slot_init(t, v_obj(self), &d->base, base);
    return self;
}
V cdata_copy_from(Thread *t, V class, const void *p) {
    V self = cdata_new(t, v_as_type(class));
    if (!v_is_error(self)) memory_copy(cdata_p(self), p, cdata_of(self)->size);
    return self;
}
void cdata_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((CData *)o)->base);
    VISIT(((CData *)o)->keep);
}
void cdata_free(Thread *t, Obj *o) {
    (void)t;
    CData *d = (CData *)o;
    if (d->owned && d->p != d->small) mem_free(d->p);
}

// ---- what memory refers to --------------------------------------------------------------------------------------------------------
static V root_of(V self) { // whose memory it is, in the end: borrowed
    for (V base; (base = slot_peek(&cdata_of(self)->base)) != V_NULL;) self = base;
    return self;
}
static V key_of(Thread *t, V self, ptrdiff_t index) { // where, from the inside to the outside: "1:0"
    char text[256];
    int n = snprintf(text, sizeof text, "%x", (unsigned)index);
    for (V base; (base = slot_peek(&cdata_of(self)->base)) != V_NULL; self = base) {
        if (n + 17 > (int)sizeof text) return err_set(t, &exc_ValueError, "ctypes object structure too deep");
        n += snprintf(text + n, sizeof text - (size_t)n, ":%x", (unsigned)cdata_of(self)->index);
    }
    return str_from_utf8(t, text, (size_t)n);
}
V cdata_kept(Thread *t, V self) {
    V root = root_of(self);
    CData *d = cdata_of(root);
    V keep = slot_get(v_obj(root), &d->keep);
    if (keep != V_NULL) return keep;
    TypeInfo *info = ctype_info_of(root);
    if (!info || !info->length) return V_NONE;
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    CRITICAL(t, v_obj(root));
    if (slot_peek(&d->keep) == V_NULL) slot_set(t, v_obj(root), &d->keep, dict);
    v_drop(t, dict);
    return slot_get(v_obj(root), &d->keep);
}
int cdata_keep_steal(Thread *t, V self, ptrdiff_t index, V keep) {
    if (keep == V_NONE) return 0;
    if (v_is_error(keep)) return -1;
    V kept = cdata_kept(t, self), root = root_of(self), key = V_NULL;
    int r = v_is_error(kept) ? -1 : 0;
    if (r == 0 && !v_is_exact(kept, &dict_type)) {
        slot_set(t, v_obj(root), &cdata_of(root)->keep, keep);
    } else if (r == 0) {
        key = key_of(t, self, index);
        r = v_is_error(key) ? -1 : dict_set(t, kept, key, keep);
    }
    v_drop(t, key);
    v_drop(t, kept);
    v_drop(t, keep);
    return r;
}

// ---- reading and writing a part -------------------------------------------------------------------------------------------------------
V cdata_load(Thread *t, V class, V base, ptrdiff_t index, const Code *code, size_t size, void *p) {
    if (code) return code->get(t, p, size);
    TypeInfo *info = ctype_info(class);
    if (info && info->kind == C_SIMPLE && !ctype_is_simple_subclass(class)) return info->code->get(t, p, size);
    return cdata_at(t, class, base, index, p);
}
static V wrong_instance(Thread *t, V class, V value) {
    return err_set(t, &exc_TypeError, "incompatible types, %T instance instead of %N instance", value, v_as_type(class));
}
// A new instance from a tuple of its parts.
static V made_from(Thread *t, V class, V value) {
    V made = obj_call_tuple(t, class, value, V_NULL);
    if (!v_is_error(made)) return made;
    V exc = err_fetch(t), text = obj_str(t, exc);
    if (!v_is_error(text)) err_set(t, &exc_RuntimeError, "(%N) %N: %V", v_as_type(class), v_type(exc), text);
    v_drop(t, text);
    v_drop(t, exc);
    return V_ERROR;
}
static V store_instance(Thread *t, V class, V value, void *p) { // what is to be kept
    TypeInfo *to = ctype_info(class), *from = ctype_info_of(value);
    int same = obj_isinstance(t, value, class);
    if (same < 0) return V_ERROR;
    if (same) {
        memory_move(p, cdata_p(value), to->size);
        return cdata_kept(t, value);
    }
    if (!to || to->kind != C_POINTER || !from || from->kind != C_ARRAY) return wrong_instance(t, class, value);
    if (slot_peek(&to->item) != slot_peek(&from->item)) return wrong_instance(t, class, value);
    void *address = cdata_p(value); // an array becomes the address of its first item; it is kept with what it keeps
    memory_set(p, &address, sizeof address);
    V kept = cdata_kept(t, value);
    return v_is_error(kept) ? V_ERROR : tuple_pack_steal(t, 2, kept, v_dup(value));
}
static V store(Thread *t, V class, const Code *code, V value, size_t size, void *p) {
    if (code) return code->set(t, p, value, size);
    TypeInfo *info = ctype_info(class);
    if (is_cdata(value)) return store_instance(t, class, value, p);
    if (info && info->kind == C_SIMPLE) return info->code->set(t, p, value, size);
    if (info && info->kind == C_POINTER && value == V_NONE) {
        memset(p, 0, sizeof(void *));
        return V_NONE;
    }
    if (!v_is_tuple(value)) return err_set(t, &exc_TypeError, "expected %N instance, got %T", v_as_type(class), value);
    V made = made_from(t, class, value);
    V keep = v_is_error(made) ? V_ERROR : store_instance(t, class, made, p);
    v_drop(t, made);
    return keep;
}
int cdata_store(Thread *t, V self, V class, const Code *code, V value, ptrdiff_t index, size_t size, void *p) {
    return cdata_keep_steal(t, self, index, store(t, class, code, value, size, p));
}

// ---- buffers ------------------------------------------------------------------------------------------------------------------------
int cdata_get_buffer(Thread *t, V self, Buffer *view, int flags) {
    (void)t, (void)flags;
    TypeInfo *info = ctype_info_of(self), *item = info;
    while (item->kind == C_ARRAY && ctype_info(slot_peek(&item->item))) item = ctype_info(slot_peek(&item->item));
    *view = (Buffer){
        .data = cdata_p(self), .owner = v_own(v_dup(self)), .len = (ptrdiff_t)at_load_relaxed(&cdata_of(self)->size), .readonly = false,
        .format = info->format ? info->format : "B", .ndim = info->ndim, .shape = info->shape, .strides = info->shape ? info->shape + info->ndim : NULL,
        .item_size = (ptrdiff_t)item->size,
    };
    return 0;
}

// ---- methods ------------------------------------------------------------------------------------------------------------------------
static NATIVE(cdata_from_outparam) {
    UNUSED_NATIVE();
    return v_dup(self);
}
static NATIVE(cdata_reduce) {
    UNUSED_NATIVE();
    TypeInfo *info = ctype_info_of(self);
    if (info->has_pointer) return err_set(t, &exc_ValueError, "ctypes objects containing pointers cannot be pickled");
    V dict = obj_getattr(t, self, NAME(__dict__)), unpickle = v_is_error(dict) ? V_ERROR : import_attr_c(t, "_ctypes", "_unpickle");
    if (v_is_error(unpickle)) {
        v_drop(t, dict);
        return V_ERROR;
    }
    V state = tuple_pack_steal(t, 2, dict, memory_bytes(t, cdata_p(self), cdata_of(self)->size));
    return tuple_pack_steal(t, 2, unpickle, tuple_pack_steal(t, 2, v_from_type(v_type(self)), state));
}
static NATIVE(cdata_setstate) { // dict, bytes
    (void)nargs, (void)kwnames;
    if (!v_is_dict(args[0])) return err_set(t, &exc_TypeError, "%.200T.__dict__ must be a dictionary, not %.200T", self, args[0]);
    Buffer view;
    if (buffer_get(t, args[1], &view, BUF_SIMPLE) < 0) return V_ERROR;
    size_t n = (size_t)view.len, size = cdata_of(self)->size;
    memory_move(cdata_p(self), view.data, n < size ? n : size);
    buffer_release(t, &view);
    V dict = obj_getattr(t, self, NAME(__dict__));
    int r = v_is_error(dict) ? -1 : dict_update(t, dict, args[0]);
    v_drop(t, dict);
    return r < 0 ? V_ERROR : V_NONE;
}
static const Method cdata_methods[] = {
    {"__ctypes_from_outparam__", cdata_from_outparam, "", 0, 0, NULL}, {"__reduce__", cdata_reduce, "", 0, 0, NULL},
    {"__setstate__", cdata_setstate, "dict, bytes, /", 0, 0, NULL}, METHOD_END,
};
static const Member cdata_members[] = {
    {"_b_base_", MEMBER_SLOT_OR_NONE, offsetof(CData, base), true, "the instance whose memory this is a part of"},
    {"_b_needsfree_", MEMBER_BOOL, offsetof(CData, owned), true, "whether the memory is the instance's own"},
    {"_objects", MEMBER_SLOT_OR_NONE, offsetof(CData, keep), true, "what the memory refers to"}, {0},
};
CType ctypes_data_type = {.type = {
    TYPE_HEAD("_ctypes._CData"), .base = &object_type, .size = sizeof(CData), .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE,
    .traverse = cdata_traverse, .free_ = cdata_free, .get_buffer = cdata_get_buffer, .hash = obj_hash_unhashable, .methods = cdata_methods,
    .members = cdata_members,
}};
#endif
