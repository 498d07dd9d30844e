// SPDX-License-Identifier: MIT
// Asks: what a thread needs of another's LOCAL state is done by the owner at its next bytecode boundary, or, when the
// owner is detached, by the asker on its behalf.
//
// The asker waits detached, so two threads that ask each other both answer: each is claimed by the other.
#include "threading/ask.h"

#include "handshake.h"

#include <sched.h>

static int ask_answer(Thread *t, void *arg) {
    ThreadAsk *ask = arg;
    ask->answer(t, t, ask->arg);
    at_store_release(&ask->done, 1u);
    futex_wake(&ask->done, 1);
    if (t == thread_current()) sched_yield(); // to who has not been able to answer yet, or asks
    return 0;
}

// Under lock_threads: is `owner` still one of them?
static bool is_listed(const Thread *owner) {
    const Thread *t = threads_head;
    while (t && t != owner) t = t->next;
    return t != NULL;
}

static void answer_here(Thread *t, ThreadAsk *ask) {
    ask->answer(t, ask->owner, ask->arg);
    at_store_relaxed(&ask->done, 1u);
}

// Answered already when it returns, or posted to its owner.  false: there is no such thread any more.
static bool ask_begin(Thread *t, ThreadAsk *ask) {
    Thread *owner = ask->owner;
    ask->done = 0;
    rt_mutex_lock(&lock_threads);
    bool listed = is_listed(owner), posted = true;
    if (!listed) {
        ask->done = 1;
    } else if (owner == t || threading_gil_enabled()) { // with the lock, all others stand at safepoints
        answer_here(t, ask);
    } else if (thread_claim(owner)) {
        answer_here(t, ask);
        thread_unclaim(owner);
    } else {
        posted = pending_post_ask(owner, ask_answer, ask);
    }
    rt_mutex_unlock(&lock_threads);
    if (!posted) threading_fatal("out of memory while asking a thread");
    return listed;
}

// Detached.
static void ask_wait(ThreadAsk *ask) {
    while (!at_load_acquire(&ask->done)) {
        // It may have detached before it saw the question: then it answers when it is back, or is made to here.
        futex_wait(&ask->done, 0, 1000000);
        if (at_load_acquire(&ask->done)) break;
        rt_mutex_lock(&lock_threads);
        bool claimed = is_listed(ask->owner) && thread_claim(ask->owner);
        if (claimed) {
            pending_answer_asks(ask->owner);
            thread_unclaim(ask->owner);
        }
        rt_mutex_unlock(&lock_threads);
    }
}

void threads_ask(Thread *t, ThreadAsk *asks, size_t n) {
    size_t waiting = 0;
    for (size_t i = 0; i < n; i++) {
        ask_begin(t, &asks[i]);
        waiting += !at_load_relaxed(&asks[i].done);
    }
    if (!waiting) return;
    thread_detach(t);
    for (size_t i = 0; i < n; i++) ask_wait(&asks[i]);
    thread_attach(t);
}

bool thread_ask(Thread *t, Thread *owner, void (*answer)(Thread *by, Thread *owner, void *arg), void *arg) {
    ThreadAsk ask = {.owner = owner, .answer = answer, .arg = arg};
    if (!ask_begin(t, &ask)) return false;
    if (at_load_acquire(&ask.done)) return true;
    thread_detach(t);
    ask_wait(&ask);
    thread_attach(t);
    return true;
}

static void share_referent(Thread *by, Thread *owner, void *arg) {
    (void)owner;
    Obj *o = weak_record_local_referent(arg);
    if (o) share_value(by, v_from(o));
}

void weak_ask(Thread *t, Thread *owner, WeakRecord *record) {
    if (thread_ask(t, owner, share_referent, record)) return;
    // The owner has ended: all it left is SHARED or dead, and the record says which.
}
