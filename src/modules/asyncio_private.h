// SPDX-License-Identifier: MIT
// Module _asyncio: futures, tasks, and which loop and task are running.
//
// asyncio's objects belong to one thread by contract; here nothing a program does to them from several threads may do worse than
// surprise it.  References are Slots; what decides who may act (a future leaves PENDING once, the list of callbacks is taken once)
// happens under the object's lock, which is free while the object is LOCAL; Python is called outside it.
//
//     asyncio_future.c  Future, the iterator of `await future`
//     asyncio_task.c    Task: what a step does, cancelling
//     asyncio_step.c    what a loop calls: steps and wake-ups
//     asyncio_loop.c    running loops, current tasks, the set of all tasks
#ifndef HEDDLE_MODULES_ASYNCIO_PRIVATE_H
#define HEDDLE_MODULES_ASYNCIO_PRIVATE_H
#include "object/misc.h"
#include "runtime/context.h"
#include "runtime/runtime.h"

typedef enum { FUTURE_PENDING, FUTURE_CANCELLED, FUTURE_FINISHED } FutureState;
typedef struct Future {
    Obj head;
    uint8_t state;     // FutureState: atomic, written under self->lock
    uint8_t blocking;  // atomic: `await` has just yielded it
    uint8_t log_error; // atomic: there is an exception nobody has asked for
    uint8_t must_cancel, log_pending; // tasks, atomic: throw CancelledError at the next step; complain when lost while pending
    int cancels;       // tasks, atomic: requests for cancellation
    Slot loop;         // V_NULL: not initialised
    Slot callback, context;     // the first callback, V_NULL: none; written under self->lock
    Slot callbacks;             // the others: a list of (callback, context), or V_NULL
    Slot result, exception, exception_tb;
    Slot source_traceback, cancel_message, cancelled_error;
} Future;
typedef struct Task {
    Future future;
    uint64_t number;   // of an unnamed task: "Task-1"; const after __init__
    Slot waiter;       // the future it waits for, or V_NULL
    Slot coro, name, run_context; // name V_NULL: by number
} Task;

extern Type asyncio_future_type, asyncio_task_type, asyncio_future_iter_type, asyncio_step_type, asyncio_current_type;
static inline Future *future_of(V v) { return (Future *)v_obj(v); }
static inline Task *task_of(V v) { return (Task *)v_obj(v); }
// Exactly ours, methods and all: no need to look anything up.
static inline bool is_exact_future(V v) { return v_is_exact(v, &asyncio_future_type) || v_is_exact(v, &asyncio_task_type); }

// ---- names of the library, found when first needed ---------------------------------------------------------------------------
typedef struct LibraryName { const char *module, *attr; Slot value; } LibraryName;
enum {
    LIB_CANCELLED_ERROR, LIB_INVALID_STATE, LIB_FUTURE_REPR, LIB_TASK_REPR, LIB_GET_STACK, LIB_PRINT_STACK, LIB_IS_COROUTINE,
    LIB_LOOP_POLICY, LIB_EXTRACT_STACK, LIB_COUNT,
};
V asyncio_library_borrow(Thread *t, int which); // V_ERROR
V asyncio_raise(Thread *t, int which, const char *message);
V asyncio_repr(Thread *t, V self, int which);

// ---- futures (asyncio_future.c) --------------------------------------------------------------------------------------------------
int future_init(Thread *t, V self, V loop);             // __init__
void future_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg);
V task_finalize(Thread *t, V self);                     // Task.__del__
int future_call_soon(Thread *t, V loop, V callback, V arg_or_null, V context);
// These answer 0 or -1; setters raise InvalidStateError when the future is done.
int future_set_result(Thread *t, V self, V result);
int future_set_exception(Thread *t, V self, V exception);
int future_cancel(Thread *t, V self, V message_or_null); // 1; 0: it was done already
int future_add_callback(Thread *t, V self, V callback, V context);
V future_result(Thread *t, V self);                     // what result() answers or raises
V future_cancelled_error(Thread *t, V self);            // _make_cancelled_error
V future_loop_of(Thread *t, V any_future);              // get_loop(), or _loop
extern const Method asyncio_future_methods[];
extern const GetSet asyncio_future_getsets[];

// ---- tasks -----------------------------------------------------------------------------------------------------------------------
V task_step(Thread *t, V self, V exc_or_null);          // None, or V_ERROR (KeyboardInterrupt, SystemExit)
V task_wakeup_new(Thread *t, V self);                   // the callback that goes on when a future is done
int task_cancel_waiter(Thread *t, V future, V message); // future.cancel(msg=message): 1, 0, -1
int task_schedule_step(Thread *t, V self, V exc_or_null);

// ---- loops (asyncio_loop.c) --------------------------------------------------------------------------------------------------------
V asyncio_event_loop(Thread *t);                        // the running one, else the policy's
V asyncio_running_loop(Thread *t);                      // V_NONE when there is none
int asyncio_enter_task(Thread *t, V loop, V task);
int asyncio_leave_task(Thread *t, V loop, V task);
int asyncio_register_task(Thread *t, V task);
extern const Method asyncio_loop_methods[];
int asyncio_loop_start(Thread *t, V module);
#endif
