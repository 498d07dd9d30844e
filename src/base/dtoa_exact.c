// SPDX-License-Identifier: MIT
//
// dtoa_exact.c: the exact arithmetic behind dtoa.c and dtoa_parse.c, for the few inputs that 128-bit intervals leave
// undecided. Numbers are arrays of 64-bit limbs of fixed size, least significant first; the largest that can occur is
// a 769-digit decimal scaled to meet a subnormal (below 6700 bits), so nothing is allocated and nothing can fail.
#include "dtoa_internal.h"

#include <string.h>

enum { BIG_LIMBS = 112 };

typedef struct Big {
    int n; // limbs in use; the top one is not 0
    uint64_t limb[BIG_LIMBS];
} Big;

static void big_set(Big *big, uint64_t value) {
    big->n = value != 0;
    big->limb[0] = value;
}

// big = big * factor + add
static void big_multiply_add(Big *big, uint64_t factor, uint64_t add) {
    uint64_t carry = add;
    for (int i = 0; i < big->n; i++) {
        uint128_t t = (uint128_t)big->limb[i] * factor + carry;
        big->limb[i] = (uint64_t)t;
        carry = (uint64_t)(t >> 64);
    }
    if (carry) {
        HD_ASSERT(big->n < BIG_LIMBS);
        big->limb[big->n++] = carry;
    }
}

static void big_multiply_pow5(Big *big, int k) {
    static const uint64_t pow5_27 = 7450580596923828125u; // the largest power of five in a limb
    for (; k >= 27; k -= 27) big_multiply_add(big, pow5_27, 0);
    uint64_t rest = 1;
    for (; k > 0; k--) rest *= 5;
    big_multiply_add(big, rest, 0);
}

static void big_shift_left(Big *big, int bits) {
    int limbs = bits / 64;
    if (big->n == 0) return;
    if (bits % 64) big_multiply_add(big, (uint64_t)1 << bits % 64, 0);
    HD_ASSERT(big->n + limbs <= BIG_LIMBS);
    memmove(big->limb + limbs, big->limb, (size_t)big->n * sizeof(uint64_t));
    memset(big->limb, 0, (size_t)limbs * sizeof(uint64_t));
    big->n += limbs;
}

static int big_compare(const Big *a, const Big *b) {
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (int i = a->n - 1; i >= 0; i--)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

// big = big / 10^9; returns the remainder. Halves of limbs keep the division in 64 bits, by a constant.
static uint32_t big_divide_1e9(Big *big) {
    uint64_t remainder = 0;
    for (int i = big->n - 1; i >= 0; i--) {
        uint64_t high = remainder << 32 | big->limb[i] >> 32;
        uint64_t low = (high % 1000000000u) << 32 | (big->limb[i] & 0xffffffffu);
        big->limb[i] = high / 1000000000u << 32 | low / 1000000000u;
        remainder = low % 1000000000u;
    }
    while (big->n && big->limb[big->n - 1] == 0) big->n--;
    return (uint32_t)remainder;
}

void dtoa_exact_digits(uint64_t mantissa, int exponent, DtoaDecimal *out) {
    Big big;
    unsigned zeros = ctz64(mantissa);
    if (mantissa == 0) {
        out->count = out->point = 1;
        out->digits[0] = '0';
        return;
    }
    // An odd mantissa keeps the fraction, and with it the number of digits, as short as it is.
    big_set(&big, mantissa >> zeros);
    exponent += (int)zeros;
    int fraction = 0;
    if (exponent >= 0) {
        big_shift_left(&big, exponent);
    } else { // m / 2^f = m * 5^f / 10^f
        fraction = -exponent;
        big_multiply_pow5(&big, fraction);
    }
    char *p = out->digits + DTOA_MAX_DIGITS;
    while (big.n) {
        uint32_t chunk = big_divide_1e9(&big);
        for (int i = 0; i < 9; i++, chunk /= 10) *--p = (char)('0' + chunk % 10);
    }
    char *end = out->digits + DTOA_MAX_DIGITS;
    while (*p == '0') p++;
    out->point = (int)(end - p) - fraction;
    while (end[-1] == '0') end--;
    out->count = (int)(end - p);
    memmove(out->digits, p, (size_t)out->count);
}

void dtoa_round_digits(DtoaDecimal *decimal, int64_t keep) {
    if (keep >= decimal->count) return;
    char *digits = decimal->digits;
    bool up = false;
    if (keep >= 0) {
        bool more = keep + 1 < decimal->count; // digits end in one that is not 0
        bool odd = keep > 0 && (digits[keep - 1] & 1);
        up = digits[keep] > '5' || (digits[keep] == '5' && (more || odd));
    }
    int n = keep > 0 ? (int)keep : 0;
    if (up) {
        while (n > 0 && digits[n - 1] == '9') n--;
        if (n > 0) {
            digits[n - 1]++;
        } else {
            digits[n++] = '1';
            decimal->point++;
        }
    } else {
        while (n > 0 && digits[n - 1] == '0') n--;
        if (n == 0) {
            digits[n++] = '0';
            decimal->point = 1;
        }
    }
    decimal->count = n;
}

int dtoa_compare_halfway(const char *digits, int n, int point, uint64_t mantissa, int exponent) {
    Big left, right;
    big_set(&left, 0);
    for (int i = 0; i < n;) {
        uint64_t chunk = 0, scale = 1;
        for (; i < n && scale < 1000000000000000000u; i++, scale *= 10)
            chunk = chunk * 10 + (uint64_t)(digits[i] - '0');
        if (left.n == 0) big_set(&left, chunk);
        else big_multiply_add(&left, scale, chunk);
    }
    big_set(&right, 2 * mantissa + 1);
    // left * 10^(point - n) against right * 2^(exponent - 1): negative powers move to the other side
    int tens = point - n, twos = exponent - 1 - tens;
    if (tens >= 0) big_multiply_pow5(&left, tens);
    else big_multiply_pow5(&right, -tens);
    if (twos >= 0) big_shift_left(&right, twos);
    else big_shift_left(&left, -twos);
    return big_compare(&left, &right);
}
