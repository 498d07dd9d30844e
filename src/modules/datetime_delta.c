// SPDX-License-Identifier: MIT
// Module _datetime: timedelta.
//
// A timedelta is a count of microseconds in days, seconds and the rest; all arithmetic is on the count, in 128 bits, or in
// Python's ints where an operand is beyond that.
#include "datetime_private.h"
#include <limits.h>
#include <math.h>

// ---- counts and ints -----------------------------------------------------------------------------------------------------
static V wide_as_int(Thread *t, Wide w) {
    if (w >= INT64_MIN && w <= INT64_MAX) return int_from_i64(t, (int64_t)w);
    uint8_t bytes[sizeof w];
    memcpy(bytes, &w, sizeof w);
    return int_from_bytes(t, bytes, sizeof w, true, true);
}

static int too_large(Thread *t) {
    err_clear(t);
    err_set(t, &exc_OverflowError, "Python int too large to convert to C int");
    return -1;
}

static int int_as_wide(Thread *t, V v, Wide *out) {
    if (v_is_int(v)) {
        *out = v_int(v);
        return 0;
    }
    uint8_t bytes[sizeof *out];
    if (int_to_bytes(t, v, bytes, sizeof bytes, true, true) < 0) return too_large(t);
    memcpy(out, bytes, sizeof *out);
    return 0;
}

V dt_delta(Thread *t, Type *type, Wide micro) {
    const Wide day = (Wide)DT_DAY * DT_MICRO;
    Wide days = micro / day, rest = micro % day;
    if (rest < 0) rest += day, days--;
    if (days > DT_MAX_DAYS || days < -DT_MAX_DAYS) {
        if (days > INT_MAX || days < INT_MIN) too_large(t);
        else err_set(t, &exc_OverflowError, "days=%d; must have magnitude <= %d", (int)days, DT_MAX_DAYS);
        return V_ERROR;
    }
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Delta *d = delta_of(self);
    d->days = (int)days;
    d->seconds = (int)(rest / DT_MICRO);
    d->micro = (int)(rest % DT_MICRO);
    return self;
}

static V delta_new(Thread *t, Wide micro) { return dt_delta(t, &dt_delta_type, micro); }

// A timedelta of an int's microseconds; consumes it.
static V delta_of_int_steal(Thread *t, Type *type, V micro) {
    Wide w;
    if (v_is_error(micro)) return V_ERROR;
    int r = int_as_wide(t, micro, &w);
    v_drop(t, micro);
    return r < 0 ? V_ERROR : dt_delta(t, type, w);
}

static V micro_of(Thread *t, V delta) { return wide_as_int(t, dt_delta_wide(delta)); }

// ---- the constructor ---------------------------------------------------------------------------------------------------------
typedef struct Sum {
    Wide micro;
    V big;           // what is too large for micro; V_NULL: nothing
    double leftover; // less than a microsecond of each float
} Sum;

static int add_int(Thread *t, Sum *sum, V v, int64_t factor) {
    int64_t n;
    if (int_as_i64(t, v, &n) == 0) {
        sum->micro += (Wide)n * factor; // 63 + 40 bits, seven times
        return 0;
    }
    err_clear(t);
    V product = int_multiply(t, v, v_from_int(factor));
    if (v_is_error(product)) return -1;
    V total = sum->big == V_NULL ? v_dup(product) : int_add(t, sum->big, product);
    v_drop(t, product);
    v_drop(t, sum->big);
    sum->big = v_is_error(total) ? V_NULL : total;
    return v_is_error(total) ? -1 : 0;
}

static int add_float(Thread *t, Sum *sum, double d, int64_t factor) {
    double whole, fraction = modf(d, &whole);
    V n = int_from_double(t, whole);
    if (v_is_error(n)) return -1;
    int r = add_int(t, sum, n, factor);
    v_drop(t, n);
    sum->leftover += modf(fraction * (double)factor, &whole);
    sum->micro += (int64_t)whole;
    return r;
}

static int add_component(Thread *t, Sum *sum, const char *name, V v, int64_t factor) {
    if (v_is_any_int(v)) return add_int(t, sum, v, factor);
    if (v_is_any_float(v)) return add_float(t, sum, float_value(v), factor);
    err_set(t, &exc_TypeError, "unsupported type for timedelta %s component: %T", name, v);
    return -1;
}

// Rounds what is left to the nearest microsecond, a half to the even total.
static int64_t rounded(double leftover, bool odd) {
    double down = floor(leftover), rest = leftover - down;
    if ((int64_t)down & 1) odd = !odd;
    return (int64_t)down + (rest > 0.5 || (rest == 0.5 && odd));
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    enum { N = 7 };
    static const OldParam params[] = {{"days", false}, {"seconds", false}, {"microseconds", false}, {"milliseconds", false},
                                      {"minutes", false}, {"hours", false}, {"weeks", false}, {NULL, false}};
    static const int64_t factors[N] = {(int64_t)DT_DAY * DT_MICRO, DT_MICRO, 1, 1000, 60 * (int64_t)DT_MICRO,
                                       3600 * (int64_t)DT_MICRO, 7 * (int64_t)DT_DAY * DT_MICRO};
    static const uint8_t order[N] = {2, 3, 1, 4, 5, 0, 6}; // from fine to coarse: which is complained about first
    V given[N];
    if (args_old_bind(t, "__new__", params, N, 0, args, nargs, kwnames, given, NULL) < 0) return V_ERROR;
    Sum sum = {0, V_NULL, 0};
    int r = 0;
    for (int i = 0; i < N && r == 0; i++) {
        int k = order[i];
        if (given[k] != V_NULL) r = add_component(t, &sum, params[k].name, given[k], factors[k]);
    }
    if (r == 0 && sum.big != V_NULL) {
        V small = wide_as_int(t, sum.micro), total = v_is_error(small) ? V_ERROR : int_add(t, small, sum.big);
        r = v_is_error(total) ? -1 : int_as_wide(t, total, &sum.micro);
        v_drop(t, small);
        v_drop(t, total);
    }
    v_drop(t, sum.big);
    if (r < 0) return V_ERROR;
    if (sum.leftover != 0) sum.micro += rounded(sum.leftover, sum.micro & 1);
    return dt_delta(t, type, sum.micro);
}

// ---- arithmetic ----------------------------------------------------------------------------------------------------------------
static V add(Thread *t, V a, V b) {
    if (!is_delta(t, a) || !is_delta(t, b)) return V_NOT_IMPLEMENTED;
    return delta_new(t, dt_delta_wide(a) + dt_delta_wide(b));
}
static V subtract(Thread *t, V a, V b) {
    if (!is_delta(t, a) || !is_delta(t, b)) return V_NOT_IMPLEMENTED;
    return delta_new(t, dt_delta_wide(a) - dt_delta_wide(b));
}
static V negative(Thread *t, V a) { return delta_new(t, -dt_delta_wide(a)); }
static V positive(Thread *t, V a) { return delta_new(t, dt_delta_wide(a)); }
static V absolute(Thread *t, V a) {
    Wide w = dt_delta_wide(a);
    return delta_new(t, w < 0 ? -w : w);
}
static int is_nonzero(Thread *t, V a) {
    (void)t;
    return dt_delta_wide(a) != 0;
}

// a / b rounded to the nearest int, a half to the even one.
static V divide_nearest(Thread *t, V a, V b) {
    V q, r;
    if (int_divmod(t, a, b, &q, &r) < 0) return V_ERROR;
    V twice = int_add(t, r, r);
    v_drop(t, r);
    if (v_is_error(twice)) {
        v_drop(t, q);
        return V_ERROR;
    }
    int c = int_sign(b) > 0 ? int_compare(twice, b) : int_compare(b, twice);
    v_drop(t, twice);
    if (c < 0 || (c == 0 && !int_is_odd(q))) return q;
    V up = int_add(t, q, V_INT(1));
    v_drop(t, q);
    return up;
}

static int float_ratio(Thread *t, V f, V *num, V *den) {
    V ratio = obj_call_method0(t, f, NAME(as_integer_ratio));
    if (v_is_error(ratio)) return -1;
    if (!v_is_tuple(ratio)) {
        err_set(t, &exc_TypeError, "unexpected return type from as_integer_ratio(): expected tuple, got '%T'", ratio);
    } else if (tuple_len(ratio) != 2) {
        err_set(t, &exc_ValueError, "as_integer_ratio() must return a 2-tuple");
    } else if (!v_is_any_int(tuple_borrow(ratio, 0)) || !v_is_any_int(tuple_borrow(ratio, 1))) {
        err_set(t, &exc_TypeError, "unexpected items from as_integer_ratio(): expected ints");
    } else {
        *num = tuple_get(ratio, 0);
        *den = tuple_get(ratio, 1);
        v_drop(t, ratio);
        return 0;
    }
    v_drop(t, ratio);
    return -1;
}

// delta * num / den
static V scale(Thread *t, V delta, V num, V den) {
    V micro = micro_of(t, delta);
    V product = v_is_error(micro) ? V_ERROR : int_multiply(t, micro, num);
    V result = v_is_error(product) ? V_ERROR : divide_nearest(t, product, den);
    v_drop(t, micro);
    v_drop(t, product);
    return delta_of_int_steal(t, &dt_delta_type, result);
}

static V scale_float(Thread *t, V delta, V f, bool divide) {
    V num, den;
    if (float_ratio(t, f, &num, &den) < 0) return V_ERROR;
    V result = divide ? scale(t, delta, den, num) : scale(t, delta, num, den);
    v_drop(t, num);
    v_drop(t, den);
    return result;
}

static V multiply_int(Thread *t, V delta, V n) {
    Wide product;
    if (v_is_int(n) && !__builtin_mul_overflow(dt_delta_wide(delta), (Wide)v_int(n), &product)) return delta_new(t, product);
    V micro = micro_of(t, delta);
    V result = v_is_error(micro) ? V_ERROR : int_multiply(t, micro, n);
    v_drop(t, micro);
    return delta_of_int_steal(t, &dt_delta_type, result);
}

static V multiply(Thread *t, V a, V b) {
    V delta = is_delta(t, a) ? a : b, other = is_delta(t, a) ? b : a;
    if (v_is_any_int(other)) return multiply_int(t, delta, other);
    return v_is_any_float(other) ? scale_float(t, delta, other, false) : V_NOT_IMPLEMENTED;
}

// Applies an operation on ints to the counts of two timedeltas.
static V on_counts(Thread *t, V a, V b, V (*operation)(Thread *, V, V)) {
    V x = micro_of(t, a), y = v_is_error(x) ? V_ERROR : micro_of(t, b);
    V result = v_is_error(y) ? V_ERROR : operation(t, x, y);
    v_drop(t, x);
    v_drop(t, y);
    return result;
}

static V true_divide(Thread *t, V a, V b) {
    if (!is_delta(t, a)) return V_NOT_IMPLEMENTED;
    if (is_delta(t, b)) return on_counts(t, a, b, int_true_divide);
    if (v_is_any_float(b)) return scale_float(t, a, b, true);
    return v_is_any_int(b) ? scale(t, a, V_INT(1), b) : V_NOT_IMPLEMENTED;
}

static V floor_divide(Thread *t, V a, V b) {
    if (!is_delta(t, a)) return V_NOT_IMPLEMENTED;
    if (is_delta(t, b)) return on_counts(t, a, b, int_floor_divide);
    if (!v_is_any_int(b)) return V_NOT_IMPLEMENTED;
    V micro = micro_of(t, a);
    V result = v_is_error(micro) ? V_ERROR : int_floor_divide(t, micro, b);
    v_drop(t, micro);
    return delta_of_int_steal(t, &dt_delta_type, result);
}

static V remainder_(Thread *t, V a, V b) {
    if (!is_delta(t, a) || !is_delta(t, b)) return V_NOT_IMPLEMENTED;
    return delta_of_int_steal(t, &dt_delta_type, on_counts(t, a, b, int_remainder));
}

static V divmod(Thread *t, V a, V b) {
    if (!is_delta(t, a) || !is_delta(t, b)) return V_NOT_IMPLEMENTED;
    V quotient = on_counts(t, a, b, int_floor_divide);
    return tuple_pack_steal(t, 2, quotient, v_is_error(quotient) ? V_ERROR : remainder_(t, a, b));
}

// ---- the rest ----------------------------------------------------------------------------------------------------------------
static V compare(Thread *t, V a, V b, int op) {
    if (!is_delta(t, b)) return V_NOT_IMPLEMENTED;
    Wide x = dt_delta_wide(a), y = dt_delta_wide(b);
    return v_from_bool(cmp_holds(x < y ? -1 : x > y, 0, op));
}

static int hash(Thread *t, V self, int64_t *out) {
    Delta *d = delta_of(self);
    *out = at_load_relaxed(&d->hash);
    if (*out) return 0;
    V tuple = tuple_pack(t, 3, v_from_int(d->days), v_from_int(d->seconds), v_from_int(d->micro));
    if (v_is_error(tuple)) return -1;
    int r = obj_hash(t, tuple, out);
    v_drop(t, tuple);
    if (r == 0) at_store_relaxed(&d->hash, *out);
    return r;
}

static V repr(Thread *t, V self) {
    const Delta *d = delta_of(self);
    const struct { const char *name; int value; } parts[] = {{"days", d->days}, {"seconds", d->seconds}, {"microseconds", d->micro}};
    V name = str_from_cstr(t, dt_type_name(v_type(self)));
    if (v_is_error(name)) return V_ERROR;
    StrBuilder b;
    sb_init(&b, t);
    sb_str(&b, name);
    v_drop(t, name);
    const char *separator = "(";
    for (int i = 0; i < 3; i++) {
        if (!parts[i].value) continue;
        sb_format(&b, "%s%s=%d", separator, parts[i].name, parts[i].value);
        separator = ", ";
    }
    sb_cstr(&b, *separator == '(' ? "(0)" : ")");
    return sb_finish(&b);
}

static V str(Thread *t, V self) {
    const Delta *d = delta_of(self);
    StrBuilder b;
    sb_init(&b, t);
    if (d->days) sb_format(&b, "%d day%s, ", d->days, d->days == 1 || d->days == -1 ? "" : "s");
    sb_format(&b, "%d:%02d:%02d", d->seconds / 3600, d->seconds / 60 % 60, d->seconds % 60);
    if (d->micro) sb_format(&b, ".%06d", d->micro);
    return sb_finish(&b);
}

static NATIVE(total_seconds) {
    UNUSED_NATIVE();
    Wide w = dt_delta_wide(self);
    if (w < (Wide)1 << 53 && w > -((Wide)1 << 53)) return float_from_double(t, (double)(int64_t)w / DT_MICRO);
    V micro = wide_as_int(t, w);
    V result = v_is_error(micro) ? V_ERROR : int_true_divide(t, micro, V_INT(DT_MICRO));
    v_drop(t, micro);
    return result;
}

static NATIVE(reduce) {
    UNUSED_NATIVE();
    const Delta *d = delta_of(self);
    V state = tuple_pack(t, 3, v_from_int(d->days), v_from_int(d->seconds), v_from_int(d->micro));
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), state);
}

static const Method methods[] = {
    {"total_seconds", total_seconds, "", LOCK_NONE, 0, "All of it in seconds, a float."},
    {"__reduce__", reduce, "", LOCK_NONE, 0, "For pickles: (class, (days, seconds, microseconds))."},
    METHOD_END,
};
static const Member members[] = {
    {"days", MEMBER_INT, offsetof(Delta, days), true, "Whole days; the only part that can be negative."},
    {"seconds", MEMBER_INT, offsetof(Delta, seconds), true, "Seconds beyond the days: 0 to 86399."},
    {"microseconds", MEMBER_INT, offsetof(Delta, micro), true, "Microseconds beyond the seconds: 0 to 999999."},
    {0},
};
Type dt_delta_type = {
    TYPE_HEAD("datetime.timedelta"), .size = sizeof(Delta), .flags = TYPE_BASETYPE, .new_ = type_new, .repr = repr, .str = str,
    .hash = hash, .compare = compare, .add = add, .subtract = subtract, .multiply = multiply, .negative = negative,
    .positive = positive, .absolute = absolute, .bool_ = is_nonzero, .true_divide = true_divide, .floor_divide = floor_divide,
    .remainder = remainder_, .divmod = divmod, .getattr = obj_generic_getattr, .methods = methods, .members = members,
    .doc = "A duration: timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0).\n\n"
           "All arguments are optional, may be ints or floats, and may be negative.",
};

int dt_delta_start(Thread *t, V module) {
    const Wide day = (Wide)DT_DAY * DT_MICRO;
    if (module_add_type(t, module, &dt_delta_type) < 0) return -1;
    if (dt_class_constant(t, &dt_delta_type, "min", delta_new(t, -DT_MAX_DAYS * day)) < 0) return -1;
    if (dt_class_constant(t, &dt_delta_type, "max", delta_new(t, (DT_MAX_DAYS + 1) * day - 1)) < 0) return -1;
    return dt_class_constant(t, &dt_delta_type, "resolution", delta_new(t, 1));
}
