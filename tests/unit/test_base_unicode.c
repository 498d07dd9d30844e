// SPDX-License-Identifier: MIT
//
// Units for base/unicode.h without the names. Each property is walked over all code points into a checksum, which was
// computed from what CPython 3.11's str methods and unicodedata module say:
//
//   h = (h * 1000003) ^ value modulo 2^64, starting from 0; a text adds its length and then its code points
//
// Normalisation of more than one code point is tested with chosen texts.
#include "base/unicode.h"
#include "base/bits.h"

#include "suite.h"
#include <stdlib.h>
#include <string.h>

static uint64_t mix(uint64_t h, uint64_t value) { return (h * 1000003u) ^ value; }

static uint64_t mix_cps(uint64_t h, const uint32_t *text, size_t n) {
    h = mix(h, n);
    for (size_t i = 0; i < n; i++) h = mix(h, text[i]);
    return h;
}

static uint64_t mix_text(uint64_t h, const char *text) {
    h = mix(h, strlen(text));
    for (; *text; text++) h = mix(h, (unsigned char)*text);
    return h;
}

START_TEST(predicates) {
    uint64_t h = 0;
    for (uint32_t cp = 0; cp < UC_LIMIT; cp++) {
        // the bit order of the checksum; istitle is not there: str.istitle is another question
        const bool bits[] = {uc_is_alpha(cp),
                             uc_is_decimal(cp),
                             uc_is_digit(cp),
                             uc_is_numeric(cp),
                             uc_is_space(cp),
                             uc_is_linebreak(cp),
                             uc_is_upper(cp),
                             uc_is_lower(cp),
                             uc_is_printable(cp),
                             uc_is_xid_start(cp),
                             uc_is_xid_continue(cp) && cp != '_'};
        unsigned value = 0;
        for (unsigned i = 0; i < countof(bits); i++) value |= (unsigned)bits[i] << i;
        h = mix(h, value);
    }
    ck_assert_uint_eq(h, 0xeb2d213ad791f7ecu);
    ck_assert(uc_is_title(0x1c5) && !uc_is_title('A'));
    ck_assert(uc_is_cased('a') && uc_is_case_ignorable('\'') && !uc_is_case_ignorable(' '));
    ck_assert(uc_is_alnum('7') && uc_is_alnum(0xbd) && !uc_is_alnum('_'));
}
END_TEST

START_TEST(values) {
    uint64_t h = 0;
    for (uint32_t cp = 0; cp < UC_LIMIT; cp++) {
        h = mix(h, (uint64_t)(int64_t)uc_decimal_value(cp));
        h = mix(h, (uint64_t)(int64_t)uc_digit_value(cp));
        h = mix(h, double_bits(uc_numeric_value(cp)));
    }
    ck_assert_uint_eq(h, 0x65ee41feba88537u);
}
END_TEST

START_TEST(case_mappings) {
    uint64_t h = 0;
    uint32_t out[UC_CASE_MAX];
    for (uint32_t cp = 0; cp < UC_LIMIT; cp++) {
        h = mix_cps(h, out, (size_t)uc_to_upper_full(cp, out));
        h = mix_cps(h, out, (size_t)uc_to_lower_full(cp, out));
        h = mix_cps(h, out, (size_t)uc_to_title_full(cp, out));
        h = mix_cps(h, out, (size_t)uc_fold_full(cp, out));
    }
    ck_assert_uint_eq(h, 0x47d9c5f53e25648u);
    ck_assert_uint_eq(uc_to_upper(0xdf), 0xdf);
    ck_assert_uint_eq(uc_to_upper(0xff), 0x178);
    ck_assert_uint_eq(uc_to_lower(0x130), 'i');
    ck_assert_uint_eq(uc_to_title(0x1c4), 0x1c5);
}
END_TEST

START_TEST(information) {
    uint64_t h = 0;
    for (uint32_t cp = 0; cp < UC_LIMIT; cp++) {
        const UcInfo *info = uc_info(cp);
        h = mix(mix(h, info->combining), info->mirrored);
        h = mix_text(h, uc_category_name(info->category));
        h = mix_text(h, uc_bidirectional_name(info->bidirectional));
        h = mix_text(h, uc_east_asian_width_name(info->east_asian_width));
    }
    ck_assert_uint_eq(h, 0x30debef6cf5e2243u);
    ck_assert_uint_eq(uc_info('A')->age, 11);
    ck_assert_uint_eq(uc_info(0x1fae8)->age, 0); // came with 15.0
}
END_TEST

START_TEST(decompositions) {
    uint64_t h = 0;
    for (uint32_t cp = 0; cp < UC_LIMIT; cp++) {
        const uint32_t *cps;
        const char *tag;
        int n = uc_decomposition(cp, &cps, &tag);
        h = mix_cps(mix_text(h, tag), cps, (size_t)n);
    }
    ck_assert_uint_eq(h, 0x1259375dd2583b96u);
}
END_TEST

START_TEST(normal_forms_of_one) {
    static const uint64_t expected[] = {0x20402745472fca28u, 0x25bf54c2ca464374u, 0xb8448af66ad4200bu,
                                        0x880e54959493854au};
    uint64_t h = 0;
    UcText text = VEC_INIT;
    for (uint32_t cp = 0; cp < UC_LIMIT; cp++) {
        vec_clear(&text);
        ck_assert(uc_normalize((UcForm)_i, &cp, 1, &text));
        h = mix_cps(h, text.data, text.len);
        h = mix(h, (uint64_t)uc_is_normalized((UcForm)_i, &cp, 1));
    }
    vec_free(&text);
    ck_assert_uint_eq(h, expected[_i]);
}
END_TEST

START_TEST(beyond_the_last) {
    uint32_t out[UC_CASE_MAX];
    const uint32_t *cps;
    const char *tag;
    ck_assert(!uc_is_alpha(0x110000) && !uc_is_printable(UINT32_MAX));
    ck_assert_int_eq(uc_to_upper_full(UINT32_MAX, out), 1);
    ck_assert_uint_eq(out[0], UINT32_MAX);
    ck_assert_str_eq(uc_category_name(uc_category(0x110000)), "Cn");
    ck_assert_int_eq(uc_decomposition(0x110000, &cps, &tag), 0);
}
END_TEST

typedef struct NormalCase {
    UcForm form;
    uint32_t text[8], normal[8];
} NormalCase;

static const NormalCase normal_cases[] = {
    {UC_NFC, {'e', 0x301}, {0xe9}},
    {UC_NFD, {0xe9}, {'e', 0x301}},
    {UC_NFC, {0x1e0b, 0x323}, {0x1e0d, 0x307}},
    {UC_NFD, {0x1e0b, 0x323}, {'d', 0x323, 0x307}},
    {UC_NFC, {'q', 0x307, 0x323}, {'q', 0x323, 0x307}},
    {UC_NFC, {0x1100, 0x1161, 0x11a8}, {0xac01}},
    {UC_NFD, {0xac01}, {0x1100, 0x1161, 0x11a8}},
    {UC_NFC, {0xac00, 0x11a7}, {0xac00, 0x11a7}},
    {UC_NFC, {0x212b}, {0xc5}},
    {UC_NFC, {0x958}, {0x915, 0x93c}}, // excluded from composition
    {UC_NFC, {0xb47, 0x300, 0xb3e}, {0xb47, 0x300, 0xb3e}},
    {UC_NFC, {'a', 0x5ae, 0x300}, {0xe0, 0x5ae}},
    {UC_NFC, {'a', 0x301, 0x300}, {0xe1, 0x300}},
    {UC_NFKC, {0xfb01, 0xb2}, {'f', 'i', '2'}},
    {UC_NFKD, {0x1e9b, 0x323}, {'s', 0x323, 0x307}},
    {UC_NFKC, {0x1e9b, 0x323}, {0x1e69}},
    {UC_NFC, {0x1e9b, 0x323}, {0x1e9b, 0x323}},
    {UC_NFC, {0}, {0}},
};

static size_t length(const uint32_t *text) {
    size_t n = 0;
    while (n < 8 && text[n]) n++;
    return n;
}

START_TEST(normal_forms) {
    const NormalCase *c = &normal_cases[_i];
    UcText text = VEC_INIT;
    size_t n = length(c->normal);
    ck_assert(uc_normalize(c->form, c->text, length(c->text), &text));
    ck_assert_uint_eq(text.len, n);
    if (n) ck_assert_int_eq(memcmp(text.data, c->normal, n * sizeof(uint32_t)), 0);
    ck_assert_int_eq(uc_is_normalized(c->form, c->normal, n), 1);
    bool same = n == length(c->text) && memcmp(c->text, c->normal, sizeof c->text) == 0;
    ck_assert_int_eq(uc_is_normalized(c->form, c->text, length(c->text)), same);
    vec_free(&text);
}
END_TEST

START_TEST(many_marks) { // both ways of sorting keep the order of equal classes
    enum { N = 1000 };
    static uint32_t text[N + 1];
    UcText out = VEC_INIT;
    text[0] = 'x';
    for (size_t i = 1; i <= N; i++) text[i] = i % 3 == 0 ? 0x323 : i % 3 == 1 ? 0x301 : 0x302;
    ck_assert(uc_normalize(UC_NFD, text, N + 1, &out));
    ck_assert_uint_eq(out.len, N + 1);
    for (size_t i = 1; i <= N; i++) ck_assert_uint_eq(out.data[i], i <= 333 ? 0x323 : (i - 333) % 2 ? 0x301 : 0x302);
    vec_free(&out);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/unicode");
    TCase *tc = tcase_create("all");
    tcase_add_test(tc, predicates);
    tcase_add_test(tc, values);
    tcase_add_test(tc, case_mappings);
    tcase_add_test(tc, information);
    tcase_add_test(tc, decompositions);
    tcase_add_loop_test(tc, normal_forms_of_one, 0, 4);
    tcase_add_test(tc, beyond_the_last);
    tcase_add_loop_test(tc, normal_forms, 0, (int)countof(normal_cases));
    tcase_add_test(tc, many_marks);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
