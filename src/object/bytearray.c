// SPDX-License-Identifier: MIT
// bytearray: a growable array of bytes, and its iterator.
//
// Everything that looks at or changes the array of a SHARED one holds its lock.  While buffers are exported the array
// neither moves nor changes its length.  Taking bytes off the front moves the start, not the bytes.
#include "iter_private.h"
#include "object/bytes_algo.h"
#include "object/plain.h"

typedef struct ByteArray {
    Obj head;
    char *base;      // NULL, or capacity bytes; self->lock
    size_t start;    // of the contents in base
    size_t len;      // atomic for readers of the length alone; self->lock
    size_t capacity; // start + len + 1 <= capacity: a NUL follows
    int64_t exports; // atomic: buffers given out; grows under self->lock
} ByteArray;
static ByteArray *of(V v) { return (ByteArray *)v_obj(v); }
static char *data_of(ByteArray *b) { return b->base ? b->base + b->start : (char *)""; }

size_t bytearray_len(V v) { return at_load_relaxed(&of(v)->len); }
char *bytearray_data(V v) { return data_of(of(v)); }

// ---- the array ---------------------------------------------------------------------------------------------------------
static int set_capacity(Thread *t, ByteArray *b, size_t capacity) {
    char *base = mem_alloc(t, capacity);
    if (!base) {
        err_no_memory(t);
        return -1;
    }
    memcpy(base, data_of(b), b->len < capacity ? b->len : capacity);
    mem_free(b->base);
    b->base = base;
    b->start = 0;
    b->capacity = capacity;
    return 0;
}

static int check_exports(Thread *t, const ByteArray *b) {
    if (at_load_acquire(&b->exports) == 0) return 0;
    err_set(t, &exc_BufferError, "Existing exports of data: object cannot be re-sized");
    return -1;
}

// With the lock.
static int resize(Thread *t, ByteArray *b, size_t n) {
    section_assert(t, &b->head);
    if (n == b->len) return 0;
    if (check_exports(t, b) < 0) return -1;
    if (n >= PTRDIFF_MAX) {
        err_no_memory(t);
        return -1;
    }
    size_t fits = b->capacity - b->start;
    if (n + 1 > fits || n < b->capacity / 4) {
        size_t capacity = n + 1;
        if (n + 1 > fits && b->len) capacity = n < b->capacity + b->capacity / 8 ? n + (n >> 3) + (n < 9 ? 3 : 6) + 1 : n + 1;
        if (set_capacity(t, b, capacity) < 0) return -1;
    }
    at_store_relaxed(&b->len, n);
    b->base[b->start + n] = '\0';
    return 0;
}

int bytearray_resize(Thread *t, V v, size_t n) {
    CRITICAL(t, v_obj(v));
    return resize(t, of(v), n);
}

// Replaces the bytes [lo, hi) by n others, which lie outside the array (or n is 0).
static int splice(Thread *t, ByteArray *b, size_t lo, size_t hi, const void *p, size_t n) {
    UNSUSPENDED(t);
    section_assert(t, &b->head);
    size_t old = hi - lo, tail = b->len - hi;
    if (n != old && check_exports(t, b) < 0) return -1;
    if (n < old) {
        size_t less = old - n;
        if (lo == 0) {
            b->start += less; // off the front
            at_store_relaxed(&b->len, b->len - less);
            if (b->len < b->capacity / 4 && set_capacity(t, b, b->len + 1) == 0) b->base[b->len] = '\0';
        } else {
            memmove(data_of(b) + lo + n, data_of(b) + hi, tail);
            if (resize(t, b, b->len - less) < 0) return -1;
        }
    } else if (n > old) {
        if (n - old > PTRDIFF_MAX - b->len) {
            err_no_memory(t);
            return -1;
        }
        if (resize(t, b, b->len + (n - old)) < 0) return -1;
        memmove(data_of(b) + lo + n, data_of(b) + hi, tail);
    }
    if (n) memmove(data_of(b) + lo, p, n); // p may be a view of the array when the length stays
    return 0;
}

V bytearray_new(Thread *t, const void *p, size_t n) {
    V v = type_alloc(t, &bytearray_type, 0);
    if (v_is_error(v)) return V_ERROR;
    if (n) {
        if (resize(t, of(v), n) < 0) {
            v_drop(t, v);
            return V_ERROR;
        }
        if (p) memcpy(of(v)->base, p, n);
        else memset(of(v)->base, 0, n);
    }
    return v;
}

// What to lock for as long as v's buffer is looked at: others neither change it then, nor find that it is exported.
static Obj *changeable(V v) { return v_is_bytes(v) ? NULL : v_obj(v); }

// ---- construction ------------------------------------------------------------------------------------------------------
// Appends what a buffer holds.
static int append_buffer(Thread *t, V self, V source) {
    Buffer view;
    CRITICAL2(t, v_obj(self), changeable(source));
    if (buffer_get(t, source, &view, BUF_SIMPLE) < 0) return -1;
    int r;
    ByteArray *b = of(self);
    if (v_is(source, self)) { // our own export must not forbid it
        at_fetch_sub_relaxed(&b->exports, (int64_t)1);
        size_t n = b->len;
        r = resize(t, b, 2 * n);
        if (r == 0) memcpy(data_of(b) + n, data_of(b), n);
        at_fetch_add_relaxed(&b->exports, (int64_t)1);
    } else {
        r = splice(t, b, b->len, b->len, view.data, (size_t)view.len);
    }
    buffer_release(t, &view);
    return r;
}

static int append_byte(Thread *t, V self, int byte) {
    char c = (char)byte;
    CRITICAL(t, v_obj(self));
    return splice(t, of(self), of(self)->len, of(self)->len, &c, 1);
}

static int append_items(Thread *t, V self, V iter) {
    for (;;) {
        V item = obj_next(t, iter);
        if (item == V_END) return 0;
        if (v_is_error(item)) return -1;
        int byte = bytes_algo_byte(t, item, false);
        v_drop(t, item);
        if (byte < 0 || append_byte(t, self, byte) < 0) return -1;
    }
}

// Appends the items of an iterable; `complaint` is the message for what is none.
static int append_iterable(Thread *t, V self, V iterable, const char *complaint) {
    V iter = obj_iter(t, iterable);
    if (v_is_error(iter)) {
        if (err_matches(t, &exc_TypeError)) {
            err_clear(t);
            err_set(t, &exc_TypeError, complaint, iterable);
        }
        return -1;
    }
    int r = append_items(t, self, iter);
    v_drop(t, iter);
    return r;
}

static int fill_from(Thread *t, V self, V source) {
    if (v_is_str(source)) {
        err_set(t, &exc_TypeError, "string argument without an encoding");
        return -1;
    }
    if (v_is_any_int(source) || v_type(source)->index) {
        ptrdiff_t n;
        if (num_as_ssize(t, source, &exc_OverflowError, &n) == 0) {
            if (n < 0) {
                err_set(t, &exc_ValueError, "negative count");
                return -1;
            }
            CRITICAL(t, v_obj(self));
            if (resize(t, of(self), (size_t)n) < 0) return -1;
            memset(data_of(of(self)), 0, (size_t)n);
            return 0;
        }
        if (err_matches(t, &exc_OverflowError)) bytes_algo_bad_size(t, source);
        if (!err_matches(t, &exc_TypeError)) return -1;
        err_clear(t);
    }
    if (obj_has_buffer(source)) return append_buffer(t, self, source);
    return append_iterable(t, self, source, "cannot convert '%T' object to bytearray");
}

static int type_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V arg[3];
    if (args_bind(t, "bytearray", "source=b'', encoding='utf-8', errors='strict'", args, nargs, kwnames, arg) < 0) return -1;
    if (bytearray_len(self) && bytearray_resize(t, self, 0) < 0) return -1;
    if (arg[1] == V_NULL && arg[2] == V_NULL) return arg[0] == V_NULL ? 0 : fill_from(t, self, arg[0]);
    V encoded = bytes_encode_argument(t, arg[0], arg[1], arg[2], "bytearray");
    if (v_is_error(encoded)) return -1;
    int r = append_buffer(t, self, encoded);
    v_drop(t, encoded);
    return r;
}

static void free_array(Thread *t, Obj *o) {
    (void)t;
    mem_free(((ByteArray *)o)->base);
}

// ---- buffers -----------------------------------------------------------------------------------------------------------
static int get_buffer(Thread *t, V self, Buffer *view, int flags) {
    CRITICAL(t, v_obj(self));
    if (buffer_fill(t, view, self, data_of(of(self)), (ptrdiff_t)of(self)->len, false, flags) < 0) return -1;
    at_fetch_add_relaxed(&of(self)->exports, (int64_t)1);
    return 0;
}

// Called when a holder dies, too, so it must not wait for the lock.
static void release_buffer(Thread *t, V self, Buffer *view) {
    (void)t, (void)view;
    at_fetch_sub_release(&of(self)->exports, (int64_t)1);
}

// ---- items -------------------------------------------------------------------------------------------------------------
static ptrdiff_t length(Thread *t, V self) {
    (void)t;
    return (ptrdiff_t)bytearray_len(self);
}

static V item(Thread *t, V self, ptrdiff_t i) {
    CRITICAL(t, v_obj(self));
    if ((size_t)i >= of(self)->len) return err_set(t, &exc_IndexError, "bytearray index out of range");
    return v_from_int((unsigned char)data_of(of(self))[i]);
}

static V subscript_slice(Thread *t, V self, V slice) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    ptrdiff_t n = slice_adjust((ptrdiff_t)of(self)->len, &start, &stop, step);
    if (n <= 0) return bytearray_new(t, NULL, 0);
    const char *p = data_of(of(self));
    if (step == 1) return bytearray_new(t, p + start, (size_t)n);
    V part = bytearray_new(t, NULL, (size_t)n);
    for (ptrdiff_t i = 0; i < n && !v_is_error(part); i++) of(part)->base[i] = p[start + i * step];
    return part;
}

static int index_of_key(Thread *t, V key, ptrdiff_t *i) {
    if (v_is_int(key)) {
        *i = v_int(key);
        return 0;
    }
    if (v_is_any_int(key) || v_type(key)->index) return num_as_ssize(t, key, &exc_IndexError, i);
    err_set(t, &exc_TypeError, "bytearray indices must be integers or slices, not %T", key);
    return -1;
}

static V subscript(Thread *t, V self, V key) {
    ptrdiff_t i;
    if (v_is_exact(key, &slice_type)) return subscript_slice(t, self, key);
    if (index_of_key(t, key, &i) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    return item(t, self, i < 0 ? i + (ptrdiff_t)of(self)->len : i);
}

static int delete_slice(Thread *t, V self, V slice) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return -1;
    CRITICAL(t, v_obj(self));
    ByteArray *b = of(self);
    ptrdiff_t n = slice_adjust((ptrdiff_t)b->len, &start, &stop, step);
    if (n <= 0) return 0;
    if (step == 1) return splice(t, b, (size_t)start, (size_t)(start + n), NULL, 0);
    if (check_exports(t, b) < 0) return -1;
    if (step < 0) {
        start += step * (n - 1);
        step = -step;
    }
    char *p = data_of(b);
    size_t to = (size_t)start, gone = 0;
    for (size_t i = (size_t)start; i < b->len; i++) {
        if (gone < (size_t)n && i == (size_t)start + gone * (size_t)step) gone++;
        else p[to++] = p[i];
    }
    return resize(t, b, to);
}

static int assign_bytes(Thread *t, V self, V slice, const char *p, size_t m) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return -1;
    CRITICAL(t, v_obj(self));
    ByteArray *b = of(self);
    ptrdiff_t n = slice_adjust((ptrdiff_t)b->len, &start, &stop, step);
    if (step == 1) return splice(t, b, (size_t)start, (size_t)(start + n), p, m);
    if ((size_t)n != m) {
        err_set(t, &exc_ValueError, "attempt to assign bytes of size %zu to extended slice of size %zd", m, n);
        return -1;
    }
    for (ptrdiff_t i = 0; i < n; i++) data_of(b)[start + i * step] = p[i];
    return 0;
}

static int assign_slice(Thread *t, V self, V slice, V value) {
    if (v_is(value, self) || !obj_has_buffer(value)) { // through a copy of its own
        if (v_is_any_int(value) || v_is_any_float(value) || v_is_str(value)) {
            err_set(t, &exc_TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
            return -1;
        }
        V copy = obj_call1(t, v_from_type(&bytearray_type), value);
        if (v_is_error(copy)) return -1;
        int r = assign_slice(t, self, slice, copy);
        v_drop(t, copy);
        return r;
    }
    Buffer view;
    CRITICAL2(t, v_obj(self), changeable(value));
    if (buffer_get(t, value, &view, BUF_SIMPLE) < 0) return -1;
    int r = view.len ? assign_bytes(t, self, slice, view.data, (size_t)view.len) : delete_slice(t, self, slice);
    buffer_release(t, &view);
    return r;
}

static int set_byte(Thread *t, ByteArray *b, size_t i, int byte) { // -1 deletes
    CRITICAL(t, &b->head);
    if (i >= b->len) {
        err_set(t, &exc_IndexError, "bytearray index out of range");
        return -1;
    }
    if (byte < 0) return splice(t, b, i, i + 1, NULL, 0);
    data_of(b)[i] = (char)byte;
    return 0;
}

static int set_subscript(Thread *t, V self, V key, V value) {
    if (v_is_exact(key, &slice_type)) return value == V_NULL ? delete_slice(t, self, key) : assign_slice(t, self, key, value);
    ptrdiff_t i;
    int byte = 0;
    if (index_of_key(t, key, &i) < 0) return -1;
    CRITICAL(t, v_obj(self));
    ByteArray *b = of(self);
    if (i < 0) i += (ptrdiff_t)b->len;
    // Out of range comes before a bad value.  Making it an int may run Python: then b may be shorter, or SHARED.
    if ((size_t)i < b->len && value != V_NULL && (byte = bytes_algo_byte(t, value, false)) < 0) return -1;
    return set_byte(t, b, (size_t)i, value == V_NULL ? -1 : byte);
}

static int contains(Thread *t, V self, V value) {
    CRITICAL(t, v_obj(self));
    return bytes_algo_contains(t, self, value);
}

// ---- whole arrays ------------------------------------------------------------------------------------------------------
static V concat(Thread *t, V a, V b) {
    Buffer x, y;
    if (!obj_has_buffer(a) || !obj_has_buffer(b)) return err_set(t, &exc_TypeError, "can't concat %T to %T", b, a);
    CRITICAL2(t, v_obj(a), changeable(b));
    if (buffer_get(t, a, &x, BUF_SIMPLE) < 0) return V_ERROR;
    if (buffer_get(t, b, &y, BUF_SIMPLE) < 0) {
        buffer_release(t, &x);
        return V_ERROR;
    }
    V sum = x.len > PTRDIFF_MAX - y.len - 1 ? err_no_memory(t) : bytearray_new(t, NULL, (size_t)(x.len + y.len));
    if (!v_is_error(sum) && x.len + y.len) {
        memcpy(of(sum)->base, x.data, (size_t)x.len);
        memcpy(of(sum)->base + x.len, y.data, (size_t)y.len);
    }
    buffer_release(t, &x);
    buffer_release(t, &y);
    return sum;
}

static V concat_in_place(Thread *t, V self, V other) {
    if (!obj_has_buffer(other)) return err_set(t, &exc_TypeError, "can't concat %T to %T", other, self);
    return append_buffer(t, self, other) < 0 ? V_ERROR : v_dup(self);
}

// Fills p[n, total) with what stands in p[0, n), over and over.
static void repeat_bytes(char *p, size_t n, size_t total) {
    for (size_t done = n; done < total;) {
        size_t step = done <= total - done ? done : total - done;
        memcpy(p + done, p, step);
        done += step;
    }
}

static V repeat(Thread *t, V self, V count) {
    ptrdiff_t times;
    size_t total;
    if (num_as_ssize(t, count, &exc_OverflowError, &times) < 0) return V_ERROR;
    if (times < 0) times = 0;
    CRITICAL(t, v_obj(self));
    size_t n = of(self)->len;
    if (__builtin_mul_overflow(n, (size_t)times, &total) || total >= PTRDIFF_MAX) return err_no_memory(t);
    V result = bytearray_new(t, NULL, total);
    if (v_is_error(result) || total == 0) return result;
    memcpy(of(result)->base, data_of(of(self)), n);
    repeat_bytes(of(result)->base, n, total);
    return result;
}

static V repeat_in_place(Thread *t, V self, V count) {
    ptrdiff_t times;
    size_t total;
    if (num_as_ssize(t, count, &exc_OverflowError, &times) < 0) return V_ERROR;
    if (times < 0) times = 0;
    CRITICAL(t, v_obj(self));
    size_t n = of(self)->len;
    if (__builtin_mul_overflow(n, (size_t)times, &total) || total >= PTRDIFF_MAX) return err_no_memory(t);
    if (resize(t, of(self), total) < 0) return V_ERROR;
    if (n) repeat_bytes(data_of(of(self)), n, total);
    return v_dup(self);
}

static V compare(Thread *t, V a, V b, int op) {
    if (!obj_has_buffer(a) || !obj_has_buffer(b)) {
        if (bytes_warning && (op == CMP_EQ || op == CMP_NE) && (v_is_str(a) || v_is_str(b)) &&
            warn(t, &exc_BytesWarning, 1, "Comparison between bytearray and string") < 0)
            return V_ERROR;
        return V_NOT_IMPLEMENTED;
    }
    Buffer x, y;
    CRITICAL2(t, v_obj(a), changeable(b));
    if (buffer_get(t, a, &x, BUF_SIMPLE) < 0) {
        err_clear(t);
        return V_NOT_IMPLEMENTED;
    }
    if (buffer_get(t, b, &y, BUF_SIMPLE) < 0) {
        err_clear(t);
        buffer_release(t, &x);
        return V_NOT_IMPLEMENTED;
    }
    int c = bytes_algo_compare(x.data, (size_t)x.len, y.data, (size_t)y.len);
    buffer_release(t, &x);
    buffer_release(t, &y);
    return v_from_bool(op == CMP_LT   ? c < 0
                       : op == CMP_LE ? c <= 0
                       : op == CMP_EQ ? c == 0
                       : op == CMP_NE ? c != 0
                       : op == CMP_GT ? c > 0
                                      : c >= 0);
}

static V repr(Thread *t, V self) {
    StrBuilder b;
    char prefix[128];
    const char *name = type_short_name(v_type(self));
    if (strlen(name) < sizeof prefix - 2) {
        memcpy(prefix, name, strlen(name));
        strcpy(prefix + strlen(name), "(");
        CRITICAL(t, v_obj(self));
        return bytes_algo_repr(t, data_of(of(self)), of(self)->len, prefix, ")");
    }
    V text;
    {
        CRITICAL(t, v_obj(self));
        text = bytes_algo_repr(t, data_of(of(self)), of(self)->len, "(", ")");
    }
    if (v_is_error(text)) return V_ERROR;
    V type = type_name(t, v_type(self));
    sb_init(&b, t);
    if (!v_is_error(type)) sb_str(&b, type);
    sb_str(&b, text);
    v_drop(t, text);
    v_drop(t, type);
    if (!v_is_error(type)) return sb_finish(&b);
    sb_abandon(&b);
    return V_ERROR;
}

static V str_slot(Thread *t, V self) {
    if (bytes_warning && warn(t, &exc_BytesWarning, 1, "str() on a bytearray instance") < 0) return V_ERROR;
    return repr(t, self);
}

static V remainder_slot(Thread *t, V a, V b) {
    if (!type_check(t, a, &bytearray_type)) return V_NOT_IMPLEMENTED;
    V copy;
    {
        CRITICAL(t, v_obj(a));
        copy = bytes_from(t, data_of(of(a)), of(a)->len);
    }
    if (v_is_error(copy)) return V_ERROR;
    V result = bytes_algo_format_percent(t, bytes_data(copy), bytes_len(copy), b, true);
    v_drop(t, copy);
    return result;
}

// ---- methods of its own ------------------------------------------------------------------------------------------------
static V none_or_error(int r) { return r < 0 ? V_ERROR : V_NONE; }

static NATIVE(m_append) {
    UNUSED_NATIVE();
    int byte = bytes_algo_byte(t, args[0], false);
    return byte < 0 ? V_ERROR : none_or_error(append_byte(t, self, byte));
}
static NATIVE(m_clear) {
    UNUSED_NATIVE();
    return none_or_error(bytearray_resize(t, self, 0));
}
static NATIVE(m_copy) {
    UNUSED_NATIVE();
    return bytearray_new(t, data_of(of(self)), of(self)->len);
}
static NATIVE(m_extend) {
    UNUSED_NATIVE();
    if (obj_has_buffer(args[0])) return none_or_error(append_buffer(t, self, args[0]));
    // All or nothing: the items are gathered first.
    if (obj_len_hint(t, args[0], 0) < 0) return V_ERROR; // an object that fails to say is refused
    V more = bytearray_new(t, NULL, 0);
    if (v_is_error(more)) return V_ERROR;
    int r = append_iterable(t, more, args[0], "can't extend bytearray with %T");
    if (r == 0) r = append_buffer(t, self, more);
    v_drop(t, more);
    return none_or_error(r);
}
static NATIVE(m_insert) {
    UNUSED_NATIVE();
    ptrdiff_t i;
    if (num_as_ssize(t, args[0], &exc_OverflowError, &i) < 0) return V_ERROR;
    int byte = bytes_algo_byte(t, args[1], false);
    if (byte < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    ptrdiff_t n = (ptrdiff_t)of(self)->len;
    if (i < 0 && (i += n) < 0) i = 0;
    if (i > n) i = n;
    char c = (char)byte;
    return none_or_error(splice(t, of(self), (size_t)i, (size_t)i, &c, 1));
}
static NATIVE(m_pop) {
    UNUSED_NATIVE();
    ptrdiff_t i = -1;
    if (args[0] != V_NULL && num_as_ssize(t, args[0], &exc_OverflowError, &i) < 0) return V_ERROR;
    ByteArray *b = of(self);
    CRITICAL(t, &b->head);
    if (b->len == 0) return err_set(t, &exc_IndexError, "pop from empty bytearray");
    if (i < 0) i += (ptrdiff_t)b->len;
    if ((size_t)i >= b->len) return err_set(t, &exc_IndexError, "pop index out of range");
    unsigned char byte = (unsigned char)data_of(b)[i];
    return splice(t, b, (size_t)i, (size_t)i + 1, NULL, 0) < 0 ? V_ERROR : v_from_int(byte);
}
static NATIVE(m_remove) {
    UNUSED_NATIVE();
    int byte = bytes_algo_byte(t, args[0], false);
    if (byte < 0) return V_ERROR;
    ByteArray *b = of(self);
    CRITICAL(t, &b->head);
    const char *p = data_of(b), *at = memchr(p, byte, b->len);
    if (!at) return err_set(t, &exc_ValueError, "value not found in bytearray");
    return none_or_error(splice(t, b, (size_t)(at - p), (size_t)(at - p) + 1, NULL, 0));
}
static NATIVE(m_reverse) {
    UNUSED_NATIVE();
    char *p = data_of(of(self));
    for (size_t i = 0, j = of(self)->len; i + 1 < j; i++) {
        char c = p[i];
        p[i] = p[--j];
        p[j] = c;
    }
    return V_NONE;
}
static NATIVE(m_alloc) {
    UNUSED_NATIVE();
    return int_from_size(t, of(self)->capacity);
}
static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    return int_from_size(t, v_type(self)->size + of(self)->capacity);
}
static NATIVE(m_fromhex) {
    UNUSED_NATIVE();
    V bytes = bytes_algo_fromhex(t, args[0]);
    if (v_is_error(bytes)) return V_ERROR;
    V result = obj_call1(t, self, bytes);
    v_drop(t, bytes);
    return result;
}

// Protocol 3 knows bytes; before that they travel as Latin-1 text.
static V reduce(Thread *t, V self, int64_t protocol) {
    V state = obj_call_method0(t, self, NAME(__getstate__)), args;
    {
        CRITICAL(t, v_obj(self));
        const char *p = data_of(of(self));
        size_t n = of(self)->len;
        if (n == 0 && protocol >= 3) args = tuple_empty();
        else if (protocol >= 3) args = tuple_pack_steal(t, 1, bytes_from(t, p, n));
        else args = tuple_pack_steal(t, 2, str_from_latin1(t, p, n), str_from_cstr(t, "latin-1"));
    }
    return tuple_pack_steal(t, 3, v_from_type(v_type(self)), args, state);
}
static NATIVE(m_reduce) {
    UNUSED_NATIVE();
    return reduce(t, self, 2);
}
static NATIVE(m_reduce_ex) {
    UNUSED_NATIVE();
    int protocol = 0;
    if (args[0] != V_NULL && num_as_int(t, args[0], &protocol) < 0) return V_ERROR;
    return reduce(t, self, protocol);
}

static const Method methods[] = {
    BYTES_METHODS_LOCKED
    {"maketrans", bytes_m_maketrans, "frm, to, /", LOCK_NONE, M_STATIC, "A table for translate that maps each byte of frm to the one at its place in to."},
    {"append", m_append, "item, /", LOCK_NONE, 0, "Puts one byte at the end."},
    {"clear", m_clear, "", LOCK_NONE, 0, "Takes all bytes out."},
    {"copy", m_copy, "", LOCK_SELF, 0, "Another bytearray with the same bytes."},
    {"extend", m_extend, "iterable_of_ints, /", LOCK_NONE, 0, "Puts the bytes of a buffer, or the ints of an iterable, at the end."},
    {"insert", m_insert, "index, item, /", LOCK_NONE, 0, "Puts one byte in front of the one at index."},
    {"pop", m_pop, "index=-1, /", LOCK_NONE, 0, "Takes one byte out, the last by default, and returns it."},
    {"remove", m_remove, "value, /", LOCK_NONE, 0, "Takes the first byte of this value out."},
    {"reverse", m_reverse, "", LOCK_SELF, 0, "Turns the order of the bytes round."},
    {"fromhex", m_fromhex, "string, /", LOCK_NONE, M_CLASS, "The bytes that pairs of hexadecimal digits stand for; white space between pairs is skipped."},
    {"__alloc__", m_alloc, "", LOCK_SELF, 0, "How many bytes there is memory for."},
    {"__reduce__", m_reduce, "", LOCK_NONE, 0, "State for pickling."},
    {"__reduce_ex__", m_reduce_ex, "proto=0, /", LOCK_NONE, 0, "State for pickling by a given protocol."},
    {"__sizeof__", m_sizeof, "", LOCK_SELF, 0, "Memory in use, in bytes."},
    METHOD_END,
};

// ---- the iterator ------------------------------------------------------------------------------------------------------
typedef struct ByteArrayIter {
    Obj head;
    Slot array;   // V_NULL once exhausted
    size_t index; // atomic
} ByteArrayIter;
static ByteArrayIter *iter_of(V v) { return (ByteArrayIter *)v_obj(v); }

static V iter_new(Thread *t, V self) {
    V v = type_alloc(t, &bytearray_iter_type, 0);
    if (!v_is_error(v)) slot_init(t, v_obj(v), &iter_of(v)->array, self);
    return v;
}
static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((ByteArrayIter *)o)->array); }

static V iter_next(Thread *t, V self) {
    ByteArrayIter *it = iter_of(self);
    CRITICAL(t, &it->head);
    V array = slot_get(&it->head, &it->array);
    if (array == V_NULL) return V_END;
    V result = V_END;
    {
        CRITICAL(t, v_obj(array));
        size_t i = at_load_relaxed(&it->index);
        if (i < of(array)->len) {
            result = v_from_int((unsigned char)data_of(of(array))[i]);
            at_store_relaxed(&it->index, i + 1);
        }
    }
    if (result == V_END) slot_clear(t, &it->head, &it->array);
    v_drop(t, array);
    return result;
}

static NATIVE(iter_hint) {
    UNUSED_NATIVE();
    V array = slot_peek(&iter_of(self)->array);
    size_t i = at_load_relaxed(&iter_of(self)->index), n = array == V_NULL ? 0 : bytearray_len(array);
    return v_from_int(i < n ? (int64_t)(n - i) : 0);
}
static NATIVE(iter_reduce) {
    UNUSED_NATIVE();
    ByteArrayIter *it = iter_of(self);
    V array = slot_get(&it->head, &it->array), iter = iter_builtin(t, "iter");
    if (array == V_NULL) return tuple_pack_steal(t, 2, iter, tuple_pack_steal(t, 1, tuple_empty()));
    return tuple_pack_steal(t, 3, iter, tuple_pack_steal(t, 1, array), int_from_size(t, at_load_relaxed(&it->index)));
}
static NATIVE(iter_setstate) {
    UNUSED_NATIVE();
    ptrdiff_t i;
    if (iter_state(t, args[0], &i) < 0) return V_ERROR;
    V array = slot_peek(&iter_of(self)->array);
    if (array == V_NULL) return V_NONE;
    size_t n = bytearray_len(array);
    at_store_relaxed(&iter_of(self)->index, i < 0 ? 0 : (size_t)i > n ? n : (size_t)i);
    return V_NONE;
}
static const Method iter_methods[] = {ITER_HINT(iter_hint), ITER_REDUCE(iter_reduce), ITER_SETSTATE(iter_setstate), METHOD_END};
Type bytearray_iter_type = {
    TYPE_HEAD("bytearray_iterator"), .flags = TYPE_GC, .size = sizeof(ByteArrayIter), .traverse = iter_traverse,
    .iter = iter_self, .next = iter_next, .methods = iter_methods,
};

Type bytearray_type = {
    TYPE_HEAD("bytearray"), .getattr = obj_generic_getattr,
    .doc = "bytearray(source=b'', encoding='utf-8', errors='strict')\n\n"
           "A changeable array of bytes: from an iterable of ints, an encoded str, a buffer, or a number of zeros.",
    .flags = TYPE_BASETYPE | TYPE_ITEM_SELF, .size = sizeof(ByteArray), .free_ = free_array,
    .new_ = type_new_bare, .init = type_init, .repr = repr, .str = str_slot, .compare = compare, .hash = obj_hash_unhashable,
    .iter = iter_new, .remainder = remainder_slot, .len = length, .subscript = subscript, .set_subscript = set_subscript,
    .item = item, .contains = contains, .concat = concat, .repeat = repeat, .iconcat = concat_in_place,
    .irepeat = repeat_in_place, .get_buffer = get_buffer, .release_buffer = release_buffer, .methods = methods,
};
