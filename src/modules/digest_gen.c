// SPDX-License-Identifier: MIT
// Writes digest_tables.inc: the constants of MD5, SHA-2 and SHA-3, by their definitions.
//
//   digest_sines[i]       2^32 |sin(i + 1)|                         RFC 1321
//   digest_square_roots   64 bits of the fractions of the square roots of the first 16 primes      FIPS 180-4
//   digest_cube_roots     the same of the cube roots of the first 80 primes
//   digest_rounds         what iota adds in each round of Keccak    FIPS 202
#include <gmp.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned next_prime(unsigned n) {
    for (n++;; n++) {
        unsigned d = 2;
        while (d * d <= n && n % d) d++;
        if (d * d > n) return n;
    }
}

// The first 64 bits behind the point of the root of a number.
static unsigned long long root_fraction(unsigned n, unsigned degree) {
    mpz_t x;
    mpz_init_set_ui(x, n);
    mpz_mul_2exp(x, x, 64 * degree);
    mpz_root(x, x, degree);
    mpz_fdiv_r_2exp(x, x, 64);
    unsigned long long bits = mpz_get_ui(x);
    mpz_clear(x);
    return bits;
}

static void write_roots(FILE *out, const char *name, unsigned count, unsigned degree) {
    fprintf(out, "static const uint64_t %s[] = {", name);
    unsigned prime = 1;
    for (unsigned i = 0; i < count; i++) {
        prime = next_prime(prime);
        fprintf(out, "%s0x%016llx,", i % 4 ? " " : "\n    ", root_fraction(prime, degree));
    }
    fprintf(out, "\n};\n");
}

// One bit of the shift register x^8 + x^6 + x^5 + x^4 + 1.
static unsigned register_bit(uint8_t *r) {
    unsigned bit = *r & 1;
    *r = (uint8_t)(*r & 0x80 ? *r << 1 ^ 0x71 : *r << 1);
    return bit;
}

int main(int argc, char **argv) {
    char path[4096];
    if (argc < 2) return 1;
    snprintf(path, sizeof path, "%s/digest_tables.inc", argv[1]);
    FILE *out = fopen(path, "w");
    if (!out) return perror(path), 1;
    fprintf(out, "// Written by digest_gen.c.\nstatic const uint32_t digest_sines[] = {");
    for (int i = 0; i < 64; i++) fprintf(out, "%s0x%08x,", i % 8 ? " " : "\n    ", (unsigned)floor(fabs(sin(i + 1.0)) * 0x1p32));
    fprintf(out, "\n};\n");
    write_roots(out, "digest_square_roots", 16, 2);
    write_roots(out, "digest_cube_roots", 80, 3);
    fprintf(out, "static const uint64_t digest_rounds[] = {");
    uint8_t r = 1;
    for (int round = 0; round < 24; round++) {
        unsigned long long bits = 0;
        for (int j = 0; j < 7; j++) bits |= (unsigned long long)register_bit(&r) << ((1u << j) - 1);
        fprintf(out, "%s0x%016llx,", round % 4 ? " " : "\n    ", bits);
    }
    fprintf(out, "\n};\n");
    return fclose(out) ? 1 : 0;
}
