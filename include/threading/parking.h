// SPDX-License-Identifier: MIT
// The parking lot: threads sleep on an address, and locks need only a byte.
//
// A sleeper joins the queue of its address's bucket (1024 of them, each with a lock of its own) after `valid` has
// confirmed, under the bucket's lock, that there is something to wait for; a waker changes the word under the same lock,
// so no wake is lost.  park blocks the calling pthread: a Thread that may be asked for anything is detached around it.
#ifndef HEDDLE_THREADING_PARKING_H
#define HEDDLE_THREADING_PARKING_H
#include "threading/thread.h"

typedef enum ParkResult {
    PARK_WOKEN,       // by unpark_*; *token is the waker's
    PARK_INVALID,     // `valid` said no: look again
    PARK_TIMEOUT,
    PARK_INTERRUPTED, // a safepoint is due: a signal, or something to run; only with PARK_SIGNALS
} ParkResult;
enum { PARK_SIGNALS = 1 };

typedef bool (*ParkValid)(void *arg); // under the bucket's lock: does nothing but look at atomic words
// timeout_ns < 0: no limit.
ParkResult park(const void *address, ParkValid valid, void *arg, int64_t timeout_ns, unsigned flags, uintptr_t *token);

// From a signal handler, behind breaker_set(t, BREAK_SIGNAL): t, if it is about to sleep or sleeps and minds signals, looks
// at its breaker again.  The kernel's EINTR comes too early when the signal does, just before the sleep.
void park_interrupt(Thread *t);

typedef struct UnparkInfo {
    bool found;        // somebody is about to be woken
    bool more;         // and others stay
    bool fair;         // it has slept so long that it may be handed what it waits for
    Thread *thread;    // whose sleep it was; NULL: a pthread without a Thread
} UnparkInfo;
// Called under the bucket's lock, before the wake; returns the token for the sleeper.
typedef uintptr_t (*UnparkStep)(void *arg, const UnparkInfo *info);
bool unpark_one(const void *address, UnparkStep step, void *arg); // true when somebody was woken
size_t unpark_all(const void *address, uintptr_t token);

// The interpreter is finishing and t is the one thread that still runs: what others hold they hold for ever.
bool threading_is_last(const Thread *t);
int parking_init(void);
void parking_after_fork(void); // the child: nobody sleeps

// ---- one-byte locks -----------------------------------------------------------------------------------------------
//        0 free   1 held   3 held, somebody sleeps   (2: free, somebody sleeps: a barging locker may take it)
// A sleeper that has waited for a millisecond is handed the lock: it stays held, and nobody barges.
enum { BYTELOCK_HELD = 1, BYTELOCK_PARKED = 2 };
// An attached thread detaches while it sleeps; t NULL: the caller is no Thread.
// PARK_WOKEN: held now; PARK_TIMEOUT (0: one try); PARK_INTERRUPTED.
ParkResult bytelock_lock_slow(Thread *t, uint8_t *lock, int64_t timeout_ns, unsigned flags);
bool bytelock_release_slow(uint8_t *lock);

static inline bool bytelock_try(uint8_t *lock) {
    uint8_t word = at_load_relaxed(lock);
    return !(word & BYTELOCK_HELD) && at_cas_acquire(lock, &word, (uint8_t)(word | BYTELOCK_HELD));
}
static inline ParkResult bytelock_lock(Thread *t, uint8_t *lock, int64_t timeout_ns, unsigned flags) {
    if (bytelock_try(lock)) return PARK_WOKEN;
    return timeout_ns == 0 ? PARK_TIMEOUT : bytelock_lock_slow(t, lock, timeout_ns, flags);
}
// false: nobody held it.  Others may release it at the same time: one of them does.
static inline bool bytelock_release(uint8_t *lock) {
    uint8_t word = BYTELOCK_HELD;
    return at_cas_release(lock, &word, (uint8_t)0) || bytelock_release_slow(lock);
}
static inline void bytelock_unlock(uint8_t *lock) {
    bool held = bytelock_release(lock);
    HD_ASSERT(held);
    (void)held;
}
static inline bool bytelock_is_held(const uint8_t *lock) { return at_load_relaxed(lock) & BYTELOCK_HELD; }

// A byte lock that belongs to a thread, which goes in and out freely: for what one thread uses at a time while code that it
// calls back may come in again.
typedef struct OwnedLock {
    uint8_t lock;
    uint64_t owner; // atomic: id of the thread that holds it, or 0
} OwnedLock;
// True: owned_lock_leave is to let go.  A thread that has to wait detaches meanwhile.
static inline bool owned_lock_enter(Thread *t, OwnedLock *l) {
    if (at_load_relaxed(&l->owner) == t->id) return false;
    bytelock_lock(t, &l->lock, -1, 0);
    at_store_relaxed(&l->owner, t->id);
    return true;
}
static inline bool owned_lock_try(const Thread *t, OwnedLock *l, bool *entered) { // false: another thread has it
    *entered = at_load_relaxed(&l->owner) != t->id;
    if (!*entered) return true;
    if (!bytelock_try(&l->lock)) return false;
    at_store_relaxed(&l->owner, t->id);
    return true;
}
static inline void owned_lock_leave(OwnedLock *l, bool entered) {
    if (!entered) return;
    at_store_relaxed(&l->owner, (uint64_t)0);
    bytelock_unlock(&l->lock);
}

// thread_exit, which lets those who wait for the thread know by ended(what), as late as can be: no round waits for t any
// more, and what it let go of is in the queue.  `what` is counted and is taken over; V_NULL: there is nothing to call.
// ended touches no other object.
void thread_exit_telling(Thread *t, void (*ended)(V what), V what);
#endif
