// SPDX-License-Identifier: MIT
// math's functions of integers: exact, of any size.
#include "math_parts.h"

// ---- factorial, perm, comb ----------------------------------------------------------------------------------------------
static NATIVE(factorial_body) {
    UNUSED_NATIVE();
    V n = num_index(t, args[0]), r = V_ERROR;
    int64_t i;
    if (v_is_error(n)) return n;
    if (int_sign(n) < 0) {
        err_set(t, &exc_ValueError, "factorial() not defined for negative values");
    } else if (!v_is_int(n) && int_as_i64(t, n, &i) < 0) {
        err_clear(t);
        err_set(t, &exc_OverflowError, "factorial() argument should not exceed %ld", INT64_MAX);
    } else {
        int_as_i64(t, n, &i);
        r = int_factorial(t, (uint64_t)i);
    }
    v_drop(t, n);
    return r;
}
NATIVE(math_factorial) { return factorial_body(t, self, args, nargs, kwnames); }

// n and k as exact ints, both not negative; *small is k (comb: the smaller of k and n - k)
static int read_n_k(Thread *t, const V *args, V *n, V *k) {
    *n = *k = V_ERROR;
    if (v_is_error(*n = num_index(t, args[0])) || v_is_error(*k = num_index(t, args[1]))) return -1;
    if (int_sign(*n) < 0) return err_set(t, &exc_ValueError, "n must be a non-negative integer"), -1;
    if (int_sign(*k) < 0) return err_set(t, &exc_ValueError, "k must be a non-negative integer"), -1;
    return 0;
}

// n * (n-1) * ... of `count` factors, by halves.
static V falling(Thread *t, V n, uint64_t count) {
    if (count == 1) return int_exact(t, n);
    if (count <= 8) {
        V r = int_exact(t, n), factor = int_exact(t, n);
        for (uint64_t i = 1; i < count && !v_is_error(r); i++) {
            V next = int_subtract(t, factor, v_from_int(1)), product = v_is_error(next) ? V_ERROR : int_multiply(t, r, next);
            v_drop(t, factor);
            v_drop(t, r);
            factor = next;
            r = product;
        }
        v_drop(t, factor);
        return r;
    }
    uint64_t half = count / 2;
    V step = int_from_u64(t, half), rest = int_subtract(t, n, step), a = falling(t, n, half), r = V_ERROR;
    V b = v_is_error(rest) || v_is_error(a) || safepoint(t) < 0 ? V_ERROR : falling(t, rest, count - half);
    if (!v_is_error(b)) r = int_multiply(t, a, b);
    v_drop(t, step);
    v_drop(t, rest);
    v_drop(t, a);
    v_drop(t, b);
    return r;
}

NATIVE(math_perm) { // n, k=None
    if (args[1] == V_NULL || args[1] == V_NONE) return factorial_body(t, self, args, 1, kwnames);
    (void)nargs;
    V n, k, r = V_ERROR;
    int64_t count;
    if (read_n_k(t, args, &n, &k) == 0) {
        if (int_compare(n, k) < 0) {
            r = v_from_int(0);
        } else if (int_as_i64(t, k, &count) < 0) {
            err_clear(t);
            err_set(t, &exc_OverflowError, "k must not exceed %ld", INT64_MAX);
        } else {
            r = count == 0 ? v_from_int(1) : falling(t, n, (uint64_t)count);
        }
    }
    v_drop(t, n);
    v_drop(t, k);
    return r;
}

NATIVE(math_comb) {
    UNUSED_NATIVE();
    V n, k, rest = V_ERROR, r = V_ERROR;
    int64_t count;
    if (read_n_k(t, args, &n, &k) == 0 && !v_is_error(rest = int_subtract(t, n, k))) {
        if (int_sign(rest) < 0) {
            r = v_from_int(0);
        } else if (int_as_i64(t, int_compare(k, rest) < 0 ? k : rest, &count) < 0) {
            err_clear(t);
            err_set(t, &exc_OverflowError, "min(n - k, k) must not exceed %ld", INT64_MAX);
        } else {
            r = int_binomial(t, n, (uint64_t)count);
        }
    }
    v_drop(t, n);
    v_drop(t, k);
    v_drop(t, rest);
    return r;
}

// ---- gcd, lcm, isqrt ------------------------------------------------------------------------------------------------------
static V fold(Thread *t, const V *args, size_t nargs, V start, V (*step)(Thread *, V, V)) {
    V r = start;
    for (size_t i = 0; i < nargs && !v_is_error(r); i++) {
        V x = num_index(t, args[i]), next = v_is_error(x) ? V_ERROR : step(t, r, x);
        v_drop(t, x);
        v_drop(t, r);
        r = next;
    }
    return r;
}

static V lcm_step(Thread *t, V a, V b) {
    if (int_sign(a) == 0 || int_sign(b) == 0) return v_from_int(0);
    V g = int_gcd(t, a, b);
    if (v_is_error(g)) return g;
    V q = int_floor_divide(t, a, g), product = v_is_error(q) ? V_ERROR : int_multiply(t, q, b);
    v_drop(t, g);
    v_drop(t, q);
    if (v_is_error(product)) return product;
    V r = int_absolute(t, product);
    v_drop(t, product);
    return r;
}

static int no_keywords(Thread *t, const char *name, V kwnames) {
    if (kwnames == V_NULL || tuple_len(kwnames) == 0) return 0;
    err_set(t, &exc_TypeError, "math.%s() takes no keyword arguments", name);
    return -1;
}

NATIVE(math_gcd) {
    (void)self;
    return no_keywords(t, "gcd", kwnames) < 0 ? V_ERROR : fold(t, args, nargs, v_from_int(0), int_gcd);
}

NATIVE(math_lcm) {
    (void)self;
    return no_keywords(t, "lcm", kwnames) < 0 ? V_ERROR : fold(t, args, nargs, v_from_int(1), lcm_step);
}

NATIVE(math_isqrt) {
    UNUSED_NATIVE();
    V n = num_index(t, args[0]);
    if (v_is_error(n)) return n;
    V r = int_sign(n) < 0 ? err_set(t, &exc_ValueError, "isqrt() argument must be nonnegative") : int_sqrt_floor(t, n);
    v_drop(t, n);
    return r;
}
