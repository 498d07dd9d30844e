// SPDX-License-Identifier: MIT
// Module _tracemalloc: so that tracemalloc imports and says that nothing is traced.  Allocations cannot be traced here:
// starting to raises an error that says so, and every question has the answer it has while tracing is off.
#include "object/misc.h"
#include "runtime/runtime.h"

static NATIVE(tracemalloc_start) {
    UNUSED_NATIVE();
    return err_set(t, &exc_NotImplementedError, "tracing of memory allocations (tracemalloc) is not supported by this interpreter");
}

static NATIVE(tracemalloc_none) {
    UNUSED_NATIVE();
    return V_NONE;
}

static NATIVE(tracemalloc_is_tracing) {
    UNUSED_NATIVE();
    return V_FALSE;
}

static NATIVE(tracemalloc_one) {
    UNUSED_NATIVE();
    return V_INT(1);
}

static NATIVE(tracemalloc_zero) {
    UNUSED_NATIVE();
    return V_INT(0);
}

static NATIVE(tracemalloc_zeroes) {
    UNUSED_NATIVE();
    return tuple_pack(t, 2, V_INT(0), V_INT(0));
}

static NATIVE(tracemalloc_traces) {
    UNUSED_NATIVE();
    return list_new(t, 0);
}

static const Method methods[] = {
    {"is_tracing", tracemalloc_is_tracing, "", LOCK_NONE, 0, "False: allocations are not traced."},
    {"clear_traces", tracemalloc_none, "", LOCK_NONE, 0, "Without effect while nothing is traced."},
    {"_get_traces", tracemalloc_traces, "", LOCK_NONE, 0, "The traces: none."},
    {"_get_object_traceback", tracemalloc_none, "obj, /", LOCK_NONE, 0, "Where an object was allocated: None, not known."},
    {"start", tracemalloc_start, "nframe=1, /", LOCK_NONE, 0, "NotImplementedError."},
    {"stop", tracemalloc_none, "", LOCK_NONE, 0, "Without effect while nothing is traced."},
    {"get_traceback_limit", tracemalloc_one, "", LOCK_NONE, 0, "Frames a trace would have."},
    {"get_tracemalloc_memory", tracemalloc_zero, "", LOCK_NONE, 0, "Memory used for traces."},
    {"get_traced_memory", tracemalloc_zeroes, "", LOCK_NONE, 0, "Current and peak size of traced memory."},
    {"reset_peak", tracemalloc_none, "", LOCK_NONE, 0, "Without effect while nothing is traced."},
    METHOD_END,
};

const ModuleDef mod__tracemalloc = {
    .name = "_tracemalloc",
    .doc = "The core of the tracemalloc module.",
    .methods = methods,
};
