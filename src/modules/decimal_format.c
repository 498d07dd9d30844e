// SPDX-License-Identifier: MIT
// Module _decimal: __format__.
//
// [[fill]align][sign][z][0][width][,][.precision][type], type one of e E f F g G n N %.  Rounding is the context's.
#include "decimal_private.h"
#include "object/numfmt.h"
#include <limits.h>

typedef struct Spec {
    NumLayout layout;
    char sign, type;     // type: e f g, or % (f of a hundred times as much)
    bool upper, zero_pad, no_neg_zero, group, locale;
    int64_t precision;   // -1: none
} Spec;

// ---- reading a specification ------------------------------------------------------------------------------------------------
static bool is_align(uint32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

typedef struct Reader { V s; size_t i; } Reader;
static uint32_t peek(const Reader *r, size_t ahead) { return r->i + ahead < str_len(r->s) ? str_at(r->s, r->i + ahead) : 0; }
static bool take(Reader *r, uint32_t c) {
    if (r->i == str_len(r->s) || peek(r, 0) != c) return false;
    r->i++;
    return true;
}

static bool take_number(Reader *r, int64_t *n) {
    size_t start = r->i;
    int64_t value = 0;
    for (uint32_t c; (c = peek(r, 0)) >= '0' && c <= '9'; r->i++) {
        if (value > (INT64_MAX - 9) / 10) return false;
        value = value * 10 + (c - '0');
    }
    if (r->i > start) *n = value;
    return true;
}

static bool read_alignment(Reader *r, Spec *spec) {
    bool fill = is_align(peek(r, 1)) && r->i + 1 < str_len(r->s);
    if (fill) spec->layout.fill = peek(r, 0), r->i++;
    if (!fill && !is_align(peek(r, 0))) return false;
    spec->layout.align = (char)peek(r, 0);
    r->i++;
    return true;
}

static bool read_type(Reader *r, Spec *spec, bool capitals) {
    if (r->i == str_len(r->s)) {
        spec->type = 'g';
        spec->upper = capitals;
        return true;
    }
    uint32_t c = peek(r, 0);
    r->i++;
    if (c >= 128 || !strchr("eEfFgGnN%", (int)c) || r->i < str_len(r->s)) return false;
    spec->upper = c >= 'A' && c <= 'Z';
    spec->type = (char)(c == '%' ? c : c | 0x20);
    if (spec->type != 'n') return true;
    spec->type = 'g';
    spec->locale = true;
    return !spec->group;
}

static bool read_spec(V s, Spec *spec, bool capitals) {
    Reader r = {s, 0};
    int64_t width = -1;
    *spec = (Spec){.layout = {.fill = ' ', .align = '>'}, .precision = -1};
    bool aligned = read_alignment(&r, spec);
    spec->no_neg_zero = take(&r, 'z');
    if (take(&r, '+')) spec->sign = '+';
    else if (take(&r, ' ')) spec->sign = ' ';
    else take(&r, '-');
    if (!spec->no_neg_zero) spec->no_neg_zero = take(&r, 'z');
    if (peek(&r, 0) == '0') {
        if (aligned) return false;
        r.i++;
        spec->zero_pad = true;
        if (peek(&r, 0) == '0') return false;
    }
    if (!take_number(&r, &width)) return false;
    spec->layout.width = width;
    spec->group = take(&r, ',');
    if (take(&r, '.')) {
        if (!take_number(&r, &spec->precision) || spec->precision < 0) return false;
    }
    return read_type(&r, spec, capitals) && width <= DEC_MAX_PREC && spec->precision <= DEC_MAX_PREC;
}

// ---- the locale -----------------------------------------------------------------------------------------------------------------
// A key of the dict given in place of the locale, at least min and at most max bytes as UTF-8: 1 there, 0 not, -1.
static int override_text(Thread *t, V dict, const char *key, size_t min, size_t max, uint32_t *out, size_t *len) {
    V v = dict_get_c(t, dict, key);
    if (v == V_NULL) return 0;
    size_t bytes = 0;
    if (!v_is_error(v) && !v_is_str(v)) err_set(t, &exc_TypeError, "bad argument type for built-in operation");
    bool ok = !v_is_error(v) && v_is_str(v) && str_utf8(t, v, &bytes);
    if (ok && (bytes < min || bytes > max)) {
        err_set(t, &exc_ValueError, "invalid override dict");
        ok = false;
    }
    *len = ok ? str_len(v) : 0;
    for (size_t i = 0; i < *len; i++) out[i] = str_at(v, i);
    v_drop(t, v);
    return ok ? 1 : -1;
}

static int override_locale(Thread *t, V dict, NumLocale *loc, char groups[9]) {
    uint32_t sizes[8];
    size_t n = 0;
    if (!v_is_dict(dict)) {
        err_set(t, &exc_TypeError, "optional argument must be a dict");
        return -1;
    }
    if (override_text(t, dict, "decimal_point", 1, 4, loc->point, &loc->point_len) < 0) return -1;
    if (override_text(t, dict, "thousands_sep", 0, 4, loc->sep, &loc->sep_len) < 0) return -1;
    int given = override_text(t, dict, "grouping", 0, countof(sizes), sizes, &n);
    if (given <= 0) return given;
    for (size_t i = 0; i < n; i++) {
        if (sizes[i] > CHAR_MAX) {
            err_set(t, &exc_ValueError, "invalid override dict");
            return -1;
        }
        groups[i] = (char)sizes[i];
    }
    groups[n] = '\0';
    loc->groups = groups;
    return 0;
}

static void spec_locale(const Spec *spec, NumLocale *loc) {
    *loc = (NumLocale)NUM_LOCALE_NONE;
    if (spec->locale) {
        num_locale_current(loc);
    } else if (spec->group) {
        loc->groups = "\3";
        loc->sep[0] = ',';
        loc->sep_len = 1;
    }
}

// ---- the number -------------------------------------------------------------------------------------------------------------------
// n digits are cut off; negative: as many zeros are appended.
static void rounded_op(DecCall *k) {
    int64_t drop = k->n;
    dec_set(&k->r, &k->a);
    if (drop > 0) {
        dec_round(&k->r, drop, k->ctx);
    } else {
        mpz_scale10(k->r.c, k->r.c, -drop);
        k->r.exp += drop;
        dec_count(&k->r);
    }
}

// n digits are kept, no more: 9.99 becomes 1.0E+1.
static void significant_op(DecCall *k) {
    int64_t keep = k->n;
    k->n = k->a.digits - keep;
    rounded_op(k);
    if (k->r.digits <= keep) return;
    mpz_divexact_ui(k->r.c, k->r.c, 10);
    k->r.digits--;
    k->r.exp++;
}

// How many digits the precision cuts off; negative: zeros to be appended.
static int64_t digits_to_drop(const Spec *spec, const Dec *d, bool zero) {
    int64_t exp = d->exp + (spec->type == '%' ? 2 : 0), precision = spec->precision, drop = 0;
    if (spec->type == 'f' || spec->type == '%') {
        if (precision >= 0) drop = -precision - exp;
        else if (zero && exp > 0) drop = -exp;
    } else if (precision >= 0 && spec->type == 'e') {
        drop = zero ? 0 : d->digits - (precision + 1);
    } else if (precision >= 0) {
        if (precision == 0) precision = 1;
        drop = d->digits > precision ? d->digits - precision : 0;
    }
    return drop;
}

// dec as it is to be shown: rounded, or padded with zeros.
static V rounded(Thread *t, const Spec *spec, V dec, DecCtx *c) {
    const Dec *d = dec_of(dec);
    bool zero = dec_zero(dec);
    int64_t drop = digits_to_drop(spec, d, zero);
    if (zero) return dec_new_small(t, &dec_type, dec_flags(dec), d->exp + drop, 0, 1);
    if (drop == 0) return v_dup(dec);
    bool significant = drop > 0 && (spec->type == 'e' || spec->type == 'g');
    return significant ? dec_run_n(t, significant_op, dec, d->digits - drop, c) : dec_run_n(t, rounded_op, dec, drop, c);
}

static int64_t place_of_point(const Spec *spec, int64_t exp, int64_t n, bool zero) {
    int64_t left = exp + n;
    switch (spec->type) {
    case 'e': return zero && spec->precision >= 0 ? 1 - spec->precision : 1;
    case 'g': return exp <= 0 && left > -6 ? left : 1;
    default: return left;
    }
}

// Plain ASCII: digits, point, exponent.
static int put_plain(Thread *t, StrBuilder *b, const Spec *spec, V dec) {
    const Dec *d = dec_of(dec);
    Digits s;
    if (dec_digits(t, dec, &s) < 0) return -1;
    int64_t n = (int64_t)s.n, exp = d->exp + (spec->type == '%' ? 2 : 0);
    int64_t place = place_of_point(spec, exp, n, dec_zero(dec)), left = exp + n;
    dec_put_pointed(b, &s, place);
    if (left != place || spec->type == 'e') sb_format(b, "%c%+lld", spec->upper ? 'E' : 'e', (long long)(left - place));
    if (spec->type == '%') sb_char(b, '%');
    dec_digits_free(&s);
    return 0;
}

static int put_special(Thread *t, StrBuilder *b, const Spec *spec, V dec) {
    Digits s;
    if (dec_digits(t, dec, &s) < 0) return -1;
    unsigned flags = dec_flags(dec);
    sb_cstr(b, flags & DEC_INF ? "Infinity" : flags & DEC_SNAN ? "sNaN" : "NaN");
    sb_ascii(b, s.p, s.n);
    if (spec->type == '%') sb_char(b, '%');
    dec_digits_free(&s);
    return 0;
}

static V format_with(Thread *t, Spec *spec, const NumLocale *loc, V dec, DecCtx *c) {
    bool special = dec_flags(dec) & DEC_SPECIAL;
    V shown = special ? v_dup(dec) : rounded(t, spec, dec, c);
    if (v_is_error(shown)) return V_ERROR;
    bool negative = (dec_flags(shown) & DEC_NEG) && !(spec->no_neg_zero && dec_zero(shown));
    StrBuilder plain, b;
    sb_init(&plain, t);
    sb_init(&b, t);
    if (spec->zero_pad && !special) spec->layout.fill = '0', spec->layout.align = '=', spec->layout.zero_pad = true;
    int r = special ? put_special(t, &plain, spec, shown) : put_plain(t, &plain, spec, shown);
    v_drop(t, shown);
    if (r == 0 && !plain.failed) num_put(&b, &spec->layout, loc, negative ? '-' : spec->sign, "", plain.data, plain.len);
    b.failed |= plain.failed;
    sb_abandon(&plain);
    if (r == 0) return sb_finish(&b);
    sb_abandon(&b);
    return V_ERROR;
}

V dec_format(Thread *t, V self, V format, V override) {
    DecCtx c;
    Spec spec;
    NumLocale loc;
    char groups[9];
    size_t len;
    if (!v_is_str(format)) return err_set(t, &exc_TypeError, "format arg must be str");
    if (!str_utf8(t, format, &len) || dec_ctx_get(t, V_NULL, &c) < 0) return V_ERROR;
    if (!read_spec(format, &spec, c.capitals)) return err_set(t, &exc_ValueError, "invalid format string");
    spec_locale(&spec, &loc);
    if (override != V_NULL && override_locale(t, override, &loc, groups) < 0) return V_ERROR;
    return format_with(t, &spec, &loc, self, &c);
}
