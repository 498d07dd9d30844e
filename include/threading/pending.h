// SPDX-License-Identifier: MIT
// What a thread has to run at its next bytecode boundary: finalizers, weakref callbacks, calls posted by C code.
//
// t->pending is a list in the order CPython would have run things: while one item runs, what it posts goes in front of
// the rest (depth first), and a boundary inside it runs only what it posted itself.  Items are posted by the thread
// itself (an object whose finalizer is queued has OBJ_FINALIZED set by then: the runner calls the finalizer and drops
// the item's reference, no more); another thread's items arrive through its inbox (pending_post) and are moved over at a safepoint.
#ifndef HEDDLE_THREADING_PENDING_H
#define HEDDLE_THREADING_PENDING_H
#include "threading/thread.h"

typedef enum PendingKind {
    PENDING_FINALIZE, // value: an object whose finalizer is to run (one owned count: drop it afterwards)
    PENDING_WEAKREF,  // value: a weakref object whose callback is to run (owned)
    PENDING_CALL,     // call(t, arg)
} PendingKind;

typedef struct PendingItem {
    struct PendingItem *next;
    PendingKind kind;
    bool late; // what died was SHARED: CPython would have run this some time before
    V value;
    int (*call)(Thread *t, void *arg); // 0, or -1 with an exception
    void *arg;
} PendingItem;

// Queues for t itself.  `value` is consumed.  When memory is exhausted a line on standard error says what is lost.
void pending_push(Thread *t, PendingKind kind, V value);
// The callback of a weakref whose referent was SHARED or not.
void pending_push_callback(Thread *t, V weakref, bool late);
// Queues a call for `target`, from any thread (also a detached one).  false: no memory.
bool pending_post(Thread *target, int (*call)(Thread *t, void *arg), void *arg);

// For upcall_run_pending: takes the first item that may run now.  false when there is none.
bool pending_pop(Thread *t, PendingItem *item);
// Runs what waits.  0, or -1 with an exception (from a posted call; finalizers and callbacks report theirs themselves).
int pending_run(Thread *t);
// Python locks that t took, or let go; `taker` is the id of the thread that took it.  What the death of SHARED objects leaves
// to run comes when a round ends, at any boundary: it does not run inside a lock, which it may want itself, but in a thread
// that holds none (pending.c).
void pending_lock_taken(Thread *t);
void pending_lock_let_go(Thread *t, uint64_t taker);
// For gc.collect() and the ends of threads: everything runs here and now.  Hands back what pending_regard_locks wants.
uint32_t pending_ignore_locks(Thread *t);
void pending_regard_locks(Thread *t, uint32_t held);
// Starts a pthread that runs what waits as `fresh`, calls pending_relief_ends and ends.  false: it cannot.  Called by no Thread.
bool upcall_start_relief(Thread *fresh);
void pending_relief_ends(Thread *t);
// Waits until the reliefs have run what they took, or have all been waiting for ns nanoseconds; detached meanwhile.  -1 when a
// signal's handler raised.
int pending_await_relief(Thread *t, int64_t ns);
// The interpreter's caches of `owner`, emptied by t: at its end (its memory too), or when nobody else runs Python.
void upcall_drop_caches(Thread *t, Thread *owner, bool free_memory);
// HEDDLE_DEBUG=gaps: t has just come to a poll after `ns` of processor time without one.
void upcall_gap(Thread *t, int64_t ns);
static inline bool pending_any(const Thread *t) { return t->pending != NULL; }
#endif
