// SPDX-License-Identifier: MIT
// Module _decimal: Decimal among the other numbers: operators, comparison, hash, int() and float().
#include "decimal_private.h"

// ---- operators -------------------------------------------------------------------------------------------------------------
typedef V (*Fast)(Thread *t, V a, V b, DecCtx *c);

static V small_sum(Thread *t, V a, V b, DecCtx *c) { return small_add(t, a, b, c, false); }
static V small_difference(Thread *t, V a, V b, DecCtx *c) { return small_add(t, a, b, c, true); }

static V compute(Thread *t, V a, V b, Fast fast, DecOp op) {
    DecCtx c;
    if (dec_ctx_get(t, V_NULL, &c) < 0) return V_ERROR;
    V r = fast ? fast(t, a, b, &c) : V_NULL;
    if (r == V_NULL) r = dec_run(t, op, a, b, V_NULL, &c, NULL);
    return dec_ctx_done(t, &c, r);
}

typedef struct Pair { V a, b; } Pair;

// Both operands as Decimals (stack values): 1; 0 NotImplemented; -1.
static int operands(Thread *t, V a, V b, Pair *out) {
    out->a = dec_operand(t, a);
    if (out->a == V_NULL || v_is_error(out->a)) return v_is_error(out->a) ? -1 : 0;
    out->b = dec_operand(t, b);
    if (out->b != V_NULL && !v_is_error(out->b)) return 1;
    v_drop(t, out->a);
    return v_is_error(out->b) ? -1 : 0;
}

static V binary(Thread *t, V a, V b, Fast fast, DecOp op) {
    if (v_is_exact(a, &dec_type) && v_is_exact(b, &dec_type)) return compute(t, a, b, fast, op);
    Pair p;
    int r = operands(t, a, b, &p);
    if (r <= 0) return r < 0 ? V_ERROR : V_NOT_IMPLEMENTED;
    V result = compute(t, p.a, p.b, fast, op);
    v_drop(t, p.a);
    v_drop(t, p.b);
    return result;
}

V dec_slot_add(Thread *t, V a, V b) { return binary(t, a, b, small_sum, dec_add); }
V dec_slot_subtract(Thread *t, V a, V b) { return binary(t, a, b, small_difference, dec_subtract); }
V dec_slot_multiply(Thread *t, V a, V b) { return binary(t, a, b, small_multiply, dec_multiply); }
V dec_slot_divide(Thread *t, V a, V b) { return binary(t, a, b, small_divide, dec_divide); }
V dec_slot_floor_divide(Thread *t, V a, V b) { return binary(t, a, b, NULL, dec_divide_int); }
V dec_slot_remainder(Thread *t, V a, V b) { return binary(t, a, b, NULL, dec_remainder); }

V dec_divmod_pair(Thread *t, V a, V b, DecCtx *c) {
    V rest, q = dec_run(t, dec_divmod, a, b, V_NULL, c, &rest);
    if (v_is_error(q)) return V_ERROR;
    return dec_ctx_done(t, c, tuple_pack_steal(t, 2, q, rest));
}

V dec_slot_divmod(Thread *t, V a, V b) {
    Pair p;
    DecCtx c;
    int r = operands(t, a, b, &p);
    if (r <= 0) return r < 0 ? V_ERROR : V_NOT_IMPLEMENTED;
    V result = dec_ctx_get(t, V_NULL, &c) < 0 ? V_ERROR : dec_divmod_pair(t, p.a, p.b, &c);
    v_drop(t, p.a);
    v_drop(t, p.b);
    return result;
}

V dec_power(Thread *t, V a, V b, V mod, DecCtx *c) {
    bool two = mod == V_NULL || mod == V_NONE;
    return dec_ctx_done(t, c, dec_run(t, two ? dec_pow : dec_powmod, a, b, two ? V_NULL : mod, c, NULL));
}

V dec_slot_power(Thread *t, V a, V b, V mod) {
    Pair p;
    DecCtx c;
    V third = mod == V_NULL || mod == V_NONE ? V_NONE : dec_operand(t, mod);
    if (third == V_NULL) return V_NOT_IMPLEMENTED;
    int r = v_is_error(third) ? -1 : operands(t, a, b, &p);
    V result = r == 0 ? V_NOT_IMPLEMENTED : V_ERROR;
    if (r > 0) {
        if (dec_ctx_get(t, V_NULL, &c) == 0) result = dec_power(t, p.a, p.b, third, &c);
        v_drop(t, p.a);
        v_drop(t, p.b);
    }
    v_drop(t, third);
    return result;
}

static V unary(Thread *t, V a, DecOp op, unsigned flags) {
    DecCtx c;
    if (dec_ctx_get(t, V_NULL, &c) < 0) return V_ERROR;
    V r = dec_zero(a) || (dec_flags(a) & DEC_SPECIAL) ? V_NULL : small_round(t, a, &c, flags);
    if (r == V_NULL) r = dec_run(t, op, a, V_NULL, V_NULL, &c, NULL);
    return dec_ctx_done(t, &c, r);
}
V dec_slot_negative(Thread *t, V a) { return unary(t, a, dec_minus, dec_flags(a) ^ DEC_NEG); }
V dec_slot_positive(Thread *t, V a) { return unary(t, a, dec_plus, dec_flags(a)); }
V dec_slot_absolute(Thread *t, V a) { return unary(t, a, dec_abs, 0); }

int dec_slot_bool(Thread *t, V a) {
    (void)t;
    return !dec_zero(a);
}

V dec_slot_int(Thread *t, V a) { return dec_to_int(t, a, R_DOWN); }

V dec_slot_float(Thread *t, V a) {
    unsigned flags = dec_flags(a);
    if (flags & DEC_SNAN) return err_set(t, &exc_ValueError, "cannot convert signaling NaN to float");
    if (flags & DEC_NAN) return float_from_double(t, flags & DEC_NEG ? -__builtin_nan("") : __builtin_nan(""));
    V text = dec_to_text(t, a, false, true);
    if (v_is_error(text)) return V_ERROR;
    V result = float_parse(t, text);
    v_drop(t, text);
    return result;
}

int dec_slot_hash(Thread *t, V a, int64_t *out) {
    unsigned flags = dec_flags(a);
    if (flags & DEC_SNAN) {
        err_set(t, &exc_TypeError, "Cannot hash a signaling NaN value");
        return -1;
    }
    if (flags & DEC_NAN) return obj_hash_identity(t, a, out);
    *out = flags & DEC_INF ? (flags & DEC_NEG ? -314159 : 314159) : dec_hash_finite(a);
    return 0;
}

// ---- comparison --------------------------------------------------------------------------------------------------------------
// A float beside a Decimal: told to the flags; trapped only when the order is asked for.
static V float_operand(Thread *t, double d, bool equality, DecCtx *c) {
    c->status |= SIG_FLOAT;
    if (equality) {
        Signals *flags = ctx_signals(&c->object->flags);
        at_fetch_or_relaxed(&flags->bits, SIG_FLOAT);
    } else if (dec_ctx_signal(t, c) < 0) {
        return V_ERROR;
    }
    c->status = 0;
    return dec_from_double(t, &dec_type, d);
}

// a * denominator, exactly, and the numerator.
static int rational_operands(Thread *t, V a, V other, Pair *out) {
    V numerator = obj_getattr(t, other, NAME(numerator)), denominator = V_ERROR, factor = V_ERROR;
    if (!v_is_error(numerator)) denominator = obj_getattr(t, other, NAME(denominator));
    int r = -1;
    if (!v_is_error(denominator)) {
        if (!v_is_any_int(numerator) || !v_is_any_int(denominator)) {
            err_set(t, &exc_TypeError, "numerator and denominator must be ints, not %T and %T", numerator, denominator);
        } else {
            factor = dec_from_int(t, &dec_type, denominator);
        }
    }
    if (!v_is_error(factor)) {
        DecCtx exact = DEC_CTX_MAX;
        bool special = dec_flags(a) & DEC_SPECIAL;
        out->a = special ? v_dup(a) : dec_run(t, dec_multiply, a, factor, V_NULL, &exact, NULL);
        out->b = v_is_error(out->a) ? V_ERROR : dec_from_int(t, &dec_type, numerator);
        if (!v_is_error(out->b)) r = 1;
        else v_drop(t, out->a);
    }
    v_drop(t, factor), v_drop(t, denominator), v_drop(t, numerator);
    return r;
}

static int is_rational(Thread *t, V v) {
    V cls = import_attr_c(t, "numbers", "Rational");
    if (v_is_error(cls)) return -1;
    int r = obj_isinstance(t, v, cls);
    v_drop(t, cls);
    return r;
}

// a, a Decimal, and other as two Decimals (stack values) of the same order: 1; 0 NotImplemented; -1.
static int compare_operands(Thread *t, V a, V other, bool equality, Pair *out, DecCtx *c) {
    V b = dec_operand(t, other);
    if (b == V_NULL && v_is_any_float(other)) {
        b = float_operand(t, float_value(other), equality, c);
    } else if (b == V_NULL && v_is_object(other) && type_check(t, other, &complex_type)) {
        const Complex *z = (const Complex *)v_obj(other);
        if (!equality || z->im != 0) return 0;
        b = float_operand(t, z->re, true, c);
    } else if (b == V_NULL) {
        int r = is_rational(t, other);
        return r <= 0 ? r : rational_operands(t, a, other, out);
    }
    if (v_is_error(b)) return -1;
    out->a = v_dup(a);
    out->b = b;
    return 1;
}

static V compare_nans(Thread *t, V a, V b, int op, DecCtx *c) {
    bool equality = op == CMP_EQ || op == CMP_NE;
    if (!equality || ((dec_flags(a) | dec_flags(b)) & DEC_SNAN)) c->status |= SIG_INVALID;
    return dec_ctx_done(t, c, v_from_bool(op == CMP_NE));
}

static V compare_pair(Thread *t, V a, V b, int op, DecCtx *c) {
    int small;
    int64_t order;
    if (small_compare(a, b, &small)) return v_from_bool(cmp_holds(small, 0, op));
    if ((dec_flags(a) | dec_flags(b)) & DEC_ANY_NAN) return compare_nans(t, a, b, op, c);
    if (dec_ask(t, dec_compare, a, b, c, &order) < 0) return V_ERROR;
    return v_from_bool(cmp_holds(order, 0, op));
}

V dec_slot_compare(Thread *t, V a, V b, int op) {
    int small;
    if (v_is_exact(a, &dec_type) && v_is_exact(b, &dec_type) && small_compare(a, b, &small)) return v_from_bool(cmp_holds(small, 0, op));
    DecCtx c;
    Pair p;
    if (dec_ctx_get(t, V_NULL, &c) < 0) return V_ERROR;
    V context = v_dup(v_from(c.object)); // a rational's Python code may make another one the current one
    int r = compare_operands(t, a, b, op == CMP_EQ || op == CMP_NE, &p, &c);
    V result = r < 0 ? V_ERROR : V_NOT_IMPLEMENTED;
    if (r > 0) {
        result = compare_pair(t, p.a, p.b, op, &c);
        v_drop(t, p.a);
        v_drop(t, p.b);
    }
    v_drop(t, context);
    return result;
}
