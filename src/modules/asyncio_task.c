// SPDX-License-Identifier: MIT
// Module _asyncio: Task, a future whose result a coroutine computes step by step on a loop.
//
// While it is not done, either a step is scheduled on the loop and it waits for nothing, or it waits for a future whose
// callbacks include its wake-up.
#include "asyncio_private.h"
#include "object/plain.h"

static uint64_t last_number; // atomic: names of unnamed tasks

static bool is_pending(V self) { return at_load_acquire(&future_of(self)->state) == FUTURE_PENDING; }

static int check_coroutine(Thread *t, V coro) {
    if (v_is_exact(coro, &coroutine_type)) return 0;
    V is_coroutine = asyncio_library_borrow(t, LIB_IS_COROUTINE);
    V answer = v_is_error(is_coroutine) ? V_ERROR : obj_call1(t, is_coroutine, coro);
    int yes = v_is_error(answer) ? -1 : obj_is_true(t, answer);
    v_drop(t, answer);
    if (yes == 0) err_set(t, &exc_TypeError, "a coroutine was expected, got %R", coro);
    return yes > 0 ? 0 : -1;
}

static int set_name(Thread *t, V self, V name) {
    V text = v_is_exact(name, &str_type) ? v_dup(name) : obj_str(t, name);
    if (v_is_error(text)) return -1;
    slot_set_steal(t, v_obj(self), &task_of(self)->name, text);
    return 0;
}

static int init_run(Thread *t, V self, V coro, V name, V context) {
    Task *task = task_of(self);
    if (check_coroutine(t, coro) < 0) return -1;
    V run_context = context == V_NULL || context == V_NONE ? context_copy_current(t) : v_dup(context);
    if (v_is_error(run_context)) return -1;
    slot_set_steal(t, v_obj(self), &task->run_context, run_context);
    slot_clear(t, v_obj(self), &task->waiter);
    slot_clear(t, v_obj(self), &task->name);
    slot_set(t, v_obj(self), &task->coro, coro);
    at_store_relaxed(&task->future.must_cancel, (uint8_t)0);
    at_store_relaxed(&task->future.cancels, 0);
    if (name != V_NULL && name != V_NONE) {
        if (set_name(t, self, name) < 0) return -1;
    } else {
        at_store_relaxed(&task->number, at_fetch_add_relaxed(&last_number, (uint64_t)1) + 1);
    }
    at_store_relaxed(&task->future.log_pending, (uint8_t)1);
    return task_schedule_step(t, self, V_NULL) < 0 ? -1 : asyncio_register_task(t, self);
}

static int task_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V given[4];
    if (args_bind(t, "Task", "coro, *, loop=None, name=None, context=None", args, nargs, kwnames, given) < 0) return -1;
    return future_init(t, self, given[1]) < 0 ? -1 : init_run(t, self, given[0], given[2], given[3]);
}

// ---- cancelling ------------------------------------------------------------------------------------------------------------------
// future.cancel(msg=message): 1, 0, -1
int task_cancel_waiter(Thread *t, V future, V message) {
    V names = tuple_pack(t, 1, NAME(msg)), method, values[2];
    if (v_is_error(names)) return -1;
    int bound = obj_get_method(t, future, NAME(cancel), &method);
    V answer = V_ERROR;
    if (bound >= 0) {
        size_t n = 0;
        if (bound) values[n++] = future;
        values[n] = message == V_NULL ? V_NONE : message;
        answer = obj_call(t, method, values, n, names);
        v_drop(t, method);
    }
    v_drop(t, names);
    int yes = v_is_error(answer) ? -1 : obj_is_true(t, answer);
    v_drop(t, answer);
    return yes;
}

static NATIVE(m_cancel) {
    UNUSED_NATIVE();
    Task *task = task_of(self);
    V message = args[0] == V_NULL ? V_NONE : args[0];
    at_store_relaxed(&task->future.log_error, (uint8_t)0);
    if (!is_pending(self)) return V_FALSE;
    at_fetch_add_relaxed(&task->future.cancels, 1);
    V waiter = slot_get(v_obj(self), &task->waiter);
    if (waiter != V_NULL) {
        int taken = task_cancel_waiter(t, waiter, message);
        v_drop(t, waiter);
        if (taken) return taken < 0 ? V_ERROR : V_TRUE;
    }
    // Its step is scheduled: it will find this.
    slot_set(t, v_obj(self), &task->future.cancel_message, message);
    at_store_release(&task->future.must_cancel, (uint8_t)1);
    return V_TRUE;
}
static NATIVE(m_cancelling) {
    UNUSED_NATIVE();
    return v_from_int(at_load_relaxed(&future_of(self)->cancels));
}
static NATIVE(m_uncancel) {
    UNUSED_NATIVE();
    int n = at_load_relaxed(&future_of(self)->cancels);
    while (n > 0 && !at_cas_acq_rel(&future_of(self)->cancels, &n, n - 1)) continue;
    return v_from_int(n > 0 ? n - 1 : 0);
}

// ---- other methods -----------------------------------------------------------------------------------------------------------------
static NATIVE(m_set_result) {
    UNUSED_NATIVE();
    return err_set(t, &exc_RuntimeError, "Task does not support set_result operation");
}
static NATIVE(m_set_exception) {
    UNUSED_NATIVE();
    return err_set(t, &exc_RuntimeError, "Task does not support set_exception operation");
}
static NATIVE(m_get_coro) {
    UNUSED_NATIVE();
    V coro = slot_get(v_obj(self), &task_of(self)->coro);
    return coro == V_NULL ? V_NONE : coro;
}
static NATIVE(m_get_name) {
    UNUSED_NATIVE();
    Task *task = task_of(self);
    V name = slot_get(v_obj(self), &task->name);
    if (name != V_NULL) return name;
    uint64_t number = at_load_relaxed(&task->number);
    return number ? str_from_format(t, "Task-%zu", (size_t)number) : V_NONE;
}
static NATIVE(m_set_name) {
    UNUSED_NATIVE();
    return set_name(t, self, args[0]) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(m_get_stack) {
    UNUSED_NATIVE();
    V function = asyncio_library_borrow(t, LIB_GET_STACK);
    return v_is_error(function) ? V_ERROR : obj_call2(t, function, self, args[0] == V_NULL ? V_NONE : args[0]);
}
static NATIVE(m_print_stack) {
    UNUSED_NATIVE();
    V function = asyncio_library_borrow(t, LIB_PRINT_STACK);
    if (v_is_error(function)) return V_ERROR;
    return obj_call3(t, function, self, args[0] == V_NULL ? V_NONE : args[0], args[1] == V_NULL ? V_NONE : args[1]);
}

static V get_log_pending(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(at_load_relaxed(&future_of(self)->log_pending));
}
static int set_log_pending(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_AttributeError, "cannot delete attribute");
        return -1;
    }
    int yes = obj_is_true(t, value);
    if (yes >= 0) at_store_relaxed(&future_of(self)->log_pending, (uint8_t)yes);
    return yes < 0 ? -1 : 0;
}
static V get_must_cancel(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(at_load_relaxed(&future_of(self)->must_cancel));
}
static V get_slot(Thread *t, V self, void *closure) { // closure: the Slot's offset
    (void)t;
    V v = slot_get(v_obj(self), (const Slot *)(void *)((char *)v_obj(self) + (size_t)(uintptr_t)closure));
    return v == V_NULL ? V_NONE : v;
}

static V task_repr(Thread *t, V self) {
    if (slot_peek(&future_of(self)->loop) == V_NULL) return err_set(t, &exc_RuntimeError, "Future object is not initialized.");
    return asyncio_repr(t, self, LIB_TASK_REPR);
}
static void task_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    future_traverse(t, o, visit, arg);
    Task *task = (Task *)o;
    VISIT(task->waiter);
    VISIT(task->coro);
    VISIT(task->name);
    VISIT(task->run_context);
}

static const Method methods[] = {
    {"set_result", m_set_result, "result, /", LOCK_NONE, 0, "Not for tasks."},
    {"set_exception", m_set_exception, "exception, /", LOCK_NONE, 0, "Not for tasks."},
    {"cancel", m_cancel, "msg=None", LOCK_NONE, 0, "Has CancelledError raised in the coroutine; False when the task is done already."},
    {"cancelling", m_cancelling, "", LOCK_NONE, 0, "How many requests to cancel there are."},
    {"uncancel", m_uncancel, "", LOCK_NONE, 0, "One request to cancel less; how many are left."},
    {"get_stack", m_get_stack, "*, limit=None", LOCK_NONE, 0, "The frames of the coroutine, or of the exception that ended it."},
    {"print_stack", m_print_stack, "*, limit=None, file=None", LOCK_NONE, 0, "Prints what get_stack tells, like a traceback."},
    {"get_coro", m_get_coro, "", LOCK_NONE, 0, "The coroutine."},
    {"get_name", m_get_name, "", LOCK_NONE, 0, "The task's name."},
    {"set_name", m_set_name, "value, /", LOCK_NONE, 0, "Names the task str(value)."},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "See PEP 585"},
    METHOD_END,
};
#define AT(field) ((void *)(uintptr_t)offsetof(Task, field))
static const GetSet getsets[] = {
    {"_log_destroy_pending", get_log_pending, set_log_pending, NULL, NULL},
    {"_must_cancel", get_must_cancel, NULL, NULL, NULL},
    {"_coro", get_slot, NULL, NULL, AT(coro)},
    {"_fut_waiter", get_slot, NULL, NULL, AT(waiter)},
    {0},
};
Type asyncio_task_type = {
    TYPE_HEAD("_asyncio.Task"), .base = &asyncio_future_type, .size = sizeof(Task), .attrs_offset = 1,
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS, .new_ = type_new_bare, .init = task_init, .traverse = task_traverse,
    .repr = task_repr, .finalize = task_finalize, .methods = methods, .getsets = getsets,
    .text_signature = "(coro, *, loop=None, name=None, context=None)", .doc = "A coroutine that a loop runs, wrapped in a future.",
};
