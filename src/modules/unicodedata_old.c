// SPDX-License-Identifier: MIT
// The differences between Unicode 3.2.0 and 14.0 for characters that both have: general categories and bidirectional
// classes that were corrected, widths of what became emoji, digits that are no decimal digits any more.  The build has the
// data of one version only, so they stand here as ranges, in order of code points.
#include "unicodedata_old.h"

#include <stddef.h>

typedef struct Row { uint32_t first, last; const char *text; } Row;
#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static const Row categories[] = {
    {0xA7, 0xA7, "So"}, {0xAA, 0xAA, "Ll"}, {0xAD, 0xAD, "Pd"}, {0xB6, 0xB6, "So"}, {0xBA, 0xBA, "Ll"}, {0x294, 0x294, "Ll"},
    {0x2B9, 0x2BA, "Sk"}, {0x2C6, 0x2CF, "Sk"}, {0x2EC, 0x2EC, "Sk"}, {0x374, 0x374, "Sk"}, {0x5BE, 0x5BE, "Po"},
    {0x6DE, 0x6DE, "Me"}, {0xF14, 0xF14, "So"}, {0x10D0, 0x10F8, "Lo"}, {0x1369, 0x1371, "Nd"}, {0x13A0, 0x13F4, "Lo"},
    {0x166D, 0x166D, "Po"}, {0x1734, 0x1734, "Mn"}, {0x17B4, 0x17B5, "Mc"}, {0x1885, 0x1886, "Lo"}, {0x200B, 0x200B, "Zs"},
    {0x2071, 0x2071, "Ll"}, {0x207F, 0x207F, "Ll"}, {0x2118, 0x2118, "So"}, {0x2132, 0x2132, "So"}, {0x2183, 0x2183, "Nl"},
    {0x2308, 0x230B, "Sm"}, {0x23B4, 0x23B4, "Ps"}, {0x23B5, 0x23B5, "Pe"}, {0x23B6, 0x23B6, "Po"}, {0x302E, 0x302F, "Mn"},
    {0x30FB, 0x30FB, "Pc"}, {0xA015, 0xA015, "Lo"}, {0xFD3E, 0xFD3E, "Ps"}, {0xFD3F, 0xFD3F, "Pe"}, {0xFF65, 0xFF65, "Pc"},
    {0x10341, 0x10341, "Lo"},
};
static const Row bidirectional[] = {
    {0x2B, 0x2B, "ET"}, {0x2D, 0x2D, "ET"}, {0x2F, 0x2F, "ES"}, {0xAD, 0xAD, "ON"}, {0x6DD, 0x6DD, "AL"}, {0x6DE, 0x6DE, "NSM"},
    {0x70F, 0x70F, "BN"}, {0xCBF, 0xCBF, "NSM"}, {0xCC6, 0xCC6, "NSM"}, {0x1734, 0x1734, "NSM"}, {0x17B4, 0x17B5, "L"},
    {0x1885, 0x1886, "L"}, {0x202F, 0x202F, "WS"}, {0x2044, 0x2044, "ON"}, {0x207A, 0x207B, "ET"}, {0x208A, 0x208B, "ET"},
    {0x2132, 0x2132, "ON"}, {0x2212, 0x2212, "ET"}, {0x2460, 0x2487, "EN"}, {0x24EA, 0x24EA, "EN"}, {0x2800, 0x28FF, "ON"},
    {0x302E, 0x302F, "NSM"}, {0xFB29, 0xFB29, "ET"}, {0xFE62, 0xFE63, "ET"}, {0xFF0B, 0xFF0B, "ET"}, {0xFF0D, 0xFF0D, "ET"},
    {0xFF0F, 0xFF0F, "ES"}, {0xFFF9, 0xFFFB, "BN"}, {0x1D6DB, 0x1D6DB, "L"}, {0x1D715, 0x1D715, "L"}, {0x1D74F, 0x1D74F, "L"},
    {0x1D789, 0x1D789, "L"}, {0x1D7C3, 0x1D7C3, "L"},
};
static const Row widths[] = {{0x231A, 0x231B, "N"}, {0x25FD, 0x25FE, "N"}, {0x2648, 0x2653, "N"}};
static const Row mirrored[] = { // "" no, "1" yes
    {0xF3A, 0xF3D, ""}, {0x169B, 0x169C, ""}, {0x29A1, 0x29A1, "1"}, {0xFE59, 0xFE5E, ""}, {0xFE64, 0xFE65, ""},
    {0x1D6DB, 0x1D6DB, ""}, {0x1D715, 0x1D715, ""}, {0x1D74F, 0x1D74F, ""}, {0x1D789, 0x1D789, ""}, {0x1D7C3, 0x1D7C3, ""},
};
static const struct { uint32_t first, last; int value; } decimals[] = { // the value of the first; the others follow
    {0xB2, 0xB3, 2}, {0xB9, 0xB9, 1}, {0x1369, 0x1371, 1}, {0x2070, 0x2070, 0}, {0x2074, 0x2079, 4}, {0x2080, 0x2089, 0},
};
// Mappings that Corrigendum 4 put right.
static const struct { uint32_t c, mapped; } decompositions[] = {
    {0x2F868, 0x2136A}, {0x2F874, 0x5F33}, {0x2F91F, 0x43AB}, {0x2F95F, 0x7AAE}, {0x2F9BF, 0x4D57},
};

static const char *find(const Row *rows, size_t n, uint32_t c) {
    for (size_t i = 0; i < n && rows[i].first <= c; i++) {
        if (c <= rows[i].last) return rows[i].text;
    }
    return NULL;
}

const char *old_category(uint32_t c) { return find(categories, COUNT(categories), c); }
const char *old_bidirectional(uint32_t c) { return find(bidirectional, COUNT(bidirectional), c); }
const char *old_east_asian_width(uint32_t c) { return find(widths, COUNT(widths), c); }

int old_mirrored(uint32_t c) {
    const char *text = find(mirrored, COUNT(mirrored), c);
    return text ? text[0] == '1' : -1;
}

int old_decimal(uint32_t c) {
    for (size_t i = 0; i < COUNT(decimals); i++) {
        if (c >= decimals[i].first && c <= decimals[i].last) return decimals[i].value + (int)(c - decimals[i].first);
    }
    return -1;
}

uint32_t old_decomposition(uint32_t c) {
    for (size_t i = 0; i < COUNT(decompositions); i++) {
        if (c == decompositions[i].c) return decompositions[i].mapped;
    }
    return 0;
}
