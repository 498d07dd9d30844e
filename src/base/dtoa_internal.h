// SPDX-License-Identifier: MIT
//
// dtoa_internal.h: what dtoa.c, dtoa_parse.c and dtoa_exact.c share. Private to them.
//
// A finite double is taken apart into mantissa * 2^exponent with an integer mantissa below 2^53. Products with the
// table of powers are 192-bit numbers, three words, most significant first.
#ifndef HEDDLE_BASE_DTOA_INTERNAL_H
#define HEDDLE_BASE_DTOA_INTERNAL_H

#include "base/assert.h"
#include "base/bits.h"

#include <stdbool.h>
#include <stdint.h>

typedef unsigned __int128 uint128_t;

typedef struct DtoaPower {
    uint64_t high, low;
} DtoaPower;

typedef struct Dtoa192 {
    uint64_t high, mid, low;
} Dtoa192;

enum {
    DTOA_MIN_POWER = -342, // what 19 digits need to reach the smallest subnormal
    DTOA_MAX_POWER = 324,  // what the smallest subnormal needs to become an integer
    DTOA_EXACT_POWERS = 55 // the table is exact for 10^0 .. 10^55
};

// Made by dtoa_gen.c: 10^k scaled to 128 bits, rounded up.
extern const DtoaPower dtoa_powers[DTOA_MAX_POWER - DTOA_MIN_POWER + 1];

static inline DtoaPower dtoa_power(int k) {
    HD_ASSERT(k >= DTOA_MIN_POWER && k <= DTOA_MAX_POWER);
    return dtoa_powers[k - DTOA_MIN_POWER];
}

static inline bool dtoa_power_is_exact(int k) { return k >= 0 && k <= DTOA_EXACT_POWERS; }

// Fixed-point logarithms, checked over |q| <= 1200 and the table's range when the table is made.
static inline int floor_log2_pow10(int k) { return (k * 1741647) >> 19; }
static inline int floor_log10_pow2(int q) { return (q * 1262611) >> 22; }
static inline int floor_log10_three_quarters_pow2(int q) { return (q * 1262611 - 524031) >> 22; }

static inline Dtoa192 dtoa_multiply(DtoaPower g, uint64_t w) {
    uint128_t low = (uint128_t)g.low * w;
    uint128_t high = (uint128_t)g.high * w + (uint64_t)(low >> 64);
    return (Dtoa192){(uint64_t)(high >> 64), (uint64_t)high, (uint64_t)low};
}

static inline Dtoa192 dtoa_subtract(Dtoa192 a, uint64_t w) {
    bool borrow = a.low < w;
    a.low -= w;
    if (borrow && a.mid-- == 0) a.high--;
    return a;
}

// |value| = *mantissa * 2^*exponent; value is finite.
static inline void dtoa_take_apart(double value, uint64_t *mantissa, int *exponent) {
    uint64_t bits = double_bits(value);
    int biased = (int)(bits >> 52 & 0x7ff);
    *mantissa = (bits & 0xfffffffffffffu) | (uint64_t)(biased != 0) << 52;
    *exponent = (biased ? biased : 1) - 1075;
}

// All decimal digits of a double: at most 767, rounded up to whole chunks of the conversion.
enum { DTOA_MAX_DIGITS = 800 };

// The value is 0.d1d2d3... * 10^point; digits are characters. d1 is not '0', except that zero is the one digit "0".
typedef struct DtoaDecimal {
    int count, point;
    char digits[DTOA_MAX_DIGITS];
} DtoaDecimal;

// The exact decimal expansion of mantissa * 2^exponent, without trailing zeros.
void dtoa_exact_digits(uint64_t mantissa, int exponent, DtoaDecimal *out);

// Cuts the expansion to its first `keep` digits, halves to even. keep may be <= 0: the result is then zero or, when it
// rounds up, a single 1.
void dtoa_round_digits(DtoaDecimal *decimal, int64_t keep);

// The most significant digits a halfway point between two doubles can have; more cannot matter except as "something
// follows".
enum { DTOA_HALFWAY_DIGITS = 768 };

// Compares 0.d1..dn * 10^point (n <= DTOA_HALFWAY_DIGITS + 1) with (2 * mantissa + 1) * 2^(exponent - 1), the point
// halfway between mantissa * 2^exponent and the next double: < 0, 0, > 0.
int dtoa_compare_halfway(const char *digits, int n, int point, uint64_t mantissa, int exponent);

#endif
