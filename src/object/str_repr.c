// SPDX-License-Identifier: MIT
// repr() and ascii() of text, of bytes, and identifiers.
#include "object/bytes_algo.h"
#include "str_private.h"
#include "threading/poll.h"

static const char hex_digits[] = "0123456789abcdef";

// The escape of c, or 0 when it stands for itself.
static size_t escape(uint32_t c, uint32_t quote, bool ascii_only, char out[12]) {
    static const char short_from[] = "\t\n\r", short_to[] = "tnr";
    out[0] = '\\';
    if (c == quote || c == '\\') {
        out[1] = (char)c;
        return 2;
    }
    const char *s = c && c < 128 ? strchr(short_from, (int)c) : NULL;
    if (s) {
        out[1] = short_to[s - short_from];
        return 2;
    }
    if (c >= ' ' && c < 127) return 0;
    if (c >= 127 && !ascii_only && uc_is_printable(c)) return 0;
    size_t digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    out[1] = digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
    for (size_t i = 0; i < digits; i++) out[2 + i] = hex_digits[c >> 4 * (digits - 1 - i) & 15];
    return 2 + digits;
}

static V repr_quoted(Thread *t, V v, bool ascii_only) {
    size_t n = str_len(v), plain = 0;
    int kind = str_kind(v);
    const void *p = str_data(v);
    bool single = units_find_char(kind, p, n, '\'') >= 0;
    uint32_t quote = single && units_find_char(kind, p, n, '"') < 0 ? '"' : '\'';
    char text[12];
    StrBuilder b;
    sb_init(&b, t);
    sb_char(&b, quote);
    for (size_t i = 0; i < n; i++) {
        size_t len = escape(str_read(kind, p, i), quote, ascii_only, text);
        if (unlikely((i & (POLL_STEPS - 1)) == POLL_STEPS - 1) && safepoint(t) < 0) return sb_abandon(&b), V_ERROR;
        if (!len) continue;
        sb_units(&b, kind, unit_at(kind, p, plain), i - plain);
        sb_ascii(&b, text, len);
        plain = i + 1;
    }
    sb_units(&b, kind, unit_at(kind, p, plain), n - plain);
    sb_char(&b, quote);
    return sb_finish(&b);
}

V str_repr(Thread *t, V v) { return repr_quoted(t, v, false); }

// ascii(): a repr whose non-ASCII characters are escaped.
V str_escape_non_ascii(Thread *t, V v) {
    if (str_is_ascii(v)) return str_dup_exact(t, v);
    char text[12];
    StrBuilder b;
    sb_init(&b, t);
    for (size_t i = 0; i < str_len(v); i++) {
        uint32_t c = str_at(v, i);
        size_t len = c < 128 ? 0 : escape(c, 0, true, text);
        if (len) sb_ascii(&b, text, len);
        else sb_char(&b, c);
    }
    return sb_finish(&b);
}

V bytes_algo_repr(Thread *t, const void *data, size_t n, const char *prefix, const char *suffix) {
    const unsigned char *p = data;
    bool single = n && memchr(p, '\'', n), both = n && memchr(p, '"', n);
    uint32_t quote = single && !both ? '"' : '\'';
    char text[12];
    StrBuilder b;
    sb_init(&b, t);
    sb_cstr(&b, prefix);
    sb_char(&b, 'b');
    sb_char(&b, quote);
    for (size_t i = 0; i < n; i++) {
        size_t len = escape(p[i], *prefix ? '\'' : quote, true, text); // bytearray escapes ' whatever the quote
        if (len) sb_ascii(&b, text, len);
        else sb_char(&b, p[i]);
    }
    sb_char(&b, quote);
    sb_cstr(&b, suffix);
    return sb_finish(&b);
}

bool str_is_identifier(V v) {
    size_t n = str_len(v);
    if (n == 0) return false;
    uint32_t c = str_at(v, 0);
    if (c != '_' && !uc_is_xid_start(c)) return false;
    for (size_t i = 1; i < n; i++)
        if (!uc_is_xid_continue(str_at(v, i))) return false;
    return true;
}

const char *str_numeric_text(Thread *t, V v, size_t *n, void **owned) {
    *n = str_len(v);
    *owned = NULL;
    if (str_is_ascii(v)) return str_data(v);
    char *p = mem_alloc(t, *n + 1);
    if (!p) {
        err_no_memory(t);
        return NULL;
    }
    for (size_t i = 0; i < *n; i++) {
        uint32_t c = str_at(v, i);
        int digit = c < 128 ? -1 : uc_decimal_value(c);
        p[i] = c < 128 ? (char)c : char_is_space(c) ? ' ' : digit >= 0 ? (char)('0' + digit) : '?';
    }
    p[*n] = '\0';
    *owned = p;
    return p;
}
