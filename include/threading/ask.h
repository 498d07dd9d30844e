// SPDX-License-Identifier: MIT
// Asking several threads at once (thread_ask in thread.h asks one).
#ifndef HEDDLE_THREADING_ASK_H
#define HEDDLE_THREADING_ASK_H
#include "threading/thread.h"

typedef struct ThreadAsk {
    Thread *owner;
    void (*answer)(Thread *by, Thread *owner, void *arg);
    void *arg;
    uint32_t done; // atomic, futex: 0 until it is answered
} ThreadAsk;
// thread_ask of each, all of them before it waits for the first: it takes as long as the slowest.  What is asked of a thread
// that has ended stays as it is.
void threads_ask(Thread *t, ThreadAsk *asks, size_t n);
#endif
