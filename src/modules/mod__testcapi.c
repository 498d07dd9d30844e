// SPDX-License-Identifier: MIT
// Module _testcapi: see testcapi_private.h.
#include "testcapi_private.h"
#include <float.h>
#include <limits.h>
#include <time.h>

static int add_limits(Thread *t, V module) {
    static const struct { const char *name; int64_t value; } ints[] = {
        {"CHAR_MAX", CHAR_MAX}, {"CHAR_MIN", CHAR_MIN}, {"UCHAR_MAX", UCHAR_MAX}, {"SHRT_MAX", SHRT_MAX}, {"SHRT_MIN", SHRT_MIN},
        {"USHRT_MAX", USHRT_MAX}, {"INT_MAX", INT_MAX}, {"INT_MIN", INT_MIN}, {"UINT_MAX", UINT_MAX}, {"LONG_MAX", LONG_MAX},
        {"LONG_MIN", LONG_MIN}, {"LLONG_MAX", LLONG_MAX}, {"LLONG_MIN", LLONG_MIN}, {"PY_SSIZE_T_MAX", PTRDIFF_MAX},
        {"PY_SSIZE_T_MIN", PTRDIFF_MIN}, {"SIZEOF_TIME_T", sizeof(time_t)}, {"SIZEOF_WCHAR_T", sizeof(wchar_t)},
    };
    static const struct { const char *name; double value; } floats[] = {
        {"FLT_MAX", FLT_MAX}, {"FLT_MIN", FLT_MIN}, {"DBL_MAX", DBL_MAX}, {"DBL_MIN", DBL_MIN},
    };
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
        if (module_add_int(t, module, ints[i].name, ints[i].value) < 0) return -1;
    }
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
        if (module_add_steal(t, module, floats[i].name, float_from_double(t, floats[i].value)) < 0) return -1;
    }
    if (module_add_steal(t, module, "ULONG_MAX", int_from_u64(t, ULONG_MAX)) < 0) return -1;
    if (module_add(t, module, "WITH_PYMALLOC", V_FALSE) < 0) return -1;
    return module_add_steal(t, module, "ULLONG_MAX", int_from_u64(t, ULLONG_MAX));
}

// What serves allocations: malloc, under pages of our own.
static NATIVE(pymem_getallocatorsname) {
    UNUSED_NATIVE();
    return str_from_cstr(t, "malloc");
}
static const Method methods[] = {
    {"pymem_getallocatorsname", pymem_getallocatorsname, "", LOCK_NONE, 0, "The name of what serves allocations."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    const Method *const tables[] = {testcapi_call_methods, testcapi_object_methods, testcapi_error_methods, testcapi_time_methods,
                                    testcapi_datetime_methods, testcapi_thread_methods};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (module_add_methods(t, module, tables[i]) < 0) return -1;
    }
    return testcapi_call_start(t, module) < 0 ? -1 : add_limits(t, module);
}

const ModuleDef mod__testcapi = {.name = "_testcapi", .doc = "What test suites ask of the interface in C.", .methods = methods, .exec = exec};
