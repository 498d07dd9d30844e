// SPDX-License-Identifier: MIT
// Module _statistics: the inverse of the normal distribution.
//
// Wichura's algorithm AS 241 (PPND16, Applied Statistics 37, 1988): rational approximations in three regions, good to
// about sixteen digits.
#include "object/object.h"
#include "object/misc.h"
#include <math.h>

static double polynomial(const double *c, int n, double x) {
    double sum = c[n - 1];
    for (int i = n - 2; i >= 0; i--) sum = sum * x + c[i];
    return sum;
}

// Published coefficients, lowest power first.
static const double center_num[] = {3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                    1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                    3.3430575583588128105e+4, 2.5090809287301226727e+3};
static const double center_den[] = {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
                                    2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
                                    5.2264952788528545610e+3};
static const double near_num[] = {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
                                  3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
                                  2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double near_den[] = {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
                                  1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
                                  1.05075007164441684324e-9};
static const double far_num[] = {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
                                 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                 2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double far_den[] = {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15};

static double inverse(double p, double mu, double sigma) {
    double q = p - 0.5, x;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return mu + polynomial(center_num, 8, r) * q / polynomial(center_den, 8, r) * sigma;
    }
    double r = sqrt(-log(q <= 0.0 ? p : 1.0 - p));
    if (r <= 5.0) {
        r -= 1.6;
        x = polynomial(near_num, 8, r) / polynomial(near_den, 8, r);
    } else {
        r -= 5.0;
        x = polynomial(far_num, 8, r) / polynomial(far_den, 8, r);
    }
    return mu + (q < 0.0 ? -x : x) * sigma;
}

static NATIVE(normal_dist_inv_cdf) {
    UNUSED_NATIVE();
    double p, mu, sigma;
    if (num_as_double(t, args[0], &p) < 0 || num_as_double(t, args[1], &mu) < 0 || num_as_double(t, args[2], &sigma) < 0)
        return V_ERROR;
    if (p <= 0.0 || p >= 1.0 || sigma <= 0.0) return err_set(t, &exc_ValueError, "inv_cdf undefined for these parameters");
    return float_from_double(t, inverse(p, mu, sigma));
}

static const Method methods[] = {
    {"_normal_dist_inv_cdf", normal_dist_inv_cdf, "p, mu, sigma, /", LOCK_NONE, 0, "The value below which a normal variable falls with probability p."},
    METHOD_END,
};
const ModuleDef mod__statistics = {.name = "_statistics", .doc = "The inverse of the normal distribution, for the "
                                                                 "module statistics.", .methods = methods};
