// SPDX-License-Identifier: MIT
// math: functions of floats by the C library with Python's errors, exact integer functions, accurate sums and norms.
//
// Functions of ints (factorial, comb, perm, gcd, ...) are in math_integer.c; gamma and lgamma in math_gamma.c.
#include "math_parts.h"
#include "base/bits.h"

// ---- errors ---------------------------------------------------------------------------------------------------------
V math_domain_error(Thread *t) { return err_set(t, &exc_ValueError, "math domain error"); }
V math_range_error(Thread *t) { return err_set(t, &exc_OverflowError, "math range error"); }

// The result r of a function of x (and y), judged by what went in.
static V checked(Thread *t, double r, bool nan_in, bool finite_in, bool can_overflow) {
    if (isnan(r) && !nan_in) return math_domain_error(t);
    if (isinf(r) && finite_in) return can_overflow ? math_range_error(t) : math_domain_error(t);
    return float_from_double(t, r);
}

// ---- one argument -----------------------------------------------------------------------------------------------------
static V call1(Thread *t, V arg, double (*fn)(double), bool can_overflow) {
    double x;
    if (num_as_double(t, arg, &x) < 0) return V_ERROR;
    return checked(t, fn(x), isnan(x), isfinite(x), can_overflow);
}
// X(name, can overflow, doc)
#define FUNCTIONS1(X)                                                                                                  \
    X(acos, false, "The arc cosine in radians, between 0 and pi.")                                                     \
    X(acosh, false, "The inverse hyperbolic cosine.")                                                                  \
    X(asin, false, "The arc sine in radians, between -pi/2 and pi/2.")                                                 \
    X(asinh, false, "The inverse hyperbolic sine.")                                                                    \
    X(atan, false, "The arc tangent in radians, between -pi/2 and pi/2.")                                              \
    X(atanh, false, "The inverse hyperbolic tangent.")                                                                 \
    X(cbrt, false, "The cube root.")                                                                                   \
    X(cos, false, "The cosine of an angle in radians.")                                                                \
    X(cosh, true, "The hyperbolic cosine.")                                                                            \
    X(erf, false, "The error function.")                                                                               \
    X(erfc, false, "The complementary error function.")                                                                \
    X(exp, true, "e raised to the power of x.")                                                                        \
    X(exp2, true, "2 raised to the power of x.")                                                                       \
    X(expm1, true, "exp(x)-1, accurate near zero.")                                                                    \
    X(fabs, false, "The absolute value as a float.")                                                                   \
    X(log1p, false, "log(1+x), accurate near zero.")                                                                   \
    X(sin, false, "The sine of an angle in radians.")                                                                  \
    X(sinh, true, "The hyperbolic sine.")                                                                              \
    X(sqrt, false, "The square root.")                                                                                 \
    X(tan, false, "The tangent of an angle in radians.")                                                               \
    X(tanh, false, "The hyperbolic tangent.")
#define X(name, can_overflow, doc)                                                                                     \
    static NATIVE(m_##name) {                                                                                          \
        UNUSED_NATIVE();                                                                                               \
        return call1(t, args[0], name, can_overflow);                                                                  \
    }
FUNCTIONS1(X)
#undef X

// ---- logarithms ---------------------------------------------------------------------------------------------------------
static double log_e(double x) { return x > 0 || isnan(x) ? log(x) : x == 0 ? -INFINITY : NAN; }
static double log_2(double x) { return x > 0 || isnan(x) ? log2(x) : x == 0 ? -INFINITY : NAN; }
static double log_10(double x) { return x > 0 || isnan(x) ? log10(x) : x == 0 ? -INFINITY : NAN; }

// The fraction in [0.5, 1) and exponent of a positive int of any size.
static double int_frexp(Thread *t, V v, int64_t *exponent, bool *ok) {
    size_t bits = int_bit_length(v);
    int64_t shift = (int64_t)bits - 64;
    V top = shift > 0 ? int_rshift(t, v, v_from_int(shift)) : int_exact(t, v);
    *ok = !v_is_error(top);
    if (!*ok) return 0;
    uint64_t u = int_as_u64_mask(top);
    v_drop(t, top);
    int e;
    double m = frexp((double)(shift > 0 ? u | 1 : u), &e);
    *exponent = e + (shift > 0 ? shift : 0);
    return m;
}

static V log_any(Thread *t, V v, double (*fn)(double)) {
    if (!v_is_any_int(v)) return call1(t, v, fn, false);
    if (int_sign(v) <= 0) return math_domain_error(t);
    double x;
    if (int_as_double(t, v, &x) == 0) return float_from_double(t, fn(x));
    if (!err_matches(t, &exc_OverflowError)) return V_ERROR;
    err_clear(t);
    int64_t e;
    bool ok;
    x = int_frexp(t, v, &e, &ok);
    return ok ? float_from_double(t, fn(x) + fn(2.0) * (double)e) : V_ERROR;
}

static NATIVE(m_log) {
    (void)self, (void)kwnames;
    if (nargs < 1 || nargs > 2) return err_set(t, &exc_TypeError, "math.log requires 1 to 2 arguments");
    V a = log_any(t, args[0], log_e);
    if (v_is_error(a) || nargs == 1) return a;
    V b = log_any(t, args[1], log_e), r = v_is_error(b) ? V_ERROR : num_true_divide(t, a, b);
    v_drop(t, a);
    v_drop(t, b);
    return r;
}
static NATIVE(m_log2) { UNUSED_NATIVE(); return log_any(t, args[0], log_2); }
static NATIVE(m_log10) { UNUSED_NATIVE(); return log_any(t, args[0], log_10); }

// ---- two arguments --------------------------------------------------------------------------------------------------------
static int two(Thread *t, const V *args, double *x, double *y) {
    return num_as_double(t, args[0], x) < 0 || num_as_double(t, args[1], y) < 0 ? -1 : 0;
}

static NATIVE(m_atan2) {
    UNUSED_NATIVE();
    double y, x;
    return two(t, args, &y, &x) < 0 ? V_ERROR : float_from_double(t, atan2(y, x));
}

static NATIVE(m_copysign) {
    UNUSED_NATIVE();
    double x, y;
    return two(t, args, &x, &y) < 0 ? V_ERROR : float_from_double(t, copysign(x, y));
}

static NATIVE(m_fmod) {
    UNUSED_NATIVE();
    double x, y;
    if (two(t, args, &x, &y) < 0) return V_ERROR;
    if (isinf(y) && isfinite(x)) return float_from_double(t, x);
    return checked(t, fmod(x, y), isnan(x) || isnan(y), false, false);
}

static NATIVE(m_remainder) {
    UNUSED_NATIVE();
    double x, y;
    if (two(t, args, &x, &y) < 0) return V_ERROR;
    if (isinf(y) && isfinite(x)) return float_from_double(t, x);
    return checked(t, remainder(x, y), isnan(x) || isnan(y), false, false);
}

static NATIVE(m_nextafter) {
    UNUSED_NATIVE();
    double x, y;
    return two(t, args, &x, &y) < 0 ? V_ERROR : float_from_double(t, nextafter(x, y));
}

static NATIVE(m_pow) {
    UNUSED_NATIVE();
    double x, y;
    if (two(t, args, &x, &y) < 0) return V_ERROR;
    double r = pow(x, y);
    if (isnan(r) && !isnan(x) && !isnan(y)) return math_domain_error(t);
    if (isinf(r) && isfinite(x) && isfinite(y)) return x == 0 ? math_domain_error(t) : math_range_error(t);
    return float_from_double(t, r);
}

static NATIVE(m_ldexp) {
    UNUSED_NATIVE();
    double x;
    if (num_as_double(t, args[0], &x) < 0) return V_ERROR;
    if (!v_is_any_int(args[1])) return err_set(t, &exc_TypeError, "Expected an int as second argument to ldexp.");
    int64_t e;
    if (int_as_i64(t, args[1], &e) < 0) {
        err_clear(t);
        e = int_sign(args[1]) < 0 ? INT64_MIN : INT64_MAX;
    }
    if (x == 0 || !isfinite(x)) return float_from_double(t, x);
    if (e > INT32_MAX) return math_range_error(t);
    if (e < INT32_MIN) return float_from_double(t, copysign(0.0, x));
    double r = ldexp(x, (int)e);
    return isinf(r) ? math_range_error(t) : float_from_double(t, r);
}

static NATIVE(m_isclose) { // a, b, *, rel_tol=1e-09, abs_tol=0.0
    UNUSED_NATIVE();
    double a, b, relative = 1e-9, absolute = 0.0;
    if (two(t, args, &a, &b) < 0) return V_ERROR;
    if (args[2] != V_NULL && num_as_double(t, args[2], &relative) < 0) return V_ERROR;
    if (args[3] != V_NULL && num_as_double(t, args[3], &absolute) < 0) return V_ERROR;
    if (relative < 0 || absolute < 0) return err_set(t, &exc_ValueError, "tolerances must be non-negative");
    if (a == b) return V_TRUE;
    if (isinf(a) || isinf(b)) return V_FALSE;
    double diff = fabs(b - a);
    return v_from_bool(diff <= fabs(relative * b) || diff <= fabs(relative * a) || diff <= absolute);
}

// ---- parts and classes ------------------------------------------------------------------------------------------------------
static NATIVE(m_frexp) {
    UNUSED_NATIVE();
    double x;
    int e = 0;
    if (num_as_double(t, args[0], &x) < 0) return V_ERROR;
    if (isfinite(x) && x != 0) x = frexp(x, &e);
    return tuple_pack_steal(t, 2, float_from_double(t, x), v_from_int(e));
}

static NATIVE(m_modf) {
    UNUSED_NATIVE();
    double x, whole, part;
    if (num_as_double(t, args[0], &x) < 0) return V_ERROR;
    part = modf(x, &whole);
    return tuple_pack_steal(t, 2, float_from_double(t, part), float_from_double(t, whole));
}

static V classify(Thread *t, V v, bool (*test)(double)) {
    double x;
    return num_as_double(t, v, &x) < 0 ? V_ERROR : v_from_bool(test(x));
}
static bool is_finite(double x) { return isfinite(x); }
static bool is_inf(double x) { return isinf(x); }
static bool is_nan(double x) { return isnan(x); }
static NATIVE(m_isfinite) { UNUSED_NATIVE(); return classify(t, args[0], is_finite); }
static NATIVE(m_isinf) { UNUSED_NATIVE(); return classify(t, args[0], is_inf); }
static NATIVE(m_isnan) { UNUSED_NATIVE(); return classify(t, args[0], is_nan); }

static double to_degrees(double x) { return x * (180.0 / M_PI); }
static double to_radians(double x) { return x * (M_PI / 180.0); }
static NATIVE(m_degrees) {
    UNUSED_NATIVE();
    double x;
    return num_as_double(t, args[0], &x) < 0 ? V_ERROR : float_from_double(t, to_degrees(x));
}
static NATIVE(m_radians) {
    UNUSED_NATIVE();
    double x;
    return num_as_double(t, args[0], &x) < 0 ? V_ERROR : float_from_double(t, to_radians(x));
}

static NATIVE(m_ulp) {
    UNUSED_NATIVE();
    double x;
    if (num_as_double(t, args[0], &x) < 0) return V_ERROR;
    if (isnan(x)) return float_from_double(t, x);
    x = fabs(x);
    if (isinf(x)) return float_from_double(t, x);
    double next = nextafter(x, INFINITY);
    return float_from_double(t, isinf(next) ? x - nextafter(x, -INFINITY) : next - x);
}

// v.name() when v's class has it; V_NULL
static V call_special(Thread *t, V v, V name) {
    V self, method = obj_lookup_special(t, v, name, &self);
    if (method == V_NULL || v_is_error(method)) return method;
    V r = self == V_NULL ? obj_call0(t, method) : obj_call1(t, method, self);
    v_drop(t, method);
    return r;
}

static V to_int(Thread *t, V v, V name, double (*fn)(double)) {
    double x;
    if (v_is_int(v)) return v;
    if (!v_is_float(v)) {
        V r = call_special(t, v, name);
        if (r != V_NULL) return r;
    }
    return num_as_double(t, v, &x) < 0 ? V_ERROR : int_from_double(t, fn(x));
}
static NATIVE(m_floor) { UNUSED_NATIVE(); return to_int(t, args[0], NAME(__floor__), floor); }
static NATIVE(m_ceil) { UNUSED_NATIVE(); return to_int(t, args[0], NAME(__ceil__), ceil); }

static NATIVE(m_trunc) {
    UNUSED_NATIVE();
    if (v_is_float(args[0])) return int_from_double(t, v_float(args[0]));
    V r = call_special(t, args[0], NAME(__trunc__));
    return r != V_NULL ? r : err_set(t, &exc_TypeError, "type %T doesn't define __trunc__ method", args[0]);
}

// ---- sums -------------------------------------------------------------------------------------------------------------------
// Shewchuk: the running sum as partials that do not overlap, rising in magnitude; it is exact.
typedef struct Partials {
    double *p, small[32];
    size_t n, cap;
    double special, infinities; // sums of nans and infinities seen
} Partials;

static int partials_add(Thread *t, Partials *s, double x) {
    double whole = x;
    size_t kept = 0;
    for (size_t i = 0; i < s->n; i++) {
        double y = s->p[i];
        if (fabs(x) < fabs(y)) {
            double swap = x;
            x = y;
            y = swap;
        }
        double high = x + y, low = y - (high - x);
        if (low != 0) s->p[kept++] = low;
        x = high;
    }
    s->n = kept;
    if (x == 0) return 0;
    if (!isfinite(x)) {
        if (isfinite(whole)) {
            err_set(t, &exc_OverflowError, "intermediate overflow in fsum");
            return -1;
        }
        if (isinf(whole)) s->infinities += whole;
        s->special += whole;
        s->n = 0;
        return 0;
    }
    if (s->n == s->cap) {
        double *p = mem_alloc(t, 2 * s->cap * sizeof *p);
        if (!p) return err_no_memory(t), -1;
        memcpy(p, s->p, s->n * sizeof *p);
        if (s->p != s->small) mem_free(s->p);
        s->p = p;
        s->cap *= 2;
    }
    s->p[s->n++] = x;
    return 0;
}

// The nearest double to the sum, halves to even.
static double partials_round(const Partials *s) {
    size_t n = s->n;
    if (n == 0) return 0;
    double high = s->p[--n], low = 0;
    while (n > 0) {
        double x = high, y = s->p[--n];
        high = x + y;
        low = y - (high - x);
        if (low != 0) break;
    }
    if (n > 0 && ((low < 0 && s->p[n - 1] < 0) || (low > 0 && s->p[n - 1] > 0))) { // a tie that the rest decides
        double twice = low * 2, x = high + twice;
        if (twice == x - high) high = x;
    }
    return high;
}

static NATIVE(m_fsum) {
    UNUSED_NATIVE();
    V it = obj_iter_whole(t, args[0]), r = V_ERROR;
    if (v_is_error(it)) return it;
    Partials s = {.cap = 32};
    s.p = s.small;
    for (;;) {
        V item = obj_next(t, it);
        if (v_is_error(item)) goto done;
        if (item == V_END) break;
        double x;
        int status = num_as_double(t, item, &x);
        v_drop(t, item);
        if (status < 0 || partials_add(t, &s, x) < 0) goto done;
    }
    if (s.special != 0) {
        if (isnan(s.infinities)) err_set(t, &exc_ValueError, "-inf + inf in fsum");
        else r = float_from_double(t, s.special);
    } else {
        r = float_from_double(t, partials_round(&s));
    }
done:
    if (s.p != s.small) mem_free(s.p);
    v_drop(t, it);
    return r;
}

static NATIVE(m_prod) { // iterable, /, *, start=1
    UNUSED_NATIVE();
    V it = obj_iter_whole(t, args[0]);
    if (v_is_error(it)) return it;
    V product = args[1] == V_NULL ? v_from_int(1) : v_dup(args[1]);
    for (;;) {
        V item = obj_next(t, it);
        if (item == V_END) break;
        if (v_is_error(item)) {
            v_drop(t, product);
            product = V_ERROR;
            break;
        }
        V next = num_multiply(t, product, item);
        v_drop(t, item);
        v_drop(t, product);
        product = next;
        if (v_is_error(product)) break;
    }
    v_drop(t, it);
    return product;
}

// ---- norms ------------------------------------------------------------------------------------------------------------------
// sqrt(sum of squares): scaled by a power of two, squares and sum in twice the precision, one correction of the root.
static double norm(double *x, size_t n, double max, bool any_nan) {
    if (isinf(max)) return max;
    if (any_nan) return NAN;
    if (max == 0 || n <= 1) return max;
    int e;
    frexp(max, &e);
    if (e < -1000) { // scaling alone would overflow: subnormal inputs
        for (size_t i = 0; i < n; i++) x[i] = ldexp(x[i], 600);
        return ldexp(norm(x, n, ldexp(max, 600), false), -600);
    }
    double high = 0, low = 0, scale = ldexp(1.0, -e);
    for (size_t i = 0; i < n; i++) {
        double v = x[i] * scale, square = v * v, rest = fma(v, v, -square), sum = high + square;
        low += rest + (high >= square ? square - (sum - high) : high - (sum - square));
        high = sum;
    }
    double root = sqrt(high + low), square = root * root, rest = fma(root, root, -square);
    double error = (high - square) - rest + low;
    return (root + error / (2.0 * root)) / scale;
}

static V vector_norm(Thread *t, V tuple_a, V tuple_b, const V *args, size_t n) {
    double small[16], *x = n <= 16 ? small : mem_alloc(t, n * sizeof *x), max = 0;
    bool any_nan = false;
    V r = V_ERROR;
    if (!x) return err_no_memory(t);
    for (size_t i = 0; i < n; i++) {
        double b = 0;
        if (num_as_double(t, args ? args[i] : tuple_borrow(tuple_a, i), &x[i]) < 0) goto done;
        if (tuple_b != V_NULL && num_as_double(t, tuple_borrow(tuple_b, i), &b) < 0) goto done;
        x[i] = fabs(x[i] - b);
        any_nan |= isnan(x[i]);
        if (x[i] > max) max = x[i];
    }
    r = float_from_double(t, norm(x, n, max, any_nan));
done:
    if (x != small) mem_free(x);
    return r;
}

static NATIVE(m_hypot) {
    (void)self;
    if (kwnames != V_NULL && tuple_len(kwnames)) return err_set(t, &exc_TypeError, "math.hypot() takes no keyword arguments");
    return vector_norm(t, V_NULL, V_NULL, args, nargs);
}

static NATIVE(m_dist) {
    UNUSED_NATIVE();
    V p = obj_to_tuple(t, args[0]);
    if (v_is_error(p)) return p;
    V q = obj_to_tuple(t, args[1]), r = V_ERROR;
    if (!v_is_error(q)) {
        if (tuple_len(p) != tuple_len(q)) err_set(t, &exc_ValueError, "both points must have the same number of dimensions");
        else r = vector_norm(t, p, q, NULL, tuple_len(p));
    }
    v_drop(t, p);
    v_drop(t, q);
    return r;
}

// ---- the module -------------------------------------------------------------------------------------------------------------
static const Method methods[] = {
#define X(name, can_overflow, doc) {#name, m_##name, "x, /", 0, M_OLD_ARITY, doc},
    FUNCTIONS1(X)
#undef X
    {"atan2", m_atan2, "y, x, /", 0, 0, "The angle of the point (x, y) in radians, between -pi and pi."},
    {"ceil", m_ceil, "x, /", 0, M_OLD_ARITY, "The smallest integer that is not below x."},
    {"comb", math_comb, "n, k, /", 0, 0, "How many ways there are to choose k of n things, order apart."},
    {"copysign", m_copysign, "x, y, /", 0, 0, "A float with the magnitude of x and the sign of y."},
    {"degrees", m_degrees, "x, /", 0, M_OLD_ARITY, "An angle in radians, in degrees."},
    {"dist", m_dist, "p, q, /", 0, 0, "The Euclidean distance between two points."},
    {"factorial", math_factorial, "n, /", 0, M_OLD_ARITY, "The product of the integers from 1 to n."},
    {"floor", m_floor, "x, /", 0, M_OLD_ARITY, "The largest integer that is not above x."},
    {"fmod", m_fmod, "x, y, /", 0, 0, "The remainder as C has it: with the sign of x."},
    {"frexp", m_frexp, "x, /", 0, M_OLD_ARITY, "The pair (m, e) with x == m * 2**e and 0.5 <= abs(m) < 1."},
    {"fsum", m_fsum, "seq, /", 0, M_OLD_ARITY, "The sum of floats, exact before one rounding."},
    {"gamma", math_gamma, "x, /", 0, M_OLD_ARITY, "The gamma function."},
    {"gcd", math_gcd, "*integers", 0, M_RAW, "The greatest common divisor."},
    {"hypot", m_hypot, NULL, 0, M_RAW, "The Euclidean norm of the coordinates."},
    {"isclose", m_isclose, "a, b, *, rel_tol=1e-09, abs_tol=0.0", 0, 0, "Whether two numbers are close to each other."},
    {"isfinite", m_isfinite, "x, /", 0, M_OLD_ARITY, "Whether x is neither infinite nor a NaN."},
    {"isinf", m_isinf, "x, /", 0, M_OLD_ARITY, "Whether x is infinite."},
    {"isnan", m_isnan, "x, /", 0, M_OLD_ARITY, "Whether x is a NaN."},
    {"isqrt", math_isqrt, "n, /", 0, M_OLD_ARITY, "The integer part of the square root of an integer."},
    {"lcm", math_lcm, "*integers", 0, M_RAW, "The least common multiple."},
    {"ldexp", m_ldexp, "x, i, /", 0, 0, "x * 2**i."},
    {"lgamma", math_lgamma, "x, /", 0, M_OLD_ARITY, "The natural logarithm of the gamma function's magnitude."},
    {"log", m_log, NULL, 0, M_RAW | M_TUPLE, "log(x, [base=math.e])\nThe logarithm of x to a base."},
    {"log10", m_log10, "x, /", 0, M_OLD_ARITY, "The logarithm to base 10."},
    {"log2", m_log2, "x, /", 0, M_OLD_ARITY, "The logarithm to base 2."},
    {"modf", m_modf, "x, /", 0, M_OLD_ARITY, "The fractional and the integer part of x, both with its sign."},
    {"nextafter", m_nextafter, "x, y, /", 0, 0, "The next float from x towards y."},
    {"perm", math_perm, "n, k=None, /", 0, 0, "How many ways there are to choose k of n things, in order."},
    {"pow", m_pow, "x, y, /", 0, 0, "x raised to the power of y, as floats."},
    {"prod", m_prod, "iterable, /, *, start=1", 0, 0, "The product of start and the items."},
    {"radians", m_radians, "x, /", 0, M_OLD_ARITY, "An angle in degrees, in radians."},
    {"remainder", m_remainder, "x, y, /", 0, 0, "What is left of x after the nearest multiple of y."},
    {"trunc", m_trunc, "x, /", 0, M_OLD_ARITY, "The integer part of x, by its __trunc__."},
    {"ulp", m_ulp, "x, /", 0, M_OLD_ARITY, "The value of the last bit of x."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    const struct { const char *name; double value; } constants[] = {
        {"pi", M_PI}, {"e", M_E}, {"tau", 2 * M_PI}, {"inf", INFINITY}, {"nan", NAN}};
    for (size_t i = 0; i < countof(constants); i++)
        if (module_add_steal(t, module, constants[i].name, float_from_double(t, constants[i].value)) < 0) return -1;
    return 0;
}

const ModuleDef mod_math = {"math", "Mathematical functions of real numbers.", methods, exec, 0};
