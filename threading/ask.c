// SPDX-License-Identifier: MIT
// Asks: what a thread needs of another's LOCAL state is done by the owner at its next bytecode boundary, or, when the
// owner is detached, by the asker on its behalf.
//
// The asker waits detached, so two threads that ask each other both answer: each is claimed by the other.
#include "handshake.h"

#include <unistd.h>

typedef struct Ask {
    void (*answer)(Thread *by, Thread *owner, void *arg);
    void *arg;
    uint32_t done; // atomic, futex
} Ask;

static int ask_answer(Thread *t, void *arg) {
    Ask *ask = arg;
    ask->answer(t, t, ask->arg);
    at_store_release(&ask->done, 1u);
    futex_wake(&ask->done, 1);
    return 0;
}

// Under lock_threads: is `owner` still one of them?
static bool is_listed(const Thread *owner) {
    const Thread *t = threads_head;
    while (t && t != owner) t = t->next;
    return t != NULL;
}

bool thread_ask(Thread *t, Thread *owner, void (*answer)(Thread *by, Thread *owner, void *arg), void *arg) {
    Ask ask = {.answer = answer, .arg = arg};
    rt_mutex_lock(&lock_threads);
    if (!is_listed(owner)) {
        rt_mutex_unlock(&lock_threads);
        return false;
    }
    if (owner == t || thread_claim(owner)) {
        answer(t, owner, arg);
        if (owner != t) thread_unclaim(owner);
        rt_mutex_unlock(&lock_threads);
        return true;
    }
    bool posted = pending_post_ask(owner, ask_answer, &ask);
    rt_mutex_unlock(&lock_threads);
    if (!posted) threading_fatal("out of memory while asking a thread");
    thread_detach(t);
    while (!at_load_acquire(&ask.done)) {
        // It may have detached before it saw the question: then it answers when it is back, or is made to here.
        futex_wait(&ask.done, 0, 1000000);
        if (at_load_acquire(&ask.done)) break;
        rt_mutex_lock(&lock_threads);
        bool claimed = is_listed(owner) && thread_claim(owner);
        if (claimed) {
            pending_answer_asks(owner);
            thread_unclaim(owner);
        }
        rt_mutex_unlock(&lock_threads);
    }
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
