// SPDX-License-Identifier: MIT
// array: items of each kind, from and to values.
#include "array_private.h"
#include <wchar.h>

static int overflow(Thread *t, const char *message) {
    err_set(t, &exc_OverflowError, "%s", message);
    return -1;
}

// A C long, then within [low, high] or an OverflowError that says what it is.
static int read_long(Thread *t, V v, int64_t low, int64_t high, const char *what, int64_t *out) {
    V i = num_index(t, v);
    if (v_is_error(i)) return -1;
    size_t bits = int_bit_length(i);
    int64_t value = (int64_t)int_as_u64_mask(i);
    bool fits = bits <= 63 || (bits == 64 && value == INT64_MIN && int_sign(i) < 0);
    v_drop(t, i);
    if (!fits) return overflow(t, "Python int too large to convert to C long");
    if (value >= low && value <= high) {
        *out = value;
        return 0;
    }
    err_set(t, &exc_OverflowError, "%s is %s than %s", what, value < low ? "less" : "greater", value < low ? "minimum" : "maximum");
    return -1;
}

#define GET_SIGNED(c, type) \
    static V get_##c(Thread *t, const void *p) { \
        type x; \
        memcpy(&x, p, sizeof x); \
        return int_from_i64(t, (int64_t)x); \
    }
#define GET_UNSIGNED(c, type) \
    static V get_##c(Thread *t, const void *p) { \
        type x; \
        memcpy(&x, p, sizeof x); \
        return int_from_u64(t, (uint64_t)x); \
    }
GET_SIGNED(b, signed char)
GET_UNSIGNED(B, unsigned char)
GET_SIGNED(h, short)
GET_UNSIGNED(H, unsigned short)
GET_SIGNED(i, int)
GET_UNSIGNED(I, unsigned)
GET_SIGNED(l, long)
GET_UNSIGNED(L, unsigned long)
GET_SIGNED(q, long long)
GET_UNSIGNED(Q, unsigned long long)

// Kinds whose argument is first read as a wider one have that one's message first.
static int set_b(Thread *t, void *p, V v) {
    int64_t x;
    if (read_long(t, v, INT16_MIN, INT16_MAX, "signed short integer", &x) < 0) return -1;
    if (x < -128) return overflow(t, "signed char is less than minimum");
    if (x > 127) return overflow(t, "signed char is greater than maximum");
    *(signed char *)p = (signed char)x;
    return 0;
}
static int set_B(Thread *t, void *p, V v) {
    int64_t x;
    if (read_long(t, v, 0, UINT8_MAX, "unsigned byte integer", &x) < 0) return -1;
    *(unsigned char *)p = (unsigned char)x;
    return 0;
}
static int set_h(Thread *t, void *p, V v) {
    int64_t x;
    if (read_long(t, v, INT16_MIN, INT16_MAX, "signed short integer", &x) < 0) return -1;
    memcpy(p, &(int16_t){(int16_t)x}, 2);
    return 0;
}
static int set_H(Thread *t, void *p, V v) {
    int64_t x;
    if (read_long(t, v, INT32_MIN, INT32_MAX, "signed integer", &x) < 0) return -1;
    if (x < 0) return overflow(t, "unsigned short is less than minimum");
    if (x > UINT16_MAX) return overflow(t, "unsigned short is greater than maximum");
    memcpy(p, &(uint16_t){(uint16_t)x}, 2);
    return 0;
}
static int set_i(Thread *t, void *p, V v) {
    int64_t x;
    if (read_long(t, v, INT32_MIN, INT32_MAX, "signed integer", &x) < 0) return -1;
    memcpy(p, &(int32_t){(int32_t)x}, 4);
    return 0;
}
static int set_l(Thread *t, void *p, V v) {
    int64_t x;
    if (read_long(t, v, INT64_MIN, INT64_MAX, "", &x) < 0) return -1;
    memcpy(p, &x, 8);
    return 0;
}

static int read_unsigned(Thread *t, V v, const char *negative, const char *large, uint64_t *out) {
    V i = num_index(t, v);
    if (v_is_error(i)) return -1;
    bool below = int_sign(i) < 0, above = int_bit_length(i) > 64;
    *out = int_as_u64_mask(i);
    v_drop(t, i);
    return below ? overflow(t, negative) : above ? overflow(t, large) : 0;
}
static int set_I(Thread *t, void *p, V v) {
    uint64_t x;
    if (read_unsigned(t, v, "can't convert negative value to unsigned int", "Python int too large to convert to C unsigned long", &x) < 0)
        return -1;
    if (x > UINT32_MAX) return overflow(t, "unsigned int is greater than maximum");
    memcpy(p, &(uint32_t){(uint32_t)x}, 4);
    return 0;
}
static int set_L(Thread *t, void *p, V v) {
    uint64_t x;
    if (read_unsigned(t, v, "can't convert negative value to unsigned int", "Python int too large to convert to C unsigned long", &x) < 0)
        return -1;
    memcpy(p, &x, 8);
    return 0;
}
static int set_q(Thread *t, void *p, V v) {
    V i = num_index(t, v);
    int64_t x;
    if (v_is_error(i)) return -1;
    int r = int_as_i64(t, i, &x);
    v_drop(t, i);
    if (r == 0) memcpy(p, &x, 8);
    return r;
}
static int set_Q(Thread *t, void *p, V v) {
    uint64_t x;
    if (read_unsigned(t, v, "can't convert negative int to unsigned", "int too big to convert", &x) < 0) return -1;
    memcpy(p, &x, 8);
    return 0;
}

static V get_f(Thread *t, const void *p) {
    float x;
    memcpy(&x, p, sizeof x);
    return float_from_double(t, (double)x);
}
static int set_f(Thread *t, void *p, V v) {
    double d;
    if (num_as_double(t, v, &d) < 0) return -1;
    memcpy(p, &(float){(float)d}, sizeof(float));
    return 0;
}
static V get_d(Thread *t, const void *p) {
    double x;
    memcpy(&x, p, sizeof x);
    return float_from_double(t, x);
}
static int set_d(Thread *t, void *p, V v) {
    double d;
    if (num_as_double(t, v, &d) < 0) return -1;
    memcpy(p, &d, sizeof d);
    return 0;
}

_Static_assert(sizeof(wchar_t) == 4, "typecode u has the size of wchar_t");
static V get_u(Thread *t, const void *p) {
    uint32_t c;
    memcpy(&c, p, sizeof c);
    if (c > 0x10ffff) return err_set(t, &exc_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", c);
    return str_from_char(t, c);
}
static int set_u(Thread *t, void *p, V v) {
    if (!v_is_str(v) || str_len(v) != 1) {
        err_set(t, &exc_TypeError, "array item must be unicode character");
        return -1;
    }
    memcpy(p, &(uint32_t){str_at(v, 0)}, 4);
    return 0;
}

const ArrayKind array_kinds[] = {
    {'b', 1, true, true, "b", get_b, set_b},   {'B', 1, false, true, "B", get_B, set_B},
    {'u', 4, false, false, "w", get_u, set_u}, {'h', 2, true, true, "h", get_h, set_h},
    {'H', 2, false, true, "H", get_H, set_H},  {'i', 4, true, true, "i", get_i, set_i},
    {'I', 4, false, true, "I", get_I, set_I},  {'l', 8, true, true, "l", get_l, set_l},
    {'L', 8, false, true, "L", get_L, set_L},  {'q', 8, true, true, "q", get_q, set_q},
    {'Q', 8, false, true, "Q", get_Q, set_Q},  {'f', 4, true, false, "f", get_f, set_f},
    {'d', 8, true, false, "d", get_d, set_d},  {0},
};

const ArrayKind *array_kind_of(char code) {
    for (const ArrayKind *k = array_kinds; k->code; k++) {
        if (k->code == code) return k;
    }
    return NULL;
}
