// SPDX-License-Identifier: MIT
//
// utf8.h: strict UTF-8, both ways.
//
// Decoding text takes two passes: utf8_scan validates, counts code points and tells which str kind holds them; then
// utf8_decode_1/2/4 fill the array, trusting the scan. Errors carry the position, the number of bad bytes and the
// reason that Python reports: UnicodeDecodeError.start = error_at, .end = error_at + error_len. An error handler that
// skips the bad bytes goes on scanning behind them.
//
// "Strict" is Unicode's: no overlong forms, nothing above U+10FFFF, and no surrogates unless UTF8_SURROGATES is given
// (surrogatepass, and the internal form of file names).
#ifndef HEDDLE_BASE_UTF8_H
#define HEDDLE_BASE_UTF8_H

#include "base/assert.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_STRICT = 0, UTF8_SURROGATES = 1 };
enum { UTF8_MAX_CP = 0x10ffff };

typedef enum Utf8Status {
    UTF8_OK,
    UTF8_BAD_START,        // "invalid start byte"
    UTF8_BAD_CONTINUATION, // "invalid continuation byte"
    UTF8_UNEXPECTED_END,   // "unexpected end of data": a good sequence so far; an incremental decoder waits for more
} Utf8Status;

// Python's words for a status; "" for UTF8_OK.
const char *utf8_reason(Utf8Status status);

static inline bool cp_is_surrogate(uint32_t cp) { return (cp & 0xfffff800u) == 0xd800u; }

// Decodes the sequence at p (p < end). *len is the number of bytes read, or of bad bytes on failure (*cp is then
// unset).
Utf8Status utf8_decode_one(const unsigned char *p, const unsigned char *end, unsigned flags, uint32_t *cp,
                           unsigned *len);

typedef struct Utf8Scan {
    size_t count;       // code points before error_at
    uint32_t max_class; // 0x7f, 0xff, 0xffff or 0x10ffff: the narrowest range that holds them all
    Utf8Status status;
    size_t error_at; // bytes of good text: the whole length when status is UTF8_OK
    unsigned error_len;
} Utf8Scan;

Utf8Scan utf8_scan(const void *bytes, size_t n, unsigned flags);

// Number of leading bytes below 0x80.
size_t utf8_ascii_prefix(const void *bytes, size_t n);
static inline bool utf8_is_ascii(const void *bytes, size_t n) { return utf8_ascii_prefix(bytes, n) == n; }

// Decodes n bytes of UTF-8 that a scan has found good into out, which has room for its count; returns the count.
// The kind must hold the scan's max_class.
size_t utf8_decode_1(const void *bytes, size_t n, uint8_t *out);
size_t utf8_decode_2(const void *bytes, size_t n, uint16_t *out);
size_t utf8_decode_4(const void *bytes, size_t n, uint32_t *out);

// Writes cp (any value up to UTF8_MAX_CP, surrogates included) and returns the number of bytes, 1 to 4.
static inline unsigned utf8_encode_one(uint32_t cp, unsigned char *out) {
    if (cp < 0x80) {
        out[0] = (unsigned char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (unsigned char)(0xc0 | cp >> 6);
        out[1] = (unsigned char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (unsigned char)(0xe0 | cp >> 12);
        out[1] = (unsigned char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (unsigned char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (unsigned char)(0xf0 | cp >> 18);
    out[1] = (unsigned char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (unsigned char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (unsigned char)(0x80 | (cp & 0x3f));
    return 4;
}

// Bytes that n code points of a 1-, 2- or 4-byte kind take in UTF-8, surrogates counted as three. The sum cannot
// overflow: an array of n fits in memory, and a code point takes at most three times its kind.
size_t utf8_size_1(const uint8_t *text, size_t n);
size_t utf8_size_2(const uint16_t *text, size_t n);
size_t utf8_size_4(const uint32_t *text, size_t n);

// Encode n code points into out, which has room for utf8_size_K; return the end of what was written. Without
// UTF8_SURROGATES the 2- and 4-byte forms stop in front of the first surrogate, and *done tells how many were encoded.
unsigned char *utf8_encode_1(const uint8_t *text, size_t n, unsigned char *out);
unsigned char *utf8_encode_2(const uint16_t *text, size_t n, unsigned flags, unsigned char *out, size_t *done);
unsigned char *utf8_encode_4(const uint32_t *text, size_t n, unsigned flags, unsigned char *out, size_t *done);

#endif
