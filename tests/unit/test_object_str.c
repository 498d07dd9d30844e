// SPDX-License-Identifier: MIT
// str: kinds stay canonical, equality and hash ignore how a text was made, interning, in-place growth, search on mixed
// kinds against a plain loop.
#include "suite.h"
#include <stdlib.h>

#include "object/object.h"
#include "runtime/runtime.h"

static Thread *t;

static void setup(void) {
    if (t) return;
    t = threading_init();
    ck_assert(t != NULL);
    ck_assert_int_eq(object_start(t), 0);
}

static unsigned seed = 12345;
static unsigned next(unsigned n) {
    seed = seed * 1103515245u + 12345u;
    return (seed >> 8) % n;
}

static const uint32_t alphabet[] = {'a', 'b', 'a', 'b', 'c', 0x7f, 0x80, 0xe9, 0xff, 0x100, 0x3b1, 0xffff, 0x10000, 0x1f600, 0x10ffff};

// n characters out of the first `variety` of the alphabet.
static size_t random_units(uint32_t *out, size_t n, unsigned variety) {
    for (size_t i = 0; i < n; i++) out[i] = alphabet[next(variety)];
    return n;
}

static void check_canonical(V v, const uint32_t *units, size_t n) {
    ck_assert(!v_is_error(v));
    uint32_t max = 0;
    for (size_t i = 0; i < n; i++) max = units[i] > max ? units[i] : max;
    ck_assert_uint_eq(str_len(v), n);
    ck_assert_int_eq(str_kind(v), max < 0x100 ? 1 : max < 0x10000 ? 2 : 4);
    ck_assert_int_eq(str_is_ascii(v), max < 0x80);
    for (size_t i = 0; i < n; i++) ck_assert_uint_eq(str_at(v, i), units[i]);
    ck_assert_uint_eq(str_read(str_kind(v), str_data(v), n), 0);
}

START_TEST(test_kinds) {
    setup();
    uint32_t u[40];
    for (int round = 0; round < 3000; round++) {
        size_t n = random_units(u, next(40), 1 + next(15)), cut = n ? next((unsigned)n + 1) : 0;
        V v = str_from_units(t, 4, u, n), left = str_substring(t, v, 0, cut), right = str_substring(t, v, cut, n);
        check_canonical(v, u, n);
        check_canonical(left, u, cut);
        check_canonical(right, u + cut, n - cut);
        V glued = str_concat(t, left, right);
        check_canonical(glued, u, n);
        ck_assert(str_equal(v, glued));
        ck_assert_int_eq(str_hash(v), str_hash(glued));
        ck_assert_int_eq(str_compare(v, glued), 0);
        StrBuilder b;
        sb_init(&b, t);
        for (size_t i = 0; i < n; i++) sb_char(&b, u[i]);
        V built = sb_finish(&b);
        check_canonical(built, u, n);
        size_t len;
        const char *utf8 = str_utf8(t, v, &len);
        ck_assert(utf8 != NULL);
        V back = str_from_utf8(t, utf8, len);
        check_canonical(back, u, n);
        v_drop(t, v), v_drop(t, left), v_drop(t, right), v_drop(t, glued), v_drop(t, built), v_drop(t, back);
    }
}
END_TEST

static ptrdiff_t slow_find(const uint32_t *h, size_t n, const uint32_t *x, size_t m, bool backwards) {
    ptrdiff_t found = -1;
    for (size_t i = 0; i + m <= n; i++) {
        size_t k = 0;
        while (k < m && h[i + k] == x[k]) k++;
        if (k < m) continue;
        found = (ptrdiff_t)i;
        if (!backwards) break;
    }
    return found;
}

START_TEST(test_find) {
    setup();
    uint32_t h[200], x[8];
    for (int round = 0; round < 20000; round++) {
        unsigned variety = 1 + next(15);
        size_t n = random_units(h, next(200), variety), m = random_units(x, next(6), 1 + next(variety));
        V hay = str_from_units(t, 4, h, n), needle = str_from_units(t, 4, x, m);
        ck_assert_int_eq(str_find(hay, needle, 0, n, 1), slow_find(h, n, x, m, false));
        ck_assert_int_eq(str_find(hay, needle, 0, n, -1), slow_find(h, n, x, m, true));
        v_drop(t, hay), v_drop(t, needle);
    }
}
END_TEST

START_TEST(test_replace) {
    setup();
    uint32_t h[100], x[4], y[4], out[600];
    for (int round = 0; round < 20000; round++) {
        size_t n = random_units(h, next(100), 1 + next(15)), m = 1 + random_units(x, next(3), 1 + next(15));
        x[m - 1] = alphabet[next(15)];
        size_t k = random_units(y, next(4), 1 + next(15)), len = 0;
        for (size_t i = 0; i < n;) {
            if (i + m <= n && memcmp(h + i, x, m * 4) == 0) {
                memcpy(out + len, y, k * 4);
                len += k;
                i += m;
            } else {
                out[len++] = h[i++];
            }
        }
        V hay = str_from_units(t, 4, h, n), old = str_from_units(t, 4, x, m), new_ = str_from_units(t, 4, y, k);
        V r = str_replace(t, hay, old, new_, -1);
        check_canonical(r, out, len);
        v_drop(t, hay), v_drop(t, old), v_drop(t, new_), v_drop(t, r);
    }
}
END_TEST

START_TEST(test_intern) {
    setup();
    V a = str_intern_utf8(t, "frobnicate", 10), b = str_intern_steal(t, str_from_cstr(t, "frobnicate"));
    ck_assert(v_is(a, b));
    ck_assert(str_is_interned(a) && v_is_counted(a));
    v_drop(t, a);
    v_drop(t, b);
    // gone with its last reference, and made again
    V c = str_intern_utf8(t, "frobnicate", 10);
    ck_assert(str_equal_ascii(c, "frobnicate"));
    // a name of the sources that was interned before stays the same object
    V d = str_static("frobnicate");
    ck_assert(v_is(c, d));
    v_drop(t, c);
    V e = str_intern_utf8(t, "frobnicate", 10);
    ck_assert(v_is(d, e));
    v_drop(t, e);
    ck_assert(v_is(NAME(some_name), str_static("some_name")));
    ck_assert(v_is(str_from_char(t, 'x'), str_intern_utf8(t, "x", 1)));
    ck_assert(v_is(str_from_char(t, 0xe9), str_intern_utf8(t, "\xc3\xa9", 2)));
    ck_assert(v_is(str_empty(), str_intern_utf8(t, "", 0)));
    // many come and go
    for (int round = 0; round < 3; round++) {
        V keep[5000];
        for (int i = 0; i < 5000; i++) keep[i] = str_intern_steal(t, str_from_format(t, "name_%d", i));
        for (int i = 0; i < 5000; i++) {
            V again = str_intern_steal(t, str_from_format(t, "name_%d", i));
            ck_assert(v_is(keep[i], again));
            v_drop(t, again);
        }
        for (int i = 0; i < 5000; i++) v_drop(t, keep[i]);
    }
}
END_TEST

START_TEST(test_grow) {
    setup();
    V v = str_from_cstr(t, "");
    V piece = str_from_cstr(t, "0123456789");
    for (int i = 0; i < 100000; i++) v = str_concat_steal(t, v, piece);
    ck_assert_uint_eq(str_len(v), 1000000);
    for (size_t i = 0; i < 1000000; i += 999) ck_assert_uint_eq(str_at(v, i), '0' + i % 10);
    // a second reference: the old text must stay
    V old = v_dup(v);
    v = str_concat_steal(t, v, piece);
    ck_assert_uint_eq(str_len(old), 1000000);
    ck_assert_uint_eq(str_len(v), 1000010);
    v_drop(t, old);
    // wider characters change the kind, and the hash is new
    int64_t hash = str_hash(v);
    V wide = str_from_char(t, 0x20ac);
    v = str_concat_steal(t, v, wide);
    ck_assert_int_eq(str_kind(v), 2);
    ck_assert_int_ne(str_hash(v), hash);
    v_drop(t, v), v_drop(t, piece), v_drop(t, wide);
}
END_TEST

START_TEST(test_format) {
    setup();
    V name = str_from_cstr(t, "caf\xc3\xa9"), v;
#define CHECK(want, ...)                                                                                               \
    v = str_from_format(t, __VA_ARGS__);                                                                               \
    ck_assert_str_eq(str_utf8(t, v, NULL), want);                                                                      \
    v_drop(t, v)
    CHECK("[caf\xc3\xa9]", "[%V]", name);
    CHECK("[ca]", "[%.2V]", name);
    CHECK("[  caf\xc3\xa9]", "[%6V]", name);
    CHECK("[caf\xc3\xa9  ]", "[%-6V]", name);
    CHECK("'caf\xc3\xa9'", "%R", name);
    CHECK("'caf\\xe9'", "%A", name);
    CHECK("str 5 -7 ff 00012", "%T %d %ld %x %05d", name, 5, -7l, 255, 12);
    CHECK("int", "%N", &int_type);
    CHECK("a%b \xe2\x82\xac", "a%%b %c", 0x20ac);
    CHECK("x\xef\xbf\xbdy", "x%sy", "\xff");
    CHECK("ab", "%.*s", 2, "abc");
    CHECK("18446744073709551615", "%zu", SIZE_MAX);
#undef CHECK
    v_drop(t, name);
}
END_TEST

int main(void) {
    Suite *s = suite_create("str");
    TCase *c = tcase_create("str");
    tcase_add_test(c, test_kinds);
    tcase_add_test(c, test_find);
    tcase_add_test(c, test_replace);
    tcase_add_test(c, test_intern);
    tcase_add_test(c, test_grow);
    tcase_add_test(c, test_format);
    suite_add_tcase(s, c);
    return suite_run(s);
}
