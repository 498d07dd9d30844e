// SPDX-License-Identifier: MIT
// The methods that bytes and bytearray share (bytes_algo.h tells how), in the order of its list where that makes sense.
//
// Bodies get the other operands first (buffers stay exported, so they cannot move), then look at self's data.
#include "base/bits.h"
#include "object/bytes_algo.h"
#include "object/misc.h"
#include "parts.h"
#include "threading/poll.h"
#include <stdio.h>

typedef unsigned char Byte;

static inline bool is_lower(Byte c) { return c >= 'a' && c <= 'z'; }
static inline bool is_upper(Byte c) { return c >= 'A' && c <= 'Z'; }
static inline bool is_alpha(Byte c) { return is_lower(c | 0x20); }
static inline bool is_digit(Byte c) { return c >= '0' && c <= '9'; }
static inline bool is_space(Byte c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline Byte to_lower(Byte c) { return is_upper(c) ? c | 0x20 : c; }
static inline Byte to_upper(Byte c) { return is_lower(c) ? c & 0xdf : c; }

V bytes_algo_new(Thread *t, V self, const void *data, size_t n) {
    if (!v_is_bytes(self)) return bytearray_new(t, data, n);
    return data ? bytes_from(t, data, n) : bytes_new(t, n);
}
static inline Byte *data_of(V v) { return (Byte *)(v_is_bytes(v) ? bytes_data(v) : bytearray_data(v)); }

// self as it is, or a copy: what a method returns that changes nothing.
static V same(Thread *t, V self) {
    if (v_is_exact(self, &bytes_type)) return v_dup(self);
    size_t n;
    const char *p = bytes_algo_data(self, &n);
    return bytes_algo_new(t, self, n ? p : "", n);
}

static V part(Thread *t, V self, size_t start, size_t end) {
    size_t n;
    const char *p = bytes_algo_data(self, &n);
    if (start == 0 && end == n) return same(t, self);
    return bytes_algo_new(t, self, n ? p + start : "", end - start);
}

// ---- arguments ----------------------------------------------------------------------------------------------------------
static int byte_of(Thread *t, int64_t i, bool plural) {
    if (i >= 0 && i <= 255) return (int)i;
    err_set(t, &exc_ValueError, plural ? "bytes must be in range(0, 256)" : "byte must be in range(0, 256)");
    return -1;
}
int bytes_algo_byte(Thread *t, V v, bool plural) {
    ptrdiff_t i;
    if (v_is_int(v)) return byte_of(t, v_int(v), plural);
    return num_as_ssize(t, v, NULL, &i) < 0 ? -1 : byte_of(t, i, plural);
}

int bytes_algo_contains(Thread *t, V self, V item) {
    size_t n;
    if (v_is_any_int(item) || (!obj_has_buffer(item) && v_type(item)->index)) {
        ptrdiff_t number;
        if (num_as_ssize(t, item, NULL, &number) >= 0) {
            int byte = byte_of(t, number, false);
            const char *data = bytes_algo_data(self, &n);
            return byte < 0 ? -1 : n && memchr(data, byte, n) != NULL;
        }
        err_clear(t); // what has no number may have bytes; that it has not is what the program hears
    }
    Buffer view;
    if (buffer_get(t, item, &view, BUF_SIMPLE) < 0) return -1;
    const char *data = bytes_algo_data(self, &n);
    int found = bytes_algo_find(data, n, view.data, (size_t)view.len) >= 0;
    buffer_release(t, &view);
    return found;
}

// [start, end) clipped to n as slices are; absent or None: everything
static int read_range(Thread *t, V start, V end, ptrdiff_t *from, ptrdiff_t *to) {
    *from = 0;
    *to = PTRDIFF_MAX;
    if (start != V_NULL && start != V_NONE && slice_index(t, start, from) < 0) return -1;
    if (end != V_NULL && end != V_NONE && slice_index(t, end, to) < 0) return -1;
    return 0;
}

static void clip_range(size_t n, ptrdiff_t *from, ptrdiff_t *to) {
    if (*to > (ptrdiff_t)n) *to = (ptrdiff_t)n;
    else if (*to < 0 && (*to += (ptrdiff_t)n) < 0) *to = 0;
    if (*from < 0 && (*from += (ptrdiff_t)n) < 0) *from = 0;
}

typedef struct Sub { // what find() and friends look for: one byte or a buffer
    Buffer view;
    bool held;
    Byte byte;
    const void *p;
    size_t n;
} Sub;

static int sub_get(Thread *t, V v, Sub *sub) {
    sub->held = false;
    if (v_is_any_int(v) || (!obj_has_buffer(v) && v_type(v)->index)) {
        int byte = bytes_algo_byte(t, v, false);
        if (byte < 0) return -1;
        sub->byte = (Byte)byte;
        sub->p = &sub->byte;
        sub->n = 1;
        return 0;
    }
    if (!obj_has_buffer(v)) {
        err_set(t, &exc_TypeError, "argument should be integer or bytes-like object, not '%T'", v);
        return -1;
    }
    if (buffer_get(t, v, &sub->view, BUF_SIMPLE) < 0) return -1;
    sub->held = true;
    sub->p = sub->view.data;
    sub->n = (size_t)sub->view.len;
    return 0;
}

static void sub_release(Thread *t, Sub *sub) {
    if (sub->held) buffer_release(t, &sub->view);
}

// Shared by find, rfind, index, rindex and count: the answer, -1 for none, -2 with an exception.
static ptrdiff_t search(Thread *t, V self, const V *args, size_t nargs, const char *name, char what) {
    ptrdiff_t from, to, at = -1;
    if (args_old_count(t, name, nargs, V_NULL, 1, 3) < 0) return -2;
    if (read_range(t, nargs > 1 ? args[1] : V_NULL, nargs > 2 ? args[2] : V_NULL, &from, &to) < 0) return -2;
    Sub sub;
    if (sub_get(t, args[0], &sub) < 0) return -2;
    size_t n;
    const char *p = bytes_algo_data(self, &n);
    clip_range(n, &from, &to);
    if (what == 'c') {
        size_t m = from > to ? 0 : (size_t)(to - from), count = 0;
        bool still = v_is_bytes(self) && (!sub.held || v_is_bytes(args[0])); // nothing changes it while this thread is detached
        if (from > to) count = 0;
        else if (!still || m < DETACH_UNITS) count = bytes_algo_count(p + from, m, sub.p, sub.n, SIZE_MAX);
        else BLOCKING(t) count = bytes_algo_count(p + from, m, sub.p, sub.n, SIZE_MAX);
        at = (ptrdiff_t)count;
    } else if (from <= to) {
        at = what == 'f' ? bytes_algo_find(p + from, (size_t)(to - from), sub.p, sub.n)
                         : bytes_algo_rfind(p + from, (size_t)(to - from), sub.p, sub.n);
        if (at >= 0) at += from;
    }
    sub_release(t, &sub);
    return at;
}

#define SEARCH_METHOD(name, what, missing)                                                                             \
    NATIVE(bytes_m_##name) {                                                                                           \
        (void)kwnames;                                                                                                 \
        ptrdiff_t at = search(t, self, args, nargs, #name, what);                                                      \
        if (at == -2) return V_ERROR;                                                                                  \
        if (at == -1 && (missing)) return err_set(t, &exc_ValueError, "subsection not found");                         \
        return v_from_int(at);                                                                                         \
    }
SEARCH_METHOD(find, 'f', false)
SEARCH_METHOD(rfind, 'r', false)
SEARCH_METHOD(index, 'f', true)
SEARCH_METHOD(rindex, 'r', true)
SEARCH_METHOD(count, 'c', false)

static int matches(Thread *t, V self, V affix, ptrdiff_t from, ptrdiff_t to, bool at_end) {
    Buffer view;
    if (buffer_get(t, affix, &view, BUF_SIMPLE) < 0) return -1;
    size_t n;
    const char *p = bytes_algo_data(self, &n);
    clip_range(n, &from, &to);
    int r = from <= to && to - from >= view.len &&
            memcmp(p + (at_end ? to - view.len : from), view.data, (size_t)view.len) == 0;
    buffer_release(t, &view);
    return r;
}

static V affix_method(Thread *t, V self, const V *args, size_t nargs, const char *name, bool at_end) {
    ptrdiff_t from, to;
    if (args_old_count(t, name, nargs, V_NULL, 1, 3) < 0) return V_ERROR;
    if (read_range(t, nargs > 1 ? args[1] : V_NULL, nargs > 2 ? args[2] : V_NULL, &from, &to) < 0) return V_ERROR;
    int r = 0;
    if (v_is_tuple(args[0])) {
        for (size_t i = 0; r == 0 && i < tuple_len(args[0]); i++) r = matches(t, self, tuple_borrow(args[0], i), from, to, at_end);
    } else if (!obj_has_buffer(args[0])) {
        return err_set(t, &exc_TypeError, "%s first arg must be bytes or a tuple of bytes, not %T", name, args[0]);
    } else {
        r = matches(t, self, args[0], from, to, at_end);
    }
    return r < 0 ? V_ERROR : v_from_bool(r);
}

NATIVE(bytes_m_startswith) {
    (void)kwnames;
    return affix_method(t, self, args, nargs, "startswith", false);
}
NATIVE(bytes_m_endswith) {
    (void)kwnames;
    return affix_method(t, self, args, nargs, "endswith", true);
}

// ---- tests ----------------------------------------------------------------------------------------------------------------
#define ALL_METHOD(name, test)                                                                                         \
    NATIVE(bytes_m_##name) {                                                                                           \
        UNUSED_NATIVE();                                                                                               \
        size_t n;                                                                                                      \
        const Byte *p = (const Byte *)bytes_algo_data(self, &n);                                                       \
        for (size_t i = 0; i < n; i++)                                                                                 \
            if (!(test)) return V_FALSE;                                                                               \
        return v_from_bool(n > 0);                                                                                     \
    }
ALL_METHOD(isalnum, is_alpha(p[i]) || is_digit(p[i]))
ALL_METHOD(isalpha, is_alpha(p[i]))
ALL_METHOD(isdigit, is_digit(p[i]))
ALL_METHOD(isspace, is_space(p[i]))

NATIVE(bytes_m_isascii) {
    UNUSED_NATIVE();
    size_t n;
    const Byte *p = (const Byte *)bytes_algo_data(self, &n);
    for (size_t i = 0; i < n; i++)
        if (p[i] >= 128) return V_FALSE;
    return V_TRUE;
}

static V has_case(V self, bool (*other)(Byte)) {
    size_t n;
    const Byte *p = (const Byte *)bytes_algo_data(self, &n);
    bool cased = false;
    for (size_t i = 0; i < n; i++) {
        if (other(p[i])) return V_FALSE;
        cased |= is_alpha(p[i]);
    }
    return v_from_bool(cased);
}
NATIVE(bytes_m_islower) { UNUSED_NATIVE(); return has_case(self, is_upper); }
NATIVE(bytes_m_isupper) { UNUSED_NATIVE(); return has_case(self, is_lower); }

NATIVE(bytes_m_istitle) {
    UNUSED_NATIVE();
    size_t n;
    const Byte *p = (const Byte *)bytes_algo_data(self, &n);
    bool cased = false, inside = false;
    for (size_t i = 0; i < n; i++) {
        if (is_upper(p[i]) ? inside : is_lower(p[i]) ? !inside : false) return V_FALSE;
        inside = is_alpha(p[i]);
        cased |= inside;
    }
    return v_from_bool(cased);
}

// ---- case -----------------------------------------------------------------------------------------------------------------
#define MAP_METHOD(name, start, expression)                                                                            \
    NATIVE(bytes_m_##name) {                                                                                           \
        UNUSED_NATIVE();                                                                                               \
        size_t n;                                                                                                      \
        bytes_algo_data(self, &n);                                                                                     \
        V r = bytes_algo_new(t, self, NULL, n);                                                                        \
        if (v_is_error(r) || n == 0) return r;                                                                         \
        const Byte *p = (const Byte *)bytes_algo_data(self, &n);                                                       \
        Byte *q = data_of(r);                                                                                          \
        bool inside = start;                                                                                           \
        for (size_t i = 0; i < n; i++) {                                                                               \
            Byte c = p[i];                                                                                             \
            q[i] = (expression);                                                                                       \
            inside = is_alpha(c);                                                                                      \
        }                                                                                                              \
        (void)inside;                                                                                                  \
        return n == 1 && v_is_bytes(r) ? bytes_single_steal(t, r) : r;                                                 \
    }
// The shared object for a bytes of length one.
static V bytes_single_steal(Thread *t, V v) {
    V r = bytes_from(t, bytes_data(v), 1);
    v_drop(t, v);
    return r;
}
MAP_METHOD(lower, false, to_lower(c))
MAP_METHOD(upper, false, to_upper(c))
MAP_METHOD(swapcase, false, is_lower(c) ? to_upper(c) : to_lower(c))
MAP_METHOD(title, false, inside ? to_lower(c) : to_upper(c))
MAP_METHOD(capitalize, false, i ? to_lower(c) : to_upper(c))

// ---- padding --------------------------------------------------------------------------------------------------------------
static V padded(Thread *t, V self, size_t left, size_t right, Byte fill) {
    size_t n;
    bytes_algo_data(self, &n);
    if (left + right == 0) return same(t, self);
    if (left + right > PTRDIFF_MAX - n) return err_no_memory(t);
    V r = bytes_algo_new(t, self, NULL, left + n + right);
    if (v_is_error(r)) return r;
    const char *p = bytes_algo_data(self, &n);
    Byte *q = data_of(r);
    memset(q, fill, left);
    if (n) memcpy(q + left, p, n);
    memset(q + left + n, fill, right);
    return left + n + right == 1 && v_is_bytes(r) ? bytes_single_steal(t, r) : r;
}

static int read_fill(Thread *t, const char *name, V v, Byte *fill) {
    *fill = ' ';
    if (v == V_NULL) return 0;
    if (v_is_bytes(v) || type_check(t, v, &bytearray_type)) {
        CRITICAL(t, v_obj(v)); // a bytearray's may move
        size_t n;
        const char *p = bytes_algo_data(v, &n);
        if (n == 1) {
            *fill = (Byte)*p;
            return 0;
        }
    }
    err_set(t, &exc_TypeError, "%s() argument 2 must be a byte string of length 1, not %K", name, v);
    return -1;
}

static V justify(Thread *t, V self, const V *args, const char *name, char how) {
    ptrdiff_t width;
    Byte fill;
    if (num_as_ssize(t, args[0], &exc_OverflowError, &width) < 0 || read_fill(t, name, args[1], &fill) < 0) return V_ERROR;
    size_t n;
    bytes_algo_data(self, &n);
    size_t pad = width > (ptrdiff_t)n ? (size_t)width - n : 0;
    size_t left = how == 'l' ? 0 : how == 'r' ? pad : pad / 2 + (pad & (size_t)width & 1);
    return padded(t, self, left, pad - left, fill);
}
NATIVE(bytes_m_center) { UNUSED_NATIVE(); return justify(t, self, args, "center", 'c'); }
NATIVE(bytes_m_ljust) { UNUSED_NATIVE(); return justify(t, self, args, "ljust", 'l'); }
NATIVE(bytes_m_rjust) { UNUSED_NATIVE(); return justify(t, self, args, "rjust", 'r'); }

NATIVE(bytes_m_zfill) {
    UNUSED_NATIVE();
    ptrdiff_t width;
    if (num_as_ssize(t, args[0], &exc_OverflowError, &width) < 0) return V_ERROR;
    size_t n;
    bytes_algo_data(self, &n);
    size_t pad = width > (ptrdiff_t)n ? (size_t)width - n : 0;
    V r = padded(t, self, pad, 0, '0');
    if (v_is_error(r) || pad == 0 || n == 0) return r;
    Byte *q = data_of(r);
    if (q[pad] == '+' || q[pad] == '-') {
        q[0] = q[pad];
        q[pad] = '0';
    }
    return r;
}

NATIVE(bytes_m_expandtabs) {
    UNUSED_NATIVE();
    int tab = 8;
    if (args[0] != V_NULL && num_as_int(t, args[0], &tab) < 0) return V_ERROR;
    size_t n, total = 0, column = 0;
    const char *p = bytes_algo_data(self, &n);
    for (size_t i = 0; i < n; i++) {
        size_t step = p[i] != '\t' ? 1 : tab > 0 ? (size_t)tab - column % (size_t)tab : 0;
        if (size_add_overflow(total, step, &total) || total > PTRDIFF_MAX) return err_set(t, &exc_OverflowError, "result too long");
        column = p[i] == '\n' || p[i] == '\r' ? 0 : column + step;
    }
    V r = bytes_algo_new(t, self, NULL, total);
    if (v_is_error(r) || total == 0) return r;
    Byte *q = data_of(r);
    column = 0;
    for (size_t i = 0; i < n; i++) {
        size_t step = p[i] != '\t' ? 1 : tab > 0 ? (size_t)tab - column % (size_t)tab : 0;
        memset(q, p[i] == '\t' ? ' ' : p[i], step);
        q += step;
        column = p[i] == '\n' || p[i] == '\r' ? 0 : column + step;
    }
    return total == 1 && v_is_bytes(r) ? bytes_single_steal(t, r) : r;
}

// ---- stripping --------------------------------------------------------------------------------------------------------------
static V strip(Thread *t, V self, V chars, bool left, bool right) {
    uint32_t set[8] = {0};
    if (chars == V_NULL || chars == V_NONE) {
        for (int c = 0; c < 33; c++)
            if (is_space((Byte)c)) set[c / 32] |= 1u << c % 32;
    } else {
        Buffer view;
        if (buffer_get(t, chars, &view, BUF_SIMPLE) < 0) return V_ERROR;
        for (ptrdiff_t i = 0; i < view.len; i++) {
            Byte c = ((const Byte *)view.data)[i];
            set[c / 32] |= 1u << c % 32;
        }
        buffer_release(t, &view);
    }
    size_t n, start = 0;
    const Byte *p = (const Byte *)bytes_algo_data(self, &n);
#define IN_SET(c) (set[(c) / 32] >> (c) % 32 & 1)
    size_t end = n;
    while (left && start < end && IN_SET(p[start])) start++;
    while (right && end > start && IN_SET(p[end - 1])) end--;
    return part(t, self, start, end);
}
NATIVE(bytes_m_strip) { UNUSED_NATIVE(); return strip(t, self, args[0], true, true); }
NATIVE(bytes_m_lstrip) { UNUSED_NATIVE(); return strip(t, self, args[0], true, false); }
NATIVE(bytes_m_rstrip) { UNUSED_NATIVE(); return strip(t, self, args[0], false, true); }

NATIVE(bytes_m_removeprefix) {
    UNUSED_NATIVE();
    Buffer view;
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    size_t n, m = (size_t)view.len;
    const char *p = bytes_algo_data(self, &n);
    bool has = m <= n && memcmp(p, view.data, m) == 0;
    V r = part(t, self, has ? m : 0, n);
    buffer_release(t, &view); // may let self's lock go
    return r;
}

NATIVE(bytes_m_removesuffix) {
    UNUSED_NATIVE();
    Buffer view;
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    size_t n, m = (size_t)view.len;
    const char *p = bytes_algo_data(self, &n);
    bool has = m <= n && memcmp(p + n - m, view.data, m) == 0;
    V r = part(t, self, 0, has ? n - m : n);
    buffer_release(t, &view); // may let self's lock go
    return r;
}

// ---- splitting --------------------------------------------------------------------------------------------------------------
static V partition(Thread *t, V self, V sep, bool last) {
    Buffer view;
    if (buffer_get(t, sep, &view, BUF_SIMPLE) < 0) return V_ERROR;
    size_t n, m = (size_t)view.len;
    const char *p = bytes_algo_data(self, &n);
    V r = V_ERROR;
    if (m == 0) {
        err_set(t, &exc_ValueError, "empty separator");
    } else {
        ptrdiff_t at = last ? bytes_algo_rfind(p, n, view.data, m) : bytes_algo_find(p, n, view.data, m);
        V middle = v_is_exact(sep, &bytes_type) && v_is_bytes(self) ? v_dup(sep) : bytes_algo_new(t, self, view.data, m);
        if (at >= 0) {
            r = tuple_pack_steal(t, 3, part(t, self, 0, (size_t)at), middle, part(t, self, (size_t)at + m, n));
        } else {
            v_drop(t, middle);
            V empty = bytes_algo_new(t, self, "", 0), empty2 = bytes_algo_new(t, self, "", 0);
            r = last ? tuple_pack_steal(t, 3, empty, empty2, same(t, self)) : tuple_pack_steal(t, 3, same(t, self), empty, empty2);
        }
    }
    buffer_release(t, &view);
    return r;
}
NATIVE(bytes_m_partition) { UNUSED_NATIVE(); return partition(t, self, args[0], false); }
NATIVE(bytes_m_rpartition) { UNUSED_NATIVE(); return partition(t, self, args[0], true); }

static int add_part(Thread *t, Parts *parts, V self, size_t start, size_t end) {
    if (v_is_bytes(self) && parts_poll(t, parts) < 0) return -1; // a bytearray may change at a poll
    return parts_add_steal(t, parts, part(t, self, start, end));
}

static int split_space(Thread *t, Parts *parts, V self, size_t max) {
    size_t n, i = 0;
    const Byte *p = (const Byte *)bytes_algo_data(self, &n);
    for (;;) {
        while (i < n && is_space(p[i])) i++;
        if (i == n) return 0;
        size_t start = i;
        if (max == 0) return add_part(t, parts, self, start, n);
        max--;
        while (i < n && !is_space(p[i])) i++;
        if (add_part(t, parts, self, start, i) < 0) return -1;
    }
}

static int rsplit_space(Thread *t, Parts *parts, V self, size_t max) {
    size_t n;
    const Byte *p = (const Byte *)bytes_algo_data(self, &n);
    for (;;) {
        while (n && is_space(p[n - 1])) n--;
        if (n == 0) return 0;
        size_t end = n;
        if (max == 0) return add_part(t, parts, self, 0, end);
        max--;
        while (n && !is_space(p[n - 1])) n--;
        if (add_part(t, parts, self, n, end) < 0) return -1;
    }
}

static int split_sep(Thread *t, Parts *parts, V self, const void *sep, size_t m, size_t max) {
    size_t n, from = 0;
    const char *p = bytes_algo_data(self, &n);
    for (; max; max--) {
        ptrdiff_t at = bytes_algo_find(p + from, n - from, sep, m);
        if (at < 0) break;
        if (add_part(t, parts, self, from, from + (size_t)at) < 0) return -1;
        from += (size_t)at + m;
    }
    return add_part(t, parts, self, from, n);
}

static int rsplit_sep(Thread *t, Parts *parts, V self, const void *sep, size_t m, size_t max) {
    size_t n;
    const char *p = bytes_algo_data(self, &n);
    for (; max; max--) {
        ptrdiff_t at = bytes_algo_rfind(p, n, sep, m);
        if (at < 0) break;
        if (add_part(t, parts, self, (size_t)at + m, n) < 0) return -1;
        n = (size_t)at;
    }
    return add_part(t, parts, self, 0, n);
}

static V split(Thread *t, V self, const V *args, bool right) {
    ptrdiff_t limit = -1;
    if (args[1] != V_NULL && num_as_ssize(t, args[1], &exc_OverflowError, &limit) < 0) return V_ERROR;
    size_t max = limit < 0 ? SIZE_MAX : (size_t)limit;
    int status = -1;
    Parts parts;
    parts_init(&parts);
    if (args[0] == V_NULL || args[0] == V_NONE) {
        status = (right ? rsplit_space : split_space)(t, &parts, self, max);
    } else {
        Buffer view;
        if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
        if (view.len == 0) err_set(t, &exc_ValueError, "empty separator");
        else status = (right ? rsplit_sep : split_sep)(t, &parts, self, view.data, (size_t)view.len, max);
        buffer_release(t, &view);
    }
    return parts_finish(t, &parts, status, right);
}
NATIVE(bytes_m_split) { UNUSED_NATIVE(); return split(t, self, args, false); }
NATIVE(bytes_m_rsplit) { UNUSED_NATIVE(); return split(t, self, args, true); }

NATIVE(bytes_m_splitlines) {
    UNUSED_NATIVE();
    int keep = 0;
    if (args[0] != V_NULL && num_as_int(t, args[0], &keep) < 0) return V_ERROR;
    Parts parts;
    parts_init(&parts);
    int status = 0;
    size_t n;
    const char *p = bytes_algo_data(self, &n);
    for (size_t i = 0; i < n && status == 0;) {
        size_t start = i;
        while (i < n && p[i] != '\n' && p[i] != '\r') i++;
        size_t end = i;
        if (i < n) i += p[i] == '\r' && i + 1 < n && p[i + 1] == '\n' ? 2 : 1;
        status = add_part(t, &parts, self, start, keep ? i : end);
    }
    return parts_finish(t, &parts, status, false);
}

// ---- joining, replacing, mapping ------------------------------------------------------------------------------------------------
// Items that are bytes, in an array that nothing changes meanwhile.  V_NULL: others, or too much.
static V join_bytes(Thread *t, V separator, const Slot *items, size_t n) {
    size_t total = 0, sep_len = bytes_len(separator);
    for (size_t i = 0; i < n; i++) {
        V item = slot_peek(&items[i]);
        if (!v_is_exact(item, &bytes_type) || size_add_overflow(total, bytes_len(item) + (i ? sep_len : 0), &total)) return V_NULL;
    }
    if (n == 1) return v_dup(slot_peek(&items[0]));
    if (total > PTRDIFF_MAX) return V_NULL;
    V r = bytes_new(t, total);
    if (v_is_error(r) || total == 0) return r;
    char *q = bytes_data(r);
    for (size_t i = 0; i < n; i++) {
        V item = slot_peek(&items[i]);
        if (i) q = (char *)memcpy(q, bytes_data(separator), sep_len) + sep_len;
        q = (char *)memcpy(q, bytes_data(item), bytes_len(item)) + bytes_len(item);
    }
    return total == 1 ? bytes_single_steal(t, r) : r;
}

V bytes_join(Thread *t, V separator, V iterable) {
    if (v_is_exact(separator, &bytes_type)) {
        V r = V_NULL;
        if (v_is_exact(iterable, &tuple_type)) r = join_bytes(t, separator, tuple_of(iterable)->items, tuple_len(iterable));
        else if (v_is_exact(iterable, &list_type) && !obj_is_shared(v_obj(iterable)) && list_len(iterable))
            r = join_bytes(t, separator, list_of(iterable)->items->slots, list_len(iterable));
        if (r != V_NULL) return r;
    }
    V seq = obj_to_tuple(t, iterable);
    if (v_is_error(seq)) {
        if (err_matches(t, &exc_TypeError) && !v_type(iterable)->iter && !obj_is_sequence(iterable)) {
            err_clear(t);
            return err_set(t, &exc_TypeError, "can only join an iterable");
        }
        return seq;
    }
    size_t count = tuple_len(seq), held = 0, total = 0, sep_len;
    Buffer small[16], *views = count <= 16 ? small : mem_alloc(t, count * sizeof *views);
    V r = V_ERROR;
    if (!views) {
        err_no_memory(t);
        goto done;
    }
    if (count == 1 && v_is_exact(separator, &bytes_type) && v_is_exact(tuple_borrow(seq, 0), &bytes_type)) {
        r = v_dup(tuple_borrow(seq, 0));
        goto done;
    }
    for (; held < count; held++) {
        V item = tuple_borrow(seq, held);
        if (!obj_has_buffer(item)) {
            err_set(t, &exc_TypeError, "sequence item %zd: expected a bytes-like object, %T found", (ptrdiff_t)held, item);
            goto done;
        }
        if (buffer_get(t, item, &views[held], BUF_SIMPLE) < 0) goto done;
    }
    const char *sep = bytes_algo_data(separator, &sep_len); // only now: waiting for an item lets the separator's lock go
    for (size_t i = 0; i < count; i++) {
        if (!size_add_overflow(total, (size_t)views[i].len + (i ? sep_len : 0), &total) && total <= PTRDIFF_MAX) continue;
        err_set(t, &exc_OverflowError, "join() result is too long");
        goto done;
    }
    r = bytes_algo_new(t, separator, NULL, total);
    if (v_is_error(r) || total == 0) goto done;
    Byte *q = data_of(r);
    for (size_t i = 0; i < count; i++) {
        if (i && sep_len) {
            memcpy(q, sep, sep_len);
            q += sep_len;
        }
        if (views[i].len) memcpy(q, views[i].data, (size_t)views[i].len);
        q += views[i].len;
    }
    if (total == 1 && v_is_bytes(r)) r = bytes_single_steal(t, r);
done:
    for (size_t i = 0; i < held; i++) buffer_release(t, &views[i]);
    if (views != small) mem_free(views);
    v_drop(t, seq);
    return r;
}
NATIVE(bytes_m_join) { UNUSED_NATIVE(); return bytes_join(t, self, args[0]); }

static V replace(Thread *t, V self, const void *old, size_t m, const void *new_, size_t k, size_t max) {
    size_t n, out, grown;
    const char *p = bytes_algo_data(self, &n);
    size_t count = bytes_algo_count(p, n, old, m, max);
    if (count == 0) return same(t, self);
    if (size_mul_overflow(count, k, &grown) || size_add_overflow(grown, n - (m ? count * m : 0), &out) || out > PTRDIFF_MAX) {
        return err_set(t, &exc_OverflowError, "replace bytes is too long");
    }
    V r = bytes_algo_new(t, self, NULL, out);
    if (v_is_error(r) || out == 0) return r;
    p = bytes_algo_data(self, &n);
    Byte *q = data_of(r);
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = m ? from + (size_t)bytes_algo_find(p + from, n - from, old, m) : i, upto = m ? at : i;
        memcpy(q, p + from, upto - from);
        q += upto - from;
        memcpy(q, new_, k);
        q += k;
        from = at + m;
    }
    memcpy(q, p + from, n - from);
    return out == 1 && v_is_bytes(r) ? bytes_single_steal(t, r) : r;
}

NATIVE(bytes_m_replace) {
    UNUSED_NATIVE();
    ptrdiff_t count = -1;
    Buffer old, new_;
    if (buffer_get(t, args[0], &old, BUF_SIMPLE) < 0) return V_ERROR;
    V r = V_ERROR;
    if (buffer_get(t, args[1], &new_, BUF_SIMPLE) == 0) {
        if (args[2] == V_NULL || num_as_ssize(t, args[2], &exc_OverflowError, &count) == 0) {
            r = replace(t, self, old.data, (size_t)old.len, new_.data, (size_t)new_.len, count < 0 ? SIZE_MAX : (size_t)count);
        }
        buffer_release(t, &new_);
    }
    buffer_release(t, &old);
    return r;
}

static V translated(Thread *t, V self, const Byte *table, const Buffer *deleted) {
    bool drop[256] = {false};
    for (ptrdiff_t i = 0; deleted && i < deleted->len; i++) drop[((const Byte *)deleted->data)[i]] = true;
    size_t n, kept = 0;
    bytes_algo_data(self, &n);
    Byte *buf = mem_alloc(t, n + 1);
    if (!buf) return err_no_memory(t);
    const Byte *p = (const Byte *)bytes_algo_data(self, &n);
    for (size_t i = 0; i < n; i++)
        if (!drop[p[i]]) buf[kept++] = table ? table[p[i]] : p[i];
    bool changed = kept != n || memcmp(buf, p, n) != 0;
    V r = changed ? bytes_algo_new(t, self, buf, kept) : same(t, self);
    mem_free(buf);
    return r;
}

NATIVE(bytes_m_translate) { // table, /, delete=b''
    UNUSED_NATIVE();
    Buffer table, deleted;
    bool has_table = args[0] != V_NONE;
    if (has_table && buffer_get(t, args[0], &table, BUF_SIMPLE) < 0) return V_ERROR;
    V r = V_ERROR;
    if (has_table && table.len != 256) {
        err_set(t, &exc_ValueError, "translation table must be 256 characters long");
    } else if (args[1] == V_NULL) {
        r = translated(t, self, has_table ? table.data : NULL, NULL);
    } else if (buffer_get(t, args[1], &deleted, BUF_SIMPLE) == 0) {
        r = translated(t, self, has_table ? table.data : NULL, &deleted);
        buffer_release(t, &deleted);
    }
    if (has_table) buffer_release(t, &table);
    return r;
}

NATIVE(bytes_m_maketrans) {
    UNUSED_NATIVE();
    Buffer from, to;
    if (buffer_get(t, args[0], &from, BUF_SIMPLE) < 0) return V_ERROR;
    if (buffer_get(t, args[1], &to, BUF_SIMPLE) < 0) return buffer_release(t, &from), V_ERROR;
    V r = V_ERROR;
    if (from.len != to.len) err_set(t, &exc_ValueError, "maketrans arguments must have same length");
    else r = bytes_new(t, 256);
    if (!v_is_error(r)) {
        for (int i = 0; i < 256; i++) bytes_data(r)[i] = (char)i;
        for (ptrdiff_t i = 0; i < from.len; i++) bytes_data(r)[((const Byte *)from.data)[i]] = ((const char *)to.data)[i];
    }
    buffer_release(t, &from);
    buffer_release(t, &to);
    return r;
}

// ---- text -----------------------------------------------------------------------------------------------------------------------
NATIVE(bytes_m_decode) {
    UNUSED_NATIVE();
    const char *enc = NULL, *err = NULL;
    if (args[0] != V_NULL) {
        if (!v_is_str(args[0])) return err_bad_argument(t, "decode", "argument 'encoding'", "str", args[0]);
        if (!(enc = str_cstr(t, args[0]))) return V_ERROR;
    }
    if (args[1] != V_NULL) {
        if (!v_is_str(args[1])) return err_bad_argument(t, "decode", "argument 'errors'", "str", args[1]);
        if (!(err = str_cstr(t, args[1]))) return V_ERROR;
    }
    return codec_decode(t, self, enc, err);
}

static inline int hex_value(uint32_t c) {
    static const int8_t values[256] = { // plus one
        ['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12,
        ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
    };
    return c < 256 ? values[c] - 1 : -1;
}

V bytes_algo_fromhex(Thread *t, V text) {
    if (!v_is_str(text)) return err_bad_argument(t, "fromhex", NULL, "str", text);
    size_t n = str_len(text), len = 0, i = 0;
    V r = bytes_new(t, n / 2 + 1);
    if (v_is_error(r)) return r;
    if (str_kind(text) == 1) { // pairs without anything between them
        const Byte *p = str_data(text);
        int high, low;
        for (char *q = bytes_data(r); i + 1 < n && (high = hex_value(p[i])) >= 0 && (low = hex_value(p[i + 1])) >= 0; i += 2) q[len++] = (char)(high << 4 | low);
    }
    for (;;) {
        while (i < n && str_at(text, i) < 128 && is_space((Byte)str_at(text, i))) i++;
        if (i >= n) break;
        int high = str_at(text, i) < 128 ? hex_value(str_at(text, i)) : -1, low = -1;
        if (high >= 0) {
            i++;
            low = i < n && str_at(text, i) < 128 ? hex_value(str_at(text, i)) : -1;
        }
        if (low < 0) {
            v_drop(t, r);
            return err_set(t, &exc_ValueError, "non-hexadecimal number found in fromhex() arg at position %zd", (ptrdiff_t)i);
        }
        bytes_data(r)[len++] = (char)(high << 4 | low);
        i++;
    }
    return bytes_shrink_steal(t, r, len);
}

V bytes_algo_bad_size(Thread *t, V size) {
    err_clear(t);
    return err_set(t, &exc_OverflowError, "cannot fit '%T' into an index-sized integer", size);
}

// The hexadecimal text of data, with sep (or -1) between groups.
V bytes_algo_hex(Thread *t, const void *data, size_t n, V sep, ptrdiff_t group) {
    static const char digits[] = "0123456789abcdef";
    uint32_t c = 0;
    if (sep != V_NULL) {
        ptrdiff_t len = obj_len(t, sep);
        if (len < 0) return V_ERROR;
        if (len != 1) return err_set(t, &exc_ValueError, "sep must be length 1.");
        if (!v_is_str(sep) && !v_is_bytes(sep)) return err_set(t, &exc_TypeError, "sep must be str or bytes.");
        c = v_is_str(sep) ? str_at(sep, 0) : (Byte)bytes_data(sep)[0];
        if (c > 127) return err_set(t, &exc_ValueError, "sep must be ASCII.");
    } else {
        group = 0;
    }
    size_t step = group < 0 ? (size_t)-group : (size_t)group, seps = step && n ? (n - 1) / step : 0;
    if (n > (PTRDIFF_MAX - 64) / 3) return err_no_memory(t);
    if (n == 0) return str_empty();
    V r = str_new(t, 2 * n + seps, 'f');
    if (v_is_error(r)) return r;
    const Byte *p = data;
    char *q = str_data(r);
    for (size_t i = 0; !seps && i < n; i++) {
        *q++ = digits[p[i] >> 4];
        *q++ = digits[p[i] & 15];
    }
    for (size_t i = 0; seps && i < n; i++) {
        if (i && (group < 0 ? i % step == 0 : (n - i) % step == 0)) *q++ = (char)c;
        *q++ = digits[p[i] >> 4];
        *q++ = digits[p[i] & 15];
    }
    return r;
}

NATIVE(bytes_m_hex) {
    UNUSED_NATIVE();
    int group = 1;
    if (args[1] != V_NULL && num_as_int(t, args[1], &group) < 0) return V_ERROR;
    size_t n;
    const char *p = bytes_algo_data(self, &n);
    return bytes_algo_hex(t, p, n, args[0], group);
}
