// SPDX-License-Identifier: MIT
//
// The distribution's libmimalloc exports malloc too. Programs are linked so that the C library's stands first: libraries
// must not get mimalloc's by accident, and memory from one must never be freed by the other.
#include "suite.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#ifndef HEDDLE_SANITIZER
#include <mimalloc.h>

static const char *library_of(const char *symbol) {
    Dl_info info;
    void *address = dlsym(RTLD_DEFAULT, symbol);
    ck_assert_msg(address && dladdr(address, &info), "%s is nowhere", symbol);
    return info.dli_fname;
}

START_TEST(malloc_is_libc) {
    void *block = mi_malloc(16); // so that libmimalloc is linked at all
    ck_assert(mi_is_in_heap_region(block));
    mi_free(block);
    static const char *const symbols[] = {"malloc", "free", "calloc", "realloc", "posix_memalign", "strdup"};
    for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++)
        ck_assert_msg(strstr(library_of(symbols[i]), "libc.so"), "%s comes from %s", symbols[i], library_of(symbols[i]));
    ck_assert(strstr(library_of("mi_malloc"), "mimalloc"));
    block = malloc(16);
    ck_assert(!mi_is_in_heap_region(block));
    free(block);
}
END_TEST
#endif

int main(void) {
    Suite *suite = suite_create("base_malloc");
    TCase *tests = tcase_create("linking");
#ifndef HEDDLE_SANITIZER
    tcase_add_test(tests, malloc_is_libc);
#endif
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
