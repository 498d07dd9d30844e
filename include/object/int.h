// SPDX-License-Identifier: MIT
// int and bool.  A value that fits 61 bits is always immediate; larger ones are heap Ints: always normalised.
#ifndef HEDDLE_OBJECT_INT_H
#define HEDDLE_OBJECT_INT_H
#include "object/type.h"

typedef struct Int {   // heap int, or an instance of an int subclass (which holds small values too)
    Obj head;
    int64_t size;      // limbs in use, negative for negative numbers; const after init
    uint64_t limbs[];  // little endian
} Int;
// Instances of int subclasses with attributes: their area stands at type->attrs_offset + 8 * |size| rounded up: see
// type_alloc; variable-size bases put it in front (docs in shape.h).

V int_from_i64_slow(Thread *t, int64_t i);
static inline V int_from_i64(Thread *t, int64_t i) { return v_int_fits(i) ? v_from_int(i) : int_from_i64_slow(t, i); }
V int_from_u64(Thread *t, uint64_t u);
static inline V int_from_size(Thread *t, size_t n) { return int_from_u64(t, n); }
V int_from_double(Thread *t, double d);               // truncates; OverflowError/ValueError for inf and nan
int int_as_i64(Thread *t, V v, int64_t *out);         // v an int (any_int); OverflowError "int too big to convert"
int int_as_u64(Thread *t, V v, uint64_t *out);
uint64_t int_as_u64_mask(V v);                        // low 64 bits, two's complement
int int_as_double(Thread *t, V v, double *out);       // OverflowError "int too large to convert to float"
int int_sign(V v);                                    // -1, 0, 1
size_t int_bit_length(V v);
V int_parse_literal(Thread *t, const char *p, size_t n);     // source literal: prefix and underscores allowed
V int_parse(Thread *t, const char *p, size_t n, int base);   // int(str, base); base 0 reads prefixes; ValueError
extern int int_max_str_digits;                        // sys.set_int_max_str_digits: 4300, 0 no limit; atomic relaxed
V int_to_str(Thread *t, V v, int base);               // digits without prefix; the 4300-digit limit for base 10
V int_from_bytes(Thread *t, const uint8_t *p, size_t n, bool little, bool is_signed);
int int_to_bytes(Thread *t, V v, uint8_t *p, size_t n, bool little, bool is_signed); // OverflowError
V int_add(Thread *t, V a, V b);                       // both any_int; exact results
V int_subtract(Thread *t, V a, V b);
V int_multiply(Thread *t, V a, V b);
V int_floor_divide(Thread *t, V a, V b);              // ZeroDivisionError
V int_remainder(Thread *t, V a, V b);
int int_divmod(Thread *t, V a, V b, V *quotient, V *remainder);
V int_true_divide(Thread *t, V a, V b);
V int_power(Thread *t, V a, V b, V mod);
V int_lshift(Thread *t, V a, V b);
V int_rshift(Thread *t, V a, V b);
V int_and(Thread *t, V a, V b);
V int_or(Thread *t, V a, V b);
V int_xor(Thread *t, V a, V b);
V int_negate(Thread *t, V a);
V int_absolute(Thread *t, V a);
V int_invert(Thread *t, V a);
V int_gcd(Thread *t, V a, V b);
V int_factorial(Thread *t, uint64_t n);
V int_binomial(Thread *t, V n, uint64_t k);           // n not negative
V int_sqrt_floor(Thread *t, V n);                     // n not negative
V int_from_object(Thread *t, V v, V base_or_null);    // int(v), int(v, base)
int int_compare_double(V v, double whole);
int int_compare(V a, V b);                            // -1, 0, 1
bool int_is_odd(V v);
int64_t int_hash(V v);
V int_exact(Thread *t, V v);                          // an int subclass's value as a plain int (bool included)
#endif
