// SPDX-License-Identifier: MIT
//
// Units for base/arena.h, base/strbuf.h and base/vec.h.
#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include "reported.h"
#include "suite.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

START_TEST(arena_blocks_are_aligned_and_apart) {
    Arena arena = ARENA_INIT;
    unsigned char *blocks[2000];
    for (size_t i = 0; i < countof(blocks); i++) {
        size_t size = i % 97 == 96 ? 70000 : i % 200;
        blocks[i] = arena_alloc(&arena, size);
        ck_assert_ptr_nonnull(blocks[i]);
        ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)(i & 0xff), size);
    }
    for (size_t i = 0; i < countof(blocks); i++) {
        size_t size = i % 97 == 96 ? 70000 : i % 200;
        size_t wrong = 0; // one assertion a block: each writes to Check's pipe
        for (size_t k = 0; k < size; k++) wrong += blocks[i][k] != (i & 0xff);
        ck_assert_uint_eq(wrong, 0);
    }
    arena_free(&arena);
    ck_assert_uint_eq(arena.total, 0);
}
END_TEST

#if HEDDLE_POISON
START_TEST(arena_reports_what_is_not_handed_out) {
    Arena arena = ARENA_INIT;
    char *kept = arena_alloc(&arena, 20);
    ck_assert(!read_is_reported(kept + 19));
    ck_assert(read_is_reported(kept + 20)); // what rounding leaves
    ck_assert(read_is_reported(kept + 32)); // what is to come
    ArenaMark mark = arena_mark(&arena);
    char *given_up = arena_alloc(&arena, 100);
    ck_assert(!read_is_reported(given_up));
    arena_rewind(&arena, mark);
    ck_assert(read_is_reported(given_up) && read_is_reported(given_up + 99));
    ck_assert(!read_is_reported(kept));
    ck_assert_ptr_eq(arena_alloc(&arena, 100), given_up);
    ck_assert(!read_is_reported(given_up + 99));
    arena_free(&arena);
}
END_TEST
#endif

START_TEST(arena_fails_politely) {
    Arena arena = ARENA_INIT;
    ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX - 20));
    ck_assert_ptr_null(arena_calloc(&arena, SIZE_MAX / 2, 3));
    ck_assert_str_eq(arena_strdup(&arena, "still here"), "still here");
    ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX));
    ck_assert_str_eq(arena_printf(&arena, "%d-%s", 42, "x"), "42-x");
    arena_free(&arena);
}
END_TEST

START_TEST(arena_grow_in_place_and_by_copy) {
    Arena arena = ARENA_INIT;
    int *a = arena_grow(&arena, NULL, 0, 4 * sizeof *a);
    for (int i = 0; i < 4; i++) a[i] = i;
    int *b = arena_grow(&arena, a, 4 * sizeof *a, 100 * sizeof *a);
    ck_assert_ptr_eq(a, b);
    char *after = arena_strdup(&arena, "wall");
    b = arena_grow(&arena, a, 100 * sizeof *a, 101 * sizeof *a);
    ck_assert_ptr_ne(a, b);
    b[100] = 7;
    ck_assert_int_eq(b[3], 3);
    ck_assert_str_eq(after, "wall");
    b = arena_grow(&arena, b, 101 * sizeof *a, 1 << 20);
    ck_assert_int_eq(b[100], 7);
    arena_free(&arena);
}
END_TEST

START_TEST(arena_rewind_drops_what_came_after) {
    Arena arena = ARENA_INIT;
    ArenaMark nothing = arena_mark(&arena);
    char *keep = arena_strdup(&arena, "keep");
    ArenaMark mark = arena_mark(&arena);
    size_t before = arena.total;
    void *first = arena_alloc(&arena, 32);
    for (int i = 0; i < 1000; i++) ck_assert_ptr_nonnull(arena_alloc(&arena, 100));
    arena_rewind(&arena, mark);
    ck_assert_uint_eq(arena.total, before);
    ck_assert_ptr_eq(arena_alloc(&arena, 32), first);
    ck_assert_str_eq(keep, "keep");
    arena_rewind(&arena, nothing);
    ck_assert_uint_eq(arena.total, 0);
    arena_free(&arena);
}
END_TEST

START_TEST(strbuf_builds) {
    StrBuf buf = STRBUF_INIT;
    ck_assert_str_eq(strbuf_cstr(&buf), "");
    strbuf_puts(&buf, "a=");
    strbuf_printf(&buf, "%d,%s", 12, "xy");
    strbuf_putc(&buf, ';');
    strbuf_fill(&buf, '-', 3);
    strbuf_put_utf8(&buf, 0x20ac);
    ck_assert_str_eq(strbuf_cstr(&buf), "a=12,xy;---\xe2\x82\xac");
    strbuf_truncate(&buf, 4);
    ck_assert_str_eq(strbuf_cstr(&buf), "a=12");
    char big[500];
    memset(big, 'q', sizeof big - 1);
    big[sizeof big - 1] = 0;
    strbuf_printf(&buf, "[%s]", big);
    ck_assert_uint_eq(buf.len, 4 + 499 + 2);
    size_t len;
    char *text = strbuf_take(&buf, &len);
    ck_assert_uint_eq(len, 505);
    ck_assert_uint_eq(strlen(text), 505);
    free(text);
    ck_assert_ptr_null(buf.data);
    text = strbuf_take(&buf, &len);
    ck_assert_str_eq(text, "");
    free(text);
}
END_TEST

START_TEST(strbuf_failure_sticks) {
    StrBuf buf = STRBUF_INIT;
    strbuf_puts(&buf, "abc");
    ck_assert(!strbuf_reserve(&buf, SIZE_MAX - 1));
    ck_assert(buf.failed);
    strbuf_puts(&buf, "def");
    ck_assert_uint_eq(buf.len, 3);
    ck_assert_ptr_null(strbuf_take(&buf, NULL));
    strbuf_puts(&buf, "new");
    ck_assert_str_eq(strbuf_cstr(&buf), "new");
    strbuf_free(&buf);
}
END_TEST

START_TEST(vec_grows) {
    VEC(int) v = VEC_INIT;
    for (int i = 0; i < 1000; i++) ck_assert(vec_push(&v, i));
    ck_assert_uint_eq(v.len, 1000);
    ck_assert_int_eq(vec_pop(&v), 999);
    ck_assert_int_eq(vec_last(&v), 998);
    ck_assert(vec_insert(&v, 0, -1));
    ck_assert_int_eq(v.data[0], -1);
    ck_assert_int_eq(v.data[500], 499);
    const int more[3] = {7, 8, 9};
    ck_assert(vec_append(&v, more, 3));
    ck_assert_int_eq(vec_last(&v), 9);
    ck_assert(!vec_reserve(&v, SIZE_MAX / 2));
    ck_assert_uint_eq(v.len, 1003);
    vec_free(&v);
    ck_assert(vec_append(&v, more, 0));
    ck_assert_ptr_null(v.data);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/buffers");
    TCase *tc = tcase_create("all");
    tcase_add_test(tc, arena_blocks_are_aligned_and_apart);
#if HEDDLE_POISON
    tcase_add_test(tc, arena_reports_what_is_not_handed_out);
#endif
    tcase_add_test(tc, arena_fails_politely);
    tcase_add_test(tc, arena_grow_in_place_and_by_copy);
    tcase_add_test(tc, arena_rewind_drops_what_came_after);
    tcase_add_test(tc, strbuf_builds);
    tcase_add_test(tc, strbuf_failure_sticks);
    tcase_add_test(tc, vec_grows);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
