// SPDX-License-Identifier: MIT
// Module _testcapi: what CPython's test suite asks of a C interface, answered through Heddle's own.
//
// A function is here when its name says something that Heddle's interface does.  What only CPython's C API has (legacy
// strings, allocator hooks, sub-interpreters, ...) is missing, and the tests that need it say so.
#ifndef HEDDLE_MODULES_TESTCAPI_PRIVATE_H
#define HEDDLE_MODULES_TESTCAPI_PRIVATE_H
#include "object/bytes.h"
#include "object/misc.h"
#include "runtime/runtime.h"

extern const Method testcapi_call_methods[], testcapi_object_methods[], testcapi_error_methods[], testcapi_time_methods[],
    testcapi_datetime_methods[], testcapi_thread_methods[];
int testcapi_call_start(Thread *t, V module);
#endif
