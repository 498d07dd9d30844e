// SPDX-License-Identifier: MIT
// ISO 2022 in seven bits: sets are designated by escape sequences (RFC 1468, 1554, 1557, 2237).
//
// The state: state[0..2] are the sets in G0, G1 and G2, by the final byte of their escape sequence, with bit 7 when the
// set has two bytes; state[4] is SHIFTED while G1 is in use, PASSING within an escape sequence that nobody understands.
#include "cjk_coders.h"

enum { ESC = 0x1b, SHIFT_OUT = 0x0e, SHIFT_IN = 0x0f, SHIFTED = 1, PASSING = 2, MAX_ESCAPE = 16 };
enum { TWO = 0x80, ASCII = 'B', ROMAN = 'J', KANA = 'I', JISX0208 = 'B' | TWO, JISX0208_OLD = '@' | TWO, JISX0212 = 'D' | TWO,
       JISX0213_2000_1 = 'O' | TWO, JISX0213_2 = 'P' | TWO, JISX0213_2004_1 = 'Q' | TWO, GB2312 = 'A' | TWO, KSX1001 = 'C' | TWO,
       LATIN1 = 'A', GREEK = 'F' };
enum { NO_SHIFT = 1, USE_G2 = 2 }; // Cjk.option

typedef struct Designation {
    uint8_t set, into;       // what, and into which of G0 to G2
    CjkSet *codes;           // NULL: a set of one byte
    bool of_2000;            // JIS X 0213 before 2004
} Designation;

static const Designation *designation(const Cjk *c, unsigned set) {
    for (const Designation *d = c->variant; d->set; d++)
        if (d->set == set) return d;
    return NULL;
}

// ---- decoding ---------------------------------------------------------------------------------------------------------
static bool ends_escape(unsigned b) { return (b >= 'A' && b <= 'Z') || b == '@'; }

// The length of the escape sequence at p, 0 when it is not all there, -1 when it does not end.
static int escape_length(const Cjk *c, const uint8_t *p, size_t n) {
    for (size_t i = 1; i < MAX_ESCAPE; i++) {
        if (i >= n) return 0;
        if (ends_escape(p[i])) return (int)i + 1;
        if (c->option & NO_SHIFT && p[i] == '&' && i + 1 < n && p[i + 1] == '@') i += 2; // ESC & @ announces a revision of the set that follows
    }
    return -1;
}

// What a sequence designates: the set, and G0 to G2; false: nothing that is known.
static bool read_escape(const Cjk *c, const uint8_t *p, int length, unsigned *set, unsigned *into) {
    unsigned last = p[length - 1];
    switch (length) {
    case 3:
        *set = p[1] == '$' ? last | TWO : last;
        *into = p[1] == ')' ? 1 : p[1] == '.' ? 2 : 0;
        return p[1] == '$' || p[1] == '(' || p[1] == ')' || (p[1] == '.' && c->option & USE_G2);
    case 4:
        *set = last | TWO;
        *into = p[2] == ')';
        return p[1] == '$' && (p[2] == '(' || p[2] == ')');
    case 6:
        *set = JISX0208;
        *into = 0;
        return c->option & NO_SHIFT && p[3] == ESC && p[4] == '$' && p[5] == 'B';
    default: return false;
    }
}

static int decode_escape(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n) {
    int length = escape_length(c, p, n);
    if (length <= 0) return length;
    unsigned set, into;
    if (!read_escape(c, p, length, &set, &into) || (set != ASCII && !designation(c, set))) return -length;
    state[into] = (uint8_t)set;
    return length;
}

// ISO 8859-7: Greek stands in a row but for its first part.
static uint32_t greek_character(unsigned b) {
    static const uint16_t first[] = {0xa0, 0x2018, 0x2019, 0xa3, 0, 0, 0xa6, 0xa7, 0xa8, 0xa9, 0, 0xab,
                                     0xac, 0xad, 0, 0x2015, 0xb0, 0xb1, 0xb2, 0xb3, 0x384, 0x385, 0x386, 0xb7,
                                     0x388, 0x389, 0x38a, 0xbb, 0x38c, 0xbd, 0x38e, 0x38f};
    if (b < 0xc0) return first[b - 0xa0];
    return b == 0xd2 || b == 0xff ? 0 : b - 0xc0 + 0x390;
}

// One character of G2: its high bit is turned over, but for ASCII.
static int decode_g2(const uint8_t *state, const uint8_t *p, size_t n, CjkText *out) {
    if (n < 3) return 0;
    unsigned b = p[2] ^ 0x80u;
    uint32_t u;
    switch (state[2]) {
    case LATIN1: return b < 0x80 ? -3 : cjk_one(out, b, 3);
    case GREEK:
        u = b < 0xa0 ? b : greek_character(b);
        return u || b == 0 ? cjk_one(out, u, 3) : -3;
    default: return p[2] >= 0x80 ? -3 : cjk_one(out, p[2], 3);
    }
}

static int decode_byte_of(unsigned set, unsigned b, CjkText *out) {
    if (set == ROMAN) return cjk_one(out, b == 0x5c ? 0xa5 : b == 0x7e ? 0x203e : b, 1);
    return b >= 0x21 && b <= 0x5f ? cjk_one(out, b - 0x21 + 0xff61, 1) : -1;
}

static int decode_in_set(const Cjk *c, unsigned set, const uint8_t *p, size_t n, CjkText *out) {
    const Designation *d = designation(c, set);
    if (!d) return -1;
    if (!d->codes) return decode_byte_of(set, p[0], out);
    if (n < 2) return 0;
    int r = cjk_decode_code(d->codes, p[0] | 0x80, p[1] | 0x80, 2, out);
    if (p[1] & 0x80 || r < 0) return -2;
    if (d->of_2000 && out->n == 1 && !(out->c[0] = cjk_jisx0213_of_2000(out->c[0]))) return -2;
    return r;
}

static int decode_shift(uint8_t *state, bool shifted) {
    state[4] = (uint8_t)((state[4] & ~SHIFTED) | (shifted ? SHIFTED : 0));
    return 1;
}

static int iso_decode(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out) {
    unsigned b = p[0];
    out->n = 0;
    if (state[4] & PASSING) {
        if (ends_escape(b)) state[4] &= (uint8_t)~PASSING;
        return cjk_one(out, b, 1);
    }
    if (b == ESC) {
        if (n < 2) return 0;
        if (strchr("()$.&", p[1]) && p[1]) return decode_escape(c, state, p, n);
        if (c->option & USE_G2 && p[1] == 'N') return decode_g2(state, p, n, out);
        state[4] |= PASSING;
        return cjk_one(out, b, 1);
    }
    if ((b == SHIFT_OUT || b == SHIFT_IN) && !(c->option & NO_SHIFT)) return decode_shift(state, b == SHIFT_OUT);
    if (b == '\n') state[4] &= (uint8_t)~SHIFTED;
    if (b < 0x20) return cjk_one(out, b, 1);
    if (b >= 0x80) return -1;
    unsigned set = state[state[4] & SHIFTED ? 1 : 0];
    return set == ASCII ? cjk_one(out, b, 1) : decode_in_set(c, set, p, n, out);
}

static void iso_decode_start(uint8_t *state) { state[0] = state[1] = state[2] = ASCII; }
static void iso_decode_reset(uint8_t *state) {
    state[0] = ASCII;
    state[4] &= (uint8_t)~SHIFTED;
}

// ---- encoding -----------------------------------------------------------------------------------------------------------
static void put_escape(unsigned set, unsigned into, CjkBytes *out) {
    unsigned last = set & 0x7f;
    cjk_put_byte(out, ESC);
    if (set & TWO) cjk_put_byte(out, '$');
    bool early = set & TWO && into == 0 && (last == '@' || last == 'B'); // registered when there was only G0
    if (!early) cjk_put_byte(out, into ? ')' : '(');
    cjk_put_byte(out, last);
}

static void put_shift(uint8_t *state, bool shifted, CjkBytes *out) {
    if ((state[4] & SHIFTED) == (shifted ? SHIFTED : 0)) return;
    cjk_put_byte(out, shifted ? SHIFT_OUT : SHIFT_IN);
    state[4] ^= SHIFTED;
}

static void put_set(uint8_t *state, unsigned set, unsigned into, CjkBytes *out) {
    if (state[into] == set) return;
    put_escape(set, into, out);
    state[into] = (uint8_t)set;
}

// The code of a character in a designated set; 0: none.
static unsigned code_in(const Designation *d, uint32_t u) {
    if (d->set == ROMAN) return u == 0xa5 ? 0x5c : u == 0x203e ? 0x7e : 0;
    if (d->set == KANA) return u >= 0xff61 && u <= 0xff9f ? u - 0xff61 + 0x21 : 0;
    if (!d->codes || (d->of_2000 && cjk_jisx0213_since_2004(u))) return 0;
    if (d->of_2000 && d->codes == &cjk_jisx0213_2 && cjk_jisx0213_of_2000(0x9b1c) == u) u = 0x9b1c;
    if (d->codes == &cjk_jisx0213_1 && u == 0xff5e) return 0; // EUC's alone
    return cjk_code(d->codes, u);
}

// As CPython: a character that could begin a pair waits for the next one, and then is written without it all the same.
static bool waits(const Cjk *c, uint32_t u) {
    for (const Designation *d = c->variant; d->set; d++)
        if (d->codes && cjk_begins_pair(d->codes, u)) return true;
    return false;
}

static int iso_encode(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out) {
    if (u[0] < 0x80) {
        put_set(state, ASCII, 0, out);
        put_shift(state, false, out);
        cjk_put_byte(out, u[0]);
        return 1;
    }
    if (n < 2 && !last && waits(c, u[0])) return 0;
    for (const Designation *d = c->variant; d->set; d++) {
        unsigned code = code_in(d, u[0]);
        if (!code) continue;
        put_set(state, d->set, d->into, out);
        put_shift(state, d->into == 1, out);
        if (d->codes) cjk_put_code(out, code & 0x7f7f);
        else cjk_put_byte(out, code);
        return 1;
    }
    return -1;
}

static void iso_encode_start(uint8_t *state) { state[0] = state[1] = ASCII; }
static void iso_encode_end(uint8_t *state, CjkBytes *out) {
    put_shift(state, false, out);
    put_set(state, ASCII, 0, out);
}

// ---- the variants: sets in the order in which a character is looked for ---------------------------------------------------
static const Designation kr[] = {{KSX1001, 1, &cjk_ksx1001, false}, {0}};
static const Designation jp[] = {{JISX0208, 0, &cjk_jisx0208, false}, {ROMAN, 0, NULL, false}, {JISX0208_OLD, 0, &cjk_jisx0208, false}, {0}};
static const Designation jp_1[] = {{JISX0208, 0, &cjk_jisx0208, false}, {JISX0212, 0, &cjk_jisx0212, false},
                                   {ROMAN, 0, NULL, false}, {JISX0208_OLD, 0, &cjk_jisx0208, false}, {0}};
static const Designation jp_2[] = {{JISX0208, 0, &cjk_jisx0208, false}, {JISX0212, 0, &cjk_jisx0212, false},
                                   {KSX1001, 0, &cjk_ksx1001, false}, {GB2312, 0, &cjk_gb2312, false}, {ROMAN, 0, NULL, false},
                                   {JISX0208_OLD, 0, &cjk_jisx0208, false}, {LATIN1, 2, NULL, false}, {GREEK, 2, NULL, false}, {0}};
static const Designation jp_3[] = {{JISX0208, 0, &cjk_jisx0208, false}, {JISX0213_2000_1, 0, &cjk_jisx0213_1, true},
                                   {JISX0213_2, 0, &cjk_jisx0213_2, true}, {0}};
static const Designation jp_2004[] = {{JISX0208, 0, &cjk_jisx0208, false}, {JISX0213_2004_1, 0, &cjk_jisx0213_1, false},
                                      {JISX0213_2, 0, &cjk_jisx0213_2, false}, {0}};
static const Designation jp_ext[] = {{JISX0208, 0, &cjk_jisx0208, false}, {JISX0212, 0, &cjk_jisx0212, false}, {ROMAN, 0, NULL, false},
                                     {KANA, 0, NULL, false}, {JISX0208_OLD, 0, &cjk_jisx0208, false}, {0}};

#define ISO(id, label, list, flags, ...) \
    const Cjk cjk_codec_iso2022_##id = { \
        .name = label, .decode = iso_decode, .encode = iso_encode, .decode_start = iso_decode_start, .decode_reset = iso_decode_reset, \
        .encode_start = iso_encode_start, .encode_end = iso_encode_end, .variant = list, .option = flags, .sets = {__VA_ARGS__}}
ISO(kr, "iso2022_kr", kr, 0, &cjk_ksx1001);
ISO(jp, "iso2022_jp", jp, NO_SHIFT, &cjk_jisx0208);
ISO(jp_1, "iso2022_jp_1", jp_1, NO_SHIFT, &cjk_jisx0208, &cjk_jisx0212);
ISO(jp_2, "iso2022_jp_2", jp_2, NO_SHIFT | USE_G2, &cjk_jisx0208, &cjk_jisx0212, &cjk_ksx1001, &cjk_gb2312);
ISO(jp_3, "iso2022_jp_3", jp_3, NO_SHIFT, &cjk_jisx0208, &cjk_jisx0213_1, &cjk_jisx0213_2);
ISO(jp_2004, "iso2022_jp_2004", jp_2004, NO_SHIFT, &cjk_jisx0208, &cjk_jisx0213_1, &cjk_jisx0213_2);
ISO(jp_ext, "iso2022_jp_ext", jp_ext, NO_SHIFT, &cjk_jisx0208, &cjk_jisx0212);
