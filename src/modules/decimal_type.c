// SPDX-License-Identifier: MIT
// Module _decimal: Decimal: making one of anything, and of one anything.
#include "decimal_private.h"
#include <math.h>

// ---- from numbers ----------------------------------------------------------------------------------------------------------
typedef struct FromInt { const Num *num; DecNum r; } FromInt;

static void from_int_op(void *arg) {
    FromInt *k = arg;
    mpz_t view;
    mpz_init(k->r.c);
    mpz_set(k->r.c, mpz_roinit_n(view, (const mp_limb_t *)k->num->limbs, (mp_size_t)k->num->n));
    dec_count(&k->r);
}

V dec_from_int(Thread *t, Type *type, V i) {
    Num num;
    num_view(i, &num);
    unsigned flags = num.neg ? DEC_NEG : 0;
    if (num.n <= 1) {
        uint64_t x = num.n ? num.limbs[0] : 0;
        return dec_new_small(t, type, flags, 0, x, small_digits(x));
    }
    FromInt k = {.num = &num, .r.flags = flags};
    if (!gmp_run(t, from_int_op, &k, num.n)) return err_no_memory(t);
    return dec_from_num(t, type, &k.r);
}

typedef struct FromDouble { uint64_t mantissa; int exponent; DecNum r; } FromDouble;

// m * 2^e is an integer, or m * 5^-e / 10^-e.
static void from_double_op(void *arg) {
    FromDouble *k = arg;
    mpz_init(k->r.c);
    if (k->exponent >= 0) {
        mpz_set_ui(k->r.c, k->mantissa);
        mpz_mul_2exp(k->r.c, k->r.c, (mp_bitcnt_t)k->exponent);
    } else {
        mpz_ui_pow_ui(k->r.c, 5, (unsigned long)-k->exponent);
        mpz_mul_ui(k->r.c, k->r.c, k->mantissa);
        k->r.exp = k->exponent;
    }
    dec_count(&k->r);
}

V dec_from_double(Thread *t, Type *type, double d) {
    if (isnan(d)) return dec_new_small(t, type, DEC_NAN, 0, 0, 0);
    unsigned flags = signbit(d) ? DEC_NEG : 0;
    if (isinf(d)) return dec_new_small(t, type, flags | DEC_INF, 0, 0, 0);
    FromDouble k = {.r.flags = flags};
    k.mantissa = (uint64_t)ldexp(frexp(fabs(d), &k.exponent), 53);
    k.exponent -= 53;
    if (k.mantissa == 0) return dec_new_small(t, type, flags, 0, 0, 1);
    unsigned zeros = ctz64(k.mantissa);
    if (k.exponent < 0) {
        unsigned shift = zeros < (unsigned)-k.exponent ? zeros : (unsigned)-k.exponent;
        k.mantissa >>= shift;
        k.exponent += (int)shift;
    }
    if (!gmp_run(t, from_double_op, &k, 1)) return err_no_memory(t);
    return dec_from_num(t, type, &k.r);
}

// ---- from another Decimal --------------------------------------------------------------------------------------------------
static V copy_into(Thread *t, Type *type, V dec) {
    const Dec *d = dec_of(dec);
    if (d->digits <= DEC_SMALL) return dec_new_small(t, type, d->head.aux, d->exp, d->small, (int)d->digits);
    return dec_new_big(t, type, d->head.aux, d->exp, d->digits, d->big.limbs, d->big.n);
}

static void finish_op(DecCall *k) {
    dec_set(&k->r, &k->a);
    dec_finish(&k->r, k->ctx);
}

// A NaN whose payload has no room is a mistake of the text it came from.
V dec_round_into(Thread *t, V dec, DecCtx *c) {
    if (v_is_error(dec)) return V_ERROR;
    V result = V_NULL;
    if ((dec_flags(dec) & DEC_ANY_NAN) && dec_of(dec)->digits > c->prec - c->clamp) {
        c->status |= COND_SYNTAX;
        result = dec_new_small(t, &dec_type, DEC_NAN, 0, 0, 0);
    } else {
        result = small_round(t, dec, c, dec_flags(dec));
        if (result == V_NULL) result = dec_run(t, finish_op, dec, V_NULL, V_NULL, c, NULL);
    }
    v_drop(t, dec);
    return dec_ctx_done(t, c, result);
}

// ---- from a tuple ------------------------------------------------------------------------------------------------------------
static int bad_tuple(Thread *t, const char *message) {
    err_set(t, &exc_ValueError, "%s", message);
    return -1;
}

static int tuple_sign(Thread *t, V v, bool *neg) {
    int64_t n = -1;
    if (v_is_any_int(v) && int_as_i64(t, v, &n) < 0) err_clear(t);
    if (n != 0 && n != 1) return bad_tuple(t, "sign must be an integer with the value 0 or 1");
    *neg = n == 1;
    return 0;
}

// The text of the exponent, or of the special value that stands in its place.
static int tuple_exponent(Thread *t, V v, unsigned *special, int64_t *exp) {
    if (v_is_str(v)) {
        *special = str_equal_ascii(v, "F") ? DEC_INF : str_equal_ascii(v, "n") ? DEC_NAN : str_equal_ascii(v, "N") ? DEC_SNAN : 0;
        return *special ? 0 : bad_tuple(t, "string argument in the third position must be 'F', 'n' or 'N'");
    }
    if (!v_is_any_int(v)) return bad_tuple(t, "exponent must be an integer");
    return num_as_ssize(t, v, &exc_OverflowError, exp);
}

// What a tuple or list, or an instance of a subclass, holds; it is not asked to iterate.
static V items_of(Thread *t, V v) { return v_is_tuple(v) ? v_dup(v) : list_to_tuple(t, v); }

static int put_tuple_digits(Thread *t, StrBuilder *b, V v) {
    if (!v_is_tuple(v) && !v_is_list(v)) return bad_tuple(t, "coefficient must be a tuple of digits");
    V digits = items_of(t, v);
    if (v_is_error(digits)) return -1;
    int r = 0;
    for (size_t i = 0; r == 0 && i < tuple_len(digits); i++) {
        V d = tuple_borrow(digits, i);
        int64_t n = -1;
        if (v_is_any_int(d) && int_as_i64(t, d, &n) < 0) err_clear(t);
        if (n < 0 || n > 9) r = bad_tuple(t, "coefficient must be a tuple of digits");
        else sb_char(b, (uint32_t)('0' + n));
    }
    v_drop(t, digits);
    return r;
}

// The number as text: conversions have one reader.
static V tuple_text(Thread *t, V tuple) {
    bool neg;
    unsigned special = 0;
    int64_t exp = 0;
    if (tuple_len(tuple) != 3) return err_set(t, &exc_ValueError, "argument must be a sequence of length 3");
    if (tuple_sign(t, tuple_borrow(tuple, 0), &neg) < 0 || tuple_exponent(t, tuple_borrow(tuple, 2), &special, &exp) < 0) return V_ERROR;
    StrBuilder b;
    sb_init(&b, t);
    if (neg) sb_char(&b, '-');
    if (special) sb_cstr(&b, special == DEC_INF ? "Inf" : special == DEC_NAN ? "NaN" : "sNaN");
    size_t before = b.len;
    if (special != DEC_INF && put_tuple_digits(t, &b, tuple_borrow(tuple, 1)) < 0) {
        sb_abandon(&b);
        return V_ERROR;
    }
    if (!special && b.len == before) sb_char(&b, '0');
    if (!special) sb_format(&b, "E%lld", (long long)exp);
    return sb_finish(&b);
}

static V from_tuple(Thread *t, Type *type, V v, DecCtx *c) {
    V tuple = items_of(t, v);
    if (v_is_error(tuple)) return V_ERROR;
    V text = tuple_text(t, tuple), result = v_is_error(text) ? V_ERROR : dec_from_text(t, type, text, c, false);
    v_drop(t, tuple);
    v_drop(t, text);
    return result;
}

// ---- from anything ---------------------------------------------------------------------------------------------------------------
static V from_text_exact(Thread *t, Type *type, V str, DecCtx *told, bool tuple) {
    DecCtx exact = DEC_CTX_MAX;
    V v = tuple ? from_tuple(t, type, str, &exact) : dec_from_text(t, type, str, &exact, true);
    if (exact.status & (SIG_INEXACT | SIG_ROUNDED | SIG_CLAMPED)) { // it cannot be had exactly
        exact.status = SIG_INVALID;
        v_drop(t, v);
        v = dec_new_small(t, type, DEC_NAN, 0, 0, 0);
    }
    told->status |= exact.status & (SIG_INVALID | COND_ANY);
    return v;
}

V dec_new_from(Thread *t, Type *type, V v, DecCtx *c, bool exact) {
    V made;
    if (is_dec(t, v)) {
        made = exact && type == &dec_type && v_is_exact(v, &dec_type) ? v_dup(v) : copy_into(t, type, v);
    } else if (v_is_str(v)) {
        made = exact ? from_text_exact(t, type, v, c, false) : dec_from_text(t, type, v, c, false);
        return dec_ctx_done(t, c, made);
    } else if (v_is_any_int(v)) {
        made = dec_from_int(t, type, v);
    } else if (v_is_tuple(v) || v_is_list(v)) {
        made = exact ? from_text_exact(t, type, v, c, true) : from_tuple(t, type, v, c);
        return dec_ctx_done(t, c, made);
    } else if (v_is_any_float(v)) {
        c->status |= SIG_FLOAT;
        if (dec_ctx_signal(t, c) < 0) return V_ERROR;
        made = dec_from_double(t, type, float_value(v));
    } else {
        return err_set(t, &exc_TypeError, "conversion from %T to Decimal is not supported", v);
    }
    return exact ? made : dec_round_into(t, made, c);
}

V dec_operand(Thread *t, V v) {
    if (is_dec(t, v)) return v_dup(v);
    return v_is_any_int(v) ? dec_from_int(t, &dec_type, v) : V_NULL;
}

V dec_argument(Thread *t, V v) {
    V d = dec_operand(t, v);
    return d == V_NULL ? err_set(t, &exc_TypeError, "conversion from %T to Decimal is not supported", v) : d;
}

// ---- to other things ----------------------------------------------------------------------------------------------------------------
static V special_error(Thread *t, V dec, const char *what) {
    if (dec_flags(dec) & DEC_INF) return err_set(t, &exc_OverflowError, "cannot convert Infinity to %s", what);
    return err_set(t, &exc_ValueError, "cannot convert NaN to %s", what);
}

static V int_of_steal(Thread *t, bool neg, mpz_t z) {
    V v = int_from_limbs(t, neg, (const uint64_t *)mpz_limbs_read(z), mpz_size(z));
    mpz_clear(z);
    return v;
}

typedef struct ToInt { DecNum a, r, r2; DecCtx ctx; } ToInt;

static void to_int_op(void *arg) {
    ToInt *k = arg;
    mpz_init(k->r.c);
    if (k->a.exp >= 0) {
        mpz_scale10(k->r.c, k->a.c, k->a.exp);
        k->r.flags = k->a.flags;
    } else {
        dec_round_integral(&k->r, &k->a, &k->ctx, false);
    }
}

V dec_to_int(Thread *t, V dec, int rounding) {
    const Dec *d = dec_of(dec);
    if (d->head.aux & DEC_SPECIAL) return special_error(t, dec, "integer");
    if (d->exp == 0 && d->digits <= DEC_SMALL) {
        uint64_t limbs[2] = {(uint64_t)d->small, (uint64_t)(d->small >> 64)};
        return int_from_limbs(t, (d->head.aux & DEC_NEG) != 0, limbs, 2);
    }
    ToInt k = {.ctx = DEC_CTX_MAX};
    k.ctx.rounding = (uint8_t)rounding;
    dec_num_view(&k.a, d);
    if (!gmp_run(t, to_int_op, &k, (size_t)(d->exp > 0 && d->exp < 100000000 ? d->exp : 0))) return err_no_memory(t);
    return int_of_steal(t, (k.r.flags & DEC_NEG) != 0, k.r.c);
}

static void ratio_op(void *arg) {
    ToInt *k = arg;
    mpz_init(k->r.c);
    mpz_init_set_ui(k->r2.c, 1);
    if (k->a.exp >= 0) {
        mpz_scale10(k->r.c, k->a.c, k->a.exp);
        return;
    }
    mpz_t common;
    mpz_init(common);
    mpz_scale10(k->r2.c, k->r2.c, -k->a.exp);
    mpz_gcd(common, k->a.c, k->r2.c);
    mpz_divexact(k->r.c, k->a.c, common);
    mpz_divexact(k->r2.c, k->r2.c, common);
    mpz_clear(common);
}

V dec_as_ratio(Thread *t, V dec) {
    const Dec *d = dec_of(dec);
    if (d->head.aux & DEC_SPECIAL) return special_error(t, dec, "integer ratio");
    ToInt k = {.r.flags = 0};
    dec_num_view(&k.a, d);
    if (!gmp_run(t, ratio_op, &k, 1)) return err_no_memory(t);
    V numerator = int_of_steal(t, (k.a.flags & DEC_NEG) != 0, k.r.c);
    return tuple_pack_steal(t, 2, numerator, int_of_steal(t, false, k.r2.c));
}

static Slot tuple_class; // root: DecimalTuple

V dec_as_tuple(Thread *t, V dec) {
    unsigned flags = dec_flags(dec);
    Digits s;
    if (flags & DEC_INF) s.p = s.small, s.small[0] = '0', s.n = 1;
    else if (dec_digits(t, dec, &s) < 0) return V_ERROR;
    V digits = tuple_new(t, s.n);
    for (size_t i = 0; i < s.n && !v_is_error(digits); i++) tuple_init_steal(t, digits, i, v_from_int(s.p[i] - '0'));
    dec_digits_free(&s);
    if (v_is_error(digits)) return V_ERROR;
    V exp = flags & DEC_INF ? NAME(F) : flags & DEC_NAN ? NAME(n) : flags & DEC_SNAN ? NAME(N) : int_from_i64(t, dec_of(dec)->exp);
    V cls = root_get(&tuple_class), result = v_is_error(exp) ? V_ERROR : obj_call3(t, cls, v_from_int(flags & DEC_NEG ? 1 : 0), digits, exp);
    v_drop(t, cls), v_drop(t, digits), v_drop(t, exp);
    return result;
}

// ---- hash ------------------------------------------------------------------------------------------------------------------------------
static uint64_t multiply_mod(uint64_t a, uint64_t b) { return (uint64_t)((u128)a * b % HASH_MODULUS); }

// As every number's: coefficient * 10^exp modulo the prime; a power has the period prime - 1.
int64_t dec_hash_finite(V dec) {
    const Dec *d = dec_of(dec);
    const uint64_t inverse_of_10 = 2075258708292324556u;
    bool small = d->digits <= DEC_SMALL;
    uint64_t h = small ? (uint64_t)(d->small % HASH_MODULUS) : limbs_hash(d->big.limbs, d->big.n);
    uint64_t base = d->exp < 0 ? inverse_of_10 : 10, n = (uint64_t)(d->exp < 0 ? -d->exp : d->exp) % (HASH_MODULUS - 1);
    for (; n; n >>= 1, base = multiply_mod(base, base)) {
        if (n & 1) h = multiply_mod(h, base);
    }
    int64_t r = d->head.aux & DEC_NEG ? -(int64_t)h : (int64_t)h;
    return r == -1 ? -2 : r;
}

// ---- the type ------------------------------------------------------------------------------------------------------------------------------
static V dec_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    static const OldParam params[] = {{"value", false}, {"context", false}, {NULL, false}};
    V given[2];
    DecCtx c;
    if (args_old_bind(t, NULL, params, 2, 0, args, nargs, kwnames, given, NULL) < 0 || dec_ctx_get(t, given[1], &c) < 0) return V_ERROR;
    return given[0] == V_NULL ? dec_new_small(t, type, 0, 0, 0, 1) : dec_new_from(t, type, given[0], &c, true);
}

static void dec_free(Thread *t, Obj *o) {
    (void)t;
    Dec *d = (Dec *)o;
    if (d->digits > DEC_SMALL) mem_free(d->big.limbs);
}

static V dec_repr(Thread *t, V self) {
    DecCtx c;
    StrBuilder b;
    if (dec_ctx_get(t, V_NULL, &c) < 0) return V_ERROR;
    sb_init(&b, t);
    sb_cstr(&b, "Decimal('");
    if (dec_put(t, &b, self, false, c.capitals) < 0) {
        sb_abandon(&b);
        return V_ERROR;
    }
    sb_cstr(&b, "')");
    return sb_finish(&b);
}

static V dec_str(Thread *t, V self) {
    DecCtx c;
    return dec_ctx_get(t, V_NULL, &c) < 0 ? V_ERROR : dec_to_text(t, self, false, c.capitals);
}

static V get_self(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_dup(self);
}
static V get_zero(Thread *t, V self, void *closure) {
    (void)self, (void)closure;
    return dec_new_small(t, &dec_type, 0, 0, 0, 1);
}
static const GetSet dec_getsets[] = {
    {"real", get_self, NULL, NULL, NULL},
    {"imag", get_zero, NULL, NULL, NULL},
    {0},
};

Type dec_type = {
    TYPE_HEAD("decimal.Decimal"), .doc = "An exact decimal number: Decimal(value='0', context=None).",
    .text_signature = "(value=\"0\", context=None)", .flags = TYPE_BASETYPE, .size = sizeof(Dec), .free_ = dec_free,
    .new_ = dec_new, .repr = dec_repr, .str = dec_str, .hash = dec_slot_hash, .compare = dec_slot_compare, .add = dec_slot_add,
    .subtract = dec_slot_subtract, .multiply = dec_slot_multiply, .true_divide = dec_slot_divide,
    .floor_divide = dec_slot_floor_divide, .remainder = dec_slot_remainder, .divmod = dec_slot_divmod, .power = dec_slot_power,
    .negative = dec_slot_negative, .positive = dec_slot_positive, .absolute = dec_slot_absolute, .bool_ = dec_slot_bool,
    .int_ = dec_slot_int, .float_ = dec_slot_float, .methods = dec_methods, .getsets = dec_getsets,
};

static int make_tuple_class(Thread *t) {
    V make = import_attr_c(t, "collections", "namedtuple");
    if (v_is_error(make)) return -1;
    V names = tuple_pack_steal(t, 1, str_intern_utf8(t, "module", 6));
    V args[] = {str_from_cstr(t, "DecimalTuple"), str_from_cstr(t, "sign digits exponent"), str_from_cstr(t, "decimal")};
    bool ready = !v_is_error(names) && !v_is_error(args[0]) && !v_is_error(args[1]) && !v_is_error(args[2]);
    V cls = ready ? obj_call(t, make, args, 2, names) : V_ERROR;
    for (size_t i = 0; i < countof(args); i++) v_drop(t, args[i]);
    v_drop(t, names), v_drop(t, make);
    if (v_is_error(cls)) return -1;
    root_register(&tuple_class);
    root_set(t, &tuple_class, cls);
    v_drop(t, cls);
    return 0;
}

int dec_type_start(Thread *t, V module) {
    if (module_add_type(t, module, &dec_type) < 0) return -1;
    if (slot_peek(&tuple_class) == V_NULL) {
        V number = import_attr_c(t, "numbers", "Number");
        if (v_is_error(number)) return -1;
        V r = obj_call_method1(t, number, NAME(register), v_from_type(&dec_type));
        v_drop(t, number);
        v_drop(t, r);
        if (v_is_error(r) || make_tuple_class(t) < 0) return -1;
    }
    return module_add(t, module, "DecimalTuple", slot_peek(&tuple_class));
}
