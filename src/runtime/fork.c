// SPDX-License-Identifier: MIT
// fork(): hooks of os.register_at_fork around the system call, which happens in a stopped world, so that no other
// thread is in the middle of anything when its memory is copied.
#include "runtime/fork.h"
#include "object/error.h"
#include "object/misc.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include <errno.h>
#include <unistd.h>

enum { BEFORE, IN_CHILD, IN_PARENT, N_HOOKS };
uint32_t runtime_forks;
static Slot hooks[N_HOOKS]; // lists, or V_NULL

int runtime_register_at_fork(Thread *t, V before, V after_in_child, V after_in_parent) {
    V given[N_HOOKS] = {before, after_in_child, after_in_parent};
    for (int i = 0; i < N_HOOKS; i++) {
        if (given[i] == V_NULL) continue;
        if (slot_peek(&hooks[i]) == V_NULL) {
            V list = list_new(t, 0);
            if (v_is_error(list)) return -1;
            root_register(&hooks[i]);
            root_set(t, &hooks[i], list);
            v_drop(t, list);
        }
        if (list_append(t, slot_peek(&hooks[i]), given[i]) < 0) return -1;
    }
    return 0;
}

// `before` runs in reverse order of registration, the others in order.  What a hook raises is reported, not raised.
static void run_hooks(Thread *t, int which) {
    V list = slot_peek(&hooks[which]);
    size_t n = list == V_NULL ? 0 : list_len(list);
    for (size_t i = 0; i < n; i++) {
        V hook = list_get(t, list, which == BEFORE ? n - 1 - i : i);
        if (hook == V_NULL) return;
        V r = obj_call0(t, hook);
        if (v_is_error(r)) err_unraisable(t, hook, NULL);
        v_drop(t, r);
        v_drop(t, hook);
    }
}

int runtime_before_fork(Thread *t) {
    run_hooks(t, BEFORE);
    threading_before_fork(t);
    return 0;
}

void runtime_after_fork_child(Thread *t) {
    threading_after_fork_child(t); // the world starts with one thread
    signals_after_fork(t);
    import_lock_after_fork(t);
    at_fetch_add_relaxed(&runtime_forks, 1u);
    run_hooks(t, IN_CHILD);
}

void runtime_after_fork_parent(Thread *t) {
    threading_after_fork_parent(t);
    run_hooks(t, IN_PARENT);
}

pid_t runtime_fork(Thread *t) {
    if (runtime_before_fork(t) < 0) return -1;
    pid_t pid = fork();
    int code = errno;
    if (pid == 0) {
        runtime_after_fork_child(t);
        return 0;
    }
    runtime_after_fork_parent(t);
    if (pid < 0) {
        errno = code;
        err_errno(t, &exc_OSError, V_NULL, V_NULL);
    }
    return pid;
}
