// SPDX-License-Identifier: MIT
// The format language of err_set and str_from_format: printf's conversions plus %V %R %A %T %N (error.h tells).
//
// Width and precision count characters.  %s is UTF-8; bytes that are none show as U+FFFD, because a message must never
// fail for what it quotes.
#include "str_private.h"
#include <stdarg.h>
#include <stdio.h>

typedef struct Spec {
    char text[16]; // "%", flags: what is handed on to snprintf
    size_t text_len;
    bool left, zero;
    int width, precision; // -1: none
    char size;            // 0, 'h', 'H' (hh), 'l', 'q' (ll), 'z', 'j', 't'
} Spec;

typedef struct Args { va_list ap; } Args;

static int read_number(const char **p, Args *args) {
    if (**p == '*') {
        (*p)++;
        return va_arg(args->ap, int);
    }
    int n = 0;
    while (**p >= '0' && **p <= '9') n = n * 10 + (*(*p)++ - '0');
    return n;
}

static const char *read_spec(const char *p, Spec *spec, Args *args) {
    *spec = (Spec){.text = "%", .text_len = 1, .width = -1, .precision = -1};
    for (; *p && strchr("-0+ #", *p); p++) {
        if (*p == '-') spec->left = true;
        if (*p == '0') spec->zero = true;
        if (spec->text_len < 8) spec->text[spec->text_len++] = *p;
    }
    if (*p == '*' || (*p >= '0' && *p <= '9')) spec->width = read_number(&p, args);
    if (spec->width < -1) spec->left = true, spec->width = -spec->width;
    if (*p == '.') {
        p++;
        spec->precision = read_number(&p, args);
    }
    while (*p && strchr("hlzjtq", *p)) {
        spec->size = *p == spec->size ? (*p == 'h' ? 'H' : 'q') : *p;
        p++;
    }
    return p;
}

// ---- pieces -----------------------------------------------------------------------------------------------------------
static void pad_around(StrBuilder *b, const Spec *spec, size_t len, size_t start) {
    size_t width = spec->width > 0 ? (size_t)spec->width : 0;
    if (len >= width) return;
    if (spec->left) {
        sb_fill(b, ' ', width - len);
        return;
    }
    sb_fill(b, ' ', width - len); // then rotate: the text goes behind the padding
    if (b->failed) return;
    char *p = b->data + start * (size_t)b->kind;
    memmove(p + (width - len) * (size_t)b->kind, p, len * (size_t)b->kind);
    for (size_t i = 0; i < width - len; i++) str_write(b->kind, b->data, start + i, ' ');
}

static void put_str(StrBuilder *b, const Spec *spec, V v) {
    size_t n = str_len(v), start = b->len;
    if (spec->precision >= 0 && n > (size_t)spec->precision) n = (size_t)spec->precision;
    sb_substr(b, v, 0, n);
    pad_around(b, spec, n, start);
}

static void put_utf8(StrBuilder *b, const Spec *spec, const char *s) {
    if (!s) s = "(null)";
    size_t max = spec->precision >= 0 ? (size_t)spec->precision : SIZE_MAX, n = 0, start = b->len;
    const unsigned char *p = (const unsigned char *)s, *end = p + strnlen(s, max < SIZE_MAX / 4 ? max * 4 : SIZE_MAX / 2);
    for (; p < end && n < max; n++) {
        uint32_t c;
        unsigned len;
        if (utf8_decode_one(p, end, UTF8_SURROGATES, &c, &len) != UTF8_OK) c = 0xfffd;
        sb_char(b, c);
        p += len ? len : 1;
    }
    pad_around(b, spec, n, start);
}

static void put_number(StrBuilder *b, Spec *spec, char conversion, Args *args) {
    char *at = spec->text + spec->text_len, buf[512];
    *at++ = '*';
    *at++ = '.';
    *at++ = '*';
    if (!strchr("aAeEfFgG", conversion)) *at++ = 'j';
    *at++ = conversion;
    *at = '\0';
    int width = spec->width > 0 ? spec->width : 0, precision = spec->precision, n;
    if (width > 400) width = 400;
    if (strchr("aAeEfFgG", conversion)) {
        n = snprintf(buf, sizeof buf, spec->text, width, precision, va_arg(args->ap, double));
    } else if (strchr("di", conversion)) {
        intmax_t v;
        switch (spec->size) {
        case 'H': v = (signed char)va_arg(args->ap, int); break;
        case 'h': v = (short)va_arg(args->ap, int); break;
        case 'l': case 'q': case 'z': case 'j': case 't': v = va_arg(args->ap, long); break;
        default: v = va_arg(args->ap, int);
        }
        n = snprintf(buf, sizeof buf, spec->text, width, precision, v);
    } else {
        uintmax_t v;
        switch (spec->size) {
        case 'H': v = (unsigned char)va_arg(args->ap, unsigned); break;
        case 'h': v = (unsigned short)va_arg(args->ap, unsigned); break;
        case 'l': case 'q': case 'z': case 'j': case 't': v = va_arg(args->ap, unsigned long); break;
        default: v = va_arg(args->ap, unsigned);
        }
        n = snprintf(buf, sizeof buf, spec->text, width, precision, v);
    }
    if (n > 0) sb_ascii(b, buf, (size_t)n < sizeof buf ? (size_t)n : sizeof buf - 1);
}

static int put_value(StrBuilder *b, Thread *t, const Spec *spec, char conversion, V v) {
    V s = conversion == 'V' ? obj_str(t, v) : conversion == 'R' ? obj_repr(t, v) : obj_ascii(t, v);
    if (v_is_error(s)) return -1;
    put_str(b, spec, s);
    v_drop(t, s);
    return 0;
}

static int put_conversion(StrBuilder *b, Thread *t, Spec *spec, char conversion, Args *args) {
    switch (conversion) {
    case '%': sb_char(b, '%'); return 0;
    case 'c': sb_char(b, (uint32_t)va_arg(args->ap, int)); return 0;
    case 's': put_utf8(b, spec, va_arg(args->ap, const char *)); return 0;
    case 'p': sb_format(b, "%p", va_arg(args->ap, void *)); return 0;
    case 'T': case 'K': {
        V v = va_arg(args->ap, V);
        const Type *type = v_type(v);
        if (conversion == 'K' && v == V_NONE) put_utf8(b, spec, "None");
        else put_utf8(b, spec, type_has(type, TYPE_HEAP) ? type_short_name(type) : type->name);
        return 0;
    }
    case 'N': {
        const Type *type = va_arg(args->ap, const Type *);
        put_utf8(b, spec, type_has(type, TYPE_HEAP) ? type_short_name(type) : type->name);
        return 0;
    }
    case 'V': case 'R': case 'A': return put_value(b, t, spec, conversion, va_arg(args->ap, V));
    case 'd': case 'i': case 'u': case 'o': case 'x': case 'X': case 'e': case 'E': case 'f': case 'F': case 'g': case 'G':
        put_number(b, spec, conversion, args);
        return 0;
    default: HD_UNREACHABLE();
    }
    return 0;
}

V err_format_message_va(Thread *t, const char *format, va_list ap) {
    Args args;
    va_copy(args.ap, ap);
    StrBuilder b;
    sb_init(&b, t);
    int failed = 0;
    for (const char *p = format; *p && failed == 0;) {
        const char *percent = strchrnul(p, '%');
        Spec plain = {.width = -1, .precision = -1};
        if (percent > p) {
            if (utf8_is_ascii(p, (size_t)(percent - p))) {
                sb_ascii(&b, p, (size_t)(percent - p));
            } else {
                plain.precision = (int)utf8_scan(p, (size_t)(percent - p), UTF8_STRICT).count;
                put_utf8(&b, &plain, p);
            }
        }
        if (!*percent) break;
        Spec spec;
        p = read_spec(percent + 1, &spec, &args);
        failed = put_conversion(&b, t, &spec, *p, &args);
        p++;
    }
    va_end(args.ap);
    if (failed == 0) return sb_finish(&b);
    sb_abandon(&b);
    return V_ERROR;
}

V str_from_format(Thread *t, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    V v = err_format_message_va(t, format, ap);
    va_end(ap);
    return v;
}
