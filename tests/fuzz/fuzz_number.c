// SPDX-License-Identifier: MIT
// Numbers from text and back: float against strtod and printf (both exact in the C library), int against itself in
// several bases.  The first byte says which; the rest is text, or the bits of a double.
#include "fuzz.h"
#include "base/dtoa.h"
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int fuzz_start(Thread *t) {
    (void)t;
    int_max_str_digits = 0;
    return setlocale(LC_NUMERIC, "C") ? 0 : -1;
}

static bool same(double a, double b) { return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b)); }

// repr reads back as the very same number, by us and by the C library.
static void check_repr(Thread *t, double d) {
    char text[DOUBLE_REPR_SIZE];
    const char *end;
    size_t n = double_repr(d, text);
    double back = double_parse(text, n, &end);
    if (end != text + n || !same(back, d)) fuzz_wrong("repr %s of %a is read as %a", text, d, back);
    if (!same(strtod(text, NULL), d)) fuzz_wrong("repr %s is not %a", text, d);
    V v = float_from_double(t, d), shown = obj_repr(t, v);
    if (!v_is_error(shown) && (str_len(shown) != n || memcmp(str_data(shown), text, n))) fuzz_wrong("two texts for %a", d);
    v_drop(t, shown);
    v_drop(t, v);
}

static void check_digits(double d, uint8_t how) {
    static const char codes[] = "efg";
    char code = codes[how % 3], format[] = {'%', '.', '*', code, '\0'}, *ours, theirs[1500];
    int precision = how / 3 * 4;
    if (!isfinite(d)) return;
    ptrdiff_t n = double_format(d, code, precision, 0, &ours);
    if (n < 0) return;
    snprintf(theirs, sizeof theirs, format, precision, d);
    if (strcmp(ours, theirs)) fuzz_wrong("%s of %a: %s, printf has %s", format, d, ours, theirs);
    free(ours);
}

static void check_bits(Thread *t, const uint8_t *data, size_t size) {
    double d;
    for (; size >= 9; data += 9, size -= 9) {
        memcpy(&d, data, sizeof d);
        check_repr(t, d);
        check_digits(d, data[8]);
    }
}

// Text of digits, signs, points and exponents: what strtod reads of it we read too, and as the same number.
static void check_text(Thread *t, const uint8_t *data, size_t size) {
    static const char alphabet[] = "0123456789.e-+05";
    char *text = malloc(size + 1), *their_end;
    if (!text) return;
    for (size_t i = 0; i < size; i++) text[i] = alphabet[data[i] % 16];
    text[size] = '\0';
    const char *end;
    double ours = double_parse(text, size, &end), theirs = strtod(text, &their_end);
    if (end != their_end || !same(ours, theirs)) fuzz_wrong("%s is %a up to %td, strtod has %a up to %td", text, ours, end - text, theirs, their_end - text);
    if (end != text) check_repr(t, ours);
    free(text);
}

// Any text at all, through float(), complex() and int().
static void check_any(Thread *t, const uint8_t *data, size_t size) {
    V text = str_from_utf8(t, (const char *)data, size);
    if (v_is_error(text)) return;
    V number = float_parse(t, text);
    if (!v_is_error(number)) check_repr(t, float_value(number));
    else err_clear(t);
    v_drop(t, number);
    number = obj_call1(t, v_from_immortal(&complex_type), text);
    if (v_is_error(number)) err_clear(t);
    v_drop(t, number);
    number = int_from_object(t, text, v_from_int(0));
    v_drop(t, number);
    v_drop(t, text);
}

static V int_again(Thread *t, V number, int base) {
    V text = int_to_str(t, number, base);
    if (v_is_error(text)) return V_ERROR;
    V back = int_parse(t, (const char *)str_data(text), str_len(text), base);
    v_drop(t, text);
    return back;
}

// Text in one base goes through the others and is the same number still.
static void check_int(Thread *t, const uint8_t *data, size_t size, int base) {
    V number = int_parse(t, (const char *)data, size, base);
    if (v_is_error(number)) return;
    static const int others[] = {10, 2, 8, 16};
    for (size_t i = 0; i < countof(others); i++) {
        V back = int_again(t, number, others[i]);
        if (v_is_error(back) || int_compare(number, back)) fuzz_wrong("a number in base %d differs when read back", others[i]);
        v_drop(t, back);
    }
    double d;
    if (int_as_double(t, number, &d) < 0) err_clear(t);
    v_drop(t, number);
}

static void check_bytes(Thread *t, const uint8_t *data, size_t size) {
    V number = int_from_bytes(t, data, size, true, true);
    if (v_is_error(number)) return;
    uint8_t *back = malloc(size + 1);
    if (back && (int_to_bytes(t, number, back, size, true, true) < 0 || memcmp(back, data, size))) fuzz_wrong("int.to_bytes of int.from_bytes");
    free(back);
    V again = int_again(t, number, 10);
    if (v_is_error(again) || int_compare(number, again)) fuzz_wrong("a number from bytes differs when read back");
    v_drop(t, again);
    v_drop(t, number);
}

void fuzz_one(Thread *t, const uint8_t *data, size_t size) {
    if (!size) return;
    uint8_t how = *data++;
    size--;
    switch (how % 8) {
    case 0: check_bits(t, data, size); break;
    case 1:
    case 2: check_text(t, data, size); break;
    case 3: check_any(t, data, size); break;
    case 4: check_bytes(t, data, size); break;
    default: check_int(t, data, size, how / 8 == 1 ? 0 : 2 + how / 8 % 35); break;
    }
}
