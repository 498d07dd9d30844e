// SPDX-License-Identifier: MIT
// How every Check program here ends.
#ifndef HEDDLE_TESTS_SUITE_H
#define HEDDLE_TESTS_SUITE_H
#include <check.h>
#include <stdlib.h>

// Runs the suite, as much told as CK_VERBOSITY says; main's status.
static inline int suite_run(Suite *suite) {
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
#endif
