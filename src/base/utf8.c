// SPDX-License-Identifier: MIT
//
// utf8.c: see base/utf8.h. Real text is mostly ASCII with islands of something else, so every loop first swallows ASCII
// sixteen bytes at a time and then works through the island one sequence at a time.
//
// Which second bytes a lead byte allows (Unicode table 3-7; third and fourth bytes are always 80..BF):
//   C2..DF 80..BF | E0 A0..BF | E1..EC 80..BF | ED 80..9F | EE..EF 80..BF | F0 90..BF | F1..F3 80..BF | F4 80..8F
#include "base/utf8.h"
#include "base/bits.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

const char *utf8_reason(Utf8Status status) {
    static const char *const reasons[] = {"", "invalid start byte", "invalid continuation byte",
                                          "unexpected end of data"};
    HD_ASSERT((size_t)status < countof(reasons));
    return reasons[status];
}

static inline bool is_continuation(unsigned char b) { return (b & 0xc0) == 0x80; }

// Length of the sequence that the lead byte b starts; 0 when b starts none.
static inline unsigned lead_length(unsigned char b) {
    if (b < 0x80) return 1;
    if (b < 0xc2) return 0;
    if (b < 0xe0) return 2;
    if (b < 0xf0) return 3;
    return b < 0xf5 ? 4 : 0;
}

static inline bool second_is_good(unsigned char lead, unsigned char second, unsigned flags) {
    if (!is_continuation(second)) return false;
    switch (lead) {
    case 0xe0:
        return second >= 0xa0;
    case 0xed:
        return second < 0xa0 || (flags & UTF8_SURROGATES);
    case 0xf0:
        return second >= 0x90;
    case 0xf4:
        return second < 0x90;
    default:
        return true;
    }
}

static inline uint32_t assemble(const unsigned char *p, unsigned length) {
    switch (length) {
    case 1:
        return p[0];
    case 2:
        return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
    case 3:
        return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    default:
        return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
    }
}

// Checks the sequence at p; *len is its length, or the number of bad bytes.
static inline Utf8Status check_one(const unsigned char *p, const unsigned char *end, unsigned flags, unsigned *len) {
    unsigned length = lead_length(p[0]);
    *len = 1;
    if (length == 0) return UTF8_BAD_START;
    for (unsigned i = 1; i < length; i++) {
        *len = i;
        if (p + i == end) return UTF8_UNEXPECTED_END;
        if (i == 1 ? !second_is_good(p[0], p[1], flags) : !is_continuation(p[i])) return UTF8_BAD_CONTINUATION;
    }
    *len = length;
    return UTF8_OK;
}

Utf8Status utf8_decode_one(const unsigned char *p, const unsigned char *end, unsigned flags, uint32_t *cp,
                           unsigned *len) {
    HD_ASSERT(p < end);
    Utf8Status status = check_one(p, end, flags, len);
    if (status == UTF8_OK) *cp = assemble(p, *len);
    return status;
}

size_t utf8_ascii_prefix(const void *bytes, size_t n) {
    const unsigned char *p = bytes;
    size_t i = 0;
#ifdef __SSE2__
    for (; n - i >= 16; i += 16) {
        unsigned high = (unsigned)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + i)));
        if (high) return i + ctz32(high);
    }
#endif
    for (; n - i >= 8; i += 8) {
        uint64_t high = load_le64(p + i) & 0x8080808080808080u;
        if (high) return i + ctz64(high) / 8;
    }
    while (i < n && p[i] < 0x80) i++;
    return i;
}

Utf8Scan utf8_scan(const void *bytes, size_t n, unsigned flags) {
    const unsigned char *start = bytes, *p = start, *end = start + n;
    size_t continuations = 0;
    unsigned char highest_lead = 0;
    Utf8Status status = UTF8_OK;
    unsigned len = 0;
    while (p < end) {
        if (*p < 0x80) {
            p += utf8_ascii_prefix(p, (size_t)(end - p));
            if (p == end) break;
        }
        status = check_one(p, end, flags, &len);
        if (status != UTF8_OK) break;
        if (*p > highest_lead) highest_lead = *p;
        continuations += len - 1;
        p += len;
    }
    size_t good = (size_t)(p - start);
    return (Utf8Scan){
        .count = good - continuations,
        .max_class = highest_lead < 0x80   ? 0x7f
                     : highest_lead < 0xc4 ? 0xff
                     : highest_lead < 0xf0 ? 0xffff
                                           : UTF8_MAX_CP,
        .status = status,
        .error_at = good,
        .error_len = status == UTF8_OK ? 0 : len,
    };
}

#define UTF8_DECODE_(kind, type)                                                                                       \
    size_t utf8_decode_##kind(const void *bytes, size_t n, type *out) {                                                \
        const unsigned char *p = bytes, *end = p + n;                                                                  \
        type *to = out;                                                                                                \
        while (p < end) {                                                                                              \
            if (*p < 0x80) {                                                                                           \
                size_t ascii = utf8_ascii_prefix(p, (size_t)(end - p));                                                \
                for (size_t i = 0; i < ascii; i++) to[i] = p[i];                                                       \
                p += ascii;                                                                                            \
                to += ascii;                                                                                           \
            } else {                                                                                                   \
                unsigned length = lead_length(*p);                                                                     \
                *to++ = (type)assemble(p, length);                                                                     \
                p += length;                                                                                           \
            }                                                                                                          \
        }                                                                                                              \
        return (size_t)(to - out);                                                                                     \
    }
UTF8_DECODE_(1, uint8_t)
UTF8_DECODE_(2, uint16_t)
UTF8_DECODE_(4, uint32_t)
#undef UTF8_DECODE_

size_t utf8_size_1(const uint8_t *text, size_t n) {
    size_t size = n;
    size_t i = utf8_ascii_prefix(text, n);
    for (; n - i >= 8; i += 8) size += (unsigned)__builtin_popcountll(load_le64(text + i) & 0x8080808080808080u);
    for (; i < n; i++) size += text[i] >> 7;
    return size;
}

size_t utf8_size_2(const uint16_t *text, size_t n) {
    size_t size = n;
    for (size_t i = 0; i < n; i++) size += (size_t)(text[i] >= 0x80) + (text[i] >= 0x800);
    return size;
}

size_t utf8_size_4(const uint32_t *text, size_t n) {
    size_t size = n;
    for (size_t i = 0; i < n; i++) size += (size_t)(text[i] >= 0x80) + (text[i] >= 0x800) + (text[i] >= 0x10000);
    return size;
}

unsigned char *utf8_encode_1(const uint8_t *text, size_t n, unsigned char *out) {
    for (size_t i = 0; i < n;) {
        size_t ascii = utf8_ascii_prefix(text + i, n - i);
        if (ascii) memcpy(out, text + i, ascii);
        out += ascii;
        i += ascii;
        for (; i < n && text[i] >= 0x80; i++) out += utf8_encode_one(text[i], out);
    }
    return out;
}

#define UTF8_ENCODE_(kind, type)                                                                                       \
    unsigned char *utf8_encode_##kind(const type *text, size_t n, unsigned flags, unsigned char *out, size_t *done) {  \
        size_t i = 0;                                                                                                  \
        for (; i < n; i++) {                                                                                           \
            if (unlikely(cp_is_surrogate(text[i])) && !(flags & UTF8_SURROGATES)) break;                               \
            out += utf8_encode_one(text[i], out);                                                                      \
        }                                                                                                              \
        if (done) *done = i;                                                                                           \
        return out;                                                                                                    \
    }
UTF8_ENCODE_(2, uint16_t)
UTF8_ENCODE_(4, uint32_t)
#undef UTF8_ENCODE_
