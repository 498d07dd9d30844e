// SPDX-License-Identifier: MIT
// str and UTF-8: decoding, the cached encoded form, file names.
#include "object/exceptions.h"
#include "str_private.h"

// ---- errors -----------------------------------------------------------------------------------------------------------
V err_unicode_decode(Thread *t, const char *encoding, const void *p, size_t n, size_t start, size_t end,
                     const char *reason) {
    V args[5] = {str_from_cstr(t, encoding), bytes_from(t, p, n), int_from_size(t, start), int_from_size(t, end),
                 str_from_cstr(t, reason)};
    V exc = V_ERROR;
    if (!v_is_error(args[0]) && !v_is_error(args[1]) && !v_is_error(args[4]))
        exc = exc_new(t, &exc_UnicodeDecodeError, args, 5);
    for (int i = 0; i < 5; i++) v_drop(t, args[i]);
    if (v_is_error(exc)) return exc;
    err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

V err_unicode_encode(Thread *t, const char *encoding, V str, size_t start, size_t end, const char *reason) {
    V args[5] = {str_from_cstr(t, encoding), v_dup(str), int_from_size(t, start), int_from_size(t, end),
                 str_from_cstr(t, reason)};
    V exc = V_ERROR;
    if (!v_is_error(args[0]) && !v_is_error(args[4])) exc = exc_new(t, &exc_UnicodeEncodeError, args, 5);
    for (int i = 0; i < 5; i++) v_drop(t, args[i]);
    if (v_is_error(exc)) return exc;
    err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

// ---- decoding -----------------------------------------------------------------------------------------------------------
V str_from_utf8_scanned(Thread *t, const char *p, size_t n, const Utf8Scan *scan) {
    if (n == 0) return str_empty();
    if (scan->max_class == 0x7f && n == 1) return str_from_char(t, (unsigned char)*p);
    if (scan->max_class == 0x7f) {
        V ascii = str_alloc(t, n, 1, true);
        if (!v_is_error(ascii)) memcpy(str_data(ascii), p, n);
        return ascii;
    }
    V v = str_new(t, scan->count, scan->max_class);
    if (v_is_error(v)) return v;
    int kind = str_kind(v);
    if (kind == 1) utf8_decode_1(p, n, str_data(v));
    else if (kind == 2) utf8_decode_2(p, n, str_data(v));
    else utf8_decode_4(p, n, str_data(v));
    return v;
}

V str_from_utf8(Thread *t, const char *p, size_t n) {
    if (n == 0) return str_empty();
    Utf8Scan scan = utf8_scan(p, n, UTF8_STRICT);
    if (likely(scan.status == UTF8_OK)) return str_from_utf8_scanned(t, p, n, &scan);
    return err_unicode_decode(t, "utf-8", p, n, scan.error_at, scan.error_at + scan.error_len,
                              utf8_reason(scan.status));
}

V str_from_utf8_surrogateescape(Thread *t, const char *p, size_t n) {
    Utf8Scan scan = utf8_scan(p, n, UTF8_STRICT);
    if (scan.status == UTF8_OK) return n ? str_from_utf8_scanned(t, p, n, &scan) : str_empty();
    const unsigned char *at = (const unsigned char *)p, *end = at + n;
    StrBuilder b;
    sb_init(&b, t);
    while (at < end) {
        uint32_t c;
        unsigned len;
        if (utf8_decode_one(at, end, UTF8_STRICT, &c, &len) == UTF8_OK) {
            sb_char(&b, c);
            at += len;
        } else {
            sb_char(&b, 0xdc00u + *at++);
        }
    }
    return sb_finish(&b);
}

// ---- encoding -------------------------------------------------------------------------------------------------------------
static size_t encoded_size(int kind, const void *p, size_t n) {
    return kind == 1 ? utf8_size_1(p, n) : kind == 2 ? utf8_size_2(p, n) : utf8_size_4(p, n);
}

// Encodes all of v into out; false and *bad at the first surrogate unless they are allowed.
static bool encode_to(V v, unsigned flags, char *out, size_t *bad) {
    size_t n = str_len(v), done = n;
    void *p = str_data(v);
    if (str_kind(v) == 1) utf8_encode_1(p, n, (unsigned char *)out);
    else if (str_kind(v) == 2) utf8_encode_2(p, n, flags, (unsigned char *)out, &done);
    else utf8_encode_4(p, n, flags, (unsigned char *)out, &done);
    *bad = done;
    return done == n;
}

static V surrogate_error(Thread *t, V v, size_t at) {
    size_t end = at + 1;
    while (end < str_len(v) && cp_is_surrogate(str_at(v, end))) end++;
    return err_unicode_encode(t, "utf-8", v, at, end, "surrogates not allowed");
}

const char *str_utf8(Thread *t, V v, size_t *len) {
    Str *s = str_of(v);
    if (str_is_ascii(v)) {
        if (len) *len = s->len;
        return s->data;
    }
    char *cached = at_load_acquire(&s->utf8);
    size_t size = cached ? at_load_relaxed(&s->utf8_len) : encoded_size(str_kind(v), s->data, s->len), bad;
    if (!cached) {
        char *p = mem_alloc(t, size + 1);
        if (!p) {
            err_no_memory(t);
            return NULL;
        }
        if (!encode_to(v, UTF8_STRICT, p, &bad)) {
            mem_free(p);
            surrogate_error(t, v, bad);
            return NULL;
        }
        p[size] = '\0';
        at_store_relaxed(&s->utf8_len, size); // the same from every thread
        if (at_cas_acq_rel(&s->utf8, &cached, p)) cached = p;
        else mem_free(p);
    }
    if (len) *len = size;
    return cached;
}

const char *str_cstr(Thread *t, V v) {
    size_t n;
    const char *p = str_utf8(t, v, &n);
    if (p && memchr(p, 0, n)) {
        err_set(t, &exc_ValueError, "embedded null character");
        return NULL;
    }
    return p;
}

V str_encode_utf8(Thread *t, V v) {
    if (str_is_ascii(v)) return bytes_from(t, str_data(v), str_len(v));
    size_t size = encoded_size(str_kind(v), str_data(v), str_len(v)), bad;
    V r = bytes_new(t, size);
    if (v_is_error(r) || size == 0) return r;
    if (encode_to(v, UTF8_STRICT, bytes_data(r), &bad)) return r;
    v_drop(t, r);
    return surrogate_error(t, v, bad);
}

// File names: the surrogates U+DC80..U+DCFF stand for bytes that were no UTF-8.
V str_to_fs_bytes(Thread *t, V v) {
    size_t n = str_len(v), size = encoded_size(str_kind(v), str_data(v), n), bad;
    V r = bytes_new(t, size);
    if (v_is_error(r) || size == 0) return r;
    if (encode_to(v, UTF8_STRICT, bytes_data(r), &bad)) return r;
    unsigned char *out = (unsigned char *)bytes_data(r), *at = out;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = str_at(v, i);
        if (c >= 0xdc80 && c <= 0xdcff) {
            *at++ = (unsigned char)(c - 0xdc00);
        } else if (cp_is_surrogate(c)) {
            v_drop(t, r);
            return surrogate_error(t, v, i);
        } else {
            at += utf8_encode_one(c, at);
        }
    }
    return bytes_shrink_steal(t, r, (size_t)(at - out));
}
