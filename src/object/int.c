// SPDX-License-Identifier: MIT
// int and bool: arithmetic, comparison, conversion to and from C; the type objects.
//
// A value that fits 61 bits is an immediate; only larger ones are heap Ints (sign in `size`, magnitude in 64-bit limbs,
// the top limb never 0).  An instance of a subclass (class I(int)) is a heap Int of any value with its own type; every
// operation reads operands through num_view or int_small, so that one body serves immediates, bools, heap ints and
// subclass instances.  Values of one and two limbs are computed here; longer ones by GMP's mpn functions (int_gmp.c).
// Text is in int_text.c, methods in int_methods.c.
#include "int_private.h"
#include <math.h>

// ---- making ---------------------------------------------------------------------------------------------------------
Int *int_raw(Thread *t, size_t n) {
    size_t bytes;
    if (size_mul_overflow(n, 8, &bytes) || bytes > PTRDIFF_MAX - sizeof(Int)) {
        err_no_memory(t);
        return NULL;
    }
    Int *o = (Int *)obj_alloc(t, &int_type, sizeof(Int) + bytes, 0);
    if (!o) err_no_memory(t);
    return o;
}

V int_finish(Thread *t, Int *o, bool neg, size_t n) {
    n = limbs_trim(o->limbs, n);
    if (n <= 1) {
        uint64_t u = n ? o->limbs[0] : 0;
        if (u <= (uint64_t)V_INT_MAX + neg) {
            v_drop(t, v_from(o));
            return v_from_int(neg ? -(int64_t)u : (int64_t)u);
        }
    }
    o->size = neg ? -(int64_t)n : (int64_t)n;
    return v_from(o);
}

V int_from_limbs(Thread *t, bool neg, const uint64_t *limbs, size_t n) {
    n = limbs_trim(limbs, n);
    if (n == 0) return v_from_int(0);
    if (n == 1 && limbs[0] <= (uint64_t)V_INT_MAX + neg) return v_from_int(neg ? -(int64_t)limbs[0] : (int64_t)limbs[0]);
    Int *o = int_raw(t, n);
    if (!o) return V_ERROR;
    memcpy(o->limbs, limbs, n * 8);
    o->size = neg ? -(int64_t)n : (int64_t)n;
    return v_from(o);
}

V int_from_i64_slow(Thread *t, int64_t i) {
    uint64_t u = i < 0 ? -(uint64_t)i : (uint64_t)i;
    return int_from_limbs(t, i < 0, &u, 1);
}

V int_from_u64(Thread *t, uint64_t u) {
    if (u <= (uint64_t)V_INT_MAX) return v_from_int((int64_t)u);
    return int_from_limbs(t, false, &u, 1);
}

V int_from_i128(Thread *t, i128 i) {
    if (i >= V_INT_MIN && i <= V_INT_MAX) return v_from_int((int64_t)i);
    u128 u = i < 0 ? -(u128)i : (u128)i;
    uint64_t limbs[2] = {(uint64_t)u, (uint64_t)(u >> 64)};
    return int_from_limbs(t, i < 0, limbs, 2);
}

V int_from_double(Thread *t, double d) {
    if (d > -0x1p62 && d < 0x1p62) return int_from_i64(t, (int64_t)d);
    if (isnan(d)) return err_set(t, &exc_ValueError, "cannot convert float NaN to integer");
    if (isinf(d)) return err_set(t, &exc_OverflowError, "cannot convert float infinity to integer");
    int exponent;
    double fraction = frexp(fabs(d), &exponent); // >= 63 here
    uint64_t mantissa = (uint64_t)ldexp(fraction, 64), limbs[18] = {0};
    size_t shift = (size_t)exponent - 64;
    if (exponent < 64) return int_from_i128(t, d < 0 ? -(i128)(mantissa >> (64 - exponent)) : (i128)(mantissa >> (64 - exponent)));
    limbs[shift / 64] = mantissa << shift % 64;
    if (shift % 64) limbs[shift / 64 + 1] = mantissa >> (64 - shift % 64);
    return int_from_limbs(t, d < 0, limbs, shift / 64 + 2);
}

V int_exact(Thread *t, V v) {
    if (v_is_int(v)) return v;
    if (v_is_bool(v)) return v_from_int(v == V_TRUE);
    if (v_obj(v)->type == &int_type) return v_dup(v);
    Num a;
    num_view(v, &a);
    return int_from_limbs(t, a.neg, a.limbs, a.n);
}

// ---- to C -------------------------------------------------------------------------------------------------------------
int int_as_i64(Thread *t, V v, int64_t *out) {
    if (int_small(v, out)) return 0;
    err_set(t, &exc_OverflowError, "int too big to convert");
    return -1;
}

int int_as_u64(Thread *t, V v, uint64_t *out) {
    Num a;
    num_view(v, &a);
    if (a.neg && a.n) {
        err_set(t, &exc_OverflowError, "can't convert negative int to unsigned");
        return -1;
    }
    if (a.n > 1) {
        err_set(t, &exc_OverflowError, "int too big to convert");
        return -1;
    }
    *out = a.n ? a.limbs[0] : 0;
    return 0;
}

uint64_t int_as_u64_mask(V v) {
    Num a;
    num_view(v, &a);
    uint64_t u = a.n ? a.limbs[0] : 0;
    return a.neg ? -u : u;
}

// The nearest double; false when it is too large.
static bool magnitude_as_double(const Num *a, double *out) {
    size_t bits = limbs_bits(a->limbs, a->n);
    if (bits > 1024) return false;
    if (a->n <= 1) {
        *out = a->n ? (double)a->limbs[0] : 0.0;
        return true;
    }
    unsigned up = (unsigned)(-bits & 63);
    uint64_t top = a->limbs[a->n - 1] << up;
    uint64_t rest = a->limbs[a->n - 2];
    if (up) top |= rest >> (64 - up), rest <<= up;
    bool sticky = rest != 0;
    for (size_t i = a->n - 2; !sticky && i-- > 0;) sticky = a->limbs[i] != 0;
    double d = ldexp((double)(top | sticky), (int)bits - 64);
    *out = d;
    return !isinf(d);
}

int int_as_double(Thread *t, V v, double *out) {
    if (v_is_int(v)) return *out = (double)v_int(v), 0;
    Num a;
    num_view(v, &a);
    if (!magnitude_as_double(&a, out)) {
        err_set(t, &exc_OverflowError, "int too large to convert to float");
        return -1;
    }
    if (a.neg) *out = -*out;
    return 0;
}

int int_sign(V v) {
    Num a;
    num_view(v, &a);
    return a.n == 0 ? 0 : a.neg ? -1 : 1;
}

size_t int_bit_length(V v) {
    Num a;
    num_view(v, &a);
    return limbs_bits(a.limbs, a.n);
}

bool int_is_odd(V v) {
    Num a;
    num_view(v, &a);
    return a.n && (a.limbs[0] & 1);
}

// ---- hash and order -----------------------------------------------------------------------------------------------------
uint64_t limbs_hash(const uint64_t *p, size_t n) {
    uint64_t h = 0;
    for (size_t i = n; i-- > 0;) { // 2^64 is 8 modulo 2^61 - 1
        u128 x = (u128)h * 8 + p[i];
        h = (uint64_t)(x & HASH_MODULUS) + (uint64_t)(x >> 61);
        if (h >= HASH_MODULUS) h -= HASH_MODULUS;
    }
    return h;
}

int64_t int_hash(V v) {
    if (v_is_int(v)) {
        int64_t i = v_int(v);
        return i == -1 ? -2 : i;
    }
    Num a;
    num_view(v, &a);
    uint64_t h = limbs_hash(a.limbs, a.n);
    int64_t r = a.neg ? -(int64_t)h : (int64_t)h;
    return r == -1 ? -2 : r;
}

int int_compare(V a, V b) {
    if (v_both_int(a, b)) return ((int64_t)a > (int64_t)b) - ((int64_t)a < (int64_t)b);
    Num x, y;
    num_view(a, &x);
    num_view(b, &y);
    bool xn = x.neg && x.n, yn = y.neg && y.n;
    if (xn != yn) return xn ? -1 : 1;
    int c = limbs_cmp(x.limbs, x.n, y.limbs, y.n);
    return xn ? -c : c;
}

// An int against a double that is a whole number, both of the same sign.
int int_compare_double(V v, double whole) {
    Num x;
    num_view(v, &x);
    int exponent, c;
    uint64_t mantissa = (uint64_t)ldexp(frexp(fabs(whole), &exponent), 64), limbs[18] = {0};
    if (exponent <= 64) {
        limbs[0] = exponent > 0 ? mantissa >> (64 - exponent) : 0;
    } else {
        size_t shift = (size_t)exponent - 64;
        limbs[shift / 64] = mantissa << shift % 64;
        if (shift % 64) limbs[shift / 64 + 1] = mantissa >> (64 - shift % 64);
    }
    c = limbs_cmp(x.limbs, x.n, limbs, limbs_trim(limbs, 18));
    return x.neg ? -c : c;
}

// ---- addition, multiplication ---------------------------------------------------------------------------------------------
static V add_signed(Thread *t, const Num *a, const Num *b, bool b_neg) {
    if (a->neg == b_neg) {
        if (a->n < b->n) {
            const Num *swap = a;
            a = b;
            b = swap;
        }
        Int *o = int_raw(t, a->n + 1);
        if (!o) return V_ERROR;
        o->limbs[a->n] = limbs_add(o->limbs, a->limbs, a->n, b->limbs, b->n);
        return int_finish(t, o, b_neg, a->n + 1);
    }
    int c = limbs_cmp(a->limbs, a->n, b->limbs, b->n);
    if (c == 0) return v_from_int(0);
    const Num *big = c > 0 ? a : b, *little = c > 0 ? b : a;
    Int *o = int_raw(t, big->n);
    if (!o) return V_ERROR;
    limbs_sub(o->limbs, big->limbs, big->n, little->limbs, little->n);
    return int_finish(t, o, c > 0 ? a->neg : b_neg, big->n);
}

V int_add(Thread *t, V a, V b) {
    if (v_both_int(a, b)) return int_from_i64(t, v_int(a) + v_int(b));
    int64_t i, j;
    if (int_small(a, &i) && int_small(b, &j)) return int_from_i128(t, (i128)i + j);
    Num x, y;
    num_view(a, &x);
    num_view(b, &y);
    if (x.n == 0) return int_exact(t, b);
    if (y.n == 0) return int_exact(t, a);
    return add_signed(t, &x, &y, y.neg);
}

V int_subtract(Thread *t, V a, V b) {
    if (v_both_int(a, b)) return int_from_i64(t, v_int(a) - v_int(b));
    int64_t i, j;
    if (int_small(a, &i) && int_small(b, &j)) return int_from_i128(t, (i128)i - j);
    Num x, y;
    num_view(a, &x);
    num_view(b, &y);
    if (y.n == 0) return int_exact(t, a);
    if (x.n == 0) return int_negate(t, b);
    return add_signed(t, &x, &y, !y.neg);
}

V int_multiply(Thread *t, V a, V b) {
    int64_t i, j;
    if (int_small(a, &i) && int_small(b, &j)) return int_from_i128(t, (i128)i * j);
    Num x, y;
    num_view(a, &x);
    num_view(b, &y);
    if (x.n == 0 || y.n == 0) return v_from_int(0);
    const Num *big = x.n < y.n ? &y : &x, *little = x.n < y.n ? &x : &y;
    Int *o = int_raw(t, big->n + little->n);
    if (!o) return V_ERROR;
    if (!limbs_mul(t, o->limbs, big->limbs, big->n, little->limbs, little->n)) {
        v_drop(t, v_from(o));
        return err_no_memory(t);
    }
    return int_finish(t, o, x.neg != y.neg, x.n + y.n);
}

V int_negate(Thread *t, V a) {
    if (v_is_int(a)) return int_from_i64(t, -v_int(a));
    Num x;
    num_view(a, &x);
    return int_from_limbs(t, !x.neg, x.limbs, x.n);
}

V int_absolute(Thread *t, V a) { return int_sign(a) < 0 ? int_negate(t, a) : int_exact(t, a); }

V int_invert(Thread *t, V a) { // -a - 1
    if (v_is_int(a)) return v_from_int(~v_int(a));
    V minus = int_negate(t, a);
    if (v_is_error(minus)) return minus;
    V r = int_subtract(t, minus, v_from_int(1));
    v_drop(t, minus);
    return r;
}

// ---- division ---------------------------------------------------------------------------------------------------------------
// Quotient towards zero and remainder with the dividend's sign, then one step to floor.  Either output may be NULL.
static int divmod_big(Thread *t, const Num *x, const Num *y, V *quotient, V *remainder) {
    Int *q = int_raw(t, x->n - y->n + 2), *r = q ? int_raw(t, y->n + 1) : NULL;
    if (!r) {
        if (q) v_drop(t, v_from(q));
        return -1;
    }
    bool ok = true;
    if (y->n == 1) r->limbs[0] = limbs_divmod_1(q->limbs, x->limbs, x->n, y->limbs[0]);
    else ok = limbs_divmod(t, q->limbs, r->limbs, x->limbs, x->n, y->limbs, y->n);
    if (!ok) {
        v_drop(t, v_from(q));
        v_drop(t, v_from(r));
        err_no_memory(t);
        return -1;
    }
    if (x->neg != y->neg && limbs_trim(r->limbs, y->n) != 0) { // floor: q + 1 in magnitude, |y| - r
        uint64_t one = 1;
        q->limbs[x->n - y->n + 1] = limbs_add(q->limbs, q->limbs, x->n - y->n + 1, &one, 1);
        limbs_sub(r->limbs, y->limbs, y->n, r->limbs, limbs_trim(r->limbs, y->n));
    }
    V qv = int_finish(t, q, x->neg != y->neg, x->n - y->n + 2), rv = int_finish(t, r, y->neg, y->n);
    if (quotient) *quotient = qv; else v_drop(t, qv);
    if (remainder) *remainder = rv; else v_drop(t, rv);
    return 0;
}

int int_divmod(Thread *t, V a, V b, V *quotient, V *remainder) {
    int64_t i, j;
    if (int_small(a, &i) && int_small(b, &j)) {
        if (j == 0) goto zero;
        i128 q = (i128)i / j, r = (i128)i % j;
        if (r != 0 && (r < 0) != (j < 0)) q--, r += j;
        if (quotient && v_is_error(*quotient = int_from_i128(t, q))) return -1;
        if (remainder && v_is_error(*remainder = int_from_i128(t, r))) {
            if (quotient) v_drop(t, *quotient);
            return -1;
        }
        return 0;
    }
    Num x, y;
    num_view(a, &x);
    num_view(b, &y);
    if (y.n == 0) goto zero;
    if (limbs_cmp(x.limbs, x.n, y.limbs, y.n) < 0) {
        if (x.n == 0 || x.neg == y.neg) {
            if (quotient) *quotient = v_from_int(0);
            if (remainder && v_is_error(*remainder = int_exact(t, a))) return -1;
        } else {
            if (quotient) *quotient = v_from_int(-1);
            if (remainder && v_is_error(*remainder = int_add(t, a, b))) return -1;
        }
        return 0;
    }
    return divmod_big(t, &x, &y, quotient, remainder);
zero:
    err_set(t, &exc_ZeroDivisionError, quotient ? "integer division or modulo by zero" : "integer modulo by zero");
    return -1;
}

V int_floor_divide(Thread *t, V a, V b) {
    V q;
    if (v_both_int(a, b) && v_int(b) > 0) {
        int64_t i = v_int(a), j = v_int(b);
        return v_from_int(i / j - (i % j < 0));
    }
    return int_divmod(t, a, b, &q, NULL) < 0 ? V_ERROR : q;
}

V int_remainder(Thread *t, V a, V b) {
    V r;
    if (v_both_int(a, b) && v_int(b) > 0) {
        int64_t j = v_int(b), m = v_int(a) % j;
        return v_from_int(m < 0 ? m + j : m);
    }
    return int_divmod(t, a, b, NULL, &r) < 0 ? V_ERROR : r;
}

static V divide_overflow(Thread *t) {
    return err_set(t, &exc_OverflowError, "integer division result too large for a float");
}

// |a| * 2^-shift as an int, *inexact set when bits were lost.
static V scaled(Thread *t, V a, int64_t shift, bool *inexact) {
    V count = int_from_i64(t, shift < 0 ? -shift : shift), m = int_absolute(t, a), r;
    if (v_is_error(m)) return m;
    if (shift <= 0) {
        r = int_lshift(t, m, count);
    } else {
        Num x;
        num_view(m, &x);
        for (size_t i = 0; i < x.n && i < (size_t)shift / 64; i++) *inexact |= x.limbs[i] != 0;
        if ((size_t)shift / 64 < x.n) *inexact |= (x.limbs[shift / 64] & (((uint64_t)1 << shift % 64) - 1)) != 0;
        r = int_rshift(t, m, count);
    }
    v_drop(t, m);
    return r;
}

// The nearest double to a / b, halves to even: 55 or 56 bits of quotient and a sticky bit, then one rounding that knows
// how many bits the result's exponent leaves (subnormals).
static V true_divide_big(Thread *t, V a, V b) {
    bool neg = (int_sign(a) < 0) != (int_sign(b) < 0), inexact = false;
    int64_t diff = (int64_t)int_bit_length(a) - (int64_t)int_bit_length(b);
    if (diff > 1024) return divide_overflow(t);
    if (diff < -1021 - 53 - 1) return float_from_double(t, neg ? -0.0 : 0.0);
    int64_t shift = (diff > -1021 ? diff : -1021) - 55;
    V x = scaled(t, a, shift, &inexact), divisor = v_is_error(x) ? V_ERROR : int_absolute(t, b), q = V_ERROR, r;
    if (!v_is_error(divisor) && int_divmod(t, x, divisor, &q, &r) == 0) {
        inexact |= int_sign(r) != 0;
        v_drop(t, r);
    } else {
        q = V_ERROR;
    }
    v_drop(t, x);
    v_drop(t, divisor);
    if (v_is_error(q)) return q;
    uint64_t m = int_as_u64_mask(q);
    v_drop(t, q);
    int bits = (int)bit_length64(m), extra = (bits > -1021 - (int)shift ? bits : -1021 - (int)shift) - 53;
    uint64_t half = (uint64_t)1 << (extra - 1), low = m | inexact;
    if ((low & half) && (low & (3 * half - 1))) low += half;
    m = low & ~(2 * half - 1);
    double d = (double)m;
    if (shift + bits >= 1024 && (shift + bits > 1024 || d == ldexp(1.0, bits))) return divide_overflow(t);
    d = ldexp(d, (int)shift);
    return float_from_double(t, neg ? -d : d);
}

V int_true_divide(Thread *t, V a, V b) {
    int64_t i, j;
    if (int_sign(b) == 0) return err_set(t, &exc_ZeroDivisionError, "division by zero");
    const int64_t exact = (int64_t)1 << 53;
    if (int_small(a, &i) && int_small(b, &j) && i >= -exact && i <= exact && j >= -exact && j <= exact) {
        return float_from_double(t, (double)i / (double)j);
    }
    if (int_sign(a) == 0) return float_from_double(t, int_sign(b) < 0 ? -0.0 : 0.0);
    return true_divide_big(t, a, b);
}

// ---- power --------------------------------------------------------------------------------------------------------------------
static V power_modulo(Thread *t, V a, V b, V mod) {
    if (int_sign(mod) == 0) return err_set(t, &exc_ValueError, "pow() 3rd argument cannot be 0");
    V m = int_absolute(t, mod), base = V_ERROR, exponent = V_ERROR, r = V_ERROR;
    if (v_is_error(m)) return m;
    if (m == v_from_int(1)) return v_from_int(0);
    if (v_is_error(base = int_remainder(t, a, m))) goto done;
    if (int_sign(b) < 0) {
        V inverse = int_gmp_invert(t, base, m);
        if (inverse == V_NULL) err_set(t, &exc_ValueError, "base is not invertible for the given modulus");
        v_drop(t, base);
        base = inverse == V_NULL ? V_ERROR : inverse;
        if (v_is_error(base)) goto done;
    }
    if (v_is_error(exponent = int_absolute(t, b))) goto done;
    r = int_gmp_powmod(t, base, exponent, m);
    if (!v_is_error(r) && int_sign(mod) < 0 && int_sign(r) > 0) {
        V shifted = int_add(t, r, mod);
        v_drop(t, r);
        r = shifted;
    }
done:
    v_drop(t, m);
    v_drop(t, base);
    v_drop(t, exponent);
    return r;
}

V int_power(Thread *t, V a, V b, V mod) {
    if (mod != V_NULL && mod != V_NONE) return power_modulo(t, a, b, mod);
    if (int_sign(b) < 0) {
        double x, y;
        if (int_as_double(t, a, &x) < 0 || int_as_double(t, b, &y) < 0) return V_ERROR;
        V fx = float_from_double(t, x), fy = float_from_double(t, y), r = float_type.power(t, fx, fy, V_NONE);
        v_drop(t, fx);
        v_drop(t, fy);
        return r;
    }
    int64_t i, j;
    if (!int_small(b, &j)) { // only 0, 1 and -1 have such powers
        if (!int_small(a, &i) || i > 1 || i < -1) return err_no_memory(t);
        return v_from_int(i == -1 && !int_is_odd(b) ? 1 : i);
    }
    if (int_small(a, &i)) {
        if (j == 0) return v_from_int(1);
        if (i >= -1 && i <= 1) return v_from_int(i == -1 && !(j & 1) ? 1 : i);
        if ((uint64_t)j * bit_length64(i < 0 ? -(uint64_t)i : (uint64_t)i) <= 62 && j <= 62) {
            int64_t r = 1;
            for (uint64_t e = (uint64_t)j; e; e >>= 1) {
                if (e & 1) r *= i;
                if (e > 1) i *= i;
            }
            return int_from_i64(t, r);
        }
    }
    return int_gmp_pow(t, a, (uint64_t)j);
}

// ---- shifts ---------------------------------------------------------------------------------------------------------------------
// Such an int would have more digits of 30 bits than CPython's can.
static bool is_too_far(V count) {
    const uint64_t most_digits = (UINT64_MAX / 2 - 24) / 4;
    Num x;
    num_view(count, &x);
    return x.n > 2 || (x.n == 2 && (((u128)x.limbs[1] << 64) | x.limbs[0]) / 30 >= most_digits);
}

V int_lshift(Thread *t, V a, V b) {
    int64_t i, count;
    if (int_sign(b) < 0) return err_set(t, &exc_ValueError, "negative shift count");
    if (int_sign(a) == 0) return v_from_int(0);
    if (!int_small(b, &count)) {
        if (is_too_far(b)) return err_set(t, &exc_OverflowError, "too many digits in integer");
        return err_no_memory(t);
    }
    if (count < 64 && int_small(a, &i)) return int_from_i128(t, (i128)i * ((i128)1 << count));
    Num x;
    num_view(a, &x);
    size_t words = (size_t)count / 64;
    unsigned bits = (unsigned)count % 64;
    Int *o = int_raw(t, x.n + words + 1);
    if (!o) return V_ERROR;
    if (bits) o->limbs[words + x.n] = limbs_shl(o->limbs + words, x.limbs, x.n, bits);
    else memcpy(o->limbs + words, x.limbs, x.n * 8);
    return int_finish(t, o, x.neg, x.n + words + 1);
}

V int_rshift(Thread *t, V a, V b) {
    int64_t i, count;
    if (int_sign(b) < 0) return err_set(t, &exc_ValueError, "negative shift count");
    if (!int_small(b, &count)) return v_from_int(int_sign(a) < 0 ? -1 : 0);
    if (int_small(a, &i)) return int_from_i64(t, i >> (count < 63 ? count : 63));
    Num x;
    num_view(a, &x);
    size_t words = (size_t)count / 64;
    unsigned bits = (unsigned)count % 64;
    if (words >= x.n) return v_from_int(x.neg ? -1 : 0);
    size_t n = x.n - words;
    Int *o = int_raw(t, n + 1);
    if (!o) return V_ERROR;
    bool lost = false;
    if (x.neg) {
        for (size_t k = 0; k < words && !lost; k++) lost = x.limbs[k] != 0;
        if (bits) lost |= (x.limbs[words] << (64 - bits)) != 0;
    }
    if (bits) limbs_shr(o->limbs, x.limbs + words, n, bits);
    else memcpy(o->limbs, x.limbs + words, n * 8);
    if (lost) { // floor of a negative number
        uint64_t one = 1;
        o->limbs[n] = limbs_add(o->limbs, o->limbs, n, &one, 1);
    }
    return int_finish(t, o, x.neg, n + 1);
}

// ---- bitwise --------------------------------------------------------------------------------------------------------------------
// Magnitude to two's complement of n limbs, and back: the same operation.
static void limbs_negate(uint64_t *p, size_t n) {
    uint64_t carry = 1;
    for (size_t i = 0; i < n; i++) {
        p[i] = ~p[i] + carry;
        carry = carry && p[i] == 0;
    }
}

static V bitwise_big(Thread *t, V a, V b, char op) {
    Num x, y;
    num_view(a, &x);
    num_view(b, &y);
    size_t n = (x.n > y.n ? x.n : y.n) + 1;
    Int *o = int_raw(t, n), *other = o ? int_raw(t, n) : NULL;
    if (!other) {
        if (o) v_drop(t, v_from(o));
        return V_ERROR;
    }
    memcpy(o->limbs, x.limbs, x.n * 8);
    memcpy(other->limbs, y.limbs, y.n * 8);
    if (x.neg) limbs_negate(o->limbs, n);
    if (y.neg) limbs_negate(other->limbs, n);
    switch (op) {
    case '&': for (size_t i = 0; i < n; i++) o->limbs[i] &= other->limbs[i]; break;
    case '|': for (size_t i = 0; i < n; i++) o->limbs[i] |= other->limbs[i]; break;
    default: for (size_t i = 0; i < n; i++) o->limbs[i] ^= other->limbs[i];
    }
    v_drop(t, v_from(other));
    bool neg = o->limbs[n - 1] >> 63;
    if (neg) limbs_negate(o->limbs, n);
    return int_finish(t, o, neg, n);
}

V int_and(Thread *t, V a, V b) {
    int64_t i, j;
    if (int_small(a, &i) && int_small(b, &j)) return int_from_i64(t, i & j);
    return bitwise_big(t, a, b, '&');
}

V int_or(Thread *t, V a, V b) {
    int64_t i, j;
    if (int_small(a, &i) && int_small(b, &j)) return int_from_i64(t, i | j);
    return bitwise_big(t, a, b, '|');
}

V int_xor(Thread *t, V a, V b) {
    int64_t i, j;
    if (int_small(a, &i) && int_small(b, &j)) return int_from_i64(t, i ^ j);
    return bitwise_big(t, a, b, '^');
}

V int_gcd(Thread *t, V a, V b) {
    int64_t i, j;
    if (int_small(a, &i) && int_small(b, &j)) {
        uint64_t x = i < 0 ? -(uint64_t)i : (uint64_t)i, y = j < 0 ? -(uint64_t)j : (uint64_t)j;
        while (y) {
            uint64_t r = x % y;
            x = y;
            y = r;
        }
        return int_from_u64(t, x);
    }
    return int_gmp_gcd(t, a, b);
}

// ---- bytes ------------------------------------------------------------------------------------------------------------------------
V int_from_bytes(Thread *t, const uint8_t *p, size_t n, bool little, bool is_signed) {
    bool neg = is_signed && n && ((little ? p[n - 1] : p[0]) & 0x80);
    if (n <= 8) {
        uint64_t u = neg ? ~(uint64_t)0 : 0;
        for (size_t i = 0; i < n; i++) u = u << 8 | (little ? p[n - 1 - i] : p[i]);
        return neg || (is_signed && n == 8) ? int_from_i64(t, (int64_t)u) : int_from_u64(t, u);
    }
    size_t limbs = (n + 7) / 8;
    Int *o = int_raw(t, limbs);
    if (!o) return V_ERROR;
    if (neg) memset(o->limbs, 0xff, limbs * 8);
    for (size_t i = 0; i < n; i++) {
        uint64_t byte = little ? p[i] : p[n - 1 - i], *limb = &o->limbs[i / 8];
        *limb = (*limb & ~((uint64_t)0xff << i % 8 * 8)) | byte << i % 8 * 8;
    }
    if (neg) limbs_negate(o->limbs, limbs);
    return int_finish(t, o, neg, limbs);
}

int int_to_bytes(Thread *t, V v, uint8_t *p, size_t n, bool little, bool is_signed) {
    Num x;
    num_view(v, &x);
    bool neg = x.neg && x.n;
    if (neg && !is_signed) {
        err_set(t, &exc_OverflowError, "can't convert negative int to unsigned");
        return -1;
    }
    size_t bits = limbs_bits(x.limbs, x.n);
    if (neg) { // -2^k needs k + 1 bits, like 2^k - 1
        bool power = is_pow2(x.limbs[x.n - 1]);
        for (size_t i = 0; power && i + 1 < x.n; i++) power = x.limbs[i] == 0;
        if (power) bits--;
    }
    if (bits + (is_signed && (bits || neg)) > n * 8 || (neg && n == 0)) {
        err_set(t, &exc_OverflowError, "int too big to convert");
        return -1;
    }
    bool carry = true;
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = i / 8 < x.n ? (uint8_t)(x.limbs[i / 8] >> i % 8 * 8) : 0;
        if (neg) {
            byte = (uint8_t)(~byte + carry);
            carry = carry && byte == 0;
        }
        p[little ? i : n - 1 - i] = byte;
    }
    return 0;
}

// ---- slots --------------------------------------------------------------------------------------------------------------------------
#define BOTH_INTS(a, b) (v_is_any_int(a) && v_is_any_int(b))
#define BINARY_SLOT(name, function)                                                                                    \
    static V name(Thread *t, V a, V b) { return BOTH_INTS(a, b) ? function(t, a, b) : V_NOT_IMPLEMENTED; }
BINARY_SLOT(add_slot, int_add)
BINARY_SLOT(subtract_slot, int_subtract)
BINARY_SLOT(multiply_slot, int_multiply)
BINARY_SLOT(floor_divide_slot, int_floor_divide)
BINARY_SLOT(remainder_slot, int_remainder)
BINARY_SLOT(true_divide_slot, int_true_divide)
BINARY_SLOT(lshift_slot, int_lshift)
BINARY_SLOT(rshift_slot, int_rshift)
BINARY_SLOT(and_slot, int_and)
BINARY_SLOT(or_slot, int_or)
BINARY_SLOT(xor_slot, int_xor)

static V divmod_slot(Thread *t, V a, V b) {
    V q, r;
    if (!BOTH_INTS(a, b)) return V_NOT_IMPLEMENTED;
    if (int_divmod(t, a, b, &q, &r) < 0) return V_ERROR;
    return tuple_pack_steal(t, 2, q, r);
}

static V power_slot(Thread *t, V a, V b, V mod) {
    if (!BOTH_INTS(a, b)) return V_NOT_IMPLEMENTED;
    if (mod != V_NULL && mod != V_NONE && !v_is_any_int(mod)) return V_NOT_IMPLEMENTED;
    return int_power(t, a, b, mod);
}

static int bool_slot(Thread *t, V v) { (void)t; return int_sign(v) != 0; }
static V float_slot(Thread *t, V v) {
    double d;
    return int_as_double(t, v, &d) < 0 ? V_ERROR : float_from_double(t, d);
}
static V repr_slot(Thread *t, V v) { return int_to_str(t, v, 10); }
static int hash_slot(Thread *t, V v, int64_t *out) { (void)t; *out = int_hash(v); return 0; }

static V compare_slot(Thread *t, V a, V b, int op) {
    (void)t;
    if (!BOTH_INTS(a, b)) return V_NOT_IMPLEMENTED;
    return v_from_bool(cmp_holds(int_compare(a, b), 0, op));
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V v, arg[2] = {V_NULL, V_NULL};
    if (nargs <= 1 && kwnames == V_NULL) {
        if (nargs) arg[0] = args[0];
    } else {
        if (args_bind(t, "int", "x=0, /, base=10", args, nargs, kwnames, arg) < 0) return V_ERROR;
    }
    if (arg[0] == V_NULL) {
        if (arg[1] != V_NULL) return err_set(t, &exc_TypeError, "int() missing string argument");
        v = v_from_int(0);
    } else {
        v = int_from_object(t, arg[0], arg[1]);
    }
    if (v_is_error(v) || type == &int_type) return v;
    Num x;
    num_view(v, &x);
    V r = type_alloc(t, type, x.n);
    if (!v_is_error(r)) {
        Int *o = (Int *)v_obj(r);
        memcpy(o->limbs, x.limbs, x.n * 8);
        o->size = x.neg ? -(int64_t)x.n : (int64_t)x.n;
    }
    v_drop(t, v);
    return r;
}

Type int_type = {
    TYPE_HEAD("int"), .getattr = obj_generic_getattr,
    .base = &object_type,
    .doc = "An integer: from a number, truncated towards zero, or from text in a base of 2 to 36.\n\n"
           ">>> int(-2.9), int('0x1f', base=0)\n(-2, 31)",
    .flags = TYPE_BASETYPE | TYPE_INT | TYPE_IMMUTABLE | TYPE_ITEM_SELF,
    .size = sizeof(Int),
    .item_size = 8,
    .new_ = type_new,
    .repr = repr_slot,
    .hash = hash_slot,
    .compare = compare_slot,
    .add = add_slot,
    .subtract = subtract_slot,
    .multiply = multiply_slot,
    .remainder = remainder_slot,
    .divmod = divmod_slot,
    .power = power_slot,
    .negative = int_negate,
    .positive = int_exact,
    .absolute = int_absolute,
    .bool_ = bool_slot,
    .invert = int_invert,
    .lshift = lshift_slot,
    .rshift = rshift_slot,
    .and_ = and_slot,
    .xor_ = xor_slot,
    .or_ = or_slot,
    .int_ = int_exact,
    .float_ = float_slot,
    .index = int_exact,
    .floor_divide = floor_divide_slot,
    .true_divide = true_divide_slot,
    .methods = int_methods,
    .getsets = int_getsets,
};

// ---- bool -----------------------------------------------------------------------------------------------------------------------------
static V bool_repr(Thread *t, V v) { (void)t; return v == V_TRUE ? NAME(True) : NAME(False); }
#define BOOL_SLOT(name, op, int_fn)                                                                                    \
    static V name(Thread *t, V a, V b) {                                                                               \
        if (v_is_bool(a) && v_is_bool(b)) return v_from_bool((a == V_TRUE) op (b == V_TRUE));                          \
        return int_fn(t, a, b);                                                                                        \
    }
BOOL_SLOT(bool_and, &, and_slot)
BOOL_SLOT(bool_or, |, or_slot)
BOOL_SLOT(bool_xor, ^, xor_slot)

static V bool_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    if (kwnames != V_NULL && tuple_len(kwnames)) return err_set(t, &exc_TypeError, "bool() takes no keyword arguments");
    if (args_check_count(t, "bool", nargs, 0, 1) < 0) return V_ERROR;
    int truth = nargs ? obj_is_true(t, args[0]) : 0;
    return truth < 0 ? V_ERROR : v_from_bool(truth);
}

Type bool_type = {
    TYPE_HEAD("bool"),
    .base = &int_type,
    .doc = "True or False: the truth of an object.",
    .flags = TYPE_INT | TYPE_IMMUTABLE | TYPE_ITEM_SELF,
    .size = sizeof(Int),
    .item_size = 8,
    .new_ = bool_new,
    .repr = bool_repr,
    .and_ = bool_and,
    .or_ = bool_or,
    .xor_ = bool_xor,
};
