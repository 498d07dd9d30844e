// SPDX-License-Identifier: MIT
// sendmsg, recvmsg, recvmsg_into: messages gathered from and scattered into several buffers, with control data.
#include "socket_private.h"
#include "object/buffer_arg.h"
#include <poll.h>

typedef struct Parts { // the buffers of one message
    struct iovec *io;
    Buffer *views;
    size_t n;
} Parts;

// What the iterable v gives, as a tuple.
static V items_of(Thread *t, V v, const char *what) {
    V it = obj_iter(t, v);
    if (v_is_error(it)) {
        if (err_matches(t, &exc_TypeError)) {
            err_clear(t);
            err_set(t, &exc_TypeError, "%s must be an iterable", what);
        }
        return V_ERROR;
    }
    V items = obj_to_tuple(t, it);
    v_drop(t, it);
    return items;
}

static void parts_close(Thread *t, Parts *parts) {
    for (size_t i = 0; i < parts->n; i++) buffer_release(t, &parts->views[i]);
    mem_free(parts->views);
    mem_free(parts->io);
}

// writable: the message when one is not; NULL: they are only read.
static int parts_open(Thread *t, V items, const char *writable, Parts *parts) {
    size_t n = tuple_len(items);
    *parts = (Parts){mem_calloc(t, n + 1, sizeof *parts->io), mem_calloc(t, n + 1, sizeof *parts->views), 0};
    int r = parts->io && parts->views ? 0 : (err_no_memory(t), -1);
    while (r == 0 && parts->n < n) {
        V item = tuple_borrow(items, parts->n);
        Buffer *view = &parts->views[parts->n];
        r = writable ? buffer_get_writable(t, item, view, writable) : buffer_get(t, item, view, BUF_SIMPLE);
        if (r < 0 && writable && err_matches(t, &exc_TypeError)) {
            err_clear(t);
            err_set(t, &exc_TypeError, "%s", writable);
        }
        if (r == 0) parts->io[parts->n++] = (struct iovec){view->data, (size_t)view->len};
    }
    if (r < 0) parts_close(t, parts);
    return r;
}

// ---- control data --------------------------------------------------------------------------------------------------------
typedef struct ControlItem { int level, type; Buffer data; } ControlItem;

static int control_item(Thread *t, V v, ControlItem *item) {
    const char *what = "[sendmsg() ancillary data items]() argument";
    if (!obj_is_sequence(v) || v_is_str(v)) {
        err_set(t, &exc_TypeError, "%s must be 3-item sequence, not %T", what, v);
        return -1;
    }
    V three = obj_to_tuple(t, v);
    if (v_is_error(three)) return -1;
    int r = -1;
    if (tuple_len(three) != 3) err_set(t, &exc_TypeError, "%s must be sequence of length 3, not %zu", what, tuple_len(three));
    else if (num_as_int_old(t, tuple_borrow(three, 0), &item->level) == 0 && num_as_int_old(t, tuple_borrow(three, 1), &item->type) == 0)
        r = buffer_get(t, tuple_borrow(three, 2), &item->data, BUF_SIMPLE);
    v_drop(t, three);
    return r;
}

static int control_pack(Thread *t, struct msghdr *m, const ControlItem *items, size_t n) {
    size_t total = 0;
    for (size_t i = 0; i < n; i++) total += CMSG_SPACE((size_t)items[i].data.len);
    if (!total) return 0;
    m->msg_control = mem_calloc(t, 1, total);
    if (!m->msg_control) {
        err_no_memory(t);
        return -1;
    }
    m->msg_controllen = total;
    struct cmsghdr *at = CMSG_FIRSTHDR(m);
    for (size_t i = 0; i < n; i++, at = CMSG_NXTHDR(m, at)) {
        at->cmsg_level = items[i].level;
        at->cmsg_type = items[i].type;
        at->cmsg_len = CMSG_LEN((size_t)items[i].data.len);
        memcpy(CMSG_DATA(at), items[i].data.data, (size_t)items[i].data.len);
    }
    return 0;
}

static int control_from(Thread *t, V given, struct msghdr *m) {
    V list = items_of(t, given, "sendmsg() argument 2");
    if (v_is_error(list)) return -1;
    size_t n = tuple_len(list), got = 0;
    ControlItem *items = mem_calloc(t, n + 1, sizeof *items);
    int r = items ? 0 : (err_no_memory(t), -1);
    while (r == 0 && got < n) {
        r = control_item(t, tuple_borrow(list, got), &items[got]);
        got += r == 0;
    }
    if (r == 0) r = control_pack(t, m, items, n);
    while (got > 0) buffer_release(t, &items[--got].data);
    mem_free(items);
    v_drop(t, list);
    return r;
}

// What came, as [(level, type, data)]; the last one may have been cut short.
static V control_list(Thread *t, struct msghdr *m) {
    V list = list_new(t, 0);
    const uint8_t *end = (uint8_t *)m->msg_control + m->msg_controllen;
    struct cmsghdr *at = m->msg_controllen ? CMSG_FIRSTHDR(m) : NULL;
    for (; at && !v_is_error(list); at = CMSG_NXTHDR(m, at)) {
        if (at->cmsg_len < CMSG_LEN(0)) break;
        size_t n = at->cmsg_len - CMSG_LEN(0), there = (size_t)(end - CMSG_DATA(at));
        V item = tuple_pack_steal(t, 3, v_from_int(at->cmsg_level), v_from_int(at->cmsg_type),
                                  bytes_from(t, CMSG_DATA(at), n < there ? n : there));
        if (!v_is_error(item) && list_append_steal(t, list, item) == 0) continue;
        v_drop(t, list);
        list = V_ERROR;
    }
    return list;
}

// ---- sending and receiving -------------------------------------------------------------------------------------------------
NATIVE(socket_sendmsg) { // buffers, ancdata=(), flags=0, address=None
    Socket *s = socket_of(self);
    Address to;
    Parts parts;
    struct msghdr m = {0};
    int flags;
    ptrdiff_t n = -1;
    if (args_old_count(t, "socket.sendmsg", nargs, kwnames, 1, 4) < 0) return V_ERROR;
    if (flags_arg(t, nargs > 2 ? args[2] : V_NULL, &flags) < 0) return V_ERROR;
    V buffers = items_of(t, args[0], "sendmsg() argument 1");
    if (v_is_error(buffers)) return V_ERROR;
    if (parts_open(t, buffers, NULL, &parts) == 0) {
        int r = nargs > 1 ? control_from(t, args[1], &m) : 0;
        if (r == 0 && nargs > 3 && args[3] != V_NONE) {
            r = socket_address_arg(t, "sendmsg", s, args[3], &to, &m.msg_namelen);
            m.msg_name = &to;
        }
        m.msg_iov = parts.io;
        m.msg_iovlen = parts.n;
        if (r == 0) SOCKET_CALL(t, s, n, POLLOUT, sendmsg(socket_fd(s), &m, flags));
        mem_free(m.msg_control);
        parts_close(t, &parts);
    }
    v_drop(t, buffers);
    return n < 0 ? V_ERROR : v_from_int(n);
}

static int control_size(Thread *t, const V *args, size_t nargs, size_t *size, int *flags) { // args[1], args[2]
    ptrdiff_t n = 0;
    if (flags_arg(t, nargs > 2 ? args[2] : V_NULL, flags) < 0) return -1;
    if (nargs > 1 && num_as_ssize(t, args[1], &exc_OverflowError, &n) < 0) return -1;
    if (n < 0 || n > INT32_MAX) {
        err_set(t, &exc_ValueError, "invalid ancillary data buffer length");
        return -1;
    }
    *size = (size_t)n;
    return 0;
}

// Receives into parts: the number of bytes, or -1; rest is then (ancdata, msg_flags, address).
static ptrdiff_t receive_message(Thread *t, Socket *s, struct iovec *io, size_t n_io, size_t control, int flags, V rest[3]) {
    Address from;
    struct msghdr m = {0};
    ptrdiff_t n;
    void *space = control ? mem_alloc(t, control) : NULL;
    if (control && !space) {
        err_no_memory(t);
        return -1;
    }
    SOCKET_CALL(t, s, n, POLLIN, (m = (struct msghdr){.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = io, .msg_iovlen = n_io,
                                                     .msg_control = space, .msg_controllen = control}, recvmsg(socket_fd(s), &m, flags)));
    if (n >= 0) {
        rest[0] = control_list(t, &m);
        rest[1] = v_from_int(m.msg_flags);
        rest[2] = socket_make_address(t, &from, m.msg_namelen);
    }
    mem_free(space);
    return n;
}

NATIVE(socket_recvmsg) { // bufsize, ancbufsize=0, flags=0
    ptrdiff_t size, n;
    size_t control;
    int flags;
    V rest[3];
    if (args_old_count(t, "socket.recvmsg", nargs, kwnames, 1, 3) < 0) return V_ERROR;
    if (num_as_ssize(t, args[0], &exc_OverflowError, &size) < 0) return V_ERROR;
    if (size < 0) return err_set(t, &exc_ValueError, "negative buffer size in recvmsg()");
    if (control_size(t, args, nargs, &control, &flags) < 0) return V_ERROR;
    V data = bytes_new(t, (size_t)size);
    if (v_is_error(data)) return V_ERROR;
    struct iovec io = {bytes_data(data), (size_t)size};
    n = receive_message(t, socket_of(self), &io, 1, control, flags, rest);
    if (n < 0) {
        v_drop(t, data);
        return V_ERROR;
    }
    return tuple_pack_steal(t, 4, bytes_shrink_steal(t, data, (size_t)n), rest[0], rest[1], rest[2]);
}

NATIVE(socket_recvmsg_into) { // buffers, ancbufsize=0, flags=0
    Parts parts;
    ptrdiff_t n = -1;
    size_t control;
    int flags;
    V rest[3];
    if (args_old_count(t, "socket.recvmsg_into", nargs, kwnames, 1, 3) < 0) return V_ERROR;
    V buffers = items_of(t, args[0], "recvmsg_into() argument 1");
    if (v_is_error(buffers)) return V_ERROR;
    const char *complaint = "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers";
    if (parts_open(t, buffers, complaint, &parts) == 0) {
        if (control_size(t, args, nargs, &control, &flags) == 0)
            n = receive_message(t, socket_of(self), parts.io, parts.n, control, flags, rest);
        parts_close(t, &parts);
    }
    v_drop(t, buffers);
    return n < 0 ? V_ERROR : tuple_pack_steal(t, 4, v_from_int(n), rest[0], rest[1], rest[2]);
}
