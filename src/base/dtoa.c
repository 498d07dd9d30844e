// SPDX-License-Identifier: MIT
//
// dtoa.c: double to decimal text. Two halves: finding digits, and laying them out.
//
// double_shortest is Schubfach. A given number of digits goes through scale_and_round, which multiplies by a 128-bit
// power of ten and knows how large its error can be; when both ends of the error interval round alike the result is
// certain, otherwise (about one input in 10^18, and exact halves scaled down) the digits come from dtoa_exact.c.
// Everything that is laid out has the form 0.d1d2d3... * 10^point, with zeros understood behind the last digit.
#include "base/dtoa.h"
#include "dtoa_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dtoa_tables.inc"

_Static_assert(countof(dtoa_powers) == DTOA_MAX_POWER - DTOA_MIN_POWER + 1, "the table covers its range");

// --- shortest digits
// ---------------------------------------------------------------------------------------------------

// floor(g * c / 2^128) with its lowest bit set when anything was cut off ("round to odd"): enough to compare with
// integers and their halves without knowing more digits.
static ALWAYS_INLINE uint64_t multiply_to_odd(DtoaPower g, uint64_t c) {
    Dtoa192 p = dtoa_multiply(g, c);
    return p.high | (p.mid > 1);
}

static DoubleDigits without_trailing_zeros(uint64_t digits, int exponent) {
    while (digits % 100000000 == 0) digits /= 100000000, exponent += 8;
    if (digits % 10000 == 0) digits /= 10000, exponent += 4;
    if (digits % 100 == 0) digits /= 100, exponent += 2;
    if (digits % 10 == 0) digits /= 10, exponent += 1;
    return (DoubleDigits){digits, exponent};
}

// All quantities are four times the paper's, so that the ends of the rounding interval, halfway to the neighbours, are
// integers. 10^k is the largest power of ten not above the interval's width: some multiple of 10^k lies inside, and at
// most one of 10^(k+1).
static DoubleDigits schubfach(uint64_t mantissa, int exponent, bool short_below) {
    uint64_t low = 4 * mantissa - 2 + short_below, high = 4 * mantissa + 2;
    int k = short_below ? floor_log10_three_quarters_pow2(exponent) : floor_log10_pow2(exponent);
    int shift = exponent + floor_log2_pow10(-k) + 1;
    DtoaPower g = dtoa_power(-k);
    uint64_t value = multiply_to_odd(g, (4 * mantissa) << shift);
    uint64_t odd = mantissa & 1; // the ends round to an even mantissa, so they belong to the interval of one
    uint64_t inside_low = multiply_to_odd(g, low << shift) + odd;
    uint64_t inside_high = multiply_to_odd(g, high << shift) - odd;

    uint64_t whole = value / 4;
    if (whole >= 10) { // one digit less?
        uint64_t tens = whole / 10;
        bool below = inside_low <= 40 * tens, above = 40 * tens + 40 <= inside_high;
        if (below != above) return without_trailing_zeros(tens + above, k + 1);
    }
    bool below = inside_low <= 4 * whole, above = 4 * whole + 4 <= inside_high;
    if (below != above) return without_trailing_zeros(whole + above, k);
    uint64_t middle = 4 * whole + 2;
    bool up = value > middle || (value == middle && (whole & 1));
    return without_trailing_zeros(whole + up, k);
}

DoubleDigits double_shortest(double value) {
    uint64_t mantissa;
    int exponent;
    dtoa_take_apart(value, &mantissa, &exponent);
    if (mantissa == 0) return (DoubleDigits){0, 0};
    if (exponent <= 0 && exponent > -53) { // an integer below 2^53 is its own digits
        uint64_t fraction = mantissa & (((uint64_t)1 << -exponent) - 1);
        if (fraction == 0) return without_trailing_zeros(mantissa >> -exponent, 0);
    }
    return schubfach(mantissa, exponent, mantissa == (uint64_t)1 << 52 && exponent > -1074);
}

// --- a given number of digits
// ------------------------------------------------------------------------------------------

// p / 2^shift rounded half to even, 128 <= shift <= 192.
static uint64_t shift_and_round(Dtoa192 p, int shift) {
    int n = shift - 128;
    uint64_t whole = n == 64 ? 0 : p.high >> n;
    uint64_t half, rest = p.low;
    if (n == 0) {
        half = p.mid >> 63;
        rest |= p.mid << 1;
    } else {
        half = p.high >> (n - 1) & 1;
        rest |= p.mid | (p.high & (((uint64_t)1 << (n - 1)) - 1));
    }
    return whole + (half && (rest || (whole & 1)));
}

// mantissa * 2^exponent * 10^scale as an integer, if that is below 10^18 and certain.
static bool scale_and_round(uint64_t mantissa, int exponent, int scale, uint64_t *out) {
    if (mantissa == 0 || scale < DTOA_MIN_POWER || scale > DTOA_MAX_POWER) return false;
    unsigned up = clz64(mantissa);
    Dtoa192 p = dtoa_multiply(dtoa_power(scale), mantissa << up);
    int shift = 127 - floor_log2_pow10(scale) + (int)up - exponent;
    if (shift < 128) return false;
    if (shift > 192) { // below a half
        *out = 0;
        return true;
    }
    uint64_t rounded = shift_and_round(p, shift);
    if (!dtoa_power_is_exact(scale) && shift_and_round(dtoa_subtract(p, mantissa << up), shift) != rounded)
        return false;
    *out = rounded;
    return rounded < 1000000000000000000u;
}

static const char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445"
    "46474849505152535455565758596061626364656667686970717273747576777879808182838485868788899091"
    "9293949596979899";

static int count_digits(uint64_t x) {
    int n = 1;
    for (; x >= 10000; x /= 10000) n += 4;
    return n + (x >= 10) + (x >= 100) + (x >= 1000);
}

// Writes the n digits of x, which has at most n.
static ALWAYS_INLINE void put_digits(char *out, uint64_t x, int n) {
    for (; n >= 2; n -= 2, x /= 100) memcpy(out + n - 2, digit_pairs + x % 100 * 2, 2);
    if (n) out[0] = (char)('0' + x);
}

// out = digits * 10^exponent
static void decimal_from_digits(DtoaDecimal *out, uint64_t digits, int exponent) {
    out->count = count_digits(digits);
    out->point = digits ? out->count + exponent : 1;
    put_digits(out->digits, digits, out->count);
}

// The value rounded to `places` decimal places; what is laid out stops there, so trailing zeros do no harm.
static void fixed_digits(uint64_t mantissa, int exponent, int64_t places, DtoaDecimal *out) {
    uint64_t rounded;
    if (places <= DTOA_MAX_POWER && places >= DTOA_MIN_POWER &&
        scale_and_round(mantissa, exponent, (int)places, &rounded)) {
        decimal_from_digits(out, rounded, -(int)places);
        return;
    }
    dtoa_exact_digits(mantissa, exponent, out);
    dtoa_round_digits(out, places + out->point);
}

// The value rounded to `wanted` >= 1 significant digits.
static void significant_digits(uint64_t mantissa, int exponent, int wanted, DtoaDecimal *out) {
    uint64_t rounded;
    if (wanted <= 17 && mantissa) {
        static const uint64_t tens[] = {1u,
                                        10u,
                                        100u,
                                        1000u,
                                        10000u,
                                        100000u,
                                        1000000u,
                                        10000000u,
                                        100000000u,
                                        1000000000u,
                                        10000000000u,
                                        100000000000u,
                                        1000000000000u,
                                        10000000000000u,
                                        100000000000000u,
                                        1000000000000000u,
                                        10000000000000000u,
                                        100000000000000000u};
        // the first digit's power of ten, or one less; then there is a digit too many and it is done again
        int first = floor_log10_pow2(exponent + (int)bit_length64(mantissa) - 1);
        for (int k = first; k <= first + 1; k++) {
            if (!scale_and_round(mantissa, exponent, wanted - 1 - k, &rounded)) break;
            if (rounded >= tens[wanted]) continue;
            decimal_from_digits(out, rounded, k + 1 - wanted);
            return;
        }
    }
    dtoa_exact_digits(mantissa, exponent, out);
    dtoa_round_digits(out, wanted);
}

// --- layout
// ------------------------------------------------------------------------------------------------------------

// Appends digits [from, to) of the decimal, counted from its first; places outside of what is stored are zeros.
static void put_range(StrBuf *out, const DtoaDecimal *decimal, int64_t from, int64_t to) {
    if (from < 0 && from < to) {
        int64_t zeros = (to < 0 ? to : 0) - from;
        strbuf_fill(out, '0', (size_t)zeros);
        from += zeros;
    }
    if (from < to && from < decimal->count) {
        int64_t stop = to < decimal->count ? to : decimal->count;
        strbuf_append(out, decimal->digits + from, (size_t)(stop - from));
        from = stop;
    }
    if (from < to) strbuf_fill(out, '0', (size_t)(to - from));
}

static void put_fixed(StrBuf *out, const DtoaDecimal *decimal, int64_t places, unsigned flags) {
    if (decimal->point <= 0) strbuf_putc(out, '0');
    else put_range(out, decimal, 0, decimal->point);
    if (places > 0 || (flags & (DOUBLE_ALT | DOUBLE_ADD_DOT_0))) strbuf_putc(out, '.');
    if (places == 0 && (flags & DOUBLE_ADD_DOT_0)) places = 1;
    put_range(out, decimal, decimal->point, decimal->point + places);
}

static void put_exponent(StrBuf *out, const DtoaDecimal *decimal, int64_t places, char letter, unsigned flags) {
    int exponent = decimal->point - 1;
    strbuf_putc(out, decimal->digits[0]);
    if (places > 0 || (flags & DOUBLE_ALT)) strbuf_putc(out, '.');
    put_range(out, decimal, 1, 1 + places);
    strbuf_printf(out, "%c%c%02d", letter, exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

static int without_zeros(const DtoaDecimal *decimal) {
    int n = decimal->count;
    while (n > 1 && decimal->digits[n - 1] == '0') n--;
    return n;
}

// 'g' and 'r': digits up to `precision`, in whichever form is shorter to read.
static void put_general(StrBuf *out, const DtoaDecimal *decimal, int precision, int fixed_below, char letter,
                        unsigned flags) {
    int64_t n = flags & DOUBLE_ALT && precision ? precision : without_zeros(decimal);
    if (decimal->point <= -4 || decimal->point > fixed_below) {
        put_exponent(out, decimal, n - 1, letter, flags);
    } else {
        int64_t places = n - decimal->point;
        put_fixed(out, decimal, places > 0 ? places : 0, flags);
    }
}

static bool decimal_is_zero(const DtoaDecimal *decimal) {
    for (int i = 0; i < decimal->count; i++)
        if (decimal->digits[i] != '0') return false;
    return true;
}

static void put_sign(StrBuf *out, bool negative, unsigned flags) {
    if (negative) strbuf_putc(out, '-');
    else if (flags & DOUBLE_SIGN) strbuf_putc(out, '+');
}

static void find_digits(double value, char code, int precision, DtoaDecimal *out) {
    uint64_t mantissa;
    int exponent;
    dtoa_take_apart(value, &mantissa, &exponent);
    switch (code) {
    case 'r': {
        DoubleDigits shortest = double_shortest(value);
        decimal_from_digits(out, shortest.digits, shortest.exponent);
        break;
    }
    case 'f':
        fixed_digits(mantissa, exponent, precision, out);
        break;
    case 'e':
        significant_digits(mantissa, exponent, precision < INT32_MAX ? precision + 1 : precision, out);
        break;
    default:
        significant_digits(mantissa, exponent, precision, out);
        break;
    }
}

void double_format_to(StrBuf *out, double value, char code, int precision, unsigned flags) {
    HD_ASSERT(precision >= 0 && code && strchr("efgEFGr%", code));
    bool capitals = code == 'E' || code == 'F' || code == 'G', percent = code == '%';
    if (capitals) code = (char)(code | 0x20);
    if (percent) {
        value *= 100;
        code = 'f';
    }
    if (code == 'g' && precision == 0) precision = 1;
    if (!isfinite(value)) {
        put_sign(out, isinf(value) && value < 0, flags);
        strbuf_puts(out, isnan(value) ? (capitals ? "NAN" : "nan") : (capitals ? "INF" : "inf"));
    } else {
        DtoaDecimal decimal;
        char letter = capitals ? 'E' : 'e';
        find_digits(value, code, precision, &decimal);
        bool negative = signbit(value);
        if (negative && (flags & DOUBLE_NO_NEG_ZERO) && decimal_is_zero(&decimal)) negative = false;
        put_sign(out, negative, flags);
        switch (code) {
        case 'f':
            put_fixed(out, &decimal, precision, flags);
            break;
        case 'e':
            put_exponent(out, &decimal, precision, letter, flags);
            break;
        case 'g':
            put_general(out, &decimal, precision, precision - !!(flags & DOUBLE_ADD_DOT_0), letter, flags);
            break;
        default:
            put_general(out, &decimal, 0, 16, letter, flags);
            break;
        }
    }
    if (percent) strbuf_putc(out, '%');
}

ptrdiff_t double_format(double value, char code, int precision, unsigned flags, char **out) {
    StrBuf buf = STRBUF_INIT;
    size_t len;
    double_format_to(&buf, value, code, precision, flags);
    *out = strbuf_take(&buf, &len);
    return *out ? (ptrdiff_t)len : -1;
}

size_t double_fixed(double value, int places, char *buf) {
    HD_ASSERT(places >= 0 && places <= DOUBLE_FIXED_PLACES);
    uint64_t mantissa, digits = 0;
    int exponent;
    if (!isfinite(value)) return 0;
    dtoa_take_apart(value, &mantissa, &exponent);
    if (mantissa && !scale_and_round(mantissa, exponent, places, &digits)) return 0;
    int n = count_digits(digits), whole = n > places ? n - places : 1;
    char *p = buf;
    if (signbit(value)) *p++ = '-';
    char *end = p + whole + (places ? 1 + places : 0), *q = end;
    *end = '\0';
    if (places) { // from the last digit on
        for (int left = places; left >= 2; left -= 2, digits /= 100) memcpy(q -= 2, digit_pairs + digits % 100 * 2, 2);
        if (places & 1) *--q = (char)('0' + digits % 10), digits /= 10;
        *--q = '.';
    }
    put_digits(p, digits, whole);
    return (size_t)(end - buf);
}

ptrdiff_t double_format_quick(double value, char code, int precision, unsigned flags, char *buf, char **out) {
    size_t len = code == 'f' && !flags && precision <= DOUBLE_FIXED_PLACES ? double_fixed(value, precision, buf) : 0;
    if (!len) return double_format(value, code, precision, flags, out);
    *out = buf;
    return (ptrdiff_t)len;
}

// --- repr
// --------------------------------------------------------------------------------------------------------------

// n digits, then the exponent of the first: "1e+16", "1.5e-07".
static char *repr_exponent(char *p, uint64_t digits, int n, int exponent) {
    put_digits(p + 1, digits, n);
    p[0] = p[1];
    p[1] = '.';
    p += n > 1 ? n + 1 : 1;
    *p++ = 'e';
    *p++ = exponent < 0 ? '-' : '+';
    if (exponent < 0) exponent = -exponent;
    int width = exponent >= 100 ? 3 : 2;
    put_digits(p, (uint64_t)exponent, width);
    return p + width;
}

// The point stands behind `point` of the n digits, or further left or right of them all.
static char *repr_fixed(char *p, uint64_t digits, int n, int point) {
    if (point <= 0) {
        memcpy(p, "0.000", 5);
        put_digits(p + 2 - point, digits, n);
        return p + 2 - point + n;
    }
    put_digits(p, digits, n);
    if (point < n) {
        memmove(p + point + 1, p + point, (size_t)(n - point));
        p[point] = '.';
        return p + n + 1;
    }
    memset(p + n, '0', (size_t)(point - n));
    memcpy(p + point, ".0", 2);
    return p + point + 2;
}

size_t double_repr(double value, char *buf) {
    char *p = buf;
    if (isnan(value)) {
        memcpy(p, "nan", 4);
        return 3;
    }
    if (signbit(value)) *p++ = '-';
    if (isinf(value)) {
        memcpy(p, "inf", 3);
        p += 3;
    } else {
        DoubleDigits shortest = double_shortest(value);
        int n = count_digits(shortest.digits), point = shortest.digits ? n + shortest.exponent : 1;
        if (point <= -4 || point > 16) p = repr_exponent(p, shortest.digits, n, point - 1);
        else p = repr_fixed(p, shortest.digits, n, point);
    }
    *p = '\0';
    return (size_t)(p - buf);
}

// --- round
// -------------------------------------------------------------------------------------------------------------

double double_round(double value, int ndigits) {
    uint64_t mantissa, rounded;
    int exponent;
    if (!isfinite(value) || value == 0.0 || ndigits > 323) return value; // all digits are kept
    if (ndigits < -309) return copysign(0.0, value);
    dtoa_take_apart(value, &mantissa, &exponent);
    if (scale_and_round(mantissa, exponent, ndigits, &rounded))
        return double_from_decimal(signbit(value), rounded, -ndigits);
    DtoaDecimal decimal;
    dtoa_exact_digits(mantissa, exponent, &decimal);
    dtoa_round_digits(&decimal, (int64_t)ndigits + decimal.point);
    char text[DTOA_MAX_DIGITS + 16];
    int n = snprintf(text, sizeof text, ".%.*se%d", decimal.count, decimal.digits, decimal.point);
    return copysign(double_parse(text, (size_t)n, NULL), value);
}
