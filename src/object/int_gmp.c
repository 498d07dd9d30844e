// SPDX-License-Identifier: MIT
// GMP for long ints: thin calls on limb arrays, in a frame that survives its running out of memory.
//
// GMP gives up by aborting when its allocator fails.  Ours jumps back to the one setjmp of the tree instead, having freed
// what GMP held (every block of the running operation hangs on a list of its thread).  Operations long enough to matter
// run DETACHED: their operands are immutable and their caller's frame keeps them alive.
#include "int_private.h"
#include <gmp.h>
#include <setjmp.h>
#include <stdlib.h>

_Static_assert(sizeof(mp_limb_t) == 8 && GMP_NAIL_BITS == 0, "GMP's limbs are 64 bits");
#define LIMBS(p) ((mp_limb_t *)(p))
#define CLIMBS(p) ((const mp_limb_t *)(p))

// ---- memory -----------------------------------------------------------------------------------------------------------
typedef struct Block { struct Block *next, *prev; } Block; // in front of every block GMP holds
static __thread Block blocks;    // list head; next NULL: not running
static __thread jmp_buf on_failure;

static void block_link(Block *b) {
    b->next = blocks.next;
    b->prev = &blocks;
    if (b->next) b->next->prev = b;
    blocks.next = b;
}

static void block_unlink(Block *b) {
    b->prev->next = b->next;
    if (b->next) b->next->prev = b->prev;
}

_Noreturn void gmp_give_up(void) {
    while (blocks.next) {
        Block *b = blocks.next;
        block_unlink(b);
        free(b);
    }
    longjmp(on_failure, 1);
}

static void *gmp_alloc(size_t size) {
    Block *b = malloc(size + sizeof *b);
    if (!b) gmp_give_up();
    block_link(b);
    return b + 1;
}

static void *gmp_realloc(void *p, size_t old_size, size_t size) {
    (void)old_size;
    Block *b = (Block *)p - 1;
    block_unlink(b);
    Block *grown = realloc(b, size + sizeof *b);
    block_link(grown ? grown : b);
    if (!grown) gmp_give_up();
    return grown + 1;
}

static void gmp_free(void *p, size_t size) {
    (void)size;
    block_unlink((Block *)p - 1);
    free((Block *)p - 1);
}

static __attribute__((constructor)) void gmp_setup(void) { mp_set_memory_functions(gmp_alloc, gmp_realloc, gmp_free); }

// ---- the frame ----------------------------------------------------------------------------------------------------------
typedef void (*Operation)(void *arg); // of its argument block

static bool run_attached(Operation op, void *arg) {
    if (setjmp(on_failure)) return false;
    op(arg);
    return true;
}

bool gmp_run(Thread *t, Operation op, void *arg, size_t work) {
    if (work < 100000) return run_attached(op, arg);
    volatile bool ok = false;
    BLOCKING(t) ok = run_attached(op, arg);
    return ok;
}

static size_t work_of(size_t n, size_t m) {
    size_t w;
    return size_mul_overflow(n, m, &w) ? SIZE_MAX : w;
}

// ---- limbs --------------------------------------------------------------------------------------------------------------
typedef struct Args {
    uint64_t *r, *s;
    const uint64_t *a, *b;
    size_t an, bn, n;
    unsigned char *text;
    int base;
} Args;

uint64_t limbs_add(uint64_t *r, const uint64_t *a, size_t an, const uint64_t *b, size_t bn) {
    if (bn == 0) {
        if (r != a) memcpy(r, a, an * 8);
        return 0;
    }
    return mpn_add(LIMBS(r), CLIMBS(a), (mp_size_t)an, CLIMBS(b), (mp_size_t)bn);
}

void limbs_sub(uint64_t *r, const uint64_t *a, size_t an, const uint64_t *b, size_t bn) {
    if (bn == 0) {
        if (r != a) memcpy(r, a, an * 8);
        return;
    }
    mpn_sub(LIMBS(r), CLIMBS(a), (mp_size_t)an, CLIMBS(b), (mp_size_t)bn);
}

int limbs_cmp(const uint64_t *a, size_t an, const uint64_t *b, size_t bn) {
    if (an != bn) return an < bn ? -1 : 1;
    if (an == 0) return 0;
    int c = mpn_cmp(CLIMBS(a), CLIMBS(b), (mp_size_t)an);
    return (c > 0) - (c < 0);
}

uint64_t limbs_shl(uint64_t *r, const uint64_t *a, size_t n, unsigned bits) {
    return mpn_lshift(LIMBS(r), CLIMBS(a), (mp_size_t)n, bits);
}

uint64_t limbs_shr(uint64_t *r, const uint64_t *a, size_t n, unsigned bits) {
    return mpn_rshift(LIMBS(r), CLIMBS(a), (mp_size_t)n, bits);
}

uint64_t limbs_divmod_1(uint64_t *q, const uint64_t *a, size_t n, uint64_t d) {
    if (n == 0) return 0;
    return mpn_divrem_1(LIMBS(q), 0, CLIMBS(a), (mp_size_t)n, d);
}

static void op_mul(void *p) {
    Args *g = p;
    if (g->a == g->b && g->an == g->bn) mpn_sqr(LIMBS(g->r), CLIMBS(g->a), (mp_size_t)g->an);
    else mpn_mul(LIMBS(g->r), CLIMBS(g->a), (mp_size_t)g->an, CLIMBS(g->b), (mp_size_t)g->bn);
}

bool limbs_mul(Thread *t, uint64_t *r, const uint64_t *a, size_t an, const uint64_t *b, size_t bn) {
    if (bn == 1) {
        r[an] = mpn_mul_1(LIMBS(r), CLIMBS(a), (mp_size_t)an, b[0]);
        return true;
    }
    if (an == 2) { // two by two: four products
        u128 low = (u128)a[0] * b[0], mid = (u128)a[0] * b[1], mid2 = (u128)a[1] * b[0], high = (u128)a[1] * b[1];
        u128 carry = (low >> 64) + (uint64_t)mid + (uint64_t)mid2;
        high += (mid >> 64) + (mid2 >> 64) + (carry >> 64);
        r[0] = (uint64_t)low;
        r[1] = (uint64_t)carry;
        r[2] = (uint64_t)high;
        r[3] = (uint64_t)(high >> 64);
        return true;
    }
    Args g = {.r = r, .a = a, .an = an, .b = b, .bn = bn};
    return gmp_run(t, op_mul, &g, work_of(an, bn));
}

static void op_divmod(void *p) {
    Args *g = p;
    mpn_tdiv_qr(LIMBS(g->r), LIMBS(g->s), 0, CLIMBS(g->a), (mp_size_t)g->an, CLIMBS(g->b), (mp_size_t)g->bn);
}

bool limbs_divmod(Thread *t, uint64_t *q, uint64_t *r, const uint64_t *a, size_t an, const uint64_t *b, size_t bn) {
    if (an == 2 && bn == 2) {
        u128 x = (u128)a[1] << 64 | a[0], y = (u128)b[1] << 64 | b[0], m = x % y;
        q[0] = (uint64_t)(x / y);
        r[0] = (uint64_t)m;
        r[1] = (uint64_t)(m >> 64);
        return true;
    }
    Args g = {.r = q, .s = r, .a = a, .an = an, .b = b, .bn = bn};
    return gmp_run(t, op_divmod, &g, work_of(an - bn + 1, bn));
}

// ---- digits -------------------------------------------------------------------------------------------------------------
static void op_get_digits(void *p) {
    Args *g = p;
    g->n = mpn_get_str(g->text, g->base, LIMBS(g->r), (mp_size_t)g->an);
}

size_t limbs_get_digits(Thread *t, unsigned char *buf, int base, uint64_t *a, size_t n, bool *ok) {
    Args g = {.r = a, .an = n, .text = buf, .base = base};
    *ok = gmp_run(t, op_get_digits, &g, work_of(n, n));
    return g.n;
}

static void op_set_digits(void *p) {
    Args *g = p;
    g->n = (size_t)mpn_set_str(LIMBS(g->r), g->text, g->an, g->base);
}

size_t limbs_set_digits(Thread *t, uint64_t *r, const unsigned char *digits, size_t n, int base, bool *ok) {
    Args g = {.r = r, .text = (unsigned char *)(uintptr_t)digits, .an = n, .base = base};
    *ok = gmp_run(t, op_set_digits, &g, work_of(n / 16, n / 16));
    return g.n;
}

// ---- whole numbers ------------------------------------------------------------------------------------------------------
// Operands of mpz functions are read-only views; results come back through `result`.
typedef struct Mpz {
    mpz_t a, b, c, result;
    uint64_t exponent;
    int found;
} Mpz;

static void mpz_view(mpz_t z, const Num *num) {
    mpz_roinit_n(z, CLIMBS(num->limbs), num->neg ? -(mp_size_t)num->n : (mp_size_t)num->n);
}

static V mpz_take(Thread *t, mpz_t z) {
    V r = int_from_limbs(t, mpz_sgn(z) < 0, (const uint64_t *)mpz_limbs_read(z), mpz_size(z));
    mpz_clear(z);
    return r;
}

static void op_pow(void *p) {
    Mpz *m = p;
    mpz_init(m->result);
    mpz_pow_ui(m->result, m->a, m->exponent);
}

V int_gmp_pow(Thread *t, V base, uint64_t exponent) {
    Num a;
    Mpz m = {.exponent = exponent};
    size_t bits, limbs;
    num_view(base, &a);
    if (size_mul_overflow(limbs_bits(a.limbs, a.n), exponent, &bits) || bits / 64 > ((size_t)1 << 31) - 64) return err_no_memory(t);
    limbs = bits / 64 + 1;
    mpz_view(m.a, &a);
    if (!gmp_run(t, op_pow, &m, work_of(limbs, limbs))) return err_no_memory(t);
    return mpz_take(t, m.result);
}

static void op_powmod(void *p) {
    Mpz *m = p;
    mpz_init(m->result);
    mpz_powm(m->result, m->a, m->b, m->c);
}

V int_gmp_powmod(Thread *t, V base, V exponent, V mod) {
    int64_t b, e, n;
    if (int_small(base, &b) && int_small(exponent, &e) && int_small(mod, &n)) {
        uint64_t r = 1;
        for (uint64_t x = (uint64_t)b; e; e >>= 1) {
            if (e & 1) r = (uint64_t)((u128)r * x % (uint64_t)n);
            x = (uint64_t)((u128)x * x % (uint64_t)n);
        }
        return int_from_u64(t, n == 1 ? 0 : r);
    }
    Num x, y, z;
    Mpz m = {.exponent = 0};
    num_view(base, &x);
    num_view(exponent, &y);
    num_view(mod, &z);
    mpz_view(m.a, &x);
    mpz_view(m.b, &y);
    mpz_view(m.c, &z);
    if (!gmp_run(t, op_powmod, &m, work_of(work_of(z.n, z.n), y.n * 64))) return err_no_memory(t);
    return mpz_take(t, m.result);
}

static void op_gcd(void *p) {
    Mpz *m = p;
    mpz_init(m->result);
    mpz_gcd(m->result, m->a, m->b);
}

V int_gmp_gcd(Thread *t, V a, V b) {
    Num x, y;
    Mpz m = {.exponent = 0};
    num_view(a, &x);
    num_view(b, &y);
    mpz_view(m.a, &x);
    mpz_view(m.b, &y);
    if (!gmp_run(t, op_gcd, &m, work_of(x.n, y.n))) return err_no_memory(t);
    return mpz_take(t, m.result);
}

static void op_invert(void *p) {
    Mpz *m = p;
    mpz_init(m->result);
    m->found = mpz_invert(m->result, m->a, m->b);
}

V int_gmp_invert(Thread *t, V a, V mod) {
    Num x, y;
    Mpz m = {.exponent = 0};
    num_view(a, &x);
    num_view(mod, &y);
    mpz_view(m.a, &x);
    mpz_view(m.b, &y);
    if (!gmp_run(t, op_invert, &m, work_of(x.n, y.n))) return err_no_memory(t);
    if (m.found) return mpz_take(t, m.result);
    mpz_clear(m.result);
    return V_NULL;
}

static void op_isqrt(void *p) {
    Mpz *m = p;
    mpz_init(m->result);
    mpz_sqrt(m->result, m->a);
}

V int_sqrt_floor(Thread *t, V n) {
    Num x;
    Mpz m = {.exponent = 0};
    num_view(n, &x);
    mpz_view(m.a, &x);
    if (!gmp_run(t, op_isqrt, &m, work_of(x.n, x.n))) return err_no_memory(t);
    return mpz_take(t, m.result);
}

static void op_factorial(void *p) {
    Mpz *m = p;
    mpz_init(m->result);
    mpz_fac_ui(m->result, m->exponent);
}

V int_factorial(Thread *t, uint64_t n) {
    if (n <= 20) {
        uint64_t r = 1;
        for (uint64_t i = 2; i <= n; i++) r *= i;
        return int_from_u64(t, r);
    }
    if (n >> 33) return err_no_memory(t);
    Mpz m = {.exponent = n};
    if (!gmp_run(t, op_factorial, &m, work_of(n / 4, n / 64))) return err_no_memory(t);
    return mpz_take(t, m.result);
}

static void op_binomial(void *p) {
    Mpz *m = p;
    mpz_init(m->result);
    mpz_bin_ui(m->result, m->a, m->exponent);
}

V int_binomial(Thread *t, V n, uint64_t k) {
    Num x;
    Mpz m = {.exponent = k};
    num_view(n, &x);
    mpz_view(m.a, &x);
    if (!gmp_run(t, op_binomial, &m, work_of(k, work_of(k, x.n) / 64))) return err_no_memory(t);
    return mpz_take(t, m.result);
}
