// SPDX-License-Identifier: MIT
// Coders of Japan, but for ISO 2022.
//
// EUC writes the sets' codes as they are here (0xa1a1 to 0xfefe); Shift JIS packs two rows of 94 under one lead byte.
#include "cjk_coders.h"

static bool is_kana_byte(unsigned b) { return b >= 0xa1 && b <= 0xdf; }
static bool is_half_kana(uint32_t c) { return c >= 0xff61 && c <= 0xff9f; }
enum { HALF_KANA = 0xff61 - 0xa1 };

// ---- JIS X 0213 of 2000 -------------------------------------------------------------------------------------------------
static const uint32_t new_in_2004[] = {0x4ff1, 0x525d, 0x20b9f, 0x541e, 0x5653, 0x59f8, 0x5c5b, 0x5e77, 0x7626, 0x7e6b};
enum { FDBB_OF_2004 = 0x9b1c, FDBB_OF_2000 = 0x9b1d };

bool cjk_jisx0213_since_2004(uint32_t c) {
    for (size_t i = 0; i < countof(new_in_2004); i++)
        if (new_in_2004[i] == c) return true;
    return c == FDBB_OF_2004;
}

uint32_t cjk_jisx0213_of_2000(uint32_t c) {
    if (c == FDBB_OF_2004) return FDBB_OF_2000;
    return cjk_jisx0213_since_2004(c) ? 0 : c;
}

// ---- Shift JIS ------------------------------------------------------------------------------------------------------------
static bool is_sjis_lead(unsigned b) { return (b >= 0x81 && b <= 0x9f) || (b >= 0xe0 && b <= 0xfc); }
static bool is_sjis_trail(unsigned b) { return b >= 0x40 && b <= 0xfc && b != 0x7f; }

// Row (from 0) and cell of a code.
static unsigned sjis_row(unsigned lead, unsigned trail) { return (lead - (lead < 0xa0 ? 0x81 : 0xc1)) * 2 + (trail >= 0x9f); }
static unsigned sjis_cell(unsigned trail) { return trail >= 0x9f ? trail - 0x9f : trail - 0x40 - (trail > 0x7f); }

static void put_sjis(CjkBytes *out, unsigned row, unsigned cell) {
    unsigned lead = row / 2 + 0x81;
    cjk_put_byte(out, lead < 0xa0 ? lead : lead + 0x40);
    if (row & 1) cjk_put_byte(out, cell + 0x9f);
    else cjk_put_byte(out, cell + 0x40 + (cell >= 0x3f));
}
static void put_sjis_of(CjkBytes *out, unsigned euc) { put_sjis(out, (euc >> 8) - 0xa1, (euc & 0xff) - 0xa1); }

// What all forms have: bytes that stand alone.
static bool put_single(CjkBytes *out, uint32_t c) {
    if (c < 0x80) cjk_put_byte(out, c);
    else if (c == 0xa5) cjk_put_byte(out, 0x5c);
    else if (c == 0x203e) cjk_put_byte(out, 0x7e);
    else if (is_half_kana(c)) cjk_put_byte(out, c - HALF_KANA);
    else return false;
    return true;
}

enum { LAST_LEAD_0208 = 0xea };

static int sjis_decode(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out) {
    (void)state;
    if (p[0] < 0x80) return cjk_one(out, p[0], 1);
    if (is_kana_byte(p[0])) return cjk_one(out, p[0] + HALF_KANA, 1);
    if (!is_sjis_lead(p[0]) || p[0] > LAST_LEAD_0208) return -1;
    if (n < 2) return 0;
    if (!is_sjis_trail(p[1])) return -1;
    return cjk_decode_code(c->sets[0], 0xa1 + sjis_row(p[0], p[1]), 0xa1 + sjis_cell(p[1]), 2, out);
}

static int sjis_encode(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out) {
    (void)state, (void)n, (void)last;
    if (put_single(out, u[0])) return 1;
    unsigned code = cjk_code(c->sets[0], u[0]);
    if (!code) return -1;
    put_sjis_of(out, code);
    return 1;
}

// ---- Microsoft's --------------------------------------------------------------------------------------------------------------
// Four bytes that stand alone go to the private use area.
static const uint16_t cp932_lone[][2] = {{0x80, 0x80}, {0xa0, 0xf8f0}, {0xfd, 0xf8f1}, {0xfe, 0xf8f2}, {0xff, 0xf8f3}};

static int cp932_decode(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out) {
    (void)state;
    if (p[0] < 0x80) return cjk_one(out, p[0], 1);
    if (is_kana_byte(p[0])) return cjk_one(out, p[0] + HALF_KANA, 1);
    for (size_t i = 0; i < countof(cp932_lone); i++)
        if (cp932_lone[i][0] == p[0]) return cjk_one(out, cp932_lone[i][1], 1);
    return n < 2 ? 0 : cjk_decode_code(c->sets[0], p[0], p[1], 2, out);
}

static int cp932_encode(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out) {
    if (is_half_kana(u[0])) {
        cjk_put_byte(out, u[0] - HALF_KANA);
        return 1;
    }
    for (size_t i = 0; i < countof(cp932_lone); i++)
        if (cp932_lone[i][1] == u[0]) {
            cjk_put_byte(out, cp932_lone[i][0]);
            return 1;
        }
    return cjk_plain_encode(c, state, u, n, last, out);
}

// ---- Shift JIS on JIS X 0213 ----------------------------------------------------------------------------------------------------
// The 26 rows of plane 2 that have characters, in the order of the lead bytes from 0xf0 on.
static const uint8_t plane_2_rows[] = {0xa1, 0xa8, 0xa3, 0xa4, 0xa5, 0xac, 0xad, 0xae, 0xaf, 0xee, 0xef, 0xf0, 0xf1,
                                       0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe};

// Codes that stand for what is no single byte here, as 0x5c and 0x7e are yen and overline.
static const uint16_t sjis_2004_ascii[][2] = {{0xa1c0, 0x5c}, {0xa2b2, 0x7e}};

static bool of_2000(const Cjk *c) { return c->option == 2000; }

// A code that was assigned later is illegal as a whole.
static int decode_0213(const Cjk *c, const CjkSet *set, unsigned lead, unsigned trail, int taken, CjkText *out) {
    int r = cjk_decode_code(set, lead, trail, taken, out);
    if (r > 0 && out->n == 1 && of_2000(c) && !(out->c[0] = cjk_jisx0213_of_2000(out->c[0]))) return -2;
    return r;
}

static int sjis_2004_decode(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out) {
    (void)state;
    if (p[0] < 0x80) return cjk_one(out, p[0] == 0x5c ? 0xa5 : p[0] == 0x7e ? 0x203e : p[0], 1);
    if (is_kana_byte(p[0])) return cjk_one(out, p[0] + HALF_KANA, 1);
    if (!is_sjis_lead(p[0])) return -1;
    if (n < 2) return 0;
    if (!is_sjis_trail(p[1])) return -1;
    unsigned row = sjis_row(p[0], p[1]), trail = 0xa1 + sjis_cell(p[1]);
    if (row >= 94) return decode_0213(c, c->sets[1], plane_2_rows[row - 94], trail, 2, out);
    for (size_t i = 0; i < countof(sjis_2004_ascii); i++)
        if (sjis_2004_ascii[i][0] == ((0xa1 + row) << 8 | trail)) return cjk_one(out, sjis_2004_ascii[i][1], 2);
    return decode_0213(c, c->sets[0], 0xa1 + row, trail, 2, out);
}

// 0xff3c and 0xff5e have codes in the set that mean ASCII here.
static unsigned sjis_2004_code(uint32_t c) {
    for (size_t i = 0; i < countof(sjis_2004_ascii); i++)
        if (sjis_2004_ascii[i][1] == c) return sjis_2004_ascii[i][0];
    return 0;
}

static int put_plane_2(const Cjk *c, uint32_t u, CjkBytes *out) {
    if (of_2000(c) && u == FDBB_OF_2000) u = FDBB_OF_2004;
    unsigned code = cjk_code(c->sets[1], u);
    for (size_t i = 0; code && i < countof(plane_2_rows); i++)
        if (plane_2_rows[i] == code >> 8) {
            put_sjis(out, (unsigned)(94 + i), (code & 0xff) - 0xa1);
            return 1;
        }
    return -1;
}

static int sjis_2004_encode(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out) {
    (void)state;
    unsigned code = sjis_2004_code(u[0]);
    if (!code && put_single(out, u[0])) return 1;
    int taken = 1;
    if (!code) {
        if (u[0] == 0xff3c || u[0] == 0xff5e || (of_2000(c) && cjk_jisx0213_since_2004(u[0]))) return -1;
        taken = cjk_encode_pairing(c->sets[0], u, n, last, &code);
        if (taken == 0) return 0;
    }
    if (taken < 0) return put_plane_2(c, u[0], out);
    put_sjis_of(out, code);
    return taken;
}

// ---- EUC -----------------------------------------------------------------------------------------------------------------------
enum { SS2 = 0x8e, SS3 = 0x8f }; // half-width kana follow, a code of three bytes

static int euc_kana(const uint8_t *p, size_t n, CjkText *out) {
    if (n < 2) return 0;
    return is_kana_byte(p[1]) ? cjk_one(out, p[1] + HALF_KANA, 2) : -1;
}

static int euc_jp_decode(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out) {
    (void)state;
    if (p[0] < 0x80) return cjk_one(out, p[0], 1);
    if (p[0] == SS2) return euc_kana(p, n, out);
    if (p[0] != SS3) return n < 2 ? 0 : cjk_decode_code(c->sets[0], p[0], p[1], 2, out);
    if (n < 3) return 0;
    return cjk_decode_code(c->sets[1], p[1], p[2], 3, out);
}

static void put_kana(CjkBytes *out, uint32_t c) {
    cjk_put_byte(out, SS2);
    cjk_put_byte(out, c - HALF_KANA);
}

static int put_three(CjkBytes *out, unsigned code) {
    if (!code) return -1;
    cjk_put_byte(out, SS3);
    cjk_put_code(out, code);
    return 1;
}

static int euc_jp_encode(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out) {
    (void)state, (void)n, (void)last;
    if (is_half_kana(u[0])) {
        put_kana(out, u[0]);
        return 1;
    }
    if (put_single(out, u[0])) return 1;
    unsigned code = cjk_code(c->sets[0], u[0]);
    if (!code) return put_three(out, cjk_code(c->sets[1], u[0]));
    cjk_put_code(out, code);
    return 1;
}

static int euc_2004_decode(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out) {
    (void)state;
    if (p[0] < 0x80) return cjk_one(out, p[0], 1);
    if (p[0] == SS2) return euc_kana(p, n, out);
    if (p[0] != SS3) return n < 2 ? 0 : decode_0213(c, c->sets[0], p[0], p[1], 2, out);
    if (n < 3) return 0;
    if (cjk_character(c->sets[1], p[1], p[2])) return decode_0213(c, c->sets[1], p[1], p[2], 3, out);
    return cjk_decode_code(c->sets[2], p[1], p[2], 3, out);
}

static int euc_2004_encode(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out) {
    (void)state;
    if (u[0] < 0x80) {
        cjk_put_byte(out, u[0]);
        return 1;
    }
    if (is_half_kana(u[0])) {
        put_kana(out, u[0]);
        return 1;
    }
    if (of_2000(c) && cjk_jisx0213_since_2004(u[0])) return -1;
    unsigned code;
    int taken = cjk_encode_pairing(c->sets[0], u, n, last, &code);
    if (taken == 0) return 0;
    if (taken > 0) {
        cjk_put_code(out, code);
        return taken;
    }
    uint32_t in_plane_2 = of_2000(c) && u[0] == FDBB_OF_2000 ? FDBB_OF_2004 : u[0];
    code = cjk_code(c->sets[1], in_plane_2);
    return put_three(out, code ? code : cjk_code(c->sets[2], u[0]));
}

const Cjk cjk_codec_shift_jis = {.name = "shift_jis", .decode = sjis_decode, .encode = sjis_encode, .sets = {&cjk_jisx0208}};
const Cjk cjk_codec_cp932 = {.name = "cp932", .decode = cp932_decode, .encode = cp932_encode, .sets = {&cjk_cp932}};
const Cjk cjk_codec_euc_jp = {.name = "euc_jp", .decode = euc_jp_decode, .encode = euc_jp_encode, .sets = {&cjk_jisx0208, &cjk_jisx0212}};
#define SETS_0213 .sets = {&cjk_jisx0213_1, &cjk_jisx0213_2, &cjk_jisx0212}
const Cjk cjk_codec_shift_jis_2004 = {.name = "shift_jis_2004", .decode = sjis_2004_decode, .encode = sjis_2004_encode, SETS_0213, .option = 2004};
const Cjk cjk_codec_shift_jisx0213 = {.name = "shift_jisx0213", .decode = sjis_2004_decode, .encode = sjis_2004_encode, SETS_0213, .option = 2000};
const Cjk cjk_codec_euc_jis_2004 = {.name = "euc_jis_2004", .decode = euc_2004_decode, .encode = euc_2004_encode, SETS_0213, .option = 2004};
const Cjk cjk_codec_euc_jisx0213 = {.name = "euc_jisx0213", .decode = euc_2004_decode, .encode = euc_2004_encode, SETS_0213, .option = 2000};
