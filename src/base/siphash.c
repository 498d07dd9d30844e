// SPDX-License-Identifier: MIT
//
// siphash.c: see base/siphash.h. Written from the paper: c compression rounds a word, d finalisation rounds, the last
// word carries the length in its top byte.
#include "base/siphash.h"
#include "base/assert.h"
#include "base/bits.h"

HashKey siphash_process_key;

typedef struct SipState {
    uint64_t a, b, c, d;
} SipState;

static ALWAYS_INLINE void sip_round(SipState *s) {
    s->a += s->b;
    s->c += s->d;
    s->b = rotl64(s->b, 13) ^ s->a;
    s->d = rotl64(s->d, 16) ^ s->c;
    s->a = rotl64(s->a, 32);
    s->c += s->b;
    s->a += s->d;
    s->b = rotl64(s->b, 17) ^ s->c;
    s->d = rotl64(s->d, 21) ^ s->a;
    s->c = rotl64(s->c, 32);
}

static ALWAYS_INLINE void sip_word(SipState *s, uint64_t word, int rounds) {
    s->d ^= word;
    for (int i = 0; i < rounds; i++) sip_round(s);
    s->a ^= word;
}

// The n % 8 bytes at the end, little-endian, without reading past them.
static ALWAYS_INLINE uint64_t tail_word(const unsigned char *p, size_t n) {
    uint64_t word = 0;
    if (n & 4) word = load_le32(p), p += 4;
    unsigned shift = n & 4 ? 32 : 0;
    if (n & 2) {
        word |= (uint64_t)load_le16(p) << shift;
        p += 2;
        shift += 16;
    }
    if (n & 1) word |= (uint64_t)*p << shift;
    return word;
}

static ALWAYS_INLINE uint64_t siphash(HashKey key, const void *data, size_t n, int c_rounds, int d_rounds) {
    // "somepseudorandomlygeneratedbytes", the paper's initial state
    SipState s = {key.k0 ^ 0x736f6d6570736575u, key.k1 ^ 0x646f72616e646f6du, key.k0 ^ 0x6c7967656e657261u,
                  key.k1 ^ 0x7465646279746573u};
    const unsigned char *p = data;
    for (size_t words = n / 8; words > 0; words--, p += 8) sip_word(&s, load_le64(p), c_rounds);
    sip_word(&s, tail_word(p, n & 7) | (uint64_t)n << 56, c_rounds);
    s.c ^= 0xff;
    for (int i = 0; i < d_rounds; i++) sip_round(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}

uint64_t siphash13(HashKey key, const void *data, size_t n) { return siphash(key, data, n, 1, 3); }
uint64_t siphash24(HashKey key, const void *data, size_t n) { return siphash(key, data, n, 2, 4); }

uint64_t siphash_bytes(const void *data, size_t n) { return n ? siphash13(siphash_process_key, data, n) : 0; }

// x -> 214013 x + 2531011 modulo 2^32, bits 16..23 of each state.
void siphash_lcg_fill(uint32_t seed, unsigned char *buffer, size_t n) {
    for (size_t i = 0; i < n; i++) {
        seed = seed * 214013u + 2531011u;
        buffer[i] = (unsigned char)(seed >> 16);
    }
}

HashKey siphash_key_from_seed(uint32_t seed) {
    unsigned char raw[16];
    if (seed == 0) return (HashKey){0, 0};
    siphash_lcg_fill(seed, raw, sizeof raw);
    return (HashKey){load_le64(raw), load_le64(raw + 8)};
}
