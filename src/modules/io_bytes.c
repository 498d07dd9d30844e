// SPDX-License-Identifier: MIT
// BytesIO: a growing buffer in memory.  Every method runs under the object's lock; nothing here calls Python while the
// buffer is in use.  An exported buffer (getbuffer) cannot move.  An argument's __index__ may make a stream of this thread
// alone known to others: whoever asks for one takes the lock after that, too.
#include "io_private.h"
#include "object/buffer_arg.h"
#include "object/plain.h"

typedef struct BytesIO {
    IoBase base;
    char *data;            // self->lock; NULL when cap is 0
    size_t len, cap, pos;  // self->lock
    size_t exports;        // self->lock
} BytesIO;
static BytesIO *bytesio_of(V v) { return (BytesIO *)v_obj(v); }

static int check_open(Thread *t, BytesIO *b) {
    section_assert(t, &b->base.head);
    if (!b->base.closed) return 0;
    err_set(t, &exc_ValueError, "I/O operation on closed file.");
    return -1;
}

static int check_movable(Thread *t, BytesIO *b) {
    if (!b->exports) return 0;
    err_set(t, &exc_BufferError, "Existing exports of data: object cannot be re-sized");
    return -1;
}

static int reserve(Thread *t, BytesIO *b, size_t n) {
    if (n <= b->cap) return 0;
    size_t cap = n + (n >> 3) + 64;
    char *data = mem_realloc(t, b->data, cap);
    if (!data) {
        err_no_memory(t);
        return -1;
    }
    b->data = data;
    b->cap = cap;
    return 0;
}

static int write_at(Thread *t, BytesIO *b, const char *p, size_t n) {
    section_assert(t, &b->base.head);
    if (!n) return 0;
    if (check_movable(t, b) < 0) return -1; // again: asking for the bytes may have let the lock go
    if (b->pos > PTRDIFF_MAX - n) {
        err_set(t, &exc_OverflowError, "new position too large");
        return -1;
    }
    if (reserve(t, b, b->pos + n) < 0) return -1;
    if (b->pos > b->len) memset(b->data + b->len, 0, b->pos - b->len);
    memcpy(b->data + b->pos, p, n);
    b->pos += n;
    if (b->pos > b->len) b->len = b->pos;
    return 0;
}

static size_t available(const BytesIO *b) { return b->pos < b->len ? b->len - b->pos : 0; }

static size_t line_length(const BytesIO *b, ptrdiff_t limit) {
    size_t n = available(b);
    if (!n) return 0;
    char *newline = memchr(b->data + b->pos, '\n', n);
    if (newline) n = (size_t)(newline - (b->data + b->pos)) + 1;
    return limit >= 0 && n > (size_t)limit ? (size_t)limit : n;
}

static V take(Thread *t, BytesIO *b, size_t n) {
    section_assert(t, &b->base.head);
    V v = bytes_from(t, n ? b->data + b->pos : "", n);
    if (!v_is_error(v)) b->pos += n;
    return v;
}

static NATIVE(bytesio_read) {
    (void)nargs, (void)kwnames;
    BytesIO *b = bytesio_of(self);
    ptrdiff_t n;
    if (check_open(t, b) < 0 || num_as_optional_count(t, args[0], &n) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    size_t have = available(b);
    return take(t, b, n < 0 || (size_t)n > have ? have : (size_t)n);
}

static NATIVE(bytesio_readline) {
    (void)nargs, (void)kwnames;
    BytesIO *b = bytesio_of(self);
    ptrdiff_t n;
    if (check_open(t, b) < 0 || num_as_optional_count(t, args[0], &n) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    return take(t, b, line_length(b, n));
}

static NATIVE(bytesio_readlines) {
    (void)nargs, (void)kwnames;
    BytesIO *b = bytesio_of(self);
    ptrdiff_t hint;
    size_t total = 0, n;
    if (check_open(t, b) < 0) return V_ERROR;
    if (args[0] == V_NULL || args[0] == V_NONE) hint = -1;
    else if (!v_is_any_int(args[0])) return err_set(t, &exc_TypeError, "integer argument expected, got '%T'", args[0]);
    else if (num_as_ssize(t, args[0], &exc_OverflowError, &hint) < 0) return V_ERROR;
    V lines = list_new(t, 0);
    while (!v_is_error(lines) && (n = line_length(b, -1))) {
        V line = take(t, b, n);
        if (v_is_error(line) || list_append_steal(t, lines, line) < 0) {
            v_drop(t, lines);
            return V_ERROR;
        }
        total += n;
        if (hint > 0 && total >= (size_t)hint) break;
    }
    return lines;
}

static V bytesio_next(Thread *t, V self) {
    BytesIO *b = bytesio_of(self);
    CRITICAL(t, v_obj(self));
    if (check_open(t, b) < 0) return V_ERROR;
    size_t n = line_length(b, -1);
    return n ? take(t, b, n) : V_END;
}

static NATIVE(bytesio_readinto) {
    (void)nargs, (void)kwnames;
    BytesIO *b = bytesio_of(self);
    Buffer view;
    if (check_open(t, b) < 0 || buffer_get_writable(t, args[0], &view, "readinto() argument") < 0) return V_ERROR;
    size_t n = available(b) < (size_t)view.len ? available(b) : (size_t)view.len;
    if (n) memcpy(view.data, b->data + b->pos, n);
    b->pos += n;
    buffer_release(t, &view);
    return int_from_size(t, n);
}

static NATIVE(bytesio_write) {
    (void)nargs, (void)kwnames;
    BytesIO *b = bytesio_of(self);
    Buffer view;
    if (check_open(t, b) < 0 || check_movable(t, b) < 0) return V_ERROR;
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    int r = check_open(t, b) < 0 ? -1 : write_at(t, b, view.data, (size_t)view.len);
    V n = int_from_size(t, (size_t)view.len);
    buffer_release(t, &view);
    return r < 0 ? V_ERROR : n;
}

static NATIVE(bytesio_getvalue) {
    UNUSED_NATIVE();
    BytesIO *b = bytesio_of(self);
    return check_open(t, b) < 0 ? V_ERROR : bytes_from(t, b->len ? b->data : "", b->len);
}

static NATIVE(bytesio_seek) {
    (void)nargs, (void)kwnames;
    BytesIO *b = bytesio_of(self);
    ptrdiff_t at;
    int whence;
    if (check_open(t, b) < 0 || io_position_args(t, args, &at, &whence) < 0) return V_ERROR;
    if (whence < 0 || whence > 2) return err_set(t, &exc_ValueError, "invalid whence (%i, should be 0, 1 or 2)", whence);
    if (whence == 0 && at < 0) return err_set(t, &exc_ValueError, "negative seek value %zd", (ptrdiff_t)at);
    CRITICAL(t, v_obj(self));
    int64_t from = whence == 1 ? (int64_t)b->pos : whence == 2 ? (int64_t)b->len : 0;
    if (at > INT64_MAX - from) return err_set(t, &exc_OverflowError, "new position too large");
    b->pos = from + at < 0 ? 0 : (size_t)(from + at);
    return int_from_size(t, b->pos);
}

static NATIVE(bytesio_tell) {
    UNUSED_NATIVE();
    return check_open(t, bytesio_of(self)) < 0 ? V_ERROR : int_from_size(t, bytesio_of(self)->pos);
}

static NATIVE(bytesio_truncate) {
    (void)nargs, (void)kwnames;
    BytesIO *b = bytesio_of(self);
    ptrdiff_t n = (ptrdiff_t)b->pos;
    if (check_open(t, b) < 0 || check_movable(t, b) < 0) return V_ERROR;
    if (args[0] != V_NULL && args[0] != V_NONE && num_as_optional_count(t, args[0], &n) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    if (n < 0) return err_set(t, &exc_ValueError, "negative size value %zd", n);
    if ((size_t)n < b->len) b->len = (size_t)n;
    return int_from_i64(t, n);
}

static NATIVE(bytesio_close) {
    UNUSED_NATIVE();
    BytesIO *b = bytesio_of(self);
    if (check_movable(t, b) < 0) return V_ERROR;
    mem_release(t, v_obj(self), b->data);
    b->data = NULL;
    b->len = b->cap = b->pos = 0;
    at_store_relaxed(&b->base.closed, true); // io_is_closed does not lock
    return V_NONE;
}

static NATIVE(bytesio_true) {
    UNUSED_NATIVE();
    return check_open(t, bytesio_of(self)) < 0 ? V_ERROR : V_TRUE;
}
static NATIVE(bytesio_false) {
    UNUSED_NATIVE();
    return check_open(t, bytesio_of(self)) < 0 ? V_ERROR : V_FALSE;
}
static NATIVE(bytesio_none) {
    UNUSED_NATIVE();
    return check_open(t, bytesio_of(self)) < 0 ? V_ERROR : V_NONE;
}

// ---- pickling -----------------------------------------------------------------------------------------------------------
static NATIVE(bytesio_getstate) {
    V value = bytesio_getvalue(t, self, args, nargs, kwnames);
    if (v_is_error(value)) return V_ERROR;
    V dict = obj_get_dict(t, self);
    if (v_is_error(dict)) {
        v_drop(t, value);
        return V_ERROR;
    }
    V copy = dict_len(dict) ? dict_copy(t, dict) : V_NONE;
    v_drop(t, dict);
    return tuple_pack_steal(t, 3, value, int_from_size(t, bytesio_of(self)->pos), copy);
}

static NATIVE(bytesio_setstate) {
    (void)nargs, (void)kwnames;
    BytesIO *b = bytesio_of(self);
    V state = args[0];
    if (!v_is_tuple(state) || tuple_len(state) < 3) {
        return err_set(t, &exc_TypeError, "%s.__setstate__ argument should be 3-tuple, got %T", v_type(self)->name, state);
    }
    V position = tuple_borrow(state, 1), extra = tuple_borrow(state, 2);
    Buffer view;
    ptrdiff_t at;
    if (check_open(t, b) < 0 || check_movable(t, b) < 0 || buffer_get(t, tuple_borrow(state, 0), &view, BUF_SIMPLE) < 0) return V_ERROR;
    b->len = b->pos = 0;
    int r = write_at(t, b, view.data, (size_t)view.len);
    buffer_release(t, &view);
    if (r < 0) return V_ERROR;
    if (!v_is_any_int(position)) {
        return err_set(t, &exc_TypeError, "second item of state must be an integer, not %T", position);
    }
    if (num_as_ssize(t, position, &exc_OverflowError, &at) < 0) return V_ERROR;
    if (at < 0) return err_set(t, &exc_ValueError, "position value cannot be negative");
    b->pos = (size_t)at;
    if (extra == V_NONE) return V_NONE;
    if (!v_is_dict(extra)) return err_set(t, &exc_TypeError, "third item of state should be a dict, got a %T", extra);
    V dict = obj_get_dict(t, self);
    int updated = v_is_error(dict) ? -1 : dict_update(t, dict, extra);
    v_drop(t, dict);
    return updated < 0 ? V_ERROR : V_NONE;
}

// ---- getbuffer ------------------------------------------------------------------------------------------------------------
typedef struct BytesIOBuffer { Obj head; Slot source; } BytesIOBuffer;

static int export_buffer(Thread *t, V self, Buffer *view, int flags) {
    V source = slot_peek(&((BytesIOBuffer *)v_obj(self))->source);
    BytesIO *b = bytesio_of(source);
    CRITICAL(t, v_obj(source));
    if (reserve(t, b, 1) < 0 || buffer_fill(t, view, self, b->data, (ptrdiff_t)b->len, false, flags) < 0) return -1;
    b->exports++;
    return 0;
}

static void release_buffer(Thread *t, V self, Buffer *view) {
    (void)view;
    V source = slot_peek(&((BytesIOBuffer *)v_obj(self))->source);
    CRITICAL(t, v_obj(source));
    bytesio_of(source)->exports--;
}

static void buffer_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((BytesIOBuffer *)o)->source); }

Type bytes_io_buffer_type = {
    TYPE_HEAD("_io._BytesIOBuffer"), .base = &object_type, .size = sizeof(BytesIOBuffer), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = buffer_traverse, .get_buffer = export_buffer, .release_buffer = release_buffer,
};

static NATIVE(bytesio_getbuffer) {
    UNUSED_NATIVE();
    if (check_open(t, bytesio_of(self)) < 0) return V_ERROR;
    V exporter = type_alloc(t, &bytes_io_buffer_type, 0);
    if (v_is_error(exporter)) return V_ERROR;
    slot_init(t, v_obj(exporter), &((BytesIOBuffer *)v_obj(exporter))->source, self);
    V view = memoryview_from_object(t, exporter);
    v_drop(t, exporter);
    return view;
}

// ---- the type ---------------------------------------------------------------------------------------------------------------
static int bytesio_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V initial;
    BytesIO *b = bytesio_of(self);
    if (args_bind(t, "BytesIO", "initial_bytes=b''", args, nargs, kwnames, &initial) < 0) return -1;
    CRITICAL(t, v_obj(self));
    if (check_movable(t, b) < 0) return -1;
    b->len = b->pos = 0;
    at_store_relaxed(&b->base.closed, false);
    if (initial == V_NULL || initial == V_NONE) return 0;
    Buffer view;
    if (buffer_get(t, initial, &view, BUF_SIMPLE) < 0) return -1;
    int r = write_at(t, b, view.data, (size_t)view.len);
    b->pos = 0;
    buffer_release(t, &view);
    return r;
}

static void release(Thread *t, Obj *o) {
    (void)t;
    mem_free(((BytesIO *)o)->data);
}

static V get_closed(Thread *t, V self, void *closure) {
    (void)closure;
    CRITICAL(t, v_obj(self));
    return v_from_bool(at_load_relaxed(&bytesio_of(self)->base.closed));
}

static const Method methods[] = {
    {"read", bytesio_read, "size=-1, /", LOCK_SELF, 0, "The next size bytes; all to the end without size."},
    {"read1", bytesio_read, "size=-1, /", LOCK_SELF, 0, NULL},
    {"readline", bytesio_readline, "size=-1, /", LOCK_SELF, 0, "The next line as bytes."},
    {"readlines", bytesio_readlines, "size=None, /", LOCK_SELF, 0, "The lines to the end, each as bytes."},
    {"readinto", bytesio_readinto, "buffer, /", LOCK_SELF, 0, "Read bytes into buffer."},
    {"write", bytesio_write, "b, /", LOCK_SELF, 0, "Write bytes to file."},
    {"getvalue", bytesio_getvalue, "", LOCK_SELF, 0, "All bytes from the beginning."},
    {"getbuffer", bytesio_getbuffer, "", LOCK_SELF, 0, "A memoryview of the bytes, through which they can be changed."},
    {"seek", bytesio_seek, "pos, whence=0, /", LOCK_SELF, 0, "Change stream position."},
    {"tell", bytesio_tell, "", LOCK_SELF, 0, "The position, counted from the beginning."},
    {"truncate", bytesio_truncate, "size=None, /", LOCK_SELF, 0, "Cuts what stands behind size, or behind the position."},
    {"close", bytesio_close, "", LOCK_SELF, 0, "Frees the memory; nothing can be read or written any more."},
    {"flush", bytesio_none, "", LOCK_SELF, 0, "Does nothing."},
    {"isatty", bytesio_false, "", LOCK_SELF, 0, "Always returns False."},
    {"seekable", bytesio_true, "", LOCK_SELF, 0, "True: the stream has positions."},
    {"readable", bytesio_true, "", LOCK_SELF, 0, "True: the stream can be read."},
    {"writable", bytesio_true, "", LOCK_SELF, 0, "True: the stream can be written."},
    {"__getstate__", bytesio_getstate, "", LOCK_SELF, 0, NULL},
    {"__setstate__", bytesio_setstate, "state, /", LOCK_SELF, 0, NULL},
    METHOD_END,
};
static const GetSet getsets[] = {{"closed", get_closed, NULL, "Whether the stream has been closed.", NULL}, {0}};
Type bytes_io_type = {
    TYPE_HEAD("_io.BytesIO"), .base = &buffered_io_base_type, .size = sizeof(BytesIO), .attrs_offset = sizeof(BytesIO),
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE, .doc = "A stream of bytes that are kept in "
                                                                              "memory.",
    .text_signature = "(initial_bytes=b'')", .free_ = release, .new_ = type_new_bare, .init = bytesio_init, .next = bytesio_next,
    .methods = methods, .getsets = getsets,
};
