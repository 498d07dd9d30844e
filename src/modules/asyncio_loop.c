// SPDX-License-Identifier: MIT
// Module _asyncio: which loop a thread runs, which task each loop runs, and all tasks that there are.
//
// A thread keeps its running loop and current task in an object of its own (in Thread.dict): entering and leaving a task
// touches nothing that other threads see, and publishes neither loop nor task.  `_current_tasks`, which the library reads as a
// dict, is a view of that; for a loop that another thread runs it asks the threads.
#include "asyncio_private.h"
#include <pthread.h>

typedef struct Running {
    Obj head;
    Slot loop;             // what _set_running_loop was given, or V_NULL
    Slot task_loop, task;  // the current task and its loop; V_NULL: none
    Slot others;           // dict {loop: task} of further loops (a loop run inside a task of another), or V_NULL
    uint64_t forks;        // when loop was set: in a child process it is not running any more
} Running;
static Running *running_of(V v) { return (Running *)v_obj(v); }
static uint64_t forks; // how many times this process is the child of one of us; written in the child's only thread
static void count_fork(void) { forks++; }

static void running_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Running *r = (Running *)o;
    VISIT(r->loop);
    VISIT(r->task_loop);
    VISIT(r->task);
    VISIT(r->others);
}
static Type running_type = {
    TYPE_HEAD("_asyncio._Running"), .size = sizeof(Running), .flags = TYPE_GC | TYPE_NO_NEW, .traverse = running_traverse,
};

// The thread's own; NULL when it has none (and make is false), or with an exception.
static Running *running(Thread *t, bool make) {
    V found = t->dict == V_NULL ? V_NULL : dict_get_str(t, t->dict, NAME(_asyncio));
    if (found != V_NULL) {
        v_drop(t, found); // the dict keeps it
        return running_of(found);
    }
    if (!make) return NULL;
    if (t->dict == V_NULL) {
        V dict = dict_new(t);
        if (v_is_error(dict)) return NULL;
        t->dict = v_own(dict);
    }
    V made = type_alloc(t, &running_type, 0);
    if (v_is_error(made)) return NULL;
    int r = dict_set(t, t->dict, NAME(_asyncio), made);
    v_drop(t, made);
    return r < 0 ? NULL : running_of(made);
}

// ---- loops -----------------------------------------------------------------------------------------------------------------------
V asyncio_running_loop(Thread *t) {
    const Running *r = running(t, false);
    V loop = r && r->forks == forks ? slot_get(&r->head, &r->loop) : V_NULL;
    return loop == V_NULL ? V_NONE : loop;
}

V asyncio_event_loop(Thread *t) {
    V loop = asyncio_running_loop(t);
    if (loop != V_NONE) return loop;
    V get_policy = asyncio_library_borrow(t, LIB_LOOP_POLICY), policy = v_is_error(get_policy) ? V_ERROR : obj_call0(t, get_policy);
    loop = v_is_error(policy) ? V_ERROR : obj_call_method0(t, policy, NAME(get_event_loop));
    v_drop(t, policy);
    return loop;
}

static NATIVE(get_running_loop) {
    UNUSED_NATIVE();
    V loop = asyncio_running_loop(t);
    return loop == V_NONE ? err_set(t, &exc_RuntimeError, "no running event loop") : loop;
}
static NATIVE(get_running_loop_or_none) {
    UNUSED_NATIVE();
    return asyncio_running_loop(t);
}
static NATIVE(set_running_loop) {
    UNUSED_NATIVE();
    Running *r = running(t, true);
    if (!r) return V_ERROR;
    if (args[0] == V_NONE) slot_clear(t, &r->head, &r->loop);
    else slot_set(t, &r->head, &r->loop, args[0]);
    r->forks = forks;
    return V_NONE;
}
static NATIVE(get_event_loop) {
    UNUSED_NATIVE();
    return asyncio_event_loop(t);
}

// ---- the current task --------------------------------------------------------------------------------------------------------------
// The task that loop runs in this thread: a stack value, V_NULL.
static V task_in(Thread *t, const Running *r, V loop) {
    if (!r) return V_NULL;
    V task_loop = slot_peek(&r->task_loop);
    if (task_loop != V_NULL && v_is(task_loop, loop)) return slot_get(&r->head, &r->task);
    V others = slot_peek(&r->others);
    return others == V_NULL ? V_NULL : dict_get(t, others, loop);
}

static int store(Thread *t, Running *r, V loop, V task) {
    V task_loop = slot_peek(&r->task_loop);
    if (task_loop == V_NULL || v_is(task_loop, loop)) {
        slot_set(t, &r->head, &r->task_loop, loop);
        slot_set(t, &r->head, &r->task, task);
        return 0;
    }
    if (slot_peek(&r->others) == V_NULL) {
        V dict = dict_new(t);
        if (v_is_error(dict)) return -1;
        slot_set_steal(t, &r->head, &r->others, dict);
    }
    return dict_set(t, slot_peek(&r->others), loop, task);
}

static int forget(Thread *t, Running *r, V loop) {
    V task_loop = slot_peek(&r->task_loop), others = slot_peek(&r->others);
    if (task_loop != V_NULL && v_is(task_loop, loop)) {
        slot_clear(t, &r->head, &r->task_loop);
        slot_clear(t, &r->head, &r->task);
        return 0;
    }
    if (others != V_NULL) return dict_del(t, others, loop);
    err_key(t, loop);
    return -1;
}

int asyncio_enter_task(Thread *t, V loop, V task) {
    Running *r = running(t, true);
    if (!r) return -1;
    V current = task_in(t, r, loop);
    if (current != V_NULL) {
        if (!v_is_error(current))
            err_set(t, &exc_RuntimeError, "Cannot enter into task %R while another task %R is being executed.", task, current);
        v_drop(t, current);
        return -1;
    }
    return store(t, r, loop, task);
}

int asyncio_leave_task(Thread *t, V loop, V task) {
    Running *r = running(t, true);
    if (!r) return -1;
    V current = task_in(t, r, loop);
    if (v_is_error(current)) return -1;
    bool matches = current != V_NULL && v_is(current, task);
    if (!matches)
        err_set(t, &exc_RuntimeError, "Leaving task %R does not match the current task %R.", task, current == V_NULL ? V_NONE : current);
    v_drop(t, current);
    return matches ? forget(t, r, loop) : -1;
}

static NATIVE(enter_task) {
    UNUSED_NATIVE();
    return asyncio_enter_task(t, args[0], args[1]) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(leave_task) {
    UNUSED_NATIVE();
    return asyncio_leave_task(t, args[0], args[1]) < 0 ? V_ERROR : V_NONE;
}

// ---- _current_tasks ------------------------------------------------------------------------------------------------------------------
typedef struct Question { V loop, task; } Question; // on the asker's C stack

// In a thread that runs the loop, or on behalf of one that is detached.
static void answer(Thread *by, Thread *owner, void *arg) {
    Question *q = arg;
    V found = owner->dict == V_NULL ? V_NULL : dict_get_str(by, owner->dict, NAME(_asyncio));
    if (found == V_NULL) return;
    const Running *r = running_of(found);
    if (v_is(slot_peek(&r->task_loop), q->loop)) {
        V task = slot_get(&r->head, &r->task);
        if (task != V_NULL) {
            share_value(by, task);
            q->task = v_own(task);
        }
    }
    v_drop(by, found);
}

enum { MOST_THREADS = 256 }; // further ones are not asked
typedef struct Others { Thread *self, *threads[MOST_THREADS]; size_t n; } Others;
static void collect(Thread *thread, void *arg) {
    Others *others = arg;
    if (thread != others->self && others->n < MOST_THREADS) others->threads[others->n++] = thread;
}

static V current_task(Thread *t, V loop) {
    V task = task_in(t, running(t, false), loop);
    if (task != V_NULL) return task;
    Question q = {v_own(v_dup(loop)), V_NULL};
    share_value(t, q.loop);
    Others others = {.self = t};
    threads_each(collect, &others);
    for (size_t i = 0; i < others.n && q.task == V_NULL; i++) thread_ask(t, others.threads[i], answer, &q);
    v_drop(t, q.loop);
    return q.task;
}

static V current_get(Thread *t, V self, V loop) {
    (void)self;
    V task = current_task(t, loop);
    return task == V_NULL ? err_key(t, loop) : task;
}
static int current_set(Thread *t, V self, V loop, V task) {
    (void)self;
    Running *r = running(t, true);
    if (!r) return -1;
    return task == V_NULL ? forget(t, r, loop) : store(t, r, loop, task);
}
static int current_contains(Thread *t, V self, V loop) {
    (void)self;
    V task = current_task(t, loop);
    v_drop(t, task);
    return v_is_error(task) ? -1 : task != V_NULL;
}
// This thread's current tasks as a dict.
static V current_dict(Thread *t) {
    const Running *r = running(t, false);
    V others = r ? slot_peek(&r->others) : V_NULL;
    V dict = others == V_NULL ? dict_new(t) : dict_copy(t, others);
    if (v_is_error(dict) || !r || slot_peek(&r->task_loop) == V_NULL) return dict;
    if (dict_set(t, dict, slot_peek(&r->task_loop), slot_peek(&r->task)) == 0) return dict;
    v_drop(t, dict);
    return V_ERROR;
}
static ptrdiff_t current_len(Thread *t, V self) {
    (void)self;
    V dict = current_dict(t);
    ptrdiff_t n = v_is_error(dict) ? -1 : (ptrdiff_t)dict_len(dict);
    v_drop(t, dict);
    return n;
}
static V on_dict(Thread *t, V (*f)(Thread *, V)) {
    V dict = current_dict(t), result = v_is_error(dict) ? V_ERROR : f(t, dict);
    v_drop(t, dict);
    return result;
}
static V current_repr(Thread *t, V self) {
    (void)self;
    return on_dict(t, obj_repr);
}
static V current_iter(Thread *t, V self) {
    (void)self;
    return on_dict(t, obj_iter);
}
static V current_compare(Thread *t, V self, V other, int op) {
    (void)self;
    if (!v_is_dict(other)) return V_NOT_IMPLEMENTED;
    V dict = current_dict(t), result = v_is_error(dict) ? V_ERROR : obj_compare(t, dict, other, op);
    v_drop(t, dict);
    return result;
}
static NATIVE(m_get) {
    UNUSED_NATIVE();
    V task = current_task(t, args[0]);
    return task != V_NULL ? task : args[1] == V_NULL ? V_NONE : v_dup(args[1]);
}
static NATIVE(m_copy) {
    UNUSED_NATIVE();
    return current_dict(t);
}
static const Method current_methods[] = {
    {"get", m_get, "loop, default=None, /", LOCK_NONE, 0, "The task that the loop runs just now."},
    {"copy", m_copy, "", LOCK_NONE, 0, "This thread's loops and their tasks, as a dict."},
    METHOD_END,
};
Type asyncio_current_type = {
    TYPE_HEAD("_asyncio._CurrentTasks"), .size = sizeof(Obj), .flags = TYPE_NO_NEW | TYPE_MAPPING, .subscript = current_get,
    .set_subscript = current_set, .contains = current_contains, .len = current_len, .iter = current_iter, .repr = current_repr, .compare = current_compare,
    .hash = obj_hash_unhashable, .methods = current_methods, .doc = "{loop: the task it runs}, for this thread's loops.",
};

// ---- all tasks ------------------------------------------------------------------------------------------------------------------------
static Slot all_tasks; // root: weakref.WeakSet

int asyncio_register_task(Thread *t, V task) {
    V set = root_get(&all_tasks), done = obj_call_method1(t, set, NAME(add), task);
    v_drop(t, set);
    v_drop(t, done);
    return v_is_error(done) ? -1 : 0;
}
static NATIVE(register_task) {
    UNUSED_NATIVE();
    return asyncio_register_task(t, args[0]) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(unregister_task) {
    UNUSED_NATIVE();
    V set = root_get(&all_tasks), done = obj_call_method1(t, set, NAME(discard), args[0]);
    v_drop(t, set);
    v_drop(t, done);
    return v_is_error(done) ? V_ERROR : V_NONE;
}

const Method asyncio_loop_methods[] = {
    {"get_event_loop", get_event_loop, "", LOCK_NONE, 0, "The running loop, or the one that the policy has for this thread."},
    {"_get_event_loop", get_event_loop, "stacklevel=3", LOCK_NONE, 0, "The same."},
    {"get_running_loop", get_running_loop, "", LOCK_NONE, 0, "The loop this thread runs; RuntimeError when there is none."},
    {"_get_running_loop", get_running_loop_or_none, "", LOCK_NONE, 0, "The loop this thread runs, or None."},
    {"_set_running_loop", set_running_loop, "loop, /", LOCK_NONE, 0, "Says which loop this thread runs."},
    {"_register_task", register_task, "task", LOCK_NONE, 0, "Adds to the set of all tasks."},
    {"_unregister_task", unregister_task, "task", LOCK_NONE, 0, "Removes from the set of all tasks."},
    {"_enter_task", enter_task, "loop, task", LOCK_NONE, 0, "The loop runs the task from here on."},
    {"_leave_task", leave_task, "loop, task", LOCK_NONE, 0, "The loop does not run the task any more."},
    METHOD_END,
};

int asyncio_loop_start(Thread *t, V module) {
    static bool registered;
    if (!registered) {
        registered = true;
        root_register(&all_tasks);
        pthread_atfork(NULL, NULL, count_fork);
    }
    if (type_ready(t, &running_type) < 0 || type_ready(t, &asyncio_current_type) < 0) return -1;
    V cls = import_attr_c(t, "weakref", "WeakSet"), set = v_is_error(cls) ? V_ERROR : obj_call0(t, cls);
    v_drop(t, cls);
    if (v_is_error(set)) return -1;
    root_set(t, &all_tasks, set);
    return module_add_steal(t, module, "_all_tasks", set) < 0
               ? -1 : module_add_steal(t, module, "_current_tasks", type_alloc(t, &asyncio_current_type, 0));
}
