// SPDX-License-Identifier: MIT
// Settings of the interpreter and of the calling thread that sys reads and writes, and the frames of threads.
#include "sys_parts.h"
#include "threading/ask.h"
#include "vm/vm.h"
#include <dlfcn.h>

static int dlopen_flags = RTLD_NOW;
static Type *asyncgen_hooks_type;

// ---- recursion ---------------------------------------------------------------------------------------------------------
static void set_limit(Thread *other, void *limit) { at_store_relaxed(&other->recursion_limit, *(int *)limit); }

NATIVE(sys_getrecursionlimit) {
    UNUSED_NATIVE();
    return v_from_int(thread_recursion_limit(t));
}

NATIVE(sys_setrecursionlimit) {
    UNUSED_NATIVE();
    int limit;
    if (num_as_int(t, args[0], &limit) < 0) return V_ERROR;
    if (limit < 1) return err_set(t, &exc_ValueError, "recursion limit must be greater or equal than 1");
    if (t->recursion >= limit)
        return err_set(t, &exc_RecursionError,
                       "cannot set the recursion limit to %i at the recursion depth %i: the limit is too low", limit,
                       t->recursion);
    threads_each(set_limit, &limit);
    return V_NONE;
}

// ---- threads -----------------------------------------------------------------------------------------------------------
NATIVE(sys_getswitchinterval) {
    UNUSED_NATIVE();
    return float_from_double(t, threading_switch_interval());
}

NATIVE(sys_setswitchinterval) {
    UNUSED_NATIVE();
    double seconds;
    if (num_as_double(t, args[0], &seconds) < 0) return V_ERROR;
    if (!(seconds > 0)) return err_set(t, &exc_ValueError, "switch interval must be strictly positive");
    threading_set_switch_interval(seconds);
    return V_NONE;
}

// ---- tracing ------------------------------------------------------------------------------------------------------------
static V set_hook(Thread *t, const char *name, const V *args, size_t nargs, V kwnames, int (*set)(Thread *, V)) {
    if (args_no_keywords(t, name, kwnames) < 0) return V_ERROR;
    if (nargs != 1) return err_set(t, &exc_TypeError, "sys.%s() takes exactly one argument (%zu given)", name, nargs);
    return set(t, args[0]) < 0 ? V_ERROR : V_NONE;
}

NATIVE(sys_settrace) {
    (void)self;
    return set_hook(t, "settrace", args, nargs, kwnames, vm_set_trace);
}

NATIVE(sys_setprofile) {
    (void)self;
    return set_hook(t, "setprofile", args, nargs, kwnames, vm_set_profile);
}

NATIVE(sys_gettrace) {
    UNUSED_NATIVE();
    return t->trace_func == V_NULL ? V_NONE : v_dup(t->trace_func);
}

NATIVE(sys_getprofile) {
    UNUSED_NATIVE();
    return t->profile_func == V_NULL ? V_NONE : v_dup(t->profile_func);
}

NATIVE(sys_call_tracing) {
    UNUSED_NATIVE();
    if (!v_is_tuple(args[1])) return err_bad_argument(t, "call_tracing", "argument 2", "tuple", args[1]);
    int before = t->tracing;
    t->tracing = 0;
    V result = obj_call_tuple(t, args[0], args[1], V_NULL);
    t->tracing = before;
    return result;
}

// ---- asynchronous generators, coroutines ----------------------------------------------------------------------------------
static int check_hook(Thread *t, const char *name, V hook) {
    if (hook == V_NULL || hook == V_NONE || obj_is_callable(hook)) return 0;
    err_set(t, &exc_TypeError, "callable %s expected, got %.50T", name, hook);
    return -1;
}

static void thread_value_set(Thread *t, V *where, V v) { // None and V_NULL both mean: none
    V old = *where;
    *where = v == V_NONE ? V_NULL : v_own(v_dup(v));
    v_drop(t, old);
}

NATIVE(sys_set_asyncgen_hooks) {
    (void)self;
    V hooks[2];
    if (args_bind(t, "set_asyncgen_hooks", "firstiter=None, finalizer=None", args, nargs, kwnames, hooks) < 0) return V_ERROR;
    if (check_hook(t, "finalizer", hooks[1]) < 0 || check_hook(t, "firstiter", hooks[0]) < 0) return V_ERROR;
    if (hooks[1] != V_NULL) thread_value_set(t, &t->async_gen_finalizer, hooks[1]);
    if (hooks[0] != V_NULL) thread_value_set(t, &t->async_gen_firstiter, hooks[0]);
    return V_NONE;
}

NATIVE(sys_get_asyncgen_hooks) {
    UNUSED_NATIVE();
    V values[2] = {t->async_gen_firstiter == V_NULL ? V_NONE : v_dup(t->async_gen_firstiter),
                   t->async_gen_finalizer == V_NULL ? V_NONE : v_dup(t->async_gen_finalizer)};
    return structseq_new_steal(t, asyncgen_hooks_type, values);
}

NATIVE(sys_set_coroutine_origin_tracking_depth) {
    UNUSED_NATIVE();
    int depth;
    if (num_as_int(t, args[0], &depth) < 0) return V_ERROR;
    if (depth < 0) return err_set(t, &exc_ValueError, "depth must be >= 0");
    t->coroutine_origin_depth = depth;
    return V_NONE;
}

NATIVE(sys_get_coroutine_origin_tracking_depth) {
    UNUSED_NATIVE();
    return v_from_int(t->coroutine_origin_depth);
}

// ---- other settings -----------------------------------------------------------------------------------------------------
NATIVE(sys_get_int_max_str_digits) {
    UNUSED_NATIVE();
    return v_from_int(at_load_relaxed(&int_max_str_digits));
}

NATIVE(sys_set_int_max_str_digits) {
    UNUSED_NATIVE();
    int limit;
    if (num_as_int(t, args[0], &limit) < 0) return V_ERROR;
    if (limit != 0 && limit < 640) return err_set(t, &exc_ValueError, "maxdigits must be 0 or larger than 640");
    at_store_relaxed(&int_max_str_digits, limit);
    return V_NONE;
}

NATIVE(sys_getdlopenflags) {
    UNUSED_NATIVE();
    return v_from_int(at_load_relaxed(&dlopen_flags));
}

NATIVE(sys_setdlopenflags) {
    UNUSED_NATIVE();
    int flags;
    if (num_as_int(t, args[0], &flags) < 0) return V_ERROR;
    at_store_relaxed(&dlopen_flags, flags);
    return V_NONE;
}

// ---- frames ------------------------------------------------------------------------------------------------------------
NATIVE(sys_getframe) {
    UNUSED_NATIVE();
    int depth = 0;
    if (args[0] != V_NULL && num_as_int(t, args[0], &depth) < 0) return V_ERROR;
    V none[1] = {V_NULL}, event = tuple_from(t, none, 0);
    if (v_is_error(event)) return V_ERROR;
    int r = sys_audit(t, "sys._getframe", event);
    v_drop(t, event);
    return r < 0 ? V_ERROR : vm_current_frame_object(t, depth < 0 ? 0 : depth);
}

// What each thread is doing: every thread answers for itself (threads_ask), sharing what it hands out.
typedef struct ThreadRow {
    unsigned long ident;
    bool exceptions; // what is asked for: the handled exception, or the innermost frame
    V value;         // counted; V_NULL: nothing to tell
} ThreadRow;
typedef struct ThreadRows { // rows of the caller and of others; what the others are asked
    size_t n, nasks, cap;
    ThreadRow *rows;
    ThreadAsk *asks;
} ThreadRows;

static void count_thread(Thread *other, void *arg) {
    (void)other;
    ((ThreadRows *)arg)->cap++;
}

static V handled_by(const Thread *other) {
    for (ExcItem *item = other->exc_info; item; item = item->prev) {
        if (item->exc != V_NULL && item->exc != V_NONE) return v_dup(item->exc);
    }
    return V_NONE;
}

static V tell_of(Thread *owner, const ThreadRow *row) {
    if (row->exceptions) return handled_by(owner);
    return owner->frame ? frame_object_of(owner, owner->frame) : V_NULL;
}

static void answer_for(Thread *by, Thread *owner, void *arg) {
    ThreadRow *row = arg;
    V v = tell_of(owner, row);
    if (v_is_error(v)) err_clear(owner);
    if (v == V_NULL || v_is_error(v)) return;
    v = v_own(v);
    share_value(by, v);
    row->value = v;
}

static void note_thread(Thread *other, void *arg) {
    ThreadRows *rows = arg;
    unsigned long ident = at_load_relaxed(&other->ident);
    if (rows->n == rows->cap || !ident) return;
    ThreadRow *row = &rows->rows[rows->n++];
    row->ident = ident;
    if (other != thread_current()) rows->asks[rows->nasks++] = (ThreadAsk){other, answer_for, row, 0};
}

static void note_own(Thread *t, ThreadRows *rows) {
    for (size_t i = 0; i < rows->n; i++) {
        ThreadRow *row = &rows->rows[i];
        if (row->ident != t->ident) continue;
        V v = tell_of(t, row);
        if (v_is_error(v)) err_clear(t);
        else if (v != V_NULL) row->value = v_own(v);
    }
}

static V rows_to_dict(Thread *t, const ThreadRows *rows) {
    V dict = dict_new(t);
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->rows[i].value == V_NULL || v_is_error(dict)) continue;
        V key = v_is_error(dict) ? V_ERROR : int_from_u64(t, rows->rows[i].ident);
        V value = v_is_error(key) ? V_ERROR : rows->rows[i].exceptions ? sys_exc_triple(t, rows->rows[i].value) : v_dup(rows->rows[i].value);
        if (v_is_error(value) || dict_set(t, dict, key, value) < 0) {
            v_drop(t, dict);
            dict = V_ERROR;
        }
        v_drop(t, key);
        v_drop(t, value);
        v_drop(t, rows->rows[i].value);
    }
    return dict;
}

static V thread_table(Thread *t, bool exceptions) {
    ThreadRows rows = {0};
    threads_each(count_thread, &rows);
    rows.cap += 8; // threads that start meanwhile
    rows.rows = mem_calloc(t, rows.cap, sizeof *rows.rows);
    rows.asks = mem_calloc(t, rows.cap, sizeof *rows.asks);
    V dict = V_ERROR;
    if (rows.rows && rows.asks) {
        for (size_t i = 0; i < rows.cap; i++) rows.rows[i].exceptions = exceptions;
        threads_each(note_thread, &rows);
        note_own(t, &rows);
        threads_ask(t, rows.asks, rows.nasks);
        dict = rows_to_dict(t, &rows);
    } else {
        err_no_memory(t);
    }
    mem_free(rows.rows);
    mem_free(rows.asks);
    return dict;
}

NATIVE(sys_current_frames) {
    UNUSED_NATIVE();
    return thread_table(t, false);
}

NATIVE(sys_current_exceptions) {
    UNUSED_NATIVE();
    return thread_table(t, true);
}

int sys_state_add(Thread *t, V module) {
    (void)module;
    static const StructSeqField fields[] = {{"firstiter", "called when one starts"}, {"finalizer", "called when one dies"}, {0}};
    asyncgen_hooks_type = structseq_new_type(t, "asyncgen_hooks", "The hooks of asynchronous generators.", fields, 2);
    return asyncgen_hooks_type ? 0 : -1;
}
