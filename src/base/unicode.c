// SPDX-License-Identifier: MIT
//
// unicode.c: the lookups of base/unicode.h that are not inline. The tables are two-stage: the high bits of a code point
// choose a block of 128, equal blocks are stored once, and what a block holds are numbers of distinct records.
#include "base/unicode.h"

#include "unicode_internal.h"

#define UNICODE_PROPERTIES
#include "unicode_tables.inc"

double uc_numeric_value(uint32_t cp) { return uc_numerics[uc_info(cp)->numeric]; }

enum { MAP_UPPER, MAP_LOWER, MAP_TITLE, MAP_FOLD }; // the generator's order

static inline int map_full(uint32_t cp, int kind, const UcType *type, int32_t distance, uint32_t *out) {
    if (likely(type->special == 0)) {
        out[0] = cp + (uint32_t)distance;
        return 1;
    }
    const UcMapping *mapping = &uc_specials[type->special].mapping[kind];
    for (int i = 0; i < mapping->n; i++) out[i] = mapping->cp[i];
    return mapping->n;
}

int uc_to_upper_full(uint32_t cp, uint32_t out[UC_CASE_MAX]) {
    const UcType *type = uc_type(cp);
    return map_full(cp, MAP_UPPER, type, type->upper, out);
}

int uc_to_lower_full(uint32_t cp, uint32_t out[UC_CASE_MAX]) {
    const UcType *type = uc_type(cp);
    return map_full(cp, MAP_LOWER, type, type->lower, out);
}

int uc_to_title_full(uint32_t cp, uint32_t out[UC_CASE_MAX]) {
    const UcType *type = uc_type(cp);
    return map_full(cp, MAP_TITLE, type, type->title, out);
}

int uc_fold_full(uint32_t cp, uint32_t out[UC_CASE_MAX]) {
    const UcType *type = uc_type(cp);
    return map_full(cp, MAP_FOLD, type, type->lower, out);
}

static inline unsigned two_stage(const uint16_t *blocks, const uint16_t *rows, uint32_t cp) {
    if (cp >= UC_LIMIT) return 0;
    return rows[(size_t)blocks[cp >> UC_BLOCK_BITS] << UC_BLOCK_BITS | (cp & ((1 << UC_BLOCK_BITS) - 1))];
}

const UcInfo *uc_info(uint32_t cp) { return &uc_infos[two_stage(uc_info_blocks, uc_info_rows, cp)]; }

const char *uc_category_name(unsigned category) {
    HD_ASSERT(category < countof(uc_category_names));
    return uc_category_names[category];
}

const char *uc_bidirectional_name(unsigned bidirectional) {
    HD_ASSERT(bidirectional < countof(uc_bidirectional_names));
    return uc_bidirectional_names[bidirectional];
}

const char *uc_east_asian_width_name(unsigned width) {
    HD_ASSERT(width < countof(uc_width_names));
    return uc_width_names[width];
}

int uc_decomposition(uint32_t cp, const uint32_t **cps, const char **tag) {
    const uint32_t *mapping = &uc_decompositions[two_stage(uc_decomposition_blocks, uc_decomposition_rows, cp)];
    *tag = uc_tag_names[mapping[0] >> 8];
    *cps = mapping + 1;
    return (int)(mapping[0] & 0xff);
}

int uc_decomposition_step(uint32_t cp, bool compatibility, const uint32_t **cps) {
    const uint32_t *mapping = &uc_decompositions[two_stage(uc_decomposition_blocks, uc_decomposition_rows, cp)];
    if (mapping[0] >> 8 && !compatibility) return 0;
    *cps = mapping + 1;
    return (int)(mapping[0] & 0xff);
}
