// SPDX-License-Identifier: MIT
//
// Units for base/utf8.h. The error cases are CPython's: bytes.decode('utf-8') reports these positions and reasons.
#include "base/utf8.h"
#include "base/assert.h"

#include "suite.h"
#include <stdlib.h>
#include <string.h>

typedef struct BadCase {
    const char *text;
    size_t n, start, end;
    Utf8Status status;
} BadCase;

static const BadCase bad_cases[] = {
    {"\x80", 1, 0, 1, UTF8_BAD_START},
    {"ab\xc0\x80", 4, 2, 3, UTF8_BAD_START},
    {"\xc1\xbf", 2, 0, 1, UTF8_BAD_START},
    {"\xf5\x80\x80\x80", 4, 0, 1, UTF8_BAD_START},
    {"\xff", 1, 0, 1, UTF8_BAD_START},
    {"\xc3", 1, 0, 1, UTF8_UNEXPECTED_END},
    {"\xc3x", 2, 0, 1, UTF8_BAD_CONTINUATION},
    {"\xe2\x82", 2, 0, 2, UTF8_UNEXPECTED_END},
    {"\xe2", 1, 0, 1, UTF8_UNEXPECTED_END},
    {"\xe2\x82z", 3, 0, 2, UTF8_BAD_CONTINUATION},
    {"\xe0\x80\x80", 3, 0, 1, UTF8_BAD_CONTINUATION},
    {"\xe0\x80", 2, 0, 1, UTF8_BAD_CONTINUATION},
    {"\xed\xa0\x80", 3, 0, 1, UTF8_BAD_CONTINUATION},
    {"\xed\xa0", 2, 0, 1, UTF8_BAD_CONTINUATION},
    {"\xf0\x80\x80\x80", 4, 0, 1, UTF8_BAD_CONTINUATION},
    {"\xf0\x9f\x98", 3, 0, 3, UTF8_UNEXPECTED_END},
    {"\xf0\x9f", 2, 0, 2, UTF8_UNEXPECTED_END},
    {"\xf0\x9f\x98z", 4, 0, 3, UTF8_BAD_CONTINUATION},
    {"\xf0\x9fz", 3, 0, 2, UTF8_BAD_CONTINUATION},
    {"\xf4\x90\x80\x80", 4, 0, 1, UTF8_BAD_CONTINUATION},
    {"caf\xc3\xa9\xe9!", 7, 5, 6, UTF8_BAD_CONTINUATION},
};

START_TEST(scan_reports_errors) {
    const BadCase *c = &bad_cases[_i];
    Utf8Scan scan = utf8_scan(c->text, c->n, UTF8_STRICT);
    ck_assert_int_eq(scan.status, c->status);
    ck_assert_uint_eq(scan.error_at, c->start);
    ck_assert_uint_eq(scan.error_at + scan.error_len, c->end);
}
END_TEST

START_TEST(reasons_are_pythons) {
    ck_assert_str_eq(utf8_reason(UTF8_OK), "");
    ck_assert_str_eq(utf8_reason(UTF8_BAD_START), "invalid start byte");
    ck_assert_str_eq(utf8_reason(UTF8_BAD_CONTINUATION), "invalid continuation byte");
    ck_assert_str_eq(utf8_reason(UTF8_UNEXPECTED_END), "unexpected end of data");
}
END_TEST

START_TEST(every_code_point_round_trips) {
    unsigned char bytes[4];
    for (uint32_t cp = 0; cp <= UTF8_MAX_CP; cp++) {
        unsigned n = utf8_encode_one(cp, bytes), len = 0;
        uint32_t back = 0;
        Utf8Status strict = utf8_decode_one(bytes, bytes + n, UTF8_STRICT, &back, &len);
        if (cp_is_surrogate(cp)) {
            ck_assert_int_eq(strict, UTF8_BAD_CONTINUATION);
            ck_assert_uint_eq(len, 1);
            strict = utf8_decode_one(bytes, bytes + n, UTF8_SURROGATES, &back, &len);
        }
        if (strict != UTF8_OK || back != cp || len != n) ck_abort_msg("U+%04X does not round-trip", cp);
        Utf8Scan scan = utf8_scan(bytes, n, UTF8_SURROGATES);
        uint32_t max_class = cp < 0x80 ? 0x7f : cp < 0x100 ? 0xff : cp < 0x10000 ? 0xffff : 0x10ffff;
        if (scan.status != UTF8_OK || scan.count != 1 || scan.max_class != max_class)
            ck_abort_msg("U+%04X is scanned wrong", cp);
    }
}
END_TEST

START_TEST(ascii_prefix_at_every_offset) {
    unsigned char text[70];
    for (size_t n = 0; n < sizeof text; n++) {
        memset(text, 'a', sizeof text);
        ck_assert_uint_eq(utf8_ascii_prefix(text, n), n);
        for (size_t at = 0; at < n; at++) {
            text[at] = 0x80;
            ck_assert_uint_eq(utf8_ascii_prefix(text, n), at);
            text[at] = 'a';
        }
    }
}
END_TEST

START_TEST(long_text_through_every_kind) {
    enum { N = 1000 };
    static uint32_t text[N], four[N];
    static uint16_t two[N];
    static uint8_t one[N];
    static unsigned char bytes[4 * N];
    const uint32_t limits[] = {0x80, 0x100, 0xd800, 0x110000};
    srand(7);
    for (int round = 0; round < 400; round++) {
        uint32_t limit = limits[round % 4];
        for (int i = 0; i < N; i++) {
            text[i] = rand() % 4 ? (uint32_t)rand() % 0x80 : (uint32_t)rand() % limit;
            if (cp_is_surrogate(text[i])) text[i] = 'x';
        }
        size_t done, size = utf8_size_4(text, N);
        unsigned char *end = utf8_encode_4(text, N, UTF8_STRICT, bytes, &done);
        ck_assert_uint_eq(done, N);
        ck_assert_uint_eq((size_t)(end - bytes), size);
        Utf8Scan scan = utf8_scan(bytes, size, UTF8_STRICT);
        ck_assert_int_eq(scan.status, UTF8_OK);
        ck_assert_uint_eq(scan.count, N);
        ck_assert_uint_eq(scan.error_at, size);
        ck_assert_uint_eq(utf8_decode_4(bytes, size, four), N);
        ck_assert_int_eq(memcmp(text, four, sizeof text), 0);
        if (limit <= 0x10000) {
            ck_assert_uint_eq(utf8_decode_2(bytes, size, two), N);
            for (int i = 0; i < N; i++) ck_assert_uint_eq(two[i], text[i]);
            ck_assert_uint_eq(utf8_size_2(two, N), size);
            memset(bytes, 0, sizeof bytes);
            ck_assert_ptr_eq(utf8_encode_2(two, N, UTF8_STRICT, bytes, NULL), bytes + size);
        }
        if (limit <= 0x100) {
            ck_assert_uint_eq(utf8_decode_1(bytes, size, one), N);
            for (int i = 0; i < N; i++) ck_assert_uint_eq(one[i], text[i]);
            ck_assert_uint_eq(utf8_size_1(one, N), size);
            ck_assert_ptr_eq(utf8_encode_1(one, N, bytes), bytes + size);
            ck_assert_uint_eq(utf8_decode_4(bytes, size, four), N);
            ck_assert_int_eq(memcmp(text, four, sizeof text), 0);
        }
    }
}
END_TEST

START_TEST(strict_encoding_stops_at_a_surrogate) {
    const uint16_t text[] = {'a', 0x20ac, 0xdc80, 'b'};
    unsigned char bytes[16];
    size_t done;
    ck_assert_ptr_eq(utf8_encode_2(text, 4, UTF8_STRICT, bytes, &done), bytes + 4);
    ck_assert_uint_eq(done, 2);
    ck_assert_ptr_eq(utf8_encode_2(text, 4, UTF8_SURROGATES, bytes, &done), bytes + 8);
    ck_assert_uint_eq(done, 4);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/utf8");
    TCase *tc = tcase_create("all");
    tcase_add_loop_test(tc, scan_reports_errors, 0, (int)countof(bad_cases));
    tcase_add_test(tc, reasons_are_pythons);
    tcase_add_test(tc, every_code_point_round_trips);
    tcase_add_test(tc, ascii_prefix_at_every_offset);
    tcase_add_test(tc, long_text_through_every_kind);
    tcase_add_test(tc, strict_encoding_stops_at_a_surrogate);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
