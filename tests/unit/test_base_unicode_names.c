// SPDX-License-Identifier: MIT
//
// Units for the names of base/unicode.h. The checksum over all names was computed from CPython 3.11's unicodedata.name,
// as described in test_base_unicode.c; the single cases are unicodedata.lookup's.
#include "base/unicode.h"

#include "suite.h"
#include <stdlib.h>
#include <string.h>

START_TEST(every_name_leads_back) {
    char name[UC_NAME_MAX];
    uint64_t h = 0;
    for (uint32_t cp = 0; cp < UC_LIMIT; cp++) {
        int n = uc_name(cp, name);
        h = (h * 1000003u) ^ (uint64_t)n;
        if (n == 0) continue;
        ck_assert_uint_eq(strlen(name), (size_t)n);
        for (int i = 0; i < n; i++) h = (h * 1000003u) ^ (unsigned char)name[i];
        uint32_t back[UC_SEQUENCE_MAX];
        if (uc_lookup(name, (size_t)n, UC_LOOKUP_CHARACTER, back) != 1 || back[0] != cp)
            ck_abort_msg("%s does not lead back to U+%04X", name, cp);
    }
    ck_assert_uint_eq(h, 0xd9a6bfb14c7c4f7fu);
}
END_TEST

typedef struct LookupCase {
    const char *name;
    unsigned flags;
    int n;
    uint32_t cp[UC_SEQUENCE_MAX];
} LookupCase;

static const LookupCase lookup_cases[] = {
    {"latin small letter a", 0, 1, {'a'}},
    {"LATIN SMALL LETTER  A", 0, 0, {0}},
    {"LATIN SMALL LETTER A ", 0, 0, {0}},
    {"", 0, 0, {0}},
    {"NO SUCH NAME", 0, 0, {0}},
    {"TIBETAN MARK BKA- SHOG YIG MGO", 0, 1, {0xf0a}},
    {"TIBETAN MARK GTER YIG MGO -UM RNAM BCAD MA", 0, 1, {0xf02}},
    {"CJK UNIFIED IDEOGRAPH-4E00", 0, 1, {0x4e00}},
    {"CJK UNIFIED IDEOGRAPH-04E00", 0, 1, {0x4e00}},
    {"CJK UNIFIED IDEOGRAPH-4e00", 0, 0, {0}},
    {"cjk unified ideograph-4E00", 0, 0, {0}},
    {"CJK UNIFIED IDEOGRAPH-31350", 0, 0, {0}}, // 15.0
    {"CJK UNIFIED IDEOGRAPH-F900", 0, 0, {0}},
    {"CJK COMPATIBILITY IDEOGRAPH-F900", 0, 1, {0xf900}},
    {"HANGUL SYLLABLE GAG", 0, 1, {0xac01}},
    {"HANGUL SYLLABLE A", 0, 1, {0xc544}},
    {"HANGUL SYLLABLE GAGX", 0, 0, {0}},
    {"HANGUL SYLLABLE gag", 0, 0, {0}},
    {"HANGUL SYLLABLE ", 0, 0, {0}},
    {"TANGUT IDEOGRAPH-17000", 0, 0, {0}},
    {"LF", 0, 1, {0xa}},
    {"line feed", 0, 1, {0xa}},
    {"BELL", 0, 1, {0x1f514}},
    {"EM", 0, 0, {0}}, // 15.0
    {"BYTE ORDER MARK", 0, 1, {0xfeff}},
    {"KEYCAP NUMBER SIGN", UC_LOOKUP_SEQUENCES, 3, {'#', 0xfe0f, 0x20e3}},
    {"keycap number sign", UC_LOOKUP_SEQUENCES, 3, {'#', 0xfe0f, 0x20e3}},
    {"KEYCAP NUMBER SIGN", UC_LOOKUP_CHARACTER, 0, {0}},
};

START_TEST(lookup) {
    const LookupCase *c = &lookup_cases[_i];
    uint32_t out[UC_SEQUENCE_MAX] = {0};
    ck_assert_int_eq(uc_lookup(c->name, strlen(c->name), c->flags, out), c->n);
    for (int i = 0; i < c->n; i++) ck_assert_uint_eq(out[i], c->cp[i]);
}
END_TEST

START_TEST(no_name) {
    char name[UC_NAME_MAX];
    ck_assert_int_eq(uc_name(0xa, name), 0);
    ck_assert_int_eq(uc_name(0xd800, name), 0);
    ck_assert_int_eq(uc_name(0x110000, name), 0);
    ck_assert_int_eq(uc_name(0x1fae8, name), 0); // 15.0
    char long_name[400];
    uint32_t out[UC_SEQUENCE_MAX];
    memset(long_name, 'A', sizeof long_name);
    ck_assert_int_eq(uc_lookup(long_name, sizeof long_name, 0, out), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/unicode_names");
    TCase *tc = tcase_create("all");
    tcase_add_test(tc, every_name_leads_back);
    tcase_add_loop_test(tc, lookup, 0, (int)countof(lookup_cases));
    tcase_add_test(tc, no_name);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
