// SPDX-License-Identifier: MIT
//
// Units for base/siphash.h: the paper's SipHash-2-4 vectors, and what hash() gives in CPython 3.11 on amd64 under
// several values of PYTHONHASHSEED.
#include "base/siphash.h"
#include "base/assert.h"

#include "suite.h"
#include <stdlib.h>
#include <string.h>

START_TEST(paper_vectors) {
    const uint64_t expected[] = {0x726fdb47dd0e0e31u, 0x74f839c593dc67fdu, 0x0d6c8009d9a94f5au, 0x85676696d7fb7e2du,
                                 0xcf2794e0277187b7u, 0x18765564cd99a68du, 0xcbc9466e58fee3ceu, 0xab0200f58b01d137u};
    unsigned char data[16];
    for (int i = 0; i < 16; i++) data[i] = (unsigned char)i;
    HashKey key = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
    for (size_t n = 0; n < countof(expected); n++) ck_assert_uint_eq(siphash24(key, data, n), expected[n]);
    ck_assert_uint_eq(siphash24(key, data, 15), 0xa129ca6149be45e5u);
}
END_TEST

typedef struct SeedCase {
    uint32_t seed;
    const char *text;
    size_t n;
    uint64_t hash;
} SeedCase;

static const uint16_t nihon[] = {0x65e5, 0x672c};
static const uint32_t emoji[] = {0x1f600, 'a', 'b', 'c'};

START_TEST(same_as_cpython) {
    const SeedCase cases[] = {
        {0, "abc", 3, 13851880170939887858u},
        {0, "a", 1, 4644417185603328019u},
        {0, "\xe9", 1, 6047309291227476195u},
        {0, (const char *)nihon, sizeof nihon, 6243316497235261705u},
        {0, (const char *)emoji, sizeof emoji, 5931244574321749035u},
        {1, "abc", 3, 13779435337733863029u},
        {1, (const char *)nihon, sizeof nihon, 8399330583414457596u},
        {42, "abc", 3, 3869580338025362921u},
        {42, (const char *)emoji, sizeof emoji, 6258707712585808282u},
        {4294967295u, "abc", 3, 12324254517471013215u},
        {4294967295u, "a", 1, 12457060260671711367u},
    };
    const uint64_t hundred_x[][2] = {{0, 1359644457043326220u}, {4294967295u, 2424569201148640282u}};
    for (size_t i = 0; i < countof(cases); i++) {
        siphash_set_process_key(siphash_key_from_seed(cases[i].seed));
        ck_assert_uint_eq(siphash_bytes(cases[i].text, cases[i].n), cases[i].hash);
        ck_assert_uint_eq(siphash_bytes("", 0), 0);
    }
    char x[100];
    memset(x, 'x', sizeof x);
    for (size_t i = 0; i < countof(hundred_x); i++) {
        siphash_set_process_key(siphash_key_from_seed((uint32_t)hundred_x[i][0]));
        ck_assert_uint_eq(siphash_bytes(x, sizeof x), hundred_x[i][1]);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/siphash");
    TCase *tc = tcase_create("all");
    tcase_add_test(tc, paper_vectors);
    tcase_add_test(tc, same_as_cpython);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
