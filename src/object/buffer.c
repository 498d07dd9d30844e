// SPDX-License-Identifier: MIT
// The buffer protocol: getting at an object's memory, and giving it back.
//
// A Buffer that was got holds a counted reference to its owner, so it may stand anywhere, and keeps the owner from moving
// its memory (bytearray, array) until buffer_release.
#include "object/object.h"
#include "object/bytes.h"
#include "object/buffer_arg.h"

bool obj_has_buffer(V v) { return v_type(v)->get_buffer != NULL; }

int buffer_get(Thread *t, V v, Buffer *view, int flags) {
    if (!view) {
        err_set(t, &exc_BufferError, "a buffer needs a view");
        return -1;
    }
    GetBufferFn get = v_type(v)->get_buffer;
    *view = (Buffer){.owner = V_NULL};
    if (!get) {
        err_set(t, &exc_TypeError, "a bytes-like object is required, not '%T'", v);
        return -1;
    }
    if (get(t, v, view, flags) == 0) return 0;
    view->owner = V_NULL;
    return -1;
}

int buffer_get_writable(Thread *t, V v, Buffer *view, const char *whose) {
    if (buffer_get(t, v, view, BUF_WRITABLE) == 0) return 0;
    err_clear(t);
    err_set(t, &exc_TypeError, "%s must be read-write bytes-like object, not %K", whose, v);
    return -1;
}

void buffer_release(Thread *t, Buffer *view) {
    V owner = view->owner;
    if (owner == V_NULL) return;
    view->owner = V_NULL;
    ReleaseBufferFn release = v_type(owner)->release_buffer;
    if (release) release(t, owner, view);
    v_drop(t, owner);
}

int buffer_fill(Thread *t, Buffer *view, V owner, void *data, ptrdiff_t len, bool readonly, int flags) {
    if (readonly && (flags & BUF_WRITABLE)) {
        err_set(t, &exc_BufferError, "Object is not writable.");
        return -1;
    }
    *view = (Buffer){
        .data = data, .owner = v_own(v_dup(owner)), .len = len, .item_size = 1, .readonly = readonly, .ndim = 1,
        .format = flags & BUF_FORMAT ? "B" : NULL, .shape1 = len, .stride1 = 1,
    };
    if (flags & BUF_ND) view->shape = &view->shape1;
    if ((flags & BUF_STRIDES) == BUF_STRIDES) view->strides = &view->stride1;
    return 0;
}
