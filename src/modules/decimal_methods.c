// SPDX-License-Identifier: MIT
// Module _decimal: the methods of Decimal and Context.  Those that are arithmetic come from decimal_operations.def: each is a
// method of Decimal, with the context as an optional argument, and of Context, with all operands as arguments.
#include "decimal_private.h"

// ---- calling operations ------------------------------------------------------------------------------------------------------
static const OldParam context_only[] = {{"context", false}, {NULL, false}};
static const OldParam other_context[] = {{"other", false}, {"context", false}, {NULL, false}};
static const OldParam rounding_context[] = {{"rounding", false}, {"context", false}, {NULL, false}};

#define BIND(params, required, given) args_old_bind(t, NULL, params, countof(params) - 1, required, args, nargs, kwnames, given, NULL)

// Computes with x: Decimals, V_NULL where there is none.
typedef V (*Compute)(Thread *t, DecOp op, const V *x, DecCtx *c);

static V run(Thread *t, DecOp op, const V *x, DecCtx *c) { return dec_ctx_done(t, c, dec_run(t, op, x[0], x[1], x[2], c, NULL)); }

// x has `have` operands; n arguments follow, as Decimals.
static V compute(Thread *t, Compute f, DecOp op, V x[3], size_t have, const V *args, size_t n, DecCtx *c) {
    size_t i = 0;
    while (i < n && !v_is_error(x[have + i] = dec_argument(t, args[i]))) i++;
    V r = i == n ? f(t, op, x, c) : V_ERROR;
    while (i-- > 0) v_drop(t, x[have + i]);
    return r;
}

// A Decimal's method: params are n more operands, and the context.
static V of_decimal(Thread *t, V self, Compute f, DecOp op, const OldParam *params, size_t n, const V *args, size_t nargs, V kwnames) {
    V given[3], x[3] = {self, V_NULL, V_NULL};
    DecCtx c;
    if (args_old_bind(t, NULL, params, n + 1, n, args, nargs, kwnames, given, NULL) < 0 || dec_ctx_get(t, given[n], &c) < 0) return V_ERROR;
    return compute(t, f, op, x, 1, given, n, &c);
}

// A Context's: n operands.
static V in_context(Thread *t, V self, Compute f, DecOp op, const V *args, size_t n) {
    V x[3] = {V_NULL, V_NULL, V_NULL};
    DecCtx c;
    dec_ctx_load(ctx_of(self), &c);
    return compute(t, f, op, x, 0, args, n, &c);
}

static V in_context_checked(Thread *t, V self, const char *name, Compute f, DecOp op, size_t n, const V *args, size_t nargs, V kwnames) {
    if (args_no_keywords(t, name, kwnames) < 0) return V_ERROR;
    if (nargs != n) return err_set(t, &exc_TypeError, "function takes exactly %zu arguments (%zu given)", n, nargs);
    return in_context(t, self, f, op, args, n);
}

#define DECIMAL(name, params, f, op) \
    static NATIVE(decimal_##name) { return of_decimal(t, self, f, op, params, countof(params) - 2, args, nargs, kwnames); }
#define CONTEXT_1(name, f, op) \
    static NATIVE(context_##name) { UNUSED_NATIVE(); return in_context(t, self, f, op, args, 1); }
#define CONTEXT_N(name, n, f, op) \
    static NATIVE(context_##name) { return in_context_checked(t, self, #name, f, op, n, args, nargs, kwnames); }

#define DEC_CTX_UNARY(name, doc) CONTEXT_1(name, run, dec_##name)
#define DEC_CTX_BINARY(name, doc) CONTEXT_N(name, 2, run, dec_##name)
#define DEC_UNARY(name, doc) DEC_CTX_UNARY(name, doc) DECIMAL(name, context_only, run, dec_##name)
#define DEC_BINARY(name, doc) DEC_CTX_BINARY(name, doc) DECIMAL(name, other_context, run, dec_##name)
#include "decimal_operations.def"

// ---- rounding ----------------------------------------------------------------------------------------------------------------
static int use_rounding(Thread *t, V given, DecCtx *c) {
    if (given == V_NULL || given == V_NONE) return 0;
    int rounding = dec_rounding_of(t, given);
    if (rounding >= 0) c->rounding = (uint8_t)rounding;
    return rounding < 0 ? -1 : 0;
}

static V to_integral(Thread *t, V self, DecOp op, const V *args, size_t nargs, V kwnames) {
    V given[2];
    DecCtx c;
    if (BIND(rounding_context, 0, given) < 0 || dec_ctx_get(t, given[1], &c) < 0 || use_rounding(t, given[0], &c) < 0) return V_ERROR;
    return run(t, op, (V[]){self, V_NULL, V_NULL}, &c);
}
static NATIVE(decimal_to_integral_value) { return to_integral(t, self, dec_to_integral_value, args, nargs, kwnames); }
static NATIVE(decimal_to_integral_exact) { return to_integral(t, self, dec_to_integral_exact, args, nargs, kwnames); }

static V quantize(Thread *t, DecOp op, const V *x, DecCtx *c) {
    V r = small_quantize(t, x[0], x[1], c);
    return r == V_NULL ? run(t, op, x, c) : dec_ctx_done(t, c, r);
}

static NATIVE(decimal_quantize) {
    static const OldParam params[] = {{"exp", false}, {"rounding", false}, {"context", false}, {NULL, false}};
    V given[3], x[3] = {self, V_NULL, V_NULL};
    DecCtx c;
    if (BIND(params, 1, given) < 0 || dec_ctx_get(t, given[2], &c) < 0 || use_rounding(t, given[1], &c) < 0) return V_ERROR;
    return compute(t, quantize, dec_quantize, x, 1, given, 1, &c);
}

static NATIVE(decimal_round) {
    ptrdiff_t n;
    DecCtx c;
    if (args_no_keywords(t, "__round__", kwnames) < 0) return V_ERROR;
    if (nargs > 1) return err_set(t, &exc_TypeError, "function takes at most 1 argument (%zu given)", nargs);
    if (nargs == 0) return dec_to_int(t, self, R_HALF_EVEN);
    if (!v_is_any_int(args[0])) return err_set(t, &exc_TypeError, "optional arg must be an integer");
    if (num_as_ssize(t, args[0], &exc_OverflowError, &n) < 0) return V_ERROR;
    V unit = dec_ctx_get(t, V_NULL, &c) < 0 ? V_ERROR : dec_new_small(t, &dec_type, 0, n == PTRDIFF_MIN ? PTRDIFF_MAX : -n, 1, 1);
    if (v_is_error(unit)) return V_ERROR;
    V r = quantize(t, dec_quantize, (V[]){self, unit, V_NULL}, &c);
    v_drop(t, unit);
    return r;
}

static NATIVE(decimal_ceil) { UNUSED_NATIVE(); return dec_to_int(t, self, R_CEILING); }
static NATIVE(decimal_floor) { UNUSED_NATIVE(); return dec_to_int(t, self, R_FLOOR); }
static NATIVE(decimal_trunc) { UNUSED_NATIVE(); return dec_to_int(t, self, R_DOWN); }

// ---- three operands, powers, pairs -------------------------------------------------------------------------------------------
static const OldParam fma_params[] = {{"other", false}, {"third", false}, {"context", false}, {NULL, false}};
DECIMAL(fma, fma_params, run, dec_fma)
CONTEXT_N(fma, 3, run, dec_fma)

static V run_power(Thread *t, DecOp op, const V *x, DecCtx *c) {
    (void)op;
    return dec_power(t, x[0], x[1], x[2], c);
}

static NATIVE(context_power) {
    static const OldParam params[] = {{"a", false}, {"b", false}, {"modulo", false}, {NULL, false}};
    V given[3];
    if (BIND(params, 2, given) < 0) return V_ERROR;
    return in_context(t, self, run_power, NULL, given, given[2] == V_NULL || given[2] == V_NONE ? 2 : 3);
}

static V run_divmod(Thread *t, DecOp op, const V *x, DecCtx *c) {
    (void)op;
    return dec_divmod_pair(t, x[0], x[1], c);
}
CONTEXT_N(divmod, 2, run_divmod, NULL)

// ---- what a number is ------------------------------------------------------------------------------------------------------------
static bool is_nonzero(V v) { return !(dec_flags(v) & DEC_SPECIAL) && !dec_zero(v); }
static int64_t adjusted(V v) { return dec_of(v)->exp + dec_of(v)->digits - 1; }

#define PREDICATE(name, condition) \
    static V is_##name(Thread *t, DecOp op, const V *x, DecCtx *c) { \
        V v = x[0]; \
        (void)t, (void)op, (void)v, (void)c; \
        return v_from_bool(condition); \
    } \
    CONTEXT_1(is_##name, is_##name, NULL)
#define IS(name, condition) \
    PREDICATE(name, condition) \
    static NATIVE(decimal_is_##name) { UNUSED_NATIVE(); return is_##name(t, NULL, &self, NULL); }
#define IS_IN_CONTEXT(name, condition) \
    PREDICATE(name, condition) \
    DECIMAL(is_##name, context_only, is_##name, NULL)
IS(finite, !(dec_flags(v) & DEC_SPECIAL))
IS(infinite, dec_flags(v) & DEC_INF)
IS(nan, dec_flags(v) & DEC_ANY_NAN)
IS(qnan, dec_flags(v) & DEC_NAN)
IS(snan, dec_flags(v) & DEC_SNAN)
IS(signed, dec_flags(v) & DEC_NEG)
IS(zero, dec_zero(v))
IS_IN_CONTEXT(normal, is_nonzero(v) && adjusted(v) >= c->emin)
IS_IN_CONTEXT(subnormal, is_nonzero(v) && adjusted(v) < c->emin)
static NATIVE(decimal_is_canonical) { UNUSED_NATIVE(); return V_TRUE; }

static int check_decimal(Thread *t, V v) {
    if (is_dec(t, v)) return 0;
    err_set(t, &exc_TypeError, "argument must be a Decimal");
    return -1;
}
static NATIVE(context_is_canonical) { UNUSED_NATIVE(); return check_decimal(t, args[0]) < 0 ? V_ERROR : V_TRUE; }
static NATIVE(context_canonical) { UNUSED_NATIVE(); return check_decimal(t, args[0]) < 0 ? V_ERROR : v_dup(args[0]); }

static V class_of(Thread *t, DecOp op, const V *x, DecCtx *c) {
    (void)op;
    unsigned flags = dec_flags(x[0]);
    if (flags & DEC_ANY_NAN) return str_from_cstr(t, flags & DEC_SNAN ? "sNaN" : "NaN");
    const char *kind = flags & DEC_INF ? "Infinity" : dec_zero(x[0]) ? "Zero" : adjusted(x[0]) >= c->emin ? "Normal" : "Subnormal";
    return str_from_format(t, "%c%s", flags & DEC_NEG ? '-' : '+', kind);
}
DECIMAL(number_class, context_only, class_of, NULL)
CONTEXT_1(number_class, class_of, NULL)

static V same_quantum(Thread *t, DecOp op, const V *x, DecCtx *c) {
    int64_t answer;
    return dec_ask(t, op, x[0], x[1], c, &answer) < 0 ? V_ERROR : v_from_bool(answer);
}
DECIMAL(same_quantum, other_context, same_quantum, dec_same_quantum)
CONTEXT_N(same_quantum, 2, same_quantum, dec_same_quantum)

// ---- copies ----------------------------------------------------------------------------------------------------------------------------
static void copy_abs_op(DecCall *k) {
    dec_set(&k->r, &k->a);
    k->r.flags &= ~(unsigned)DEC_NEG;
}
static void copy_negate_op(DecCall *k) {
    dec_set(&k->r, &k->a);
    k->r.flags ^= DEC_NEG;
}

static V copy_changed(Thread *t, V dec, DecOp op) {
    DecCtx c = DEC_CTX_MAX;
    return dec_run(t, op, dec, V_NULL, V_NULL, &c, NULL);
}
static NATIVE(decimal_copy_abs) { UNUSED_NATIVE(); return copy_changed(t, self, copy_abs_op); }
static NATIVE(decimal_copy_negate) { UNUSED_NATIVE(); return copy_changed(t, self, copy_negate_op); }
CONTEXT_1(copy_abs, run, copy_abs_op)
CONTEXT_1(copy_negate, run, copy_negate_op)
static NATIVE(context_copy_decimal) { UNUSED_NATIVE(); return dec_argument(t, args[0]); }
static NATIVE(decimal_self) { UNUSED_NATIVE(); return v_dup(self); }

static V rounded(Thread *t, DecOp op, const V *x, DecCtx *c) {
    (void)op;
    return dec_round_into(t, v_dup(x[0]), c);
}
CONTEXT_1(apply, rounded, NULL)

// ---- making ------------------------------------------------------------------------------------------------------------------------------
static V of_float(Thread *t, Type *type, V v) {
    if (v_is_any_int(v)) return dec_from_int(t, type, v);
    if (v_is_any_float(v)) return dec_from_double(t, type, float_value(v));
    return err_set(t, &exc_TypeError, "argument must be int or float");
}

static NATIVE(decimal_from_float) {
    UNUSED_NATIVE();
    Type *type = v_as_type(self);
    V made = of_float(t, &dec_type, args[0]);
    if (type == &dec_type || v_is_error(made)) return made;
    V r = obj_call1(t, self, made);
    v_drop(t, made);
    return r;
}

static NATIVE(context_create_decimal_from_float) {
    UNUSED_NATIVE();
    DecCtx c;
    dec_ctx_load(ctx_of(self), &c);
    return dec_round_into(t, of_float(t, &dec_type, args[0]), &c);
}

static NATIVE(context_create_decimal) {
    DecCtx c;
    if (args_no_keywords(t, "create_decimal", kwnames) < 0) return V_ERROR;
    if (nargs > 1) return err_set(t, &exc_TypeError, "function takes at most 1 argument (%zu given)", nargs);
    dec_ctx_load(ctx_of(self), &c);
    return nargs ? dec_new_from(t, &dec_type, args[0], &c, false) : dec_new_small(t, &dec_type, 0, 0, 0, 1);
}

// ---- text and parts ----------------------------------------------------------------------------------------------------------------------
static V sci_string(Thread *t, DecOp op, const V *x, DecCtx *c) {
    (void)op;
    return dec_to_text(t, x[0], false, c->capitals);
}
static V eng_string(Thread *t, DecOp op, const V *x, DecCtx *c) {
    (void)op;
    return dec_to_text(t, x[0], true, c->capitals);
}
DECIMAL(to_eng_string, context_only, eng_string, NULL)
CONTEXT_1(to_sci_string, sci_string, NULL)
CONTEXT_1(to_eng_string, eng_string, NULL)

static NATIVE(decimal_format) {
    if (args_no_keywords(t, "Decimal.__format__", kwnames) < 0) return V_ERROR;
    if (nargs < 1) return err_set(t, &exc_TypeError, "function takes at least 1 argument (0 given)");
    if (nargs > 2) return err_set(t, &exc_TypeError, "function takes at most 2 arguments (%zu given)", nargs);
    return dec_format(t, self, args[0], nargs > 1 ? args[1] : V_NULL);
}

static NATIVE(decimal_adjusted) {
    UNUSED_NATIVE();
    return dec_flags(self) & DEC_SPECIAL ? v_from_int(0) : int_from_i64(t, adjusted(self));
}
static NATIVE(radix) { UNUSED_NATIVE(); return dec_new_small(t, &dec_type, 0, 0, 10, 2); }
static NATIVE(decimal_as_tuple) { UNUSED_NATIVE(); return dec_as_tuple(t, self); }
static NATIVE(decimal_as_integer_ratio) { UNUSED_NATIVE(); return dec_as_ratio(t, self); }

static NATIVE(decimal_reduce) {
    UNUSED_NATIVE();
    V state = tuple_pack_steal(t, 1, obj_str(t, self));
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), state);
}

static NATIVE(decimal_complex) {
    UNUSED_NATIVE();
    V f = dec_slot_float(t, self);
    if (v_is_error(f)) return V_ERROR;
    double d = float_value(f);
    v_drop(t, f);
    return complex_from_doubles(t, d, 0);
}

static NATIVE(decimal_sizeof) {
    UNUSED_NATIVE();
    const Dec *d = dec_of(self);
    return int_from_size(t, v_type(self)->size + (d->digits > DEC_SMALL ? d->big.n * sizeof(uint64_t) : 0));
}

// ---- the tables ------------------------------------------------------------------------------------------------------------------------------
#define M_CONTEXT "context=None"
#define M_OTHER "other, context=None"
const Method dec_methods[] = {
#define DEC_UNARY(name, doc) {#name, decimal_##name, M_CONTEXT, LOCK_NONE, M_RAW, doc},
#define DEC_BINARY(name, doc) {#name, decimal_##name, M_OTHER, LOCK_NONE, M_RAW, doc},
#include "decimal_operations.def"
    {"to_integral", decimal_to_integral_value, "rounding=None, context=None", LOCK_NONE, M_RAW, "The nearest integer."},
    {"to_integral_exact", decimal_to_integral_exact, "rounding=None, context=None", LOCK_NONE, M_RAW, "The same, signalling what was lost."},
    {"to_integral_value", decimal_to_integral_value, "rounding=None, context=None", LOCK_NONE, M_RAW, "The nearest integer."},
    {"quantize", decimal_quantize, "exp, rounding=None, context=None", LOCK_NONE, M_RAW, "The same number with the exponent of another."},
    {"fma", decimal_fma, "other, third, context=None", LOCK_NONE, M_RAW, "self * other + third, rounded once."},
    {"is_canonical", decimal_is_canonical, "", LOCK_NONE, 0, "True."},
    {"is_finite", decimal_is_finite, "", LOCK_NONE, 0, "Whether it is a number."},
    {"is_infinite", decimal_is_infinite, "", LOCK_NONE, 0, "Whether it is an infinity."},
    {"is_nan", decimal_is_nan, "", LOCK_NONE, 0, "Whether it is a NaN."},
    {"is_qnan", decimal_is_qnan, "", LOCK_NONE, 0, "Whether it is a quiet NaN."},
    {"is_snan", decimal_is_snan, "", LOCK_NONE, 0, "Whether it is a signaling NaN."},
    {"is_signed", decimal_is_signed, "", LOCK_NONE, 0, "Whether its sign is minus."},
    {"is_zero", decimal_is_zero, "", LOCK_NONE, 0, "Whether it is a zero."},
    {"is_normal", decimal_is_normal, M_CONTEXT, LOCK_NONE, M_RAW, "Whether it is a number of full precision."},
    {"is_subnormal", decimal_is_subnormal, M_CONTEXT, LOCK_NONE, M_RAW, "Whether it is a number below those of full precision."},
    {"adjusted", decimal_adjusted, "", LOCK_NONE, 0, "The exponent of the leading digit."},
    {"canonical", decimal_self, "", LOCK_NONE, 0, "Itself."},
    {"conjugate", decimal_self, "", LOCK_NONE, 0, "Itself."},
    {"radix", radix, "", LOCK_NONE, 0, "Decimal(10)."},
    {"copy_abs", decimal_copy_abs, "", LOCK_NONE, 0, "The same digits, sign plus."},
    {"copy_negate", decimal_copy_negate, "", LOCK_NONE, 0, "The same digits, the other sign."},
    {"number_class", decimal_number_class, M_CONTEXT, LOCK_NONE, M_RAW, "What kind of number it is: a str."},
    {"to_eng_string", decimal_to_eng_string, M_CONTEXT, LOCK_NONE, M_RAW, "As text, exponents multiples of three."},
    {"same_quantum", decimal_same_quantum, M_OTHER, LOCK_NONE, M_RAW, "Whether both have the same exponent."},
    {"from_float", decimal_from_float, "f, /", LOCK_NONE, M_CLASS, "A float's or int's exact value."},
    {"as_tuple", decimal_as_tuple, "", LOCK_NONE, 0, "DecimalTuple(sign, digits, exponent)."},
    {"as_integer_ratio", decimal_as_integer_ratio, "", LOCK_NONE, 0, "Numerator and denominator in lowest terms."},
    {"__copy__", decimal_self, "", LOCK_NONE, 0, NULL},
    {"__deepcopy__", decimal_self, "memo, /", LOCK_NONE, 0, NULL},
    {"__format__", decimal_format, NULL, LOCK_NONE, M_RAW, NULL},
    {"__reduce__", decimal_reduce, "", LOCK_NONE, 0, NULL},
    {"__round__", decimal_round, NULL, LOCK_NONE, M_RAW, NULL},
    {"__ceil__", decimal_ceil, "", LOCK_NONE, 0, NULL},
    {"__floor__", decimal_floor, "", LOCK_NONE, 0, NULL},
    {"__trunc__", decimal_trunc, "", LOCK_NONE, 0, NULL},
    {"__complex__", decimal_complex, "", LOCK_NONE, 0, NULL},
    {"__sizeof__", decimal_sizeof, "", LOCK_NONE, 0, NULL},
    METHOD_END,
};

#define M_X "x, /"
#define M_XY "x, y, /"
const Method dec_context_methods[] = {
#define DEC_CTX_UNARY(name, doc) {#name, context_##name, M_X, LOCK_NONE, 0, doc},
#define DEC_CTX_BINARY(name, doc) {#name, context_##name, M_XY, LOCK_NONE, M_RAW, doc},
#define DEC_UNARY DEC_CTX_UNARY
#define DEC_BINARY DEC_CTX_BINARY
#include "decimal_operations.def"
    {"to_integral", context_to_integral_value, M_X, LOCK_NONE, 0, "The nearest integer."},
    {"divmod", context_divmod, M_XY, LOCK_NONE, M_RAW, "Integer quotient and remainder."},
    {"power", context_power, "a, b, modulo=None", LOCK_NONE, M_RAW, "a ** b, or modulo an integer."},
    {"fma", context_fma, "x, y, z, /", LOCK_NONE, M_RAW, "x * y + z, rounded once."},
    {"Etiny", dec_context_etiny, "", LOCK_NONE, 0, "The smallest exponent there is: Emin - prec + 1."},
    {"Etop", dec_context_etop, "", LOCK_NONE, 0, "The largest exponent of a number with all its digits: Emax - prec + 1."},
    {"radix", radix, "", LOCK_NONE, 0, "Decimal(10)."},
    {"is_canonical", context_is_canonical, M_X, LOCK_NONE, 0, "True."},
    {"is_finite", context_is_finite, M_X, LOCK_NONE, 0, "Whether it is a number."},
    {"is_infinite", context_is_infinite, M_X, LOCK_NONE, 0, "Whether it is an infinity."},
    {"is_nan", context_is_nan, M_X, LOCK_NONE, 0, "Whether it is a NaN."},
    {"is_normal", context_is_normal, M_X, LOCK_NONE, 0, "Whether it is a number of full precision."},
    {"is_qnan", context_is_qnan, M_X, LOCK_NONE, 0, "Whether it is a quiet NaN."},
    {"is_signed", context_is_signed, M_X, LOCK_NONE, 0, "Whether its sign is minus."},
    {"is_snan", context_is_snan, M_X, LOCK_NONE, 0, "Whether it is a signaling NaN."},
    {"is_subnormal", context_is_subnormal, M_X, LOCK_NONE, 0, "Whether it is a number below those of full precision."},
    {"is_zero", context_is_zero, M_X, LOCK_NONE, 0, "Whether it is a zero."},
    {"_apply", context_apply, M_X, LOCK_NONE, 0, NULL},
    {"canonical", context_canonical, M_X, LOCK_NONE, 0, "Itself."},
    {"copy_abs", context_copy_abs, M_X, LOCK_NONE, 0, "The same digits, sign plus."},
    {"copy_decimal", context_copy_decimal, M_X, LOCK_NONE, 0, "The same number, as a Decimal."},
    {"copy_negate", context_copy_negate, M_X, LOCK_NONE, 0, "The same digits, the other sign."},
    {"number_class", context_number_class, M_X, LOCK_NONE, 0, "What kind of number it is: a str."},
    {"to_sci_string", context_to_sci_string, M_X, LOCK_NONE, 0, "As text."},
    {"to_eng_string", context_to_eng_string, M_X, LOCK_NONE, 0, "As text, exponents multiples of three."},
    {"same_quantum", context_same_quantum, M_XY, LOCK_NONE, M_RAW, "Whether both have the same exponent."},
    {"clear_flags", dec_context_clear_flags, "", LOCK_NONE, 0, "Sets no flag."},
    {"clear_traps", dec_context_clear_traps, "", LOCK_NONE, 0, "Traps nothing."},
    {"__copy__", dec_context_copy, "", LOCK_NONE, 0, NULL},
    {"__reduce__", dec_context_reduce, "", LOCK_NONE, 0, NULL},
    {"copy", dec_context_copy, "", LOCK_NONE, 0, "A context with the same fields, flags and traps."},
    {"create_decimal", context_create_decimal, "num=\"0\", /", LOCK_NONE, M_RAW, "A Decimal of anything, rounded."},
    {"create_decimal_from_float", context_create_decimal_from_float, "f, /", LOCK_NONE, 0, "A Decimal of a float, rounded."},
    METHOD_END,
};
