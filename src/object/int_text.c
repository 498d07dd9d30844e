// SPDX-License-Identifier: MIT
// int and text: digits in any base, both ways, and int(object).
//
// Converting between base 10 and binary is quadratic or nearly so, hence the limit on digits (int_max_str_digits, which
// sys.set_int_max_str_digits sets); power-of-two bases are linear and free of it.
#include "int_private.h"

int int_max_str_digits = 4300;

static const char digit_chars[] = "0123456789abcdefghijklmnopqrstuvwxyz";

static int digit_value(unsigned char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

#define LIMIT_TEXT "Exceeds the limit (%d digits) for integer string conversion"
#define LIMIT_HINT "; use sys.set_int_max_str_digits() to increase the limit"

// ---- printing ---------------------------------------------------------------------------------------------------------
static const char digit_pairs[201] =
    "0001020304050607080910111213141516171819" "2021222324252627282930313233343536373839"
    "4041424344454647484950515253545556575859" "6061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

// Writes u in decimal so that it ends at `end`; returns its start.
static char *write_decimal(char *end, uint64_t u) {
    while (u >= 100) {
        end -= 2;
        memcpy(end, digit_pairs + u % 100 * 2, 2);
        u /= 100;
    }
    if (u >= 10) {
        end -= 2;
        memcpy(end, digit_pairs + u * 2, 2);
    } else {
        *--end = (char)('0' + u);
    }
    return end;
}

static V small_to_str(Thread *t, int64_t i, int base) {
    char buf[72], *end = buf + sizeof buf, *p = end;
    uint64_t u = i < 0 ? -(uint64_t)i : (uint64_t)i;
    if (base == 10) {
        p = write_decimal(end, u);
    } else {
        do {
            *--p = digit_chars[u % (unsigned)base];
            u /= (unsigned)base;
        } while (u);
    }
    if (i < 0) *--p = '-';
    size_t n = (size_t)(end - p);
    if (n == 1) return str_from_char(t, (unsigned char)*p);
    V v = str_new(t, n, 'z');
    if (!v_is_error(v)) memcpy(str_data(v), p, n);
    return v;
}

// An upper bound of the digits that `bits` bits take.
static size_t digits_bound(size_t bits, int base) {
    if (is_pow2((uint64_t)base)) return bits / ctz64((uint64_t)base) + 2;
    static const double inverse_log2[37] = {
        0, 0, 1, .6309298, .5, .4306766, .3868529, .3562072, .3333334, .3154649, .3010301, .2890649, .2789430, .2702382,
        .2626496, .2559581, .25, .2446506, .2398125, .2354090, .2313783, .2276703, .2242439, .2210648, .2181043, .2153383,
        .2127461, .2103100, .2080146, .2058469, .2037951, .2018491, .2, .1982399, .1965617, .1949591, .1934265};
    return (size_t)((double)bits * inverse_log2[base]) + 3;
}

static V limit_error(Thread *t) {
    return err_set(t, &exc_ValueError, LIMIT_TEXT LIMIT_HINT, at_load_relaxed(&int_max_str_digits));
}

// Digits (characters, with a '-' in front) of a long int in memory of their own.
static char *big_digits(Thread *t, const Num *num, int base, size_t *len) {
    size_t bits = limbs_bits(num->limbs, num->n), max = (size_t)at_load_relaxed(&int_max_str_digits);
    bool limited = max && !is_pow2((uint64_t)base) && base == 10;
    if (limited && (double)(bits - 1) * 0.30102999 > (double)max + 1) return limit_error(t), NULL;
    uint64_t *copy = mem_alloc(t, (num->n + 1) * 8);
    unsigned char *text = copy ? mem_alloc(t, digits_bound(bits, base) + 2) : NULL, *start;
    bool ok = text != NULL;
    size_t n = 0;
    if (ok) {
        memcpy(copy, num->limbs, num->n * 8);
        n = limbs_get_digits(t, text + 1, base, copy, num->n, &ok);
    }
    mem_free(copy);
    if (!ok) {
        mem_free(text);
        err_no_memory(t);
        return NULL;
    }
    start = text + 1;
    size_t zeros = 0;
    while (zeros + 1 < n && start[zeros] == 0) zeros++;
    n -= zeros;
    if (limited && n > max) {
        mem_free(text);
        return limit_error(t), NULL;
    }
    for (size_t i = 0; i < n; i++) text[1 + i] = (unsigned char)digit_chars[start[zeros + i]];
    text[0] = '-';
    if (!num->neg) memmove(text, text + 1, n);
    *len = n + num->neg;
    return (char *)text;
}

V int_to_str(Thread *t, V v, int base) {
    int64_t i;
    if (int_small(v, &i)) return small_to_str(t, i, base);
    Num num;
    size_t n;
    num_view(v, &num);
    char *text = big_digits(t, &num, base, &n);
    if (!text) return V_ERROR;
    V r = str_new(t, n, 'z');
    if (!v_is_error(r)) memcpy(str_data(r), text, n);
    mem_free(text);
    return r;
}

// ---- parsing ------------------------------------------------------------------------------------------------------------
static const char *skip_space(const char *p, const char *end) {
    while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r') || (*p >= 28 && *p <= 31))) p++;
    return p;
}

// Digits of `base` with single underscores between them, values to out (when not NULL).  Returns how many, -1 if bad.
static ptrdiff_t read_digits(const char *p, const char *end, int base, unsigned char *out) {
    ptrdiff_t n = 0;
    bool after_digit = false;
    for (; p < end; p++) {
        if (*p == '_') {
            if (!after_digit) return -1;
            after_digit = false;
            continue;
        }
        int d = digit_value((unsigned char)*p);
        if (d >= base) return -1;
        if (out) out[n] = (unsigned char)d;
        n++;
        after_digit = true;
    }
    return after_digit ? n : -1;
}

static V big_from_digits(Thread *t, const char *p, const char *end, int base, size_t count, bool neg) {
    unsigned char *digits = mem_alloc(t, count);
    if (!digits) return err_no_memory(t);
    read_digits(p, end, base, digits);
    size_t zeros = 0;
    while (zeros < count && digits[zeros] == 0) zeros++;
    if (zeros == count) {
        mem_free(digits);
        return v_from_int(0);
    }
    size_t bits = (size_t)((double)(count - zeros) * 5.2) + 64; // log2(36) < 5.17
    if (is_pow2((uint64_t)base)) bits = (count - zeros) * ctz64((uint64_t)base) + 64;
    Int *o = int_raw(t, bits / 64 + 2);
    bool ok = o != NULL;
    size_t n = ok ? limbs_set_digits(t, o->limbs, digits + zeros, count - zeros, base, &ok) : 0;
    mem_free(digits);
    if (ok) return int_finish(t, o, neg, n);
    if (o) {
        v_drop(t, v_from(o));
        err_no_memory(t);
    }
    return V_ERROR;
}

// The value, V_NULL when the text is no number, V_ERROR.
static V parse(Thread *t, const char *p, size_t len, int base) {
    const char *end = p + len;
    p = skip_space(p, end);
    while (end > p && skip_space(end - 1, end) == end) end--;
    bool neg = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    bool zeros_only = false;
    if (end - p > 1 && p[0] == '0') {
        int letter = p[1] | 0x20, prefix = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
        if (prefix && (base == 0 || base == prefix)) {
            base = prefix;
            p += 2;
            if (p < end && *p == '_') p++;
        } else {
            zeros_only = base == 0; // an old octal literal: only 0, 00, ...
        }
    }
    if (base == 0) base = 10;
    ptrdiff_t count = read_digits(p, end, base, NULL);
    if (count <= 0) return V_NULL;
    if (zeros_only) {
        for (const char *q = p; q < end; q++)
            if (*q != '0' && *q != '_') return V_NULL;
    }
    if (count <= 11) { // 36^11 < 2^60
        uint64_t u = 0;
        for (; p < end; p++)
            if (*p != '_') u = u * (unsigned)base + (unsigned)digit_value((unsigned char)*p);
        return int_from_i64(t, neg ? -(int64_t)u : (int64_t)u);
    }
    int max = at_load_relaxed(&int_max_str_digits);
    if (max && !is_pow2((uint64_t)base) && (size_t)count > (size_t)max) {
        return err_set(t, &exc_ValueError, LIMIT_TEXT ": value has %zd digits" LIMIT_HINT, max, count);
    }
    return big_from_digits(t, p, end, base, (size_t)count, neg);
}

static V invalid(Thread *t, int base, V original) {
    return err_set(t, &exc_ValueError, "invalid literal for int() with base %d: %.200R", base, original);
}

V int_parse(Thread *t, const char *p, size_t n, int base) {
    V v = parse(t, p, n, base);
    if (v != V_NULL) return v;
    V text = str_from_utf8_surrogateescape(t, p, n);
    if (v_is_error(text)) return text;
    invalid(t, base, text);
    v_drop(t, text);
    return V_ERROR;
}

V int_parse_literal(Thread *t, const char *p, size_t n) { return int_parse(t, p, n, 0); }

static V parse_str(Thread *t, V text, int base) {
    size_t n;
    void *owned;
    const char *p = str_numeric_text(t, text, &n, &owned);
    if (!p) return V_ERROR;
    V v = parse(t, p, n, base);
    mem_free(owned);
    return v == V_NULL ? invalid(t, base, text) : v;
}

static V parse_bytes(Thread *t, V original, const void *p, size_t n, int base) {
    V v = parse(t, p, n, base);
    if (v != V_NULL) return v;
    V text = bytes_from(t, p, n);
    if (v_is_error(text)) return text;
    (void)original;
    invalid(t, base, text);
    v_drop(t, text);
    return V_ERROR;
}

// ---- int(object) --------------------------------------------------------------------------------------------------------
// What __int__, __index__ or __trunc__ gave (consumed), as an exact int.
static V check_result(Thread *t, V r, const char *method) {
    if (v_is_error(r) || v_is_int(r) || v_is_exact(r, &int_type)) return r;
    V exact = V_ERROR;
    if (!v_is_any_int(r)) {
        err_set(t, &exc_TypeError, "%s returned non-int (type %T)", method, r);
    } else if (warn(t, &exc_DeprecationWarning, 1,
                    "%s returned non-int (type %T).  The ability to return an instance of a strict subclass of int is "
                    "deprecated, and may not be supported in a future version of Python.", method, r) == 0) {
        exact = int_exact(t, r);
    }
    v_drop(t, r);
    return exact;
}

static V from_trunc(Thread *t, V v, V method, V self) {
    if (warn(t, &exc_DeprecationWarning, 1, "The delegation of int() to __trunc__ is deprecated.") < 0) {
        v_drop(t, method);
        return V_ERROR;
    }
    V r = self == V_NULL ? obj_call0(t, method) : obj_call1(t, method, self);
    v_drop(t, method);
    (void)v;
    if (v_is_error(r) || v_is_any_int(r)) return v_is_error(r) ? r : check_result(t, r, "__trunc__");
    if (!v_type(r)->index) {
        err_set(t, &exc_TypeError, "__trunc__ returned non-Integral (type %T)", r);
        v_drop(t, r);
        return V_ERROR;
    }
    V i = num_index(t, r);
    v_drop(t, r);
    return i;
}

static V from_buffer(Thread *t, V v, int base) {
    Buffer view;
    if (buffer_get(t, v, &view, BUF_SIMPLE) < 0) return V_ERROR;
    V r = parse_bytes(t, v, view.data, (size_t)view.len, base);
    buffer_release(t, &view);
    return r;
}

static V from_any(Thread *t, V v) {
    const Type *type = v_type(v);
    if (v_is_int(v) || v_is_exact(v, &int_type)) return v_dup(v);
    if (v_is_float(v)) return int_from_double(t, v_float(v));
    if (type->int_) return check_result(t, type->int_(t, v), "__int__");
    if (type->index) return num_index(t, v);
    V self, method = obj_lookup_special(t, v, NAME(__trunc__), &self);
    if (method != V_NULL) return v_is_error(method) ? method : from_trunc(t, v, method, self);
    if (v_is_str(v)) return parse_str(t, v, 10);
    if (v_is_bytes(v)) return parse_bytes(t, v, bytes_data(v), bytes_len(v), 10);
    if (obj_has_buffer(v)) return from_buffer(t, v, 10);
    return err_set(t, &exc_TypeError, "int() argument must be a string, a bytes-like object or a real number, not '%T'", v);
}

V int_from_object(Thread *t, V v, V base) {
    if (base == V_NULL) return from_any(t, v);
    ptrdiff_t b;
    if (num_as_ssize(t, base, NULL, &b) < 0) return V_ERROR;
    if (b != 0 && (b < 2 || b > 36)) return err_set(t, &exc_ValueError, "int() base must be >= 2 and <= 36, or 0");
    if (v_is_str(v)) return parse_str(t, v, (int)b);
    if (v_is_bytes(v)) return parse_bytes(t, v, bytes_data(v), bytes_len(v), (int)b);
    if (type_check(t, v, &bytearray_type)) return from_buffer(t, v, (int)b);
    return err_set(t, &exc_TypeError, "int() can't convert non-string with explicit base");
}
