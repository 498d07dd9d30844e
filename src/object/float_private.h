// SPDX-License-Identifier: MIT
// What the files of float and complex share.
#ifndef HEDDLE_FLOAT_PRIVATE_H
#define HEDDLE_FLOAT_PRIVATE_H
#include "base/bits.h"
#include "base/dtoa.h"
#include "object/bytes.h"
#include "object/float.h"
#include "object/misc.h"
#include "object/object.h"

static inline bool float_operand(Thread *t, V v, double *out, int *status) {
    *status = 0;
    if (v_is_float(v)) return *out = v_float(v), true;
    if (v_is_int(v)) return *out = (double)v_int(v), true;
    if (v_is_any_float(v)) return *out = float_value(v), true;
    if (v_is_any_int(v)) return *status = int_as_double(t, v, out), true;
    return false;
}
int64_t double_hash(double d); // not for nan
extern const Method float_methods[];
extern const GetSet float_getsets[];
#endif
