// SPDX-License-Identifier: MIT
//
// bits.h: small bit, size and byte-order helpers. Everything is total: a zero argument has a defined answer.
#ifndef HEDDLE_BASE_BITS_H
#define HEDDLE_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t rotl64(uint64_t x, unsigned n) { return (x << (n & 63)) | (x >> (-n & 63)); }
static inline uint64_t rotr64(uint64_t x, unsigned n) { return (x >> (n & 63)) | (x << (-n & 63)); }
static inline uint32_t rotl32(uint32_t x, unsigned n) { return (x << (n & 31)) | (x >> (-n & 31)); }
static inline uint32_t rotr32(uint32_t x, unsigned n) { return (x >> (n & 31)) | (x << (-n & 31)); }

// Leading and trailing zeros; the width of the type for 0.
static inline unsigned clz64(uint64_t x) { return x ? (unsigned)__builtin_clzll(x) : 64; }
static inline unsigned clz32(uint32_t x) { return x ? (unsigned)__builtin_clz(x) : 32; }
static inline unsigned ctz64(uint64_t x) { return x ? (unsigned)__builtin_ctzll(x) : 64; }
static inline unsigned ctz32(uint32_t x) { return x ? (unsigned)__builtin_ctz(x) : 32; }
static inline unsigned popcount64(uint64_t x) { return (unsigned)__builtin_popcountll(x); }
static inline unsigned popcount32(uint32_t x) { return (unsigned)__builtin_popcount(x); }

// Number of bits needed to write x: 0 for 0, floor(log2 x) + 1 otherwise (int.bit_length).
static inline unsigned bit_length64(uint64_t x) { return 64 - clz64(x); }

static inline bool is_pow2(uint64_t x) { return x && !(x & (x - 1)); }

// The smallest power of two >= x (1 for 0); 0 when that does not fit in 64 bits.
static inline uint64_t next_pow2(uint64_t x) {
    if (x <= 1) return 1;
    unsigned bits = bit_length64(x - 1);
    return bits == 64 ? 0 : (uint64_t)1 << bits;
}

// n rounded up to a multiple of align, a power of two. Wraps when n is within align of SIZE_MAX.
static inline size_t align_up(size_t n, size_t align) { return (n + align - 1) & ~(align - 1); }

// true when the sum or product does not fit; *out then holds the wrapped value.
static inline bool size_add_overflow(size_t a, size_t b, size_t *out) { return __builtin_add_overflow(a, b, out); }
static inline bool size_mul_overflow(size_t a, size_t b, size_t *out) { return __builtin_mul_overflow(a, b, out); }

static inline uint16_t bswap16(uint16_t x) { return __builtin_bswap16(x); }
static inline uint32_t bswap32(uint32_t x) { return __builtin_bswap32(x); }
static inline uint64_t bswap64(uint64_t x) { return __builtin_bswap64(x); }

// Unaligned loads and stores in a named byte order, whatever the machine's.
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define BITS_LE_(width, x) (x)
#define BITS_BE_(width, x) bswap##width(x)
#else
#define BITS_LE_(width, x) bswap##width(x)
#define BITS_BE_(width, x) (x)
#endif
#define BITS_ACCESSORS_(width)                                                                                         \
    static inline uint##width##_t load_le##width(const void *p) {                                                      \
        uint##width##_t x;                                                                                             \
        memcpy(&x, p, sizeof x);                                                                                       \
        return BITS_LE_(width, x);                                                                                     \
    }                                                                                                                  \
    static inline uint##width##_t load_be##width(const void *p) {                                                      \
        uint##width##_t x;                                                                                             \
        memcpy(&x, p, sizeof x);                                                                                       \
        return BITS_BE_(width, x);                                                                                     \
    }                                                                                                                  \
    static inline void store_le##width(void *p, uint##width##_t x) {                                                   \
        x = BITS_LE_(width, x);                                                                                        \
        memcpy(p, &x, sizeof x);                                                                                       \
    }                                                                                                                  \
    static inline void store_be##width(void *p, uint##width##_t x) {                                                   \
        x = BITS_BE_(width, x);                                                                                        \
        memcpy(p, &x, sizeof x);                                                                                       \
    }
BITS_ACCESSORS_(16)
BITS_ACCESSORS_(32)
BITS_ACCESSORS_(64)
#undef BITS_ACCESSORS_
#undef BITS_LE_
#undef BITS_BE_

// The bits of a double, and back.
static inline uint64_t double_bits(double d) {
    uint64_t x;
    memcpy(&x, &d, sizeof x);
    return x;
}
static inline double double_from_bits(uint64_t x) {
    double d;
    memcpy(&d, &x, sizeof d);
    return d;
}

#endif
