// SPDX-License-Identifier: MIT
// Module _decimal: coefficients, and the rounding of a result into its context.
#include "decimal_private.h"
#include "base/atomics.h"
#include <math.h>
#include <stdlib.h>

#define TEN_OF(b) \
    (b), (b) * 10, (b) * 100, (b) * 1000, (b) * 10000, (b) * 100000, (b) * 1000000, (b) * 10000000, (b) * 100000000, (b) * 1000000000
#define E10 ((u128)10000000000u)
const u128 dec_pow10[DEC_SMALL + 1] = {
    TEN_OF((u128)1), TEN_OF(E10), TEN_OF(E10 * E10),
    E10 * E10 * E10, E10 * E10 * E10 * 10, E10 * E10 * E10 * 100, E10 * E10 * E10 * 1000, E10 * E10 * E10 * 10000,
    E10 * E10 * E10 * 100000, E10 * E10 * E10 * 1000000, E10 * E10 * E10 * 10000000, E10 * E10 * E10 * 100000000,
};

// ---- powers of ten -------------------------------------------------------------------------------------------------------
// Those up to 10^CACHED are kept for good when they are first needed (a megabyte when all of them are).  The blocks are from
// malloc, not GMP's: they outlive the operation that makes them.
enum { CACHED = 2048 };
typedef struct Power { size_t n; uint64_t limbs[]; } Power;
static Power *powers[CACHED + 1]; // atomic: set once

// GMP takes no number that large, and aborts.
#define MAX_DIGITS ((int64_t)1 << 35)

static void make_power(mpz_t r, int64_t k) {
    if (k > MAX_DIGITS) gmp_give_up();
    mpz_init(r);
    mpz_ui_pow_ui(r, 5, (unsigned long)k);
    mpz_mul_2exp(r, r, (mp_bitcnt_t)k);
}

// A copy of z for the cache; NULL without memory: then it is just not kept.
static const Power *keep_power(const mpz_t z, int64_t k) {
    size_t n = mpz_size(z);
    Power *p = malloc(sizeof *p + n * sizeof p->limbs[0]), *before = NULL;
    if (!p) return NULL;
    p->n = n;
    memcpy(p->limbs, mpz_limbs_read(z), n * sizeof p->limbs[0]);
    if (at_cas_acq_rel(&powers[k], &before, p)) return p;
    free(p);
    return before;
}

void pow10_open(Pow10 *p, int64_t k) {
    p->owned = false;
    const Power *cached = k <= CACHED ? at_load_acquire(&powers[k]) : NULL;
    if (!cached) {
        make_power(p->z, k);
        p->owned = true;
        if (k > CACHED || !(cached = keep_power(p->z, k))) return;
        mpz_clear(p->z);
        p->owned = false;
    }
    mpz_roinit_n(p->z, (const mp_limb_t *)cached->limbs, (mp_size_t)cached->n);
}

void mpz_scale10(mpz_t r, const mpz_t c, int64_t k) {
    if (k == 0 || mpz_sgn(c) == 0) {
        mpz_set(r, c);
        return;
    }
    Pow10 p;
    pow10_open(&p, k);
    mpz_mul(r, c, p.z);
    pow10_close(&p);
}

// ---- digits --------------------------------------------------------------------------------------------------------------
static void mpz_set_u128(mpz_t r, u128 x) {
    mp_limb_t *p = mpz_limbs_write(r, 2);
    p[0] = (mp_limb_t)x;
    p[1] = (mp_limb_t)(x >> 64);
    mpz_limbs_finish(r, 2);
}

// The logarithm decides, unless it is so near a whole number that its error (below 1e-6 of 10^9 digits) could matter.
int64_t mpz_digits(const mpz_t c) {
    size_t limbs = mpz_size(c);
    if (limbs <= 2) return small_digits((u128)(limbs > 1 ? mpz_getlimbn(c, 1) : 0) << 64 | mpz_getlimbn(c, 0));
    int64_t most = (int64_t)mpz_sizeinbase(c, 10); // or one too many
    if (most < 1000000000) {
        long e;
        double m = mpz_get_d_2exp(&e, c), log = log10(m) + (double)e * 0.30102999566398119521;
        if (floor(log - 1e-6) == floor(log + 1e-6)) return (int64_t)floor(log) + 1;
    }
    Pow10 p;
    pow10_open(&p, most - 1);
    int order = mpz_cmp(c, p.z);
    pow10_close(&p);
    return order < 0 ? most - 1 : most;
}

int mpz_drop10(mpz_t c, int64_t digits, int64_t k) {
    if (k > digits) {
        int left = mpz_sgn(c) ? LEFT_LESS : LEFT_NONE;
        mpz_set_ui(c, 0);
        return left;
    }
    Pow10 p;
    mpz_t rest;
    mpz_init(rest);
    pow10_open(&p, k);
    mpz_tdiv_qr(c, rest, c, p.z);
    int left = LEFT_NONE;
    if (mpz_sgn(rest)) {
        mpz_mul_2exp(rest, rest, 1);
        int order = mpz_cmp(rest, p.z);
        left = order < 0 ? LEFT_LESS : order == 0 ? LEFT_HALF : LEFT_MORE;
    }
    pow10_close(&p);
    mpz_clear(rest);
    return left;
}

void mpz_keep10(mpz_t c, int64_t digits) {
    Pow10 p;
    pow10_open(&p, digits);
    mpz_tdiv_r(c, c, p.z);
    pow10_close(&p);
}

void mpz_set_nines(mpz_t r, int64_t digits) {
    mpz_set_ui(r, 1);
    mpz_scale10(r, r, digits);
    mpz_sub_ui(r, r, 1);
}

bool dec_rounds_up(int rounding, bool neg, int left, bool odd, unsigned last_digit) {
    switch (rounding) {
    case R_UP: return left != LEFT_NONE;
    case R_CEILING: return left != LEFT_NONE && !neg;
    case R_FLOOR: return left != LEFT_NONE && neg;
    case R_HALF_UP: return left >= LEFT_HALF;
    case R_HALF_DOWN: return left == LEFT_MORE;
    case R_HALF_EVEN: return left == LEFT_MORE || (left == LEFT_HALF && odd);
    case R_05UP: return left != LEFT_NONE && (last_digit == 0 || last_digit == 5);
    default: return false;
    }
}

int dec_round(DecNum *r, int64_t k, const DecCtx *c) {
    int left = mpz_drop10(r->c, r->digits, k);
    unsigned last = c->rounding == R_05UP ? (unsigned)mpz_fdiv_ui(r->c, 10) : 0;
    if (dec_rounds_up(c->rounding, (r->flags & DEC_NEG) != 0, left, mpz_odd_p(r->c), last)) mpz_add_ui(r->c, r->c, 1);
    r->exp += k;
    dec_count(r);
    return left;
}

void dec_sticky(mpz_t c) {
    if (mpz_divisible_ui_p(c, 5)) mpz_add_ui(c, c, 1);
}

// A number that ends in n zeros is divisible by 2^n: that bounds the search, which halves its step.
void dec_strip(DecNum *r, int64_t max) {
    if (mpz_sgn(r->c) == 0) return;
    int64_t twos = (int64_t)mpz_scan1(r->c, 0);
    if (max > twos) max = twos;
    if (max <= 0 || !mpz_divisible_ui_p(r->c, 10)) return;
    int64_t step = 1;
    while (step <= max / 2) step *= 2;
    for (; step >= 1; step /= 2) {
        if (step > max) continue;
        Pow10 p;
        pow10_open(&p, step);
        bool divisible = mpz_divisible_p(r->c, p.z);
        if (divisible) mpz_divexact(r->c, r->c, p.z);
        pow10_close(&p);
        if (!divisible) continue;
        r->exp += step;
        max -= step;
    }
}

// ---- values ----------------------------------------------------------------------------------------------------------------
void dec_set(DecNum *r, const DecNum *a) {
    r->flags = a->flags;
    r->exp = a->exp;
    r->digits = a->digits;
    mpz_set(r->c, a->c);
}

void dec_set_small(DecNum *r, unsigned flags, int64_t exp, u128 c) {
    r->flags = flags;
    r->exp = exp;
    r->digits = small_digits(c);
    mpz_set_u128(r->c, c);
}

void dec_set_int(DecNum *r, int64_t n) { dec_set_small(r, n < 0 ? DEC_NEG : 0, 0, n < 0 ? -(u128)n : (u128)n); }

void dec_set_special(DecNum *r, unsigned flags) {
    dec_set_small(r, flags, 0, 0);
    r->digits = 0;
}

void dec_invalid(DecNum *r, DecCtx *c, uint32_t condition) {
    c->status |= condition;
    dec_set_special(r, DEC_NAN);
}

// A NaN's payload keeps the low digits that there is room for.
static void finish_nan(DecNum *r, const DecCtx *c) {
    int64_t room = c->prec - c->clamp;
    if (r->digits <= room) return;
    mpz_keep10(r->c, room);
    r->digits = mpz_sgn(r->c) ? mpz_digits(r->c) : 0;
}

bool dec_nans(DecNum *r, const DecNum *a, const DecNum *b, DecCtx *c) {
    const DecNum *nan = NULL;
    for (unsigned kind = DEC_SNAN; kind && !nan; kind = kind == DEC_SNAN ? DEC_NAN : 0)
        nan = a->flags & kind ? a : b && (b->flags & kind) ? b : NULL;
    if (!nan) return false;
    if (nan->flags & DEC_SNAN) c->status |= SIG_INVALID;
    dec_set(r, nan);
    r->flags = (nan->flags & DEC_NEG) | DEC_NAN;
    finish_nan(r, c);
    return true;
}

// ---- rounding into the context --------------------------------------------------------------------------------------------
static void finish_zero(DecNum *r, DecCtx *c) {
    int64_t low = ctx_etiny(c), high = c->clamp ? ctx_etop(c) : c->emax;
    int64_t exp = r->exp < low ? low : r->exp > high ? high : r->exp;
    if (exp != r->exp) c->status |= SIG_CLAMPED;
    r->exp = exp;
    r->digits = 1;
}

static void overflow(DecNum *r, DecCtx *c) {
    static const uint8_t to_infinity[R_COUNT][2] = { // [rounding][negative]
        [R_UP] = {1, 1}, [R_HALF_UP] = {1, 1}, [R_HALF_DOWN] = {1, 1}, [R_HALF_EVEN] = {1, 1}, [R_CEILING] = {1, 0}, [R_FLOOR] = {0, 1},
    };
    unsigned neg = r->flags & DEC_NEG;
    c->status |= SIG_OVERFLOW | SIG_INEXACT | SIG_ROUNDED;
    if (to_infinity[c->rounding][neg ? 1 : 0]) {
        dec_set_special(r, neg | DEC_INF);
        return;
    }
    mpz_set_nines(r->c, c->prec);
    r->digits = c->prec;
    r->exp = ctx_etop(c);
}

static void cut(DecNum *r, DecCtx *c, int64_t drop, bool subnormal) {
    int left = dec_round(r, drop, c);
    c->status |= SIG_ROUNDED;
    if (left) c->status |= SIG_INEXACT | (subnormal ? SIG_UNDERFLOW : 0);
    if (mpz_sgn(r->c) == 0) c->status |= SIG_CLAMPED;
    if (r->digits <= c->prec) return;
    mpz_divexact_ui(r->c, r->c, 10); // 999… became 1000…
    r->exp++;
    r->digits--;
}

void dec_finish(DecNum *r, DecCtx *c) {
    if (r->flags & DEC_ANY_NAN) finish_nan(r, c);
    if (r->flags & DEC_SPECIAL) return;
    if (mpz_sgn(r->c) == 0) {
        finish_zero(r, c);
        return;
    }
    dec_count(r);
    int64_t drop = r->digits - c->prec;
    bool subnormal = dec_adjusted(r) < c->emin;
    if (subnormal) {
        c->status |= SIG_SUBNORMAL;
        drop = ctx_etiny(c) - r->exp;
    }
    if (drop > 0) cut(r, c, drop, subnormal);
    if (mpz_sgn(r->c) && dec_adjusted(r) > c->emax) {
        overflow(r, c);
    } else if (c->clamp && r->exp > ctx_etop(c)) {
        c->status |= SIG_CLAMPED;
        int64_t pad = r->exp - ctx_etop(c);
        mpz_scale10(r->c, r->c, pad);
        r->exp -= pad;
        r->digits += pad;
    }
}

// ---- running operations ---------------------------------------------------------------------------------------------------
void dec_num_view(DecNum *n, const Dec *d) {
    n->flags = d->head.aux;
    n->exp = d->exp;
    n->digits = d->digits;
    bool small = d->digits <= DEC_SMALL;
    const uint64_t *limbs = small ? (const uint64_t *)(const void *)&d->small : d->big.limbs;
    size_t len = small ? limbs_trim(limbs, 2) : d->big.n;
    mpz_roinit_n(n->c, (const mp_limb_t *)limbs, (mp_size_t)len);
}

V dec_new_small(Thread *t, Type *type, unsigned flags, int64_t exp, u128 c, int digits) {
    V v = type_alloc(t, type, 0);
    if (v_is_error(v)) return V_ERROR;
    Dec *d = dec_of(v);
    d->head.aux = (uint16_t)flags;
    d->exp = exp;
    d->digits = digits;
    d->small = c;
    return v;
}

V dec_new_big(Thread *t, Type *type, unsigned flags, int64_t exp, int64_t digits, const uint64_t *limbs, size_t n) {
    uint64_t *copy = mem_alloc(t, n * sizeof *copy);
    V v = copy ? dec_new_small(t, type, flags, exp, 0, 0) : err_no_memory(t);
    if (v_is_error(v)) {
        mem_free(copy);
        return V_ERROR;
    }
    memcpy(copy, limbs, n * sizeof *copy);
    dec_of(v)->digits = digits;
    dec_of(v)->big.limbs = copy;
    dec_of(v)->big.n = n;
    return v;
}

V dec_from_num(Thread *t, Type *type, DecNum *n) {
    V v;
    const uint64_t *limbs = (const uint64_t *)mpz_limbs_read(n->c);
    size_t len = mpz_size(n->c);
    if (n->digits <= DEC_SMALL) {
        u128 c = len > 1 ? (u128)limbs[1] << 64 | limbs[0] : len ? limbs[0] : 0;
        v = dec_new_small(t, type, n->flags, n->exp, c, (int)n->digits);
    } else {
        v = dec_new_big(t, type, n->flags, n->exp, n->digits, limbs, len);
    }
    mpz_clear(n->c);
    return v;
}

typedef struct Run { DecOp op; DecCall call; } Run;

static void run_op(void *arg) {
    Run *run = arg;
    mpz_init(run->call.r.c);
    mpz_init(run->call.r2.c);
    run->op(&run->call);
}

// Long coefficients, or a long result: let others go on meanwhile.
static size_t work_of(const DecCall *k) {
    double n = (double)k->a.digits + (double)k->b.digits + (double)k->c.digits + (k->ctx->prec < 1000000 ? (double)k->ctx->prec : 0);
    n /= 19;
    return n < 1e9 ? (size_t)(n * n) : SIZE_MAX;
}

static bool start(Thread *t, Run *run, V a, V b, V third) {
    DecNum *const views[] = {&run->call.a, &run->call.b, &run->call.c};
    V const operands[] = {a, b, third};
    for (int i = 0; i < 3; i++) {
        if (operands[i] == V_NULL) views[i]->digits = 0;
        else dec_num_view(views[i], dec_of(operands[i]));
    }
    return gmp_run(t, run_op, run, work_of(&run->call));
}

V dec_run(Thread *t, DecOp op, V a, V b, V third, DecCtx *c, V *second) {
    Run run = {.op = op, .call.ctx = c};
    if (!start(t, &run, a, b, third)) return err_no_memory(t);
    V result = dec_from_num(t, &dec_type, &run.call.r);
    if (!second) {
        mpz_clear(run.call.r2.c);
        return result;
    }
    *second = dec_from_num(t, &dec_type, &run.call.r2);
    if (!v_is_error(result) && !v_is_error(*second)) return result;
    v_drop(t, result);
    v_drop(t, *second);
    return V_ERROR;
}

V dec_run_n(Thread *t, DecOp op, V a, int64_t n, DecCtx *c) {
    Run run = {.op = op, .call.ctx = c, .call.n = n};
    if (!start(t, &run, a, V_NULL, V_NULL)) return err_no_memory(t);
    mpz_clear(run.call.r2.c);
    return dec_from_num(t, &dec_type, &run.call.r);
}

int dec_ask(Thread *t, DecOp op, V a, V b, DecCtx *c, int64_t *answer) {
    Run run = {.op = op, .call.ctx = c};
    if (!start(t, &run, a, b, V_NULL)) {
        err_no_memory(t);
        return -1;
    }
    mpz_clear(run.call.r.c);
    mpz_clear(run.call.r2.c);
    *answer = run.call.n;
    return 0;
}
