// SPDX-License-Identifier: MIT
// float: arithmetic, comparison, conversion; the type object.
//
// Nearly all floats are immediates; infinities, NaNs and magnitudes from 2^257 are heap objects, so that a NaN keeps the
// identity that `is`, `in` and hash() look at.  Methods are in float_methods.c, text in base/dtoa and numfmt.c.
#include "float_private.h"
#include <errno.h>
#include <math.h>

V float_from_double_slow(Thread *t, double d) {
    Float *f = (Float *)obj_alloc(t, &float_type, sizeof(Float), 0);
    if (!f) return err_no_memory(t);
    f->value = d;
    return v_from(f);
}

// A plain float of the value; the same object when v is one.
V float_exact(Thread *t, V v) {
    if (v_is_float(v) || v_is_exact(v, &float_type)) return v_dup(v);
    return float_from_double(t, float_value(v));
}

V float_to_str(Thread *t, double d) {
    char buf[DOUBLE_REPR_SIZE];
    size_t n = double_repr(d, buf);
    V v = str_new(t, n, 'z');
    if (!v_is_error(v)) memcpy(str_data(v), buf, n);
    return v;
}

// ---- hash ---------------------------------------------------------------------------------------------------------------
// The value modulo 2^61 - 1, so that equal ints, floats and fractions hash alike: mantissa * 2^e, and multiplying by two is
// a rotation of 61 bits.
int64_t double_hash(double d) {
    if (isinf(d)) return d > 0 ? 314159 : -314159;
    if (d == 0) return 0;
    int e;
    uint64_t m = (uint64_t)ldexp(fabs(frexp(d, &e)), 53);
    int shift = (e - 53) % 61;
    if (shift < 0) shift += 61;
    const uint64_t modulus = ((uint64_t)1 << 61) - 1;
    uint64_t h = ((m << shift) & modulus) | (shift ? m >> (61 - shift) : 0);
    int64_t r = d < 0 ? -(int64_t)h : (int64_t)h;
    return r == -1 ? -2 : r;
}

int64_t float_hash(V v, double d) {
    if (!isnan(d)) return double_hash(d);
    uint64_t address = (uint64_t)(uintptr_t)v_obj(v);
    int64_t h = (int64_t)(address >> 4 | address << 60);
    return h == -1 ? -2 : h;
}

static int hash_slot(Thread *t, V v, int64_t *out) { (void)t; *out = float_hash(v, float_value(v)); return 0; }

// ---- comparison -----------------------------------------------------------------------------------------------------------
// A float against an int, exactly: -1, 0, 1; d is no NaN.
static int compare_with_int(double d, V i) {
    int sign = int_sign(i);
    if (isinf(d)) return d > 0 ? 1 : -1;
    if (v_is_int(i) && v_int(i) >= -((int64_t)1 << 53) && v_int(i) <= (int64_t)1 << 53) {
        double x = (double)v_int(i);
        return (d > x) - (d < x);
    }
    int dsign = (d > 0) - (d < 0);
    if (dsign != sign) return dsign < sign ? -1 : 1;
    int e;
    frexp(d, &e);
    size_t bits = int_bit_length(i), dbits = e > 0 ? (size_t)e : 0;
    if (bits != dbits) return (dbits < bits) == (sign > 0) ? -1 : 1;
    // The same sign and number of bits before the point: the integer part decides, then what is behind it.
    double whole = trunc(d);
    int c = int_compare_double(i, whole);
    return c ? -c : (d > whole) - (d < whole);
}

static V compare_slot(Thread *t, V a, V b, int op) {
    (void)t;
    if (!v_is_any_float(a)) return V_NOT_IMPLEMENTED;
    double x = float_value(a);
    if (v_is_any_float(b)) {
        double y = float_value(b);
        switch (op) {
        case CMP_LT: return v_from_bool(x < y);
        case CMP_LE: return v_from_bool(x <= y);
        case CMP_EQ: return v_from_bool(x == y);
        case CMP_NE: return v_from_bool(x != y);
        case CMP_GT: return v_from_bool(x > y);
        default: return v_from_bool(x >= y);
        }
    }
    if (!v_is_any_int(b)) return V_NOT_IMPLEMENTED;
    if (isnan(x)) return v_from_bool(op == CMP_NE);
    return v_from_bool(cmp_holds(compare_with_int(x, b), 0, op));
}

// ---- arithmetic -----------------------------------------------------------------------------------------------------------
#define OPERANDS(x, y)                                                                                                 \
    double x, y;                                                                                                       \
    int status_;                                                                                                       \
    if (!float_operand(t, a, &x, &status_)) return V_NOT_IMPLEMENTED;                                                  \
    if (status_ < 0) return V_ERROR;                                                                                   \
    if (!float_operand(t, b, &y, &status_)) return V_NOT_IMPLEMENTED;                                                  \
    if (status_ < 0) return V_ERROR

static V add_slot(Thread *t, V a, V b) {
    OPERANDS(x, y);
    return float_from_double(t, x + y);
}

static V subtract_slot(Thread *t, V a, V b) {
    OPERANDS(x, y);
    return float_from_double(t, x - y);
}

static V multiply_slot(Thread *t, V a, V b) {
    OPERANDS(x, y);
    return float_from_double(t, x * y);
}

static V true_divide_slot(Thread *t, V a, V b) {
    OPERANDS(x, y);
    if (y == 0) return err_set(t, &exc_ZeroDivisionError, "float division by zero");
    return float_from_double(t, x / y);
}

// Floor division and remainder with the divisor's sign.
void double_divmod(double x, double y, double *quotient, double *remainder) {
    double m = fmod(x, y), q = (x - m) / y;
    if (m != 0) {
        if ((y < 0) != (m < 0)) m += y, q -= 1;
    } else {
        m = copysign(0.0, y);
    }
    if (q != 0) {
        double down = floor(q);
        if (q - down > 0.5) down += 1;
        q = down;
    } else {
        q = copysign(0.0, x / y);
    }
    *quotient = q;
    *remainder = m;
}

static V remainder_slot(Thread *t, V a, V b) {
    OPERANDS(x, y);
    double q, m;
    if (y == 0) return err_set(t, &exc_ZeroDivisionError, "float modulo");
    double_divmod(x, y, &q, &m);
    return float_from_double(t, m);
}

static V floor_divide_slot(Thread *t, V a, V b) {
    OPERANDS(x, y);
    double q, m;
    if (y == 0) return err_set(t, &exc_ZeroDivisionError, "float floor division by zero");
    double_divmod(x, y, &q, &m);
    return float_from_double(t, q);
}

static V divmod_slot(Thread *t, V a, V b) {
    OPERANDS(x, y);
    double q, m;
    if (y == 0) return err_set(t, &exc_ZeroDivisionError, "float divmod()");
    double_divmod(x, y, &q, &m);
    return tuple_pack_steal(t, 2, float_from_double(t, q), float_from_double(t, m));
}

// The cases of pow() that C libraries and Python see differently, or that must not set a range error.
static bool power_special(double x, double y, double *out) {
    if (y == 0 || x == 1) return *out = 1.0, true;
    if (isnan(x) || isnan(y)) return *out = isnan(x) ? x : y, true;
    if (isinf(y)) {
        double m = fabs(x);
        if (m == 1) *out = 1.0;
        else *out = (y > 0) == (m > 1) ? fabs(y) : 0.0;
        return true;
    }
    bool odd = fmod(fabs(y), 2.0) == 1.0;
    if (isinf(x)) {
        if (y > 0) *out = odd ? x : fabs(x);
        else *out = odd ? copysign(0.0, x) : 0.0;
        return true;
    }
    if (x == 0 && y > 0) return *out = odd ? x : 0.0, true;
    return false;
}

static V power_slot(Thread *t, V a, V b, V mod) {
    if (mod != V_NULL && mod != V_NONE) {
        return err_set(t, &exc_TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    }
    OPERANDS(x, y);
    double r;
    if (power_special(x, y, &r)) return float_from_double(t, r);
    if (x == 0) return err_set(t, &exc_ZeroDivisionError, "0.0 cannot be raised to a negative power");
    bool negate = false;
    if (x < 0) {
        if (y != floor(y)) {
            V cx = complex_from_doubles(t, x, 0), cy = complex_from_doubles(t, y, 0), c = V_ERROR;
            if (!v_is_error(cx) && !v_is_error(cy)) c = complex_type.power(t, cx, cy, V_NONE);
            v_drop(t, cx);
            v_drop(t, cy);
            return c;
        }
        x = -x;
        negate = fmod(fabs(y), 2.0) == 1.0;
        if (x == 1) return float_from_double(t, negate ? -1.0 : 1.0);
    }
    r = pow(x, y);
    if (isinf(r)) {
        errno = ERANGE;
        return err_errno(t, &exc_OverflowError, V_NULL, V_NULL);
    }
    return float_from_double(t, negate ? -r : r);
}

static V negative_slot(Thread *t, V v) { return float_from_double(t, -float_value(v)); }
static V absolute_slot(Thread *t, V v) { return float_from_double(t, fabs(float_value(v))); }
static int bool_slot(Thread *t, V v) { (void)t; return float_value(v) != 0; }
static V int_slot(Thread *t, V v) { return int_from_double(t, float_value(v)); }
static V repr_slot(Thread *t, V v) { return float_to_str(t, float_value(v)); }

// ---- from text and objects ------------------------------------------------------------------------------------------------
// The text without its underscores (each between two digits); false when one is misplaced.
static bool strip_underscores(const char *p, size_t n, char *out, size_t *len) {
    char before = 0;
    *len = 0;
    for (size_t i = 0; i < n; before = p[i++]) {
        bool digit = p[i] >= '0' && p[i] <= '9';
        if (p[i] == '_') {
            if (before < '0' || before > '9') return false;
            continue;
        }
        if (before == '_' && !digit) return false;
        out[(*len)++] = p[i];
    }
    return before != '_';
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 28 && c <= 31); }

// All of the text, but for space around it, as a double; false when it is none.
bool double_from_text(Thread *t, const char *p, size_t n, double *out) {
    while (n && is_space(*p)) p++, n--;
    while (n && is_space(p[n - 1])) n--;
    char small[128], *copy = NULL;
    if (n == 0) return false;
    if (memchr(p, '_', n)) {
        copy = n <= sizeof small ? small : mem_alloc(t, n);
        if (!copy || !strip_underscores(p, n, copy, &n)) {
            if (copy != small) mem_free(copy);
            return false;
        }
        p = copy;
    }
    const char *end;
    *out = double_parse(p, n, &end);
    bool whole = end == p + n;
    if (copy && copy != small) mem_free(copy);
    return whole;
}

static V invalid(Thread *t, V v) { return err_set(t, &exc_ValueError, "could not convert string to float: %R", v); }

V float_parse(Thread *t, V str) {
    size_t n;
    void *owned;
    double d;
    const char *p = str_numeric_text(t, str, &n, &owned);
    if (!p) return V_ERROR;
    bool ok = double_from_text(t, p, n, &d);
    mem_free(owned);
    return ok ? float_from_double(t, d) : invalid(t, str);
}

static V parse_buffer(Thread *t, V v) {
    Buffer view;
    double d;
    if (buffer_get(t, v, &view, BUF_SIMPLE) < 0) return V_ERROR;
    V r = double_from_text(t, view.data, (size_t)view.len, &d) ? float_from_double(t, d) : invalid(t, v);
    buffer_release(t, &view);
    return r;
}

// What __float__ gave (consumed) as a plain float.
static V check_result(Thread *t, V v, V r) {
    if (v_is_error(r) || v_is_float(r) || v_is_exact(r, &float_type)) return r;
    V exact = V_ERROR;
    if (!v_is_any_float(r)) {
        err_set(t, &exc_TypeError, "%T.__float__ returned non-float (type %T)", v, r);
    } else if (warn(t, &exc_DeprecationWarning, 1, "%T.__float__ returned non-float (type %T).  The ability to return an instance "
                    "of a strict subclass of float is deprecated, and may not be supported in a future version of Python.", v, r) == 0) {
        exact = float_exact(t, r);
    }
    v_drop(t, r);
    return exact;
}

V float_from_object(Thread *t, V v) {
    double d;
    if (v_is_float(v) || v_is_exact(v, &float_type)) return v_dup(v);
    const Type *type = v_type(v);
    if (type->float_) return check_result(t, v, type->float_(t, v));
    if (type->index) return num_as_double(t, v, &d) < 0 ? V_ERROR : float_from_double(t, d);
    if (v_is_str(v)) return float_parse(t, v);
    if (obj_has_buffer(v)) return parse_buffer(t, v);
    return err_set(t, &exc_TypeError, "float() argument must be a string or a real number, not '%T'", v);
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V arg[1] = {V_NULL};
    bool own_init = type->init != float_type.init; // which may take keywords
    if (!own_init && kwnames != V_NULL && tuple_len(kwnames)) {
        return err_set(t, &exc_TypeError, "float() takes no keyword arguments");
    }
    if (args_bind(t, "float", "x=0, /", args, nargs, V_NULL, arg) < 0) return V_ERROR;
    V v = arg[0] == V_NULL ? float_from_double(t, 0) : float_from_object(t, arg[0]);
    if (v_is_error(v) || type == &float_type) return v;
    V r = type_alloc(t, type, 0);
    if (!v_is_error(r)) ((Float *)v_obj(r))->value = float_value(v);
    v_drop(t, v);
    return r;
}

Type float_type = {
    TYPE_HEAD("float"), .getattr = obj_generic_getattr,
    .base = &object_type,
    .doc = "A floating point number: from a number or from text.",
    .text_signature = "(x=0, /)",
    .flags = TYPE_BASETYPE | TYPE_FLOAT | TYPE_IMMUTABLE | TYPE_ITEM_SELF,
    .size = sizeof(Float),
    .new_ = type_new,
    .repr = repr_slot,
    .hash = hash_slot,
    .compare = compare_slot,
    .add = add_slot,
    .subtract = subtract_slot,
    .multiply = multiply_slot,
    .remainder = remainder_slot,
    .divmod = divmod_slot,
    .power = power_slot,
    .negative = negative_slot,
    .positive = float_exact,
    .absolute = absolute_slot,
    .bool_ = bool_slot,
    .int_ = int_slot,
    .float_ = float_exact,
    .floor_divide = floor_divide_slot,
    .true_divide = true_divide_slot,
    .methods = float_methods,
    .getsets = float_getsets,
};
