// SPDX-License-Identifier: MIT
// Module _decimal: the fast ways: operands of at most 38 digits, intermediate results of at most 256 bits, no rounding that
// meets the ends of the exponent range.  Each gives V_NULL for anything else, with nothing changed.
#include "decimal_private.h"

enum { WIDE = 4 };
typedef struct Wide { uint64_t p[WIDE]; } Wide; // an unsigned number, little endian

static inline bool is_small(const Dec *d) { return !(d->head.aux & DEC_SPECIAL) && d->digits <= DEC_SMALL; }

// ---- results -------------------------------------------------------------------------------------------------------------
// Where a coefficient of `digits` digits stands in the context's range: no subnormal, overflow or clamping to think of.
static inline bool in_range(int64_t exp, int digits, const DecCtx *c) {
    int64_t adjusted = exp + digits - 1;
    return adjusted >= c->emin && adjusted < c->emax && (!c->clamp || exp <= ctx_etop(c));
}

static inline int left_of(u128 rest, u128 unit) {
    return rest == 0 ? LEFT_NONE : rest < unit - rest ? LEFT_LESS : rest == unit - rest ? LEFT_HALF : LEFT_MORE;
}

static inline void divide128(u128 *q, u128 *rest, u128 a, u128 b) {
    if ((uint64_t)(a >> 64) == 0 && (uint64_t)(b >> 64) == 0) {
        uint64_t x = (uint64_t)a, y = (uint64_t)b;
        *q = x / y;
        *rest = x % y;
    } else {
        *q = a / b;
        *rest = a - *q * b;
    }
}

// q has prec digits, what was cut off is `left`.
static V round_up(Thread *t, unsigned sign, int64_t exp, u128 q, int left, DecCtx *c) {
    int digits = (int)c->prec;
    if (dec_rounds_up(c->rounding, sign != 0, left, (unsigned)q & 1, c->rounding == R_05UP ? (unsigned)(q % 10) : 0)) {
        q++;
        if (q == dec_pow10[digits]) q = dec_pow10[digits - 1], exp++;
    }
    c->status |= SIG_ROUNDED | (left ? SIG_INEXACT : 0);
    return dec_new_small(t, &dec_type, sign, exp, q, digits);
}

static V finish(Thread *t, unsigned sign, int64_t exp, u128 coefficient, DecCtx *c) {
    int digits = small_digits(coefficient);
    if (coefficient == 0) {
        if (exp < ctx_etiny(c) || exp > (c->clamp ? ctx_etop(c) : c->emax)) return V_NULL;
    } else if (!in_range(exp, digits, c)) {
        return V_NULL;
    }
    if (digits <= c->prec) return digits > DEC_SMALL ? V_NULL : dec_new_small(t, &dec_type, sign, exp, coefficient, digits);
    int drop = digits - (int)c->prec;
    if (drop > DEC_SMALL) return V_NULL;
    u128 q, rest;
    divide128(&q, &rest, coefficient, dec_pow10[drop]);
    return round_up(t, sign, exp + drop, q, left_of(rest, dec_pow10[drop]), c);
}

static inline size_t wide_limbs(const Wide *w) { return limbs_trim(w->p, WIDE); }
static inline u128 wide_low(const Wide *w) { return (u128)w->p[1] << 64 | w->p[0]; }

static inline size_t split(uint64_t out[2], u128 x) {
    out[0] = (uint64_t)x;
    out[1] = (uint64_t)(x >> 64);
    return out[1] ? 2 : 1;
}

// w becomes w / unit; the remainder.
static u128 wide_divide(Wide *w, u128 unit) {
    uint64_t d[2], q[WIDE] = {0}, rest[2] = {0};
    size_t n = wide_limbs(w), dn = split(d, unit);
    if (n < dn) {
        u128 all = wide_low(w);
        *w = (Wide){{0}};
        return all;
    }
    mpn_tdiv_qr((mp_limb_t *)q, (mp_limb_t *)rest, 0, (const mp_limb_t *)w->p, (mp_size_t)n, (const mp_limb_t *)d, (mp_size_t)dn);
    memcpy(w->p, q, sizeof q);
    return (u128)rest[1] << 64 | rest[0];
}

// A result of up to 256 bits: cut to prec digits or one more, which takes a second cut.
static V finish_wide(Thread *t, unsigned sign, int64_t exp, Wide w, DecCtx *c) {
    size_t n = wide_limbs(&w);
    if (n <= 2) return finish(t, sign, exp, wide_low(&w), c);
    if (c->prec >= DEC_SMALL) return V_NULL;
    int prec = (int)c->prec, digits = (int)(limbs_bits(w.p, n) * 1233 >> 12), drop = digits - prec; // log10(2), from below
    if (drop > DEC_SMALL || drop < 1 || !in_range(exp, digits, c) || !in_range(exp, digits + 1, c)) return V_NULL;
    u128 rest = wide_divide(&w, dec_pow10[drop]), q = wide_low(&w);
    int left = left_of(rest, dec_pow10[drop]);
    if (q >= dec_pow10[prec]) {
        unsigned last = (unsigned)(q % 10);
        q /= 10, drop++;
        left = last > 5 || (last == 5 && left) ? LEFT_MORE : last == 5 ? LEFT_HALF : last || left ? LEFT_LESS : LEFT_NONE;
    }
    return round_up(t, sign, exp + drop, q, left, c);
}

static Wide wide_product(u128 a, u128 b) {
    u128 a0 = (uint64_t)a, a1 = a >> 64, b0 = (uint64_t)b, b1 = b >> 64;
    u128 low = a0 * b0, mid = a0 * b1, mid2 = a1 * b0, high = a1 * b1;
    u128 carry = (low >> 64) + (uint64_t)mid + (uint64_t)mid2;
    high += (mid >> 64) + (mid2 >> 64) + (carry >> 64);
    return (Wide){{(uint64_t)low, (uint64_t)carry, (uint64_t)high, (uint64_t)(high >> 64)}};
}

// ---- sums ----------------------------------------------------------------------------------------------------------------
static Wide wide_sum(Wide w, u128 b) {
    uint64_t d[2];
    split(d, b);
    mpn_add((mp_limb_t *)w.p, (const mp_limb_t *)w.p, WIDE, (const mp_limb_t *)d, 2);
    return w;
}

// |w - b|, whether it was negative.
static Wide wide_difference(Wide w, u128 b, bool *negative) {
    uint64_t d[2];
    *negative = wide_limbs(&w) <= 2 && wide_low(&w) < b;
    if (*negative) {
        split(w.p, b - wide_low(&w));
        return w;
    }
    split(d, b);
    mpn_sub((mp_limb_t *)w.p, (const mp_limb_t *)w.p, WIDE, (const mp_limb_t *)d, 2);
    return w;
}

V small_add(Thread *t, V va, V vb, DecCtx *c, bool subtract) {
    const Dec *a = dec_of(va), *b = dec_of(vb);
    if (!is_small(a) || !is_small(b)) return V_NULL;
    unsigned a_sign = a->head.aux, b_sign = b->head.aux ^ (subtract ? DEC_NEG : 0);
    if (a->exp < b->exp) { // a is the one with the larger exponent
        const Dec *swap = a;
        a = b, b = swap;
        unsigned sign = a_sign;
        a_sign = b_sign, b_sign = sign;
    }
    int64_t shift = a->exp - b->exp;
    if (shift > DEC_SMALL || (shift && a->small == 0) || (b->small == 0 && a->digits + shift > c->prec)) return V_NULL;
    bool same = a_sign == b_sign;
    if (a->digits + shift <= DEC_SMALL) {
        u128 x = shift ? a->small * dec_pow10[shift] : a->small, y = b->small;
        if (same) return finish(t, a_sign, b->exp, x + y, c);
        unsigned sign = x > y ? a_sign : x < y ? b_sign : c->rounding == R_FLOOR ? DEC_NEG : 0;
        return finish(t, sign, b->exp, x > y ? x - y : y - x, c);
    }
    Wide w = wide_product(a->small, dec_pow10[shift]);
    if (same) return finish_wide(t, a_sign, b->exp, wide_sum(w, b->small), c);
    bool negative;
    w = wide_difference(w, b->small, &negative);
    return finish_wide(t, negative ? b_sign : a_sign, b->exp, w, c);
}

// ---- products and quotients ----------------------------------------------------------------------------------------------------
V small_multiply(Thread *t, V va, V vb, DecCtx *c) {
    const Dec *a = dec_of(va), *b = dec_of(vb);
    if (!is_small(a) || !is_small(b)) return V_NULL;
    unsigned sign = a->head.aux ^ b->head.aux;
    int64_t exp = a->exp + b->exp;
    if (a->digits + b->digits <= DEC_SMALL) return finish(t, sign, exp, a->small * b->small, c);
    return finish_wide(t, sign, exp, wide_product(a->small, b->small), c);
}

// A quotient of prec + 1 digits or one more; a last digit that is sticky, or, when there is no remainder, trailing zeros
// taken off while the exponent is below a's less b's.
V small_divide(Thread *t, V va, V vb, DecCtx *c) {
    const Dec *a = dec_of(va), *b = dec_of(vb);
    if (!is_small(a) || !is_small(b) || a->small == 0 || b->small == 0 || c->prec > DEC_SMALL - 3) return V_NULL;
    int64_t scale = c->prec + 1 + b->digits - a->digits, exp = a->exp - b->exp;
    if (scale < 0) scale = 0;
    if (scale > DEC_SMALL) return V_NULL;
    Wide w = scale ? wide_product(a->small, dec_pow10[scale]) : (Wide){{(uint64_t)a->small, (uint64_t)(a->small >> 64)}};
    u128 rest = wide_divide(&w, b->small), q = wide_low(&w);
    if (w.p[2]) return V_NULL;
    if (rest) {
        if (q % 5 == 0) q++;
    } else {
        for (; scale > 0 && ((unsigned)q & 1) == 0; scale--) {
            u128 tenth = q / 10;
            if (tenth * 10 != q) break;
            q = tenth;
        }
    }
    return finish(t, a->head.aux ^ b->head.aux, exp - scale, q, c);
}

// ---- rounding -------------------------------------------------------------------------------------------------------------------
// a with other flags (its sign), rounded into the context.
V small_round(Thread *t, V va, DecCtx *c, unsigned flags) {
    const Dec *a = dec_of(va);
    return is_small(a) ? finish(t, flags, a->exp, a->small, c) : V_NULL;
}

V small_quantize(Thread *t, V va, V vb, DecCtx *c) {
    const Dec *a = dec_of(va), *b = dec_of(vb);
    if (!is_small(a) || (b->head.aux & DEC_SPECIAL) || b->exp > c->emax || b->exp < ctx_etiny(c)) return V_NULL;
    int64_t shift = a->exp - b->exp;
    unsigned sign = a->head.aux;
    u128 q = a->small;
    int left = LEFT_NONE;
    if (q == 0) return dec_new_small(t, &dec_type, sign, b->exp, 0, 1);
    if (shift >= 0) {
        if (a->digits + shift > c->prec || a->digits + shift > DEC_SMALL) return V_NULL;
        q *= dec_pow10[shift];
    } else {
        if (-shift > DEC_SMALL) return V_NULL;
        u128 unit = dec_pow10[-shift], rest;
        divide128(&q, &rest, a->small, unit);
        left = left_of(rest, unit);
        if (dec_rounds_up(c->rounding, sign != 0, left, (unsigned)q & 1, (unsigned)(q % 10))) q++;
    }
    int digits = small_digits(q);
    if (digits > c->prec || (q && !in_range(b->exp, digits, c))) return V_NULL;
    if (q == 0 && c->clamp) return V_NULL;
    if (shift < 0) c->status |= SIG_ROUNDED | (left ? SIG_INEXACT : 0);
    return dec_new_small(t, &dec_type, sign, b->exp, q, digits);
}

// ---- order -----------------------------------------------------------------------------------------------------------------------
bool small_compare(V va, V vb, int *order) {
    const Dec *a = dec_of(va), *b = dec_of(vb);
    if (!is_small(a) || !is_small(b)) return false;
    int a_sign = a->small == 0 ? 0 : a->head.aux ? -1 : 1, b_sign = b->small == 0 ? 0 : b->head.aux ? -1 : 1;
    if (a_sign != b_sign || a_sign == 0) {
        *order = a_sign < b_sign ? -1 : a_sign > b_sign;
        return true;
    }
    int64_t x = a->exp + a->digits, y = b->exp + b->digits;
    if (x != y) {
        *order = (x < y) == (a_sign > 0) ? -1 : 1;
        return true;
    }
    u128 p = a->small, q = b->small; // as many digits behind the leading one
    if (a->exp > b->exp) p *= dec_pow10[a->exp - b->exp];
    else q *= dec_pow10[b->exp - a->exp];
    *order = p == q ? 0 : (p < q) == (a_sign > 0) ? -1 : 1;
    return true;
}
