// SPDX-License-Identifier: MIT
// Methods and attributes of int.
#include "int_private.h"

static NATIVE(m_conjugate) {
    UNUSED_NATIVE();
    return int_exact(t, self);
}

static NATIVE(m_bit_length) {
    UNUSED_NATIVE();
    return int_from_size(t, int_bit_length(self));
}

static NATIVE(m_bit_count) {
    UNUSED_NATIVE();
    Num x;
    size_t n = 0;
    num_view(self, &x);
    for (size_t i = 0; i < x.n; i++) n += popcount64(x.limbs[i]);
    return int_from_size(t, n);
}

// "little", "big" or a TypeError/ValueError; V_NULL: big
static int read_byteorder(Thread *t, const char *fname, V v, bool *little) {
    *little = false;
    if (v == V_NULL) return 0;
    if (!v_is_str(v)) {
        err_bad_argument(t, fname, "argument 'byteorder'", "str", v);
        return -1;
    }
    *little = str_equal_ascii(v, "little");
    if (*little || str_equal_ascii(v, "big")) return 0;
    err_set(t, &exc_ValueError, "byteorder must be either 'little' or 'big'");
    return -1;
}

static NATIVE(m_to_bytes) { // length=1, byteorder='big', *, signed=False
    UNUSED_NATIVE();
    ptrdiff_t n = 1;
    bool little;
    if (args[0] != V_NULL && num_as_ssize(t, args[0], &exc_OverflowError, &n) < 0) return V_ERROR;
    int is_signed = 0;
    if (args[1] != V_NULL && !v_is_str(args[1])) return err_bad_argument(t, "to_bytes", "argument 'byteorder'", "str", args[1]);
    if (args[2] != V_NULL && (is_signed = obj_is_true(t, args[2])) < 0) return V_ERROR;
    if (read_byteorder(t, "to_bytes", args[1], &little) < 0) return V_ERROR;
    if (n < 0) return err_set(t, &exc_ValueError, "length argument must be non-negative");
    V r = bytes_new(t, (size_t)n);
    if (v_is_error(r)) return r;
    uint8_t none[1], *p = n ? (uint8_t *)bytes_data(r) : none;
    if (int_to_bytes(t, self, p, (size_t)n, little, is_signed) == 0) return n == 1 ? bytes_shrink_steal(t, r, 1) : r;
    v_drop(t, r);
    return V_ERROR;
}

static NATIVE(m_from_bytes) { // bytes, byteorder='big', *, signed=False
    UNUSED_NATIVE();
    bool little;
    int is_signed = 0;
    if (args[1] != V_NULL && !v_is_str(args[1])) return err_bad_argument(t, "from_bytes", "argument 'byteorder'", "str", args[1]);
    if (args[2] != V_NULL && (is_signed = obj_is_true(t, args[2])) < 0) return V_ERROR;
    if (read_byteorder(t, "from_bytes", args[1], &little) < 0) return V_ERROR;
    V bytes = obj_bytes(t, args[0]);
    if (v_is_error(bytes)) return bytes;
    V v = int_from_bytes(t, (const uint8_t *)bytes_data(bytes), bytes_len(bytes), little, is_signed);
    v_drop(t, bytes);
    if (v_is_error(v) || v_is(self, v_from_type(&int_type))) return v;
    V r = obj_call1(t, self, v);
    v_drop(t, v);
    return r;
}

static NATIVE(m_as_integer_ratio) {
    UNUSED_NATIVE();
    return tuple_pack_steal(t, 2, int_exact(t, self), v_from_int(1));
}

static NATIVE(m_exact) {
    UNUSED_NATIVE();
    return int_exact(t, self);
}

// round(n, -k): to a multiple of 10^k, halves to even
static NATIVE(m_round) {
    UNUSED_NATIVE();
    if (args[0] == V_NULL) return int_exact(t, self);
    V digits = num_index(t, args[0]);
    if (v_is_error(digits)) return digits;
    if (int_sign(digits) >= 0) {
        v_drop(t, digits);
        return int_exact(t, self);
    }
    V minus = int_negate(t, digits), ten = V_ERROR, rest = V_ERROR, twice = V_ERROR, r = V_ERROR;
    v_drop(t, digits);
    if (!v_is_error(minus)) ten = int_power(t, v_from_int(10), minus, V_NULL);
    v_drop(t, minus);
    if (v_is_error(ten)) return ten;
    V q = V_ERROR;
    if (int_divmod(t, self, ten, &q, &rest) == 0) {
        twice = int_lshift(t, rest, v_from_int(1));
        if (!v_is_error(twice)) {
            int c = int_compare(twice, ten);
            V up = c > 0 || (c == 0 && int_is_odd(q)) ? int_subtract(t, ten, rest) : int_negate(t, rest);
            if (!v_is_error(up)) r = int_add(t, self, up);
            v_drop(t, up);
        }
        v_drop(t, q);
        v_drop(t, rest);
    }
    v_drop(t, twice);
    v_drop(t, ten);
    return r;
}

static NATIVE(m_format) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "__format__", NULL, "str", args[0]);
    return int_format_spec(t, self, args[0]);
}

static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    Num x;
    num_view(self, &x);
    return int_from_size(t, 24 + 4 * ((limbs_bits(x.limbs, x.n) + 29) / 30));
}

static NATIVE(m_getnewargs) {
    UNUSED_NATIVE();
    return tuple_pack_steal(t, 1, int_exact(t, self));
}

const Method int_methods[] = {
    {"conjugate", m_conjugate, "", 0, 0, "The number itself."},
    {"bit_length", m_bit_length, "", 0, 0, 
     "How many bits the magnitude takes in binary.\n\n>>> (1000).bit_length()\n10\n>>> (0).bit_length()\n0"},
    {"bit_count", m_bit_count, "", 0, 0, 
     "How many ones the magnitude has in binary.\n\n>>> (7).bit_count()\n3\n>>> (-8).bit_count()\n1"},
    {"to_bytes", m_to_bytes, "length=1, byteorder='big', *, signed=False", 0, 0, "The number as an array of bytes."},
    {"from_bytes", m_from_bytes, "bytes, byteorder='big', *, signed=False", 0, M_CLASS, "The number that an array of bytes represents."},
    {"as_integer_ratio", m_as_integer_ratio, "", 0, 0, 
     "The number as a pair of numerator and denominator.\n\n>>> (-5).as_integer_ratio()\n(-5, 1)\n"
     ">>> (12).as_integer_ratio()\n(12, 1)\n>>> True.as_integer_ratio()\n(1, 1)"},
    {"__trunc__", m_exact, "", 0, 0, "The number itself."},
    {"__floor__", m_exact, "", 0, 0, "The number itself."},
    {"__ceil__", m_exact, "", 0, 0, "The number itself."},
    {"__round__", m_round, "ndigits=<unrepresentable>, /", 0, 0, "Rounded to a multiple of a power of ten, halves to even."},
    {"__getnewargs__", m_getnewargs, "", 0, 0, NULL},
    {"__format__", m_format, "format_spec, /", 0, M_OLD_ARITY, NULL},
    {"__sizeof__", m_sizeof, "", 0, 0, "Memory that the object takes, in bytes."},
    METHOD_END,
};

static V get_self(Thread *t, V self, void *closure) { (void)closure; return int_exact(t, self); }
static V get_zero(Thread *t, V self, void *closure) { (void)t, (void)self, (void)closure; return v_from_int(0); }
static V get_one(Thread *t, V self, void *closure) { (void)t, (void)self, (void)closure; return v_from_int(1); }

const GetSet int_getsets[] = {
    {"real", get_self, NULL, "the part without j", NULL},
    {"imag", get_zero, NULL, "the factor of j", NULL},
    {"numerator", get_self, NULL, "the number itself, as what stands above the line of a fraction", NULL},
    {"denominator", get_one, NULL, "1, as what stands below the line of a fraction", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
