// SPDX-License-Identifier: MIT
// Coders of Korea.
#include "cjk_coders.h"

// KS X 1001 has 2,350 of the 11,172 syllables; its annex 3 writes the others as the filler and three letters of row 4:
// first consonant, vowel, last consonant or the filler again.  Letters by their place in row 4, from 0xa1 on.
enum { FILLER = 0xd4, FIRST_VOWEL = 0xbf, N_VOWELS = 21 };
static const uint8_t first_consonants[] = {0xa1, 0xa2, 0xa4, 0xa7, 0xa8, 0xa9, 0xb1, 0xb2, 0xb3, 0xb5,
                                           0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe};
static const uint8_t last_consonants[] = {FILLER, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae,
                                          0xaf, 0xb0, 0xb1, 0xb2, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xba, 0xbb, 0xbc, 0xbd, 0xbe};

static int index_in(const uint8_t *letters, size_t n, uint8_t letter) {
    for (size_t i = 0; i < n; i++)
        if (letters[i] == letter) return (int)i;
    return -1;
}

static int decode_composed(const uint8_t *p, size_t n, CjkText *out) {
    if (n < 8) return 0;
    if (p[2] != 0xa4 || p[4] != 0xa4 || p[6] != 0xa4) return -1;
    int first = index_in(first_consonants, countof(first_consonants), p[3]), vowel = p[5] - FIRST_VOWEL;
    int end = index_in(last_consonants, countof(last_consonants), p[7]);
    if (first < 0 || vowel < 0 || vowel >= N_VOWELS || end < 0) return -1;
    int syllable = (first * N_VOWELS + vowel) * (int)countof(last_consonants) + end;
    return cjk_one(out, 0xac00 + (uint32_t)syllable, 8);
}

static int euc_kr_decode(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out) {
    if (n >= 2 && p[0] == 0xa4 && p[1] == FILLER) return decode_composed(p, n, out);
    return cjk_plain_decode(c, state, p, n, out);
}

static int euc_kr_encode(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out) {
    int taken = cjk_plain_encode(c, state, u, n, last, out);
    if (taken >= 0 || u[0] < 0xac00 || u[0] > 0xd7a3) return taken;
    unsigned syllable = u[0] - 0xac00, n_last = countof(last_consonants);
    const unsigned letters[] = {FILLER, first_consonants[syllable / n_last / N_VOWELS],
                                FIRST_VOWEL + syllable / n_last % N_VOWELS, last_consonants[syllable % n_last]};
    for (size_t i = 0; i < countof(letters); i++) cjk_put_code(out, 0xa400 | letters[i]);
    return 1;
}

const Cjk cjk_codec_euc_kr = {.name = "euc_kr", .decode = euc_kr_decode, .encode = euc_kr_encode, .sets = {&cjk_ksx1001}};
const Cjk cjk_codec_cp949 = {.name = "cp949", .decode = cjk_plain_decode, .encode = cjk_plain_encode, .sets = {&cjk_cp949}};
const Cjk cjk_codec_johab = {.name = "johab", .decode = cjk_plain_decode, .encode = cjk_plain_encode, .sets = {&cjk_johab}};
