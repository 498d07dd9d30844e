// SPDX-License-Identifier: MIT
// Laying out a formatted number: sign, prefix, grouped and zero-filled integer part, point, rest, padding (numfmt.c).
#ifndef HEDDLE_OBJECT_NUMFMT_H
#define HEDDLE_OBJECT_NUMFMT_H
#include "object/str.h"

typedef struct NumLocale { // how the digits are grouped and what the point is
    const char *groups; // sizes, the last one repeated; CHAR_MAX: no further group
    uint32_t sep[8], point[8];
    size_t sep_len, point_len;
} NumLocale;
#define NUM_LOCALE_NONE {.groups = "", .point = {'.'}, .point_len = 1}
void num_locale_current(NumLocale *loc); // the process's LC_NUMERIC

typedef struct NumLayout {
    uint32_t fill;
    char align;      // < > = ^
    bool letters;    // the digits may be letters: there is no point
    bool zero_pad;   // zeros are digits, grouped with the others
    ptrdiff_t width; // -1: none
} NumLayout;
// text: an unsigned number.  prefix ("0x") and sign character (0: none) go in front.
void num_put(StrBuilder *b, const NumLayout *layout, const NumLocale *loc, char sign, const char *prefix, const char *text, size_t len);
#endif
