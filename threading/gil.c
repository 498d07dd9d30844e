// SPDX-License-Identifier: MIT
// The GIL build's lock: first come, first served, handed from holder to waiter.
//
// A thread that must wait joins a queue and sleeps on its own word.  A holder that was asked to give way, by BREAK_GIL, gives
// the lock to the head of the queue at its next safepoint or when it detaches.  Nobody barges, so a thread that gives way does
// give way.  A holder that detaches unasked offers the lock: the head of the queue is woken and takes it, unless the one who
// left is back first, as from most reads of a file, and goes on as if it had not left.
// Who may ask the holder to give way, and when:
//   - a thread that was asked itself: after the switch interval (sys.setswitchinterval, 5 ms);
//   - a thread that slept in the parking lot and was woken by another thread: after the switch interval too.  Who woke it
//     is most likely about to sleep itself, and to be interrupted with a Python lock in its hands makes a convoy: every
//     thread that is let in finds that lock held and sleeps again (queue.Queue: several times for each item);
//   - a thread coming back from a blocking call: after four times what it lately needed the lock for, at least 20 us, at
//     most 0.5 ms.  A server thread that holds the lock for microseconds at a time is served beside a computing one
//     without taking more than a fifth of its time.
// The head of the queue spins a little before it sleeps, when its turn may be near: after it asked, because a holder that
// computes answers within a microsecond, and after it gave way, because a server thread may be done as soon.
// In the no-GIL build this file compiles to the switch interval.
#include "sync.h"

#include <sched.h>
#include <sys/prctl.h>

static int64_t switch_ns = 5000000; // atomic

// In whole microseconds: a program sees what became of its float.
void threading_set_switch_interval(double seconds) { at_store_relaxed(&switch_ns, (int64_t)(seconds * 1e6) * 1000); }
double threading_switch_interval(void) { return 1e-6 * (double)(at_load_relaxed(&switch_ns) / 1000); }

#if HEDDLE_GIL
#define ASK_MIN_NS 20000
#define ASK_MAX_NS 500000
#define SWITCH_MIN_NS 1000 // less may be set
#define TIMER_SLACK_NS 1000UL
#define SPIN_NS 3000 // to sleep and be woken takes longer
#define FUZZ_ASK_NS 10000 // schedfuzz: a switch every ten microseconds or so

enum { WAITING, SPINNING, OFFERED, GRANTED }; // the first two by the waiter, the others by who leaves
typedef struct Waiter {
    struct Waiter *next; // gil.lock
    Thread *thread;
    uint32_t word; // atomic, futex
} Waiter;

static struct Gil {
    RtMutex lock;
    Thread *holder; // the rest under lock
    Thread *left;   // without a holder: who left last, the only one that need not queue
    Waiter *first, *last;
    int64_t spin_ns; // const after init
} gil;

// With one processor who spins keeps from running whom it waits for.
static bool several_processors(void) {
    cpu_set_t allowed;
    return sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) > 1;
}

void gil_init(void) { gil = (struct Gil){.lock = RT_MUTEX_INIT(gil), .spin_ns = several_processors() ? SPIN_NS : 0}; }

static Waiter *waiter_remove_first(void) {
    Waiter *w = gil.first;
    gil.first = w->next;
    if (!gil.first) gil.last = NULL;
    return w;
}

// Under gil.lock.  Who finds it spinning need not wake it.
static void spin_if_first(Waiter *self) {
    if (gil.first == self && gil.spin_ns) at_store_relaxed(&self->word, (uint32_t)SPINNING);
}

static void spin(Waiter *self) {
    int64_t until = time_monotonic_ns() + gil.spin_ns;
    while (at_load_acquire(&self->word) == SPINNING && time_monotonic_ns() < until) at_pause();
    uint32_t spinning = SPINNING;
    at_cas_acq_rel(&self->word, &spinning, (uint32_t)WAITING);
}

// Takes the lock or joins the queue.  true: taken.
static bool gil_take_or_queue(Thread *t, Waiter *self, bool was_asked) {
    rt_mutex_lock(&gil.lock);
    bool taken = !gil.holder && (!gil.first || gil.left == t);
    if (taken) {
        gil.holder = t;
        if (gil.first) at_store_relaxed(&gil.first->word, (uint32_t)WAITING);
    } else {
        self->next = NULL;
        if (gil.last) gil.last->next = self;
        else gil.first = self;
        gil.last = self;
        if (was_asked) spin_if_first(self);
    }
    rt_mutex_unlock(&gil.lock);
    return taken;
}

// The head of the queue takes what it was offered.  Otherwise, when `asks`, the holder is asked to give way.
static bool gil_take_offer(Waiter *self, bool asks) {
    rt_mutex_lock(&gil.lock);
    bool taken = gil.holder == self->thread;
    if (!taken && !gil.holder && gil.first == self) {
        waiter_remove_first();
        gil.holder = self->thread;
        taken = true;
    }
    if (!taken && asks && gil.holder) {
        spin_if_first(self);
        breaker_set(gil.holder, BREAK_GIL);
    }
    rt_mutex_unlock(&gil.lock);
    return taken;
}

static int64_t ask_after(const Thread *t, bool was_asked) {
    int64_t interval = at_load_relaxed(&switch_ns);
    if (interval < SWITCH_MIN_NS) interval = SWITCH_MIN_NS;
    if (unlikely(debug_flags.schedfuzz != 0)) return FUZZ_ASK_NS + debug_sched_draw();
    if (was_asked || t->sync->woken_by_thread) return interval;
    int64_t patience = 4 * t->sync->hold_ns;
    if (patience < ASK_MIN_NS) patience = ASK_MIN_NS;
    if (patience > ASK_MAX_NS) patience = ASK_MAX_NS;
    return patience < interval ? patience : interval;
}

// Timed sleeps end up to 50 us late unless a thread asks for better, longer than all that a server thread is made to wait.
static void sharpen_timers(void) {
    static _Thread_local bool done;
    if (!done) prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS, 0, 0, 0);
    done = true;
}

static void gil_wait(Thread *t, Waiter *self, bool was_asked) {
    sharpen_timers();
    int64_t asks_at = time_monotonic_ns() + ask_after(t, was_asked);
    uint32_t word;
    while ((word = at_load_acquire(&self->word)) != GRANTED) {
        if (word == SPINNING) {
            spin(self);
            continue;
        }
        int64_t left = asks_at - time_monotonic_ns();
        if (word == WAITING && left > 0) {
            futex_wait(&self->word, WAITING, left);
            continue;
        }
        if (gil_take_offer(self, left <= 0)) return;
        if (left <= 0) asks_at = time_monotonic_ns() + ask_after(t, true);
    }
}

void gil_acquire(Thread *t, bool was_asked) {
    Waiter self = {.thread = t, .word = WAITING};
    debug_sched_point();
    if (!gil_take_or_queue(t, &self, was_asked)) gil_wait(t, &self, was_asked);
    t->sync->woken_by_thread = false;
    t->sync->held_since = time_monotonic_ns();
}

static void give_up(Thread *t, bool asked) {
    int64_t held = time_monotonic_ns() - t->sync->held_since;
    t->sync->hold_ns += (held - t->sync->hold_ns) / 4;
    rt_mutex_lock(&gil.lock);
    HD_ASSERT(gil.holder == t);
    asked |= (at_fetch_and_relaxed(&t->breaker, ~(uint32_t)BREAK_GIL) & BREAK_GIL) != 0;
    gil.holder = NULL;
    gil.left = t;
    Waiter *next = gil.first;
    bool sleeps = false;
    if (next) {
        if (asked) gil.holder = waiter_remove_first()->thread;
        sleeps = at_exchange_acq_rel(&next->word, (uint32_t)(asked ? GRANTED : OFFERED)) != SPINNING;
    }
    rt_mutex_unlock(&gil.lock);
    // The waiter may have returned by now, and its node be gone: the wake only names the address.
    if (sleeps) futex_wake(&next->word, 1);
}

void gil_release(Thread *t) { give_up(t, false); }

// At a safepoint, asked by BREAK_GIL.
void gil_yield(Thread *t) {
    give_up(t, true);
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
