// SPDX-License-Identifier: MIT
// cmath: functions of complex numbers.
//
// Finite arguments go through W. Kahan's formulas (Branch Cuts for Complex Elementary Functions, 1987), which keep the
// signs of zeros and the branch cuts right and scale where squares would overflow; infinities and NaNs go to the C
// library, whose answers C's Annex G fixes.
#include "object/misc.h"
#include <complex.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#undef I
#ifndef CMPLX // glibc's header defines it for GCC only
#define CMPLX(re, im) __builtin_complex((double)(re), (double)(im))
#endif

typedef struct C { double re, im; } C;
typedef enum { FINE, DOMAIN_ERROR, RANGE_ERROR } Status;

static const double large = DBL_MAX / 4.0, ln2 = 0.69314718055994530942, ln10 = 2.302585092994045684;
static double sqrt_large, log_large, sqrt_min; // const after the module's exec

static inline bool finite2(C z) { return isfinite(z.re) && isfinite(z.im); }
static inline C by_library(double complex (*fn)(double complex), C z) {
    union { C parts; double complex whole; } u = {.parts = z}; // clang has no CMPLX before glibc 2.37
    double complex r = fn(u.whole);
    return (C){creal(r), cimag(r)};
}
static inline C negated(C z) { return (C){-z.re, -z.im}; }

// ---- square root, logarithm ---------------------------------------------------------------------------------------------
static C c_sqrt(C z, Status *status) {
    (void)status;
    if (!finite2(z)) return by_library(csqrt, z);
    if (z.re == 0 && z.im == 0) return (C){0, z.im};
    double x = fabs(z.re), y = fabs(z.im), s;
    if (x < DBL_MIN && y < DBL_MIN) { // subnormal: scaled up by 2^53
        x = ldexp(x, 53);
        s = ldexp(sqrt(x + hypot(x, ldexp(y, 53))), -27);
    } else {
        x /= 8;
        s = 2.0 * sqrt(x + hypot(x, y / 8));
    }
    double d = y / (2.0 * s);
    return z.re >= 0 ? (C){s, copysign(d, z.im)} : (C){d, copysign(s, z.im)};
}

static C c_log(C z, Status *status) {
    if (!finite2(z)) return by_library(clog, z);
    double x = fabs(z.re), y = fabs(z.im), re;
    if (x > large || y > large) {
        re = log(hypot(x / 2.0, y / 2.0)) + ln2;
    } else if (x < DBL_MIN && y < DBL_MIN) {
        if (x == 0 && y == 0) {
            *status = DOMAIN_ERROR;
            return (C){-INFINITY, atan2(z.im, z.re)};
        }
        re = log(hypot(ldexp(x, DBL_MANT_DIG), ldexp(y, DBL_MANT_DIG))) - DBL_MANT_DIG * ln2;
    } else {
        double h = hypot(x, y);
        if (0.71 <= h && h <= 1.73) { // near the unit circle: no cancellation
            double max = x > y ? x : y, min = x > y ? y : x;
            re = log1p((max - 1) * (max + 1) + min * min) / 2.0;
        } else {
            re = log(h);
        }
    }
    return (C){re, atan2(z.im, z.re)};
}

static C c_log10(C z, Status *status) {
    C r = c_log(z, status);
    return (C){r.re / ln10, r.im / ln10};
}

// ---- exponential and hyperbolic functions -----------------------------------------------------------------------------------
static void check_overflow(C r, Status *status) {
    if (isinf(r.re) || isinf(r.im)) *status = RANGE_ERROR;
}

static C c_exp(C z, Status *status) {
    C r;
    if (!finite2(z)) {
        if (isinf(z.im) && (isfinite(z.re) || (isinf(z.re) && z.re > 0))) *status = DOMAIN_ERROR;
        if (isinf(z.re) && z.re < 0 && !isfinite(z.im)) return (C){0, 0};
        return by_library(cexp, z);
    }
    if (z.re > log_large) {
        double l = exp(z.re - 1.0);
        r = (C){l * cos(z.im) * M_E, l * sin(z.im) * M_E};
    } else {
        double l = exp(z.re);
        r = (C){l * cos(z.im), l * sin(z.im)};
    }
    check_overflow(r, status);
    return r;
}

static C c_cosh(C z, Status *status) {
    C r;
    if (!finite2(z)) {
        if (isinf(z.im) && !isnan(z.re)) *status = DOMAIN_ERROR;
        if (isnan(z.re) && z.im == 0) return (C){NAN, 0};
        return by_library(ccosh, z);
    }
    if (fabs(z.re) > log_large) {
        double x = z.re - copysign(1.0, z.re);
        r = (C){cos(z.im) * cosh(x) * M_E, sin(z.im) * sinh(x) * M_E};
    } else {
        r = (C){cos(z.im) * cosh(z.re), sin(z.im) * sinh(z.re)};
    }
    check_overflow(r, status);
    return r;
}

static C c_sinh(C z, Status *status) {
    C r;
    if (!finite2(z)) {
        if (isinf(z.im) && !isnan(z.re)) *status = DOMAIN_ERROR;
        if (z.re == 0 && isnan(z.im)) return (C){0, NAN};
        return by_library(csinh, z);
    }
    if (fabs(z.re) > log_large) {
        double x = z.re - copysign(1.0, z.re);
        r = (C){cos(z.im) * sinh(x) * M_E, sin(z.im) * cosh(x) * M_E};
    } else {
        r = (C){cos(z.im) * sinh(z.re), sin(z.im) * cosh(z.re)};
    }
    check_overflow(r, status);
    return r;
}

static C c_tanh(C z, Status *status) {
    if (!finite2(z)) {
        if (isinf(z.im) && isfinite(z.re)) *status = DOMAIN_ERROR;
        if (isinf(z.re) && isinf(z.im)) return (C){copysign(1.0, z.re), 0};
        if (z.re == 0 && isnan(z.im)) return (C){NAN, NAN};
        return by_library(ctanh, z);
    }
    if (fabs(z.re) > log_large) {
        return (C){copysign(1.0, z.re), 4.0 * sin(z.im) * cos(z.im) * exp(-2.0 * fabs(z.re))};
    }
    double tx = tanh(z.re), ty = tan(z.im), cx = 1.0 / cosh(z.re), product = tx * ty, d = 1.0 + product * product;
    return (C){tx * (1.0 + ty * ty) / d, ty / d * cx * cx};
}

// f(z) = -i fh(iz)
static C rotated(C z, C (*fn)(C, Status *), Status *status) {
    C r = fn((C){-z.im, z.re}, status);
    return (C){r.im, -r.re};
}
static C c_cos(C z, Status *status) { return c_cosh((C){-z.im, z.re}, status); }
static C c_sin(C z, Status *status) { return rotated(z, c_sinh, status); }
static C c_tan(C z, Status *status) { return rotated(z, c_tanh, status); }

// ---- inverse functions --------------------------------------------------------------------------------------------------------
static double log_size(C z) { return log(hypot(z.re / 2.0, z.im / 2.0)) + ln2 * 2.0; }
static bool is_large(C z) { return fabs(z.re) > large || fabs(z.im) > large; }

static C c_acos(C z, Status *status) {
    if (isinf(z.re) && isnan(z.im)) return (C){NAN, INFINITY}; // the sign is free in Annex G
    if (!finite2(z)) return by_library(cacos, z);
    if (is_large(z)) {
        double im = log_size(z);
        return (C){atan2(fabs(z.im), z.re), z.re < 0 ? -copysign(im, z.im) : copysign(im, -z.im)};
    }
    C a = c_sqrt((C){1.0 - z.re, -z.im}, status), b = c_sqrt((C){1.0 + z.re, z.im}, status);
    return (C){2.0 * atan2(a.re, b.re), asinh(b.re * a.im - b.im * a.re)};
}

static C c_acosh(C z, Status *status) {
    if (z.re == 0 && isnan(z.im)) return (C){NAN, NAN};
    if (!finite2(z)) return by_library(cacosh, z);
    if (is_large(z)) return (C){log_size(z), atan2(z.im, z.re)};
    C a = c_sqrt((C){z.re - 1.0, z.im}, status), b = c_sqrt((C){z.re + 1.0, z.im}, status);
    return (C){asinh(a.re * b.re + a.im * b.im), 2.0 * atan2(a.im, b.re)};
}

static C c_asinh(C z, Status *status) {
    if (isnan(z.re) && isinf(z.im)) return (C){INFINITY, NAN};
    if (!finite2(z)) return by_library(casinh, z);
    if (is_large(z)) {
        double re = log_size(z);
        return (C){z.im >= 0 ? copysign(re, z.re) : -copysign(re, -z.re), atan2(z.im, fabs(z.re))};
    }
    C a = c_sqrt((C){1.0 + z.im, -z.re}, status), b = c_sqrt((C){1.0 - z.im, z.re}, status);
    return (C){asinh(a.re * b.im - b.re * a.im), atan2(z.im, a.re * b.re - a.im * b.im)};
}
static C c_asin(C z, Status *status) { return rotated(z, c_asinh, status); }

static C c_atanh(C z, Status *status) {
    if (isnan(z.re) && isinf(z.im)) return (C){0, copysign(M_PI / 2.0, z.im)};
    if (!finite2(z)) return by_library(catanh, z);
    if (signbit(z.re)) return negated(c_atanh(negated(z), status));
    double y = fabs(z.im);
    if (z.re > sqrt_large || y > sqrt_large) {
        double h = hypot(z.re / 2.0, z.im / 2.0);
        return (C){z.re / 4.0 / h / h, -copysign(M_PI / 2.0, -z.im)};
    }
    if (z.re == 1.0 && y < sqrt_min) {
        if (y == 0) {
            *status = DOMAIN_ERROR;
            return (C){INFINITY, z.im};
        }
        return (C){-log(sqrt(y) / sqrt(hypot(y, 2.0))), copysign(atan2(2.0, -y) / 2, z.im)};
    }
    return (C){log1p(4.0 * z.re / ((1 - z.re) * (1 - z.re) + y * y)) / 4.0,
               -atan2(-2.0 * z.im, (1 - z.re) * (1 + z.re) - y * y) / 2.0};
}
static C c_atan(C z, Status *status) { return rotated(z, c_atanh, status); }

// ---- calling ------------------------------------------------------------------------------------------------------------------
static V outcome(Thread *t, C r, Status status) {
    if (status == DOMAIN_ERROR) return err_set(t, &exc_ValueError, "math domain error");
    if (status == RANGE_ERROR) return err_set(t, &exc_OverflowError, "math range error");
    return complex_from_doubles(t, r.re, r.im);
}

static V call1(Thread *t, V arg, C (*fn)(C, Status *)) {
    C z;
    Status status = FINE;
    if (complex_as_doubles(t, arg, &z.re, &z.im) < 0) return V_ERROR;
    C r = fn(z, &status);
    return outcome(t, r, status);
}

#define FUNCTIONS(X)                                                                                                   \
    X(acos, "The arc cosine of z.") X(acosh, "The inverse hyperbolic cosine of z.") X(asin, "The arc sine of z.")      \
    X(asinh, "The inverse hyperbolic sine of z.") X(atan, "The arc tangent of z.")                                     \
    X(atanh, "The inverse hyperbolic tangent of z.") X(cos, "The cosine of z.") X(cosh, "The hyperbolic cosine of z.") \
    X(exp, "e raised to the power of z.") X(log10, "The logarithm of z to base 10.") X(sin, "The sine of z.")          \
    X(sinh, "The hyperbolic sine of z.") X(sqrt, "The square root of z.") X(tan, "The tangent of z.")                  \
    X(tanh, "The hyperbolic tangent of z.")
#define X(name, doc)                                                                                                   \
    static NATIVE(m_##name) {                                                                                          \
        UNUSED_NATIVE();                                                                                               \
        return call1(t, args[0], c_##name);                                                                            \
    }
FUNCTIONS(X)
#undef X

static NATIVE(m_log) { // z, base=<unrepresentable>, /
    UNUSED_NATIVE();
    C z, b;
    Status status = FINE;
    if (complex_as_doubles(t, args[0], &z.re, &z.im) < 0) return V_ERROR;
    z = c_log(z, &status);
    if (args[1] == V_NULL) return outcome(t, z, status);
    if (complex_as_doubles(t, args[1], &b.re, &b.im) < 0) return V_ERROR;
    status = FINE; // log(0, base) is no error, as in Python
    b = c_log(b, &status);
    if (!complex_quotient(&z.re, &z.im, b.re, b.im)) status = DOMAIN_ERROR;
    return outcome(t, z, status);
}

// The angle of z; an underflow is a range error, as the C library reports it.
static double angle(C z, Status *status) {
    errno = 0;
    double phi = atan2(z.im, z.re);
    if (errno == ERANGE) *status = RANGE_ERROR;
    return phi;
}

static NATIVE(m_phase) {
    UNUSED_NATIVE();
    C z;
    Status status = FINE;
    if (complex_as_doubles(t, args[0], &z.re, &z.im) < 0) return V_ERROR;
    double phi = angle(z, &status);
    return status == FINE ? float_from_double(t, phi) : outcome(t, z, status);
}

static NATIVE(m_polar) {
    UNUSED_NATIVE();
    C z;
    if (complex_as_doubles(t, args[0], &z.re, &z.im) < 0) return V_ERROR;
    double r = hypot(z.re, z.im);
    if (isinf(r) && finite2(z)) return err_set(t, &exc_OverflowError, "math range error");
    return tuple_pack_steal(t, 2, float_from_double(t, r), float_from_double(t, atan2(z.im, z.re)));
}

static NATIVE(m_rect) {
    UNUSED_NATIVE();
    double r, phi;
    Status status = FINE;
    C z;
    if (num_as_double(t, args[0], &r) < 0 || num_as_double(t, args[1], &phi) < 0) return V_ERROR;
    if (isfinite(r) && isfinite(phi)) {
        z = phi == 0 ? (C){r, r * phi} : (C){r * cos(phi), r * sin(phi)};
    } else if (isinf(r) && isfinite(phi) && phi != 0) {
        z = (C){copysign(INFINITY, r * cos(phi)), copysign(INFINITY, r * sin(phi))};
    } else if (isinf(r) && phi == 0) {
        z = (C){r, r > 0 ? phi : -phi};
    } else if (isinf(r)) { // an angle that is none
        z = (C){INFINITY, NAN};
    } else if (r == 0) {
        z = (C){0, 0};
    } else {
        z = (C){isnan(r) && phi == 0 ? r : NAN, isnan(r) && phi == 0 ? 0.0 : NAN};
    }
    if (r != 0 && !isnan(r) && isinf(phi)) status = DOMAIN_ERROR;
    return outcome(t, z, status);
}

static V classify(Thread *t, V v, bool (*test)(C)) {
    C z;
    return complex_as_doubles(t, v, &z.re, &z.im) < 0 ? V_ERROR : v_from_bool(test(z));
}
static bool any_inf(C z) { return isinf(z.re) || isinf(z.im); }
static bool any_nan(C z) { return isnan(z.re) || isnan(z.im); }
static NATIVE(m_isfinite) { UNUSED_NATIVE(); return classify(t, args[0], finite2); }
static NATIVE(m_isinf) { UNUSED_NATIVE(); return classify(t, args[0], any_inf); }
static NATIVE(m_isnan) { UNUSED_NATIVE(); return classify(t, args[0], any_nan); }

static NATIVE(m_isclose) { // a, b, *, rel_tol=1e-09, abs_tol=0.0
    UNUSED_NATIVE();
    C a, b;
    double relative = 1e-9, absolute = 0;
    if (complex_as_doubles(t, args[0], &a.re, &a.im) < 0 || complex_as_doubles(t, args[1], &b.re, &b.im) < 0) return V_ERROR;
    if (args[2] != V_NULL && num_as_double(t, args[2], &relative) < 0) return V_ERROR;
    if (args[3] != V_NULL && num_as_double(t, args[3], &absolute) < 0) return V_ERROR;
    if (relative < 0 || absolute < 0) return err_set(t, &exc_ValueError, "tolerances must be non-negative");
    if (a.re == b.re && a.im == b.im) return V_TRUE;
    if (any_inf(a) || any_inf(b)) return V_FALSE;
    double diff = hypot(a.re - b.re, a.im - b.im);
    return v_from_bool(diff <= relative * hypot(b.re, b.im) || diff <= relative * hypot(a.re, a.im) || diff <= absolute);
}

static const Method methods[] = {
#define X(name, doc) {#name, m_##name, "z, /", 0, M_OLD_ARITY, doc},
    FUNCTIONS(X)
#undef X
    {"isclose", m_isclose, "a, b, *, rel_tol=1e-09, abs_tol=0.0", 0, 0, "Whether two complex numbers are close to each other."},
    {"isfinite", m_isfinite, "z, /", 0, M_OLD_ARITY, "Whether both parts are finite."},
    {"isinf", m_isinf, "z, /", 0, M_OLD_ARITY, "Whether a part is infinite."},
    {"isnan", m_isnan, "z, /", 0, M_OLD_ARITY, "Whether a part is a NaN."},
    {"log", m_log, "z, base=<unrepresentable>, /", 0, 0, "The logarithm of z to a base (default: e)."},
    {"phase", m_phase, "z, /", 0, M_OLD_ARITY, "The angle of z in the complex plane."},
    {"polar", m_polar, "z, /", 0, M_OLD_ARITY, "The distance from 0 and the angle of z."},
    {"rect", m_rect, "r, phi, /", 0, 0, "The number at distance r from 0 in direction phi."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    sqrt_large = sqrt(large);
    log_large = log(large);
    sqrt_min = sqrt(DBL_MIN);
    const struct { const char *name; double value; } constants[] = {
        {"pi", M_PI}, {"e", M_E}, {"tau", 2 * M_PI}, {"inf", INFINITY}, {"nan", NAN}};
    for (size_t i = 0; i < countof(constants); i++)
        if (module_add_steal(t, module, constants[i].name, float_from_double(t, constants[i].value)) < 0) return -1;
    if (module_add_steal(t, module, "infj", complex_from_doubles(t, 0, INFINITY)) < 0) return -1;
    return module_add_steal(t, module, "nanj", complex_from_doubles(t, 0, NAN));
}

const ModuleDef mod_cmath = {"cmath", "Mathematical functions of complex numbers.", methods, exec, 0};
