// SPDX-License-Identifier: MIT
// Runtime mutexes on futex(2), and the check of their order.
//
// The word:   0 --lock--> 1 --a second locker--> 2 ;  unlock stores 0 and wakes one sleeper when it was 2.  Whoever has
// slept takes the lock as 2, because others may be sleeping still: one superfluous wake at worst.
#include "threading/mutex.h"

#include "threading/debug.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LOCK(name, may, doc) RtMutex lock_##name = RT_MUTEX_INIT(name);
#include "threading/locks.def"
#undef LOCK

void rt_mutexes_after_fork(void) {
#define LOCK(name, may, doc) lock_##name = (RtMutex)RT_MUTEX_INIT(name);
#include "threading/locks.def"
#undef LOCK
}

static const char *const rank_names[] = {
    "nothing",
#define LOCK(name, may, doc) #name,
#include "threading/locks.def"
#undef LOCK
};

static const uint8_t may_under[] = {
    0,
#define LOCK(name, may, doc) RT_MAY_##may,
#include "threading/locks.def"
#undef LOCK
};

int64_t time_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int futex_wait(uint32_t *word, uint32_t value, int64_t timeout_ns) {
    struct timespec limit, *limit_or_null = NULL;
    if (timeout_ns >= 0) {
        limit.tv_sec = timeout_ns / 1000000000;
        limit.tv_nsec = timeout_ns % 1000000000;
        limit_or_null = &limit;
    }
    if (syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, limit_or_null, NULL, 0) == 0) return 0;
    return errno == EAGAIN ? 0 : errno;
}

void futex_wake(uint32_t *word, int count) {
    COUNT(wakes);
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

enum { SPINS = 100 }; // about a microsecond: the sections are shorter than a sleep

void rt_mutex_lock_slow(RtMutex *m) {
    COUNT(contended);
    debug_sched_point();
    for (int i = 0; i < SPINS; i++) {
        uint32_t free_word = 0;
        if (at_load_relaxed(&m->word) == 0 && at_cas_acquire(&m->word, &free_word, 1u)) return;
        at_pause();
    }
    while (at_exchange_acquire(&m->word, 2u) != 0) futex_wait(&m->word, 2, -1);
}

void rt_mutex_unlock_slow(RtMutex *m) { futex_wake(&m->word, 1); }

bool rt_mutex_is_held(const RtMutex *m) { return at_load_relaxed(&m->word) != 0; }

// ---- the order --------------------------------------------------------------------------------------------------------
enum { HELD_MAX = 16 };
static __thread const RtMutex *held[HELD_MAX];
static __thread int held_count;

void rt_mutex_order_push(const RtMutex *m) {
    if (held_count > 0 && held[held_count - 1]->rank >= m->rank) {
        fprintf(stderr, "heddle: lock order: %s taken while holding %s\n", rank_names[m->rank],
                rank_names[held[held_count - 1]->rank]);
        abort();
    }
    rt_mutex_order_note(m);
}

void rt_mutex_order_note(const RtMutex *m) {
    if (held_count == HELD_MAX) abort();
    held[held_count++] = m;
}

void rt_mutex_order_pop(const RtMutex *m) {
    if (held_count == 0 || held[held_count - 1] != m) {
        fprintf(stderr, "heddle: lock order: %s released out of order\n", rank_names[m->rank]);
        abort();
    }
    held_count--;
}

void rt_mutex_check_may(unsigned what) {
    for (int i = 0; i < held_count; i++) {
        unsigned refused = what & ~(unsigned)may_under[held[i]->rank];
        if (!refused) continue;
        fprintf(stderr, "heddle: %s while holding %s\n",
                refused & RT_MAY_PYTHON  ? "Python may run"
                : refused & RT_MAY_BLOCK ? "the thread may block"
                                         : "an object is allocated",
                rank_names[held[i]->rank]);
        abort();
    }
}
