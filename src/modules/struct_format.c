// SPDX-License-Identifier: MIT
// _struct: packing and unpacking of single values.
//
// Native formats have the compiler's sizes and alignments; standard ones have fixed sizes, no alignment and a byte order.
// Where a little-endian standard format is the same as the native one it has the native one's messages, as in CPython.
#include "struct_private.h"
#include "base/bits.h"
#include <math.h>
#include <stdalign.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "native is little-endian");

// ---- integers ----------------------------------------------------------------------------------------------------------
static uint64_t load(const char *p, size_t n, bool big) {
    uint64_t x = 0;
    if (big) {
        for (size_t i = 0; i < n; i++) x = x << 8 | (unsigned char)p[i];
    } else {
        memcpy(&x, p, n);
    }
    return x;
}

static void store(char *p, size_t n, bool big, uint64_t x) {
    if (!big) {
        memcpy(p, &x, n);
        return;
    }
    for (size_t i = n; i-- > 0; x >>= 8) p[i] = (char)x;
}

static V unpack_word(Thread *t, uint64_t x, const StructFormat *f) {
    if (!f->is_signed) return int_from_u64(t, x);
    unsigned shift = 64 - 8 * f->size;
    return int_from_i64(t, (int64_t)(x << shift) >> shift);
}
static V unpack_little(Thread *t, const char *p, const StructFormat *f) { return unpack_word(t, load(p, f->size, false), f); }
static V unpack_big(Thread *t, const char *p, const StructFormat *f) { return unpack_word(t, load(p, f->size, true), f); }

// v as an int; struct.error when it is none.
static V as_int(Thread *t, V v) {
    if (v_is_int(v)) return v;
    if (v_is_any_int(v) || v_type(v)->index) return num_index(t, v);
    return struct_raise(t, "required argument is not an integer");
}

static int out_of_range(Thread *t, const StructFormat *f) {
    unsigned bits = 8 * f->size;
    long long low = f->is_signed ? -(1ll << (bits - 1)) : 0;
    unsigned long long high = (f->is_signed ? 1ull << (bits - 1) : bits == 64 ? 0 : 1ull << bits) - 1;
    if (f->name) struct_raise(t, "%s format requires %lld <= number <= %llu", f->name, low, high);
    else struct_raise(t, "'%c' format requires %lld <= number <= %llu", f->code, low, high);
    return -1;
}

static int too_large(Thread *t, const char *message) {
    struct_raise(t, "%s", message);
    return -1;
}

// Reads v into *x, in the format's range.  Messages come in three kinds: `wide` is what is said of 64 bits and more.
static int read_int(Thread *t, V v, const StructFormat *f, const char *wide, uint64_t *x) {
    V i = as_int(t, v);
    if (v_is_error(i)) return -1;
    int sign = int_sign(i);
    size_t bits = int_bit_length(i), size = 8u * f->size;
    uint64_t word = int_as_u64_mask(i);
    int64_t value = (int64_t)word;
    bool fits_word = bits <= 63 || (bits == 64 && sign < 0 && word == (uint64_t)1 << 63);
    v_drop(t, i);
    if (f->is_signed) {
        if (!fits_word) return too_large(t, wide);
        if (size < 64 && (value < -((int64_t)1 << (size - 1)) || value >= (int64_t)1 << (size - 1))) return out_of_range(t, f);
    } else if (f->name) { // read as a long
        if (!fits_word) return too_large(t, wide);
        if (value < 0 || (size < 64 && value >> size)) return out_of_range(t, f);
    } else {
        if (sign < 0 || bits > 64) return too_large(t, wide);
        if (size < 64 && word >> size) return out_of_range(t, f);
    }
    *x = word;
    return 0;
}

static int pack_little(Thread *t, char *p, V v, const StructFormat *f) {
    uint64_t x;
    if (read_int(t, v, f, "argument out of range", &x) < 0) return -1;
    store(p, f->size, false, x);
    return 0;
}
static int pack_big(Thread *t, char *p, V v, const StructFormat *f) {
    uint64_t x;
    if (read_int(t, v, f, f->size == 8 ? "int too large to convert" : "argument out of range", &x) < 0) return -1;
    store(p, f->size, true, x);
    return 0;
}

static int pack_pointer(Thread *t, char *p, V v, const StructFormat *f) {
    V i = as_int(t, v);
    if (v_is_error(i)) return -1;
    size_t bits = int_bit_length(i);
    uint64_t word = int_as_u64_mask(i);
    bool fits = int_sign(i) >= 0 ? bits <= 64 : bits <= 63 || (bits == 64 && word == (uint64_t)1 << 63);
    v_drop(t, i);
    if (!fits) return too_large(t, "int too large to convert");
    store(p, f->size, false, word);
    return 0;
}

// ---- bool and char -----------------------------------------------------------------------------------------------------
static V unpack_bool(Thread *t, const char *p, const StructFormat *f) {
    (void)t, (void)f;
    return v_from_bool(*p != 0);
}
static int pack_bool(Thread *t, char *p, V v, const StructFormat *f) {
    (void)f;
    int truth = obj_is_true(t, v);
    if (truth < 0) return -1;
    *p = (char)truth;
    return 0;
}
static V unpack_char(Thread *t, const char *p, const StructFormat *f) {
    (void)f;
    return bytes_from(t, p, 1);
}
static int pack_char(Thread *t, char *p, V v, const StructFormat *f) {
    (void)f;
    if (!v_is_bytes(v) || bytes_len(v) != 1) return too_large(t, "char format requires a bytes object of length 1");
    *p = bytes_data(v)[0];
    return 0;
}

// ---- floats ------------------------------------------------------------------------------------------------------------
static double half_to_double(uint64_t h) {
    int exponent = (int)(h >> 10 & 31), fraction = (int)(h & 1023);
    double x = exponent == 31 ? (fraction ? NAN : INFINITY)
               : exponent     ? ldexp(1024 + fraction, exponent - 25)
                              : ldexp(fraction, -24);
    return h >> 15 ? -x : x;
}

// Round half to even.  -1: too large.
static int double_to_half(double d, uint64_t *out) {
    uint64_t sign = signbit(d) ? 1u << 15 : 0;
    d = fabs(d);
    if (isnan(d)) *out = sign | 0x7e00;
    else if (isinf(d)) *out = sign | 0x7c00;
    else if (d < ldexp(1, -14)) *out = sign | (uint64_t)nearbyint(ldexp(d, 24)); // subnormal; 1024 is the first normal
    else {
        int exponent;
        double fraction = frexp(d, &exponent); // d = fraction * 2^exponent, fraction in [0.5, 1)
        uint64_t bits = exponent > 16 ? 0 : (uint64_t)nearbyint(ldexp(fraction, 11)); // in [1024, 2048]
        uint64_t h = ((uint64_t)(exponent + 14) << 10) + (bits - 1024);
        if (exponent > 16 || h >= 0x7c00) return -1;
        *out = sign | h;
    }
    return 0;
}

static V unpack_float(Thread *t, const char *p, const StructFormat *f, bool big) {
    uint64_t x = load(p, f->size, big);
    double d;
    if (f->size == 8) {
        d = double_from_bits(x);
    } else if (f->size == 2) {
        d = half_to_double(x);
    } else {
        uint32_t word = (uint32_t)x;
        float single;
        memcpy(&single, &word, 4);
        d = (double)single;
    }
    return float_from_double(t, d);
}
static V unpack_float_little(Thread *t, const char *p, const StructFormat *f) { return unpack_float(t, p, f, false); }
static V unpack_float_big(Thread *t, const char *p, const StructFormat *f) { return unpack_float(t, p, f, true); }

static int pack_float(Thread *t, char *p, V v, const StructFormat *f, bool big, bool native) {
    double d;
    uint64_t x = 0;
    if (num_as_double(t, v, &d) < 0) {
        err_clear(t);
        return too_large(t, "required argument is not a float");
    }
    if (f->size == 8) {
        x = double_bits(d);
    } else if (f->size == 4) {
        float single = (float)d;
        uint32_t word;
        memcpy(&word, &single, 4);
        x = word;
        if (!native && isinf(single) && !isinf(d)) goto overflow;
    } else if (double_to_half(d, &x) < 0) {
        goto overflow;
    }
    store(p, f->size, big, x);
    return 0;
overflow:
    err_set(t, &exc_OverflowError, "float too large to pack with %c format", f->code);
    return -1;
}
static int pack_float_native(Thread *t, char *p, V v, const StructFormat *f) { return pack_float(t, p, v, f, false, true); }
static int pack_float_little(Thread *t, char *p, V v, const StructFormat *f) { return pack_float(t, p, v, f, false, false); }
static int pack_float_big(Thread *t, char *p, V v, const StructFormat *f) { return pack_float(t, p, v, f, true, false); }

// ---- the tables --------------------------------------------------------------------------------------------------------
#define INT(code, type, is_signed, name) {code, sizeof(type), alignof(type), is_signed, unpack_little, pack_little, name}
static const StructFormat native[] = {
    {'x', 1, 1, false, NULL, NULL, NULL},
    {'s', 1, 1, false, NULL, NULL, NULL},
    {'p', 1, 1, false, NULL, NULL, NULL},
    {'c', 1, 1, false, unpack_char, pack_char, NULL},
    {'?', sizeof(bool), alignof(bool), false, unpack_bool, pack_bool, NULL},
    INT('b', signed char, true, "byte"),
    INT('B', unsigned char, false, "ubyte"),
    INT('h', short, true, "short"),
    INT('H', unsigned short, false, "ushort"),
    INT('i', int, true, NULL),
    INT('I', unsigned, false, NULL),
    INT('l', long, true, NULL),
    INT('L', unsigned long, false, NULL),
    INT('q', long long, true, NULL),
    INT('Q', unsigned long long, false, NULL),
    INT('n', ptrdiff_t, true, NULL),
    INT('N', size_t, false, NULL),
    {'P', sizeof(void *), alignof(void *), false, unpack_little, pack_pointer, NULL},
    {'e', 2, 2, true, unpack_float_little, pack_float_little, NULL},
    {'f', 4, alignof(float), true, unpack_float_little, pack_float_native, NULL},
    {'d', 8, alignof(double), true, unpack_float_little, pack_float_native, NULL},
    {0},
};
#define STANDARD(order, h_name, H_name) \
    {'x', 1, 1, false, NULL, NULL, NULL}, \
    {'s', 1, 1, false, NULL, NULL, NULL}, \
    {'p', 1, 1, false, NULL, NULL, NULL}, \
    {'c', 1, 1, false, unpack_char, pack_char, NULL}, \
    {'?', 1, 1, false, unpack_bool, pack_bool, NULL}, \
    {'b', 1, 1, true, unpack_##order, pack_little, "byte"}, \
    {'B', 1, 1, false, unpack_##order, pack_little, "ubyte"}, \
    {'h', 2, 1, true, unpack_##order, pack_##order, h_name}, \
    {'H', 2, 1, false, unpack_##order, pack_##order, H_name}, \
    {'i', 4, 1, true, unpack_##order, pack_##order, NULL}, \
    {'I', 4, 1, false, unpack_##order, pack_##order, NULL}, \
    {'l', 4, 1, true, unpack_##order, pack_##order, NULL}, \
    {'L', 4, 1, false, unpack_##order, pack_##order, NULL}, \
    {'q', 8, 1, true, unpack_##order, pack_##order, NULL}, \
    {'Q', 8, 1, false, unpack_##order, pack_##order, NULL}, \
    {'e', 2, 1, true, unpack_float_##order, pack_float_##order, NULL}, \
    {'f', 4, 1, true, unpack_float_##order, pack_float_##order, NULL}, \
    {'d', 8, 1, true, unpack_float_##order, pack_float_##order, NULL}, \
    {0}
static const StructFormat little[] = {STANDARD(little, "short", "ushort")};
static const StructFormat big[] = {STANDARD(big, NULL, NULL)};

const StructFormat *struct_format_of(int order, char code) {
    const StructFormat *f = order == STRUCT_NATIVE ? native : order == STRUCT_LITTLE ? little : big;
    for (; f->code; f++) {
        if (f->code == code) return f;
    }
    return NULL;
}
