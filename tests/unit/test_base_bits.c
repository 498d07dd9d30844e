// SPDX-License-Identifier: MIT
//
// Units for base/atomics.h, base/assert.h and base/bits.h.
#include "base/assert.h"
#include "base/atomics.h"
#include "base/bits.h"

#include "suite.h"
#include <stdlib.h>

START_TEST(atomics_return_the_old_value) {
    uint8_t b = 1;
    uint32_t w = 7;
    uint64_t q = UINT64_MAX;
    void *p = &b;
    ck_assert_uint_eq(at_exchange_acq_rel(&b, 3), 1);
    ck_assert_uint_eq(at_fetch_add_relaxed(&w, 5), 7);
    ck_assert_uint_eq(at_fetch_or_acq_rel(&w, 0x80000000u), 12);
    ck_assert_uint_eq(at_fetch_and_relaxed(&w, 0xff), 0x8000000cu);
    ck_assert_uint_eq(at_load_acquire(&w), 12);
    ck_assert_uint_eq(at_fetch_add_seq(&q, 1), UINT64_MAX);
    ck_assert_uint_eq(at_load_relaxed(&q), 0);
    ck_assert_ptr_eq(at_exchange_acq_rel(&p, NULL), &b);
    at_store_release(&p, &w);
    ck_assert_ptr_eq(at_load_acquire(&p), &w);
}
END_TEST

START_TEST(cas_reports_what_it_found) {
    uint32_t w = 5, expected = 4;
    ck_assert(!at_cas_acq_rel(&w, &expected, 9));
    ck_assert_uint_eq(expected, 5);
    ck_assert(at_cas_acq_rel(&w, &expected, 9));
    ck_assert_uint_eq(w, 9);
}
END_TEST

START_TEST(bits_edges) {
    ck_assert_uint_eq(rotl64(0x8000000000000001u, 4), 0x18);
    ck_assert_uint_eq(rotr64(rotl64(0x0123456789abcdefu, 0), 0), 0x0123456789abcdefu);
    ck_assert_uint_eq(clz64(0), 64);
    ck_assert_uint_eq(ctz32(0), 32);
    ck_assert_uint_eq(bit_length64(0), 0);
    ck_assert_uint_eq(bit_length64(UINT64_MAX), 64);
    ck_assert_uint_eq(next_pow2(0), 1);
    ck_assert_uint_eq(next_pow2(1), 1);
    ck_assert_uint_eq(next_pow2(3), 4);
    ck_assert_uint_eq(next_pow2((uint64_t)1 << 63), (uint64_t)1 << 63);
    ck_assert_uint_eq(next_pow2(((uint64_t)1 << 63) + 1), 0);
    ck_assert_uint_eq(align_up(17, 16), 32);
    ck_assert_uint_eq(align_up(32, 16), 32);
    ck_assert(!is_pow2(0) && is_pow2(1) && !is_pow2(6));
    size_t r;
    ck_assert(size_mul_overflow(SIZE_MAX / 2 + 1, 2, &r));
    ck_assert(!size_add_overflow(1, 2, &r) && r == 3);
}
END_TEST

START_TEST(bits_byte_order) {
    const unsigned char raw[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    unsigned char out[8];
    ck_assert_uint_eq(load_le16(raw + 1), 0x0201);
    ck_assert_uint_eq(load_be16(raw + 1), 0x0102);
    ck_assert_uint_eq(load_le32(raw + 1), 0x04030201);
    ck_assert_uint_eq(load_be64(raw + 1), 0x0102030405060708u);
    store_be32(out, 0x01020304);
    ck_assert_int_eq(memcmp(out, raw + 1, 4), 0);
    store_le64(out, 0x0807060504030201u);
    ck_assert_int_eq(memcmp(out, raw + 1, 8), 0);
    ck_assert_uint_eq(double_bits(1.0), 0x3ff0000000000000u);
    ck_assert(double_from_bits(double_bits(-0.25)) == -0.25);
}
END_TEST

START_TEST(assert_aborts) { assert_failed("file.c", 12, "f", "a == b"); }
END_TEST

START_TEST(countof_counts) {
    int a[7];
    ck_assert_uint_eq(countof(a), 7);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/bits");
    TCase *tc = tcase_create("all");
    tcase_add_test(tc, atomics_return_the_old_value);
    tcase_add_test(tc, cas_reports_what_it_found);
    tcase_add_test(tc, bits_edges);
    tcase_add_test(tc, bits_byte_order);
    tcase_add_test(tc, countof_counts);
    tcase_add_test_raise_signal(tc, assert_aborts, 6);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
