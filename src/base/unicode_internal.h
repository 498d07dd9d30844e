// SPDX-License-Identifier: MIT
//
// unicode_internal.h: the shapes of the generated tables that no one outside of unicode*.c sees.
#ifndef HEDDLE_BASE_UNICODE_INTERNAL_H
#define HEDDLE_BASE_UNICODE_INTERNAL_H

#include "base/unicode.h"

typedef struct UcMapping {
    int32_t n;
    uint32_t cp[UC_CASE_MAX];
} UcMapping;

typedef struct UcSpecial {
    UcMapping mapping[4]; // upper, lower, title, folded
} UcSpecial;

typedef struct UcComposition {
    uint32_t first, second, composite;
} UcComposition;

// The code points that cp decomposes into in one step, canonically or at all; 0 when it does not. Not for Hangul.
int uc_decomposition_step(uint32_t cp, bool compatibility, const uint32_t **cps);

#endif
