// SPDX-License-Identifier: MIT
// Module _decimal: operations on exponents and digits: quantize, rounding to integers, neighbours, logical operations, shifts.
#include "decimal_private.h"

// ---- exponents -----------------------------------------------------------------------------------------------------------
// r = a with exponent exp, rounded; a is finite.  The status says what was lost.
static void rescale(DecNum *r, const DecNum *a, int64_t exp, DecCtx *c) {
    dec_set(r, a);
    if (dec_is_zero(a)) {
        r->exp = exp;
        return;
    }
    if (a->exp >= exp) {
        mpz_scale10(r->c, r->c, a->exp - exp);
        r->exp = exp;
        dec_count(r);
    } else {
        int left = dec_round(r, exp - a->exp, c);
        c->status |= SIG_ROUNDED | (left ? SIG_INEXACT : 0);
    }
}

void dec_quantize(DecCall *k) {
    DecNum *r = &k->r;
    const DecNum *a = &k->a, *b = &k->b;
    DecCtx *c = k->ctx;
    if (dec_nans(r, a, b, c)) return;
    if ((a->flags | b->flags) & DEC_INF) {
        if (a->flags & b->flags & DEC_INF) dec_set(r, a);
        else dec_invalid(r, c, SIG_INVALID);
        return;
    }
    if (b->exp > c->emax || b->exp < ctx_etiny(c) || (!dec_is_zero(a) && a->digits + (a->exp - b->exp) > c->prec)) {
        dec_invalid(r, c, SIG_INVALID);
        return;
    }
    uint32_t before = c->status;
    rescale(r, a, b->exp, c);
    if (r->digits > c->prec || dec_adjusted(r) > c->emax) {
        c->status = before;
        dec_invalid(r, c, SIG_INVALID);
    } else {
        dec_finish(r, c);
    }
}

void dec_round_integral(DecNum *r, const DecNum *a, DecCtx *c, bool exact) {
    if ((a->flags & DEC_INF) || a->exp >= 0) {
        dec_set(r, a);
        return;
    }
    uint32_t before = c->status;
    rescale(r, a, 0, c);
    if (!exact) c->status = before;
}

void dec_to_integral_value(DecCall *k) {
    if (!dec_nans(&k->r, &k->a, NULL, k->ctx)) dec_round_integral(&k->r, &k->a, k->ctx, false);
}
void dec_to_integral_exact(DecCall *k) {
    if (!dec_nans(&k->r, &k->a, NULL, k->ctx)) dec_round_integral(&k->r, &k->a, k->ctx, true);
}

void dec_normalize(DecCall *k) {
    DecNum *r = &k->r;
    if (dec_nans(r, &k->a, NULL, k->ctx)) return;
    dec_set(r, &k->a);
    dec_finish(r, k->ctx);
    if (r->flags & DEC_INF) return;
    if (mpz_sgn(r->c) == 0) r->exp = 0;
    else dec_strip(r, (k->ctx->clamp ? ctx_etop(k->ctx) : k->ctx->emax) - r->exp);
    dec_count(r);
}

void dec_logb(DecCall *k) {
    DecNum *r = &k->r;
    if (dec_nans(r, &k->a, NULL, k->ctx)) return;
    if (k->a.flags & DEC_INF) {
        dec_set_special(r, DEC_INF);
    } else if (dec_is_zero(&k->a)) {
        k->ctx->status |= SIG_DIV_ZERO;
        dec_set_special(r, DEC_INF | DEC_NEG);
    } else {
        dec_set_int(r, dec_adjusted(&k->a));
        dec_finish(r, k->ctx);
    }
}

// An operand that counts digits or exponents: an integer written without exponent, of magnitude max at most.
static bool count_operand(const DecNum *a, int64_t max, int64_t *out) {
    if (a->exp != 0 || (a->flags & DEC_SPECIAL) || a->digits > 19) return false;
    u128 n = mpz_get_ui(a->c);
    if (n > (u128)max) return false;
    *out = a->flags & DEC_NEG ? -(int64_t)n : (int64_t)n;
    return true;
}

void dec_scaleb(DecCall *k) {
    int64_t n;
    if (dec_nans(&k->r, &k->a, &k->b, k->ctx)) return;
    if (!count_operand(&k->b, 2 * (k->ctx->emax + k->ctx->prec), &n)) {
        dec_invalid(&k->r, k->ctx, SIG_INVALID);
        return;
    }
    dec_set(&k->r, &k->a);
    if (k->a.flags & DEC_INF) return;
    k->r.exp += n;
    dec_finish(&k->r, k->ctx);
}

void dec_copy_sign(DecCall *k) {
    dec_set(&k->r, &k->a);
    k->r.flags = (k->a.flags & ~(unsigned)DEC_NEG) | (k->b.flags & DEC_NEG);
}

void dec_same_quantum(DecCall *k) {
    unsigned a = k->a.flags, b = k->b.flags;
    if ((a | b) & DEC_SPECIAL) k->n = ((a & DEC_ANY_NAN) && (b & DEC_ANY_NAN)) || (a & b & DEC_INF);
    else k->n = k->a.exp == k->b.exp;
}

// ---- neighbours ----------------------------------------------------------------------------------------------------------
// The next number of the context above a (or below it); a is no NaN.
static void next(DecNum *r, const DecNum *a, const DecCtx *c, bool up) {
    DecCtx directed = *c;
    directed.rounding = up ? R_CEILING : R_FLOOR;
    directed.status = 0;
    dec_set(r, a);
    if (a->flags & DEC_INF) {
        if (((a->flags & DEC_NEG) != 0) != up) return;
        mpz_set_nines(r->c, c->prec); // an infinity's neighbour is the largest number
        r->flags = a->flags & DEC_NEG;
        r->exp = ctx_etop(c);
        r->digits = c->prec;
        return;
    }
    dec_finish(r, &directed);
    if (directed.status & (SIG_INEXACT | SIG_OVERFLOW)) return; // rounding went there already
    DecCall k = {.a = *a, .ctx = &directed};
    mpz_init(k.r.c);
    mpz_init(k.b.c);
    dec_set_small(&k.b, up ? 0 : DEC_NEG, ctx_etiny(c) - 1, 1);
    dec_add(&k);
    dec_set(r, &k.r);
    mpz_clear(k.b.c);
    mpz_clear(k.r.c);
}

void dec_next_plus(DecCall *k) {
    if (!dec_nans(&k->r, &k->a, NULL, k->ctx)) next(&k->r, &k->a, k->ctx, true);
}
void dec_next_minus(DecCall *k) {
    if (!dec_nans(&k->r, &k->a, NULL, k->ctx)) next(&k->r, &k->a, k->ctx, false);
}

void dec_next_toward(DecCall *k) {
    DecNum *r = &k->r;
    if (dec_nans(r, &k->a, &k->b, k->ctx)) return;
    int order = dec_order(&k->a, &k->b);
    if (order == 0) {
        dec_copy_sign(k);
        return;
    }
    next(r, &k->a, k->ctx, order < 0);
    if (r->flags & DEC_INF) {
        k->ctx->status |= SIG_OVERFLOW | SIG_ROUNDED | SIG_INEXACT;
    } else if (dec_adjusted(r) < k->ctx->emin) {
        k->ctx->status |= SIG_UNDERFLOW | SIG_SUBNORMAL | SIG_ROUNDED | SIG_INEXACT;
        if (mpz_sgn(r->c) == 0) k->ctx->status |= SIG_CLAMPED;
    }
}

// ---- logical operations --------------------------------------------------------------------------------------------------
// Digits 0 and 1 are read as the digits of a binary number, worked on, and written back, as many as the precision allows.
static void free_text(char *s) {
    void (*release)(void *, size_t);
    mp_get_memory_functions(NULL, NULL, &release);
    release(s, strlen(s) + 1);
}

static void rebase(mpz_t r, const mpz_t a, int from, int to) {
    char *s = mpz_get_str(NULL, from, a);
    mpz_set_str(r, s, to);
    free_text(s);
}

// false: not an operand of logical operations.
static bool bits_of(mpz_t bits, const DecNum *a) {
    if (a->flags || a->exp != 0) return false;
    char *s = mpz_get_str(NULL, 10, a->c);
    bool ok = s[strspn(s, "01")] == '\0';
    if (ok) mpz_set_str(bits, s, 2);
    free_text(s);
    return ok;
}

static void logical(DecCall *k, void (*operation)(mpz_ptr, mpz_srcptr, mpz_srcptr)) {
    mpz_t a, b;
    mpz_init(a);
    mpz_init(b);
    if (bits_of(a, &k->a) && bits_of(b, &k->b)) {
        mp_bitcnt_t prec = (mp_bitcnt_t)k->ctx->prec;
        operation(a, a, b);
        k->r.flags = 0, k->r.exp = 0;
        if (mpz_sizeinbase(a, 2) > prec) mpz_fdiv_r_2exp(a, a, prec);
        rebase(k->r.c, a, 2, 10);
        dec_count(&k->r);
    } else {
        dec_invalid(&k->r, k->ctx, SIG_INVALID);
    }
    mpz_clear(a);
    mpz_clear(b);
}
void dec_logical_and(DecCall *k) { logical(k, mpz_and); }
void dec_logical_or(DecCall *k) { logical(k, mpz_ior); }
void dec_logical_xor(DecCall *k) { logical(k, mpz_xor); }

void dec_logical_invert(DecCall *k) {
    DecCall ones = {.a = k->a, .ctx = k->ctx};
    mpz_init(ones.b.c);
    mpz_set_nines(k->r.c, k->ctx->prec); // nine times 11…1
    mpz_divexact_ui(ones.b.c, k->r.c, 9);
    ones.b.digits = k->ctx->prec;
    mpz_init(ones.r.c);
    dec_logical_xor(&ones);
    dec_set(&k->r, &ones.r);
    mpz_clear(ones.b.c);
    mpz_clear(ones.r.c);
}

// ---- shifts ----------------------------------------------------------------------------------------------------------------
// The operands of shift and rotate: true when they settle the result.
static bool shift_special(DecCall *k) {
    if (dec_nans(&k->r, &k->a, &k->b, k->ctx)) return true;
    bool valid = count_operand(&k->b, k->ctx->prec, &k->n);
    if (!valid) dec_invalid(&k->r, k->ctx, SIG_INVALID);
    else dec_set(&k->r, &k->a);
    return !valid || (k->a.flags & DEC_INF);
}

void dec_shift(DecCall *k) {
    if (shift_special(k)) return;
    mpz_ptr c = k->r.c;
    int64_t prec = k->ctx->prec;
    if (k->a.digits > prec) mpz_keep10(c, prec);
    if (k->n < 0) mpz_drop10(c, mpz_digits(c), -k->n);
    else mpz_scale10(c, c, k->n);
    if (mpz_digits(c) > prec) mpz_keep10(c, prec);
    dec_count(&k->r);
}

void dec_rotate(DecCall *k) {
    if (shift_special(k)) return;
    mpz_ptr c = k->r.c;
    int64_t prec = k->ctx->prec, left = k->n < 0 ? prec + k->n : k->n;
    if (k->a.digits > prec) mpz_keep10(c, prec);
    mpz_t high;
    mpz_init_set(high, c);
    mpz_drop10(high, mpz_digits(high), prec - left);
    mpz_keep10(c, prec - left);
    mpz_scale10(c, c, left);
    mpz_add(c, c, high);
    mpz_clear(high);
    dec_count(&k->r);
}
