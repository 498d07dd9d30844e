// SPDX-License-Identifier: MIT
// The parking lot and the one-byte locks on it: parking.h says what they are.
//
// A sleeper is a node on its own C stack.  Whoever takes it off the queue (a waker, or the sleeper itself after a
// timeout or a signal) does so under the bucket's lock; a waker then sets WOKEN and touches the node no more.
//
// The word it sleeps on is its Thread's, which a signal handler can reach:
//
//        0 --waker--> WOKEN          0 --park_interrupt--> INTERRUPTED --sleeper that minds signals--> 0, looks at the breaker
//
// The handler sets BREAK_SIGNAL before INTERRUPTED, the sleeper clears INTERRUPTED before it looks at the breaker: so it sees
// the signal, or the word is not what it was and the kernel does not let it sleep.
#include "threading/parking.h"

#include "sync.h"

#include <errno.h>
#include <stdlib.h>

enum { SLEEP_WOKEN = 1, SLEEP_INTERRUPTED = 2 };

typedef struct Sleeper {
    struct Sleeper *next, *prev; // bucket's lock
    const void *address;
    Thread *thread;    // const; NULL: none
    uint32_t *word;    // const; the thread's sleep_word, or word_without_thread
    uint32_t word_without_thread; // atomic, futex
    uintptr_t token;   // written by the waker before *word
    int64_t since;     // const
} Sleeper;

typedef struct Bucket {
    RtMutex lock;
    Sleeper *first, *last;
    int64_t fair_from; // when a lock may be handed over again
} __attribute__((aligned(64))) Bucket;

// A sleeper that has waited for so long is handed the lock, so that barging starves nobody; but not one after another:
// whoever lets go of a lock that is handed over must sleep to have it again, and if all are, each passage through the
// lock costs a switch of threads.  Under the lock of the GIL build a sleeper cannot run before its turn comes anyway.
#define FAIR_AFTER_NS 1000000
#define FAIR_EVERY_NS (HEDDLE_GIL ? 50000000 : 1000000)

enum { BUCKETS = 1024 };
static Bucket buckets[BUCKETS];

static Bucket *bucket_of(const void *address) {
    uint64_t x = (uint64_t)(uintptr_t)address * 0x9e3779b97f4a7c15u;
    return &buckets[x >> 54];
}

int parking_init(void) {
    for (int i = 0; i < BUCKETS; i++) buckets[i] = (Bucket){.lock = RT_MUTEX_INIT(parking)};
    return 0;
}

void parking_after_fork(void) { parking_init(); }

static void sleeper_append(Bucket *b, Sleeper *s) {
    s->next = NULL;
    s->prev = b->last;
    if (b->last) b->last->next = s;
    else b->first = s;
    b->last = s;
}

static void sleeper_remove(Bucket *b, Sleeper *s) {
    if (s->prev) s->prev->next = s->next;
    else b->first = s->next;
    if (s->next) s->next->prev = s->prev;
    else b->last = s->prev;
    s->next = s->prev = NULL;
}

static Sleeper *sleeper_find(Sleeper *from, const void *address) {
    while (from && from->address != address) from = from->next;
    return from;
}

// Sleeps until woken, interrupted or too late.  0, ETIMEDOUT or EINTR.
static int sleeper_wait(Sleeper *self, int64_t deadline, unsigned flags) {
    const Thread *t = flags & PARK_SIGNALS ? self->thread : NULL;
    for (;;) {
        uint32_t word = t ? at_fetch_and_acq_rel(self->word, ~(uint32_t)SLEEP_INTERRUPTED) & ~(uint32_t)SLEEP_INTERRUPTED
                          : at_load_acquire(self->word);
        if (word & SLEEP_WOKEN) return 0;
        if (t && (at_load_acquire(&t->breaker) & BREAK_SIGNAL)) return EINTR;
        int64_t left = -1;
        if (deadline >= 0) {
            left = deadline - time_monotonic_ns();
            if (left <= 0) return ETIMEDOUT;
        }
        debug_sched_point();
        int why = futex_wait(self->word, word, left);
        if (why == EINTR && t && !(at_load_acquire(self->word) & SLEEP_WOKEN)) return EINTR;
    }
}

void park_interrupt(Thread *t) {
    if (!(at_fetch_or_acq_rel(&t->sync->sleep_word, (uint32_t)SLEEP_INTERRUPTED) & SLEEP_WOKEN)) futex_wake(&t->sync->sleep_word, 1);
}

ParkResult park(const void *address, ParkValid valid, void *arg, int64_t timeout_ns, unsigned flags, uintptr_t *token) {
    rt_mutex_assert_may(RT_MAY_BLOCK);
    Bucket *b = bucket_of(address);
    Sleeper self = {.address = address, .thread = thread_current(), .since = time_monotonic_ns()};
    self.word = self.thread ? &self.thread->sync->sleep_word : &self.word_without_thread;
    at_exchange_acq_rel(self.word, 0u); // a handler that came before it is seen by the look at the breaker
    int64_t deadline = timeout_ns < 0 || timeout_ns > INT64_MAX - self.since ? -1 : self.since + timeout_ns;
    debug_sched_point();
    rt_mutex_lock(&b->lock);
    if (!valid(arg)) {
        rt_mutex_unlock(&b->lock);
        return PARK_INVALID;
    }
    sleeper_append(b, &self);
    rt_mutex_unlock(&b->lock);
    COUNT(parks);

    int why = sleeper_wait(&self, deadline, flags);
    if (why != 0) {
        rt_mutex_lock(&b->lock);
        bool woken = at_load_acquire(self.word) & SLEEP_WOKEN;
        if (!woken) sleeper_remove(b, &self);
        rt_mutex_unlock(&b->lock);
        if (!woken) return why == EINTR ? PARK_INTERRUPTED : PARK_TIMEOUT;
    }
    if (token) *token = self.token;
    if (thread_current()) thread_current()->sync->woken_by_thread = true;
    return PARK_WOKEN;
}

// Setting WOKEN is the last access to the node and its word: the owner may return from park at once.  futex_wake only names
// the address; a wake that comes late finds another word there at worst, or another sleep, and its sleeper looks again.
static void sleeper_wake(Sleeper *s, uintptr_t token) {
    static uint32_t wakes;
    if (MUTATED(MUTATE_LOST_WAKE) && at_fetch_add_relaxed(&wakes, 1u) % 64 == 63) return;
    uint32_t *word = s->word;
    s->token = token;
    debug_sched_point();
    at_store_release(word, (uint32_t)SLEEP_WOKEN);
    futex_wake(word, 1);
}

bool unpark_one(const void *address, UnparkStep step, void *arg) {
    Bucket *b = bucket_of(address);
    rt_mutex_lock(&b->lock);
    Sleeper *s = sleeper_find(b->first, address);
    UnparkInfo info = {.found = s != NULL};
    if (s) {
        info.thread = s->thread;
        info.more = sleeper_find(s->next, address) != NULL;
        int64_t now = step ? time_monotonic_ns() : 0;
        info.fair = step && now - s->since > FAIR_AFTER_NS && now >= b->fair_from;
        if (info.fair) b->fair_from = now + FAIR_EVERY_NS;
    }
    uintptr_t token = step ? step(arg, &info) : 0;
    if (s) {
        sleeper_remove(b, s);
        sleeper_wake(s, token);
    }
    rt_mutex_unlock(&b->lock);
    return s != NULL;
}

size_t unpark_all(const void *address, uintptr_t token) {
    Bucket *b = bucket_of(address);
    size_t n = 0;
    rt_mutex_lock(&b->lock);
    for (Sleeper *s = sleeper_find(b->first, address), *next; s; s = next, n++) {
        next = sleeper_find(s->next, address);
        sleeper_remove(b, s);
        sleeper_wake(s, token);
    }
    rt_mutex_unlock(&b->lock);
    return n;
}

// ---- one-byte locks -----------------------------------------------------------------------------------------------
// A sleep and the waking from it cost some ten microseconds; a section that takes longer than these few is worth them.  In
// the GIL build who spins keeps the owner from running.
enum { SPINS = HEDDLE_GIL ? 1 : 300 };
enum { TOKEN_AGAIN, TOKEN_YOURS };

static bool lock_is_parked(void *lock) { return at_load_relaxed((uint8_t *)lock) == (BYTELOCK_HELD | BYTELOCK_PARKED); }

// Sets PARKED on a held lock, or takes a free one.  1: taken; 0: parked is set.
static bool lock_take_or_mark(uint8_t *lock) {
    uint8_t word = at_load_relaxed(lock);
    for (;;) {
        if (!(word & BYTELOCK_HELD)) {
            if (at_cas_acquire(lock, &word, (uint8_t)(word | BYTELOCK_HELD))) return true;
        } else if ((word & BYTELOCK_PARKED) || at_cas_relaxed(lock, &word, (uint8_t)(word | BYTELOCK_PARKED))) {
            return false;
        }
    }
}

// Sleeps once on a lock marked parked.  *mine: who unlocked it has passed it on.
static ParkResult lock_sleep(Thread *t, uint8_t *lock, int64_t left, unsigned flags, bool *mine) {
    HD_ASSERT(t == thread_current()); // or who passes the lock on would leave word of it with somebody who does not look
    if (t) thread_detach_raw(t);
    if (t && (flags & PARK_SIGNALS) && thread_found_work(t)) { // to be done before it sleeps
        thread_attach_raw(t);
        *mine = false;
        return PARK_INTERRUPTED;
    }
    uintptr_t token = TOKEN_AGAIN;
    ParkResult result = park(lock, lock_is_parked, lock, left, flags, &token);
    *mine = result == PARK_WOKEN && token == TOKEN_YOURS;
    if (t) {
        t->sync->woken_for = result == PARK_WOKEN ? lock : NULL;
        t->sync->woken_with_it = *mine;
        thread_attach_raw(t);
        t->sync->woken_for = NULL;
    }
    return result;
}

// Who wakes takes the lock after it has attached: in the GIL build it would else hold it while it waits for its turn, and
// whoever runs meanwhile would find it held, lock after lock (queue.Queue: a switch of threads for each item).
ParkResult bytelock_lock_slow(Thread *t, uint8_t *lock, int64_t timeout_ns, unsigned flags) {
    rt_mutex_assert_may(RT_MAY_BLOCK);
    COUNT(contended);
    for (int i = 0; i < SPINS; i++) {
        if (bytelock_try(lock)) return PARK_WOKEN;
        at_pause();
    }
    int64_t deadline = -1, left = -1;
    if (timeout_ns >= 0) {
        int64_t now = time_monotonic_ns();
        if (timeout_ns <= INT64_MAX - now) deadline = now + timeout_ns;
    }
    for (;;) {
        debug_sched_point();
        if (lock_take_or_mark(lock)) return PARK_WOKEN;
        if (deadline >= 0 && (left = deadline - time_monotonic_ns()) <= 0) return PARK_TIMEOUT;
        bool mine;
        ParkResult result = lock_sleep(t, lock, left, flags, &mine);
        if (mine || result == PARK_TIMEOUT || result == PARK_INTERRUPTED) return result;
    }
}

// After a fork the child does this for the threads that it does not have.
void bytelock_forgo(const Thread *t) {
    uint8_t *lock = t->sync->woken_for;
    if (lock && (t->sync->woken_with_it || lock_take_or_mark(lock))) bytelock_unlock(lock);
}

typedef struct Release {
    uint8_t *lock;
    bool held;
} Release;

static uintptr_t lock_pass_on(void *arg, const UnparkInfo *info) {
    Release *r = arg;
    uint8_t word = at_load_relaxed(r->lock), next = (uint8_t)((info->more ? BYTELOCK_PARKED : 0) | (info->fair ? BYTELOCK_HELD : 0));
    do {
        r->held = word & BYTELOCK_HELD;
        if (!r->held) return TOKEN_AGAIN; // released by another just now
    } while (!at_cas_release(r->lock, &word, next));
    if (!info->fair) return TOKEN_AGAIN;
    if (info->thread) { // from now on, not only when it wakes: the process may fork
        info->thread->sync->woken_for = r->lock;
        info->thread->sync->woken_with_it = true;
    }
    return TOKEN_YOURS;
}

bool bytelock_release_slow(uint8_t *lock) {
    Release release = {lock, false};
    unpark_one(lock, lock_pass_on, &release);
    return release.held;
}
