// SPDX-License-Identifier: MIT
// MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4), SHA-3 (FIPS 202): one block each time.
#include "digest.h"
#include "base/bits.h"

#include "digest_tables.inc"

// ---- MD5 and SHA-1 ------------------------------------------------------------------------------------------------------
static void start_md5(DigestState *s) {
    static const uint32_t first[] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    memcpy(s->w, first, sizeof first);
}

static void absorb_md5(DigestState *s, const uint8_t *p) {
    static const uint8_t turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = s->w[0], b = s->w[1], c = s->w[2], d = s->w[3], f;
    for (unsigned i = 0; i < 64; i++) {
        unsigned k;
        switch (i / 16) {
        case 0: f = d ^ (b & (c ^ d)), k = i; break;
        case 1: f = c ^ (d & (b ^ c)), k = 5 * i + 1; break;
        case 2: f = b ^ c ^ d, k = 3 * i + 5; break;
        default: f = c ^ (b | ~d), k = 7 * i; break;
        }
        f += a + digest_sines[i] + load_le32(p + 4 * (k & 15));
        a = d;
        d = c;
        c = b;
        b += rotl32(f, turns[i / 16][i & 3]);
    }
    s->w[0] += a;
    s->w[1] += b;
    s->w[2] += c;
    s->w[3] += d;
}

static void absorb_sha1(DigestState *s, const uint8_t *p) {
    uint32_t w[80], a = s->w[0], b = s->w[1], c = s->w[2], d = s->w[3], e = s->w[4];
    for (unsigned i = 0; i < 16; i++) w[i] = load_be32(p + 4 * i);
    for (unsigned i = 16; i < 80; i++) w[i] = rotl32(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (unsigned i = 0; i < 80; i++) {
        uint32_t f;
        switch (i / 20) {
        case 0: f = (d ^ (b & (c ^ d))) + 0x5a827999; break;
        case 1: f = (b ^ c ^ d) + 0x6ed9eba1; break;
        case 2: f = ((b & c) | (d & (b | c))) + 0x8f1bbcdc; break;
        default: f = (b ^ c ^ d) + 0xca62c1d6; break;
        }
        f += rotl32(a, 5) + e + w[i];
        e = d;
        d = c;
        c = rotl32(b, 30);
        b = a;
        a = f;
    }
    s->w[0] += a;
    s->w[1] += b;
    s->w[2] += c;
    s->w[3] += d;
    s->w[4] += e;
}

// ---- SHA-2 ------------------------------------------------------------------------------------------------------------------
static void start_sha256(DigestState *s) {
    for (unsigned i = 0; i < 8; i++) s->w[i] = (uint32_t)(digest_square_roots[i] >> 32);
}
static void start_sha224(DigestState *s) {
    for (unsigned i = 0; i < 8; i++) s->w[i] = (uint32_t)digest_square_roots[i + 8];
}
static void start_sha512(DigestState *s) { memcpy(s->q, digest_square_roots, 64); }
static void start_sha384(DigestState *s) { memcpy(s->q, digest_square_roots + 8, 64); }

// Both lengths are the same but for the word, the rotations and the number of rounds.
#define SHA2(name, Word, field, rounds, constant, read, ror, S00, S01, S02, S10, S11, S12, s00, s01, s02, s10, s11, s12) \
    static void name(DigestState *s, const uint8_t *p) { \
        Word w[rounds], v[8]; \
        for (unsigned i = 0; i < 16; i++) w[i] = read(p + sizeof(Word) * i); \
        for (unsigned i = 16; i < rounds; i++) { \
            Word x = w[i - 15], y = w[i - 2]; \
            w[i] = w[i - 16] + w[i - 7] + (ror(x, s00) ^ ror(x, s01) ^ x >> s02) + (ror(y, s10) ^ ror(y, s11) ^ y >> s12); \
        } \
        memcpy(v, s->field, sizeof v); \
        Word a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7]; \
        for (unsigned i = 0; i < rounds; i++) { \
            Word x = h + (ror(e, S10) ^ ror(e, S11) ^ ror(e, S12)) + (g ^ (e & (f ^ g))) + (constant) + w[i]; \
            Word y = (ror(a, S00) ^ ror(a, S01) ^ ror(a, S02)) + ((a & b) | (c & (a | b))); \
            h = g, g = f, f = e, e = d + x; \
            d = c, c = b, b = a, a = x + y; \
        } \
        const Word done[] = {a, b, c, d, e, f, g, h}; \
        for (unsigned i = 0; i < 8; i++) s->field[i] += done[i]; \
    }
SHA2(absorb_sha256, uint32_t, w, 64, (uint32_t)(digest_cube_roots[i] >> 32), load_be32, rotr32, 2, 13, 22, 6, 11, 25, 7, 18, 3, 17, 19, 10)
SHA2(absorb_sha512, uint64_t, q, 80, digest_cube_roots[i], load_be64, rotr64, 28, 34, 39, 14, 18, 41, 1, 8, 7, 19, 61, 6)

// ---- SHA-3 ------------------------------------------------------------------------------------------------------------------
// Lane (x, y) is q[x + 5 y].  rho and pi walk through the lanes from (1, 0), rotating by the triangular numbers.
static void rho_pi(uint64_t *q) {
    unsigned x = 1, y = 0;
    uint64_t moving = q[1];
    for (unsigned i = 0; i < 24; i++) {
        unsigned next = (2 * x + 3 * y) % 5;
        x = y;
        y = next;
        uint64_t there = q[x + 5 * y];
        q[x + 5 * y] = rotl64(moving, (i + 1) * (i + 2) / 2 % 64);
        moving = there;
    }
}

void digest_permute(DigestState *s) {
    uint64_t *q = s->q;
    for (unsigned round = 0; round < 24; round++) {
        uint64_t column[5];
        for (unsigned x = 0; x < 5; x++) column[x] = q[x] ^ q[x + 5] ^ q[x + 10] ^ q[x + 15] ^ q[x + 20];
        for (unsigned i = 0; i < 25; i++) q[i] ^= column[(i + 4) % 5] ^ rotl64(column[(i + 1) % 5], 1);
        rho_pi(q);
        for (unsigned y = 0; y < 25; y += 5) {
            uint64_t a = q[y], b = q[y + 1];
            q[y] ^= ~b & q[y + 2];
            q[y + 1] ^= ~q[y + 2] & q[y + 3];
            q[y + 2] ^= ~q[y + 3] & q[y + 4];
            q[y + 3] ^= ~q[y + 4] & a;
            q[y + 4] ^= ~a & b;
        }
        q[0] ^= digest_rounds[round];
    }
}

static void start_sha3(DigestState *s) { memset(s, 0, sizeof *s); }

static void absorb_lanes(DigestState *s, const uint8_t *p, unsigned block) {
    for (unsigned i = 0; i < block / 8; i++) s->q[i] ^= load_le64(p + 8 * i);
    digest_permute(s);
}
#define ABSORB(n) static void absorb_##n(DigestState *s, const uint8_t *p) { absorb_lanes(s, p, n); }
ABSORB(72) ABSORB(104) ABSORB(136) ABSORB(144) ABSORB(168)

const DigestKind digest_md5 = {"md5", 16, 64, 0, false, 4, start_md5, absorb_md5};
const DigestKind digest_sha1 = {"sha1", 20, 64, 0, true, 4, start_md5, absorb_sha1};
const DigestKind digest_sha224 = {"sha224", 28, 64, 0, true, 4, start_sha224, absorb_sha256};
const DigestKind digest_sha256 = {"sha256", 32, 64, 0, true, 4, start_sha256, absorb_sha256};
const DigestKind digest_sha384 = {"sha384", 48, 128, 0, true, 8, start_sha384, absorb_sha512};
const DigestKind digest_sha512 = {"sha512", 64, 128, 0, true, 8, start_sha512, absorb_sha512};
const DigestKind digest_sha3_224 = {"sha3_224", 28, 144, 6, false, 8, start_sha3, absorb_144};
const DigestKind digest_sha3_256 = {"sha3_256", 32, 136, 6, false, 8, start_sha3, absorb_136};
const DigestKind digest_sha3_384 = {"sha3_384", 48, 104, 6, false, 8, start_sha3, absorb_104};
const DigestKind digest_sha3_512 = {"sha3_512", 64, 72, 6, false, 8, start_sha3, absorb_72};
const DigestKind digest_shake_128 = {"shake_128", 0, 168, 0x1f, false, 8, start_sha3, absorb_168};
const DigestKind digest_shake_256 = {"shake_256", 0, 136, 0x1f, false, 8, start_sha3, absorb_136};
