// SPDX-License-Identifier: MIT
// Module _decimal: sums, products, quotients, remainders and comparisons of any length.
//
// Exponents are as far apart as 10^18, so nothing is aligned before it is known to be near: digits that show in the result by
// rounding only are replaced by one that says whether they are zero.
#include "decimal_private.h"

static int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t max64(int64_t a, int64_t b) { return a > b ? a : b; }

// ---- sums ----------------------------------------------------------------------------------------------------------------
// The sign of an exact zero.
static unsigned zero_sign(unsigned a, unsigned b, const DecCtx *c) {
    return a == b ? a : c->rounding == R_FLOOR ? DEC_NEG : 0;
}

// high + low where high's exponent is the larger one; a term of zero only says how far to the right the result may go.
static void add_zero(DecNum *r, const DecNum *term, int64_t exp, const DecCtx *c) {
    dec_set(r, term);
    if (term->exp <= exp) return;
    int64_t room = max64(c->prec - term->digits, 0) + 1; // one too many tells dec_finish that digits are cut
    int64_t pad = min64(term->exp - exp, room);
    mpz_scale10(r->c, r->c, pad);
    r->exp -= pad;
}

// r = a + b, exactly or with a sticky digit; signs as in flags, both finite.
static void sum(DecNum *r, const DecNum *a, unsigned a_sign, const DecNum *b, unsigned b_sign, const DecCtx *c) {
    int64_t exp = min64(a->exp, b->exp);
    bool a_zero = dec_is_zero(a), b_zero = dec_is_zero(b);
    if (a_zero && b_zero) {
        dec_set_small(r, zero_sign(a_sign, b_sign, c), exp, 0);
        return;
    }
    if (a_zero || b_zero) {
        add_zero(r, a_zero ? b : a, exp, c);
        r->flags = a_zero ? b_sign : a_sign;
        return;
    }
    const DecNum *high = a->exp >= b->exp ? a : b, *low = high == a ? b : a;
    unsigned high_sign = high == a ? a_sign : b_sign, low_sign = high == a ? b_sign : a_sign;
    mpz_t cut;
    mpz_init(cut);
    mpz_srcptr small = low->c;
    int64_t below = min64(high->exp, dec_adjusted(high) - c->prec) - 3; // no digit that far down shows in the result
    if (exp < below && dec_adjusted(low) < dec_adjusted(high) - 1) {    // nor do leading ones cancel
        mpz_set(cut, low->c);
        if (mpz_drop10(cut, low->digits, below - exp)) dec_sticky(cut);
        small = cut;
        exp = below;
    }
    mpz_scale10(r->c, high->c, high->exp - exp);
    if (high_sign == low_sign) mpz_add(r->c, r->c, small);
    else mpz_sub(r->c, r->c, small);
    mpz_clear(cut);
    r->exp = exp;
    int sign = mpz_sgn(r->c);
    r->flags = sign > 0 ? high_sign : sign < 0 ? high_sign ^ DEC_NEG : zero_sign(high_sign, low_sign, c);
    mpz_abs(r->c, r->c);
}

static void add_signed(DecCall *k, unsigned flip) {
    const DecNum *a = &k->a, *b = &k->b;
    if (dec_nans(&k->r, a, b, k->ctx)) return;
    unsigned a_sign = a->flags & DEC_NEG, b_sign = (b->flags & DEC_NEG) ^ flip;
    if ((a->flags | b->flags) & DEC_INF) {
        if ((a->flags & b->flags & DEC_INF) && a_sign != b_sign) dec_invalid(&k->r, k->ctx, SIG_INVALID);
        else dec_set_special(&k->r, DEC_INF | (a->flags & DEC_INF ? a_sign : b_sign));
        return;
    }
    sum(&k->r, a, a_sign, b, b_sign, k->ctx);
    dec_finish(&k->r, k->ctx);
}
void dec_add(DecCall *k) { add_signed(k, 0); }
void dec_subtract(DecCall *k) { add_signed(k, DEC_NEG); }

// The operand with another sign, rounded.  A zero comes out as 0 + a or 0 - a do.
static void with_sign(DecCall *k, unsigned sign) {
    if (dec_nans(&k->r, &k->a, NULL, k->ctx)) return;
    dec_set(&k->r, &k->a);
    if (dec_is_zero(&k->a)) sign = zero_sign(0, sign, k->ctx);
    k->r.flags = (k->a.flags & ~(unsigned)DEC_NEG) | sign;
    dec_finish(&k->r, k->ctx);
}
void dec_plus(DecCall *k) { with_sign(k, k->a.flags & DEC_NEG); }
void dec_minus(DecCall *k) { with_sign(k, (k->a.flags & DEC_NEG) ^ DEC_NEG); }
void dec_abs(DecCall *k) { with_sign(k, 0); }

// ---- products --------------------------------------------------------------------------------------------------------------
// r = a * b, exactly; false when the result is special.
static bool product(DecNum *r, const DecNum *a, const DecNum *b, DecCtx *c) {
    unsigned sign = (a->flags ^ b->flags) & DEC_NEG;
    if ((a->flags | b->flags) & DEC_INF) {
        if (dec_is_zero(a) || dec_is_zero(b)) dec_invalid(r, c, SIG_INVALID);
        else dec_set_special(r, DEC_INF | sign);
        return false;
    }
    if ((mpz_size(a->c) + mpz_size(b->c)) >> 31) gmp_give_up();
    mpz_mul(r->c, a->c, b->c);
    r->flags = sign;
    r->exp = a->exp + b->exp;
    return true;
}

void dec_multiply(DecCall *k) {
    if (dec_nans(&k->r, &k->a, &k->b, k->ctx)) return;
    if (product(&k->r, &k->a, &k->b, k->ctx)) dec_finish(&k->r, k->ctx);
}

void dec_fma(DecCall *k) {
    DecNum *r = &k->r;
    unsigned factors = k->a.flags | k->b.flags;
    if ((k->c.flags & DEC_SNAN) && (factors & DEC_NAN) && !(factors & DEC_SNAN)) { // signals before a factor that is a quiet NaN
        dec_nans(r, &k->c, NULL, k->ctx);
        return;
    }
    if (dec_nans(r, &k->a, &k->b, k->ctx)) return;
    DecCall add = {.ctx = k->ctx, .b = k->c};
    mpz_init(add.a.c);
    mpz_init(add.r.c);
    product(&add.a, &k->a, &k->b, k->ctx);
    if (add.a.flags & DEC_NAN) {
        dec_set_special(r, DEC_NAN);
    } else {
        if (!(add.a.flags & DEC_SPECIAL)) dec_count(&add.a);
        dec_add(&add);
        mpz_swap(r->c, add.r.c);
        r->flags = add.r.flags, r->exp = add.r.exp, r->digits = add.r.digits;
    }
    mpz_clear(add.a.c);
    mpz_clear(add.r.c);
}

// ---- quotients ---------------------------------------------------------------------------------------------------------------
// Infinite and zero operands: true when they settle the result.  b is the divisor.
static bool divide_special(DecNum *r, const DecNum *a, const DecNum *b, DecCtx *c, bool integer) {
    unsigned sign = (a->flags ^ b->flags) & DEC_NEG;
    if (a->flags & DEC_INF) {
        if (b->flags & DEC_INF) dec_invalid(r, c, SIG_INVALID);
        else dec_set_special(r, DEC_INF | sign);
        return true;
    }
    if (b->flags & DEC_INF) {
        dec_set_small(r, sign, integer ? 0 : ctx_etiny(c), 0);
        if (!integer) c->status |= SIG_CLAMPED;
        return true;
    }
    if (!dec_is_zero(b)) return false;
    if (dec_is_zero(a)) {
        dec_invalid(r, c, COND_UNDEFINED);
    } else {
        c->status |= SIG_DIV_ZERO;
        dec_set_special(r, DEC_INF | sign);
    }
    return true;
}

// r = a / b with `digits` digits at least, the last one sticky; exact ones as near to the exponent a - b as can be.
static void quotient(DecNum *r, const DecNum *a, const DecNum *b, int64_t digits) {
    int64_t scale = max64(digits + b->digits - a->digits, 0);
    mpz_t scaled, rest;
    mpz_init(scaled);
    mpz_init(rest);
    mpz_scale10(scaled, a->c, scale);
    mpz_tdiv_qr(r->c, rest, scaled, b->c);
    r->exp = a->exp - b->exp - scale;
    if (mpz_sgn(rest)) dec_sticky(r->c);
    else dec_strip(r, scale);
    mpz_clear(scaled);
    mpz_clear(rest);
}

// With 10^18 digits only a quotient that ends can be had: a divisor with n digits has less than 4n factors of 2 or 5.
static bool quotient_ends(DecNum *r, const DecNum *a, const DecNum *b) {
    mpz_t common, rest;
    mpz_init(common);
    mpz_init(rest);
    mpz_gcd(common, a->c, b->c);
    mpz_divexact(rest, b->c, common);
    for (unsigned prime = 2; prime <= 5; prime += 3) {
        mpz_set_ui(common, prime);
        mpz_remove(rest, rest, common);
    }
    bool ends = mpz_cmp_ui(rest, 1) == 0;
    mpz_clear(common);
    mpz_clear(rest);
    if (ends) quotient(r, a, b, 4 * (a->digits + b->digits));
    return ends;
}

void dec_divide(DecCall *k) {
    DecNum *r = &k->r, *a = &k->a, *b = &k->b;
    if (dec_nans(r, a, b, k->ctx) || divide_special(r, a, b, k->ctx, false)) return;
    unsigned sign = (a->flags ^ b->flags) & DEC_NEG;
    if (dec_is_zero(a)) {
        dec_set_small(r, sign, a->exp - b->exp, 0);
    } else {
        if (k->ctx->prec < 100000 + 4 * (a->digits + b->digits) || !quotient_ends(r, a, b)) quotient(r, a, b, k->ctx->prec + 1);
        r->flags = sign;
    }
    dec_finish(r, k->ctx);
}

// ---- integer quotients -----------------------------------------------------------------------------------------------------------
// q = a // b towards zero, rest = a - q * b, both not rounded; no NaN, infinity or zero divisor.  false: q has more digits than
// the context.
static bool integer_parts(DecNum *q, DecNum *rest, const DecNum *a, const DecNum *b, DecCtx *c) {
    int64_t exp = min64(a->exp, b->exp);
    dec_set_small(q, (a->flags ^ b->flags) & DEC_NEG, 0, 0);
    if (dec_is_zero(a)) {
        dec_set_small(rest, a->flags & DEC_NEG, exp, 0);
        return true;
    }
    int64_t above = dec_adjusted(a) - dec_adjusted(b);
    if (above > c->prec) return false;
    if (above < 0) {
        dec_set(rest, a);
        if (rest->exp > exp) { // a is smaller, so there is nothing beyond b's digits
            mpz_scale10(rest->c, rest->c, rest->exp - exp);
            rest->exp = exp;
        }
        return true;
    }
    mpz_t scaled;
    mpz_init(scaled);
    mpz_scale10(rest->c, a->c, a->exp - exp);
    mpz_scale10(scaled, b->c, b->exp - exp);
    mpz_tdiv_qr(q->c, rest->c, rest->c, scaled);
    mpz_clear(scaled);
    rest->flags = a->flags & DEC_NEG;
    rest->exp = exp;
    dec_count(q);
    return q->digits <= c->prec;
}

static void impossible(DecNum *q, DecNum *rest, DecCtx *c) {
    dec_invalid(q, c, COND_IMPOSSIBLE);
    dec_invalid(rest, c, COND_IMPOSSIBLE);
}

void dec_divide_int(DecCall *k) {
    if (dec_nans(&k->r, &k->a, &k->b, k->ctx) || divide_special(&k->r, &k->a, &k->b, k->ctx, true)) return;
    if (integer_parts(&k->r, &k->r2, &k->a, &k->b, k->ctx)) dec_finish(&k->r, k->ctx);
    else impossible(&k->r, &k->r2, k->ctx);
}

// Operands without a remainder, and those that are their own: true.
static bool remainder_special(DecNum *r, const DecNum *a, const DecNum *b, DecCtx *c) {
    if (a->flags & DEC_INF) {
        dec_invalid(r, c, SIG_INVALID);
    } else if (b->flags & DEC_INF) {
        dec_set(r, a);
        dec_finish(r, c);
    } else if (dec_is_zero(b)) {
        dec_invalid(r, c, dec_is_zero(a) ? COND_UNDEFINED : SIG_INVALID);
    } else {
        return false;
    }
    return true;
}

void dec_remainder(DecCall *k) {
    if (dec_nans(&k->r, &k->a, &k->b, k->ctx) || remainder_special(&k->r, &k->a, &k->b, k->ctx)) return;
    if (integer_parts(&k->r2, &k->r, &k->a, &k->b, k->ctx)) dec_finish(&k->r, k->ctx);
    else impossible(&k->r, &k->r2, k->ctx);
}

void dec_divmod(DecCall *k) {
    DecNum *q = &k->r, *rest = &k->r2, *a = &k->a, *b = &k->b;
    if (dec_nans(q, a, b, k->ctx)) {
        dec_set(rest, q);
        return;
    }
    if (divide_special(q, a, b, k->ctx, true)) {
        if (q->flags & DEC_NAN) dec_set(rest, q);
        else remainder_special(rest, a, b, k->ctx);
        return;
    }
    if (!integer_parts(q, rest, a, b, k->ctx)) {
        impossible(q, rest, k->ctx);
        return;
    }
    dec_finish(q, k->ctx);
    dec_finish(rest, k->ctx);
}

// The quotient is rounded half to even, so the remainder may change its sign.
void dec_remainder_near(DecCall *k) {
    DecNum *r = &k->r, *q = &k->r2;
    const DecNum *a = &k->a, *b = &k->b;
    if (dec_nans(r, a, b, k->ctx) || remainder_special(r, a, b, k->ctx)) return;
    if (dec_is_zero(a) || dec_adjusted(a) - dec_adjusted(b) < -1) { // less than half of b, which may be long to scale
        dec_set(r, a);
        int64_t pad = a->exp > b->exp ? a->exp - b->exp : 0;
        mpz_scale10(r->c, r->c, pad);
        r->exp -= pad;
        dec_finish(r, k->ctx);
        return;
    }
    if (!integer_parts(q, r, a, b, k->ctx)) {
        impossible(r, q, k->ctx);
        return;
    }
    mpz_t divisor, twice;
    mpz_init(divisor);
    mpz_init(twice);
    mpz_scale10(divisor, b->c, b->exp - r->exp);
    mpz_mul_2exp(twice, r->c, 1);
    int order = mpz_cmp(twice, divisor);
    if (order > 0 || (order == 0 && mpz_odd_p(q->c))) {
        mpz_sub(r->c, divisor, r->c);
        r->flags ^= DEC_NEG;
        mpz_add_ui(q->c, q->c, 1);
        dec_count(q);
    }
    mpz_clear(divisor);
    mpz_clear(twice);
    if (q->digits > k->ctx->prec) impossible(r, q, k->ctx);
    else dec_finish(r, k->ctx);
}

// ---- comparing --------------------------------------------------------------------------------------------------------------------
static int order_magnitude(const DecNum *a, const DecNum *b) {
    if ((a->flags | b->flags) & DEC_INF) return ((a->flags & DEC_INF) != 0) - ((b->flags & DEC_INF) != 0);
    bool a_zero = dec_is_zero(a), b_zero = dec_is_zero(b);
    if (a_zero || b_zero) return b_zero - a_zero;
    int64_t x = dec_adjusted(a), y = dec_adjusted(b);
    if (x != y) return x < y ? -1 : 1;
    int64_t exp = min64(a->exp, b->exp);
    mpz_t p, q;
    mpz_init(p);
    mpz_init(q);
    mpz_scale10(p, a->c, a->exp - exp);
    mpz_scale10(q, b->c, b->exp - exp);
    int order = mpz_cmp(p, q);
    mpz_clear(p);
    mpz_clear(q);
    return order < 0 ? -1 : order > 0;
}

int dec_order(const DecNum *a, const DecNum *b) {
    bool a_neg = (a->flags & DEC_NEG) != 0, b_neg = (b->flags & DEC_NEG) != 0;
    if (dec_is_zero(a) && dec_is_zero(b)) return 0;
    if (a_neg != b_neg) return a_neg ? -1 : 1;
    return a_neg ? -order_magnitude(a, b) : order_magnitude(a, b);
}

static void set_order(DecNum *r, int order) { dec_set_small(r, order < 0 ? DEC_NEG : 0, 0, order ? 1 : 0); }

void dec_compare(DecCall *k) {
    if (dec_nans(&k->r, &k->a, &k->b, k->ctx)) return;
    set_order(&k->r, k->n = dec_order(&k->a, &k->b));
}

void dec_compare_signal(DecCall *k) {
    if ((k->a.flags | k->b.flags) & DEC_ANY_NAN) k->ctx->status |= SIG_INVALID;
    dec_compare(k);
}

// By representation: -NaN < -sNaN < -Infinity < numbers < Infinity < sNaN < NaN; equal numbers by exponent.
static int total_rank(unsigned flags) { return flags & DEC_NAN ? 3 : flags & DEC_SNAN ? 2 : 1; }

static int total_magnitude(const DecNum *a, const DecNum *b) {
    int x = total_rank(a->flags), y = total_rank(b->flags);
    if (x != y) return x < y ? -1 : 1;
    if (x > 1) {
        int order = mpz_cmp(a->c, b->c);
        return order < 0 ? -1 : order > 0;
    }
    int order = order_magnitude(a, b);
    return order || (a->flags & DEC_INF) ? order : a->exp < b->exp ? -1 : a->exp > b->exp;
}

static int total_order(const DecNum *a, const DecNum *b) {
    unsigned a_neg = a->flags & DEC_NEG, b_neg = b->flags & DEC_NEG;
    if (a_neg != b_neg) return a_neg ? -1 : 1;
    return a_neg ? -total_magnitude(a, b) : total_magnitude(a, b);
}

void dec_compare_total_mag(DecCall *k) { set_order(&k->r, total_magnitude(&k->a, &k->b)); }
void dec_compare_total(DecCall *k) { set_order(&k->r, total_order(&k->a, &k->b)); }

// ---- the larger and the smaller one ------------------------------------------------------------------------------------------------
static void choose(DecCall *k, bool larger, bool magnitude) {
    DecNum *a = &k->a, *b = &k->b, *r = &k->r;
    bool a_quiet = a->flags & DEC_NAN, b_quiet = b->flags & DEC_NAN;
    if (((a->flags | b->flags) & DEC_SNAN) || (a_quiet && b_quiet)) {
        dec_nans(r, a, b, k->ctx);
        return;
    }
    const DecNum *chosen = a_quiet ? b : a;
    if (!a_quiet && !b_quiet) {
        int order = magnitude ? order_magnitude(a, b) : dec_order(a, b);
        if (order == 0) order = total_order(a, b);
        chosen = larger == (order < 0) ? b : a;
    }
    dec_set(r, chosen);
    dec_finish(r, k->ctx);
}
void dec_max(DecCall *k) { choose(k, true, false); }
void dec_min(DecCall *k) { choose(k, false, false); }
void dec_max_mag(DecCall *k) { choose(k, true, true); }
void dec_min_mag(DecCall *k) { choose(k, false, true); }
