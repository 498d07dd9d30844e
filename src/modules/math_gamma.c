// SPDX-License-Identifier: MIT
// The gamma function and its logarithm, by Lanczos' approximation.
//
//   gamma(x) = (x + g - 1/2)^(x - 1/2) * e^-(x + g - 1/2) * L(x),   L a quotient of polynomials of degree N - 1
//
// with N = 13 and g = 6.0246..., for which the error of L stays below a double's (G. Pugh, An Analysis of the Lanczos Gamma
// Approximation, 2004).  The numerator's coefficients are Lanczos' series for this g, times sqrt(2 pi), brought to the
// denominator x (x+1) ... (x+11); they were computed to 100 digits from his formula and rounded.
#include "math_parts.h"

enum { TERMS = 13 };
static const double lanczos_g = 6.024680040776729583740234375, g_minus_half = 5.524680040776729583740234375;
static const double numerator[TERMS] = {
    23531376880.41076, 42919803642.6491, 35711959237.35567, 17921034426.03721,
    6039542586.352028, 1439720407.3117216, 248874557.86205417, 31426415.585400194,
    2876370.6289353725, 186056.26539522348, 8071.672002365816, 210.82427775157936,
    2.5066282746310002};
static const double denominator[TERMS] = {0.0,       39916800.0, 120543840.0, 150917976.0, 105258076.0, 45995730.0, 13339535.0,
                                          2637558.0, 357423.0,   32670.0,     1925.0,      66.0,        1.0};

static double lanczos_sum(double x) {
    double top = 0, bottom = 0;
    if (x < 5) { // from the highest power down; otherwise in powers of 1/x, from the lowest up: no overflow
        for (int i = TERMS; i-- > 0;) {
            top = top * x + numerator[i];
            bottom = bottom * x + denominator[i];
        }
    } else {
        for (int i = 0; i < TERMS; i++) {
            top = top / x + numerator[i];
            bottom = bottom / x + denominator[i];
        }
    }
    return top / bottom;
}

// sin(pi x), the argument reduced exactly first.
static double sin_pi(double x) {
    double y = fmod(fabs(x), 2.0), r;
    switch ((int)round(2.0 * y)) {
    case 0: r = sin(M_PI * y); break;
    case 1: r = cos(M_PI * (y - 0.5)); break;
    case 2: r = sin(M_PI * (1.0 - y)); break;
    case 3: r = -cos(M_PI * (y - 1.5)); break;
    default: r = sin(M_PI * (y - 2.0));
    }
    return copysign(1.0, x) * r;
}

static double factorial_of(int n) {
    double r = 1;
    for (int i = 2; i <= n; i++) r *= i; // exact up to 22!
    return r;
}

static double gamma_of(double x) {
    if (x == floor(x) && x <= 23) return factorial_of((int)x - 1);
    double size = fabs(x);
    if (size < 1e-20) return 1.0 / x;
    if (size > 200) return x < 0 ? 0.0 / sin_pi(x) : INFINITY;
    double y = size + g_minus_half, r;
    // what the sum lost to rounding, as a relative correction of the result
    double lost = size > g_minus_half ? (y - size) - g_minus_half : (y - g_minus_half) - size;
    double correction = lost * lanczos_g / y;
    if (x < 0) {
        r = -M_PI / sin_pi(size) / size * exp(y) / lanczos_sum(size);
        r -= correction * r;
        if (size < 140) return r / pow(y, size - 0.5);
        double root = pow(y, size / 2.0 - 0.25);
        return r / root / root;
    }
    r = lanczos_sum(size) / exp(y);
    r += correction * r;
    if (size < 140) return r * pow(y, size - 0.5);
    double root = pow(y, size / 2.0 - 0.25);
    return r * root * root;
}

NATIVE(math_gamma) {
    UNUSED_NATIVE();
    double x;
    if (num_as_double(t, args[0], &x) < 0) return V_ERROR;
    if (isnan(x) || (isinf(x) && x > 0)) return float_from_double(t, x);
    if (isinf(x) || x == 0 || (x < 0 && x == floor(x))) return math_domain_error(t);
    double r = gamma_of(x);
    return isinf(r) ? math_range_error(t) : float_from_double(t, r);
}

static double log_gamma_of(double x) {
    double size = fabs(x);
    if (size < 1e-20) return -log(size);
    double r = log(lanczos_sum(size)) - lanczos_g;
    r += (size - 0.5) * (log(size + lanczos_g - 0.5) - 1);
    if (x < 0) r = log(M_PI) - log(fabs(sin_pi(size))) - log(size) - r;
    return r;
}

NATIVE(math_lgamma) {
    UNUSED_NATIVE();
    double x;
    if (num_as_double(t, args[0], &x) < 0) return V_ERROR;
    if (isnan(x)) return float_from_double(t, x);
    if (isinf(x)) return float_from_double(t, INFINITY);
    if (x == floor(x) && x <= 2) return x <= 0 ? math_domain_error(t) : float_from_double(t, 0.0);
    double r = log_gamma_of(x);
    return isinf(r) ? math_range_error(t) : float_from_double(t, r);
}
