// SPDX-License-Identifier: MIT
// Methods of float: exact ratios, hexadecimal text, rounding.
#include "float_private.h"
#include <math.h>

static NATIVE(m_conjugate) {
    UNUSED_NATIVE();
    return float_exact(t, self);
}

static NATIVE(m_is_integer) {
    UNUSED_NATIVE();
    double d = float_value(self);
    return v_from_bool(isfinite(d) && floor(d) == d);
}

static NATIVE(m_trunc) {
    UNUSED_NATIVE();
    return int_from_double(t, float_value(self));
}
static NATIVE(m_floor) {
    UNUSED_NATIVE();
    return int_from_double(t, floor(float_value(self)));
}
static NATIVE(m_ceil) {
    UNUSED_NATIVE();
    return int_from_double(t, ceil(float_value(self)));
}

static NATIVE(m_round) {
    UNUSED_NATIVE();
    double d = float_value(self);
    if (args[0] == V_NULL || args[0] == V_NONE) {
        double r = round(d);
        if (fabs(d - r) == 0.5) r = 2.0 * round(d / 2.0);
        return int_from_double(t, r);
    }
    ptrdiff_t digits;
    if (num_as_ssize(t, args[0], NULL, &digits) < 0) return V_ERROR;
    if (!isfinite(d)) return float_from_double(t, d);
    if (digits > 323) return float_from_double(t, d);
    if (digits < -308) return float_from_double(t, 0.0 * d);
    double r = double_round(d, (int)digits);
    if (!isfinite(r)) return err_set(t, &exc_OverflowError, "rounded value too large to represent");
    return float_from_double(t, r);
}

static NATIVE(m_as_integer_ratio) {
    UNUSED_NATIVE();
    double d = float_value(self);
    if (isinf(d)) return err_set(t, &exc_OverflowError, "cannot convert Infinity to integer ratio");
    if (isnan(d)) return err_set(t, &exc_ValueError, "cannot convert NaN to integer ratio");
    int e;
    double fraction = frexp(d, &e);
    for (int i = 0; i < 300 && fraction != floor(fraction); i++) fraction *= 2, e--;
    V numerator = int_from_double(t, fraction), shift = v_from_int(e < 0 ? -e : e);
    if (v_is_error(numerator)) return numerator;
    if (e < 0) return tuple_pack_steal(t, 2, numerator, int_lshift(t, v_from_int(1), shift));
    V shifted = int_lshift(t, numerator, shift);
    v_drop(t, numerator);
    return tuple_pack_steal(t, 2, shifted, v_from_int(1));
}

// ---- hexadecimal --------------------------------------------------------------------------------------------------------
static NATIVE(m_hex) {
    UNUSED_NATIVE();
    double d = float_value(self);
    if (!isfinite(d)) return float_to_str(t, d);
    if (d == 0) return str_from_cstr(t, signbit(d) ? "-0x0.0p+0" : "0x0.0p+0");
    int e;
    double m = frexp(fabs(d), &e);
    int shift = 1 - (-1021 - e > 0 ? -1021 - e : 0); // subnormals keep the smallest exponent
    m = ldexp(m, shift);
    e -= shift;
    unsigned lead = (unsigned)m;
    uint64_t digits = (uint64_t)ldexp(m - lead, 52);
    return str_from_format(t, "%s0x%u.%013lxp%c%d", d < 0 ? "-" : "", lead, digits, e < 0 ? '-' : '+', e < 0 ? -e : e);
}

typedef struct HexText { const char *p, *end; } HexText;

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_word(HexText *x, const char *word) {
    size_t n = strlen(word);
    if ((size_t)(x->end - x->p) < n || strncasecmp(x->p, word, n) != 0) return false;
    x->p += n;
    return true;
}

// Reads the digits and exponent of a hexadecimal number into *out: 1, 0 when it is none, -1 when it does not fit.
static int read_hex(HexText *x, double *out) {
    if (x->end - x->p >= 2 && x->p[0] == '0' && (x->p[1] | 0x20) == 'x') x->p += 2;
    const char *start = x->p, *point = NULL;
    while (x->p < x->end && (hex_value(*x->p) >= 0 || (*x->p == '.' && !point))) {
        if (*x->p == '.') point = x->p;
        x->p++;
    }
    const char *stop = x->p;
    ptrdiff_t digits = stop - start - (point != NULL), behind = point ? stop - point - 1 : 0;
    if (digits == 0) return 0;
    int64_t e = 0;
    if (x->p < x->end && (*x->p | 0x20) == 'p') {
        bool neg = false;
        x->p++;
        if (x->p < x->end && (*x->p == '+' || *x->p == '-')) neg = *x->p++ == '-';
        if (x->p == x->end || *x->p < '0' || *x->p > '9') return 0;
        for (; x->p < x->end && *x->p >= '0' && *x->p <= '9'; x->p++)
            if (e < ((int64_t)1 << 55)) e = e * 10 + (*x->p - '0');
        if (neg) e = -e;
    }
    // 60 bits of mantissa and a sticky bit; every further digit only moves the exponent.
    uint64_t m = 0;
    int64_t scale = e - 4 * (int64_t)behind;
    bool sticky = false;
    for (const char *q = start; q < stop; q++) {
        if (*q == '.') continue;
        unsigned d = (unsigned)hex_value(*q);
        if (m >> 56) {
            sticky |= d != 0;
            scale += 4;
        } else {
            m = m << 4 | d;
        }
    }
    if (m == 0) return *out = 0, 1;
    int bits = (int)bit_length64(m);
    if (scale + bits > 1024) return -1;
    if (scale + bits < -1080) return *out = 0, 1;
    int keep = scale + bits < -1021 ? (int)(scale + bits + 1074) : 53, drop = bits - keep; // bits that the result has room for
    if (drop > 0) {
        if (drop > 62) return *out = 0, 1;
        uint64_t half = (uint64_t)1 << (drop - 1), low = m & (2 * half - 1);
        m >>= drop;
        scale += drop;
        if (low > half || (low == half && (sticky || (m & 1)))) m++;
    }
    *out = ldexp((double)m, (int)scale);
    return isinf(*out) ? -1 : 1;
}

static V from_hex_text(Thread *t, const char *p, size_t n) {
    HexText x = {p, p + n};
    while (x.p < x.end && (*x.p == ' ' || (*x.p >= '\t' && *x.p <= '\r'))) x.p++;
    bool neg = x.p < x.end && *x.p == '-';
    if (x.p < x.end && (*x.p == '-' || *x.p == '+')) x.p++;
    double d = 0;
    int status = 1;
    if (read_word(&x, "infinity") || read_word(&x, "inf")) d = INFINITY;
    else if (read_word(&x, "nan")) d = NAN;
    else status = read_hex(&x, &d);
    if (status < 0) return err_set(t, &exc_OverflowError, "hexadecimal value too large to represent as a float");
    while (x.p < x.end && (*x.p == ' ' || (*x.p >= '\t' && *x.p <= '\r'))) x.p++;
    if (status == 0 || x.p != x.end) return err_set(t, &exc_ValueError, "invalid hexadecimal floating-point string");
    return float_from_double(t, neg ? -d : d);
}

static NATIVE(m_fromhex) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "bad argument type for built-in operation");
    size_t n;
    const char *p = str_utf8(t, args[0], &n);
    if (!p) return V_ERROR;
    V v = from_hex_text(t, p, n);
    if (v_is_error(v) || v_is(self, v_from_type(&float_type))) return v;
    V r = obj_call1(t, self, v);
    v_drop(t, v);
    return r;
}

// ---- others ---------------------------------------------------------------------------------------------------------------
static NATIVE(m_getnewargs) {
    UNUSED_NATIVE();
    return tuple_pack_steal(t, 1, float_from_double(t, float_value(self)));
}

static NATIVE(m_getformat) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "__getformat__", NULL, "str", args[0]);
    if (!str_equal_ascii(args[0], "double") && !str_equal_ascii(args[0], "float")) {
        return err_set(t, &exc_ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
    }
    return str_from_cstr(t, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "IEEE, little-endian" : "IEEE, big-endian");
}

static NATIVE(m_format) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "__format__", NULL, "str", args[0]);
    return float_format_spec(t, self, args[0]);
}

const Method float_methods[] = {
    {"conjugate", m_conjugate, "", 0, 0, "The number itself."},
    {"__trunc__", m_trunc, "", 0, 0, "The integer part."},
    {"__floor__", m_floor, "", 0, 0, "The largest integer that is not above."},
    {"__ceil__", m_ceil, "", 0, 0, "The smallest integer that is not below."},
    {"__round__", m_round, "ndigits=None, /", 0, 0, "Rounded to so many decimal places, halves to even; without a number of places, to an int."},
    {"as_integer_ratio", m_as_integer_ratio, "", 0, 0, 
     "The pair of ints, in lowest terms, whose ratio is exactly the number.\n\n>>> (0.75).as_integer_ratio()\n(3, 4)\n"
     ">>> (-1e3).as_integer_ratio()\n(-1000, 1)\n>>> 0.0.as_integer_ratio()\n(0, 1)"},
    {"fromhex", m_fromhex, "string, /", 0, M_CLASS | M_OLD_ARITY, 
     "The number that a hexadecimal text denotes.\n\n>>> float.fromhex('0x1.8p+1')\n3.0\n>>> float.fromhex('-0xff')\n-255.0"},
    {"hex", m_hex, "", 0, 0, "The number in hexadecimal, exactly.\n\n>>> (-0.5).hex()\n'-0x1.0000000000000p-1'\n"
     ">>> 10.0.hex()\n'0x1.4000000000000p+3'"},
    {"is_integer", m_is_integer, "", 0, 0, "Whether the number is whole."},
    {"__getnewargs__", m_getnewargs, "", 0, 0, NULL},
    {"__getformat__", m_getformat, "typestr, /", 0, M_CLASS | M_OLD_ARITY, "How the machine stores 'double' or 'float'; for tests."},
    {"__format__", m_format, "format_spec, /", 0, M_OLD_ARITY, "The number as text, by a format specification."},
    METHOD_END,
};

static V get_self(Thread *t, V self, void *closure) { (void)closure; return float_exact(t, self); }
static V get_zero(Thread *t, V self, void *closure) { (void)self, (void)closure; return float_from_double(t, 0.0); }

const GetSet float_getsets[] = {
    {"real", get_self, NULL, "the part without j", NULL},
    {"imag", get_zero, NULL, "the factor of j", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
