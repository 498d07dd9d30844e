// SPDX-License-Identifier: MIT
// The limbs of ints, and GMP for what computes with them: for modules that do arithmetic of their own.
#ifndef HEDDLE_OBJECT_INT_LIMBS_H
#define HEDDLE_OBJECT_INT_LIMBS_H
#include "base/bits.h"
#include "object/int.h"

typedef unsigned __int128 u128;
typedef __int128 i128;

// An int of any representation (immediate, bool, heap, subclass instance): magnitude and sign.  limbs points into the
// object or at `small`; the top limb is not zero.
typedef struct Num {
    const uint64_t *limbs;
    size_t n;
    bool neg;
    uint64_t small;
} Num;

static inline void num_view(V v, Num *num) {
    if (v_is_int(v) || v_is_bool(v)) {
        int64_t i = v_is_int(v) ? v_int(v) : v == V_TRUE;
        num->small = i < 0 ? -(uint64_t)i : (uint64_t)i;
        num->neg = i < 0;
        num->limbs = &num->small;
        num->n = i != 0;
        return;
    }
    const Int *o = (const Int *)v_obj(v);
    num->limbs = o->limbs;
    num->neg = o->size < 0;
    num->n = (size_t)(o->size < 0 ? -o->size : o->size);
}

V int_from_i128(Thread *t, i128 i);
V int_from_limbs(Thread *t, bool neg, const uint64_t *limbs, size_t n); // copies; any leading zeros

static inline size_t limbs_trim(const uint64_t *p, size_t n) {
    while (n && p[n - 1] == 0) n--;
    return n;
}
static inline size_t limbs_bits(const uint64_t *p, size_t n) { return n ? 64 * (n - 1) + bit_length64(p[n - 1]) : 0; }
#define HASH_MODULUS (((uint64_t)1 << 61) - 1) // numbers that are equal hash alike: modulo this prime
uint64_t limbs_hash(const uint64_t *p, size_t n);

// Runs op(arg), which may use GMP and nothing of the interpreter: it may run detached.  work: about how many products of
// limbs it takes.  false: memory ran out; all that op had from GMP is freed then, and it did not return.  What op leaves
// initialised belongs to the caller, who may free it outside.
bool gmp_run(Thread *t, void (*op)(void *arg), void *arg, size_t work);
_Noreturn void gmp_give_up(void); // within op: ends it as if memory had run out
#endif
