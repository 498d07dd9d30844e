// SPDX-License-Identifier: MIT
// Module _queue: SimpleQueue, on the parking lot.
//
// A ring of slots under the object's lock; who finds it empty sleeps on the address of `count` and is woken by a put.
// put never waits and is safe in finalizers and signal handlers, because it takes no lock but the object's own critical
// section, which a thread re-enters.
#include "thread_private.h"

#include "threading/mutex.h"

typedef struct Ring { // replaced as a whole when it grows
    size_t mask;      // capacity - 1, capacity a power of two
    Slot slots[];
} Ring;

typedef struct SimpleQueue {
    Obj head;
    Ring *ring;       // self->lock; NULL before the first put
    size_t first;     // self->lock: index of the oldest item, not yet masked
    size_t count;     // atomic; written under self->lock
    uint32_t waiting; // atomic: threads that sleep or are about to
} SimpleQueue;

static SimpleQueue *queue_of(V v) { return (SimpleQueue *)v_obj(v); }
static Slot empty_error; // root: the class _queue.Empty

// ---- under the lock -------------------------------------------------------------------------------------------------------
static int grow_lock_held(Thread *t, SimpleQueue *q) {
    size_t capacity = q->ring ? (q->ring->mask + 1) * 2 : 16;
    Ring *ring = mem_calloc(t, 1, sizeof *ring + capacity * sizeof(Slot));
    if (!ring) return -1;
    ring->mask = capacity - 1;
    for (size_t i = 0; i < q->count; i++) // the references move along: nothing is counted
        ring->slots[(q->first + i) & ring->mask] = q->ring->slots[(q->first + i) & q->ring->mask];
    Ring *old = q->ring;
    q->ring = ring;
    mem_free(old); // nobody reads it without the lock
    return 0;
}

static int push_lock_held(Thread *t, SimpleQueue *q, V item) {
    if ((!q->ring || q->count > q->ring->mask) && grow_lock_held(t, q) < 0) return -1;
    slot_init(t, &q->head, &q->ring->slots[(q->first + q->count) & q->ring->mask], item);
    at_store_release(&q->count, q->count + 1);
    return 0;
}

static V pop_lock_held(SimpleQueue *q) {
    if (q->count == 0) return V_NULL;
    V v = slot_take(&q->head, &q->ring->slots[q->first & q->ring->mask]);
    q->first++;
    at_store_release(&q->count, q->count - 1);
    return v;
}

static V pop(Thread *t, SimpleQueue *q) {
    CRITICAL(t, &q->head);
    return pop_lock_held(q);
}

static int push(Thread *t, SimpleQueue *q, V item) {
    CRITICAL(t, &q->head);
    return push_lock_held(t, q, item);
}

// ---- waiting ----------------------------------------------------------------------------------------------------------------
static bool is_empty(void *arg) { return at_load_seq(&((SimpleQueue *)arg)->count) == 0; }

// Sleeps until there may be something, for at most ns (< 0: no limit).  1 look again, 0 too late, -1 a handler raised.
static int wait_for_item(Thread *t, SimpleQueue *q, int64_t ns) {
    at_fetch_add_seq(&q->waiting, 1u);
    thread_detach(t);
    ParkResult result = park(&q->count, is_empty, q, ns, PARK_SIGNALS, NULL);
    thread_attach(t);
    at_fetch_sub_relaxed(&q->waiting, 1u);
    if (result == PARK_TIMEOUT) return 0;
    return result == PARK_INTERRUPTED && safepoint(t) < 0 ? -1 : 1;
}

static V raise_empty(Thread *t) {
    V kind = root_get(&empty_error);
    V result = err_set_none(t, v_as_type(kind));
    v_drop(t, kind);
    return result;
}

static V take(Thread *t, V self, int64_t ns) {
    SimpleQueue *q = queue_of(self);
    int64_t deadline = ns > 0 ? time_monotonic_ns() + ns : -1;
    for (;;) {
        V v = pop(t, q);
        if (v != V_NULL) return v;
        if (ns == 0) return raise_empty(t);
        int again = wait_for_item(t, q, ns);
        if (again < 0) return V_ERROR;
        if (deadline >= 0) {
            ns = deadline - time_monotonic_ns();
            if (ns < 0) ns = 0;
        }
    }
}

// ---- methods ----------------------------------------------------------------------------------------------------------------
static NATIVE(queue_put) {
    UNUSED_NATIVE();
    SimpleQueue *q = queue_of(self);
    if (push(t, q, args[0]) < 0) return err_no_memory(t);
    // The count was stored before: a sleeper that was not counted in `waiting` yet will see it.
    if (at_fetch_add_seq(&q->waiting, 0u)) unpark_one(&q->count, NULL, NULL);
    return V_NONE;
}

static NATIVE(queue_get) {
    UNUSED_NATIVE();
    int block = args[0] == V_NULL ? 1 : obj_is_true(t, args[0]);
    if (block < 0) return V_ERROR;
    int64_t ns = -1;
    if (!block) {
        ns = 0;
    } else if (args[1] != V_NULL && args[1] != V_NONE) {
        if (thread_parse_seconds(t, args[1], &ns) < 0) return V_ERROR;
        if (ns < 0) return err_set(t, &exc_ValueError, "'timeout' must be a non-negative number");
    }
    return take(t, self, ns);
}

static NATIVE(queue_get_nowait) {
    UNUSED_NATIVE();
    return take(t, self, 0);
}

static NATIVE(queue_empty) {
    UNUSED_NATIVE();
    return v_from_bool(at_load_acquire(&queue_of(self)->count) == 0);
}

static NATIVE(queue_qsize) {
    UNUSED_NATIVE();
    return v_from_int((int64_t)at_load_acquire(&queue_of(self)->count));
}

static Type simple_queue_type;

static V queue_make(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args;
    if (type == &simple_queue_type && nargs)
        return err_set(t, &exc_TypeError, "%s() takes no positional arguments", type_short_name(type));
    if (type == &simple_queue_type && kwnames != V_NULL && tuple_len(kwnames))
        return err_set(t, &exc_TypeError, "%s() takes no keyword arguments", type_short_name(type));
    return type_alloc(t, type, 0);
}

static void queue_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    SimpleQueue *q = (SimpleQueue *)o;
    for (size_t i = 0; q->ring && i <= q->ring->mask; i++) VISIT(q->ring->slots[i]);
}

static void queue_free(Thread *t, Obj *o) {
    (void)t;
    mem_free(((SimpleQueue *)o)->ring);
}

static const Method queue_methods[] = {
    {"put", queue_put, "item, block=True, timeout=None", 0, 0,
     "Appends the item.  It never waits: block and timeout are for the likeness with Queue.put."},
    {"put_nowait", queue_put, "item", 0, 0, "Appends the item."},
    {"get", queue_get, "block=True, timeout=None", 0, 0,
     "Takes the oldest item, waiting for one if need be; Empty when block is false or after timeout seconds."},
    {"get_nowait", queue_get_nowait, "", 0, M_TOLD_CLASS, "Takes the oldest item; Empty when there is none."},
    {"empty", queue_empty, "", 0, 0, "Whether the queue is empty just now."},
    {"qsize", queue_qsize, "", 0, 0, "How many items there are just now."},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", 0, M_CLASS, "See PEP 585"},
    METHOD_END,
};

static Type simple_queue_type = {
    TYPE_HEAD("_queue.SimpleQueue"), .size = sizeof(SimpleQueue),
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE, .new_ = queue_make, .traverse = queue_traverse,
    .free_ = queue_free, .methods = queue_methods, .text_signature = "",
    .doc = "A queue without a limit, first in first out, whose put() may run at any moment.",
};

static int queue_exec(Thread *t, V module) {
    if (module_add_error(t, module, &empty_error, "Empty", "_queue.Empty", &exc_Exception) < 0) return -1;
    return module_add_type(t, module, &simple_queue_type);
}

const ModuleDef mod__queue = {
    .name = "_queue",
    .doc = "SimpleQueue for the module queue.",
    .exec = queue_exec,
};
