// SPDX-License-Identifier: MIT
// What the files of math share.
#ifndef HEDDLE_MATH_PARTS_H
#define HEDDLE_MATH_PARTS_H
#include "object/misc.h"
#include <math.h>

V math_domain_error(Thread *t);
V math_range_error(Thread *t);
NATIVE(math_comb);
NATIVE(math_perm);
NATIVE(math_factorial);
NATIVE(math_gcd);
NATIVE(math_lcm);
NATIVE(math_isqrt);
NATIVE(math_gamma);
NATIVE(math_lgamma);
#endif
