// SPDX-License-Identifier: MIT
//
// unicode_names.h: what unicode_names_gen.c writes and unicode_names.c reads must agree on.
#ifndef HEDDLE_BASE_UNICODE_NAMES_H
#define HEDDLE_BASE_UNICODE_NAMES_H

#include "base/unicode.h"

enum {
    NAMES_STRIDE = 16,     // every 16th entry's place is stored, the others are counted from there
    NAMES_SLOTS = 1 << 16, // of the hash table: half of them are used
    NAMES_TOKEN_MAX = 32,
};

// `count` code points from `first` on, whose entries start at `entry`.
typedef struct NamesRun {
    uint32_t first, count, entry;
} NamesRun;

static inline char names_upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

// FNV-1a of the upper-case text, its high half folded in.
static inline uint32_t names_hash(const char *text, size_t n) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)names_upper(text[i])) * 16777619u;
    return h ^ h >> 16;
}

#endif
