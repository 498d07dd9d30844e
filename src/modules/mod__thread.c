// SPDX-License-Identifier: MIT
// Module _thread: starting threads, their end, and what the library's threading module is built on.
//
// Read start_new_thread and thread_main.  Before the first thread starts, everything reachable from the roots becomes
// SHARED (threading_sharing_begins), then the function and its arguments; the new Thread is made by its creator, so that
// memory that is out is the creator's exception.
#include "thread_private.h"

#include "runtime/traceback_print.h"
#include "threading/hot.h"
#include "threading/pending.h"
#include "threading/scan.h"
#include "vm/vm.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static int64_t running;           // atomic: threads started here and not ended
static size_t stack_bytes;        // atomic: for new threads; 0: the system's
static Type *hook_args_type;      // _thread._ExceptHookArgs

// ---- a thread's life --------------------------------------------------------------------------------------------------------
typedef struct Boot { // owned references, SHARED (no-GIL build), until the new thread has taken them
    Thread *t;
    V function, args, kwargs;
    V sentinel; // a lock for _set_sentinel
} Boot;

// What _set_sentinel returns when it is called first, or V_NULL.  It is made by the thread's creator: threading looks through
// the sentinels of all threads whenever one starts, and when each thread made its own, each would lie on a page of its own.
static __thread V fresh_sentinel;

static void report(Thread *t, V function) {
    if (err_matches(t, &exc_SystemExit)) err_clear(t);
    else err_unraisable(t, function, "in thread started by");
}

// With a plain store a compiler would leave the word where it is, on a stack, where a round would find it.
static void drop_value(Thread *t, V *word, void *arg) {
    (void)arg;
    V v = at_exchange_relaxed(word, V_NULL);
    v_drop(t, v);
}

// Finalizers may leave new ones behind; CPython's thread state is cleared only so often, too.
static void run_last_pending(Thread *t) {
    pending_ignore_locks(t);
    for (int i = 0; i < 100 && pending_any(t); i++)
        if (pending_run(t) < 0) err_unraisable(t, V_NULL, "in a thread that ends");
}

static void drop_own_values(Thread *t) {
    thread_local_thread_exits(t);
    thread_visit_values(t, drop_value, NULL);
    run_last_pending(t);
}

// A frame of its own: it is gone before the thread looks for the last time at what it has let go.
static NOINLINE Thread *run_booted(Boot *from) {
    Boot boot = *from;
    free(from);
    Thread *t = boot.t;
    thread_start_here(t);
    fresh_sentinel = boot.sentinel;
    V result = obj_call_tuple(t, boot.function, boot.args, boot.kwargs);
    if (v_is_error(result)) report(t, boot.function);
    else v_drop(t, result);
    drop_value(t, &fresh_sentinel, NULL);
    drop_value(t, &boot.function, NULL);
    drop_value(t, &boot.args, NULL);
    drop_value(t, &boot.kwargs, NULL);
    return t;
}

static void *thread_main(void *arg) {
    Thread *t = run_booted(arg);
    run_last_pending(t);

    V sentinel = t->sentinel;
    t->sentinel = V_NULL;
    drop_own_values(t);
    at_fetch_sub_relaxed(&running, 1);
    vm_thread_exit(t);
    thread_exit_telling(t, thread_lock_release_quietly, sentinel);
    return NULL;
}

void thread_end_foreign(Thread *t) {
    drop_own_values(t);
    vm_thread_exit(t);
    thread_exit(t);
}

// For finalizers that nobody runs; the program's signals are not for it.
static void *relief_main(void *arg) {
    Thread *t = arg;
    thread_start_here(t);
    hot_demote(t);
    handshake_now(t); // keeps what anybody got from a weakref before it
    handshake_now(t); // and this what somebody has
    if (pending_run(t) < 0) err_unraisable(t, V_NULL, "in a thread for finalizers");
    drop_own_values(t);
    pending_relief_ends(t);
    vm_thread_exit(t);
    thread_exit(t);
    return NULL;
}

// A new pthread; its ident in *ident.  0 or an errno value.
static int spawn(void *(*body)(void *), void *arg, uint64_t *ident) {
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error) return error;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    size_t bytes = at_load_relaxed(&stack_bytes);
    if (bytes) pthread_attr_setstacksize(&attributes, thread_stack_bytes(bytes));
    pthread_t handle;
    error = pthread_create(&handle, &attributes, body, arg);
    pthread_attr_destroy(&attributes);
    *ident = error ? 0 : (uint64_t)handle;
    return error;
}

bool upcall_start_relief(Thread *fresh) {
    uint64_t ident;
    return spawn(relief_main, fresh, &ident) == 0;
}

static NATIVE(thread_start_new) {
    UNUSED_NATIVE();
    if (args_no_keywords(t, "start_new_thread", kwnames) < 0) return V_ERROR;
    if (args_check_count(t, "start_new_thread", nargs, 2, 3) < 0) return V_ERROR;
    V kwargs = nargs > 2 ? args[2] : V_NULL;
    if (!obj_is_callable(args[0])) return err_set(t, &exc_TypeError, "first arg must be callable");
    if (!v_is_tuple(args[1])) return err_set(t, &exc_TypeError, "2nd arg must be a tuple");
    if (kwargs != V_NULL && !v_is_dict(kwargs))
        return err_set(t, &exc_TypeError, "optional 3rd arg must be a dictionary");

    V event = tuple_pack(t, 3, args[0], args[1], kwargs == V_NULL ? V_NONE : kwargs);
    if (v_is_error(event)) return V_ERROR;
    int audited = sys_audit(t, "_thread.start_new_thread", event);
    v_drop(t, event);
    if (audited < 0) return V_ERROR;

    V sentinel = thread_lock_new(t);
    if (v_is_error(sentinel)) return V_ERROR;
    Boot *boot = malloc(sizeof *boot);
    Thread *fresh = boot ? thread_new(t) : NULL;
    if (!fresh) {
        free(boot);
        v_drop(t, sentinel);
        return err_no_memory(t);
    }
    threading_sharing_begins(t);
    *boot = (Boot){fresh, v_own(v_dup(args[0])), v_own(v_dup(args[1])), v_own(v_dup(kwargs)), v_own(sentinel)};
    if (threading_is_sharing()) {
        share_value(t, boot->sentinel);
        share_value(t, boot->function);
        share_value(t, boot->args);
        share_value(t, boot->kwargs);
    }
    Boot copy = *boot;
    at_fetch_add_relaxed(&running, 1);
    uint64_t ident;
    if (spawn(thread_main, boot, &ident) == 0) return int_from_u64(t, ident);
    at_fetch_sub_relaxed(&running, 1);
    thread_discard(fresh);
    free(boot);
    v_drop(t, copy.function);
    v_drop(t, copy.args);
    v_drop(t, copy.kwargs);
    v_drop(t, copy.sentinel);
    return err_set(t, &exc_RuntimeError, "can't start new thread");
}

// ---- small things -------------------------------------------------------------------------------------------------------------
static NATIVE(thread_get_ident) {
    UNUSED_NATIVE();
    return int_from_u64(t, t->ident);
}

static NATIVE(thread_get_native_id) {
    UNUSED_NATIVE();
    return v_from_int(t->native_id);
}

static NATIVE(thread_count) {
    UNUSED_NATIVE();
    return v_from_int(at_load_relaxed(&running));
}

static NATIVE(thread_exit_now) {
    UNUSED_NATIVE();
    return err_set_none(t, &exc_SystemExit);
}

static NATIVE(thread_stack_size) {
    UNUSED_NATIVE();
    ptrdiff_t wanted = 0;
    if (args[0] != V_NULL && num_as_ssize(t, args[0], &exc_OverflowError, &wanted) < 0) return V_ERROR;
    if (wanted < 0) return err_set(t, &exc_ValueError, "size must be 0 or a positive value");
    if (wanted != 0 && wanted < 32768) return err_set(t, &exc_ValueError, "size not valid: %zd bytes", wanted);
    size_t before = at_load_relaxed(&stack_bytes);
    if (args[0] != V_NULL) at_store_relaxed(&stack_bytes, (size_t)wanted);
    return v_from_int((int64_t)before);
}

static NATIVE(thread_interrupt_main) {
    UNUSED_NATIVE();
    int number = SIGINT;
    if (args[0] != V_NULL && num_as_int_old(t, args[0], &number) < 0) return V_ERROR;
    if (number < 1 || number >= NSIG) return err_set(t, &exc_ValueError, "signal number out of range");
    signal_simulate(number);
    return V_NONE;
}

// The lock that is released when the calling thread ends: how threading joins.
static NATIVE(thread_set_sentinel) {
    UNUSED_NATIVE();
    V lock = fresh_sentinel;
    fresh_sentinel = V_NULL;
    if (lock == V_NULL) lock = thread_lock_new(t);
    if (v_is_error(lock)) return V_ERROR;
    V old = t->sentinel;
    t->sentinel = v_own(v_dup(lock));
    v_drop(t, old);
    return lock;
}

// ---- uncaught exceptions --------------------------------------------------------------------------------------------------------
static const StructSeqField hook_args_fields[] = {
    {"exc_type", "Exception type"},
    {"exc_value", "Exception value"},
    {"exc_traceback", "Exception traceback"},
    {"thread", "Thread"},
    {NULL, NULL},
};

// sys.stderr, or what the thread object kept of it; V_NULL when there is none.
static V error_stream(Thread *t, V thread) {
    V file = sys_get(t, "stderr");
    if (file != V_NULL && file != V_NONE) return file;
    v_drop(t, file);
    if (thread == V_NONE) return V_NULL;
    file = obj_getattr(t, thread, NAME(_stderr));
    return file == V_NONE ? V_NULL : file;
}

static int write_heading(Thread *t, V file, V thread) {
    V name = thread == V_NONE ? V_NULL : obj_lookup_attr(t, thread, NAME(name));
    if (v_is_error(name)) {
        err_clear(t);
        name = V_NULL;
    }
    V text = name != V_NULL ? str_from_format(t, "Exception in thread %V:\n", name)
                            : str_from_format(t, "Exception in thread %lu:\n", t->ident);
    v_drop(t, name);
    if (v_is_error(text)) return -1;
    V result = obj_call_method1(t, file, NAME(write), text);
    v_drop(t, text);
    if (v_is_error(result)) return -1;
    v_drop(t, result);
    return 0;
}

static NATIVE(thread_excepthook) {
    UNUSED_NATIVE();
    V what = args[0];
    if (!v_is_object(what) || v_obj(what)->type != hook_args_type)
        return err_set(t, &exc_TypeError, "_thread.excepthook argument type must be ExceptHookArgs");
    V type = tuple_borrow(what, 0), value = tuple_borrow(what, 1), traceback = tuple_borrow(what, 2), thread = tuple_borrow(what, 3);
    if (type == v_from_type(&exc_SystemExit)) return V_NONE;
    V file = error_stream(t, thread);
    if (v_is_error(file)) return V_ERROR;
    if (file == V_NULL) return V_NONE;
    V made = value == V_NONE ? obj_call0(t, type) : v_dup(value);
    int status = v_is_error(made) ? -1 : write_heading(t, file, thread);
    if (status == 0) {
        if (traceback != V_NONE && slot_peek(&((Exc *)v_obj(made))->traceback) == V_NULL)
            slot_set(t, v_obj(made), &((Exc *)v_obj(made))->traceback, traceback);
        status = traceback_print(t, made, file);
    }
    if (!v_is_error(made)) v_drop(t, made);
    if (status == 0) {
        V flushed = obj_call_method0(t, file, NAME(flush));
        if (v_is_error(flushed)) err_clear(t);
        else v_drop(t, flushed);
    }
    v_drop(t, file);
    return status < 0 ? V_ERROR : V_NONE;
}

// ---- the module -------------------------------------------------------------------------------------------------------------------
#define START_DOC                                                                                                      \
    "start_new_thread(function, args[, kwargs])\n\nCalls function(*args, **kwargs) in a new thread and returns the "  \
    "thread's identifier.\nThe thread ends when the function returns; an exception is reported, but SystemExit is not."
static const Method methods[] = {
    {"start_new_thread", thread_start_new, NULL, 0, M_RAW | M_TUPLE, START_DOC},
    {"start_new", thread_start_new, NULL, 0, M_RAW | M_TUPLE, START_DOC},
    {"allocate_lock", thread_allocate_lock, "", 0, 0, "A new, free lock."},
    {"allocate", thread_allocate_lock, "", 0, 0, "A new, free lock."},
    {"exit", thread_exit_now, "", 0, 0, "Raises SystemExit, which ends the thread."},
    {"exit_thread", thread_exit_now, "", 0, 0, "Raises SystemExit, which ends the thread."},
    {"get_ident", thread_get_ident, "", 0, 0,
     "A number that no other thread has while this one lives; a later thread may get it again."},
    {"get_native_id", thread_get_native_id, "", 0, 0, "The thread's number in the operating system."},
    {"_count", thread_count, "", 0, 0, "How many threads started here have not ended yet."},
    {"stack_size", thread_stack_size, "size=0, /", 0, M_OLD_ARITY | M_TUPLE,
     "The stack size of new threads in bytes, 0 for the system's; sets another one when it is given."},
    {"interrupt_main", thread_interrupt_main, "signum=signal.SIGINT, /", 0, M_OLD_ARITY | M_TUPLE,
     "Has the main thread handle a signal as if it had arrived."},
    {"_set_sentinel", thread_set_sentinel, "", 0, 0, "A lock that is released when this thread ends."},
    {"_excepthook", thread_excepthook, "args, /", 0, 0, "Shows an exception that a thread did not catch."},
    METHOD_END,
};

static int thread_exec(Thread *t, V module) {
    Type *const types[] = {&thread_lock_type, &thread_rlock_type, &thread_local_type};
    for (size_t i = 0; i < countof(types); i++)
        if (type_ready(t, types[i]) < 0) return -1;
    if (module_add(t, module, "LockType", v_from_type(&thread_lock_type)) < 0) return -1;
    if (module_add(t, module, "RLock", v_from_type(&thread_rlock_type)) < 0) return -1;
    if (module_add(t, module, "_local", v_from_type(&thread_local_type)) < 0) return -1;
    if (module_add(t, module, "error", v_from_type(&exc_RuntimeError)) < 0) return -1;
    V max;
    v_float_try(THREAD_TIMEOUT_MAX, &max);
    if (module_add(t, module, "TIMEOUT_MAX", max) < 0) return -1;
    hook_args_type = structseq_new_type(t, "_thread._ExceptHookArgs",
                                        "What threading.excepthook is told.", hook_args_fields, 4);
    if (!hook_args_type) return -1;
    return module_add(t, module, "_ExceptHookArgs", v_from_type(hook_args_type));
}

const ModuleDef mod__thread = {
    .name = "_thread",
    .doc = "Threads and locks, as the threading module needs them.",
    .methods = methods,
    .exec = thread_exec,
};
