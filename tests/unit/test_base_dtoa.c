// SPDX-License-Identifier: MIT
//
// Units for base/dtoa.h. Random values of several kinds (any bit pattern, short decimals, integers, powers of two and
// their neighbours, halves) go through printf and strtod of the C library, which are correctly rounded too.
#include "base/dtoa.h"
#include "base/bits.h"

#include "suite.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint64_t next_random(void) { // xorshift64*
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 2685821657736338717u;
}

static double random_double(int kind) {
    static const double tens[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10};
    uint64_t r = next_random();
    double d;
    switch (kind % 7) {
    case 0:
        d = (double)(r % 1000000) / tens[r % 7];
        break;
    case 1:
        d = (double)(int64_t)(r >> (r & 63));
        break;
    case 2:
        d = (double)(r % 100000) / 8;
        break; // exact halves
    case 3:
        d = ldexp(1.0, (int)(r % 2098) - 1074);
        break;
    case 4:
        d = nextafter(ldexp(1.0, (int)(r % 2098) - 1074), r & 1 ? 0 : INFINITY);
        break;
    case 5:
        d = (double)(r >> 11) / tens[r % 11];
        break;
    default:
        d = double_from_bits(r);
        break;
    }
    return isfinite(d) ? d : 1.5;
}

static void check_format(double d, char code, int precision) {
    char format[8] = {'%', '.', '*', code, 0}, expected[1600];
    char *text;
    int n = snprintf(expected, sizeof expected, format, precision, d);
    ptrdiff_t len = double_format(d, code, precision, 0, &text);
    if (len != n || strcmp(text, expected) != 0)
        ck_abort_msg("%a as %%.%d%c: '%s', expected '%s'", d, precision, code, text, expected);
    free(text);
}

static bool same_double(double a, double b) { return double_bits(a) == double_bits(b) || (isnan(a) && isnan(b)); }

static void check_parse(const char *text) {
    char *expected_end;
    const char *end;
    double expected = strtod(text, &expected_end), got = double_parse(text, strlen(text), &end);
    if (!same_double(got, expected) || end != expected_end)
        ck_abort_msg("'%s' is read as %a, expected %a", text, got, expected);
}

START_TEST(repr_round_trips_and_is_shortest) {
    char buf[DOUBLE_REPR_SIZE], other[64];
    for (int i = 0; i < 300000; i++) {
        double d = random_double(i);
        size_t n = double_repr(d, buf);
        ck_assert(n == strlen(buf) && n < DOUBLE_REPR_SIZE);
        if (!same_double(strtod(buf, NULL), d)) ck_abort_msg("%a has repr %s", d, buf);
        if (!same_double(double_parse(buf, n, NULL), d)) ck_abort_msg("%a is not read back from %s", d, buf);
        DoubleDigits s = double_shortest(d);
        if (s.digits == 0) continue;
        int digits = snprintf(other, sizeof other, "%llu", (unsigned long long)s.digits);
        ck_assert(s.digits % 10 != 0 && digits <= 17);
        if (digits < 2) continue;
        // no shorter text reads back: the nearest with one digit less does not
        snprintf(other, sizeof other, "%.*e", digits - 2, d);
        if (same_double(strtod(other, NULL), d)) ck_abort_msg("%a: %s, but %s would do", d, buf, other);
        // and among those of its length it is the nearest
        if (digits < 17 && (double_bits(d) & 0xfffffffffffffu) != 0) { // (the gap below a power of two is half as wide)
            snprintf(other, sizeof other, "%.*e", digits - 1, d);
            ck_assert(same_double(strtod(other, NULL), d));
        }
    }
}
END_TEST

START_TEST(repr_is_pythons) {
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {0.1, "0.1"},
        {1e16, "1e+16"},
        {9999999999999998.0, "9999999999999998.0"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {1e-4, "0.0001"},
        {1e-5, "1e-05"},
        {0.00012345, "0.00012345"},
        {1.5e-7, "1.5e-07"},
        {1e100, "1e+100"},
        {1e22, "1e+22"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
        {-NAN, "nan"},
        {1e15, "1000000000000000.0"},
        {123.456, "123.456"},
        {2e-44, "2e-44"},
        {9007199254740993.0, "9007199254740992.0"},
        {9.5e-3, "0.0095"},
        {100.0, "100.0"},
        {1e23, "1e+23"},
        {4.35, "4.35"},
        {2.98023223876953125e-8, "2.9802322387695312e-08"},
    };
    char buf[DOUBLE_REPR_SIZE], *text;
    for (size_t i = 0; i < countof(cases); i++) {
        double_repr(cases[i].value, buf);
        ck_assert_str_eq(buf, cases[i].text);
        ck_assert_int_eq(double_format(cases[i].value, 'r', 0, DOUBLE_ADD_DOT_0, &text), (ptrdiff_t)strlen(buf));
        ck_assert_str_eq(text, buf);
        free(text);
    }
}
END_TEST

START_TEST(precisions_are_printfs) {
    static const char codes[] = "efg";
    for (int i = 0; i < 300000; i++) {
        double d = random_double(i);
        uint64_t r = next_random();
        char code = codes[r % 3];
        int precision = (int)(r >> 8 & 15) ? (int)(r >> 16 & 15) + 3 * !(r >> 20 & 3) : (int)(r >> 16) % 60;
        if (precision < 0) precision = -precision;
        check_format(d, code, precision);
    }
}
END_TEST

// double_fixed writes what printf does, or nothing.
static bool check_fixed(double d, int places) {
    char expected[400], buf[DOUBLE_FIXED_SIZE];
    memset(buf, '#', sizeof buf);
    size_t len = double_fixed(d, places, buf);
    if (len == 0) return false;
    snprintf(expected, sizeof expected, "%.*f", places, d);
    if (len != strlen(expected) || memcmp(buf, expected, len + 1) != 0)
        ck_abort_msg("%a to %d places: '%.48s', expected '%s'", d, places, buf, expected);
    return true;
}

START_TEST(fixed_places_are_printfs) {
    static const double some[] = {0.0, -0.0, 0.5, 1.5, 2.5, -2.5, 0.125, 0.375, 0.005, 1.005, 9.995, 99.995, 999999999999999.9, 1e17,
                                  123456789012345680.0, 999999999999999999.0, 5e-324, -5e-324, 1e-17, 4.9e-17, 0x1p-60, 0.1, 1.0 / 3};
    for (int places = 0; places <= DOUBLE_FIXED_PLACES; places++)
        for (size_t i = 0; i < countof(some); i++) check_fixed(some[i], places);
    ck_assert(check_fixed(0.0, 0) && check_fixed(-0.0, 3) && check_fixed(2.5, 2) && check_fixed(-0.001, 2));
    ck_assert(!check_fixed(1e18, 0) && !check_fixed(1e300, 2) && !check_fixed(12.0, 17));
    ck_assert(!check_fixed(NAN, 2) && !check_fixed(INFINITY, 2) && !check_fixed(-INFINITY, 2));
    int written = 0;
    for (int i = 0; i < 200000; i++) written += check_fixed(i & 1 ? -random_double(i) : random_double(i), (int)(next_random() % (DOUBLE_FIXED_PLACES + 1)));
    ck_assert_int_gt(written, 50000);
}
END_TEST

START_TEST(extreme_precisions) {
    static const double values[] = {5e-324,
                                    2.2250738585072009e-308,
                                    1.7976931348623157e308,
                                    0.1,
                                    1e22,
                                    1e23,
                                    0.5,
                                    2.5,
                                    9.5,
                                    0.05,
                                    1e-5,
                                    123456.5,
                                    999999.5,
                                    0.0,
                                    -1.0,
                                    4503599627370497.5};
    for (size_t i = 0; i < countof(values); i++)
        for (int precision = 0; precision <= 1100; precision += precision < 40 ? 1 : 53) {
            check_format(values[i], 'e', precision);
            check_format(values[i], 'f', precision);
            check_format(values[i], 'g', precision);
        }
}
END_TEST

START_TEST(flags_and_capitals) {
    static const struct {
        double value;
        char code;
        int precision;
        unsigned flags;
        const char *text;
    } cases[] = {
        {1.0, 'g', 6, DOUBLE_ALT, "1.00000"},
        {1.0, 'g', 6, DOUBLE_ADD_DOT_0, "1.0"},
        {123456.0, 'g', 6, DOUBLE_ADD_DOT_0, "1.23456e+05"},
        {123456.0, 'g', 6, 0, "123456"},
        {1e20, 'r', 0, DOUBLE_ALT, "1.e+20"},
        {1.0, 'r', 0, 0, "1"},
        {1.0, 'f', 0, DOUBLE_ALT, "1."},
        {1.0, 'e', 0, DOUBLE_ALT, "1.e+00"},
        {0.0, 'g', 3, DOUBLE_ALT, "0.00"},
        {1.5, 'f', 1, DOUBLE_SIGN, "+1.5"},
        {-1.5, 'f', 1, DOUBLE_SIGN, "-1.5"},
        {NAN, 'f', 1, DOUBLE_SIGN, "+nan"},
        {-INFINITY, 'F', 1, DOUBLE_SIGN, "-INF"},
        {NAN, 'E', 1, 0, "NAN"},
        {1e300, 'E', 2, 0, "1.00E+300"},
        {1e-10, 'G', 6, 0, "1E-10"},
        {0.125, '%', 0, 0, "12%"},
        {0.125, '%', 1, 0, "12.5%"},
        {INFINITY, '%', 1, 0, "inf%"},
        {-0.0, 'f', 1, DOUBLE_NO_NEG_ZERO, "0.0"},
        {-0.04, 'f', 1, DOUBLE_NO_NEG_ZERO, "0.0"},
        {-0.06, 'f', 1, DOUBLE_NO_NEG_ZERO, "-0.1"},
        {-0.04, 'f', 1, 0, "-0.0"},
        {0.5, 'f', 0, 0, "0"},
        {1.5, 'f', 0, 0, "2"},
        {9.99, 'g', 2, 0, "10"},
        {0.0001, 'g', 0, 0, "0.0001"},
        {0.00001, 'g', 0, 0, "1e-05"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        char *text;
        ck_assert_int_ge(double_format(cases[i].value, cases[i].code, cases[i].precision, cases[i].flags, &text), 0);
        ck_assert_str_eq(text, cases[i].text);
        free(text);
    }
}
END_TEST

START_TEST(parse_agrees_with_strtod) {
    char text[1200];
    for (int i = 0; i < 400000; i++) {
        uint64_t r = next_random();
        double d = random_double(i);
        switch (r % 6) {
        case 0:
            snprintf(text, sizeof text, "%.17g", d);
            break;
        case 1:
            snprintf(text, sizeof text, "%llue%d", (unsigned long long)next_random(), (int)(r >> 8 & 1023) - 530);
            break;
        case 2:
            snprintf(text, sizeof text, "%llu%09llu.%llue%d", (unsigned long long)next_random(),
                     (unsigned long long)r % 1000000000, (unsigned long long)next_random(), (int)(r >> 8 & 1023) - 530);
            break;
        case 3:
            snprintf(text, sizeof text, "%.*f", (int)(r >> 8 & 31), d);
            break;
        case 4:
            snprintf(text, sizeof text, "%llue%d", (unsigned long long)next_random() >> (r >> 8 & 63),
                     (int)(r >> 16 & 63) - 32);
            break;
        default:
            snprintf(text, sizeof text, "%.*e", (int)(r >> 8) % 30 & 31, d);
            break;
        }
        check_parse(text);
    }
}
END_TEST

// The points halfway between neighbouring doubles, written out in full, and the numbers just above and below.
START_TEST(parse_halfway_points) {
    char text[1600];
    for (int i = 0; i < 3000; i++) {
        double d = i < 100 ? double_from_bits((uint64_t)i) : fabs(random_double(i));
        double next = nextafter(d, INFINITY);
        if (!isfinite(next)) continue;
        long double middle = ((long double)d + (long double)next) / 2;
        int n = snprintf(text, sizeof text, "%.1100Lf", middle);
        check_parse(text);
        text[n - 1]++;
        check_parse(text);
        snprintf(text, sizeof text, "%.800Le", middle);
        check_parse(text);
        snprintf(text, sizeof text, "%.25Le", middle);
        check_parse(text);
    }
}
END_TEST

START_TEST(parse_edges) {
    static const char *const texts[] = {
        "0",
        "-0",
        "+0.0",
        "1",
        ".5",
        "5.",
        "-.5e1",
        "1e",
        "1e+",
        "1e5x",
        "1.2.3",
        "",
        ".",
        "-",
        "e5",
        "+-1",
        "0e999999999999999999999",
        "1e999999999999999999999",
        "1e-999999999999999999999",
        "-1e400",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "17976931348623158079372897140530341507993413271003782693617377898044496829276475094664901797758720709633028641"
        "66928879109465555478519404026306574886715058206819089020007083836762738548458177115317644757302700698555713669"
        "59622842914819860834936475292719074168444365510704342711559699508093042880",
        "4.9e-324",
        "2.4703282292062327208e-324",
        "2.4703282292062328e-324",
        "2.4703282292062327e-324",
        "2.2250738585072011e-308",
        "inf",
        "-INF",
        "Infinity",
        "infinit",
        "infinityx",
        "nan",
        "NaNs",
        "-inf",
        "in",
        "9007199254740993",
        "9007199254740993.00000000000000000000001",
        "0.000000000000000000000000000000000000000000000000000000000000000000000001e72",
        "00000000000000000000000000000000001.5",
        "1_0",
        "100000000000000000000000000000000000000000000000000e-50",
        "3.5e-400",
        "18446744073709551615",
        "9999999999999999999.5e-1",
    };
    for (size_t i = 0; i < countof(texts); i++) check_parse(texts[i]);
    const char *end;
    ck_assert(double_parse("1234", 2, &end) == 12.0);
    ck_assert(double_parse("1e5", 2, &end) == 1.0);
    ck_assert(signbit(double_parse("-0", 2, NULL)));
    // a hundred thousand digits
    enum { N = 100000 };
    char *text = malloc(N + 20);
    memset(text, '0', N);
    strcpy(text + N, "123.5");
    check_parse(text);
    text[0] = '.';
    strcpy(text + N, "e100000");
    text[N - 1] = '1';
    check_parse(text);
    memset(text, '9', N);
    strcpy(text + N, "e-100000");
    check_parse(text);
    free(text);
}
END_TEST

START_TEST(parse_never_reads_past_the_end) {
    static const char text[] = "-12.5e-3";
    for (size_t n = 0; n < sizeof text; n++) { // exact-size heap copies: AddressSanitizer watches their ends
        char *copy = malloc(n ? n : 1);
        memcpy(copy, text, n);
        const char *end;
        double_parse(copy, n, &end);
        ck_assert(end >= copy && end <= copy + n);
        free(copy);
    }
}
END_TEST

START_TEST(round_is_pythons) {
    ck_assert(double_round(2.5, 0) == 2.0);
    ck_assert(double_round(3.5, 0) == 4.0);
    ck_assert(double_round(2.675, 2) == 2.67);
    ck_assert(double_round(1.005, 2) == 1.0);
    ck_assert(double_round(0.125, 2) == 0.12);
    ck_assert(double_round(25.0, -1) == 20.0);
    ck_assert(double_round(35.0, -1) == 40.0);
    ck_assert(double_round(1234567.0, -4) == 1230000.0);
    ck_assert(double_round(4e307, -308) == 0.0);
    ck_assert(double_round(6e307, -308) == 1e308);
    ck_assert(isinf(double_round(1.7e308, -308)));
    ck_assert(signbit(double_round(-0.4, 0)));
    ck_assert(double_round(5e-324, 323) == 0.0);
    ck_assert(double_round(1.5, 400) == 1.5);
    ck_assert(isnan(double_round(NAN, 1)));
    char text[1600];
    for (int i = 0; i < 100000; i++) {
        double d = random_double(i);
        int places = (int)(next_random() % 30);
        snprintf(text, sizeof text, "%.*f", places, d);
        if (!same_double(double_round(d, places), strtod(text, NULL))) ck_abort_msg("round(%a, %d)", d, places);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/dtoa");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, repr_round_trips_and_is_shortest);
    tcase_add_test(tc, repr_is_pythons);
    tcase_add_test(tc, precisions_are_printfs);
    tcase_add_test(tc, fixed_places_are_printfs);
    tcase_add_test(tc, extreme_precisions);
    tcase_add_test(tc, flags_and_capitals);
    tcase_add_test(tc, parse_agrees_with_strtod);
    tcase_add_test(tc, parse_halfway_points);
    tcase_add_test(tc, parse_edges);
    tcase_add_test(tc, parse_never_reads_past_the_end);
    tcase_add_test(tc, round_is_pythons);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
