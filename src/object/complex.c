// SPDX-License-Identifier: MIT
// complex: arithmetic, text, the type object.
#include "float_private.h"
#include "str_private.h"
#include <errno.h>
#include <math.h>

typedef struct C { double re, im; } C;
static inline bool is_complex(V v) { return v_is_object(v) && type_check(thread_current(), v, &complex_type); }
static inline C value_of(V v) { return (C){((Complex *)v_obj(v))->re, ((Complex *)v_obj(v))->im}; }

V complex_from_doubles(Thread *t, double re, double im) {
    Complex *c = (Complex *)obj_alloc(t, &complex_type, sizeof(Complex), 0);
    if (!c) return err_no_memory(t);
    c->re = re;
    c->im = im;
    return v_from(c);
}

// v's __complex__() as *out: 1, 0 when it has none, -1
static int from_dunder(Thread *t, V v, C *out) {
    V self, method = obj_lookup_special(t, v, NAME(__complex__), &self);
    if (method == V_NULL) return 0;
    if (v_is_error(method)) return -1;
    V r = self == V_NULL ? obj_call0(t, method) : obj_call1(t, method, self);
    v_drop(t, method);
    if (v_is_error(r)) return -1;
    int status = -1;
    if (!is_complex(r)) {
        err_set(t, &exc_TypeError, "__complex__ returned non-complex (type %T)", r);
    } else if (v_is_exact(r, &complex_type) ||
               warn(t, &exc_DeprecationWarning, 1, "__complex__ returned non-complex (type %T).  The ability to return an "
                    "instance of a strict subclass of complex is deprecated, and may not be supported in a future version "
                    "of Python.", r) == 0) {
        *out = value_of(r);
        status = 1;
    }
    v_drop(t, r);
    return status;
}

int complex_as_doubles(Thread *t, V v, double *re, double *im) {
    C c = {0, 0};
    if (is_complex(v)) {
        c = value_of(v);
    } else {
        int r = v_is_float(v) || v_is_int(v) ? 0 : from_dunder(t, v, &c);
        if (r < 0 || (r == 0 && num_as_double(t, v, &c.re) < 0)) return -1;
    }
    *re = c.re;
    *im = c.im;
    return 0;
}

// ---- arithmetic -----------------------------------------------------------------------------------------------------------
static C multiply(C a, C b) { return (C){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }

// Smith's method: no overflow in between.  false: b is zero
static bool divide(C a, C b, C *out) {
    double x = fabs(b.re), y = fabs(b.im);
    if (x >= y) {
        if (x == 0) return false;
        double ratio = b.im / b.re, d = b.re + b.im * ratio;
        *out = (C){(a.re + a.im * ratio) / d, (a.im - a.re * ratio) / d};
    } else if (y >= x) {
        double ratio = b.re / b.im, d = b.re * ratio + b.im;
        *out = (C){(a.re * ratio + a.im) / d, (a.im * ratio - a.re) / d};
    } else {
        *out = (C){NAN, NAN};
    }
    return true;
}

bool complex_quotient(double *re, double *im, double dre, double dim) {
    C r;
    if (!divide((C){*re, *im}, (C){dre, dim}, &r)) return false;
    *re = r.re;
    *im = r.im;
    return true;
}

static C power_unsigned(C x, unsigned long n) {
    C r = {1, 0};
    for (unsigned long bit = 1; bit && n >= bit; bit <<= 1) {
        if (n & bit) r = multiply(r, x);
        x = multiply(x, x);
    }
    return r;
}

// 0, EDOM or ERANGE: programs see which errors the C library's functions report on the way
static int power_general(C a, C b, C *out) {
    *out = (C){1, 0};
    if (b.re == 0 && b.im == 0) return 0;
    *out = (C){0, 0};
    if (a.re == 0 && a.im == 0) return b.im != 0 || b.re < 0 ? EDOM : 0;
    errno = 0;
    double length = hypot(a.re, a.im), r = pow(length, b.re), angle = atan2(a.im, a.re), phase = angle * b.re;
    if (b.im != 0) {
        r /= exp(angle * b.im);
        phase += b.im * log(length);
    }
    *out = (C){r * cos(phase), r * sin(phase)};
    if (isinf(out->re) || isinf(out->im)) return errno ? errno : ERANGE;
    return errno == ERANGE ? 0 : errno; // an underflow
}

// 1 and *out; 0: not a number; -1: exception
static int operand(Thread *t, V v, C *out) {
    int status;
    if (v_is_object(v) && is_complex(v)) return *out = value_of(v), 1;
    out->im = 0;
    if (!float_operand(t, v, &out->re, &status)) return 0;
    return status < 0 ? -1 : 1;
}

#define OPERANDS(x, y)                                                                                                 \
    C x, y;                                                                                                            \
    int status_ = operand(t, a, &x);                                                                                   \
    if (status_ > 0) status_ = operand(t, b, &y);                                                                      \
    if (status_ <= 0) return status_ < 0 ? V_ERROR : V_NOT_IMPLEMENTED

static V add_slot(Thread *t, V a, V b) {
    OPERANDS(x, y);
    return complex_from_doubles(t, x.re + y.re, x.im + y.im);
}

static V subtract_slot(Thread *t, V a, V b) {
    OPERANDS(x, y);
    return complex_from_doubles(t, x.re - y.re, x.im - y.im);
}

static V multiply_slot(Thread *t, V a, V b) {
    OPERANDS(x, y);
    C r = multiply(x, y);
    return complex_from_doubles(t, r.re, r.im);
}

static V true_divide_slot(Thread *t, V a, V b) {
    OPERANDS(x, y);
    C r;
    if (!divide(x, y, &r)) return err_set(t, &exc_ZeroDivisionError, "complex division by zero");
    return complex_from_doubles(t, r.re, r.im);
}

static V power_slot(Thread *t, V a, V b, V mod) {
    OPERANDS(x, y);
    C r;
    int error = 0;
    if (mod != V_NULL && mod != V_NONE) return err_set(t, &exc_ValueError, "complex modulo");
    if (y.im == 0 && y.re == floor(y.re) && fabs(y.re) <= 100) {
        long n = (long)y.re;
        if (n > 0) r = power_unsigned(x, (unsigned long)n);
        else if (!divide((C){1, 0}, power_unsigned(x, (unsigned long)-n), &r)) error = EDOM;
        if (!error && (isinf(r.re) || isinf(r.im))) error = ERANGE;
    } else {
        error = power_general(x, y, &r);
    }
    if (error == EDOM) return err_set(t, &exc_ZeroDivisionError, "0.0 to a negative or complex power");
    if (error) return err_set(t, &exc_OverflowError, "complex exponentiation");
    return complex_from_doubles(t, r.re, r.im);
}

static V complex_exact(Thread *t, V v) {
    C c = value_of(v);
    return v_is_exact(v, &complex_type) ? v_dup(v) : complex_from_doubles(t, c.re, c.im);
}
static V negative_slot(Thread *t, V v) { return complex_from_doubles(t, -value_of(v).re, -value_of(v).im); }
static int bool_slot(Thread *t, V v) { (void)t; return value_of(v).re != 0 || value_of(v).im != 0; }

static V absolute_slot(Thread *t, V v) {
    C c = value_of(v);
    double r = hypot(c.re, c.im);
    if (isinf(r) && isfinite(c.re) && isfinite(c.im)) return err_set(t, &exc_OverflowError, "absolute value too large");
    return float_from_double(t, r);
}

// ---- comparison -------------------------------------------------------------------------------------------------------------
static int hash_slot(Thread *t, V v, int64_t *out) {
    (void)t;
    C c = value_of(v);
    uint64_t h = (uint64_t)float_hash(v, c.re) + 1000003u * (uint64_t)float_hash(v, c.im);
    *out = (int64_t)h == -1 ? -2 : (int64_t)h;
    return 0;
}

static V compare_slot(Thread *t, V a, V b, int op) {
    if ((op != CMP_EQ && op != CMP_NE) || !is_complex(a)) return V_NOT_IMPLEMENTED;
    C x = value_of(a), y;
    bool equal;
    if (is_complex(b)) {
        y = value_of(b);
        equal = x.re == y.re && x.im == y.im;
    } else if (v_is_any_float(b)) {
        equal = x.im == 0 && x.re == float_value(b);
    } else if (v_is_any_int(b)) {
        if (x.im != 0) return v_from_bool(op == CMP_NE);
        V re = float_from_double(t, x.re);
        if (v_is_error(re)) return re;
        V r = float_type.compare(t, re, b, op);
        v_drop(t, re);
        return r;
    } else {
        return V_NOT_IMPLEMENTED;
    }
    return v_from_bool(equal == (op == CMP_EQ));
}

// ---- text ---------------------------------------------------------------------------------------------------------------------
static void put_double(StrBuilder *b, double d, unsigned flags) {
    char *text;
    ptrdiff_t n = double_format(d, 'r', 0, flags, &text);
    if (n < 0) {
        b->failed = true;
        return;
    }
    sb_ascii(b, text, (size_t)n);
    free(text);
}

static V repr_slot(Thread *t, V v) {
    C c = value_of(v);
    StrBuilder b;
    sb_init(&b, t);
    bool only_imaginary = c.re == 0 && !signbit(c.re);
    if (!only_imaginary) {
        sb_char(&b, '(');
        put_double(&b, c.re, 0);
    }
    put_double(&b, c.im, only_imaginary ? 0 : DOUBLE_SIGN);
    sb_cstr(&b, only_imaginary ? "j" : "j)");
    return sb_finish(&b);
}

typedef struct Text { const char *p, *end; } Text;

static void skip_space(Text *x) {
    while (x->p < x->end && (*x->p == ' ' || (*x->p >= '\t' && *x->p <= '\r') || (*x->p >= 28 && *x->p <= 31))) x->p++;
}

static bool read_double(Text *x, double *out) {
    const char *end;
    *out = double_parse(x->p, (size_t)(x->end - x->p), &end);
    if (end == x->p) return false;
    x->p = end;
    return true;
}

static bool is_j(const Text *x) { return x->p < x->end && (*x->p == 'j' || *x->p == 'J'); }
static bool is_sign(const Text *x) { return x->p < x->end && (*x->p == '+' || *x->p == '-'); }

// x, xj, x+yj, x+j, j with optional signs; nothing else.
static bool read_parts(Text *x, C *c) {
    double first;
    *c = (C){0, 0};
    if (read_double(x, &first)) {
        if (is_sign(x)) {
            c->re = first;
            if (!read_double(x, &c->im)) c->im = *x->p++ == '-' ? -1.0 : 1.0;
            if (!is_j(x)) return false;
            x->p++;
        } else if (is_j(x)) {
            x->p++;
            c->im = first;
        } else {
            c->re = first;
        }
        return true;
    }
    c->im = 1.0;
    if (is_sign(x)) c->im = *x->p++ == '-' ? -1.0 : 1.0;
    if (!is_j(x)) return false;
    x->p++;
    return true;
}

static bool parse_text(const char *p, size_t n, C *c) {
    Text x = {p, p + n};
    skip_space(&x);
    bool parens = x.p < x.end && *x.p == '(';
    if (parens) {
        x.p++;
        skip_space(&x);
    }
    if (!read_parts(&x, c)) return false;
    skip_space(&x);
    if (parens) {
        if (x.p == x.end || *x.p++ != ')') return false;
        skip_space(&x);
    }
    return x.p == x.end;
}

// The text without underscores between digits; false when one is misplaced.
static bool drop_underscores(char *p, size_t *n) {
    size_t k = 0;
    char before = 0;
    for (size_t i = 0; i < *n; i++) {
        char c = p[i];
        if (c == '_' ? before < '0' || before > '9' : before == '_' && (c < '0' || c > '9')) return false;
        if (c != '_') p[k++] = c;
        before = c;
    }
    *n = k;
    return before != '_';
}

static V from_str(Thread *t, V text) {
    size_t n;
    void *owned;
    C c;
    const char *p = str_numeric_text(t, text, &n, &owned);
    if (!p) return V_ERROR;
    char *copy = NULL;
    bool ok = true;
    if (memchr(p, '_', n)) {
        if (!(copy = mem_alloc(t, n))) return mem_free(owned), err_no_memory(t);
        memcpy(copy, p, n);
        ok = drop_underscores(copy, &n);
        p = copy;
        if (!ok) err_set(t, &exc_ValueError, "could not convert string to complex: %R", text);
    }
    ok = ok && parse_text(p, n, &c);
    mem_free(copy);
    mem_free(owned);
    if (!ok) return err_pending(t) ? V_ERROR : err_set(t, &exc_ValueError, "complex() arg is a malformed string");
    return complex_from_doubles(t, c.re, c.im);
}

// ---- construction -------------------------------------------------------------------------------------------------------------
// One argument as a complex; *is_real unless it was one.
static int read_part(Thread *t, V v, const char *which, C *out, bool *is_real) {
    *is_real = false;
    if (v_is_exact(v, &complex_type)) return *out = value_of(v), 0;
    int r = strcmp(which, "first") == 0 && !v_is_float(v) && !v_is_int(v) ? from_dunder(t, v, out) : 0;
    if (r) return r < 0 ? -1 : 0;
    if (is_complex(v)) return *out = value_of(v), 0;
    *is_real = true;
    *out = (C){0, 0};
    const Type *type = v_type(v);
    if (!type->float_ && !type->index) {
        err_set(t, &exc_TypeError, strcmp(which, "first") == 0 ? "complex() first argument must be a string or a number, not '%T'"
                                                               : "complex() second argument must be a number, not '%T'", v);
        return -1;
    }
    return num_as_double(t, v, &out->re);
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V arg[2], v;
    if (args_bind(t, "complex", "real=0, imag=0", args, nargs, kwnames, arg) < 0) return V_ERROR;
    V real = arg[0], imag = arg[1];
    if (real != V_NULL && imag == V_NULL && type == &complex_type && v_is_exact(real, &complex_type)) return v_dup(real);
    if (real != V_NULL && v_is_str(real)) {
        if (imag != V_NULL) return err_set(t, &exc_TypeError, "complex() can't take second arg if first is a string");
        v = from_str(t, real);
    } else {
        C x = {0, 0}, y = {0, 0};
        bool x_real = true, y_real = true;
        if (imag != V_NULL && v_is_str(imag)) return err_set(t, &exc_TypeError, "complex() second arg can't be a string");
        if (real != V_NULL && read_part(t, real, "first", &x, &x_real) < 0) return V_ERROR;
        if (imag != V_NULL && read_part(t, imag, "second", &y, &y_real) < 0) return V_ERROR;
        double re = x.re, im = imag == V_NULL ? x.im : y.re;
        if (imag != V_NULL && !y_real) re -= y.im;
        if (imag != V_NULL && !x_real) im += x.im;
        v = complex_from_doubles(t, re, im);
    }
    if (v_is_error(v) || type == &complex_type) return v;
    V r = type_alloc(t, type, 0);
    if (!v_is_error(r)) {
        ((Complex *)v_obj(r))->re = value_of(v).re;
        ((Complex *)v_obj(r))->im = value_of(v).im;
    }
    v_drop(t, v);
    return r;
}

static NATIVE(m_conjugate) {
    UNUSED_NATIVE();
    return complex_from_doubles(t, value_of(self).re, -value_of(self).im);
}

static NATIVE(m_complex) {
    UNUSED_NATIVE();
    return complex_exact(t, self);
}

static NATIVE(m_getnewargs) {
    UNUSED_NATIVE();
    C c = value_of(self);
    return tuple_pack_steal(t, 2, float_from_double(t, c.re), float_from_double(t, c.im));
}

static NATIVE(m_format) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "__format__", NULL, "str", args[0]);
    return complex_format_spec(t, self, args[0]);
}

static const Method methods[] = {
    {"conjugate", m_conjugate, "", 0, 0, "The complex conjugate: the imaginary part with its sign changed."},
    {"__complex__", m_complex, "", 0, 0, "The value as exactly a complex."},
    {"__getnewargs__", m_getnewargs, "", 0, 0, NULL},
    {"__format__", m_format, "format_spec, /", 0, M_OLD_ARITY, "The number as text, by a format specification."},
    METHOD_END,
};

static const Member members[] = {
    {"real", MEMBER_DOUBLE, offsetof(Complex, re), true, "the real part of a complex number"},
    {"imag", MEMBER_DOUBLE, offsetof(Complex, im), true, "the factor of j"},
    {NULL, 0, 0, false, NULL},
};

Type complex_type = {
    TYPE_HEAD("complex"), .getattr = obj_generic_getattr,
    .base = &object_type,
    .doc = "A complex number: from a real and an imaginary part, or from text.",
    .text_signature = "(real=0, imag=0)",
    .flags = TYPE_BASETYPE | TYPE_IMMUTABLE,
    .size = sizeof(Complex),
    .new_ = type_new,
    .repr = repr_slot,
    .hash = hash_slot,
    .compare = compare_slot,
    .add = add_slot,
    .subtract = subtract_slot,
    .multiply = multiply_slot,
    .power = power_slot,
    .negative = negative_slot,
    .positive = complex_exact,
    .absolute = absolute_slot,
    .bool_ = bool_slot,
    .true_divide = true_divide_slot,
    .methods = methods,
    .members = members,
};
