// SPDX-License-Identifier: MIT
// unicode_escape, raw_unicode_escape, and the escapes of bytes literals.
#include "base/unicode.h"
#include "base/utf8.h"
#include "runtime/codecs.h"
#include "runtime/runtime.h"
#include <stdio.h>

// Warns of a bad escape once: a backslash in front of a character that needs none, or octal digits beyond a byte.
static int warn_escape(Thread *t, bool *warned, const uint8_t *octal, unsigned c) {
    if (*warned) return 0;
    *warned = true;
    if (octal) return warn(t, &exc_DeprecationWarning, 1, "invalid octal escape sequence '\\%.3s'", (const char *)octal);
    return warn(t, &exc_DeprecationWarning, 1, "invalid escape sequence '\\%c'", (int)c);
}

static int hex_value(unsigned c) {
    if (c >= '0' && c <= '9') return (int)c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (int)c - 'a' + 10 : -1;
}

// What a one-letter escape stands for; -1
static int simple_escape(unsigned c) {
    static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
    const char *p = c ? strchr(from, (int)c) : NULL;
    return p ? to[p - from] : -1;
}

// Up to three octal digits at *at.
static unsigned read_octal(const uint8_t *p, size_t n, size_t *at) {
    unsigned c = 0;
    for (int i = 0; i < 3 && *at < n && p[*at] >= '0' && p[*at] <= '7'; i++) c = c << 3 | (unsigned)(p[(*at)++] - '0');
    return c;
}

// `digits` hexadecimal digits at *at, which moves to the first that is none: how many there were.
static unsigned read_hex(const uint8_t *p, size_t n, size_t *at, unsigned digits, uint32_t *value) {
    unsigned i = 0;
    for (*value = 0; i < digits && *at < n && hex_value(p[*at]) >= 0; i++) *value = *value << 4 | (uint32_t)hex_value(p[(*at)++]);
    return i;
}

// ---- unicode_escape ---------------------------------------------------------------------------------------------------
const char codec_names_withheld_text[] = "\\N escapes not supported (can't load unicodedata module)";

bool codec_names_withheld(Thread *t) {
    static uint32_t had; // atomic: it could be had once, and is not asked for again
    if (at_load_relaxed(&had)) return false;
    V modules = sys_modules_borrow(), module = modules == V_NULL ? V_NULL : dict_get(t, modules, NAME(unicodedata));
    if (v_is_error(module)) err_clear(t);
    bool withheld = module == V_NONE;
    v_drop(t, module);
    if (!withheld) at_store_relaxed(&had, 1u);
    return withheld;
}

enum { ESC_OK, ESC_INCOMPLETE = 1, ESC_ERROR = -1 };

// \N{...} behind the N at *at: the problem, or NULL
static const char *read_name(const Decoder *d, size_t *at, uint32_t *out, int *count) {
    size_t start = *at + 1;
    if (*at >= d->n || d->p[*at] != '{') return "malformed \\N character escape";
    const uint8_t *close = memchr(d->p + start, '}', d->n - start);
    if (!close || close == d->p + start) {
        *at = close ? (size_t)(close - d->p) + 1 : d->n;
        return "malformed \\N character escape";
    }
    size_t end = (size_t)(close - d->p);
    *at = end + 1;
    *count = uc_lookup((const char *)d->p + start, end - start, UC_LOOKUP_CHARACTER, out);
    return *count ? NULL : "unknown Unicode character name";
}

// One escape; at stands behind the backslash.
static int unicode_escape_one(Decoder *d, size_t start, size_t *at, bool final, bool *warned) {
    if (*at >= d->n) {
        if (!final) return ESC_INCOMPLETE;
        return decoder_error(d, start, d->n, "\\ at end of string", at);
    }
    unsigned c = d->p[(*at)++], digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    int simple = simple_escape(c);
    if (c == '\n') return ESC_OK;
    if (simple >= 0) return sb_char(&d->out, (uint32_t)simple), ESC_OK;
    if (c >= '0' && c <= '7') {
        size_t digit = --*at;
        unsigned value = read_octal(d->p, d->n, at);
        if (value > 255 && warn_escape(d->t, warned, d->p + digit, 0) < 0) return ESC_ERROR;
        sb_char(&d->out, value);
        return ESC_OK;
    }
    if (digits) {
        uint32_t value;
        const char *reason = NULL;
        if (read_hex(d->p, d->n, at, digits, &value) < digits) {
            if (*at >= d->n && !final) return ESC_INCOMPLETE;
            reason = digits == 2 ? "truncated \\xXX escape" : digits == 4 ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
        } else if (value > 0x10ffff) {
            reason = "illegal Unicode character";
        }
        if (reason) return decoder_error(d, start, *at, reason, at);
        sb_char(&d->out, value);
        return ESC_OK;
    }
    if (c == 'N') {
        uint32_t out[UC_SEQUENCE_MAX];
        int count = 0;
        if (codec_names_withheld(d->t)) {
            err_set(d->t, &exc_UnicodeError, "%s", codec_names_withheld_text);
            return ESC_ERROR;
        }
        const char *reason = read_name(d, at, out, &count);
        if (reason && !final && (*at >= d->n)) return ESC_INCOMPLETE;
        if (reason) return decoder_error(d, start, *at, reason, at);
        sb_char(&d->out, out[0]);
        return ESC_OK;
    }
    if (warn_escape(d->t, warned, NULL, c) < 0) return ESC_ERROR;
    sb_char(&d->out, '\\');
    sb_char(&d->out, c);
    return ESC_OK;
}

V codec_unicode_escape_decode(Thread *t, const void *p, size_t n, const char *errors, size_t *consumed) {
    Decoder d;
    decoder_init(&d, t, "unicodeescape", errors, p, n);
    size_t at = 0;
    int status = ESC_OK;
    bool warned = false;
    while (at < d.n && status == ESC_OK) {
        const uint8_t *slash = memchr(d.p + at, '\\', d.n - at);
        size_t end = slash ? (size_t)(slash - d.p) : d.n;
        sb_units(&d.out, 1, d.p + at, end - at);
        at = end + (slash != NULL);
        if (slash) status = unicode_escape_one(&d, end, &at, consumed == NULL, &warned);
        if (status == ESC_INCOMPLETE) at = end;
    }
    if (consumed) *consumed = at;
    return decoder_finish(&d, status < 0 ? -1 : 0);
}

static void put_escape(Encoder *e, uint32_t c) {
    char text[12];
    encoder_bytes(e, text, (size_t)sprintf(text, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
}

V codec_unicode_escape_encode(Thread *t, V text) {
    Encoder e;
    encoder_init(&e, t, "unicode_escape", NULL, text, NULL);
    for (size_t i = 0; i < str_len(text); i++) {
        uint32_t c = str_at(text, i);
        if (c == '\\') encoder_bytes(&e, "\\\\", 2);
        else if (c == '\t') encoder_bytes(&e, "\\t", 2);
        else if (c == '\n') encoder_bytes(&e, "\\n", 2);
        else if (c == '\r') encoder_bytes(&e, "\\r", 2);
        else if (c >= ' ' && c < 127) encoder_byte(&e, c);
        else put_escape(&e, c);
    }
    return encoder_finish(&e, 0);
}

// ---- raw_unicode_escape -------------------------------------------------------------------------------------------------
V codec_raw_unicode_escape_decode(Thread *t, const void *p, size_t n, const char *errors, size_t *consumed) {
    Decoder d;
    decoder_init(&d, t, "rawunicodeescape", errors, p, n);
    size_t at = 0;
    int status = 0;
    while (at < d.n && status == 0) {
        size_t start = at;
        unsigned c = d.p[at++];
        if (c != '\\' || at >= d.n) {
            if (c == '\\' && consumed) {
                at = start;
                break;
            }
            sb_char(&d.out, c);
            continue;
        }
        c = d.p[at++];
        unsigned digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
        if (!digits) {
            sb_char(&d.out, '\\');
            sb_char(&d.out, c);
            continue;
        }
        uint32_t value;
        const char *reason = NULL;
        if (read_hex(d.p, d.n, &at, digits, &value) < digits) {
            if (at >= d.n && consumed) {
                at = start;
                break;
            }
            reason = digits == 4 ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
        } else if (value > 0x10ffff) {
            reason = "\\Uxxxxxxxx out of range";
        }
        if (reason) status = decoder_error(&d, start, at, reason, &at);
        else sb_char(&d.out, value);
    }
    if (consumed) *consumed = at;
    return decoder_finish(&d, status);
}

V codec_raw_unicode_escape_encode(Thread *t, V text) {
    Encoder e;
    encoder_init(&e, t, "raw_unicode_escape", NULL, text, NULL);
    for (size_t i = 0; i < str_len(text); i++) {
        uint32_t c = str_at(text, i);
        if (c < 256) encoder_byte(&e, c);
        else put_escape(&e, c);
    }
    return encoder_finish(&e, 0);
}

// ---- bytes ----------------------------------------------------------------------------------------------------------------
V codec_escape_decode(Thread *t, const void *input, size_t n, const char *errors) {
    const uint8_t *p = input;
    V r = bytes_new(t, n);
    if (v_is_error(r) || n == 0) return r;
    uint8_t *q = (uint8_t *)bytes_data(r);
    bool warned = false;
    for (size_t at = 0; at < n;) {
        if (p[at] != '\\') {
            *q++ = p[at++];
            continue;
        }
        size_t start = at++;
        if (at == n) {
            err_set(t, &exc_ValueError, "Trailing \\ in string");
            goto fail;
        }
        unsigned c = p[at++];
        int simple = simple_escape(c);
        uint32_t value;
        if (c == '\n') continue;
        if (simple >= 0) {
            *q++ = (uint8_t)simple;
        } else if (c >= '0' && c <= '7') {
            size_t digit = --at;
            unsigned octal = read_octal(p, n, &at);
            if (octal > 255 && warn_escape(t, &warned, p + digit, 0) < 0) goto fail;
            *q++ = (uint8_t)octal;
        } else if (c == 'x') {
            size_t digits = at;
            if (read_hex(p, n, &digits, 2, &value) == 2) {
                *q++ = (uint8_t)value;
                at = digits;
            } else if (!errors || strcmp(errors, "strict") == 0) {
                err_set(t, &exc_ValueError, "invalid \\x escape at position %zd", (ptrdiff_t)start);
                goto fail;
            } else if (strcmp(errors, "replace") == 0) {
                *q++ = '?';
                at = digits;
            } else if (strcmp(errors, "ignore") == 0) {
                at = digits;
            } else {
                err_set(t, &exc_ValueError, "decoding error; unknown error handling code: %.400s", errors);
                goto fail;
            }
        } else {
            if (warn_escape(t, &warned, NULL, c) < 0) goto fail;
            *q++ = '\\';
            *q++ = (uint8_t)c;
        }
    }
    return bytes_shrink_steal(t, r, (size_t)(q - (uint8_t *)bytes_data(r)));
fail:
    v_drop(t, r);
    return V_ERROR;
}

V codec_escape_encode(Thread *t, V bytes) {
    Encoder e;
    encoder_init(&e, t, "escape", NULL, V_NULL, NULL);
    for (size_t i = 0; i < bytes_len(bytes); i++) {
        unsigned c = (uint8_t)bytes_data(bytes)[i];
        if (c == '\\' || c == '\'') encoder_byte(&e, '\\'), encoder_byte(&e, c);
        else if (c == '\t') encoder_bytes(&e, "\\t", 2);
        else if (c == '\n') encoder_bytes(&e, "\\n", 2);
        else if (c == '\r') encoder_bytes(&e, "\\r", 2);
        else if (c >= ' ' && c < 127) encoder_byte(&e, c);
        else put_escape(&e, c);
    }
    return encoder_finish(&e, 0);
}
