// SPDX-License-Identifier: MIT
// _ctypes: simple values between C and Python, one row a letter.
//
// `size` is the number of bytes, or of a bit field (bits << 16 | lowest bit).
#include "ctypes_private.h"
#ifdef HAVE_FFI
#include <stdint.h>

// ---- whole numbers ------------------------------------------------------------------------------------------------------------
static unsigned bits_of(size_t size) { return (unsigned)(size >> 16); }
static unsigned low_of(size_t size) { return (unsigned)(size & 0xFFFF); }

static int take_integer(Thread *t, V v, uint64_t *out) { // the low 64 bits
    if (v_is_any_float(v) || !v_type(v)->index) {
        err_set(t, &exc_TypeError, "'%T' object cannot be interpreted as an integer", v);
        return -1;
    }
    V n = num_index(t, v);
    if (v_is_error(n)) return -1;
    *out = int_as_u64_mask(n);
    v_drop(t, n);
    return 0;
}
static uint64_t merge_bits(uint64_t old, uint64_t value, size_t size) { // a bit field's share of a word replaced
    if (!bits_of(size)) return value;
    uint64_t mask = (bits_of(size) == 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits_of(size)) - 1) << low_of(size);
    return (old & ~mask) | (value << low_of(size) & mask);
}
static uint64_t field_bits(uint64_t word, size_t size, bool is_signed) { // extended to 64
    unsigned n = bits_of(size), up = 64 - n - low_of(size);
    if (!n) return word;
    word <<= up;
    return is_signed ? (uint64_t)((int64_t)word >> (64 - n)) : word >> (64 - n);
}
#define SAME(x) (x)
#define INTEGER(name, type, is_signed, order) \
    static V get_##name(Thread *t, const void *p, size_t size) { \
        type word; \
        memory_get(&word, p, sizeof word); \
        word = (type)order(word); \
        uint64_t bits = field_bits((uint64_t)(is_signed ? (uint64_t)(int64_t)word : (uint64_t)word), size, is_signed); \
        return is_signed ? int_from_i64(t, (int64_t)bits) : int_from_u64(t, bits); \
    } \
    static V set_##name(Thread *t, void *p, V value, size_t size) { \
        uint64_t n; \
        type word; \
        if (take_integer(t, value, &n) < 0) return V_ERROR; \
        memory_get(&word, p, sizeof word); \
        word = (type)merge_bits((uint64_t)order(word), n, size); \
        word = (type)order(word); \
        memory_set(p, &word, sizeof word); \
        return V_NONE; \
    }
#define SWAP16(x) __builtin_bswap16((uint16_t)(x))
#define SWAP32(x) __builtin_bswap32((uint32_t)(x))
#define SWAP64(x) __builtin_bswap64((uint64_t)(x))
INTEGER(i8, int8_t, true, SAME)
INTEGER(u8, uint8_t, false, SAME)
INTEGER(i16, int16_t, true, SAME)
INTEGER(u16, uint16_t, false, SAME)
INTEGER(i32, int32_t, true, SAME)
INTEGER(u32, uint32_t, false, SAME)
INTEGER(i64, int64_t, true, SAME)
INTEGER(u64, uint64_t, false, SAME)
INTEGER(i16_swapped, int16_t, true, SWAP16)
INTEGER(u16_swapped, uint16_t, false, SWAP16)
INTEGER(i32_swapped, int32_t, true, SWAP32)
INTEGER(u32_swapped, uint32_t, false, SWAP32)
INTEGER(i64_swapped, int64_t, true, SWAP64)
INTEGER(u64_swapped, uint64_t, false, SWAP64)

static V get_bool(Thread *t, const void *p, size_t size) {
    (void)t;
    uint8_t word;
    memory_get(&word, p, 1);
    return v_from_bool(field_bits(word, size, false) != 0);
}
static V set_bool(Thread *t, void *p, V value, size_t size) {
    int yes = obj_is_true(t, value);
    if (yes < 0) return V_ERROR;
    uint8_t word;
    memory_get(&word, p, 1);
    word = (uint8_t)merge_bits(word, (uint64_t)yes, size);
    memory_set(p, &word, 1);
    return V_NONE;
}

// ---- floats -------------------------------------------------------------------------------------------------------------------
static void reverse(void *p, size_t n) {
    char *c = p;
    for (size_t i = 0; i < n / 2; i++) {
        char swap = c[i];
        c[i] = c[n - 1 - i];
        c[n - 1 - i] = swap;
    }
}
#define FLOATING(name, type, swapped) \
    static V get_##name(Thread *t, const void *p, size_t size) { \
        (void)size; \
        type x; \
        memory_get(&x, p, sizeof x); \
        if (swapped) reverse(&x, sizeof x); \
        return float_from_double(t, (double)x); \
    } \
    static V set_##name(Thread *t, void *p, V value, size_t size) { \
        (void)size; \
        double d; \
        if (num_as_double(t, value, &d) < 0) return V_ERROR; \
        type x = (type)d; \
        if (swapped) reverse(&x, sizeof x); \
        memory_set(p, &x, sizeof x); \
        return V_NONE; \
    }
FLOATING(float, float, false)
FLOATING(double, double, false)
FLOATING(long_double, long double, false)
FLOATING(float_swapped, float, true)
FLOATING(double_swapped, double, true)

// ---- text -----------------------------------------------------------------------------------------------------------------------
static V get_char(Thread *t, const void *p, size_t size) {
    (void)size;
    char c;
    memory_get(&c, p, 1);
    return bytes_from(t, &c, 1);
}
static V set_char(Thread *t, void *p, V value, size_t size) {
    (void)size;
    int64_t n = -1;
    if (v_is_bytes(value) && bytes_len(value) == 1) n = (uint8_t)bytes_data(value)[0];
    else if (type_check(t, value, &bytearray_type) && bytearray_len(value) == 1) n = (uint8_t)bytearray_data(value)[0];
    else if (v_is_int(value)) n = v_int(value);
    if (n < 0 || n > 255) return err_set(t, &exc_TypeError, "one character bytes, bytearray or integer expected");
    char c = (char)n;
    memory_set(p, &c, 1);
    return V_NONE;
}
static V get_wide(Thread *t, const void *p, size_t size) {
    (void)size;
    wchar_t c;
    memory_get(&c, p, sizeof c);
    return ctypes_wide_text(t, &c, 1);
}
static V set_wide(Thread *t, void *p, V value, size_t size) {
    (void)size;
    if (!v_is_str(value)) return err_set(t, &exc_TypeError, "unicode string expected instead of %T instance", value);
    if (str_len(value) != 1) return err_set(t, &exc_TypeError, "one character unicode string expected");
    wchar_t c = (wchar_t)str_at(value, 0);
    memory_set(p, &c, sizeof c);
    return V_NONE;
}
V ctypes_wide_text(Thread *t, const wchar_t *p, ptrdiff_t n) {
    size_t len = n < 0 ? wcslen(p) : (size_t)n;
    for (size_t i = 0; i < len; i++) {
        if ((uint32_t)p[i] > 0x10FFFF) return err_set(t, &exc_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", (unsigned)p[i]);
    }
    return str_from_units(t, 4, p, len);
}
V ctypes_wide_copy(Thread *t, V text, wchar_t **out) {
    size_t n = str_len(text);
    wchar_t *copy = mem_alloc(t, (n + 1) * sizeof *copy);
    if (!copy) return err_no_memory(t);
    for (size_t i = 0; i < n; i++) copy[i] = (wchar_t)str_at(text, i);
    copy[n] = 0;
    V capsule = capsule_new(t, copy, "_ctypes/wide text", mem_free);
    if (v_is_error(capsule)) mem_free(copy);
    *out = copy;
    return capsule;
}

// ---- addresses --------------------------------------------------------------------------------------------------------------------
static void *load_pointer(const void *p) {
    void *address;
    memory_get(&address, p, sizeof address);
    return address;
}
static void store_pointer(void *p, const void *address) { memory_set(p, &address, sizeof address); }
static int take_address(Thread *t, void *p, V value) { // None or an int: 1; 0: something else; -1
    uint64_t n = 0;
    if (value != V_NONE && !v_is_any_int(value)) return 0;
    if (value != V_NONE && take_integer(t, value, &n) < 0) return -1;
    store_pointer(p, (void *)(uintptr_t)n);
    return 1;
}
static V get_bytes_pointer(Thread *t, const void *p, size_t size) {
    (void)size;
    const char *text = load_pointer(p);
    return text ? bytes_from(t, text, strlen(text)) : V_NONE;
}
static V set_bytes_pointer(Thread *t, void *p, V value, size_t size) {
    (void)size;
    if (v_is_bytes(value)) {
        store_pointer(p, bytes_data(value));
        return v_dup(value);
    }
    int done = take_address(t, p, value);
    if (done == 0) err_set(t, &exc_TypeError, "bytes or integer address expected instead of %T instance", value);
    return done > 0 ? V_NONE : V_ERROR;
}
static V get_wide_pointer(Thread *t, const void *p, size_t size) {
    (void)size;
    const wchar_t *text = load_pointer(p);
    return text ? ctypes_wide_text(t, text, -1) : V_NONE;
}
static V set_wide_pointer(Thread *t, void *p, V value, size_t size) {
    (void)size;
    if (v_is_str(value)) {
        wchar_t *copy;
        V keep = ctypes_wide_copy(t, value, &copy);
        if (!v_is_error(keep)) store_pointer(p, copy);
        return keep;
    }
    int done = take_address(t, p, value);
    if (done == 0) err_set(t, &exc_TypeError, "unicode string or integer address expected instead of %T instance", value);
    return done > 0 ? V_NONE : V_ERROR;
}
static V get_pointer(Thread *t, const void *p, size_t size) {
    (void)size;
    void *address = load_pointer(p);
    return address ? int_from_u64(t, (uint64_t)(uintptr_t)address) : V_NONE;
}
static V set_pointer(Thread *t, void *p, V value, size_t size) {
    (void)size;
    int done = take_address(t, p, value);
    if (done == 0) err_set(t, &exc_TypeError, "cannot be converted to pointer");
    return done > 0 ? V_NONE : V_ERROR;
}
// An object is the word of its value; the instance that holds it keeps it alive.
static V get_object(Thread *t, const void *p, size_t size) {
    (void)size;
    V v = (V)(uintptr_t)load_pointer(p);
    return v == V_NULL ? err_set(t, &exc_ValueError, "PyObject is NULL") : v_dup(v);
}
static V set_object(Thread *t, void *p, V value, size_t size) {
    (void)size;
    share_value(t, value); // before others see it there
    store_pointer(p, (void *)(uintptr_t)(v_is_uncounted(value) ? v_untag(value) : value));
    return v_dup(value);
}

// ---- the table --------------------------------------------------------------------------------------------------------------------
static const Code codes[] = {
    {'b', 'b', 1, &ffi_type_sint8, get_i8, set_i8}, {'B', 'B', 1, &ffi_type_uint8, get_u8, set_u8}, {'c', 'c', 1, &ffi_type_sint8, get_char, set_char},
    {'h', 'h', 2, &ffi_type_sint16, get_i16, set_i16}, {'H', 'H', 2, &ffi_type_uint16, get_u16, set_u16},
    {'i', 'i', 4, &ffi_type_sint32, get_i32, set_i32}, {'I', 'I', 4, &ffi_type_uint32, get_u32, set_u32},
    {'l', 'q', 8, &ffi_type_sint64, get_i64, set_i64}, {'L', 'Q', 8, &ffi_type_uint64, get_u64, set_u64},
    {'q', 'q', 8, &ffi_type_sint64, get_i64, set_i64}, {'Q', 'Q', 8, &ffi_type_uint64, get_u64, set_u64},
    {'f', 'f', 4, &ffi_type_float, get_float, set_float}, {'d', 'd', 8, &ffi_type_double, get_double, set_double},
    {'g', 'g', sizeof(long double), &ffi_type_longdouble, get_long_double, set_long_double}, {'?', '?', 1, &ffi_type_uint8, get_bool, set_bool},
    {'u', 'u', 4, &ffi_type_sint32, get_wide, set_wide}, {'z', 'z', 8, &ffi_type_pointer, get_bytes_pointer, set_bytes_pointer},
    {'Z', 'Z', 8, &ffi_type_pointer, get_wide_pointer, set_wide_pointer}, {'P', 'P', 8, &ffi_type_pointer, get_pointer, set_pointer},
    {'O', 'O', 8, &ffi_type_pointer, get_object, set_object},
};
static const Code swapped_codes[] = {
    {'h', 'h', 2, &ffi_type_sint16, get_i16_swapped, set_i16_swapped}, {'H', 'H', 2, &ffi_type_uint16, get_u16_swapped, set_u16_swapped},
    {'i', 'i', 4, &ffi_type_sint32, get_i32_swapped, set_i32_swapped}, {'I', 'I', 4, &ffi_type_uint32, get_u32_swapped, set_u32_swapped},
    {'l', 'q', 8, &ffi_type_sint64, get_i64_swapped, set_i64_swapped}, {'L', 'Q', 8, &ffi_type_uint64, get_u64_swapped, set_u64_swapped},
    {'q', 'q', 8, &ffi_type_sint64, get_i64_swapped, set_i64_swapped}, {'Q', 'Q', 8, &ffi_type_uint64, get_u64_swapped, set_u64_swapped},
    {'f', 'f', 4, &ffi_type_float, get_float_swapped, set_float_swapped}, {'d', 'd', 8, &ffi_type_double, get_double_swapped, set_double_swapped},
};
// Arrays of characters as fields of structs: text.
static V get_text(Thread *t, const void *p, size_t size) {
    const char *text = p;
    size_t n = 0;
    while (n < size && at_load_relaxed(&text[n])) n++;
    return memory_bytes(t, p, n);
}
static V set_text(Thread *t, void *p, V value, size_t size) {
    if (!v_is_bytes(value)) return err_set(t, &exc_TypeError, "expected bytes, %T found", value);
    size_t n = strlen(bytes_data(value)); // what stands behind a NUL stays as it is
    if (n > size) return err_set(t, &exc_ValueError, "bytes too long (%zd, maximum length %zd)", (ptrdiff_t)n, (ptrdiff_t)size);
    memory_copy(p, bytes_data(value), n < size ? n + 1 : n); // with its NUL if there is room
    return V_NONE;
}
static V get_wide_field(Thread *t, const void *p, size_t size) {
    size_t n = 0;
    while (n < size / sizeof(wchar_t) && ((const wchar_t *)p)[n]) n++;
    return ctypes_wide_text(t, p, (ptrdiff_t)n);
}
static V set_wide_field(Thread *t, void *p, V value, size_t size) {
    if (!v_is_str(value)) return err_set(t, &exc_TypeError, "unicode string expected instead of %T instance", value);
    size_t n = str_len(value), room = size / sizeof(wchar_t);
    if (n > room) return err_set(t, &exc_ValueError, "string too long (%zd, maximum length %zd)", (ptrdiff_t)n, (ptrdiff_t)room);
    for (size_t i = 0; i < n; i++) ((wchar_t *)p)[i] = (wchar_t)str_at(value, i);
    if (n < room) ((wchar_t *)p)[n] = 0;
    return V_NONE;
}
const Code ctypes_text_field = {'s', 's', 0, NULL, get_text, set_text}, ctypes_wide_field = {'U', 'U', 0, NULL, get_wide_field, set_wide_field};

_Static_assert(sizeof(long) == 8 && sizeof(wchar_t) == 4 && sizeof(void *) == sizeof(V), "the table is for LP64");

const Code *ctypes_code(char letter, bool swapped) {
    const Code *table = swapped ? swapped_codes : codes;
    for (size_t i = 0, n = swapped ? countof(swapped_codes) : countof(codes); i < n; i++) {
        if (table[i].letter == letter) return &table[i];
    }
    return NULL;
}
#endif
