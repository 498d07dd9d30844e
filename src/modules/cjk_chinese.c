// SPDX-License-Identifier: MIT
// Coders of China, Hong Kong and Taiwan.
#include "cjk_coders.h"

// ---- ASCII and one double-byte set ------------------------------------------------------------------------------------
int cjk_plain_decode(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out) {
    (void)state;
    if (p[0] < 0x80) return cjk_one(out, p[0], 1);
    return n < 2 ? 0 : cjk_decode_code(c->sets[0], p[0], p[1], 2, out);
}

int cjk_plain_encode(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out) {
    (void)state;
    if (u[0] < 0x80) {
        cjk_put_byte(out, u[0]);
        return 1;
    }
    unsigned code;
    int taken = cjk_encode_pairing(c->sets[0], u, n, last, &code);
    if (taken > 0) cjk_put_code(out, code);
    return taken;
}

// ---- GB 18030 -----------------------------------------------------------------------------------------------------------
// Codes of four bytes count in base 10 and 126 by turns.  Those below 0x90308130 go through the characters of plane 0 that
// have no code of two bytes, in order; the others through planes 1 to 16.
enum { GB_PLANE_0 = 39420, GB_PLANES_1_TO_16 = 0x100000 };

// How many such characters each page of plane 0 has before it; `before[256]` is their number.
static uint16_t before[257];
static uint32_t before_ready; // atomic; threads that fill it at the same time write the same

static bool has_four_bytes(uint32_t c) { return c >= 0x80 && (c < 0xd800 || c > 0xdfff) && !cjk_code(&cjk_gb18030, c); }

static const uint16_t *counts_before(void) {
    if (at_load_acquire(&before_ready)) return before;
    unsigned n = 0;
    for (uint32_t page = 0; page < 256; page++) {
        at_store_relaxed(&before[page], (uint16_t)n);
        for (uint32_t c = page << 8; c < (page + 1) << 8; c++) n += has_four_bytes(c);
    }
    at_store_relaxed(&before[256], (uint16_t)n);
    HD_ASSERT(n == GB_PLANE_0);
    at_store_release(&before_ready, 1u);
    return before;
}

static uint32_t character_at(unsigned index) {
    const uint16_t *counts = counts_before();
    unsigned low = 0, high = 256; // counts[low] <= index < counts[high]
    while (high - low > 1) {
        unsigned middle = (low + high) / 2;
        if (at_load_relaxed(&counts[middle]) <= index) low = middle;
        else high = middle;
    }
    uint32_t c = low << 8;
    for (unsigned left = index - at_load_relaxed(&counts[low]);; c++)
        if (has_four_bytes(c) && left-- == 0) return c;
}

static unsigned index_of(uint32_t c) {
    unsigned index = at_load_relaxed(&counts_before()[c >> 8]);
    for (uint32_t d = c & ~0xffu; d < c; d++) index += has_four_bytes(d);
    return index;
}

static void put_four_bytes(CjkBytes *out, unsigned index, unsigned first) {
    uint8_t b[4];
    b[3] = (uint8_t)(0x30 + index % 10), index /= 10;
    b[2] = (uint8_t)(0x81 + index % 126), index /= 126;
    b[1] = (uint8_t)(0x30 + index % 10), index /= 10;
    b[0] = (uint8_t)(first + index);
    for (int i = 0; i < 4; i++) cjk_put_byte(out, b[i]);
}

static int gb18030_encode(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out) {
    int taken = cjk_plain_encode(c, state, u, n, last, out);
    if (taken >= 0) return taken;
    if (u[0] >= 0x10000) put_four_bytes(out, u[0] - 0x10000, 0x90);
    else if (has_four_bytes(u[0])) put_four_bytes(out, index_of(u[0]), 0x81);
    else return -1;
    return 1;
}

static int gb18030_decode(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out) {
    if (p[0] < 0x80 || n < 2 || p[1] < 0x30 || p[1] > 0x39) return cjk_plain_decode(c, state, p, n, out);
    if (n < 4) return 0;
    if (p[0] < 0x81 || p[0] == 0xff || p[2] < 0x81 || p[2] == 0xff || p[3] < 0x30 || p[3] > 0x39) return -1;
    unsigned index = ((unsigned)p[1] - 0x30) * 1260 + ((unsigned)p[2] - 0x81) * 10 + p[3] - 0x30;
    if (p[0] < 0x90) {
        index += ((unsigned)p[0] - 0x81) * 12600;
        return index < GB_PLANE_0 ? cjk_one(out, character_at(index), 4) : -1;
    }
    index += ((unsigned)p[0] - 0x90) * 12600;
    return index < GB_PLANES_1_TO_16 ? cjk_one(out, 0x10000 + index, 4) : -1;
}

// ---- HZ -------------------------------------------------------------------------------------------------------------------
// RFC 1843: 7-bit GB 2312 between ~{ and ~}; state[0] is 1 there.
static int hz_tilde(uint8_t *state, uint8_t next, CjkText *out) {
    bool chinese = state[0];
    out->n = 0;
    if (next == '~' && !chinese) return cjk_one(out, '~', 2);
    if (next == '\n' && !chinese) return 2;
    if (next != (chinese ? '}' : '{')) return -1;
    state[0] = !chinese;
    return 2;
}

static int hz_decode(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out) {
    if (p[0] == '~') return n < 2 ? 0 : hz_tilde(state, p[1], out);
    if (p[0] & 0x80) return -1;
    if (!state[0]) return cjk_one(out, p[0], 1);
    if (n < 2) return 0;
    return p[1] & 0x80 ? -1 : cjk_decode_code(c->sets[0], p[0] | 0x80, p[1] | 0x80, 2, out);
}

static void hz_switch(uint8_t *state, bool chinese, CjkBytes *out) {
    if (state[0] == chinese) return;
    cjk_put_byte(out, '~');
    cjk_put_byte(out, chinese ? '{' : '}');
    state[0] = chinese;
}

static int hz_encode(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out) {
    (void)n, (void)last;
    if (u[0] < 0x80) {
        hz_switch(state, false, out);
        cjk_put_byte(out, u[0]);
        if (u[0] == '~') cjk_put_byte(out, '~');
        return 1;
    }
    unsigned code = cjk_code(c->sets[0], u[0]);
    if (!code) return -1;
    hz_switch(state, true, out);
    cjk_put_code(out, code & 0x7f7f);
    return 1;
}

static void hz_decode_reset(uint8_t *state) { state[0] = 0; }
static void hz_end(uint8_t *state, CjkBytes *out) { hz_switch(state, false, out); }

#define PLAIN(id, label, set) const Cjk id = {.name = label, .decode = cjk_plain_decode, .encode = cjk_plain_encode, .sets = {set}}
PLAIN(cjk_codec_gb2312, "gb2312", &cjk_gb2312);
PLAIN(cjk_codec_gbk, "gbk", &cjk_gbk);
PLAIN(cjk_codec_big5, "big5", &cjk_big5);
PLAIN(cjk_codec_cp950, "cp950", &cjk_cp950);
PLAIN(cjk_codec_big5hkscs, "big5hkscs", &cjk_big5hkscs);
const Cjk cjk_codec_gb18030 = {.name = "gb18030", .decode = gb18030_decode, .encode = gb18030_encode, .sets = {&cjk_gb18030}};
const Cjk cjk_codec_hz = {.name = "hz", .decode = hz_decode, .encode = hz_encode, .decode_reset = hz_decode_reset, .encode_end = hz_end,
                          .sets = {&cjk_gb2312}};
