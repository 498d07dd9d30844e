// SPDX-License-Identifier: MIT
// StrBuilder: text put together piece by piece, on the C stack.
//
// The units start one byte wide in the builder's own small array and widen when a character asks for it; only then, so
// that the kind is always the narrowest.  Memory failure is sticky and reported by sb_finish.
#include "str_private.h"
#include <stdarg.h>
#include <stdio.h>

void sb_init(StrBuilder *b, Thread *t) {
    b->t = t;
    b->data = b->small;
    b->len = 0;
    b->cap = sizeof b->small;
    b->kind = 1;
    b->failed = false;
}

// Room for `more` units of width `kind` (at least the present one).
static bool reserve_slow(StrBuilder *b, size_t more, int kind) {
    size_t need, cap, bytes;
    if (b->failed) return false;
    if (kind < b->kind) kind = b->kind;
    if (size_add_overflow(b->len, more, &need)) goto fail;
    cap = b->kind == kind && b->cap >= need ? b->cap : need + need / 2;
    if (cap < sizeof b->small) cap = sizeof b->small;
    if (size_mul_overflow(cap, (size_t)kind, &bytes) || bytes > PTRDIFF_MAX) goto fail;
    if (kind == b->kind && b->data != b->small) {
        char *p = mem_realloc(b->t, b->data, bytes);
        if (!p) goto fail;
        b->data = p;
    } else {
        char *p = mem_alloc(b->t, bytes);
        if (!p) goto fail;
        str_copy_units(kind, p, 0, b->kind, b->data, 0, b->len);
        if (b->data != b->small) mem_free(b->data);
        b->data = p;
    }
    b->cap = cap;
    b->kind = kind;
    return true;
fail:
    b->failed = true;
    return false;
}

static inline bool reserve(StrBuilder *b, size_t more, int kind) {
    if (likely(kind <= b->kind && more <= b->cap - b->len)) return true;
    return reserve_slow(b, more, kind);
}

void sb_char(StrBuilder *b, uint32_t c) {
    if (!reserve(b, 1, c < 0x100 ? 1 : c < 0x10000 ? 2 : 4)) return;
    str_write(b->kind, b->data, b->len++, c);
}

void sb_fill(StrBuilder *b, uint32_t c, size_t n) {
    if (n == 0 || !reserve(b, n, c < 0x100 ? 1 : c < 0x10000 ? 2 : 4)) return;
    if (b->kind == 1) memset(b->data + b->len, (int)c, n);
    else
        for (size_t i = 0; i < n; i++) str_write(b->kind, b->data, b->len + i, c);
    b->len += n;
}

void sb_units(StrBuilder *b, int kind, const void *p, size_t n) {
    if (n == 0) return;
    if (kind > b->kind) { // widen only as far as the piece asks for
        uint32_t max = units_max(kind, p, n);
        if (!reserve(b, n, max < 0x100 ? 1 : max < 0x10000 ? 2 : 4)) return;
    } else if (!reserve(b, n, b->kind)) {
        return;
    }
    str_copy_units(b->kind, b->data, b->len, kind, p, 0, n);
    b->len += n;
}

void sb_substr(StrBuilder *b, V str, size_t start, size_t end) {
    int kind = str_kind(str);
    sb_units(b, kind, unit_at(kind, str_data(str), start), end - start);
}

void sb_str(StrBuilder *b, V str) { sb_substr(b, str, 0, str_len(str)); }
void sb_ascii(StrBuilder *b, const char *s, size_t n) { sb_units(b, 1, s, n); }
void sb_cstr(StrBuilder *b, const char *ascii) { sb_units(b, 1, ascii, strlen(ascii)); }

void sb_int(StrBuilder *b, int64_t i) {
    char buf[24], *end = buf + sizeof buf, *p = end;
    uint64_t u = i < 0 ? -(uint64_t)i : (uint64_t)i;
    do *--p = (char)('0' + u % 10);
    while (u /= 10);
    if (i < 0) *--p = '-';
    sb_ascii(b, p, (size_t)(end - p));
}

void sb_format(StrBuilder *b, const char *format, ...) {
    char buf[512], *p = buf;
    va_list ap, again;
    va_start(ap, format);
    va_copy(again, ap);
    int n = vsnprintf(buf, sizeof buf, format, ap);
    va_end(ap);
    if (n >= (int)sizeof buf) {
        p = mem_alloc(b->t, (size_t)n + 1);
        if (p) vsnprintf(p, (size_t)n + 1, format, again);
    }
    va_end(again);
    if (!p || n < 0) {
        b->failed = true;
        return;
    }
    sb_ascii(b, p, (size_t)n);
    if (p != buf) mem_free(p);
}

// Drops what is behind the first n units.
void sb_truncate(StrBuilder *b, size_t n) {
    if (n < b->len) b->len = n;
}

V sb_finish(StrBuilder *b) {
    V v = b->failed ? err_no_memory(b->t) : str_from_units(b->t, b->kind, b->data, b->len);
    sb_abandon(b);
    return v;
}

void sb_abandon(StrBuilder *b) {
    if (b->data != b->small) mem_free(b->data);
    b->data = b->small;
    b->len = 0;
}
