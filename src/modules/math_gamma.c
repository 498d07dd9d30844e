// SPDX-License-Identifier: MIT
// The gamma function and its logarithm: the C library's, with Python's errors; integers exactly.
#include "math_parts.h"

static double factorial_of(int n) {
    double r = 1;
    for (int i = 2; i <= n; i++) r *= i; // exact up to 22!
    return r;
}

NATIVE(math_gamma) {
    UNUSED_NATIVE();
    double x;
    if (num_as_double(t, args[0], &x) < 0) return V_ERROR;
    if (isnan(x) || (isinf(x) && x > 0)) return float_from_double(t, x);
    if (isinf(x) || x == 0 || (x < 0 && x == floor(x))) return math_domain_error(t);
    if (x == floor(x) && x <= 23) return float_from_double(t, factorial_of((int)x - 1));
    double r = tgamma(x);
    return isinf(r) ? math_range_error(t) : float_from_double(t, r);
}

NATIVE(math_lgamma) {
    UNUSED_NATIVE();
    double x;
    if (num_as_double(t, args[0], &x) < 0) return V_ERROR;
    if (isnan(x)) return float_from_double(t, x);
    if (isinf(x)) return float_from_double(t, INFINITY);
    if (x <= 0 && x == floor(x)) return math_domain_error(t);
    int sign;
    double r = lgamma_r(x, &sign);
    return isinf(r) ? math_range_error(t) : float_from_double(t, r);
}
