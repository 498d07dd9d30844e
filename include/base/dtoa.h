// SPDX-License-Identifier: MIT
//
// dtoa.h: binary floating point to decimal text and back, correctly rounded (half to even) in both directions.
//
// Shortest digits come from the Schubfach algorithm (R. Giulietti), so double_parse(double_repr(x)) == x with as few
// digits as possible. A given number of digits is computed with 128-bit powers of ten and an error interval; where the
// interval does not decide, exact big-integer arithmetic does. Parsing works the same way. Nothing here looks at the
// locale, the rounding mode or errno.
//
// Where to start reading: src/base/dtoa.c (digits and layout), dtoa_parse.c (text to double), dtoa_exact.c (the exact
// arithmetic behind both).
#ifndef HEDDLE_BASE_DTOA_H
#define HEDDLE_BASE_DTOA_H

#include "base/assert.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// value = digits * 10^exponent; digits has no trailing zeros and at most 17 digits. Zero is {0, 0}.
typedef struct DoubleDigits {
    uint64_t digits;
    int exponent;
} DoubleDigits;

// The shortest digits that read back as |value|, the nearest to it among the shortest. value is finite.
DoubleDigits double_shortest(double value);

enum { DOUBLE_REPR_SIZE = 32 };

// Python's repr(): '0.1', '1e+16', '1e-05', '-0.0', 'inf', 'nan'. Writes a NUL-terminated text into buf, which has
// DOUBLE_REPR_SIZE bytes, and returns its length.
size_t double_repr(double value, char *buf);

enum {
    DOUBLE_ALT = 1,         // '#': always a decimal point, no stripping of zeros for 'g'
    DOUBLE_ADD_DOT_0 = 2,   // a fixed result without a point gets '.0'; 'g' goes over to the exponent one digit earlier
    DOUBLE_SIGN = 4,        // '+' in front of what has no '-'
    DOUBLE_NO_NEG_ZERO = 8, // 'z': a negative number whose digits are all zero loses its sign
};

// Appends value formatted as Python's format codes do: 'e' 'f' 'g' with `precision` digits, 'r' the shortest digits
// (precision is ignored), '%' value*100 in 'f' followed by '%'; 'E' 'F' 'G' in capitals, 'INF' and 'NAN' included.
// precision is never negative: defaults are the caller's.
void double_format_to(StrBuf *out, double value, char code, int precision, unsigned flags);

// The same as a NUL-terminated text in *out, to be freed with free(). Returns its length, or -1 (and *out NULL) when
// memory is exhausted.
MUST_CHECK ptrdiff_t double_format(double value, char code, int precision, unsigned flags, char **out);

enum { DOUBLE_FIXED_PLACES = 17, DOUBLE_FIXED_SIZE = 48 };

// What code 'f' without flags writes, for `places` of 0 to DOUBLE_FIXED_PLACES, as a NUL-terminated text in buf, which has
// DOUBLE_FIXED_SIZE bytes. Returns its length; 0: not to be had without exact arithmetic, or not finite (double_format does it).
size_t double_fixed(double value, int places, char *buf);

// double_format, by double_fixed where that can: *out is buf then, and nothing to be freed.
MUST_CHECK ptrdiff_t double_format_quick(double value, char code, int precision, unsigned flags, char *buf, char **out);

// value rounded to ndigits decimal places (negative: to tens, hundreds, ...), halves of the exact binary value to even.
// An infinite result of a finite value means that it does not fit. inf and nan are returned as they are.
double double_round(double value, int ndigits);

// Reads a number from the first n bytes of text: an optional sign, then digits with an optional point and exponent, or
// inf, infinity, nan in any case. *end (which may be NULL) is set behind what was read, to text when nothing was.
// Overflow gives an infinity, underflow a zero, of the right sign.
double double_parse(const char *text, size_t n, const char **end);

// (-1)^negative * digits * 10^exponent, correctly rounded: for callers that have the digits already.
double double_from_decimal(bool negative, uint64_t digits, int64_t exponent);

#endif
