// SPDX-License-Identifier: MIT
// Seconds, as ints and floats, in whole units: the conversions of modules time and _datetime, with all ways of rounding.
#include "time_private.h"
#include <math.h>

#define NS 1000000000

double time_round(double d, TimeRound how) {
    switch (how) {
    case TIME_FLOOR: return floor(d);
    case TIME_CEILING: return ceil(d);
    case TIME_HALF_EVEN: return nearbyint(d);
    default: return d >= 0 ? ceil(d) : floor(d);
    }
}

int64_t time_divide(int64_t n, int64_t k, TimeRound how) {
    int64_t q = n / k, r = n % k; // towards zero
    int64_t away = r == 0 ? 0 : n < 0 ? -1 : 1, twice = r < 0 ? -2 * r : 2 * r;
    switch (how) {
    case TIME_FLOOR: return away < 0 ? q - 1 : q;
    case TIME_CEILING: return away > 0 ? q + 1 : q;
    case TIME_HALF_EVEN: return twice > k || (twice == k && (q & 1)) ? q + away : q;
    default: return q + away;
    }
}

static int overflow(Thread *t, const char *what) {
    err_set(t, &exc_OverflowError, "%s", what);
    return -1;
}
static int not_a_number(Thread *t) {
    err_set(t, &exc_ValueError, "Invalid value NaN (not a number)");
    return -1;
}

static int whole_as_i64(Thread *t, V v, const char *too_large, int64_t *out) {
    V whole = num_index(t, v);
    if (v_is_error(whole)) return -1;
    int r = int_as_i64(t, whole, out);
    v_drop(t, whole);
    if (r == 0) return 0;
    err_clear(t);
    return overflow(t, too_large);
}

int time_to_ns(Thread *t, V seconds, TimeRound how, int64_t *out) {
    static const char too_large[] = "timestamp too large to convert to C _PyTime_t";
    if (v_is_any_float(seconds)) {
        double d = float_value(seconds);
        if (isnan(d)) return not_a_number(t);
        d = time_round(d * NS, how);
        if (d < -0x1p63 || d >= 0x1p63) return overflow(t, too_large);
        *out = (int64_t)d;
        return 0;
    }
    int64_t n;
    if (whole_as_i64(t, seconds, too_large, &n) < 0) return -1;
    return __builtin_mul_overflow(n, (int64_t)NS, out) ? overflow(t, too_large) : 0;
}

static const char not_time_t[] = "timestamp out of range for platform time_t";

static int double_as_time_t(Thread *t, double d, time_t *out) {
    if (d < -0x1p63 || d >= 0x1p63) return overflow(t, not_time_t);
    *out = (time_t)d;
    return 0;
}

int time_to_seconds(Thread *t, V seconds, TimeRound how, time_t *out) {
    if (v_is_any_float(seconds)) {
        double d = float_value(seconds);
        return isnan(d) ? not_a_number(t) : double_as_time_t(t, time_round(d, how), out);
    }
    int64_t n;
    if (whole_as_i64(t, seconds, not_time_t, &n) < 0) return -1;
    *out = n;
    return 0;
}

int time_to_parts(Thread *t, V seconds, int per_second, TimeRound how, time_t *whole, int *parts) {
    *parts = 0;
    if (!v_is_any_float(seconds)) return time_to_seconds(t, seconds, how, whole);
    double d, fraction = modf(float_value(seconds), &d);
    if (isnan(fraction)) return not_a_number(t);
    fraction = time_round(fraction * per_second, how);
    if (fraction >= per_second) fraction -= per_second, d += 1;
    if (fraction < 0) fraction += per_second, d -= 1;
    *parts = (int)fraction;
    return double_as_time_t(t, d, whole);
}
