// SPDX-License-Identifier: MIT
// What Unicode 3.2.0 said of characters it knew, where 14.0 says something else.
#ifndef HEDDLE_MODULES_UNICODEDATA_OLD_H
#define HEDDLE_MODULES_UNICODEDATA_OLD_H
#include <stdint.h>

// NULL, or -1: the same as today.
const char *old_category(uint32_t c);
const char *old_bidirectional(uint32_t c);
const char *old_east_asian_width(uint32_t c);
int old_mirrored(uint32_t c);
int old_decimal(uint32_t c);
uint32_t old_decomposition(uint32_t c); // 0: the same
#endif
