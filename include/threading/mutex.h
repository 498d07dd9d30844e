// SPDX-License-Identifier: MIT
// Mutexes inside the runtime: short, never held across a safepoint, taken in the order of their ranks.
//
// Each is a row of locks.def: rank, what may happen under it, what it guards.  A thread may take a mutex only while all those
// it holds have lower ranks; debug builds check it at every acquire.  They are not the locks of objects (crit_enter,
// thread.h) nor Python's (parking.h): who holds one does not block, allocate objects or run Python, unless its row says so;
// debug builds check that at safepoints, sleeps, attach and detach, at births of objects, and where Python begins.
#ifndef HEDDLE_THREADING_MUTEX_H
#define HEDDLE_THREADING_MUTEX_H
#include "base/assert.h"
#include "base/atomics.h"

typedef struct RtMutex {
    uint32_t word; // atomic: 0 free, 1 held, 2 held and somebody sleeps
    uint16_t rank;
    uint16_t pad;
} RtMutex;

// What is needed to start as: RtMutex m = RT_MUTEX(threads);  for arrays see RT_RANK_*.
enum RtRank {
    RT_RANK_NONE_,
#define LOCK(name, may, doc) RT_RANK_##name,
#include "threading/locks.def"
#undef LOCK
};
#define RT_MUTEX_INIT(name)                                                                                            \
    { 0, RT_RANK_##name, 0 }

// The mutexes that exist once: lock_NAME.
#define LOCK(name, may, doc) extern RtMutex lock_##name;
#include "threading/locks.def"
#undef LOCK

void rt_mutex_lock_slow(RtMutex *m);
void rt_mutex_unlock_slow(RtMutex *m);
void rt_mutex_order_push(const RtMutex *m); // debug builds: the check
void rt_mutex_order_note(const RtMutex *m); // the same of one that was free: no check, since nobody waited
void rt_mutex_order_pop(const RtMutex *m);

// What the rows say may happen under a mutex; a row names one.  rt_mutex_assert_may: it does, and every mutex that the calling
// thread holds must allow it.
enum { RT_MAY_NOTHING = 0, RT_MAY_ALLOCATE = 1, RT_MAY_BLOCK = 2, RT_MAY_PYTHON = 4 };
void rt_mutex_check_may(unsigned what);
static inline void rt_mutex_assert_may(unsigned what) {
#if HEDDLE_DEBUG_CHECKS
    rt_mutex_check_may(what);
#else
    (void)what;
#endif
}

static inline void rt_mutex_lock(RtMutex *m) {
#if HEDDLE_DEBUG_CHECKS
    rt_mutex_order_push(m);
#endif
    COUNT(locks);
    uint32_t free_word = 0;
    if (!at_cas_acquire(&m->word, &free_word, 1u)) rt_mutex_lock_slow(m);
}
static inline bool rt_mutex_try(RtMutex *m) {
    uint32_t free_word = 0;
    if (!at_cas_acquire(&m->word, &free_word, 1u)) return false;
#if HEDDLE_DEBUG_CHECKS
    rt_mutex_order_note(m);
#endif
    return true;
}
static inline void rt_mutex_unlock(RtMutex *m) {
#if HEDDLE_DEBUG_CHECKS
    rt_mutex_order_pop(m);
#endif
    if (at_exchange_release(&m->word, 0u) == 2) rt_mutex_unlock_slow(m);
}
bool rt_mutex_is_held(const RtMutex *m); // by anybody

// futex(2) on a word: sleep while *word == value, for at most timeout_ns (< 0: no limit).  0 woken or changed, else
// ETIMEDOUT or EINTR.
int futex_wait(uint32_t *word, uint32_t value, int64_t timeout_ns);
void futex_wake(uint32_t *word, int count);
int64_t time_monotonic_ns(void);
#endif
