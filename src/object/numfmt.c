// SPDX-License-Identifier: MIT
// The format mini-language: [[fill]align][sign][z][#][0][width][,_][.precision][type] for str, int, float and complex.
//
// parse_spec reads a specification; the number's digits come as plain ASCII text (sign, digits, point, rest), and put_number
// lays them out: sign, prefix, grouped and zero-filled integer part, point, rest, padding.
#include "float_private.h"
#include "object/numfmt.h"
#include "str_private.h"
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <wchar.h>

typedef struct Spec {
    uint32_t fill, type;      // type 0: none given
    char align, sign, group;  // align < > = ^; sign 0 + - space; group 0 , _ n
    bool alt, no_neg_zero, fill_given, align_given;
    ptrdiff_t width, precision; // -1: none
} Spec;

// ---- parsing ----------------------------------------------------------------------------------------------------------
static bool is_align(uint32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

// The units of a specification; Latin-1 is read by code of its own, in which `kind` is constant.
typedef struct SpecText {
    const void *data;
    size_t n;
} SpecText;
#define UNIT(i) str_read(kind, s.data, (i))

// Digits at *pos: whether there are any, or -1 with an exception; *value unchanged when there are none.
static ALWAYS_INLINE int read_int(Thread *t, SpecText s, int kind, size_t *pos, ptrdiff_t *value) {
    size_t start = *pos, i = start;
    ptrdiff_t n = 0;
    for (; i < s.n; i++) {
        uint32_t c = UNIT(i);
        int digit = c >= 128 ? uc_decimal_value(c) : c >= '0' && c <= '9' ? (int)(c - '0') : -1;
        if (digit < 0) break;
        if (unlikely(n > (PTRDIFF_MAX - digit) / 10)) {
            err_set(t, &exc_ValueError, "Too many decimal digits in format string");
            return -1;
        }
        n = n * 10 + digit;
    }
    *pos = i;
    if (i > start) *value = n;
    return i > start;
}

static V unknown_type(Thread *t, uint32_t type, V value) {
    if (type > 32 && type < 128) return err_set(t, &exc_ValueError, "Unknown format code '%c' for object of type '%T'", (int)type, value);
    return err_set(t, &exc_ValueError, "Unknown format code '\\x%x' for object of type '%T'", type, value);
}

static int check_group(Thread *t, const Spec *spec) {
    if (spec->type < 128 && (spec->type == 0 || strchr("defgEG%F", (int)spec->type))) return 0;
    if (spec->group == '_' && spec->type < 128 && strchr("boxX", (int)spec->type)) return 0;
    if (spec->type > 32 && spec->type < 128) {
        err_set(t, &exc_ValueError, "Cannot specify '%c' with '%c'.", spec->group, (int)spec->type);
    } else {
        err_set(t, &exc_ValueError, "Cannot specify '%c' with '\\x%x'.", spec->group, spec->type);
    }
    return -1;
}

static ALWAYS_INLINE int parse_group(Thread *t, SpecText s, int kind, size_t *pos, Spec *spec) {
    if (*pos < s.n && UNIT(*pos) == ',') spec->group = ',', (*pos)++;
    if (*pos < s.n && UNIT(*pos) == '_') {
        if (spec->group) goto both;
        spec->group = '_';
        (*pos)++;
    }
    if (*pos < s.n && UNIT(*pos) == ',' && spec->group == '_') goto both;
    return 0;
both:
    err_set(t, &exc_ValueError, "Cannot specify both ',' and '_'.");
    return -1;
}

enum { TOO_LONG = 1 };

static ALWAYS_INLINE int parse_units(Thread *t, SpecText s, int kind, char default_align, Spec *spec) {
    size_t n = s.n, i = 0;
    if (n >= 2 && is_align(UNIT(1))) {
        spec->fill = UNIT(0);
        spec->align = (char)UNIT(1);
        spec->fill_given = spec->align_given = true;
        i = 2;
    } else if (n >= 1 && is_align(UNIT(0))) {
        spec->align = (char)UNIT(0);
        spec->align_given = true;
        i = 1;
    }
#define AT(c) (i < n && UNIT(i) == (c))
    if (AT(' ') || AT('+') || AT('-')) spec->sign = (char)UNIT(i++);
    if (AT('z')) spec->no_neg_zero = true, i++;
    if (AT('#')) spec->alt = true, i++;
    if (!spec->fill_given && AT('0')) {
        spec->fill = '0';
        if (!spec->align_given && default_align == '>') spec->align = '=';
        i++;
    }
    if (read_int(t, s, kind, &i, &spec->width) < 0 || parse_group(t, s, kind, &i, spec) < 0) return -1;
    if (AT('.')) {
        i++;
        int digits = read_int(t, s, kind, &i, &spec->precision);
        if (digits < 0) return -1;
        if (digits == 0) {
            err_set(t, &exc_ValueError, "Format specifier missing precision");
            return -1;
        }
    }
#undef AT
    if (n - i > 1) return TOO_LONG;
    if (i < n) spec->type = UNIT(i);
    return 0;
}
#undef UNIT

static int parse_spec(Thread *t, V s, V value, uint32_t default_type, char default_align, Spec *spec) {
    SpecText text = {str_data(s), str_len(s)};
    *spec = (Spec){.fill = ' ', .align = default_align, .type = default_type, .width = -1, .precision = -1};
    int r = likely(str_kind(s) == 1) ? parse_units(t, text, 1, default_align, spec)
                                     : parse_units(t, text, str_kind(s), default_align, spec);
    if (unlikely(r == TOO_LONG))
        err_set(t, &exc_ValueError, "Invalid format specifier '%V' for object of type '%T'", s, value);
    if (unlikely(r)) return -1;
    return spec->group ? check_group(t, spec) : 0;
}

// ---- grouping and layout ------------------------------------------------------------------------------------------------
static size_t decode_locale_text(const char *s, uint32_t *out, size_t max) {
    wchar_t wide[8];
    size_t n = mbstowcs(wide, s, max);
    if (n == (size_t)-1) n = 0;
    for (size_t i = 0; i < n; i++) out[i] = (uint32_t)wide[i];
    return n;
}

void num_locale_current(NumLocale *loc) {
    const struct lconv *lc = localeconv();
    loc->groups = lc->grouping;
    loc->sep_len = decode_locale_text(lc->thousands_sep, loc->sep, 8);
    loc->point_len = decode_locale_text(lc->decimal_point, loc->point, 8);
}

static void get_locale(const Spec *spec, NumLocale *loc) {
    *loc = (NumLocale)NUM_LOCALE_NONE;
    if (spec->group == ',' || spec->group == '_') {
        bool four = spec->group == '_' && (spec->type == 'b' || spec->type == 'o' || spec->type == 'x' || spec->type == 'X');
        loc->groups = four ? "\4" : "\3";
        loc->sep[0] = (uint32_t)spec->group;
        loc->sep_len = 1;
    } else if (spec->type == 'n') {
        num_locale_current(loc);
    }
}

// The integer digits from the right, separated and filled with zeros to min_width, appended to b in reverse order.
static void put_grouped_reversed(StrBuilder *b, const char *digits, size_t n, ptrdiff_t min_width, const NumLocale *loc) {
    const char *group = loc->groups;
    ptrdiff_t left = (ptrdiff_t)n, width = min_width, size = *group ? *group : PTRDIFF_MAX;
    for (;;) {
        if (size == CHAR_MAX || size <= 0) size = PTRDIFF_MAX;
        ptrdiff_t take = left > width ? left : width;
        if (take < 1) take = 1;
        if (take > size) take = size;
        for (ptrdiff_t i = 0; i < take; i++, left = left > 0 ? left - 1 : 0) sb_char(b, left > 0 ? (uint8_t)digits[left - 1] : '0');
        width -= take;
        if (left <= 0 && width <= 0) return;
        width -= (ptrdiff_t)loc->sep_len;
        for (size_t i = loc->sep_len; i-- > 0;) sb_char(b, loc->sep[i]);
        if (*group && group[1]) size = *++group;
    }
}

void num_put(StrBuilder *b, const NumLayout *layout, const NumLocale *loc, char sign, const char *prefix, const char *text, size_t len) {
    size_t digits = 0, prefix_len = strlen(prefix);
    while (digits < len && (text[digits] >= '0' && text[digits] <= '9')) digits++;
    if (layout->letters) digits = len;
    bool point = digits < len && text[digits] == '.';
    size_t rest = len - digits - point, fixed = (sign != 0) + prefix_len + (point ? loc->point_len : 0) + rest;
    StrBuilder grouped;
    sb_init(&grouped, b->t);
    ptrdiff_t min_width = layout->zero_pad ? layout->width - (ptrdiff_t)fixed : 0;
    if (digits) put_grouped_reversed(&grouped, text, digits, min_width, loc);
    size_t total = fixed + grouped.len, pad = layout->width > (ptrdiff_t)total ? (size_t)layout->width - total : 0;
    size_t left = layout->align == '>' ? pad : layout->align == '^' ? pad / 2 : 0;
    sb_fill(b, layout->fill, left);
    if (sign) sb_char(b, (uint8_t)sign);
    sb_ascii(b, prefix, prefix_len);
    if (layout->align == '=') sb_fill(b, layout->fill, pad);
    for (size_t i = grouped.len; i-- > 0 && !grouped.failed;) sb_char(b, str_read(grouped.kind, grouped.data, i));
    if (point)
        for (size_t i = 0; i < loc->point_len; i++) sb_char(b, loc->point[i]);
    sb_ascii(b, text + digits + point, rest);
    if (layout->align == '<' || layout->align == '^') sb_fill(b, layout->fill, pad - left);
    if (grouped.failed) b->failed = true;
    sb_abandon(&grouped);
}

static void put_number(StrBuilder *b, const Spec *spec, const NumLocale *loc, char sign, const char *prefix, const char *text, size_t len) {
    bool letters = *prefix || spec->type == 'b' || spec->type == 'x' || spec->type == 'X';
    NumLayout layout = {.fill = spec->fill, .align = spec->align, .letters = letters, .width = spec->width};
    layout.zero_pad = spec->fill == '0' && spec->align == '=';
    num_put(b, &layout, loc, sign, prefix, text, len);
}

static char sign_char(const Spec *spec, bool negative) {
    return negative ? '-' : spec->sign == '+' || spec->sign == ' ' ? spec->sign : 0;
}

// Whether a number's digits, n characters with their sign, are the whole text.
static bool stands_alone(const Spec *spec, bool negative, size_t n) {
    bool signs = negative || !(spec->sign == '+' || spec->sign == ' ');
    return signs && !spec->group && spec->type != 'n' && spec->width <= (ptrdiff_t)n;
}

// ---- str ------------------------------------------------------------------------------------------------------------------
static V padded_text(Thread *t, const Spec *spec, V v, size_t n) {
    size_t pad = spec->width > (ptrdiff_t)n ? (size_t)spec->width - n : 0;
    size_t left = spec->align == '>' ? pad : spec->align == '^' ? pad / 2 : 0;
    StrBuilder b;
    sb_init(&b, t);
    sb_fill(&b, spec->fill, left);
    sb_substr(&b, v, 0, n);
    sb_fill(&b, spec->fill, pad - left);
    return sb_finish(&b);
}

V str_format_spec(Thread *t, V v, V s) {
    Spec spec;
    const char *problem = NULL;
    if (parse_spec(t, s, v, 's', '<', &spec) < 0) return V_ERROR;
    if (spec.type != 's') return unknown_type(t, spec.type, v);
    if (spec.sign) problem = spec.sign == ' ' ? "Space not allowed in string format specifier" : "Sign not allowed in string format specifier";
    else if (spec.no_neg_zero) problem = "Negative zero coercion (z) not allowed in string format specifier";
    else if (spec.alt) problem = "Alternate form (#) not allowed in string format specifier";
    else if (spec.align == '=') problem = "'=' alignment not allowed in string format specifier";
    if (problem) return err_set(t, &exc_ValueError, "%s", problem);
    size_t n = str_len(v);
    if (spec.precision >= 0 && (size_t)spec.precision < n) n = (size_t)spec.precision;
    if (spec.width <= (ptrdiff_t)n) return str_substring(t, v, 0, n);
    return padded_text(t, &spec, v, n);
}

// ---- float ------------------------------------------------------------------------------------------------------------------
// double_format's code, precision and flags for a specification; -1 with an exception.
static int float_code(Thread *t, const Spec *spec, bool is_float, char *code, int *precision, unsigned *flags) {
    *flags = (spec->alt ? DOUBLE_ALT : 0u) | (spec->no_neg_zero ? DOUBLE_NO_NEG_ZERO : 0u);
    if (spec->precision > INT_MAX) {
        err_set(t, &exc_ValueError, "precision too big");
        return -1;
    }
    *precision = spec->precision < 0 ? 6 : (int)spec->precision;
    *code = spec->type == 'n' ? 'g' : (char)spec->type;
    if (spec->type == 0) {
        *code = spec->precision < 0 ? 'r' : 'g';
        if (is_float) *flags |= DOUBLE_ADD_DOT_0;
    }
    return 0;
}

static V format_double(Thread *t, double d, const Spec *spec) {
    char code, *text, buf[DOUBLE_FIXED_SIZE];
    int precision;
    unsigned flags;
    if (float_code(t, spec, true, &code, &precision, &flags) < 0) return V_ERROR;
    ptrdiff_t n = double_format_quick(d, code, precision, flags, buf, &text);
    if (n < 0) return err_no_memory(t);
    bool negative = *text == '-';
    V r;
    if (stands_alone(spec, negative, (size_t)n)) {
        r = str_from_ascii(t, text, (size_t)n);
    } else {
        NumLocale loc;
        StrBuilder b;
        get_locale(spec, &loc);
        sb_init(&b, t);
        put_number(&b, spec, &loc, sign_char(spec, negative), "", text + negative, (size_t)n - negative);
        r = sb_finish(&b);
    }
    if (text != buf) free(text);
    return r;
}

static bool is_float_type(uint32_t type) { return type < 128 && type && strchr("eEfFgGn%", (int)type); }

V float_format_spec(Thread *t, V v, V s) {
    Spec spec;
    if (str_len(s) == 0) return v_is_float(v) || v_is_exact(v, &float_type) ? float_to_str(t, float_value(v)) : obj_str(t, v);
    if (parse_spec(t, s, v, 0, '>', &spec) < 0) return V_ERROR;
    if (spec.type && !is_float_type(spec.type)) return unknown_type(t, spec.type, v);
    return format_double(t, float_value(v), &spec);
}

// ---- int --------------------------------------------------------------------------------------------------------------------
static V format_int_char(Thread *t, V v, const Spec *spec) {
    int64_t i;
    if (spec->sign) return err_set(t, &exc_ValueError, "Sign not allowed with integer format specifier 'c'");
    if (spec->alt) return err_set(t, &exc_ValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
    if (num_as_long(t, v, &i) < 0) return V_ERROR;
    if (i < 0 || i > 0x10ffff) return err_set(t, &exc_OverflowError, "%%c arg not in range(0x110000)");
    V c = str_from_char(t, (uint32_t)i);
    if (v_is_error(c)) return c;
    V r = padded_text(t, spec, c, 1); // '=' pads like a number without digits: in front
    if (spec->align == '=' && spec->width > 1 && !v_is_error(r)) {
        Spec right = *spec;
        right.align = '>';
        v_drop(t, r);
        r = padded_text(t, &right, c, 1);
    }
    v_drop(t, c);
    return r;
}

static V format_int(Thread *t, V v, const Spec *spec) {
    if (spec->precision >= 0) return err_set(t, &exc_ValueError, "Precision not allowed in integer format specifier");
    if (spec->no_neg_zero) return err_set(t, &exc_ValueError, "Negative zero coercion (z) not allowed in integer format specifier");
    if (spec->type == 'c') return format_int_char(t, v, spec);
    int base = spec->type == 'b' ? 2 : spec->type == 'o' ? 8 : spec->type == 'x' || spec->type == 'X' ? 16 : 10;
    const char *prefix = !spec->alt ? "" : spec->type == 'b' ? "0b" : spec->type == 'o' ? "0o" : spec->type == 'x' ? "0x" : spec->type == 'X' ? "0X" : "";
    V text = int_to_str(t, v, base);
    if (v_is_error(text)) return text;
    size_t n = str_len(text);
    char *p = str_data(text), *upper = NULL;
    bool negative = *p == '-';
    if (!*prefix && spec->type != 'X' && stands_alone(spec, negative, n)) return text;
    NumLocale loc;
    StrBuilder b;
    if (spec->type == 'X') {
        upper = mem_alloc(t, n);
        if (!upper) return v_drop(t, text), err_no_memory(t);
        for (size_t i = 0; i < n; i++) upper[i] = p[i] >= 'a' ? (char)(p[i] - 32) : p[i];
        p = upper;
    }
    get_locale(spec, &loc);
    sb_init(&b, t);
    put_number(&b, spec, &loc, sign_char(spec, negative), prefix, p + negative, n - negative);
    mem_free(upper);
    v_drop(t, text);
    return sb_finish(&b);
}

V int_format_spec(Thread *t, V v, V s) {
    Spec spec;
    if (str_len(s) == 0) return v_is_int(v) || v_is_exact(v, &int_type) ? int_to_str(t, v, 10) : obj_str(t, v);
    if (parse_spec(t, s, v, 'd', '>', &spec) < 0) return V_ERROR;
    if (spec.type < 128 && spec.type && strchr("bcdoxXn", (int)spec.type)) return format_int(t, v, &spec);
    if (!is_float_type(spec.type)) return unknown_type(t, spec.type, v);
    double d;
    if (int_as_double(t, v, &d) < 0) return V_ERROR;
    return format_double(t, d, &spec);
}

// ---- complex ----------------------------------------------------------------------------------------------------------------
static bool put_part(StrBuilder *b, double d, const Spec *spec, const NumLocale *loc, char code, int precision, unsigned flags) {
    char *text;
    ptrdiff_t n = double_format(d, code, precision, flags, &text);
    if (n < 0) return false;
    bool negative = *text == '-';
    put_number(b, spec, loc, sign_char(spec, negative), "", text + negative, (size_t)n - negative);
    free(text);
    return true;
}

V complex_format_spec(Thread *t, V v, V s) {
    Spec spec;
    const Complex *c = (const Complex *)v_obj(v);
    char code;
    int precision;
    unsigned flags;
    if (str_len(s) == 0) return obj_str(t, v);
    if (parse_spec(t, s, v, 0, '>', &spec) < 0) return V_ERROR;
    if (spec.type && (!is_float_type(spec.type) || spec.type == '%')) return unknown_type(t, spec.type, v);
    if (spec.fill == '0') return err_set(t, &exc_ValueError, "Zero padding is not allowed in complex format specifier");
    if (spec.align == '=') return err_set(t, &exc_ValueError, "'=' alignment flag is not allowed in complex format specifier");
    if (float_code(t, &spec, false, &code, &precision, &flags) < 0) return V_ERROR;
    bool no_real = spec.type == 0 && c->re == 0 && !signbit(c->re), parens = spec.type == 0 && !no_real, ok = true;
    Spec part = spec;
    part.width = -1;
    part.align = '<';
    NumLocale loc;
    StrBuilder b;
    get_locale(&spec, &loc);
    sb_init(&b, t);
    if (parens) sb_char(&b, '(');
    if (!no_real) {
        ok = put_part(&b, c->re, &part, &loc, code, precision, flags);
        part.sign = '+';
    }
    ok = ok && put_part(&b, c->im, &part, &loc, code, precision, flags);
    if (!ok) b.failed = true;
    sb_char(&b, 'j');
    if (parens) sb_char(&b, ')');
    V text = sb_finish(&b);
    if (v_is_error(text) || spec.width <= (ptrdiff_t)str_len(text)) return text;
    V r = padded_text(t, &spec, text, str_len(text));
    v_drop(t, text);
    return r;
}
