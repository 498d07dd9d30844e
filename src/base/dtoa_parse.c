// SPDX-License-Identifier: MIT
//
// dtoa_parse.c: decimal text to double, correctly rounded.
//
// read_number takes the text apart into up to 19 significant digits and a power of ten. Three ways then lead to the
// result, each exact: both fit a double and one multiplication or division rounds once; an interval of 192-bit products
// around the true value rounds to one double at both ends; or the two doubles it leaves are told apart by comparing all
// digits with the point halfway between them.
#include "base/dtoa.h"
#include "dtoa_internal.h"

#include <math.h>

enum { MAX_DIGITS = 19 }; // every number of 19 digits fits 64 bits

// What the text says: 0.d1d2d3... * 10^point, where d1 is not 0.
typedef struct Number {
    uint64_t digits;   // the first 19 significant digits
    int64_t point;     // 0 when there is no significant digit
    int64_t count;     // significant digits, trailing zeros included
    bool more;         // some digit after the first 19 is not 0
    const char *start; // d1, from where all digits (and the point) can be read again
    const char *stop;
} Number;

static inline bool is_digit(char c) { return (unsigned char)(c - '0') <= 9; }

// The largest finite double is below 2^1024.
static double assemble(uint64_t mantissa, int exponent) {
    if (mantissa == (uint64_t)1 << 53) mantissa >>= 1, exponent++;
    if (mantissa >> 52 == 0) return double_from_bits(mantissa); // subnormal: exponent is -1074
    if (exponent > 971) return INFINITY;
    return double_from_bits((uint64_t)(exponent + 1075) << 52 | (mantissa & 0xfffffffffffffu));
}

typedef struct Rounded {
    uint64_t mantissa; // up to 2^53 inclusive
    int exponent;
} Rounded;

// p * 2^exponent rounded to 53 bits, or fewer where subnormal; p.high has one of its top two bits set.
static Rounded round_product(Dtoa192 p, int exponent) {
    uint64_t top = p.high;
    bool sticky = (p.mid | p.low) != 0;
    if (!(top >> 63)) {
        top = top << 1 | p.mid >> 63;
        sticky = ((p.mid << 1) | p.low) != 0;
        exponent--;
    }
    exponent += 128; // of top's lowest bit
    int drop = 11;
    if (exponent + drop < -1074) drop = -1074 - exponent;
    if (drop > 64) return (Rounded){0, -1074};
    uint64_t kept = drop == 64 ? 0 : top >> drop;
    uint64_t half = (uint64_t)1 << (drop - 1), rest = top & (half | (half - 1));
    if (rest > half || (rest == half && (sticky || (kept & 1)))) kept++;
    return (Rounded){kept, exponent + drop};
}

// Which doubles digits * 10^power may be: *low and *high, equal when that is decided. w is not 0.
static void round_interval(uint64_t w, bool more, int power, double *low, double *high) {
    DtoaPower g = dtoa_power(power);
    int base = floor_log2_pow10(power) - 127;
    unsigned shift = clz64(w);
    Dtoa192 p = dtoa_multiply(g, w << shift), below = p;
    if (!dtoa_power_is_exact(power)) below = dtoa_subtract(p, w << shift);
    Rounded r = round_product(below, base - (int)shift);
    *low = assemble(r.mantissa, r.exponent);
    if (more) { // the true digits are below w + 1, which still fits
        shift = clz64(w + 1);
        p = dtoa_multiply(g, (w + 1) << shift);
    }
    r = round_product(p, base - (int)shift);
    *high = assemble(r.mantissa, r.exponent);
}

// The digits of the number once more, up to what can matter; returns how many.
static int all_digits(const Number *number, char *out) {
    int n = 0;
    for (const char *p = number->start; p < number->stop; p++) {
        if (*p == '.') continue;
        if (n < DTOA_HALFWAY_DIGITS) {
            out[n++] = *p;
        } else if (*p != '0') {
            out[n++] = '1';
            break;
        }
    }
    return n;
}

// The double nearest to the number, when round_interval has narrowed it down to the neighbours low < high.
static double decide(const Number *number, double low, double high) {
    char digits[DTOA_HALFWAY_DIGITS + 1];
    uint64_t mantissa;
    int exponent, n = all_digits(number, digits);
    dtoa_take_apart(low, &mantissa, &exponent);
    int order = dtoa_compare_halfway(digits, n, (int)number->point, mantissa, exponent);
    if (order == 0) return mantissa & 1 ? high : low;
    return order < 0 ? low : high;
}

static const double exact_tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static double convert(const Number *number) {
    uint64_t w = number->digits;
    if (w == 0 || number->point < -400) return 0.0;
    if (number->point > 400) return INFINITY;
    int kept = number->count < MAX_DIGITS ? (int)number->count : MAX_DIGITS;
    int power = (int)number->point - kept;
    if (!number->more && w <= (uint64_t)1 << 53 && power >= -22 && power <= 22)
        return power < 0 ? (double)w / exact_tens[-power] : (double)w * exact_tens[power];
    if (power < -342) return 0.0; // less than half the smallest subnormal, as w < 10^19
    if (power > 308) return INFINITY;
    double low, high;
    round_interval(w, number->more, power, &low, &high);
    return low == high ? low : decide(number, low, high);
}

// Reads DIGITS [. DIGITS] | . DIGITS; returns where it ends, NULL when there is no digit.
static const char *read_digits(const char *p, const char *end, Number *number) {
    bool any = false, seen_point = false;
    int64_t zeros = 0; // zeros between the point and d1
    for (; p < end; p++) {
        if (*p == '.' && !seen_point) {
            seen_point = true;
            if (number->start) number->point = number->count;
            continue;
        }
        if (!is_digit(*p)) break;
        any = true;
        if (number->start == NULL) {
            if (*p == '0') {
                zeros += seen_point;
                continue;
            }
            number->start = p;
            number->point = -zeros;
        }
        if (number->count < MAX_DIGITS) number->digits = number->digits * 10 + (uint64_t)(*p - '0');
        else if (*p != '0') number->more = true;
        number->count++;
    }
    if (!seen_point) number->point = number->count;
    number->stop = p;
    return any ? p : NULL;
}

// Reads e[+-]DIGITS, or nothing; saturates far beyond what any text of digits could bring back into range.
static const char *read_exponent(const char *p, const char *end, int64_t *exponent) {
    const int64_t limit = INT64_MAX / 4;
    const char *from = p;
    bool negative = false;
    int64_t value = 0;
    if (p == end || (*p | 0x20) != 'e') return from;
    p++;
    if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
    if (p == end || !is_digit(*p)) return from;
    for (; p < end && is_digit(*p); p++)
        if (value < limit / 10 - 1) value = value * 10 + (*p - '0');
    *exponent = negative ? -value : value;
    return p;
}

static bool skip_word(const char **p, const char *end, const char *word) {
    const char *at = *p;
    for (; *word; word++, at++)
        if (at == end || (*at | 0x20) != *word) return false;
    *p = at;
    return true;
}

double double_parse(const char *text, size_t n, const char **end_out) {
    const char *p = text, *end = text + n, *ignored;
    if (end_out == NULL) end_out = &ignored;
    bool negative = false;
    if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
    double value;
    Number number = {0};
    const char *after = read_digits(p, end, &number);
    if (after) {
        int64_t exponent = 0;
        p = read_exponent(after, end, &exponent);
        number.point += exponent;
        value = convert(&number);
    } else if (skip_word(&p, end, "inf")) {
        skip_word(&p, end, "inity");
        value = INFINITY;
    } else if (skip_word(&p, end, "nan")) {
        value = NAN;
    } else {
        *end_out = text;
        return 0.0;
    }
    *end_out = p;
    return negative ? -value : value;
}

double double_from_decimal(bool negative, uint64_t digits, int64_t exponent) {
    char text[20];
    int n = 0;
    for (uint64_t rest = digits; rest; rest /= 10) n++;
    uint64_t rest = digits;
    for (int i = n; i-- > 0; rest /= 10) text[i] = (char)('0' + rest % 10);
    Number number = {.start = text, .stop = text + n};
    read_digits(text, text + n, &number);
    number.start = text;
    number.point += exponent;
    double value = convert(&number);
    return negative ? -value : value;
}
