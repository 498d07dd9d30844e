// SPDX-License-Identifier: MIT
//
// dtoa_gen.c: writes dtoa_tables.inc, the 128-bit powers of ten that dtoa.c and dtoa_parse.c work with.
//
// dtoa_powers[k - DTOA_MIN_POWER] = ceil(10^k / 2^(e - 127)) with e = floor(log2(10^k)), high word first: the top bit
// is set, and the entry is exact for 0 <= k <= 55, otherwise too large by less than one unit. The integer formulas that
// dtoa_internal.h uses for floor(log2(10^k)) and floor(log10(2^q)) are checked here over their whole range.
#include "dtoa_internal.h"

#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what, int k) {
    fprintf(stderr, "dtoa_gen: %s is wrong at %d\n", what, k);
    exit(1);
}

static void check_log10_formulas(void) {
    mpz_t power, ten;
    mpz_inits(power, ten, NULL);
    for (int q = -1200; q <= 1200; q++) {
        // 10^k <= c * 2^q < 10^(k+1), for c = 1 and c = 3/4; everything scaled to integers
        for (int three_quarters = 0; three_quarters < 2; three_quarters++) {
            int k = three_quarters ? floor_log10_three_quarters_pow2(q) : floor_log10_pow2(q);
            for (int up = 0; up < 2; up++) {
                mpz_set_ui(power, three_quarters ? 3 : 4);
                if (q > 0) mpz_mul_2exp(power, power, (unsigned)q);
                mpz_ui_pow_ui(ten, 10, (unsigned)abs(k + up));
                if (k + up < 0) {
                    mpz_mul(power, power, ten);
                    mpz_set_ui(ten, 1);
                }
                if (q < 0) mpz_mul_2exp(ten, ten, (unsigned)-q);
                mpz_mul_ui(ten, ten, 4);
                int order = mpz_cmp(ten, power);
                if (up ? order <= 0 : order > 0) fail("floor(log10(2^q))", q);
            }
        }
    }
    mpz_clears(power, ten, NULL);
}

// out = 10^k scaled to 128 bits, rounded up; returns floor(log2(10^k)).
static int scaled_power(mpz_t out, int k) {
    mpz_t ten;
    mpz_init(ten);
    mpz_ui_pow_ui(ten, 10, (unsigned)abs(k));
    int bits = (int)mpz_sizeinbase(ten, 2), log2;
    if (k >= 0) {
        log2 = bits - 1;
        if (log2 <= 127) mpz_mul_2exp(out, ten, (unsigned)(127 - log2));
        else mpz_cdiv_q_2exp(out, ten, (unsigned)(log2 - 127));
    } else {
        log2 = -bits; // 10^-k is no power of two
        mpz_set_ui(out, 1);
        mpz_mul_2exp(out, out, (unsigned)(127 - log2));
        mpz_cdiv_q(out, out, ten);
    }
    mpz_clear(ten);
    return log2;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: dtoa_gen OUTDIR\n");
        return 2;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/dtoa_tables.inc", argv[1]);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    check_log10_formulas();
    fprintf(file, "// Written by dtoa_gen.c.\nconst DtoaPower dtoa_powers[] = {\n");
    mpz_t g, low;
    mpz_inits(g, low, NULL);
    for (int k = DTOA_MIN_POWER; k <= DTOA_MAX_POWER; k++) {
        if (scaled_power(g, k) != floor_log2_pow10(k)) fail("floor(log2(10^k))", k);
        if (mpz_sizeinbase(g, 2) != 128) fail("the scale of a power", k);
        mpz_fdiv_r_2exp(low, g, 64);
        mpz_fdiv_q_2exp(g, g, 64);
        fprintf(file, "    {0x%016lxu, 0x%016lxu}, // 10^%d\n", mpz_get_ui(g), mpz_get_ui(low), k);
    }
    mpz_clears(g, low, NULL);
    fprintf(file, "};\n");
    if (fclose(file) != 0) {
        perror(path);
        return 1;
    }
    return 0;
}
