// SPDX-License-Identifier: MIT
// The GIL build's lock: first come, first served, handed from holder to waiter.
//
// A thread that must wait joins a queue and sleeps on its own word.  The holder gives the lock to the head of the queue
// when it detaches, or at its next safepoint after BREAK_GIL.  Nobody barges, so a thread that gives way does give way.
// Who may ask the holder to give way, and when:
//   - a thread that was asked itself: after the switch interval (sys.setswitchinterval, 5 ms);
//   - a thread that slept in the parking lot and was woken by another thread: after the switch interval too.  Who woke it
//     is most likely about to sleep itself, and to be interrupted with a Python lock in its hands makes a convoy: every
//     thread that is let in finds that lock held and sleeps again (queue.Queue: several times for each item);
//   - a thread coming back from a blocking call: after four times what it lately needed the lock for, at least 50 us, at
//     most 0.5 ms.  A server thread that holds the lock for microseconds at a time is served beside a computing one
//     without taking more than a fifth of its time.
// In the no-GIL build this file compiles to the switch interval.
#include "sync.h"

#include <errno.h>

static int64_t switch_ns = 5000000; // atomic

void threading_set_switch_interval(double seconds) { at_store_relaxed(&switch_ns, (int64_t)(seconds * 1e9)); }
double threading_switch_interval(void) { return (double)at_load_relaxed(&switch_ns) / 1e9; }

#if HEDDLE_GIL
#define ASK_MIN_NS 50000
#define ASK_MAX_NS 500000

enum { WAITING, GRANTED };
typedef struct Waiter {
    struct Waiter *next; // gil.lock
    Thread *thread;
    uint32_t word; // atomic, futex
} Waiter;

static struct Gil {
    RtMutex lock;
    Thread *holder; // the rest under lock
    Waiter *first, *last;
} gil;

void gil_init(void) { gil = (struct Gil){.lock = RT_MUTEX_INIT(gil)}; }

// Takes the lock or joins the queue.  true: taken.
static bool gil_take_or_queue(Thread *t, Waiter *self) {
    bool taken = false;
    rt_mutex_lock(&gil.lock);
    if (!gil.holder) {
        HD_ASSERT(!gil.first);
        gil.holder = t;
        taken = true;
    } else {
        self->next = NULL;
        if (gil.last) gil.last->next = self;
        else gil.first = self;
        gil.last = self;
    }
    rt_mutex_unlock(&gil.lock);
    return taken;
}

static void gil_ask(void) {
    rt_mutex_lock(&gil.lock);
    if (gil.holder) breaker_set(gil.holder, BREAK_GIL);
    rt_mutex_unlock(&gil.lock);
}

static int64_t ask_after(const Thread *t, bool was_asked) {
    int64_t interval = at_load_relaxed(&switch_ns);
    if (was_asked || t->sync->woken_by_thread) return interval;
    int64_t patience = 4 * t->sync->hold_ns;
    if (patience < ASK_MIN_NS) patience = ASK_MIN_NS;
    if (patience > ASK_MAX_NS) patience = ASK_MAX_NS;
    return patience < interval ? patience : interval;
}

void gil_acquire(Thread *t, bool was_asked) {
    Waiter self = {.thread = t, .word = WAITING};
    if (!gil_take_or_queue(t, &self)) {
        int64_t patience = ask_after(t, was_asked);
        while (at_load_acquire(&self.word) == WAITING)
            if (futex_wait(&self.word, WAITING, patience) == ETIMEDOUT) {
                gil_ask();
                patience = at_load_relaxed(&switch_ns);
            }
    }
    t->sync->woken_by_thread = false;
    t->sync->held_since = time_monotonic_ns();
}

void gil_release(Thread *t) {
    int64_t held = time_monotonic_ns() - t->sync->held_since;
    t->sync->hold_ns += (held - t->sync->hold_ns) / 4;
    rt_mutex_lock(&gil.lock);
    HD_ASSERT(gil.holder == t);
    at_fetch_and_relaxed(&t->breaker, ~(uint32_t)BREAK_GIL);
    Waiter *next = gil.first;
    gil.holder = next ? next->thread : NULL;
    if (next) {
        gil.first = next->next;
        if (!gil.first) gil.last = NULL;
        // The waiter may return, and its node vanish, right after the store: the wake only names the address.
        at_store_release(&next->word, (uint32_t)GRANTED);
        futex_wake(&next->word, 1);
    }
    rt_mutex_unlock(&gil.lock);
}

// At a safepoint, asked by BREAK_GIL.
void gil_yield(Thread *t) {
    gil_release(t);
    gil_acquire(t, true);
}

// The child of a fork: the others are gone.
void gil_after_fork(Thread *t) {
    gil_init();
    gil.holder = t;
}
#else
void gil_init(void) {}
void gil_after_fork(Thread *t) { (void)t; }
#endif
