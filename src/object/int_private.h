// SPDX-License-Identifier: MIT
// What the files of int share: any int as sign and limbs, and making ints from limbs.
#ifndef HEDDLE_INT_PRIVATE_H
#define HEDDLE_INT_PRIVATE_H
#include "object/bytes.h"
#include "object/int_limbs.h"
#include "object/misc.h"
#include "object/object.h"

// True and *out set when the value fits 64 bits.
static inline bool int_small(V v, int64_t *out) {
    if (v_is_int(v)) return *out = v_int(v), true;
    if (v_is_bool(v)) return *out = v == V_TRUE, true;
    const Int *o = (const Int *)v_obj(v);
    if (o->size == 0) return *out = 0, true;
    if (o->size == 1 && o->limbs[0] <= INT64_MAX) return *out = (int64_t)o->limbs[0], true;
    if (o->size == -1 && o->limbs[0] <= (uint64_t)1 << 63) return *out = (int64_t)-o->limbs[0], true;
    return false;
}

// A heap Int with room for n limbs, to be filled and given to int_finish, which normalises (and may free it).
Int *int_raw(Thread *t, size_t n);
V int_finish(Thread *t, Int *o, bool neg, size_t n);

// ---- int_gmp.c: false when memory runs out (no exception set) --------------------------------------------------------
bool limbs_mul(Thread *t, uint64_t *r, const uint64_t *a, size_t an, const uint64_t *b, size_t bn); // r: an + bn
bool limbs_divmod(Thread *t, uint64_t *q, uint64_t *r, const uint64_t *a, size_t an, const uint64_t *b, size_t bn); // q: an-bn+1, r: bn
uint64_t limbs_add(uint64_t *r, const uint64_t *a, size_t an, const uint64_t *b, size_t bn); // an >= bn; the carry
void limbs_sub(uint64_t *r, const uint64_t *a, size_t an, const uint64_t *b, size_t bn);     // a >= b
int limbs_cmp(const uint64_t *a, size_t an, const uint64_t *b, size_t bn);                   // trimmed
uint64_t limbs_shl(uint64_t *r, const uint64_t *a, size_t n, unsigned bits);                 // 0 < bits < 64; the bits out
uint64_t limbs_shr(uint64_t *r, const uint64_t *a, size_t n, unsigned bits);
uint64_t limbs_divmod_1(uint64_t *q, const uint64_t *a, size_t n, uint64_t d); // the remainder
// Digits (values, not characters) of a; buf has room; returns how many, leading zeros possible.  Destroys a.
size_t limbs_get_digits(Thread *t, unsigned char *buf, int base, uint64_t *a, size_t n, bool *ok);
size_t limbs_set_digits(Thread *t, uint64_t *r, const unsigned char *digits, size_t n, int base, bool *ok);
V int_gmp_pow(Thread *t, V base, uint64_t exponent);
V int_gmp_powmod(Thread *t, V base, V exponent, V mod); // exponent >= 0, mod > 0
V int_gmp_gcd(Thread *t, V a, V b);
V int_gmp_invert(Thread *t, V a, V mod);                // V_NULL: not invertible

extern const Method int_methods[];
extern const GetSet int_getsets[];
#endif
