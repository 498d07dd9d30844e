// SPDX-License-Identifier: MIT
// _ctypes: what there is of ctypes.pythonapi.
//
// Heddle has no C interface like CPython's.  The few functions here mean the same in it; for any other name
// ctypes.pythonapi raises AttributeError with the name in it.
#include "ctypes_private.h"
#ifdef HAVE_FFI
#include "threading/pending.h"

static void inc_ref(V v) {
    v_own(v_dup(v));
}
static void dec_ref(V v) { v_drop(thread_current(), v_is_uncounted(v) ? v_untag(v) : v); }

// PyThreadState_SetAsyncExc: what is to be raised travels to the thread as a call that raises it there.
static int raise_here(Thread *t, void *arg) {
    V what = (V)(uintptr_t)arg;
    if (v_is_type(what)) err_set_none(t, v_as_type(what));
    else err_raise(t, what);
    v_drop(t, what);
    return -1;
}
typedef struct Wanted { unsigned long ident; V what; int found; } Wanted;
static void post_to(Thread *t, void *arg) { // under the lock of the list: t is there
    Wanted *w = arg;
    if (t->ident == w->ident && !w->found && pending_post(t, raise_here, (void *)(uintptr_t)w->what)) w->found = 1;
}
static int set_async_exc(unsigned long ident, V what) { // how many threads
    Wanted w = {ident, V_NULL, 0};
    Thread *t = thread_current();
    if (what == V_NULL) return 0; // nothing that waits is taken back
    if (threading_is_sharing()) share_value(t, what);
    w.what = v_own(v_dup(what));
    threads_each(post_to, &w);
    if (!w.found) v_drop(t, w.what);
    return w.found;
}

static const struct { const char *name; void (*function)(void); } functions[] = {
    {"Py_IncRef", (void (*)(void))inc_ref}, {"Py_DecRef", (void (*)(void))dec_ref}, {"PyThreadState_SetAsyncExc", (void (*)(void))set_async_exc},
};
void *ctypes_python_api(const char *name) {
    for (size_t i = 0; i < countof(functions); i++) {
        if (!strcmp(functions[i].name, name)) return (void *)functions[i].function;
    }
    return NULL;
}
#endif
