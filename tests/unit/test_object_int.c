// SPDX-License-Identifier: MIT
// int against GMP's mpz: every operation on pairs of values around the edges of the representations (61 bits, one limb,
// two limbs, GMP's own code), plus seeded random ones.
#include "suite.h"
#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "object/object.h"
#include "runtime/runtime.h"

static Thread *t;

static void setup(void) {
    if (t) return;
    t = threading_init();
    ck_assert(t != NULL);
    ck_assert_int_eq(object_start(t), 0);
}

// ---- conversion -----------------------------------------------------------------------------------------------------
static V from_mpz(const mpz_t z) {
    char *text = mpz_get_str(NULL, 16, z);
    V v = int_parse(t, text, strlen(text), 16);
    void (*gmp_free)(void *, size_t);
    mp_get_memory_functions(NULL, NULL, &gmp_free);
    gmp_free(text, strlen(text) + 1);
    ck_assert(!v_is_error(v));
    return v;
}

static void check_value(V v, const mpz_t expected, const char *what) {
    ck_assert_msg(!v_is_error(v), "%s raised", what);
    V text = int_to_str(t, v, 16);
    mpz_t got;
    mpz_init_set_str(got, str_data(text), 16);
    ck_assert_msg(mpz_cmp(got, expected) == 0, "%s: got %s", what, (char *)str_data(text));
    // normalised: an immediate whenever it fits
    bool fits = mpz_cmpabs_ui(expected, (unsigned long)1 << 60) < 0 || mpz_cmp_si(expected, -((long)1 << 60)) == 0;
    ck_assert_msg(v_is_int(v) == fits, "%s: representation", what);
    mpz_clear(got);
    v_drop(t, text);
    v_drop(t, v);
}

static gmp_randstate_t rng;
enum { N_EDGES = 250, N = 330 };
static mpz_t values[N];

static void make_values(void) {
    static const int bits[] = {0, 1, 2, 30, 31, 32, 53, 59, 60, 61, 62, 63, 64, 65, 66, 120, 127, 128, 129, 191, 192, 193, 256, 640, 2000};
    static bool made;
    if (made) return;
    made = true;
    int n = 0;
    gmp_randinit_default(rng);
    gmp_randseed_ui(rng, 20240607);
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        for (int delta = -2; delta <= 2; delta++)
            for (int sign = -1; sign <= 1; sign += 2) {
                mpz_init(values[n]);
                mpz_setbit(values[n], (mp_bitcnt_t)bits[i]);
                if (delta < 0) mpz_sub_ui(values[n], values[n], (unsigned long)-delta);
                else mpz_add_ui(values[n], values[n], (unsigned long)delta);
                if (sign < 0) mpz_neg(values[n], values[n]);
                n++;
            }
    ck_assert_int_eq(n, N_EDGES);
    for (; n < N; n++) {
        mpz_init(values[n]);
        mpz_urandomb(values[n], rng, 1 + gmp_urandomm_ui(rng, 400));
        if (gmp_urandomm_ui(rng, 2)) mpz_neg(values[n], values[n]);
    }
}

typedef V (*Binary)(Thread *, V, V);
typedef void (*MpzBinary)(mpz_t, const mpz_t, const mpz_t);

static void check_pairs(const char *name, Binary fn, MpzBinary expected, bool no_zero) {
    mpz_t want;
    mpz_init(want);
    for (int i = 0; i < N; i++) {
        V a = from_mpz(values[i]);
        for (int j = 0; j < N; j++) {
            if (no_zero && mpz_sgn(values[j]) == 0) continue;
            V b = from_mpz(values[j]);
            expected(want, values[i], values[j]);
            char what[100];
            snprintf(what, sizeof what, "%s of values %d and %d", name, i, j);
            check_value(fn(t, a, b), want, what);
            v_drop(t, b);
        }
        v_drop(t, a);
    }
    mpz_clear(want);
}

START_TEST(test_ring) {
    setup();
    make_values();
    check_pairs("add", int_add, mpz_add, false);
    check_pairs("subtract", int_subtract, mpz_sub, false);
    check_pairs("multiply", int_multiply, mpz_mul, false);
}
END_TEST

START_TEST(test_division) {
    setup();
    make_values();
    check_pairs("floor_divide", int_floor_divide, mpz_fdiv_q, true);
    
}
END_TEST

// mpz_mod's result is never negative; Python's has the divisor's sign.
static void floor_mod(mpz_t r, const mpz_t a, const mpz_t b) { mpz_fdiv_r(r, a, b); }
START_TEST(test_remainder_sign) {
    setup();
    make_values();
    check_pairs("remainder", int_remainder, floor_mod, true);
}
END_TEST

START_TEST(test_bitwise) {
    setup();
    make_values();
    check_pairs("and", int_and, mpz_and, false);
    check_pairs("or", int_or, mpz_ior, false);
    check_pairs("xor", int_xor, mpz_xor, false);
    check_pairs("gcd", int_gcd, mpz_gcd, false);
}
END_TEST

START_TEST(test_shifts) {
    setup();
    make_values();
    static const int counts[] = {0, 1, 2, 3, 59, 60, 61, 62, 63, 64, 65, 127, 128, 129, 200, 1000};
    mpz_t want;
    mpz_init(want);
    for (int i = 0; i < N; i++)
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
            V a = from_mpz(values[i]), count = v_from_int(counts[k]);
            mpz_mul_2exp(want, values[i], (mp_bitcnt_t)counts[k]);
            check_value(int_lshift(t, a, count), want, "lshift");
            mpz_fdiv_q_2exp(want, values[i], (mp_bitcnt_t)counts[k]);
            check_value(int_rshift(t, a, count), want, "rshift");
            v_drop(t, a);
        }
    mpz_clear(want);
}
END_TEST

START_TEST(test_unary_and_compare) {
    setup();
    make_values();
    mpz_t want, modulus;
    mpz_init(want);
    mpz_init(modulus);
    mpz_setbit(modulus, 61);
    mpz_sub_ui(modulus, modulus, 1);
    for (int i = 0; i < N; i++) {
        V a = from_mpz(values[i]);
        mpz_neg(want, values[i]);
        check_value(int_negate(t, a), want, "negate");
        mpz_com(want, values[i]);
        check_value(int_invert(t, a), want, "invert");
        mpz_abs(want, values[i]);
        check_value(int_absolute(t, a), want, "absolute");
        ck_assert_uint_eq(int_bit_length(a), mpz_sgn(values[i]) ? mpz_sizeinbase(values[i], 2) : 0);
        ck_assert_int_eq(int_sign(a), mpz_sgn(values[i]));
        mpz_tdiv_r(want, values[i], modulus);
        int64_t hash = mpz_get_si(want);
        ck_assert_int_eq(int_hash(a), hash == -1 ? -2 : hash);
        for (int j = 0; j < N; j++) {
            V b = from_mpz(values[j]);
            int c = mpz_cmp(values[i], values[j]);
            ck_assert_int_eq(int_compare(a, b), (c > 0) - (c < 0));
            v_drop(t, b);
        }
        v_drop(t, a);
    }
    mpz_clear(want);
    mpz_clear(modulus);
}
END_TEST

START_TEST(test_text) {
    setup();
    make_values();
    for (int i = 0; i < N; i++)
        for (int base = 2; base <= 36; base++) {
            V a = from_mpz(values[i]), text = int_to_str(t, a, base);
            char *want = malloc(mpz_sizeinbase(values[i], base) + 2);
            mpz_get_str(want, base, values[i]);
            ck_assert_str_eq(str_data(text), want);
            check_value(int_parse(t, want, strlen(want), base), values[i], "parse");
            free(want);
            v_drop(t, text);
            v_drop(t, a);
        }
}
END_TEST

START_TEST(test_bytes) {
    setup();
    make_values();
    uint8_t buf[300];
    for (int i = 0; i < N; i++)
        for (int little = 0; little < 2; little++) {
            V a = from_mpz(values[i]);
            size_t n = int_bit_length(a) / 8 + 1;
            ck_assert_int_eq(int_to_bytes(t, a, buf, n, little, true), 0);
            check_value(int_from_bytes(t, buf, n, little, true), values[i], "from_bytes");
            v_drop(t, a);
        }
}
END_TEST

START_TEST(test_double) {
    setup();
    make_values();
    mpz_t want;
    mpz_init(want);
    for (int i = 0; i < N; i++) {
        if (mpz_sizeinbase(values[i], 2) > 1000) continue;
        V a = from_mpz(values[i]);
        double d;
        ck_assert_int_eq(int_as_double(t, a, &d), 0);
        mpz_set_d(want, d);
        check_value(int_from_double(t, d), want, "from_double");
        // the nearest double: no neighbour is nearer
        mpz_t error, other;
        mpz_init(error);
        mpz_init(other);
        mpz_sub(error, want, values[i]);
        for (int side = 0; side < 2; side++) {
            mpz_set_d(other, __builtin_nextafter(d, side ? 1e308 : -1e308));
            mpz_sub(other, other, values[i]);
            if (mpz_sizeinbase(values[i], 2) > 53) ck_assert(mpz_cmpabs(error, other) <= 0);
        }
        mpz_clear(error);
        mpz_clear(other);
        v_drop(t, a);
    }
    mpz_clear(want);
}
END_TEST

int main(void) {
    Suite *s = suite_create("int");
    TCase *c = tcase_create("gmp");
    tcase_add_test(c, test_ring);
    tcase_add_test(c, test_division);
    tcase_add_test(c, test_remainder_sign);
    tcase_add_test(c, test_bitwise);
    tcase_add_test(c, test_shifts);
    tcase_add_test(c, test_unary_and_compare);
    tcase_add_test(c, test_text);
    tcase_add_test(c, test_bytes);
    tcase_add_test(c, test_double);
    suite_add_tcase(s, c);
    return suite_run(s);
}
