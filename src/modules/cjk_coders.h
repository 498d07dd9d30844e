// SPDX-License-Identifier: MIT
// The coders by name, and what they have in common.
#ifndef HEDDLE_CJK_CODERS_H
#define HEDDLE_CJK_CODERS_H
#include "cjk.h"

#include <string.h>

// ASCII and the double-byte set sets[0].
int cjk_plain_decode(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out);
int cjk_plain_encode(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out);

// JIS X 0213 as it was in 2000 lacks some characters of 2004, and has one for another.
uint32_t cjk_jisx0213_of_2000(uint32_t character); // what a code of 2004 means in 2000; 0: nothing
bool cjk_jisx0213_since_2004(uint32_t character);  // cannot be written as of 2000

extern const Cjk cjk_codec_gb2312, cjk_codec_gbk, cjk_codec_gb18030, cjk_codec_hz, cjk_codec_big5, cjk_codec_cp950, cjk_codec_big5hkscs;
extern const Cjk cjk_codec_shift_jis, cjk_codec_cp932, cjk_codec_euc_jp, cjk_codec_shift_jis_2004, cjk_codec_shift_jisx0213,
    cjk_codec_euc_jis_2004, cjk_codec_euc_jisx0213;
extern const Cjk cjk_codec_euc_kr, cjk_codec_cp949, cjk_codec_johab;
extern const Cjk cjk_codec_iso2022_kr, cjk_codec_iso2022_jp, cjk_codec_iso2022_jp_1, cjk_codec_iso2022_jp_2,
    cjk_codec_iso2022_jp_2004, cjk_codec_iso2022_jp_3, cjk_codec_iso2022_jp_ext;
#endif
