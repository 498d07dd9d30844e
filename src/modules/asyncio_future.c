// SPDX-License-Identifier: MIT
// Module _asyncio: Future, and the iterator that `await future` drives.
#include "asyncio_private.h"
#include "object/plain.h"

static const char *const state_names[] = {"PENDING", "CANCELLED", "FINISHED"};

static FutureState state_of(const Future *f) { return at_load_acquire(&f->state); }
static bool is_alive(const Future *f) { return slot_peek(&f->loop) != V_NULL; }
static int not_alive(Thread *t, V self) {
    if (is_alive(future_of(self))) return 0;
    err_set(t, &exc_RuntimeError, "Future object is not initialized.");
    return -1;
}
// A plain `slot_get`, with None for nothing.
static V get_or_none(const Future *f, const Slot *slot) {
    V v = slot_get(&f->head, slot);
    return v == V_NULL ? V_NONE : v;
}

// Objects of our exact types need their finalizer only while they have something to complain about.
static void may_be_lost(V self, bool quietly) {
    if (!is_exact_future(self)) return;
    if (quietly) obj_set_flag(v_obj(self), OBJ_FINALIZED);
    else obj_clear_flag(v_obj(self), OBJ_FINALIZED);
}
static void error_was_seen(V self) {
    Future *f = future_of(self);
    if (!at_load_relaxed(&f->log_error)) return;
    at_store_relaxed(&f->log_error, (uint8_t)0);
    if (state_of(f) != FUTURE_PENDING) may_be_lost(self, true);
}

// ---- calling loops -------------------------------------------------------------------------------------------------------------
// loop.call_soon(callback[, arg], context=context)
int future_call_soon(Thread *t, V loop, V callback, V arg, V context) {
    V names = tuple_pack(t, 1, NAME(context)), method, values[4];
    if (v_is_error(names)) return -1;
    int bound = obj_get_method(t, loop, NAME(call_soon), &method);
    V result = V_ERROR;
    if (bound >= 0) {
        size_t n = 0;
        if (bound) values[n++] = loop;
        values[n++] = callback;
        if (arg != V_NULL) values[n++] = arg;
        values[n] = context;
        result = obj_call(t, method, values, n, names);
        v_drop(t, method);
    }
    v_drop(t, names);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

static int call_list(Thread *t, V self, V loop, V list) {
    int r = 0;
    for (size_t i = 0; r == 0; i++) {
        V pair = list_get(t, list, i);
        if (pair == V_NULL) break;
        r = future_call_soon(t, loop, tuple_borrow(pair, 0), self, tuple_borrow(pair, 1));
        v_drop(t, pair);
    }
    return r;
}

// The future is done: its callbacks are taken and given to the loop.
static int schedule_callbacks(Thread *t, V self) {
    Future *f = future_of(self);
    V callback, context, list;
    {
        CRITICAL(t, &f->head);
        callback = slot_take(&f->head, &f->callback);
        context = slot_take(&f->head, &f->context);
        list = slot_take(&f->head, &f->callbacks);
    }
    if (callback == V_NULL && list == V_NULL) return 0;
    V loop = slot_get(&f->head, &f->loop);
    int r = callback == V_NULL ? 0 : future_call_soon(t, loop, callback, self, context);
    if (r == 0 && list != V_NULL) r = call_list(t, self, loop, list);
    v_drop(t, loop);
    v_drop(t, callback);
    v_drop(t, context);
    v_drop(t, list);
    return r;
}

V future_loop_of(Thread *t, V v) {
    if (is_exact_future(v)) return get_or_none(future_of(v), &future_of(v)->loop);
    V get_loop = obj_lookup_attr(t, v, NAME(get_loop));
    if (get_loop == V_NULL) return obj_getattr(t, v, NAME(_loop));
    V loop = v_is_error(get_loop) ? V_ERROR : obj_call0(t, get_loop);
    v_drop(t, get_loop);
    return loop;
}

// ---- becoming done ----------------------------------------------------------------------------------------------------------------
// From PENDING to `state`, with what goes with it, in one step.  false: somebody was faster.
static bool finish(Thread *t, Future *f, FutureState state, Slot *slot, V value) {
    CRITICAL(t, &f->head);
    if (f->state != FUTURE_PENDING) return false;
    if (value != V_NULL) slot_set(t, &f->head, slot, value);
    at_store_release(&f->state, (uint8_t)state);
    return true;
}

int future_set_result(Thread *t, V self, V result) {
    Future *f = future_of(self);
    if (not_alive(t, self) < 0) return -1;
    if (!finish(t, f, FUTURE_FINISHED, &f->result, result)) {
        asyncio_raise(t, LIB_INVALID_STATE, "invalid state");
        return -1;
    }
    may_be_lost(self, true);
    return schedule_callbacks(t, self);
}

// An instance of what set_exception was given; V_ERROR.
static V exception_instance(Thread *t, V given) {
    V exc = v_is_type(given) && type_has(v_as_type(given), TYPE_EXC) ? obj_call0(t, given) : v_dup(given);
    if (v_is_error(exc)) return V_ERROR;
    if (!v_is_exception(exc)) err_set(t, &exc_TypeError, "invalid exception object");
    else if (v_is_exact(exc, &exc_StopIteration))
        err_set(t, &exc_TypeError, "StopIteration interacts badly with generators and cannot be raised into a Future");
    else return exc;
    v_drop(t, exc);
    return V_ERROR;
}

int future_set_exception(Thread *t, V self, V given) {
    Future *f = future_of(self);
    if (not_alive(t, self) < 0) return -1;
    if (state_of(f) != FUTURE_PENDING) {
        asyncio_raise(t, LIB_INVALID_STATE, "invalid state");
        return -1;
    }
    V exc = exception_instance(t, given);
    if (v_is_error(exc)) return -1;
    slot_set_steal(t, &f->head, &f->exception_tb, slot_get(v_obj(exc), &((Exc *)v_obj(exc))->traceback));
    at_store_relaxed(&f->log_error, (uint8_t)1);
    bool done = finish(t, f, FUTURE_FINISHED, &f->exception, exc);
    v_drop(t, exc);
    if (!done) {
        asyncio_raise(t, LIB_INVALID_STATE, "invalid state");
        return -1;
    }
    may_be_lost(self, false);
    return schedule_callbacks(t, self);
}

int future_cancel(Thread *t, V self, V message) {
    Future *f = future_of(self);
    if (not_alive(t, self) < 0) return -1;
    at_store_relaxed(&f->log_error, (uint8_t)0);
    if (!finish(t, f, FUTURE_CANCELLED, &f->cancel_message, message)) return 0;
    may_be_lost(self, true);
    return schedule_callbacks(t, self) < 0 ? -1 : 1;
}

int future_add_callback(Thread *t, V self, V callback, V context) {
    Future *f = future_of(self);
    {
        CRITICAL(t, &f->head);
        if (f->state == FUTURE_PENDING) {
            if (slot_peek(&f->callback) == V_NULL && slot_peek(&f->callbacks) == V_NULL) {
                slot_set(t, &f->head, &f->callback, callback);
                slot_set(t, &f->head, &f->context, context);
                return 0;
            }
            if (slot_peek(&f->callbacks) == V_NULL) {
                V list = list_new(t, 0);
                if (v_is_error(list)) return -1;
                slot_set_steal(t, &f->head, &f->callbacks, list);
            }
            V pair = tuple_pack(t, 2, callback, context);
            return v_is_error(pair) ? -1 : list_append_steal(t, slot_peek(&f->callbacks), pair);
        }
    }
    V loop = slot_get(&f->head, &f->loop);
    int r = future_call_soon(t, loop, callback, self, context);
    v_drop(t, loop);
    return r;
}

// ---- asking ------------------------------------------------------------------------------------------------------------------------
V future_cancelled_error(Thread *t, V self) {
    Future *f = future_of(self);
    V saved = slot_take(&f->head, &f->cancelled_error);
    if (saved != V_NULL) return saved;
    V cls = asyncio_library_borrow(t, LIB_CANCELLED_ERROR);
    if (v_is_error(cls)) return V_ERROR;
    V message = slot_get(&f->head, &f->cancel_message);
    V exc = message == V_NULL || message == V_NONE ? obj_call0(t, cls) : obj_call1(t, cls, message);
    v_drop(t, message);
    return exc;
}

static V raise_cancelled(Thread *t, V self) {
    V exc = future_cancelled_error(t, self);
    if (v_is_error(exc)) return V_ERROR;
    err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

// Raises the exception that was set, with the traceback it had then.
static V raise_set(Thread *t, Future *f, V exc) {
    V tb = slot_take(&f->head, &f->exception_tb);
    slot_set_steal(t, v_obj(exc), &((Exc *)v_obj(exc))->traceback, tb == V_NULL ? V_NULL : tb);
    err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

V future_result(Thread *t, V self) {
    Future *f = future_of(self);
    switch (state_of(f)) {
    case FUTURE_CANCELLED: return raise_cancelled(t, self);
    case FUTURE_PENDING: return asyncio_raise(t, LIB_INVALID_STATE, "Result is not set.");
    default: break;
    }
    error_was_seen(self);
    V exc = slot_get(&f->head, &f->exception);
    return exc != V_NULL ? raise_set(t, f, exc) : get_or_none(f, &f->result);
}

static int check_initialised(Thread *t, V self) {
    if (is_alive(future_of(self))) return 0;
    asyncio_raise(t, LIB_INVALID_STATE, "Future object is not initialized.");
    return -1;
}

static NATIVE(m_result) {
    UNUSED_NATIVE();
    return check_initialised(t, self) < 0 ? V_ERROR : future_result(t, self);
}

static NATIVE(m_exception) {
    UNUSED_NATIVE();
    Future *f = future_of(self);
    if (check_initialised(t, self) < 0) return V_ERROR;
    FutureState state = state_of(f);
    if (state == FUTURE_CANCELLED) return raise_cancelled(t, self);
    if (state == FUTURE_PENDING) return asyncio_raise(t, LIB_INVALID_STATE, "Exception is not set.");
    error_was_seen(self);
    return get_or_none(f, &f->exception);
}

static NATIVE(m_set_result) {
    UNUSED_NATIVE();
    return future_set_result(t, self, args[0]) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(m_set_exception) {
    UNUSED_NATIVE();
    return future_set_exception(t, self, args[0]) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(m_cancel) {
    UNUSED_NATIVE();
    int r = future_cancel(t, self, args[0] == V_NONE ? V_NULL : args[0]);
    return r < 0 ? V_ERROR : v_from_bool(r);
}
static NATIVE(m_cancelled) {
    UNUSED_NATIVE();
    return v_from_bool(is_alive(future_of(self)) && state_of(future_of(self)) == FUTURE_CANCELLED);
}
static NATIVE(m_done) {
    UNUSED_NATIVE();
    return v_from_bool(is_alive(future_of(self)) && state_of(future_of(self)) != FUTURE_PENDING);
}
static NATIVE(m_get_loop) {
    UNUSED_NATIVE();
    return not_alive(t, self) < 0 ? V_ERROR : slot_get(v_obj(self), &future_of(self)->loop);
}
static NATIVE(m_make_cancelled_error) {
    UNUSED_NATIVE();
    return future_cancelled_error(t, self);
}

static NATIVE(m_add_done_callback) {
    UNUSED_NATIVE();
    if (!is_alive(future_of(self))) return err_set(t, &exc_RuntimeError, "uninitialized Future object");
    V context = args[1] == V_NULL || args[1] == V_NONE ? context_copy_current(t) : v_dup(args[1]);
    int r = v_is_error(context) ? -1 : future_add_callback(t, self, args[0], context);
    v_drop(t, context);
    return r < 0 ? V_ERROR : V_NONE;
}

// All callbacks as a new list of pairs; V_NULL when there are none.
static V callbacks_list(Thread *t, Future *f) {
    CRITICAL(t, &f->head);
    V first = slot_peek(&f->callback), rest = slot_peek(&f->callbacks);
    if (first == V_NULL && rest == V_NULL) return V_NULL;
    V list = list_new(t, 0);
    V pair = v_is_error(list) || first == V_NULL ? V_NULL : tuple_pack(t, 2, first, slot_peek(&f->context));
    if (v_is_error(list)) return V_ERROR;
    if (!v_is_error(pair) && (pair == V_NULL || list_append_steal(t, list, pair) == 0) &&
        (rest == V_NULL || list_extend(t, list, rest) == 0))
        return list;
    v_drop(t, list);
    return V_ERROR;
}

// Those that are not equal to fn stay.  Comparing runs Python: the callbacks are taken out meanwhile only in a copy.
static V keep_others(Thread *t, V list, V fn, int64_t *removed) {
    V kept = list_new(t, 0);
    for (size_t i = 0; !v_is_error(kept); i++) {
        V pair = list_get(t, list, i);
        if (pair == V_NULL) break;
        int equal = obj_compare_bool(t, tuple_borrow(pair, 0), fn, CMP_EQ);
        *removed += equal > 0;
        int r = equal < 0 ? -1 : equal ? 0 : list_append(t, kept, pair);
        v_drop(t, pair);
        if (r == 0) continue;
        v_drop(t, kept);
        return V_ERROR;
    }
    return kept;
}

static NATIVE(m_remove_done_callback) {
    UNUSED_NATIVE();
    Future *f = future_of(self);
    int64_t removed = 0;
    if (not_alive(t, self) < 0) return V_ERROR;
    V list = callbacks_list(t, f);
    if (list == V_NULL || v_is_error(list)) return list == V_NULL ? v_from_int(0) : V_ERROR;
    V kept = keep_others(t, list, args[0], &removed);
    v_drop(t, list);
    if (v_is_error(kept)) return V_ERROR;
    if (removed) {
        CRITICAL(t, &f->head);
        slot_clear(t, &f->head, &f->callback);
        slot_clear(t, &f->head, &f->context);
        if (list_len(kept)) slot_set(t, &f->head, &f->callbacks, kept);
        else slot_clear(t, &f->head, &f->callbacks);
    }
    v_drop(t, kept);
    return v_from_int(removed);
}

const Method asyncio_future_methods[] = {
    {"result", m_result, "", LOCK_NONE, 0, "The result; raises the exception that was set, CancelledError or InvalidStateError."},
    {"exception", m_exception, "", LOCK_NONE, 0, "The exception that was set, or None; raises CancelledError or InvalidStateError."},
    {"set_result", m_set_result, "result, /", LOCK_NONE, 0, "Done, with a result; InvalidStateError when it is done already."},
    {"set_exception", m_set_exception, "exception, /", LOCK_NONE, 0, "Done, with an exception; InvalidStateError when it is done already."},
    {"add_done_callback", m_add_done_callback, "fn, /, *, context=<unrepresentable>", LOCK_NONE, 0,
     "The loop calls fn(future) when the future is done, or soon when it is already."},
    {"remove_done_callback", m_remove_done_callback, "fn, /", LOCK_NONE, 0, "Forgets a callback; how often it was there."},
    {"cancel", m_cancel, "msg=None", LOCK_NONE, 0, "Done without a result, callbacks are scheduled; False when it was done already."},
    {"cancelled", m_cancelled, "", LOCK_NONE, 0, "Whether it was cancelled."},
    {"done", m_done, "", LOCK_NONE, 0, "Whether it has a result or an exception or was cancelled."},
    {"get_loop", m_get_loop, "", LOCK_NONE, 0, "The event loop it belongs to."},
    {"_make_cancelled_error", m_make_cancelled_error, "", LOCK_NONE, 0, "The CancelledError to raise."},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "See PEP 585"},
    METHOD_END,
};

// ---- attributes ----------------------------------------------------------------------------------------------------------------------
static V get_slot(Thread *t, V self, void *closure) { // closure: the Slot's offset
    if (not_alive(t, self) < 0) return V_ERROR;
    return get_or_none(future_of(self), (const Slot *)(void *)((char *)v_obj(self) + (size_t)(uintptr_t)closure));
}
static V get_loop(Thread *t, V self, void *closure) {
    (void)closure, (void)t;
    return get_or_none(future_of(self), &future_of(self)->loop);
}
static V get_state(Thread *t, V self, void *closure) {
    (void)closure;
    return not_alive(t, self) < 0 ? V_ERROR : str_static(state_names[state_of(future_of(self))]);
}
static V get_callbacks(Thread *t, V self, void *closure) {
    (void)closure;
    if (not_alive(t, self) < 0) return V_ERROR;
    V list = callbacks_list(t, future_of(self));
    return list == V_NULL ? V_NONE : list;
}
static V get_blocking(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(is_alive(future_of(self)) && at_load_relaxed(&future_of(self)->blocking));
}
static int cannot_delete(Thread *t, V value) {
    if (value != V_NULL) return 0;
    err_set(t, &exc_AttributeError, "cannot delete attribute");
    return -1;
}
static int set_blocking(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (not_alive(t, self) < 0 || cannot_delete(t, value) < 0) return -1;
    int yes = obj_is_true(t, value);
    if (yes >= 0) at_store_relaxed(&future_of(self)->blocking, (uint8_t)yes);
    return yes < 0 ? -1 : 0;
}
static V get_log(Thread *t, V self, void *closure) {
    (void)closure;
    return not_alive(t, self) < 0 ? V_ERROR : v_from_bool(at_load_relaxed(&future_of(self)->log_error));
}
static int set_log(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (cannot_delete(t, value) < 0) return -1;
    int yes = obj_is_true(t, value);
    if (yes < 0) return -1;
    if (yes) {
        err_set(t, &exc_ValueError, "_log_traceback can only be set to False");
        return -1;
    }
    error_was_seen(self);
    return 0;
}
static int set_message(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (cannot_delete(t, value) < 0) return -1;
    slot_set(t, v_obj(self), &future_of(self)->cancel_message, value);
    return 0;
}
#define AT(field) ((void *)(uintptr_t)offsetof(Future, field))
const GetSet asyncio_future_getsets[] = {
    {"_state", get_state, NULL, NULL, NULL},
    {"_asyncio_future_blocking", get_blocking, set_blocking, NULL, NULL},
    {"_loop", get_loop, NULL, NULL, NULL},
    {"_callbacks", get_callbacks, NULL, NULL, NULL},
    {"_result", get_slot, NULL, NULL, AT(result)},
    {"_exception", get_slot, NULL, NULL, AT(exception)},
    {"_log_traceback", get_log, set_log, NULL, NULL},
    {"_source_traceback", get_slot, NULL, NULL, AT(source_traceback)},
    {"_cancel_message", get_slot, set_message, NULL, AT(cancel_message)},
    {0},
};

// ---- making and losing -----------------------------------------------------------------------------------------------------------------
static int note_source(Thread *t, V self, V loop) {
    V debug = obj_call_method0(t, loop, NAME(get_debug));
    int on = v_is_error(debug) ? -1 : obj_is_true(t, debug);
    v_drop(t, debug);
    if (on <= 0 || at_load_relaxed(&runtime_finishing)) return on < 0 ? -1 : 0;
    V extract = asyncio_library_borrow(t, LIB_EXTRACT_STACK);
    V stack = v_is_error(extract) ? V_ERROR : obj_call0(t, extract);
    if (v_is_error(stack)) return -1;
    slot_set_steal(t, v_obj(self), &future_of(self)->source_traceback, stack);
    return 0;
}

int future_init(Thread *t, V self, V given) {
    Future *f = future_of(self);
    Slot *const old[] = {&f->callback, &f->context, &f->callbacks, &f->result, &f->exception, &f->exception_tb, &f->source_traceback,
                         &f->cancel_message, &f->cancelled_error};
    for (size_t i = 0; i < sizeof old / sizeof *old; i++) slot_clear(t, &f->head, old[i]);
    at_store_relaxed(&f->state, (uint8_t)FUTURE_PENDING);
    at_store_relaxed(&f->log_error, (uint8_t)0);
    at_store_relaxed(&f->blocking, (uint8_t)0);
    V loop = given == V_NULL || given == V_NONE ? asyncio_event_loop(t) : v_dup(given);
    if (v_is_error(loop)) return -1;
    int r = 0;
    slot_set(t, &f->head, &f->loop, loop);
    if (note_source(t, self, loop) < 0) {
        slot_clear(t, &f->head, &f->loop);
        r = -1;
    }
    v_drop(t, loop);
    if (v_is_exact(self, &asyncio_future_type)) may_be_lost(self, true);
    return r;
}

static int type_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V loop;
    if (args_bind(t, "Future", "*, loop=None", args, nargs, kwnames, &loop) < 0) return -1;
    return future_init(t, self, loop);
}

// {"message": …, "exception" or "task": …}, to the loop's exception handler.
static int complain(Thread *t, V self, V message, V what, const char *what_name, const char *self_name) {
    Future *f = future_of(self);
    V dict = dict_new(t), source = slot_get(&f->head, &f->source_traceback), loop = slot_get(&f->head, &f->loop);
    int r = v_is_error(dict) || dict_set_c(t, dict, "message", message) < 0 ? -1 : 0;
    if (r == 0 && what != V_NULL) r = dict_set_c(t, dict, what_name, what);
    if (r == 0) r = dict_set_c(t, dict, self_name, self);
    if (r == 0 && source != V_NULL) r = dict_set_c(t, dict, "source_traceback", source);
    if (r == 0) {
        V done = obj_call_method1(t, loop, NAME(call_exception_handler), dict);
        if (v_is_error(done)) r = -1;
        v_drop(t, done);
    }
    v_drop(t, dict);
    v_drop(t, source);
    v_drop(t, loop);
    return r;
}

static int future_report(Thread *t, V self) {
    Future *f = future_of(self);
    if (!at_load_relaxed(&f->log_error) || !is_alive(f)) return 0;
    at_store_relaxed(&f->log_error, (uint8_t)0);
    V message = str_from_format(t, "%s exception was never retrieved", type_short_name(v_type(self)));
    V exc = get_or_none(f, &f->exception);
    int r = v_is_error(message) ? -1 : complain(t, self, message, exc, "exception", "future");
    v_drop(t, message);
    v_drop(t, exc);
    return r;
}

static V future_finalize(Thread *t, V self) {
    if (future_report(t, self) < 0) err_unraisable(t, self, NULL);
    return V_NONE;
}

V task_finalize(Thread *t, V self) {
    Future *f = future_of(self);
    if (is_alive(f) && state_of(f) == FUTURE_PENDING && at_load_relaxed(&f->log_pending)) {
        V message = str_from_cstr(t, "Task was destroyed but it is pending!");
        if (v_is_error(message) || complain(t, self, message, V_NULL, NULL, "task") < 0) err_unraisable(t, self, NULL);
        v_drop(t, message);
    }
    return future_finalize(t, self);
}

static V future_repr(Thread *t, V self) {
    return not_alive(t, self) < 0 ? V_ERROR : asyncio_repr(t, self, LIB_FUTURE_REPR);
}

void future_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Future *f = (Future *)o;
    VISIT(f->loop);
    VISIT(f->callback);
    VISIT(f->context);
    VISIT(f->callbacks);
    VISIT(f->result);
    VISIT(f->exception);
    VISIT(f->exception_tb);
    VISIT(f->source_traceback);
    VISIT(f->cancel_message);
    VISIT(f->cancelled_error);
}

// ---- await ------------------------------------------------------------------------------------------------------------------------------
typedef struct FutureIter { Obj head; Slot future; } FutureIter; // future V_NULL: exhausted

static V future_iter(Thread *t, V self) {
    if (not_alive(t, self) < 0) return V_ERROR;
    V it = type_alloc(t, &asyncio_future_iter_type, 0);
    if (!v_is_error(it)) slot_init(t, v_obj(it), &((FutureIter *)v_obj(it))->future, self);
    return it;
}

// Yields the future once; when it is done, returns its result.
static int iter_send(Thread *t, V self, V arg, V *result) {
    (void)arg;
    FutureIter *it = (FutureIter *)v_obj(self);
    V future = slot_get(&it->head, &it->future);
    *result = V_NONE;
    if (future == V_NULL) return SEND_RETURN;
    Future *f = future_of(future);
    if (state_of(f) == FUTURE_PENDING) {
        if (!at_load_relaxed(&f->blocking)) {
            at_store_relaxed(&f->blocking, (uint8_t)1);
            *result = future;
            return SEND_NEXT;
        }
        v_drop(t, future);
        err_set(t, &exc_RuntimeError, "await wasn't used with future");
        return SEND_ERROR;
    }
    slot_clear(t, &it->head, &it->future);
    *result = future_result(t, future);
    v_drop(t, future);
    return v_is_error(*result) ? SEND_ERROR : SEND_RETURN;
}

static V iter_next(Thread *t, V self) {
    V result;
    int r = iter_send(t, self, V_NONE, &result);
    if (r != SEND_RETURN) return r == SEND_ERROR ? V_ERROR : result;
    if (result == V_NONE) return V_END;
    err_stop_iteration(t, result);
    v_drop(t, result);
    return V_ERROR;
}
static NATIVE(m_send) {
    UNUSED_NATIVE();
    V result;
    int r = iter_send(t, self, args[0], &result);
    if (r != SEND_RETURN) return r == SEND_ERROR ? V_ERROR : result;
    err_stop_iteration(t, result);
    v_drop(t, result);
    return V_ERROR;
}
static NATIVE(m_close) {
    UNUSED_NATIVE();
    slot_clear(t, v_obj(self), &((FutureIter *)v_obj(self))->future);
    return V_NONE;
}

static NATIVE(m_throw) {
    (void)kwnames;
    if (args_check_count(t, "throw", nargs, 1, 3) < 0) return V_ERROR;
    V value = nargs > 1 && args[1] != V_NONE ? args[1] : V_NULL, tb = nargs > 2 && args[2] != V_NONE ? args[2] : V_NULL;
    if (tb != V_NULL && !v_is_exact(tb, &traceback_type)) return err_set(t, &exc_TypeError, "throw() third argument must be a traceback");
    V exc;
    if (v_is_type(args[0]) && type_has(v_as_type(args[0]), TYPE_EXC)) {
        if (value != V_NULL && v_is_exception(value) && type_check(t, value, v_as_type(args[0]))) exc = v_dup(value);
        else if (value != V_NULL && v_is_tuple(value)) exc = obj_call_tuple(t, args[0], value, V_NULL);
        else exc = value == V_NULL ? obj_call0(t, args[0]) : obj_call1(t, args[0], value);
    } else if (v_is_exception(args[0])) {
        if (value != V_NULL) return err_set(t, &exc_TypeError, "instance exception may not have a separate value");
        exc = v_dup(args[0]);
    } else {
        return err_set(t, &exc_TypeError, "exceptions must be classes deriving BaseException or instances of such a class");
    }
    if (v_is_error(exc)) return V_ERROR;
    slot_clear(t, v_obj(self), &((FutureIter *)v_obj(self))->future);
    exc_settle_traceback(t, exc);
    if (tb != V_NULL) exc_replace_traceback(t, exc, tb);
    err_restore_steal(t, exc);
    return V_ERROR;
}

static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((FutureIter *)o)->future); }
static const Method iter_methods[] = {
    {"send", m_send, "value, /", LOCK_NONE, 0, "The future, the first time; then StopIteration with its result."},
    {"throw", m_throw, NULL, LOCK_NONE, M_RAW, "Raises an exception where the future is awaited."},
    {"close", m_close, "", LOCK_NONE, 0, "Lets the future go."},
    METHOD_END,
};
Type asyncio_future_iter_type = {
    TYPE_HEAD("_asyncio.FutureIter"), .size = sizeof(FutureIter), .flags = TYPE_GC | TYPE_NO_NEW, .traverse = iter_traverse,
    .iter = iter_self, .next = iter_next, .send = iter_send, .methods = iter_methods,
};

Type asyncio_future_type = {
    TYPE_HEAD("_asyncio.Future"), .size = sizeof(Future), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS, .attrs_offset = 1,
    .new_ = type_new_bare, .init = type_init, .traverse = future_traverse, .repr = future_repr, .iter = future_iter,
    .await = future_iter, .finalize = future_finalize, .methods = asyncio_future_methods, .getsets = asyncio_future_getsets,
    .text_signature = "(*, loop=None)",
    .doc = "What will be known later: a result that callbacks wait for.  For one event loop, whose thread alone may use it.",
};
