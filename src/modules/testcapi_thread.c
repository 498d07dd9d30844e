// SPDX-License-Identifier: MIT
// Module _testcapi, the part about threads that threading does not know of.
#include "testcapi_private.h"

#include "runtime/runtime.h"

#include <stdlib.h>

typedef struct Foreign { // an owned reference, SHARED, until the thread has taken it
    Thread *t;
    V callback;
} Foreign;

static pthread_t foreign_handle;
static uint32_t foreign_there; // atomic: foreign_handle is to be joined

static void *foreign_main(void *arg) {
    Foreign foreign = *(Foreign *)arg;
    free(arg);
    Thread *t = foreign.t;
    thread_start_here(t);
    V result = obj_call0(t, foreign.callback);
    if (v_is_error(result)) err_unraisable(t, foreign.callback, NULL);
    v_drop(t, result);
    v_drop(t, foreign.callback);
    thread_end_foreign(t);
    return NULL;
}

static NATIVE(join_foreign) {
    UNUSED_NATIVE();
    uint32_t there = 1;
    if (!at_cas_acq_rel(&foreign_there, &there, 0u)) return err_set(t, &exc_RuntimeError, "no temporary C thread to join");
    pthread_t handle = foreign_handle;
    BLOCKING(t) pthread_join(handle, NULL);
    return V_NONE;
}

static NATIVE(call_in_foreign) {
    UNUSED_NATIVE();
    int wait = args[1] == V_NULL ? 1 : obj_is_true(t, args[1]);
    if (wait < 0) return V_ERROR;
    uint32_t there = 0;
    if (!at_cas_acq_rel(&foreign_there, &there, 1u)) return err_set(t, &exc_RuntimeError, "a temporary C thread is not joined yet");
    Foreign *foreign = malloc(sizeof *foreign);
    Thread *fresh = foreign ? thread_new(t) : NULL;
    if (!fresh) {
        free(foreign);
        at_store_release(&foreign_there, 0u);
        return err_no_memory(t);
    }
    threading_sharing_begins(t);
    *foreign = (Foreign){fresh, v_own(v_dup(args[0]))};
    if (threading_is_sharing()) share_value(t, foreign->callback);
    if (pthread_create(&foreign_handle, NULL, foreign_main, foreign)) {
        v_drop(t, foreign->callback);
        thread_discard(fresh);
        free(foreign);
        at_store_release(&foreign_there, 0u);
        return err_set(t, &exc_RuntimeError, "unable to start the thread");
    }
    return wait ? join_foreign(t, self, NULL, 0, V_NULL) : V_NONE;
}

const Method testcapi_thread_methods[] = {
    {"call_in_temporary_c_thread", call_in_foreign, "callback, wait=True, /", 0, 0, "Calls it in a thread that no module started."},
    {"join_temporary_c_thread", join_foreign, "", 0, 0, "Waits for that thread."},
    METHOD_END,
};
