// SPDX-License-Identifier: MIT
// Module _pickle: PickleBuffer, a buffer that a pickle may leave to be sent some other way.
#include "pickle_private.h"

typedef struct PickleBuffer {
    Obj head;
    Slot owner;   // what the buffer belongs to; V_NULL once released
    Buffer view;  // its own `owner` field is what buffer_get counted
} PickleBuffer;
static PickleBuffer *of(V v) { return (PickleBuffer *)v_obj(v); }

const Buffer *pickle_buffer_view(Thread *t, V v) {
    if (slot_peek(&of(v)->owner) != V_NULL) return &of(v)->view;
    err_set(t, &exc_ValueError, "operation forbidden on released PickleBuffer object");
    return NULL;
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (args_no_keywords(t, "PickleBuffer", kwnames) < 0) return V_ERROR;
    if (nargs != 1) return err_set(t, &exc_TypeError, "PickleBuffer() takes exactly 1 positional argument (%zu given)", nargs);
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    if (buffer_get(t, args[0], &of(self)->view, BUF_FULL_RO) < 0) {
        of(self)->view = (Buffer){.owner = V_NULL};
        v_drop(t, self);
        return V_ERROR;
    }
    slot_init(t, v_obj(self), &of(self)->owner, args[0]);
    return self;
}

static NATIVE(m_release) {
    UNUSED_NATIVE();
    V owner = slot_take(v_obj(self), &of(self)->owner);
    if (owner != V_NULL) buffer_release(t, &of(self)->view);
    v_drop(t, owner);
    return V_NONE;
}

// How contiguous memory is stepped through: in C's order, or in Fortran's.
static bool is_contiguous(const Buffer *view, bool fortran) {
    if (view->suboffsets) return false;
    if (!view->strides || view->len == 0) return !fortran || view->ndim <= 1;
    ptrdiff_t step = view->item_size;
    for (int k = 0; k < view->ndim; k++) {
        int i = fortran ? k : view->ndim - 1 - k;
        if (view->shape[i] > 1 && view->strides[i] != step) return false;
        step *= view->shape[i];
    }
    return true;
}

static NATIVE(m_raw) {
    UNUSED_NATIVE();
    const Buffer *view = pickle_buffer_view(t, self);
    if (!view) return V_ERROR;
    if (!is_contiguous(view, false) && !is_contiguous(view, true))
        return err_set(t, &exc_BufferError, "cannot extract raw buffer from non-contiguous buffer");
    if (view->ndim > 1 && !is_contiguous(view, false))
        return err_set(t, &exc_NotImplementedError, "PickleBuffer.raw() of a buffer in Fortran's order");
    V whole = memoryview_from_object(t, self);
    V flat = v_is_error(whole) ? V_ERROR : obj_call_method1(t, whole, NAME(cast), NAME_STR("B"));
    v_drop(t, whole);
    return flat;
}

static int get_buffer(Thread *t, V self, Buffer *view, int flags) {
    if (!pickle_buffer_view(t, self)) return -1;
    V owner = slot_get(v_obj(self), &of(self)->owner);
    int r = owner == V_NULL ? -1 : buffer_get(t, owner, view, flags);
    v_drop(t, owner);
    return r;
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((PickleBuffer *)o)->owner); }
static V finalize(Thread *t, V self) {
    V owner = slot_take(v_obj(self), &of(self)->owner);
    if (owner != V_NULL) buffer_release(t, &of(self)->view);
    v_drop(t, owner);
    return V_NONE;
}

static const Method methods[] = {
    {"raw", m_raw, "", LOCK_NONE, 0, "The memory as a memoryview of bytes; BufferError when it is not contiguous."},
    {"release", m_release, "", LOCK_SELF, 0, "Lets the buffer go."},
    METHOD_END,
};
Type pickle_buffer_type = {
    TYPE_HEAD("pickle.PickleBuffer"), .size = sizeof(PickleBuffer), .flags = TYPE_GC | TYPE_WEAKREFS, .new_ = type_new,
    .traverse = traverse, .finalize = finalize, .get_buffer = get_buffer, .methods = methods,
    .doc = "A wrapper that lets a buffer be pickled, or left out of the pickle to be sent some other way.",
};
