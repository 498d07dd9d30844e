// SPDX-License-Identifier: MIT
// Module _decimal: powers.
//
// An integer power that has an exact result of reasonable length is computed exactly, and rounded.  Every other is
// exp(b ln a) with EXTRA digits more than asked for, and inexact by definition: 4 ** 0.5 is 2.000… .  Integer powers are
// rounded twice, as libmpdec's are: half to even to the digits it works with, then into the context.
#include "decimal_private.h"

enum { EXTRA = 23, EXACT_DIGITS = 4000 };
#define FAR (2 * (int64_t)DEC_MAX_EMAX) // an exponent that overflows, and negative underflows, every context

static bool is_integer(const DecNum *a) {
    if (a->flags & DEC_SPECIAL) return false;
    if (a->exp >= 0 || dec_is_zero(a)) return true;
    if (-a->exp >= a->digits) return false;
    DecNum stripped;
    mpz_init(stripped.c);
    dec_set(&stripped, a);
    dec_strip(&stripped, -a->exp);
    mpz_clear(stripped.c);
    return stripped.exp >= 0;
}

// a, an integer, as an mpz.
static void set_integer(mpz_t r, const DecNum *a) {
    if (a->exp >= 0) mpz_scale10(r, a->c, a->exp);
    else mpz_set(r, a->c), mpz_drop10(r, a->digits, -a->exp);
}

static bool is_odd_integer(const DecNum *a) {
    if (a->exp > 0 || !is_integer(a)) return false;
    mpz_t n;
    mpz_init(n);
    set_integer(n, a);
    bool odd = mpz_odd_p(n);
    mpz_clear(n);
    return odd;
}

static void set_one(DecNum *r, unsigned sign, int64_t zeros) {
    dec_set_small(r, sign, -zeros, 1);
    mpz_scale10(r->c, r->c, zeros);
    r->digits = zeros + 1;
}

static int order_to_one(const DecNum *a) {
    DecNum one = {.flags = 0}, positive = *a;
    mpz_init(one.c);
    dec_set_small(&one, 0, 0, 1);
    positive.flags &= ~(unsigned)DEC_NEG;
    int order = dec_order(&positive, &one);
    mpz_clear(one.c);
    return order;
}

// (±1) ** b: 1.00 ** 3 is 1.000000.
static void power_of_one(DecNum *r, const DecNum *a, const DecNum *b, unsigned sign, bool integer, DecCtx *c) {
    int64_t most = c->prec - 1, n;
    if (!integer) {
        c->status |= SIG_INEXACT | SIG_ROUNDED;
        set_one(r, sign, most);
    } else if (b->flags & DEC_NEG) {
        set_one(r, sign, 0);
    } else {
        mpz_t count;
        mpz_init(count);
        bool far = dec_adjusted(b) >= 19;
        if (!far) set_integer(count, b);
        bool many = a->exp && (far || !mpz_fits_slong_p(count) || __builtin_mul_overflow(mpz_get_si(count), -a->exp, &n) || n > most);
        if (many) c->status |= SIG_ROUNDED;
        set_one(r, sign, many ? most : a->exp ? n : 0);
        mpz_clear(count);
    }
}

// ---- exact powers ---------------------------------------------------------------------------------------------------------
// a becomes 1 / a if that ends: its coefficient, which has no trailing zeros, is a power of 2 or of 5.
static bool invert(DecNum *a) {
    mpz_t prime, rest;
    mpz_init(prime), mpz_init(rest);
    bool ends = false;
    for (unsigned p = 2; p <= 5 && !ends; p += 3) {
        mpz_set_ui(prime, p);
        mp_bitcnt_t times = mpz_remove(rest, a->c, prime);
        ends = mpz_cmp_ui(rest, 1) == 0;
        if (!ends) continue;
        mpz_ui_pow_ui(a->c, 10 / p, times);
        a->exp = -a->exp - (int64_t)times;
        dec_count(a);
    }
    mpz_clear(prime), mpz_clear(rest);
    return ends;
}

// r = base ** n when it has not too many digits.  base has `zeros` trailing zeros, which are in its exponent.
static bool exact_power(DecNum *r, const DecNum *base, int64_t zeros, int64_t n, const DecCtx *c) {
    bool one = mpz_cmp_ui(base->c, 1) == 0;
    i128 digits = one ? 1 : (i128)base->digits * n, exp = (i128)base->exp * n, all_zeros = (i128)zeros * n;
    if (digits > EXACT_DIGITS + 2 * (i128)c->prec) return false;
    if (digits > (i128)1 << 35) gmp_give_up();
    if (exp > FAR || exp < -2 * (i128)FAR) {
        dec_set_small(r, 0, exp > 0 ? FAR : -2 * FAR, 1);
        return true;
    }
    if (one) mpz_set_ui(r->c, 1);
    else mpz_pow_ui(r->c, base->c, (unsigned long)n);
    dec_count(r);
    int64_t room = c->prec + 1 - r->digits, pad = room < 0 ? 0 : all_zeros < room ? (int64_t)all_zeros : room;
    mpz_scale10(r->c, r->c, pad);
    r->exp = (int64_t)exp - pad;
    return true;
}

static bool integer_power(DecNum *r, const DecNum *a, const DecNum *b, const DecCtx *c) {
    DecNum base;
    mpz_t n;
    mpz_init(base.c), mpz_init(n);
    dec_set(&base, a);
    dec_strip(&base, a->digits);
    dec_count(&base);
    int64_t zeros = base.exp - a->exp;
    bool done = dec_adjusted(b) < 19;
    if (done) set_integer(n, b);
    done = done && mpz_fits_slong_p(n);
    if (done && (b->flags & DEC_NEG)) {
        done = invert(&base);
        zeros = 0;
    }
    done = done && exact_power(r, &base, zeros, mpz_get_si(n), c);
    mpz_clear(base.c), mpz_clear(n);
    return done;
}

// ---- the others --------------------------------------------------------------------------------------------------------------
static void real_power(DecNum *r, const DecNum *a, const DecNum *b, DecCtx *c) {
    int64_t work = (a->digits > c->prec ? a->digits : c->prec) + EXTRA;
    DecCtx wide = {.prec = work + EXTRA, .emax = 4 * (int64_t)DEC_MAX_EMAX, .emin = -4 * (int64_t)DEC_MAX_EMAX};
    DecNum positive = *a, log = {.flags = 0};
    mpz_init(log.c);
    positive.flags = 0;
    dec_ln_finite(&log, &positive, &wide);
    mpz_mul(log.c, log.c, b->c);
    log.flags ^= b->flags & DEC_NEG;
    log.exp += b->exp;
    dec_count(&log);
    if (dec_adjusted(&log) >= 19) {
        dec_set_small(r, 0, log.flags & DEC_NEG ? -2 * FAR : FAR, 1);
    } else {
        wide.prec = work;
        dec_exp_finite(r, &log, &wide);
    }
    mpz_clear(log.c);
    c->status |= SIG_INEXACT | SIG_ROUNDED;
}

// Infinite and zero operands: true when they settle the result.
static bool power_special(DecNum *r, const DecNum *a, const DecNum *b, unsigned sign, DecCtx *c) {
    bool falls = (b->flags & DEC_NEG) != 0; // an infinite or zero base, turned upside down
    if (dec_is_zero(a)) {
        if (dec_is_zero(b)) dec_invalid(r, c, SIG_INVALID);
        else if (falls) dec_set_special(r, sign | DEC_INF);
        else dec_set_small(r, sign, 0, 0);
    } else if ((a->flags & DEC_NEG) && !is_integer(b)) {
        dec_invalid(r, c, SIG_INVALID);
    } else if (b->flags & DEC_INF) {
        int order = order_to_one(a);
        if (order == 0) {
            c->status |= SIG_INEXACT | SIG_ROUNDED;
            set_one(r, sign, c->prec - 1);
        } else if ((order < 0) == falls) {
            dec_set_special(r, sign | DEC_INF);
        } else {
            dec_set_small(r, sign, 0, 0);
        }
    } else if (dec_is_zero(b)) {
        dec_set_small(r, sign, 0, 1);
    } else if (a->flags & DEC_INF) {
        if (falls) dec_set_small(r, sign, 0, 0);
        else dec_set_special(r, sign | DEC_INF);
    } else {
        return false;
    }
    return true;
}

static void round_first(DecNum *r, const DecNum *b, DecCtx *c) {
    DecCtx work = *c;
    int64_t exponent_digits = b->digits + b->exp;
    work.prec += (exponent_digits < 1 ? 1 : exponent_digits > 40 ? 40 : exponent_digits) + 2 + ((b->flags & DEC_NEG) != 0);
    work.rounding = R_HALF_EVEN;
    work.clamp = 0;
    work.emax = 4 * (int64_t)DEC_MAX_EMAX; // the second rounding overflows
    dec_finish(r, &work);
    c->status |= work.status;
}

void dec_pow(DecCall *k) {
    DecNum *r = &k->r;
    const DecNum *a = &k->a, *b = &k->b;
    DecCtx *c = k->ctx;
    if (dec_nans(r, a, b, c)) return;
    unsigned sign = (a->flags & DEC_NEG) && is_odd_integer(b) ? DEC_NEG : 0;
    if (power_special(r, a, b, sign, c)) return;
    bool integer = is_integer(b);
    if (order_to_one(a) == 0) {
        power_of_one(r, a, b, sign, integer, c);
    } else {
        if (!integer || !integer_power(r, a, b, c)) real_power(r, a, b, c);
        r->flags = sign;
        if (integer) round_first(r, b, c);
    }
    dec_finish(r, c);
    if ((c->status & SIG_SUBNORMAL) && (c->status & SIG_INEXACT)) c->status |= SIG_UNDERFLOW;
}

// ---- modulo ------------------------------------------------------------------------------------------------------------------------
void dec_powmod(DecCall *k) {
    DecNum *r = &k->r;
    const DecNum *a = &k->a, *b = &k->b, *m = &k->c;
    unsigned told = m->flags & DEC_SNAN ? DEC_SNAN : DEC_ANY_NAN; // a signal stands before quiet NaNs
    if ((a->flags | b->flags) & told ? dec_nans(r, a, b, k->ctx) : dec_nans(r, m, NULL, k->ctx)) return;
    bool valid = is_integer(a) && is_integer(b) && is_integer(m) && (dec_is_zero(b) || !(b->flags & DEC_NEG)) && !dec_is_zero(m);
    if (!valid || m->digits + m->exp > k->ctx->prec || (dec_is_zero(a) && dec_is_zero(b))) {
        dec_invalid(r, k->ctx, SIG_INVALID);
        return;
    }
    mpz_t base, exponent, modulus;
    mpz_init(base), mpz_init(exponent), mpz_init(modulus);
    set_integer(base, a);
    set_integer(exponent, b);
    set_integer(modulus, m);
    mpz_powm(r->c, base, exponent, modulus);
    r->flags = (a->flags & DEC_NEG) && mpz_odd_p(exponent) ? DEC_NEG : 0;
    r->exp = 0;
    dec_count(r); // less than the modulus, so there is nothing to round
    mpz_clear(base), mpz_clear(exponent), mpz_clear(modulus);
}
