// SPDX-License-Identifier: MIT
// Module _decimal: sqrt, exp, ln, log10, correctly rounded (half to even, whatever the context says).
//
// The functions compute in binary fixed point: an mpz X stands for X / 2^p.  Each gives a decimal approximation y of w digits
// whose error is below ERROR units of its last digit; when the digits behind the context's precision do not tell how y rounds,
// it is computed again with more of them (Ziv's method).  Series and identities are the well-known ones: Taylor's with halved
// arguments for exp, Halley's iteration for ln, ln 10 = 46 atanh(1/31) + 34 atanh(1/49) + 20 atanh(1/161).
#include "decimal_private.h"
#include "base/atomics.h"
#include <math.h>
#include <stdlib.h>

#define BITS_PER_DIGIT 3.3219280948873626
#define LN10 2.302585092994046
enum { ERROR = 4, GUARD_DIGITS = 8 };

static int64_t bits_for(int64_t digits) {
    if (digits > (int64_t)1 << 33) gmp_give_up();
    return (int64_t)((double)digits * BITS_PER_DIGIT) + 2;
}

// ---- sqrt ------------------------------------------------------------------------------------------------------------------
// r = sqrt(a) with `digits` digits at least.  false: there are more, and exact was asked for.
static bool root(DecNum *r, const DecNum *a, int64_t digits, bool exact) {
    int64_t odd = a->exp & 1, have = (a->digits + odd + 1) / 2, more = digits > have ? digits - have : 0;
    mpz_t rest;
    mpz_init(rest);
    mpz_scale10(r->c, a->c, odd + 2 * more);
    mpz_sqrtrem(r->c, rest, r->c);
    bool whole = mpz_sgn(rest) == 0;
    mpz_clear(rest);
    r->flags = 0;
    r->exp = (a->exp - odd) / 2 - more;
    if (whole) dec_strip(r, more);
    else if (!exact) dec_sticky(r->c);
    return whole || !exact;
}

void dec_sqrt(DecCall *k) {
    DecNum *r = &k->r, *a = &k->a;
    DecCtx *c = k->ctx;
    if (dec_nans(r, a, NULL, c)) return;
    if ((a->flags & DEC_NEG) && !dec_is_zero(a)) {
        dec_invalid(r, c, SIG_INVALID);
        return;
    }
    c->rounding = R_HALF_EVEN;
    if (a->flags & DEC_INF) {
        dec_set(r, a);
        return;
    }
    if (dec_is_zero(a)) dec_set_small(r, a->flags, (a->exp - (a->exp & 1)) / 2, 0);
    else if (c->prec < 100000 + a->digits || !root(r, a, 0, true)) root(r, a, c->prec + 1, false);
    dec_finish(r, c);
}

// ---- ln 10 ------------------------------------------------------------------------------------------------------------------
// The sum of 1 / ((2k + 1) x^(k - first + 1)) for k from first to end - 1 is t / (b q); b and q of neighbours multiply.
static void atanh_split(mpz_t t, mpz_t b, mpz_t q, unsigned long x, int64_t first, int64_t end) {
    if (end - first == 1) {
        mpz_set_ui(t, 1);
        mpz_set_ui(b, (unsigned long)(2 * first + 1));
        mpz_set_ui(q, x);
        return;
    }
    int64_t middle = first + (end - first) / 2;
    mpz_t t2, b2, q2;
    mpz_init(t2), mpz_init(b2), mpz_init(q2);
    atanh_split(t, b, q, x, first, middle);
    atanh_split(t2, b2, q2, x, middle, end);
    mpz_mul(t, t, b2);
    mpz_mul(t, t, q2);
    mpz_addmul(t, b, t2);
    mpz_mul(b, b, b2);
    mpz_mul(q, q, q2);
    mpz_clear(t2), mpz_clear(b2), mpz_clear(q2);
}

// sum += factor * atanh(1 / n), in fixed point.
static void add_atanh(mpz_t sum, unsigned long factor, unsigned long n, int64_t p) {
    int64_t terms = (int64_t)((double)p / (2 * log2((double)n))) + 2;
    mpz_t t, b, q;
    mpz_init(t), mpz_init(b), mpz_init(q);
    atanh_split(t, b, q, n * n, 0, terms);
    mpz_mul_2exp(t, t, (mp_bitcnt_t)p);
    mpz_mul_ui(t, t, factor * n);
    mpz_mul(b, b, q);
    mpz_tdiv_q(t, t, b);
    mpz_add(sum, sum, t);
    mpz_clear(t), mpz_clear(b), mpz_clear(q);
}

// The longest one so far is kept, with twice the bits of the one before it: those are few, and readers may have them.
typedef struct Constant { struct Constant *before; int64_t bits; size_t n; uint64_t limbs[]; } Constant;
static Constant *kept_ln10; // atomic

static void keep_ln10(const mpz_t z, int64_t bits) {
    Constant *before = at_load_acquire(&kept_ln10), *made = malloc(sizeof *made + mpz_size(z) * sizeof made->limbs[0]);
    if (!made) return; // it is computed again then
    made->before = before;
    made->bits = bits;
    made->n = mpz_size(z);
    memcpy(made->limbs, mpz_limbs_read(z), made->n * sizeof made->limbs[0]);
    if ((before && before->bits >= bits) || !at_cas_acq_rel(&kept_ln10, &before, made)) free(made);
}

// ln 10 in fixed point, within 4 units.
static void ln10_fixed(mpz_t r, int64_t p) {
    const Constant *kept = at_load_acquire(&kept_ln10);
    if (kept && kept->bits >= p) {
        mpz_t view;
        mpz_tdiv_q_2exp(r, mpz_roinit_n(view, (const mp_limb_t *)kept->limbs, (mp_size_t)kept->n), (mp_bitcnt_t)(kept->bits - p));
        return;
    }
    int64_t bits = 1024;
    while (bits < p) bits *= 2;
    mpz_set_ui(r, 0);
    add_atanh(r, 46, 31, bits);
    add_atanh(r, 34, 49, bits);
    add_atanh(r, 20, 161, bits);
    keep_ln10(r, bits);
    mpz_tdiv_q_2exp(r, r, (mp_bitcnt_t)(bits - p));
}

// ---- exp and ln in fixed point ------------------------------------------------------------------------------------------------
// How often exp halves its argument, and the bits it loses by that: for arguments below 4 in magnitude.
static int64_t halvings(int64_t p) { return 4 + (int64_t)sqrt((double)p / 2); }
static int64_t exp_loss(int64_t p) { return halvings(p) + 8 + (int64_t)log2((double)p); }

// r = e^x, |x| < 4, with an error below 2^exp_loss(p) units.
static void exp_fixed(mpz_t r, const mpz_t x, int64_t p) {
    int64_t half = halvings(p);
    mpz_t small, term;
    mpz_init(small), mpz_init(term);
    mpz_tdiv_q_2exp(small, x, (mp_bitcnt_t)half);
    mpz_set_ui(term, 1);
    mpz_mul_2exp(term, term, (mp_bitcnt_t)p);
    mpz_set(r, term);
    for (unsigned long i = 1; mpz_sgn(term); i++) {
        mpz_mul(term, term, small);
        mpz_tdiv_q_2exp(term, term, (mp_bitcnt_t)p);
        mpz_tdiv_q_ui(term, term, i);
        mpz_add(r, r, term);
    }
    for (int64_t i = 0; i < half; i++) {
        mpz_mul(r, r, r);
        mpz_tdiv_q_2exp(r, r, (mp_bitcnt_t)p);
    }
    mpz_clear(small), mpz_clear(term);
}

// r = ln m for m between 0.3 and 4.  y + 2 (m - e^y) / (m + e^y) has three times as many correct bits as y; each step
// computes with what it can get.  The error is of exp_fixed's size.
static void ln_fixed(mpz_t r, const mpz_t m, int64_t p) {
    long e;
    double d = mpz_get_d_2exp(&e, m);
    mpz_set_d(r, ldexp(log(ldexp(d, (int)(e - p))), 60));
    int64_t q = 60, correct = 45;
    mpz_t e_y, sum, m_q;
    mpz_init(e_y), mpz_init(sum), mpz_init(m_q);
    while (correct < p) {
        correct = correct * 3 - 4;
        int64_t next = correct + exp_loss(p) + 8 < p ? correct + exp_loss(p) + 8 : p;
        if (next > q) mpz_mul_2exp(r, r, (mp_bitcnt_t)(next - q));
        else mpz_tdiv_q_2exp(r, r, (mp_bitcnt_t)(q - next));
        q = next;
        mpz_tdiv_q_2exp(m_q, m, (mp_bitcnt_t)(p - q));
        exp_fixed(e_y, r, q);
        mpz_add(sum, m_q, e_y);
        mpz_sub(m_q, m_q, e_y);
        mpz_mul_2exp(m_q, m_q, (mp_bitcnt_t)(q + 1));
        mpz_tdiv_q(m_q, m_q, sum);
        mpz_add(r, r, m_q);
    }
    if (q < p) mpz_mul_2exp(r, r, (mp_bitcnt_t)(p - q));
    mpz_clear(e_y), mpz_clear(sum), mpz_clear(m_q);
}

// ---- decimal in, decimal out -----------------------------------------------------------------------------------------------------
// r = c * 10^exp in fixed point, rounded down.
static void to_fixed(mpz_t r, const mpz_t c, int64_t exp, int64_t p) {
    if (exp >= 0) {
        mpz_scale10(r, c, exp);
        mpz_mul_2exp(r, r, (mp_bitcnt_t)p);
        return;
    }
    Pow10 power;
    mpz_mul_2exp(r, c, (mp_bitcnt_t)p);
    pow10_open(&power, -exp);
    mpz_tdiv_q(r, r, power.z);
    pow10_close(&power);
}

// y = |x| * 10^digits as an integer.
static void from_fixed(mpz_t y, const mpz_t x, int64_t digits, int64_t p) {
    mpz_scale10(y, x, digits);
    mpz_abs(y, y);
    mpz_tdiv_q_2exp(y, y, (mp_bitcnt_t)p);
}

// Whether y, whose error is below ERROR, rounds as the true value does: it is not next to a number of prec digits, nor to the
// middle between two.
static bool settled(const DecNum *y, int64_t prec) {
    int64_t extra = y->digits - prec;
    if (extra < 2) return false;
    mpz_t low, half;
    Pow10 unit;
    mpz_init(low), mpz_init(half);
    pow10_open(&unit, extra);
    mpz_tdiv_r(low, y->c, unit.z);
    mpz_tdiv_q_2exp(half, unit.z, 1);
    bool ok = mpz_cmp_ui(low, ERROR) > 0;
    mpz_sub(half, low, half);
    ok &= mpz_cmpabs_ui(half, ERROR) > 0;
    mpz_sub(low, unit.z, low);
    ok &= mpz_cmp_ui(low, ERROR) > 0;
    pow10_close(&unit);
    mpz_clear(low), mpz_clear(half);
    return ok;
}

// An approximation of f(a) with about `digits` digits, exact but for ERROR units of the last.
typedef void (*Approximation)(DecNum *r, const DecNum *a, int64_t digits);

static void ziv(DecNum *r, const DecNum *a, DecCtx *c, Approximation approximate) {
    int64_t extra = GUARD_DIGITS;
    do {
        approximate(r, a, c->prec + extra);
        dec_count(r);
        extra *= 2;
    } while (!settled(r, c->prec));
    dec_sticky(r->c);
    c->rounding = R_HALF_EVEN;
    dec_finish(r, c);
}

// ---- exp --------------------------------------------------------------------------------------------------------------------------
// e^a = 10^k e^x with x = a - k ln 10, |x| < 1.2
static void approximate_exp(DecNum *r, const DecNum *a, int64_t digits) {
    int64_t p = bits_for(digits) + 8;
    p += exp_loss(2 * p + 100);
    int64_t wide = p + 72; // k has 61 bits at most
    mpz_t x, ln10, k;
    mpz_init(x), mpz_init(ln10), mpz_init(k);
    to_fixed(x, a->c, a->exp, wide);
    if (a->flags & DEC_NEG) mpz_neg(x, x);
    ln10_fixed(ln10, wide);
    mpz_mul_2exp(k, x, 1);
    mpz_add(k, k, ln10);
    mpz_mul_2exp(r->c, ln10, 1);
    mpz_fdiv_q(k, k, r->c);
    mpz_submul(x, k, ln10);
    mpz_tdiv_q_2exp(x, x, 72);
    exp_fixed(ln10, x, p);
    from_fixed(r->c, ln10, digits, p);
    r->flags = 0;
    r->exp = mpz_get_si(k) - digits;
    mpz_clear(x), mpz_clear(ln10), mpz_clear(k);
}

// 1 with something below the last digit.
static void next_to_one(DecNum *r, bool below, int64_t prec) {
    mpz_set_ui(r->c, 1);
    mpz_scale10(r->c, r->c, prec + 2);
    if (below) mpz_sub_ui(r->c, r->c, 1);
    else mpz_add_ui(r->c, r->c, 1);
    r->flags = 0;
    r->exp = -(prec + 2);
}

void dec_exp_finite(DecNum *r, const DecNum *a, DecCtx *c) {
    bool neg = (a->flags & DEC_NEG) != 0;
    c->rounding = R_HALF_EVEN;
    if (dec_is_zero(a)) {
        dec_set_small(r, 0, 0, 1);
    } else if (dec_adjusted(a) >= 19) { // beyond every exponent
        dec_set_small(r, 0, neg ? 2 * (int64_t)DEC_MIN_ETINY : 2 * (int64_t)DEC_MAX_EMAX, 1);
    } else if (dec_adjusted(a) < -(c->prec + 1)) {
        next_to_one(r, neg, c->prec);
    } else {
        ziv(r, a, c, approximate_exp);
        return;
    }
    dec_finish(r, c);
}

void dec_exp(DecCall *k) {
    if (dec_nans(&k->r, &k->a, NULL, k->ctx)) return;
    if (!(k->a.flags & DEC_INF)) dec_exp_finite(&k->r, &k->a, k->ctx);
    else if (k->a.flags & DEC_NEG) dec_set_small(&k->r, 0, 0, 0);
    else dec_set(&k->r, &k->a);
}

// ---- ln and log10 --------------------------------------------------------------------------------------------------------------------
// a = m * 10^e with m between 0.3 and 4: 10 for the digits, and one more where the coefficient begins with 3 or more.
static int64_t exponent_of(const DecNum *a) {
    mpz_t head;
    mpz_init_set(head, a->c);
    mpz_drop10(head, a->digits, a->digits - 1);
    bool large = mpz_cmp_ui(head, 3) >= 0;
    mpz_clear(head);
    return dec_adjusted(a) + large;
}

// How many digits are lost by a being near 1: leading zeros of a - 1.
static int64_t near_one(const DecNum *a) {
    if (a->exp > 0 || dec_adjusted(a) < -1 || dec_adjusted(a) > 0) return 0;
    mpz_t distance;
    mpz_init_set_ui(distance, 1);
    mpz_scale10(distance, distance, -a->exp);
    mpz_sub(distance, distance, a->c);
    mpz_abs(distance, distance);
    int64_t zeros = -a->exp - mpz_digits(distance);
    mpz_clear(distance);
    return zeros > 0 ? zeros : 0;
}

// ln m (and for log10 its quotient by ln 10) plus e times ln 10 (1).
static void approximate_log(DecNum *r, const DecNum *a, int64_t digits, bool decimal) {
    int64_t e = exponent_of(a);
    digits += e == 0 ? near_one(a) : 0;
    int64_t p = bits_for(digits) + 72;
    p += exp_loss(2 * p + 100);
    mpz_t m, y, ln10;
    mpz_init(m), mpz_init(y), mpz_init(ln10);
    to_fixed(m, a->c, a->exp - e, p);
    ln_fixed(y, m, p);
    ln10_fixed(ln10, p);
    if (decimal) {
        mpz_mul_2exp(y, y, (mp_bitcnt_t)p);
        mpz_tdiv_q(y, y, ln10);
        mpz_set_ui(ln10, 1);
        mpz_mul_2exp(ln10, ln10, (mp_bitcnt_t)p);
    }
    mpz_mul_si(ln10, ln10, e);
    mpz_add(y, y, ln10);
    r->flags = mpz_sgn(y) < 0 ? DEC_NEG : 0;
    from_fixed(r->c, y, digits, p);
    r->exp = -digits;
    mpz_clear(m), mpz_clear(y), mpz_clear(ln10);
}
static void approximate_ln(DecNum *r, const DecNum *a, int64_t digits) { approximate_log(r, a, digits, false); }
static void approximate_log10(DecNum *r, const DecNum *a, int64_t digits) { approximate_log(r, a, digits, true); }

// Operands that settle a logarithm: true.
static bool log_special(DecNum *r, const DecNum *a, DecCtx *c) {
    if (dec_nans(r, a, NULL, c)) return true;
    if (dec_is_zero(a)) dec_set_special(r, DEC_INF | DEC_NEG);
    else if (a->flags & DEC_NEG) dec_invalid(r, c, SIG_INVALID);
    else if (a->flags & DEC_INF) dec_set(r, a);
    else return false;
    return true;
}

// a is 10^*power.
static bool is_power_of_ten(const DecNum *a, int64_t *power) {
    DecNum stripped;
    mpz_init(stripped.c);
    dec_set(&stripped, a);
    dec_strip(&stripped, a->digits);
    *power = stripped.exp;
    bool yes = mpz_cmp_ui(stripped.c, 1) == 0;
    mpz_clear(stripped.c);
    return yes;
}

void dec_ln_finite(DecNum *r, const DecNum *a, DecCtx *c) {
    int64_t power;
    if (is_power_of_ten(a, &power) && power == 0) dec_set_small(r, 0, 0, 0);
    else ziv(r, a, c, approximate_ln);
}

void dec_ln(DecCall *k) {
    if (!log_special(&k->r, &k->a, k->ctx)) dec_ln_finite(&k->r, &k->a, k->ctx);
}

void dec_log10(DecCall *k) {
    int64_t power;
    if (log_special(&k->r, &k->a, k->ctx)) return;
    if (is_power_of_ten(&k->a, &power)) {
        dec_set_int(&k->r, power);
        k->ctx->rounding = R_HALF_EVEN;
        dec_finish(&k->r, k->ctx);
    } else {
        ziv(&k->r, &k->a, k->ctx, approximate_log10);
    }
}
