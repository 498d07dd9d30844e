// SPDX-License-Identifier: MIT
// The ticker: a pthread that knows when a round may start that was not allowed yet, and then reminds the attached threads.
//
// It also starts a thread for finalizers that nobody runs (pending_relieve), for a round when all are asleep (handshake_relieve),
// for what need not be HOT any more (hot_relieve), and gives memory back (pages_rest).  It sleeps until somebody arms it,
// touches no objects, has no Thread and blocks all signals.  It is started when it is armed for the first time: a program that
// shares nothing has none.
#include "handshake.h"
#include "pages.h"

#include <pthread.h>
#include <signal.h>

static struct Ticker {
    int64_t when_ns;  // atomic: 0 not armed
    uint32_t changed; // atomic, futex
    bool started;     // atomic
    bool stop;        // atomic: no thread is left
} ticker;

static void remind(uint32_t why, bool all) {
    rt_mutex_lock(&lock_threads);
    for (Thread *t = asked_head; t; t = t->sync->asked_next) // who rests is detached
        if (at_load_relaxed(&t->sync->state) == THREAD_ATTACHED) {
            breaker_set(t, why);
            if (!all) break;
        }
    rt_mutex_unlock(&lock_threads);
}

void remind_attached(uint32_t why) { remind(why, false); }

static bool any_thread(void) {
    rt_mutex_lock(&lock_threads);
    bool any = threads_head != NULL;
    rt_mutex_unlock(&lock_threads);
    return any;
}

static void *ticker_main(void *arg) {
    (void)arg;
    for (;;) {
        uint32_t changed = at_load_acquire(&ticker.changed);
        if (at_exchange_acq_rel(&ticker.stop, false)) {
            at_store_release(&ticker.started, false);
            // A new thread that has armed it meanwhile relies on it, or has started another.
            if (!any_thread() || at_exchange_acq_rel(&ticker.started, true)) return NULL;
            continue;
        }
        int64_t when = at_load_acquire(&ticker.when_ns);
        if (when == 0) {
            futex_wait(&ticker.changed, changed, -1);
            continue;
        }
        int64_t left = when - time_monotonic_ns();
        if (left > 0) {
            futex_wait(&ticker.changed, changed, left);
            continue;
        }
        if (at_cas_acq_rel(&ticker.when_ns, &when, (int64_t)0)) remind(BREAK_HANDSHAKE, true); // it may be any thread's own table that waits
        int64_t now = time_monotonic_ns(), again[] = {pending_relieve(now), handshake_relieve(now), hot_relieve(now), pages_rest(now)};
        for (size_t i = 0; i < countof(again); i++)
            if (again[i]) ticker_arm(again[i]);
    }
    return NULL;
}

static void ticker_start(void) {
    if (at_exchange_acq_rel(&ticker.started, true)) return;
    pthread_t handle;
    pthread_attr_t attributes;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 128 << 10);
    if (pthread_create(&handle, &attributes, ticker_main, NULL) != 0) at_store_release(&ticker.started, false);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void ticker_arm(int64_t when_ns) {
    int64_t armed = at_load_relaxed(&ticker.when_ns);
    do {
        if (armed != 0 && armed <= when_ns) return;
    } while (!at_cas_weak_acq_rel(&ticker.when_ns, &armed, when_ns));
    if (!at_load_relaxed(&ticker.started)) ticker_start();
    at_fetch_add_release(&ticker.changed, 1u);
    futex_wake(&ticker.changed, 1);
}

// The last thread is gone.  A process whose main pthread is a thread of ours (a child that another thread than the main one
// forked) ends with its last pthread, which must not be the ticker.
void ticker_stop(void) {
    at_store_release(&ticker.when_ns, (int64_t)0);
    if (!at_load_relaxed(&ticker.started)) return;
    at_store_release(&ticker.stop, true);
    at_fetch_add_release(&ticker.changed, 1u);
    futex_wake(&ticker.changed, 1);
}

void ticker_after_fork(void) { ticker = (struct Ticker){0}; }
