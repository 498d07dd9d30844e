// SPDX-License-Identifier: MIT
// Module _decimal: layouts, and what its files share.
//
// The arithmetic is Cowlishaw's General Decimal Arithmetic Specification, 1.70.  A coefficient is a binary integer: up to 38
// digits it stands in the object, as one 128-bit word, and most operations on such values never leave registers (decimal_small.c).
// Everything else is done with GMP on DecNum, a value under construction: an operation computes a result that is exact, or
// exact but for a last digit that says "and something more" (dec_sticky), and dec_finish rounds it into the context.
//
//     decimal_num.c      coefficients: powers of ten, counting digits, rounding; dec_finish
//     decimal_small.c    the fast ways of + - * / compare quantize
//     decimal_arith.c    add … fma, comparing          decimal_digits.c  operations on digits and exponents
//     decimal_math.c     sqrt exp ln log10             decimal_power.c   power
//     decimal_text.c     to and from text              decimal_format.c  __format__
//     decimal_context.c  Context, its signals          decimal_signal.c  SignalDict, the exceptions
//     decimal_type.c     making Decimals               decimal_number.c  Decimal among the other numbers
//     decimal_methods.c  the methods of Decimal and Context, from one table (decimal_operations.def)
//
// Decimals never change: threads read them without locks.  A Context's fields are atomic words: an operation copies them
// into a DecCtx on the C stack, and adds the conditions it met to the context's flags at its end.
#ifndef HEDDLE_MODULES_DECIMAL_PRIVATE_H
#define HEDDLE_MODULES_DECIMAL_PRIVATE_H
#include "object/args_old.h"
#include "object/int_limbs.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include <gmp.h>

// ---- layouts -----------------------------------------------------------------------------------------------------------
enum { DEC_NEG = 1, DEC_INF = 2, DEC_NAN = 4, DEC_SNAN = 8, DEC_ANY_NAN = DEC_NAN | DEC_SNAN, DEC_SPECIAL = DEC_INF | DEC_ANY_NAN };
enum { DEC_SMALL = 38 }; // digits that always fit 128 bits

typedef struct Dec { // const after init
    Obj head;        // head.aux: DEC_*
    int64_t exp;     // of a finite value
    int64_t digits;  // of the coefficient: 1 for zero; of a NaN's payload: 0 when there is none
    union {
        u128 small;                                  // digits <= DEC_SMALL
        struct { uint64_t *limbs; size_t n; } big;   // owned; the top limb is not zero
    };
} Dec;
extern Type dec_type, dec_context_type, dec_manager_type, dec_signal_mixin_type;
static inline Dec *dec_of(V v) { return (Dec *)v_obj(v); }
static inline unsigned dec_flags(V v) { return v_obj(v)->aux; }
static inline bool is_dec(Thread *t, V v) { return v_is_exact(v, &dec_type) || (v_is_object(v) && type_check(t, v, &dec_type)); }

static inline bool dec_zero(V v) { return dec_of(v)->digits == 1 && dec_of(v)->small == 0; } // a zero; a NaN's payload is none

typedef struct DecNum { // a value while it is computed
    unsigned flags;     // DEC_*
    int64_t exp, digits; // digits: as in Dec; of a result only after dec_finish or dec_count
    mpz_t c;            // >= 0
} DecNum;

// ---- contexts ------------------------------------------------------------------------------------------------------------
// Signals in the order in which one is chosen to be raised, and the conditions that raise InvalidOperation by another name.
enum {
    SIG_INVALID = 1 << 0, SIG_FLOAT = 1 << 1, SIG_DIV_ZERO = 1 << 2, SIG_OVERFLOW = 1 << 3, SIG_UNDERFLOW = 1 << 4,
    SIG_SUBNORMAL = 1 << 5, SIG_INEXACT = 1 << 6, SIG_ROUNDED = 1 << 7, SIG_CLAMPED = 1 << 8,
    COND_SYNTAX = 1 << 9, COND_IMPOSSIBLE = 1 << 10, COND_UNDEFINED = 1 << 11, COND_CONTEXT = 1 << 12,
    SIG_COUNT = 9, SIG_ALL = (1 << SIG_COUNT) - 1, COND_ANY = COND_SYNTAX | COND_IMPOSSIBLE | COND_UNDEFINED | COND_CONTEXT,
};
enum { // ROUND_*
    R_CEILING, R_FLOOR, R_UP, R_DOWN, R_HALF_UP, R_HALF_DOWN, R_HALF_EVEN, R_05UP, R_COUNT
};
#define DEC_MAX_PREC 999999999999999999 // of a 64-bit build; the same for exponents
#define DEC_MAX_EMAX DEC_MAX_PREC
#define DEC_MIN_EMIN (-DEC_MAX_PREC)
#define DEC_MIN_ETINY (DEC_MIN_EMIN - (DEC_MAX_PREC - 1))

typedef struct DecCtx { // a context for the length of an operation
    int64_t prec, emax, emin;
    uint8_t rounding, clamp, capitals;
    uint32_t status;    // SIG_*, COND_* met so far
    struct Context *object; // borrowed; NULL: nobody to tell
} DecCtx;
static inline int64_t ctx_etiny(const DecCtx *c) { return c->emin - (c->prec - 1); }
static inline int64_t ctx_etop(const DecCtx *c) { return c->emax - (c->prec - 1); }
// All that can be represented, exactly.
#define DEC_CTX_MAX ((DecCtx){.prec = DEC_MAX_PREC, .emax = DEC_MAX_EMAX, .emin = DEC_MIN_EMIN, .rounding = R_HALF_EVEN, .capitals = 1})

typedef struct Signals { // _decimal.SignalDict
    Obj head;
    uint32_t bits;       // atomic: SIG_*
    bool valid;          // const: belongs to a context, or is a copy of such a one
} Signals;
typedef struct Context { // every field an atomic word, valid by itself
    Obj head;
    int64_t prec, emax, emin;
    uint32_t rounding, clamp, capitals;
    Slot flags, traps;   // Signals; const after init
} Context;
static inline Context *ctx_of(V v) { return (Context *)v_obj(v); }
static inline Signals *ctx_signals(const Slot *s) { return (Signals *)v_obj(slot_peek(s)); }
static inline uint32_t ctx_traps(const Context *c) { return at_load_relaxed(&ctx_signals(&c->traps)->bits); }
static inline bool is_ctx(Thread *t, V v) { return v_is_object(v) && type_check(t, v, &dec_context_type); }

void dec_ctx_load(Context *c, DecCtx *out);
// The thread's context, or the given one (V_NULL and None: the thread's).  0/-1
int dec_ctx_get(Thread *t, V given, DecCtx *out);
// Adds the status to the flags; 0, or -1 with the exception of a condition that is trapped.
int dec_ctx_signal_slow(Thread *t, DecCtx *c);
static inline int dec_ctx_signal(Thread *t, DecCtx *c) {
    return c->status == 0 || !c->object ? 0 : dec_ctx_signal_slow(t, c);
}
// The result with its status told: v, or V_ERROR (v dropped).
static inline V dec_ctx_done(Thread *t, DecCtx *c, V v) {
    if (v_is_error(v) || dec_ctx_signal(t, c) == 0) return v;
    v_drop(t, v);
    return V_ERROR;
}
int dec_rounding_of(Thread *t, V v);        // R_* by its name, -1 with TypeError
int dec_context_start(Thread *t, V module);

// ---- signals (decimal_signal.c) ------------------------------------------------------------------------------------------
int dec_signal_start(Thread *t, V module);
V dec_signals_new(Thread *t, uint32_t bits);
bool v_is_signals(V v);
int dec_raise(Thread *t, uint32_t trapped); // what was trapped, never nothing: -1
V dec_signal_list(Thread *t, uint32_t bits, bool conditions); // a list of classes
int dec_signals_from(Thread *t, V v, uint32_t *bits); // an argument: a list of signals or a mapping
void dec_put_signal_names(StrBuilder *b, uint32_t bits);

// ---- coefficients (decimal_num.c) ------------------------------------------------------------------------------------------
extern const u128 dec_pow10[DEC_SMALL + 1];
static inline unsigned bit_length128(u128 x) {
    uint64_t high = (uint64_t)(x >> 64);
    return high ? 64 + bit_length64(high) : bit_length64((uint64_t)x);
}
static inline int small_digits(u128 c) { // 1 for zero; c < 2^128 has up to 39
    int guess = (int)(bit_length128(c | 1) * 1233 >> 12); // log10(2), from below
    return guess + (guess > DEC_SMALL || c >= dec_pow10[guess] || guess == 0);
}
typedef struct Pow10 { mpz_t z; bool owned; } Pow10; // 10^k: a view of a cached one, or made
void pow10_open(Pow10 *p, int64_t k);
static inline void pow10_close(Pow10 *p) { if (p->owned) mpz_clear(p->z); }
int64_t mpz_digits(const mpz_t c);                      // 1 for zero
void mpz_scale10(mpz_t r, const mpz_t c, int64_t k);    // r = c * 10^k
enum { LEFT_NONE, LEFT_LESS, LEFT_HALF, LEFT_MORE };    // what was cut off, against half a unit
int mpz_drop10(mpz_t c, int64_t digits, int64_t k);     // c /= 10^k; LEFT_*
void mpz_keep10(mpz_t c, int64_t digits);               // c modulo 10^digits
void mpz_set_nines(mpz_t r, int64_t digits);            // 10^digits - 1
bool dec_rounds_up(int rounding, bool neg, int left, bool odd, unsigned last_digit);
static inline void dec_count(DecNum *r) { r->digits = mpz_digits(r->c); }
// Tells a result that what was cut off was not zero: the last digit becomes one that rounds as it would have.
void dec_sticky(mpz_t c);
void dec_strip(DecNum *r, int64_t max);                 // takes up to max trailing zeros off
void dec_set(DecNum *r, const DecNum *a);
void dec_set_small(DecNum *r, unsigned flags, int64_t exp, u128 c);
void dec_set_special(DecNum *r, unsigned flags);
void dec_set_int(DecNum *r, int64_t n);
int dec_round(DecNum *r, int64_t k, const DecCtx *c);   // takes k > 0 digits off, rounding; LEFT_*.  Needs digits, and counts them
static inline bool dec_is_zero(const DecNum *a) { return !(a->flags & DEC_SPECIAL) && mpz_sgn(a->c) == 0; }
static inline int64_t dec_adjusted(const DecNum *a) { return a->exp + a->digits - 1; }
void dec_finish(DecNum *r, DecCtx *c);                  // rounds into the context
void dec_invalid(DecNum *r, DecCtx *c, uint32_t condition);
// The NaN that operands make the result: true when there is one.  b NULL: one operand.
bool dec_nans(DecNum *r, const DecNum *a, const DecNum *b, DecCtx *c);

// ---- operations ---------------------------------------------------------------------------------------------------------------
typedef struct DecCall { // operands (views) and results
    DecNum a, b, c, r, r2;
    DecCtx *ctx;
    int64_t n;           // an argument or an answer
} DecCall;
typedef void (*DecOp)(DecCall *k);
// Runs an operation on Decimals (V_NULL: not there); the results are new Decimals.  Raises nothing but MemoryError: the status is
// in *c.  second: where the second result of divmod goes, or NULL.
V dec_run(Thread *t, DecOp op, V a, V b, V third, DecCtx *c, V *second);
V dec_run_n(Thread *t, DecOp op, V a, int64_t n, DecCtx *c); // an operation with an argument in n
int dec_ask(Thread *t, DecOp op, V a, V b, DecCtx *c, int64_t *answer); // for operations that answer in n: 0/-1
void dec_num_view(DecNum *n, const Dec *d);
V dec_from_num(Thread *t, Type *type, DecNum *n); // consumes n->c; n->digits must be right
V dec_new_small(Thread *t, Type *type, unsigned flags, int64_t exp, u128 c, int digits);
V dec_new_big(Thread *t, Type *type, unsigned flags, int64_t exp, int64_t digits, const uint64_t *limbs, size_t n); // copies

#define DEC_OP(name) void dec_##name(DecCall *k);
#include "decimal_operations.def"
#undef DEC_OP
int dec_order(const DecNum *a, const DecNum *b);        // of numbers that are no NaN: -1, 0, 1
void dec_round_integral(DecNum *r, const DecNum *a, DecCtx *c, bool exact); // no NaN
void dec_exp_finite(DecNum *r, const DecNum *a, DecCtx *c);
void dec_ln_finite(DecNum *r, const DecNum *a, DecCtx *c);

// ---- decimal_small.c: V_NULL when it is not for them ------------------------------------------------------------------------
V small_add(Thread *t, V a, V b, DecCtx *c, bool subtract);
V small_multiply(Thread *t, V a, V b, DecCtx *c);
V small_divide(Thread *t, V a, V b, DecCtx *c);
V small_quantize(Thread *t, V a, V b, DecCtx *c);
V small_round(Thread *t, V a, DecCtx *c, unsigned flags);
bool small_compare(V a, V b, int *order);

// ---- Decimals (decimal_type.c) ----------------------------------------------------------------------------------------------
V dec_from_int(Thread *t, Type *type, V i);             // exact
V dec_from_double(Thread *t, Type *type, double d);     // exact; an infinity or NaN too
V dec_from_text(Thread *t, Type *type, V str, DecCtx *c, bool lenient); // lenient: space around it, underscores
V dec_new_from(Thread *t, Type *type, V v, DecCtx *c, bool exact); // Decimal(v), Context.create_decimal(v)
V dec_round_into(Thread *t, V dec_steal, DecCtx *c);    // rounded into the context, status told
// An operand: a Decimal or an int as one (stack value); V_NULL for anything else; V_ERROR.
V dec_operand(Thread *t, V v);
V dec_argument(Thread *t, V v);                         // the same, TypeError for anything else
V dec_to_int(Thread *t, V dec, int rounding);           // ValueError, OverflowError for NaN and infinity
V dec_as_ratio(Thread *t, V dec);
V dec_as_tuple(Thread *t, V dec);
int64_t dec_hash_finite(V dec);
V dec_power(Thread *t, V a, V b, V mod, DecCtx *c);     // Decimals; mod V_NULL or V_NONE: none
V dec_divmod_pair(Thread *t, V a, V b, DecCtx *c);      // a tuple
int dec_type_start(Thread *t, V module);

// decimal_number.c: the slots
V dec_slot_add(Thread *t, V a, V b);
V dec_slot_subtract(Thread *t, V a, V b);
V dec_slot_multiply(Thread *t, V a, V b);
V dec_slot_divide(Thread *t, V a, V b);
V dec_slot_floor_divide(Thread *t, V a, V b);
V dec_slot_remainder(Thread *t, V a, V b);
V dec_slot_divmod(Thread *t, V a, V b);
V dec_slot_power(Thread *t, V a, V b, V mod);
V dec_slot_negative(Thread *t, V a);
V dec_slot_positive(Thread *t, V a);
V dec_slot_absolute(Thread *t, V a);
V dec_slot_compare(Thread *t, V a, V b, int op);
V dec_slot_int(Thread *t, V a);
V dec_slot_float(Thread *t, V a);
int dec_slot_bool(Thread *t, V a);
int dec_slot_hash(Thread *t, V a, int64_t *out);

// ---- text ------------------------------------------------------------------------------------------------------------------------
// The digits of the coefficient (none for a special value without payload), n of them; small or to be mem_free'd.
typedef struct Digits { char *p; size_t n; char small[40]; } Digits;
int dec_digits(Thread *t, V dec, Digits *out);
void dec_digits_free(Digits *d);
int dec_put(Thread *t, StrBuilder *b, V dec, bool engineering, bool capitals);
V dec_to_text(Thread *t, V dec, bool engineering, bool capitals);
void dec_put_pointed(StrBuilder *b, const Digits *s, int64_t place);
V dec_format(Thread *t, V self, V format, V override_or_null); // __format__

// ---- methods ----------------------------------------------------------------------------------------------------------------------
extern const Method dec_methods[], dec_context_methods[];
NATIVE(dec_context_copy);
NATIVE(dec_context_clear_flags);
NATIVE(dec_context_clear_traps);
NATIVE(dec_context_etiny);
NATIVE(dec_context_etop);
NATIVE(dec_context_reduce);
#endif
