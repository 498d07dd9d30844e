// SPDX-License-Identifier: MIT
// One item of a buffer in the machine's own format, from and to a value: what memoryview and array are made of.
#include "object/object.h"
#include "object/bytes.h"
#include <sys/types.h>

// FORMATS(X): X(character, C type, how to unpack x, kind)
enum { SIGNED, UNSIGNED };
#define INTEGER_FORMATS(X)                                                                                             \
    X('b', signed char, SIGNED) X('B', unsigned char, UNSIGNED) X('h', short, SIGNED) X('H', unsigned short, UNSIGNED) \
    X('i', int, SIGNED) X('I', unsigned, UNSIGNED) X('l', long, SIGNED) X('L', unsigned long, UNSIGNED)                \
    X('q', long long, SIGNED) X('Q', unsigned long long, UNSIGNED) X('n', ssize_t, SIGNED) X('N', size_t, UNSIGNED)

size_t buffer_item_size(char format) {
    switch (format) {
#define X(c, type, kind) \
    case c: return sizeof(type);
        INTEGER_FORMATS(X)
#undef X
    case '?': return sizeof(bool);
    case 'c': return 1;
    case 'f': return sizeof(float);
    case 'd': return sizeof(double);
    case 'P': return sizeof(void *);
    default: return 0;
    }
}

V buffer_item_unpack(Thread *t, char format, const void *p) {
    switch (format) {
#define X(c, type, kind)                                                                                               \
    case c: {                                                                                                          \
        type x;                                                                                                        \
        memcpy(&x, p, sizeof x);                                                                                       \
        return kind == SIGNED ? int_from_i64(t, (int64_t)x) : int_from_u64(t, (uint64_t)x);                            \
    }
        INTEGER_FORMATS(X)
#undef X
    case '?': return v_from_bool(*(const unsigned char *)p != 0);
    case 'c': return bytes_from(t, p, 1);
    case 'f': {
        float x;
        memcpy(&x, p, sizeof x);
        return float_from_double(t, (double)x);
    }
    case 'd': {
        double x;
        memcpy(&x, p, sizeof x);
        return float_from_double(t, x);
    }
    case 'P': {
        uintptr_t x;
        memcpy(&x, p, sizeof x);
        return int_from_u64(t, x);
    }
    default: return err_set(t, &exc_NotImplementedError, "memoryview: format %c not supported", format);
    }
}

static int pack_signed(Thread *t, void *p, V v, size_t size) {
    int64_t x;
    if (num_as_i64(t, v, &x) < 0) return -1;
    if (size < 8 && (x < -((int64_t)1 << (8 * size - 1)) || x >= (int64_t)1 << (8 * size - 1))) {
        err_set(t, &exc_OverflowError, "int out of range");
        return -1;
    }
    memcpy(p, &x, size); // little-endian machine: the low bytes
    return 0;
}

static int pack_unsigned(Thread *t, void *p, V v, size_t size) {
    V i = num_index(t, v);
    if (v_is_error(i)) return -1;
    uint64_t x;
    int r = int_sign(i) < 0 ? 1 : int_as_u64(t, i, &x);
    v_drop(t, i);
    if (r == 0 && size < 8 && x >> (8 * size)) r = 1;
    if (r == 1) err_set(t, &exc_OverflowError, "int out of range");
    if (r) return -1;
    memcpy(p, &x, size);
    return 0;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "pack_signed and pack_unsigned copy the low bytes");

int buffer_item_pack(Thread *t, char format, void *p, V v) {
    switch (format) {
#define X(c, type, kind) \
    case c: return kind == SIGNED ? pack_signed(t, p, v, sizeof(type)) : pack_unsigned(t, p, v, sizeof(type));
        INTEGER_FORMATS(X)
#undef X
    case '?': {
        int truth = obj_is_true(t, v);
        if (truth >= 0) *(unsigned char *)p = (unsigned char)truth;
        return truth < 0 ? -1 : 0;
    }
    case 'c':
        if (!v_is_bytes(v)) {
            err_set(t, &exc_TypeError, "a bytes object of length 1 is required");
            return -1;
        }
        if (bytes_len(v) != 1) {
            err_set(t, &exc_ValueError, "a bytes object of length 1 is required");
            return -1;
        }
        *(char *)p = bytes_data(v)[0];
        return 0;
    case 'f':
    case 'd': {
        double d;
        if (num_as_double(t, v, &d) < 0) return -1;
        float f = (float)d;
        if (format == 'f') memcpy(p, &f, sizeof f);
        else memcpy(p, &d, sizeof d);
        return 0;
    }
    case 'P': {
        if (!v_is_any_int(v)) {
            err_set(t, &exc_TypeError, "an integer is required");
            return -1;
        }
        if (int_sign(v) >= 0) return pack_unsigned(t, p, v, sizeof(void *));
        return pack_signed(t, p, v, sizeof(void *));
    }
    default: err_set(t, &exc_NotImplementedError, "memoryview: format %c not supported", format); return -1;
    }
}
