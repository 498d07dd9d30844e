// SPDX-License-Identifier: MIT
// Module _asyncio: what a loop calls for a task: steps, and wake-ups when a future is done.
#include "asyncio_private.h"
#include "vm/gen.h"

// ---- the step as a callable --------------------------------------------------------------------------------------------------------
typedef struct Step { Obj head; Slot task, exc; } Step; // exc V_NULL: goes on, otherwise it is thrown

static V step_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    (void)args;
    if (kwnames != V_NULL && tuple_len(kwnames)) return err_set(t, &exc_TypeError, "function takes no keyword arguments");
    if (nargs) return err_set(t, &exc_TypeError, "function takes no positional arguments");
    Step *step = (Step *)v_obj(self);
    V task = slot_get(&step->head, &step->task), exc = slot_get(&step->head, &step->exc);
    V result = task_step(t, task, exc);
    v_drop(t, task);
    v_drop(t, exc);
    return result;
}
static V step_self(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return slot_get(v_obj(self), &((Step *)v_obj(self))->task);
}
static void step_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Step *)o)->task);
    VISIT(((Step *)o)->exc);
}
static const GetSet step_getsets[] = {{"__self__", step_self, NULL, NULL, NULL}, {0}};
Type asyncio_step_type = {
    TYPE_HEAD("TaskStepMethWrapper"), .size = sizeof(Step), .flags = TYPE_GC | TYPE_NO_NEW, .call = step_call,
    .traverse = step_traverse, .getsets = step_getsets,
};

int task_schedule_step(Thread *t, V self, V exc) {
    V step = type_alloc(t, &asyncio_step_type, 0);
    if (v_is_error(step)) return -1;
    Step *s = (Step *)v_obj(step);
    slot_init(t, &s->head, &s->task, self);
    if (exc != V_NULL) slot_init(t, &s->head, &s->exc, exc);
    V loop = slot_get(v_obj(self), &future_of(self)->loop), context = slot_get(v_obj(self), &task_of(self)->run_context);
    int r = future_call_soon(t, loop, step, V_NULL, context);
    v_drop(t, loop);
    v_drop(t, context);
    v_drop(t, step);
    return r;
}

// A step that raises RuntimeError in the coroutine; the message by err_set's format with two values.
static V schedule_error(Thread *t, V self, const char *format, V a, V b) {
    V message = err_format_message(t, format, a, b);
    V exc = v_is_error(message) ? V_ERROR : exc_new(t, &exc_RuntimeError, &message, 1);
    int r = v_is_error(exc) ? -1 : task_schedule_step(t, self, exc);
    v_drop(t, message);
    v_drop(t, exc);
    return r < 0 ? V_ERROR : V_NONE;
}

// ---- waiting for what the coroutine yielded --------------------------------------------------------------------------------------
// future.add_done_callback(wakeup, context=context)
static int add_callback(Thread *t, V self, V future, V wakeup) {
    V context = slot_get(v_obj(self), &task_of(self)->run_context);
    int r = -1;
    if (is_exact_future(future)) {
        r = future_add_callback(t, future, wakeup, context);
    } else {
        V names = tuple_pack(t, 1, NAME(context)), add = obj_getattr(t, future, NAME(add_done_callback));
        V values[] = {wakeup, context};
        V done = v_is_error(names) || v_is_error(add) ? V_ERROR : obj_call(t, add, values, 1, names);
        r = v_is_error(done) ? -1 : 0;
        v_drop(t, names);
        v_drop(t, add);
        v_drop(t, done);
    }
    v_drop(t, context);
    return r;
}

static int set_blocking_off(Thread *t, V future) {
    if (!is_exact_future(future)) return obj_setattr(t, future, NAME(_asyncio_future_blocking), V_FALSE);
    at_store_relaxed(&future_of(future)->blocking, (uint8_t)0);
    return 0;
}

static V wait_for(Thread *t, V self, V future) {
    Future *f = future_of(self);
    V wakeup = set_blocking_off(t, future) < 0 ? V_ERROR : task_wakeup_new(t, self);
    int r = v_is_error(wakeup) ? -1 : add_callback(t, self, future, wakeup);
    v_drop(t, wakeup);
    if (r < 0) return V_ERROR;
    slot_set(t, &f->head, &task_of(self)->waiter, future);
    if (!at_load_acquire(&f->must_cancel)) return V_NONE;
    V message = slot_get(&f->head, &f->cancel_message);
    int cancelled = task_cancel_waiter(t, future, message);
    v_drop(t, message);
    if (cancelled > 0) at_store_relaxed(&f->must_cancel, (uint8_t)0);
    return cancelled < 0 ? V_ERROR : V_NONE;
}

// blocking: what the yielded thing's _asyncio_future_blocking says.
static V on_future(Thread *t, V self, V future, bool blocking) {
    V loop = future_loop_of(t, future);
    if (v_is_error(loop)) return V_ERROR;
    bool same = v_is(loop, slot_peek(&future_of(self)->loop));
    v_drop(t, loop);
    if (!same) return schedule_error(t, self, "Task %R got Future %R attached to a different loop", self, future);
    if (!blocking) return schedule_error(t, self, "yield was used instead of yield from in task %R with %R", self, future);
    if (v_is(self, future)) return schedule_error(t, self, "Task cannot await on itself: %R", self, V_NONE);
    return wait_for(t, self, future);
}

static V on_yield(Thread *t, V self, V yielded) {
    if (is_exact_future(yielded)) return on_future(t, self, yielded, at_load_relaxed(&future_of(yielded)->blocking));
    if (yielded == V_NONE) return task_schedule_step(t, self, V_NULL) < 0 ? V_ERROR : V_NONE;
    V blocking = obj_lookup_attr(t, yielded, NAME(_asyncio_future_blocking));
    if (v_is_error(blocking)) return V_ERROR;
    if (blocking != V_NULL && blocking != V_NONE) {
        int yes = obj_is_true(t, blocking);
        v_drop(t, blocking);
        return yes < 0 ? V_ERROR : on_future(t, self, yielded, yes);
    }
    if (v_is_generator(yielded))
        return schedule_error(t, self, "yield was used instead of yield from for generator in task %R with %R", self, yielded);
    return schedule_error(t, self, "Task got bad yield: %R", yielded, V_NONE);
}

// ---- one step ----------------------------------------------------------------------------------------------------------------------
// coro.throw(exc)
static int throw_into(Thread *t, V coro, V exc, V *result) {
    *result = obj_call_method1(t, coro, NAME(throw), exc);
    if (!v_is_error(*result)) return SEND_NEXT;
    if (!err_matches(t, &exc_StopIteration)) return SEND_ERROR;
    V stop = err_fetch(t);
    *result = obj_getattr(t, stop, NAME(value));
    v_drop(t, stop);
    return v_is_error(*result) ? SEND_ERROR : SEND_RETURN;
}

static V on_return(Thread *t, V self, V value) {
    Future *f = future_of(self);
    if (!at_load_acquire(&f->must_cancel)) return future_set_result(t, self, value) < 0 ? V_ERROR : V_NONE;
    at_store_relaxed(&f->must_cancel, (uint8_t)0); // cancelled just as it ended
    V message = slot_get(&f->head, &f->cancel_message);
    int r = future_cancel(t, self, message);
    v_drop(t, message);
    return r < 0 ? V_ERROR : V_NONE;
}

static V on_error(Thread *t, V self) {
    V cancelled = asyncio_library_borrow(t, LIB_CANCELLED_ERROR);
    if (v_is_error(cancelled)) return V_ERROR;
    if (err_matches(t, v_as_type(cancelled))) {
        slot_set_steal(t, v_obj(self), &future_of(self)->cancelled_error, err_fetch(t));
        return future_cancel(t, self, V_NULL) < 0 ? V_ERROR : V_NONE;
    }
    bool fatal = err_matches(t, &exc_KeyboardInterrupt) || err_matches(t, &exc_SystemExit);
    V exc = err_fetch(t);
    int r = future_set_exception(t, self, exc);
    if (r == 0 && fatal) {
        err_restore_steal(t, exc);
        return V_ERROR;
    }
    v_drop(t, exc);
    return r < 0 ? V_ERROR : V_NONE;
}

// What is thrown instead of exc when cancelling was asked for; a stack value.
static V with_cancellation(Thread *t, V self, V exc) {
    Future *f = future_of(self);
    if (!at_load_acquire(&f->must_cancel)) return v_dup(exc);
    V cancelled = asyncio_library_borrow(t, LIB_CANCELLED_ERROR);
    if (v_is_error(cancelled)) return V_ERROR;
    bool already = exc != V_NULL && type_check(t, exc, v_as_type(cancelled));
    V thrown = already ? v_dup(exc) : future_cancelled_error(t, self);
    if (!v_is_error(thrown)) at_store_relaxed(&f->must_cancel, (uint8_t)0);
    return thrown;
}

static V run_coroutine(Thread *t, V self, V exc) {
    V coro = slot_get(v_obj(self), &task_of(self)->coro), result;
    if (coro == V_NULL) return err_set(t, &exc_RuntimeError, "uninitialized Task object");
    int how = exc == V_NULL ? obj_iter_send(t, coro, V_NONE, &result) : throw_into(t, coro, exc, &result);
    v_drop(t, coro);
    if (how == SEND_ERROR) return on_error(t, self);
    V done = how == SEND_RETURN ? on_return(t, self, result) : on_yield(t, self, result);
    v_drop(t, result);
    return done;
}

V task_step(Thread *t, V self, V exc) {
    Future *f = future_of(self);
    if (at_load_acquire(&f->state) != FUTURE_PENDING) {
        V text = err_format_message(t, "__step(): already done: %R %R", self, exc == V_NULL ? V_NONE : exc);
        if (v_is_error(text)) return V_ERROR;
        V cls = asyncio_library_borrow(t, LIB_INVALID_STATE);
        if (!v_is_error(cls)) err_set_v(t, v_as_type(cls), text);
        v_drop(t, text);
        return V_ERROR;
    }
    V thrown = with_cancellation(t, self, exc);
    if (v_is_error(thrown)) return V_ERROR;
    slot_clear(t, &f->head, &task_of(self)->waiter);
    V loop = slot_get(&f->head, &f->loop), result = V_ERROR;
    if (asyncio_enter_task(t, loop, self) == 0) {
        result = run_coroutine(t, self, thrown);
        V pending = v_is_error(result) ? err_fetch(t) : V_NULL;
        if (asyncio_leave_task(t, loop, self) < 0) {
            v_drop(t, pending);
            result = V_ERROR;
        } else if (pending != V_NULL) {
            err_restore_steal(t, pending);
        }
    }
    v_drop(t, loop);
    v_drop(t, thrown);
    return result;
}

// ---- wake-ups ------------------------------------------------------------------------------------------------------------------------
static NATIVE(wakeup) {
    UNUSED_NATIVE();
    V future = args[0];
    V result = is_exact_future(future) ? future_result(t, future) : obj_call_method0(t, future, NAME(result));
    V exc = v_is_error(result) ? err_fetch(t) : V_NULL;
    v_drop(t, result);
    V done = task_step(t, self, exc);
    v_drop(t, exc);
    return done;
}
static const Method wakeup_row = {"task_wakeup", wakeup, "fut, /", LOCK_NONE, 0, NULL};
V task_wakeup_new(Thread *t, V self) { return native_new(t, &wakeup_row, self, V_NULL); }
